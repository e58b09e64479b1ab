/* The records of a merge as they are: their rows, what their links lead to, when values were set,
 * what entry found; and which of them survives. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "merge_internal.h"
#include "merged.h"
#include "steps.h"

size_t merge_width(const model_field *field)
{
    return field->type == MODEL_LINK || field->type == MODEL_MONEY ? 2 : 1;
}

static const pb_value *cell_of(const merge_group *g, const merge_side *side,
                               const model_field *field)
{
    return &side->cells[g->p->lay->first[field->index]];
}

/* A link among the records that become one says nothing any more. */
static bool is_own(const merge_group *g, pb_uuid id)
{
    for (size_t i = 0; i < g->count; i++)
        if (memcmp(g->sides[i].head.id.b, id.b, sizeof id.b) == 0)
            return true;
    return false;
}

bool merge_has(const merge_group *g, const merge_side *side, const model_field *field)
{
    if (cell_of(g, side, field)->kind == PB_NULL)
        return false;
    return field->type != MODEL_LINK || field->target != g->p->entity ||
           !is_own(g, side->links[field->index]);
}

bool merge_same(const merge_group *g, const merge_side *a, const merge_side *b,
                const model_field *field)
{
    if (field->type == MODEL_LINK)
        return memcmp(&a->links[field->index], &b->links[field->index], sizeof(pb_uuid)) == 0;
    for (size_t i = 0; i < merge_width(field); i++)
        if (!pb_value_eq(cell_of(g, a, field)[i], cell_of(g, b, field)[i]))
            return false;
    return true;
}

/* --- loading --- */

static pb_status refuse_side(merge_group *g, const merge_side *side, pb_uuid id, bool found,
                             pb_error *err)
{
    char text[37];
    pb_uuid into;
    bool merged = false;
    pb_uuid_text(id, text);
    if (found)
        PB_TRY(merged_into(g->writer->session, g->p->entity, side->head.id, &into, NULL, &merged,
                           err));
    if (merged)
        return merged_refuse(g->writer->session, g->p->entity, id, err);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("The record {id} of {entity} was not merged."), "id", text,
            "entity", PB_ARG(g->p->entity->label), NULL);
    pb_error_detail(err, found ? PB_MSG("It is deleted.") : PB_MSG("There is no such record."),
                    NULL);
    if (found)
        pb_error_hint(err, PB_MSG("Restore it first."), NULL);
    return PB_NOT_FOUND;
}

/* Where the links of a side lead, merges followed. */
static pb_status read_links(merge_group *g, merge_side *side, pb_error *err)
{
    const model_entity *entity = g->p->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        const pb_value *cell = cell_of(g, side, field);
        if (field->type != MODEL_LINK || cell->kind != PB_BLOB || cell->as.s.len != sizeof(pb_uuid))
            continue;
        memcpy(&side->links[i], cell->as.s.ptr, sizeof(pb_uuid));
        PB_TRY(
            merged_follow(g->writer->session, field->target, side->links[i], &side->links[i], err));
    }
    return PB_OK;
}

static pb_status load_side(merge_group *g, pb_uuid id, merge_side *side, pb_error *err)
{
    const layout *lay = g->p->lay;
    db_stmt *stmt;
    bool row;
    side->cells = pb_arena_array(g->arena, lay->count + 1, sizeof *side->cells);
    side->links = pb_arena_array(g->arena, lay->entity->field_count + 1, sizeof *side->links);
    if (side->cells == NULL || side->links == NULL)
        return pb_fail_memory(err);
    PB_TRY(layout_select(g->writer->session, lay, "WHERE id = ?", &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, &row, err));
    if (row) {
        pb_status status = layout_row(lay, stmt, g->arena, &side->head, side->cells, err);
        db_reset(stmt);
        PB_TRY(status);
    }
    if (!row || side->head.deleted)
        return refuse_side(g, side, id, row, err);
    for (size_t i = 0; i < lay->entity->field_count; i++)
        side->filled += side->cells[lay->first[i]].kind != PB_NULL;
    return read_links(g, side, err);
}

static pb_status refuse_group(const merge_group *g, const char *detail, pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("Nothing was merged."), NULL);
    pb_error_detail(err, detail, "count", PB_ARG_INT(g->asked->count), "entity",
                    PB_ARG(g->p->entity->label), NULL);
    return PB_INVALID;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(pb_uuid));
}

static pb_status check_ids(const merge_group *g, pb_error *err)
{
    const record_merge_group *asked = g->asked;
    if (asked->count < 2)
        return refuse_group(g, PB_MSG("A merge needs two records or more."), err);
    if (asked->count > RECORD_MERGE_MOST)
        return refuse_group(g, PB_MSG("{count} records are more than one merge takes."), err);
    pb_uuid *sorted = pb_arena_array(g->arena, asked->count, sizeof *sorted);
    if (sorted == NULL)
        return pb_fail_memory(err);
    memcpy(sorted, asked->ids, asked->count * sizeof *sorted);
    qsort(sorted, asked->count, sizeof *sorted, by_id);
    for (size_t i = 1; i < asked->count; i++)
        if (by_id(&sorted[i - 1], &sorted[i]) == 0)
            return refuse_group(g, PB_MSG("One of the records was named twice."), err);
    return PB_OK;
}

/* --- when values were set --- */

/* Before its history began: what the source says of the last change, or of the making. */
static int64_t first_set(const merge_group *g, const merge_side *side)
{
    static const char *const roles[] = {"modified_on", "created_on"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const model_field *field = model_field_role(g->p->entity, roles[i]);
        const pb_value *cell = field != NULL ? cell_of(g, side, field) : NULL;
        if (cell == NULL || cell->kind != PB_INT)
            continue;
        return field->type == MODEL_DATE ? cell->as.i * PB_US_PER_DAY : cell->as.i;
    }
    return side->head.created_us;
}

/* A merge and its taking apart only put values where they had been elsewhere before. */
static bool sets_values(const ledger_event *event)
{
    return strcmp(event->kind, "record.changed") == 0;
}

static pb_status note_times(const merge_group *g, const ledger_event *event, int64_t *set_us,
                            pb_error *err)
{
    step_item *items;
    size_t count;
    PB_TRY(steps_decode(g->p->lay, event, g->arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        const model_field *field = items[i].column != NULL ? items[i].column->field : NULL;
        if (field != NULL && set_us[field->index] == INT64_MIN)
            set_us[field->index] = event->at_us;
    }
    return PB_OK;
}

pb_status merge_times(merge_group *g, merge_side *side, pb_error *err)
{
    size_t fields = g->p->entity->field_count;
    if (side->set_us != NULL)
        return PB_OK;
    int64_t *set_us = pb_arena_array(g->arena, fields + 1, sizeof *set_us);
    if (set_us == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < fields; i++)
        set_us[i] = INT64_MIN;
    for (uint64_t next = side->head.version > 1 ? side->head.event + 1 : 0; next > 0;) {
        ledger_event event;
        bool erased;
        PB_TRY(ledger_read(g->writer->session, next - 1, g->arena, &event, &erased, err));
        if (!erased && sets_values(&event))
            PB_TRY(note_times(g, &event, set_us, err));
        next = event.previous < next ? event.previous : 0;
    }
    int64_t first = first_set(g, side);
    for (size_t i = 0; i < fields; i++)
        if (set_us[i] == INT64_MIN)
            set_us[i] = first;
    side->set_us = set_us;
    return PB_OK;
}

/* --- which of them survives --- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_cells(const layout *lay, const merge_side *a, const merge_side *b)
{
    for (size_t i = 0; i < lay->count; i++) {
        pb_value x = a->cells[i], y = b->cells[i];
        int order = compare_numbers(x.kind, y.kind);
        if (order == 0 && x.kind == PB_INT)
            order = compare_numbers(x.as.i, y.as.i);
        else if (order == 0 && x.kind == PB_REAL)
            order = (x.as.r > y.as.r) - (x.as.r < y.as.r);
        else if (order == 0 && x.kind != PB_NULL && lay->columns[i].field->type != MODEL_LINK)
            order = pb_str_cmp(x.as.s, y.as.s);
        if (order != 0)
            return order;
    }
    return 0;
}

/* The fullest, then the one whose values are newest, then by what they hold: nothing in it depends
 * on the order in which records came, but between two that are alike in everything. */
static int better(const merge_group *g, const merge_side *a, const merge_side *b)
{
    int64_t newest[2] = {INT64_MIN, INT64_MIN};
    int order = compare_numbers((int64_t)a->filled, (int64_t)b->filled);
    for (size_t i = 0; order == 0 && i < g->p->entity->field_count; i++) {
        newest[0] = a->set_us[i] > newest[0] ? a->set_us[i] : newest[0];
        newest[1] = b->set_us[i] > newest[1] ? b->set_us[i] : newest[1];
    }
    if (order == 0)
        order = compare_numbers(newest[0], newest[1]);
    if (order == 0)
        order = -pb_str_cmp(a->head.source_id, b->head.source_id);
    if (order == 0)
        order = -compare_cells(g->p->lay, a, b);
    return order != 0 ? order : -compare_numbers(a->head.n, b->head.n);
}

static void put_best_first(merge_group *g, size_t from)
{
    for (size_t i = from; i < g->count; i++) {
        size_t best = i;
        for (size_t k = i + 1; k < g->count; k++)
            if (better(g, &g->sides[k], &g->sides[best]) > 0)
                best = k;
        merge_side side = g->sides[best];
        g->sides[best] = g->sides[i];
        g->sides[i] = side;
    }
}

static pb_status put_into_first(merge_group *g, pb_uuid into, pb_error *err)
{
    for (size_t i = 0; i < g->count; i++) {
        if (memcmp(g->sides[i].head.id.b, into.b, sizeof into.b) != 0)
            continue;
        merge_side side = g->sides[i];
        g->sides[i] = g->sides[0];
        g->sides[0] = side;
        return PB_OK;
    }
    return refuse_group(g, PB_MSG("The record to merge into is none of them."), err);
}

pb_status merge_load(merge_group *g, pb_error *err)
{
    PB_TRY(check_ids(g, err));
    g->sides = pb_arena_array(g->arena, g->asked->count, sizeof *g->sides);
    if (g->sides == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < g->asked->count; i++)
        PB_TRY(load_side(g, g->asked->ids[i], &g->sides[i], err));
    g->count = g->asked->count;
    for (size_t i = 0; i < g->count; i++)
        PB_TRY(merge_times(g, &g->sides[i], err));
    if (g->asked->into != NULL)
        PB_TRY(put_into_first(g, *g->asked->into, err));
    put_best_first(g, g->asked->into != NULL);
    return PB_OK;
}
