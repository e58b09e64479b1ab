/* UTF-8. */
#include "base/utf8.h"

/* Length of the well-formed sequence at `p` (RFC 3629 §4, the table of byte ranges), or 0. */
static size_t sequence(const unsigned char *p, size_t left, uint32_t *ret_code)
{
    unsigned char a = p[0];
    if (a < 0x80) {
        *ret_code = a;
        return 1;
    }
    if (a < 0xC2 || a > 0xF4)
        return 0;
    size_t len = a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
    if (left < len)
        return 0;
    unsigned char low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
    unsigned char high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    uint32_t code = a & (0x7Fu >> len);
    code = code << 6 | (p[1] & 0x3Fu);
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    *ret_code = code;
    return len;
}

size_t pb_utf8_first_bad(pb_str s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        uint64_t eight;
        while (s.len - i >= sizeof eight) {
            memcpy(&eight, p + i, sizeof eight);
            if (eight & UINT64_C(0x8080808080808080))
                break;
            i += sizeof eight;
        }
        while (i < s.len && p[i] < 0x80)
            i++;
        if (i == s.len)
            break;
        uint32_t code;
        size_t len = sequence(p + i, s.len - i, &code);
        if (len == 0)
            return i;
        i += len;
    }
    return s.len;
}

bool pb_utf8_valid(pb_str s)
{
    return pb_utf8_first_bad(s) == s.len;
}

uint32_t pb_utf8_next(pb_str s, size_t *pos)
{
    uint32_t code = PB_UTF8_BAD;
    size_t len = sequence((const unsigned char *)s.ptr + *pos, s.len - *pos, &code);
    *pos += len ? len : 1;
    return len ? code : PB_UTF8_BAD;
}

size_t pb_utf8_encode(char *to, uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = PB_UTF8_BAD;
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    to[0] = (char)(lead[len] | code);
    return len;
}

void pb_utf8_put(pb_buf *out, uint32_t code)
{
    char bytes[4];
    pb_buf_add(out, pb_str_n(bytes, pb_utf8_encode(bytes, code)));
}

size_t pb_utf8_count(pb_str s)
{
    size_t count = 0;
    for (size_t pos = 0; pos < s.len; count++)
        pb_utf8_next(s, &pos);
    return count;
}

pb_str pb_utf8_cut(pb_str s, size_t max)
{
    if (s.len <= max)
        return s;
    size_t len = max;
    while (len > 0 && max - len < 4 && ((unsigned char)s.ptr[len] & 0xC0) == 0x80)
        len--;
    return pb_str_n(s.ptr, len);
}

bool pb_code_is_han(uint32_t code)
{
    return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
           code == 0x3007 || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x2FA1F) || (code >= 0x30000 && code <= 0x323AF);
}

bool pb_code_is_arabic(uint32_t code)
{
    return (code >= 0x0600 && code <= 0x06FF) || (code >= 0x0750 && code <= 0x077F) ||
           (code >= 0x0870 && code <= 0x08FF) || (code >= 0xFB50 && code <= 0xFDFF) ||
           (code >= 0xFE70 && code <= 0xFEFC);
}
