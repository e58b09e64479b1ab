/* Foreign statements: what they may say, and how PostgreSQL says it.
 *
 * What differs and can be given a name (functions, operators) is defined in the schema NAME_sql
 * (functions.c). Here stands what cannot:
 *   - `LIKE` knows no case: ILIKE; `GLOB` with a written pattern: a regular expression;
 *   - `IS` and `IS NOT` between values: IS [NOT] DISTINCT FROM;
 *   - `==`, names in `` and [], x'…', char(…);
 *   - numbers with a point are doubles; CAST never fails;
 *   - absent values come first, unless the statement says where;
 *   - a query behind FROM needs no name of its own.
 */
#include "dialect.h"

#include "../pure.h"

enum { DEPTH_MAX = 100, TOKENS_MAX = 100000 };

typedef struct frame {
    bool from;    /* inside FROM: names of tables follow */
    bool table;   /* ... one is expected now */
    bool derived; /* it is a query behind FROM */
    bool order;   /* inside ORDER BY */
    bool falling; /* ... DESC */
    bool placed;  /* ... NULLS FIRST or LAST */
    size_t cast;  /* number of the AS that ends a CAST; 0: none */
} frame;

typedef struct dialect {
    const db_layout *layout;
    pb_str sql;
    db_token *tokens;
    size_t count;
    pg_places *places;
    pb_buf *out;
    frame frames[DEPTH_MAX];
    size_t depth;
    int derived; /* names given to queries behind FROM */
} dialect;

static bool is(const dialect *d, size_t at, const char *word)
{
    return at < d->count && d->tokens[at].kind == DB_TOKEN_WORD &&
           pb_str_eq_nocase(d->tokens[at].name, pb_str_c(word));
}

static bool is_any(const dialect *d, size_t at, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is(d, at, *words))
            return true;
    return false;
}

static bool mark(const dialect *d, size_t at, const char *text)
{
    return at < d->count && d->tokens[at].kind == DB_TOKEN_MARK &&
           pb_str_is(d->tokens[at].text, text);
}

static bool is_name(const dialect *d, size_t at)
{
    return at < d->count &&
           (d->tokens[at].kind == DB_TOKEN_WORD || d->tokens[at].kind == DB_TOKEN_QUOTED);
}

/* ---- what may be said ---- */

static const char *const clauses[] = {"where",  "group",     "order",  "having", "limit", "union",
                                      "except", "intersect", "window", "offset", NULL};

/* Words of the language; none of them can be called or be a column's alias without AS. */
static const char *const keywords[] = {
    "select",    "from",      "where",     "group",        "order",  "having",   "limit", "union",
    "except",    "intersect", "window",    "offset",       "by",     "as",       "and",   "or",
    "not",       "in",        "is",        "null",         "exists", "between",  "like",  "glob",
    "case",      "when",      "then",      "else",         "end",    "join",     "left",  "inner",
    "cross",     "outer",     "natural",   "on",           "using",  "distinct", "all",   "values",
    "with",      "recursive", "over",      "partition",    "filter", "rows",     "range", "groups",
    "preceding", "following", "unbounded", "current",      "row",    "asc",      "desc",  "nulls",
    "cast",      "collate",   "escape",    "materialized", "any",    NULL};

static bool is_keyword(const dialect *d, size_t at)
{
    return is_any(d, at, keywords);
}

/* Refused wherever they stand: they write, lock, or ask the server about itself. */
static const char *const never[] = {"into",
                                    "table",
                                    "tablesample",
                                    "lateral",
                                    "for",
                                    "only",
                                    "user",
                                    "current_user",
                                    "session_user",
                                    "current_role",
                                    "current_catalog",
                                    "current_schema",
                                    "current_date",
                                    "current_time",
                                    "current_timestamp",
                                    "localtime",
                                    "localtimestamp",
                                    "collation",
                                    "ctid",
                                    "xmin",
                                    "xmax",
                                    "tableoid",
                                    "information_schema",
                                    NULL};

static bool is_column(const db_layout *layout, pb_str name)
{
    for (size_t i = 0; i < layout->table_count; i++)
        for (size_t c = 0; c < layout->tables[i].count; c++)
            if (pb_str_eq_nocase(layout->tables[i].columns[c].name, name))
                return true;
    return false;
}

static pb_status check_mark(const dialect *d, size_t at, pb_error *err)
{
    static const char *const known[] = {
        "(", ")", ",",  ".",  "+",  "-",  "*",  "/",  "%",  "<",  ">", "=",
        "&", "|", "||", "==", "!=", "<>", "<=", ">=", "<<", ">>", ";", NULL};
    for (const char *const *one = known; *one != NULL; one++)
        if (pb_str_is(d->tokens[at].text, *one))
            return PB_OK;
    return db_refuse(PB_ARG(d->tokens[at].text), err);
}

static pb_status check_word(const dialect *d, size_t at, pb_error *err)
{
    const db_token *token = &d->tokens[at];
    bool before =
        at + 1 < d->count && d->tokens[at + 1].kind == DB_TOKEN_STRING && !d->tokens[at + 1].apart;
    bool blob = before && (pb_str_eq_nocase(token->name, PB_STR("x")));
    if ((before && !blob) || token->text.ptr[0] == '$' ||
        pb_str_eq_nocase(pb_str_sub(token->name, 0, 3), PB_STR("pg_")))
        return db_refuse(PB_ARG(token->name), err);
    if (token->kind == DB_TOKEN_WORD && is_any(d, at, never) && !is_column(d->layout, token->name))
        return db_refuse(PB_ARG(token->name), err);
    bool called = mark(d, at + 1, "(");
    if (!called)
        return PB_OK;
    bool dotted = at > 0 && mark(d, at - 1, ".");
    if (!dotted && token->kind == DB_TOKEN_WORD &&
        (is_keyword(d, at) || db_is_pure(token->name) || db_defines(d->sql, token->name)))
        return PB_OK;
    return db_refuse(PB_ARG(token->name), err);
}

static pb_status check_words(const dialect *d, pb_error *err)
{
    if (!is(d, 0, "select") && !is(d, 0, "with") && !is(d, 0, "values"))
        return db_refuse(PB_ARG(d->tokens[0].text), err);
    for (size_t i = 0; i < d->count; i++) {
        if (d->tokens[i].kind == DB_TOKEN_MARK)
            PB_TRY(check_mark(d, i, err));
        else if (is_name(d, i))
            PB_TRY(check_word(d, i, err));
    }
    return PB_OK;
}

/* The name of a table: a published view, or a common table expression. */
static pb_status check_table(const dialect *d, size_t at, pb_error *err)
{
    pb_str name = d->tokens[at].name;
    bool known = db_layout_view(d->layout, name) != NULL || db_defines(d->sql, name);
    if (known && !mark(d, at + 1, ".") && !mark(d, at + 1, "("))
        return PB_OK;
    return db_refuse(PB_ARG(name), err);
}

/* ---- clauses ---- */

static frame *top(dialect *d)
{
    return &d->frames[d->depth];
}

static bool is_from(const dialect *d, size_t at)
{
    bool distinct = at >= 2 && is(d, at - 1, "distinct") &&
                    (is(d, at - 2, "is") || (at >= 3 && is(d, at - 2, "not")));
    return is(d, at, "from") && !distinct;
}

/* An item of ORDER BY ends: absent values come first when rising, last when falling. */
static void end_item(dialect *d)
{
    frame *f = top(d);
    if (f->order && !f->placed)
        pb_buf_addc(d->out, f->falling ? " NULLS LAST" : " NULLS FIRST");
    f->placed = false;
    f->falling = false;
}

static pb_status follow_word(dialect *d, size_t at, pb_error *err)
{
    static const char *const frames[] = {"rows", "range", "groups", NULL};
    frame *f = top(d);
    if (is_any(d, at, clauses) || (f->order && is_any(d, at, frames))) {
        end_item(d);
        f->order = is(d, at, "order");
        f->from = f->table = false;
    } else if (is_from(d, at) || is(d, at, "join")) {
        f->from = f->table = true;
    } else if (f->order && is(d, at, "desc")) {
        f->falling = true;
    } else if (f->order && is(d, at, "nulls")) {
        f->placed = true;
    } else if (f->table && !is(d, at, "select") && !is(d, at, "values") && !is(d, at, "with")) {
        f->table = false;
        return check_table(d, at, err);
    }
    return PB_OK;
}

/* `at` is an opening parenthesis. */
static pb_status enter(dialect *d, size_t at, pb_error *err)
{
    frame *outer = top(d);
    bool query = is(d, at + 1, "select") || is(d, at + 1, "values") || is(d, at + 1, "with");
    if (d->depth + 1 >= DEPTH_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("The SQL text is too long."), NULL);
    frame inner = {.derived = outer->table && query};
    inner.from = inner.table = outer->table && !query;
    outer->table = false;
    d->frames[++d->depth] = inner;
    return PB_OK;
}

/* `at` is a closing parenthesis, which stands in the text already. */
static void leave(dialect *d, size_t at)
{
    bool derived = top(d)->derived;
    d->depth -= d->depth > 0;
    bool named = is(d, at + 1, "as") || (is_name(d, at + 1) && !is_keyword(d, at + 1));
    if (derived && !named)
        pb_buf_printf(d->out, " AS derived_%d", ++d->derived);
}

/* ---- words ---- */

/* The AS of the CAST whose parenthesis opens at `at`. */
static size_t find_as(const dialect *d, size_t at)
{
    size_t depth = 0;
    for (size_t i = at; i < d->count; i++) {
        depth += mark(d, i, "(");
        depth -= mark(d, i, ")");
        if (depth == 0)
            return 0;
        if (depth == 1 && is(d, i, "as"))
            return i;
    }
    return 0;
}

static bool holds(pb_str text, const char *part)
{
    for (size_t i = 0; i + strlen(part) <= text.len; i++)
        if (pb_str_eq_nocase(pb_str_sub(text, i, strlen(part)), pb_str_c(part)))
            return true;
    return false;
}

/* Affinity of a type's name (https://sqlite.org/datatype3.html, 3.1). */
static const char *cast_to(pb_str type)
{
    if (holds(type, "int"))
        return "as_integer";
    if (holds(type, "char") || holds(type, "clob") || holds(type, "text"))
        return "as_text";
    if (holds(type, "blob"))
        return "as_blob";
    return "as_real";
}

/* A pattern of GLOB as a regular expression. */
static pb_status put_glob(dialect *d, size_t at, pb_error *err)
{
    if (at >= d->count || d->tokens[at].kind != DB_TOKEN_STRING)
        return pb_fail(err, PB_UNSUPPORTED,
                       PB_MSG("On a database server GLOB takes a written pattern only."), NULL);
    pb_str pattern = d->tokens[at].name;
    bool set = false;
    pb_buf_addc(d->out, "'^");
    for (size_t i = 0; i < pattern.len; i++) {
        char c = pattern.ptr[i];
        if (c == '[' || (set && c == ']'))
            set = c == '[';
        if (set && c == '\\')
            pb_buf_addc(d->out, "\\\\");
        else if (!set && c == '*')
            pb_buf_addc(d->out, ".*");
        else if (!set && c == '?')
            pb_buf_addc(d->out, ".");
        else if (!set && strchr("\\.+(){}|^$", c) != NULL)
            pb_buf_printf(d->out, "\\%c", c);
        else
            pb_buf_byte(d->out, c);
    }
    pb_buf_addc(d->out, "$'");
    return PB_OK;
}

/* IS [NOT] before anything that is no truth value or NULL compares. */
static size_t put_is(dialect *d, size_t at)
{
    static const char *const fixed[] = {"null", "true", "false", "distinct", NULL};
    bool not = is(d, at + 1, "not");
    size_t next = at + 1 + not ;
    pb_buf_addc(d->out, not ? "IS NOT" : "IS");
    if (!is_any(d, next, fixed)) {
        d->out->len -= not ? 4 : 0; /* the NOT changes sides */
        pb_buf_addc(d->out, not ? " DISTINCT FROM" : " NOT DISTINCT FROM");
    }
    return next;
}

static void put_name(dialect *d, pb_str name)
{
    pb_buf_byte(d->out, '"');
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        pb_buf_byte(d->out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    pb_buf_byte(d->out, '"');
}

/* Puts the word at `at`; returns the number of the token behind what was put. */
static pb_status put_word(dialect *d, size_t at, size_t *ret_next, pb_error *err)
{
    pb_str name = d->tokens[at].name;
    *ret_next = at + 1;
    if (is(d, at, "is")) {
        *ret_next = put_is(d, at);
    } else if (is(d, at, "like") && !mark(d, at + 1, "(")) {
        pb_buf_addc(d->out, "ILIKE");
    } else if (is(d, at, "glob") && !mark(d, at + 1, "(")) {
        pb_buf_addc(d->out, is(d, at - 1, "not") ? "" : "~ ");
        *ret_next = at + 2;
        return put_glob(d, at + 1, err);
    } else if (is(d, at, "not") && is(d, at + 1, "glob")) {
        pb_buf_addc(d->out, "!~ ");
    } else if (is(d, at, "cast") && mark(d, at + 1, "(")) {
        size_t as = find_as(d, at + 1);
        if (as == 0 || as + 1 >= d->count)
            return pb_fail(err, PB_INVALID, PB_MSG("The query could not be understood."), NULL);
        pb_buf_addc(d->out, cast_to(d->tokens[as + 1].name));
        PB_TRY(enter(d, at + 1, err));
        top(d)->cast = as;
        pb_buf_byte(d->out, '(');
        *ret_next = at + 2;
    } else if (is(d, at, "x") && at + 1 < d->count && d->tokens[at + 1].kind == DB_TOKEN_STRING &&
               !d->tokens[at + 1].apart) {
        pb_buf_printf(d->out, "'\\x%.*s'::bytea", PB_STR_FMT(d->tokens[at + 1].name));
        *ret_next = at + 2;
    } else if (is(d, at, "char") || is(d, at, "user")) {
        put_name(d, name);
    } else {
        pb_buf_add(d->out, d->tokens[at].text);
    }
    return PB_OK;
}

/* ---- all tokens ---- */

static void put_number(dialect *d, pb_str text)
{
    bool hex = text.len > 2 && (text.ptr[1] | 0x20) == 'x';
    pb_buf_add(d->out, text);
    if (!hex && strcspn(pb_arena_cstr(d->places->arena, text), ".eE") < text.len)
        pb_buf_addc(d->out, "::double precision");
}

static pb_status put_mark(dialect *d, size_t at, pb_error *err)
{
    frame *f = top(d);
    if (mark(d, at, ";"))
        return PB_OK;
    if (mark(d, at, ")") || mark(d, at, ","))
        end_item(d);
    if (mark(d, at, ",") && f->from)
        f->table = true;
    if (mark(d, at, "("))
        PB_TRY(enter(d, at, err));
    pb_buf_addc(d->out, mark(d, at, "==") ? "=" : "");
    if (!mark(d, at, "=="))
        pb_buf_add(d->out, d->tokens[at].text);
    if (mark(d, at, ")"))
        leave(d, at);
    return PB_OK;
}

static pb_status put_place(dialect *d, size_t at, pb_error *err)
{
    int number = db_pg_place(d->places, d->tokens[at].text);
    if (number == 0)
        return pb_fail(err, PB_LIMIT, PB_MSG("The SQL text has too many parameters."), NULL);
    pb_buf_printf(d->out, "$%d", number);
    return PB_OK;
}

static pb_status put_token(dialect *d, size_t at, size_t *ret_next, pb_error *err)
{
    const db_token *token = &d->tokens[at];
    *ret_next = at + 1;
    if (top(d)->cast == at && at > 0) { /* AS and the type are said already */
        while (*ret_next < d->count && !mark(d, *ret_next, ")"))
            ++*ret_next;
        return PB_OK;
    }
    if (is_name(d, at) && (at == 0 || !mark(d, at - 1, ".")))
        PB_TRY(follow_word(d, at, err));
    if (token->apart && d->out->len > 0)
        pb_buf_byte(d->out, ' ');
    switch (token->kind) {
    case DB_TOKEN_WORD:
        return put_word(d, at, ret_next, err);
    case DB_TOKEN_QUOTED:
        put_name(d, token->name);
        return PB_OK;
    case DB_TOKEN_NUMBER:
        put_number(d, token->text);
        return PB_OK;
    case DB_TOKEN_PLACE:
        return put_place(d, at, err);
    case DB_TOKEN_MARK:
        return put_mark(d, at, err);
    default:
        pb_buf_add(d->out, token->text);
        return PB_OK;
    }
}

static pb_status take_tokens(dialect *d, pb_error *err)
{
    size_t at = 0, capacity = 0;
    db_token token;
    while (db_token_next(d->sql, &at, &token)) {
        if (!PB_PUSH(d->places->arena, d->tokens, d->count, capacity, token))
            return pb_fail_memory(err);
    }
    return d->count > 0 ? PB_OK : pb_fail(err, PB_INVALID, PB_MSG("The query is empty."), NULL);
}

static pb_status translate(dialect *d, pb_error *err)
{
    PB_TRY(take_tokens(d, err));
    PB_TRY(check_words(d, err));
    for (size_t at = 0; at < d->count;)
        PB_TRY(put_token(d, at, &at, err));
    end_item(d);
    return d->out->failed ? pb_fail_memory(err) : PB_OK;
}

pb_status db_pg_translate(const db_layout *layout, pb_str sql, pg_places *places, pb_buf *out,
                          pb_error *err)
{
    PB_TRY(db_check_foreign(sql, layout, err));
    dialect *d = calloc(1, sizeof *d);
    if (d == NULL)
        return pb_fail_memory(err);
    *d = (dialect){.layout = layout, .sql = sql, .places = places, .out = out};
    pb_status status = translate(d, err);
    free(d);
    return status;
}
