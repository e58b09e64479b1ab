/* What is asked of imports besides: was this file here before, what becomes of one that did not
 * come to its end, how much was kept with a remark. */
#include "base/bytes.h"
#include "base/cbor.h"
#include "internal.h"
#include "record/run.h"

static record_seen seen_as(pb_str kind, bool going)
{
    return going || pb_str_is(kind, "unfinished") ? RECORD_SEEN_UNFINISHED
           : pb_str_is(kind, "partial")           ? RECORD_SEEN_PART
                                                  : RECORD_SEEN_WHOLE;
}

pb_status record_run_seen(db_session *session, const model_entity *entity, const uint8_t hash[32],
                          int64_t before, int64_t *ret_number, record_seen *ret_seen, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    if (text.failed)
        return pb_fail_memory(err);
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT f.run, r.kind, u.run FROM t_source_file AS f JOIN t_import_run AS r"
                      " ON r.run = f.run LEFT JOIN t_import_run AS u ON u.run = r.undone"
                      " AND u.kind = 'undoing' WHERE f.hash = ? AND f.entity = ? AND f.run < ?"
                      " AND (r.undone IS NULL OR u.run IS NOT NULL) ORDER BY f.run DESC LIMIT 1",
                      &stmt, err));
    db_bind_text(stmt, 1, pb_buf_str(&text));
    db_bind_text(stmt, 2, entity->name);
    db_bind_i64(stmt, 3, before);
    PB_TRY(db_step(stmt, &row, err));
    *ret_number = row ? db_column_i64(stmt, 0) : 0;
    *ret_seen =
        row ? seen_as(db_column_text(stmt, 1), !db_column_is_null(stmt, 2)) : RECORD_SEEN_NOT;
    db_reset(stmt);
    return PB_OK;
}

static pb_status check_unfinished(db_session *session, int64_t number, pb_arena *arena,
                                  record_run_info *ret_run, pb_error *err)
{
    PB_TRY(record_run_find(session, number, arena, ret_run, err));
    if (!ret_run->undone && pb_str_is(ret_run->kind, "unfinished"))
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("What run {run} wrote could not be kept"), "run",
            PB_ARG_INT(number), NULL);
    pb_error_detail(err,
                    ret_run->undone
                        ? PB_MSG("It was taken back.")
                        : PB_MSG("It came to its end, so all that it wrote is kept already."),
                    NULL);
    return PB_CONFLICT;
}

pb_status record_run_keep(db_session *session, ledger_actor actor, int64_t now_us, int64_t number,
                          pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF payload = PB_BUF_INIT(64);
    record_run_info run;
    db_stmt *stmt;
    uint64_t sequence;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(check_unfinished(session, number, arena, &run, err));
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("run"));
    pb_cbor_int(&payload, run.number);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = "import.kept", .at_us = now_us, .actor = actor, .payload = pb_buf_str(&payload)};
    PB_TRY(ledger_append(session, &event, &sequence, err));
    PB_TRY(db_prepare(session,
                      "UPDATE t_import_run SET event = ?1, kind = 'partial' WHERE first = ?2"
                      " AND kind = 'unfinished'",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    db_bind_i64(stmt, 2, (int64_t)run.first);
    return db_run(stmt, err);
}

uint64_t record_writer_noted(const record_writer *writer)
{
    return writer->noted;
}
