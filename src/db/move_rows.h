/* Rows of one table carried from one session to another, and the proof that both hold the same. */
#ifndef DB_MOVE_ROWS_H
#define DB_MOVE_ROWS_H

#include "db/move.h"

#include "layout.h"

/** How far a move is. */
typedef struct db_move_state {
    const db_move_options *options;
    uint64_t done, total;
} db_move_state;

/** Number of rows. */
pb_status db_move_count(db_session *session, const db_table *table, uint64_t *ret_rows,
                        pb_error *err);
/** Copies all rows, a transaction each so many of them, and hashes what was read. Settings that
 * belong to one place only are left out. */
pb_status db_move_copy(db_session *from, db_workspace *to, const db_table *table,
                       db_move_state *state, db_moved_table *ret_moved, pb_error *err);
/** Reads all rows again and hashes them as db_move_copy did. */
pb_status db_move_reread(db_session *session, const db_table *table, db_move_state *state,
                         db_moved_table *ret_found, pb_error *err);

#endif
