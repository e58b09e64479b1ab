#include "setting.h"

pb_status db_setting_read(db_session *session, pb_str name, pb_buf *out, bool *ret_found,
                          pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "SELECT value FROM setting WHERE name = ?1", &stmt, err));
    db_bind_text(stmt, 1, name);
    PB_TRY(db_step(stmt, ret_found, err));
    *ret_found = *ret_found && !db_column_is_null(stmt, 0);
    if (*ret_found)
        pb_buf_add(out, db_column_blob(stmt, 0));
    db_reset(stmt);
    if (out->starved)
        return pb_fail_memory(err);
    return out->failed ? pb_fail(err, PB_LIMIT, PB_MSG("The setting {name} is too long."), "name",
                                 PB_ARG(name), NULL)
                       : PB_OK;
}

pb_status db_setting_write(db_session *session, pb_str name, pb_str value, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session,
                      "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                      " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                      &stmt, err));
    db_bind_text(stmt, 1, name);
    db_bind_blob(stmt, 2, value);
    return db_run(stmt, err);
}
