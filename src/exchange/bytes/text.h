/* Bytes to text: which encoding they are in, UTF-8 out of it, piece by piece, and their SHA-256.
 *
 * Threads: one source, one thread. Memory: 64 KiB read ahead, 64 KiB of a converter's.
 */
#ifndef EXCHANGE_TEXT_H
#define EXCHANGE_TEXT_H

#include "bytes.h"
#include "encoding.h"

typedef struct text_source text_source;
/** Takes over `input` also on failure. TEXT_ANY: the encoding that the input is said to be in, else
 * it is judged from the first 64 KiB; where they are all ASCII, once more from the first byte that
 * is not. */
pb_status text_source_new(byte_input input, text_code code, text_source **ret_source,
                          pb_error *err);
text_source *text_source_free(text_source *source);
/** Puts up to `room` bytes of UTF-8 to `to`; `*ret_count` 0 at the end. `room` is at least 16. What
 * is no character of the encoding becomes the byte 0xFF; UTF-8 is passed on unchecked. */
pb_status text_source_read(text_source *source, char *to, size_t room, size_t *ret_count,
                           pb_error *err);
/** What it is taken to be so far; see encoding.open. */
encoding text_source_encoding(const text_source *source);
/** The first byte met that is no character of the encoding, where it is not UTF-8 (of UTF-16 the
 * higher of the unit); -1: none. */
int text_source_bad(const text_source *source);
/** Raw bytes taken so far, and in all (0: not known). */
uint64_t text_source_done(const text_source *source);
uint64_t text_source_total(const text_source *source);
/** SHA-256 of all raw bytes read so far. */
void text_source_hash(const text_source *source, uint8_t ret_hash[32]);

#endif
