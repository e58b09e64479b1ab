/* Expressions, first half of the parser: tokens taken one by one, nodes made, operands read. */
#include "expr_parser.h"

#include "base/time.h"
#include "base/utf8.h"

model_place expr_place_of(const expr_parser *p, size_t offset)
{
    model_place place = p->place;
    if (p->exact)
        place.column += (int)pb_utf8_count(pb_str_sub(p->text, 0, offset));
    return place;
}

void expr_advance(expr_parser *p)
{
    p->now = expr_scan(p->text, p->now.to);
}

pb_str expr_now_text(const expr_parser *p)
{
    return pb_str_sub(p->text, p->now.from, p->now.to - p->now.from);
}

static bool at_word(const expr_parser *p, const char *word)
{
    return p->now.kind == TOKEN_WORD && pb_str_eq_nocase(expr_now_text(p), pb_str_c(word));
}

static bool at_sign(const expr_parser *p, const char *sign)
{
    return p->now.kind == TOKEN_SIGN && pb_str_is(expr_now_text(p), sign);
}

bool expr_take_word(expr_parser *p, const char *word)
{
    bool found = at_word(p, word);
    if (found)
        expr_advance(p);
    return found;
}

bool expr_take_sign(expr_parser *p, const char *sign)
{
    bool found = at_sign(p, sign);
    if (found)
        expr_advance(p);
    return found;
}

void expr_say_unexpected(expr_parser *p, const char *what)
{
    if (p->now.kind == TOKEN_END)
        expr_refuse(p, p->now.from, PB_MSG("The expression ends where {expected} should follow."),
                    "expected", what, NULL);
    else if (p->now.kind == TOKEN_BAD && p->text.ptr[p->now.from] == '\'')
        expr_refuse(p, p->now.from, PB_MSG("The text that begins here does not end."), NULL);
    else
        expr_refuse(p, p->now.from, PB_MSG("“{found}” stands where {expected} should."), "found",
                    PB_ARG(expr_now_text(p)), "expected", what, NULL);
}

/* --- nodes --- */

pb_status expr_make(expr_parser *p, expr_node draft, const expr_node **ret_node)
{
    if (++p->nodes > NODES_MAX)
        return expr_refuse(p, draft.offset, PB_MSG("The expression has more than {count} parts."),
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

const char *expr_class_name(expr_class klass)
{
    static const char *const names[] = {"a number",           "a text",        "a date", "a date",
                                        "an amount of money", "true or false", "a link"};
    return names[klass];
}

static pb_status note_field(expr_parser *p, const model_field *field)
{
    for (size_t i = 0; i < p->field_count; i++)
        if (p->fields[i] == field)
            return PB_OK;
    return PB_PUSH(p->arena, p->fields, p->field_count, p->field_capacity, field)
               ? PB_OK
               : pb_fail_memory(p->err);
}

/* PB_OK: it is said. */
static pb_status say_unknown_field(expr_parser *p, pb_str word)
{
    expr_refuse(p, p->now.from, PB_MSG("“{word}” is not a field of “{entity}”."), "word",
                PB_ARG(word), "entity", PB_ARG(p->entity->name), NULL);
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
    return PB_OK;
}

/* --- operands --- */

static pb_status parse_number(expr_parser *p, bool negative, const expr_node **ret_node)
{
    pb_str digits_text = expr_now_text(p);
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
            return expr_refuse(p, p->now.from, PB_MSG("The number {value} is too large."), "value",
                               written, NULL);
        node.constant = PB_VALUE_INT(whole);
    } else {
        if (!pb_str_to_double(node.written, &real))
            return expr_refuse(p, p->now.from, PB_MSG("The number {value} is too large."), "value",
                               written, NULL);
        node.constant = PB_VALUE_REAL(real);
    }
    expr_advance(p);
    return expr_make(p, node, ret_node);
}

static pb_status parse_date(expr_parser *p, const expr_node **ret_node)
{
    int64_t days = 0;
    if (!pb_date_parse(expr_now_text(p), &days))
        return expr_refuse(p, p->now.from, PB_MSG("The date {value} does not exist."), "value",
                           PB_ARG(expr_now_text(p)), NULL);
    expr_node node = {.op = EXPR_CONSTANT, .klass = EXPR_DAY, .offset = p->now.from};
    node.constant = PB_VALUE_INT(days);
    expr_advance(p);
    return expr_make(p, node, ret_node);
}

pb_status expr_make_text(expr_parser *p, pb_str text, size_t offset, const expr_node **ret_node)
{
    expr_node node = {.op = EXPR_CONSTANT, .klass = EXPR_TEXT, .offset = offset};
    node.constant = PB_VALUE_TEXT(text);
    return expr_make(p, node, ret_node);
}

/* 'it''s' → it's */
static pb_status parse_text(expr_parser *p, const expr_node **ret_node)
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
    expr_advance(p);
    return expr_make_text(p, pb_str_n(text, len), offset, ret_node);
}

static pb_status parse_word(expr_parser *p, const expr_node **ret_node)
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
        node.field = model_field_find(p->entity, expr_now_text(p));
        if (node.field == NULL) {
            PB_TRY(say_unknown_field(p, expr_now_text(p)));
            return PB_INVALID;
        }
        node.klass = class_of(node.field->type);
        PB_TRY(note_field(p, node.field));
    }
    expr_advance(p);
    return expr_make(p, node, ret_node);
}

pb_status expr_parse_single(expr_parser *p, const expr_node **ret_node)
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
            expr_advance(p);
            return parse_number(p, true, ret_node);
        }
        return expr_unexpected(p, PB_MSG("a field, a number, a date or a text"));
    }
}

bool expr_is_time(expr_class klass)
{
    return klass == EXPR_DAY || klass == EXPR_MOMENT;
}

/* Moments become days wherever they meet days or numbers. */
pb_status expr_as_day(expr_parser *p, const expr_node *node, const expr_node **ret_node)
{
    if (node->klass != EXPR_MOMENT) {
        *ret_node = node;
        return PB_OK;
    }
    expr_node day = {.op = EXPR_DAY_OF, .klass = EXPR_DAY, .left = node, .offset = node->offset};
    return expr_make(p, day, ret_node);
}

static pb_status combine(expr_parser *p, bool add, size_t offset, const expr_node *left,
                         const expr_node *right, const expr_node **ret_node)
{
    expr_class a = left->klass, b = right->klass;
    expr_node node = {.op = add ? EXPR_ADD : EXPR_SUB, .offset = left->offset};
    if ((a == EXPR_NUMBER || a == EXPR_MONEY) && a == b)
        node.klass = a;
    else if (expr_is_time(a) && b == EXPR_NUMBER)
        node.klass = EXPR_DAY;
    else if (add && a == EXPR_NUMBER && expr_is_time(b))
        node.klass = EXPR_DAY;
    else if (!add && expr_is_time(a) && expr_is_time(b))
        node.klass = EXPR_NUMBER;
    else
        return expr_refuse(p, offset, PB_MSG("{left} and {right} cannot be added or subtracted."),
                           "left", expr_class_name(a), "right", expr_class_name(b), NULL);
    PB_TRY(expr_as_day(p, left, &node.left));
    PB_TRY(expr_as_day(p, right, &node.right));
    return expr_make(p, node, ret_node);
}

pb_status expr_parse_operand(expr_parser *p, const expr_node **ret_node)
{
    const expr_node *left = NULL;
    PB_TRY(expr_parse_single(p, &left));
    while (at_sign(p, "+") || at_sign(p, "-")) {
        bool add = at_sign(p, "+");
        size_t offset = p->now.from;
        expr_advance(p);
        const expr_node *right = NULL;
        PB_TRY(expr_parse_single(p, &right));
        PB_TRY(combine(p, add, offset, left, right, &left));
    }
    *ret_node = left;
    return PB_OK;
}
