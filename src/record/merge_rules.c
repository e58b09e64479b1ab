/* Which of two values is the better one, by the rule that the model declares for the field. */
#include <string.h>

#include "base/utf8.h"
#include "merge_internal.h"

static pb_value value_of(const merge_group *g, const merge_side *side, const model_field *field)
{
    return side->cells[g->p->lay->first[field->index]];
}

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* --- texts --- */

/* `A` and `A.` are initials; one Han character is a word. */
static bool is_initial(pb_str word)
{
    if (word.len > 0 && word.ptr[word.len - 1] == '.')
        word.len--;
    return word.len < 3 && pb_utf8_count(word) < 2;
}

/* Words written out: an initial says less than a name. */
static int64_t words_of(pb_str text)
{
    int64_t words = 0;
    pb_str rest = text, word;
    while (pb_str_split(&rest, ' ', &word))
        words += !is_initial(word);
    return words;
}

static int by_length(pb_value a, pb_value b)
{
    return a.kind == PB_TEXT && b.kind == PB_TEXT
               ? order_of((int64_t)pb_utf8_count(a.as.s), (int64_t)pb_utf8_count(b.as.s))
               : 0;
}

static int by_completeness(pb_value a, pb_value b)
{
    int order =
        a.kind == PB_TEXT && b.kind == PB_TEXT ? order_of(words_of(a.as.s), words_of(b.as.s)) : 0;
    return order != 0 ? order : by_length(a, b);
}

/* --- numbers and choices --- */

static int by_size(pb_value a, pb_value b)
{
    if (a.kind == PB_REAL && b.kind == PB_REAL)
        return (a.as.r > b.as.r) - (a.as.r < b.as.r);
    return a.kind == PB_INT && b.kind == PB_INT ? order_of(a.as.i, b.as.i) : 0;
}

static int64_t place_of_choice(const model_field *field, pb_value value)
{
    for (size_t i = 0; value.kind == PB_TEXT && i < field->choice_count; i++)
        if (pb_str_eq(field->choices[i].value, value.as.s))
            return (int64_t)i;
    return INT64_MAX;
}

/* The day that a follower of a consent says, by its role; INT64_MIN: none. */
static int64_t day_with(const merge_group *g, const merge_side *side, const model_field *field,
                        const char *role)
{
    const model_field *day = model_field_role(g->p->entity, role);
    if (day == NULL || day->survive_with != field)
        return INT64_MIN;
    pb_value value = value_of(g, side, day);
    return value.kind == PB_INT ? value.as.i : INT64_MIN;
}

int merge_strictness(const merge_group *g, const merge_side *side, const model_field *field)
{
    pb_value value = value_of(g, side, field);
    if (field->type == MODEL_CHOICE)
        return value.kind != PB_NULL;
    if (pb_str_is(field->role, "do_not_contact"))
        return value.kind == PB_NULL ? 0 : value.as.i != 0 ? 2 : 1;
    int64_t withdrawn = day_with(g, side, field, "withdrawn_on");
    if (withdrawn != INT64_MIN && withdrawn >= day_with(g, side, field, "consented_on"))
        return 3;
    return value.kind == PB_NULL ? 0 : value.as.i == 0 ? 2 : 1;
}

static int by_strictness(const merge_group *g, const model_field *field, const merge_side *a,
                         const merge_side *b)
{
    int order = merge_strictness(g, a, field) - merge_strictness(g, b, field);
    if (order == 0 && field->type == MODEL_CHOICE)
        order = -order_of(place_of_choice(field, value_of(g, a, field)),
                          place_of_choice(field, value_of(g, b, field)));
    return order;
}

/* --- where and when a value comes from --- */

static pb_status by_time(merge_group *g, const model_field *field, merge_side *a, merge_side *b,
                         int *ret_order, pb_error *err)
{
    PB_TRY(merge_times(g, a, err));
    PB_TRY(merge_times(g, b, err));
    *ret_order = order_of(a->set_us[field->index], b->set_us[field->index]);
    return PB_OK;
}

static pb_status find_source(merge_group *g, merge_side *side, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    if (side->source_known || side->head.run == 0)
        return PB_OK;
    PB_TRY(db_prepare(g->writer->session,
                      "SELECT MIN(source) FROM t_source_file WHERE run = ?1 AND entity = ?2", &stmt,
                      err));
    db_bind_i64(stmt, 1, side->head.run);
    db_bind_text(stmt, 2, g->p->entity->name);
    PB_TRY(db_step(stmt, &row, err));
    pb_str name = row ? db_column_text(stmt, 0) : PB_STR_NONE;
    for (size_t i = name.len; i > 0; i--) /* without its folders */
        if (name.ptr[i - 1] == '/') {
            name = pb_str_sub(name, i, name.len);
            break;
        }
    if (name.ptr != NULL)
        side->source = pb_arena_str(g->arena, name);
    bool failed = name.ptr != NULL && side->source.ptr == NULL;
    db_reset(stmt);
    side->source_known = true;
    return failed ? pb_fail_memory(err) : PB_OK;
}

static int64_t rank_of(const merge_group *g, const merge_side *side)
{
    const model_strs *ranks = &g->p->entity->source_rank;
    for (size_t i = 0; i < ranks->count; i++) {
        pb_str rank = ranks->items[i];
        if (side->source.ptr == NULL
                ? pb_str_is(rank, "entered")
                : pb_str_eq_nocase(pb_str_sub(side->source, 0, rank.len), rank))
            return (int64_t)i;
    }
    return INT64_MAX;
}

static pb_status by_source(merge_group *g, merge_side *a, merge_side *b, int *ret_order,
                           pb_error *err)
{
    PB_TRY(find_source(g, a, err));
    PB_TRY(find_source(g, b, err));
    *ret_order = -order_of(rank_of(g, a), rank_of(g, b));
    return PB_OK;
}

/* --- what is known of a value --- */

static pb_status is_bad(merge_group *g, const model_field *field, const merge_side *side,
                        bool *ret_bad, pb_error *err)
{
    merge_notes notes;
    *ret_bad = false;
    PB_TRY(merge_notes_of(g->writer, g->p, side->head.n, field, g->arena, &notes, err));
    for (size_t i = 0; i < notes.count; i++)
        *ret_bad = *ret_bad || pb_str_is(notes.items[i].kind, "bad");
    return PB_OK;
}

/* False is no verification; of two dates the later one. */
static int64_t verified_at(const merge_group *g, const model_field *field, const merge_side *side)
{
    pb_value value = value_of(g, side, field->survive_verified);
    return value.kind != PB_INT ||
                   (field->survive_verified->type == MODEL_BOOLEAN && value.as.i == 0)
               ? INT64_MIN
               : value.as.i;
}

static int64_t agreeing(const merge_group *g, const model_field *field, const merge_side *side)
{
    int64_t count = 0;
    for (size_t i = 0; i < g->count; i++)
        count += merge_has(g, &g->sides[i], field) && merge_same(g, &g->sides[i], side, field);
    return count;
}

static pb_status by_verification(merge_group *g, const model_field *field, merge_side *a,
                                 merge_side *b, int *ret_order, const char **ret_why, pb_error *err)
{
    bool bad[2];
    *ret_why = "verified";
    *ret_order = field->survive_verified != NULL
                     ? order_of(verified_at(g, field, a), verified_at(g, field, b))
                     : 0;
    if (*ret_order != 0)
        return PB_OK;
    *ret_why = "valid";
    PB_TRY(is_bad(g, field, a, &bad[0], err));
    PB_TRY(is_bad(g, field, b, &bad[1], err));
    *ret_order = bad[1] - bad[0];
    if (*ret_order != 0)
        return PB_OK;
    *ret_why = "agreed";
    *ret_order = order_of(agreeing(g, field, a), agreeing(g, field, b));
    return PB_OK;
}

/* --- all rules --- */

static pb_status by_rule(merge_group *g, const model_field *field, merge_side *a, merge_side *b,
                         int *ret_order, const char **ret_why, pb_error *err)
{
    pb_value x = value_of(g, a, field), y = value_of(g, b, field);
    *ret_order = 0;
    switch (field->survive) {
    case MODEL_SURVIVE_MOST_COMPLETE:
        *ret_why = "most_complete";
        *ret_order = by_completeness(x, y);
        return PB_OK;
    case MODEL_SURVIVE_LONGEST:
        *ret_why = "longest";
        *ret_order = by_length(x, y);
        return PB_OK;
    case MODEL_SURVIVE_VERIFIED_FIRST:
        return by_verification(g, field, a, b, ret_order, ret_why, err);
    case MODEL_SURVIVE_SOURCE_RANK:
        *ret_why = "source_rank";
        return by_source(g, a, b, ret_order, err);
    case MODEL_SURVIVE_STRICTEST:
        *ret_why = "strictest";
        *ret_order = by_strictness(g, field, a, b);
        return PB_OK;
    case MODEL_SURVIVE_EARLIEST:
        *ret_why = "earliest";
        *ret_order = -by_size(x, y);
        return PB_OK;
    case MODEL_SURVIVE_LATEST:
        *ret_why = "latest";
        *ret_order = by_size(x, y);
        return PB_OK;
    case MODEL_SURVIVE_UNION:
        *ret_why = "union";
        *ret_order = (a == &g->sides[0]) - (b == &g->sides[0]);
        return PB_OK;
    case MODEL_SURVIVE_NEWEST:
        return PB_OK;
    }
    return PB_OK;
}

/* Where rule and time decide nothing, what the values are does: never the order of rows. */
static int by_content(const merge_group *g, const model_field *field, const merge_side *a,
                      const merge_side *b)
{
    pb_value x = value_of(g, a, field), y = value_of(g, b, field);
    if (x.kind != y.kind)
        return x.kind < y.kind ? -1 : 1;
    if (field->type == MODEL_LINK)
        return (a == &g->sides[0]) - (b == &g->sides[0]);
    return x.kind == PB_TEXT || x.kind == PB_BLOB ? -pb_str_cmp(x.as.s, y.as.s) : by_size(x, y);
}

pb_status merge_compare(merge_group *g, const model_field *field, merge_side *a, merge_side *b,
                        int *ret_order, const char **ret_why, pb_error *err)
{
    PB_TRY(by_rule(g, field, a, b, ret_order, ret_why, err));
    if (*ret_order != 0)
        return PB_OK;
    *ret_why = "newest";
    PB_TRY(by_time(g, field, a, b, ret_order, err));
    if (*ret_order != 0)
        return PB_OK;
    *ret_why = "even";
    *ret_order = by_content(g, field, a, b);
    return PB_OK;
}
