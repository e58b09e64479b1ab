/* Deterministic CBOR (RFC 8949 §4.2.1): a writer of the one form, and a strict small reader that
 * accepts nothing but that form.
 *
 * Covers: integers, float64, byte and text strings, arrays, maps, null, false, true; definite
 * lengths only. The order of map keys is the caller's to keep (and, when reading, to check).
 * Refuses: tags, indefinite lengths, half and single floats, undefined, integers not in the
 * shortest form, texts that are no UTF-8, lengths beyond the input. Threads: one writer or reader,
 * one thread.
 */
#ifndef BASE_CBOR_H
#define BASE_CBOR_H

#include "base/buf.h"
#include "base/value.h"

enum { PB_CBOR_DEPTH = 32 };

/** Appends a whole number in the shortest form. */
void pb_cbor_uint(pb_buf *out, uint64_t value);
void pb_cbor_int(pb_buf *out, int64_t value);
/** Always 64 bits; every NaN is written as the one quiet NaN. */
void pb_cbor_double(pb_buf *out, double value);
void pb_cbor_bytes(pb_buf *out, pb_str value);
/** `value` must be UTF-8 (pb_utf8_valid); otherwise `out` fails. */
void pb_cbor_text(pb_buf *out, pb_str value);
/** Begins an array; `count` items follow. */
void pb_cbor_array(pb_buf *out, size_t count);
/** Begins a map; `count` pairs of key and value follow. */
void pb_cbor_map(pb_buf *out, size_t count);
void pb_cbor_null(pb_buf *out);
void pb_cbor_bool(pb_buf *out, bool value);
/** Null, integer, double, text or bytes, by kind. */
void pb_cbor_value(pb_buf *out, pb_value value);

/** A reader over bytes that somebody else owns; texts and bytes it gives out point into them. Once
 * `bad` is set every further call gives zero, absent or PB_CBOR_END. */
typedef struct pb_cbor {
    pb_str in;
    size_t pos;
    bool bad;
} pb_cbor;

typedef enum pb_cbor_type {
    PB_CBOR_UINT,
    PB_CBOR_NEGATIVE,
    PB_CBOR_BYTES,
    PB_CBOR_TEXT,
    PB_CBOR_ARRAY,
    PB_CBOR_MAP,
    PB_CBOR_SIMPLE, /* null, false, true */
    PB_CBOR_DOUBLE,
    PB_CBOR_END
} pb_cbor_type;

/** What comes next; PB_CBOR_END at the end of the input and for what this reader refuses (`bad`).
 */
pb_cbor_type pb_cbor_peek(pb_cbor *in);
uint64_t pb_cbor_get_uint(pb_cbor *in);
/** A positive or negative integer that fits. */
int64_t pb_cbor_get_int(pb_cbor *in);
double pb_cbor_get_double(pb_cbor *in);
bool pb_cbor_get_bool(pb_cbor *in);
void pb_cbor_get_null(pb_cbor *in);
pb_str pb_cbor_get_text(pb_cbor *in);
pb_str pb_cbor_get_bytes(pb_cbor *in);
/** Number of items that follow; never more than bytes are left. */
size_t pb_cbor_get_array(pb_cbor *in);
/** Number of pairs that follow. */
size_t pb_cbor_get_map(pb_cbor *in);
/** Null, integer, double, text or bytes; booleans come as integers 0 and 1. */
pb_value pb_cbor_get_value(pb_cbor *in);
/** True when the next item is `value`, which is passed then; otherwise what was read is of no more
 * use. */
bool pb_cbor_pass(pb_cbor *in, const pb_value *value);
/** Passes over one item with all it contains, at most PB_CBOR_DEPTH deep. */
void pb_cbor_skip(pb_cbor *in);
/** True when everything was read and nothing was bad: call it last; bytes left over set `bad`. */
bool pb_cbor_done(pb_cbor *in);

#endif
