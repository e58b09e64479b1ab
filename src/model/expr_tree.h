/* The tree behind a model_expr, shared by parser, evaluation and SQL. */
#ifndef MODEL_EXPR_TREE_H
#define MODEL_EXPR_TREE_H

#include "model/expr.h"

/* What kind of value an operand has: decides what may be compared with what. */
typedef enum expr_class {
    EXPR_NUMBER,
    EXPR_TEXT,
    EXPR_DAY,    /* days since 1970-01-01 */
    EXPR_MOMENT, /* microseconds since 1970-01-01 */
    EXPR_MONEY,  /* minor units: only with money or 0, for the unit depends on the currency */
    EXPR_TRUTH,
    EXPR_LINK
} expr_class;

typedef enum expr_op {
    EXPR_OR,
    EXPR_AND,
    EXPR_NOT,
    EXPR_IS_NULL,
    EXPR_IN,
    EXPR_BEGINS, /* right: a constant text */
    EXPR_HOLDS,  /* the same, in small letters */
    EXPR_EQ,
    EXPR_NE,
    EXPR_LT,
    EXPR_LE,
    EXPR_GT,
    EXPR_GE,
    EXPR_FIELD,
    EXPR_CURRENCY, /* of an amount: a text, '' where it is in none; only filters ask for it */
    EXPR_CONSTANT,
    EXPR_TODAY,
    EXPR_ADD,
    EXPR_SUB,
    EXPR_DAY_OF /* the day of a moment */
} expr_op;

typedef struct expr_node expr_node;
struct expr_node {
    expr_op op;
    expr_class klass; /* of operands */
    const expr_node *left, *right;
    const expr_node **items; /* EXPR_IN */
    size_t item_count;
    const model_field *field;
    pb_value constant;
    pb_str written; /* a number as written: the text that SQL gets */
    size_t offset;  /* byte in the text where it begins */
};

struct model_expr {
    pb_str text;
    const expr_node *root;
    const model_field **fields; /* each field used, once, in order of first use */
    size_t field_count;
};

/* What an operand is, and what a test says, for a record's values. */
pb_value expr_value(const expr_node *node, const pb_value *values, model_days days);
model_truth expr_truth(const expr_node *node, const pb_value *values, model_days days);
/* The column of a field, behind `alias.` where one is given. */
void expr_put_field(const model_field *field, const char *alias, pb_buf *out);
void expr_put_currency(const model_field *field, const char *alias, pb_buf *out);
/* As model_expr_parse; `exact` false: `place` is the beginning of a text that does not stand in the
 * file character by character (a folded block, say), so no column inside can be told. */
pb_status expr_parse_at(pb_arena *arena, const model_entity *entity, pb_str text, model_place place,
                        bool exact, model_expr **ret_expr, pb_error *err);

#endif
