#include "pure.h"

/* Functions whose result follows from their arguments alone and that cannot make large values. */
static const char *const pure_functions[] = {
    "abs",         "avg",        "ceil",         "ceiling",      "char",       "coalesce",
    "concat",      "concat_ws",  "count",        "cume_dist",    "dense_rank", "exp",
    "first_value", "floor",      "glob",         "group_concat", "hex",        "ifnull",
    "iif",         "if",         "instr",        "iso_day",      "lag",        "last_value",
    "lead",        "length",     "like",         "ln",           "log",        "log10",
    "lower",       "ltrim",      "max",          "min",          "mod",        "nth_value",
    "ntile",       "nullif",     "octet_length", "percent_rank", "pow",        "power",
    "rank",        "replace",    "round",        "row_number",   "rtrim",      "sign",
    "sqrt",        "string_agg", "substr",       "substring",    "sum",        "total",
    "trim",        "trunc",      "typeof",       "unicode",      "upper",
};

bool db_is_pure(pb_str name)
{
    for (size_t i = 0; i < sizeof pure_functions / sizeof pure_functions[0]; i++)
        if (pb_str_eq_nocase(name, pb_str_c(pure_functions[i])))
            return true;
    return false;
}

static bool is_word(const db_token *token, const char *word)
{
    return pb_str_eq_nocase(token->name, pb_str_c(word));
}

static bool is_mark(const db_token *token, char mark)
{
    return token->kind == DB_TOKEN_MARK && token->text.ptr[0] == mark;
}

/* Behind the parenthesis that closes the one just read. */
static bool skip_list(pb_str sql, size_t *at)
{
    db_token token;
    for (int depth = 1; depth > 0;) {
        if (!db_token_next(sql, at, &token))
            return false;
        depth += is_mark(&token, '(') ? 1 : is_mark(&token, ')') ? -1 : 0;
    }
    return true;
}

/* name [(columns)] AS [NOT] [MATERIALIZED] ( */
static bool is_definition(pb_str sql, size_t at)
{
    db_token token;
    if (!db_token_next(sql, &at, &token))
        return false;
    if (is_mark(&token, '(') && (!skip_list(sql, &at) || !db_token_next(sql, &at, &token)))
        return false;
    if (!is_word(&token, "as") || !db_token_next(sql, &at, &token))
        return false;
    if (is_word(&token, "not") && !db_token_next(sql, &at, &token))
        return false;
    if (is_word(&token, "materialized") && !db_token_next(sql, &at, &token))
        return false;
    return is_mark(&token, '(');
}

bool db_defines(pb_str sql, pb_str name)
{
    db_token token;
    size_t at = 0;
    while (db_token_next(sql, &at, &token))
        if (token.kind != DB_TOKEN_PLACE && token.name.ptr != NULL &&
            pb_str_eq_nocase(token.name, name) && is_definition(sql, at))
            return true;
    return false;
}

/* `*ret_bad` names an identifier, quoted or not, that stands for a hidden table; absent: none.
 * False when it is more than one statement. */
static bool scan(pb_str sql, const db_layout *layout, pb_str *ret_bad)
{
    db_token token;
    size_t at = 0;
    bool ended = false;
    *ret_bad = PB_STR_NONE;
    if (pb_str_index(sql, '\0') != sql.len)
        return false; /* SQLite would end there, we would not */
    while (db_token_next(sql, &at, &token)) {
        if (is_mark(&token, ';')) {
            ended = true;
            continue;
        }
        if (ended)
            return false;
        if (token.kind != DB_TOKEN_PLACE && token.name.ptr != NULL &&
            db_layout_table(layout, token.name) != NULL) {
            *ret_bad = token.name;
            return true;
        }
    }
    return true;
}

pb_status db_refuse(const char *what, pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("The query may not use {what}."), "what", what, NULL);
    pb_error_hint(err,
                  PB_MSG("A query may read the published views and use pure functions, nothing "
                         "else."),
                  NULL);
    return PB_DENIED;
}

pb_status db_check_foreign(pb_str sql, const db_layout *layout, pb_error *err)
{
    pb_str bad;
    if (sql.len > 1 << 20)
        return pb_fail(err, PB_LIMIT, PB_MSG("The SQL text is too long."), NULL);
    if (!scan(sql, layout, &bad))
        return pb_fail(err, PB_DENIED, PB_MSG("The query must be one statement."), NULL);
    return bad.ptr == NULL ? PB_OK : db_refuse(PB_ARG(bad), err);
}
