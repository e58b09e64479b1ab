/* When what is kept in memory of anybody's rights is no longer true. */
#include "../turn.h"
#include "identity/people.h"

#include <stdlib.h>

#include "db/share.h"

pb_status identity_changed(db_session *session, int64_t now_us, pb_error *err)
{
    static const char sql[] = "INSERT INTO access_turn (n, turn, at_us) VALUES (1, 1, ?1)"
                              " ON CONFLICT (n) DO UPDATE SET turn = access_turn.turn + 1,"
                              " at_us = excluded.at_us";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, now_us);
    return db_run(stmt, err);
}

pb_status identity_expect(db_session *session, int64_t us, pb_error *err)
{
    static const char sql[] = "INSERT INTO access_moment (us) VALUES (?1) ON CONFLICT DO NOTHING";
    db_stmt *stmt;
    if (us == IDENTITY_OPEN)
        return PB_OK;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, us);
    return db_run(stmt, err);
}

static pb_status read_turn(db_session *session, int64_t *ret_turn, int64_t *ret_at, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, "SELECT turn, at_us FROM access_turn WHERE n = 1", &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    *ret_turn = row ? db_column_i64(stmt, 0) : 0;
    *ret_at = row ? db_column_i64(stmt, 1) : INT64_MIN;
    db_reset(stmt);
    return PB_OK;
}

/* The turn that a session read last; true as long as nothing but the log is committed. */
typedef struct turn_kept {
    uint64_t view;
    int64_t turn;
} turn_kept;

/* NULL: it may not be kept, or there is no memory for it. */
static turn_kept *kept_of(db_session *session)
{
    void **slot = db_session_view(session) == 0 ? NULL : db_session_slot(session, "turn", free);
    if (slot != NULL && *slot == NULL)
        *slot = calloc(1, sizeof(turn_kept));
    return slot == NULL ? NULL : *slot;
}

pb_status identity_turn(db_session *session, int64_t *ret_turn, pb_error *err)
{
    turn_kept *kept = kept_of(session);
    int64_t at_us;
    if (kept != NULL && kept->view == db_session_view(session)) {
        *ret_turn = kept->turn;
        return PB_OK;
    }
    PB_TRY(read_turn(session, ret_turn, &at_us, err));
    if (kept != NULL)
        *kept = (turn_kept){db_session_view(session), *ret_turn};
    return PB_OK;
}

/* A change takes effect at the moment it bears, which by another's clock may still be to come. */
pb_status identity_between(db_session *session, int64_t at_us, int64_t *ret_turn, int64_t *ret_from,
                           int64_t *ret_until, pb_error *err)
{
    static const char sql[] = "SELECT (SELECT MAX(us) FROM access_moment WHERE us <= ?1),"
                              " (SELECT MIN(us) FROM access_moment WHERE us > ?1)";
    int64_t turn, changed_us, from = INT64_MIN, until = IDENTITY_OPEN;
    db_stmt *stmt;
    bool row;
    PB_TRY(read_turn(session, &turn, &changed_us, err));
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    PB_TRY(db_step(stmt, &row, err));
    if (row && !db_column_is_null(stmt, 0))
        from = db_column_i64(stmt, 0);
    if (row && !db_column_is_null(stmt, 1))
        until = db_column_i64(stmt, 1);
    db_reset(stmt);
    if (changed_us <= at_us && changed_us > from)
        from = changed_us;
    if (changed_us > at_us && changed_us < until)
        until = changed_us;
    *ret_turn = turn;
    *ret_from = from;
    *ret_until = until;
    return PB_OK;
}
