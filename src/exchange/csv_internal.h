/* Inside the CSV reader: where bytes come from, and how they are scanned. */
#ifndef EXCHANGE_CSV_INTERNAL_H
#define EXCHANGE_CSV_INTERNAL_H

#include "exchange/csv.h"

/** Bytes behind the end of the data that may be read (never used): a scanner's block. */
enum { CSV_PAD = 64, CSV_CHUNK = 256 << 10 };

typedef enum csv_code { CSV_UTF8, CSV_UTF8_BOM, CSV_UTF16_LE, CSV_UTF16_BE } csv_code;

/** Where raw bytes come from. */
typedef struct csv_input {
    /** At most `size` bytes to `to`; 0 at the end. */
    pb_status (*read)(void *context, void *to, size_t size, size_t *ret_count, pb_error *err);
    void (*close)(void *context);
    void *context;
    uint64_t total;
    size_t room; /* bytes of the reader's first buffer; 0: CSV_CHUNK */
} csv_input;

/** Raw bytes to UTF-8, hashing on the way. */
typedef struct csv_source csv_source;
/** Takes over `input` also on failure. `name` is copied. Reads the byte-order mark. */
pb_status csv_source_new(csv_input input, csv_source **ret_source, pb_error *err);
csv_source *csv_source_free(csv_source *source);
/** Puts up to `room` bytes of UTF-8 to `to`; `*ret_count` 0 at the end. `room` is at least 16. A
 * surrogate without its other half becomes the byte 0xFF. */
pb_status csv_source_read(csv_source *source, char *to, size_t room, size_t *ret_count,
                          pb_error *err);
csv_code csv_source_code(const csv_source *source);
uint64_t csv_source_done(const csv_source *source);
uint64_t csv_source_total(const csv_source *source);
void csv_source_hash(const csv_source *source, uint8_t ret_hash[32]);

/** A reader over any input; `name` is shown in errors. Takes over `input` also on failure. */
pb_status csv_open_input(csv_input input, const char *name, csv_reader **ret_reader, pb_error *err);
/** A reader over bytes that outlive it, with a first buffer of `room` bytes (at least 32; 0:
 * CSV_CHUNK). */
pb_status csv_open_bytes(pb_str bytes, size_t room, csv_reader **ret_reader, pb_error *err);

/** Bits of the bytes among the 64 at `p` that are delimiter, quotation mark, CR or LF. */
uint64_t csv_scan_block(const char *p, char delimiter);
/** Position of the first byte in [from, len) that is NUL or begins no well-formed UTF-8, or `len`.
 * A sequence cut off by the end is reported as position of its first byte with `*ret_cut` true. */
size_t csv_scan_text(const char *p, size_t from, size_t len, bool *ret_cut);
/** Number of line ends (LF, CRLF, CR) in `s`. */
int64_t csv_scan_lines(pb_str s);

/** The delimiter that cuts the first rows most evenly; ',' when none does. */
char csv_detect_delimiter(pb_str head, bool whole);

#endif
