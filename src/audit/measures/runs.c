/* Runs of keys: what comes out when a hand falls on the keyboard. Scored by neighbourhood, not by a
 * list of words. */
#include "scan.h"

#include <uchar.h>

#include "base/utf8.h"

enum { LONGEST = 40, LEAST = 4, SURE_RUN = 5, COVERED_TENTHS = 8 };

/* Rows of the layouts that are in use. The first four are where a run of four letters is enough
 * when it begins or ends at the edge: “wert” and “azer” are names. */
static const char32_t *const rows[] = {
    U"qwertyuiop",   U"asdfghjkl",    U"zxcvbnm",     U"1234567890",
    U"qwertzuiop",   U"yxcvbnm",      U"azertyuiop",  U"wxcvbn",
    U"qsdfghjklm",   U"ضصثقفغعهخحجچ", U"شسیبلاتنمکگ", U"ظطزرذدئو",
    U"йцукенгшщзхъ", U"фывапролджэ",  U"ячсмитьбю",   U"qazwsxedcrfvtgbyhnujm",
};
enum { ROWS = sizeof rows / sizeof *rows, EDGE_ROWS = 4 };

typedef struct letters {
    uint32_t codes[LONGEST];
    size_t count;
} letters;

/* Small letters and digits of a text; false when it holds more than a hand would type. */
static bool take_letters(pb_str text, letters *to)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code = pb_utf8_next(text, &at);
        if (code < 0x80) {
            if (code >= 'A' && code <= 'Z')
                code |= 0x20;
            if (!((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')))
                continue;
        } else if (code == 0x200C || code == 0x3000) {
            continue;
        }
        if (to->count == LONGEST)
            return false;
        to->codes[to->count++] = code;
    }
    return true;
}

static bool all_same(const letters *of)
{
    for (size_t i = 1; i < of->count; i++)
        if (of->codes[i] != of->codes[0])
            return false;
    return of->count > 0;
}

/* Length of the run along one row that begins at `from`; `*edge` when it touches an end. */
static size_t run_along(const letters *of, size_t from, const char32_t *row, bool *edge)
{
    size_t best = 0, length = 0;
    while (row[length])
        length++;
    for (size_t k = 0; k < length; k++) {
        if (row[k] != of->codes[from])
            continue;
        size_t right = 1, left = 1;
        while (from + right < of->count && k + right < length &&
               of->codes[from + right] == row[k + right])
            right++;
        while (from + left < of->count && left <= k && of->codes[from + left] == row[k - left])
            left++;
        best = right > left ? right : left;
        *edge = k == 0 || k + 1 == length || (right > left ? k + right == length : left == k + 1);
    }
    return best;
}

/* The longest run at `from` over all rows; `*sure` when it is one beyond doubt, `*at_edge` when it
 * begins or ends where its row does. */
static size_t longest_run(const letters *of, size_t from, bool *sure, bool *at_edge)
{
    size_t best = 0;
    *at_edge = false;
    for (size_t r = 0; r < ROWS; r++) {
        bool narrow = rows[r][0] < 0x80, edge = false;
        if (narrow != (of->codes[from] < 0x80))
            continue;
        size_t length = run_along(of, from, rows[r], &edge);
        if (length >= SURE_RUN || (length == LEAST && edge && (r < EDGE_ROWS || !narrow)))
            *sure = true;
        if (length > best) {
            best = length;
            *at_edge = edge;
        }
    }
    return best;
}

/* “asdasd”: a run of three typed again and again. */
static bool repeats_run(const letters *of)
{
    if (of->count < 6 || of->count % 3)
        return false;
    for (size_t i = 3; i < of->count; i++)
        if (of->codes[i] != of->codes[i - 3])
            return false;
    bool sure = false, edge;
    letters unit = *of;
    unit.count = 3;
    return longest_run(&unit, 0, &sure, &edge) == 3;
}

/* “sdfkjh”: five and more consonants of the middle row, as no language has them. */
static bool is_mash(const letters *of)
{
    if (of->count < SURE_RUN)
        return false;
    for (size_t i = 0; i < of->count; i++)
        if (of->codes[i] >= 0x80 || !strchr("sdfghjkl", (int)of->codes[i]))
            return false;
    return true;
}

/* Nearly all of it lies in runs, one of them beyond doubt; or all of it in short ones from the
 * edges of the keyboard: “qweasd”. */
static bool covered(const letters *of)
{
    size_t in_runs = 0;
    bool sure = false, edges = true, edge;
    for (size_t i = 0; i < of->count;) {
        size_t length = longest_run(of, i, &sure, &edge);
        if (length >= 3)
            in_runs += length;
        edges = edges && edge && length >= 3;
        i += length >= 3 ? length : 1;
    }
    return (sure && in_runs * 10 >= of->count * COVERED_TENTHS) || (edges && of->count >= 6);
}

static bool is_run(const letters *of)
{
    if (of->count < LEAST)
        return false;
    return all_same(of) || covered(of) || repeats_run(of) || is_mash(of);
}

bool runs_keyboard(pb_str word)
{
    letters of = {0};
    return take_letters(word, &of) && is_run(&of);
}

static bool only_digits(const letters *of)
{
    for (size_t i = 0; i < of->count; i++)
        if (of->codes[i] < '0' || of->codes[i] > '9')
            return false;
    return true;
}

/* Place of an ASCII key: those beside each other differ by one. */
static int key_place(unsigned char c)
{
    static const unsigned char letters_at[26] = {
        /* a */ 20, 44, 42, 22, 2, 23, 24, 25, 7,  26, 27, 28, 46,
        /* n */ 45, 8,  9,  0,  3, 21, 4,  6,  43, 1,  41, 5,  40,
    };
    if (c >= '0' && c <= '9')
        return c == '0' ? 70 : 60 + (c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'z' ? letters_at[c - 'a'] : -10;
}

/* A cheap look at ASCII: do enough letters stand beside the one before, or repeat it? */
static bool may_be_run(pb_str text)
{
    size_t beside = 0, count = 0, middle = 0;
    int before = -10;
    for (size_t i = 0; i < text.len; i++) {
        int place = key_place((unsigned char)text.ptr[i]);
        if (place < 0)
            continue;
        int apart = place - before;
        beside += apart >= -1 && apart <= 1;
        middle += place > 20 && place <= 28;
        before = place;
        count++;
    }
    /* “qazwsx” runs down the columns. */
    if (pb_str_find(text, PB_STR("az")) != SIZE_MAX || pb_str_find(text, PB_STR("AZ")) != SIZE_MAX)
        return true;
    return count >= 3 && (beside * 10 >= count * 4 || middle == count);
}

/* Two or more letters of the same capital are a firm's initials: only what is all small or all one
 * letter is asked of organisations. */
bool sign_keyboard(const scan_text *text)
{
    letters of = {0};
    if (text->text.len > (size_t)LONGEST * 3 || text->text.len < 3 ||
        (!(text->has & HAS_HIGH) && !may_be_run(text->text)) || !take_letters(text->text, &of))
        return false;
    bool person = text->type == MODEL_PERSON_NAME || text->field->role.len == 0 ||
                  pb_str_ends(text->field->role, PB_STR("_name"));
    if (only_digits(&of))
        return text->type == MODEL_PERSON_NAME || text->type == MODEL_ORG_NAME ? is_run(&of)
                                                                               : false;
    if (text->type == MODEL_PERSON_NAME && of.count == 3 && all_same(&of) &&
        !(text->has & HAS_SPACE))
        return true;
    if (!person && of.count < LEAST)
        return false;
    bool capitals = (text->has & HAS_UPPER) && !(text->has & (HAS_LOWER | HAS_HIGH));
    if (text->type == MODEL_ORG_NAME && capitals && !all_same(&of))
        return covered(&of) || repeats_run(&of);
    return is_run(&of);
}
