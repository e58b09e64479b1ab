/* UTF-8 (RFC 3629). Threads: pure functions. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/buf.h"

enum { PB_UTF8_BAD = 0xFFFD };

/** True when the whole slice is well-formed UTF-8. */
bool pb_utf8_valid(pb_str s);
/** Position of the first malformed byte, or `s.len`. */
size_t pb_utf8_first_bad(pb_str s);
/** Code point at `*pos`, which moves behind it; U+FFFD (and one byte on) for malformed input.
 * `*pos` must be below `s.len`. */
uint32_t pb_utf8_next(pb_str s, size_t *pos);
/** Appends a code point. */
void pb_utf8_put(pb_buf *out, uint32_t code);
/** Writes a code point to `to` (room for 4); returns the number of bytes. */
size_t pb_utf8_encode(char *to, uint32_t code);
/** Number of code points. */
size_t pb_utf8_count(pb_str s);
/** The longest prefix of at most `max` bytes that ends between code points. */
pb_str pb_utf8_cut(pb_str s, size_t max);
bool pb_code_is_han(uint32_t code);
bool pb_code_is_arabic(uint32_t code);

#endif
