/* Bytes of an encoding to UTF-8, by ICU, piece by piece.
 *
 * Threads: one converter, one thread.
 */
#ifndef EXCHANGE_CONVERT_H
#define EXCHANGE_CONVERT_H

#include "base/error.h"

typedef struct converter converter;

/** `name` as ICU knows it: "GB18030", "Windows-1252", … */
pb_status convert_new(const char *name, converter **ret_converter, pb_error *err);
/** Takes NULL, returns NULL. */
converter *convert_free(converter *c);
/** Turns some of the `len` bytes at `from` (`last`: none follow them), `*ret_taken`, into UTF-8 at
 * `to`, `*ret_count` bytes; `room` is at least 4. A byte that is no character of the encoding
 * becomes 0xFF. `*ret_over`: all is turned. Where nothing comes out, more bytes are needed. */
pb_status convert_turn(converter *c, const unsigned char *from, size_t len, bool last,
                       size_t *ret_taken, char *to, size_t room, size_t *ret_count, bool *ret_over,
                       pb_error *err);
/** The first byte met that is no character; -1: none. */
int convert_bad(const converter *c);

#endif
