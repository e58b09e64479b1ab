/* Reading of numbers, money, dates, instants, telephone numbers. */
#include "value_support.h"

/* shows: REC-5 DQ-1 */
static void integers(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"0", MODEL_SAME, "0"},
        {"-17", MODEL_SAME, "-17"},
        {"1234567890123", MODEL_SAME, "1234567890123"},
        {"9223372036854775807", MODEL_SAME, "9223372036854775807"},
        {"9223372036854775808", MODEL_BAD, ""},
        {"007", MODEL_RESTYLED, "7"},
        {"+5", MODEL_RESTYLED, "5"},
        {"-0", MODEL_RESTYLED, "0"},
        {"1,234", MODEL_RESTYLED, "1234"},
        {"12,34,567", MODEL_RESTYLED, "1234567"},
        {"1 234 567", MODEL_RESTYLED, "1234567"},
        {"1,23", MODEL_BAD, ""},
        {"12.00", MODEL_RESTYLED, "12"},
        {"12.5", MODEL_BAD, ""},
        {"\u06f1\u06f2\u06f3", MODEL_RESTYLED, "123"},
        {"\u0661\u066c\u0662\u0663\u0664", MODEL_RESTYLED, "1234"},
        {"\uff11\uff12", MODEL_RESTYLED, "12"},
        {"\u221217", MODEL_RESTYLED, "-17"},
        {"twelve", MODEL_BAD, ""},
        {"12a", MODEL_BAD, ""},
        {"-", MODEL_EMPTY, ""},
        {"--5", MODEL_BAD, ""},
    };
    static const value_case limited[] = {{"1", MODEL_SAME, "1"},
                                         {"10", MODEL_SAME, "10"},
                                         {"0", MODEL_BAD, ""},
                                         {"11", MODEL_BAD, ""}};
    model_field field = FIELD(MODEL_INTEGER);
    CHECK(&field, NULL, cases);
    field.has_min = field.has_max = true;
    field.min = 1;
    field.max = 10;
    CHECK(&field, NULL, limited);
}

/* shows: REC-5 DQ-1 */
static void decimals(void **state)
{
    (void)state;
    static const value_case point[] = {
        {"1.5", MODEL_SAME, "1.5"},
        {"0", MODEL_SAME, "0"},
        {"0.25", MODEL_SAME, "0.25"},
        {".5", MODEL_RESTYLED, "0.5"},
        {"1.50", MODEL_RESTYLED, "1.5"},
        {"1,234.5", MODEL_RESTYLED, "1234.5"},
        {"1e3", MODEL_RESTYLED, "1000"},
        {"1e-7", MODEL_RESTYLED, "1e-07"},
        {"1e-07", MODEL_SAME, "1e-07"},
        {"0.1234567890123456", MODEL_SAME, NULL},
        {"1e999", MODEL_BAD, ""},
        {"-0.0", MODEL_RESTYLED, "0"},
        {"\u06f3\u066b\u06f5", MODEL_RESTYLED, "3.5"},
        {"1.2.3", MODEL_BAD, ""},
        {"abc", MODEL_BAD, ""},
    };
    static const value_case comma[] = {
        {"1,5", MODEL_RESTYLED, "1.5"},
        {"1.234,5", MODEL_RESTYLED, "1234.5"},
        {"12", MODEL_SAME, "12"},
    };
    model_field field = FIELD(MODEL_DECIMAL);
    model_format format = {.decimal_mark = ','};
    CHECK(&field, NULL, point);
    CHECK(&field, &format, comma);
}

/* shows: REC-5 REC-7 DQ-1 */
static void money_in_many_currencies(void **state)
{
    (void)state;
    static const struct {
        const char *raw;
        const char *field_currency;
        model_verdict verdict;
        int64_t minor;
        const char *currency;
    } cases[] = {
        {"12.50", "USD", MODEL_SAME, 1250, ""},
        {"-0.05", "USD", MODEL_SAME, -5, ""},
        {"12.5", "USD", MODEL_RESTYLED, 1250, ""},
        {"1,250", "USD", MODEL_RESTYLED, 125000, ""},
        {"$1,250.75", "EUR", MODEL_RESTYLED, 125075, "USD"},
        {"$5", "CAD", MODEL_RESTYLED, 500, "CAD"},
        {"US$ 5", "", MODEL_RESTYLED, 500, "USD"},
        {"-$5.00", "USD", MODEL_RESTYLED, -500, "USD"},
        {"($5.00)", "USD", MODEL_RESTYLED, -500, "USD"},
        {"(5.00)", "USD", MODEL_RESTYLED, -500, ""},
        {"5 EUR", "USD", MODEL_RESTYLED, 500, "EUR"},
        {"5\u20ac", "USD", MODEL_RESTYLED, 500, "EUR"},
        {"eur 5", "USD", MODEL_RESTYLED, 500, "EUR"},
        {"\u00a5100", "CNY", MODEL_RESTYLED, 10000, "CNY"},
        {"\u00a5100", "JPY", MODEL_RESTYLED, 100, "JPY"},
        {"\uffe5100", "", MODEL_RESTYLED, 10000, "CNY"},
        {"100\u5143", "", MODEL_RESTYLED, 10000, "CNY"},
        {"100\u7f8e\u5143", "", MODEL_RESTYLED, 10000, "USD"},
        {"\u06f1\u06f2\u066c\u06f0\u06f0\u06f0 \u0631\u06cc\u0627\u0644", "", MODEL_RESTYLED, 12000,
         "IRR"},
        {"1200 \u062a\u0648\u0645\u0627\u0646", "", MODEL_RESTYLED, 12000, "IRR"},
        {"1,234.567", "KWD", MODEL_RESTYLED, 1234567, ""},
        {"100", "JPY", MODEL_SAME, 100, ""},
        {"100.5", "JPY", MODEL_BAD, 0, ""},
        {"100.00", "JPY", MODEL_RESTYLED, 100, ""},
        {"1.005", "USD", MODEL_BAD, 0, ""},
        {"five", "USD", MODEL_BAD, 0, ""},
        {"5 apples", "USD", MODEL_BAD, 0, ""},
        {"$5 EUR", "USD", MODEL_BAD, 0, ""},
        {"$", "USD", MODEL_BAD, 0, ""},
        {"99999999999999999999", "USD", MODEL_BAD, 0, ""},
    };
    model_reader *reader = model_reader_new(TODAY);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_field field = FIELD(MODEL_MONEY);
        field.currency = pb_str_c(cases[i].field_currency);
        model_reading got = model_read(reader, &field, pb_str_c(cases[i].raw), NULL);
        if (got.verdict != cases[i].verdict || !pb_str_is(got.currency, cases[i].currency) ||
            (got.verdict != MODEL_BAD && got.value.as.i != cases[i].minor))
            fail_msg("\"%s\" (%s): got %s %lld %.*s", cases[i].raw, cases[i].field_currency,
                     verdict_name(got.verdict), (long long)got.value.as.i,
                     PB_STR_FMT(got.currency));
    }
    model_reader_free(reader);
}

/* shows: REC-5 DQ-1 */
static void dates_as_people_write_them(void **state)
{
    (void)state;
    static const value_case iso[] = {
        {"2024-03-05", MODEL_SAME, "2024-03-05"},
        {"2024-02-29", MODEL_SAME, "2024-02-29"},
        {"1940-06-07Z", MODEL_RESTYLED, "1940-06-07"}, /* XML Schema */
        {"2023-02-29", MODEL_BAD, ""},
        {"2024-13-01", MODEL_BAD, ""},
        {"0000-00-00", MODEL_BAD, ""},
        {"2024/3/5", MODEL_RESTYLED, "2024-03-05"},
        {"2024.03.05", MODEL_RESTYLED, "2024-03-05"},
        {"20240305", MODEL_RESTYLED, "2024-03-05"},
        {"2024-03-05 14:30", MODEL_RESTYLED, "2024-03-05"},
        {"2024-03-05T14:30:00Z", MODEL_RESTYLED, "2024-03-05"},
        {"2024-03-05 25:30", MODEL_BAD, ""},
        {"2024\u5e743\u67085\u65e5", MODEL_RESTYLED, "2024-03-05"},
        {"5 March 2024", MODEL_RESTYLED, "2024-03-05"},
        {"March 5th, 2024", MODEL_RESTYLED, "2024-03-05"},
        {"Tue, 05-Mar-24", MODEL_RESTYLED, "2024-03-05"},
        {"5. M\u00e4rz 2024", MODEL_RESTYLED, "2024-03-05"},
        {"05.03.2024", MODEL_RESTYLED, "2024-03-05"},
        {"13/03/2024", MODEL_RESTYLED, "2024-03-13"},
        {"03/13/2024", MODEL_RESTYLED, "2024-03-13"},
        {"05/03/2024", MODEL_BAD, ""},
        {"05/05/2024", MODEL_RESTYLED, "2024-05-05"},
        {"\uff12\uff10\uff12\uff14-03-05", MODEL_RESTYLED, "2024-03-05"},
        {"\u06f1\u06f4\u06f0\u06f2/\u06f1\u06f2/\u06f1\u06f5", MODEL_RESTYLED, "2024-03-05"},
        {"\u06f1\u06f5 \u0627\u0633\u0641\u0646\u062f \u06f1\u06f4\u06f0\u06f2", MODEL_RESTYLED,
         "2024-03-05"},
        {"15 \u0622\u0630\u0631 1402", MODEL_RESTYLED, "2023-12-06"},
        {"\u06f5 \u0645\u0627\u0631\u0633 \u06f2\u06f0\u06f2\u06f4", MODEL_RESTYLED, "2024-03-05"},
        {"\u06f1\u06f4\u06f0\u06f2/\u06f1\u06f2/\u06f3\u06f0", MODEL_BAD, ""},
        {"tomorrow", MODEL_BAD, ""},
        {"2024", MODEL_BAD, ""},
        {"31 April 2024", MODEL_BAD, ""},
        {"N/A", MODEL_EMPTY, ""},
    };
    static const value_case dmy[] = {
        {"05/03/2024", MODEL_RESTYLED, "2024-03-05"}, {"05/13/2024", MODEL_BAD, ""},
        {"5-3-24", MODEL_RESTYLED, "2024-03-05"},     {"5-3-62", MODEL_RESTYLED, "1962-03-05"},
        {"2024-03-05", MODEL_SAME, "2024-03-05"},
    };
    static const value_case mdy[] = {
        {"05/03/2024", MODEL_RESTYLED, "2024-05-03"},
        {"3/13/24 9:05 PM", MODEL_RESTYLED, "2024-03-13"},
    };
    static const value_case jalali[] = {
        {"1402/12/15", MODEL_RESTYLED, "2024-03-05"},
        {"1402-12-15", MODEL_RESTYLED, "2024-03-05"},
        {"2024-03-05", MODEL_SAME, "2024-03-05"},
    };
    static const value_case past[] = {
        {"2024-06-15", MODEL_SAME, "2024-06-15"},
        {"2024-06-16", MODEL_BAD, ""},
        {"1899-12-31", MODEL_BAD, ""},
    };
    model_field field = FIELD(MODEL_DATE);
    CHECK(&field, NULL, iso);
    CHECK(&field, &(model_format){.date_order = MODEL_DMY}, dmy);
    CHECK(&field, &(model_format){.date_order = MODEL_MDY}, mdy);
    CHECK(&field, &(model_format){.jalali = true}, jalali);
    field.has_min = field.max_is_today = field.has_max = true;
    field.min = -25567;
    CHECK(&field, NULL, past);
}

/* shows: REC-5 */
static void instants(void **state)
{
    (void)state;
    static const value_case cases[] = {
        {"2024-03-05T14:30:00Z", MODEL_SAME, "2024-03-05T14:30:00Z"},
        {"2024-03-05T14:30:00+03:30", MODEL_RESTYLED, "2024-03-05T11:00:00Z"},
        {"2024-03-05 14:30", MODEL_RESTYLED, "2024-03-05T14:30:00Z"},
        {"2024-03-05", MODEL_RESTYLED, "2024-03-05T00:00:00Z"},
        {"13/03/2024 2:05 pm", MODEL_RESTYLED, "2024-03-13T14:05:00Z"},
        {"2024/03/05 23:59:59.5", MODEL_RESTYLED, "2024-03-05T23:59:59.500000Z"},
        {"2024-03-05T24:30:00Z", MODEL_BAD, ""},
        {"2024-02-30T10:00:00Z", MODEL_BAD, ""},
        {"10:00", MODEL_BAD, ""},
    };
    model_field field = FIELD(MODEL_INSTANT);
    CHECK(&field, NULL, cases);
}

/* shows: REC-5 DQ-1 DQ-8 */
static void telephone_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *country;
        value_case one;
    } cases[] = {
        {"", {"+12125550123", MODEL_SAME, "+12125550123"}},
        {"", {"+1 (212) 555-0123", MODEL_RESTYLED, "+12125550123"}},
        {"", {"0098 912 123 4567", MODEL_RESTYLED, "+989121234567"}},
        {"", {"+44 (0)20 7946 0958", MODEL_RESTYLED, "+442079460958"}},
        {"US", {"(212) 555-0123", MODEL_RESTYLED, "+12125550123"}},
        {"US", {"1-212-555-0123", MODEL_RESTYLED, "+12125550123"}},
        {"US", {"212-555-0123 x12", MODEL_RESTYLED, "+12125550123;ext=12"}},
        {"", {"+12125550123;ext=12", MODEL_SAME, "+12125550123;ext=12"}},
        {"CN", {"138 0013 8000", MODEL_RESTYLED, "+8613800138000"}},
        {"CN", {"8613800138000", MODEL_RESTYLED, "+8613800138000"}},
        {"CN", {"010-62512345\u8f6c12", MODEL_RESTYLED, "+861062512345;ext=12"}},
        {"IR",
         {"\u06f0\u06f9\u06f1\u06f2\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7", MODEL_RESTYLED,
          "+989121234567"}},
        {"IR",
         {"021-88776655 \u062f\u0627\u062e\u0644\u06cc 5", MODEL_RESTYLED, "+982188776655;ext=5"}},
        {"CN",
         {"\uff0b\uff18\uff16\uff11\uff13\uff18\uff10\uff10\uff11\uff13\uff18\uff10\uff10\uff10",
          MODEL_RESTYLED, "+8613800138000"}},
        {"IT", {"06 6982", MODEL_RESTYLED, "+39066982"}},
        {"GB", {"tel:020 7946 0958", MODEL_RESTYLED, "+442079460958"}},
        {"", {"555-0123", MODEL_RESTYLED, "5550123"}},
        {"", {"09121234567", MODEL_SAME, "09121234567"}},
        {"", {"123", MODEL_BAD, "123"}},
        {"", {"+1212555012", MODEL_BAD, "+1212555012"}},
        {"", {"+121255501234", MODEL_BAD, "+121255501234"}},
        {"", {"+999 12345678", MODEL_BAD, NULL}},
        {"US", {"555-0123", MODEL_BAD, "555-0123"}},
        {"US", {"1-800-FLOWERS", MODEL_BAD, "1-800-FLOWERS"}},
        {"", {"call me", MODEL_BAD, "call me"}},
        {"", {"12345678901234567890123456789", MODEL_BAD, NULL}},
        {"", {"none", MODEL_EMPTY, ""}},
    };
    model_field field = FIELD(MODEL_PHONE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        model_format format = {.country = pb_str_c(cases[i].country)};
        check_cases(&field, &format, &cases[i].one, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(decimals),
        cmocka_unit_test(money_in_many_currencies),
        cmocka_unit_test(dates_as_people_write_them),
        cmocka_unit_test(instants),
        cmocka_unit_test(telephone_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
