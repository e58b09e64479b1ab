/* What somebody was reminded of last, and on which day: nobody is told twice on one, nor the same
 * again. What is told has the day in it where it is to be repeated (see service/mail_remind.c). */
#include "mail/outbox.h"

static pb_status read_told(db_session *session, pb_uuid owner, mail_kind kind, pb_str state,
                           int64_t day, bool *ret_known, bool *ret_tell, pb_error *err)
{
    static const char sql[] = "SELECT state, day FROM t_mail_told WHERE owner = ?1 AND kind = ?2";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&owner));
    db_bind_text(stmt, 2, pb_str_c(mail_kind_words[kind]));
    PB_TRY(db_step(stmt, ret_known, err));
    *ret_tell = true;
    if (!*ret_known)
        return PB_OK;
    *ret_tell = !pb_str_eq(db_column_blob(stmt, 0), state) && db_column_i64(stmt, 1) < day;
    db_reset(stmt);
    return PB_OK;
}

pb_status mail_tell_once(db_session *session, pb_uuid owner, mail_kind kind, pb_str state,
                         int64_t day, bool *ret_tell, pb_error *err)
{
    static const char insert_sql[] =
        "INSERT INTO t_mail_told (owner, kind, state, day) VALUES (?1, ?2, ?3, ?4)";
    static const char update_sql[] =
        "UPDATE t_mail_told SET state = ?3, day = ?4 WHERE owner = ?1 AND kind = ?2";
    bool known, tell;
    db_stmt *stmt;
    PB_TRY(read_told(session, owner, kind, state, day, &known, &tell, err));
    *ret_tell = tell;
    if (!tell)
        return PB_OK;
    PB_TRY(db_prepare(session, known ? update_sql : insert_sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&owner));
    db_bind_text(stmt, 2, pb_str_c(mail_kind_words[kind]));
    db_bind_blob(stmt, 3, state);
    db_bind_i64(stmt, 4, day);
    return db_run(stmt, err);
}
