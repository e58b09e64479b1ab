/* Groups: what records are grouped by, from its SQL to the words of a filter.
 *
 * Dates are taken together by whole numbers alone, which every engine reckons alike. Months come
 * from days since 1 March of the year 0: source as in base/time.h, in the form of C. Neri and
 * L. Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022).
 */
#include <string.h>

#include "groups.h"

#include "base/time.h"

enum { TO_MARCH = 719468, SQL_MAX = 1 << 20 };

/* ---- SQL ---- */

static void put_column(pb_buf *sql, const groups_query *query, const model_field *field)
{
    const layout *lay = query->query.lay;
    pb_buf_printf(sql, "r.\"%.*s\"", PB_STR_FMT(lay->columns[lay->first[field->index]].name));
}

static void put_day(pb_buf *sql, const groups_query *query, const model_field *field)
{
    PB_AUTO_BUF column = PB_BUF_INIT(1024);
    put_column(&column, query, field);
    if (field->type == MODEL_INSTANT)
        model_put_day(list_days(&query->list).zone, pb_buf_str(&column), sql);
    else
        pb_buf_add(sql, pb_buf_str(&column));
    sql->failed = sql->failed || column.failed;
}

/* Writes `form` with each `$` replaced. */
static void put_form(pb_buf *out, const char *form, const pb_buf *replaced)
{
    for (; *form != '\0'; form++)
        if (*form == '$')
            pb_buf_add(out, pb_buf_str(replaced));
        else
            pb_buf_byte(out, *form);
}

/* Months since January of the year 0. What is left of a division is taken by %, so that the day,
 * which is long where a clock is changed twice a year, stands there three times and not seven. */
static void put_months(pb_buf *sql, const pb_buf *day)
{
    PB_AUTO_BUF z = PB_BUF_INIT(SQL_MAX);    /* quarters of days of the calendar */
    PB_AUTO_BUF rest = PB_BUF_INIT(SQL_MAX); /* of the century, likewise */
    pb_buf_printf(&z, "(4 * %.*s + %d)", PB_STR_FMT(pb_buf_str(day)), 4 * TO_MARCH + 3);
    put_form(&rest, "($ % 146097 / 4 * 4 + 3)", &z);
    put_form(sql, "(1200 * ($ / 146097)", &z);
    put_form(sql, " + 12 * ($ / 1461)", &rest);
    put_form(sql, " + (5 * ($ % 1461 / 4) + 2) / 153 + 2)", &rest);
    sql->failed = sql->failed || z.failed || rest.failed;
}

static void put_period(pb_buf *sql, const groups_query *query, const model_field *field)
{
    PB_AUTO_BUF day = PB_BUF_INIT(SQL_MAX);
    put_day(&day, query, field);
    switch (query->groups->period) {
    case RECORD_PERIOD_WEEK: /* 1970-01-01 was a Thursday */
        put_form(sql, "($ - (($ + 3) % 7 + 7) % 7)", &day);
        break;
    case RECORD_PERIOD_MONTH:
        put_months(sql, &day);
        break;
    case RECORD_PERIOD_QUARTER:
        put_months(sql, &day);
        pb_buf_addc(sql, " / 3");
        break;
    case RECORD_PERIOD_YEAR:
        put_months(sql, &day);
        pb_buf_addc(sql, " / 12");
        break;
    default:
        pb_buf_add(sql, pb_buf_str(&day));
    }
    sql->failed = sql->failed || day.failed;
}

void groups_put_key(pb_buf *sql, const groups_query *query, size_t which)
{
    const model_field *field = query->groups->by[which];
    if (field->type == MODEL_DATE || field->type == MODEL_INSTANT)
        put_period(sql, query, field);
    else
        put_column(sql, query, field);
}

/* ---- what came of it ---- */

/* INT64_MIN: behind the last day there is. */
static int64_t first_of(int64_t months)
{
    int64_t days = INT64_MIN;
    pb_date_from_civil((int)(months / 12), (int)(months % 12) + 1, 1, &days);
    return days;
}

static int64_t day_if_any(int64_t day)
{
    int64_t last = 0;
    pb_date_from_civil(9999, 12, 31, &last);
    return day <= last ? day : INT64_MIN;
}

static void take_period(record_period period, int64_t number, record_group_key *key)
{
    int64_t months = period == RECORD_PERIOD_MONTH ? 1 : period == RECORD_PERIOD_QUARTER ? 3 : 12;
    key->dated = true;
    if (period == RECORD_PERIOD_DAY || period == RECORD_PERIOD_WEEK) {
        key->from_days = number;
        key->until_days = day_if_any(number + (period == RECORD_PERIOD_DAY ? 1 : 7));
    } else {
        key->from_days = first_of(number * months);
        key->until_days = first_of((number + 1) * months);
    }
    key->value = PB_VALUE_INT(key->from_days);
}

pb_status groups_take_key(const groups_query *query, size_t which, pb_value value, pb_arena *arena,
                          record_group_key *ret_key, pb_error *err)
{
    const model_field *field = query->groups->by[which];
    record_group_key key = {.value = value};
    bool dated = field->type == MODEL_DATE || field->type == MODEL_INSTANT;
    if (dated && value.kind == PB_INT)
        take_period(query->groups->period, value.as.i, &key);
    if (value.kind == PB_TEXT || value.kind == PB_BLOB) {
        key.value.as.s = pb_arena_str(arena, value.as.s);
        if (key.value.as.s.ptr == NULL)
            return pb_fail_memory(err);
    }
    *ret_key = key;
    return PB_OK;
}

void record_period_write(record_period period, int64_t from_days, pb_buf *out)
{
    int year, month, day;
    int64_t first = 0;
    /* The year of a week is that of its Thursday. */
    pb_date_to_civil(period == RECORD_PERIOD_WEEK ? from_days + 3 : from_days, &year, &month, &day);
    switch (period) {
    case RECORD_PERIOD_WEEK:
        pb_date_from_civil(year, 1, 1, &first);
        pb_buf_printf(out, "%04d-W%02d", year, (int)((from_days + 3 - first) / 7) + 1);
        break;
    case RECORD_PERIOD_MONTH:
        pb_buf_printf(out, "%04d-%02d", year, month);
        break;
    case RECORD_PERIOD_QUARTER:
        pb_buf_printf(out, "%04d-Q%d", year, (month + 2) / 3);
        break;
    case RECORD_PERIOD_YEAR:
        pb_buf_printf(out, "%04d", year);
        break;
    default:
        pb_date_format(out, from_days);
    }
}

/* ---- as a filter ---- */

static void put_text(pb_buf *out, pb_str text)
{
    pb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        pb_buf_byte(out, text.ptr[i]);
        if (text.ptr[i] == '\'')
            pb_buf_byte(out, '\'');
    }
    pb_buf_byte(out, '\'');
}

static void put_test(const model_field *field, const record_group_key *key, pb_buf *out)
{
    char id[37];
    pb_uuid uuid;
    pb_buf_add(out, field->name);
    if (key->value.kind == PB_NULL) {
        pb_buf_addc(out, " is null");
    } else if (key->dated) {
        pb_buf_addc(out, " >= ");
        pb_date_format(out, key->from_days);
        if (key->until_days == INT64_MIN)
            return;
        pb_buf_printf(out, " and %.*s < ", PB_STR_FMT(field->name));
        pb_date_format(out, key->until_days);
    } else if (key->value.kind == PB_TEXT) {
        pb_buf_addc(out, " = ");
        put_text(out, key->value.as.s);
    } else if (key->value.kind == PB_BLOB && key->value.as.s.len == sizeof uuid.b) {
        memcpy(uuid.b, key->value.as.s.ptr, sizeof uuid.b);
        pb_uuid_text(uuid, id);
        pb_buf_printf(out, " = '%s'", id);
    } else if (field->type == MODEL_BOOLEAN) {
        pb_buf_addc(out, key->value.as.i != 0 ? " = true" : " = false");
    } else {
        pb_buf_printf(out, " = %lld", (long long)key->value.as.i);
    }
}

/* Whether the text means something to lists: control characters and slips for a choice do not. */
static bool is_understood(const groups_query *query, pb_str filter)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_expr *expr = NULL;
    model_bound bound;
    return arena != NULL &&
           model_filter_parse(arena, query->asked->entity, filter,
                              (model_place){PB_STR("filter"), 1, 1}, &expr, NULL) == PB_OK &&
           model_expr_bind(expr, "r", list_days(&query->list), arena, &bound, NULL) == PB_OK;
}

pb_status groups_put_filter(const groups_query *query, record_group *group, pb_arena *arena,
                            pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(SQL_MAX);
    pb_str asked = pb_str_trim(query->asked->filter);
    if (asked.len > 0)
        pb_buf_printf(&text, "(%.*s) and ", PB_STR_FMT(asked));
    for (size_t i = 0; i < query->groups->by_count; i++) {
        const record_group_key *key = &group->keys[i];
        if (key->dated && key->value.kind != PB_NULL && day_if_any(key->from_days) == INT64_MIN)
            return PB_OK; /* a last moment of the year 9999 is one of the next year further east */
        pb_buf_addc(&text, i > 0 ? " and " : "");
        put_test(query->groups->by[i], &group->keys[i], &text);
    }
    if (text.failed || !is_understood(query, pb_buf_str(&text)))
        return PB_OK;
    group->filter = pb_arena_str(arena, pb_buf_str(&text));
    return group->filter.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

/* ---- the order ---- */

static size_t place_of_choice(const model_field *field, pb_str value)
{
    const model_choice *choice = model_choice_find(field, value);
    return choice == NULL ? field->choice_count : (size_t)(choice - field->choices);
}

static int order_of(const model_field *field, pb_value a, pb_value b)
{
    if (a.kind == PB_NULL || b.kind == PB_NULL)
        return (a.kind == PB_NULL) - (b.kind == PB_NULL);
    if (a.kind == PB_INT && b.kind == PB_INT)
        return (a.as.i > b.as.i) - (a.as.i < b.as.i);
    if (field->type != MODEL_CHOICE)
        return 0;
    size_t one = place_of_choice(field, a.as.s), other = place_of_choice(field, b.as.s);
    return (one > other) - (one < other);
}

int groups_compare(const record_groups *groups, const record_group *a, const record_group *b)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < groups->by_count; i++)
        order = order_of(groups->by[i], a->keys[i].value, b->keys[i].value);
    if (order == 0)
        order = (a->count < b->count) - (a->count > b->count);
    for (size_t i = 0; order == 0 && i < groups->by_count; i++)
        if (a->keys[i].value.kind >= PB_TEXT && b->keys[i].value.kind >= PB_TEXT)
            order = pb_str_cmp(a->keys[i].value.as.s, b->keys[i].value.as.s);
    return order;
}
