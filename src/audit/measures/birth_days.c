/* heaped_dates: days that stand there far more often than chance allows, such as 1900-01-01 or the
 * first of January: presets of forms, not days on which people were born. */
#include "../measure.h"

#include "base/time.h"

enum { LEAST = 5, TIMES_USUAL = 20, DAYS_A_YEAR = 365 };

typedef struct day_count {
    int64_t day;
    uint64_t count;
} day_count;

typedef struct day_counts {
    day_count *items;
    size_t count, capacity;
    uint64_t records, first_of_january;
} day_counts;

static bool is_new_year(int64_t day)
{
    PB_AUTO_BUF text = PB_BUF_INIT(32);
    pb_date_format(&text, day);
    return pb_str_ends(pb_buf_str(&text), PB_STR("-01-01"));
}

/* Days from 1800 to 2100, counted where they stand: no sorting of a million records. */
enum { FIRST_DAY = -62091, DAYS = 109938 };

static pb_status list_days(audit_check *check, const uint64_t *counts, day_counts *to,
                           pb_error *err)
{
    for (int64_t i = 0; i < DAYS; i++) {
        day_count one = {FIRST_DAY + i, counts[i]};
        if (!one.count)
            continue;
        to->records += one.count;
        if (is_new_year(one.day))
            to->first_of_january += one.count;
        if (!PB_PUSH(check->work->scratch, to->items, to->count, to->capacity, one))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status count_days(audit_check *check, day_counts *to, pb_error *err)
{
    const model_field *field = check->control->field;
    uint64_t *counts = pb_arena_array(check->work->scratch, DAYS, sizeof *counts);
    if (!counts)
        return pb_fail_memory(err);
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select %.*s from %.*s where %.*s is not null", PB_STR_FMT(field->name),
                  PB_STR_FMT(field->entity->name), PB_STR_FMT(field->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return list_days(check, counts, to, err);
        int64_t day = db_column_i64(stmt, 0);
        if (day >= FIRST_DAY && day < FIRST_DAY + DAYS)
            counts[day - FIRST_DAY]++;
    }
}

/* How often the days usually come: the median, which a heap does not move. */
static int compare_counts(const void *a, const void *b)
{
    uint64_t left = ((const day_count *)a)->count, right = ((const day_count *)b)->count;
    return (left > right) - (left < right);
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = ((const day_count *)a)->day, right = ((const day_count *)b)->day;
    return (left > right) - (left < right);
}

static uint64_t usual_count(day_counts *of)
{
    qsort(of->items, of->count, sizeof *of->items, compare_counts);
    uint64_t usual = of->items[of->count / 2].count;
    qsort(of->items, of->count, sizeof *of->items, compare_days);
    return usual ? usual : 1;
}

/* The firsts of January together, when they are five times what a day of the year has. */
static bool new_year_heaped(const day_counts *of)
{
    return of->first_of_january >= LEAST * 2 &&
           of->first_of_january * DAYS_A_YEAR > of->records * LEAST * 2;
}

static bool is_heap(const day_counts *of, const day_count *day, uint64_t usual)
{
    if (day->count >= LEAST && day->count >= usual * TIMES_USUAL / 2 &&
        day->count * 100 > of->records && is_new_year(day->day))
        return true;
    return day->count >= LEAST * 2 && day->count >= usual * TIMES_USUAL &&
           day->count * 200 > of->records;
}

pb_status measure_heaped_dates(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    day_counts days = {0};
    check->finding->population = check->state->filled[field->index];
    PB_TRY(count_days(check, &days, err));
    if (!days.count)
        return PB_OK;
    uint64_t usual = usual_count(&days);
    bool new_year = new_year_heaped(&days), any = new_year;
    for (size_t i = 0; i < days.count; i++)
        any = any || is_heap(&days, &days.items[i], usual);
    if (!any)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, %.*s from %.*s where %.*s is not null order by n",
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name),
                  PB_STR_FMT(field->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    PB_AUTO_BUF text = PB_BUF_INIT(32);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        day_count key = {.day = db_column_i64(stmt, 1)};
        const day_count *day = bsearch(&key, days.items, days.count, sizeof key, compare_days);
        if (!day || (!is_heap(&days, day, usual) && !(new_year && is_new_year(day->day))))
            continue;
        pb_buf_clear(&text);
        pb_date_format(&text, day->day);
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.value = pb_buf_str(&text);
        failure.problem =
            pb_str_c(PB_MSG("{value} stands there far more often than chance allows."));
        PB_TRY(check_fail(check, &failure, err));
    }
}
