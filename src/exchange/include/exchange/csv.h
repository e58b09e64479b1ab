/* CSV as it is found in the wild (RFC 4180 and its relatives), read as a stream with bounded memory.
 *
 * Threads: one reader, one thread. Cost: one pass, no copy of cells without escaped quotes.
 */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "base/arena.h"
#include "base/error.h"

enum { CSV_MAX_COLUMNS = 2000, CSV_MAX_ROW = 8 << 20, CSV_MAX_CELL = 1 << 20 };

typedef struct csv_reader csv_reader;

/** One row. Cells live until the next csv_next. */
typedef struct csv_row {
    const pb_str *cells;
    size_t count;
    int64_t row;  /* data row from 1 (the header is 0) */
    int64_t line; /* physical line where it begins, from 1 */
} csv_row;

/** Opens a file: finds byte-order mark, encoding and delimiter ( , ; TAB | ) from its beginning. */
pb_status csv_open(const char *path, csv_reader **ret_reader, pb_error *err);
csv_reader *csv_close(csv_reader *reader);
/** Next row; `*ret_more` false at the end. A malformed row is PB_INVALID with its line in the error,
 * and reading goes on with the next row when called again. Blank lines are passed over. */
pb_status csv_next(csv_reader *reader, csv_row *ret_row, bool *ret_more, pb_error *err);
char csv_delimiter(const csv_reader *reader);
const char *csv_encoding(const csv_reader *reader);
uint64_t csv_bytes_done(const csv_reader *reader);
uint64_t csv_bytes_total(const csv_reader *reader);
/** SHA-256 of all bytes read so far: of the whole file once csv_next said there is no more. */
void csv_hash(const csv_reader *reader, uint8_t ret_hash[32]);
/** Appends one cell, quoted where needed; `guard` neutralises formulas (a leading = + - @ TAB CR gets
 * an apostrophe in front, numbers and phone numbers excepted). */
void csv_put(pb_buf *out, pb_str cell, bool first, bool guard);

#endif
