/* Where merged records lead. */
#include "merged.h"

#include <string.h>

#include "record/merge.h"

enum { CHAIN_MAX = 1 << 20 }; /* merges of merges; more is a circle, which nothing writes */

static pb_status damaged(const model_entity *entity, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT,
                   PB_MSG("What is stored of merged records of {entity} is"
                          " damaged."),
                   "entity", PB_ARG(entity->name), NULL);
}

static pb_status take_id(const model_entity *entity, db_stmt *stmt, int column, pb_uuid *ret_id,
                         pb_error *err)
{
    pb_str bytes = db_column_blob(stmt, column);
    if (bytes.len != sizeof ret_id->b)
        return damaged(entity, err);
    memcpy(ret_id->b, bytes.ptr, sizeof ret_id->b);
    return PB_OK;
}

pb_status merged_into(db_session *session, const model_entity *entity, pb_uuid id, pb_uuid *ret_id,
                      uint64_t *ret_event, bool *ret_found, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT survivor, event FROM record_merged WHERE entity = ?1 AND gone = ?2",
                      &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    db_bind_blob(stmt, 2, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    *ret_found = row;
    if (!row)
        return PB_OK;
    pb_status status = take_id(entity, stmt, 0, ret_id, err);
    if (ret_event != NULL)
        *ret_event = (uint64_t)db_column_i64(stmt, 1);
    db_reset(stmt);
    return status;
}

pb_status merged_follow(db_session *session, const model_entity *entity, pb_uuid id,
                        pb_uuid *ret_id, pb_error *err)
{
    bool found = true;
    *ret_id = id;
    for (int i = 0; found; i++) {
        if (i == CHAIN_MAX)
            return damaged(entity, err);
        PB_TRY(merged_into(session, entity, *ret_id, ret_id, NULL, &found, err));
    }
    return PB_OK;
}

pb_status record_survivor(db_session *session, const model_entity *entity, pb_uuid id,
                          pb_uuid *ret_id, pb_error *err)
{
    return merged_follow(session, entity, id, ret_id, err);
}

pb_status merged_any(db_session *session, const model_entity *entity, bool *ret_any, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(
        db_prepare(session, "SELECT 1 FROM record_merged WHERE entity = ?1 LIMIT 1", &stmt, err));
    db_bind_text(stmt, 1, entity->name);
    PB_TRY(db_step(stmt, ret_any, err));
    db_reset(stmt);
    return PB_OK;
}

/* Id, or number of the live row, by the other. */
static pb_status ask(db_session *session, const model_entity *entity, const char *what,
                     const char *rest, pb_value key, db_stmt **ret_stmt, bool *ret_row,
                     pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "SELECT %s FROM t_%.*s WHERE %s", what, PB_STR_FMT(entity->name), rest);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), ret_stmt, err));
    db_bind_value(*ret_stmt, 1, key);
    return db_step(*ret_stmt, ret_row, err);
}

pb_status merged_row(db_session *session, const model_entity *entity, int64_t n, int64_t *ret_n,
                     pb_uuid *ret_id, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    pb_uuid id, last;
    *ret_n = 0;
    PB_TRY(ask(session, entity, "id", "n = ?1", PB_VALUE_INT(n), &stmt, &row, err));
    if (!row)
        return PB_OK;
    pb_status status = take_id(entity, stmt, 0, &id, err);
    db_reset(stmt);
    PB_TRY(status);
    PB_TRY(merged_follow(session, entity, id, &last, err));
    if (memcmp(last.b, id.b, sizeof id.b) == 0)
        return PB_OK;
    PB_TRY(ask(session, entity, "n", "id = ?1 AND deleted = 0", PB_VALUE_BLOB(pb_uuid_str(&last)),
               &stmt, &row, err));
    if (!row)
        return PB_OK;
    *ret_n = db_column_i64(stmt, 0);
    *ret_id = last;
    db_reset(stmt);
    return PB_OK;
}

pb_status merged_all(db_session *session, const model_entity *entity, pb_uuid id, pb_arena *arena,
                     pb_uuid **ret_ids, size_t *ret_count, pb_error *err)
{
    pb_uuid *ids = NULL;
    size_t count = 0, capacity = 0;
    if (!PB_PUSH(arena, ids, count, capacity, id))
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        db_stmt *stmt;
        bool row;
        PB_TRY(db_prepare(session,
                          "SELECT gone FROM record_merged WHERE survivor = ?1"
                          " ORDER BY event, gone",
                          &stmt, err));
        db_bind_blob(stmt, 1, pb_uuid_str(&ids[i]));
        for (;;) {
            pb_uuid gone = {{0}};
            PB_TRY(db_step(stmt, &row, err));
            if (!row)
                break;
            pb_status status = take_id(entity, stmt, 0, &gone, err);
            if (status == PB_OK && !PB_PUSH(arena, ids, count, capacity, gone))
                status = pb_fail_memory(err);
            if (status != PB_OK) {
                db_reset(stmt);
                return status;
            }
        }
    }
    *ret_ids = ids;
    *ret_count = count;
    return PB_OK;
}

pb_status merged_refuse(db_session *session, const model_entity *entity, pb_uuid id, pb_error *err)
{
    pb_uuid survivor;
    char gone[37], now[37];
    PB_TRY(merged_follow(session, entity, id, &survivor, err));
    pb_uuid_text(id, gone);
    pb_uuid_text(survivor, now);
    pb_fail(err, PB_CONFLICT, PB_MSG("The record {id} of {entity} was merged into {survivor}."),
            "id", gone, "entity", PB_ARG(entity->label), "survivor", now, NULL);
    pb_error_hint(err, PB_MSG("Name that record, or take the merge apart first: probity unmerge."),
                  NULL);
    return PB_CONFLICT;
}
