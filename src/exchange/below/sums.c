/* The proof that numbers below a table are its totals: the columns added up. */
#include "below.h"

#include <math.h>
#include <stdlib.h>

/* A column added up, its numbers read with a decimal point and with a decimal comma. */
typedef struct column_sum {
    double sum[2];
    size_t read[2], values; /* cells that are such a number, and that have a value */
    bool wanted;
} column_sum;

static const char marks[2] = {'.', ','};

static void add_row(column_sum *columns, size_t count, const table_row *row)
{
    for (size_t c = 0; c < count && c < row->count; c++) {
        column_sum *column = &columns[c];
        if (!column->wanted || row->cells[c].len == 0)
            continue;
        column->values++;
        for (size_t m = 0; m < 2; m++) {
            double number;
            int decimals;
            if (!below_number(row->cells[c], marks[m], &number, &decimals))
                continue;
            column->sum[m] += number;
            column->read[m]++;
        }
    }
}

/* At least two values, nearly all of them numbers, add up to what the cell shows; as far as it
 * shows it. */
static bool is_sum(const column_sum *column, pb_str cell)
{
    for (size_t m = 0; m < 2; m++) {
        double number;
        int decimals;
        if (column->read[m] < 2 || column->read[m] * 20 < column->values * 19 ||
            !below_number(cell, marks[m], &number, &decimals))
            continue;
        double room = 0.51 * pow(10, -decimals) + 1e-9 * fabs(column->sum[m]);
        bool whole = decimals > 0 || fabs(column->sum[m]) >= 1;
        if (whole && number != 0 && fabs(number - column->sum[m]) <= room)
            return true;
    }
    return false;
}

static pb_status add_up(const table_place *place, below_open open, column_sum *columns,
                        size_t count, int64_t first, pb_error *err)
{
    table_reader *reader = NULL;
    PB_TRY(open(place, &reader, err));
    bool more = true;
    pb_status status = PB_OK;
    while (more) {
        table_row row = {0};
        status = table_next(reader, &row, &more, err);
        if (status != PB_OK && status != PB_INVALID)
            break;
        bool good = status == PB_OK && more;
        status = PB_OK;
        if (good && row.row >= first)
            break;
        if (good && row.row > 0)
            add_row(columns, count, &row);
    }
    table_close(reader);
    return status;
}

pb_status below_sums(const table_place *place, below_open open, const below_row *rows, size_t count,
                     int64_t first, size_t *ret_sums, size_t *ret_numbers, pb_error *err)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++)
        width = rows[i].row.count > width ? rows[i].row.count : width;
    column_sum *columns = calloc(width + 1, sizeof *columns);
    if (columns == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < rows[i].row.count; c++)
            columns[c].wanted = columns[c].wanted || rows[i].row.cells[c].len > 0;
    pb_status status = add_up(place, open, columns, width, first, err);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        ret_sums[i] = ret_numbers[i] = 0;
        for (size_t c = 0; c < rows[i].row.count; c++) {
            pb_str cell = rows[i].row.cells[c];
            double number;
            int decimals;
            ret_numbers[i] += below_number(cell, '.', &number, &decimals) ||
                              below_number(cell, ',', &number, &decimals);
            ret_sums[i] += is_sum(&columns[c], cell);
        }
    }
    free(columns);
    return status;
}
