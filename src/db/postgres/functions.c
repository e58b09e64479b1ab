/* What foreign statements find on PostgreSQL under the names SQLite has for it: functions,
 * aggregates and operators of the schema NAME_sql, which stands before PostgreSQL's own.
 *
 * Source: https://sqlite.org/lang_corefunc.html, https://sqlite.org/lang_aggfunc.html,
 * https://sqlite.org/lang_expr.html#castexpr
 */
#include "postgres.h"

/* One line each: name, arguments, result, body. Strict ones give NULL for NULL by themselves. */
static const struct function {
    const char *name, *arguments, *result, *body;
    bool strict;
} functions[] = {
    /* texts: letters of ASCII only change their case */
    {"lower", "text", "text", "pg_catalog.lower($1 COLLATE \"C\")", true},
    {"upper", "text", "text", "pg_catalog.upper($1 COLLATE \"C\")", true},
    {"lower", "anyelement", "text", "pg_catalog.lower($1::text COLLATE \"C\")", true},
    {"upper", "anyelement", "text", "pg_catalog.upper($1::text COLLATE \"C\")", true},
    {"length", "bigint", "bigint", "pg_catalog.length($1::text)", true},
    {"length", "double precision", "bigint", "pg_catalog.length($1::text)", true},
    {"length", "text", "bigint", "pg_catalog.length($1)", true},
    {"length", "bytea", "bigint", "pg_catalog.length($1)", true},
    {"instr", "text, text", "bigint", "pg_catalog.strpos($1, $2)", true},
    {"hex", "bytea", "text", "pg_catalog.upper(pg_catalog.encode($1, 'hex'))", true},
    {"hex", "text", "text",
     "pg_catalog.upper(pg_catalog.encode(pg_catalog.convert_to($1, 'UTF8'), 'hex'))", true},
    {"unicode", "text", "bigint", "CASE WHEN $1 <> '' THEN pg_catalog.ascii($1) END", true},
    {"char", "VARIADIC bigint[]", "text",
     "pg_catalog.string_agg(pg_catalog.chr(c::integer), '') FROM pg_catalog.unnest($1) AS c",
     false},
    {"octet_length", "bigint", "bigint", "pg_catalog.length($1::text)", true},
    {"typeof", "bigint", "text", "CASE WHEN $1 IS NULL THEN 'null' ELSE 'integer' END", false},
    {"typeof", "double precision", "text", "CASE WHEN $1 IS NULL THEN 'null' ELSE 'real' END",
     false},
    {"typeof", "text", "text", "CASE WHEN $1 IS NULL THEN 'null' ELSE 'text' END", false},
    {"typeof", "bytea", "text", "CASE WHEN $1 IS NULL THEN 'null' ELSE 'blob' END", false},
    {"typeof", "boolean", "text", "CASE WHEN $1 IS NULL THEN 'null' ELSE 'integer' END", false},
    /* substr: from 1, backwards from -1; 0 stands before the first; a negative length takes what
     * stands before */
    {"substr", "text, bigint", "text",
     "CASE WHEN $2 < 0 THEN pg_catalog.right($1, (-$2)::integer)"
     " ELSE pg_catalog.substr($1, $2::integer) END",
     true},
    {"substr", "text, bigint, bigint", "text",
     "pg_catalog.substr($1, greatest(least(s, s + $3), 1)::integer,"
     " (greatest(greatest(s, s + $3), 1) - greatest(least(s, s + $3), 1))::integer)"
     " FROM (SELECT CASE WHEN $2 < 0 THEN pg_catalog.length($1) + $2 + 1 ELSE $2 END AS s) AS q",
     true},
    {"substring", "text, bigint", "text", "substr($1, $2)", true},
    {"substring", "text, bigint, bigint", "text", "substr($1, $2, $3)", true},
    /* ours on both engines */
    {"iso_day", "bigint", "text",
     "pg_catalog.to_char(DATE '1970-01-01' + $1::integer, 'YYYY-MM-DD')", true},
    /* choosing */
    {"ifnull", "anycompatible, anycompatible", "anycompatible", "coalesce($1, $2)", false},
    {"iif", "boolean, anycompatible, anycompatible", "anycompatible",
     "CASE WHEN $1 THEN $2 ELSE $3 END", false},
    {"if", "boolean, anycompatible, anycompatible", "anycompatible",
     "CASE WHEN $1 THEN $2 ELSE $3 END", false},
    {"max", "anycompatible, anycompatible", "anycompatible", "greatest($1, $2)", true},
    {"min", "anycompatible, anycompatible", "anycompatible", "least($1, $2)", true},
    {"max", "anycompatible, anycompatible, anycompatible", "anycompatible", "greatest($1, $2, $3)",
     true},
    {"min", "anycompatible, anycompatible, anycompatible", "anycompatible", "least($1, $2, $3)",
     true},
    /* numbers: halves are rounded away from zero */
    {"round", "double precision", "double precision",
     "pg_catalog.sign($1) * pg_catalog.floor(pg_catalog.abs($1) + 0.5::double precision)", true},
    {"round", "bigint", "double precision", "$1::double precision", true},
    {"round", "double precision, bigint", "double precision",
     "pg_catalog.round($1::numeric, $2::integer)::double precision", true},
    {"mod", "double precision, double precision", "double precision",
     "CASE WHEN $2 <> 0 THEN $1 - $2 * pg_catalog.trunc($1 / $2) END", true},
    {"log10", "double precision", "double precision",
     "CASE WHEN $1 > 0 THEN pg_catalog.log($1) END", true},
    {"log", "double precision", "double precision", "CASE WHEN $1 > 0 THEN pg_catalog.log($1) END",
     true},
    {"ln", "double precision", "double precision", "CASE WHEN $1 > 0 THEN pg_catalog.ln($1) END",
     true},
    {"sqrt", "double precision", "double precision",
     "CASE WHEN $1 >= 0 THEN pg_catalog.sqrt($1) END", true},
    /* CAST: a text is as much of a number as it begins with */
    {"as_integer", "bigint", "bigint", "$1", true},
    {"as_integer", "boolean", "bigint", "$1::integer::bigint", true},
    {"as_integer", "double precision", "bigint",
     "pg_catalog.trunc(greatest(least($1, 9223372036854774784.0), -9223372036854775808.0))::bigint",
     true},
    {"as_integer", "text", "bigint",
     "coalesce(pg_catalog.substring($1, '^\\s*([-+]?[0-9]{1,18})')::bigint, 0)", true},
    {"as_real", "double precision", "double precision", "$1", true},
    {"as_real", "boolean", "double precision", "$1::integer::double precision", true},
    {"as_real", "text", "double precision",
     "coalesce(pg_catalog.substring($1,"
     " '^\\s*([-+]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?)')::double precision, 0)",
     true},
    {"as_text", "text", "text", "$1", true},
    {"as_text", "bytea", "text", "pg_catalog.convert_from($1, 'UTF8')", true},
    {"as_text", "bigint", "text", "$1::text", true},
    {"as_text", "boolean", "text", "$1::integer::text", true},
    {"as_text", "double precision", "text",
     "CASE WHEN $1 = pg_catalog.trunc($1) AND pg_catalog.abs($1) < 1e15"
     " THEN $1::bigint::text || '.0' ELSE $1::text END",
     true},
    {"as_blob", "bytea", "bytea", "$1", true},
    {"as_blob", "text", "bytea", "pg_catalog.convert_to($1, 'UTF8')", true},
    /* operators below: who divides by nothing gets nothing; conditions count as 0 and 1 */
    {"divide", "bigint, bigint", "bigint", "$1 OPERATOR(pg_catalog./) nullif($2, 0)", true},
    {"divide", "double precision, double precision", "double precision",
     "$1 OPERATOR(pg_catalog./) nullif($2, 0)", true},
    {"remainder", "bigint, bigint", "bigint", "$1 OPERATOR(pg_catalog.%) nullif($2, 0)", true},
    {"plus", "boolean, boolean", "bigint", "($1::integer + $2::integer)::bigint", true},
    {"plus", "bigint, boolean", "bigint", "$1 + $2::integer", true},
    {"plus", "boolean, bigint", "bigint", "$1::integer + $2", true},
    {"is_same", "boolean, bigint", "boolean", "$1::integer = $2", true},
    {"is_same", "bigint, boolean", "boolean", "$1 = $2::integer", true},
    /* states of aggregates */
    {"add_condition", "bigint, boolean", "bigint", "coalesce($1, 0) + $2::integer", false},
    {"add_whole", "bigint, bigint", "bigint", "$1 + $2", true},
    {"add_text", "text, text", "text",
     "CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || ',' || $2 END", false},
    {"add_text", "text, text, text", "text",
     "CASE WHEN $2 IS NULL THEN $1 WHEN $1 IS NULL THEN $2 ELSE $1 || coalesce($3, '') || $2 END",
     false},
    {"add_real", "double precision, double precision", "double precision", "$1 + coalesce($2, 0)",
     false},
};

static const struct operator_of {
    const char *mark, *left, *right, *function;
} operators[] = {
    {"/", "bigint", "bigint", "divide"},
    {"/", "bigint", "integer", "divide"},
    {"/", "integer", "bigint", "divide"},
    {"/", "integer", "integer", "divide"},
    {"/", "double precision", "double precision", "divide"},
    {"/", "double precision", "bigint", "divide"},
    {"/", "bigint", "double precision", "divide"},
    {"/", "double precision", "integer", "divide"},
    {"/", "integer", "double precision", "divide"},
    {"%", "bigint", "bigint", "remainder"},
    {"%", "bigint", "integer", "remainder"},
    {"%", "integer", "bigint", "remainder"},
    {"%", "integer", "integer", "remainder"},
    {"+", "boolean", "boolean", "plus"},
    {"+", "bigint", "boolean", "plus"},
    {"+", "boolean", "bigint", "plus"},
    {"=", "boolean", "bigint", "is_same"},
    {"=", "bigint", "boolean", "is_same"},
};

/* Sums of whole numbers are whole, averages are not. */
static const char *const aggregates[] = {
    "sum(bigint) (SFUNC = add_whole, STYPE = bigint, COMBINEFUNC = add_whole, PARALLEL = SAFE)",
    "sum(integer) (SFUNC = pg_catalog.int4_sum, STYPE = bigint)",
    "sum(boolean) (SFUNC = add_condition, STYPE = bigint)",
    "total(double precision) (SFUNC = add_real, STYPE = double precision, INITCOND = '0')",
    ("avg(bigint) (SFUNC = add_average, STYPE = double precision[],"
     " FINALFUNC = pg_catalog.float8_avg, INITCOND = '{0,0,0}')"),
    "group_concat(text) (SFUNC = add_text, STYPE = text)",
    "group_concat(text, text) (SFUNC = add_text, STYPE = text)",
};

static bool is_whole(const char *type)
{
    return strcmp(type, "bigint") == 0 || strcmp(type, "integer") == 0;
}

/* The function an operator stands on has its operand types. */
static void add_operator(const struct operator_of *op, pb_buf *sql)
{
    bool whole = is_whole(op->left) && is_whole(op->right);
    bool condition = strcmp(op->left, "boolean") == 0 || strcmp(op->right, "boolean") == 0;
    bool wide = strcmp(op->left, op->right) == 0 && strcmp(op->left, "integer") != 0;
    if (!condition && !wide)
        pb_buf_printf(sql,
                      "CREATE FUNCTION %s(%s, %s) RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL SAFE"
                      " RETURN %s($1::%s, $2::%s);\n",
                      op->function, op->left, op->right, whole ? "bigint" : "double precision",
                      op->function, whole ? "bigint" : "double precision",
                      whole ? "bigint" : "double precision");
    pb_buf_printf(sql, "CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = %s);\n",
                  op->mark, op->left, op->right, op->function);
}

void db_pg_functions(pb_buf *sql)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        pb_buf_printf(sql,
                      "CREATE FUNCTION \"%s\"(%s) RETURNS %s LANGUAGE sql IMMUTABLE PARALLEL SAFE"
                      "%s AS $body$SELECT %s$body$;\n",
                      functions[i].name, functions[i].arguments, functions[i].result,
                      functions[i].strict ? " STRICT" : "", functions[i].body);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        add_operator(&operators[i], sql);
    pb_buf_addc(sql, "CREATE FUNCTION add_average(double precision[], bigint)"
                     " RETURNS double precision[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS"
                     " 'SELECT pg_catalog.float8_accum($1, $2::double precision)';\n");
    for (size_t i = 0; i < sizeof aggregates / sizeof *aggregates; i++)
        pb_buf_printf(sql, "CREATE AGGREGATE %s;\n", aggregates[i]);
}
