/* Live databases for tests, and auditing by their URLs. */
#ifndef LIVE_SUPPORT_H
#define LIVE_SUPPORT_H

#include "db/workspace.h"
#include "exchange_support.h"
#include "server.h"

/* --- auditing by URL --- */

static inline const model_source *declared_databases(pb_arena *arena, size_t *ret_count)
{
    pb_error err;
    pb_str *names = NULL;
    size_t count = 0;
    char *folder = pb_arena_printf(arena, "%s/databases", root_path());
    must(sys_dir_list(folder, arena, &names, &count, &err), &err);
    model_source *sources = pb_arena_array(arena, count, sizeof *sources);
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        char *path = sys_path_join(arena, folder, names[i].ptr);
        must(sys_file_read(path, 1 << 20, &text, &err), &err);
        sources[i] = (model_source){pb_str_c(path), pb_arena_str(arena, pb_buf_str(&text))};
    }
    *ret_count = count;
    return sources;
}

/* A source read into a workspace that is thrown away. */
typedef struct live_read {
    exchange_plan plan;
    db_workspace *workspace;
} live_read;

static inline pb_status plan_live(bench_room *room, const char *url, const char *password_file,
                                  exchange_options *ret_options, exchange_plan *ret_plan,
                                  pb_error *err)
{
    const char **paths = pb_arena_array(room->arena, 1, sizeof *paths);
    paths[0] = url;
    *ret_options = options_for(paths, 1);
    ret_options->password_file = password_file;
    ret_options->databases = declared_databases(room->arena, &ret_options->database_count);
    ret_options->last = true;
    return exchange_plan_make(room->schema, ret_options, room->arena, ret_plan, err);
}

static inline live_read read_live(bench_room *room, const char *url, const char *password_file)
{
    pb_error err;
    exchange_options options;
    live_read ret = {0};
    must(plan_live(room, url, password_file, &options, &ret.plan, &err), &err);
    db_options scratch = {.scratch = true};
    must(db_workspace_create(NULL, room->schema, &scratch, NULL, &ret.workspace, &err), &err);
    must(exchange_import(ret.workspace, &options, room->arena, &ret.plan, &err), &err);
    return ret;
}

static inline void live_read_end(live_read *read)
{
    read->workspace = db_workspace_close(read->workspace);
}

/* The first cell of a query over what was read, as text. */
static inline pb_str told(bench_room *room, live_read *read, const char *sql)
{
    pb_error err;
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    must(db_snapshot_open(read->workspace, &session, &err), &err);
    must(db_prepare(session, sql, &stmt, &err), &err);
    must(db_step(stmt, &row, &err), &err);
    pb_str value = row ? pb_arena_str(room->arena, db_column_text(stmt, 0)) : PB_STR("no row");
    db_reset(stmt);
    db_snapshot_close(session);
    return value.ptr == NULL ? PB_STR("") : value;
}

static inline void assert_told(bench_room *room, live_read *read, const char *sql,
                               const char *expected)
{
    pb_str value = told(room, read, sql);
    if (!pb_str_is(value, expected))
        fail_msg("%s\n  gives “%.*s”, not “%s”", sql, PB_STR_FMT(value), expected);
}

/* Every table of the plan with what became of it: shown when a test fails. */
static inline void show_plan(bench_room *room, const exchange_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        pb_str why = why_not(room, file);
        print_message("%s -> %s %d rows, %d rejected; %.*s\n", file->name.ptr,
                      file->entity == NULL ? "" : file->entity->name.ptr, (int)file->rows,
                      (int)file->rejected, PB_STR_FMT(why));
    }
}

static inline void assert_rows(bench_room *room, const exchange_plan *plan, const char *name,
                               uint64_t rows)
{
    const exchange_file *file = file_named(plan, name);
    if (file->entity == NULL || file->rows != rows || file->imported != rows)
        show_plan(room, plan);
    assert_non_null(file->entity);
    assert_int_equal(file->rows, rows);
    assert_int_equal(file->imported, rows);
}

/* Some table of the plan stays out with these words. */
static inline void assert_said(bench_room *room, const exchange_plan *plan, const char *words)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (pb_str_find(why_not(room, &plan->files[i]), pb_str_c(words)) != SIZE_MAX)
            return;
    show_plan(room, plan);
    fail_msg("nothing says: %s", words);
}

static inline bool mentions(const exchange_plan *plan, bench_room *room, const char *words)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (pb_str_find(why_not(room, &plan->files[i]), pb_str_c(words)) != SIZE_MAX)
            return true;
    return false;
}

/* tests/data/live/office.sql, on whichever server: what a database says of its own columns. */
static inline void assert_office(bench_room *room, const char *url)
{
    static const char *const both[][2] = {
        /* a list of words is read as its words; what it is a list for, it says itself */
        {"SELECT stage FROM opportunity WHERE record = '1'", "Won"},
        {"SELECT region FROM account WHERE name LIKE 'Lindt%'", "South"},
        /* `customer_id` leads to people, `sold_to` to companies: not what their names say */
        {"SELECT c.full_name || ', ' || a.name FROM opportunity o JOIN contact c ON c.id ="
         " o.contact_id JOIN account a ON a.id = o.account_id WHERE o.record = '1'",
         "Owen Marsh, Harbour Works Ltd"},
        /* `firm` holds the number of a company, which is not its key */
        {"SELECT a.name FROM contact c JOIN account a ON a.id = c.account_id WHERE c.record = '1'",
         "Lindt Mechanik GmbH"},
        {"SELECT s.user_name IS NULL AND s.email = 'bela@office.example.com' FROM account a JOIN"
         " staff s ON s.id = a.owner_id WHERE a.name LIKE 'Lindt%'",
         "1"},
        /* company 1 and merchant 1 are two */
        {"SELECT group_concat(name, ', ') FROM (SELECT a.name FROM sales_order o JOIN account a ON"
         " a.id = o.account_id ORDER BY o.record)",
         "Paper Trade Inc, Steel and Sons"},
        {"SELECT group_concat(record, ' ') FROM (SELECT record FROM account ORDER BY record)",
         "companies:1 companies:2 companies:3 merchants:1 merchants:2"},
        {"SELECT count(*) FROM value_note WHERE kind = 'bad' AND field = 'source_id'", "0"},
        /* calls have no foreign keys: their names say enough, and who is gone is found */
        {"SELECT count(*) FROM activity WHERE account_id IS NOT NULL AND contact_id IS NOT NULL",
         "3"},
        {"SELECT group_concat(field || ' ' || value, ', ') FROM value_note"
         " WHERE kind = 'unresolved'",
         "account companies:77"},
        {"SELECT count(*) FROM contact", "4"},
    };
    live_read read = read_live(room, url, NULL);
    for (size_t i = 0; i < sizeof both / sizeof *both; i++)
        assert_told(room, &read, both[i][0], both[i][1]);
    assert_said(room, &read.plan, "office/stages is a list of words");
    assert_said(room, &read.plan, "office/people_with_address is a view of rows");
    assert_said(room, &read.plan, "office/people_regions only says which rows");
    assert_string_equal(column_named(file_named(&read.plan, "office/deals"), "sold_to")->note.ptr,
                        "It holds keys of {table}");
    assert_null(column_named(file_named(&read.plan, "office/companies"), "created_by")->field);
    assert_false(mentions(&read.plan, room, "may write there"));
    live_read_end(&read);
}

/* Connecting fails with this status and words, and the password is in none of them. */
static inline void assert_no_way(bench_room *room, const char *url, const char *password_file,
                                 pb_status expected, const char *words, const char *password)
{
    pb_error err = {0};
    exchange_options options;
    exchange_plan plan = {0};
    pb_status status = plan_live(room, url, password_file, &options, &plan, &err);
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    pb_error_render(&err, &err.primary, NULL, &out);
    pb_buf_addc(&out, "\n");
    pb_error_render(&err, &err.detail, NULL, &out);
    pb_buf_addc(&out, "\n");
    pb_error_render(&err, &err.hint, NULL, &out);
    if (status != expected || pb_str_find(pb_buf_str(&out), pb_str_c(words)) == SIZE_MAX)
        fail_msg("%s: %s: %s", url, pb_status_name(status), pb_buf_cstr(&out));
    assert_true(pb_str_find(pb_buf_str(&out), pb_str_c(password)) == SIZE_MAX);
    assert_non_null(err.hint.id);
}

#endif
