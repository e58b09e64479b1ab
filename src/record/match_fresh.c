/* Keys of single entries, filed in the index of likely duplicates.
 *
 * Keys are hashes, so those of one record lie all over the index, and where a commit writes each
 * page it changed as a whole they cost a page each: seven of the dozen that an entry changes. There
 * they wait first under minus the entity's code, in a part of the table that has some fifty pages,
 * which the entries of one commit share. When many wait, a stretch of them, one behind the other in
 * the order of the hash, goes to its place at once, some ten to a page; the next stretch is the one
 * behind it, round and round. Who looks for a key asks both parts.
 */
#include "alike.h"

enum {
    WAITING_MOST = 16384,
    STRETCH = 1024 /* keys: an entry that moves them takes some milliseconds longer */
};

static pb_status count_waiting(db_session *session, alike *a, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT COUNT(*) FROM match_key WHERE entity = ?1", &stmt, err));
    db_bind_i64(stmt, 1, -a->code);
    PB_TRY(db_step(stmt, &row, err));
    a->waiting = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

/* The last hash of the stretch that begins where the one before ended; INT64_MAX: all that is left.
 */
static pb_status end_of_stretch(db_session *session, const alike *a, int64_t *ret_until,
                                pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT hash FROM match_key WHERE entity = ?1 AND hash >= ?2"
                      " ORDER BY hash, n LIMIT 1 OFFSET ?3",
                      &stmt, err));
    db_bind_i64(stmt, 1, -a->code);
    db_bind_i64(stmt, 2, a->moved_to);
    db_bind_i64(stmt, 3, STRETCH - 1);
    PB_TRY(db_step(stmt, &row, err));
    *ret_until = row ? db_column_i64(stmt, 0) : INT64_MAX;
    db_reset(stmt);
    return PB_OK;
}

static pb_status run_stretch(db_session *session, const char *sql, const alike *a, int64_t until,
                             pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, -a->code);
    db_bind_i64(stmt, 2, a->moved_to);
    db_bind_i64(stmt, 3, until);
    return db_run(stmt, err);
}

static pb_status move_stretch(db_session *session, alike *a, pb_error *err)
{
    int64_t until;
    PB_TRY(end_of_stretch(session, a, &until, err));
    PB_TRY(run_stretch(session,
                       "INSERT INTO match_key (entity, hash, n) SELECT -entity, hash, n"
                       " FROM match_key WHERE entity = ?1 AND hash >= ?2 AND hash <= ?3"
                       " ORDER BY hash, n ON CONFLICT DO NOTHING",
                       a, until, err));
    PB_TRY(run_stretch(session,
                       "DELETE FROM match_key WHERE entity = ?1 AND hash >= ?2 AND hash <= ?3", a,
                       until, err));
    if (until < INT64_MAX) {
        a->waiting -= STRETCH;
        a->moved_to = until + 1;
        return PB_OK;
    }
    a->moved_to = 0; /* what was taken out while it waited is still counted */
    return count_waiting(session, a, err);
}

pb_status match_index_put(db_session *session, alike *a, const int64_t *hashes, size_t count,
                          int64_t n, pb_error *err)
{
    db_stmt *stmt;
    bool waits = db_writes_pages(session);
    if (waits && a->waiting < 0)
        PB_TRY(count_waiting(session, a, err));
    PB_TRY(db_prepare(session, "INSERT INTO match_key (entity, hash, n) VALUES (?1, ?2, ?3)", &stmt,
                      err));
    db_bind_i64(stmt, 1, waits ? -a->code : a->code);
    db_bind_i64(stmt, 3, n);
    for (size_t i = 0; i < count; i++) {
        db_bind_i64(stmt, 2, hashes[i]);
        PB_TRY(db_run(stmt, err));
    }
    if (waits)
        a->waiting += (int64_t)count;
    return a->waiting > WAITING_MOST ? move_stretch(session, a, err) : PB_OK;
}

pb_status match_index_take(db_session *session, const alike *a, const int64_t *hashes, size_t count,
                           int64_t n, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(db_prepare(session,
                      "DELETE FROM match_key WHERE entity IN (?1, ?2) AND hash = ?3 AND n = ?4",
                      &stmt, err));
    db_bind_i64(stmt, 1, a->code);
    db_bind_i64(stmt, 2, -a->code);
    db_bind_i64(stmt, 4, n);
    for (size_t i = 0; i < count; i++) {
        db_bind_i64(stmt, 3, hashes[i]);
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}
