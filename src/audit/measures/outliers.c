/* outliers: amounts that lie far from all others of their kind, as when cents were read as whole
 * units or a zero was lost.
 *
 * Robust z-score of logarithms (Iglewicz and Hoaglin 1993: median and median absolute deviation).
 * Amounts of one product are compared with each other, where the product is known; amounts of one
 * currency otherwise, and where a product is too rare. Fewer than 20 tell nothing; and what is less
 * than 50 times off the median is a large deal and no mistake. */
#include "../measure.h"

#include <math.h>

enum { LEAST_OF_KIND = 20 };
static const double TIMES_OFF = 50, MAX_SCORE = 6, LEAST_SPREAD = 0.05, MAD_TO_SIGMA = 1.4826;

typedef struct amount_row {
    double log;
    int64_t n, amount;
    uint32_t group, rest; /* rest: all of the currency, where the product is sold too rarely */
} amount_row;

typedef struct amount_rows {
    amount_row *rows;
    size_t count, capacity;
    pb_map *groups;
} amount_rows;

static int by_group(const void *a, const void *b)
{
    const amount_row *left = a, *right = b;
    if (left->group != right->group)
        return left->group < right->group ? -1 : 1;
    if (left->log < right->log || left->log > right->log)
        return left->log < right->log ? -1 : 1;
    return (left->n > right->n) - (left->n < right->n);
}

static int by_number(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static int by_n(const void *a, const void *b)
{
    const amount_row *left = a, *right = b;
    return (left->n > right->n) - (left->n < right->n);
}

static pb_status group_of(amount_rows *rows, pb_str product, pb_str currency, uint32_t *ret,
                          pb_error *err)
{
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    bool is_new = false;
    pb_buf_add(&key, currency);
    pb_buf_byte(&key, '/');
    pb_buf_add(&key, product);
    uint64_t *place = key.failed ? NULL : pb_map_put(rows->groups, pb_buf_str(&key), &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new)
        *place = pb_map_count(rows->groups);
    *ret = (uint32_t)*place;
    return PB_OK;
}

static pb_status load(audit_check *check, amount_rows *rows, pb_error *err)
{
    const model_field *field = check->control->field;
    const model_field *product = model_field_role(field->entity, "product");
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql, "select n, %.*s, %.*s_currency", PB_STR_FMT(field->name),
                  PB_STR_FMT(field->name));
    if (product && product->type == MODEL_LINK)
        pb_buf_printf(&sql, ", %.*s_id", PB_STR_FMT(product->name));
    else
        pb_buf_addc(&sql, ", null");
    pb_buf_printf(&sql, " from %.*s where %.*s > 0 order by n", PB_STR_FMT(field->entity->name),
                  PB_STR_FMT(field->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        amount_row one = {.n = db_column_i64(stmt, 0), .amount = db_column_i64(stmt, 1)};
        one.log = log((double)one.amount);
        PB_TRY(group_of(rows, db_column_blob(stmt, 3), db_column_text(stmt, 2), &one.group, err));
        PB_TRY(group_of(rows, PB_STR_NONE, db_column_text(stmt, 2), &one.rest, err));
        if (!PB_PUSH(check->work->scratch, rows->rows, rows->count, rows->capacity, one))
            return pb_fail_memory(err);
    }
}

/* Keeps of one group, ordered by size, what is far off; `rows->rows[*kept…]` is free to write. */
static pb_status judge(audit_check *check, amount_rows *rows, size_t from, size_t to, size_t *kept,
                       pb_error *err)
{
    size_t count = to - from;
    check->finding->population += count;
    double *apart = pb_arena_array(check->work->scratch, count, sizeof *apart);
    if (!apart)
        return pb_fail_memory(err);
    double median = rows->rows[from + count / 2].log;
    int64_t usual = rows->rows[from + count / 2].amount;
    for (size_t i = 0; i < count; i++)
        apart[i] = fabs(rows->rows[from + i].log - median);
    qsort(apart, count, sizeof *apart, by_number);
    double spread = apart[count / 2] * MAD_TO_SIGMA;
    if (spread < LEAST_SPREAD)
        spread = LEAST_SPREAD;
    for (size_t i = from; i < to; i++) {
        double off = fabs(rows->rows[i].log - median);
        if (off < log(TIMES_OFF) || off / spread < MAX_SCORE)
            continue;
        amount_row bad = rows->rows[i];
        bad.log = (double)usual;
        rows->rows[(*kept)++] = bad;
    }
    return PB_OK;
}

static pb_status tell(audit_check *check, const amount_row *row, pb_error *err)
{
    const model_field *field = check->control->field;
    PB_AUTO_BUF value = PB_BUF_INIT(256);
    PB_AUTO_BUF usual = PB_BUF_INIT(256);
    model_write(field, PB_VALUE_INT(row->amount), PB_STR_NONE, &value);
    model_write(field, PB_VALUE_INT((int64_t)row->log), PB_STR_NONE, &usual);
    audit_failure failure = {.n = row->n, .field = field->name};
    failure.value = pb_buf_str(&value);
    failure.other = pb_buf_str(&usual);
    failure.problem =
        pb_str_c(PB_MSG("{value} is more than fifty times off the {other} that is usual here."));
    return check_fail(check, &failure, err);
}

/* What is sold too rarely to be compared with itself is compared with all rare things. */
static void join_rare(amount_rows *rows)
{
    for (size_t from = 0, to; from < rows->count; from = to) {
        for (to = from; to < rows->count && rows->rows[to].group == rows->rows[from].group;)
            to++;
        for (size_t i = from; to - from < LEAST_OF_KIND && i < to; i++)
            rows->rows[i].group = rows->rows[i].rest;
    }
    qsort(rows->rows, rows->count, sizeof *rows->rows, by_group);
}

pb_status measure_outliers(audit_check *check, pb_error *err)
{
    amount_rows rows = {.groups = pb_map_new(check->work->scratch)};
    size_t kept = 0;
    check->finding->population = 0;
    if (!rows.groups)
        return pb_fail_memory(err);
    PB_TRY(load(check, &rows, err));
    if (rows.count > 0) {
        qsort(rows.rows, rows.count, sizeof *rows.rows, by_group);
        join_rare(&rows);
    }
    for (size_t from = 0, to; from < rows.count; from = to) {
        for (to = from; to < rows.count && rows.rows[to].group == rows.rows[from].group;)
            to++;
        if (to - from >= LEAST_OF_KIND)
            PB_TRY(judge(check, &rows, from, to, &kept, err));
    }
    if (kept > 0)
        qsort(rows.rows, kept, sizeof *rows.rows, by_n);
    for (size_t i = 0; i < kept; i++)
        PB_TRY(tell(check, &rows.rows[i], err));
    return PB_OK;
}
