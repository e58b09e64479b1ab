/* What an append costs over what the database takes for the same rows: measured side by side. */
#include "ledger_support.h"

enum { EVENTS = 200000, BODY = 112, PAYLOAD = 16 + 180 };

/* How many times the rows' own cost an append may take: about twice is measured. The sanitizers
 * slow our code and not SQLite's. */
#ifdef __SANITIZE_ADDRESS__
enum { TIMES = 8 };
#else
enum { TIMES = 3 };
#endif

typedef struct cost_work {
    bool ledger;
    double cpu_us;
} cost_work;

static double cpu_us(void)
{
    return (double)clock() * 1e6 / CLOCKS_PER_SEC;
}

static pb_status insert_rows(db_session *session, pb_error *err)
{
    static const char event_sql[] = "INSERT INTO ledger_event (seq, body) VALUES (?1, ?2)";
    static const char payload_sql[] = "INSERT INTO ledger_payload (seq, body) VALUES (?1, ?2)";
    char body[BODY] = {1}, payload[PAYLOAD] = {2};
    for (int64_t i = 0; i < EVENTS; i++) {
        db_stmt *stmt;
        memcpy(body, &i, sizeof i);
        PB_TRY(db_prepare(session, event_sql, &stmt, err));
        db_bind_i64(stmt, 1, i);
        db_bind_blob(stmt, 2, pb_str_n(body, sizeof body));
        PB_TRY(db_run(stmt, err));
        PB_TRY(db_prepare(session, payload_sql, &stmt, err));
        db_bind_i64(stmt, 1, i);
        db_bind_blob(stmt, 2, pb_str_n(payload, sizeof payload));
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

static pb_status append_rows(db_session *session, pb_error *err)
{
    char payload[PAYLOAD - 16] = {2};
    ledger_event event = {.kind = "record.created",
                          .actor = {PB_STR("import"), PB_STR_NONE, PB_STR("cli")},
                          .entity = PB_STR("contact"),
                          .version = 1,
                          .payload = pb_str_n(payload, sizeof payload)};
    for (int64_t i = 0; i < EVENTS; i++) {
        uint64_t sequence;
        event.at_us = INT64_C(1700000000000000) + i;
        memcpy(event.record.b, &i, sizeof i);
        PB_TRY(ledger_append(session, &event, &sequence, err));
    }
    return PB_OK;
}

static pb_status work(db_session *session, void *context, pb_error *err)
{
    cost_work *cost = context;
    double start = cpu_us();
    PB_TRY(cost->ledger ? append_rows(session, err) : insert_rows(session, err));
    cost->cpu_us = cpu_us() - start;
    return PB_OK;
}

static double run(bool ledger)
{
    double best = 1e18;
    for (int round = 0; round < 2; round++) {
        pb_error err = {0};
        cost_work cost = {.ledger = ledger};
        db_workspace *workspace = scratch_workspace();
        must(db_write(workspace, work, &cost, &err), &err);
        db_workspace_close(workspace);
        best = cost.cpu_us < best ? cost.cpu_us : best;
    }
    return best;
}

static void test_an_append_costs_less_than_its_rows(void **state)
{
    (void)state;
    double rows = run(false), appends = run(true);
    print_message("two inserts: %.2f us; an append: %.2f us; the ledger's part: %.2f us\n",
                  rows / EVENTS, appends / EVENTS, (appends - rows) / EVENTS);
    assert_true(appends < TIMES * rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_append_costs_less_than_its_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
