/* From reference texts to records.
 *
 *   "Acme" -> id of the account that is called so
 *          -> nothing yet: a promise: the id that such an account will get, in this import or a
 * later one
 */
#include <string.h>

#include "internal.h"

enum { REFS_MAX = 1 << 16 }; /* texts whose meaning is remembered, an entity */

void links_forget_refs(plan *p)
{
    pb_arena_reset(p->ref_arena);
    p->refs = NULL;
    p->ref_hits = NULL;
    p->ref_count = p->ref_capacity = 0;
}

static const struct ref_hit *known_ref(const plan *target, pb_str text)
{
    const uint64_t *at = target->refs ? pb_map_get(target->refs, text) : NULL;
    return at ? &target->ref_hits[*at] : NULL;
}

static pb_status remember_ref(plan *target, pb_str text, struct ref_hit hit, pb_error *err)
{
    if (target->ref_count >= REFS_MAX)
        links_forget_refs(target);
    if (target->refs == NULL)
        target->refs = pb_map_new(target->ref_arena);
    uint64_t *at = target->refs ? pb_map_put(target->refs, text, NULL) : NULL;
    if (at == NULL)
        return pb_fail_memory(err);
    *at = target->ref_count;
    return PB_PUSH(target->ref_arena, target->ref_hits, target->ref_count, target->ref_capacity,
                   hit)
               ? PB_OK
               : pb_fail_memory(err);
}

/* Codes such as 00140000003AbCd may differ in nothing but case and still name two records: only
 * texts that read like names are taken for the same when they are spelt differently. */
static bool reads_like_code(pb_str text)
{
    bool digit = false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ')
            return false;
        digit = digit || (text.ptr[i] >= '0' && text.ptr[i] <= '9');
    }
    return digit;
}

static pb_status promised_id(record_writer *writer, plan *target, pb_str text,
                             promise **ret_promise, pb_error *err)
{
    PB_TRY(promise_find(writer, target, '=', text, ret_promise, err));
    if (*ret_promise == NULL && !reads_like_code(text))
        PB_TRY(promise_find(writer, target, '~', text, ret_promise, err));
    if (*ret_promise != NULL)
        return PB_OK;
    pb_uuid id;
    PB_TRY(writer_new_id(writer, &id, err));
    return promise_add(writer, target, text, id, false, ret_promise, err);
}

static pb_status resolve(record_writer *writer, const model_field *field, pb_str text, int64_t n,
                         pb_uuid *ret_id, pb_error *err)
{
    plan *target;
    PB_TRY(writer_plan(writer, field->target, &target, err));
    struct ref_hit hit = {{{0}}, false};
    const struct ref_hit *known = known_ref(target, text);
    int count = known ? 1 : 0;
    if (known != NULL)
        hit = *known;
    else
        PB_TRY(
            keys_find(writer->session, writer->reader, &target->index, text, &count, &hit.id, err));
    if (count == 0) {
        promise *awaited;
        PB_TRY(promised_id(writer, target, text, &awaited, err));
        *ret_id = awaited->id;
        return promise_await(writer, field, n, awaited, text, err);
    }
    if (known == NULL) {
        hit.ambiguous = count > 1;
        PB_TRY(remember_ref(target, text, hit, err));
    }
    *ret_id = hit.id;
    if (hit.ambiguous)
        return notes_add(writer, field->name.ptr, "bad", text,
                         PB_MSG("Several records are called {value}: the first of them is linked."),
                         err);
    return PB_OK;
}

pb_status links_resolve(record_writer *writer, plan *p, int64_t n, pb_error *err)
{
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const model_field *field = &p->entity->fields[i];
        pb_value *cell = &p->cells[p->lay->first[i]];
        if (field->type != MODEL_LINK || !p->given[i] || cell->kind != PB_TEXT)
            continue;
        PB_TRY(resolve(writer, field, cell->as.s, n, &p->links[i], err));
        *cell = PB_VALUE_BLOB(pb_uuid_str(&p->links[i]));
    }
    return PB_OK;
}

/* The open promise that one of a record's keys keeps, from the `*cursor`th possibility on. */
static pb_status next_kept(record_writer *writer, plan *p, pb_str source_id, const pb_value *cells,
                           size_t *cursor, promise **ret_promise, pb_error *err)
{
    *ret_promise = NULL;
    for (; *ret_promise == NULL && *cursor <= 2 * p->index.key_count; (*cursor)++) {
        if (*cursor == 0) {
            PB_TRY(promise_find(writer, p, '=', source_id, ret_promise, err));
            continue;
        }
        const model_field *key = p->index.keys[(*cursor - 1) / 2];
        pb_value value = cells[p->lay->first[key->index]];
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
        if (value.kind == PB_TEXT)
            pb_buf_add(&text, value.as.s);
        else if (value.kind != PB_NULL)
            model_write(key, value, PB_STR_NONE, &text);
        PB_TRY(
            promise_find(writer, p, *cursor % 2 ? '=' : '~', pb_buf_str(&text), ret_promise, err));
    }
    return PB_OK;
}

pb_status links_new_id(record_writer *writer, plan *p, pb_str source_id, const pb_value *cells,
                       pb_uuid *ret_id, pb_error *err)
{
    if (p->open_promises > 0) {
        size_t cursor = 0;
        promise *kept;
        PB_TRY(next_kept(writer, p, source_id, cells, &cursor, &kept, err));
        if (kept != NULL) {
            *ret_id = kept->id;
            return PB_OK;
        }
    }
    return writer_new_id(writer, ret_id, err);
}

static pb_status drop_stored(record_writer *writer, const promise *kept, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session, "DELETE FROM link_promise WHERE entity = ? AND key = ?",
                      &stmt, err));
    db_bind_text(stmt, 1, kept->target->entity->name);
    db_bind_text(stmt, 2, kept->text);
    return db_run(stmt, err);
}

pb_status links_keep_promises(record_writer *writer, plan *p, pb_str source_id,
                              const pb_value *cells, pb_uuid id, pb_error *err)
{
    size_t cursor = 0;
    while (p->open_promises > 0 && cursor <= 2 * p->index.key_count) {
        promise *kept;
        PB_TRY(next_kept(writer, p, source_id, cells, &cursor, &kept, err));
        if (kept == NULL)
            break;
        PB_TRY(promise_keep(writer, kept, id, err));
        if (kept->stored) {
            writer->stored_kept = true;
            PB_TRY(drop_stored(writer, kept, err));
        }
    }
    return PB_OK;
}

pb_status links_load(record_writer *writer, plan *p, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(writer->session, "SELECT key, id FROM link_promise WHERE entity = ?", &stmt,
                      err));
    db_bind_text(stmt, 1, p->entity->name);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_str bytes = db_column_blob(stmt, 1);
        pb_uuid id;
        if (bytes.len != sizeof id.b) {
            db_reset(stmt);
            return pb_fail(err, PB_CORRUPT, PB_MSG("A stored reference to {entity} is damaged."),
                           "entity", PB_ARG(p->entity->name), NULL);
        }
        memcpy(id.b, bytes.ptr, sizeof id.b);
        pb_status status = promise_add(writer, p, db_column_text(stmt, 0), id, true, NULL, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}
