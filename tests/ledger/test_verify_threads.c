/* Verification on any number of threads finds what one finds. A file of its own, because the thread
 * sanitizer has nothing to see where one thread works alone. */
#include "ledger_support.h"

enum { MANY = 21000 }; /* rows in six parts, with a gap in their numbers */

static pb_status many_contacts_work(db_session *session, void *context, pb_error *err)
{
    (void)context;
    for (int i = 1; i <= MANY; i++) {
        uint64_t sequence;
        ledger_event event = contact_event("record.created", 1, 1, 0, PB_STR("as made"));
        memcpy(event.record.b, &i, sizeof i);
        PB_TRY(write_contact(session, &event, i <= MANY / 2 ? i : i + 1000000, &sequence, err));
    }
    return PB_OK;
}

/* What 1, 2, 4 and more threads find, which must be the same: "" for nothing. */
static void all_must_say(db_workspace *workspace, const char *want)
{
    static const unsigned threads[] = {1, 2, 4, 8, 0};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        pb_error err = {0};
        ledger_report report = {0};
        db_session *session;
        const ledger_check check = {.threads = threads[i]};
        must(db_snapshot_open(workspace, &session, &err), &err);
        pb_status status = ledger_verify_with(session, &check, &report, &err);
        db_snapshot_close(session);
        if (*want == '\0') {
            must(status, &err);
            assert_int_equal(report.records, MANY);
            assert_int_equal(report.events, MANY);
            assert_int_equal(report.payloads, MANY);
            continue;
        }
        assert_int_equal(status, PB_CORRUPT);
        must_say(&err, want);
    }
}

/* Several faults at once: the first in the order of rows is named, whoever comes to it. */
/* shows: ACC-5 */
static void test_any_number_of_threads_finds_the_same(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    must(db_write(workspace, many_contacts_work, NULL, &err), &err);
    all_must_say(workspace, "");
    run_sql(workspace, (raw_sql){.sql = "UPDATE t_contact SET version = 7 WHERE n IN"
                                        " (1014000, 1018500, 1021000)"});
    all_must_say(workspace, "Record contact 1014000 was altered");
    run_sql(workspace, (raw_sql){.sql = "UPDATE t_contact SET event = 4999 WHERE n = 9000"});
    all_must_say(workspace, "Record contact 9000 was altered");
    run_sql(workspace, (raw_sql){.sql = "UPDATE t_contact SET event = 20000 WHERE n = 4200"});
    all_must_say(workspace, "Record contact 4200 was altered");
    run_sql(workspace, (raw_sql){"UPDATE ledger_payload SET body = ?1 WHERE seq = ?2",
                                 {PB_VALUE_BLOB(PB_STR("other")), PB_VALUE_INT(20500)},
                                 2});
    all_must_say(workspace, "The payload of event 20500 was altered");
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_threads_finds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
