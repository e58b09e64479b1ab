/* Choosing the values of the survivor, field by field. */
#include <string.h>

#include "base/utf8.h"
#include "merge_internal.h"

enum { NOTE_MAX = 1000000 }; /* characters of a note, where the field names no limit */

static record_merge_field *pick_of(const merge_group *g, const model_field *field)
{
    return &g->fields[field->index];
}

static pb_value *cells_of(const merge_group *g, const model_field *field)
{
    return &g->cells[g->p->lay->first[field->index]];
}

static void take_from(merge_group *g, const model_field *field, int from, const char *why)
{
    pb_value *to = cells_of(g, field);
    record_merge_field *pick = pick_of(g, field);
    pick->from = from;
    pick->why = why;
    for (size_t i = 0; i < merge_width(field); i++)
        to[i] =
            from >= 0 ? g->sides[from].cells[g->p->lay->first[field->index] + i] : PB_VALUE_NULL;
}

/* --- by hand --- */

static pb_status refuse_take(const merge_group *g, const record_merge_take *take, pb_error *err)
{
    char text[37];
    pb_uuid_text(take->from, text);
    pb_fail(err, PB_INVALID, PB_MSG("Nothing was merged."), NULL);
    pb_error_detail(err,
                    PB_MSG("The value of {field} was to come from {id}, which is none of the "
                           "records to merge."),
                    "field", PB_ARG(take->field->label), "id", text, NULL);
    (void)g;
    return PB_INVALID;
}

/* The side that was named for a field; -1: none. */
static pb_status by_hand(const merge_group *g, const model_field *field, int *ret_from,
                         pb_error *err)
{
    *ret_from = -1;
    for (size_t t = 0; t < g->asked->take_count; t++) {
        const record_merge_take *take = &g->asked->takes[t];
        if (take->field != field)
            continue;
        *ret_from = -1;
        for (size_t i = 0; i < g->count; i++)
            if (memcmp(g->sides[i].head.id.b, take->from.b, sizeof take->from.b) == 0)
                *ret_from = (int)i;
        if (*ret_from < 0)
            return refuse_take(g, take, err);
    }
    return PB_OK;
}

/* --- by rule --- */

static bool says(const merge_group *g, const merge_side *side, const model_field *field)
{
    return field->survive == MODEL_SURVIVE_STRICTEST ? merge_strictness(g, side, field) > 0
                                                     : merge_has(g, side, field);
}

/* A number that names one person or organisation: two of them may be two. */
static bool names_one(const model_field *field)
{
    return model_type_is_id(field->type) || field->type == MODEL_IDENTIFIER ||
           pb_str_is(field->role, "birth_date");
}

static void note_differences(merge_group *g, const model_field *field)
{
    record_merge_field *pick = pick_of(g, field);
    int first = -1;
    for (size_t i = 0; i < g->count; i++) {
        if (!merge_has(g, &g->sides[i], field))
            continue;
        if (first >= 0 && !merge_same(g, &g->sides[first], &g->sides[i], field))
            pick->differs = true;
        first = first < 0 ? (int)i : first;
    }
    pick->conflict = pick->differs && names_one(field);
}

/* Without a history, what a value was could not be brought back: only gaps are filled. */
static bool stays(const merge_group *g, const model_field *field)
{
    return !field->history && merge_has(g, &g->sides[0], field);
}

static pb_status choose_best(merge_group *g, const model_field *field, pb_error *err)
{
    int best = -1, count = 0;
    const char *why = "same";
    for (size_t i = 0; i < g->count; i++) {
        int order;
        const char *decided;
        if (!says(g, &g->sides[i], field))
            continue;
        count++;
        if (best < 0) {
            best = (int)i;
            continue;
        }
        if (field->survive != MODEL_SURVIVE_STRICTEST &&
            merge_same(g, &g->sides[best], &g->sides[i], field))
            continue;
        PB_TRY(merge_compare(g, field, &g->sides[i], &g->sides[best], &order, &decided, err));
        why = decided;
        best = order > 0 ? (int)i : best;
    }
    if (best < 0)
        take_from(g, field, RECORD_MERGE_NONE, "");
    else
        take_from(g, field, best, count == 1 ? "only" : why);
    return PB_OK;
}

static bool contains(const pb_buf *all, pb_str text)
{
    return pb_str_find(pb_buf_str(all), text) != SIZE_MAX;
}

/* Notes are put together: the survivor's first, each text once, a blank line between. */
static pb_status join_notes(merge_group *g, const model_field *field, bool *ret_done, pb_error *err)
{
    PB_AUTO_BUF all = PB_BUF_INIT(64 << 20);
    size_t parts = 0, most = field->max_length > 0 ? field->max_length : NOTE_MAX;
    *ret_done = false;
    for (size_t i = 0; i < g->count; i++) {
        pb_value value = g->sides[i].cells[g->p->lay->first[field->index]];
        if (value.kind != PB_TEXT || contains(&all, value.as.s))
            continue;
        if (parts++ > 0)
            pb_buf_addc(&all, "\n\n");
        pb_buf_add(&all, value.as.s);
    }
    if (parts < 2 || all.failed || pb_utf8_count(pb_buf_str(&all)) > most)
        return PB_OK;
    pb_str text = pb_arena_str(g->arena, pb_buf_str(&all));
    if (text.ptr == NULL)
        return pb_fail_memory(err);
    take_from(g, field, RECORD_MERGE_SEVERAL, "union");
    cells_of(g, field)[0] = PB_VALUE_TEXT(text);
    *ret_done = true;
    return PB_OK;
}

/* What comes before every rule: what was named, and what cannot be brought back. */
static pb_status choose_fixed(merge_group *g, const model_field *field, bool *ret_done,
                              pb_error *err)
{
    int from;
    note_differences(g, field);
    PB_TRY(by_hand(g, field, &from, err));
    *ret_done = from >= 0 || stays(g, field);
    if (*ret_done)
        take_from(g, field, from >= 0 ? from : 0, from >= 0 ? "hand" : "kept");
    return PB_OK;
}

static pb_status choose_leader(merge_group *g, const model_field *field, pb_error *err)
{
    bool done, joined = false;
    PB_TRY(choose_fixed(g, field, &done, err));
    if (done)
        return PB_OK;
    if (field->survive == MODEL_SURVIVE_UNION && field->type == MODEL_NOTE && !field->many)
        PB_TRY(join_notes(g, field, &joined, err));
    return joined ? PB_OK : choose_best(g, field, err);
}

/* --- values that go together --- */

/* Nobody has the field that decides: the record with most of the others does. */
static int fullest(const merge_group *g, const model_field *leader)
{
    size_t most = 0;
    int best = RECORD_MERGE_NONE;
    for (size_t i = 0; i < g->count; i++) {
        size_t filled = 0;
        for (size_t f = 0; f < g->p->entity->field_count; f++) {
            const model_field *field = &g->p->entity->fields[f];
            filled += field->survive_with == leader && merge_has(g, &g->sides[i], field);
        }
        if (filled > most) {
            most = filled;
            best = (int)i;
        }
    }
    return best;
}

/* Of a follower that the donor does not have: from one that says the same of what decides. */
static int stand_in(const merge_group *g, const model_field *field, int donor)
{
    const model_field *leader = field->survive_with;
    for (size_t i = 0; i < g->count; i++)
        if (merge_has(g, &g->sides[i], field) && merge_has(g, &g->sides[i], leader) &&
            merge_has(g, &g->sides[donor], leader) &&
            merge_same(g, &g->sides[i], &g->sides[donor], leader))
            return (int)i;
    return RECORD_MERGE_NONE;
}

static pb_status choose_follower(merge_group *g, const model_field *field, pb_error *err)
{
    int donor = pick_of(g, field->survive_with)->from;
    bool done;
    PB_TRY(choose_fixed(g, field, &done, err));
    if (done)
        return PB_OK;
    if (donor == RECORD_MERGE_SEVERAL)
        return choose_best(g, field, err);
    if (donor == RECORD_MERGE_NONE)
        donor = fullest(g, field->survive_with);
    if (donor < 0)
        return choose_best(g, field, err);
    if (!merge_has(g, &g->sides[donor], field))
        donor = stand_in(g, field, donor);
    take_from(g, field, donor, "with");
    return PB_OK;
}

/* A value among the records that become one is left out wherever it was chosen. */
static void drop_own_links(merge_group *g, const model_field *field)
{
    record_merge_field *pick = pick_of(g, field);
    if (field->type == MODEL_LINK && pick->from >= 0 && !merge_has(g, &g->sides[pick->from], field))
        take_from(g, field, RECORD_MERGE_NONE, pick->why);
}

static void note_change(merge_group *g, const model_field *field)
{
    const pb_value *now = cells_of(g, field);
    const pb_value *before = &g->sides[0].cells[g->p->lay->first[field->index]];
    record_merge_field *pick = pick_of(g, field);
    /* A value that the survivor has too is the survivor's own. */
    if (pick->from > 0 && merge_has(g, &g->sides[0], field) &&
        merge_same(g, &g->sides[0], &g->sides[pick->from], field))
        take_from(g, field, 0, pick->why);
    for (size_t i = 0; i < merge_width(field); i++)
        pick->changed = pick->changed || !pb_value_eq(now[i], before[i]);
}

pb_status merge_choose(merge_group *g, pb_error *err)
{
    const model_entity *entity = g->p->entity;
    g->fields = pb_arena_array(g->arena, entity->field_count + 1, sizeof *g->fields);
    g->cells = pb_arena_array(g->arena, g->p->lay->count + 1, sizeof *g->cells);
    if (g->fields == NULL || g->cells == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        g->fields[i] =
            (record_merge_field){.field = &entity->fields[i], .from = RECORD_MERGE_NONE, .why = ""};
    for (int follows = 0; follows <= 1; follows++)
        for (size_t i = 0; i < entity->field_count; i++) {
            const model_field *field = &entity->fields[i];
            if ((field->survive_with != NULL) == follows)
                PB_TRY(follows ? choose_follower(g, field, err) : choose_leader(g, field, err));
        }
    for (size_t i = 0; i < entity->field_count; i++) {
        drop_own_links(g, &entity->fields[i]);
        note_change(g, &entity->fields[i]);
    }
    return PB_OK;
}
