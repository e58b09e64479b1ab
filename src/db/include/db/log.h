/* The write-ahead log kept in pieces, for going back to any moment.
 *
 * When a workspace's log is kept, no process moves commits from the write-ahead log into the
 * database file, and none begins the log anew, before they lie in a sealed piece: a file in the
 * folder `log` of the workspace, made durable, authenticated by a key derived from the workspace's
 * and bound to the piece before it. A copy (db/copy.h) and the pieces after its position give the
 * workspace as of any commit since.
 * Pieces hold stored pages: what was erased later is still in older pieces, encrypted; whoever
 * keeps pieces drops them with the backups they belong to. Refuses: sending pieces anywhere,
 * deciding how long they are kept (see backup). Threads: any; several processes may do any of this
 * at once.
 */
#ifndef DB_LOG_H
#define DB_LOG_H

#include "db/copy.h"

/** Bytes of a piece at most: 2,048 frames, their commits, the head. */
enum { DB_LOG_PIECE_MAX = 17 << 20 };

/** Begins to keep the log, or ends it. Each beginning is a timeline of its own, with which copies
 * taken before it have nothing to do: take one soon. Ending seals what was committed before it and
 * leaves the pieces where they are. From the first beginning on, programs that know nothing of kept
 * logs refuse the workspace. PB_UNSUPPORTED for scratch workspaces and engines without such a log.
 */
pb_status db_log_keep(db_workspace *workspace, bool keep, pb_error *err);
pb_status db_log_is_kept(db_workspace *workspace, bool *ret_kept, pb_error *err);

/** Puts all that is committed and in no piece yet into pieces; no piece when there is nothing.
 * Called every few seconds, the last seconds are all that a lost disk can take. Other processes'
 * writers wait while one piece is written (4 ms a MB, one fsync). PB_INVALID when the log is not
 * kept. */
pb_status db_log_seal(db_workspace *workspace, pb_error *err);
/** What db_log_seal would write first (at most DB_LOG_PIECE_MAX bytes), appended to `out` without
 * storing it: the same form, marked as a tail; nothing is appended when all is sealed. A later tail
 * or the sealed piece of the same sequence replaces it. */
pb_status db_log_tail(db_workspace *workspace, pb_buf *out, pb_error *err);

typedef struct db_log_piece {
    uint64_t sequence; /* from 1, without a gap within a timeline */
    pb_str name;       /* of the file in the folder: sequence, generation, first frame */
    uint64_t size;     /* bytes */
} db_log_piece;

/** The sealed pieces that are still there, in order, in `arena`. */
pb_status db_log_list(db_workspace *workspace, pb_arena *arena, db_log_piece **ret_pieces,
                      size_t *ret_count, pb_error *err);
/** Appends a piece's bytes. PB_NOT_FOUND when it is not there (any more). */
pb_status db_log_read(db_workspace *workspace, const db_log_piece *piece, pb_buf *out,
                      pb_error *err);
/** Removes the pieces up to `sequence`, except the newest of all: it says where the next one
 * begins. */
pb_status db_log_drop(db_workspace *workspace, uint64_t sequence, pb_error *err);

/** What a piece says of itself. */
typedef struct db_log_facts {
    pb_uuid timeline;
    uint64_t sequence;
    uint64_t frames, commits;  /* commits that end in it */
    bool tail;                 /* read before it was sealed */
    int64_t first_us, last_us; /* earliest and latest moment of its commits; 0 without commits */
    uint64_t inexact; /* commits whose moment was lost with the power: the moment given is a later
                         one */
    int64_t sealed_us;
} db_log_facts;

/** Reads a piece's head without authenticating it: PB_CORRUPT when it has not the form of one. */
pb_status db_log_describe(pb_str piece, db_log_facts *ret_facts, pb_error *err);

#endif
