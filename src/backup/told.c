/* Backups and drills as the workspace remembers them. */
#include "backup/plan.h"

#include "db/read.h"

typedef struct telling {
    db_session *session;
    pb_str place; /* absent: all */
    int64_t limit;
    pb_arena *arena;
} telling;

static pb_status begin(const telling *t, const char *sql, db_stmt **ret_stmt, pb_error *err)
{
    PB_TRY(db_prepare(t->session, sql, ret_stmt, err));
    db_bind_i64(*ret_stmt, 1, t->place.ptr == NULL);
    db_bind_text(*ret_stmt, 2, t->place.ptr == NULL ? PB_STR("") : t->place);
    db_bind_i64(*ret_stmt, 3, t->limit);
    return PB_OK;
}

static bool keep(const telling *t, db_stmt *stmt, int column, pb_str *ret)
{
    pb_str text = db_column_text(stmt, column);
    *ret = pb_arena_str(t->arena, text.ptr == NULL ? PB_STR("") : text);
    return ret->ptr != NULL;
}

static bool read_made(const telling *t, db_stmt *stmt, backup_made *made)
{
    *made = (backup_made){.at_us = db_column_i64(stmt, 0),
                          .pieces = (uint64_t)db_column_i64(stmt, 3),
                          .bytes = (uint64_t)db_column_i64(stmt, 4),
                          .us = db_column_i64(stmt, 5),
                          .same_disk = db_column_i64(stmt, 6) != 0};
    return keep(t, stmt, 1, &made->place) && keep(t, stmt, 2, &made->name);
}

pb_status backup_made_list(db_session *session, pb_str place, int64_t limit, pb_arena *arena,
                           backup_made **ret_made, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT at_us, place, backup, pieces, bytes, us, same_disk FROM t_backup_run"
        " WHERE (?1 = 1 OR place = ?2) ORDER BY n DESC LIMIT ?3";
    const telling t = {session, place, limit, arena};
    backup_made *made = NULL;
    size_t count = 0, room = 0;
    db_stmt *stmt;
    bool row = true;
    PB_TRY(begin(&t, sql, &stmt, err));
    for (;;) {
        backup_made one;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        if (!read_made(&t, stmt, &one) || !PB_PUSH(arena, made, count, room, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_made = made;
    *ret_count = count;
    return PB_OK;
}

static bool read_filed(const telling *t, db_stmt *stmt, backup_filed *filed)
{
    *filed = (backup_filed){.at_us = db_column_i64(stmt, 0),
                            .good = db_column_i64(stmt, 3) != 0,
                            .recover_us = db_column_i64(stmt, 5),
                            .lose_us = db_column_i64(stmt, 6)};
    filed->ran = filed->good || filed->recover_us > 0;
    return keep(t, stmt, 1, &filed->place) && keep(t, stmt, 2, &filed->fault) &&
           keep(t, stmt, 4, &filed->noticed);
}

pb_status backup_filed_list(db_session *session, pb_str place, int64_t limit, pb_arena *arena,
                            backup_filed **ret_filed, size_t *ret_count, pb_error *err)
{
    static const char sql[] =
        "SELECT at_us, place, fault, good, noticed, recover_us, lose_us FROM t_backup_drill"
        " WHERE (?1 = 1 OR place = ?2) ORDER BY n DESC LIMIT ?3";
    const telling t = {session, place, limit, arena};
    backup_filed *filed = NULL;
    size_t count = 0, room = 0;
    db_stmt *stmt;
    bool row = true;
    PB_TRY(begin(&t, sql, &stmt, err));
    for (;;) {
        backup_filed one;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        if (!read_filed(&t, stmt, &one) || !PB_PUSH(arena, filed, count, room, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_filed = filed;
    *ret_count = count;
    return PB_OK;
}
