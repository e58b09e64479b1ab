/* Dates and numbers of a column are read as whoever wrote them meant them. */
#include "base/time.h"
#include "exchange_support.h"

enum { ROWS = 60, TODAY = 19800 }; /* 2024-03-18 */

typedef enum writing {
    DMY_SLASH,
    MDY_SLASH,
    DMY_DOT,
    DMY_SHORT,
    MDY_CLOCK,
    YMD_DASH,
    YMD_SHORT,
    CHINESE,
    MONTH_NAME,
    JALALI,
    JALALI_DMY,
    JALALI_SHORT,
    SERIAL,
    SECONDS,
    MILLISECONDS,
    WRITINGS
} writing;

static uint64_t seed = 20261121;

static int64_t below(int64_t most)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)most);
}

static void put_persian(pb_buf *out, const char *digits)
{
    for (; *digits != 0; digits++) {
        if (*digits >= '0' && *digits <= '9') {
            pb_buf_byte(out, '\xDB');
            pb_buf_byte(out, (char)(0xB0 + *digits - '0'));
        } else {
            pb_buf_byte(out, *digits);
        }
    }
}

static void write_day(pb_buf *out, int64_t day, writing how)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int y, m, d, jy, jm, jd;
    pb_date_to_civil(day, &y, &m, &d);
    pb_date_to_jalali(day, &jy, &jm, &jd);
    char text[64];
    switch (how) {
    case DMY_SLASH:
        pb_buf_printf(out, "%d/%d/%04d", d, m, y);
        break;
    case MDY_SLASH:
        pb_buf_printf(out, "%02d/%02d/%04d", m, d, y);
        break;
    case DMY_DOT:
        pb_buf_printf(out, "%02d.%02d.%04d", d, m, y);
        break;
    case DMY_SHORT:
        pb_buf_printf(out, "%02d-%02d-%02d", d, m, y % 100);
        break;
    case MDY_CLOCK:
        pb_buf_printf(out, "%d/%d/%04d 1%d:30 PM", m, d, y, (int)(day % 3));
        break;
    case YMD_DASH:
        pb_buf_printf(out, "%04d-%02d-%02d", y, m, d);
        break;
    case YMD_SHORT:
        pb_buf_printf(out, "%02d/%02d/%02d", y % 100, m, d);
        break;
    case CHINESE:
        pb_buf_printf(out, "%d年%d月%d日", y, m, d);
        break;
    case MONTH_NAME:
        pb_buf_printf(out, "%d %s %d", d, months[m - 1], y);
        break;
    case JALALI:
        snprintf(text, sizeof text, "%04d/%02d/%02d", jy, jm, jd);
        put_persian(out, text);
        break;
    case JALALI_DMY:
        pb_buf_printf(out, "%d/%d/%04d", jd, jm, jy);
        break;
    case JALALI_SHORT:
        snprintf(text, sizeof text, "%02d/%02d/%02d", jy % 100, jm, jd);
        put_persian(out, text);
        break;
    case SERIAL:
        pb_buf_i64(out, day + 25569);
        break;
    case SECONDS:
        pb_buf_i64(out, day * 86400 + 3600);
        break;
    case MILLISECONDS:
        pb_buf_i64(out, day * 86400000 + 3600000);
        break;
    case WRITINGS:
        break;
    }
}

/* A value of the plan's column, read as the import will read it. */
static int64_t read_day(model_reader *reader, const exchange_column *column, pb_str text)
{
    model_reader_reset(reader);
    model_reading reading = model_read(reader, column->field, text, &column->format);
    if (reading.verdict != MODEL_SAME && reading.verdict != MODEL_RESTYLED)
        fail_msg("%.*s: %s", PB_STR_FMT(text), reading.problem);
    return column->field->type == MODEL_DATE ? reading.value.as.i
                                             : pb_instant_day(reading.value.as.i);
}

/* shows: INT-5 DQ-1 */
static void test_random_dates_of_any_writing_come_back(void **state)
{
    bench_room *room = *state;
    model_reader *reader = model_reader_new(TODAY);
    for (int round = 0; round < 40; round++) {
        for (writing how = 0; how < WRITINGS; how++) {
            PB_AUTO_BUF file = PB_BUF_INIT(1 << 20);
            int64_t days[ROWS];
            pb_str texts[ROWS];
            pb_buf_addc(&file, "Deal ID,Deal Name,Close Date\n");
            for (int r = 0; r < ROWS; r++) {
                days[r] = 7000 + below(TODAY - 7000);
                pb_buf_printf(&file, "%d,Deal %d,", r, r);
                size_t from = file.len;
                write_day(&file, days[r], how);
                texts[r] = pb_arena_str(room->arena, pb_str_n(file.ptr + from, file.len - from));
                pb_buf_byte(&file, '\n');
            }
            exchange_plan plan =
                plan_of(room, put_file(room, "deals.csv", pb_buf_str(&file)), NULL);
            const exchange_column *column = column_named(&plan.files[0], "Close Date");
            assert_non_null(column->field);
            for (int r = 0; r < ROWS; r++) {
                int64_t found = read_day(reader, column, texts[r]);
                if (found != days[r])
                    fail_msg("writing %d: %.*s read as day %lld, not %lld", (int)how,
                             PB_STR_FMT(texts[r]), (long long)found, (long long)days[r]);
            }
        }
    }
    model_reader_free(reader);
}

static exchange_file *plan_text(bench_room *room, const char *text)
{
    exchange_plan plan = plan_of(room, put_text(room, "deals.csv", text), NULL);
    assert_int_equal(plan.file_count, 1);
    return &plan.files[0];
}

static void assert_note(const exchange_column *column, const char *expected)
{
    PB_AUTO_BUF note = PB_BUF_INIT(4096);
    exchange_note(column, NULL, &note);
    assert_string_equal(pb_buf_cstr(&note), expected);
}

/* shows: INT-5 DQ-1 */
static void test_a_single_row_behind_the_sample_decides(void **state)
{
    bench_room *room = *state;
    PB_AUTO_BUF file = PB_BUF_INIT(4 << 20);
    pb_buf_addc(&file, "Deal ID,Deal Name,Close Date,Amount\n");
    for (int r = 0; r < 9000; r++)
        pb_buf_printf(&file, "%d,Deal %d,0%d/0%d/2023,%s\n", r, r, r == 8000 ? 4 : 1 + r % 9,
                      1 + r % 7, r == 8500 ? "\"1.234,5\"" : "1.234");
    pb_buf_addc(&file, "9001,Last,13/02/2024,7.000\n");
    exchange_file *found = plan_text(room, pb_buf_cstr(&file));
    const exchange_column *date = column_named(found, "Close Date");
    assert_int_equal(date->format.date_order, MODEL_DMY);
    assert_note(date, "The first rows leave open whether the day or the month comes first; "
                      "13/02/2024 in line 9002 shows that the day does");
    assert_int_equal(column_named(found, "Amount")->format.decimal_mark, ',');
    assert_null(column_named(found, "Amount")->note.ptr);
}

/* shows: INT-5 DQ-1 */
static void test_what_is_assumed_is_said(void **state)
{
    bench_room *room = *state;
    exchange_file *file =
        plan_text(room, "Deal ID,Deal Name,Close Date,Created\n1,A,03/04/2024,25/12/2023\n"
                        "2,B,05/06/2024,01/02/2024\n");
    assert_note(column_named(file, "Close Date"),
                "Dates such as 03/04/2024 can be read two ways; they were read as day, month, "
                "year, as those in “Created” are");
    file = plan_text(room, "Deal ID,Deal Name,Close Date\n1,A,03/04/2024 1:30 PM\n"
                           "2,B,05/06/2024 2:00 AM\n");
    assert_note(column_named(file, "Close Date"),
                "Dates such as 03/04/2024 1:30 PM can be read two ways; they were read as month, "
                "day, year, as is usual with a clock of twelve hours");
    file = plan_text(room, "Deal ID,Deal Name,Close Date\n1,A,13/04/2024\n2,B,05/16/2024\n"
                           "3,C,14/06/2024\n");
    assert_note(column_named(file, "Close Date"),
                "2 dates have the day first (such as 13/04/2024), 1 the month (such as "
                "05/16/2024); all were read as day, month, year, and what that does not fit is "
                "noted");
    file = plan_text(room, "Deal ID,Deal Name,Close Date\n1,A,45123\n2,B,45124\n3,C,2023-07-18\n");
    assert_note(column_named(file, "Close Date"),
                "Numbers such as 45123 stand for dates (2 of 3); they were read as the days of a "
                "spreadsheet, counted from 1900");
    file = plan_text(
        room, "Deal ID,Deal Name,Close Date\n1,A,1403/05/12\n2,B,1402/01/01\n3,C,2024/1/2\n");
    assert_note(column_named(file, "Close Date"),
                "Dates with years of the Persian calendar: 2 of 3, the others are of the Gregorian "
                "one; each was read in its own");
    file = plan_text(room, "Deal ID,Deal Name,Amount\n1,A,1.234\n2,B,5.678\n");
    assert_int_equal(column_named(file, "Amount")->format.decimal_mark, ',');
    assert_note(column_named(file, "Amount"),
                "Numbers such as 1.234 can be read two ways; the point was taken to group "
                "thousands");
}

typedef struct money_case {
    const char *cells[3];
    int64_t minor[3];
} money_case;

/* shows: INT-5 DQ-1 */
static void test_numbers_of_many_habits(void **state)
{
    static const money_case cases[] = {
        {{"1.234,50", "99,5", "7"}, {123450, 9950, 700}},
        {{"1,234.50", "99.5", "7"}, {123450, 9950, 700}},
        {{"1'234.50", "1’000", "7.10"}, {123450, 100000, 710}},
        {{"1 234,50", "1 000 000", "12 345,6"}, {123450, 100000000, 1234560}},
        {{"1 234", "99,95", "7"}, {123400, 9995, 700}},
        {{"1,234", "5,678", "9,012,345"}, {123400, 567800, 901234500}},
        {{"۱٬۲۳۴٫۵", "۹۹٫۲۵", "۷"}, {123450, 9925, 700}},
        {{"$1,234.50", "USD 99.50", "7.00 USD"}, {123450, 9950, 700}},
        {{"1.234,50 €", "EUR 99,5", "€7"}, {123450, 9950, 700}},
        {{"12,34,567.00", "1,00,000", "7"}, {123456700, 10000000, 700}},
        {{"0,125", "0,50", "7"}, {-1, 50, 700}},
    };
    bench_room *room = *state;
    model_reader *reader = model_reader_new(TODAY);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
        pb_buf_addc(&text, "Deal ID,Deal Name,Amount\n");
        for (int r = 0; r < 3; r++)
            pb_buf_printf(&text, "%d,Deal %d,\"%s\"\n", r, r, cases[i].cells[r]);
        exchange_file *file = plan_text(room, pb_buf_cstr(&text));
        const exchange_column *column = column_named(file, "Amount");
        for (int r = 0; r < 3; r++) {
            model_reader_reset(reader);
            model_reading reading =
                model_read(reader, column->field, pb_str_c(cases[i].cells[r]), &column->format);
            if (cases[i].minor[r] == -1) {
                assert_int_equal(reading.verdict, MODEL_BAD); /* an eighth of a cent */
                continue;
            }
            if (reading.verdict == MODEL_BAD || reading.value.as.i != cases[i].minor[r])
                fail_msg("%s: %s %lld", cases[i].cells[r], reading.problem,
                         (long long)reading.value.as.i);
        }
    }
    model_reader_free(reader);
}

/* shows: INT-5 DQ-1 */
static void test_times_in_words(void **state)
{
    bench_room *room = *state;
    exchange_file *file = plan_text(room, "Deal ID,Deal Name,Created\n1,A,2024年3月5日下午3:05\n");
    const exchange_column *column = column_named(file, "Created");
    model_reader *reader = model_reader_new(TODAY);
    static const char *const texts[] = {"2024年3月5日下午3:05", "2024/3/5 上午 3:05:00",
                                        "5 Mar 2024 3:05 p.m.", "2024-03-05 03:05 ب.ظ",
                                        "2024-03-05T18:35:00+03:30"};
    static const int hours[] = {15, 3, 15, 15, 15};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        model_reading reading =
            model_read(reader, column->field, pb_str_c(texts[i]), &column->format);
        if (column->field->type != MODEL_INSTANT)
            continue;
        if (reading.value.as.i % PB_US_PER_DAY != (hours[i] * 60 + 5) * 60 * PB_US_PER_SECOND)
            fail_msg("%s: %s", texts[i], reading.problem);
    }
    assert_int_equal(column->field->type, MODEL_INSTANT);
    model_reader_free(reader);
}

/* The country whose zones the column was taken to write, and what is said about it. */
static void assert_zone(bench_room *room, const char *text, const char *country, const char *says)
{
    exchange_file *file = plan_text(room, text);
    const exchange_column *column = column_named(file, "Created");
    PB_AUTO_BUF note = PB_BUF_INIT(4096);
    assert_int_equal(column->field->type, MODEL_INSTANT);
    exchange_note(column, NULL, &note);
    pb_str found = column->format.zone_country;
    assert_true(pb_str_is(found.ptr == NULL ? PB_STR("") : found, country));
    if (pb_str_find(pb_buf_str(&note), pb_str_c(says)) == SIZE_MAX)
        fail_msg("%s", pb_buf_cstr(&note));
}

/* shows: INT-5 DQ-1 */
static void test_shared_zones_are_read_by_the_whole_file(void **state)
{
    bench_room *room = *state;
    assert_zone(room,
                "Deal ID,Deal Name,Created\n1,A,2024-03-05 10:52 CST\n2,B,2024-07-05 10:52 CDT\n",
                "US", "those of US");
    assert_zone(room,
                "Deal ID,Deal Name,Created\n1,A,2024-01-05 10:52 IST\n2,B,2024-07-05 10:52 IDT\n",
                "IL", "those of IL");
    assert_zone(room,
                "Deal ID,Deal Name,Created\n1,A,2024-01-05 10:52 CST\n2,B,2024-07-05 10:52 IDT\n",
                "", "were not read");
    assert_zone(room, "Deal ID,Deal Name,Created\n1,A,2024-01-05 10:52 CST\n", "",
                "2024-01-05 10:52 CST");
    assert_zone(room, "Deal ID,Deal Name,Created\n1,A,2024-01-05 10:52 CET\n", "", "");
    assert_zone(room, "Deal ID,Deal Name,Created\n1,A,Fri Jan 05 2024 10:52:00 GMT+0800 (CST)\n",
                "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_dates_of_any_writing_come_back),
        cmocka_unit_test(test_a_single_row_behind_the_sample_decides),
        cmocka_unit_test(test_what_is_assumed_is_said),
        cmocka_unit_test(test_numbers_of_many_habits),
        cmocka_unit_test(test_times_in_words),
        cmocka_unit_test(test_shared_zones_are_read_by_the_whole_file),
    };
    return cmocka_run_group_tests_name("exchange/formats", tests, room_make, room_end);
}
