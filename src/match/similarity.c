#include "internal.h"

#include "base/utf8.h"

enum { MAX_CODES = 128 };

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

double match_similarity(pb_str a, pb_str b)
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
    double dm = (double)m;
    double jaro = (dm / (double)la + dm / (double)lb + (dm - (double)moved / 2) / dm) / 3;
    size_t prefix = 0;
    while (prefix < 4 && prefix < la && prefix < lb && ca[prefix] == cb[prefix])
        prefix++;
    return jaro + (double)prefix * 0.1 * (1 - jaro);
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

size_t match_distance(pb_str a, pb_str b, size_t limit)
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
