/* The end of a writer's links: what stays unresolved is noted and stored, what was resolved late is
 * mended. */
#include <string.h>

#include "internal.h"

static bool same_id(pb_uuid a, pb_uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

/* What a reference of a row is counted under in a run of many parts. */
static uint64_t counted_as(const model_field *field, int64_t n)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%zu.%zu.%lld", field->entity->index, field->index,
                   (long long)n);
    return keyset_hash(0, pb_str_c(text));
}

static pb_status count_unresolved(record_writer *writer, const pending *wait, pb_error *err)
{
    writer->unresolved++;
    if (writer->counted == NULL)
        return PB_OK;
    return keyset_add(writer->counted, counted_as(wait->field, wait->n), 1) ? PB_OK
                                                                            : pb_fail_memory(err);
}

/* A reference that an earlier part of the run counted found its record now. */
static void count_resolved(record_writer *writer, const model_field *field, int64_t n)
{
    size_t cursor = 0;
    uint32_t one;
    writer->resolved += writer->counted != NULL &&
                        keyset_next(writer->counted, counted_as(field, n), &cursor, &one);
}

static pb_status end_pending(record_writer *writer, const pending *wait, pb_error *err)
{
    plan *p;
    const promise *awaited = wait->promise;
    if (awaited->kept && same_id(awaited->id, awaited->kept_by))
        return PB_OK;
    PB_TRY(writer_plan(writer, wait->field->entity, &p, err));
    if (awaited->kept)
        return change_repoint(writer, p, wait->n, wait->field, awaited->kept_by, NULL, err);
    note remark = {wait->field->name.ptr, "unresolved", wait->text ? *wait->text : awaited->text,
                   PB_MSG("No record is called {value}.")};
    PB_TRY(count_unresolved(writer, wait, err));
    return notes_write_one(writer, p, wait->n, 0, &remark, err);
}

static pb_status end_pendings(record_writer *writer, pb_error *err)
{
    for (const pending_block *block = writer->pendings; block != NULL; block = block->next)
        for (size_t i = 0; i < block->count; i++)
            PB_TRY(end_pending(writer, &block->items[i], err));
    return PB_OK;
}

static pb_status store_promises(record_writer *writer, pb_error *err)
{
    for (size_t i = 0; i < writer->promise_count; i++) {
        const promise *open = writer->promises[i];
        if (open->kept || open->stored)
            continue;
        db_stmt *stmt;
        PB_TRY(db_prepare(writer->session,
                          "INSERT INTO link_promise (entity, key, id) VALUES (?, ?, ?)", &stmt,
                          err));
        db_bind_text(stmt, 1, open->target->entity->name);
        db_bind_text(stmt, 2, open->text);
        db_bind_blob(stmt, 3, pb_uuid_str(&open->id));
        PB_TRY(db_run(stmt, err));
        known_entity *known = known_of(writer->session, open->target->entity);
        if (known != NULL)
            known->promises = true;
    }
    return PB_OK;
}

/* A note of an earlier import that may be settled now. */
typedef struct old_note {
    const model_field *field;
    int64_t n;
} old_note;

static pb_status old_notes(record_writer *writer, old_note **ret_notes, size_t *ret_count,
                           pb_error *err)
{
    db_stmt *stmt;
    bool row;
    old_note *notes = NULL;
    size_t count = 0, capacity = 0;
    PB_TRY(db_prepare(writer->session,
                      "SELECT entity, n, field FROM t_value_note WHERE kind = 'unresolved'"
                      " ORDER BY entity, n",
                      &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const model_entity *entity = model_entity_find(writer->schema, db_column_text(stmt, 0));
        const model_field *field =
            entity ? model_field_find(entity, db_column_text(stmt, 2)) : NULL;
        old_note found = {field, db_column_i64(stmt, 1)};
        if (field != NULL && field->type == MODEL_LINK &&
            !PB_PUSH(writer->arena, notes, count, capacity, found)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_notes = notes;
    *ret_count = count;
    return PB_OK;
}

static pb_status linked_id(record_writer *writer, const plan *p, const old_note *found,
                           pb_uuid *ret_id, bool *ret_found, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    layout_head head;
    *ret_found = false;
    PB_TRY(layout_select(writer->session, p->lay, "WHERE n = ?", &stmt, err));
    db_bind_i64(stmt, 1, found->n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    pb_status status = layout_row(p->lay, stmt, NULL, &head, p->index.probe, err);
    pb_value cell = p->index.probe[p->lay->first[found->field->index]];
    if (status == PB_OK && cell.kind == PB_BLOB && cell.as.s.len == sizeof ret_id->b) {
        memcpy(ret_id->b, cell.as.s.ptr, sizeof ret_id->b);
        *ret_found = true;
    }
    db_reset(stmt);
    return status;
}

static const promise *stored_promise(const record_writer *writer, pb_map *by_id, pb_uuid id)
{
    const uint64_t *at = pb_map_get(by_id, pb_uuid_str(&id));
    return at ? writer->promises[*at] : NULL;
}

static pb_status settle(record_writer *writer, pb_map *by_id, const old_note *found, pb_error *err)
{
    plan *p;
    pb_uuid id;
    bool linked;
    PB_TRY(writer_plan(writer, found->field->entity, &p, err));
    PB_TRY(linked_id(writer, p, found, &id, &linked, err));
    const promise *kept = linked ? stored_promise(writer, by_id, id) : NULL;
    if (kept == NULL)
        return PB_OK;
    PB_TRY(notes_remove(writer, p, found->n, found->field->name.ptr, "unresolved", err));
    count_resolved(writer, found->field, found->n);
    if (same_id(kept->id, kept->kept_by))
        return PB_OK;
    return change_repoint(writer, p, found->n, found->field, kept->kept_by, NULL, err);
}

/* Notes of earlier imports whose reference found its record in this one go. */
static pb_status settle_old_notes(record_writer *writer, pb_error *err)
{
    old_note *notes = NULL;
    size_t count = 0;
    pb_map *by_id = pb_map_new(writer->arena);
    if (by_id == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < writer->promise_count; i++) {
        const promise *made = writer->promises[i];
        if (!made->stored || !made->kept)
            continue;
        uint64_t *at = pb_map_put(by_id, pb_uuid_str(&made->id), NULL);
        if (at == NULL)
            return pb_fail_memory(err);
        *at = i;
    }
    PB_TRY(old_notes(writer, &notes, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(settle(writer, by_id, &notes[i], err));
    return PB_OK;
}

pb_status links_finish(record_writer *writer, pb_error *err)
{
    if (writer->stored_kept)
        PB_TRY(settle_old_notes(writer, err));
    PB_TRY(end_pendings(writer, err));
    return writer->last ? PB_OK : store_promises(writer, err);
}
