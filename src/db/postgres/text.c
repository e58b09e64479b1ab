/* SQL of the program as PostgreSQL reads it. The common subset needs nothing but its parameters
 * renamed; what does not come from the program is translated in foreign.c. */
#include "postgres.h"

int db_pg_place(pg_places *places, pb_str text)
{
    int64_t number = 0;
    if (text.ptr[0] == ':') {
        pb_str name = pb_str_sub(text, 1, text.len);
        for (int i = 0; i < places->count; i++)
            if (places->names[i] != NULL && pb_str_is(name, places->names[i]))
                return i + 1;
        const char *copy = pb_arena_cstr(places->arena, name);
        if (copy == NULL || places->count >= PG_PARAMETERS)
            return 0;
        places->names[places->count++] = copy;
        return places->count;
    }
    if (text.len == 1)
        number = places->count + 1;
    else if (!pb_str_to_i64(pb_str_sub(text, 1, text.len), &number))
        return 0;
    if (number < 1 || number > PG_PARAMETERS)
        return 0;
    if (number > places->count)
        places->count = (int)number;
    return (int)number;
}

int db_pg_place_at(const db_reader *reader)
{
    int64_t number = 0;
    bool good = reader->more && reader->token.kind == DB_TOKEN_WORD &&
                reader->token.text.ptr[0] == '$' &&
                pb_str_to_i64(pb_str_sub(reader->token.text, 1, reader->token.text.len), &number);
    return good && number >= 1 && number <= PG_PARAMETERS ? (int)number - 1 : -1;
}

pb_status db_pg_text(pb_str sql, pg_places *places, pb_buf *out, pb_error *err)
{
    db_token token;
    size_t at = 0;
    while (db_token_next(sql, &at, &token)) {
        if (token.apart && out->len > 0)
            pb_buf_byte(out, ' ');
        if (token.kind != DB_TOKEN_PLACE) {
            pb_buf_add(out, token.text);
            continue;
        }
        int number = db_pg_place(places, token.text);
        if (number == 0)
            return pb_fail(err, PB_LIMIT, PB_MSG("The SQL text has too many parameters."), NULL);
        pb_buf_printf(out, "$%d", number);
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}

static unsigned db_pg_table_number(const db_layout *layout, pb_str name)
{
    enum { LAST = 63 };
    for (size_t i = 0; i < layout->table_count; i++)
        if (pb_str_eq(layout->tables[i].name, name))
            return i < LAST ? (unsigned)i : LAST;
    return LAST;
}

uint64_t db_pg_touches(const db_layout *layout, pb_str sql)
{
    uint64_t tables = 0;
    db_token token;
    size_t at = 0;
    while (db_token_next(sql, &at, &token)) {
        if (token.kind != DB_TOKEN_WORD && token.kind != DB_TOKEN_QUOTED)
            continue;
        if (db_layout_view(layout, token.name) != NULL)
            return UINT64_MAX;
        if (db_layout_table(layout, token.name) != NULL)
            tables |= UINT64_C(1) << db_pg_table_number(layout, token.name);
    }
    return tables == 0 ? UINT64_MAX : tables;
}
