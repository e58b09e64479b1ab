/* Which parameters of a statement become values of columns that are sealed.
 *
 * Only two forms write values: INSERT INTO table (columns) VALUES (…), and UPDATE table SET column
 * = …. In both a sealed column takes a parameter or NULL, nothing that the server would have to
 * work out: anything else is refused when the statement is prepared, so nothing goes out readable
 * by mistake. What the server itself copies (INSERT … SELECT, a subquery) stays as it is.
 */
#include "postgres.h"

enum { COLUMNS_MAX = 200 };

typedef struct reading {
    db_native *native;
    db_reader r;
    const db_table *table;
    const db_column *columns[COLUMNS_MAX]; /* of an INSERT */
    int count;
} reading;

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
    bool null = db_reader_at_word(&r->r, "null"), copies = false;
    *ret_parameter = db_pg_place_at(&r->r);
    while (r->r.more &&
           (depth > 0 || (!db_reader_at_mark(&r->r, ',') && !db_reader_at_mark(&r->r, ')') &&
                          !db_reader_at_word(&r->r, "where") && !db_reader_at_word(&r->r, "from") &&
                          !db_reader_at_word(&r->r, "returning")))) {
        depth += db_reader_at_mark(&r->r, '(') ? 1 : db_reader_at_mark(&r->r, ')') ? -1 : 0;
        tokens++;
        db_reader_next(&r->r);
        copies = copies || (tokens == 1 && db_reader_at_word(&r->r, "select"));
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
        db_reader_next(&r->r); /* the bracket, or the comma before */
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
    db_reader_next(&r->r); /* the closing bracket */
    return PB_OK;
}

static pb_status read_insert(reading *r, pb_error *err)
{
    db_reader_next(&r->r); /* the bracket */
    while (r->r.more && !db_reader_at_mark(&r->r, ')') && r->count < COLUMNS_MAX) {
        if (!db_reader_at_mark(&r->r, ','))
            r->columns[r->count++] = db_layout_column(r->table, r->r.token.name);
        db_reader_next(&r->r);
    }
    db_reader_next(&r->r);
    if (!db_reader_take_word(&r->r, "values"))
        return PB_OK;
    while (db_reader_at_mark(&r->r, '(')) {
        PB_TRY(read_row(r, err));
        if (db_reader_at_mark(&r->r, ','))
            db_reader_next(&r->r);
    }
    return PB_OK;
}

static pb_status read_update(reading *r, pb_error *err)
{
    int parameter = -1;
    do {
        db_reader_next(&r->r); /* SET, or the comma before */
        const db_column *column = r->r.more ? db_layout_column(r->table, r->r.token.name) : NULL;
        db_reader_next(&r->r);
        db_reader_next(&r->r); /* = */
        bool plain = read_value(r, &parameter);
        PB_TRY(note(r, column, parameter, plain, err));
    } while (db_reader_at_mark(&r->r, ','));
    return PB_OK;
}

pb_status db_pg_find_seals(db_native *native, pb_error *err)
{
    reading r = {.native = native, .r.sql = pb_str_c(native->sql)};
    db_reader_next(&r.r);
    bool insert = db_reader_at_word(&r.r, "insert"), update = db_reader_at_word(&r.r, "update");
    if (!insert && !update)
        return PB_OK;
    db_reader_next(&r.r);
    if (insert)
        db_reader_take_word(&r.r, "into");
    r.table = r.r.more ? db_layout_table(native->conn->layout, r.r.token.name) : NULL;
    if (r.table == NULL || !db_layout_has_sealed(r.table))
        return PB_OK;
    native->seals =
        pb_arena_array(native->arena, (size_t)native->parameter_count + 1, sizeof *native->seals);
    if (native->seals == NULL)
        return pb_fail_memory(err);
    db_reader_next(&r.r);
    return insert ? read_insert(&r, err) : read_update(&r, err);
}
