/* The date on which a deal closes: of a deal that is over a fact, of an open one a plan. */
#ifndef EXCHANGE_PLAN_CLOSING_H
#define EXCHANGE_PLAN_CLOSING_H

#include "plan.h"

/** Adds all spellings of a choice's values with their roles. False without memory. */
bool closing_roles(pb_map *roles, pb_arena *arena, const model_field *choice);
/** The role that a cell has by them; empty: none known. */
pb_str closing_role(const pb_map *roles, pb_str cell);
/** The deal is won or lost. */
bool closing_is_over(pb_str role);
/** Where the open deals of a file have a date in the column of the day they closed, and no other
 * column has the expected one, each row's stage decides which of the two it is; noted. */
pb_status closing_decide(exchange_file *file, const sample *s, pb_arena *arena, pb_arena *scratch,
                         pb_error *err);

#endif
