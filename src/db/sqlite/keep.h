/* Keeping the write-ahead log in pieces, and moving it into the file.
 *
 * Whether it is kept stands in the database (user_version): an odd number is the era of a keeping,
 * an even one says that it has ended. So it changes with a commit, and whoever holds a snapshot
 * knows what was true of the frames up to it.
 */
#ifndef DB_SQLITE_KEEP_H
#define DB_SQLITE_KEEP_H

#include "piece.h"

/** The number now; odd: kept. */
pb_status db_era(db_conn *conn, uint32_t *ret_era, pb_error *err);

/** The newest piece's head; `*ret_found` false when there is none. */
pb_status db_keep_newest(const db_target *target, db_piece *ret_piece, bool *ret_found,
                         pb_error *err);
/** In a write transaction: all that is committed goes into pieces, durably. With `one`, at most one
 * piece; `*ret_more` tells that there is more. */
pb_status db_keep_seal_held(db_conn *conn, uint32_t era, bool one, bool *ret_more, pb_error *err);

/** Moves the log into the file as far as readers allow; when it is kept, behind sealing it. With
 * `empty` the log is cut to nothing where that is possible. What others prevent is no failure. */
pb_status db_sqlite_checkpoint(db_conn *conn, bool empty, pb_error *err);
/** After a commit: moves the log when it has grown long. */
void db_checkpoint_when_long(db_conn *conn);
/** Before a writer's connection is closed. */
void db_checkpoint_at_end(db_conn *conn);

#endif
