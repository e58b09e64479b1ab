/* A piece of the kept log: frames as they stood in the write-ahead log, and when they were
 * committed.
 *
 *   head (DB_PIECE_HEAD bytes)  magic, tag, timeline, tag of the piece before, numbers
 *   commits                     frame, size of the database, moment, whether it is exact
 *   frames                      as they stood in the log, their heads included
 *
 * Numbers are big-endian. The tag (BLAKE2b, key `dbshplog` number 1 of the workspace's) is over all
 * that stands behind it.
 */
#ifndef DB_SQLITE_PIECE_H
#define DB_SQLITE_PIECE_H

#include "log.h"

#include "db/log.h"

enum { DB_PIECE_HEAD = 184, DB_PIECE_COMMIT = 24, DB_PIECE_TAG = 32, DB_PIECE_FRAMES = 2048 };

typedef struct db_piece {
    uint8_t tag[DB_PIECE_TAG];
    pb_uuid timeline;
    uint8_t before[DB_PIECE_TAG]; /* tag of the piece before; zeros: the first of its timeline */
    uint64_t sequence;
    int64_t sealed_us;
    uint8_t salt[DB_LOG_SALT];
    uint32_t first; /* frame; with `count` 0 the next piece begins here */
    uint32_t count, commits;
    uint32_t sum[2]; /* checksum before the first frame */
    uint32_t ended;  /* last frame up to the piece's end that ended a commit; 0: none yet */
    uint32_t era;    /* which beginning of the keeping it belongs to */
    bool big;        /* byte order of the log's checksums */
    bool tail;
} db_piece;

typedef struct db_piece_commit {
    uint32_t frame, pages;
    int64_t at_us;
    bool exact;
} db_piece_commit;

/** Appends the head with an empty tag. */
void db_piece_write(const db_piece *piece, pb_buf *out);
void db_piece_write_commit(const db_piece_commit *commit, pb_buf *out);
/** Fills in the tag of the whole piece that begins at `start` of `out` and ends with it. */
void db_piece_seal(pb_buf *out, size_t start, const uint8_t key[32]);
/** Reads a head. False when it is none. */
bool db_piece_parse(const uint8_t *bytes, size_t len, db_piece *ret_piece);
/** The whole piece: head, lengths, commits in order. PB_CORRUPT when it has not the form of one. */
pb_status db_piece_check_form(pb_str bytes, db_piece *ret_piece, pb_error *err);
db_piece_commit db_piece_commit_at(pb_str bytes, uint32_t number);
const uint8_t *db_piece_frame_at(pb_str bytes, const db_piece *piece, uint32_t number);
/** PB_CORRUPT when its tag is wrong. */
pb_status db_piece_authentic(pb_str bytes, const db_piece *piece, const uint8_t key[32],
                             pb_error *err);

#endif
