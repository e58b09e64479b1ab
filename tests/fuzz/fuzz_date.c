/* Fuzz target of dates and numbers: the first byte chooses how the column writes them, the text
 * follows behind the second. Build and run: tests/fuzz/README.md.
 *
 * Holds: reading ends; a day that is read is one of the calendar, and its standard form reads back
 * as the same day whatever the column's habits; a number's as the same number; judging takes any
 * text.
 */
/* fuzzes: exchange/plan/votes.c model model/types model/ids script */
/* libraries: yaml-0.1 libidn2 */
/* tables: han phone */
#include "base/time.h"
#include "base/utf8.h"
#include "model/value.h"
#include "plan/formats.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TODAY = 19800 };

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static const model_format formats[] = {
    {.date_order = MODEL_YMD},
    {.date_order = MODEL_DMY, .decimal_mark = ','},
    {.date_order = MODEL_MDY, .decimal_mark = '.'},
    {.date_order = MODEL_YMD, .jalali = true},
    {.date_order = MODEL_DMY, .jalali = true},
    {.date_order = MODEL_YMD, .short_year_first = true},
    {.moments = MODEL_SERIAL_DAYS},
    {.moments = MODEL_SECONDS},
    {.moments = MODEL_MILLISECONDS},
};

static void check_date(model_reader *reader, pb_str text, const model_format *format)
{
    static const model_field day_field = {.type = MODEL_DATE}, moment = {.type = MODEL_INSTANT};
    model_reading day = model_read_date(reader, &day_field, text, format);
    model_reading instant = model_read_instant(reader, &moment, text, format);
    hold((day.verdict == MODEL_BAD) == (day.problem != NULL));
    hold((instant.verdict == MODEL_BAD) == (instant.problem != NULL));
    if (day.verdict == MODEL_BAD)
        return;
    PB_AUTO_BUF out = PB_BUF_INIT(64);
    int64_t back;
    pb_date_format(&out, day.value.as.i);
    hold(pb_date_parse(pb_buf_str(&out), &back) && back == day.value.as.i);
    hold(day.verdict != MODEL_SAME || pb_str_eq(pb_buf_str(&out), text));
}

static void check_number(model_reader *reader, pb_str text, const model_format *format)
{
    static const model_field decimal = {.type = MODEL_DECIMAL}, integer = {.type = MODEL_INTEGER};
    model_reading whole = model_read_integer(reader, &integer, text, format);
    model_reading number = model_read_decimal(reader, &decimal, text, format);
    hold((whole.verdict == MODEL_BAD) == (whole.problem != NULL));
    if (number.verdict == MODEL_BAD)
        return;
    PB_AUTO_BUF out = PB_BUF_INIT(512);
    model_write(&decimal, number.value, PB_STR_NONE, &out);
    model_reading back = model_read_decimal(reader, &decimal, pb_buf_str(&out), &formats[0]);
    hold(back.verdict == MODEL_SAME && pb_value_eq(back.value, number.value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > 400)
        return 0;
    const model_format *format = &formats[data[0] % (sizeof formats / sizeof *formats)];
    pb_str text = pb_str_trim((pb_str){(const char *)data + 2, size - 2});
    if (!pb_utf8_valid(text) || pb_str_index(text, 0) < text.len) /* tables give no such text */
        return 0;
    date_votes dates = {0};
    mark_votes marks = {0};
    votes_date(&dates, text, 1);
    votes_mark(&marks, text);
    hold(dates.dmy + dates.mdy + dates.open + dates.ymd <= dates.all);
    hold(votes_dates_decided(&dates) || dates.example[0] != 0);
    hold(votes_marks_decided(&marks) || marks.example[0] != 0);
    if (text.len == 0)
        return 0;
    model_reader reader = {.today = TODAY,
                           .texts = pb_arena_new(1 << 20),
                           .scratch = PB_BUF_INIT(1 << 20),
                           .scratch2 = PB_BUF_INIT(1 << 20)};
    hold(reader.texts != NULL);
    check_date(&reader, text, format);
    check_number(&reader, text, format);
    pb_arena_free(reader.texts);
    pb_buf_free(&reader.scratch);
    pb_buf_free(&reader.scratch2);
    return 0;
}
