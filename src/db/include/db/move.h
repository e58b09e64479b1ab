/* Carrying a workspace from one place to another, between engines as well: same identity, same key,
 * same ledger.
 *
 * Two workspaces with one identity that both go on being written would be two ledgers that both
 * verify. So the place that was left is closed to writing once the copy is proved, and the copy is
 * closed to all use until then.
 */
#ifndef DB_MOVE_H
#define DB_MOVE_H

#include "db/workspace.h"

enum { DB_MOVE_HASH = 32 };

/** One table as it was found on both sides. */
typedef struct db_moved_table {
    pb_str name;
    uint64_t rows;
    uint8_t hash[DB_MOVE_HASH]; /* BLAKE2b over all rows in the order of their key */
} db_moved_table;

typedef struct db_move_options {
    /** Called now and then, `done` of `total` rows; true stops the move. May be NULL. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    /** Looks at a snapshot of the finished copy before the place that was left is closed; a failure
     * ends the move. May be NULL. */
    db_work prove;
    const char *password_file; /* see db_options; NULL: none */
    void *context;
} db_move_options;

typedef struct db_moved {
    db_moved_table *tables; /* of the arena */
    size_t table_count;
    uint64_t rows;
} db_moved;

/** Copies `from` whole to `to_url`, where nothing may be yet, reads the copy back, and compares
 * count and content of every table. Nobody can write to `from` meanwhile; reading goes on. Then
 * `from` is closed to writing for good and the copy opened. After any failure `from` is as it was
 * and the copy is gone, or is refused by everybody who opens it. Memory: `arena` for the result.
 * Cost: every row is read twice and written once. Blocks for the whole time. */
pb_status db_move(db_workspace *from, const char *to_url, const db_move_options *options,
                  pb_arena *arena, db_moved *ret_moved, pb_error *err);
/** Where the workspace was moved to, as it was named then; NULL when it was not. Lives as long as
 * the workspace. */
const char *db_moved_to(const db_workspace *workspace);
/** Opens a workspace that was moved away to writing again: the copy is lost, or is not wanted. No
 * failure when it was not moved. */
pb_status db_move_take_back(db_workspace *workspace, pb_error *err);

#endif
