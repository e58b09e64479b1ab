/* Which merges are to be taken apart, and which of them cannot be: a merge stands on what it
 * merged, so the later one goes first. */
#include <string.h>

#include "merge_internal.h"
#include "merged.h"

pb_status unmerge_keep(unmerging *u, const model_entity *entity, pb_uuid id,
                       const model_field *field, const char *says, pb_error *err)
{
    const record_undo_kept kept = {entity, id, field, pb_str_c(says)};
    u->counts.kept++;
    return u->told != NULL ? u->told(u->context, &kept, err) : PB_OK;
}

/* --- nobody's work --- */

static pb_status find_spans(unmerging *u, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(u->writer->session,
                      "SELECT DISTINCT first, event FROM t_import_run WHERE event >= ?1"
                      " AND kind IN ('merge', 'unmerge', 'undo') ORDER BY 1",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)u->run_first);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        const struct merge_span span = {(uint64_t)db_column_i64(stmt, 0),
                                        (uint64_t)db_column_i64(stmt, 1)};
        if (!PB_PUSH(u->arena, u->spans, u->span_count, u->span_capacity, span)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
}

/* Spans do not overlap and stand in order. */
bool unmerge_is_moving(const unmerging *u, uint64_t sequence)
{
    size_t low = 0, high = u->span_count;
    if (sequence >= u->own_first)
        return true;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (u->spans[middle].last < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < u->span_count && u->spans[low].first <= sequence;
}

/* --- the merges --- */

/* A key of both: entity and id. */
static pb_str key_of(const model_entity *entity, pb_uuid id, char room[sizeof(pb_uuid) + 8])
{
    uint64_t index = entity->index;
    memcpy(room, id.b, sizeof id.b);
    memcpy(room + sizeof id.b, &index, sizeof index);
    return pb_str_n(room, sizeof id.b + sizeof index);
}

const merge_held *unmerge_of(const unmerging *u, const model_entity *entity, pb_uuid id)
{
    char room[sizeof(pb_uuid) + 8];
    const uint64_t *at = pb_map_get(u->gone, key_of(entity, id, room));
    return at != NULL && !u->merges[*at - 1].kept ? &u->merges[*at - 1] : NULL;
}

static pb_status take_row(unmerging *u, db_stmt *stmt, pb_error *err)
{
    const model_entity *entity = model_entity_find(u->writer->schema, db_column_text(stmt, 0));
    uint64_t event = (uint64_t)db_column_i64(stmt, 1);
    pb_str survivor = db_column_blob(stmt, 2), gone = db_column_blob(stmt, 3);
    if (entity == NULL || survivor.len != sizeof(pb_uuid) || gone.len != sizeof(pb_uuid))
        return PB_OK; /* of an entity that is no longer declared */
    merge_held *last = u->merge_count > 0 ? &u->merges[u->merge_count - 1] : NULL;
    if (last == NULL || last->event != event) {
        merge_held made = {.entity = entity, .event = event};
        memcpy(made.survivor.b, survivor.ptr, sizeof made.survivor.b);
        if (!PB_PUSH(u->arena, u->merges, u->merge_count, u->merge_capacity, made))
            return pb_fail_memory(err);
        last = &u->merges[u->merge_count - 1];
    }
    pb_uuid id;
    char room[sizeof(pb_uuid) + 8];
    memcpy(id.b, gone.ptr, sizeof id.b);
    uint64_t *at = pb_map_put(u->gone, key_of(entity, id, room), NULL);
    if (at == NULL)
        return pb_fail_memory(err);
    *at = u->merge_count;
    /* Most merges are of two: grown one by one. */
    pb_uuid *ids = pb_arena_array(u->arena, last->gone_count + 1, sizeof *ids);
    if (ids == NULL)
        return pb_fail_memory(err);
    if (last->gone_count > 0)
        memcpy(ids, last->gone, last->gone_count * sizeof *ids);
    ids[last->gone_count++] = id;
    last->gone = ids;
    return PB_OK;
}

static pb_status find_merges(unmerging *u, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(u->writer->session,
                      "SELECT entity, event, survivor, gone FROM record_merged"
                      " WHERE event >= ?1 AND event <= ?2 ORDER BY event DESC, gone",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)u->first);
    db_bind_i64(stmt, 2, (int64_t)u->last);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = take_row(u, stmt, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

/* --- what stands in the way --- */

static pb_status newest_merge(unmerging *u, const merge_held *held, uint64_t *ret_event,
                              pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(u->writer->session,
                      "SELECT MAX(event) FROM record_merged WHERE survivor = ?1", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&held->survivor));
    PB_TRY(db_step(stmt, &row, err));
    *ret_event = row ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

/* True when the merge of that event is not one of those that go before `held` goes. */
static bool stands(const unmerging *u, uint64_t event, const merge_held *held)
{
    size_t low = 0, high = (size_t)(held - u->merges);
    while (low < high) { /* newest first */
        size_t middle = low + (high - low) / 2;
        if (u->merges[middle].event > event)
            low = middle + 1;
        else
            high = middle;
    }
    const merge_held *other = &u->merges[low];
    return other->event == event ? other->kept : true;
}

static pb_status why_kept(unmerging *u, const merge_held *held, const char **ret_why, pb_error *err)
{
    pb_uuid into;
    uint64_t event;
    bool absorbed;
    plan *p;
    layout_head head;
    *ret_why = NULL;
    PB_TRY(merged_into(u->writer->session, held->entity, held->survivor, &into, &event, &absorbed,
                       err));
    if (absorbed && stands(u, event, held)) {
        *ret_why = PB_MSG("The record was merged into another since");
        return PB_OK;
    }
    PB_TRY(newest_merge(u, held, &event, err));
    if (stands(u, event, held)) {
        *ret_why = PB_MSG("Further records were merged into it since");
        return PB_OK;
    }
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, held->entity, &p, err));
    PB_TRY(change_load(u->writer, p, held->survivor, &head, err));
    if (head.deleted && !absorbed)
        *ret_why = PB_MSG("The record was deleted since");
    return PB_OK;
}

pb_status unmerge_find(unmerging *u, pb_error *err)
{
    PB_TRY(find_spans(u, err));
    PB_TRY(find_merges(u, err));
    for (size_t i = 0; i < u->merge_count; i++) {
        const char *why;
        PB_TRY(why_kept(u, &u->merges[i], &why, err));
        u->merges[i].kept = why != NULL;
        if (why != NULL)
            PB_TRY(unmerge_keep(u, u->merges[i].entity, u->merges[i].survivor, NULL, why, err));
    }
    return PB_OK;
}
