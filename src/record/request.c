#include "record/request.h"

#include "merkle/hash.h"

pb_status record_request_find(db_session *session, pb_str key, pb_str request, pb_arena *arena,
                              pb_str *ret_answer, bool *ret_same, pb_error *err)
{
    db_stmt *stmt = NULL;
    bool row = false;
    merkle_hash hash = merkle_sha256(request);
    *ret_answer = PB_STR_NONE;
    *ret_same = false;
    PB_TRY(db_prepare(session, "SELECT request, body FROM request_done WHERE key = ?", &stmt, err));
    db_bind_text(stmt, 1, key);
    PB_TRY(db_step(stmt, &row, err));
    if (row) {
        *ret_same =
            pb_str_eq(db_column_blob(stmt, 0), pb_str_n((const char *)hash.b, sizeof hash.b));
        *ret_answer = pb_arena_str(arena, db_column_blob(stmt, 1));
    }
    db_reset(stmt);
    return row && ret_answer->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status forget(db_session *session, int64_t before_us, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "DELETE FROM request_done WHERE at_us < ?", &stmt, err));
    db_bind_i64(stmt, 1, before_us);
    return db_run(stmt, err);
}

pb_status record_request_keep(db_session *session, pb_str key, pb_str request, int64_t now_us,
                              int64_t forget_us, pb_str answer, pb_error *err)
{
    db_stmt *stmt = NULL;
    merkle_hash hash = merkle_sha256(request);
    PB_TRY(forget(session, forget_us, err));
    PB_TRY(db_prepare(session,
                      "INSERT INTO request_done (key, request, at_us, body) VALUES (?, ?, ?, ?)",
                      &stmt, err));
    db_bind_text(stmt, 1, key);
    db_bind_blob(stmt, 2, pb_str_n((const char *)hash.b, sizeof hash.b));
    db_bind_i64(stmt, 3, now_us);
    db_bind_blob(stmt, 4, answer);
    return db_run(stmt, err);
}
