/* Which parameters of a statement become values of columns that are sealed.
 *
 * Only two forms write values: INSERT INTO table (columns) VALUES (…), and UPDATE table SET column
 * = …. In both a sealed column takes a parameter or NULL, nothing that the server would have to
 * work out: anything else is refused when the statement is prepared, so nothing goes out readable
 * by mistake. What the server itself copies (INSERT … SELECT, a subquery) stays as it is.
 */
#include "postgres.h"

#include "../token.h"

enum { COLUMNS_MAX = 200 };

typedef struct reading {
    db_native *native;
    pb_str sql;
    size_t at;
    db_token token;
    bool more;
    const db_table *table;
    const db_column *columns[COLUMNS_MAX]; /* of an INSERT */
    int count;
} reading;

static void next(reading *r)
{
    r->more = db_token_next(r->sql, &r->at, &r->token);
}

static bool is_word(const reading *r, const char *word)
{
    return r->more && r->token.kind == DB_TOKEN_WORD &&
           pb_str_eq_nocase(r->token.name, pb_str_c(word));
}

static bool is_mark(const reading *r, char mark)
{
    return r->more && r->token.kind == DB_TOKEN_MARK && r->token.text.ptr[0] == mark;
}

static bool take_word(reading *r, const char *word)
{
    bool good = is_word(r, word);
    if (good)
        next(r);
    return good;
}

/* The number of the parameter at hand, from 0; -1: it is none. */
static int place(const reading *r)
{
    int64_t number = 0;
    bool good = r->more && r->token.text.len > 1 && r->token.text.ptr[0] == '$' &&
                pb_str_to_i64(pb_str_sub(r->token.text, 1, r->token.text.len), &number) &&
                number >= 1 && number <= r->native->parameter_count;
    return good ? (int)number - 1 : -1;
}

static pb_status refuse(const reading *r, const db_column *column, pb_error *err)
{
    return pb_fail(err, PB_INTERNAL,
                   PB_MSG("The column {column} of {table} is sealed: a statement may only give it "
                          "a parameter."),
                   "column", PB_ARG(column->name), "table", PB_ARG(r->table->name), NULL);
}

/* To the end of the value at hand; `*ret_parameter`: the parameter it consists of, else -1. */
static bool read_value(reading *r, int *ret_parameter)
{
    int tokens = 0, depth = 0;
    bool null = is_word(r, "null"), copies = false;
    *ret_parameter = place(r);
    while (r->more && (depth > 0 || (!is_mark(r, ',') && !is_mark(r, ')') && !is_word(r, "where") &&
                                     !is_word(r, "from") && !is_word(r, "returning")))) {
        depth += is_mark(r, '(') ? 1 : is_mark(r, ')') ? -1 : 0;
        tokens++;
        next(r);
        copies = copies || (tokens == 1 && is_word(r, "select"));
    }
    if (tokens != 1)
        *ret_parameter = -1;
    return copies || (tokens == 1 && (null || *ret_parameter >= 0));
}

static pb_status note(reading *r, const db_column *column, int parameter, bool plain, pb_error *err)
{
    if (column == NULL || column->secrecy == DB_OPEN)
        return PB_OK;
    if (!plain)
        return refuse(r, column, err);
    if (parameter >= 0)
        r->native->seals[parameter] = (pg_seal){
            .column = column, .entity = -1, .field = -1, .sealed = PB_BUF_INIT(512 << 20)};
    return PB_OK;
}

/* (value, …): notes know by two others of their row what they are about. */
static pb_status read_row(reading *r, pb_error *err)
{
    int entity = -1, field = -1, parameter = -1;
    pg_seal *as_field = NULL;
    for (int i = 0; i < r->count; i++) {
        next(r); /* the bracket, or the comma before */
        bool plain = read_value(r, &parameter);
        PB_TRY(note(r, r->columns[i], parameter, plain, err));
        if (r->columns[i] == NULL || parameter < 0)
            continue;
        if (pb_str_is(r->columns[i]->name, "entity"))
            entity = parameter;
        if (pb_str_is(r->columns[i]->name, "field"))
            field = parameter;
        if (r->columns[i]->secrecy == DB_SEALED_AS_FIELD)
            as_field = &r->native->seals[parameter];
    }
    if (as_field != NULL) {
        as_field->entity = entity;
        as_field->field = field;
    }
    next(r); /* the closing bracket */
    return PB_OK;
}

static pb_status read_insert(reading *r, pb_error *err)
{
    next(r); /* the bracket */
    while (r->more && !is_mark(r, ')') && r->count < COLUMNS_MAX) {
        if (!is_mark(r, ','))
            r->columns[r->count++] = db_layout_column(r->table, r->token.name);
        next(r);
    }
    next(r);
    if (!take_word(r, "values"))
        return PB_OK;
    while (is_mark(r, '(')) {
        PB_TRY(read_row(r, err));
        if (is_mark(r, ','))
            next(r);
    }
    return PB_OK;
}

static pb_status read_update(reading *r, pb_error *err)
{
    int parameter = -1;
    do {
        next(r); /* SET, or the comma before */
        const db_column *column = r->more ? db_layout_column(r->table, r->token.name) : NULL;
        next(r);
        next(r); /* = */
        bool plain = read_value(r, &parameter);
        PB_TRY(note(r, column, parameter, plain, err));
    } while (is_mark(r, ','));
    return PB_OK;
}

static bool has_sealed(const db_table *table)
{
    for (size_t i = 0; table != NULL && i < table->count; i++)
        if (table->columns[i].secrecy != DB_OPEN)
            return true;
    return false;
}

pb_status db_pg_find_seals(db_native *native, pb_error *err)
{
    reading r = {.native = native, .sql = pb_str_c(native->sql)};
    next(&r);
    bool insert = is_word(&r, "insert"), update = is_word(&r, "update");
    if (!insert && !update)
        return PB_OK;
    next(&r);
    if (insert)
        take_word(&r, "into");
    r.table = r.more ? db_layout_table(native->conn->layout, r.token.name) : NULL;
    if (!has_sealed(r.table))
        return PB_OK;
    native->seals =
        pb_arena_array(native->arena, (size_t)native->parameter_count + 1, sizeof *native->seals);
    if (native->seals == NULL)
        return pb_fail_memory(err);
    next(&r);
    return insert ? read_insert(&r, err) : read_update(&r, err);
}
