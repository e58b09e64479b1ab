/* What was erased reaches every declared place with the next run at the latest, due or not; what a
 * place could not be told of is not given back in silence. */
#include "service_support.h"

#include "base/time.h"
#include "sys/clock.h"

enum { PLACES = 2 };

typedef struct archive {
    office *o;
    const char *url;
    db_workspace *open;
    char *places[PLACES];
} archive;

static void archive_begin(archive *a, office *o, bool log)
{
    pb_error err = {0};
    exchange_plan plan = {0};
    *a = (archive){.o = o, .url = make_workspace(o)};
    o->call.now_us = sys_now_us();
    a->open = open_workspace(o, a->url);
    const char *contacts = pb_arena_printf(o->arena, "%s/tests/data/workspaces/1/contacts.csv",
                                           getenv("PROBITY_ROOT"));
    const service_source source = {.paths = &contacts, .path_count = 1};
    must(
        service_import(o->service, &o->call, a->open, &source, false, false, o->arena, &plan, &err),
        &err);
    must(sys_dir_make(place(o, "media"), 0700, true, &err), &err);
    a->places[0] = place(o, "near");
    a->places[1] = place(o, "media/far");
    char *text = put(o, "plan.yaml",
                     pb_arena_printf(o->arena, "places: [%s, %s]\nevery: 24h\nkeep_log: %s\n",
                                     a->places[0], a->places[1], log ? "true" : "false"));
    must(service_backup_declare(&o->call, a->open, text, o->arena, &err), &err);
}

static void archive_end(archive *a)
{
    db_workspace_close(a->open);
}

/* A run of the schedule, so much later. */
static pb_status run_later(archive *a, int64_t hours, bool log_only, size_t *ret_backups)
{
    pb_error err = {0};
    service_backup *backups = NULL;
    a->o->call.now_us = sys_now_us() + hours * 3600 * PB_US_PER_SECOND;
    *ret_backups = 0;
    return service_backup_make(&a->o->call, a->open, NULL, 0, !log_only, log_only, a->o->arena,
                               &backups, ret_backups, &err);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    const archive *a = context;
    ledger_head head;
    PB_TRY(ledger_head_read(session, &head, err));
    for (uint64_t at = 0; at < head.size; at++) { /* the first of a record that has one still */
        ledger_event event;
        bool erased = false;
        PB_TRY(ledger_read(session, at, a->o->arena, &event, &erased, err));
        if (!erased && strcmp(event.kind, "record.created") == 0)
            return ledger_erase_payload(session, at, a->o->call.actor, sys_now_us(), err);
    }
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no entity {entity}."), "entity", "x", NULL);
}

static void erase_one(archive *a)
{
    pb_error err = {0};
    must(db_write(a->open, erase_work, a, &err), &err);
}

/* How many payloads a restore from there erases again, nobody else being asked. */
static uint64_t erased_again(archive *a, const char *from, int64_t until_us)
{
    static int made;
    pb_error err = {0};
    backup_restored restored;
    const backup_restore_options options = {
        .from = from,
        .into = place(a->o, pb_arena_printf(a->o->arena, "again%d", ++made)),
        .until_us = until_us,
        .key = a->o->key,
        .unknown_erasures = true};
    must(service_restore(a->o->service, &a->o->call, &options, &restored, &err), &err);
    return restored.erased;
}

/* Nobody else is asked, and nothing is accepted in words. */
static pb_status plain_restore(archive *a, const char *from, const char *ledger, pb_error *err)
{
    static int made;
    backup_restored restored;
    const backup_restore_options options = {
        .from = from,
        .into = place(a->o, pb_arena_printf(a->o->arena, "plain%d", ++made)),
        .ledger = ledger,
        .until_us = INT64_MAX,
        .key = a->o->key};
    return service_restore(a->o->service, &a->o->call, &options, &restored, err);
}

/* shows: PRI-5 PER-3 */
static void test_places_hear_of_erasures_though_no_backup_is_due(void **state)
{
    archive a;
    pb_error err = {0};
    size_t backups;
    archive_begin(&a, *state, false);
    assert_int_equal(run_later(&a, 0, false, &backups), PB_OK);
    assert_int_equal(backups, PLACES);
    erase_one(&a);
    for (int i = 0; i < PLACES; i++)
        assert_int_equal(erased_again(&a, a.places[i], INT64_MAX), 0);
    assert_int_equal(run_later(&a, 1, false, &backups), PB_OK);
    assert_int_equal(backups, 0);
    for (int i = 0; i < PLACES; i++)
        assert_int_equal(erased_again(&a, a.places[i], INT64_MAX), 1);
    /* what is erased behind that nobody there knows: it is refused, unless the living is asked */
    erase_one(&a);
    assert_int_equal(plain_restore(&a, a.places[0], NULL, &err), PB_DENIED);
    assert_non_null(err.hint.id);
    must(plain_restore(&a, a.places[0], a.url, &err), &err);
    archive_end(&a);
}

/* shows: PRI-5 PER-3 */
static void test_a_place_that_could_not_be_told_is_told_with_the_next_run(void **state)
{
    archive a;
    pb_error err = {0};
    size_t backups;
    archive_begin(&a, *state, false);
    assert_int_equal(run_later(&a, 0, false, &backups), PB_OK);
    erase_one(&a);
    must(sys_rename(place(a.o, "media"), place(a.o, "elsewhere"), false, &err), &err);
    assert_int_not_equal(run_later(&a, 1, false, &backups), PB_OK); /* it is said */
    assert_int_equal(erased_again(&a, a.places[0], INT64_MAX), 1);  /* and keeps no other from it */
    must(sys_rename(place(a.o, "elsewhere"), place(a.o, "media"), false, &err), &err);
    assert_int_equal(erased_again(&a, a.places[1], INT64_MAX), 0);
    assert_int_equal(plain_restore(&a, a.places[1], NULL, &err), PB_DENIED);
    assert_int_equal(run_later(&a, 2, false, &backups), PB_OK);
    assert_int_equal(backups, 0);
    assert_int_equal(erased_again(&a, a.places[1], INT64_MAX), 1);
    archive_end(&a);
}

/* shows: PRI-5 PER-3 */
static void test_shipping_the_log_tells_of_erasures(void **state)
{
    archive a;
    size_t backups;
    if (on_postgres()) /* its log is not ours to ship */
        return;
    archive_begin(&a, *state, true);
    assert_int_equal(run_later(&a, 0, false, &backups), PB_OK);
    int64_t before_us = sys_now_us();
    erase_one(&a);
    assert_int_equal(run_later(&a, 1, true, &backups), PB_OK);
    for (int i = 0; i < PLACES; i++) {
        /* the log brings the erasure itself; who goes back to before it is not given it back */
        assert_int_equal(erased_again(&a, a.places[i], INT64_MAX), 0);
        assert_int_equal(erased_again(&a, a.places[i], before_us), 1);
    }
    archive_end(&a);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_places_hear_of_erasures_though_no_backup_is_due),
        TEST(test_a_place_that_could_not_be_told_is_told_with_the_next_run),
        TEST(test_shipping_the_log_tells_of_erasures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
