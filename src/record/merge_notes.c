/* What entry remarked about values goes with them; further values of many-valued fields are put
 * together. */
#include <string.h>

#include "merge_internal.h"

pb_status merge_notes_of(record_writer *writer, const plan *p, int64_t n, const model_field *field,
                         pb_arena *arena, merge_notes *ret_notes, pb_error *err)
{
    merge_notes notes = {0};
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "SELECT kind, part, value, problem FROM t_value_note WHERE entity = ?1"
                      " AND field = ?2 AND kind IN ('bad', 'restyled', 'more', 'unresolved')"
                      " AND n = ?3 ORDER BY kind, part",
                      &stmt, err));
    db_bind_text(stmt, 1, p->entity->name);
    db_bind_text(stmt, 2, field->name);
    db_bind_i64(stmt, 3, n);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const pb_str problem = db_column_is_null(stmt, 3) ? PB_STR_NONE : db_column_text(stmt, 3);
        merge_note one = {.field = field,
                          .kind = pb_arena_str(arena, db_column_text(stmt, 0)),
                          .part = db_column_i64(stmt, 1),
                          .value = pb_arena_str(arena, db_column_text(stmt, 2)),
                          .problem = problem.ptr ? pb_arena_str(arena, problem) : problem};
        if (one.kind.ptr == NULL || one.value.ptr == NULL ||
            (problem.ptr != NULL && one.problem.ptr == NULL) ||
            !PB_PUSH(arena, notes.items, notes.count, notes.capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_notes = notes;
    return PB_OK;
}

bool merge_notes_eq(const merge_notes *a, const merge_notes *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        const merge_note *x = &a->items[i], *y = &b->items[i];
        same = pb_str_eq(x->kind, y->kind) && x->part == y->part && pb_str_eq(x->value, y->value) &&
               pb_str_eq(x->problem, y->problem);
    }
    return same;
}

pb_status merge_put_notes(record_writer *writer, plan *p, int64_t n, const model_field *field,
                          const merge_notes *notes, pb_error *err)
{
    PB_TRY(notes_remove(writer, p, n, field->name.ptr, NULL, err));
    for (size_t i = 0; i < notes->count; i++) {
        const merge_note *one = &notes->items[i];
        char *kind = pb_arena_cstr(writer->row, one->kind);
        char *problem = one->problem.ptr ? pb_arena_cstr(writer->row, one->problem) : NULL;
        if (kind == NULL || (one->problem.ptr != NULL && problem == NULL))
            return pb_fail_memory(err);
        const note remark = {field->name.ptr, kind, one->value, problem};
        PB_TRY(notes_write_one(writer, p, n, one->part, &remark, err));
    }
    return PB_OK;
}

static pb_status add_note(merge_group *g, merge_notes *to, merge_note one, pb_error *err)
{
    return PB_PUSH(g->arena, to->items, to->count, to->capacity, one) ? PB_OK : pb_fail_memory(err);
}

/* Kinds and parts in order, as they are read back. */
static void sort_notes(merge_notes *notes)
{
    for (size_t i = 1; i < notes->count; i++)
        for (size_t k = i; k > 0; k--) {
            merge_note *a = &notes->items[k - 1], *b = &notes->items[k], swap = *a;
            int order = pb_str_cmp(a->kind, b->kind);
            if (order < 0 || (order == 0 && a->part <= b->part))
                break;
            *a = *b;
            *b = swap;
        }
}

/* --- further values --- */

typedef struct further {
    merge_group *g;
    const model_field *field;
    pb_str first; /* the value that comes first */
    merge_notes *to;
    int64_t part;
} further;

static pb_status text_of(merge_group *g, const model_field *field, const pb_value *cell,
                         pb_str *ret_text, pb_error *err)
{
    *ret_text = PB_STR_NONE;
    if (cell->kind == PB_NULL)
        return PB_OK;
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    model_write(field, *cell, PB_STR_NONE, &text);
    *ret_text = pb_arena_str(g->arena, pb_buf_str(&text));
    return text.failed || ret_text->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status add_more(further *f, pb_str text, pb_error *err)
{
    if (pb_str_empty(text) || pb_str_eq(text, f->first))
        return PB_OK;
    for (size_t i = 0; i < f->to->count; i++)
        if (pb_str_is(f->to->items[i].kind, "more") && pb_str_eq(f->to->items[i].value, text))
            return PB_OK;
    const merge_note one = {f->field, PB_STR("more"), ++f->part, text, PB_STR_NONE};
    f->g->fields[f->field->index].more++;
    return add_note(f->g, f->to, one, err);
}

/* The survivor's own further values keep their places; then those of the others, each once. */
static pb_status gather_more(merge_group *g, const model_field *field, const merge_notes *own,
                             merge_notes *to, pb_error *err)
{
    size_t first = g->p->lay->first[field->index];
    further f = {.g = g, .field = field, .to = to};
    PB_TRY(text_of(g, field, &g->cells[first], &f.first, err));
    for (size_t i = 0; i < own->count; i++) {
        f.part = own->items[i].part > f.part ? own->items[i].part : f.part;
        if (pb_str_is(own->items[i].kind, "more") && !pb_str_eq(own->items[i].value, f.first))
            PB_TRY(add_note(g, to, own->items[i], err));
    }
    for (size_t s = 0; s < g->count; s++) {
        pb_str text;
        merge_notes notes;
        PB_TRY(text_of(g, field, &g->sides[s].cells[first], &text, err));
        PB_TRY(add_more(&f, text, err));
        PB_TRY(merge_notes_of(g->writer, g->p, g->sides[s].head.n, field, g->arena, &notes, err));
        for (size_t i = 0; i < notes.count; i++)
            if (pb_str_is(notes.items[i].kind, "more"))
                PB_TRY(add_more(&f, notes.items[i].value, err));
    }
    return PB_OK;
}

static pb_status gather_field(merge_group *g, const model_field *field, pb_error *err)
{
    const record_merge_field *pick = &g->fields[field->index];
    merge_notes *before = &g->before[field->index], *after = &g->after[field->index];
    merge_notes donors = {0};
    int donor = pick->from == RECORD_MERGE_SEVERAL ? 0 : pick->from;
    if (!pick->changed && !field->many)
        return PB_OK;
    PB_TRY(merge_notes_of(g->writer, g->p, g->sides[0].head.n, field, g->arena, before, err));
    if (donor >= 0)
        PB_TRY(
            merge_notes_of(g->writer, g->p, g->sides[donor].head.n, field, g->arena, &donors, err));
    for (size_t i = 0; i < donors.count; i++)
        if (!pb_str_is(donors.items[i].kind, "more"))
            PB_TRY(add_note(g, after, donors.items[i], err));
    if (field->many)
        PB_TRY(gather_more(g, field, before, after, err));
    sort_notes(after);
    return PB_OK;
}

pb_status merge_gather_notes(merge_group *g, pb_error *err)
{
    size_t fields = g->p->entity->field_count;
    g->before = pb_arena_array(g->arena, fields + 1, sizeof *g->before);
    g->after = pb_arena_array(g->arena, fields + 1, sizeof *g->after);
    if (g->before == NULL || g->after == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < fields; i++)
        PB_TRY(gather_field(g, &g->p->entity->fields[i], err));
    return PB_OK;
}
