/* Bringing the tables to what the schema asks for: what is missing is added, nothing is dropped but
 * views, which hold nothing. */
#include "internal.h"
#include "setting.h"

#include <sodium.h>

enum { SQL_MAX = 1 << 20, FINGERPRINT = 32 };

#define SETTING_FORMAT PB_STR("format")

static void column_sql(const db_engine *engine, const db_column *column, bool filled, pb_buf *sql)
{
    bool sealed = engine->sealed != NULL && column->secrecy == DB_SEALED && column->type != DB_BLOB;
    pb_buf_printf(sql, "\"%.*s\" %s%s", PB_STR_FMT(column->name),
                  sealed ? engine->sealed : engine->types[column->type],
                  filled && column->type != DB_KEY ? " NOT NULL" : "");
}

static void table_sql(const db_engine *engine, const db_table *table, pb_buf *sql)
{
    pb_buf_printf(sql, "CREATE TABLE \"%.*s\" (", PB_STR_FMT(table->name));
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            pb_buf_addc(sql, ", ");
        column_sql(engine, &table->columns[i], table->columns[i].filled, sql);
    }
    if (table->primary != NULL)
        pb_buf_printf(sql, ", PRIMARY KEY (%s))%s;\n", table->primary, engine->clustered);
    else
        pb_buf_addc(sql, ");\n");
}

static void index_sql(const db_index *index, pb_buf *sql)
{
    pb_buf_printf(sql, "CREATE %sINDEX IF NOT EXISTS \"%.*s\" ON \"%.*s\" (%s);\n",
                  index->unique ? "UNIQUE " : "", PB_STR_FMT(index->name), PB_STR_FMT(index->table),
                  index->columns);
}

static void view_sql(const db_view *view, pb_buf *sql)
{
    pb_buf_printf(sql, "DROP VIEW IF EXISTS \"%.*s\";\nCREATE VIEW \"%.*s\" AS %.*s;\n",
                  PB_STR_FMT(view->name), PB_STR_FMT(view->name), PB_STR_FMT(view->select));
}

/* Changes whenever the layout does. */
static pb_status fingerprint(const db_workspace *workspace, uint8_t ret[FINGERPRINT], pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(8 * SQL_MAX);
    const db_layout *layout = workspace->layout;
    for (size_t i = 0; i < layout->table_count; i++)
        table_sql(workspace->engine, &layout->tables[i], &sql);
    for (size_t i = 0; i < layout->index_count; i++)
        index_sql(&layout->indexes[i], &sql);
    for (size_t i = 0; i < layout->view_count; i++)
        view_sql(&layout->views[i], &sql);
    if (sql.failed)
        return pb_fail_memory(err);
    crypto_generichash(ret, FINGERPRINT, (const uint8_t *)sql.ptr, sql.len, NULL, 0);
    return PB_OK;
}

static pb_status run_sql(db_session *session, pb_buf *sql, pb_error *err)
{
    if (sql->failed)
        return pb_fail_memory(err);
    return session->engine->run(session->conn, pb_buf_cstr(sql), err);
}

typedef struct have {
    const db_table *table;
    bool *there;
    size_t count;
} have;

static pb_status note_column(void *context, pb_str name, pb_error *err)
{
    have *seen = context;
    (void)err;
    seen->count++;
    for (size_t i = 0; i < seen->table->count; i++)
        if (pb_str_eq_nocase(seen->table->columns[i].name, name))
            seen->there[i] = true;
    return PB_OK;
}

static pb_status bring_table(db_session *session, const db_table *table, pb_arena *arena,
                             pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    have seen = {table, pb_arena_array(arena, table->count, sizeof(bool)), 0};
    char *name = pb_arena_cstr(arena, table->name);
    if (seen.there == NULL || name == NULL)
        return pb_fail_memory(err);
    PB_TRY(session->engine->columns(session->conn, name, note_column, &seen, err));
    if (seen.count == 0)
        table_sql(session->engine, table, &sql);
    for (size_t i = 0; seen.count > 0 && i < table->count; i++) {
        if (seen.there[i])
            continue;
        pb_buf_printf(&sql, "ALTER TABLE \"%.*s\" ADD COLUMN ", PB_STR_FMT(table->name));
        column_sql(session->engine, &table->columns[i], false, &sql);
        pb_buf_addc(&sql, ";\n");
    }
    return sql.len == 0 && !sql.failed ? PB_OK : run_sql(session, &sql, err);
}

static pb_status bring_all(db_session *session, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF sql = PB_BUF_INIT(8 * SQL_MAX);
    const db_layout *layout = session->workspace->layout;
    if (arena == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < layout->table_count; i++)
        PB_TRY(bring_table(session, &layout->tables[i], arena, err));
    for (size_t i = 0; i < layout->index_count; i++)
        index_sql(&layout->indexes[i], &sql);
    for (size_t i = 0; i < layout->view_count; i++)
        view_sql(&layout->views[i], &sql);
    return run_sql(session, &sql, err);
}

static pb_status check_format(db_session *session, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    bool found = false;
    int64_t format = 0;
    PB_TRY(db_setting_read(session, SETTING_FORMAT, &text, &found, err));
    if (!found || (pb_str_to_i64(pb_buf_str(&text), &format) && format <= DB_FORMAT))
        return PB_OK;
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("The workspace was made by a newer version of the program (format {have}, "
                   "known is {known})."),
            "have", PB_ARG(pb_buf_str(&text)), "known", PB_ARG_INT(DB_FORMAT), NULL);
    pb_error_hint(err, PB_MSG("Install the newer version."), NULL);
    return PB_UNSUPPORTED;
}

static pb_status migrate_work(db_session *session, void *context, pb_error *err)
{
    pb_str print = pb_str_n(context, FINGERPRINT);
    char format[24];
    PB_TRY(bring_all(session, err));
    PB_TRY(check_format(session, err));
    snprintf(format, sizeof format, "%d", DB_FORMAT);
    PB_TRY(db_setting_write(session, SETTING_FORMAT, pb_str_c(format), err));
    return db_setting_write(session, SETTING_LAYOUT, print, err);
}

static pb_status up_to_date(db_session *session, const uint8_t want[FINGERPRINT], bool *ret_same,
                            pb_error *err)
{
    PB_AUTO_BUF have_print = PB_BUF_INIT(FINGERPRINT);
    bool found = false;
    PB_TRY(check_format(session, err));
    PB_TRY(db_move_look(session, err));
    PB_TRY(db_setting_read(session, SETTING_LAYOUT, &have_print, &found, err));
    *ret_same =
        found && pb_str_eq(pb_buf_str(&have_print), pb_str_n((const char *)want, FINGERPRINT));
    return PB_OK;
}

static pb_status fail_standby(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("The standby {workspace} cannot be read with another model than its primary's."),
            "workspace", workspace->target.place, NULL);
    pb_error_hint(err,
                  PB_MSG("Use the program and the --model of the primary, or bring the primary to "
                         "them first: the standby follows."),
                  NULL);
    return PB_UNSUPPORTED;
}

pb_status db_migrate(db_workspace *workspace, pb_error *err)
{
    uint8_t want[FINGERPRINT];
    bool same = false;
    PB_TRY(fingerprint(workspace, want, err));
    if (!workspace->target.create) {
        db_session *session = NULL;
        PB_TRY(db_snapshot_open(workspace, &session, err));
        pb_status status = up_to_date(session, want, &same, err);
        db_snapshot_close(session);
        PB_TRY(status);
    }
    if (!same && workspace->standby != NULL)
        return fail_standby(workspace, err);
    return same ? PB_OK : db_write(workspace, migrate_work, want, err);
}
