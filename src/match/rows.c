/* Rows given one by one, and a run over columns as a run over their rows. */
#include "internal.h"

enum { BATCH_ROWS = 1024, BATCH_BYTES = 4 << 20 };

struct match_rows {
    match_column columns[MATCH_MAX_COLUMNS], kept[MATCH_MAX_COLUMNS];
    pb_arena *names;
    match_table table;
    match_batch *batch;
    bool broken; /* memory ran out half-way, or the table was used up */
};

static bool name_columns(match_rows *rows, const match_column *columns, size_t column_count)
{
    rows->names = pb_arena_new(0);
    bool named = rows->names != NULL;
    for (size_t c = 0; c < column_count && named; c++) {
        rows->columns[c] =
            (match_column){pb_arena_str(rows->names, columns[c].name), columns[c].kind, NULL};
        named = rows->columns[c].name.ptr != NULL || columns[c].name.ptr == NULL;
    }
    return named;
}

pb_status match_rows_new(const match_column *columns, size_t column_count, const match_store *store,
                         match_rows **ret_rows, pb_error *err)
{
    if (column_count > MATCH_MAX_COLUMNS)
        return pb_fail(
            err, PB_LIMIT, PB_MSG("Duplicates are compared by at most {limit} fields, not {count}"),
            "limit", PB_ARG_INT(MATCH_MAX_COLUMNS), "count", PB_ARG_INT(column_count), NULL);
    match_rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL)
        return pb_fail_memory(err);
    rows->table.store = store;
    rows->table.columns = rows->columns;
    rows->table.column_count = column_count;
    if (!name_columns(rows, columns, column_count)) {
        match_rows_free(rows);
        return pb_fail_memory(err);
    }
    *ret_rows = rows;
    return PB_OK;
}

static pb_status refuse_broken(pb_error *err)
{
    return pb_fail(err, PB_INTERNAL, PB_MSG("Rows to compare were used after they had failed"),
                   NULL);
}

pb_status match_rows_take(match_rows *rows, match_batch *batch, pb_error *err)
{
    if (rows->broken)
        return refuse_broken(err);
    pb_status status = match_table_add(&rows->table, batch, err);
    batch->rows = batch->used = 0;
    rows->broken = status != PB_OK;
    return status;
}

static pb_status add_row(match_rows *rows, const pb_str *values, pb_error *err)
{
    if (rows->broken)
        return refuse_broken(err);
    match_batch *batch = rows->batch;
    if (batch == NULL && match_batch_new(rows, BATCH_ROWS, &batch, err) != PB_OK)
        return PB_MEMORY;
    rows->batch = batch;
    pb_status status = match_batch_add(batch, values, err);
    rows->broken = status != PB_OK;
    if (status == PB_OK && (batch->rows == BATCH_ROWS || batch->used >= BATCH_BYTES))
        status = match_rows_take(rows, batch, err);
    return status;
}

pb_status match_rows_end(match_rows *rows, bool drop_empty, pb_error *err)
{
    if (rows->broken)
        return refuse_broken(err);
    if (rows->batch != NULL)
        PB_TRY(match_rows_take(rows, rows->batch, err));
    rows->batch = match_batch_free(rows->batch);
    if (drop_empty)
        match_table_drop_empty(&rows->table, rows->kept);
    return PB_OK;
}

const match_column *match_rows_columns(const match_rows *rows, size_t *ret_count)
{
    *ret_count = rows->table.column_count;
    return rows->table.columns;
}

size_t match_rows_count(const match_rows *rows)
{
    return rows->table.rows;
}

size_t match_rows_filled(const match_rows *rows, size_t column)
{
    return rows->table.column[column].filled;
}

pb_str match_rows_value(const match_rows *rows, size_t row, size_t column)
{
    uint32_t id = match_row(&rows->table, (uint32_t)row)[column].id;
    return id != 0 ? match_text(&rows->table, column, id) : PB_STR_NONE;
}

pb_status match_rows_find(match_rows *rows, const match_options *options, match_progress progress,
                          void *context, pb_arena *arena, match_result *ret_result, pb_error *err)
{
    if (rows->broken)
        return refuse_broken(err);
    rows->broken = true; /* once */
    return match_find(&rows->table, options, progress, context, arena, ret_result, err);
}

match_rows *match_rows_free(match_rows *rows)
{
    if (rows == NULL)
        return NULL;
    match_batch_free(rows->batch);
    match_table_free(&rows->table);
    pb_arena_free(rows->names);
    free(rows);
    return NULL;
}

pb_status match_run(const match_column *columns, size_t column_count, size_t rows,
                    const match_options *options, match_progress progress, void *context,
                    pb_arena *arena, match_result *ret_result, pb_error *err)
{
    match_rows *packed;
    pb_str values[MATCH_MAX_COLUMNS];
    if (rows >= UINT32_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are too many records to compare: {count}"),
                       "count", PB_ARG_INT(rows), NULL);
    const match_store *store = options != NULL ? options->store : NULL;
    PB_TRY(match_rows_new(columns, column_count, store, &packed, err));
    pb_status status = PB_OK;
    for (size_t row = 0; row < rows && status == PB_OK; row++) {
        for (size_t c = 0; c < column_count; c++)
            values[c] = columns[c].values[row];
        status = add_row(packed, values, err);
    }
    if (status == PB_OK)
        status = match_rows_end(packed, false, err);
    if (status == PB_OK)
        status = match_rows_find(packed, options, progress, context, arena, ret_result, err);
    match_rows_free(packed);
    return status;
}
