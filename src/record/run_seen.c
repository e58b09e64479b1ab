/* What an import wants to know besides: was this file here before, how much was kept with a remark.
 */
#include "base/bytes.h"
#include "internal.h"
#include "record/run.h"

pb_status record_run_seen(db_session *session, const model_entity *entity, const uint8_t hash[32],
                          int64_t before, int64_t *ret_number, bool *ret_unfinished, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    if (text.failed)
        return pb_fail_memory(err);
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT f.run, r.kind FROM t_source_file AS f JOIN t_import_run AS r"
                      " ON r.run = f.run WHERE f.hash = ? AND f.entity = ? AND f.run < ?"
                      " AND r.undone IS NULL ORDER BY f.run DESC LIMIT 1",
                      &stmt, err));
    db_bind_text(stmt, 1, pb_buf_str(&text));
    db_bind_text(stmt, 2, entity->name);
    db_bind_i64(stmt, 3, before);
    PB_TRY(db_step(stmt, &row, err));
    *ret_number = row ? db_column_i64(stmt, 0) : 0;
    *ret_unfinished = row && pb_str_is(db_column_text(stmt, 1), "unfinished");
    db_reset(stmt);
    return PB_OK;
}

uint64_t record_writer_noted(const record_writer *writer)
{
    return writer->noted;
}
