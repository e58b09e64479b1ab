/* Dates, instants and durations. */
#include "base/time.h"

/* The first and last day this program knows: 0001-01-01 and 9999-12-31. */
#define FIRST_DAY INT64_C(-719162)
#define LAST_DAY INT64_C(2932896)

static bool leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap_year(year) ? 29 : days[month - 1];
}

/* Hinnant's days_from_civil. */
static int64_t civil_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool pb_date_from_civil(int year, int month, int day, int64_t *ret_days)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > month_days(year, month))
        return false;
    *ret_days = civil_days(year, month, day);
    return true;
}

void pb_date_to_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    /* Hinnant's civil_from_days. */
    days = days < FIRST_DAY ? FIRST_DAY : days > LAST_DAY ? LAST_DAY : days;
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

/* Exactly `count` digits at `*pos`, which moves behind them. */
static bool digits(pb_str s, size_t *pos, size_t count, int *ret)
{
    int value = 0;
    if (s.len - *pos < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        char c = s.ptr[*pos + i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    *pos += count;
    *ret = value;
    return true;
}

static bool accept(pb_str s, size_t *pos, char c)
{
    if (*pos >= s.len || s.ptr[*pos] != c)
        return false;
    (*pos)++;
    return true;
}

static bool read_date(pb_str s, size_t *pos, int64_t *ret_days)
{
    int year, month, day;
    return digits(s, pos, 4, &year) && accept(s, pos, '-') && digits(s, pos, 2, &month) &&
           accept(s, pos, '-') && digits(s, pos, 2, &day) &&
           pb_date_from_civil(year, month, day, ret_days);
}

bool pb_date_parse(pb_str s, int64_t *ret_days)
{
    size_t pos = 0;
    return s.len == 10 && read_date(s, &pos, ret_days);
}

static void put_digits(char *to, int count, int value)
{
    for (int i = count; i-- > 0; value /= 10)
        to[i] = (char)('0' + value % 10);
}

void pb_date_format(pb_buf *out, int64_t days)
{
    int year, month, day;
    char text[] = "0000-00-00";
    pb_date_to_civil(days, &year, &month, &day);
    put_digits(text, 4, year);
    put_digits(text + 5, 2, month);
    put_digits(text + 8, 2, day);
    pb_buf_add(out, pb_str_n(text, 10));
}

/* `.` and digits; those beyond a microsecond are read and dropped. */
static bool read_fraction(pb_str s, size_t *pos, int64_t *us)
{
    if (!accept(s, pos, '.'))
        return true;
    size_t from = *pos;
    int64_t unit = PB_US_PER_SECOND / 10;
    for (; *pos < s.len && s.ptr[*pos] >= '0' && s.ptr[*pos] <= '9'; (*pos)++, unit /= 10)
        *us += (s.ptr[*pos] - '0') * unit;
    return *pos > from && *pos - from <= 18;
}

static bool read_offset(pb_str s, size_t *pos, int64_t *us)
{
    if (*pos == s.len || accept(s, pos, 'Z') || accept(s, pos, 'z'))
        return true;
    bool west = s.ptr[*pos] == '-';
    int hours, minutes;
    if (!accept(s, pos, west ? '-' : '+') || !digits(s, pos, 2, &hours))
        return false;
    accept(s, pos, ':');
    if (!digits(s, pos, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    int64_t offset = (hours * INT64_C(60) + minutes) * 60 * PB_US_PER_SECOND;
    *us += west ? offset : -offset;
    return true;
}

bool pb_instant_parse(pb_str s, int64_t *ret_us)
{
    size_t pos = 0;
    int64_t day;
    int hour, minute, second = 0;
    if (!read_date(s, &pos, &day) ||
        !(accept(s, &pos, 'T') || accept(s, &pos, 't') || accept(s, &pos, ' ')) ||
        !digits(s, &pos, 2, &hour) || !accept(s, &pos, ':') || !digits(s, &pos, 2, &minute))
        return false;
    int64_t fraction = 0;
    if (accept(s, &pos, ':') &&
        (!digits(s, &pos, 2, &second) || !read_fraction(s, &pos, &fraction)))
        return false;
    /* RFC 3339 allows second 60 (a leap second); it counts as the second that follows. */
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t us = day * PB_US_PER_DAY + fraction +
                 ((hour * INT64_C(60) + minute) * 60 + second) * PB_US_PER_SECOND;
    if (!read_offset(s, &pos, &us) || pos != s.len)
        return false;
    *ret_us = us;
    return true;
}

int64_t pb_instant_day(int64_t us)
{
    return us / PB_US_PER_DAY - (us % PB_US_PER_DAY < 0);
}

void pb_instant_format(pb_buf *out, int64_t us)
{
    int64_t day = pb_instant_day(us);
    int64_t rest = us - day * PB_US_PER_DAY;
    int64_t seconds = rest / PB_US_PER_SECOND;
    int micro = (int)(rest % PB_US_PER_SECOND);
    char text[] = "T00:00:00.000000Z";
    put_digits(text + 1, 2, (int)(seconds / 3600));
    put_digits(text + 4, 2, (int)(seconds / 60 % 60));
    put_digits(text + 7, 2, (int)(seconds % 60));
    put_digits(text + 10, 6, micro);
    pb_date_format(out, day);
    pb_buf_add(out, pb_str_n(text, micro ? 16 : 9));
    pb_buf_byte(out, 'Z');
}

bool pb_duration_days(pb_str s, int64_t *ret_days)
{
    static const struct unit {
        const char *name;
        int64_t days;
    } units[] = {{"d", 1}, {"w", 7}, {"mo", 30}, {"y", 365}};
    size_t end = 0;
    while (end < s.len && s.ptr[end] >= '0' && s.ptr[end] <= '9')
        end++;
    int64_t count;
    if (!pb_str_to_i64(pb_str_sub(s, 0, end), &count))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (pb_str_is(pb_str_sub(s, end, s.len), units[i].name))
            return !__builtin_mul_overflow(count, units[i].days, ret_days);
    return false;
}

bool pb_duration_us(pb_str s, int64_t *ret_us)
{
    static const struct unit {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    int64_t number;
    if (s.len < 2 || !pb_str_to_i64(pb_str_sub(s, 0, s.len - 1), &number) || number < 1 ||
        number > 1000000)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].letter != s.ptr[s.len - 1])
            continue;
        *ret_us = number * units[i].seconds * PB_US_PER_SECOND;
        return true;
    }
    return false;
}
