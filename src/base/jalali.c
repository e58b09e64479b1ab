/* The Solar Hijri (Jalali) calendar. Source: K. M. Borkowski, "The Persian calendar for 3000
 * years", Earth, Moon and Planets 74 (1996); the table of breaks in the 33-year cycles is his. */
#include "base/time.h"

typedef struct jalali_year {
    int gregorian; /* the Gregorian year in which it begins */
    int march;     /* the day of March on which it begins */
    int leap;      /* years since the last leap year, 0 to 4 */
} jalali_year;

static const int breaks[] = {-61,  9,    38,   199,  426,  686,  756,  818,  1111, 1181,
                             1210, 1635, 2060, 2097, 2192, 2262, 2324, 2394, 2456, 3178};

static jalali_year find_year(int year)
{
    int leaps = -14;
    int from = breaks[0];
    int jump = 0;
    for (size_t i = 1; i < sizeof breaks / sizeof *breaks; i++) {
        jump = breaks[i] - from;
        if (year < breaks[i])
            break;
        leaps += jump / 33 * 8 + jump % 33 / 4;
        from = breaks[i];
    }
    int n = year - from;
    leaps += n / 33 * 8 + (n % 33 + 3) / 4;
    if (jump % 33 == 4 && jump - n == 4)
        leaps++;
    int gregorian = year + 621;
    int gregorian_leaps = gregorian / 4 - (gregorian / 100 + 1) * 3 / 4 - 150;
    if (jump - n < 6)
        n = n - jump + (jump + 4) / 33 * 33;
    int leap = ((n + 1) % 33 - 1) % 4;
    return (jalali_year){gregorian, 20 + leaps - gregorian_leaps, leap == -1 ? 4 : leap};
}

static bool first_day(int year, jalali_year *ret_year, int64_t *ret_days)
{
    *ret_year = find_year(year);
    return pb_date_from_civil(ret_year->gregorian, 3, ret_year->march, ret_days);
}

bool pb_date_from_jalali(int year, int month, int day, int64_t *ret_days)
{
    if (year < 1 || year > 3177 || month < 1 || month > 12 || day < 1)
        return false;
    jalali_year found;
    int64_t first = 0;
    if (!first_day(year, &found, &first))
        return false;
    int length = month <= 6 ? 31 : month <= 11 || found.leap == 0 ? 30 : 29;
    if (day > length)
        return false;
    *ret_days = first + (month <= 6 ? (month - 1) * 31 : 186 + (month - 7) * 30) + day - 1;
    return true;
}

void pb_date_to_jalali(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int year, month, day;
    pb_date_to_civil(days, &year, &month, &day);
    year -= 621;
    jalali_year found;
    int64_t first = 0;
    *ret_year = *ret_month = *ret_day = 0;
    if (year < 1 || year > 3178 || !first_day(year, &found, &first))
        return;
    if (days < first && (--year < 1 || !first_day(year, &found, &first)))
        return;
    if (year > 3177)
        return;
    int at = (int)(days - first);
    *ret_year = year;
    *ret_month = at < 186 ? at / 31 + 1 : (at - 186) / 30 + 7;
    *ret_day = at < 186 ? at % 31 + 1 : (at - 186) % 30 + 1;
}
