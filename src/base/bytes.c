/* UUIDs, hex, base64. */
#include "base/bytes.h"

static const char hex_digits[] = "0123456789abcdef";

pb_uuid pb_uuid_v7(int64_t us, const uint8_t random[8])
{
    pb_uuid id;
    uint64_t ms = us < 0 ? 0 : (uint64_t)us / 1000;
    /* RFC 9562 §6.2 method 3: the part below a millisecond, as a 12-bit fraction, keeps ids made in
     * one millisecond in order. */
    uint64_t fraction = us < 0 ? 0 : ((uint64_t)us % 1000) * 4096 / 1000;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x70 | fraction >> 8);
    id.b[7] = (uint8_t)fraction;
    memcpy(id.b + 8, random, 8);
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3F));
    return id;
}

void pb_uuid_text(pb_uuid id, char ret[37])
{
    char *at = ret;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = hex_digits[id.b[i] >> 4];
        *at++ = hex_digits[id.b[i] & 15];
    }
    *at = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool pb_uuid_parse(pb_str s, pb_uuid *ret)
{
    pb_uuid id;
    if (s.len != 36)
        return false;
    for (size_t i = 0, at = 0; i < 16; i++) {
        if ((at == 8 || at == 13 || at == 18 || at == 23) && s.ptr[at++] != '-')
            return false;
        int high = hex_value(s.ptr[at++]);
        int low = hex_value(s.ptr[at++]);
        if (high < 0 || low < 0)
            return false;
        id.b[i] = (uint8_t)(high << 4 | low);
    }
    *ret = id;
    return true;
}

pb_str pb_uuid_str(const pb_uuid *id)
{
    return pb_str_n((const char *)id->b, sizeof id->b);
}

void pb_hex(pb_buf *out, const void *bytes, size_t len)
{
    const uint8_t *from = bytes;
    char *to = len <= SIZE_MAX / 2 ? pb_buf_room(out, len * 2) : NULL;
    if (!to)
        return;
    for (size_t i = 0; i < len; i++) {
        to[2 * i] = hex_digits[from[i] >> 4];
        to[2 * i + 1] = hex_digits[from[i] & 15];
    }
}

bool pb_unhex(pb_str s, void *ret, size_t len)
{
    if (len > SIZE_MAX / 2 || s.len != len * 2)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (hex_value(s.ptr[i]) < 0)
            return false;
    uint8_t *to = ret;
    for (size_t i = 0; i < len; i++)
        to[i] = (uint8_t)((unsigned)hex_value(s.ptr[2 * i]) << 4 |
                          (unsigned)hex_value(s.ptr[2 * i + 1]));
    return true;
}

void pb_base64(pb_buf *out, const void *bytes, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *from = bytes;
    char *to = len <= SIZE_MAX / 2 ? pb_buf_room(out, (len + 2) / 3 * 4) : NULL;
    if (!to)
        return;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t group = (uint32_t)from[i] << 16;
        group |= i + 1 < len ? (uint32_t)from[i + 1] << 8 : 0;
        group |= i + 2 < len ? from[i + 2] : 0;
        *to++ = alphabet[group >> 18];
        *to++ = alphabet[group >> 12 & 63];
        *to++ = i + 1 < len ? alphabet[group >> 6 & 63] : '=';
        *to++ = i + 2 < len ? alphabet[group & 63] : '=';
    }
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool pb_unbase64(pb_str s, pb_buf *out)
{
    if (s.len % 4 != 0)
        return false;
    size_t padding = 0;
    if (s.len && s.ptr[s.len - 1] == '=')
        padding = s.ptr[s.len - 2] == '=' ? 2 : 1;
    size_t digits = s.len - padding;
    uint32_t group = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = base64_value(s.ptr[i]);
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    /* RFC 4648 §3.5: the bits that pad the last digit are zero, so a text has one encoding. */
    if ((padding == 1 && group & 3) || (padding == 2 && group & 15))
        return false;
    size_t len = s.len / 4 * 3 - padding;
    char *to = pb_buf_room(out, len);
    if (!to)
        return len == 0 && !out->failed;
    for (size_t i = 0; i < len; i++) {
        size_t at = i / 3 * 4;
        group = 0;
        for (size_t j = 0; j < 4; j++)
            group = group << 6 | (at + j < digits ? (uint32_t)base64_value(s.ptr[at + j]) : 0);
        to[i] = (char)(group >> (16 - 8 * (i % 3)));
    }
    return true;
}
