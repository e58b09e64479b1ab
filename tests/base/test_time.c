/* Dates, instants, durations, the Jalali calendar. */
#include "base/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static void every_day_comes_back_and_follows_the_last(void **state)
{
    (void)state;
    int64_t days = 0;
    int64_t first = 0;
    assert_true(pb_date_from_civil(1, 1, 1, &first));
    int64_t expected = first;
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; pb_date_from_civil(year, month, day, &days); day++) {
                int y, m, d;
                pb_date_to_civil(days, &y, &m, &d);
                if (days != expected++ || y != year || m != month || d != day)
                    fail_msg("%d-%d-%d gives day %lld and %d-%d-%d", year, month, day,
                             (long long)days, y, m, d);
            }
        }
    }
    assert_int_equal(expected - first, 3652059); /* days of the years 1 to 9999 */
    assert_true(pb_date_from_civil(1970, 1, 1, &days) && days == 0);
}

static void dates_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"2023-02-29", "1900-02-29",  "2000-13-01", "2000-00-10",
                                      "2000-01-00", "2000-04-31",  "0000-01-01", "2000-1-01",
                                      "20000101",   "2000-01-01 ", "2000/01/01", "+200-01-01"};
    int64_t days = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pb_date_parse(pb_str_c(bad[i]), &days));
    assert_int_equal(days, 77);
    assert_true(pb_date_parse(PB_STR("2000-02-29"), &days));
    PB_AUTO_BUF out = PB_BUF_INIT(100);
    pb_date_format(&out, days);
    assert_string_equal(pb_buf_cstr(&out), "2000-02-29");
}

static void instants_agree_with_the_c_library(void **state)
{
    (void)state;
    int64_t seconds = -62135596800; /* 0001-01-01 */
    for (int i = 0; i < 20000; i++, seconds += 15768123) {
        time_t moment = (time_t)seconds;
        struct tm parts;
        char text[40];
        assert_non_null(gmtime_r(&moment, &parts));
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
        int64_t us = 0;
        PB_AUTO_BUF out = PB_BUF_INIT(100);
        assert_true(pb_instant_parse(pb_str_c(text), &us));
        assert_int_equal(us, seconds * PB_US_PER_SECOND);
        pb_instant_format(&out, us);
        assert_string_equal(pb_buf_cstr(&out), text);
        if (parts.tm_year + 1900 >= 9999)
            break;
    }
}

static void instants_in_their_other_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *standard;
    } good[] = {{"2024-05-06T07:08:09+02:00", "2024-05-06T05:08:09Z"},
                {"2024-05-06T07:08:09-0330", "2024-05-06T10:38:09Z"},
                {"2024-05-06 07:08", "2024-05-06T07:08:00Z"},
                {"2024-05-06t07:08:09.5z", "2024-05-06T07:08:09.500000Z"},
                {"2024-05-06T07:08:09.1234567", "2024-05-06T07:08:09.123456Z"},
                {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
                {"1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"}};
    static const char *const bad[] = {"2024-05-06",
                                      "2024-05-06T24:00:00Z",
                                      "2024-05-06T07:60:00Z",
                                      "2024-05-06T07:08:61Z",
                                      "2024-05-06T07:08:09.",
                                      "2024-05-06T07:08:09+2:00",
                                      "2024-05-06T07:08:09Zx",
                                      "2024-05-06T7:08:09Z",
                                      "2024-05-06T07:08:09+24:00",
                                      "2024-05-06T"};
    int64_t us = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pb_instant_parse(pb_str_c(bad[i]), &us));
    assert_int_equal(us, 77);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        PB_AUTO_BUF out = PB_BUF_INIT(100);
        assert_true(pb_instant_parse(pb_str_c(good[i].text), &us));
        pb_instant_format(&out, us);
        assert_string_equal(pb_buf_cstr(&out), good[i].standard);
    }
    assert_int_equal(pb_instant_day(-1), -1);
    assert_int_equal(pb_instant_day(0), 0);
    assert_int_equal(pb_instant_day(PB_US_PER_DAY - 1), 0);
    assert_int_equal(pb_instant_day(-PB_US_PER_DAY), -1);
}

static void durations_as_declarations_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t days;
    } good[] = {{"90d", 90}, {"6w", 42}, {"18mo", 540}, {"3y", 1095}, {"0d", 0}};
    static const char *const bad[] = {
        "", "d", "90", "-1d", "1 d", "1m", "1.5y", "1dd", "9223372036854775807y"};
    int64_t days = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(pb_duration_days(pb_str_c(bad[i]), &days));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(pb_duration_days(pb_str_c(good[i].text), &days));
        assert_int_equal(days, good[i].days);
    }
}

static void jalali_days_come_back_and_follow_each_other(void **state)
{
    (void)state;
    int64_t expected = 0;
    int64_t days = 0;
    assert_true(pb_date_from_jalali(1, 1, 1, &expected));
    for (int year = 1; year <= 3177; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; pb_date_from_jalali(year, month, day, &days); day++) {
                int y, m, d;
                pb_date_to_jalali(days, &y, &m, &d);
                if (days != expected++ || y != year || m != month || d != day)
                    fail_msg("%d-%d-%d gives day %lld and %d-%d-%d", year, month, day,
                             (long long)days, y, m, d);
            }
        }
    }
    int y, m, d;
    pb_date_to_jalali(expected, &y, &m, &d);
    assert_int_equal(y, 0);
    assert_false(pb_date_from_jalali(0, 1, 1, &days) || pb_date_from_jalali(3178, 1, 1, &days));
}

/* Dates of record: new years and known days. */
static void jalali_days_of_record(void **state)
{
    (void)state;
    static const struct {
        int jalali[3];
        const char *date;
    } cases[] = {{{1357, 11, 22}, "1979-02-11"}, {{1399, 12, 30}, "2021-03-20"},
                 {{1400, 1, 1}, "2021-03-21"},   {{1403, 12, 30}, "2025-03-20"},
                 {{1404, 1, 1}, "2025-03-21"},   {{1375, 1, 1}, "1996-03-20"},
                 {{1, 1, 1}, "0622-03-22"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t days = 0;
        PB_AUTO_BUF out = PB_BUF_INIT(100);
        assert_true(
            pb_date_from_jalali(cases[i].jalali[0], cases[i].jalali[1], cases[i].jalali[2], &days));
        pb_date_format(&out, days);
        assert_string_equal(pb_buf_cstr(&out), cases[i].date);
    }
    int64_t days = 0;
    assert_false(pb_date_from_jalali(1400, 12, 30, &days));
    assert_false(pb_date_from_jalali(1400, 7, 31, &days));
    assert_false(pb_date_from_jalali(1400, 13, 1, &days));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_comes_back_and_follows_the_last),
        cmocka_unit_test(dates_that_do_not_exist_are_refused),
        cmocka_unit_test(instants_agree_with_the_c_library),
        cmocka_unit_test(instants_in_their_other_forms),
        cmocka_unit_test(durations_as_declarations_write_them),
        cmocka_unit_test(jalali_days_come_back_and_follow_each_other),
        cmocka_unit_test(jalali_days_of_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
