/* Rows made ready to be packed: texts copied, identities hashed. */
#include "internal.h"

pb_status match_batch_make(const match_column *columns, size_t column_count, size_t most,
                           match_batch **ret_batch, pb_error *err)
{
    match_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return pb_fail_memory(err);
    *batch = (match_batch){.columns = columns, .column_count = column_count, .most = most};
    batch->hashes = malloc((column_count * most + 1) * sizeof *batch->hashes);
    batch->slices = malloc((column_count * most + 1) * sizeof *batch->slices);
    if (batch->hashes == NULL || batch->slices == NULL) {
        match_batch_free(batch);
        return pb_fail_memory(err);
    }
    *ret_batch = batch;
    return PB_OK;
}

pb_status match_batch_new(const match_rows *rows, size_t most, match_batch **ret_batch,
                          pb_error *err)
{
    size_t count;
    const match_column *columns = match_rows_columns(rows, &count);
    return match_batch_make(columns, count, most, ret_batch, err);
}

static bool batch_room(match_batch *batch, size_t size)
{
    if (size <= batch->capacity - batch->used)
        return true;
    size_t more = (batch->used + size) * 2 + 256;
    char *grown = realloc(batch->bytes, more);
    if (grown == NULL)
        return false;
    batch->bytes = grown;
    batch->capacity = more;
    return true;
}

pb_status match_batch_add(match_batch *batch, const pb_str *values, pb_error *err)
{
    size_t at = batch->rows * batch->column_count;
    if (batch->rows >= batch->most)
        return pb_fail(err, PB_INTERNAL, PB_MSG("Rows to compare were used after they had failed"),
                       NULL);
    for (size_t c = 0; c < batch->column_count; c++, at++) {
        char form[FORM_ROOM];
        pb_str value = values[c];
        batch->hashes[at] = 0;
        if (pb_str_empty(value))
            continue;
        value = match_form(batch->columns[c].kind, value, form, sizeof form);
        if (!batch_room(batch, value.len))
            return pb_fail_memory(err);
        batch->hashes[at] = match_identity(batch->columns[c].kind, value) | 1;
        batch->slices[at] = (struct match_slice){batch->used, value.len};
        memcpy(batch->bytes + batch->used, value.ptr, value.len);
        batch->used += value.len;
    }
    batch->rows++;
    return PB_OK;
}

match_batch *match_batch_free(match_batch *batch)
{
    if (batch == NULL)
        return NULL;
    free(batch->bytes);
    free(batch->hashes);
    free(batch->slices);
    free(batch);
    return NULL;
}
