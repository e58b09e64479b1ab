/* How a column writes its dates and numbers, judged from its values, and what was assumed where
 * they leave it open. */
#include "base/utf8.h"
#include "plan.h"

/* What the dates of a column show. */
typedef struct date_votes {
    size_t ymd, dmy, mdy, jalali, open; /* open: both parts could be the month */
    size_t dots;
    pb_str example; /* of an open one */
} date_votes;

/* Digits of the three numbers, Persian and Arabic digits included. */
typedef struct three {
    int number[3];
    int digits[3];
    uint32_t mark;
} three;

static int digit_of(uint32_t c)
{
    if (c >= '0' && c <= '9')
        return (int)(c - '0');
    if (c >= 0x6F0 && c <= 0x6F9)
        return (int)(c - 0x6F0);
    return c >= 0x660 && c <= 0x669 ? (int)(c - 0x660) : -1;
}

static bool read_three(pb_str text, three *ret)
{
    *ret = (three){0};
    int part = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = pb_utf8_next(text, &at);
        int digit = digit_of(c);
        if (digit >= 0) {
            if (ret->digits[part] == 4)
                return false;
            ret->number[part] = ret->number[part] * 10 + digit;
            ret->digits[part]++;
        } else if ((c == '-' || c == '/' || c == '.') && part < 2 && ret->digits[part] > 0) {
            if (ret->mark != 0 && ret->mark != c)
                return false;
            ret->mark = c;
            part++;
        } else {
            return (c == ' ' || c == 'T') && part == 2 && ret->digits[2] > 0;
        }
    }
    return part == 2 && ret->digits[2] > 0;
}

static void vote(date_votes *votes, pb_str text)
{
    three t;
    if (!read_three(text, &t))
        return;
    bool year_first = t.digits[0] == 4;
    int year = year_first ? t.number[0] : t.number[2];
    if (year_first || t.digits[2] == 4)
        votes->jalali += year >= 1200 && year <= 1500;
    if (year_first) {
        votes->ymd++;
        return;
    }
    votes->dots += t.mark == '.';
    if (t.number[0] > 12 && t.number[0] <= 31 && t.number[1] <= 12) {
        votes->dmy++;
    } else if (t.number[1] > 12 && t.number[1] <= 31 && t.number[0] <= 12) {
        votes->mdy++;
    } else if (votes->open++ == 0) {
        votes->example = text;
    }
}

static pb_status say_order(exchange_column *column, pb_arena *arena, pb_str example)
{
    const char *shown = PB_ARG(example);
    if (column->format.date_order == MODEL_DMY)
        return column_note(
            column, arena,
            PB_MSG(
                "Dates such as {value} can be read two ways; they were read as day, month, year"),
            "value", shown, NULL);
    return column_note(
        column, arena,
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year"),
        "value", shown, NULL);
}

/* `decided`: order that another column of the file shows without doubt, or MODEL_YMD. */
static pb_status judge_dates(exchange_column *column, const date_votes *v, model_date_order decided,
                             pb_arena *arena)
{
    size_t all = v->ymd + v->dmy + v->mdy + v->open;
    column->format.jalali = v->jalali * 2 > all;
    if (v->ymd * 2 > all || all == 0)
        column->format.date_order = MODEL_YMD;
    else if (v->dmy + v->mdy > 0)
        column->format.date_order = v->dmy >= v->mdy ? MODEL_DMY : MODEL_MDY;
    else if (decided != MODEL_YMD)
        column->format.date_order = decided;
    else
        column->format.date_order = v->dots > 0 || column->format.jalali ? MODEL_DMY : MODEL_MDY;
    bool assumed = v->dmy + v->mdy == 0 && v->open > v->ymd && decided == MODEL_YMD;
    bool mixed = v->dmy > 0 && v->mdy > 0;
    if (mixed)
        return column_note(column, arena,
                           PB_MSG("Some dates have the day first, others the month: the order of "
                                  "the majority was taken"),
                           NULL);
    return assumed ? say_order(column, arena, v->example) : PB_OK;
}

/* What the numbers of a column show about the decimal mark. */
static void vote_mark(pb_str text, size_t *comma, size_t *point)
{
    size_t commas = 0, points = 0, last_comma = 0, last_point = 0, end = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ',') {
            commas++;
            last_comma = i;
        } else if (c == '.') {
            points++;
            last_point = i;
        } else if (c >= '0' && c <= '9') {
            end = i;
        }
    }
    if (commas > 0 && points > 0) {
        *(last_comma > last_point ? comma : point) += 1;
    } else if (commas == 1 && last_comma < end) {
        *comma += end - last_comma != 3;
    } else if (commas > 1) {
        (*point)++; /* 1,234,567 */
    } else if (points == 1 && last_point < end) {
        *point += end - last_point != 3;
    } else if (points > 1) {
        (*comma)++;
    }
}

static bool is_number_type(model_type type)
{
    return type == MODEL_MONEY || type == MODEL_DECIMAL || type == MODEL_INTEGER;
}

static bool is_date_type(model_type type)
{
    return type == MODEL_DATE || type == MODEL_INSTANT;
}

static void votes_of(const sample *s, size_t column, date_votes *ret)
{
    *ret = (date_votes){0};
    for (size_t r = 0; r < s->rows; r++)
        vote(ret, pb_str_trim(sample_cell(s, r, column)));
}

/* The order some date column of the file shows without doubt. */
static model_date_order decided_order(const exchange_file *file, const sample *s)
{
    for (size_t c = 0; c < file->column_count; c++) {
        const model_field *field = file->columns[c].field;
        if (field == NULL || !is_date_type(field->type))
            continue;
        date_votes votes;
        votes_of(s, c, &votes);
        if ((votes.dmy > 0) != (votes.mdy > 0))
            return votes.dmy > 0 ? MODEL_DMY : MODEL_MDY;
    }
    return MODEL_YMD;
}

pb_status formats_judge(exchange_file *file, const sample *s, pb_arena *arena, pb_error *err)
{
    model_date_order decided = decided_order(file, s);
    for (size_t c = 0; c < file->column_count; c++) {
        exchange_column *column = &file->columns[c];
        if (column->field == NULL)
            continue;
        if (is_date_type(column->field->type)) {
            date_votes votes;
            votes_of(s, c, &votes);
            if (judge_dates(column, &votes, decided, arena) != PB_OK)
                return pb_fail_memory(err);
        } else if (is_number_type(column->field->type)) {
            size_t comma = 0, point = 0;
            for (size_t r = 0; r < s->rows; r++)
                vote_mark(sample_cell(s, r, c), &comma, &point);
            column->format.decimal_mark = comma > point ? ',' : point > 0 ? '.' : 0;
        }
    }
    return PB_OK;
}
