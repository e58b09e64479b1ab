/* What the event of a merge keeps besides columns, as deterministic CBOR inside one byte string:
 *
 *   {gone: [id, …], notes: [[field, after?, kind, part, value, problem], …],
 *    fields: [[field, from, why], …]}        from: 0 the survivor, 1 the first of `gone`, …, -2
 */
#include <string.h>

#include "base/cbor.h"
#include "merge_internal.h"

static void write_notes(pb_buf *out, const merge_notes *notes, bool after)
{
    for (size_t i = 0; i < notes->count; i++) {
        const merge_note *one = &notes->items[i];
        pb_cbor_array(out, 6);
        pb_cbor_text(out, one->field->name);
        pb_cbor_uint(out, after);
        pb_cbor_text(out, one->kind);
        pb_cbor_int(out, one->part);
        pb_cbor_text(out, one->value);
        if (one->problem.ptr != NULL)
            pb_cbor_text(out, one->problem);
        else
            pb_cbor_null(out);
    }
}

static bool is_told(const record_merge_field *pick)
{
    return pick->from != RECORD_MERGE_NONE || pick->differs || pick->changed;
}

pb_status merge_write_event(const merge_group *g, pb_buf *out, pb_error *err)
{
    size_t fields = g->p->entity->field_count, notes = 0, told = 0;
    for (size_t i = 0; i < fields; i++) {
        told += is_told(&g->fields[i]);
        if (!merge_notes_eq(&g->before[i], &g->after[i]))
            notes += g->before[i].count + g->after[i].count;
    }
    pb_cbor_map(out, 3);
    pb_cbor_text(out, PB_STR("gone"));
    pb_cbor_array(out, g->count - 1);
    for (size_t i = 1; i < g->count; i++)
        pb_cbor_bytes(out, pb_uuid_str(&g->sides[i].head.id));
    pb_cbor_text(out, PB_STR("notes"));
    pb_cbor_array(out, notes);
    for (size_t i = 0; i < fields; i++) {
        if (merge_notes_eq(&g->before[i], &g->after[i]))
            continue;
        write_notes(out, &g->before[i], false);
        write_notes(out, &g->after[i], true);
    }
    pb_cbor_text(out, PB_STR("fields"));
    pb_cbor_array(out, told);
    for (size_t i = 0; i < fields; i++) {
        const record_merge_field *pick = &g->fields[i];
        if (!is_told(pick))
            continue;
        pb_cbor_array(out, 3);
        pb_cbor_text(out, pick->field->name);
        pb_cbor_int(out, pick->from);
        pb_cbor_text(out, pb_str_c(pick->why));
    }
    return out->failed ? pb_fail_buffer(out, PB_MSG("The record is too large for the ledger."), err)
                       : PB_OK;
}

static bool expect_key(pb_cbor *in, const char *key)
{
    bool good = pb_str_is(pb_cbor_get_text(in), key);
    in->bad = in->bad || !good;
    return good;
}

static bool read_gone(pb_cbor *in, pb_arena *arena, merge_kept *kept)
{
    size_t count = pb_cbor_get_array(in);
    kept->ids = pb_arena_array(arena, count + 2, sizeof *kept->ids);
    kept->count = count + 1;
    for (size_t i = 1; kept->ids != NULL && i <= count; i++) {
        pb_str id = pb_cbor_get_bytes(in);
        if (id.len != sizeof kept->ids[i].b) {
            in->bad = true;
            return true;
        }
        memcpy(kept->ids[i].b, id.ptr, sizeof kept->ids[i].b);
    }
    return kept->ids != NULL;
}

static bool read_note(const model_entity *entity, pb_cbor *in, pb_arena *arena, merge_kept *kept)
{
    if (pb_cbor_get_array(in) != 6)
        in->bad = true;
    const model_field *field = model_field_find(entity, pb_cbor_get_text(in));
    bool after = pb_cbor_get_uint(in) != 0;
    merge_note one = {.field = field, .kind = pb_cbor_get_text(in)};
    one.part = pb_cbor_get_int(in);
    one.value = pb_cbor_get_text(in);
    if (pb_cbor_peek(in) == PB_CBOR_TEXT)
        one.problem = pb_cbor_get_text(in);
    else
        pb_cbor_get_null(in);
    if (field == NULL || in->bad)
        return true;
    struct merge_kept_notes *of = &kept->notes[field->index];
    merge_notes *to = after ? &of->after : &of->before;
    of->field = field;
    return PB_PUSH(arena, to->items, to->count, to->capacity, one);
}

static bool read_fields(pb_cbor *in, pb_arena *arena, merge_kept *kept)
{
    size_t count = pb_cbor_get_array(in);
    kept->fields = pb_arena_array(arena, count + 1, sizeof *kept->fields);
    kept->field_count = kept->fields != NULL ? count : 0;
    for (size_t i = 0; i < kept->field_count; i++) {
        struct merge_kept_field *field = &kept->fields[i];
        if (pb_cbor_get_array(in) != 3)
            in->bad = true;
        field->field = pb_cbor_get_text(in);
        field->from = (int)pb_cbor_get_int(in);
        field->why = pb_cbor_get_text(in);
        in->bad = in->bad || field->from < RECORD_MERGE_SEVERAL || field->from >= (int)kept->count;
    }
    return kept->fields != NULL;
}

pb_status merge_read_event(const model_entity *entity, pb_str bytes, pb_arena *arena,
                           merge_kept *ret_kept, pb_error *err)
{
    pb_cbor in = {bytes, 0, false};
    merge_kept kept = {.notes = pb_arena_array(arena, entity->field_count + 1, sizeof *kept.notes)};
    bool room = kept.notes != NULL;
    in.bad = pb_cbor_get_map(&in) != 3;
    room = room && expect_key(&in, "gone") && read_gone(&in, arena, &kept);
    size_t notes = room && expect_key(&in, "notes") ? pb_cbor_get_array(&in) : 0;
    for (size_t i = 0; room && i < notes; i++)
        room = read_note(entity, &in, arena, &kept);
    room = room && expect_key(&in, "fields") && read_fields(&in, arena, &kept);
    if (!room && !in.bad)
        return pb_fail_memory(err);
    if (!pb_cbor_done(&in))
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("The payload of an event of {entity} could not be read."), "entity",
                       PB_ARG(entity->name), NULL);
    *ret_kept = kept;
    return PB_OK;
}
