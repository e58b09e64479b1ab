/* When commits happened: noted while the log is kept, read when it is put into pieces.
 *
 * The file `log/moments` gets one record a commit, before the commit, by the process that holds the
 * writer's place: "what follows frame N of generation S was committed at T". It is not synced: what
 * a power cut takes of it makes moments inexact, never data wrong.
 */
#ifndef DB_SQLITE_MOMENT_H
#define DB_SQLITE_MOMENT_H

#include "log.h"

typedef struct db_moment {
    uint8_t salt[DB_LOG_SALT];
    uint32_t frame;
    int64_t at_us;
} db_moment;

/** Notes that a commit follows now. Holding the writer's place. */
pb_status db_moment_note(db_conn *conn, pb_error *err);
/** All records that are whole, in order; the caller frees them. */
pb_status db_moments_read(const char *place, db_moment **ret_moments, size_t *ret_count,
                          pb_error *err);
/** Empties the file. Holding the writer's place. */
pb_status db_moments_clear(const char *place, pb_error *err);

#endif
