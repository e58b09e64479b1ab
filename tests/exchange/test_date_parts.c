/* Dates that stand in three columns are put together, by their headers in any of the languages
 * served and by their values; what is no such date stays what it is. */
#include "exchange_support.h"

#include "../../src/exchange/import/import_internal.h"

/* The date that each row of a list of contacts gets; absent: none. */
static void expect_dates(const char *list, const char *year_header, bool jalali,
                         const char *const *dates)
{
    void *room = NULL;
    pb_error err;
    row_shape *shape = NULL;
    table_reader *reader = NULL;
    table_row row = {0};
    bool more = true;
    room_make(&room);
    const char *path = put_text(room, "contacts.csv", list);
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = file_named(&plan, "contacts.csv");
    const exchange_column *year = column_named(file, year_header);
    assert_non_null(year->field);
    assert_true(pb_str_is(year->field->name, "birth_date"));
    assert_int_equal(year->format.jalali, jalali);
    must(row_shape_new(file, 20000, &shape, &err), &err);
    must(table_open(file->place, &reader, &err), &err);
    must(table_next(reader, &row, &more, &err), &err); /* the names of columns */
    for (size_t r = 0; dates[r] != NULL; r++) {
        size_t count = 0;
        pb_str id, found = PB_STR("");
        must(table_next(reader, &row, &more, &err), &err);
        assert_true(more);
        const record_input *inputs = row_shape_inputs(shape, &row, &count, &id);
        for (size_t i = 0; i < count; i++)
            if (inputs[i].field == year->field)
                found = inputs[i].raw;
        if (!pb_str_is(found, dates[r]))
            fail_msg("row %zu: %.*s, not %s", r + 1, PB_STR_FMT(found), dates[r]);
    }
    table_close(reader);
    row_shape_free(shape);
    room_end(&room);
}

/* shows: DQ-4 INT-5 */
static void test_parts_by_their_headers(void **state)
{
    (void)state;
    static const char *const dates[] = {"1949-07-22", "1968-12-01", "", NULL};
    static const char *const rows = "Ann,Lee,1949,7,22\nBob,Ray,1968,12,01\nEve,Fox,NA,,\n";
    static const char *const headers[][2] = {
        {"First Name,Last Name,by,bm,bd\n", "by"},
        {"First Name,Last Name,birth_year,birth_month,birth_day\n", "birth_year"},
        {"First Name,Last Name,DOB Year,DOB Month,DOB Day\n", "DOB Year"},
        {"First Name,Last Name,Year,Month,Day\n", "Year"},
        {"Vorname,Nachname,Geburtsjahr,Geburtsmonat,Geburtstag\n", "Geburtsjahr"},
        {"名,姓,出生年,出生月,出生日\n", "出生年"},
        {"نام کوچک,نام خانوادگی,سال تولد,ماه تولد,روز تولد\n", "سال تولد"}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        char list[512];
        snprintf(list, sizeof list, "%s%s", headers[i][0], rows);
        expect_dates(list, headers[i][1], false, dates);
    }
}

/* Years of the Persian calendar make dates of it. shows: DQ-4 */
static void test_persian_years(void **state)
{
    (void)state;
    static const char *const dates[] = {"1360-02-31", "1371-11-09", NULL};
    expect_dates("نام کوچک,نام خانوادگی,سال تولد,ماه تولد,روز تولد\nعلی,رضایی,1360,2,31\n"
                 "زهرا,کریمی,1371,11,9\n",
                 "سال تولد", true, dates);
}

/* A part that is missing does not make another date. shows: DQ-4 INT-5 */
static void test_a_part_is_missing(void **state)
{
    (void)state;
    static const char *const dates[] = {"1949-07-22", "1968--01", "1970-03-", NULL};
    expect_dates(
        "First Name,Last Name,by,bm,bd\nAnn,Lee,1949,7,22\nBob,Ray,1968,,1\nEve,Fox,1970,3,\n",
        "by", false, dates);
}

/* Three columns without a name, in either order. shows: DQ-4 */
static void test_parts_by_their_values(void **state)
{
    (void)state;
    char years_first[4096] = "First Name,Last Name,v1,v2,v3\n", days_first[4096];
    memcpy(days_first, years_first, sizeof days_first);
    size_t a = strlen(years_first), b = a;
    for (unsigned i = 0; i < 40; i++) {
        unsigned year = 1940 + i, month = 1 + i % 12, day = 1 + i * 7 % 31;
        a += (size_t)snprintf(years_first + a, sizeof years_first - a, "P%u,Lee,%u,%u,%u\n", i,
                              year, month, day);
        b += (size_t)snprintf(days_first + b, sizeof days_first - b, "P%u,Lee,%u,%u,%u\n", i, day,
                              month, year);
    }
    static const char *const dates[] = {"1940-01-01", "1941-02-08", NULL};
    expect_dates(years_first, "v1", false, dates);
    expect_dates(days_first, "v3", false, dates);
}

/* Years that are no part of a date, and a date that is whole already. shows: DQ-4 */
static void test_other_numbers_stay(void **state)
{
    void *room = NULL;
    (void)state;
    room_make(&room);
    const char *path = put_text(room, "contacts.csv",
                                "First Name,Last Name,Birth Date,Model Year,Month,Day\n"
                                "Ann,Lee,1949-07-22,2001,3,4\nBob,Ray,1968-01-01,2003,5,6\n");
    exchange_plan plan = plan_of(room, path, NULL);
    const exchange_file *file = file_named(&plan, "contacts.csv");
    assert_null(column_named(file, "Model Year")->field);
    assert_int_equal(column_named(file, "Month")->how, EXCHANGE_UNMAPPED);
    assert_int_equal(column_named(file, "Birth Date")->date_month, 0);
    room_end(&room);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_by_their_headers), cmocka_unit_test(test_persian_years),
        cmocka_unit_test(test_a_part_is_missing), cmocka_unit_test(test_parts_by_their_values),
        cmocka_unit_test(test_other_numbers_stay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
