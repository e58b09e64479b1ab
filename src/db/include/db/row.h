/* What rows have in common: values that may be absent, numbers given in turn.
 *
 * Threads: as the session or the statement they are called with.
 */
#ifndef DB_ROW_H
#define DB_ROW_H

#include "base/arena.h"
#include "db/read.h"

/** The number that a new row gets; `sql` selects it. */
pb_status db_next_number(db_session *session, const char *sql, int64_t *ret_n, pb_error *err);
/** Binds a text; NULL for an absent one. */
void db_bind_some_text(db_stmt *stmt, int parameter, pb_str text);
/** Binds a number; NULL when it is `absent`. */
void db_bind_unless(db_stmt *stmt, int parameter, int64_t number, int64_t absent);
/** A text of a column, copied; an absent one where the column is NULL. False without memory. */
bool db_take_text(db_stmt *stmt, int column, pb_arena *arena, pb_str *ret_text);
/** A number of a column; `absent` where the column is NULL. */
int64_t db_take_number(db_stmt *stmt, int column, int64_t absent);
/** PB_CORRUPT: the table holds what the program never writes into it. */
pb_status db_fail_altered(const char *table, pb_error *err);

#endif
