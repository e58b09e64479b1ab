/* Lists: a page, read behind the last row of the page before.
 *
 * What stands behind a row (a, b, n) in an order is several stretches, each a range of an index:
 *
 *   a = A and b = B and n > N,   then   a = A and b > B,   then   a > A
 *
 * and where a value is absent, or the order falls, the absent ones are a stretch of their own. They
 * are read one after the other, in one snapshot, until the page is full; each in the order that is
 * left, so no engine needs to sort where there is an index. An engine that does not count its rows
 * is told the way (list_steer.c).
 */
#include "list.h"

#include "db/workspace.h"

static pb_status read_stretch(db_session *session, const list_query *query, const stretch *s,
                              pb_arena *arena, list_page *page, pb_error *err)
{
    list_draft d = {.arena = arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    pb_buf_addc(&d.sql, "SELECT ");
    pb_buf_add(&d.sql, query->lay->qualified);
    list_put_from(&d, query);
    list_put_stretch(&d, query, s, " AND ");
    list_put_order(&d, query, s);
    /* Written, not bound: planners that know the limit walk the index of the order. */
    pb_buf_printf(&d.sql, " LIMIT %zu", page->room - page->count);
    list_put_skip(&d, query);
    pb_status status = list_take(session, query, &d, arena, page, err);
    pb_buf_free(&d.sql);
    return status;
}

pb_status list_by_engine(db_session *session, const list_query *query, pb_arena *arena,
                         list_page *page, pb_error *err)
{
    stretch stretches[LIST_STRETCHES];
    if (!query->continued)
        return read_stretch(session, query, NULL, arena, page, err);
    size_t count = list_stretches(query, stretches);
    for (size_t i = 0; i < count && page->count < page->room; i++)
        PB_TRY(read_stretch(session, query, &stretches[i], arena, page, err));
    return PB_OK;
}

static pb_status count_by_engine(db_session *session, const list_query *query, pb_arena *arena,
                                 int64_t *ret_total, bool *ret_capped, pb_error *err)
{
    list_draft d = {.arena = arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    int64_t most = query->asked->total_most > 0 ? query->asked->total_most : RECORD_LIST_TOTAL;
    pb_buf_addc(&d.sql, "SELECT COUNT(*) FROM (SELECT 1 AS one");
    list_put_from(&d, query);
    pb_buf_printf(&d.sql, " LIMIT %lld) AS counted", (long long)most);
    pb_status status = list_number(session, &d, ret_total, err);
    *ret_capped = status == PB_OK && *ret_total == most;
    pb_buf_free(&d.sql);
    return status;
}

static pb_status read_rows(db_session *session, const list_query *query, pb_arena *arena,
                           list_page *page, record_list_page *ret_page, pb_error *err)
{
    list_plan plan;
    list_found found = {SIZE_MAX};
    page->room = (size_t)query->limit + 1;
    page->rows = pb_arena_array(arena, page->room, sizeof *page->rows);
    if (page->rows == NULL)
        return pb_fail_memory(err);
    PB_TRY(list_plan_make(session, query, &plan, err));
    if (plan.steered)
        PB_TRY(list_steer(session, query, &plan, arena, page, &found, err));
    else
        PB_TRY(list_by_engine(session, query, arena, page, err));
    if (!query->asked->total)
        return PB_OK;
    if (plan.steered && list_counts(query, &plan, &found))
        return list_count(session, query, &plan, page, &found, arena, &ret_page->total,
                          &ret_page->total_capped, err);
    return count_by_engine(session, query, arena, &ret_page->total, &ret_page->total_capped, err);
}

pb_status record_list_read(db_session *session, const record_list_asked *asked, pb_arena *arena,
                           record_list_page *ret_page, pb_error *err)
{
    list_query *query = pb_arena_alloc(arena, sizeof *query);
    list_page p = {0};
    record_list_page found = {.total = -1};
    if (query == NULL)
        return pb_fail_memory(err);
    PB_TRY(list_understand(asked, arena, query, err));
    PB_TRY(list_cursor_read(session, query, arena, err));
    PB_TRY(read_rows(session, query, arena, &p, &found, err));
    found.rows = p.rows;
    found.count = p.count;
    found.fields = query->fields;
    found.field_count = query->field_count;
    found.expands = query->expands;
    found.expand_count = query->expand_count;
    if (p.count == p.room) {
        found.count = p.count - 1;
        PB_TRY(list_cursor_make(session, query, &p.rows[found.count - 1].record, arena, &found.next,
                                err));
    }
    PB_TRY(list_expand(session, query, p.rows, found.count, arena, err));
    *ret_page = found;
    return PB_OK;
}
