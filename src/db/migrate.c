/* Bringing the tables to what the schema asks for: what is missing is added, nothing is dropped but
 * views, which hold nothing. */
#include "internal.h"
#include "setting.h"

#include "db/upgrade.h"

#include <sodium.h>

enum { SQL_MAX = 1 << 20, FINGERPRINT = 32 };

#define SETTING_FORMAT PB_STR("format")

/* What a workspace without a note of it has is the present one: it is being made. */
static pb_status read_format(db_session *session, int64_t *ret_format, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    const db_formats *formats = session->workspace->formats;
    bool found = false;
    int64_t format = formats->number;
    PB_TRY(db_setting_read(session, SETTING_FORMAT, &text, &found, err));
    if (!found || (pb_str_to_i64(pb_buf_str(&text), &format) && format <= formats->number)) {
        *ret_format = format;
        return PB_OK;
    }
    pb_fail(err, PB_UNSUPPORTED,
            PB_MSG("The workspace was made by a newer version of the program (format {have}, "
                   "known is {known})."),
            "have", PB_ARG(pb_buf_str(&text)), "known", PB_ARG_INT(formats->number), NULL);
    pb_error_hint(err, PB_MSG("Install the newer version."), NULL);
    return PB_UNSUPPORTED;
}

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

void db_index_sql(const db_engine *engine, const db_index *index, pb_buf *sql)
{
    pb_buf_printf(sql, "CREATE %sINDEX IF NOT EXISTS \"%.*s\" ON \"%.*s\" (",
                  index->unique ? "UNIQUE " : "", PB_STR_FMT(index->name),
                  PB_STR_FMT(index->table));
    pb_str rest = pb_str_c(index->columns), one;
    while (index->listed && pb_str_split(&rest, ',', &one))
        pb_buf_printf(sql, "%.*s%s%s", PB_STR_FMT(one), engine->absent_first,
                      rest.ptr == NULL ? "" : ", ");
    pb_buf_printf(sql, "%s)%s;\n", index->listed ? "" : index->columns,
                  index->listed          ? " WHERE deleted = 0"
                  : index->where != NULL ? index->where
                                         : "");
}

static void view_sql(const db_view *view, pb_buf *sql)
{
    pb_buf_printf(sql, "DROP VIEW IF EXISTS \"%.*s\";\nCREATE VIEW \"%.*s\" AS %.*s;\n",
                  PB_STR_FMT(view->name), PB_STR_FMT(view->name), PB_STR_FMT(view->select));
}

/* Changes whenever the layout does. */
static pb_status fingerprint(const db_engine *engine, const db_layout *layout,
                             uint8_t ret[FINGERPRINT], pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(8 * SQL_MAX);
    for (size_t i = 0; i < layout->table_count; i++)
        table_sql(engine, &layout->tables[i], &sql);
    for (size_t i = 0; i < layout->index_count; i++)
        db_index_sql(engine, &layout->indexes[i], &sql);
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

typedef struct columns_seen {
    const db_table *table;
    bool *there;
    size_t count;
} columns_seen;

static pb_status note_column(void *context, pb_str name, pb_error *err)
{
    columns_seen *seen = context;
    (void)err;
    seen->count++;
    for (size_t i = 0; i < seen->table->count; i++)
        if (pb_str_eq_nocase(seen->table->columns[i].name, name))
            seen->there[i] = true;
    return PB_OK;
}

static pb_status look_at_table(db_session *session, const db_table *table, pb_arena *arena,
                               columns_seen *ret_seen, pb_error *err)
{
    columns_seen seen = {table, pb_arena_array(arena, table->count, sizeof(bool)), 0};
    char *name = pb_arena_cstr(arena, table->name);
    if (seen.there == NULL || name == NULL)
        return pb_fail_memory(err);
    PB_TRY(session->engine->columns(session->conn, name, note_column, &seen, err));
    *ret_seen = seen;
    return PB_OK;
}

static pb_status bring_table(db_session *session, const db_table *table, pb_arena *arena,
                             pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    columns_seen seen;
    PB_TRY(look_at_table(session, table, arena, &seen, err));
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

/* ---- what is missing ---- */

static pb_status add_missing(db_gap *gap, size_t *capacity, pb_arena *arena, pb_str table,
                             pb_str column, pb_error *err)
{
    const char *text = column.len == 0 ? pb_arena_cstr(arena, table)
                                       : pb_arena_printf(arena, "%.*s.%.*s", PB_STR_FMT(table),
                                                         PB_STR_FMT(column));
    if (text == NULL || !PB_PUSH(arena, gap->missing, gap->count, *capacity, pb_str_c(text)))
        return pb_fail_memory(err);
    return PB_OK;
}

pb_status db_migrate_gap(db_session *session, pb_arena *arena, db_gap *ret_gap, pb_error *err)
{
    const db_layout *layout = session->workspace->layout;
    size_t capacity = 0;
    db_gap gap = {0};
    PB_TRY(read_format(session, &gap.have, err));
    gap.want = session->workspace->formats->number;
    for (size_t t = 0; t < layout->table_count; t++) {
        const db_table *table = &layout->tables[t];
        columns_seen seen;
        PB_TRY(look_at_table(session, table, arena, &seen, err));
        if (seen.count == 0)
            PB_TRY(add_missing(&gap, &capacity, arena, table->name, PB_STR_NONE, err));
        for (size_t i = 0; seen.count > 0 && i < table->count; i++)
            if (!seen.there[i])
                PB_TRY(
                    add_missing(&gap, &capacity, arena, table->name, table->columns[i].name, err));
    }
    *ret_gap = gap;
    return PB_OK;
}

pb_status db_upgrade_gap(db_workspace *workspace, pb_arena *arena, db_gap *ret_gap, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_migrate_gap(session, arena, ret_gap, err);
    db_snapshot_close(session);
    return status;
}

pb_status db_migrate_there(db_session *session, pb_arena *arena, const db_layout **ret_layout,
                           pb_error *err)
{
    const db_layout *layout = session->workspace->layout;
    db_layout *there = pb_arena_alloc(arena, sizeof *there);
    db_table *tables = pb_arena_array(arena, layout->table_count + 1, sizeof *tables);
    if (there == NULL || tables == NULL)
        return pb_fail_memory(err);
    *there = *layout;
    there->tables = tables;
    there->table_count = 0;
    for (size_t t = 0; t < layout->table_count; t++) {
        const db_table *table = &layout->tables[t];
        columns_seen seen;
        PB_TRY(look_at_table(session, table, arena, &seen, err));
        db_table part = {.name = table->name, .primary = table->primary};
        part.columns = pb_arena_array(arena, table->count + 1, sizeof *part.columns);
        if (part.columns == NULL)
            return pb_fail_memory(err);
        for (size_t i = 0; i < table->count; i++)
            if (seen.there[i])
                part.columns[part.count++] = table->columns[i];
        if (seen.count > 0)
            tables[there->table_count++] = part;
    }
    *ret_layout = there;
    return PB_OK;
}

static pb_status bring_all(db_session *session, const db_layout *layout, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF sql = PB_BUF_INIT(8 * SQL_MAX);
    if (arena == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < layout->table_count; i++)
        PB_TRY(bring_table(session, &layout->tables[i], arena, err));
    for (size_t i = 0; i < layout->index_count; i++)
        db_index_sql(session->engine, &layout->indexes[i], &sql);
    for (size_t i = 0; i < layout->view_count; i++)
        view_sql(&layout->views[i], &sql);
    return run_sql(session, &sql, err);
}

/* Indexes and the view of one entity, and its table alone: nothing else is locked for it. */
static pb_status part_of(const db_layout *layout, pb_str entity, pb_arena *arena, db_layout *ret,
                         pb_error *err)
{
    const db_view *view = db_layout_view(layout, entity);
    if (view == NULL)
        return pb_fail(err, PB_INTERNAL, PB_MSG("There is no entity “{name}”."), "name",
                       PB_ARG(entity), NULL);
    const db_table *table = view->reads[0];
    db_layout part = {.tables = pb_arena_alloc(arena, sizeof *part.tables),
                      .views = pb_arena_alloc(arena, sizeof *part.views),
                      .indexes = pb_arena_array(arena, layout->index_count, sizeof *part.indexes)};
    if (part.tables == NULL || part.views == NULL || part.indexes == NULL)
        return pb_fail_memory(err);
    part.tables[part.table_count++] = *table;
    part.views[part.view_count++] = *view;
    for (size_t i = 0; i < layout->index_count; i++)
        if (pb_str_eq(layout->indexes[i].table, table->name))
            part.indexes[part.index_count++] = layout->indexes[i];
    *ret = part;
    return PB_OK;
}

pb_status db_migrate_entity(db_session *session, const db_layout *layout, pb_str entity,
                            pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const db_engine *engine = session->engine;
    uint8_t print[FINGERPRINT];
    db_layout part;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(fingerprint(engine, layout, print, err));
    PB_TRY(part_of(layout, entity, arena, &part, err));
    if (engine->impatient != NULL)
        PB_TRY(engine->run(session->conn, engine->impatient, err));
    engine->lay(session->conn, &part);
    pb_status status = bring_all(session, &part, err);
    engine->lay(session->conn, session->workspace->layout);
    PB_TRY(status);
    return db_setting_write(session, SETTING_LAYOUT, pb_str_n((const char *)print, FINGERPRINT),
                            err);
}

/* From format 1: indexes of lists hold what is not deleted alone, so that they answer by themselves
 * what used to need each row. The new ones are there when this runs. */
static pb_status drop_former_indexes(db_session *session, void *context, pb_error *err)
{
    const db_layout *layout = session->workspace->layout;
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    (void)context;
    for (size_t i = 0; i < layout->index_count; i++)
        if (layout->indexes[i].listed)
            pb_buf_printf(&sql, "DROP INDEX IF EXISTS \"%.*s\";\n",
                          PB_STR_FMT(layout->indexes[i].former));
    return sql.len == 0 && !sql.failed ? PB_OK : run_sql(session, &sql, err);
}

/* From format 2: keys of the gate may wait under minus the entity's code (record/match_fresh.c).
 * They stand where they stood before; but a program that asks for the others alone would take
 * records for new that are there, and say that the index does not fit. */
static pb_status let_keys_wait(db_session *session, void *context, pb_error *err)
{
    (void)session;
    (void)context;
    (void)err;
    return PB_OK;
}

static const db_format_step steps_known[] = {{.from = 1, .work = drop_former_indexes},
                                             {.from = 2, .work = let_keys_wait}};
const db_formats db_formats_known = {
    .number = DB_FORMAT, .steps = steps_known, .count = sizeof steps_known / sizeof *steps_known};

static pb_status take_step(db_session *session, int64_t from, pb_error *err)
{
    const db_formats *formats = session->workspace->formats;
    for (size_t i = 0; i < formats->count; i++)
        if (formats->steps[i].from == from)
            return formats->steps[i].work(session, NULL, err);
    return pb_fail(err, PB_UNSUPPORTED,
                   PB_MSG("This version of the program knows no way from format {format} on."),
                   "format", PB_ARG_INT(from), NULL);
}

pb_status db_migrate_now(db_session *session, pb_error *err)
{
    uint8_t print[FINGERPRINT];
    char format[24];
    int64_t have = 0;
    PB_TRY(fingerprint(session->engine, session->workspace->layout, print, err));
    PB_TRY(bring_all(session, session->workspace->layout, err));
    PB_TRY(read_format(session, &have, err));
    for (; have < session->workspace->formats->number; have++)
        PB_TRY(take_step(session, have, err));
    snprintf(format, sizeof format, "%lld", (long long)have);
    PB_TRY(db_setting_write(session, SETTING_FORMAT, pb_str_c(format), err));
    return db_setting_write(session, SETTING_LAYOUT, pb_str_n((const char *)print, FINGERPRINT),
                            err);
}

pb_status db_migrate_again(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return db_migrate_now(session, err);
}

static pb_status up_to_date(db_session *session, const uint8_t want[FINGERPRINT], bool *ret_same,
                            pb_error *err)
{
    PB_AUTO_BUF have_print = PB_BUF_INIT(FINGERPRINT);
    bool found = false;
    int64_t format = 0;
    PB_TRY(read_format(session, &format, err));
    PB_TRY(db_move_look(session, err));
    PB_TRY(db_setting_read(session, SETTING_LAYOUT, &have_print, &found, err));
    *ret_same = found && format == session->workspace->formats->number &&
                pb_str_eq(pb_buf_str(&have_print), pb_str_n((const char *)want, FINGERPRINT));
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

/* Views hold nothing: making them anew is no change. Tables, columns and formats are. */
static pb_status judge_older(db_workspace *workspace, bool *ret_older, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_gap gap;
    *ret_older = false;
    if (workspace->if_older == DB_OLDER_MIGRATE)
        return PB_OK;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_upgrade_gap(workspace, arena, &gap, err));
    *ret_older = gap.count > 0 || gap.have != gap.want;
    return PB_OK;
}

pb_status db_migrate(db_workspace *workspace, pb_error *err)
{
    uint8_t want[FINGERPRINT];
    bool same = false, older = false;
    PB_TRY(fingerprint(workspace->engine, workspace->layout, want, err));
    if (workspace->target.create)
        return db_write(workspace, db_migrate_again, NULL, err);
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = up_to_date(session, want, &same, err);
    db_snapshot_close(session);
    PB_TRY(status);
    if (same)
        return PB_OK;
    if (workspace->standby != NULL)
        return fail_standby(workspace, err);
    PB_TRY(judge_older(workspace, &older, err));
    if (older && workspace->if_older == DB_OLDER_REFUSE)
        return db_older_refuse(workspace, err);
    workspace->older = older;
    return older ? PB_OK : db_write(workspace, db_migrate_again, NULL, err);
}
