/* Days of time zones: of 23, 24 and 25 hours, skipped ones, and a clock put back over midnight. */
#include "base/time.h"
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOUR (INT64_C(3600) * PB_US_PER_SECOND)

static int64_t day_of(const char *text)
{
    int64_t day = 0;
    assert_true(pb_date_parse(pb_str_c(text), &day));
    return day;
}

static int64_t moment(const char *text)
{
    int64_t us = 0;
    assert_true(pb_instant_parse(pb_str_c(text), &us));
    return us;
}

/* Each day is what lies from its beginning up to the next one's, and days go forward. */
static void hold_together(const pb_zone *zone, const char *from, const char *until)
{
    int64_t last = INT64_MIN;
    for (int64_t us = moment(from); us <= moment(until); us += HOUR / 4) {
        int64_t day = pb_zone_day(zone, us);
        assert_true(day >= last);
        assert_true(pb_zone_begin(zone, day) <= us && us < pb_zone_begin(zone, day + 1));
        last = day;
    }
}

static void utc_is_a_zone_too(void **state)
{
    (void)state;
    const pb_zone utc = {0};
    const pb_zone *const zones[] = {NULL, &utc};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pb_zone_day(zones[i], -1), -1);
        assert_int_equal(pb_zone_day(zones[i], PB_US_PER_DAY), 1);
        assert_int_equal(pb_zone_begin(zones[i], -3), -3 * PB_US_PER_DAY);
        assert_int_equal(pb_zone_shown(zones[i], 5), 5);
        assert_int_equal(pb_zone_day(zones[i], INT64_MAX), INT64_MAX / PB_US_PER_DAY);
    }
}

static void a_day_has_23_or_25_hours(void **state)
{
    (void)state;
    pb_zone_step steps[] = {{moment("2026-03-29T01:00:00Z"), 2 * HOUR},
                            {moment("2026-10-25T01:00:00Z"), HOUR}};
    pb_zone_settle(HOUR, steps, 2);
    const pb_zone berlin = {HOUR, steps, 2};
    int64_t spring = day_of("2026-03-29"), autumn = day_of("2026-10-25");
    assert_int_equal(pb_zone_begin(&berlin, spring), moment("2026-03-28T23:00:00Z"));
    assert_int_equal(pb_zone_begin(&berlin, spring + 1), moment("2026-03-29T22:00:00Z"));
    assert_int_equal(pb_zone_begin(&berlin, autumn), moment("2026-10-24T22:00:00Z"));
    assert_int_equal(pb_zone_begin(&berlin, autumn + 1), moment("2026-10-25T23:00:00Z"));
    assert_int_equal(pb_zone_shown(&berlin, moment("2026-07-01T12:00:00Z")),
                     moment("2026-07-01T14:00:00Z"));
    hold_together(&berlin, "2026-03-01T00:00:00Z", "2026-12-01T00:00:00Z");
}

/* Tehran changed its clock at midnight: the day began at one o'clock, and ended at one. */
static void a_day_may_begin_at_one(void **state)
{
    (void)state;
    pb_zone_step steps[] = {{moment("2021-03-21T20:30:00Z"), 9 * HOUR / 2},
                            {moment("2021-09-21T19:30:00Z"), 7 * HOUR / 2}};
    pb_zone_settle(7 * HOUR / 2, steps, 2);
    const pb_zone tehran = {7 * HOUR / 2, steps, 2};
    int64_t spring = day_of("2021-03-22"), autumn = day_of("2021-09-21");
    assert_int_equal(pb_zone_begin(&tehran, spring), moment("2021-03-21T20:30:00Z"));
    assert_int_equal(pb_zone_begin(&tehran, spring + 1) - pb_zone_begin(&tehran, spring),
                     23 * HOUR);
    assert_int_equal(pb_zone_begin(&tehran, autumn + 1) - pb_zone_begin(&tehran, autumn),
                     25 * HOUR);
    hold_together(&tehran, "2021-03-20T00:00:00Z", "2021-09-24T00:00:00Z");
}

/* St. John's put its clock back at one minute past midnight, to the evening before: the day that
 * had begun stays. */
static void a_day_that_has_begun_stays(void **state)
{
    (void)state;
    pb_zone_step steps[] = {{moment("2010-11-07T02:31:00Z"), -7 * HOUR / 2}};
    pb_zone_settle(-5 * HOUR / 2, steps, 1);
    const pb_zone john = {-5 * HOUR / 2, steps, 1};
    int64_t day = day_of("2010-11-07");
    assert_int_equal(pb_zone_begin(&john, day), moment("2010-11-07T02:30:00Z"));
    assert_int_equal(pb_zone_day(&john, moment("2010-11-07T02:45:00Z")), day);
    assert_int_equal(pb_zone_begin(&john, day + 1), moment("2010-11-08T03:30:00Z"));
    hold_together(&john, "2010-11-05T00:00:00Z", "2010-11-10T00:00:00Z");
}

/* Samoa went over the date line: there was no 30th of December. */
static void a_day_may_not_be(void **state)
{
    (void)state;
    pb_zone_step steps[] = {{moment("2011-12-30T10:00:00Z"), 14 * HOUR}};
    pb_zone_settle(-10 * HOUR, steps, 1);
    const pb_zone samoa = {-10 * HOUR, steps, 1};
    int64_t day = day_of("2011-12-30");
    assert_int_equal(pb_zone_begin(&samoa, day), pb_zone_begin(&samoa, day + 1));
    assert_int_equal(pb_zone_day(&samoa, moment("2011-12-30T09:59:59Z")), day - 1);
    assert_int_equal(pb_zone_day(&samoa, moment("2011-12-30T10:00:00Z")), day + 1);
    hold_together(&samoa, "2011-12-25T00:00:00Z", "2012-01-05T00:00:00Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_is_a_zone_too),      cmocka_unit_test(a_day_has_23_or_25_hours),
        cmocka_unit_test(a_day_may_begin_at_one), cmocka_unit_test(a_day_that_has_begun_stays),
        cmocka_unit_test(a_day_may_not_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
