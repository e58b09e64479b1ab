/* Dates and instants as people write them. Refused rather than guessed: days that do not exist, and
 * day/month orders that the text and the column leave open. */
#include "types/date.h"

#include "base/time.h"
#include "base/utf8.h"
#include "fold.h"
#include "reader.h"
#include "types/zone.h"

enum { DATE_TEXT_MAX = 120, CENTURY = 100, AHEAD = 20 };

static const char *const no_date = PB_MSG("{value} is not a date");
static const char *const no_day = PB_MSG("{value} is not a day that exists");
static const char *const no_time = PB_MSG("{value} holds a time of day that does not exist");

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The hot path: YYYY-MM-DD. */
static bool iso_date(pb_str s, int *year, int *month, int *day)
{
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-')
        return false;
    for (size_t i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !is_digit(s.ptr[i]))
            return false;
    *year =
        (s.ptr[0] - '0') * 1000 + (s.ptr[1] - '0') * 100 + (s.ptr[2] - '0') * 10 + (s.ptr[3] - '0');
    *month = (s.ptr[5] - '0') * 10 + (s.ptr[6] - '0');
    *day = (s.ptr[8] - '0') * 10 + (s.ptr[9] - '0');
    return true;
}

/* What a written date holds. */
typedef struct parts {
    int64_t number[3];
    size_t digits[3];
    char mark[3]; /* what stands behind each number */
    size_t count;
    size_t position; /* numbers before the month's word */
    int month;       /* by its word; 0: none */
    bool jalali;     /* a Persian month's word, or Persian digits */
} parts;

static const char *take_number(pb_str s, size_t *at, parts *ret)
{
    int64_t value = 0;
    size_t begin = *at;
    for (; *at < s.len && is_digit(s.ptr[*at]) && *at - begin < 9; ++*at)
        value = value * 10 + (s.ptr[*at] - '0');
    if (ret->count == 3)
        return no_date;
    ret->number[ret->count] = value;
    ret->digits[ret->count] = *at - begin;
    ret->mark[ret->count] = *at < s.len ? s.ptr[*at] : '\0';
    ret->count++;
    return NULL;
}

static const char *take_word(pb_str word, parts *ret)
{
    bool jalali = false;
    int month = model_month(word, &jalali);
    if (month == 0)
        return model_date_filler(word) ? NULL : no_date;
    if (ret->month != 0)
        return no_date;
    ret->month = month;
    ret->jalali = ret->jalali || jalali;
    ret->position = ret->count;
    return NULL;
}

/* `s` in folded form, where separators were kept as they are. */
static const char *split(pb_str s, parts *ret)
{
    for (size_t at = 0; at < s.len;) {
        unsigned char c = (unsigned char)s.ptr[at];
        const char *problem = NULL;
        if (is_digit((char)c)) {
            problem = take_number(s, &at, ret);
        } else if ((c >= 'a' && c <= 'z') || c >= 0x80) {
            size_t begin = at;
            while (at < s.len &&
                   (((unsigned char)s.ptr[at] >= 0x80) || (s.ptr[at] >= 'a' && s.ptr[at] <= 'z')))
                at++;
            problem = take_word(pb_str_sub(s, begin, at - begin), ret);
        } else if (memchr(" -/.,'", c, 6) != NULL) {
            at++;
        } else {
            problem = no_date;
        }
        if (problem != NULL)
            return problem;
    }
    return NULL;
}

/* A year of two digits: within the 80 years before and 20 after today, in the column's calendar. */
static int64_t full_year(int64_t year, size_t digits, int64_t today, bool jalali)
{
    int this_year, month, day;
    if (digits > 2)
        return year;
    if (jalali)
        pb_date_to_jalali(today, &this_year, &month, &day);
    else
        pb_date_to_civil(today, &this_year, &month, &day);
    year += this_year - this_year % CENTURY;
    if (year > this_year + AHEAD)
        year -= CENTURY;
    else if (year <= this_year - (CENTURY - AHEAD))
        year += CENTURY;
    return year;
}

static const char *make_day(bool jalali, int64_t year, int64_t month, int64_t day, int64_t *ret)
{
    if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1 || year > 9999)
        return no_day;
    bool real = jalali ? pb_date_from_jalali((int)year, (int)month, (int)day, ret)
                       : pb_date_from_civil((int)year, (int)month, (int)day, ret);
    return real ? NULL : no_day;
}

static bool year_is_jalali(const parts *p, int64_t year, const model_format *format)
{
    return year >= 1200 && year <= 1500 && (p->jalali || format->jalali);
}

/* Day, month and year as numbers, the year last: the column's order decides, else the values. */
static const char *order_numbers(const parts *p, const model_format *format, int64_t *month,
                                 int64_t *day)
{
    int64_t a = p->number[0], b = p->number[1];
    bool day_first = format->date_order == MODEL_DMY;
    if (format->date_order == MODEL_YMD) {
        if (a != b && a <= 12 && b <= 12 && p->mark[0] != '.')
            return PB_MSG("{value} leaves open which number is the day and which the month");
        day_first = p->mark[0] == '.' || a > 12 || a == b;
    }
    *day = day_first ? a : b;
    *month = day_first ? b : a;
    return NULL;
}

static const char *assemble(const parts *p, const model_format *format, int64_t today, int64_t *ret)
{
    int64_t year, month, day;
    if (p->count == 1 && p->digits[0] == 8 && p->month == 0) {
        year = p->number[0] / 10000;
        return make_day(year_is_jalali(p, year, format), year, p->number[0] / 100 % 100,
                        p->number[0] % 100, ret);
    }
    if (p->month != 0) {
        if (p->count != 2)
            return no_date;
        bool first = p->digits[0] > 2;
        if (first && p->digits[1] > 2)
            return no_date;
        month = p->month;
        day = p->number[first ? 1 : 0];
        year = full_year(p->number[first ? 0 : 1], p->digits[first ? 0 : 1], today, p->jalali);
    } else {
        if (p->count != 3 || p->digits[1] > 2)
            return no_date;
        if (p->digits[0] > 2 || (p->digits[2] <= 2 && format->date_order == MODEL_YMD)) {
            if (p->digits[2] > 2)
                return no_date;
            if (p->digits[0] <= 2 && !format->short_year_first)
                return PB_MSG("{value} leaves open which number is the year");
            year = full_year(p->number[0], p->digits[0], today, format->jalali);
            month = p->number[1];
            day = p->number[2];
        } else {
            const char *problem = order_numbers(p, format, &month, &day);
            if (problem != NULL)
                return problem;
            year = full_year(p->number[2], p->digits[2], today, format->jalali);
        }
    }
    return make_day(year_is_jalali(p, year, format), year, month, day, ret);
}

static bool persian_digits(pb_str s)
{
    for (size_t at = 0; at < s.len;) {
        uint32_t code = pb_utf8_next(s, &at);
        if (code >= 0x06F0 && code <= 0x06F9)
            return true;
    }
    return false;
}

/* Lower case, ASCII digits, Persian letters; marks stay, so that a folding by words will not do. */
static void fold_date(model_reader *reader, pb_str raw, pb_buf *out)
{
    pb_str ascii = model_ascii_number(reader, raw);
    pb_buf_clear(out);
    for (size_t at = 0; at < ascii.len;) {
        uint32_t code = pb_utf8_next(ascii, &at);
        if (code >= 'A' && code <= 'Z')
            code += 32;
        else if (code >= 0x0600 && code <= 0x06FF)
            code = model_fold_arabic(code);
        if (code == 0x200C || code == 0x200E || code == 0x200F || code == 0)
            continue;
        pb_utf8_put(out, code);
    }
}

/* Where the time of day begins: at the number before the first colon; s.len when there is none. */
static size_t time_begin(pb_str s)
{
    size_t colon = pb_str_index(s, ':');
    if (colon == s.len)
        return s.len;
    while (colon > 0 && is_digit(s.ptr[colon - 1]))
        colon--;
    return colon;
}

/* `am` and the like begin the text, and no word that begins alike. */
static bool is_half(pb_str rest, const char *short_form, const char *long_form)
{
    bool goes_on = rest.len > 2 && ((rest.ptr[2] >= 'a' && rest.ptr[2] <= 'z'));
    return (pb_str_starts(rest, pb_str_c(short_form)) && !goes_on) ||
           pb_str_starts(rest, pb_str_c(long_form));
}

/* `hh:mm[:ss[.ffffff]] [am|pm]`, folded, `half` of the day where a word said it; microseconds from
 * midnight, and what stands behind. */
static bool read_time(pb_str s, char half, int64_t *ret, pb_str *ret_rest)
{
    int64_t field[3] = {0, 0, 0}, micro = 0;
    size_t at = 0, n = 0;
    for (; n < 3; n++) {
        size_t begin = at;
        while (at < s.len && is_digit(s.ptr[at]) && at - begin < 2)
            field[n] = field[n] * 10 + (s.ptr[at++] - '0');
        if (at == begin)
            return false;
        if (at == s.len || s.ptr[at] != ':')
            break;
        at++;
    }
    if (n == 2 && at < s.len && s.ptr[at] == '.') {
        int64_t unit = 100000;
        for (at++; at < s.len && is_digit(s.ptr[at]); at++, unit /= 10)
            micro += (s.ptr[at] - '0') * unit;
    }
    pb_str rest = pb_str_trim(pb_str_sub(s, at, s.len));
    bool pm = is_half(rest, "pm", "p.m."), am = is_half(rest, "am", "a.m.");
    if (half != 0 && field[0] <= 12)
        field[0] = field[0] % 12 + (half == 'p' ? 12 : 0);
    if (am || pm) {
        if (half != 0 || field[0] < 1 || field[0] > 12)
            return false;
        field[0] = field[0] % 12 + (pm ? 12 : 0);
        rest = pb_str_trim(pb_str_sub(rest, rest.ptr[1] == '.' ? 4 : 2, rest.len));
    }
    if (n == 0 || n == 3 || field[0] > 23 || field[1] > 59 || field[2] > 59)
        return false;
    *ret = ((field[0] * 60 + field[1]) * 60 + field[2]) * PB_US_PER_SECOND + micro;
    *ret_rest = rest;
    return true;
}

/* The half of the day in words of other scripts, before or behind the time (下午3:05, ۳:۰۵ ب.ظ):
 * taken off `*text`. 0: none, 'a', 'p'. */
static char take_half(pb_str *text, bool behind)
{
    static const struct {
        const char *word;
        char half;
    } words[] = {{"上午", 'a'}, {"下午", 'p'}, {"午前", 'a'}, {"午後", 'p'},
                 {"ق.ظ", 'a'},  {"ب.ظ", 'p'},  {"صبح", 'a'},  {"عصر", 'p'}};
    pb_str s = pb_str_trim(*text);
    while (behind && s.len > 0 && s.ptr[s.len - 1] == '.')
        s.len--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (pb_str_ends(s, pb_str_c(words[i].word))) {
            *text = pb_str_trim(pb_str_sub(s, 0, s.len - strlen(words[i].word)));
            return words[i].half;
        }
    return 0;
}

/* A number alone, in a column where such numbers are moments. */
static bool read_moment(pb_str raw, model_moments moments, int64_t *ret_us)
{
    enum { DAY_OF_1970 = 25569, LEAP_DAY = 60, LAST_DAY = 2958465 };
    int64_t whole = 0;
    double part = 0, unit = 0.1;
    size_t at = 0;
    for (; at < raw.len && is_digit(raw.ptr[at]) && at < 14; at++)
        whole = whole * 10 + (raw.ptr[at] - '0');
    if (moments == MODEL_NO_MOMENTS || at < 4 || at == 8)
        return false;
    if (at < raw.len && raw.ptr[at] == '.')
        for (at++; at < raw.len && is_digit(raw.ptr[at]); at++) {
            part += (raw.ptr[at] - '0') * unit;
            unit /= 10;
        }
    if (at < raw.len)
        return false;
    const int64_t last = (int64_t)(LAST_DAY - DAY_OF_1970 + 1) * 86400; /* in seconds */
    if (whole > (moments == MODEL_MILLISECONDS ? last * 1000 : last))
        return false;
    if (moments == MODEL_MILLISECONDS)
        *ret_us = whole * 1000;
    else if (moments == MODEL_SECONDS)
        *ret_us = whole * PB_US_PER_SECOND + (int64_t)(part * (double)PB_US_PER_SECOND + 0.5);
    else if (whole > LEAP_DAY && whole <= LAST_DAY) /* seconds: a day's part is no finer */
        *ret_us = (whole - DAY_OF_1970) * PB_US_PER_DAY +
                  (int64_t)(part * 86400.0 + 0.5) * PB_US_PER_SECOND;
    else
        return false;
    return *ret_us / PB_US_PER_DAY <= LAST_DAY - DAY_OF_1970;
}

/* `Tue Jul 01 10:52:37 CEST 2003`: the year behind the clock goes to the day. */
static void move_year(model_reader *reader, pb_str *day, pb_str *clock)
{
    size_t at = clock->len;
    while (at > 0 && is_digit(clock->ptr[at - 1]))
        at--;
    if (clock->len - at != 4 || at < 2 || clock->ptr[at - 1] != ' ')
        return;
    pb_buf_clear(&reader->scratch);
    pb_buf_add(&reader->scratch, *day);
    pb_buf_byte(&reader->scratch, ' ');
    pb_buf_add(&reader->scratch, pb_str_sub(*clock, at, 4));
    *day = pb_buf_str(&reader->scratch);
    *clock = pb_str_trim(pb_str_sub(*clock, 0, at));
}

/* The time of day with its zone, taken off the text; `*day` is what stands before it. */
static const char *read_clock(model_reader *reader, pb_str clock, pb_str raw,
                              const model_format *format, pb_str *day, int64_t *ret_us,
                              zone_said *ret_zone)
{
    pb_str rest;
    move_year(reader, day, &clock);
    char half = take_half(day, false);
    if (half == 0)
        half = take_half(&clock, true);
    if (!read_time(clock, half, ret_us, &rest) ||
        !zone_read(rest, raw, format->zone_country, ret_zone))
        return no_time;
    if (day->len > 1 && day->ptr[day->len - 1] == 't' && is_digit(day->ptr[day->len - 2]))
        day->len--;
    return NULL;
}

/* Any written date, with or without time. `*ret_us` is the time part by its own clock, 0 without.
 */
static const char *read_any(model_reader *reader, pb_str raw, const model_format *format,
                            int64_t *ret_day, int64_t *ret_us, zone_said *ret_zone)
{
    parts found = {.jalali = persian_digits(raw)};
    *ret_zone = (zone_said){.minutes = 0};
    if (raw.len > DATE_TEXT_MAX)
        return no_date;
    fold_date(reader, raw, &reader->scratch2);
    pb_str text = pb_str_trim(pb_buf_str(&reader->scratch2));
    /* XML Schema's date with a zone, as Salesforce's interface writes birthdays */
    if (text.len == 11 && text.ptr[10] == 'z' && text.ptr[4] == '-' && text.ptr[7] == '-')
        text.len--;
    size_t begin = time_begin(text);
    pb_str day = pb_str_sub(text, 0, begin);
    *ret_us = 0;
    if (read_moment(raw, format->moments, ret_us)) {
        *ret_day = pb_instant_day(*ret_us);
        *ret_us -= *ret_day * PB_US_PER_DAY;
        return NULL;
    }
    const char *problem = NULL;
    if (begin < text.len)
        problem = read_clock(reader, pb_str_sub(text, begin, text.len), raw, format, &day, ret_us,
                             ret_zone);
    if (problem == NULL)
        problem = split(day, &found);
    return problem != NULL ? problem : assemble(&found, format, reader->today, ret_day);
}

/* The moment of a time by the clock of its zone. */
static const char *to_utc(model_reader *reader, const zone_said *zone, int64_t *us)
{
    int64_t ahead = 0;
    if (zone->shared)
        return PB_MSG("{value} has a time zone that several countries call so: the moment is not "
                      "known");
    if (!zone_ahead(reader, zone, *us, &ahead))
        return PB_MSG("{value} names a time zone that does not exist");
    *us -= ahead;
    return NULL;
}

model_reading model_read_date(model_reader *reader, const model_field *field, pb_str raw,
                              const model_format *format)
{
    int year, month, day;
    int64_t days = 0, time;
    zone_said zone;
    bool iso =
        iso_date(raw, &year, &month, &day) && !(format->jalali && year >= 1200 && year <= 1500);
    const char *problem = NULL;
    if (iso)
        problem = pb_date_from_civil(year, month, day, &days) ? NULL : no_day;
    else
        problem = read_any(reader, raw, format, &days, &time, &zone);
    if (problem == NULL)
        problem = model_range(reader, field, days, reader->today);
    return problem != NULL ? model_bad_null(problem) : model_good_int(days, iso);
}

model_reading model_read_instant(model_reader *reader, const model_field *field, pb_str raw,
                                 const model_format *format)
{
    int64_t us = 0, days = 0, time = 0;
    bool shaped = raw.len > 10 && raw.ptr[4] == '-' && raw.ptr[7] == '-' && !format->jalali;
    if (!shaped || !pb_instant_parse(raw, &us)) {
        zone_said zone;
        const char *problem = read_any(reader, raw, format, &days, &time, &zone);
        us = days * PB_US_PER_DAY + time;
        if (problem == NULL)
            problem = to_utc(reader, &zone, &us);
        if (problem != NULL)
            return model_bad_null(problem);
    }
    /* Limits are days: they hold for what the clock shows. */
    const char *problem = model_range(reader, field, pb_zone_shown(reader->zone, us),
                                      (reader->today + 1) * PB_US_PER_DAY - 1);
    if (problem != NULL)
        return model_bad_null(problem);
    pb_buf_clear(&reader->scratch2);
    pb_instant_format(&reader->scratch2, us);
    return model_good_int(us, pb_str_eq(raw, pb_buf_str(&reader->scratch2)));
}
