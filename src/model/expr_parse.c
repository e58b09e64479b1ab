/* Expressions: from text to a checked tree. Recursive descent, one function a rule of the grammar
 * in model/expr.h. */
#include "expr_token.h"
#include "expr_tree.h"

#include "base/time.h"
#include "base/utf8.h"
#include "model/yaml.h"

enum { TEXT_MAX = 4096, NODES_MAX = 500, DEPTH_MAX = 40 };

typedef struct parser {
    pb_arena *arena;
    const model_entity *entity;
    pb_str text;
    model_place place;
    bool exact;
    expr_token now;
    int depth;
    size_t nodes;
    const model_field **fields;
    size_t field_count, field_capacity;
    pb_error *err;
} parser;

static model_place place_of(const parser *p, size_t offset)
{
    model_place place = p->place;
    if (p->exact)
        place.column += (int)pb_utf8_count(pb_str_sub(p->text, 0, offset));
    return place;
}

#define refuse(p, offset, ...)                                                                     \
    (pb_fail((p)->err, PB_INVALID, __VA_ARGS__),                                                   \
     model_place_fail((p)->err, place_of((p), (offset))))

static void advance(parser *p)
{
    p->now = expr_scan(p->text, p->now.to);
}

static pb_str now_text(const parser *p)
{
    return pb_str_sub(p->text, p->now.from, p->now.to - p->now.from);
}

static bool at_word(const parser *p, const char *word)
{
    return p->now.kind == TOKEN_WORD && pb_str_eq_nocase(now_text(p), pb_str_c(word));
}

static bool at_sign(const parser *p, const char *sign)
{
    return p->now.kind == TOKEN_SIGN && pb_str_is(now_text(p), sign);
}

static bool take_word(parser *p, const char *word)
{
    bool found = at_word(p, word);
    if (found)
        advance(p);
    return found;
}

static bool take_sign(parser *p, const char *sign)
{
    bool found = at_sign(p, sign);
    if (found)
        advance(p);
    return found;
}

/* Says what stands where `what` should. */
static void say_unexpected(parser *p, const char *what)
{
    if (p->now.kind == TOKEN_END)
        refuse(p, p->now.from, PB_MSG("The expression ends where {expected} should follow."),
               "expected", what, NULL);
    else if (p->now.kind == TOKEN_BAD && p->text.ptr[p->now.from] == '\'')
        refuse(p, p->now.from, PB_MSG("The text that begins here does not end."), NULL);
    else
        refuse(p, p->now.from, PB_MSG("“{found}” stands where {expected} should."), "found",
               PB_ARG(now_text(p)), "expected", what, NULL);
}

static pb_status unexpected(parser *p, const char *what)
{
    say_unexpected(p, what);
    return PB_INVALID;
}

/* --- nodes --- */

static pb_status make(parser *p, expr_node draft, const expr_node **ret_node)
{
    if (++p->nodes > NODES_MAX)
        return refuse(p, draft.offset, PB_MSG("The expression has more than {count} parts."),
                      "count", PB_ARG_INT(NODES_MAX), NULL);
    expr_node *node = pb_arena_alloc(p->arena, sizeof *node);
    if (node == NULL)
        return pb_fail_memory(p->err);
    *node = draft;
    *ret_node = node;
    return PB_OK;
}

static expr_class class_of(model_type type)
{
    switch (type) {
    case MODEL_BOOLEAN:
        return EXPR_TRUTH;
    case MODEL_INTEGER:
    case MODEL_DECIMAL:
        return EXPR_NUMBER;
    case MODEL_MONEY:
        return EXPR_MONEY;
    case MODEL_DATE:
        return EXPR_DAY;
    case MODEL_INSTANT:
        return EXPR_MOMENT;
    case MODEL_LINK:
        return EXPR_LINK;
    default:
        return EXPR_TEXT;
    }
}

static const char *class_name(expr_class klass)
{
    static const char *const names[] = {"a number",           "a text",        "a date", "a date",
                                        "an amount of money", "true or false", "a link"};
    return names[klass];
}

static pb_status note_field(parser *p, const model_field *field)
{
    for (size_t i = 0; i < p->field_count; i++)
        if (p->fields[i] == field)
            return PB_OK;
    return PB_PUSH(p->arena, p->fields, p->field_count, p->field_capacity, field)
               ? PB_OK
               : pb_fail_memory(p->err);
}

static pb_status unknown_field(parser *p, pb_str word)
{
    refuse(p, p->now.from, PB_MSG("“{word}” is not a field of “{entity}”."), "word", PB_ARG(word),
           "entity", PB_ARG(p->entity->name), NULL);
    const char **names = pb_arena_array(p->arena, p->entity->field_count + 1, sizeof *names);
    if (names == NULL)
        return pb_fail_memory(p->err);
    for (size_t i = 0; i < p->entity->field_count; i++)
        if ((names[i] = pb_arena_cstr(p->arena, p->entity->fields[i].name)) == NULL)
            return pb_fail_memory(p->err);
    const char *nearest = model_yaml_nearest(word, names);
    if (nearest != NULL)
        pb_error_hint(p->err, PB_MSG("Did you mean “{name}”?"), "name", nearest, NULL);
    else
        pb_error_hint(p->err, PB_MSG("A text stands in single quotes: '{word}'."), "word",
                      PB_ARG(word), NULL);
    return PB_INVALID;
}

/* --- operands --- */

static pb_status parse_number(parser *p, bool negative, const expr_node **ret_node)
{
    pb_str digits_text = now_text(p);
    char *written =
        pb_arena_printf(p->arena, "%s%.*s", negative ? "-" : "", PB_STR_FMT(digits_text));
    if (written == NULL)
        return pb_fail_memory(p->err);
    expr_node node = {.op = EXPR_CONSTANT, .klass = EXPR_NUMBER, .offset = p->now.from};
    node.written = pb_str_c(written);
    int64_t whole = 0;
    double real = 0;
    if (pb_str_index(node.written, '.') == node.written.len) {
        if (!pb_str_to_i64(node.written, &whole) || whole == INT64_MIN)
            return refuse(p, p->now.from, PB_MSG("The number {value} is too large."), "value",
                          written, NULL);
        node.constant = PB_VALUE_INT(whole);
    } else {
        if (!pb_str_to_double(node.written, &real))
            return refuse(p, p->now.from, PB_MSG("The number {value} is too large."), "value",
                          written, NULL);
        node.constant = PB_VALUE_REAL(real);
    }
    advance(p);
    return make(p, node, ret_node);
}

static pb_status parse_date(parser *p, const expr_node **ret_node)
{
    int64_t days = 0;
    if (!pb_date_parse(now_text(p), &days))
        return refuse(p, p->now.from, PB_MSG("The date {value} does not exist."), "value",
                      PB_ARG(now_text(p)), NULL);
    expr_node node = {.op = EXPR_CONSTANT, .klass = EXPR_DAY, .offset = p->now.from};
    node.constant = PB_VALUE_INT(days);
    advance(p);
    return make(p, node, ret_node);
}

static pb_status make_text(parser *p, pb_str text, size_t offset, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_CONSTANT, .klass = EXPR_TEXT, .offset = offset};
    node.constant = PB_VALUE_TEXT(text);
    return make(p, node, ret_node);
}

/* 'it''s' → it's */
static pb_status parse_text(parser *p, const expr_node **ret_node)
{
    pb_str inner = pb_str_sub(p->text, p->now.from + 1, p->now.to - p->now.from - 2);
    char *text = pb_arena_alloc(p->arena, inner.len + 1);
    if (text == NULL)
        return pb_fail_memory(p->err);
    size_t len = 0;
    for (size_t i = 0; i < inner.len; i++) {
        text[len++] = inner.ptr[i];
        if (inner.ptr[i] == '\'')
            i++;
    }
    size_t offset = p->now.from;
    advance(p);
    return make_text(p, pb_str_n(text, len), offset, ret_node);
}

static pb_status parse_word(parser *p, const expr_node **ret_node)
{
    expr_node node = {.offset = p->now.from};
    if (at_word(p, "today")) {
        node.op = EXPR_TODAY;
        node.klass = EXPR_DAY;
    } else if (at_word(p, "true") || at_word(p, "false")) {
        node.op = EXPR_CONSTANT;
        node.klass = EXPR_TRUTH;
        node.constant = PB_VALUE_INT(at_word(p, "true") ? 1 : 0);
        node.written = at_word(p, "true") ? PB_STR("1") : PB_STR("0");
    } else {
        node.op = EXPR_FIELD;
        node.field = model_field_find(p->entity, now_text(p));
        if (node.field == NULL)
            return unknown_field(p, now_text(p));
        node.klass = class_of(node.field->type);
        PB_TRY(note_field(p, node.field));
    }
    advance(p);
    return make(p, node, ret_node);
}

static pb_status parse_single(parser *p, const expr_node **ret_node)
{
    switch (p->now.kind) {
    case TOKEN_NUMBER:
        return parse_number(p, false, ret_node);
    case TOKEN_DATE:
        return parse_date(p, ret_node);
    case TOKEN_TEXT:
        return parse_text(p, ret_node);
    case TOKEN_WORD:
        return parse_word(p, ret_node);
    default:
        if (at_sign(p, "-") && expr_scan(p->text, p->now.to).kind == TOKEN_NUMBER) {
            advance(p);
            return parse_number(p, true, ret_node);
        }
        return unexpected(p, PB_MSG("a field, a number, a date or a text"));
    }
}

static bool is_time(expr_class klass)
{
    return klass == EXPR_DAY || klass == EXPR_MOMENT;
}

/* Moments become days wherever they meet days or numbers. */
static pb_status as_day(parser *p, const expr_node *node, const expr_node **ret_node)
{
    if (node->klass != EXPR_MOMENT) {
        *ret_node = node;
        return PB_OK;
    }
    expr_node day = {.op = EXPR_DAY_OF, .klass = EXPR_DAY, .left = node, .offset = node->offset};
    return make(p, day, ret_node);
}

static pb_status combine(parser *p, bool add, size_t offset, const expr_node *left,
                         const expr_node *right, const expr_node **ret_node)
{
    expr_class a = left->klass, b = right->klass;
    expr_node node = {.op = add ? EXPR_ADD : EXPR_SUB, .offset = left->offset};
    if ((a == EXPR_NUMBER || a == EXPR_MONEY) && a == b)
        node.klass = a;
    else if (is_time(a) && b == EXPR_NUMBER)
        node.klass = EXPR_DAY;
    else if (add && a == EXPR_NUMBER && is_time(b))
        node.klass = EXPR_DAY;
    else if (!add && is_time(a) && is_time(b))
        node.klass = EXPR_NUMBER;
    else
        return refuse(p, offset, PB_MSG("{left} and {right} cannot be added or subtracted."),
                      "left", class_name(a), "right", class_name(b), NULL);
    PB_TRY(as_day(p, left, &node.left));
    PB_TRY(as_day(p, right, &node.right));
    return make(p, node, ret_node);
}

static pb_status parse_operand(parser *p, const expr_node **ret_node)
{
    const expr_node *left = NULL;
    PB_TRY(parse_single(p, &left));
    while (at_sign(p, "+") || at_sign(p, "-")) {
        bool add = at_sign(p, "+");
        size_t offset = p->now.from;
        advance(p);
        const expr_node *right = NULL;
        PB_TRY(parse_single(p, &right));
        PB_TRY(combine(p, add, offset, left, right, &left));
    }
    *ret_node = left;
    return PB_OK;
}

/* --- tests --- */

/* A text compared with a closed choice must be one of its values; with an open one it must not look
 * like a slip of the pen for one of them. */
static pb_status check_choice(parser *p, const expr_node *field, const expr_node *text)
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
    refuse(p, text->offset, PB_MSG("“{value}” is not one of the values of “{field}”."), "value",
           PB_ARG(value), "field", PB_ARG(f->name), NULL);
    model_yaml_hint_names(p->err, value, names);
    return PB_INVALID;
}

static bool is_zero(const expr_node *node)
{
    return node->op == EXPR_CONSTANT && node->constant.kind == PB_INT && node->constant.as.i == 0;
}

static pb_status check_classes(parser *p, expr_op op, size_t offset, const expr_node *a,
                               const expr_node *b)
{
    expr_class left = a->klass, right = b->klass;
    if (left == EXPR_LINK || right == EXPR_LINK) {
        refuse(p, offset, PB_MSG("A link can only be tested with “is null” or “is not null”."),
               NULL);
        return PB_INVALID;
    }
    bool money = (left == EXPR_MONEY && right == EXPR_NUMBER && is_zero(b)) ||
                 (right == EXPR_MONEY && left == EXPR_NUMBER && is_zero(a));
    if (left != right && !money && !(is_time(left) && is_time(right))) {
        refuse(p, offset, PB_MSG("{left} cannot be compared with {right}."), "left",
               class_name(left), "right", class_name(right), NULL);
        if (left == EXPR_MONEY || right == EXPR_MONEY)
            pb_error_hint(p->err,
                          PB_MSG("Money is compared with 0 or with other money: what a "
                                 "number is worth depends on the currency."),
                          NULL);
        return PB_INVALID;
    }
    if ((left == EXPR_TEXT || left == EXPR_TRUTH) && op != EXPR_EQ && op != EXPR_NE) {
        refuse(p, offset, PB_MSG("{left} has no order to compare by."), "left", class_name(left),
               NULL);
        pb_error_hint(p->err, PB_MSG("Use = or <> or in (…)."), NULL);
        return PB_INVALID;
    }
    PB_TRY(check_choice(p, a, b));
    return check_choice(p, b, a);
}

static pb_status compare(parser *p, expr_op op, size_t offset, const expr_node *a,
                         const expr_node *b, const expr_node **ret_node)
{
    PB_TRY(check_classes(p, op, offset, a, b));
    if (a->klass != b->klass && is_time(a->klass)) {
        PB_TRY(as_day(p, a, &a));
        PB_TRY(as_day(p, b, &b));
    }
    return make(p, (expr_node){.op = op, .left = a, .right = b, .offset = a->offset}, ret_node);
}

static pb_status negate(parser *p, const expr_node *node, const expr_node **ret_node)
{
    return make(p, (expr_node){.op = EXPR_NOT, .left = node, .offset = node->offset}, ret_node);
}

static pb_status parse_is(parser *p, const expr_node *left, const expr_node **ret_node)
{
    bool not = take_word(p, "not");
    if (!take_word(p, "null")) {
        unexpected(p, PB_MSG("“null”"));
        pb_error_hint(p->err, PB_MSG("Write “is null” or “is not null”; to compare, use =."), NULL);
        return PB_INVALID;
    }
    expr_node node = {.op = EXPR_IS_NULL, .left = left, .offset = left->offset};
    const expr_node *test = NULL;
    PB_TRY(make(p, node, &test));
    if (not )
        PB_TRY(negate(p, test, &test));
    *ret_node = test;
    return PB_OK;
}

static pb_status parse_item(parser *p, const expr_node *left, const expr_node **ret_node)
{
    size_t offset = p->now.from;
    const expr_node *item = NULL;
    if (p->now.kind == TOKEN_WORD && left->klass == EXPR_TEXT) {
        PB_TRY(make_text(p, now_text(p), offset, &item));
        advance(p);
    } else if (p->now.kind == TOKEN_WORD) {
        return unexpected(p, PB_MSG("a number, a date or a text"));
    } else {
        PB_TRY(parse_single(p, &item));
    }
    PB_TRY(check_classes(p, EXPR_EQ, offset, left, item));
    *ret_node = item;
    return PB_OK;
}

static pb_status parse_in(parser *p, const expr_node *left, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_IN, .left = left, .offset = left->offset};
    size_t capacity = 0;
    if (left->klass == EXPR_TRUTH)
        return refuse(p, p->now.from, PB_MSG("True or false needs no list."), NULL);
    if (left->klass == EXPR_MOMENT)
        PB_TRY(as_day(p, left, &node.left));
    if (!take_sign(p, "("))
        return unexpected(p, PB_MSG("“(”"));
    do {
        const expr_node *item = NULL;
        PB_TRY(parse_item(p, node.left, &item));
        if (!PB_PUSH(p->arena, node.items, node.item_count, capacity, item))
            return pb_fail_memory(p->err);
    } while (take_sign(p, ","));
    if (!take_sign(p, ")"))
        return unexpected(p, PB_MSG("“,” or “)”"));
    return make(p, node, ret_node);
}

static pb_status parse_between(parser *p, size_t offset, const expr_node *left,
                               const expr_node **ret_node)
{
    const expr_node *low = NULL, *high = NULL;
    PB_TRY(parse_operand(p, &low));
    if (!take_word(p, "and"))
        return unexpected(p, PB_MSG("“and”"));
    PB_TRY(parse_operand(p, &high));
    expr_node node = {.op = EXPR_AND, .offset = left->offset};
    PB_TRY(compare(p, EXPR_GE, offset, left, low, &node.left));
    PB_TRY(compare(p, EXPR_LE, offset, left, high, &node.right));
    return make(p, node, ret_node);
}

static bool take_comparison(parser *p, expr_op *ret_op)
{
    static const struct {
        const char *sign;
        expr_op op;
    } signs[] = {{"=", EXPR_EQ},  {"!=", EXPR_NE}, {"<>", EXPR_NE}, {"<=", EXPR_LE},
                 {">=", EXPR_GE}, {"<", EXPR_LT},  {">", EXPR_GT}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (take_sign(p, signs[i].sign)) {
            *ret_op = signs[i].op;
            return true;
        }
    return false;
}

static pb_status parse_comparison(parser *p, const expr_node **ret_node)
{
    const expr_node *left = NULL, *right = NULL, *test = NULL;
    PB_TRY(parse_operand(p, &left));
    size_t offset = p->now.from;
    expr_op op = EXPR_EQ;
    if (take_word(p, "is"))
        return parse_is(p, left, ret_node);
    if (take_comparison(p, &op)) {
        PB_TRY(parse_operand(p, &right));
        return compare(p, op, offset, left, right, ret_node);
    }
    bool not = take_word(p, "not");
    if (take_word(p, "in"))
        PB_TRY(parse_in(p, left, &test));
    else if (take_word(p, "between"))
        PB_TRY(parse_between(p, offset, left, &test));
    else
        return unexpected(p, PB_MSG("a comparison (=, <>, <, >, in, between, is null)"));
    if (not )
        PB_TRY(negate(p, test, &test));
    *ret_node = test;
    return PB_OK;
}

static pb_status parse_or(parser *p, const expr_node **ret_node);

static pb_status parse_not(parser *p, const expr_node **ret_node)
{
    if (++p->depth > DEPTH_MAX)
        return refuse(p, p->now.from, PB_MSG("Nested deeper than {count} levels."), "count",
                      PB_ARG_INT(DEPTH_MAX), NULL);
    const expr_node *node = NULL;
    if (take_word(p, "not")) {
        PB_TRY(parse_not(p, &node));
        PB_TRY(negate(p, node, &node));
    } else if (take_sign(p, "(")) {
        PB_TRY(parse_or(p, &node));
        if (!take_sign(p, ")"))
            return unexpected(p, PB_MSG("“)”"));
    } else {
        PB_TRY(parse_comparison(p, &node));
    }
    p->depth--;
    *ret_node = node;
    return PB_OK;
}

static pb_status parse_and(parser *p, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_AND};
    PB_TRY(parse_not(p, &node.left));
    while (take_word(p, "and")) {
        PB_TRY(parse_not(p, &node.right));
        node.offset = node.left->offset;
        PB_TRY(make(p, node, &node.left));
    }
    *ret_node = node.left;
    return PB_OK;
}

static pb_status parse_or(parser *p, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_OR};
    PB_TRY(parse_and(p, &node.left));
    while (take_word(p, "or")) {
        PB_TRY(parse_and(p, &node.right));
        node.offset = node.left->offset;
        PB_TRY(make(p, node, &node.left));
    }
    *ret_node = node.left;
    return PB_OK;
}

pb_status expr_parse_at(pb_arena *arena, const model_entity *entity, pb_str text, model_place place,
                        bool exact, model_expr **ret_expr, pb_error *err)
{
    parser p = {.arena = arena, .entity = entity, .place = place, .exact = exact, .err = err};
    if (text.len > TEXT_MAX)
        return refuse(&p, 0, PB_MSG("The expression is longer than {count} bytes."), "count",
                      PB_ARG_INT(TEXT_MAX), NULL);
    p.text = pb_arena_str(arena, text);
    model_expr *expr = pb_arena_alloc(arena, sizeof *expr);
    if (expr == NULL || p.text.ptr == NULL)
        return pb_fail_memory(err);
    p.now = expr_scan(p.text, 0);
    PB_TRY(parse_or(&p, &expr->root));
    if (p.now.kind != TOKEN_END)
        return unexpected(&p, PB_MSG("“and”, “or” or the end"));
    expr->text = p.text;
    expr->fields = p.fields;
    expr->field_count = p.field_count;
    *ret_expr = expr;
    return PB_OK;
}

pb_status model_expr_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                           model_place place, model_expr **ret_expr, pb_error *err)
{
    return expr_parse_at(arena, entity, text, place, true, ret_expr, err);
}
