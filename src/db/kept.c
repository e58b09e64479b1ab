/* Declarations that a workspace keeps: reading them at opening, storing a change with the tables it
 * needs, and noticing that somebody else did. */
#include "db/kept.h"

#include "internal.h"
#include "kept.h"

#include <stdatomic.h>

enum { KEPT_MOST = 100000 };

int64_t db_model_version(const db_workspace *workspace)
{
    return workspace->model_version;
}

bool db_model_passed(const db_workspace *workspace)
{
    return atomic_load(&workspace->model_passed);
}

static pb_status note_column(void *context, pb_str name, pb_error *err)
{
    bool *there = context;
    (void)name;
    (void)err;
    *there = true;
    return PB_OK;
}

/* A workspace of an older version of the program has no such table. */
static pb_status is_there(db_session *session, bool *ret_there, pb_error *err)
{
    *ret_there = atomic_load(&session->workspace->model_there);
    if (*ret_there)
        return PB_OK;
    PB_TRY(session->engine->columns(session->conn, "model_change", note_column, ret_there, err));
    if (session->writes)
        atomic_store(&session->workspace->model_there, *ret_there);
    return PB_OK;
}

static pb_status read_version(db_session *session, int64_t *ret_version, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool there, row;
    *ret_version = 0;
    PB_TRY(is_there(session, &there, err));
    if (!there)
        return PB_OK;
    PB_TRY(db_prepare(session, "SELECT COALESCE(MAX(n), 0) FROM model_change", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_version = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

/* The one that speaks of the same. */
static model_kept *find(model_kept *items, size_t count, pb_str entity, pb_str field)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(items[i].entity, entity) && pb_str_eq(items[i].field, field))
            return &items[i];
    return NULL;
}

static pb_status take(db_stmt *stmt, pb_arena *arena, model_kept **items, size_t *count,
                      size_t *capacity, pb_error *err)
{
    model_kept item = {pb_arena_str(arena, db_column_text(stmt, 0)),
                       pb_arena_str(arena, db_column_text(stmt, 1)),
                       pb_arena_str(arena, db_column_text(stmt, 2))};
    if (item.entity.ptr == NULL || item.field.ptr == NULL || item.body.ptr == NULL)
        return pb_fail_memory(err);
    model_kept *before = find(*items, *count, item.entity, item.field);
    if (before != NULL) {
        before->body = item.body;
        return PB_OK;
    }
    if (*count == KEPT_MOST)
        return pb_fail(err, PB_LIMIT, PB_MSG("The workspace keeps too many declarations."), NULL);
    return PB_PUSH(arena, *items, *count, *capacity, item) ? PB_OK : pb_fail_memory(err);
}

pb_status db_kept_read(db_session *session, pb_arena *arena, model_kept **ret_items,
                       size_t *ret_count, pb_error *err)
{
    model_kept *items = NULL;
    size_t count = 0, capacity = 0;
    db_stmt *stmt = NULL;
    bool there, row = true;
    PB_TRY(is_there(session, &there, err));
    if (there)
        PB_TRY(db_prepare(session, "SELECT entity, field, body FROM model_change ORDER BY n", &stmt,
                          err));
    while (there) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        PB_TRY(take(stmt, arena, &items, &count, &capacity, err));
    }
    *ret_items = items;
    *ret_count = count;
    return PB_OK;
}

/* ---- opening ---- */

static pb_status make_schema(db_workspace *workspace, model_schema **ret_schema,
                             int64_t *ret_version, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_session *session = NULL;
    model_kept *items;
    size_t count;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_kept_read(session, arena, &items, &count, err);
    if (status == PB_OK)
        status = read_version(session, ret_version, err);
    if (status == PB_OK && (count > 0 || !model_schema_plain(workspace->schema)))
        status = model_schema_with(workspace->schema, items, count, ret_schema, err);
    db_snapshot_close(session);
    return status;
}

/* Connections know the layout they were opened with. */
static pb_status take_schema(db_workspace *workspace, model_schema *schema, pb_error *err)
{
    db_layout *layout = NULL;
    pb_status status = db_layout_make(schema, workspace->arena, &layout, err);
    if (status != PB_OK) {
        model_schema_free(schema);
        return status;
    }
    db_share_rest(workspace);
    workspace->own_schema = model_schema_free(workspace->own_schema);
    workspace->schema = workspace->own_schema = schema;
    workspace->target.layout = workspace->layout = layout;
    if (workspace->writer != NULL)
        workspace->engine->lay(workspace->writer->conn, layout);
    return PB_OK;
}

pb_status db_kept_adopt(db_workspace *workspace, pb_error *err)
{
    model_schema *schema = NULL;
    int64_t version = 0;
    PB_TRY(make_schema(workspace, &schema, &version, err));
    workspace->model_version = version;
    return schema == NULL ? PB_OK : take_schema(workspace, schema, err);
}

/* ---- changing ---- */

static pb_status fail_passed(pb_error *err)
{
    pb_fail(err, PB_BUSY, PB_MSG("The model of the workspace was changed meanwhile."), NULL);
    pb_error_hint(err, PB_MSG("Try again: what is there now counts."), NULL);
    return PB_BUSY;
}

pb_status db_model_holds(const db_session *session, pb_error *err)
{
    return db_model_passed(session->workspace) ? fail_passed(err) : PB_OK;
}

pb_status db_kept_look(db_session *writer, bool foreign, pb_error *err)
{
    db_workspace *workspace = writer->workspace;
    int64_t version = 0;
    workspace->model_next = 0;
    if (!foreign || workspace->target.create || workspace->target.filling || workspace->older)
        return PB_OK;
    PB_TRY(read_version(writer, &version, err));
    if (version != workspace->model_version)
        atomic_store(&workspace->model_passed, true);
    return PB_OK;
}

void db_kept_committed(db_workspace *workspace)
{
    if (workspace->model_next > 0)
        atomic_store(&workspace->model_passed, true);
}

pb_status db_model_look(db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    int64_t version = 0;
    if (db_model_passed(workspace))
        return PB_OK;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = read_version(session, &version, err);
    db_snapshot_close(session);
    if (status == PB_OK && version != workspace->model_version)
        atomic_store(&workspace->model_passed, true);
    return status;
}

static pb_status store_row(db_session *session, const model_kept *item, int64_t n, int64_t at_us,
                           pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO model_change (n, at_us, entity, field, body)"
                      " VALUES (?1, ?2, ?3, ?4, ?5)",
                      &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_i64(stmt, 2, at_us);
    db_bind_text(stmt, 3, item->entity);
    db_bind_text(stmt, 4, item->field.ptr == NULL ? PB_STR("") : item->field);
    db_bind_text(stmt, 5, item->body);
    return db_run(stmt, err);
}

pb_status db_model_change_store(db_session *session, const db_model_change *change,
                                int64_t *ret_version, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_workspace *workspace = session->workspace;
    int64_t version = workspace->model_version;
    db_layout *layout = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (workspace->model_next > 0) /* another of this very commit */
        return fail_passed(err);
    PB_TRY(db_model_holds(session, err));
    PB_TRY(db_layout_make(change->schema, arena, &layout, err));
    for (size_t i = 0; i < change->count; i++)
        PB_TRY(store_row(session, &change->items[i], ++version, change->at_us, err));
    PB_TRY(db_migrate_entity(session, layout, change->items[0].entity, err));
    workspace->model_next = *ret_version = version;
    return PB_OK;
}
