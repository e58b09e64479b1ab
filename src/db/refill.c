/* Filling a new workspace with rows that were read elsewhere. */
#include "db/rows.h"

#include "internal.h"
#include "kept.h"
#include "move_rows.h"

#include "base/cbor.h"

enum { SQL_MAX = 1 << 20, LENGTH = 4 };

typedef struct refill {
    const db_table *table; /* with the columns that are given only */
    pb_str rows;
    pb_buf sql;
} refill;

static pb_status unknown(const db_rows_table *given, pb_str column, pb_error *err)
{
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The backup holds what the present model does not declare: {name}"), "name",
            PB_ARG(column.len > 0 ? column : given->name), NULL);
    pb_error_detail(err, PB_MSG("It belongs to the table {table}."), "table", PB_ARG(given->name),
                    NULL);
    pb_error_hint(err, PB_MSG("Name the declarations it was made with: --model DIR"), NULL);
    return PB_CONFLICT;
}

static const db_column *find_column(const db_table *table, pb_str name)
{
    for (size_t i = 0; i < table->count; i++)
        if (pb_str_eq(table->columns[i].name, name))
            return &table->columns[i];
    return NULL;
}

/* The table as the rows have it. */
static pb_status take_columns(const db_table *table, const db_rows_table *given, db_table *ret,
                              pb_error *err)
{
    for (size_t i = 0; i < given->column_count; i++) {
        const db_column *column = find_column(table, given->columns[i]);
        if (column == NULL)
            return unknown(given, given->columns[i], err);
        ret->columns[ret->count++] = *column;
    }
    return PB_OK;
}

static pb_status altered(const db_table *table, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("A row of {table} in the backup was altered."), "table",
                   PB_ARG(table->name), NULL);
}

static pb_value get_value(pb_cbor *in)
{
    if (pb_cbor_peek(in) != PB_CBOR_ARRAY)
        return pb_cbor_get_value(in);
    if (pb_cbor_get_array(in) != 1)
        in->bad = true;
    return PB_VALUE_TEXT(pb_cbor_get_bytes(in));
}

static pb_status store_row(const refill *work, db_stmt *insert, pb_str row, pb_error *err)
{
    pb_cbor in = {.in = row};
    if (pb_cbor_get_array(&in) != work->table->count)
        return altered(work->table, err);
    for (size_t i = 0; i < work->table->count; i++)
        db_bind_value(insert, (int)i + 1, get_value(&in));
    return pb_cbor_done(&in) ? db_run(insert, err) : altered(work->table, err);
}

static pb_status store_rows(db_session *session, void *context, pb_error *err)
{
    const refill *work = context;
    db_stmt *insert = NULL;
    PB_TRY(db_prepare_text(session, pb_str_n(work->sql.ptr, work->sql.len), &insert, err));
    for (size_t at = 0; at < work->rows.len;) {
        const uint8_t *b = (const uint8_t *)work->rows.ptr + at;
        size_t left = work->rows.len - at;
        size_t len = left < LENGTH
                         ? SIZE_MAX
                         : (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        if (len > left - LENGTH || left < LENGTH)
            return altered(work->table, err);
        PB_TRY(store_row(work, insert, pb_str_n((const char *)b + LENGTH, len), err));
        at += LENGTH + len;
    }
    return PB_OK;
}

/* Whether the model has the table and its columns. */
static bool is_known(const db_workspace *to, const db_rows_table *given)
{
    const db_table *table = db_layout_table(to->layout, given->name);
    for (size_t i = 0; table != NULL && i < given->column_count; i++)
        if (find_column(table, given->columns[i]) == NULL)
            return false;
    return table != NULL;
}

/* Declarations that the workspace keeps came with rows before: what they declare is made. */
static pb_status know_more(db_workspace *to, pb_error *err)
{
    PB_TRY(db_kept_adopt(to, err));
    return db_write(to, db_migrate_again, NULL, err);
}

pb_status db_refill_rows(db_workspace *to, const db_rows_table *table, pb_str rows, pb_error *err)
{
    if (!is_known(to, table))
        PB_TRY(know_more(to, err));
    const db_table *whole = db_layout_table(to->layout, table->name);
    if (whole == NULL)
        return unknown(table, PB_STR_NONE, err);
    db_table part = {.name = whole->name, .primary = whole->primary};
    part.columns = calloc(table->column_count + 1, sizeof *part.columns);
    if (part.columns == NULL)
        return pb_fail_memory(err);
    refill work = {.table = &part, .rows = rows, .sql = PB_BUF_INIT(SQL_MAX)};
    pb_status status = take_columns(whole, table, &part, err);
    if (status == PB_OK)
        db_move_insert(&work.sql, &part);
    if (status == PB_OK)
        status = work.sql.failed ? pb_fail_memory(err) : db_write(to, store_rows, &work, err);
    pb_buf_free(&work.sql);
    free(part.columns);
    return status;
}
