/* Text slices. */
#include "base/str.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

pb_str pb_str_c(const char *text)
{
    return text ? (pb_str){text, strlen(text)} : PB_STR_NONE;
}

pb_str pb_str_n(const char *ptr, size_t len)
{
    return (pb_str){ptr, len};
}

bool pb_str_empty(pb_str s)
{
    return s.len == 0;
}

bool pb_str_eq(pb_str a, pb_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool pb_str_is(pb_str a, const char *text)
{
    return pb_str_eq(a, pb_str_c(text));
}

static inline unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool pb_str_eq_nocase(pb_str a, pb_str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int pb_str_cmp(pb_str a, pb_str b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool pb_str_starts(pb_str s, pb_str prefix)
{
    return s.len >= prefix.len && pb_str_eq(pb_str_n(s.ptr, prefix.len), prefix);
}

bool pb_str_ends(pb_str s, pb_str suffix)
{
    return s.len >= suffix.len && pb_str_eq(pb_str_sub(s, s.len - suffix.len, suffix.len), suffix);
}

size_t pb_str_index(pb_str s, char c)
{
    const char *found = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return found ? (size_t)(found - s.ptr) : s.len;
}

size_t pb_str_find(pb_str s, pb_str needle)
{
    if (needle.len == 0)
        return 0;
    size_t from = 0;
    while (s.len - from >= needle.len) {
        const char *found = memchr(s.ptr + from, needle.ptr[0], s.len - from - needle.len + 1);
        if (!found)
            return SIZE_MAX;
        if (memcmp(found, needle.ptr, needle.len) == 0)
            return (size_t)(found - s.ptr);
        from = (size_t)(found - s.ptr) + 1;
    }
    return SIZE_MAX;
}

pb_str pb_str_sub(pb_str s, size_t from, size_t len)
{
    if (!s.ptr)
        return s;
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return (pb_str){s.ptr + from, len};
}

static inline bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

pb_str pb_str_trim(pb_str s)
{
    while (s.len && blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len && blank(*s.ptr)) {
        s.ptr++;
        s.len--;
    }
    return s;
}

bool pb_str_split(pb_str *rest, char sep, pb_str *ret_head)
{
    pb_str whole = *rest;
    if (!whole.ptr)
        return false;
    size_t at = pb_str_index(whole, sep);
    *ret_head = pb_str_n(whole.ptr, at);
    *rest = at < whole.len ? pb_str_n(whole.ptr + at + 1, whole.len - at - 1) : PB_STR_NONE;
    return true;
}

bool pb_str_to_i64(pb_str s, int64_t *ret)
{
    bool negative = s.len && *s.ptr == '-';
    size_t i = s.len && (*s.ptr == '-' || *s.ptr == '+');
    if (i == s.len)
        return false;
    /* Gathered as a negative number: INT64_MIN has no positive twin. */
    int64_t value = 0;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, s.ptr[i] - '0', &value))
            return false;
    }
    if (!negative && value == INT64_MIN)
        return false;
    *ret = negative ? value : -value;
    return true;
}

/* The parts of a decimal number; `digits` holds the first 19 significant ones. */
typedef struct decimal {
    uint64_t digits;
    int exponent;
    bool negative;
    bool exact; /* no digit was left out */
} decimal;

static bool add_digit(decimal *number, char c, bool fraction)
{
    if (c < '0' || c > '9')
        return false;
    if (number->digits >= UINT64_C(1000000000000000000)) {
        number->exact = number->exact && c == '0';
        number->exponent += !fraction;
        return true;
    }
    number->digits = number->digits * 10 + (uint64_t)(c - '0');
    number->exponent -= fraction;
    return true;
}

static bool read_exponent(pb_str s, size_t i, decimal *number)
{
    int64_t exponent = 0;
    if (!pb_str_to_i64(pb_str_sub(s, i, s.len), &exponent))
        return false;
    /* Beyond this the value is zero or too large whatever the digits are. */
    if (exponent < -100000 || exponent > 100000)
        exponent = exponent < 0 ? -100000 : 100000;
    number->exponent += (int)exponent;
    return true;
}

static bool read_decimal(pb_str s, decimal *number)
{
    size_t i = s.len && (*s.ptr == '-' || *s.ptr == '+');
    size_t digits = 0;
    *number = (decimal){.negative = s.len && *s.ptr == '-', .exact = true};
    bool fraction = false;
    if (s.len > 4096)
        return false;
    for (; i < s.len && s.ptr[i] != 'e' && s.ptr[i] != 'E'; i++) {
        if (s.ptr[i] == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!add_digit(number, s.ptr[i], fraction))
            return false;
        digits++;
    }
    if (digits == 0)
        return false;
    return i == s.len || read_exponent(s, i + 1, number);
}

/* The C library's correctly rounding reader, with the "C" locale whatever the process has set. */
static bool slow_double(pb_str s, double *ret)
{
    char text[4097];
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!plain)
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    char *end = NULL;
    double value = strtod_l(text, &end, plain);
    freelocale(plain);
    if (end != text + s.len || value > 1.7976931348623157e308 || value < -1.7976931348623157e308)
        return false;
    *ret = value;
    return true;
}

bool pb_str_to_double(pb_str s, double *ret)
{
    /* Powers of ten that a double holds exactly: with at most 53 bits of digits one multiplication
     * or division rounds correctly. Source: W. D. Clinger, "How to read floating point numbers
     * accurately", 1990. */
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    decimal number;
    if (!read_decimal(s, &number))
        return false;
    if (!number.exact || number.digits >> 53 || number.exponent < -22 || number.exponent > 22)
        return slow_double(s, ret);
    double value = (double)number.digits;
    value =
        number.exponent < 0 ? value / powers[-number.exponent] : value * powers[number.exponent];
    *ret = number.negative ? -value : value;
    return true;
}

__extension__ typedef unsigned __int128 wide;

static inline uint64_t mix(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t load64(const char *p)
{
    uint64_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

static inline uint64_t load32(const char *p)
{
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

uint64_t pb_str_hash(pb_str s)
{
    static const uint64_t p0 = UINT64_C(0xa0761d6478bd642f), p1 = UINT64_C(0xe7037ed1a0b428db),
                          p2 = UINT64_C(0x8ebc6af09c88c6e3);
    uint64_t seed = p0;
    const char *p = s.ptr;
    size_t left = s.len;
    while (left > 16) {
        seed = mix(load64(p) ^ p1, load64(p + 8) ^ seed);
        p += 16;
        left -= 16;
    }
    uint64_t a = 0;
    uint64_t b = 0;
    if (left >= 8) {
        a = load64(p);
        b = load64(p + left - 8);
    } else if (left >= 4) {
        a = load32(p);
        b = load32(p + left - 4);
    } else if (left > 0) {
        a = (uint64_t)(unsigned char)p[0] << 16 | (uint64_t)(unsigned char)p[left / 2] << 8 |
            (unsigned char)p[left - 1];
    }
    return mix(p2 ^ s.len, mix(a ^ p1, b ^ seed));
}

const char *pb_one_line(const char *text, char *room, size_t size)
{
    size_t used = 0;
    for (const char *c = text; *c != '\0' && used + 1 < size; c++)
        if (*c != '\n')
            room[used++] = *c;
        else if (c[1] != '\0')
            room[used++] = ' ';
    room[used] = '\0';
    return room;
}
