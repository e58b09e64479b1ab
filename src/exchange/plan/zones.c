/* Whose abbreviations of time zones a column writes, where several countries share one: what the
 * other times of the column say, else the countries in the file; else they stay unread, and that is
 * said. */
#include "plan.h"

#include "model/zone.h"

enum { WORD_MOST = 5, SIDES = 26 * 26 };

/* What the times of a column show. */
typedef struct zone_votes {
    pb_str word;    /* the first shared abbreviation, */
    pb_str example; /* and where it stands */
    pb_str country; /* that other abbreviations speak for */
    bool divided;   /* they speak for several */
} zone_votes;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void vote(zone_votes *v, pb_str word, pb_str cell)
{
    if (model_zone_shared(word)) {
        if (v->word.ptr == NULL) {
            v->word = word;
            v->example = cell;
        }
        return;
    }
    pb_str country = model_zone_country(word);
    if (country.ptr == NULL)
        return;
    v->divided = v->divided || (v->country.ptr != NULL && !pb_str_eq(v->country, country));
    v->country = country;
}

/* The words behind a time of day that has no offset. */
static void vote_cell(zone_votes *v, pb_str cell)
{
    size_t at = pb_str_index(cell, ':');
    pb_str rest = pb_str_sub(cell, at, cell.len);
    if (pb_str_index(rest, '+') < rest.len || pb_str_index(rest, '-') < rest.len)
        return;
    for (; at < cell.len; at++) {
        size_t begin = at;
        while (at < cell.len && is_letter(cell.ptr[at]))
            at++;
        if (at - begin > 1 && at - begin <= WORD_MOST)
            vote(v, pb_str_sub(cell, begin, at - begin), cell);
    }
}

/* The country that more than half of the filled cells of a column of countries name, or absent; it
 * lies in `room`. */
static pb_str usual_country(const exchange_file *file, const sample *s, model_reader *reader,
                            char room[2])
{
    for (size_t c = 0; c < file->column_count; c++) {
        const model_field *field = file->columns[c].field;
        size_t counts[SIDES] = {0}, filled = 0;
        for (size_t r = 0; field != NULL && field->type == MODEL_COUNTRY && r < s->rows; r++) {
            model_reader_reset(reader);
            model_reading is = model_read(reader, field, sample_cell(s, r, c), NULL);
            if (is.verdict != MODEL_SAME && is.verdict != MODEL_RESTYLED)
                continue;
            filled++;
            pb_str code = is.value.as.s;
            if (code.len == 2)
                counts[(code.ptr[0] - 'A') * 26 + code.ptr[1] - 'A']++;
        }
        for (size_t i = 0; i < SIDES && filled > 0; i++)
            if (counts[i] * 2 > filled) {
                room[0] = (char)('A' + i / 26);
                room[1] = (char)('A' + i % 26);
                return pb_str_n(room, 2);
            }
    }
    return PB_STR_NONE;
}

static pb_status judge(exchange_column *column, const zone_votes *v, pb_str usual, pb_arena *arena)
{
    int64_t minutes = 0;
    pb_str country = v->divided ? PB_STR_NONE : v->country;
    if (!model_zone_in(v->word, country, &minutes))
        country = usual;
    if (!model_zone_in(v->word, country, &minutes))
        return column_note(column, arena,
                           PB_MSG("Times such as {value} have a zone that several countries call "
                                  "so; nothing in the file tells which one, and they were not "
                                  "read"),
                           "value", PB_ARG(v->example), NULL);
    column->format.zone_country = pb_arena_str(arena, country);
    if (column->format.zone_country.ptr == NULL)
        return PB_MEMORY;
    return column_note(column, arena,
                       PB_MSG("Times such as {value} have a zone that several countries call so; "
                              "they were read as those of {country}, by the rest of the file"),
                       "value", PB_ARG(v->example), "country", PB_ARG(country), NULL);
}

pb_status zones_judge(exchange_file *file, const sample *s, pb_arena *arena, pb_error *err)
{
    char room[2];
    pb_status status = PB_OK;
    for (size_t c = 0; c < file->column_count && status == PB_OK; c++) {
        exchange_column *column = &file->columns[c];
        const model_field *field = column->field;
        zone_votes votes = {.divided = false};
        for (size_t r = 0; field != NULL && field->type == MODEL_INSTANT && r < s->rows; r++)
            vote_cell(&votes, sample_cell(s, r, c));
        if (votes.word.ptr == NULL)
            continue;
        model_reader *reader = model_reader_new(0);
        if (reader == NULL)
            return pb_fail_memory(err);
        status = judge(column, &votes, usual_country(file, s, reader, room), arena);
        model_reader_free(reader);
    }
    return status == PB_OK ? PB_OK : pb_fail_memory(err);
}
