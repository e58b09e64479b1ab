/* Links go back to the records they pointed to before a merge moved them: those that nobody touched
 * since. What was linked to the survivor since stays with it. */
#include <string.h>

#include "merge_internal.h"
#include "steps.h"

typedef struct moved {
    int64_t n;
    uint64_t event; /* newest of the row */
} moved;

static pb_status find_rows(unmerging *u, const model_field *field, moved **ret_rows,
                           size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    db_stmt *stmt;
    moved *rows = NULL;
    size_t count = 0, capacity = 0;
    pb_buf_printf(&sql,
                  "SELECT n, event FROM t_%.*s WHERE event >= ?2 AND \"%.*s_id\" IN"
                  " (SELECT survivor FROM record_merged WHERE entity = ?1 AND event >= ?3"
                  " AND event <= ?4) ORDER BY n",
                  PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_text(stmt, 1, field->target->name);
    db_bind_i64(stmt, 2, (int64_t)u->run_first);
    db_bind_i64(stmt, 3, (int64_t)u->first);
    db_bind_i64(stmt, 4, (int64_t)u->last);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const moved one = {db_column_i64(stmt, 0), (uint64_t)db_column_i64(stmt, 1)};
        if (!PB_PUSH(u->row, rows, count, capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_rows = rows;
    *ret_count = count;
    return PB_OK;
}

/* What an event says the link's id was before; false: it does not say. */
static pb_status link_before(const plan *p, const ledger_event *event, const model_field *field,
                             pb_arena *arena, bool *ret_said, pb_uuid *ret_id, bool *ret_any,
                             pb_error *err)
{
    const layout_column *column = &p->lay->columns[p->lay->first[field->index]];
    step_item *items;
    size_t count;
    *ret_said = *ret_any = false;
    if (!steps_changes(event))
        return PB_OK;
    PB_TRY(steps_decode(p->lay, event, arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (items[i].column != column)
            continue;
        *ret_said = true;
        *ret_any = items[i].before.kind == PB_BLOB && items[i].before.as.s.len == sizeof ret_id->b;
        if (*ret_any)
            memcpy(ret_id->b, items[i].before.as.s.ptr, sizeof ret_id->b);
    }
    return PB_OK;
}

/* Walks a row's events back to the run of the merge: the link was moved there if all that happened
 * to it since only moved it. An erased payload says nothing, so it may have been somebody's. */
static pb_status find_origin(unmerging *u, const plan *p, const model_field *field, uint64_t newest,
                             pb_uuid *ret_id, bool *ret_found, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    *ret_found = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    for (uint64_t next = newest + 1; next > u->run_first;) {
        ledger_event event;
        bool erased, said, any;
        uint64_t sequence = next - 1;
        pb_arena_reset(arena);
        PB_TRY(ledger_read(u->writer->session, sequence, arena, &event, &erased, err));
        next = event.previous < next ? event.previous : 0;
        if (erased)
            return PB_OK;
        PB_TRY(link_before(p, &event, field, arena, &said, ret_id, &any, err));
        if (!said)
            continue;
        if (sequence > u->run_last && !unmerge_is_moving(u, sequence))
            return PB_OK;
        if (sequence <= u->run_last && any && unmerge_of(u, field->target, *ret_id) != NULL) {
            *ret_found = strcmp(event.kind, "record.changed") == 0;
            return PB_OK;
        }
    }
    return PB_OK;
}

static pb_status move_back(unmerging *u, plan *p, const model_field *field, const moved *row,
                           pb_error *err)
{
    pb_uuid origin = {{0}};
    bool found;
    layout_head head = {0};
    PB_TRY(find_origin(u, p, field, row->event, &origin, &found, err));
    if (!found)
        return PB_OK;
    const merge_held *held = unmerge_of(u, field->target, origin);
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(change_repoint(u->writer, p, row->n, field, origin, &head, err));
    u->counts.links++;
    const record_merge_link link = {field, head.id, held->survivor, origin, head.deleted};
    return u->links != NULL && u->links->link != NULL
               ? u->links->link(u->links->context, &link, err)
               : PB_OK;
}

static pb_status move_field(unmerging *u, const model_field *field, pb_error *err)
{
    moved *rows = NULL;
    size_t count = 0;
    plan *p;
    pb_arena_reset(u->row);
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, field->entity, &p, err));
    PB_TRY(find_rows(u, field, &rows, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_TRY(merge_go_on(u->progress, u->context, i, count, err));
        PB_TRY(move_back(u, p, field, &rows[i], err));
    }
    return PB_OK;
}

pb_status unmerge_links(unmerging *u, pb_error *err)
{
    const model_schema *schema = u->writer->schema;
    bool *touched = pb_arena_array(u->arena, schema->entity_count + 1, sizeof *touched);
    if (touched == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < u->merge_count; i++)
        touched[u->merges[i].entity->index] |= !u->merges[i].kept;
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            const model_field *field = &schema->entities[i].fields[k];
            if (field->target != NULL && touched[field->target->index])
                PB_TRY(move_field(u, field, err));
        }
    return PB_OK;
}
