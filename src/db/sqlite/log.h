/* The write-ahead log as it lies on the disk and as the processes share it.
 *
 * Source: SQLite, "WAL-mode File Format" (frames, checksums, the shared index and its locks).
 */
#ifndef DB_SQLITE_LOG_H
#define DB_SQLITE_LOG_H

#include "sqlite.h"

enum {
    DB_LOG_HEAD = 32,   /* bytes before the first frame */
    DB_FRAME_HEAD = 24, /* page, size of the database after a commit, salts, checksum */
    DB_FRAME_SIZE = DB_FRAME_HEAD + DB_SQLITE_PAGE,
    DB_LOG_MAGIC = 0x377f0682,
    DB_LOG_SALT = 8
};

/** How far the log is committed, as all processes see it. */
typedef struct db_log_state {
    uint32_t frames; /* the last one is the end of a commit */
    uint32_t pages;  /* of the database as of that frame */
    uint32_t sum[2]; /* checksum up to that frame */
    uint8_t salt[DB_LOG_SALT];
    bool big; /* byte order of checksums */
} db_log_state;

/** Of a connection that has read before. */
pb_status db_log_state_read(db_conn *conn, db_log_state *ret_state, pb_error *err);
bool db_log_state_same(const db_log_state *a, const db_log_state *b);

uint32_t db_big32(const uint8_t *bytes);
/** Adds `len` bytes, a multiple of eight, to a checksum. */
void db_log_sum(const uint8_t *bytes, size_t len, bool big, uint32_t sum[2]);
/** True when `frame`, whose predecessor's checksum is `sum`, is whole; `sum` then becomes its own.
 */
bool db_frame_good(const uint8_t *frame, const uint8_t salt[DB_LOG_SALT], bool big,
                   uint32_t sum[2]);
/** Where frame `number` (from 1) begins. */
int64_t db_frame_at(uint32_t number);

#endif
