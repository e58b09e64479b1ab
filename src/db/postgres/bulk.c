/* Rows of plain INSERTs (… VALUES (parameters), ON CONFLICT DO NOTHING behind them or not):
 * gathered a table and column list at a time, sent as one array a column.
 *
 * One statement of a thousand rows costs the server about half of a thousand statements. COPY would
 * cost a little less, but tables with row-level security refuse it.
 *
 * Source: array_recv (src/backend/utils/adt/arrayfuncs.c), PostgreSQL 15.
 */
#include "postgres.h"

enum {
    COLUMNS_MAX = 200,
    ROWS_MAX = 1000,
    BYTES_MAX = 1 << 20,
    COLUMN_MAX = 512 << 20,
    ARRAY_HEAD = 20, /* dimensions, has nulls, type, length, lower bound: 4 bytes each */
};

typedef struct bulk_column {
    pb_buf cells; /* behind room for the head: length and bytes of each row's value */
    Oid type;     /* of the column */
    bool nulls;
    bool filled; /* at least one value is not null */
} bulk_column;

struct pg_bulk {
    db_conn *conn;
    uint64_t tables;
    char name[16];     /* of the statement that takes arrays; empty: none yet */
    unsigned failures; /* of the connection, when it was prepared: it may not be there any more */
    char *sql;
    const db_native *one;   /* the statement of one row */
    int columns, rows_each; /* in one run of the statement */
    int *parameters;        /* rows_each × columns: which parameter goes where */
    bulk_column *cells;
    int rows;
    size_t bytes;
    bool waiting; /* in the connection's list */
    pg_bulk *next;
};

static const char *array_of(Oid type, Oid *ret_array)
{
    switch (type) {
    case PG_INT8:
        *ret_array = 1016;
        return "bigint[]";
    case PG_TEXT:
        *ret_array = 1009;
        return "text[]";
    case PG_BYTEA:
        *ret_array = 1001;
        return "bytea[]";
    case PG_FLOAT8:
        *ret_array = 1022;
        return "double precision[]";
    default:
        return NULL;
    }
}

/* ---- whether a statement is one ---- */

/* INSERT INTO name (columns); what stands up to there is `*ret_head`. */
static bool read_head(db_reader *r, int *ret_columns, size_t *ret_head)
{
    db_reader_next(r);
    if (!db_reader_take_word(r, "insert") || !db_reader_take_word(r, "into") ||
        !db_reader_take_name(r) || !db_reader_take_mark(r, '('))
        return false;
    for (*ret_columns = 1; db_reader_take_name(r) && db_reader_take_mark(r, ','); (*ret_columns)++)
        continue;
    /* The closing bracket is the token at hand. */
    *ret_head = r->at;
    return db_reader_take_mark(r, ')') && db_reader_take_word(r, "values") &&
           *ret_columns <= COLUMNS_MAX;
}

/* One row of parameters: ($1, $2, …). */
static bool read_row(db_reader *r, int *parameters, int columns)
{
    if (!db_reader_take_mark(r, '('))
        return false;
    for (int i = 0; i < columns; i++) {
        if (i > 0 && !db_reader_take_mark(r, ','))
            return false;
        parameters[i] = db_pg_place_at(r);
        if (parameters[i] < 0)
            return false;
        db_reader_next(r);
    }
    return db_reader_take_mark(r, ')');
}

static bool take_lenience(db_reader *r)
{
    return db_reader_take_word(r, "on") && db_reader_take_word(r, "conflict") &&
           db_reader_take_word(r, "do") && db_reader_take_word(r, "nothing");
}

static bool read_rows(db_reader *r, int *parameters, int columns, int *ret_rows, bool *ret_lenient)
{
    int rows = 0;
    do {
        if ((rows + 1) * columns > 4 * PG_PARAMETERS ||
            !read_row(r, parameters + rows * columns, columns))
            return false;
        rows++;
    } while (db_reader_take_mark(r, ','));
    *ret_rows = rows;
    *ret_lenient = r->more;
    return !r->more || (take_lenience(r) && !r->more);
}

static bool take_types(const db_native *native, const int *parameters, int columns, int rows,
                       bulk_column *cells)
{
    Oid array;
    for (int i = 0; i < rows * columns; i++) {
        if (parameters[i] < 0 || parameters[i] >= native->parameter_count)
            return false;
        Oid type = native->types[parameters[i]];
        bulk_column *cell = &cells[i % columns];
        if (array_of(type, &array) == NULL || (i >= columns && cell->type != type))
            return false;
        cell->type = type;
    }
    return true;
}

static char *make_sql(const db_native *native, pb_str head, const bulk_column *cells, int columns,
                      bool lenient)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    Oid array;
    pb_buf_add(&sql, head);
    /* In the list of results they run in step; behind FROM each would be stored first. */
    for (int i = 0; i < columns; i++)
        pb_buf_printf(&sql, "%s unnest($%d::%s)", i > 0 ? "," : " SELECT", i + 1,
                      array_of(cells[i].type, &array));
    if (lenient)
        pb_buf_addc(&sql, " ON CONFLICT DO NOTHING");
    return sql.failed ? NULL : pb_arena_cstr(native->arena, pb_buf_str(&sql));
}

static pb_status make_bulk(db_native *native, const int *parameters, int columns, int rows,
                           bool lenient, pb_str head, pg_bulk **ret_bulk, pb_error *err)
{
    pg_bulk *bulk = pb_arena_alloc(native->arena, sizeof *bulk);
    bulk_column *cells = pb_arena_array(native->arena, (size_t)columns, sizeof *cells);
    int *copy = pb_arena_array(native->arena, (size_t)rows * (size_t)columns, sizeof *copy);
    if (bulk == NULL || cells == NULL || copy == NULL)
        return pb_fail_memory(err);
    memcpy(copy, parameters, (size_t)rows * (size_t)columns * sizeof *copy);
    if (!take_types(native, parameters, columns, rows, cells))
        return PB_OK;
    for (int i = 0; i < columns; i++)
        cells[i].cells = PB_BUF_INIT(COLUMN_MAX);
    *bulk = (pg_bulk){.conn = native->conn,
                      .tables = native->touches,
                      .one = native,
                      .columns = columns,
                      .rows_each = rows,
                      .parameters = copy,
                      .cells = cells,
                      .sql = make_sql(native, head, cells, columns, lenient)};
    if (bulk->sql == NULL)
        return pb_fail_memory(err);
    *ret_bulk = bulk;
    return PB_OK;
}

pb_status db_pg_bulk_new(db_native *native, pg_bulk **ret_bulk, pb_error *err)
{
    db_reader r = {.sql = pb_str_c(native->sql)};
    int columns = 0, rows = 0;
    size_t head = 0;
    if (!read_head(&r, &columns, &head))
        return PB_OK;
    int *parameters = calloc(4 * PG_PARAMETERS, sizeof *parameters);
    if (parameters == NULL)
        return pb_fail_memory(err);
    pb_status status = PB_OK;
    bool lenient = false;
    if (read_rows(&r, parameters, columns, &rows, &lenient))
        status = make_bulk(native, parameters, columns, rows, lenient, pb_str_sub(r.sql, 0, head),
                           ret_bulk, err);
    free(parameters);
    return status;
}

/* ---- gathering ---- */

static void unlink_bulk(pg_bulk *bulk)
{
    pg_bulk **at = &bulk->conn->bulks;
    while (*at != NULL && *at != bulk)
        at = &(*at)->next;
    if (*at != NULL)
        *at = bulk->next;
    bulk->waiting = false;
}

static void empty(pg_bulk *bulk)
{
    for (int i = 0; i < bulk->columns; i++) {
        pb_buf_clear(&bulk->cells[i].cells);
        bulk->cells[i].nulls = false;
        bulk->cells[i].filled = false;
    }
    bulk->rows = 0;
    bulk->bytes = 0;
}

pg_bulk *db_pg_bulk_free(pg_bulk *bulk)
{
    if (bulk != NULL) {
        unlink_bulk(bulk);
        for (int i = 0; i < bulk->columns; i++)
            pb_buf_free(&bulk->cells[i].cells);
    }
    return NULL;
}

void db_pg_bulk_drop(db_conn *conn)
{
    while (conn->bulks != NULL) {
        empty(conn->bulks);
        unlink_bulk(conn->bulks);
    }
}

static void put32(char to[4], uint32_t value)
{
    for (int i = 3; i >= 0; i--) {
        to[i] = (char)(value & 0xff);
        value >>= 8;
    }
}

static pb_status add_cell(db_native *native, bulk_column *cell, int parameter, size_t *bytes,
                          pb_error *err)
{
    const char *value = NULL;
    int length = 0, format = 0;
    char head[4];
    PB_TRY(db_pg_encode(native, parameter, &value, &length, &format, err));
    if (cell->cells.len == 0 && pb_buf_room(&cell->cells, ARRAY_HEAD) == NULL)
        return pb_fail_memory(err);
    put32(head, value == NULL ? UINT32_MAX : (uint32_t)length);
    pb_buf_add(&cell->cells, pb_str_n(head, sizeof head));
    if (value == NULL)
        cell->nulls = true;
    else
        pb_buf_add(&cell->cells, pb_str_n(value, (size_t)length));
    cell->filled = cell->filled || value != NULL;
    *bytes += 4 + (size_t)length;
    return cell->cells.failed ? pb_fail_memory(err) : PB_OK;
}

static pb_status send_bulk(pg_bulk *bulk, pb_error *err);

pb_status db_pg_bulk_add(db_native *native, pb_error *err)
{
    pg_bulk *bulk = native->bulk;
    for (int row = 0; row < bulk->rows_each; row++) {
        for (int i = 0; i < bulk->columns; i++) {
            pb_status status =
                add_cell(native, &bulk->cells[i], bulk->parameters[row * bulk->columns + i],
                         &bulk->bytes, err);
            if (status != PB_OK) {
                native->conn->failed = true; /* half a row was taken */
                native->conn->why = status;
                if (err != NULL)
                    native->conn->error = *err;
                return status;
            }
        }
        bulk->rows++;
    }
    if (!bulk->waiting) {
        bulk->waiting = true;
        bulk->next = bulk->conn->bulks;
        bulk->conn->bulks = bulk;
    }
    return bulk->rows >= ROWS_MAX || bulk->bytes >= BYTES_MAX ? send_bulk(bulk, err) : PB_OK;
}

/* ---- sending ---- */

typedef struct sending {
    const char *values[COLUMNS_MAX];
    int lengths[COLUMNS_MAX];
    int formats[COLUMNS_MAX];
} sending;

static void finish_array(bulk_column *cell, int rows)
{
    char *head = cell->cells.ptr;
    put32(head, 1);
    put32(head + 4, cell->nulls ? 1 : 0);
    put32(head + 8, cell->type);
    put32(head + 12, (uint32_t)rows);
    put32(head + 16, 1);
}

static pb_status ready(pg_bulk *bulk, pb_error *err)
{
    db_conn *conn = bulk->conn;
    Oid types[COLUMNS_MAX];
    if (bulk->name[0] != '\0' && bulk->failures == conn->failures)
        return PB_OK;
    snprintf(bulk->name, sizeof bulk->name, "b%u", conn->next_name++);
    bulk->failures = conn->failures;
    for (int i = 0; i < bulk->columns; i++)
        array_of(bulk->cells[i].type, &types[i]);
    return db_pg_send_prepare(conn, bulk->name, bulk->sql, bulk->columns, types, err);
}

/* A single row goes by the statement it came with: no other needs to be prepared for it. */
static pb_status send_one(pg_bulk *bulk, sending *with, pb_error *err)
{
    for (int i = 0; i < bulk->columns; i++) {
        const char *cell = bulk->cells[i].cells.ptr + ARRAY_HEAD;
        int parameter = bulk->parameters[i];
        bool absent = bulk->cells[i].nulls;
        with->values[parameter] = absent ? NULL : cell + 4;
        with->lengths[parameter] = absent ? 0 : (int)(bulk->cells[i].cells.len - ARRAY_HEAD - 4);
        with->formats[parameter] = 1;
    }
    return db_pg_send_prepared(bulk->conn, bulk->one->name, bulk->columns, with->values,
                               with->lengths, with->formats, err);
}

/* A column in which no row has a value goes as no array: unnest takes it for one of no elements,
 * and fills up with nulls what is shorter than the longest. The first column goes as it is, so that
 * one is as long as the rows are many. */
static pb_status send_arrays(pg_bulk *bulk, sending *with, pb_error *err)
{
    for (int i = 0; i < bulk->columns; i++) {
        if (i > 0 && !bulk->cells[i].filled) {
            with->values[i] = NULL;
            with->lengths[i] = 0;
            with->formats[i] = 1;
            continue;
        }
        finish_array(&bulk->cells[i], bulk->rows);
        with->values[i] = bulk->cells[i].cells.ptr;
        with->lengths[i] = (int)bulk->cells[i].cells.len;
        with->formats[i] = 1;
    }
    PB_TRY(ready(bulk, err));
    return db_pg_send_prepared(bulk->conn, bulk->name, bulk->columns, with->values, with->lengths,
                               with->formats, err);
}

static pb_status send_bulk(pg_bulk *bulk, pb_error *err)
{
    sending *with = malloc(sizeof *with);
    if (with == NULL)
        return pb_fail_memory(err);
    /* Each column a parameter of its own: only then do they tell what one row was. */
    bool single = bulk->rows == 1 && bulk->one->parameter_count == bulk->columns;
    pb_status status = single ? send_one(bulk, with, err) : send_arrays(bulk, with, err);
    free(with);
    empty(bulk);
    unlink_bulk(bulk);
    return status;
}

pb_status db_pg_bulk_send(db_conn *conn, uint64_t tables, pb_error *err)
{
    for (pg_bulk *bulk = conn->bulks, *after; bulk != NULL; bulk = after) {
        after = bulk->next;
        if ((bulk->tables & tables) != 0)
            PB_TRY(send_bulk(bulk, err));
    }
    return PB_OK;
}
