/* Buffers that grow, with a maximum at birth and a sticky failure flag: write many pieces, check
 * once.
 *
 * Threads: one buffer belongs to one thread at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <string.h>

/** A growing byte buffer. Once `failed` is set (maximum reached or no memory) later writes do
 * nothing; the bytes written before stay readable. */
typedef struct pb_buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
    bool starved; /* it failed because memory ran out, not at its maximum */
} pb_buf;

/** An empty buffer of at most `max` bytes; allocates nothing yet. */
#define PB_BUF_INIT(max_bytes) ((pb_buf){NULL, 0, 0, (max_bytes), false, false})

/** Gives the memory back; the buffer is empty again. NULL is allowed. */
void pb_buf_free(pb_buf *buf);
/** Empties the buffer, keeps its memory, clears `failed`. */
void pb_buf_clear(pb_buf *buf);
/** Makes room for `size` more bytes behind the end without counting them as written. False (and
 * `failed`) when impossible. */
bool pb_buf_reserve(pb_buf *buf, size_t size);

/** Appends bytes, one byte, a NUL-terminated text, formatted text, a whole number. What does not
 * fit below the maximum sets `failed`; from then on nothing is written. */
static inline void pb_buf_add(pb_buf *buf, pb_str s)
{
    if (s.len == 0 || buf->failed)
        return;
    if (s.len >= buf->cap - buf->len && !pb_buf_reserve(buf, s.len))
        return;
    memcpy(buf->ptr + buf->len, s.ptr, s.len);
    buf->len += s.len;
}

/** See pb_buf_add. */
static inline void pb_buf_byte(pb_buf *buf, char c)
{
    if (buf->failed || (buf->cap - buf->len < 2 && !pb_buf_reserve(buf, 1)))
        return;
    buf->ptr[buf->len++] = c;
}

/** See pb_buf_add. */
void pb_buf_addc(pb_buf *buf, const char *text);
void pb_buf_printf(pb_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pb_buf_i64(pb_buf *buf, int64_t value);
/** Room for `size` bytes at the end, counted as written; NULL (and `failed`) when impossible. */
char *pb_buf_room(pb_buf *buf, size_t size);
/** The bytes so far. Valid until the next write. */
pb_str pb_buf_str(const pb_buf *buf);
/** NUL-terminated view of the bytes so far; "" when empty or failed. */
const char *pb_buf_cstr(pb_buf *buf);

/** Frees the buffer when the variable leaves its scope. */
#define PB_AUTO_BUF __attribute__((cleanup(pb_buf_free))) pb_buf

#endif
