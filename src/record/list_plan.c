/* Lists: which indexes there are for one.
 *
 * The model declares them (`lists`): columns, then the row's number. One is walked when the columns
 * of the order are all it has behind columns of which one value passes; one is asked for its rows
 * when its first column is tested.
 */
#include "list.h"

typedef struct index_columns {
    pb_str names[8];
    size_t count;
} index_columns;

static pb_str column_of(const list_query *query, pb_str name)
{
    const model_field *field = model_field_find(query->asked->entity, name);
    if (field != NULL)
        return query->lay->columns[query->lay->first[field->index]].name;
    return pb_str_is(name, "created_at") ? PB_STR("created_us") : PB_STR("changed_us");
}

/* What has more columns than are looked at is nobody's way. */
static bool read_index(const list_query *query, size_t list, index_columns *ret)
{
    pb_str rest = query->asked->entity->lists.items[list], one;
    ret->count = 0;
    while (pb_str_split(&rest, '+', &one)) {
        if (ret->count == sizeof ret->names / sizeof *ret->names)
            return false;
        ret->names[ret->count++] = column_of(query, pb_str_trim(one));
    }
    return true;
}

static bool is_tested(const list_query *query, pb_str column, bool one)
{
    for (size_t i = 0; i < query->part_count; i++)
        if ((!one || query->parts[i].one) && pb_str_eq(query->parts[i].column, column))
            return true;
    return false;
}

void list_put_column_tests(list_draft *d, const list_query *query, pb_str column)
{
    for (size_t i = 0; i < query->part_count; i++) {
        const record_list_among *part = &query->parts[i];
        if (pb_str_eq(part->column, column))
            list_put_test(d, " AND ", part->sql, part->values, part->count);
    }
}

/* Whether an index stands in the order behind its first columns, of which one value passes. */
static bool stands_in_order(const list_query *query, const index_columns *index)
{
    if (index->count < query->key_count)
        return false;
    size_t before = index->count - query->key_count;
    for (size_t i = 0; i < before; i++)
        if (!is_tested(query, index->names[i], true))
            return false;
    for (size_t i = 0; i < query->key_count; i++)
        if (!pb_str_eq(index->names[before + i], query->keys[i].column) ||
            query->keys[i].falling != query->keys[0].falling)
            return false;
    return true;
}

static void take_walk(list_plan *plan, const list_query *query, const index_columns *index,
                      size_t list)
{
    size_t before = index->count - query->key_count;
    enum { ROOM = sizeof plan->prefix / sizeof *plan->prefix };
    if (before > ROOM || !stands_in_order(query, index) ||
        (plan->walks && plan->prefix_count >= before))
        return;
    plan->walks = true;
    plan->walk = list;
    plan->prefix_count = before;
    for (size_t i = 0; i < before; i++)
        plan->prefix[i] = index->names[i];
}

/* One index a column: those by one value stand first. */
static void take_way(list_plan *plan, const list_query *query, pb_str column, size_t list)
{
    bool one = is_tested(query, column, true);
    size_t at = plan->way_count;
    if (!is_tested(query, column, false) || plan->way_count == LIST_WAYS)
        return;
    for (size_t i = 0; i < plan->way_count; i++)
        if (pb_str_eq(plan->way_columns[i], column))
            return;
    for (; one && at > 0 && !is_tested(query, plan->way_columns[at - 1], true); at--) {
        plan->ways[at] = plan->ways[at - 1];
        plan->way_columns[at] = plan->way_columns[at - 1];
    }
    plan->ways[at] = list;
    plan->way_columns[at] = column;
    plan->way_count++;
    plan->ones += one;
}

bool list_in_prefix(const list_plan *plan, pb_str column)
{
    for (size_t i = 0; i < plan->prefix_count; i++)
        if (pb_str_eq(plan->prefix[i], column))
            return true;
    return false;
}

static bool prefix_says_all(const list_plan *plan, const list_query *query)
{
    for (size_t i = 0; i < query->part_count; i++)
        if (!list_in_prefix(plan, query->parts[i].column))
            return false;
    return query->parts_all;
}

static void take_ways(list_plan *plan, const list_query *query)
{
    index_columns index = {.count = 0};
    for (size_t i = 0; i < query->asked->entity->lists.count; i++)
        if (read_index(query, i, &index))
            take_way(plan, query, index.names[0], i);
}

pb_status list_plan_make(db_session *session, const list_query *query, list_plan *ret_plan,
                         pb_error *err)
{
    const record_list_asked *asked = query->asked;
    list_plan plan = {.steered = db_lists_steered(session) && !asked->deleted};
    index_columns index = {.count = 0};
    /* Ids are unique: one row, which the engine finds. */
    plan.steered = plan.steered && !is_tested(query, PB_STR("id"), false);
    if (plan.steered)
        PB_TRY(db_last_n(session, asked->entity, &plan.last_n, err));
    if (plan.steered && query->key_count == 0) {
        plan.walks = true;
        plan.walk = DB_BY_ROWS;
    }
    for (size_t i = 0; plan.steered && i < asked->entity->lists.count; i++) {
        if (read_index(query, i, &index) && index.count >= query->key_count)
            take_walk(&plan, query, &index, i);
    }
    if (plan.steered)
        take_ways(&plan, query);
    plan.plain = plan.walks && prefix_says_all(&plan, query);
    *ret_plan = plan;
    return PB_OK;
}
