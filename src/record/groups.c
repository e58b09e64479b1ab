/* Groups: counted by the engine, the largest kept, the rest added up; then what fields come to, one
 * after the other, each found again by the values that its group has in common.
 */
#include <stdlib.h>
#include <string.h>

#include "groups.h"

#include "base/map.h"

/* Sums are taken of both parts of a number, so that no engine overflows before we can tell. */
#define PART 1000000

typedef struct grouping {
    groups_query query;
    record_groups groups;
    pb_arena *arena;
    size_t room;
    pb_map *places; /* of the values in common: number of the group */
    pb_buf name;    /* of the row in hand */
} grouping;

/* ---- the values in common, as a name ---- */

static void put_name(pb_buf *out, pb_value value)
{
    pb_buf_byte(out, (char)('0' + value.kind));
    if (value.kind == PB_INT)
        pb_buf_printf(out, "%lld;", (long long)value.as.i);
    if (value.kind == PB_TEXT || value.kind == PB_BLOB) {
        pb_buf_printf(out, "%zu:", value.as.s.len);
        pb_buf_add(out, value.as.s);
    }
}

static pb_status name_row(grouping *g, db_stmt *stmt, pb_error *err)
{
    pb_buf_clear(&g->name);
    for (size_t i = 0; i < g->groups.by_count; i++)
        put_name(&g->name, db_column_value(stmt, (int)i));
    return g->name.failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status ask(db_session *session, list_draft *d, db_row_each each, void *context,
                     pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(list_prepare(session, d, &stmt, err));
    return db_each(stmt, each, context, err);
}

/* ---- how many ---- */

static void put_keys(list_draft *d, const grouping *g)
{
    pb_buf_addc(&d->sql, "SELECT ");
    for (size_t i = 0; i < g->groups.by_count; i++) {
        groups_put_key(&d->sql, &g->query, i);
        pb_buf_addc(&d->sql, ", ");
    }
}

static void put_numbers(list_draft *d, size_t count, const char *between)
{
    for (size_t i = 1; i <= count; i++)
        pb_buf_printf(&d->sql, "%s%zu", i > 1 ? between : "", i);
}

static pb_status keep_group(grouping *g, db_stmt *stmt, uint64_t count, pb_error *err)
{
    record_group group = {.count = count};
    for (size_t i = 0; i < g->groups.by_count; i++)
        PB_TRY(groups_take_key(&g->query, i, db_column_value(stmt, (int)i), g->arena,
                               &group.keys[i], err));
    group.sums = pb_arena_array(g->arena, g->groups.field_count + 1, sizeof *group.sums);
    PB_TRY(name_row(g, stmt, err));
    uint64_t *place = pb_map_put(g->places, pb_buf_str(&g->name), NULL);
    if (group.sums == NULL || place == NULL)
        return pb_fail_memory(err);
    *place = g->groups.count;
    return PB_PUSH(g->arena, g->groups.groups, g->groups.count, g->room, group)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status take_group(void *context, db_stmt *stmt, pb_error *err)
{
    grouping *g = context;
    uint64_t count = (uint64_t)db_column_i64(stmt, (int)g->groups.by_count);
    g->groups.total += count;
    if (g->groups.count < RECORD_GROUPS_MOST)
        return keep_group(g, stmt, count, err);
    g->groups.others.count += count;
    g->groups.other_groups++;
    return PB_OK;
}

/* The largest first; of one size always the same ones. */
static void put_counting(list_draft *d, const grouping *g)
{
    size_t keys = g->groups.by_count;
    put_keys(d, g);
    pb_buf_addc(&d->sql, "COUNT(*)");
    list_put_from(d, &g->query.query);
    pb_buf_addc(&d->sql, " GROUP BY ");
    put_numbers(d, keys, ", ");
    pb_buf_printf(&d->sql, " ORDER BY %zu DESC, ", keys + 1);
    put_numbers(d, keys, " NULLS FIRST, ");
    pb_buf_addc(&d->sql, " NULLS FIRST");
}

static pb_status count_groups(db_session *session, grouping *g, pb_error *err)
{
    list_draft d = {.arena = g->arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    put_counting(&d, g);
    pb_status status = ask(session, &d, take_group, g, err);
    pb_buf_free(&d.sql);
    return status;
}

/* ---- what a field comes to ---- */

typedef struct adding {
    grouping *g;
    const model_field *field;
    size_t which;
} adding;

static bool is_money(const adding *a)
{
    return a->field->type == MODEL_MONEY;
}

static bool is_whole(const adding *a)
{
    return a->field->type == MODEL_INTEGER || a->field->type == MODEL_MONEY;
}

/* keys…[, currency], COUNT, MIN, MAX, sum (of whole numbers in two parts; of dates none) */
static void put_adding(list_draft *d, const adding *a)
{
    const grouping *g = a->g;
    const layout *lay = g->query.query.lay;
    const layout_column *columns = &lay->columns[lay->first[a->field->index]];
    char name[200];
    size_t keys = g->groups.by_count + is_money(a);
    (void)snprintf(name, sizeof name, "r.\"%.*s\"", PB_STR_FMT(columns[0].name));
    put_keys(d, g);
    if (is_money(a))
        pb_buf_printf(&d->sql, "r.\"%.*s\", ", PB_STR_FMT(columns[1].name));
    pb_buf_printf(&d->sql, "COUNT(%s), MIN(%s), MAX(%s)", name, name, name);
    if (is_whole(a))
        pb_buf_printf(&d->sql, ", CAST(SUM(%s / %d) AS BIGINT), CAST(SUM(%s %% %d) AS BIGINT)",
                      name, PART, name, PART);
    else if (a->field->type == MODEL_DECIMAL)
        pb_buf_printf(&d->sql, ", SUM(%s)", name);
    list_put_from(d, &g->query.query);
    pb_buf_printf(&d->sql, " AND %s IS NOT NULL GROUP BY ", name);
    put_numbers(d, keys, ", ");
}

static pb_status fail_sum(const model_field *field, pb_error *err)
{
    pb_fail(err, PB_LIMIT, PB_MSG("The sum of “{name}” is larger than can be told."), "name",
            PB_ARG(field->name), NULL);
    pb_error_hint(err, PB_MSG("Choose fewer records by a filter."), NULL);
    return PB_LIMIT;
}

static pb_status take_sum(const adding *a, db_stmt *stmt, int at, record_group_sum *sum,
                          pb_error *err)
{
    int64_t whole = 0;
    sum->count = (uint64_t)db_column_i64(stmt, at);
    if (a->field->type == MODEL_DECIMAL) {
        sum->real_least = db_column_value(stmt, at + 1).as.r;
        sum->real_most = db_column_value(stmt, at + 2).as.r;
        sum->real_sum = db_column_value(stmt, at + 3).as.r;
        return PB_OK;
    }
    sum->least = db_column_i64(stmt, at + 1);
    sum->most = db_column_i64(stmt, at + 2);
    if (is_whole(a) &&
        (__builtin_mul_overflow(db_column_i64(stmt, at + 3), (int64_t)PART, &whole) ||
         __builtin_add_overflow(whole, db_column_i64(stmt, at + 4), &sum->sum)))
        return fail_sum(a->field, err);
    return PB_OK;
}

/* Of the same currency, where there is one. */
static record_group_sum *place_in(record_group_sums *sums, pb_str currency, pb_arena *arena)
{
    for (size_t i = 0; i < sums->count; i++)
        if (pb_str_eq(sums->items[i].currency, currency))
            return &sums->items[i];
    record_group_sum *items = pb_arena_array(arena, sums->count + 1, sizeof *items);
    if (items == NULL)
        return NULL;
    if (sums->count > 0)
        memcpy(items, sums->items, sums->count * sizeof *items);
    sums->items = items;
    items[sums->count] = (record_group_sum){.currency = PB_STR_NONE};
    if (currency.ptr != NULL) {
        items[sums->count].currency = pb_arena_str(arena, currency);
        if (items[sums->count].currency.ptr == NULL)
            return NULL;
    }
    return &items[sums->count++];
}

static pb_status add(const adding *a, record_group_sum *to, const record_group_sum *sum,
                     pb_error *err)
{
    bool first = to->count == 0;
    to->count += sum->count;
    if (__builtin_add_overflow(to->sum, sum->sum, &to->sum))
        return fail_sum(a->field, err);
    to->least = first || sum->least < to->least ? sum->least : to->least;
    to->most = first || sum->most > to->most ? sum->most : to->most;
    to->real_sum += sum->real_sum;
    to->real_least = first || sum->real_least < to->real_least ? sum->real_least : to->real_least;
    to->real_most = first || sum->real_most > to->real_most ? sum->real_most : to->real_most;
    return PB_OK;
}

static pb_status take_row(void *context, db_stmt *stmt, pb_error *err)
{
    const adding *a = context;
    grouping *g = a->g;
    int at = (int)g->groups.by_count;
    pb_str currency = PB_STR_NONE;
    record_group_sum sum = {.count = 0};
    if (is_money(a) && !db_column_is_null(stmt, at))
        currency = db_column_text(stmt, at);
    PB_TRY(take_sum(a, stmt, at + is_money(a), &sum, err));
    PB_TRY(name_row(g, stmt, err));
    const uint64_t *place = pb_map_get(g->places, pb_buf_str(&g->name));
    record_group *group = place == NULL ? &g->groups.others : &g->groups.groups[*place];
    record_group_sum *to = place_in(&group->sums[a->which], currency, g->arena);
    return to == NULL ? pb_fail_memory(err) : add(a, to, &sum, err);
}

static pb_status add_field(db_session *session, adding *a, pb_error *err)
{
    list_draft d = {.arena = a->g->arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    put_adding(&d, a);
    pb_status status = ask(session, &d, take_row, a, err);
    pb_buf_free(&d.sql);
    return status;
}

/* ---- in order ---- */

static int by_currency(const void *a, const void *b)
{
    return pb_str_cmp(((const record_group_sum *)a)->currency,
                      ((const record_group_sum *)b)->currency);
}

static void sort_sums(const record_groups *groups, record_group *group)
{
    for (size_t i = 0; i < groups->field_count; i++)
        if (group->sums[i].count > 1)
            qsort(group->sums[i].items, group->sums[i].count, sizeof *group->sums[i].items,
                  by_currency);
}

typedef struct placed {
    record_group group;
    const record_groups *groups;
} placed;

static int in_order(const void *a, const void *b)
{
    const placed *one = a, *other = b;
    return groups_compare(one->groups, &one->group, &other->group);
}

static pb_status sort_groups(record_groups *groups, pb_arena *arena, pb_error *err)
{
    placed *all = pb_arena_array(arena, groups->count + 1, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < groups->count; i++)
        all[i] = (placed){groups->groups[i], groups};
    if (groups->count > 1)
        qsort(all, groups->count, sizeof *all, in_order);
    for (size_t i = 0; i < groups->count; i++)
        groups->groups[i] = all[i].group;
    return PB_OK;
}

static pb_status finish(grouping *g, pb_error *err)
{
    record_groups *groups = &g->groups;
    PB_TRY(sort_groups(groups, g->arena, err));
    for (size_t i = 0; i < groups->count; i++) {
        sort_sums(groups, &groups->groups[i]);
        PB_TRY(groups_put_filter(&g->query, &groups->groups[i], g->arena, err));
    }
    sort_sums(groups, &groups->others);
    return PB_OK;
}

pb_status record_groups_read(db_session *session, const record_groups_asked *asked, pb_arena *arena,
                             record_groups *ret_groups, pb_error *err)
{
    grouping *g = pb_arena_alloc(arena, sizeof *g);
    if (g == NULL)
        return pb_fail_memory(err);
    g->arena = arena;
    g->query.groups = &g->groups;
    PB_TRY(groups_understand(asked, arena, &g->query, err));
    g->places = pb_map_new(arena);
    g->groups.others.sums =
        pb_arena_array(arena, g->groups.field_count + 1, sizeof *g->groups.others.sums);
    if (g->places == NULL || g->groups.others.sums == NULL)
        return pb_fail_memory(err);
    g->name = (pb_buf)PB_BUF_INIT(LIST_SQL_MAX);
    pb_status status = count_groups(session, g, err);
    for (size_t i = 0; status == PB_OK && i < g->groups.field_count; i++) {
        adding a = {g, g->groups.fields[i], i};
        status = add_field(session, &a, err);
    }
    pb_buf_free(&g->name);
    PB_TRY(status);
    PB_TRY(finish(g, err));
    *ret_groups = g->groups;
    return PB_OK;
}
