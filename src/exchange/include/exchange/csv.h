/* CSV as it is found in the wild (RFC 4180 and its relatives), read as a stream with bounded
 * memory.
 *
 * Takes: quoted cells with line ends and doubled quotes, LF, CRLF and CR, a byte-order mark, UTF-8
 * and (with a byte-order mark) UTF-16, the delimiters , ; TAB |, a first line `sep=;`, blanks
 * around cells, blank lines, a last line without an end. Refuses: guessing other encodings, NUL
 * bytes, rows and cells beyond the limits below: the row is named and reading goes on behind it.
 * Threads: one reader, one thread. Cost: one pass, no copy of cells without doubled quotes.
 */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "base/arena.h"
#include "base/csv.h"
#include "base/error.h"

enum { CSV_MAX_COLUMNS = 2000, CSV_MAX_ROW = 8 << 20, CSV_MAX_CELL = 1 << 20 };

typedef struct csv_reader csv_reader;

/** One row. Cells live until the next csv_next. Blanks around a cell (outside quotes) are gone. */
typedef struct csv_row {
    const pb_str *cells;
    size_t count;
    int64_t row;  /* data row from 1 (the header is 0); malformed rows count too */
    int64_t line; /* physical line where it begins, from 1 */
} csv_row;

/** What was wrong with a row, for a list of rejected rows. */
typedef struct csv_fault {
    const char *says; /* English message id, may use {value}, {expected}, {found} */
    const char *hint; /* how to mend it */
    bool encoding;    /* the bytes are not text in the file's encoding */
    int64_t row;      /* data row from 1, 0: the header */
    int64_t line;     /* physical line of the fault */
    int64_t expected; /* {expected}: the limit */
    int64_t found;    /* {found}: a line, or the position in the line, as `says` says */
    char value[32];   /* {value}: the byte, or what stands there */
} csv_fault;

/** Opens a file: finds byte-order mark, encoding and delimiter from its beginning. An empty file
 * opens (and has no rows). Owner: the caller, csv_close. */
pb_status csv_open(const char *path, csv_reader **ret_reader, pb_error *err);
/** Takes NULL, returns NULL. */
csv_reader *csv_close(csv_reader *reader);
/** Next row; `*ret_more` false at the end. A malformed row is PB_INVALID with its line in the error
 * (see csv_last_fault), and reading goes on with the next row when called again. After a quotation
 * mark that never ends it goes on with the line behind that mark. Blank lines are passed over. */
pb_status csv_next(csv_reader *reader, csv_row *ret_row, bool *ret_more, pb_error *err);
/** The fault of the last csv_next that returned PB_INVALID; lives as long as the reader. */
const csv_fault *csv_last_fault(const csv_reader *reader);
char csv_delimiter(const csv_reader *reader);
/** "UTF-8", "UTF-8 with BOM", "UTF-16 LE", "UTF-16 BE". */
const char *csv_encoding(const csv_reader *reader);
uint64_t csv_bytes_done(const csv_reader *reader);
uint64_t csv_bytes_total(const csv_reader *reader);
/** SHA-256 of all bytes read so far: of the whole file once csv_next said there is no more. */
void csv_hash(const csv_reader *reader, uint8_t ret_hash[32]);

#endif
