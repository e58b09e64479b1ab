/* Expressions: their value for one record, and the same as SQL. A property test holds the two
 * equal. */
#include "model/expr.h"

#include "base/bytes.h"
#include "base/time.h"
#include "base/utf8.h"
#include "expr_tree.h"

/* --- values --- */

static double as_double(pb_value v)
{
    return v.kind == PB_INT ? (double)v.as.i : v.as.r;
}

/* A whole number too large becomes a real one, as in SQLite; not-a-number becomes null. */
static pb_value add(pb_value a, pb_value b, bool subtract)
{
    int64_t whole = 0;
    if (a.kind == PB_NULL || b.kind == PB_NULL)
        return PB_VALUE_NULL;
    if (a.kind == PB_INT && b.kind == PB_INT) {
        bool over = subtract ? __builtin_sub_overflow(a.as.i, b.as.i, &whole)
                             : __builtin_add_overflow(a.as.i, b.as.i, &whole);
        if (!over)
            return PB_VALUE_INT(whole);
    }
    double real = subtract ? as_double(a) - as_double(b) : as_double(a) + as_double(b);
    return real != real ? PB_VALUE_NULL : PB_VALUE_REAL(real);
}

/* The value as the field's kind says; anything else counts as not there. */
static pb_value field_value(const model_field *field, const pb_value *values)
{
    pb_value value = values[field->index];
    if (value.kind == model_type_kind(field->type))
        return value.kind == PB_REAL && value.as.r != value.as.r ? PB_VALUE_NULL : value;
    return PB_VALUE_NULL;
}

pb_value expr_value(const expr_node *node, const pb_value *values, model_days days)
{
    pb_value left;
    switch (node->op) {
    case EXPR_FIELD:
        return field_value(node->field, values);
    case EXPR_CONSTANT:
        return node->constant;
    case EXPR_TODAY:
        return PB_VALUE_INT(days.today);
    case EXPR_DAY_OF:
        left = expr_value(node->left, values, days);
        return left.kind == PB_INT ? PB_VALUE_INT(pb_zone_day(days.zone, left.as.i))
                                   : PB_VALUE_NULL;
    case EXPR_ADD:
    case EXPR_SUB:
        return add(expr_value(node->left, values, days), expr_value(node->right, values, days),
                   node->op == EXPR_SUB);
    default:
        return PB_VALUE_NULL;
    }
}

static int order(pb_value a, pb_value b)
{
    if (a.kind == PB_TEXT || a.kind == PB_BLOB)
        return pb_str_cmp(a.as.s, b.as.s);
    /* long double holds every int64_t and every double exactly on the machines we build for */
    long double x = a.kind == PB_INT ? (long double)a.as.i : (long double)a.as.r;
    long double y = b.kind == PB_INT ? (long double)b.as.i : (long double)b.as.r;
    return x < y ? -1 : x > y ? 1 : 0;
}

static model_truth compare(expr_op op, pb_value a, pb_value b)
{
    if (a.kind == PB_NULL || b.kind == PB_NULL)
        return MODEL_UNKNOWN;
    int o = order(a, b);
    bool truth = op == EXPR_EQ   ? o == 0
                 : op == EXPR_NE ? o != 0
                 : op == EXPR_LT ? o < 0
                 : op == EXPR_LE ? o <= 0
                 : op == EXPR_GT ? o > 0
                                 : o >= 0;
    return truth ? MODEL_TRUE : MODEL_FALSE;
}

static model_truth begins(const expr_node *node, const pb_value *values, model_days days)
{
    pb_value value = expr_value(node->left, values, days);
    if (value.kind == PB_NULL)
        return MODEL_UNKNOWN;
    return pb_str_starts(value.as.s, node->right->constant.as.s) ? MODEL_TRUE : MODEL_FALSE;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool same_letters(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (small(a[i]) != small(b[i]))
            return false;
    return true;
}

static model_truth holds(const expr_node *node, const pb_value *values, model_days days)
{
    pb_value value = expr_value(node->left, values, days);
    pb_str part = node->right->constant.as.s;
    if (value.kind == PB_NULL)
        return MODEL_UNKNOWN;
    for (size_t at = 0; at + part.len <= value.as.s.len; at++)
        if (same_letters(value.as.s.ptr + at, part.ptr, part.len))
            return MODEL_TRUE;
    return MODEL_FALSE;
}

static model_truth contains(const expr_node *node, const pb_value *values, model_days days)
{
    pb_value value = expr_value(node->left, values, days);
    if (value.kind == PB_NULL)
        return MODEL_UNKNOWN;
    for (size_t i = 0; i < node->item_count; i++)
        if (order(value, expr_value(node->items[i], values, days)) == 0)
            return MODEL_TRUE;
    return MODEL_FALSE;
}

model_truth expr_truth(const expr_node *node, const pb_value *values, model_days days)
{
    model_truth a, b;
    switch (node->op) {
    case EXPR_OR:
    case EXPR_AND: {
        model_truth strong = node->op == EXPR_OR ? MODEL_TRUE : MODEL_FALSE;
        a = expr_truth(node->left, values, days);
        if (a == strong)
            return strong;
        b = expr_truth(node->right, values, days);
        return b == strong ? strong : a == MODEL_UNKNOWN ? a : b;
    }
    case EXPR_NOT:
        a = expr_truth(node->left, values, days);
        return a == MODEL_UNKNOWN ? a : a == MODEL_TRUE ? MODEL_FALSE : MODEL_TRUE;
    case EXPR_IS_NULL:
        return expr_value(node->left, values, days).kind == PB_NULL ? MODEL_TRUE : MODEL_FALSE;
    case EXPR_IN:
        return contains(node, values, days);
    case EXPR_BEGINS:
        return begins(node, values, days);
    case EXPR_HOLDS:
        return holds(node, values, days);
    default:
        return compare(node->op, expr_value(node->left, values, days),
                       expr_value(node->right, values, days));
    }
}

model_truth model_expr_eval(const model_expr *expr, const pb_value *values, model_days days)
{
    return expr_truth(expr->root, values, days);
}

/* --- SQL --- */

typedef struct columns {
    const char *alias;
    const pb_zone *zone;
} columns;

static void put_text(pb_str text, pb_buf *out)
{
    pb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            pb_buf_byte(out, '\'');
        pb_buf_byte(out, text.ptr[i]);
    }
    pb_buf_byte(out, '\'');
}

static void put_constant(const expr_node *node, pb_buf *out)
{
    if (node->constant.kind == PB_TEXT) {
        put_text(node->constant.as.s, out);
    } else if (node->constant.kind == PB_BLOB) {
        pb_buf_addc(out, "x'");
        pb_hex(out, node->constant.as.s.ptr, node->constant.as.s.len);
        pb_buf_byte(out, '\'');
    } else if (node->written.ptr != NULL)
        pb_buf_add(out, node->written);
    else
        pb_buf_i64(out, node->constant.as.i);
}

void expr_put_field(const model_field *field, const char *alias, pb_buf *out)
{
    if (alias != NULL) {
        pb_buf_addc(out, alias);
        pb_buf_byte(out, '.');
    }
    pb_buf_add(out, field->name);
    if (field->type == MODEL_LINK)
        pb_buf_addc(out, "_id");
}

void expr_put_currency(const model_field *field, const char *alias, pb_buf *out)
{
    pb_buf_addc(out, "CASE WHEN ");
    expr_put_field(field, alias, out);
    pb_buf_addc(out, " IS NOT NULL THEN coalesce(");
    expr_put_field(field, alias, out);
    pb_buf_addc(out, "_currency, '') END");
}

static void put_sql(const expr_node *node, const columns *of, pb_buf *out);

static void put_pair(const expr_node *node, const char *sign, const columns *of, pb_buf *out)
{
    pb_buf_byte(out, '(');
    put_sql(node->left, of, out);
    pb_buf_addc(out, sign);
    put_sql(node->right, of, out);
    pb_buf_byte(out, ')');
}

/* The moment is a column: no other operand is one. */
static void put_day_of(const expr_node *moment, const columns *of, pb_buf *out)
{
    PB_AUTO_BUF column = PB_BUF_INIT(1024);
    put_sql(moment, of, &column);
    model_put_day(of->zone, pb_buf_str(&column), out);
    out->failed = out->failed || column.failed;
}

static void put_begins(const expr_node *node, const columns *of, pb_buf *out)
{
    pb_str text = node->right->constant.as.s;
    pb_buf_addc(out, "(substr(");
    put_sql(node->left, of, out);
    pb_buf_printf(out, ", 1, %zu) = ", pb_utf8_count(text));
    put_text(text, out);
    pb_buf_byte(out, ')');
}

/* Without the part it is another text: said so that every engine takes it alike. */
static void put_holds(const expr_node *node, const columns *of, pb_buf *out)
{
    pb_buf_addc(out, "(replace(lower(");
    put_sql(node->left, of, out);
    pb_buf_addc(out, "), lower(");
    put_text(node->right->constant.as.s, out);
    pb_buf_addc(out, "), '') <> lower(");
    put_sql(node->left, of, out);
    pb_buf_addc(out, "))");
}

static void put_in(const expr_node *node, const columns *of, pb_buf *out)
{
    pb_buf_byte(out, '(');
    put_sql(node->left, of, out);
    pb_buf_addc(out, " IN (");
    for (size_t i = 0; i < node->item_count; i++) {
        pb_buf_addc(out, i == 0 ? "" : ", ");
        put_sql(node->items[i], of, out);
    }
    pb_buf_addc(out, "))");
}

static void put_sql(const expr_node *node, const columns *of, pb_buf *out)
{
    static const char *const signs[] = {
        [EXPR_OR] = " OR ", [EXPR_AND] = " AND ", [EXPR_EQ] = " = ", [EXPR_NE] = " <> ",
        [EXPR_LT] = " < ",  [EXPR_LE] = " <= ",   [EXPR_GT] = " > ", [EXPR_GE] = " >= ",
        [EXPR_ADD] = " + ", [EXPR_SUB] = " - ",
    };
    switch (node->op) {
    case EXPR_NOT:
        pb_buf_addc(out, "(NOT ");
        put_sql(node->left, of, out);
        pb_buf_byte(out, ')');
        return;
    case EXPR_IS_NULL:
        pb_buf_byte(out, '(');
        put_sql(node->left, of, out);
        pb_buf_addc(out, " IS NULL)");
        return;
    case EXPR_IN:
        put_in(node, of, out);
        return;
    case EXPR_BEGINS:
        put_begins(node, of, out);
        return;
    case EXPR_HOLDS:
        put_holds(node, of, out);
        return;
    case EXPR_FIELD:
        expr_put_field(node->field, of->alias, out);
        return;
    case EXPR_CURRENCY:
        expr_put_currency(node->field, of->alias, out);
        return;
    case EXPR_CONSTANT:
        put_constant(node, out);
        return;
    case EXPR_TODAY:
        pb_buf_addc(out, ":today");
        return;
    case EXPR_DAY_OF:
        put_day_of(node->left, of, out);
        return;
    default:
        put_pair(node, signs[node->op], of, out);
    }
}

void model_expr_sql(const model_expr *expr, const char *alias, const pb_zone *zone, pb_buf *out)
{
    const columns of = {alias, zone};
    put_sql(expr->root, &of, out);
}

pb_str model_expr_text(const model_expr *expr)
{
    return expr->text;
}

size_t model_expr_fields(const model_expr *expr, const model_field *const **ret_fields)
{
    *ret_fields = expr->fields;
    return expr->field_count;
}
