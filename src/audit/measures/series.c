/* series: numbered addresses, or telephone numbers one after the other, as somebody makes them up.
 */
#include "../measure.h"
#include "shared.h"

enum { SERIES_LEAST = 5, SPREAD = 50, APART_LEAST = 6, MANY = 200000, MANY_LEAST = 8 };

/* One value of a series: user7@firm.de is number 7 of `user@firm.de`. */
typedef struct numbered {
    uint64_t stem, number;
    uint32_t n, series; /* series: index, once it is kept */
} numbered;

static bool read_mailbox(pb_str text, numbered *ret)
{
    size_t at = pb_str_index(text, '@'), from = at;
    while (from > 0 && text.ptr[from - 1] >= '0' && text.ptr[from - 1] <= '9')
        from--;
    if (at == text.len || from == at || from == 0 || at - from > 6)
        return false;
    ret->number = 0;
    for (size_t i = from; i < at; i++)
        ret->number = ret->number * 10 + (uint64_t)(text.ptr[i] - '0');
    ret->stem =
        pb_str_hash(pb_str_sub(text, 0, from)) * 31 + pb_str_hash(pb_str_sub(text, at, text.len));
    return true;
}

static bool read_number(pb_str text, numbered *ret)
{
    ret->number = ret->stem = 0;
    size_t digits = 0;
    for (size_t i = 0; i < text.len && digits < 16; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            ret->number = ret->number * 10 + (uint64_t)(text.ptr[i] - '0');
            digits++;
        }
    return digits >= 7;
}

static int compare_numbered(const void *a, const void *b)
{
    const numbered *left = a, *right = b;
    if (left->stem != right->stem)
        return left->stem < right->stem ? -1 : 1;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return (left->n > right->n) - (left->n < right->n);
}

static int compare_places(const void *a, const void *b)
{
    const numbered *left = a, *right = b;
    return (left->n > right->n) - (left->n < right->n);
}

/* Were they entered together? Among a million people some happen to follow each other. */
static bool is_close(const numbered *items, size_t count)
{
    uint32_t first = UINT32_MAX, last = 0;
    for (size_t i = 0; i < count; i++) {
        first = items[i].n < first ? items[i].n : first;
        last = items[i].n > last ? items[i].n : last;
    }
    return last - first <= count * SPREAD;
}

/* Series whose members lie far apart in the source must be longer; of mailboxes, the numbers behind
 * one stem must be nearly all in the series: john1 to john9 among a thousand Johns are people. */
static bool is_long(const numbered *items, size_t count, size_t from, size_t to, size_t steps)
{
    size_t least = count > MANY ? MANY_LEAST : APART_LEAST, first = from, last = to;
    if (!items[from].stem)
        return steps >= least;
    while (first > 0 && items[first - 1].stem == items[from].stem)
        first--;
    while (last < count && items[last].stem == items[from].stem)
        last++;
    return steps >= SERIES_LEAST && (to - from) * 5 >= (last - first) * 4;
}

/* Keeps the members of series of SERIES_LEAST and more; returns how many. */
static size_t keep_series(numbered *items, size_t count, uint32_t *ret_series)
{
    size_t kept = 0;
    *ret_series = 0;
    for (size_t from = 0; from < count;) {
        size_t to = from + 1, steps = 1;
        while (to < count && items[to].stem == items[from].stem &&
               items[to].number - items[to - 1].number <= 1) {
            steps += items[to].number != items[to - 1].number;
            to++;
        }
        if (steps >= SERIES_LEAST &&
            (is_close(items + from, to - from) || is_long(items, count, from, to, steps))) {
            for (size_t i = from; i < to; i++) {
                items[kept] = items[i];
                items[kept++].series = *ret_series;
            }
            ++*ret_series;
        }
        from = to;
    }
    return kept;
}

static pb_status read_series(audit_check *check, pb_arena *arena, numbered **ret, size_t *ret_count,
                             uint32_t *ret_series, pb_error *err)
{
    bool mail = check->control->field->type == MODEL_EMAIL;
    numbered *items = NULL;
    size_t count = 0, capacity = 0;
    db_stmt *stmt;
    PB_TRY(shared_open(check, false, &stmt, err));
    for (;;) {
        bool row;
        numbered one = {0};
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        pb_str text = db_column_text(stmt, 1);
        one.n = (uint32_t)db_column_i64(stmt, 0);
        if ((mail ? read_mailbox(text, &one) : read_number(text, &one)) &&
            !PB_PUSH(arena, items, count, capacity, one))
            return pb_fail_memory(err);
    }
    if (count)
        qsort(items, count, sizeof *items, compare_numbered);
    *ret = items;
    *ret_count = items ? keep_series(items, count, ret_series) : 0;
    if (*ret_count)
        qsort(items, *ret_count, sizeof *items, compare_places);
    return PB_OK;
}

/* The firm that most of a series may work for: each other one takes a vote away. */
typedef struct series_firm {
    pb_str firm;
    size_t votes, members;
} series_firm;

static void vote(series_firm *of, pb_str firm)
{
    of->members++;
    if (!firm.len)
        return;
    if (!of->votes)
        of->firm = firm;
    of->votes += pb_str_eq(of->firm, firm) ? 1 : (size_t)-1;
}

/* A firm's own numbers follow each other: of people of one firm a series says nothing. */
static bool one_firm(const series_firm *of)
{
    return of->votes * 3 > of->members;
}

static pb_status find_firms(audit_check *check, const numbered *items, size_t count,
                            series_firm *firms, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(shared_open(check, true, &stmt, err));
    for (size_t i = 0; i < count;) {
        bool row;
        pb_str firm;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (db_column_i64(stmt, 0) != items[i].n)
            continue;
        PB_TRY(shared_firm(check, stmt, &firm, err));
        vote(&firms[items[i++].series], firm);
    }
    db_reset(stmt);
    return PB_OK;
}

static pb_status report(audit_check *check, const numbered *items, size_t count,
                        const series_firm *firms, pb_error *err)
{
    db_stmt *stmt;
    bool mail = check->control->field->type == MODEL_EMAIL;
    PB_TRY(shared_open(check, false, &stmt, err));
    for (size_t i = 0; i < count;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (db_column_i64(stmt, 0) != items[i].n)
            continue;
        if (!mail && one_firm(&firms[items[i++].series]))
            continue;
        i += mail;
        audit_failure failure = {.n = db_column_i64(stmt, 0), .value = db_column_text(stmt, 1)};
        failure.field = check->control->field->name;
        failure.problem = pb_str_c(PB_MSG("“{value}” is one of a series that counts upwards."));
        PB_TRY(check_fail(check, &failure, err));
    }
    db_reset(stmt);
    return PB_OK;
}

pb_status measure_series(audit_check *check, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    numbered *items = NULL;
    size_t count = 0;
    uint32_t series = 0;
    if (!arena)
        return pb_fail_memory(err);
    check->finding->population = check->state->filled[check->control->field->index];
    PB_TRY(read_series(check, arena, &items, &count, &series, err));
    if (!count)
        return PB_OK;
    series_firm *firms = pb_arena_array(arena, series, sizeof *firms);
    if (!firms)
        return pb_fail_memory(err);
    if (check->control->field->type == MODEL_PHONE)
        PB_TRY(find_firms(check, items, count, firms, err));
    return report(check, items, count, firms, err);
}
