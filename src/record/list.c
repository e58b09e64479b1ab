/* Lists: a page, read behind the last row of the page before.
 *
 * What stands behind a row (a, b, n) in an order is several stretches, each a range of an index:
 *
 *   a = A and b = B and n > N,   then   a = A and b > B,   then   a > A
 *
 * and where a value is absent, or the order falls, the absent ones are a stretch of their own. They
 * are read one after the other, in one snapshot, until the page is full; each in the order that is
 * left, so no engine needs to sort where there is an index.
 */
#include "list.h"

#include "db/workspace.h"
#include "read.h"

/* How a stretch stands to the value of one name of the order. */
typedef enum stretch_part {
    PART_FREE,
    PART_SAME,
    PART_BEHIND,
    PART_ABSENT,
    PART_THERE
} stretch_part;

/* The keys before `at` are the same as in the last row; key `at` (the row's number, when it is
 * key_count) is behind it. */
typedef struct stretch {
    size_t at;
    stretch_part part;
} stretch;

static void put_value(list_draft *d, pb_value value)
{
    pb_buf_byte(&d->sql, '?');
    d->failed = d->failed || !PB_PUSH(d->arena, d->values, d->count, d->capacity, value);
}

static void put_bound(list_draft *d, const char *before, int64_t us)
{
    if (us == 0)
        return;
    pb_buf_addc(&d->sql, before);
    put_value(d, PB_VALUE_INT(us));
}

static void put_condition(list_draft *d, pb_str sql, const pb_value *values, size_t count)
{
    if (sql.ptr == NULL)
        return;
    pb_buf_printf(&d->sql, " AND (%.*s)", PB_STR_FMT(sql));
    for (size_t i = 0; i < count; i++)
        d->failed = d->failed || !PB_PUSH(d->arena, d->values, d->count, d->capacity, values[i]);
}

void list_put_from(list_draft *d, const list_query *query)
{
    const record_list_asked *asked = query->asked;
    pb_buf_printf(&d->sql, " FROM t_%.*s AS r WHERE r.deleted = %d",
                  PB_STR_FMT(asked->entity->name), asked->deleted);
    put_bound(d, " AND r.created_us >= ", asked->created_from_us);
    put_bound(d, " AND r.created_us < ", asked->created_until_us);
    put_bound(d, " AND r.changed_us >= ", asked->changed_from_us);
    put_bound(d, " AND r.changed_us < ", asked->changed_until_us);
    put_condition(d, query->filter.sql, query->filter.values, query->filter.count);
    put_condition(d, query->access.sql, query->access.values, query->access.count);
    for (size_t i = 0; query->access.only != NULL && i < asked->entity->field_count; i++)
        if (query->used[i])
            put_condition(d, query->access.only[i].sql, query->access.only[i].values,
                          query->access.only[i].count);
}

static void put_column(list_draft *d, const list_key *key)
{
    pb_buf_printf(&d->sql, "r.\"%.*s\"", PB_STR_FMT(key->column));
}

static void put_part(list_draft *d, const list_key *key, stretch_part part, pb_value value)
{
    if (part == PART_FREE)
        return;
    pb_buf_addc(&d->sql, " AND ");
    put_column(d, key);
    if (part == PART_ABSENT || (part == PART_SAME && value.kind == PB_NULL)) {
        pb_buf_addc(&d->sql, " IS NULL");
    } else if (part == PART_THERE) {
        pb_buf_addc(&d->sql, " IS NOT NULL");
    } else {
        pb_buf_addc(&d->sql, part == PART_SAME ? " = " : key->falling ? " < " : " > ");
        put_value(d, value);
    }
}

static bool rows_fall(const list_query *query)
{
    return query->key_count > 0 && query->keys[query->key_count - 1].falling;
}

/* Keys that are the same in the whole stretch need no order. */
static void put_order(list_draft *d, const list_query *query, const stretch *s)
{
    pb_buf_addc(&d->sql, " ORDER BY ");
    for (size_t i = s == NULL ? 0 : s->at; i < query->key_count; i++) {
        const list_key *key = &query->keys[i];
        if (s != NULL && i == s->at && s->part == PART_ABSENT)
            continue;
        put_column(d, key);
        pb_buf_addc(&d->sql, key->falling ? " DESC" : " ASC");
        if (!key->filled)
            pb_buf_addc(&d->sql, key->falling ? " NULLS LAST" : " NULLS FIRST");
        pb_buf_addc(&d->sql, ", ");
    }
    pb_buf_addc(&d->sql, rows_fall(query) ? "r.n DESC" : "r.n ASC");
}

/* `s` NULL: from the beginning. */
static void put_page(list_draft *d, const list_query *query, const stretch *s, int64_t limit)
{
    pb_buf_addc(&d->sql, "SELECT ");
    layout_qualified(query->lay, &d->sql);
    list_put_from(d, query);
    for (size_t i = 0; s != NULL && i < s->at; i++)
        put_part(d, &query->keys[i], PART_SAME, query->after[i]);
    if (s != NULL && s->at < query->key_count) {
        put_part(d, &query->keys[s->at], s->part, query->after[s->at]);
    } else if (s != NULL) {
        pb_buf_addc(&d->sql, rows_fall(query) ? " AND r.n < " : " AND r.n > ");
        put_value(d, PB_VALUE_INT(query->after_n));
    }
    put_order(d, query, s);
    /* Written, not bound: planners that know the limit walk the index of the order. */
    pb_buf_printf(&d->sql, " LIMIT %lld", (long long)limit);
    if (query->asked->skip > 0)
        pb_buf_printf(&d->sql, " OFFSET %lld", (long long)query->asked->skip);
}

pb_status list_prepare(db_session *session, list_draft *d, db_stmt **ret_stmt, pb_error *err)
{
    if (d->failed || d->sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&d->sql), ret_stmt, err));
    for (size_t i = 0; i < d->count; i++)
        db_bind_value(*ret_stmt, (int)i + 1, d->values[i]);
    return PB_OK;
}

/* ---- a page ---- */

typedef struct page {
    record_list_row *rows; /* one more than the page holds: is there a next one? */
    size_t count, room;
} page;

static pb_status take_row(const list_query *query, db_stmt *stmt, pb_arena *arena, page *p,
                          pb_error *err)
{
    layout_head head;
    record_list_row *row = &p->rows[p->count];
    pb_value *cells = pb_arena_array(arena, query->lay->count + 1, sizeof *cells);
    if (cells == NULL)
        return pb_fail_memory(err);
    PB_TRY(layout_row(query->lay, stmt, arena, &head, cells, err));
    PB_TRY(read_record(query->lay, &head, cells, arena, &row->record, err));
    p->count++;
    return PB_OK;
}

static pb_status read_stretch(db_session *session, const list_query *query, const stretch *s,
                              pb_arena *arena, page *p, pb_error *err)
{
    list_draft d = {.arena = arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    db_stmt *stmt = NULL;
    put_page(&d, query, s, (int64_t)(p->room - p->count));
    pb_status status = list_prepare(session, &d, &stmt, err);
    bool row = status == PB_OK;
    while (status == PB_OK && row) {
        status = db_step(stmt, &row, err);
        if (status == PB_OK && row && p->count < p->room)
            status = take_row(query, stmt, arena, p, err);
    }
    if (stmt != NULL)
        db_reset(stmt);
    pb_buf_free(&d.sql);
    return status;
}

/* The stretches behind the last row, nearest first; room for two a key and one. */
static size_t stretches_behind(const list_query *query, stretch to[2 * RECORD_LIST_SORTS + 1])
{
    size_t count = 0;
    to[count++] = (stretch){query->key_count, PART_FREE};
    for (size_t i = query->key_count; i-- > 0;) {
        const list_key *key = &query->keys[i];
        bool absent = query->after[i].kind == PB_NULL;
        if (!absent)
            to[count++] = (stretch){i, PART_BEHIND};
        if (!key->falling && absent)
            to[count++] = (stretch){i, PART_THERE};
        if (key->falling && !absent && !key->filled)
            to[count++] = (stretch){i, PART_ABSENT};
    }
    return count;
}

static pb_status read_rows(db_session *session, const list_query *query, pb_arena *arena, page *p,
                           pb_error *err)
{
    stretch stretches[2 * RECORD_LIST_SORTS + 1];
    p->room = (size_t)query->limit + 1;
    p->rows = pb_arena_array(arena, p->room, sizeof *p->rows);
    if (p->rows == NULL)
        return pb_fail_memory(err);
    if (!query->continued)
        return read_stretch(session, query, NULL, arena, p, err);
    size_t count = stretches_behind(query, stretches);
    for (size_t i = 0; i < count && p->count < p->room; i++)
        PB_TRY(read_stretch(session, query, &stretches[i], arena, p, err));
    return PB_OK;
}

/* ---- the total ---- */

static pb_status read_total(db_session *session, const list_query *query, pb_arena *arena,
                            record_list_page *ret_page, pb_error *err)
{
    list_draft d = {.arena = arena, .sql = PB_BUF_INIT(LIST_SQL_MAX)};
    db_stmt *stmt = NULL;
    bool row = false;
    int64_t most = query->asked->total_most > 0 ? query->asked->total_most : RECORD_LIST_TOTAL;
    pb_buf_addc(&d.sql, "SELECT COUNT(*) FROM (SELECT 1 AS one");
    list_put_from(&d, query);
    pb_buf_printf(&d.sql, " LIMIT %lld) AS counted", (long long)most);
    pb_status status = list_prepare(session, &d, &stmt, err);
    if (status == PB_OK)
        status = db_step(stmt, &row, err);
    if (status == PB_OK && row)
        ret_page->total = db_column_i64(stmt, 0);
    ret_page->total_capped = ret_page->total == most;
    if (stmt != NULL)
        db_reset(stmt);
    pb_buf_free(&d.sql);
    return status;
}

pb_status record_list_read(db_session *session, const record_list_asked *asked, pb_arena *arena,
                           record_list_page *ret_page, pb_error *err)
{
    list_query *query = pb_arena_alloc(arena, sizeof *query);
    page p = {0};
    if (query == NULL)
        return pb_fail_memory(err);
    PB_TRY(list_understand(asked, arena, query, err));
    PB_TRY(list_cursor_read(session, query, arena, err));
    PB_TRY(read_rows(session, query, arena, &p, err));
    record_list_page found = {.rows = p.rows,
                              .count = p.count,
                              .fields = query->fields,
                              .field_count = query->field_count,
                              .expands = query->expands,
                              .expand_count = query->expand_count,
                              .total = -1};
    if (p.count == p.room) {
        found.count = p.count - 1;
        PB_TRY(list_cursor_make(session, query, &p.rows[found.count - 1].record, arena, &found.next,
                                err));
    }
    PB_TRY(list_expand(session, query, p.rows, found.count, arena, err));
    if (asked->total)
        PB_TRY(read_total(session, query, arena, &found, err));
    *ret_page = found;
    return PB_OK;
}
