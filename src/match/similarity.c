#include "internal.h"

#include "base/utf8.h"

enum { MAX_CODES = 128, WORD_BITS = 64, ASCII = 128 };

/* Code points of the first MAX_CODES characters; ASCII, the common case, needs no decoding. */
static size_t decode(pb_str s, uint32_t codes[MAX_CODES])
{
    size_t count = 0;
    for (size_t at = 0; at < s.len && count < MAX_CODES;) {
        unsigned char c = (unsigned char)s.ptr[at];
        if (c < 0x80) {
            codes[count++] = c;
            at++;
        } else {
            codes[count++] = pb_utf8_next(s, &at);
        }
    }
    return count;
}

/* Characters that agree within the window, in order; marks them on both sides. */
static size_t common(const uint32_t *a, size_t la, const uint32_t *b, size_t lb, bool *used_a,
                     bool *used_b)
{
    size_t longest = la > lb ? la : lb;
    size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    size_t found = 0;
    for (size_t i = 0; i < la; i++) {
        size_t from = i > window ? i - window : 0;
        size_t to = i + window + 1 < lb ? i + window + 1 : lb;
        for (size_t j = from; j < to; j++) {
            if (!used_b[j] && a[i] == b[j]) {
                used_a[i] = used_b[j] = true;
                found++;
                break;
            }
        }
    }
    return found;
}

/* From the characters that agree, those of them out of order, and the length of a common start. */
static double jaro_winkler(size_t la, size_t lb, size_t found, size_t moved, size_t prefix)
{
    double m = (double)found;
    double jaro = (m / (double)la + m / (double)lb + (m - (double)moved / 2) / m) / 3;
    return jaro + (double)prefix * 0.1 * (1 - jaro);
}

double match_similarity_plain(pb_str a, pb_str b)
{
    uint32_t ca[MAX_CODES], cb[MAX_CODES];
    bool ua[MAX_CODES] = {false}, ub[MAX_CODES] = {false};
    if (pb_str_eq(a, b))
        return 1.0;
    size_t la = decode(a, ca), lb = decode(b, cb);
    if (la == 0 || lb == 0)
        return 0.0;
    size_t m = common(ca, la, cb, lb, ua, ub);
    if (m == 0)
        return 0.0;
    size_t moved = 0;
    for (size_t i = 0, j = 0; i < la; i++) {
        if (!ua[i])
            continue;
        while (!ub[j])
            j++;
        moved += ca[i] != cb[j];
        j++;
    }
    size_t prefix = 0;
    while (prefix < 4 && prefix < la && prefix < lb && ca[prefix] == cb[prefix])
        prefix++;
    return jaro_winkler(la, lb, m, moved, prefix);
}

/* True for texts whose characters are bytes and fit the bits of a word. */
static bool fits_word(pb_str s)
{
    unsigned char all = 0;
    if (s.len > WORD_BITS)
        return false;
    for (size_t i = 0; i < s.len; i++)
        all |= (unsigned char)s.ptr[i];
    return all < 0x80;
}

/* Where each letter of `b` stands, a bit each; only entries of letters of the two texts are set. */
static void place_letters(pb_str a, pb_str b, uint64_t places[ASCII])
{
    for (size_t i = 0; i < a.len; i++)
        places[(unsigned char)a.ptr[i]] = 0;
    for (size_t i = 0; i < b.len; i++)
        places[(unsigned char)b.ptr[i]] = 0;
    for (size_t i = 0; i < b.len; i++)
        places[(unsigned char)b.ptr[i]] |= UINT64_C(1) << i;
}

/* The lowest `count` bits. */
static uint64_t low_bits(size_t count)
{
    return count >= WORD_BITS ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* The same as the plain form: each letter takes the first of its kind that is free within the
 * window, found among the bits of a word. */
static double similarity_by_bits(pb_str a, pb_str b)
{
    uint64_t places[ASCII], used_a = 0, used_b = 0;
    size_t longest = a.len > b.len ? a.len : b.len, found = 0, moved = 0, prefix = 0;
    size_t window = longest / 2 > 0 ? longest / 2 - 1 : 0;
    place_letters(a, b, places);
    for (size_t i = 0; i < a.len; i++) {
        uint64_t within = low_bits(i + window + 1) & ~low_bits(i > window ? i - window : 0);
        uint64_t free_places = places[(unsigned char)a.ptr[i]] & within & ~used_b;
        used_b |= free_places & (~free_places + 1);
        used_a |= (uint64_t)(free_places != 0) << i;
        found += free_places != 0;
    }
    if (found == 0)
        return 0.0;
    for (; used_a != 0; used_a &= used_a - 1, used_b &= used_b - 1)
        moved += a.ptr[__builtin_ctzll(used_a)] != b.ptr[__builtin_ctzll(used_b)];
    while (prefix < 4 && prefix < a.len && prefix < b.len && a.ptr[prefix] == b.ptr[prefix])
        prefix++;
    return jaro_winkler(a.len, b.len, found, moved, prefix);
}

double match_similarity(pb_str a, pb_str b)
{
    if (a.len == 0 || b.len == 0 || !fits_word(a) || !fits_word(b))
        return match_similarity_plain(a, b);
    return pb_str_eq(a, b) ? 1.0 : similarity_by_bits(a, b);
}

/* Takes off what both texts begin and end with; letters of one byte, so that no character is cut.
 */
static void strip_common(pb_str *a, pb_str *b)
{
    size_t start = 0, end = 0, shorter = a->len < b->len ? a->len : b->len;
    while (start < shorter && a->ptr[start] == b->ptr[start] && (unsigned char)a->ptr[start] < 0x80)
        start++;
    while (end < shorter - start && a->ptr[a->len - 1 - end] == b->ptr[b->len - 1 - end] &&
           (unsigned char)a->ptr[a->len - 1 - end] < 0x80)
        end++;
    *a = pb_str_sub(*a, start, a->len - start - end);
    *b = pb_str_sub(*b, start, b->len - start - end);
}

size_t match_distance_plain(pb_str a, pb_str b, size_t limit)
{
    strip_common(&a, &b);
    uint32_t ca[MAX_CODES], cb[MAX_CODES];
    size_t rows[3][MAX_CODES + 1];
    if (a.len == 0 && b.len == 0)
        return 0;
    size_t la = decode(a, ca), lb = decode(b, cb);
    if ((la > lb ? la - lb : lb - la) > limit)
        return limit + 1;
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= lb; j++)
        last[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t least = now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t cost = ca[i - 1] != cb[j - 1];
            size_t best = last[j - 1] + cost;
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && ca[i - 1] == cb[j - 2] && ca[i - 2] == cb[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
            if (best < least)
                least = best;
        }
        if (least > limit)
            return limit + 1;
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[lb] <= limit ? last[lb] : limit + 1;
}

/* Hyyrö, "A Bit-Vector Algorithm for Computing Levenshtein and Damerau Edit Distances" (2003): a
 * column of the table of distances as differences from cell to cell, a bit each. */
static size_t distance_by_bits(pb_str a, pb_str b)
{
    uint64_t places[ASCII], up = UINT64_MAX, down = 0, diagonal = 0, before = 0;
    uint64_t last = UINT64_C(1) << (b.len - 1);
    size_t distance = b.len;
    place_letters(a, b, places);
    for (size_t i = 0; i < a.len; i++) {
        uint64_t here = places[(unsigned char)a.ptr[i]];
        uint64_t swapped = ((~diagonal & here) << 1) & before;
        diagonal = (((here & up) + up) ^ up) | here | down | swapped;
        uint64_t right = down | ~(diagonal | up), left = diagonal & up;
        distance += (right & last) != 0;
        distance -= (left & last) != 0;
        right = right << 1 | 1;
        left <<= 1;
        up = left | ~(diagonal | right);
        down = right & diagonal;
        before = here;
    }
    return distance;
}

size_t match_distance(pb_str a, pb_str b, size_t limit)
{
    strip_common(&a, &b);
    if (!fits_word(a) || !fits_word(b))
        return match_distance_plain(a, b, limit);
    size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
    if (apart > limit)
        return limit + 1;
    size_t distance = a.len > 0 && b.len > 0 ? distance_by_bits(a, b) : apart;
    return distance <= limit ? distance : limit + 1;
}
