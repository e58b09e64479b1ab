/* Imports of many transactions: others write in between, what they wrote stays theirs, and a run
 * that ended half-way is one that can be taken back. */
#include "exchange_support.h"

#include "asked.h"
#include "db/workspace.h"
#include "record/undo.h"

enum { PART = 100, PEOPLE = 1000, TEXT = 1 << 20, A_DAY = 1000000 };

typedef struct world {
    bench_room *room;
    db_workspace *workspace;
    int64_t now_us;
    bool sliced;
    int slices, fails_at; /* parts that were kept; the one that fails, 0: none */
    bool meddles;         /* somebody writes after the first */
    bool passes_over;     /* files that came before */
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

static void is(world *w, const char *sql, const char *wanted)
{
    pb_str value = asked_text(w->workspace, w->room->arena, sql);
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

/* Records of the import that lie behind what the plan says was there before the part at work. */
static int64_t made(db_session *session, const exchange_plan *plan, const exchange_file *file,
                    pb_error *err)
{
    db_stmt *stmt;
    bool row;
    bool account = pb_str_is(file->entity->name, "account");
    must(db_prepare_text(
             session,
             pb_str_c(account ? "SELECT COUNT(*) FROM t_account WHERE n > ?1 AND run >= ?2"
                              : "SELECT COUNT(*) FROM t_contact WHERE n > ?1 AND run >= ?2"),
             &stmt, err),
         err);
    db_bind_i64(stmt, 1, file->after_n);
    db_bind_i64(stmt, 2, plan->run);
    must(db_step(stmt, &row, err), err);
    int64_t count = db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

/* A part is judged by what it makes itself. */
static pb_status check(void *context, db_session *session, const exchange_plan *plan, pb_error *err)
{
    const world *w = context;
    int64_t of_part = 0;
    for (size_t i = 0; i < plan->file_count && plan->run > 0; i++)
        of_part += made(session, plan, &plan->files[i], err);
    assert_in_range(of_part, 0, w->sliced ? PART : PEOPLE);
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

static pb_status import_all(world *w, const char *const *paths, size_t count, record_mode mode,
                            bool sliced, exchange_plan *plan, pb_error *err)
{
    exchange_options options = options_for(paths, count);
    w->sliced = sliced;
    options.pass_over = w->passes_over;
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

static pb_status import(world *w, const char *path, record_mode mode, bool sliced,
                        exchange_plan *plan, pb_error *err)
{
    return import_all(w, &path, 1, mode, sliced, plan, err);
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
    /* What came in is no reason to pass the file over. */
    w.fails_at = 0;
    w.passes_over = true;
    int64_t run = plan.run;
    assert_int_equal(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), PB_CONFLICT);
    assert_int_equal(import(&w, path, RECORD_MODE_CREATE, false, &plan, &err), PB_CONFLICT);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "200");
    record_undo_counts counts = undo(&w, run);
    assert_int_equal(counts.deleted, 200);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "0");
    /* The same file comes in anew, and once. */
    must(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), &err);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "1000");
    must(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), &err);
    assert_true(plan.files[0].passed_over);
    is(&w, "SELECT COUNT(*) || '' FROM contact", "1000");
    world_close(&w);
}

/* shows: INT-1 DQ-1 */
static void test_an_id_that_comes_twice_is_refused_in_whichever_part(void **state)
{
    world w;
    pb_error err;
    exchange_plan plan;
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT);
    (void)state;
    world_open(&w);
    /* Records of other runs with the same ids are no reason. */
    for (int again = 0; again < 6; again++)
        must(import(&w, people(&w, "contacts.csv", "Jena"), RECORD_MODE_CREATE, true, &plan, &err),
             &err);
    assert_int_equal(plan.files[0].rejected, 0);
    pb_buf_addc(&text, "Contact ID,Full Name,Email,City\n");
    for (int i = 1; i <= 250; i++)
        pb_buf_printf(&text, "N-%d,Person %d,q%d@example.org,Kiel\n", i == 240 ? 7 : i, i, i);
    const char *path = put_file(w.room, "twice.csv", pb_buf_str(&text));
    must(import(&w, path, RECORD_MODE_CREATE, true, &plan, &err), &err);
    assert_int_equal(plan.files[0].imported, 249);
    assert_int_equal(plan.files[0].rejected, 1);
    assert_int_equal(plan.files[0].rejects[0].row, 240);
    assert_true(pb_str_is(plan.files[0].rejects[0].says, "The id {value} appears twice."));
    world_close(&w);
}

/* shows: INT-1 DQ-1 */
static void test_a_reference_is_unresolved_when_no_part_has_its_record(void **state)
{
    enum { LATER = 150, NEVER = 3 };
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT);
    (void)state;
    pb_buf_addc(&text, "Contact ID,Full Name,Email,Reports To\n");
    for (int i = 1; i <= 500; i++) {
        pb_buf_printf(&text, "N-%d,Person %d,p%d@example.org,", i, i, i);
        if (i <= LATER + NEVER)
            pb_buf_printf(&text, "N-%d", i <= LATER ? i + 300 : i + 9000);
        pb_buf_byte(&text, '\n');
    }
    for (int sliced = 0; sliced <= 1; sliced++) {
        world w;
        pb_error err;
        exchange_plan plan;
        world_open(&w);
        const char *path = put_file(w.room, "contacts.csv", pb_buf_str(&text));
        must(import(&w, path, RECORD_MODE_CREATE, sliced, &plan, &err), &err);
        assert_int_equal(plan.files[0].imported, 500);
        is(&w, "SELECT COUNT(*) || '' FROM value_note WHERE kind = 'unresolved'", "3");
        assert_int_equal(plan.unresolved, NEVER);
        world_close(&w);
    }
}

/* shows: INT-1 REC-1 */
static void test_each_part_knows_what_was_there_of_every_entity(void **state)
{
    world w;
    pb_error err;
    exchange_plan plan;
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT);
    (void)state;
    world_open(&w);
    pb_buf_addc(&text, "Account ID,Account Name,City\n");
    for (int i = 1; i <= 250; i++)
        pb_buf_printf(&text, "A-%d,Works %d Ltd,Jena\n", i, i);
    const char *paths[] = {put_file(w.room, "accounts.csv", pb_buf_str(&text)),
                           people(&w, "contacts.csv", "Jena")};
    must(import_all(&w, paths, 2, RECORD_MODE_CREATE, true, &plan, &err), &err);
    assert_int_equal(plan.files[0].imported + plan.files[1].imported, 250 + PEOPLE);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_one_import),
        cmocka_unit_test(test_others_write_between_the_parts),
        cmocka_unit_test(test_a_run_that_ends_half_way_says_so_and_goes),
        cmocka_unit_test(test_an_id_that_comes_twice_is_refused_in_whichever_part),
        cmocka_unit_test(test_a_reference_is_unresolved_when_no_part_has_its_record),
        cmocka_unit_test(test_each_part_knows_what_was_there_of_every_entity),
    };
    return cmocka_run_group_tests_name("exchange/slices", tests, NULL, NULL);
}
