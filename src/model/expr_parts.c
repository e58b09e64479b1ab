/* What of a condition must hold of one field alone: what an index may be asked for. */
#include "expr_tree.h"

typedef struct taking {
    const char *alias;
    model_days days;
    pb_arena *arena;
    model_part *parts;
    size_t count, capacity;
    bool more; /* than these parts say */
    pb_error *err;
} taking;

static bool has_field(const expr_node *node)
{
    return node != NULL && (node->op == EXPR_FIELD || node->op == EXPR_CURRENCY ||
                            has_field(node->left) || has_field(node->right));
}

/* The field whose column stands there by itself, or as the day of a moment, which is a range of
 * moments; NULL: something else does. */
static const model_field *field_alone(const expr_node *node)
{
    if (node->op == EXPR_DAY_OF)
        node = node->left;
    return node->op == EXPR_FIELD ? node->field : NULL;
}

/* NULL: the test is of no field, or of several. */
static const model_field *field_tested(const expr_node *node)
{
    switch (node->op) {
    case EXPR_IS_NULL:
    case EXPR_IN:
    case EXPR_BEGINS:
        return field_alone(node->left);
    case EXPR_EQ:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
        if (!has_field(node->right))
            return field_alone(node->left);
        return has_field(node->left) ? NULL : field_alone(node->right);
    default:
        return NULL;
    }
}

static bool is_one_value(const expr_node *node)
{
    if (node->op == EXPR_IS_NULL)
        return true;
    return node->op == EXPR_EQ && node->left->op != EXPR_DAY_OF && node->right->op != EXPR_DAY_OF;
}

static pb_status take(taking *t, const expr_node *node)
{
    if (node->op == EXPR_AND) {
        PB_TRY(take(t, node->left));
        return take(t, node->right);
    }
    const model_field *field = field_tested(node);
    if (field == NULL) {
        t->more = true;
        return PB_OK;
    }
    const model_expr one = {.root = node};
    model_part part = {.field = field, .one = is_one_value(node)};
    PB_TRY(model_expr_bind(&one, t->alias, t->days, t->arena, &part.test, t->err));
    return PB_PUSH(t->arena, t->parts, t->count, t->capacity, part) ? PB_OK
                                                                    : pb_fail_memory(t->err);
}

pb_status model_expr_parts(const model_expr *expr, const char *alias, model_days days,
                           pb_arena *arena, model_parts *ret_parts, pb_error *err)
{
    taking t = {.alias = alias, .days = days, .arena = arena, .err = err};
    PB_TRY(take(&t, expr->root));
    *ret_parts = (model_parts){t.parts, t.count, !t.more};
    return PB_OK;
}
