/* Reading: sessions and statements. The only header of db that audit and backup include.
 *
 * SQL is the subset common to SQLite and PostgreSQL; what differs hides behind these calls.
 * Threads: a session and its statements belong to one thread at a time; a workspace may be shared.
 */
#ifndef DB_READ_H
#define DB_READ_H

#include "base/error.h"
#include "base/value.h"

typedef struct db_workspace db_workspace; /* an open workspace, see db/workspace.h */
typedef struct db_session db_session;     /* a read snapshot or a write transaction */
typedef struct db_stmt db_stmt;

/** A read-only snapshot of the workspace: sees one committed state until closed. Owner: the caller.
 */
pb_status db_snapshot_open(db_workspace *workspace, db_session **ret_session, pb_error *err);
/** A second snapshot of the very state that `snapshot` sees, for another thread. To be asked for
 * before anything is read: `snapshot` begins anew, and may then see what was committed since. NULL
 * in `*ret_second` (and PB_OK) when others commit so often that no two could be had of one state.
 * Owner: the caller, db_snapshot_close. */
pb_status db_snapshot_beside(db_session *snapshot, db_session **ret_second, pb_error *err);
/** As many as `count` of them, for as many threads: `*ret_count` is that number or 0. */
pb_status db_snapshots_beside(db_session *snapshot, size_t count, db_session **ret_others,
                              size_t *ret_count, pb_error *err);
/** Takes NULL, returns NULL. */
db_session *db_snapshot_close(db_session *session);

/** The prepared statement for `sql`, kept in the session and found again by the pointer (`sql` must
 * be a string that lives as long as the session). Reset and without bindings. Only one use at a
 * time. Owner: the session. */
pb_status db_prepare(db_session *session, const char *sql, db_stmt **ret_stmt, pb_error *err);
/** As db_prepare for SQL made at run time: copied, kept by content. */
pb_status db_prepare_text(db_session *session, pb_str sql, db_stmt **ret_stmt, pb_error *err);
/** As db_prepare_text for a SELECT from one table inside db_write whose rows are to be this
 * transaction's own: nobody else finds them so until it ends, and those that another transaction
 * has taken are passed over instead of waited for. */
pb_status db_prepare_taking(db_session *session, pb_str sql, db_stmt **ret_stmt, pb_error *err);
/** A query that does not come from us (a control, an auditor): one SELECT over published views
 * only, no pragma, no write, no table behind the views; `max_steps` virtual-machine steps (0: no
 * limit), then PB_LIMIT. A refusal names what was touched. Owner: the caller, db_stmt_close. */
pb_status db_prepare_foreign(db_session *session, pb_str sql, int64_t max_steps, db_stmt **ret_stmt,
                             pb_error *err);
db_stmt *db_stmt_close(db_stmt *stmt);

/** Binding, parameters from 1. Texts and blobs are not copied: they must live until the next step
 * returns PB_OK without a row, db_reset, or a new binding. Failures show at the next step. */
void db_bind_null(db_stmt *stmt, int parameter);
void db_bind_i64(db_stmt *stmt, int parameter, int64_t value);
void db_bind_text(db_stmt *stmt, int parameter, pb_str value);
void db_bind_blob(db_stmt *stmt, int parameter, pb_str value);
void db_bind_value(db_stmt *stmt, int parameter, pb_value value);
/** Binds a parameter by its name without the colon, if the statement has it. */
void db_bind_named(db_stmt *stmt, const char *name, pb_value value);
/** Next row: `*ret_row` false when there is none (the statement is then reset). */
pb_status db_step(db_stmt *stmt, bool *ret_row, pb_error *err);
/** Ends a query early, or makes ready for the next run; keeps bindings. */
void db_reset(db_stmt *stmt);
/** Runs a statement that gives no rows, then resets it. */
pb_status db_run(db_stmt *stmt, pb_error *err);
/** Called with the statement at each of its rows in turn. */
typedef pb_status (*db_row_each)(void *context, db_stmt *stmt, pb_error *err);
/** Steps a statement to its end and calls `each` with every row; a failure ends it, and is
 * returned. It is reset whatever happens. */
pb_status db_each(db_stmt *stmt, db_row_each each, void *context, pb_error *err);

/** Columns of the result. */
int db_column_count(db_stmt *stmt);
/** Name of a column; lives as long as the statement. */
const char *db_column_name(db_stmt *stmt, int column);
/** Columns from 0; texts and blobs live until the next step or reset. */
bool db_column_is_null(db_stmt *stmt, int column);
int64_t db_column_i64(db_stmt *stmt, int column);
pb_str db_column_text(db_stmt *stmt, int column);
pb_str db_column_blob(db_stmt *stmt, int column);
pb_value db_column_value(db_stmt *stmt, int column);
/** The values of `count` columns from `first` on. */
void db_column_values(db_stmt *stmt, int first, size_t count, pb_value *ret_values);

#endif
