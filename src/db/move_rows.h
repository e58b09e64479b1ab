/* Rows of one table carried from one session to another, and the proof that both hold the same. */
#ifndef DB_MOVE_ROWS_H
#define DB_MOVE_ROWS_H

#include "db/move.h"

#include "layout.h"

#include <sodium.h>

enum { DB_KEY_PARTS_MAX = 8 };

/** The columns of the key: the parts of a primary key, or the column that numbers the rows. */
pb_status db_move_key(const db_table *table, size_t columns[DB_KEY_PARTS_MAX], size_t *ret_count,
                      pb_error *err);
/** All rows in the order of their key; with `behind` those after the key given as parameters. */
void db_move_select(pb_buf *sql, const db_table *table, const size_t *key, size_t key_count,
                    bool behind);
/** Kind, length and bytes of a value: no two rows give the same bytes. */
void db_move_hash_value(crypto_generichash_state *hash, pb_value value);
/** One row, all columns of `table` as parameters. */
void db_move_insert(pb_buf *sql, const db_table *table);
/** Settings that tell of this place and not of what lies in it. */
bool db_move_of_place(const db_table *table, db_stmt *row);

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
