/* What statements that do not come from us may say, whatever the engine: one statement only, no
 * name of a table that lies behind the published views, pure functions.
 *
 * An engine's own guard is not enough by itself: SQLite tells its authorizer the name of the view a
 * column is read through, but gives a common table expression's name the same way, so `WITH contact
 * AS (SELECT * FROM t_contact)` would look like the view `contact`. Hidden tables are therefore
 * refused by name as well.
 */
#ifndef DB_PURE_H
#define DB_PURE_H

#include "layout.h"
#include "token.h"

/** A function whose result follows from its arguments alone and that makes no large values. */
bool db_is_pure(pb_str name);
/** True when the text defines a common table expression of that name. */
bool db_defines(pb_str sql, pb_str name);
/** PB_DENIED: the query may not use this. */
pb_status db_refuse(const char *what, pb_error *err);
/** Checks that the text, comments and trailing semicolons apart, is one statement, not too long,
 * and names no table behind the published views. */
pb_status db_check_foreign(pb_str sql, const db_layout *layout, pb_error *err);

#endif
