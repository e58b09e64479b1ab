/* CSV as it is found in the wild (RFC 4180 and its relatives), read as a stream with bounded
 * memory.
 *
 * Takes: quoted cells with line ends and doubled quotes, LF, CRLF and CR, any encoding that
 * bytes/text.h knows, the delimiters , ; TAB |, a first line `sep=;`, blanks around cells, blank
 * lines, a last line without an end. Refuses: NUL bytes, rows and cells beyond the limits below:
 * the row is named and reading goes on behind it.
 * Threads: one reader, one thread. Cost: one pass, no copy of cells without doubled quotes.
 */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include "../bytes/text.h"
#include "base/csv.h"

enum { CSV_MAX_COLUMNS = 2000, CSV_MAX_ROW = 8 << 20, CSV_MAX_CELL = 1 << 20 };

typedef struct csv_reader csv_reader;

/** Opens CSV: finds encoding (unless `code` says it) and delimiter from its beginning. Nothing at
 * all opens too (and has no rows). Takes over `input` also on failure; `name` is shown in errors
 * and copied; `room` is the size of the first buffer (at least 32; 0: CSV_CHUNK). Owner: the
 * caller, csv_close. */
pb_status csv_open(byte_input input, const char *name, text_code code, size_t room,
                   csv_reader **ret_reader, pb_error *err);
/** Takes NULL, returns NULL. */
csv_reader *csv_close(csv_reader *reader);
/** Next row; `*ret_more` false at the end. A malformed row is PB_INVALID with its line in the error
 * (see csv_last_fault), and reading goes on with the next row when called again. After a quotation
 * mark that never ends it goes on with the line behind that mark. Blank lines are passed over.
 * Blanks around a cell (outside quotes) are gone. */
pb_status csv_next(csv_reader *reader, table_row *ret_row, bool *ret_more, pb_error *err);
/** The fault of the last csv_next that returned PB_INVALID; lives as long as the reader. */
const table_fault *csv_last_fault(const csv_reader *reader);
char csv_delimiter(const csv_reader *reader);
uint64_t csv_bytes_done(const csv_reader *reader);

#endif
