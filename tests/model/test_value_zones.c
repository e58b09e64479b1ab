/* Moments with time zones: offsets, abbreviations, names, places; what is open stays open. */
#include "value_support.h"

/* shows: DQ-1 INT-5 */
static void zones_that_mean_one_thing(void **state)
{
    static const value_case cases[] = {
        {"2003-07-01 10:52:37 +0200", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"Tue, 1 Jul 2003 10:52:37 +0200", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"Tue, 1 Jul 2003 10:52:37 +0200 (CEST)", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"1 Jul 2003 10:52:37 EST", MODEL_RESTYLED, "2003-07-01T15:52:37Z"},
        {"Tue, 01 Jul 2003 10:52:37 GMT", MODEL_RESTYLED, "2003-07-01T10:52:37Z"},
        {"Tue Jul 01 2003 10:52:37 GMT+0200 (Central European Summer Time)", MODEL_RESTYLED,
         "2003-07-01T08:52:37Z"},
        {"Tue Jul 01 2003 10:52:37 GMT+0200 (Mitteleuropäische Sommerzeit)", MODEL_RESTYLED,
         "2003-07-01T08:52:37Z"},
        {"Tue Jul 01 2003 10:52:37 GMT+0800 (中国标准时间)", MODEL_RESTYLED,
         "2003-07-01T02:52:37Z"},
        {"Tue Jul 01 2003 10:52:37 GMT+0330 (Iran Standard Time)", MODEL_RESTYLED,
         "2003-07-01T07:22:37Z"},
        {"Tue Jul 01 10:52:37 CEST 2003", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"Tue Jul  1 10:52:37 2003", MODEL_RESTYLED, "2003-07-01T10:52:37Z"},
        {"2003-07-01 10:52 CET", MODEL_RESTYLED, "2003-07-01T09:52:00Z"},
        {"2003-07-01 10:52 MESZ", MODEL_RESTYLED, "2003-07-01T08:52:00Z"},
        {"2003-07-01 10:52 PM PDT", MODEL_RESTYLED, "2003-07-02T05:52:00Z"},
        {"2003-07-01 10:52 GMT+8", MODEL_RESTYLED, "2003-07-01T02:52:00Z"},
        {"2003-07-01 10:52 GMT-8", MODEL_RESTYLED, "2003-07-01T18:52:00Z"},
        {"2003-07-01 10:52 UTC+03:30", MODEL_RESTYLED, "2003-07-01T07:22:00Z"},
        {"2003-07-01 10:52 UTC +3:30", MODEL_RESTYLED, "2003-07-01T07:22:00Z"},
        {"2003-07-01 10:52 (UTC-05:00)", MODEL_RESTYLED, "2003-07-01T15:52:00Z"},
        {"2003-07-01 10:52 中国标准时间", MODEL_RESTYLED, "2003-07-01T02:52:00Z"},
        {"2003年7月1日 10:52 北京时间", MODEL_RESTYLED, "2003-07-01T02:52:00Z"},
        {"2003-07-01 10:52:37 Eastern Daylight Time", MODEL_RESTYLED, "2003-07-01T14:52:37Z"},
        {"2003-07-01T10:52:37+02:00[Europe/Berlin]", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"2003-07-01T10:52:37[Europe/Berlin]", MODEL_RESTYLED, "2003-07-01T08:52:37Z"},
        {"2003-01-01T10:52:37[Europe/Berlin]", MODEL_RESTYLED, "2003-01-01T09:52:37Z"},
        {"2003-01-01 10:52 America/Argentina/Buenos_Aires", MODEL_RESTYLED, "2003-01-01T13:52:00Z"},
        {"2021-07-01 10:52 Asia/Tehran", MODEL_RESTYLED, "2021-07-01T06:22:00Z"},
        {"2023-07-01 10:52 Asia/Tehran", MODEL_RESTYLED, "2023-07-01T07:22:00Z"},
        {"2003-07-01T10:52:37Z[UTC]", MODEL_RESTYLED, "2003-07-01T10:52:37Z"},
        {"2003-07-01 10:52", MODEL_RESTYLED, "2003-07-01T10:52:00Z"},
    };
    (void)state;
    model_field field = FIELD(MODEL_INSTANT);
    CHECK(&field, NULL, cases);
}

/* shows: DQ-1 */
static void zones_that_are_open_or_none(void **state)
{
    static const value_case cases[] = {
        {"2003-07-01 10:52 CST", MODEL_BAD, NULL},
        {"2003-07-01 10:52 IST", MODEL_BAD, NULL},
        {"2003-07-01 10:52 BST", MODEL_BAD, NULL},
        {"2003-07-01 10:52 Europe/Atlantis", MODEL_BAD, NULL},
        {"2003-07-01 10:52 FOO", MODEL_BAD, NULL},
        {"2003-07-01 10:52 +2", MODEL_BAD, NULL},
        {"2003-07-01 10:52 UTC+16", MODEL_BAD, NULL},
        {"2003-07-01 10:52 UTC+3:7", MODEL_BAD, NULL},
        {"2003-07-01 10:52 +02:00 foo", MODEL_BAD, NULL},
        {"2003-07-01 10:52 )", MODEL_BAD, NULL},
        {"2003-07-01 10:52 [", MODEL_BAD, NULL},
    };
    static const value_case china[] = {
        {"2003-07-01 10:52 CST", MODEL_RESTYLED, "2003-07-01T02:52:00Z"},
        {"Tue Jul 01 10:52:37 CST 2003", MODEL_RESTYLED, "2003-07-01T02:52:37Z"},
        {"2003-07-01 10:52 IST", MODEL_BAD, NULL},
    };
    static const value_case states[] = {
        {"2003-01-01 10:52 CST", MODEL_RESTYLED, "2003-01-01T16:52:00Z"}};
    static const value_case india[] = {
        {"2003-01-01 10:52 AM IST", MODEL_RESTYLED, "2003-01-01T05:22:00Z"}};
    (void)state;
    model_field field = FIELD(MODEL_INSTANT);
    CHECK(&field, NULL, cases);
    CHECK(&field, &(model_format){.zone_country = PB_STR("CN")}, china);
    CHECK(&field, &(model_format){.zone_country = PB_STR("US")}, states);
    CHECK(&field, &(model_format){.zone_country = PB_STR("IN")}, india);
}

/* shows: DQ-1 */
static void a_day_is_the_day_that_was_written(void **state)
{
    static const value_case cases[] = {
        {"2003-07-01 23:52 CST", MODEL_RESTYLED, "2003-07-01"},
        {"Tue Jul 01 2003 00:10:00 GMT+0800 (中国标准时间)", MODEL_RESTYLED, "2003-07-01"},
        {"Tue Jul 01 23:52:37 CEST 2003", MODEL_RESTYLED, "2003-07-01"},
    };
    (void)state;
    model_field field = FIELD(MODEL_DATE);
    CHECK(&field, NULL, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_that_mean_one_thing),
        cmocka_unit_test(zones_that_are_open_or_none),
        cmocka_unit_test(a_day_is_the_day_that_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
