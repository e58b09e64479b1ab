/* Looking at single values: what a date or a number shows about the order of its parts. */
#include "base/utf8.h"
#include "formats.h"

/* Value of a digit in ASCII, Persian, Arabic or full width, or -1. */
static int digit_of(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x6F0 && c <= 0x6F9)
        return (int)(c - 0x6F0);
    if (c >= 0x660 && c <= 0x669)
        return (int)(c - 0x660);
    return c >= 0xFF10 && c <= 0xFF19 ? (int)(c - 0xFF10) : -1;
}

static void keep(char to[32], pb_str text)
{
    if (to[0] == 0) {
        pb_str cut = pb_utf8_cut(text, 31);
        memcpy(to, cut.ptr, cut.len);
        to[cut.len] = 0;
    }
}

/* --- dates --- */

/* Three numbers with one mark between, and what stands behind. */
typedef struct three {
    int number[3];
    int digits[3];
    uint32_t mark;
    bool persian;
    pb_str rest;
} three;

static bool read_three(pb_str text, three *ret)
{
    *ret = (three){0};
    int part = 0;
    for (size_t at = 0; at < text.len;) {
        size_t before = at;
        uint32_t c = pb_utf8_next(text, &at);
        int digit = digit_of(c);
        if (c == 0x200E || c == 0x200F)
            continue;
        if (digit >= 0) {
            if (ret->digits[part] == 4)
                return false;
            ret->number[part] = ret->number[part] * 10 + digit;
            ret->digits[part]++;
            ret->persian = ret->persian || c > 0x80;
        } else if ((c == '-' || c == '/' || c == '.') && part < 2 && ret->digits[part] > 0) {
            if (ret->mark != 0 && ret->mark != c)
                return false;
            ret->mark = c;
            part++;
        } else {
            ret->rest = pb_str_sub(text, before, text.len);
            return (c == ' ' || c == 'T' || c == ',') && part == 2 && ret->digits[2] > 0;
        }
    }
    return part == 2 && ret->digits[2] > 0;
}

static bool half_day_clock(pb_str rest)
{
    for (size_t i = 0; i + 1 < rest.len; i++) {
        char first = (char)(rest.ptr[i] | 0x20), second = (char)(rest.ptr[i + 1] | 0x20);
        if ((first == 'a' || first == 'p') && (second == 'm' || rest.ptr[i + 1] == '.'))
            return true;
    }
    return false;
}

/* A number alone: days of a spreadsheet since 1955 or so, seconds and milliseconds since 1970
 * (1973 to 2100). Eight digits are a day written without marks. */
static bool vote_number(date_votes *votes, pb_str text)
{
    int64_t value = 0;
    size_t digits = 0, at = 0;
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9' && digits < 16) {
        value = value * 10 + (text.ptr[at++] - '0');
        digits++;
    }
    if (digits < 4 || digits == 8 || digits > 14)
        return false;
    if (at < text.len && text.ptr[at] == '.') /* a time of day */
        for (at++; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';)
            at++;
    if (at < text.len)
        return false;
    votes->bare++;
    votes->serials += value >= 20000 && value <= 80000;
    votes->seconds += value >= INT64_C(100000000) && value < INT64_C(4102444800);
    votes->milliseconds += value >= INT64_C(100000000000) && value < INT64_C(4102444800000);
    keep(votes->number, text);
    return true;
}

static void prove(date_votes *votes, bool day_first, pb_str text, int64_t line)
{
    if (votes->dmy + votes->mdy == 0)
        votes->proof_line = line;
    keep(day_first ? votes->proof_dmy : votes->proof_mdy, text);
    *(day_first ? &votes->dmy : &votes->mdy) += 1;
}

void votes_date(date_votes *votes, pb_str text, int64_t line)
{
    three t;
    text = pb_str_trim(text);
    if (text.len == 0 || text.len > 64)
        return;
    if (vote_number(votes, text)) {
        votes->all++;
        return;
    }
    if (!read_three(text, &t))
        return;
    votes->all++;
    votes->persian += t.persian;
    bool year_first = t.digits[0] >= 3;
    int year = year_first ? t.number[0] : t.number[2];
    if (year_first || t.digits[2] >= 3) {
        bool jalali = year >= 1200 && year <= 1500;
        votes->jalali += jalali;
        votes->late += !jalali;
    } else {
        votes->short_first += t.number[0] > 31 || t.number[0] == 0;
        votes->short_last += t.number[2] > 31 || t.number[2] == 0;
    }
    if (year_first) {
        votes->ymd++;
        return;
    }
    votes->noons += half_day_clock(t.rest);
    votes->dots += t.mark == '.';
    if (t.number[0] > 12 && t.number[0] <= 31 && t.number[1] <= 12) {
        prove(votes, true, text, line);
    } else if (t.number[1] > 12 && t.number[1] <= 31 && t.number[0] <= 12) {
        prove(votes, false, text, line);
    } else if (t.number[0] <= 12 && t.number[1] <= 12 && votes->open++ == 0) {
        keep(votes->example, text);
        votes->mark = t.mark;
    }
}

bool votes_dates_decided(const date_votes *votes)
{
    return votes->open == 0 || votes->dmy + votes->mdy > 0 ||
           (votes->short_first > 0 && votes->short_last == 0);
}

/* --- numbers --- */

/* The digits and marks of a number in ASCII: 9 a digit, g what only ever groups, a, comma or point.
 * The Arabic decimal separator is a point that is one without doubt: d. */
static size_t outline(pb_str text, char to[64], bool *ret_zero_first)
{
    size_t len = 0;
    for (size_t at = 0; at < text.len && len < 63;) {
        uint32_t c = pb_utf8_next(text, &at);
        int digit = digit_of(c);
        if (digit >= 0) {
            *ret_zero_first = len == 0 ? digit == 0 : *ret_zero_first;
            to[len++] = '9';
        } else if (c == 0x66B) {
            to[len++] = 'd';
        } else if (c == ',' || c == 0x60C) {
            to[len++] = ',';
        } else if (c == '.') {
            to[len++] = '.';
        } else if (c == 0x66C || c == '\'' || c == 0x2019 || c == ' ' || c == 0xA0 || c == 0x202F ||
                   c == 0x2009) {
            to[len++] = 'g';
        }
    }
    while (len > 0 && to[len - 1] != '9') /* marks of a currency: `Rs.` */
        len--;
    size_t from = 0;
    while (from < len && to[from] != '9' && from + 1 < len && to[from + 1] != '9')
        from++;
    memmove(to, to + from, len - from);
    to[len - from] = 0;
    return len - from;
}

static size_t count_of(const char *text, char c)
{
    size_t count = 0;
    for (; *text != 0; text++)
        count += *text == c;
    return count;
}

void votes_mark(mark_votes *votes, pb_str text)
{
    char form[64];
    bool zero_first = false;
    text = pb_str_trim(text);
    size_t len = text.len > 63 ? 0 : outline(text, form, &zero_first);
    if (len == 0)
        return;
    votes->all++;
    size_t commas = count_of(form, ','), points = count_of(form, '.');
    bool grouped = strchr(form, 'g') != NULL && form[0] == '9';
    if (strchr(form, 'd') != NULL || (commas > 1 && points <= 1)) {
        votes->point++;
    } else if (points > 1) {
        votes->comma++;
    } else if (commas > 0 && points > 0) {
        *(strchr(form, ',') > strchr(form, '.') ? &votes->comma : &votes->point) += 1;
    } else if (commas + points == 1) {
        const char *at = strchr(form, commas > 0 ? ',' : '.');
        size_t before = (size_t)(at - form), behind = len - before - 1;
        bool decides = behind != 3 || before > 3 || before == 0 || zero_first || grouped;
        if (decides)
            *(commas > 0 ? &votes->comma : &votes->point) += 1;
        else
            *(commas > 0 ? &votes->open_comma : &votes->open_point) += 1;
        if (!decides)
            keep(votes->example, text);
    }
}

bool votes_marks_decided(const mark_votes *votes)
{
    return votes->comma + votes->point > 0 || votes->open_comma + votes->open_point == 0;
}
