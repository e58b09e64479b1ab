/* By which index a list is read. */
#include "db/lists.h"

#include "internal.h"

enum { SQL_MAX = 1 << 20 };

bool db_lists_steered(const db_session *session)
{
    return session->engine->by_index != NULL && !session->workspace->older;
}

static bool is_list_of(const db_index *index, const db_view *view)
{
    return index->listed && pb_str_eq(index->table, view->reads[0]->name);
}

void db_lists_by(const db_session *session, const model_entity *entity, size_t list, pb_buf *out)
{
    const db_engine *engine = session->engine;
    const db_layout *layout = session->workspace->layout;
    const db_view *view = db_layout_view(layout, entity->name);
    if (engine->by_index == NULL || view == NULL)
        return;
    if (list == DB_BY_ROWS) {
        pb_buf_addc(out, engine->by_none);
        return;
    }
    for (size_t i = 0, at = 0; i < layout->index_count; i++) {
        const db_index *index = &layout->indexes[i];
        if (!is_list_of(index, view) || at++ != list)
            continue;
        pb_buf_printf(out, "%s\"%.*s\"", engine->by_index, PB_STR_FMT(index->name));
        return;
    }
}

/* Each of the entity's, with `put` saying what of it. */
static pb_status run_each(db_session *session, const model_entity *entity,
                          void (*put)(const db_engine *, const db_index *, pb_buf *), pb_error *err)
{
    const db_layout *layout = session->workspace->layout;
    const db_view *view = db_layout_view(layout, entity->name);
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    if (session->engine->by_index == NULL || view == NULL)
        return PB_OK;
    for (size_t i = 0; i < layout->index_count; i++)
        if (is_list_of(&layout->indexes[i], view))
            put(session->engine, &layout->indexes[i], &sql);
    if (sql.failed)
        return pb_fail_memory(err);
    return sql.len == 0 ? PB_OK : session->engine->run(session->conn, pb_buf_cstr(&sql), err);
}

static void put_drop(const db_engine *engine, const db_index *index, pb_buf *sql)
{
    (void)engine;
    pb_buf_printf(sql, "DROP INDEX IF EXISTS \"%.*s\";\n", PB_STR_FMT(index->name));
}

pb_status db_lists_put_off(db_session *session, const model_entity *entity, pb_error *err)
{
    return run_each(session, entity, put_drop, err);
}

pb_status db_lists_make(db_session *session, const model_entity *entity, pb_error *err)
{
    return run_each(session, entity, db_index_sql, err);
}
