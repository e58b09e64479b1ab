/* The small expression language of rules and conditions in declarations.
 *
 *   expr    := and {"or" and};  and := not {"and" not};  not := "not" not | "(" expr ")" | test
 *   test    := operand ( "is" ["not"] "null" | op operand | ["not"] "in" "(" item {"," item} ")"
 *            | ["not"] "between" operand "and" operand )
 *   op      := = != <> < <= > >=
 *   operand := single {(+|-) single};  single := field | number | -number | 'text' | YYYY-MM-DD
 *            | "today" | "true" | "false"
 *   item    := number | 'text' | date | bareword (texts only)
 *
 * Three-valued as in SQL: a comparison with null is unknown. Checked when parsed: texts and truths
 * know only = and <>; a text compared with a choice must be one of its values (an open
 * choice only refuses what looks like a slip for one); money is
 * compared with money or 0 only (what a number is worth depends on the currency); a link only with
 * null; a date-time that meets a date counts as its day (UTC); date - date is a number of days.
 * Amounts are compared in minor units whatever their currencies: compare only fields of one
 * currency. Threads: immutable after parsing.
 */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include "model/schema.h"

typedef enum model_truth { MODEL_FALSE, MODEL_TRUE, MODEL_UNKNOWN } model_truth;

/** Parses `text` against the fields of `entity`; mistakes name `place` plus the column inside. */
pb_status model_expr_parse(pb_arena *arena, const model_entity *entity, pb_str text,
                           model_place place, model_expr **ret_expr, pb_error *err);
/** Value of the expression for a record whose values stand in the order of entity->fields. */
model_truth model_expr_eval(const model_expr *expr, const pb_value *values, int64_t today_days);
/** The same as SQL over the published view, `today` as `:today`; columns prefixed with `alias.`
 * when given. */
void model_expr_sql(const model_expr *expr, const char *alias, pb_buf *out);
/** The text as declared. */
pb_str model_expr_text(const model_expr *expr);
/** The fields it reads, each once, in order of first use. */
size_t model_expr_fields(const model_expr *expr, const model_field *const **ret_fields);

#endif
