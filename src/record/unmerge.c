/* Taking merges apart: each record gets back what was its own, and what was changed since goes
 * where it can be said to belong. See doc/decisions/0008. */
#include <string.h>

#include "identity/people.h"
#include "merge_internal.h"
#include "merged.h"
#include "record/review.h"
#include "steps.h"

/* One merge at work. */
typedef struct parting {
    unmerging *u;
    const merge_held *held;
    plan *p;
    layout_head head; /* of the survivor */
    pb_value *now;    /* its values as they are */
    pb_value *then;   /* as they will be */
    bool erased;      /* what the merge did to values is not known any more */
    merge_kept kept;
    bool *said;               /* by column: the merge changed it */
    pb_value *before, *after; /* by column, where it did */
    bool *touched;            /* by column: somebody changed it since */
    bool *stays;              /* by field: its value stays with the survivor, and that was told */
    merge_notes *notes; /* by field: what was remarked of a value that goes to another record */
    int *given;         /* by field: the value goes to that record of kept.ids; 0: none */
} parting;

static pb_status make_room(parting *t, pb_error *err)
{
    pb_arena *arena = t->u->row;
    size_t columns = t->p->lay->count + 1;
    t->now = pb_arena_array(arena, columns, sizeof *t->now);
    t->then = pb_arena_array(arena, columns, sizeof *t->then);
    t->said = pb_arena_array(arena, columns, sizeof *t->said);
    t->before = pb_arena_array(arena, columns, sizeof *t->before);
    t->after = pb_arena_array(arena, columns, sizeof *t->after);
    t->touched = pb_arena_array(arena, columns, sizeof *t->touched);
    t->given = pb_arena_array(arena, t->p->entity->field_count + 1, sizeof *t->given);
    t->stays = pb_arena_array(arena, t->p->entity->field_count + 1, sizeof *t->stays);
    t->notes = pb_arena_array(arena, t->p->entity->field_count + 1, sizeof *t->notes);
    return t->stays && t->notes && t->now && t->then && t->said && t->before && t->after &&
                   t->touched && t->given
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status load_row(unmerging *u, const layout *lay, pb_uuid id, layout_head *ret_head,
                          pb_value *cells, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(layout_select(u->writer->session, lay, "WHERE id = ?", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_CORRUPT,
                       PB_MSG("What is stored of merged records of {entity} is damaged."), "entity",
                       PB_ARG(lay->entity->name), NULL);
    pb_status status = layout_row(lay, stmt, u->row, ret_head, cells, err);
    db_reset(stmt);
    return status;
}

/* --- what the merge did, and what others did since --- */

static pb_status read_merge(parting *t, pb_error *err)
{
    const layout *lay = t->p->lay;
    ledger_event event;
    step_item *items;
    size_t count;
    PB_TRY(ledger_read(t->u->writer->session, t->held->event, t->u->row, &event, &t->erased, err));
    if (t->erased)
        return PB_OK;
    PB_TRY(steps_decode(lay, &event, t->u->row, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        const layout_column *column = items[i].column;
        if (pb_str_is(items[i].name, "@merge") && items[i].after.kind == PB_BLOB)
            PB_TRY(merge_read_event(t->p->entity, items[i].after.as.s, t->u->row, &t->kept, err));
        if (column == NULL || column->part == LAYOUT_SOURCE)
            continue;
        size_t at = (size_t)(column - lay->columns);
        t->said[at] = true;
        t->before[at] = items[i].before;
        t->after[at] = items[i].after;
    }
    return PB_OK;
}

static pb_status read_since(parting *t, pb_error *err)
{
    const layout *lay = t->p->lay;
    for (uint64_t next = t->head.event + 1; next > t->held->event + 1;) {
        ledger_event event;
        bool erased;
        step_item *items;
        size_t count = 0;
        uint64_t sequence = next - 1;
        PB_TRY(ledger_read(t->u->writer->session, sequence, t->u->row, &event, &erased, err));
        next = event.previous < next ? event.previous : 0;
        if (!erased && !unmerge_is_moving(t->u, sequence) && steps_changes(&event))
            PB_TRY(steps_decode(lay, &event, t->u->row, &items, &count, err));
        for (size_t i = 0; i < count; i++)
            if (items[i].column != NULL && items[i].column->part != LAYOUT_SOURCE)
                t->touched[items[i].column - lay->columns] = true;
    }
    return PB_OK;
}

static const struct merge_kept_field *kept_field(const parting *t, const model_field *field)
{
    for (size_t i = 0; i < t->kept.field_count; i++)
        if (pb_str_eq(t->kept.fields[i].field, field->name))
            return &t->kept.fields[i];
    return NULL;
}

/* --- the survivor's values --- */

/* A link may point elsewhere than a merge left it only because what it points to was merged, too.
 */
static pb_status leads_to(parting *t, const model_field *field, pb_value cell, pb_uuid *ret_id,
                          bool *ret_leads, pb_error *err)
{
    *ret_leads =
        field->type == MODEL_LINK && cell.kind == PB_BLOB && cell.as.s.len == sizeof ret_id->b;
    if (!*ret_leads)
        return PB_OK;
    memcpy(ret_id->b, cell.as.s.ptr, sizeof ret_id->b);
    return merged_follow(t->u->writer->session, field->target, *ret_id, ret_id, err);
}

static bool is_as_left(const parting *t, const model_field *field)
{
    size_t first = t->p->lay->first[field->index];
    bool same = true, touched = false;
    for (size_t i = first; i < first + merge_width(field); i++) {
        same = same && (t->said[i] ? pb_value_eq(t->now[i], t->after[i]) : !t->touched[i]);
        touched = touched || t->touched[i];
    }
    return same || (field->type == MODEL_LINK && !touched); /* moved by merges only */
}

/* The value as it was before the merge. */
static pb_status put_before(parting *t, const model_field *field, pb_error *err)
{
    size_t first = t->p->lay->first[field->index];
    pb_uuid id = {{0}};
    bool leads;
    for (size_t i = first; i < first + merge_width(field); i++)
        if (t->said[i])
            t->then[i] = t->before[i];
    PB_TRY(leads_to(t, field, t->then[first], &id, &leads, err));
    if (!leads)
        return PB_OK;
    pb_str bytes = pb_arena_str(t->u->row, pb_uuid_str(&id));
    if (bytes.ptr == NULL)
        return pb_fail_memory(err);
    t->then[first] = PB_VALUE_BLOB(bytes);
    return PB_OK;
}

static pb_status part_field(parting *t, const model_field *field, pb_error *err)
{
    size_t first = t->p->lay->first[field->index], width = merge_width(field);
    bool said = false, touched = false;
    for (size_t i = first; i < first + width; i++) {
        said = said || t->said[i];
        touched = touched || t->touched[i];
    }
    const struct merge_kept_field *kept = kept_field(t, field);
    if (!said) {
        /* What all of them said, and was changed since, may be the other's as well. */
        return touched && kept != NULL && pb_str_is(kept->why, "same")
                   ? unmerge_keep(t->u, t->p->entity, t->head.id, field,
                                  PB_MSG("All records had the value, and it was changed since: it "
                                         "stays with the survivor"),
                                  err)
                   : PB_OK;
    }
    if (is_as_left(t, field))
        return put_before(t, field, err);
    bool alone = t->said[first] && t->before[first].kind == PB_NULL;
    t->stays[field->index] = !alone || kept == NULL || kept->from <= 0;
    if (t->stays[field->index])
        return unmerge_keep(t->u, t->p->entity, t->head.id, field,
                            PB_MSG("The value was changed since: it stays with the survivor"), err);
    t->given[field->index] = kept->from;
    return put_before(t, field, err);
}

/* Fields without history were filled only where the survivor had nothing. */
static pb_status part_unlogged(parting *t, const model_field *field, const pb_value *const *gone,
                               pb_error *err)
{
    size_t first = t->p->lay->first[field->index];
    const struct merge_kept_field *kept = kept_field(t, field);
    if (kept == NULL || kept->from <= 0 || gone[kept->from] == NULL)
        return PB_OK;
    for (size_t i = first; i < first + merge_width(field); i++)
        if (!pb_value_eq(t->now[i], gone[kept->from][i]))
            return unmerge_keep(t->u, t->p->entity, t->head.id, field,
                                PB_MSG("The value was changed since: it stays with the survivor"),
                                err);
    for (size_t i = first; i < first + merge_width(field); i++)
        t->then[i] = PB_VALUE_NULL;
    return PB_OK;
}

static pb_status load_gone(parting *t, const pb_value ***ret_gone, pb_error *err)
{
    const pb_value **gone = pb_arena_array(t->u->row, t->kept.count + 1, sizeof *gone);
    if (gone == NULL)
        return pb_fail_memory(err);
    for (size_t i = 1; i < t->kept.count; i++) {
        layout_head head;
        pb_value *cells = pb_arena_array(t->u->row, t->p->lay->count + 1, sizeof *cells);
        if (cells == NULL)
            return pb_fail_memory(err);
        PB_TRY(load_row(t->u, t->p->lay, t->kept.ids[i], &head, cells, err));
        gone[i] = cells;
    }
    *ret_gone = gone;
    return PB_OK;
}

static pb_status part_fields(parting *t, pb_error *err)
{
    const model_entity *entity = t->p->entity;
    const pb_value **gone = NULL;
    if (t->erased)
        return unmerge_keep(t->u, entity, t->head.id, NULL,
                            PB_MSG("What the merge chose was erased: the survivor's values stay"),
                            err);
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (!field->history && gone == NULL)
            PB_TRY(load_gone(t, &gone, err));
        PB_TRY(field->history ? part_field(t, field, err) : part_unlogged(t, field, gone, err));
    }
    return PB_OK;
}

/* --- remarks --- */

/* Remarks go where the value goes that they are about. */
static pb_status part_notes(parting *t, pb_error *err)
{
    for (size_t i = 0; !t->erased && i < t->p->entity->field_count; i++) {
        const struct merge_kept_notes *of = &t->kept.notes[i];
        merge_notes now;
        if (of->field == NULL && t->given[i] == 0)
            continue;
        const model_field *field = &t->p->entity->fields[i];
        PB_TRY(merge_notes_of(t->u->writer, t->p, t->head.n, field, t->u->row, &now, err));
        if (t->given[i] != 0 || merge_notes_eq(&now, &of->after)) {
            t->notes[i] = now;
            PB_TRY(merge_put_notes(t->u->writer, t->p, t->head.n, field, &of->before, err));
        } else if (!t->stays[i]) {
            PB_TRY(unmerge_keep(t->u, t->p->entity, t->head.id, field,
                                PB_MSG("Further values or remarks were changed since: they stay "
                                       "with the survivor"),
                                err));
        }
    }
    return PB_OK;
}

/* --- writing --- */

static pb_status write_survivor(parting *t, pb_error *err)
{
    const payload_extra said = {PB_STR("@unmerge"), PB_VALUE_NULL,
                                PB_VALUE_INT((int64_t)t->held->event)};
    size_t bytes = t->p->lay->count * sizeof *t->now;
    memcpy(t->p->before, t->now, bytes);
    memcpy(t->p->cells, t->then, bytes);
    PB_TRY(change_write_as(t->u->writer, t->p, &t->head, "record.unmerged", &said, 1, err));
    PB_TRY(change_refile(t->u->writer, t->p, &t->head, err));
    return part_notes(t, err);
}

/* A change of a value that came from this record alone is its own. */
static pb_status give(const parting *t, size_t position, int64_t n, bool *ret_any, pb_error *err)
{
    *ret_any = false;
    for (size_t i = 0; i < t->p->entity->field_count; i++) {
        const model_field *field = &t->p->entity->fields[i];
        size_t first = t->p->lay->first[i];
        if (position == 0 || t->given[i] != (int)position)
            continue;
        for (size_t k = first; k < first + merge_width(field); k++)
            t->p->cells[k] = t->now[k];
        PB_TRY(merge_put_notes(t->u->writer, t->p, n, field, &t->notes[i], err));
        *ret_any = true;
    }
    return PB_OK;
}

static size_t position_of(const parting *t, pb_uuid id)
{
    for (size_t i = 1; i < t->kept.count; i++)
        if (memcmp(t->kept.ids[i].b, id.b, sizeof id.b) == 0)
            return i;
    return 0;
}

/* What reviewers said of the record no longer holds for the survivor, and that the two are one was
 * only said by merging them. */
static pb_status reopen(const parting *t, pb_uuid id, pb_error *err)
{
    record_writer *writer = t->u->writer;
    record_pair pair;
    pb_error why;
    PB_TRY(record_review_uncarry(writer->session, t->p->entity, id, t->held->survivor, err));
    pb_status status = record_review_find(writer->session, t->p->entity, id, t->held->survivor,
                                          t->u->row, &pair, &why);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    return pair.state == RECORD_SAME && pb_str_is(pair.reason, "merge")
               ? record_review_decide(writer->session, writer->actor, writer->now_us, t->p->entity,
                                      id, t->held->survivor, RECORD_OPEN, PB_STR("unmerge"), err)
               : PB_OK;
}

static pb_status release(parting *t, pb_uuid id, pb_error *err)
{
    plan *p = t->p;
    bool given;
    layout_head head;
    const payload_extra shows = payload_deleted(false);
    PB_TRY(load_row(t->u, p->lay, id, &head, p->before, err));
    memcpy(p->cells, p->before, p->lay->count * sizeof *p->cells);
    PB_TRY(give(t, position_of(t, id), head.n, &given, err));
    head.deleted = false;
    PB_TRY(change_write_as(t->u->writer, p, &head, "record.released", &shows, 1, err));
    t->u->counts.restored++;
    PB_TRY(gate_file(t->u->writer, p, head.n, p->before, err));
    if (given)
        PB_TRY(change_refile(t->u->writer, p, &head, err));
    const identity_call by = {t->u->writer->actor, t->u->writer->now_us, PB_STR_NONE};
    PB_TRY(identity_follow(t->u->writer->session, &by, p->entity->name, t->held->survivor, id, true,
                           err));
    return reopen(t, id, err);
}

static pb_status part(unmerging *u, const merge_held *held, pb_error *err)
{
    parting t = {.u = u, .held = held};
    pb_arena_reset(u->row);
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, held->entity, &t.p, err));
    PB_TRY(make_room(&t, err));
    PB_TRY(load_row(u, t.p->lay, held->survivor, &t.head, t.now, err));
    memcpy(t.then, t.now, t.p->lay->count * sizeof *t.then);
    PB_TRY(read_merge(&t, err));
    PB_TRY(read_since(&t, err));
    PB_TRY(part_fields(&t, err));
    PB_TRY(write_survivor(&t, err));
    for (size_t i = 0; i < held->gone_count; i++)
        PB_TRY(release(&t, held->gone[i], err));
    links_forget_refs(t.p);
    u->counts.merges++;
    return PB_OK;
}

/* From here on each of them leads to itself again. */
static pb_status forget(unmerging *u, const merge_held *held, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(u->writer->session,
                      "DELETE FROM record_merged WHERE survivor = ?1 AND event = ?2", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&held->survivor));
    db_bind_i64(stmt, 2, (int64_t)held->event);
    return db_run(stmt, err);
}

static pb_status take_apart(unmerging *u, pb_error *err)
{
    PB_TRY(unmerge_links(u, err));
    for (size_t i = 0; i < u->merge_count; i++)
        if (!u->merges[i].kept)
            PB_TRY(forget(u, &u->merges[i], err));
    for (size_t i = 0; i < u->merge_count; i++) {
        if (u->progress != NULL && i % 64 == 0 && u->progress(u->context, i, u->merge_count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                           NULL);
        if (!u->merges[i].kept)
            PB_TRY(part(u, &u->merges[i], err));
    }
    return PB_OK;
}

pb_status unmerge_events(unmerging *u, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_ARENA row = pb_arena_new(0);
    u->arena = arena;
    u->row = row;
    u->gone = arena != NULL ? pb_map_new(arena) : NULL;
    if (u->gone == NULL || row == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_next(u->writer->session, &u->own_first, err));
    PB_TRY(unmerge_find(u, err));
    pb_status status = take_apart(u, err);
    if (status != PB_OK)
        u->writer->broken = true; /* some of it may be written */
    u->arena = u->row = NULL;
    u->gone = NULL;
    return status;
}
