/* Imports into a workspace: all or nothing, everything said, and out again as it came in. */
#include "exchange_support.h"

#include "asked.h"
#include "db/workspace.h"

static const char *const engines[] = {"embedded"};

typedef struct world {
    bench_room *room;
    db_workspace *workspace;
} world;

static void world_open(world *w, void **state)
{
    const char *engine = *state;
    assert_string_equal(engine, "embedded"); /* its URL is a folder */
    void *room = NULL;
    room_make(&room);
    w->room = room;
    pb_error err;
    char *folder = sys_path_join(w->room->arena, w->room->folder, "workspace");
    db_options options = {.scratch = true};
    must(db_workspace_create(folder, w->room->schema, &options, NULL, &w->workspace, &err), &err);
}

static void world_close(world *w)
{
    db_workspace_close(w->workspace);
    void *room = w->room;
    room_end(&room);
}

static int64_t number(world *w, const char *sql)
{
    return asked_number(w->workspace, sql);
}

static pb_str text(world *w, const char *sql)
{
    return asked_text(w->workspace, w->room->arena, sql);
}

static exchange_plan import_path(world *w, const char *path, bool dry_run)
{
    pb_error err;
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.dry_run = dry_run;
    must(exchange_plan_make(w->room->schema, &options, w->room->arena, &plan, &err), &err);
    must(exchange_import(w->workspace, &options, w->room->arena, &plan, &err), &err);
    return plan;
}

static void assert_empty(world *w)
{
    assert_int_equal(number(w, "SELECT COUNT(*) FROM contact"), 0);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM opportunity"), 0);
    assert_int_equal(number(w, "SELECT COUNT(*) FROM source_file"), 0);
}

/* shows: INT-5 REC-1 */
static void test_the_whole_demo_goes_in(void **state)
{
    world w;
    world_open(&w, state);
    exchange_plan plan = import_path(&w, data_path(w.room, "demo"), false);
    assert_int_equal(file_named(&plan, "accounts.csv")->imported, 85);
    assert_int_equal(file_named(&plan, "products.csv")->imported, 7);
    assert_int_equal(file_named(&plan, "sales_teams.csv")->imported, 35);
    assert_int_equal(file_named(&plan, "sales_pipeline.csv")->imported, 8800);
    for (size_t i = 0; i < plan.file_count; i++)
        assert_int_equal(plan.files[i].rejected, 0);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM opportunity"), 8800);
    /* 1,480 rows say GTXPro for GTX Pro, 1,425 name no account: the first find no product */
    assert_int_equal(plan.unresolved, 1480);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM opportunity WHERE account_id IS NULL AND "
                                "account_ref IS NULL"),
                     1425);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM source_column WHERE source = "
                                "'sales_pipeline.csv' AND header = 'account' AND filled = 7375"),
                     1);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM source_file"), (int64_t)plan.file_count);
    world_close(&w);
}

/* shows: INT-5 */
static void test_a_rehearsal_counts_and_keeps_nothing(void **state)
{
    world w;
    world_open(&w, state);
    exchange_plan plan = import_path(&w, data_path(w.room, "demo"), true);
    assert_int_equal(file_named(&plan, "sales_pipeline.csv")->imported, 8800);
    assert_empty(&w);
    world_close(&w);
}

static bool stop_after_some(void *context, const char *file, uint64_t done, uint64_t total)
{
    (void)file;
    int *calls = context;
    assert_true(done <= total);
    return ++*calls == 3; /* each file is told of at least once */
}

/* shows: INT-5 */
static void test_stopping_keeps_nothing(void **state)
{
    world w;
    world_open(&w, state);
    pb_error err;
    int calls = 0;
    const char *path = data_path(w.room, "demo");
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.progress = stop_after_some;
    options.context = &calls;
    must(exchange_plan_make(w.room->schema, &options, w.room->arena, &plan, &err), &err);
    assert_int_equal(exchange_import(w.workspace, &options, w.room->arena, &plan, &err),
                     PB_CANCELLED);
    assert_int_equal(calls, 3);
    assert_empty(&w);
    world_close(&w);
}

static void assert_reject(const exchange_file *file, size_t at, int64_t row, int64_t line,
                          const char *says)
{
    assert_true(at < file->reject_count);
    assert_int_equal(file->rejects[at].row, row);
    assert_int_equal(file->rejects[at].line, line);
    assert_string_equal(file->rejects[at].says.ptr, says);
}

/* shows: INT-5 DQ-1 */
static void test_rejected_rows_are_told_with_their_reasons(void **state)
{
    world w;
    world_open(&w, state);
    const char *path = put_text(w.room, "contacts.csv",
                                "id,full name,email\n"
                                "1,Ada Byron,ada@example.org\n"
                                "2,Too Few\n"
                                ",,\n"
                                "4,\"Two\nlines\",d@example.org\n"
                                "5,Jos\xE9,e@example.org\n"
                                "6,\"x\"y,f@example.org\n"
                                "7,Grace Hopper,g@example.org\n"
                                "8,\"never ends,h@example.org\n"
                                "9,\xC3\x84l\xC3\xA4n T\xC3\xBCr\xC3\xADng,not an address\n");
    exchange_plan plan = import_path(&w, path, false);
    const exchange_file *file = &plan.files[0];
    assert_int_equal(file->rows, 9);
    assert_int_equal(file->imported, 4);
    assert_int_equal(file->rejected, 5);
    assert_int_equal(file->noted, 1);
    assert_reject(file, 0, 2, 3, "Expected {expected} columns, found {found}");
    assert_int_equal(file->rejects[0].expected, 3);
    assert_int_equal(file->rejects[0].found, 2);
    assert_reject(file, 1, 3, 4, "The row is empty");
    assert_reject(file, 2, 5, 7, "Byte {value} at character {found} of the line is not UTF-8");
    assert_string_equal(file->rejects[2].value.ptr, "0xE9");
    assert_int_equal(file->rejects[2].found, 6);
    assert_reject(file, 3, 6, 8, "“{value}” follows a closing quotation mark");
    assert_reject(file, 4, 8, 10, "The quotation mark opened in line {found} never ends");
    assert_int_equal(file->rejects[4].found, 10);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM contact"), 4);
    assert_int_equal(number(&w, "SELECT rejected FROM source_file"), 5);
    world_close(&w);
}

/* shows: INT-5 DQ-1 */
static void test_strict_refuses_what_is_not_valid(void **state)
{
    world w;
    world_open(&w, state);
    pb_error err;
    const char *path = put_text(w.room, "contacts.csv",
                                "id,full name,email\n1,Ada Byron,ada@example.org\n"
                                "2,Alan Turing,not an address\n");
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    options.policy = RECORD_STRICT;
    must(exchange_plan_make(w.room->schema, &options, w.room->arena, &plan, &err), &err);
    must(exchange_import(w.workspace, &options, w.room->arena, &plan, &err), &err);
    assert_int_equal(plan.files[0].imported, 1);
    assert_int_equal(plan.files[0].rejected, 1);
    assert_string_equal(plan.files[0].rejects[0].column.ptr, "email");
    assert_string_equal(plan.files[0].rejects[0].value.ptr, "not an address");
    assert_int_equal(plan.files[0].rejects[0].row, 2);
    world_close(&w);
}

/* shows: REC-5 */
static void test_names_and_phones_are_completed_from_other_columns(void **state)
{
    world w;
    world_open(&w, state);
    const char *path = put_text(w.room, "contacts.csv",
                                "id,First name,Middle initial,Last name,Phone,Country\n"
                                "1,Mary,J,Smith,020 7946 0958,United Kingdom\n"
                                "2,小明,,王,010 8888 6666,China\n"
                                "3,,,Solo,,\n4,CARSTEN,NA,MEIER,,\n5,Na,,Li,,\n");
    exchange_plan plan = import_path(&w, path, false);
    assert_int_equal(plan.files[0].imported, 5);
    assert_string_equal(text(&w, "SELECT full_name FROM contact WHERE source_id = '4'").ptr,
                        "CARSTEN MEIER");
    assert_string_equal(text(&w, "SELECT full_name FROM contact WHERE source_id = '5'").ptr,
                        "Na Li");
    assert_string_equal(text(&w, "SELECT full_name FROM contact WHERE source_id = '1'").ptr,
                        "Mary J Smith");
    assert_string_equal(text(&w, "SELECT full_name FROM contact WHERE source_id = '2'").ptr,
                        "王小明");
    assert_string_equal(text(&w, "SELECT full_name FROM contact WHERE source_id = '3'").ptr,
                        "Solo");
    assert_string_equal(text(&w, "SELECT phone FROM contact WHERE source_id = '1'").ptr,
                        "+442079460958");
    assert_string_equal(text(&w, "SELECT phone FROM contact WHERE source_id = '2'").ptr,
                        "+861088886666");
    world_close(&w);
}

/* shows: INT-5 */
static void test_a_file_that_comes_again_is_noticed(void **state)
{
    world w;
    world_open(&w, state);
    const char *path = put_text(w.room, "contacts.csv", "id,full name\n1,Ada Byron\n");
    exchange_plan first = import_path(&w, path, false);
    assert_int_equal(first.files[0].imported_before, 0);
    exchange_plan again = import_path(&w, path, true);
    assert_int_equal(again.files[0].imported_before, first.run);
    world_close(&w);
}

/* shows: INT-5 */
static void test_a_file_that_changes_meanwhile_is_refused(void **state)
{
    world w;
    world_open(&w, state);
    pb_error err;
    const char *path = put_text(w.room, "contacts.csv", "id,full name\n1,Ada Byron\n");
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    must(exchange_plan_make(w.room->schema, &options, w.room->arena, &plan, &err), &err);
    put_text(w.room, "contacts.csv", "id,full name\n1,Ada Byron\n2,Eve\n");
    assert_int_equal(exchange_import(w.workspace, &options, w.room->arena, &plan, &err),
                     PB_CONFLICT);
    assert_empty(&w);
    world_close(&w);
}

static char *export_to(world *w, const char *entity, const char *name, uint64_t *ret_rows)
{
    pb_error err;
    db_session *session = NULL;
    char *path = sys_path_join(w->room->arena, w->room->folder, name);
    must(db_snapshot_open(w->workspace, &session, &err), &err);
    must(exchange_export_csv(session, model_entity_find(w->room->schema, pb_str_c(entity)), path,
                             ret_rows, &err),
         &err);
    db_snapshot_close(session);
    return path;
}

static pb_str content(world *w, const char *path)
{
    pb_error err;
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    must(sys_file_read(path, 64 << 20, &out, &err), &err);
    return pb_arena_str(w->room->arena, pb_buf_str(&out));
}

static void assert_same_after_round_trip(void **state, const char *source, const char *entity,
                                         uint64_t expected)
{
    world w, other;
    uint64_t rows = 0, again = 0;
    char name[64];
    snprintf(name, sizeof name, "%s.csv", entity);
    world_open(&w, state);
    import_path(&w, data_path(w.room, source), false);
    char *first = export_to(&w, entity, name, &rows);
    assert_int_equal(rows, expected);
    world_open(&other, state);
    exchange_plan plan = import_path(&other, first, false);
    assert_int_equal(plan.files[0].rejected, 0);
    for (size_t c = 0; c < plan.files[0].column_count; c++)
        assert_true(plan.files[0].columns[c].how == EXCHANGE_BY_NAME);
    char *second = export_to(&other, entity, name, &again);
    assert_int_equal(again, rows);
    assert_true(pb_str_eq(content(&w, first), content(&other, second)));
    world_close(&other);
    world_close(&w);
}

/* shows: INT-5 */
static void test_what_goes_out_comes_in_as_it_was(void **state)
{
    assert_same_after_round_trip(state, "demo", "opportunity", 8800);
    assert_same_after_round_trip(state, "demo", "account", 85);
    assert_same_after_round_trip(state, "tests/data/exchange/fake_names.csv", "contact", 200);
}

/* shows: SEC-4 */
static void test_formulas_do_no_harm_in_a_spreadsheet(void **state)
{
    world w;
    world_open(&w, state);
    const char *path = put_text(w.room, "contacts.csv",
                                "id,full name,notes\n1,=cmd|' /C calc'!A0,\"@SUM(1,2)\"\n");
    import_path(&w, path, false);
    uint64_t rows = 0;
    pb_str out = content(&w, export_to(&w, "contact", "contact.csv", &rows));
    assert_true(pb_str_find(out, PB_STR("'=cmd|")) != SIZE_MAX);
    assert_true(pb_str_find(out, PB_STR("\"'@SUM(1,2)\"")) != SIZE_MAX);
    world_close(&w);
}

/* shows: INT-5 */
static void test_nothing_to_import_is_an_error_with_the_reason(void **state)
{
    world w;
    world_open(&w, state);
    pb_error err;
    const char *path = put_text(w.room, "strange.csv", "foo,bar\nx,y\n");
    exchange_plan plan = {0};
    exchange_options options = options_for(&path, 1);
    must(exchange_plan_make(w.room->schema, &options, w.room->arena, &plan, &err), &err);
    assert_int_equal(exchange_import(w.workspace, &options, w.room->arena, &plan, &err),
                     PB_INVALID);
    PB_AUTO_BUF out = PB_BUF_INIT(4096);
    pb_error_render(&err, &err.detail, NULL, &out);
    assert_true(pb_str_find(pb_buf_str(&out), PB_STR("strange.csv")) != SIZE_MAX);
    world_close(&w);
}

int main(void)
{
    int failed = 0;
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        void *engine = (void *)(uintptr_t)engines[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(test_the_whole_demo_goes_in, engine),
            cmocka_unit_test_prestate(test_a_rehearsal_counts_and_keeps_nothing, engine),
            cmocka_unit_test_prestate(test_stopping_keeps_nothing, engine),
            cmocka_unit_test_prestate(test_rejected_rows_are_told_with_their_reasons, engine),
            cmocka_unit_test_prestate(test_strict_refuses_what_is_not_valid, engine),
            cmocka_unit_test_prestate(test_names_and_phones_are_completed_from_other_columns,
                                      engine),
            cmocka_unit_test_prestate(test_a_file_that_comes_again_is_noticed, engine),
            cmocka_unit_test_prestate(test_a_file_that_changes_meanwhile_is_refused, engine),
            cmocka_unit_test_prestate(test_what_goes_out_comes_in_as_it_was, engine),
            cmocka_unit_test_prestate(test_formulas_do_no_harm_in_a_spreadsheet, engine),
            cmocka_unit_test_prestate(test_nothing_to_import_is_an_error_with_the_reason, engine),
        };
        failed += cmocka_run_group_tests_name(engines[i], tests, NULL, NULL);
    }
    return failed;
}
