/* The small expression language of rules and conditions in declarations.
 *
 *   expr  := or;  or := and {"or" and};  and := not {"and" not};  not := ["not"] test
 *   test  := operand ("is" ["not"] "null" | "in" "(" item {"," item} ")" | op operand
 *          | "between" operand "and" operand) | "(" expr ")"
 *   op    := = != <> < <= > >= ;  operand := field | number | 'text' | date YYYY-MM-DD | today
 *            | operand (+|-) operand ;  item := number | 'text' | bareword
 *
 * Three-valued as in SQL: a comparison with null is unknown. Threads: immutable after parsing.
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

#endif
