/* Inside the CSV reader: how bytes are scanned. */
#ifndef EXCHANGE_CSV_INTERNAL_H
#define EXCHANGE_CSV_INTERNAL_H

#include "csv.h"

/** Bytes behind the end of the data that may be read (never used): a scanner's block. */
enum { CSV_PAD = 64, CSV_CHUNK = 256 << 10 };

/** Bits of the bytes among the 64 at `p` that are delimiter, quotation mark, CR or LF. */
uint64_t csv_scan_block(const char *p, char delimiter);
/** Position of the first byte in [from, len) that is NUL or begins no well-formed UTF-8, or `len`.
 * A sequence cut off by the end is reported as position of its first byte with `*ret_cut` true. */
size_t csv_scan_text(const char *p, size_t from, size_t len, bool *ret_cut);
/** Number of line ends (LF, CRLF, CR) in `s`. */
int64_t csv_scan_lines(pb_str s);

/** The delimiter that cuts the first rows most evenly; ',' when none does. */
char csv_detect_delimiter(pb_str head, bool whole);
/** How many rows of titles stand above the names of columns: rows of one filled cell above a table
 * of several columns. `*ret_begin`: where the names begin, 0 without titles. */
size_t csv_detect_titles(pb_str head, bool whole, char delimiter, size_t *ret_begin);

#endif
