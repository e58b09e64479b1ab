/* Looking through the text of a foreign statement: one statement only, and no name of a table that
 * lies behind the published views.
 *
 * The authorizer alone is not enough: SQLite tells it the name of the view a column is read
 * through, but gives a common table expression's name the same way, so `WITH contact AS (SELECT *
 * FROM t_contact)` would look like the view `contact`. Hidden tables are therefore refused by name
 * as well.
 */
#include "sqlite.h"

typedef struct scanner {
    pb_str sql;
    size_t at;
} scanner;

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || (unsigned char)c >= 0x80;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Behind a comment that begins here; the same place when none does. */
static size_t skip_comment(pb_str sql, size_t at)
{
    pb_str rest = pb_str_sub(sql, at, sql.len);
    if (pb_str_starts(rest, PB_STR("--")))
        return at + pb_str_index(rest, '\n');
    if (pb_str_starts(rest, PB_STR("/*"))) {
        size_t end = pb_str_find(pb_str_sub(rest, 2, rest.len), PB_STR("*/"));
        return end == SIZE_MAX ? sql.len : at + 2 + end + 2;
    }
    return at;
}

/* What is quoted from `at` on, without the quotes; `*ret_end` is behind it. A doubled quote stays
 * doubled: no hidden name holds one. */
static pb_str quoted(pb_str sql, size_t at, char close, size_t *ret_end)
{
    size_t end = at + 1;
    while (end < sql.len) {
        if (sql.ptr[end] == close) {
            bool doubled = close != ']' && end + 1 < sql.len && sql.ptr[end + 1] == close;
            if (!doubled)
                break;
            end++;
        }
        end++;
    }
    *ret_end = end < sql.len ? end + 1 : sql.len;
    return pb_str_sub(sql, at + 1, end - at - 1);
}

/* The next token; `*ret_name` is absent when it cannot be an identifier. False at the end. */
static bool next_token(scanner *scan, pb_str *ret_name, char *ret_first)
{
    pb_str sql = scan->sql;
    for (;;) {
        size_t before = scan->at;
        while (scan->at < sql.len && is_blank(sql.ptr[scan->at]))
            scan->at++;
        scan->at = skip_comment(sql, scan->at);
        if (scan->at == before)
            break;
    }
    if (scan->at >= sql.len)
        return false;
    size_t at = scan->at;
    char c = sql.ptr[at];
    *ret_first = c;
    *ret_name = PB_STR_NONE;
    if (c == '"' || c == '`' || c == '\'') {
        *ret_name = quoted(sql, at, c, &scan->at);
    } else if (c == '[') {
        *ret_name = quoted(sql, at, ']', &scan->at);
    } else if (is_word(c)) {
        while (scan->at < sql.len && is_word(sql.ptr[scan->at]))
            scan->at++;
        *ret_name = pb_str_sub(sql, at, scan->at - at);
    } else {
        scan->at++;
    }
    return true;
}

bool db_sqlite_scan(pb_str sql, const db_layout *layout, pb_str *ret_bad)
{
    scanner scan = {sql, 0};
    pb_str name;
    char first;
    bool ended = false;
    *ret_bad = PB_STR_NONE;
    if (pb_str_index(sql, '\0') != sql.len)
        return false; /* SQLite would end there, we would not */
    while (next_token(&scan, &name, &first)) {
        if (first == ';') {
            ended = true;
            continue;
        }
        if (ended)
            return false;
        if (name.ptr != NULL && db_layout_table(layout, name) != NULL) {
            *ret_bad = name;
            return true;
        }
    }
    return true;
}

/* Behind the parenthesis that closes the one just read. */
static bool skip_list(scanner *scan)
{
    pb_str name;
    char first;
    for (int depth = 1; depth > 0;) {
        if (!next_token(scan, &name, &first))
            return false;
        depth += first == '(' ? 1 : first == ')' ? -1 : 0;
    }
    return true;
}

/* name [(columns)] AS [NOT] [MATERIALIZED] ( */
static bool is_definition(scanner scan)
{
    pb_str name;
    char first;
    if (!next_token(&scan, &name, &first))
        return false;
    if (first == '(' && (!skip_list(&scan) || !next_token(&scan, &name, &first)))
        return false;
    if (!pb_str_eq_nocase(name, PB_STR("as")) || !next_token(&scan, &name, &first))
        return false;
    if (pb_str_eq_nocase(name, PB_STR("not")) && !next_token(&scan, &name, &first))
        return false;
    if (pb_str_eq_nocase(name, PB_STR("materialized")) && !next_token(&scan, &name, &first))
        return false;
    return first == '(';
}

bool db_sqlite_defines(pb_str sql, pb_str name)
{
    scanner scan = {sql, 0};
    pb_str one;
    char first;
    while (next_token(&scan, &one, &first))
        if (one.ptr != NULL && pb_str_eq_nocase(one, name) && is_definition(scan))
            return true;
    return false;
}
