/* A date that stands in three columns: year, month and day. The column of the year becomes that of
 * the date, the two others are read with it, row by row. */
#include "plan.h"

enum {
    PARTS = 3,
    ROWS_LOOKED_AT = 400,
    ENOUGH = 5,
    MANY = 20,
    FIRST_YEAR = 1250,
    JALALI_UNTIL = 1500,
    LAST_YEAR = 2200
};

/* What a header calls each part, as it stands in front of or behind what the date is of; longer
 * words first. */
static const char *const words[PARTS][20] = {
    {"year", "yyyy", "jahr", "année", "annee", "anno", "año", "ano", "yr", "yy", "y", "年份", "年",
     "سال", NULL},
    {"month", "monat", "mois", "mese", "mês", "mes", "mon", "mm", "m", "月份", "月", "ماه", NULL},
    {"day", "tag", "jour", "giorno", "día", "dia", "dd", "d", "日期", "日", "روز", NULL}};

/* Three columns found, and what their headers say besides the part. */
typedef struct found_parts {
    size_t column[PARTS];
    pb_str of;
} found_parts;

typedef struct search {
    const name_book *names;
    exchange_file *file;
    const sample *s;
    pb_arena *scratch;
    bool failed; /* no memory */
} search;

static int64_t number_in(pb_str text)
{
    int64_t number = 0;
    if (text.ptr == NULL || text.len > 4)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return text.len > 0 ? number : -1;
}

/* Digits of any script in ASCII; absent for anything else. */
static pb_str digits_of(search *find, pb_str cell)
{
    cell = pb_str_trim(cell);
    if (cell.len == 0 || cell.len > 12)
        return PB_STR_NONE;
    if (number_in(cell) >= 0)
        return cell;
    pb_str key = names_key(find->scratch, cell);
    find->failed = find->failed || key.ptr == NULL;
    return number_in(key) >= 0 ? key : PB_STR_NONE;
}

static bool is_part(size_t part, int64_t number)
{
    if (part == 0)
        return number >= FIRST_YEAR && number <= LAST_YEAR;
    return number >= 1 && number <= (part == 1 ? 12 : 31);
}

/* Nineteen of twenty values are that part, and the largest is `ret_most`. */
static bool holds_part(search *find, size_t column, size_t part, size_t *ret_filled,
                       int64_t *ret_most)
{
    size_t filled = 0, hits = 0;
    int64_t most = 0;
    for (size_t r = 0; r < find->s->rows && filled < ROWS_LOOKED_AT; r++) {
        pb_str cell = pb_str_trim(sample_cell(find->s, r, column));
        if (cell.len == 0 || pb_str_eq_nocase(cell, PB_STR("na")) ||
            pb_str_eq_nocase(cell, PB_STR("null")))
            continue;
        int64_t number = number_in(digits_of(find, cell));
        filled++;
        hits += is_part(part, number);
        most = number > most ? number : most;
    }
    *ret_filled = filled;
    *ret_most = most;
    return hits > 0 && hits * 20 >= filled * 19;
}

/* What a header says besides the word of that part; absent: it has no such word. */
static pb_str without_word(search *find, pb_str header, size_t part, size_t word)
{
    pb_str key = names_key(find->scratch, header);
    pb_str name = names_key(find->scratch, pb_str_c(words[part][word]));
    find->failed = find->failed || key.ptr == NULL || name.ptr == NULL;
    if (find->failed || key.len < name.len)
        return PB_STR_NONE;
    if (pb_str_ends(key, name))
        return pb_str_sub(key, 0, key.len - name.len);
    return pb_str_starts(key, name) ? pb_str_sub(key, name.len, key.len) : PB_STR_NONE;
}

/* Columns that nothing was found for, and one taken for a date by its name that holds days only:
 * `Geburtstag` beside `Geburtsjahr`. */
static bool is_free(const search *find, size_t column, size_t part)
{
    const exchange_column *c = &find->file->columns[column];
    return c->how == EXCHANGE_UNMAPPED || (part == 2 && c->how == EXCHANGE_BY_NAME &&
                                           c->field != NULL && c->field->type == MODEL_DATE);
}

/* The column whose header says `of` and that part, and whose values are it. */
static size_t column_of_part(search *find, size_t part, pb_str of)
{
    size_t filled;
    int64_t most;
    for (size_t w = 0; words[part][w] != NULL; w++)
        for (size_t c = 0; c < find->file->column_count; c++) {
            if (!is_free(find, c, part))
                continue;
            pb_str rest = without_word(find, find->file->columns[c].header, part, w);
            if (rest.ptr != NULL && pb_str_eq(rest, of) &&
                holds_part(find, c, part, &filled, &most))
                return c;
        }
    return SIZE_MAX;
}

static bool find_by_header(search *find, found_parts *ret)
{
    size_t filled;
    int64_t most;
    for (size_t w = 0; words[0][w] != NULL; w++)
        for (size_t c = 0; c < find->file->column_count; c++) {
            if (!is_free(find, c, 0))
                continue;
            pb_str of = without_word(find, find->file->columns[c].header, 0, w);
            if (of.ptr == NULL || !holds_part(find, c, 0, &filled, &most))
                continue;
            *ret = (found_parts){{c, column_of_part(find, 1, of), column_of_part(find, 2, of)}, of};
            if (ret->column[1] != SIZE_MAX && ret->column[2] != SIZE_MAX)
                return true;
        }
    return false;
}

/* Headers that say nothing: three columns side by side, the year in front or behind, whose days go
 * beyond 12 in enough rows. */
static bool find_by_values(search *find, found_parts *ret)
{
    for (size_t c = 0; c + 2 < find->file->column_count; c++) {
        for (int order = 0; order < 2; order++) {
            const size_t at[PARTS] = {order == 0 ? c : c + 2, c + 1, order == 0 ? c + 2 : c};
            size_t filled[PARTS];
            int64_t most[PARTS];
            bool fit = true;
            for (size_t p = 0; p < PARTS && fit; p++)
                fit = find->file->columns[at[p]].how == EXCHANGE_UNMAPPED &&
                      find->file->columns[at[p]].note.ptr == NULL &&
                      holds_part(find, at[p], p, &filled[p], &most[p]) && filled[p] >= MANY;
            if (!fit || most[1] != 12 || most[2] < 28)
                continue;
            *ret = (found_parts){{at[0], at[1], at[2]}, PB_STR("")};
            return true;
        }
    }
    return false;
}

/* No column has the field, or only that of the day. */
static bool may_take(const search *find, const model_field *field, const found_parts *parts)
{
    for (size_t c = 0; c < find->file->column_count; c++)
        if (find->file->columns[c].field == field && c != parts->column[2])
            return false;
    return field->type == MODEL_DATE;
}

/* The date that the rest of the headers means: by its name, by the first letters of it, or the
 * birthday where they say nothing more. */
static const model_field *field_of(search *find, const found_parts *parts)
{
    const model_field *best = NULL, *birth = model_field_role(find->file->entity, "birth_date");
    int worth = 0;
    header_form form;
    if (!names_form(find->scratch, parts->of, &form)) {
        find->failed = true;
        return NULL;
    }
    for (size_t f = 0; f < find->file->entity->field_count; f++) {
        const model_field *field = &find->file->entity->fields[f];
        if (!may_take(find, field, parts))
            continue;
        pb_str name = names_key(find->scratch, field->name);
        int fits = parts->of.len == 0 ? 0 : names_fit(find->names, field, &form);
        if (fits == 0 && parts->of.len > 0 && pb_str_starts(name, parts->of))
            fits = 1;
        if (fits > worth) {
            worth = fits;
            best = field;
        }
    }
    static const char *const births[] = {"geburts", "birth",     "born",       "dob",     "出生",
                                         "تولد",    "naissance", "nacimiento", "nascita", NULL};
    bool says_birth = parts->of.len == 0;
    for (size_t i = 0; births[i] != NULL; i++)
        says_birth = says_birth || pb_str_is(parts->of, births[i]);
    return best == NULL && birth != NULL && says_birth && may_take(find, birth, parts) ? birth
                                                                                       : best;
}

static pb_status take_parts(search *find, const found_parts *parts, const model_field *field,
                            exchange_how how, pb_arena *arena)
{
    exchange_column *year = &find->file->columns[parts->column[0]];
    exchange_column *month = &find->file->columns[parts->column[1]];
    exchange_column *day = &find->file->columns[parts->column[2]];
    year->how = how;
    year->field = field;
    year->note = PB_STR_NONE;
    year->date_month = parts->column[1] + 1;
    year->date_day = parts->column[2] + 1;
    size_t filled;
    int64_t latest;
    holds_part(find, parts->column[0], 0, &filled, &latest);
    year->format.jalali = latest < JALALI_UNTIL;
    year->format.date_order = MODEL_YMD;
    month->how = day->how = EXCHANGE_PART;
    month->field = day->field = NULL;
    PB_TRY(column_note(month, arena, PB_MSG("It is the month of the date in “{other}”"), "other",
                       PB_ARG(year->header), NULL));
    return column_note(day, arena, PB_MSG("It is the day of the date in “{other}”"), "other",
                       PB_ARG(year->header), NULL);
}

pb_status date_parts_decide(const name_book *names, exchange_file *file, const sample *s,
                            pb_arena *arena, pb_arena *scratch, pb_error *err)
{
    search find = {.names = names, .file = file, .s = s, .scratch = scratch};
    found_parts parts;
    bool by_header = s->rows >= 1 && find_by_header(&find, &parts);
    if (by_header || (s->rows >= ENOUGH && find_by_values(&find, &parts))) {
        const model_field *field = field_of(&find, &parts);
        exchange_how how = by_header ? EXCHANGE_BY_NAME : EXCHANGE_BY_VALUES;
        if (field != NULL && !find.failed)
            return take_parts(&find, &parts, field, how, arena) == PB_OK ? PB_OK
                                                                         : pb_fail_memory(err);
    }
    return find.failed ? pb_fail_memory(err) : PB_OK;
}
