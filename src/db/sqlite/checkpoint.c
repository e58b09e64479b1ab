/* Moving the write-ahead log into the file: never by SQLite on its own, so that a kept log is
 * sealed before.
 *
 * A second connection, the keeper, holds a snapshot while the log is moved: nothing behind it is
 * moved, so no frame goes that came after the keeper asked whether the log is kept. When it is, the
 * keeper takes the writer's place, seals all that is committed, and holds that state.
 * The log begins anew only when all of it is in the file; so nothing is lost that is not sealed.
 */
#include "keep.h"

enum {
    LONG_LOG = 7500, /* frames: 60 MB */
    LONG_KEPT = 2000,
    LONGER_BY = 500, /* when readers were in the way */
    NEARLY = 100,    /* frames of a few commits */
    SHORT_LOG = 16,  /* not worth a commit to be rid of */
    PLACE_WAIT_MS = 2000
};

/* Single records change pages all over their indexes: the longer the log, the more of those pages
 * have changed again before they are moved, once. What is kept is sealed when it is moved: that
 * should not take long to come. */
static int long_log(const db_conn *conn)
{
    return conn->kept ? LONG_KEPT : LONG_LOG;
}

/* What others prevent is no failure. */
static pb_status move(db_conn *conn, int mode, pb_error *err)
{
    int all = 0;
    int moved = 0;
    int code = sqlite3_wal_checkpoint_v2(conn->db, "main", mode, &all, &moved);
    if (code == SQLITE_OK && all == moved)
        conn->log_frames_limit = long_log(conn);
    bool busy = (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
    return code == SQLITE_OK || busy ? PB_OK : db_sqlite_fail(conn->db, code, err);
}

static pb_status keeper_of(db_conn *conn, db_conn **ret_keeper, pb_error *err)
{
    if (conn->keeper == NULL)
        PB_TRY(db_engine_sqlite.connect(conn->target, DB_KEEPER, &conn->keeper, err));
    db_sqlite_wait(conn->keeper->db, PLACE_WAIT_MS);
    *ret_keeper = conn->keeper;
    return PB_OK;
}

/* The keeper's transaction: a snapshot, or the writer's place when the log is kept. */
static pb_status hold(db_conn *keeper, uint32_t *ret_era, pb_error *err)
{
    bool foreign;
    PB_TRY(db_engine_sqlite.begin(keeper, false, &foreign, err));
    pb_status status = db_era(keeper, ret_era, err);
    if (status == PB_OK && *ret_era % 2 == 1) {
        db_engine_sqlite.rollback(keeper);
        PB_TRY(db_engine_sqlite.begin(keeper, true, &foreign, err));
        status = db_era(keeper, ret_era, err);
    }
    if (status != PB_OK)
        db_engine_sqlite.rollback(keeper);
    return status;
}

/* Cutting the log needs all readers gone, the keeper too. Should another process have begun to keep
 * the log in that moment, its timeline may have a gap: a new one begins. */
static pb_status cut(db_conn *conn, uint32_t era, pb_error *err)
{
    uint32_t now = era;
    char sql[64];
    PB_TRY(move(conn, SQLITE_CHECKPOINT_TRUNCATE, err));
    PB_TRY(db_era(conn, &now, err));
    if (now == era || now % 2 == 0)
        return PB_OK;
    snprintf(sql, sizeof sql, "PRAGMA user_version = %lu", (unsigned long)now + 2);
    return db_engine_sqlite.run(conn, sql, err);
}

/* A commit that changes nothing makes the log begin anew, if all of it is in the file; then all of
 * it is sealed too. The file is cut behind that commit, so nothing of the former frames is left. */
static pb_status begin_anew(db_conn *keeper, pb_error *err)
{
    bool foreign;
    char sql[64];
    uint32_t era = 0;
    db_log_state state;
    PB_TRY(db_engine_sqlite.begin(keeper, true, &foreign, err));
    pb_status status = db_log_state_read(keeper, &state, err);
    if (status == PB_OK)
        status = db_era(keeper, &era, err);
    if (status == PB_OK && state.frames > SHORT_LOG) {
        snprintf(sql, sizeof sql, "PRAGMA user_version = %lu", (unsigned long)era);
        status = db_engine_sqlite.run(keeper, sql, err);
        if (status == PB_OK)
            return db_engine_sqlite.commit(keeper, err);
    }
    db_engine_sqlite.rollback(keeper);
    return status;
}

pb_status db_sqlite_checkpoint(db_conn *conn, bool empty, pb_error *err)
{
    db_conn *keeper = NULL;
    uint32_t era = 0;
    bool more = false;
    if (conn->target->scratch || conn->target->follows || conn->aside != NULL)
        return PB_OK;
    PB_TRY(keeper_of(conn, &keeper, err));
    pb_status status = hold(keeper, &era, err);
    if (status == PB_BUSY)
        return PB_OK;
    PB_TRY(status);
    if (era % 2 == 1)
        status = db_keep_seal_held(keeper, era, false, &more, err);
    if (status == PB_OK)
        status = move(conn, SQLITE_CHECKPOINT_PASSIVE, err);
    db_engine_sqlite.rollback(keeper);
    if (status == PB_OK && empty)
        status = era % 2 == 0 ? cut(conn, era, err) : begin_anew(keeper, err);
    return status == PB_BUSY ? PB_OK : status;
}

void db_checkpoint_when_long(db_conn *conn)
{
    if (conn->log_frames < long_log(conn))
        conn->log_frames_limit = long_log(conn); /* it began anew */
    if (conn->log_frames < conn->log_frames_limit)
        return;
    conn->log_frames_limit = conn->log_frames + LONGER_BY;
    db_sqlite_checkpoint(conn, false, NULL); /* what fails is tried again, the log stays */
}

bool db_sqlite_crowded(const db_conn *conn)
{
    return conn->log_frames >= long_log(conn) - NEARLY;
}

/* Not kept: SQLite does it if this is the last connection of all, and removes the log. */
void db_checkpoint_at_end(db_conn *conn)
{
    uint32_t era = 1;
    if (!conn->ready || conn->role != DB_WRITER || conn->aside != NULL ||
        db_era(conn, &era, NULL) != PB_OK)
        return;
    if (era % 2 == 0)
        sqlite3_db_config(conn->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    else
        db_sqlite_checkpoint(conn, true, NULL);
}
