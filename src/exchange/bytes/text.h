/* Bytes to text: which encoding they are in, UTF-8 out of it, piece by piece, and their SHA-256.
 *
 * Threads: one source, one thread. Memory: 64 KiB read ahead.
 */
#ifndef EXCHANGE_TEXT_H
#define EXCHANGE_TEXT_H

#include "bytes.h"

typedef enum text_code { TEXT_UTF8, TEXT_UTF8_BOM, TEXT_UTF16_LE, TEXT_UTF16_BE } text_code;

typedef struct text_source text_source;
/** Takes over `input` also on failure. Judges the encoding from the first bytes. */
pb_status text_source_new(byte_input input, text_source **ret_source, pb_error *err);
text_source *text_source_free(text_source *source);
/** Puts up to `room` bytes of UTF-8 to `to`; `*ret_count` 0 at the end. `room` is at least 16. What
 * is no character of the encoding becomes the byte 0xFF; UTF-8 is passed on unchecked. */
pb_status text_source_read(text_source *source, char *to, size_t room, size_t *ret_count,
                           pb_error *err);
text_code text_source_code(const text_source *source);
/** "UTF-8", "UTF-8 with BOM", "UTF-16 LE", … */
const char *text_source_encoding(const text_source *source);
/** Raw bytes taken so far, and in all (0: not known). */
uint64_t text_source_done(const text_source *source);
uint64_t text_source_total(const text_source *source);
/** SHA-256 of all raw bytes read so far. */
void text_source_hash(const text_source *source, uint8_t ret_hash[32]);

#endif
