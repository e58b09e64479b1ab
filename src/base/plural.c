/* Plural rules: a recursive evaluator by precedence climbing. */
#include "plural.h"

#include <string.h>

enum { DEPTH = 32 };

typedef struct reader {
    pb_str in;
    size_t pos;
    uint64_t n;
    int depth;
    bool bad;
} reader;

static const struct operation {
    char text[3];
    int level;
} operations[] = {{"||", 1}, {"&&", 2}, {"==", 3}, {"!=", 3}, {"<=", 4}, {">=", 4}, {"<", 4},
                  {">", 4},  {"+", 5},  {"-", 5},  {"*", 6},  {"/", 6},  {"%", 6}};

static uint64_t ternary(reader *r);

static char peek(reader *r)
{
    while (r->pos < r->in.len && (r->in.ptr[r->pos] == ' ' || r->in.ptr[r->pos] == '\t'))
        r->pos++;
    return r->pos < r->in.len ? r->in.ptr[r->pos] : '\0';
}

static bool accept(reader *r, char c)
{
    if (peek(r) != c)
        return false;
    r->pos++;
    return true;
}

static uint64_t number(reader *r)
{
    uint64_t value = 0;
    if (peek(r) < '0' || peek(r) > '9')
        r->bad = true;
    while (r->pos < r->in.len && r->in.ptr[r->pos] >= '0' && r->in.ptr[r->pos] <= '9')
        value = value * 10 + (uint64_t)(r->in.ptr[r->pos++] - '0');
    return value;
}

static uint64_t primary(reader *r)
{
    if (accept(r, 'n'))
        return r->n;
    if (accept(r, '!'))
        return r->depth++ < DEPTH ? !primary(r) : (r->bad = true);
    if (!accept(r, '('))
        return number(r);
    uint64_t value = ternary(r);
    if (!accept(r, ')'))
        r->bad = true;
    return value;
}

static uint64_t divide(reader *r, char operation, uint64_t a, uint64_t b)
{
    if (b == 0) {
        r->bad = true;
        return 0;
    }
    return operation == '/' ? a / b : a % b;
}

static uint64_t apply(reader *r, const char *operation, uint64_t a, uint64_t b)
{
    switch (*operation) {
    case '|':
        return a || b;
    case '&':
        return a && b;
    case '=':
        return a == b;
    case '!':
        return a != b;
    case '<':
        return operation[1] ? a <= b : a < b;
    case '>':
        return operation[1] ? a >= b : a > b;
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    default:
        return divide(r, *operation, a, b);
    }
}

static const struct operation *next_operation(reader *r, int level)
{
    peek(r);
    pb_str rest = pb_str_sub(r->in, r->pos, r->in.len);
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (pb_str_starts(rest, pb_str_c(operations[i].text)))
            return operations[i].level >= level ? &operations[i] : NULL;
    return NULL;
}

static uint64_t binary(reader *r, int level)
{
    uint64_t value = primary(r);
    const struct operation *operation;
    while (!r->bad && (operation = next_operation(r, level)) != NULL) {
        r->pos += strlen(operation->text);
        uint64_t right = binary(r, operation->level + 1);
        value = apply(r, operation->text, value, right);
    }
    return value;
}

static uint64_t ternary(reader *r)
{
    if (r->depth++ >= DEPTH) {
        r->bad = true;
        return 0;
    }
    uint64_t condition = binary(r, 1);
    if (r->bad || !accept(r, '?'))
        return condition;
    uint64_t yes = ternary(r);
    if (!accept(r, ':'))
        r->bad = true;
    uint64_t no = r->bad ? 0 : ternary(r);
    return condition ? yes : no;
}

bool pb_plural_eval(pb_str rule, uint64_t n, uint64_t *ret)
{
    reader r = {.in = rule, .n = n};
    uint64_t value = ternary(&r);
    if (r.bad || peek(&r) != '\0')
        return false;
    *ret = value;
    return true;
}
