/* Imports of many transactions: others write in between, what they wrote stays theirs, and a run
 * that ended half-way is one that can be taken back. */
#include "exchange_support.h"

#include "db/workspace.h"
#include "record/undo.h"

enum { PEOPLE = 1000, TEXT = 1 << 20, A_DAY = 1000000 };

typedef struct world {
    bench_room *room;
    db_workspace *workspace;
    int64_t now_us;
    int slices, fails_at; /* parts that were kept; the one that fails, 0: none */
    bool meddles;         /* somebody writes after the first */
} world;

static void world_open(world *w)
{
    void *room = NULL;
    pb_error err;
    db_options options = {.scratch = true};
    room_make(&room);
    *w = (world){.room = room, .now_us = INT64_C(1700000000000000)};
    char *folder = sys_path_join(w->room->arena, w->room->folder, "workspace");
    must(db_workspace_create(folder, w->room->schema, &options, NULL, &w->workspace, &err), &err);
}

static void world_close(world *w)
{
    void *room = w->room;
    db_workspace_close(w->workspace);
    room_end(&room);
}

static pb_str first(world *w, const char *sql)
{
    pb_error err;
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(db_prepare(session, sql, &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    assert_true(row);
    pb_str value = pb_arena_str(w->room->arena, db_column_text(stmt, 0));
    db_reset(stmt);
    db_snapshot_close(session);
    return value;
}

static void is(world *w, const char *sql, const char *wanted)
{
    pb_str value = first(w, sql);
    if (!pb_str_is(value, wanted))
        fail_msg("%s: %.*s, not %s", sql, PB_STR_FMT(value), wanted);
}

/* --- what others do meanwhile --- */

static pb_status move_to(record_writer *writer, const model_entity *contact, const char *id,
                         const char *city, db_session *session, pb_error *err)
{
    pb_uuid found;
    const record_input input = {model_field_find(contact, PB_STR("city")), pb_str_c(city), NULL};
    PB_TRY(record_lookup(session, contact, pb_str_c(id), &found, err));
    return record_change(writer, contact, found, 0, &input, 1, NULL, NULL, err);
}

/* Somebody moves one whose row was written, and one whose row is still to come. */
static pb_status meddle(db_session *session, void *context, pb_error *err)
{
    world *w = context;
    record_writer *writer = NULL;
    const model_entity *contact = model_entity_find(w->room->schema, PB_STR("contact"));
    ledger_actor actor = {.name = PB_STR("somebody"), .via = PB_STR("test")};
    PB_TRY(record_writer_open(session, actor, ++w->now_us, RECORD_STRICT, &writer, err));
    pb_status status = move_to(writer, contact, "N-10", "Ulm", session, err);
    if (status == PB_OK)
        status = move_to(writer, contact, "N-900", "Bonn", session, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status slice(void *context, bool kept, pb_error *err)
{
    world *w = context;
    if (kept && ++w->slices == 1 && w->meddles)
        return db_write(w->workspace, meddle, w, err);
    return PB_OK;
}

static pb_status check(void *context, db_session *session, const exchange_plan *plan, pb_error *err)
{
    const world *w = context;
    (void)session;
    (void)plan;
    return w->fails_at > 0 && w->slices + 1 == w->fails_at
               ? pb_fail(err, PB_DENIED, PB_MSG("Stopped on request"), NULL)
               : PB_OK;
}

/* --- importing --- */

static const char *people(world *w, const char *name, const char *city)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT);
    pb_buf_addc(&text, "Contact ID,Full Name,Email,City\n");
    for (int i = 1; i <= PEOPLE; i++)
        pb_buf_printf(&text, "N-%d,Person %c%c,p%d@example.org,%s\n", i, 'A' + i % 26,
                      'a' + i / 26 % 26, i, city);
    return put_file(w->room, name, pb_buf_str(&text));
}

static pb_status import(world *w, const char *path, record_mode mode, bool sliced,
                        exchange_plan *plan, pb_error *err)
{
    exchange_options options = options_for(&path, 1);
    options.policy = RECORD_STRICT;
    options.now_us = w->now_us += A_DAY;
    options.mode = mode;
    options.sliced = sliced;
    options.slice = slice;
    options.each_context = w;
    options.check = check;
    options.context = w;
    w->slices = 0;
    *plan = (exchange_plan){0};
    must(exchange_plan_make(w->room->schema, &options, w->room->arena, plan, err), err);
    return exchange_import(w->workspace, &options, w->room->arena, plan, err);
}

typedef struct undoing {
    world *w;
    int64_t run;
    record_undo_counts counts;
} undoing;

static pb_status undo_work(db_session *session, void *context, pb_error *err)
{
    undoing *u = context;
    record_writer *writer = NULL;
    record_run_info run;
    int64_t by;
    ledger_actor actor = {.name = PB_STR("tester"), .via = PB_STR("test")};
    PB_TRY(record_run_find(session, u->run, u->w->room->arena, &run, err));
    PB_TRY(record_writer_open(session, actor, ++u->w->now_us, RECORD_KEEP, &writer, err));
    pb_status status = record_undo(writer, &run, NULL, NULL, NULL, &u->counts, &by, err);
    record_writer_close(writer);
    return status;
}

static record_undo_counts undo(world *w, int64_t run)
{
    pb_error err;
    undoing u = {.w = w, .run = run};
    must(db_write(w->workspace, undo_work, &u, &err), &err);
    return u.counts;
}

/* shows: INT-1 INT-5 REC-1 */
static void test_parts_are_one_import(void **state)
{
    world w;
    pb_error err;
    exchange_plan plan;
    (void)state;
    world_open(&w);
    must(import(&w, people(&w, "contacts.csv", "Jena"), RECORD_MODE_CREATE, true, &plan, &err),
         &err);
    assert_true(w.slices > 3);
    assert_false(plan.unfinished);
    assert_int_equal(plan.files[0].imported, PEOPLE);
    assert_int_equal(plan.files[0].columns[0].filled, PEOPLE);
    is(&w, "SELECT COUNT(*) || ' ' || COUNT(DISTINCT run) FROM t_contact", "1000 1");
    is(&w, "SELECT kind || ' ' || rows || ' ' || imported FROM t_import_run", "import 1000 1000");
    record_undo_counts counts = undo(&w, plan.run);
    assert_int_equal(counts.deleted, PEOPLE);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "0");
    world_close(&w);
}

/* shows: INT-1 INT-5 REC-1 */
static void test_others_write_between_the_parts(void **state)
{
    world w;
    pb_error err;
    exchange_plan plan;
    (void)state;
    world_open(&w);
    must(import(&w, people(&w, "contacts.csv", "Jena"), RECORD_MODE_CREATE, false, &plan, &err),
         &err);
    w.meddles = true;
    must(import(&w, people(&w, "moved.csv", "Kiel"), RECORD_MODE_UPSERT, true, &plan, &err), &err);
    assert_int_equal(plan.files[0].changed, PEOPLE);
    assert_int_equal(plan.files[0].field_changes[0] + plan.files[0].imported, 0);
    is(&w, "SELECT COUNT(*) || '' FROM contact WHERE city = 'Kiel'", "999");
    is(&w, "SELECT city FROM contact WHERE record = 'N-10'", "Ulm");
    record_undo_counts counts = undo(&w, plan.run);
    assert_int_equal(counts.changed, PEOPLE - 1);
    assert_int_equal(counts.kept, 1);
    /* One gets back what somebody wrote before the run came to it. */
    is(&w, "SELECT city FROM contact WHERE record = 'N-900'", "Bonn");
    is(&w, "SELECT city FROM contact WHERE record = 'N-10'", "Ulm");
    is(&w, "SELECT COUNT(*) || '' FROM contact WHERE city = 'Jena'", "998");
    world_close(&w);
}

/* shows: INT-1 INT-5 REC-1 */
static void test_a_run_that_ends_half_way_says_so_and_goes(void **state)
{
    world w;
    pb_error err;
    exchange_plan plan;
    (void)state;
    world_open(&w);
    w.fails_at = 3;
    const char *path = people(&w, "contacts.csv", "Jena");
    assert_int_equal(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), PB_DENIED);
    assert_true(plan.unfinished);
    assert_true(plan.run > 0);
    is(&w, "SELECT kind || ' ' || rows FROM t_import_run", "unfinished 200");
    is(&w, "SELECT COUNT(*) || '' FROM contact", "200");
    record_undo_counts counts = undo(&w, plan.run);
    assert_int_equal(counts.deleted, 200);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "0");
    /* The same file comes in anew. */
    w.fails_at = 0;
    must(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), &err);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "1000");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_one_import),
        cmocka_unit_test(test_others_write_between_the_parts),
        cmocka_unit_test(test_a_run_that_ends_half_way_says_so_and_goes),
    };
    return cmocka_run_group_tests_name("exchange/slices", tests, NULL, NULL);
}
