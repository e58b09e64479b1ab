/* How people like their screens: a text that nobody here understands. */
#include "identity/own.h"

#include "base/cbor.h"
#include "db/row.h"

pb_status identity_likes_read(db_session *session, pb_uuid user, pb_arena *arena, pb_str *ret_text,
                              pb_error *err)
{
    static const char sql[] = "SELECT body FROM t_screen_likes WHERE owner = ?1";
    db_stmt *stmt;
    bool row;
    *ret_text = PB_STR_NONE;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    bool good = db_take_text(stmt, 0, arena, ret_text);
    db_reset(stmt);
    return good ? PB_OK : pb_fail_memory(err);
}

static pb_status log_likes(db_session *session, const identity_call *call, pb_uuid user,
                           pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(256);
    uint64_t sequence;
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("user"));
    pb_cbor_bytes(&payload, pb_uuid_str(&user));
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "preferences.changed",
                                .at_us = call->now_us,
                                .actor = call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

pb_status identity_likes_put(db_session *session, const identity_call *call, pb_uuid user,
                             pb_str text, pb_error *err)
{
    static const char insert_sql[] =
        "INSERT INTO t_screen_likes (owner, body, changed_us) VALUES (?1, ?2, ?3)";
    static const char update_sql[] =
        "UPDATE t_screen_likes SET body = ?2, changed_us = ?3 WHERE owner = ?1";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_str before;
    db_stmt *stmt;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (text.len > IDENTITY_OWN_TEXT_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("What is liked takes {most} bytes at most."), "most",
                       PB_ARG_INT(IDENTITY_OWN_TEXT_MAX), NULL);
    PB_TRY(identity_likes_read(session, user, arena, &before, err));
    if (before.ptr != NULL && pb_str_eq(before, text))
        return PB_OK;
    PB_TRY(db_prepare(session, before.ptr == NULL ? insert_sql : update_sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&user));
    db_bind_text(stmt, 2, text);
    db_bind_i64(stmt, 3, call->now_us);
    PB_TRY(db_run(stmt, err));
    return log_likes(session, call, user, err);
}
