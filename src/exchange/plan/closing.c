/* The date on which a deal closes: for a deal that is over it is a fact, for an open one a plan.
 *
 * Many products keep both in one column, `Close Date`. Where the product is not known and the open
 * deals of a file have such a date, the stage of each row decides which of the two it is.
 */
#include "closing.h"

/* What a header says of a day that has been: then a date of an open deal is a fault to be found. */
static bool says_past(pb_str key)
{
    static const char *const words[] = {"closedon", "closeddate", "dateclosed", "actual", "won",
                                        "成交",     "实际",       "واقعی",      NULL};
    for (size_t w = 0; words[w] != NULL; w++)
        if (pb_str_find(key, pb_str_c(words[w])) < key.len)
            return true;
    return false;
}

static bool add_spelling(pb_map *roles, pb_arena *arena, pb_str spelling, const pb_str *role)
{
    pb_str key = names_key(arena, spelling);
    uint64_t *place = key.len == 0 ? NULL : pb_map_put(roles, key, NULL);
    if (place != NULL)
        *place = (uint64_t)(uintptr_t)role;
    return place != NULL || (key.ptr != NULL && key.len == 0);
}

bool closing_roles(pb_map *roles, pb_arena *arena, const model_field *choice)
{
    bool known = true;
    for (size_t i = 0; i < choice->choice_count; i++) {
        const model_choice *value = &choice->choices[i];
        known = known && add_spelling(roles, arena, value->value, &value->role);
        for (size_t a = 0; a < value->aliases.count; a++)
            known = known && add_spelling(roles, arena, value->aliases.items[a], &value->role);
    }
    return known;
}

pb_str closing_role(const pb_map *roles, pb_str cell)
{
    enum { WORD_MOST = 200 };
    PB_AUTO_BUF key = PB_BUF_INIT(4 * WORD_MOST);
    if (cell.len > WORD_MOST)
        return PB_STR("");
    model_header_key(cell, &key);
    const uint64_t *role = key.failed ? NULL : pb_map_get(roles, pb_buf_str(&key));
    return role == NULL ? PB_STR("") : *(const pb_str *)(uintptr_t)*role;
}

bool closing_is_over(pb_str role)
{
    return pb_str_is(role, "won") || pb_str_is(role, "lost");
}

static size_t column_of(const exchange_file *file, const model_field *field)
{
    for (size_t c = 0; field != NULL && c < file->column_count; c++)
        if (file->columns[c].field == field)
            return c;
    return SIZE_MAX;
}

/* Most open deals of the sample have a date in the column. */
static bool dates_of_open(const sample *s, size_t column, size_t stage, const pb_map *roles)
{
    size_t open = 0, dated = 0;
    for (size_t r = 0; r < s->rows; r++) {
        if (!pb_str_is(closing_role(roles, sample_cell(s, r, stage)), "open"))
            continue;
        open++;
        dated += sample_cell(s, r, column).len > 0;
    }
    return open > 0 && 2 * dated >= open;
}

pb_status closing_decide(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch,
                         pb_error *err)
{
    const model_field *over = model_field_role(file->entity, "closed_on");
    const model_field *expected = model_field_role(file->entity, "expected_close");
    size_t at = column_of(file, over);
    size_t stage = column_of(file, model_field_role(file->entity, "stage"));
    if (expected == NULL || at == SIZE_MAX || stage == SIZE_MAX ||
        file->columns[at].how != EXCHANGE_BY_NAME || column_of(file, expected) != SIZE_MAX)
        return PB_OK;
    exchange_column *column = &file->columns[at];
    pb_str key = names_key(scratch, column->header);
    pb_map *roles = pb_map_new(scratch);
    if (key.ptr == NULL || roles == NULL ||
        !closing_roles(roles, scratch, file->columns[stage].field))
        return pb_fail_memory(err);
    if (says_past(key) || !dates_of_open(s, at, stage, roles))
        return PB_OK;
    column->while_open = expected;
    /* What was assumed of the order of its dates is told there: then the stage tells this. */
    exchange_column *telling = column->note.ptr == NULL ? column : &file->columns[stage];
    if (column_note(telling, arena,
                    PB_MSG("“{other}” of a deal that is neither won nor lost is its {field}"),
                    "other", PB_ARG(column->header), "field", PB_ARG(expected->name),
                    NULL) != PB_OK)
        return pb_fail_memory(err);
    return PB_OK;
}
