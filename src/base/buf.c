/* Buffers that grow. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void pb_buf_free(pb_buf *buf)
{
    if (!buf)
        return;
    free(buf->ptr);
    *buf = PB_BUF_INIT(buf->max);
}

void pb_buf_clear(pb_buf *buf)
{
    buf->len = 0;
    buf->failed = buf->starved = false;
}

bool pb_buf_reserve(pb_buf *buf, size_t size)
{
    if (buf->failed)
        return false;
    if (size > buf->max - buf->len || buf->max == SIZE_MAX) {
        buf->failed = true;
        return false;
    }
    /* One byte more than asked: pb_buf_cstr always finds room for its NUL. */
    size_t wanted = buf->len + size + 1;
    if (wanted <= buf->cap)
        return true;
    size_t cap = buf->cap < 64 ? 64 : buf->cap;
    while (cap < wanted)
        cap = cap > SIZE_MAX / 2 ? wanted : cap * 2;
    if (cap > buf->max + 1)
        cap = buf->max + 1;
    char *grown = realloc(buf->ptr, cap);
    if (!grown) {
        buf->failed = buf->starved = true;
        return false;
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

void pb_buf_addc(pb_buf *buf, const char *text)
{
    pb_buf_add(buf, pb_str_c(text));
}

void pb_buf_printf(pb_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    size_t room = buf->failed ? 0 : buf->cap - buf->len;
    int len = vsnprintf(room ? buf->ptr + buf->len : NULL, room, format, args);
    va_end(args);
    if (len < 0)
        buf->failed = true;
    else if ((size_t)len >= room && pb_buf_reserve(buf, (size_t)len))
        vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
    va_end(again);
    if (!buf->failed)
        buf->len += (size_t)len;
}

void pb_buf_i64(pb_buf *buf, int64_t value)
{
    char text[20];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        text[--at] = '-';
    pb_buf_add(buf, pb_str_n(text + at, sizeof text - at));
}

char *pb_buf_room(pb_buf *buf, size_t size)
{
    if (!pb_buf_reserve(buf, size))
        return NULL;
    char *room = buf->ptr + buf->len;
    buf->len += size;
    return room;
}

pb_str pb_buf_str(const pb_buf *buf)
{
    return pb_str_n(buf->ptr ? buf->ptr : "", buf->len);
}

const char *pb_buf_cstr(pb_buf *buf)
{
    if (buf->failed || buf->len == 0)
        return "";
    buf->ptr[buf->len] = '\0';
    return buf->ptr;
}
