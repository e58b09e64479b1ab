/* Lists as statements: the parts that pages, walks and counts put together. */
#include "list.h"

#include "read.h"

void list_put_value(list_draft *d, pb_value value)
{
    pb_buf_byte(&d->sql, '?');
    d->failed = d->failed || !PB_PUSH(d->arena, d->values, d->count, d->capacity, value);
}

static void put_bound(list_draft *d, const char *before, int64_t us)
{
    if (us == 0)
        return;
    pb_buf_addc(&d->sql, before);
    list_put_value(d, PB_VALUE_INT(us));
}

void list_put_test(list_draft *d, const char *before, pb_str sql, const pb_value *values,
                   size_t count)
{
    if (sql.ptr == NULL)
        return;
    pb_buf_printf(&d->sql, "%s(%.*s)", before, PB_STR_FMT(sql));
    for (size_t i = 0; i < count; i++)
        d->failed = d->failed || !PB_PUSH(d->arena, d->values, d->count, d->capacity, values[i]);
}

void list_put_table(list_draft *d, db_session *session, const list_query *query, size_t by)
{
    const record_list_asked *asked = query->asked;
    pb_buf_printf(&d->sql, " FROM t_%.*s AS r", PB_STR_FMT(asked->entity->name));
    if (by != LIST_BY_ENGINE)
        db_lists_by(session, asked->entity, by, &d->sql);
    pb_buf_printf(&d->sql, " WHERE r.deleted = %d", asked->deleted);
}

void list_put_tests(list_draft *d, const list_query *query)
{
    const record_list_asked *asked = query->asked;
    put_bound(d, " AND r.created_us >= ", asked->created_from_us);
    put_bound(d, " AND r.created_us < ", asked->created_until_us);
    put_bound(d, " AND r.changed_us >= ", asked->changed_from_us);
    put_bound(d, " AND r.changed_us < ", asked->changed_until_us);
    list_put_test(d, " AND ", query->filter.sql, query->filter.values, query->filter.count);
    list_put_test(d, " AND ", query->access.sql, query->access.values, query->access.count);
    for (size_t i = 0; query->access.only != NULL && i < asked->entity->field_count; i++)
        if (query->used[i])
            list_put_test(d, " AND ", query->access.only[i].sql, query->access.only[i].values,
                          query->access.only[i].count);
}

void list_put_from(list_draft *d, const list_query *query)
{
    list_put_table(d, NULL, query, LIST_BY_ENGINE);
    list_put_tests(d, query);
}

static void put_column(list_draft *d, const list_key *key)
{
    pb_buf_printf(&d->sql, "r.\"%.*s\"", PB_STR_FMT(key->column));
}

static void put_part(list_draft *d, const list_key *key, stretch_part part, pb_value value)
{
    put_column(d, key);
    if (part == PART_ABSENT || (part == PART_SAME && value.kind == PB_NULL)) {
        pb_buf_addc(&d->sql, " IS NULL");
    } else if (part == PART_THERE) {
        pb_buf_addc(&d->sql, " IS NOT NULL");
    } else {
        pb_buf_addc(&d->sql, part == PART_SAME ? " = " : key->falling ? " < " : " > ");
        list_put_value(d, value);
    }
}

static bool rows_fall(const list_query *query)
{
    return query->key_count > 0 && query->keys[query->key_count - 1].falling;
}

void list_put_stretch(list_draft *d, const list_query *query, const stretch *s, const char *before)
{
    for (size_t i = 0; s != NULL && i < s->at; i++) {
        pb_buf_addc(&d->sql, before);
        put_part(d, &query->keys[i], PART_SAME, query->after[i]);
        before = " AND ";
    }
    if (s == NULL)
        return;
    pb_buf_addc(&d->sql, before);
    if (s->at < query->key_count) {
        put_part(d, &query->keys[s->at], s->part, query->after[s->at]);
    } else {
        pb_buf_addc(&d->sql, rows_fall(query) ? "r.n < " : "r.n > ");
        list_put_value(d, PB_VALUE_INT(query->after_n));
    }
}

void list_put_order(list_draft *d, const list_query *query, const stretch *s)
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

void list_put_skip(list_draft *d, const list_query *query)
{
    if (query->asked->skip > 0)
        pb_buf_printf(&d->sql, " OFFSET %lld", (long long)query->asked->skip);
}

size_t list_stretches(const list_query *query, stretch to[LIST_STRETCHES])
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

pb_status list_prepare(db_session *session, const list_draft *d, db_stmt **ret_stmt, pb_error *err)
{
    if (d->failed || d->sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&d->sql), ret_stmt, err));
    for (size_t i = 0; i < d->count; i++)
        db_bind_value(*ret_stmt, (int)i + 1, d->values[i]);
    return PB_OK;
}

static pb_status take_row(const list_query *query, db_stmt *stmt, pb_arena *arena, list_page *page,
                          pb_error *err)
{
    layout_head head;
    pb_value *cells = pb_arena_array(arena, query->lay->count + 1, sizeof *cells);
    if (cells == NULL)
        return pb_fail_memory(err);
    PB_TRY(layout_row(query->lay, stmt, arena, &head, cells, err));
    PB_TRY(read_record(query->lay, &head, cells, arena, &page->rows[page->count].record, err));
    page->count++;
    return PB_OK;
}

pb_status list_take_from(const list_query *query, db_stmt *stmt, pb_arena *arena, list_page *page,
                         pb_error *err)
{
    bool row = true;
    pb_status status = PB_OK;
    while (status == PB_OK && row) {
        status = db_step(stmt, &row, err);
        if (status == PB_OK && row && page->count < page->room)
            status = take_row(query, stmt, arena, page, err);
    }
    db_reset(stmt);
    return status;
}

pb_status list_take(db_session *session, const list_query *query, const list_draft *d,
                    pb_arena *arena, list_page *page, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(list_prepare(session, d, &stmt, err));
    return list_take_from(query, stmt, arena, page, err);
}

pb_status list_number(db_session *session, const list_draft *d, int64_t *ret_number, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    PB_TRY(list_prepare(session, d, &stmt, err));
    pb_status status = db_step(stmt, &row, err);
    if (status == PB_OK && row)
        *ret_number = db_column_i64(stmt, 0);
    db_reset(stmt);
    return status;
}
