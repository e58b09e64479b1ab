/* Expressions as conditions of the program's own statements: with parameters, and laid out so that
 * two engines say the same and indexes serve.
 *
 * What engines differ in is decided here instead: a test without a field is reckoned at once; a
 * whole number meets a fraction as its neighbour; a moment that meets a day becomes a range of
 * moments; the beginning of a text becomes a range of texts (both engines compare texts byte by
 * byte). A property test holds the three (evaluation, SQLite, PostgreSQL) equal. */
#include "base/time.h"
#include "base/utf8.h"
#include "expr_tree.h"

enum { SQL_MAX = 1 << 20, DAYS_MAX = 100000000 };
/* Whole numbers up to here are exact as doubles. */
#define EXACT_MAX (INT64_C(1) << 53)

typedef struct binder {
    const char *alias;
    model_days days;
    pb_arena *arena;
    pb_buf *sql;
    pb_value *values;
    size_t count, capacity;
    pb_error *err;
} binder;

static pb_status bind(binder *b, const expr_node *node);

static bool has_field(const expr_node *node)
{
    return node != NULL && (node->op == EXPR_FIELD || node->op == EXPR_CURRENCY ||
                            has_field(node->left) || has_field(node->right));
}

static pb_status put_value(binder *b, pb_value value)
{
    pb_buf_byte(b->sql, '?');
    return PB_PUSH(b->arena, b->values, b->count, b->capacity, value) ? PB_OK
                                                                      : pb_fail_memory(b->err);
}

static bool is_real(const expr_node *node)
{
    if (node->op == EXPR_FIELD)
        return node->field->type == MODEL_DECIMAL;
    return node->op == EXPR_CONSTANT && node->constant.kind == PB_REAL;
}

/* ---- operands with fields ---- */

static pb_status put_column(binder *b, const model_field *field)
{
    if (field->personal.sensitive) {
        pb_fail(b->err, PB_INVALID,
                PB_MSG("Records cannot be chosen by “{name}”: it is kept enciphered."), "name",
                PB_ARG(field->name), NULL);
        pb_error_hint(b->err, PB_MSG("Use “is null” or “is not null”, or look at each record."),
                      NULL);
        return PB_INVALID;
    }
    expr_put_field(field, b->alias, b->sql);
    return PB_OK;
}

static pb_status fail_sum(binder *b)
{
    pb_fail(b->err, PB_INVALID, PB_MSG("A condition can only add and subtract dates and days."),
            NULL);
    pb_error_hint(b->err, PB_MSG("Compare the fields with a number instead."), NULL);
    return PB_INVALID;
}

/* A part of a sum: days, so no engine overflows. */
static pb_status check_days(binder *b, const expr_node *node)
{
    if (node->op == EXPR_ADD || node->op == EXPR_SUB || node->op == EXPR_DAY_OF)
        return PB_OK; /* its parts are looked at on their own */
    if (node->op == EXPR_FIELD)
        return node->field->type == MODEL_DATE || node->field->type == MODEL_INSTANT ? PB_OK
                                                                                     : fail_sum(b);
    pb_value value = expr_value(node, NULL, b->days);
    bool days = value.kind == PB_INT && value.as.i >= -DAYS_MAX && value.as.i <= DAYS_MAX;
    return days ? PB_OK : fail_sum(b);
}

static pb_status put_operand(binder *b, const expr_node *node);

/* The moment is a column: no other operand is one. */
static pb_status put_day_of(binder *b, const expr_node *moment)
{
    PB_AUTO_BUF column = PB_BUF_INIT(1024);
    pb_buf *whole = b->sql;
    b->sql = &column;
    pb_status status = put_operand(b, moment);
    b->sql = whole;
    PB_TRY(status);
    model_put_day(b->days.zone, pb_buf_str(&column), whole);
    whole->failed = whole->failed || column.failed;
    return PB_OK;
}

static pb_status put_operand(binder *b, const expr_node *node)
{
    if (!has_field(node))
        return put_value(b, expr_value(node, NULL, b->days));
    if (node->op == EXPR_FIELD)
        return put_column(b, node->field);
    if (node->op == EXPR_CURRENCY) {
        expr_put_currency(node->field, b->alias, b->sql); /* its amount is asked for beside it */
        return PB_OK;
    }
    if (node->op == EXPR_DAY_OF)
        return put_day_of(b, node->left);
    PB_TRY(check_days(b, node->left));
    PB_TRY(check_days(b, node->right));
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_operand(b, node->left));
    pb_buf_addc(b->sql, node->op == EXPR_ADD ? " + " : " - ");
    PB_TRY(put_operand(b, node->right));
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

/* True, or false, wherever the operand is there; unknown where it is not. */
static pb_status put_settled(binder *b, const expr_node *operand, bool truth)
{
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_operand(b, operand));
    pb_buf_addc(b->sql, truth ? " = " : " <> ");
    PB_TRY(put_operand(b, operand));
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

/* ---- comparisons ---- */

static const char *sign_of(expr_op op)
{
    switch (op) {
    case EXPR_EQ:
        return " = ";
    case EXPR_NE:
        return " <> ";
    case EXPR_LT:
        return " < ";
    case EXPR_LE:
        return " <= ";
    case EXPR_GT:
        return " > ";
    default:
        return " >= ";
    }
}

static expr_op turned(expr_op op)
{
    switch (op) {
    case EXPR_LT:
        return EXPR_GT;
    case EXPR_LE:
        return EXPR_GE;
    case EXPR_GT:
        return EXPR_LT;
    case EXPR_GE:
        return EXPR_LE;
    default:
        return op;
    }
}

static pb_status put_with(binder *b, const expr_node *operand, expr_op op, pb_value value)
{
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_operand(b, operand));
    pb_buf_addc(b->sql, sign_of(op));
    PB_TRY(put_value(b, value));
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

/* The largest whole number not above; false: outside of what there is. */
static bool whole_below(double real, int64_t *ret)
{
    if (!(real >= -9223372036854775808.0 && real < 9223372036854775808.0))
        return false;
    int64_t whole = (int64_t)real;
    *ret = (double)whole > real ? whole - 1 : whole;
    return true;
}

/* A whole number against one with a fraction: against its neighbour. */
static pb_status put_whole_with_real(binder *b, const expr_node *operand, expr_op op, double real)
{
    int64_t below = 0;
    bool upwards = op == EXPR_GT || op == EXPR_GE, downwards = op == EXPR_LT || op == EXPR_LE;
    if (!whole_below(real, &below))
        return put_settled(b, operand, op == EXPR_NE || (real > 0 ? downwards : upwards));
    if ((double)below == real)
        return put_with(b, operand, op, PB_VALUE_INT(below));
    if (upwards)
        return put_with(b, operand, EXPR_GT, PB_VALUE_INT(below));
    if (downwards)
        return put_with(b, operand, EXPR_LE, PB_VALUE_INT(below));
    return put_settled(b, operand, op == EXPR_NE);
}

static pb_status put_real_with(binder *b, const expr_node *operand, expr_op op, pb_value value)
{
    if (value.kind == PB_INT && (value.as.i > EXACT_MAX || value.as.i < -EXACT_MAX))
        return pb_fail(b->err, PB_INVALID, PB_MSG("The number {value} is too large."), "value",
                       PB_ARG_INT(value.as.i), NULL);
    if (value.kind == PB_INT)
        value = PB_VALUE_REAL((double)value.as.i);
    return put_with(b, operand, op, value);
}

/* The day of a moment against a day, as moments. */
static pb_status put_moment(binder *b, const expr_node *moment, expr_op op, int64_t day)
{
    if (day < -DAYS_MAX || day > DAYS_MAX)
        return fail_sum(b);
    pb_value from = PB_VALUE_INT(pb_zone_begin(b->days.zone, day));
    pb_value to = PB_VALUE_INT(pb_zone_begin(b->days.zone, day + 1));
    switch (op) {
    case EXPR_LT:
        return put_with(b, moment, EXPR_LT, from);
    case EXPR_GE:
        return put_with(b, moment, EXPR_GE, from);
    case EXPR_LE:
        return put_with(b, moment, EXPR_LT, to);
    case EXPR_GT:
        return put_with(b, moment, EXPR_GE, to);
    default:
        pb_buf_byte(b->sql, '(');
        PB_TRY(put_with(b, moment, op == EXPR_EQ ? EXPR_GE : EXPR_LT, from));
        pb_buf_addc(b->sql, op == EXPR_EQ ? " AND " : " OR ");
        PB_TRY(put_with(b, moment, op == EXPR_EQ ? EXPR_LT : EXPR_GE, to));
        pb_buf_byte(b->sql, ')');
        return PB_OK;
    }
}

static pb_status compare_with(binder *b, const expr_node *operand, expr_op op,
                              const expr_node *constant)
{
    pb_value value = expr_value(constant, NULL, b->days);
    if (operand->op == EXPR_DAY_OF && value.kind == PB_INT)
        return put_moment(b, operand->left, op, value.as.i);
    if (is_real(operand))
        return put_real_with(b, operand, op, value);
    if (value.kind == PB_REAL)
        return put_whole_with_real(b, operand, op, value.as.r);
    return put_with(b, operand, op, value);
}

static pb_status compare(binder *b, const expr_node *node)
{
    if (!has_field(node->right))
        return compare_with(b, node->left, node->op, node->right);
    if (!has_field(node->left))
        return compare_with(b, node->right, turned(node->op), node->left);
    if (is_real(node->left) != is_real(node->right)) {
        pb_fail(
            b->err, PB_INVALID,
            PB_MSG("A condition cannot compare a whole number with a decimal of another field."),
            NULL);
        pb_error_hint(b->err, PB_MSG("Compare the fields with a number instead."), NULL);
        return PB_INVALID;
    }
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_operand(b, node->left));
    pb_buf_addc(b->sql, sign_of(node->op));
    PB_TRY(put_operand(b, node->right));
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

/* ---- lists and beginnings ---- */

/* An item as the operand's kind of value; false: no value of that kind is equal to it. */
static bool item_value(const binder *b, const expr_node *operand, const expr_node *item,
                       pb_value *ret)
{
    pb_value value = expr_value(item, NULL, b->days);
    int64_t below = 0;
    if (is_real(operand) && value.kind == PB_INT) {
        bool exact = value.as.i <= EXACT_MAX && value.as.i >= -EXACT_MAX;
        *ret = PB_VALUE_REAL((double)value.as.i);
        return exact;
    }
    if (!is_real(operand) && value.kind == PB_REAL) {
        bool whole = whole_below(value.as.r, &below) && (double)below == value.as.r;
        *ret = PB_VALUE_INT(below);
        return whole;
    }
    *ret = value;
    return true;
}

/* Days of moments as ranges of moments. */
static pb_status bind_days(binder *b, const expr_node *node)
{
    pb_buf_byte(b->sql, '(');
    for (size_t i = 0; i < node->item_count; i++) {
        pb_buf_addc(b->sql, i == 0 ? "" : " OR ");
        pb_value day = expr_value(node->items[i], NULL, b->days);
        PB_TRY(put_moment(b, node->left->left, EXPR_EQ, day.as.i));
    }
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

static pb_status bind_in(binder *b, const expr_node *node)
{
    if (node->left->op == EXPR_DAY_OF)
        return bind_days(b, node);
    size_t fit = 0;
    pb_value value;
    for (size_t i = 0; i < node->item_count; i++)
        fit += item_value(b, node->left, node->items[i], &value);
    if (fit == 0)
        return put_settled(b, node->left, false);
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_operand(b, node->left));
    pb_buf_addc(b->sql, " IN (");
    for (size_t i = 0, put = 0; i < node->item_count; i++) {
        if (!item_value(b, node->left, node->items[i], &value))
            continue;
        pb_buf_addc(b->sql, put++ == 0 ? "" : ", ");
        PB_TRY(put_value(b, value));
    }
    pb_buf_addc(b->sql, "))");
    return PB_OK;
}

/* The first text behind all that begin with `text`; absent: there is none. Code points keep their
 * order in UTF-8, so the last one that can be is moved on by one. */
static pb_status text_behind(binder *b, pb_str text, pb_str *ret)
{
    size_t at = text.len;
    *ret = PB_STR_NONE;
    while (at > 0) {
        size_t from = at - 1, to;
        while (from > 0 && ((unsigned char)text.ptr[from] & 0xC0) == 0x80)
            from--;
        to = from;
        uint32_t code = pb_utf8_next(text, &to);
        at = from;
        if (code >= 0x10FFFF)
            continue;
        char *behind = pb_arena_alloc(b->arena, from + 4);
        if (behind == NULL)
            return pb_fail_memory(b->err);
        memcpy(behind, text.ptr, from);
        size_t len = pb_utf8_encode(behind + from, code == 0xD7FF ? 0xE000 : code + 1);
        *ret = pb_str_n(behind, from + len);
        return PB_OK;
    }
    return PB_OK;
}

static pb_status bind_begins(binder *b, const expr_node *node)
{
    pb_str text = node->right->constant.as.s, behind = PB_STR_NONE;
    PB_TRY(text_behind(b, text, &behind));
    pb_buf_byte(b->sql, '(');
    PB_TRY(put_with(b, node->left, EXPR_GE, PB_VALUE_TEXT(text)));
    if (behind.ptr != NULL) {
        pb_buf_addc(b->sql, " AND ");
        PB_TRY(put_with(b, node->left, EXPR_LT, PB_VALUE_TEXT(behind)));
    }
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

/* Without the part it is another text (expr.c). */
static pb_status bind_holds(binder *b, const expr_node *node)
{
    pb_buf_addc(b->sql, "(replace(lower(");
    PB_TRY(put_operand(b, node->left));
    pb_buf_addc(b->sql, "), lower(");
    PB_TRY(put_value(b, node->right->constant));
    pb_buf_addc(b->sql, "), '') <> lower(");
    PB_TRY(put_operand(b, node->left));
    pb_buf_addc(b->sql, "))");
    return PB_OK;
}

/* ---- the tree ---- */

static pb_status bind_null(binder *b, const expr_node *node)
{
    const expr_node *operand = node->left;
    pb_buf_byte(b->sql, '(');
    if (operand->op == EXPR_DAY_OF)
        operand = operand->left;
    if (operand->op == EXPR_FIELD) /* also of one that is sealed */
        expr_put_field(operand->field, b->alias, b->sql);
    else
        PB_TRY(put_operand(b, operand));
    pb_buf_addc(b->sql, " IS NULL)");
    return PB_OK;
}

static pb_status bind_pair(binder *b, const expr_node *node)
{
    pb_buf_byte(b->sql, '(');
    PB_TRY(bind(b, node->left));
    pb_buf_addc(b->sql, node->op == EXPR_OR ? " OR " : " AND ");
    PB_TRY(bind(b, node->right));
    pb_buf_byte(b->sql, ')');
    return PB_OK;
}

static pb_status bind(binder *b, const expr_node *node)
{
    if (!has_field(node)) {
        model_truth truth = expr_truth(node, NULL, b->days);
        pb_buf_addc(b->sql, truth == MODEL_TRUE    ? "(1 = 1)"
                            : truth == MODEL_FALSE ? "(1 = 0)"
                                                   : "(1 = CAST(NULL AS INTEGER))");
        return PB_OK;
    }
    switch (node->op) {
    case EXPR_OR:
    case EXPR_AND:
        return bind_pair(b, node);
    case EXPR_NOT:
        pb_buf_addc(b->sql, "(NOT ");
        PB_TRY(bind(b, node->left));
        pb_buf_byte(b->sql, ')');
        return PB_OK;
    case EXPR_IS_NULL:
        return bind_null(b, node);
    case EXPR_IN:
        return bind_in(b, node);
    case EXPR_BEGINS:
        return bind_begins(b, node);
    case EXPR_HOLDS:
        return bind_holds(b, node);
    default:
        return compare(b, node);
    }
}

pb_status model_expr_bind(const model_expr *expr, const char *alias, model_days days,
                          pb_arena *arena, model_bound *ret_bound, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    binder b = {.alias = alias, .days = days, .arena = arena, .sql = &sql, .err = err};
    PB_TRY(bind(&b, expr->root));
    pb_str text = pb_arena_str(arena, pb_buf_str(&sql));
    if (sql.failed || text.ptr == NULL)
        return pb_fail_memory(err);
    *ret_bound = (model_bound){text, b.values, b.count};
    return PB_OK;
}
