/* The scanners of the CSV reader: 64 bytes at a time with SSE2, or 8 at a time in plain C. */
#include "csv_internal.h"

#ifdef __SSE2__
#include <emmintrin.h>

uint64_t csv_scan_block(const char *p, char delimiter)
{
    const __m128i d = _mm_set1_epi8(delimiter);
    const __m128i q = _mm_set1_epi8('"');
    const __m128i n = _mm_set1_epi8('\n');
    const __m128i r = _mm_set1_epi8('\r');
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, d), _mm_cmpeq_epi8(v, q)),
                                   _mm_or_si128(_mm_cmpeq_epi8(v, n), _mm_cmpeq_epi8(v, r)));
        bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(hit) << (16 * i);
    }
    return bits;
}

/* Number of bytes from `p` on that are ASCII without NUL, at most `len`. */
static size_t plain_run(const char *p, size_t len)
{
    size_t i = 0;
    const __m128i zero = _mm_setzero_si128();
    for (; i + 16 <= len; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        /* high bit set: not ASCII; equal to zero: NUL */
        unsigned bits = (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, zero)));
        if (bits != 0)
            return i + (size_t)__builtin_ctz(bits);
    }
    while (i < len && (signed char)p[i] > 0)
        i++;
    return i;
}
#else
/* Bit 0x80 of each byte of `w` that is zero. */
static uint64_t zero_bytes(uint64_t w)
{
    const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);
    return ~(((w & low) + low) | w | low);
}

uint64_t csv_scan_block(const char *p, char delimiter)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t w;
        memcpy(&w, p + 8 * i, 8);
        uint64_t hit = zero_bytes(w ^ (ones * (unsigned char)delimiter)) |
                       zero_bytes(w ^ (ones * '"')) | zero_bytes(w ^ (ones * '\n')) |
                       zero_bytes(w ^ (ones * '\r'));
        for (int k = 0; hit != 0 && k < 8; k++) {
            char c = p[8 * i + k]; /* byte by byte: any byte order */
            if (c == delimiter || c == '"' || c == '\n' || c == '\r')
                bits |= UINT64_C(1) << (8 * i + k);
        }
    }
    return bits;
}

static size_t plain_run(const char *p, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t w;
        memcpy(&w, p + i, 8);
        if (((w | zero_bytes(w)) & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (i < len && (signed char)p[i] > 0)
        i++;
    return i;
}
#endif

static bool follows(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the well-formed sequence at `u` (RFC 3629, table 3-7 of Unicode), 0 for none, -1 when
 * `left` bytes are a beginning of one. */
static int sequence(const unsigned char *u, size_t left)
{
    unsigned char c = u[0];
    unsigned char low = 0x80, high = 0xBF;
    int need;
    if (c >= 0xC2 && c <= 0xDF)
        need = 2;
    else if (c >= 0xE0 && c <= 0xEF)
        need = 3;
    else if (c >= 0xF0 && c <= 0xF4)
        need = 4;
    else
        return 0;
    if (c == 0xE0)
        low = 0xA0;
    else if (c == 0xED)
        high = 0x9F;
    else if (c == 0xF0)
        low = 0x90;
    else if (c == 0xF4)
        high = 0x8F;
    if (left < 2)
        return -1;
    if (u[1] < low || u[1] > high)
        return 0;
    for (int i = 2; i < need; i++) {
        if ((size_t)i >= left)
            return -1;
        if (!follows(u[i]))
            return 0;
    }
    return need;
}

size_t csv_scan_text(const char *p, size_t from, size_t len, bool *ret_cut)
{
    *ret_cut = false;
    size_t i = from;
    while (i < len) {
        if ((signed char)p[i] > 0) {
            i += plain_run(p + i, len - i);
            continue;
        }
        int step = p[i] == 0 ? 0 : sequence((const unsigned char *)p + i, len - i);
        if (step <= 0) {
            *ret_cut = step < 0;
            return i;
        }
        i += (size_t)step;
    }
    return len;
}

int64_t csv_scan_lines(pb_str s)
{
    int64_t lines = 0;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\n' || (s.ptr[i] == '\r' && !(i + 1 < s.len && s.ptr[i + 1] == '\n')))
            lines++;
    return lines;
}
