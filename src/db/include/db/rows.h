/* The rows of a workspace as bytes that no engine needs to know: read in order of table and key,
 * and filled into a new workspace of any engine that has the same identity and key.
 *
 *   length (4, big-endian) | array of the columns' values as CBOR (base/cbor.h)
 *
 * Texts are written as byte strings inside an array of one: what was stored comes back, UTF-8 or
 * not. Settings that tell of one place only are left out. Refuses: workspaces that hold what the
 * present model does not declare (it would be lost in silence), deciding where bytes go.
 * Threads: as the session, or the workspace, they belong to.
 */
#ifndef DB_ROWS_H
#define DB_ROWS_H

#include "db/keyring.h"
#include "db/workspace.h"

typedef struct db_rows_table {
    pb_str name;
    const pb_str *columns;
    size_t column_count;
} db_rows_table;

/** The table of an entity as the present model declares it, in `arena`. */
pb_status db_rows_table_of(db_session *session, const model_entity *entity, pb_arena *arena,
                           const db_rows_table **ret_table, pb_error *err);

typedef struct db_row {
    const db_rows_table *table; /* lives as long as the db_rows */
    pb_str bytes;               /* until the next row is asked for */
    bool mark; /* by the row's key alone, for one row in four: a good place to cut, the same one
                  whatever happened to other rows */
} db_row;

typedef struct db_rows db_rows;

/** Begins to read all rows of the state `session` sees, which is used until the end. Of a workspace
 * that is older (DB_OLDER_KEEP) what it has of the model's tables and columns. Owner: the caller,
 * db_rows_close. */
pb_status db_rows_open(db_session *session, db_rows **ret_rows, pb_error *err);
/** Rows there are, by a count of each table. */
pb_status db_rows_total(db_rows *rows, uint64_t *ret_total, pb_error *err);
pb_status db_rows_next(db_rows *rows, db_row *ret_row, bool *ret_more, pb_error *err);
/** Takes NULL, returns NULL. */
db_rows *db_rows_close(db_rows *rows);

/** A new workspace to be filled: made with the identity of `identity` at `url`, or with `url` NULL
 * beside `beside`, on its server, in a schema of its own named after it with `_drill` behind.
 * What an earlier filling left there when it died is cleared away; anything else that is there is
 * PB_EXISTS. Until db_refill_finish nobody can open it, and closing it removes it. */
typedef struct db_refill_place {
    const char *url;
    db_workspace *beside;
    const char *password_file; /* see db_options */
} db_refill_place;
pb_status db_refill_open(const db_refill_place *place, const model_schema *schema,
                         const db_keyring *identity, db_workspace **ret_workspace, pb_error *err);
/** Whether a workspace could be made beside that one for a while: PB_DENIED when its login may not.
 */
pb_status db_refill_allowed(db_workspace *beside, pb_error *err);
/** Stores rows of one table, whole ones, one behind the other in `rows`: one transaction.
 * PB_CONFLICT when the model has no such table or column. */
pb_status db_refill_rows(db_workspace *to, const db_rows_table *table, pb_str rows, pb_error *err);
/** Gives the workspace its head: from here on it is one. */
pb_status db_refill_finish(db_workspace *workspace, pb_error *err);
/** Whether a place named by this text is one on a server. */
bool db_place_is_server(const char *url);

/** Something only one process may do with a workspace at a time, wherever it runs. */
typedef struct db_hold db_hold;
/** PB_BUSY when another is at it. Ends with the process at the latest. Owner: the caller. */
pb_status db_hold_take(const db_workspace *workspace, const char *name, db_hold **ret_hold,
                       pb_error *err);
/** The same for one of many things of that name. */
pb_status db_hold_take_one(const db_workspace *workspace, const char *name, uint64_t number,
                           db_hold **ret_hold, pb_error *err);
/** Takes NULL, returns NULL. */
db_hold *db_hold_release(db_hold *hold);

#endif
