/* The small expression language of rules and conditions in declarations.
 *
 *   expr    := and {"or" and};  and := not {"and" not};  not := "not" not | "(" expr ")" | test
 *   test    := operand ( "is" ["not"] "null" | op operand | ["not"] "in" "(" item {"," item} ")"
 *            | ["not"] "between" operand "and" operand
 *            | ["not"] ("begins" | "contains") 'text' )
 *   op      := = != <> < <= > >=
 *   operand := single {(+|-) single};  single := field | number | -number | 'text' | YYYY-MM-DD
 *            | "today" | "true" | "false"
 *   item    := number | 'text' | date | bareword (texts only)
 *
 * Three-valued as in SQL: a comparison with null is unknown. Checked when parsed: texts and truths
 * know only = and <>, begins, and contains (which takes A-Z for a-z, and reads every row that is
 * left); a text compared with a choice must be one of its values (an open
 * choice only refuses what looks like a slip for one); money is
 * compared with money or 0 only (what a number is worth depends on the currency; of a filter, see
 * model_filter_parse); a link only with
 * null and, by = <> in, with the id of a record, written as text; a date-time that meets a date
 * counts as its day, in the
 * time zone that is given; date - date is a number of days. Amounts are compared in minor units
 * whatever their currencies: compare only fields of one currency. Threads: immutable after parsing.
 */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include "base/zone.h"
#include "model/schema.h"

/** What `today` means, and when days begin and end. */
typedef struct model_days {
    int64_t today;       /* in days since 1970-01-01 */
    const pb_zone *zone; /* NULL: UTC; outlives what is asked with it */
} model_days;

typedef enum model_truth { MODEL_FALSE, MODEL_TRUE, MODEL_UNKNOWN } model_truth;

/** Parses `text` against the fields of `entity`; mistakes name `place` plus the column inside. */
pb_status model_expr_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                           model_place place, model_expr **ret_expr, pb_error *err);
/** The same of what a list is asked for, where money also meets an amount with its currency,
 * written as text: `amount >= '1000 EUR'` holds of amounts in euros alone, `amount >= '1000'` of
 * those that are in no currency. Only model_expr_bind and model_expr_parts say what it means: a
 * record's values by themselves know no currency. */
pb_status model_filter_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                             model_place place, model_expr **ret_expr, pb_error *err);
/** Value of the expression for a record whose values stand in the order of entity->fields. */
model_truth model_expr_eval(const model_expr *expr, const pb_value *values, model_days days);
/** The same as SQL over the published view, `today` as `:today`; columns prefixed with `alias.`
 * when given. `zone` NULL: days of UTC. */
void model_expr_sql(const model_expr *expr, const char *alias, const pb_zone *zone, pb_buf *out);
/** Appends the day of a moment as SQL; `moment`: SQL of a whole number, a column. Of the years
 * 1-9999. */
void model_put_day(const pb_zone *zone, pb_str moment, pb_buf *out);
/** The same as a condition for statements of the program's own, on every engine, with what was
 * written as values of its parameters, each a `?` in their order. It is laid out so that indexes
 * serve it, and says for every row what model_expr_eval says. */
typedef struct model_bound {
    pb_str sql;
    const pb_value *values;
    size_t count;
} model_bound;
/** All of it lives in `arena`, or in that of the expression. PB_INVALID, naming the field, for what
 * engines would answer differently or only after reading all rows: sums of anything but dates,
 * whole numbers compared with decimals of another field, fields that are sealed on a server (but
 * `is null`). */
pb_status model_expr_bind(const model_expr *expr, const char *alias, model_days days,
                          pb_arena *arena, model_bound *ret_bound, pb_error *err);
/** A test of one field that every record the condition holds for must pass. */
typedef struct model_part {
    const model_field *field;
    model_bound test;
    bool one; /* it lets one value pass, or absence alone */
} model_part;
typedef struct model_parts {
    const model_part *items;
    size_t count;
    bool all; /* together they say what the condition says; else less, never more */
} model_parts;
/** What of the condition is such a test, as model_expr_bind says it: an index by the field may be
 * asked for it. Lives in `arena`. */
pb_status model_expr_parts(const model_expr *expr, const char *alias, model_days days,
                           pb_arena *arena, model_parts *ret_parts, pb_error *err);
/** The text as declared. */
pb_str model_expr_text(const model_expr *expr);
/** The fields it reads, each once, in order of first use. */
size_t model_expr_fields(const model_expr *expr, const model_field *const **ret_fields);

#endif
