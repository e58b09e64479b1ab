/* A CSV file row by row, without a plan. */
#include "exchange/rows.h"

#include "csv.h"

static pb_status each_row(csv_reader *reader, exchange_row_each each, void *context, pb_error *err)
{
    for (;;) {
        table_row row;
        bool more;
        PB_TRY(csv_next(reader, &row, &more, err));
        if (!more)
            return PB_OK;
        PB_TRY(each(context, row.cells, row.count, row.line, err));
    }
}

pb_status exchange_rows(const char *path, exchange_row_each each, void *context, pb_error *err)
{
    byte_input input;
    csv_reader *reader = NULL;
    PB_TRY(bytes_of_file(path, &input, err));
    PB_TRY(csv_open(input, path, TEXT_ANY, 0, &reader, err));
    pb_status status = each_row(reader, each, context, err);
    csv_close(reader);
    return status;
}
