/* Numbers and moments of cells as text. */
#include "base/time.h"
#include "internal.h"

enum {
    SHOWN_DIGITS = 15, /* what a spreadsheet shows of a number, and keeps of a typed one */
    MOST_DIGITS = 400,
    PLAIN_ZEROS = 40, /* beyond this many a number is written with its power of ten */
    LEAP_DAY = 60,    /* 29 February 1900, which Lotus 1-2-3 believed in */
    DAYS_1904 = 1462,
    LAST_DAY = 2958465, /* 31 December 9999 */
    DAY_OF_1970 = 25569
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool xlsx_is_plain(pb_str raw)
{
    size_t begin = raw.len > 1 && raw.ptr[0] == '-' ? 1 : 0, at = begin;
    while (at < raw.len && is_digit(raw.ptr[at]))
        at++;
    size_t whole = at - begin;
    if (whole == 0 || (whole > 1 && raw.ptr[begin] == '0'))
        return false;
    if (at == raw.len)
        return raw.ptr[begin] != '0' || begin == 0;
    size_t point = at++;
    while (at < raw.len && is_digit(raw.ptr[at]))
        at++;
    return raw.ptr[point] == '.' && at == raw.len && at > point + 1 && raw.ptr[at - 1] != '0' &&
           at - begin - 1 <= SHOWN_DIGITS;
}

/* 0.d1d2d3… times ten to the power. */
typedef struct decimal {
    bool negative, whole; /* whole: written without point and power */
    char digits[MOST_DIGITS];
    size_t count;
    int64_t power;
} decimal;

static bool parse(pb_str raw, decimal *ret)
{
    size_t i = 0;
    bool point = false, any = false;
    ret->negative = raw.len > 0 && raw.ptr[0] == '-';
    ret->whole = true;
    ret->count = 0;
    ret->power = 0;
    if (raw.len > 0 && (raw.ptr[0] == '-' || raw.ptr[0] == '+'))
        i++;
    for (; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '.' && !point) {
            point = true;
            ret->whole = false;
        } else if (is_digit(c)) {
            any = true;
            if (c == '0' && ret->count == 0) {
                ret->power -= point;
                continue;
            }
            if (ret->count == MOST_DIGITS)
                return false;
            ret->digits[ret->count++] = (char)(c - '0');
            ret->power += !point;
        } else {
            break;
        }
    }
    if (!any)
        return false;
    if (i == raw.len)
        return true;
    int64_t power;
    if ((raw.ptr[i] != 'e' && raw.ptr[i] != 'E') ||
        !pb_str_to_i64(pb_str_sub(raw, i + 1, raw.len), &power) || power < -400 || power > 400)
        return false;
    ret->whole = false;
    ret->power += power;
    return true;
}

static void round_to(decimal *d, size_t most)
{
    if (d->count > most) {
        bool up = d->digits[most] >= 5;
        d->count = most;
        while (up && d->count > 0) {
            if (d->digits[d->count - 1] < 9) {
                d->digits[d->count - 1]++;
                up = false;
            } else {
                d->count--;
            }
        }
        if (up) { /* 9.99… became 10 */
            d->digits[d->count++] = 1;
            d->power++;
        }
    }
    while (d->count > 0 && d->digits[d->count - 1] == 0)
        d->count--;
}

static void put_digits(pb_buf *out, const decimal *d, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        pb_buf_byte(out, i >= 0 && i < (int64_t)d->count ? (char)('0' + d->digits[i]) : '0');
}

bool xlsx_put_number(pb_buf *out, pb_str raw, int shift)
{
    decimal d;
    if (!parse(raw, &d))
        return false;
    round_to(&d, d.whole ? MOST_DIGITS : SHOWN_DIGITS);
    d.power += shift;
    if (d.count == 0) {
        pb_buf_byte(out, '0');
        return true;
    }
    if (d.negative)
        pb_buf_byte(out, '-');
    if (d.power > PLAIN_ZEROS + (int64_t)d.count || d.power < -PLAIN_ZEROS) {
        put_digits(out, &d, 0, 1);
        if (d.count > 1)
            pb_buf_byte(out, '.');
        put_digits(out, &d, 1, (int64_t)d.count);
        pb_buf_printf(out, "e%+lld", (long long)(d.power - 1));
        return true;
    }
    if (d.power <= 0)
        pb_buf_byte(out, '0');
    put_digits(out, &d, 0, d.power);
    if ((int64_t)d.count > d.power) {
        pb_buf_byte(out, '.');
        put_digits(out, &d, d.power, (int64_t)d.count);
    }
    return true;
}

/* --- moments --- */

static void put_day(pb_buf *out, int64_t day, bool epoch_1904)
{
    if (epoch_1904)
        day += DAYS_1904;
    if (!epoch_1904 && day == 0)
        pb_buf_addc(out, "1900-01-00"); /* as the spreadsheet shows it: no day at all */
    else if (!epoch_1904 && day == LEAP_DAY)
        pb_buf_addc(out, "1900-02-29");
    else
        pb_date_format(out, day - DAY_OF_1970 + (!epoch_1904 && day < LEAP_DAY));
}

static void put_clock(pb_buf *out, int64_t ms)
{
    pb_buf_printf(out, "%02lld:%02lld:%02lld", (long long)(ms / 3600000),
                  (long long)(ms / 60000 % 60), (long long)(ms / 1000 % 60));
    if (ms % 1000 != 0)
        pb_buf_printf(out, ".%03lld", (long long)(ms % 1000));
}

bool xlsx_put_moment(pb_buf *out, pb_str raw, xlsx_kind kind, bool epoch_1904)
{
    enum { NOISE = 5 }; /* milliseconds that come of binary fractions */
    const double most = LAST_DAY + 1 - (epoch_1904 ? DAYS_1904 : 0);
    double serial;
    if (!pb_str_to_double(raw, &serial) || !(serial >= 0 && serial < most))
        return false;
    int64_t ms = (int64_t)(serial * 86400000.0 + 0.5), off = ms % 1000;
    if (off <= NOISE)
        ms -= off;
    else if (off >= 1000 - NOISE)
        ms += 1000 - off;
    int64_t day = ms / 86400000, clock = ms % 86400000;
    if ((double)day >= most)
        return false;
    if (kind == XLSX_DURATION) {
        put_clock(out, ms);
        return true;
    }
    bool show_day = kind != XLSX_TIME || day > 0;
    bool show_clock = kind == XLSX_DATE_TIME || clock != 0 || !show_day;
    if (show_day)
        put_day(out, day, epoch_1904);
    if (show_day && show_clock)
        pb_buf_byte(out, 'T');
    if (show_clock)
        put_clock(out, clock);
    return true;
}
