/* The rows of a CSV file as they are, for those who know its columns: lists that this program wrote
 * itself, such as pairs and clusters of duplicates.
 *
 * Encoding and delimiter are judged as in imports; a malformed row is an error that names its line.
 */
#ifndef EXCHANGE_ROWS_H
#define EXCHANGE_ROWS_H

#include "base/error.h"

/** Told every row, that of the headers first; cells live until it returns. */
typedef pb_status (*exchange_row_each)(void *context, const pb_str *cells, size_t count,
                                       int64_t line, pb_error *err);
pb_status exchange_rows(const char *path, exchange_row_each each, void *context, pb_error *err);

#endif
