/* What a number format shows: a number, a share, a day, a time. Files have the codes of English
 * whatever language the program that wrote them spoke. */
#include "internal.h"

typedef struct seen {
    bool day, clock, elapsed, digits, percent;
} seen;

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool starts_with(pb_str s, size_t at, const char *word)
{
    size_t len = strlen(word);
    return pb_str_eq_nocase(pb_str_sub(s, at, len), pb_str_n(word, len));
}

/* `[h]`, `[mm]`: time that runs on beyond a day. */
static bool is_elapsed(pb_str inner)
{
    for (size_t i = 0; i < inner.len; i++) {
        char c = lower(inner.ptr[i]);
        if ((c != 'h' && c != 'm' && c != 's') || c != lower(inner.ptr[0]))
            return false;
    }
    return inner.len > 0;
}

/* Passes over text that stands for itself; true when something was passed over. */
static bool pass_literal(pb_str code, size_t *at, seen *ret)
{
    char c = code.ptr[*at];
    if (c == '"') {
        size_t end = *at + 1;
        while (end < code.len && code.ptr[end] != '"')
            end++;
        *at = end + 1;
        return true;
    }
    if (c == '[') {
        size_t end = *at + 1;
        while (end < code.len && code.ptr[end] != ']')
            end++;
        ret->elapsed |= is_elapsed(pb_str_sub(code, *at + 1, end - *at - 1));
        *at = end + 1;
        return true;
    }
    if (c == '\\' || c == '_' || c == '*') {
        *at += 2;
        while (*at < code.len && ((unsigned char)code.ptr[*at] & 0xC0) == 0x80)
            ++*at;
        return true;
    }
    return false;
}

/* Minutes follow hours or come before seconds; any other m is a month. */
static bool is_minute(pb_str code, size_t at, char before)
{
    if (before == 'h')
        return true;
    while (at < code.len && lower(code.ptr[at]) == 'm')
        at++;
    seen unused = {0};
    while (at < code.len) {
        if (pass_literal(code, &at, &unused))
            continue;
        char c = lower(code.ptr[at]);
        if (c >= 'a' && c <= 'z')
            return c == 's';
        at++;
    }
    return false;
}

static void read_code(pb_str code, seen *ret)
{
    char before = 0; /* the last letter that means something */
    for (size_t at = 0; at < code.len && code.ptr[at] != ';';) {
        if (pass_literal(code, &at, ret)) {
            before = ret->elapsed && before == 0 ? 'h' : before;
            continue;
        }
        char c = lower(code.ptr[at]);
        if (starts_with(code, at, "am/pm") || starts_with(code, at, "a/p")) {
            ret->clock = true;
            at += starts_with(code, at, "a/p") ? 3 : 5;
            continue;
        }
        if (c == 'e' && at + 1 < code.len && (code.ptr[at + 1] == '+' || code.ptr[at + 1] == '-')) {
            ret->digits = true;
            at += 2;
            continue;
        }
        if (c == 'm') {
            if (is_minute(code, at, before))
                ret->clock = true;
            else
                ret->day = true;
            while (at < code.len && lower(code.ptr[at]) == 'm')
                at++;
            before = 'm';
            continue;
        }
        ret->day |= c == 'y' || c == 'd' || c == 'e' || c == 'g';
        ret->clock |= c == 'h' || c == 's';
        ret->percent |= c == '%';
        ret->digits |= c == '0' || c == '#' || c == '?';
        if (c >= 'a' && c <= 'z')
            before = c;
        at++;
    }
}

xlsx_kind xlsx_format_kind(pb_str code)
{
    if (starts_with(code, 0, "general") || starts_with(code, 0, "g/") ||
        starts_with(code, 0, "standard") || pb_str_is(code, "@"))
        return XLSX_NUMBER;
    seen found = {0};
    read_code(code, &found);
    if (found.elapsed)
        return XLSX_DURATION;
    if (found.day && found.clock)
        return XLSX_DATE_TIME;
    if (found.clock)
        return XLSX_TIME;
    if (found.day && !found.digits)
        return XLSX_DATE;
    return found.percent ? XLSX_PERCENT : XLSX_NUMBER;
}

xlsx_kind xlsx_builtin_kind(uint32_t id)
{
    if (id == 9 || id == 10)
        return XLSX_PERCENT;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return XLSX_DATE;
    /* 34, 35, 55, 56 are times in Chinese and days in Japanese: a time of a day and more is shown
     * as the day it is */
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47 || id == 55 ||
        id == 56)
        return XLSX_TIME;
    if (id == 22)
        return XLSX_DATE_TIME;
    return id == 46 ? XLSX_DURATION : XLSX_NUMBER;
}
