/* Expressions: from text to a checked tree. Recursive descent, one function a rule of the grammar
 * in model/expr.h; operands are read by expr_operand.c. */
#include "expr_parser.h"

#include "reader.h"

/* --- tests --- */

/* A text compared with a closed choice must be one of its values; with an open one it must not look
 * like a slip of the pen for one of them. */
static pb_status check_choice(expr_parser *p, const expr_node *field, const expr_node *text)
{
    if (field->op != EXPR_FIELD || text->op != EXPR_CONSTANT || text->constant.kind != PB_TEXT)
        return PB_OK;
    const model_field *f = field->field;
    pb_str value = text->constant.as.s;
    if (f->type != MODEL_CHOICE || model_choice_find(f, value) != NULL)
        return PB_OK;
    const char **names = pb_arena_array(p->arena, f->choice_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(p->err);
    for (size_t i = 0; i < f->choice_count; i++)
        if ((names[i] = pb_arena_cstr(p->arena, f->choices[i].value)) == NULL)
            return pb_fail_memory(p->err);
    if (f->open_choices && model_yaml_nearest(value, names) == NULL)
        return PB_OK;
    expr_refuse(p, text->offset, PB_MSG("“{value}” is not one of the values of “{field}”."),
                "value", PB_ARG(value), "field", PB_ARG(f->name), NULL);
    model_yaml_hint_names(p->err, value, names);
    return PB_INVALID;
}

static bool is_zero(const expr_node *node)
{
    return node->op == EXPR_CONSTANT && node->constant.kind == PB_INT && node->constant.as.i == 0;
}

static pb_status check_classes(expr_parser *p, expr_op op, size_t offset, const expr_node *a,
                               const expr_node *b)
{
    expr_class left = a->klass, right = b->klass;
    if (left == EXPR_LINK || right == EXPR_LINK) {
        if (left == right && (op == EXPR_EQ || op == EXPR_NE))
            return PB_OK;
        expr_refuse(p, offset,
                    PB_MSG("A link can only be tested with “is null”, or compared (=, <>, in) with "
                           "the id of a record."),
                    NULL);
        pb_error_hint(p->err, PB_MSG("Write the id as text: '{example}'."), "example",
                      "01890a5d-ac96-774b-bcce-b302099a8057", NULL);
        return PB_INVALID;
    }
    bool money = (left == EXPR_MONEY && right == EXPR_NUMBER && is_zero(b)) ||
                 (right == EXPR_MONEY && left == EXPR_NUMBER && is_zero(a));
    if (left != right && !money && !(expr_is_time(left) && expr_is_time(right))) {
        expr_refuse(p, offset, PB_MSG("{left} cannot be compared with {right}."), "left",
                    expr_class_name(left), "right", expr_class_name(right), NULL);
        if (left == EXPR_MONEY || right == EXPR_MONEY)
            pb_error_hint(
                p->err,
                p->amounts ? PB_MSG("Write an amount with its currency: = '1000 EUR', or compare "
                                    "it with 0 or with other money.")
                           : PB_MSG("Money is compared with 0 or with other money: what a "
                                    "number is worth depends on the currency."),
                NULL);
        return PB_INVALID;
    }
    if ((left == EXPR_TEXT || left == EXPR_TRUTH) && op != EXPR_EQ && op != EXPR_NE) {
        expr_refuse(p, offset, PB_MSG("{left} has no order to compare by."), "left",
                    expr_class_name(left), NULL);
        pb_error_hint(p->err, PB_MSG("Use = or <> or in (…)."), NULL);
        return PB_INVALID;
    }
    PB_TRY(check_choice(p, a, b));
    return check_choice(p, b, a);
}

/* A text that meets a link is the id of a record, where it has the form of one. */
static pb_status as_link(expr_parser *p, const expr_node *other, const expr_node *node,
                         const expr_node **ret_node)
{
    *ret_node = node;
    pb_uuid id;
    if (other->klass != EXPR_LINK || node->op != EXPR_CONSTANT || node->klass != EXPR_TEXT ||
        !pb_uuid_parse(node->constant.as.s, &id))
        return PB_OK;
    expr_node link = {.op = EXPR_CONSTANT, .klass = EXPR_LINK, .offset = node->offset};
    link.constant = PB_VALUE_BLOB(pb_arena_str(p->arena, pb_uuid_str(&id)));
    if (link.constant.as.s.ptr == NULL)
        return pb_fail_memory(p->err);
    return expr_make(p, link, ret_node);
}

static pb_status negate(expr_parser *p, const expr_node *node, const expr_node **ret_node)
{
    return expr_make(p, (expr_node){.op = EXPR_NOT, .left = node, .offset = node->offset},
                     ret_node);
}

static bool is_amount(const expr_parser *p, const expr_node *money, const expr_node *text)
{
    return p->amounts && money->op == EXPR_FIELD && money->klass == EXPR_MONEY &&
           text->op == EXPR_CONSTANT && text->klass == EXPR_TEXT;
}

static pb_status in_currency(expr_parser *p, const expr_node *money, pb_str code, size_t offset,
                             const expr_node **ret_node)
{
    expr_node currency = {.op = EXPR_CURRENCY, .klass = EXPR_TEXT, .offset = offset};
    expr_node test = {.op = EXPR_EQ, .offset = offset};
    currency.field = money->field;
    PB_TRY(expr_make(p, currency, &test.left));
    PB_TRY(expr_make_text(p, code.len > 0 ? code : PB_STR(""), offset, &test.right));
    return expr_make(p, test, ret_node);
}

/* amount >= '1000 EUR': of that currency, and as many of its minor units; '1000' by itself: of no
 * currency. What is in another is not the amount; whether it is more or less nobody says here. */
static pb_status compare_amount(expr_parser *p, expr_op op, const expr_node *money,
                                const expr_node *text, const expr_node **ret_node)
{
    int64_t minor = 0;
    pb_str code;
    const char *problem = model_amount_parse(text->constant.as.s, &minor, &code);
    if (problem != NULL) {
        expr_refuse(p, text->offset, problem, "value", PB_ARG(text->constant.as.s), NULL);
        pb_error_hint(p->err, PB_MSG("Write it so: '1000.50 EUR'."), NULL);
        return PB_INVALID;
    }
    expr_node amount = {.op = EXPR_CONSTANT, .klass = EXPR_MONEY, .offset = text->offset};
    expr_node units = {.op = op == EXPR_NE ? EXPR_EQ : op, .left = money, .offset = money->offset};
    expr_node both = {.op = EXPR_AND, .offset = money->offset};
    amount.constant = PB_VALUE_INT(minor);
    PB_TRY(expr_make(p, amount, &units.right));
    PB_TRY(in_currency(p, money, code, text->offset, &both.left));
    PB_TRY(expr_make(p, units, &both.right));
    PB_TRY(expr_make(p, both, ret_node));
    return op == EXPR_NE ? negate(p, *ret_node, ret_node) : PB_OK;
}

static expr_op turned(expr_op op)
{
    return op == EXPR_LT   ? EXPR_GT
           : op == EXPR_LE ? EXPR_GE
           : op == EXPR_GT ? EXPR_LT
           : op == EXPR_GE ? EXPR_LE
                           : op;
}

static pb_status compare(expr_parser *p, expr_op op, size_t offset, const expr_node *a,
                         const expr_node *b, const expr_node **ret_node)
{
    if (is_amount(p, a, b))
        return compare_amount(p, op, a, b, ret_node);
    if (is_amount(p, b, a))
        return compare_amount(p, turned(op), b, a, ret_node);
    PB_TRY(as_link(p, a, b, &b));
    PB_TRY(as_link(p, b, a, &a));
    PB_TRY(check_classes(p, op, offset, a, b));
    if (a->klass != b->klass && expr_is_time(a->klass)) {
        PB_TRY(expr_as_day(p, a, &a));
        PB_TRY(expr_as_day(p, b, &b));
    }
    return expr_make(p, (expr_node){.op = op, .left = a, .right = b, .offset = a->offset},
                     ret_node);
}

static pb_status parse_is(expr_parser *p, const expr_node *left, const expr_node **ret_node)
{
    bool not = expr_take_word(p, "not");
    if (!expr_take_word(p, "null")) {
        expr_say_unexpected(p, PB_MSG("“null”"));
        pb_error_hint(p->err, PB_MSG("Write “is null” or “is not null”; to compare, use =."), NULL);
        return PB_INVALID;
    }
    expr_node node = {.op = EXPR_IS_NULL, .left = left, .offset = left->offset};
    const expr_node *test = NULL;
    PB_TRY(expr_make(p, node, &test));
    if (not )
        PB_TRY(negate(p, test, &test));
    *ret_node = test;
    return PB_OK;
}

static pb_status parse_item(expr_parser *p, const expr_node *left, const expr_node **ret_node)
{
    size_t offset = p->now.from;
    const expr_node *item = NULL;
    if (p->now.kind == TOKEN_WORD && left->klass == EXPR_TEXT) {
        PB_TRY(expr_make_text(p, expr_now_text(p), offset, &item));
        expr_advance(p);
    } else if (p->now.kind == TOKEN_WORD) {
        return expr_unexpected(p, PB_MSG("a number, a date or a text"));
    } else {
        PB_TRY(expr_parse_single(p, &item));
    }
    PB_TRY(as_link(p, left, item, &item));
    PB_TRY(check_classes(p, EXPR_EQ, offset, left, item));
    *ret_node = item;
    return PB_OK;
}

static pb_status parse_in(expr_parser *p, const expr_node *left, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_IN, .left = left, .offset = left->offset};
    size_t capacity = 0;
    if (left->klass == EXPR_TRUTH)
        return expr_refuse(p, p->now.from, PB_MSG("True or false needs no list."), NULL);
    if (left->klass == EXPR_MOMENT)
        PB_TRY(expr_as_day(p, left, &node.left));
    if (!expr_take_sign(p, "("))
        return expr_unexpected(p, PB_MSG("“(”"));
    do {
        const expr_node *item = NULL;
        PB_TRY(parse_item(p, node.left, &item));
        if (!PB_PUSH(p->arena, node.items, node.item_count, capacity, item))
            return pb_fail_memory(p->err);
    } while (expr_take_sign(p, ","));
    if (!expr_take_sign(p, ")"))
        return expr_unexpected(p, PB_MSG("“,” or “)”"));
    return expr_make(p, node, ret_node);
}

static pb_status parse_between(expr_parser *p, size_t offset, const expr_node *left,
                               const expr_node **ret_node)
{
    const expr_node *low = NULL, *high = NULL;
    PB_TRY(expr_parse_operand(p, &low));
    if (!expr_take_word(p, "and"))
        return expr_unexpected(p, PB_MSG("“and”"));
    PB_TRY(expr_parse_operand(p, &high));
    expr_node node = {.op = EXPR_AND, .offset = left->offset};
    PB_TRY(compare(p, EXPR_GE, offset, left, low, &node.left));
    PB_TRY(compare(p, EXPR_LE, offset, left, high, &node.right));
    return expr_make(p, node, ret_node);
}

static pb_status parse_begins(expr_parser *p, size_t offset, const expr_node *left,
                              const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_BEGINS, .left = left, .offset = left->offset};
    if (left->klass != EXPR_TEXT)
        return expr_refuse(p, offset, PB_MSG("Only a text begins with something."), NULL);
    if (p->now.kind != TOKEN_TEXT)
        return expr_unexpected(p, PB_MSG("a text in single quotes"));
    PB_TRY(expr_parse_single(p, &node.right));
    return expr_make(p, node, ret_node);
}

static pb_status parse_contains(expr_parser *p, size_t offset, const expr_node *left,
                                const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_HOLDS, .left = left, .offset = left->offset};
    if (left->klass != EXPR_TEXT)
        return expr_refuse(p, offset, PB_MSG("Only a text contains something."), NULL);
    if (p->now.kind != TOKEN_TEXT)
        return expr_unexpected(p, PB_MSG("a text in single quotes"));
    PB_TRY(expr_parse_single(p, &node.right));
    if (node.right->constant.as.s.len == 0)
        return expr_refuse(p, offset, PB_MSG("Say what the text contains."), NULL);
    return expr_make(p, node, ret_node);
}

static bool take_comparison(expr_parser *p, expr_op *ret_op)
{
    static const struct {
        const char *sign;
        expr_op op;
    } signs[] = {{"=", EXPR_EQ},  {"!=", EXPR_NE}, {"<>", EXPR_NE}, {"<=", EXPR_LE},
                 {">=", EXPR_GE}, {"<", EXPR_LT},  {">", EXPR_GT}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (expr_take_sign(p, signs[i].sign)) {
            *ret_op = signs[i].op;
            return true;
        }
    return false;
}

static pb_status parse_comparison(expr_parser *p, const expr_node **ret_node)
{
    const expr_node *left = NULL, *right = NULL, *test = NULL;
    PB_TRY(expr_parse_operand(p, &left));
    size_t offset = p->now.from;
    expr_op op = EXPR_EQ;
    if (expr_take_word(p, "is"))
        return parse_is(p, left, ret_node);
    if (take_comparison(p, &op)) {
        PB_TRY(expr_parse_operand(p, &right));
        return compare(p, op, offset, left, right, ret_node);
    }
    bool not = expr_take_word(p, "not");
    if (expr_take_word(p, "in"))
        PB_TRY(parse_in(p, left, &test));
    else if (expr_take_word(p, "between"))
        PB_TRY(parse_between(p, offset, left, &test));
    else if (expr_take_word(p, "begins"))
        PB_TRY(parse_begins(p, offset, left, &test));
    else if (expr_take_word(p, "contains"))
        PB_TRY(parse_contains(p, offset, left, &test));
    else
        return expr_unexpected(p,
                               PB_MSG("a comparison (=, <>, <, >, in, between, begins, contains, "
                                      "is null)"));
    if (not )
        PB_TRY(negate(p, test, &test));
    *ret_node = test;
    return PB_OK;
}

static pb_status parse_or(expr_parser *p, const expr_node **ret_node);

static pb_status parse_not(expr_parser *p, const expr_node **ret_node)
{
    if (++p->depth > DEPTH_MAX)
        return expr_refuse(p, p->now.from, PB_MSG("Nested deeper than {count} levels."), "count",
                           PB_ARG_INT(DEPTH_MAX), NULL);
    const expr_node *node = NULL;
    if (expr_take_word(p, "not")) {
        PB_TRY(parse_not(p, &node));
        PB_TRY(negate(p, node, &node));
    } else if (expr_take_sign(p, "(")) {
        PB_TRY(parse_or(p, &node));
        if (!expr_take_sign(p, ")"))
            return expr_unexpected(p, PB_MSG("“)”"));
    } else {
        PB_TRY(parse_comparison(p, &node));
    }
    p->depth--;
    *ret_node = node;
    return PB_OK;
}

static pb_status parse_and(expr_parser *p, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_AND};
    PB_TRY(parse_not(p, &node.left));
    while (expr_take_word(p, "and")) {
        PB_TRY(parse_not(p, &node.right));
        node.offset = node.left->offset;
        PB_TRY(expr_make(p, node, &node.left));
    }
    *ret_node = node.left;
    return PB_OK;
}

static pb_status parse_or(expr_parser *p, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_OR};
    PB_TRY(parse_and(p, &node.left));
    while (expr_take_word(p, "or")) {
        PB_TRY(parse_and(p, &node.right));
        node.offset = node.left->offset;
        PB_TRY(expr_make(p, node, &node.left));
    }
    *ret_node = node.left;
    return PB_OK;
}

static pb_status parse_whole(expr_parser *p, pb_str text, model_expr **ret_expr)
{
    if (text.len > TEXT_MAX)
        return expr_refuse(p, 0, PB_MSG("The expression is longer than {count} bytes."), "count",
                           PB_ARG_INT(TEXT_MAX), NULL);
    p->text = pb_arena_str(p->arena, text);
    model_expr *expr = pb_arena_alloc(p->arena, sizeof *expr);
    if (expr == NULL || p->text.ptr == NULL)
        return pb_fail_memory(p->err);
    p->now = expr_scan(p->text, 0);
    PB_TRY(parse_or(p, &expr->root));
    if (p->now.kind != TOKEN_END)
        return expr_unexpected(p, PB_MSG("“and”, “or” or the end"));
    expr->text = p->text;
    expr->fields = p->fields;
    expr->field_count = p->field_count;
    *ret_expr = expr;
    return PB_OK;
}

pb_status expr_parse_at(pb_arena *arena, const model_entity *entity, pb_str text, model_place place,
                        bool exact, model_expr **ret_expr, pb_error *err)
{
    expr_parser p = {.arena = arena, .entity = entity, .place = place, .exact = exact, .err = err};
    return parse_whole(&p, text, ret_expr);
}

pb_status model_filter_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                             model_place place, model_expr **ret_expr, pb_error *err)
{
    expr_parser p = {.arena = arena, .entity = entity, .place = place, .exact = true, .err = err};
    p.amounts = true;
    return parse_whole(&p, text, ret_expr);
}

pb_status model_expr_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                           model_place place, model_expr **ret_expr, pb_error *err)
{
    return expr_parse_at(arena, entity, text, place, true, ret_expr, err);
}
