#include "proof.h"
#include "sys/clock.h"

#include <math.h>
#include <stdlib.h>

/* A sum of one kind of number. Whole numbers and minor units of money are summed exactly; others in
 * the order of rows, so that both sides round alike. */
typedef struct total {
    uint64_t count;
    __int128 whole;
    double real;
} total;

/* A column of numbers. */
typedef struct proof_column {
    const binding *source;
    total kept, rejected;
    char currency[4]; /* the one that every amount names; empty: none, or not every one */
    bool named;       /* some amount was read */
} proof_column;

struct import_proof {
    model_reader *reader;
    proof_column *columns;
    size_t count;
};

static bool is_number(const model_field *field)
{
    return field->type == MODEL_INTEGER || field->type == MODEL_DECIMAL ||
           field->type == MODEL_MONEY;
}

/* Two columns of one field cannot be told apart in the workspace. */
static bool stands_alone(const row_shape *shape, const model_field *field)
{
    size_t count = 0;
    for (size_t i = 0; i < shape->count; i++)
        count += shape->bindings[i].field == field;
    return count == 1;
}

pb_status proof_new(const row_shape *shape, int64_t today_days, import_proof **ret_proof,
                    pb_error *err)
{
    import_proof *proof = calloc(1, sizeof *proof);
    if (proof == NULL)
        return pb_fail_memory(err);
    proof->reader = model_reader_new(today_days);
    model_reader_zone(proof->reader, sys_zone());
    proof->columns = calloc(shape->count + 1, sizeof *proof->columns);
    if (proof->reader == NULL || proof->columns == NULL) {
        proof_free(proof);
        return pb_fail_memory(err);
    }
    for (size_t i = 0; i < shape->count; i++)
        if (is_number(shape->bindings[i].field) && stands_alone(shape, shape->bindings[i].field))
            proof->columns[proof->count++].source = &shape->bindings[i];
    *ret_proof = proof;
    return PB_OK;
}

import_proof *proof_free(import_proof *proof)
{
    if (proof == NULL)
        return NULL;
    model_reader_free(proof->reader);
    free(proof->columns);
    free(proof);
    return NULL;
}

static void add(total *to, pb_value value)
{
    if (value.kind == PB_INT) {
        to->whole += value.as.i;
        to->count++;
    } else if (value.kind == PB_REAL) {
        to->real += value.as.r;
        to->count++;
    }
}

/* A sum has a currency, and with it its decimals, when all its amounts have that one. */
static void note_currency(proof_column *column, pb_str currency)
{
    pb_str known = pb_str_c(column->currency);
    if (column->named && !pb_str_eq(known, currency))
        column->currency[0] = 0;
    else if (!column->named && currency.len < sizeof column->currency && currency.len > 0)
        memcpy(column->currency, currency.ptr, currency.len);
    column->named = true;
}

/* What the row says of a field: its cell, or what the product's preset makes of it (another unit,
 * the currency of its own column). */
static pb_str said(const binding *source, const table_row *row, const record_input *inputs,
                   size_t count)
{
    if (inputs == NULL)
        return pb_csv_unguard(row->cells[source->column]);
    for (size_t i = 0; i < count; i++)
        if (inputs[i].field == source->field)
            return inputs[i].raw;
    return PB_STR("");
}

void proof_add(import_proof *proof, const table_row *row, const record_input *inputs, size_t count,
               bool kept)
{
    if (proof->count == 0)
        return;
    model_reader_reset(proof->reader);
    for (size_t i = 0; i < proof->count; i++) {
        proof_column *column = &proof->columns[i];
        const binding *source = column->source;
        if (source->column >= row->count)
            continue;
        pb_str cell = said(source, row, inputs, count);
        model_reading reading = model_read(proof->reader, source->field, cell, &source->format);
        if (reading.verdict != MODEL_SAME && reading.verdict != MODEL_RESTYLED)
            continue;
        if (reading.value.kind == PB_INT)
            note_currency(column, reading.currency);
        add(kept ? &column->kept : &column->rejected, reading.value);
    }
}

/* What the workspace holds of the run, in the order it came. */
static pb_status sum_stored(const import_proof *proof, db_session *session,
                            const model_entity *entity, int64_t number, total *totals,
                            uint64_t *ret_rows, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(64 << 10);
    db_stmt *stmt;
    bool row = true;
    pb_buf_addc(&sql, "SELECT n");
    for (size_t i = 0; i < proof->count; i++)
        pb_buf_printf(&sql, ", \"%.*s\"", PB_STR_FMT(proof->columns[i].source->field->name));
    pb_buf_printf(&sql, " FROM t_%.*s WHERE run = ?1 ORDER BY n", PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, number);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        (*ret_rows)++;
        for (size_t i = 0; i < proof->count; i++)
            add(&totals[i], db_column_value(stmt, 1 + (int)i));
    }
}

static pb_status differs(const exchange_file *file, pb_str what, pb_error *err)
{
    pb_fail(
        err, PB_CORRUPT,
        PB_MSG("{column} of {file} is not the same in the workspace; the import was taken back"),
        "column", PB_ARG(what), "file", PB_ARG(file->name), NULL);
    pb_error_hint(err, PB_MSG("Please report this together with the file"), NULL);
    return PB_CORRUPT;
}

static pb_str write_total(const model_field *field, pb_str currency, const total *sum,
                          pb_arena *arena)
{
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    if (field->type == MODEL_DECIMAL) {
        pb_buf_printf(&text, "%.15g", sum->real);
    } else if (sum->whole <= INT64_MAX && sum->whole >= INT64_MIN) {
        model_write(field, PB_VALUE_INT((int64_t)sum->whole),
                    currency.len > 0 ? currency : field->currency, &text);
    } else {
        pb_buf_printf(&text, "%.17g", (double)sum->whole);
    }
    return text.failed ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&text));
}

static bool is_equal(const total *a, const total *b)
{
    return a->count == b->count && a->whole == b->whole && fabs(a->real - b->real) <= 0;
}

pb_status proof_check(const import_proof *proof, db_session *session, int64_t number,
                      pb_arena *arena, exchange_file *file, pb_error *err)
{
    total *stored = pb_arena_array(arena, proof->count + 1, sizeof *stored);
    uint64_t rows = 0;
    exchange_sum *sums = pb_arena_array(arena, proof->count + 1, sizeof *sums);
    if (stored == NULL || sums == NULL)
        return pb_fail_memory(err);
    PB_TRY(sum_stored(proof, session, file->entity, number, stored, &rows, err));
    if (rows != file->imported ||
        file->rows != file->imported + file->changed + file->same + file->led + file->rejected)
        return differs(file, PB_STR("#"), err);
    for (size_t i = 0; i < proof->count; i++) {
        const proof_column *column = &proof->columns[i];
        const model_field *field = column->source->field;
        pb_str header = file->columns[column->source->column].header;
        if (!is_equal(&column->kept, &stored[i]))
            return differs(file, header, err);
        sums[i] =
            (exchange_sum){.header = header,
                           .field = field,
                           .values = column->kept.count,
                           .rejected_values = column->rejected.count,
                           .sum = write_total(field, pb_str_c(column->currency), &stored[i], arena),
                           .rejected_sum = write_total(field, pb_str_c(column->currency),
                                                       &column->rejected, arena)};
        if (sums[i].sum.ptr == NULL || sums[i].rejected_sum.ptr == NULL)
            return pb_fail_memory(err);
    }
    file->sums = sums;
    file->sum_count = proof->count;
    file->proved = true;
    return PB_OK;
}
