/* How a column writes its dates and numbers, judged from its values, and what was assumed where
 * they leave it open. One value decides; where the sample holds none, the rest of the file is
 * looked through; where that holds none, the file's other habits decide, which is said. */
#include "formats.h"

#include "../preset/recognise.h"
#include "../preset/row.h"

/* What is known of a file's columns while they are judged. */
typedef struct judging {
    exchange_file *file;
    const sample *s;
    pb_arena *arena;
    date_votes *dates; /* by column */
    mark_votes *marks;
    bool *late; /* the sample leaves it open */
} judging;

static bool is_number_type(model_type type)
{
    return type == MODEL_MONEY || type == MODEL_DECIMAL || type == MODEL_INTEGER;
}

static bool is_date_type(model_type type)
{
    return type == MODEL_DATE || type == MODEL_INSTANT;
}

/* The field of a column; of one that leads to several, the first. */
static const model_field *field_of(const judging *j, size_t c)
{
    const exchange_column *column = &j->file->columns[c];
    return column->field != NULL ? column->field : preset_way_field(column, 0);
}

static bool has_dates(const judging *j, size_t c)
{
    const model_field *field = field_of(j, c);
    return field != NULL && is_date_type(field->type) && j->file->columns[c].date_month == 0;
}

static bool has_numbers(const judging *j, size_t c)
{
    const model_field *field = field_of(j, c);
    return field != NULL && is_number_type(field->type);
}

static bool is_decided(const judging *j, size_t c)
{
    if (has_dates(j, c))
        return votes_dates_decided(&j->dates[c]);
    return !has_numbers(j, c) || votes_marks_decided(&j->marks[c]);
}

static void vote(judging *j, size_t c, pb_str cell, int64_t line)
{
    if (has_dates(j, c))
        votes_date(&j->dates[c], cell, line);
    else if (has_numbers(j, c))
        votes_mark(&j->marks[c], cell);
}

/* --- the rows behind the sample --- */

/* Something was seen that decides. */
static bool is_closed(const judging *j, size_t c)
{
    const date_votes *v = &j->dates[c];
    return v->dmy + v->mdy + v->short_first > 0 || j->marks[c].comma + j->marks[c].point > 0;
}

/* Votes of a row in the columns that are still open; true when none is left. */
static bool vote_row(judging *j, const table_row *row)
{
    bool all = true;
    for (size_t c = 0; c < j->file->column_count; c++) {
        if (!j->late[c] || is_closed(j, c))
            continue;
        vote(j, c, row->cells[c], row->line);
        all = all && is_closed(j, c);
    }
    return all;
}

/* Reads the file until every column is decided. A file that cannot be read to its end is told of
 * when it is imported. */
static pb_status look_on(judging *j, pb_error *err)
{
    table_reader *reader = NULL;
    pb_error unsaid;
    for (size_t c = 0; c < j->file->column_count; c++)
        if (!is_decided(j, c)) { /* the sample's rows come again */
            j->dates[c] = (date_votes){0};
            j->marks[c] = (mark_votes){0};
            j->late[c] = true;
        }
    pb_status status = table_open(j->file->place, &reader, &unsaid);
    bool more = status == PB_OK, first = true;
    while (more) {
        table_row row = {0};
        status = table_next(reader, &row, &more, &unsaid);
        if (status != PB_OK && status != PB_INVALID)
            break;
        if (status == PB_OK && more && !first && row.count == j->file->column_count &&
            vote_row(j, &row))
            break;
        first = false;
    }
    table_close(reader);
    return status == PB_MEMORY ? pb_fail_memory(err) : PB_OK;
}

static bool all_decided(const judging *j)
{
    for (size_t c = 0; c < j->file->column_count; c++)
        if (!is_decided(j, c))
            return false;
    return true;
}

/* --- the order of dates --- */

typedef enum reason {
    BY_COLUMN, /* another column of the file decides */
    BY_PRODUCT,
    BY_COUNTRY,
    BY_DOTS,
    BY_CLOCK,
    BY_CALENDAR,
    BY_COMMA,
    BY_NOTHING
} reason;

/* The order that another column shows without doubt, best one with the same marks. */
static model_date_order by_column(const judging *j, size_t own, size_t *ret_other)
{
    model_date_order found = MODEL_YMD;
    for (size_t c = 0; c < j->file->column_count; c++) {
        const date_votes *v = &j->dates[c];
        if (c == own || !has_dates(j, c) || (v->dmy > 0) == (v->mdy > 0))
            continue;
        if (found == MODEL_YMD || v->mark == j->dates[own].mark) {
            found = v->dmy > 0 ? MODEL_DMY : MODEL_MDY;
            *ret_other = c;
        }
    }
    return found;
}

static bool is_united_states(pb_str country)
{
    static const char *const names[] = {"US",     "USA",           "U.S.",
                                        "U.S.A.", "United States", "United States of America",
                                        "美国",   "آمریکا"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pb_str_eq_nocase(country, pb_str_c(names[i])))
            return true;
    return false;
}

/* The month comes first in the United States, the day nearly everywhere else. */
static model_date_order by_country(const judging *j)
{
    size_t filled = 0, states = 0;
    for (size_t c = 0; c < j->file->column_count; c++) {
        const model_field *field = j->file->columns[c].field;
        for (size_t r = 0; field != NULL && field->type == MODEL_COUNTRY && r < j->s->rows; r++) {
            pb_str cell = pb_str_trim(sample_cell(j->s, r, c));
            filled += cell.len > 0;
            states += is_united_states(cell);
        }
    }
    if (filled == 0)
        return MODEL_YMD;
    return states * 2 > filled ? MODEL_MDY : MODEL_DMY;
}

static bool has_commas(const judging *j)
{
    if (j->file->delimiter == ';')
        return true;
    for (size_t c = 0; c < j->file->column_count; c++)
        if (has_numbers(j, c) && j->marks[c].comma > j->marks[c].point)
            return true;
    return false;
}

/* What dates that can be read two ways most likely are, and why. */
static model_date_order assume(const judging *j, size_t c, reason *ret_why, size_t *ret_other)
{
    const date_votes *v = &j->dates[c];
    model_date_order found = by_column(j, c, ret_other);
    *ret_why = BY_COLUMN;
    if (found != MODEL_YMD)
        return found;
    *ret_why = BY_PRODUCT;
    if (preset_date_order(j->file, &found) && found != MODEL_YMD)
        return found;
    if (v->dots > 0 || v->noons > 0) {
        *ret_why = v->dots > 0 ? BY_DOTS : BY_CLOCK;
        return v->dots > 0 ? MODEL_DMY : MODEL_MDY;
    }
    if (v->jalali > 0 || v->persian > 0) {
        *ret_why = BY_CALENDAR;
        return MODEL_DMY;
    }
    *ret_why = BY_COUNTRY;
    found = by_country(j);
    if (found != MODEL_YMD)
        return found;
    *ret_why = has_commas(j) ? BY_COMMA : BY_NOTHING;
    return has_commas(j) ? MODEL_DMY : MODEL_MDY;
}

static pb_status say_assumed(const judging *j, size_t c, reason why, size_t other)
{
    static const char *const day_first[] = {
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "those in “{other}” are"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "the product that wrote the file does"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "is usual in the countries of the file"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "is usual with dots"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "is usual in the Persian calendar"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year, as "
               "is usual where numbers have decimal commas"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as day, month, year")};
    static const char *const month_first[] = {
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year, as "
               "those in “{other}” are"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year, as "
               "the product that wrote the file does"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year, as "
               "is usual in the United States"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year, as "
               "is usual with a clock of twelve hours"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year"),
        PB_MSG("Dates such as {value} can be read two ways; they were read as month, day, year"),
        PB_MSG("Dates such as {value} can be read two ways and nothing in the file decides; they "
               "were read as month, day, year")};
    exchange_column *column = &j->file->columns[c];
    const char *says = (column->format.date_order == MODEL_DMY ? day_first : month_first)[why];
    return column_note(column, j->arena, says, "value", j->dates[c].example, "other",
                       PB_ARG(j->file->columns[other].header), NULL);
}

static pb_status say_mixed(exchange_column *column, const date_votes *v, pb_arena *arena)
{
    const bool day = column->format.date_order == MODEL_DMY;
    return column_note(
        column, arena,
        day ? PB_MSG("{first} dates have the day first (such as {one}), {second} the month (such "
                     "as {other}); all were read as day, month, year, and what that does not fit "
                     "is noted")
            : PB_MSG("{first} dates have the day first (such as {one}), {second} the month (such "
                     "as {other}); all were read as month, day, year, and what that does not fit "
                     "is noted"),
        "first", PB_ARG_INT(v->dmy), "one", v->proof_dmy, "second", PB_ARG_INT(v->mdy), "other",
        v->proof_mdy, NULL);
}

static pb_status say_proof(exchange_column *column, const date_votes *v, pb_arena *arena)
{
    const bool day = column->format.date_order == MODEL_DMY;
    return column_note(
        column, arena,
        day ? PB_MSG("The first rows leave open whether the day or the month comes first; {value} "
                     "in line {line} shows that the day does")
            : PB_MSG("The first rows leave open whether the day or the month comes first; {value} "
                     "in line {line} shows that the month does"),
        "value", day ? v->proof_dmy : v->proof_mdy, "line", PB_ARG_INT(v->proof_line), NULL);
}

/* Bare numbers that stand for moments. */
static pb_status judge_numbers(exchange_column *column, const date_votes *v, pb_arena *arena)
{
    const char *value = v->number;
    size_t fits = 2 * v->milliseconds > v->bare ? v->milliseconds : v->seconds;
    fits = 2 * v->serials > v->bare ? v->serials : fits;
    if (v->bare == 0 || 2 * fits <= v->bare)
        return PB_OK;
    if (2 * v->serials > v->bare) {
        column->format.moments = MODEL_SERIAL_DAYS;
        return column_note(column, arena,
                           PB_MSG("Numbers such as {value} stand for dates ({count} of {rows}); "
                                  "they were read as the days of a spreadsheet, counted from "
                                  "1900"),
                           "count", PB_ARG_INT(v->bare), "rows", PB_ARG_INT(v->all), "value", value,
                           NULL);
    }
    column->format.moments = 2 * v->milliseconds > v->bare ? MODEL_MILLISECONDS : MODEL_SECONDS;
    return column_note(
        column, arena,
        column->format.moments == MODEL_SECONDS
            ? PB_MSG("Numbers such as {value} stand for dates ({count} of {rows}); they were read "
                     "as seconds since 1970")
            : PB_MSG("Numbers such as {value} stand for dates ({count} of {rows}); they were read "
                     "as milliseconds since 1970"),
        "count", PB_ARG_INT(v->bare), "rows", PB_ARG_INT(v->all), "value", value, NULL);
}

/* The calendar follows from the years; a single one that is far off is a slip of the pen. */
static pb_status judge_calendar(exchange_column *column, const date_votes *v, pb_arena *arena)
{
    size_t years = v->jalali + v->late;
    column->format.jalali = years > 0 ? v->jalali * 10 > years : v->persian * 2 > v->all;
    if (!column->format.jalali || v->late == 0)
        return PB_OK;
    return column_note(
        column, arena,
        PB_MSG("Dates with years of the Persian calendar: {count} of {rows}, the others "
               "are of the Gregorian one; each was read in its own"),
        "count", PB_ARG_INT(v->jalali), "rows", PB_ARG_INT(years), NULL);
}

static pb_status judge_dates(judging *j, size_t c)
{
    exchange_column *column = &j->file->columns[c];
    const date_votes *v = &j->dates[c];
    size_t last = v->dmy + v->mdy + v->open;
    if (judge_calendar(column, v, j->arena) != PB_OK || judge_numbers(column, v, j->arena) != PB_OK)
        return PB_MEMORY;
    bool short_first = v->short_first > 0 && v->short_last == 0;
    /* the Persian calendar is written with the year first */
    if (!short_first && column->format.jalali && v->jalali == 0 && v->dmy + v->mdy == 0)
        short_first = v->short_last == 0 && last > 0;
    column->format.date_order = MODEL_YMD;
    column->format.short_year_first = short_first;
    if (short_first || last == 0)
        return PB_OK;
    if (v->dmy + v->mdy > 0) {
        column->format.date_order = v->dmy >= v->mdy ? MODEL_DMY : MODEL_MDY;
        if (v->dmy > 0 && v->mdy > 0)
            return say_mixed(column, v, j->arena);
        return j->late[c] ? say_proof(column, v, j->arena) : PB_OK;
    }
    reason why;
    size_t other = c;
    column->format.date_order = assume(j, c, &why, &other);
    return say_assumed(j, c, why, other);
}

/* --- decimal marks --- */

/* The mark that the other columns of the file have, or 0. */
static char others_mark(const judging *j, size_t own)
{
    size_t comma = 0, point = 0;
    for (size_t c = 0; c < j->file->column_count; c++) {
        if (c == own || !has_numbers(j, c))
            continue;
        comma += j->marks[c].comma > j->marks[c].point;
        point += j->marks[c].point > j->marks[c].comma;
    }
    return comma > point ? ',' : point > comma ? '.' : 0;
}

static pb_status assume_mark(judging *j, size_t c)
{
    exchange_column *column = &j->file->columns[c];
    const mark_votes *v = &j->marks[c];
    const bool commas = v->open_comma > v->open_point;
    char mark = others_mark(j, c);
    if (mark == 0 && j->file->delimiter == ';')
        mark = ',';
    if (mark == 0) /* `1.234` is seldom an amount with a tenth of a cent */
        mark = commas || field_of(j, c)->type == MODEL_DECIMAL ? '.' : ',';
    column->format.decimal_mark = mark;
    const bool grouping = commas == (mark == '.');
    return column_note(
        column, j->arena,
        grouping ? commas ? PB_MSG("Numbers such as {value} can be read two ways; the comma was "
                                   "taken to group thousands")
                          : PB_MSG("Numbers such as {value} can be read two ways; the point was "
                                   "taken to group thousands")
        : commas ? PB_MSG("Numbers such as {value} can be read two ways; the comma was taken for "
                          "the decimal mark")
                 : PB_MSG("Numbers such as {value} can be read two ways; the point was taken for "
                          "the decimal mark"),
        "value", v->example, NULL);
}

static pb_status judge_marks(judging *j, size_t c)
{
    exchange_column *column = &j->file->columns[c];
    const mark_votes *v = &j->marks[c];
    if (v->comma + v->point == 0)
        return v->open_comma + v->open_point == 0 ? PB_OK : assume_mark(j, c);
    column->format.decimal_mark = v->comma > v->point ? ',' : '.';
    if (v->comma == 0 || v->point == 0)
        return PB_OK;
    return column_note(
        column, j->arena,
        v->comma > v->point
            ? PB_MSG("{first} numbers have a decimal comma, {second} a decimal point; all were "
                     "read with a comma, and what that does not fit is noted")
            : PB_MSG("{first} numbers have a decimal comma, {second} a decimal point; all were "
                     "read with a point, and what that does not fit is noted"),
        "first", PB_ARG_INT(v->comma), "second", PB_ARG_INT(v->point), NULL);
}

pb_status formats_judge(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch,
                        pb_error *err)
{
    judging j = {.file = file, .s = s, .arena = arena};
    j.dates = pb_arena_array(scratch, file->column_count + 1, sizeof *j.dates);
    j.marks = pb_arena_array(scratch, file->column_count + 1, sizeof *j.marks);
    j.late = pb_arena_array(scratch, file->column_count + 1, sizeof *j.late);
    if (j.dates == NULL || j.marks == NULL || j.late == NULL)
        return pb_fail_memory(err);
    for (size_t c = 0; c < file->column_count; c++)
        for (size_t r = 0; r < s->rows && (has_dates(&j, c) || has_numbers(&j, c)); r++)
            vote(&j, c, sample_cell(s, r, c), 0);
    if (!s->whole && !all_decided(&j))
        PB_TRY(look_on(&j, err));
    for (size_t c = 0; c < file->column_count; c++) {
        pb_status status = has_numbers(&j, c) ? judge_marks(&j, c) : PB_OK;
        if (has_dates(&j, c))
            status = judge_dates(&j, c);
        if (status != PB_OK)
            return pb_fail_memory(err);
    }
    return zones_judge(file, s, arena, err);
}
