/* What a workspace answers when it is asked: one number or text, or how many events of a kind there
 * are. */
#ifndef TESTS_SUPPORT_ASKED_H
#define TESTS_SUPPORT_ASKED_H

#include "db/workspace.h"
#include "ledger/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline void asked_must(pb_status status, const pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    if (status == PB_OK)
        return;
    pb_error_render(err, &err->primary, NULL, &text);
    pb_buf_byte(&text, ' ');
    pb_error_render(err, &err->detail, NULL, &text);
    fail_msg("%s", pb_buf_cstr(&text));
}

/** The first column of the first row; -1: there is none. */
static inline int64_t asked_number(db_workspace *workspace, const char *sql)
{
    pb_error err = {0};
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    asked_must(db_snapshot_open(workspace, &session, &err), &err);
    asked_must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    asked_must(db_step(stmt, &row, &err), &err);
    int64_t value = row ? db_column_i64(stmt, 0) : -1;
    db_reset(stmt);
    db_snapshot_close(session);
    return value;
}

/** A column (from 0) of the first row, which must be there, as text in `arena`. */
static inline pb_str asked_column(db_workspace *workspace, pb_arena *arena, int column,
                                  const char *sql)
{
    pb_error err = {0};
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    asked_must(db_snapshot_open(workspace, &session, &err), &err);
    asked_must(db_prepare_text(session, pb_str_c(sql), &stmt, &err), &err);
    asked_must(db_step(stmt, &row, &err), &err);
    assert_true(row);
    pb_str value = pb_arena_str(arena, db_column_text(stmt, column));
    db_reset(stmt);
    db_snapshot_close(session);
    return value;
}

/** The first column of it. */
static inline pb_str asked_text(db_workspace *workspace, pb_arena *arena, const char *sql)
{
    return asked_column(workspace, arena, 0, sql);
}

static inline pb_status asked_count(void *context, const ledger_event *event, bool erased,
                                    pb_error *err)
{
    (void)event;
    (void)erased;
    (void)err;
    ++*(uint64_t *)context;
    return PB_OK;
}

/** Events of a kind, erased ones too. */
static inline uint64_t asked_events(db_workspace *workspace, const char *kind)
{
    pb_error err = {0};
    db_session *session = NULL;
    uint64_t count = 0;
    asked_must(db_snapshot_open(workspace, &session, &err), &err);
    asked_must(ledger_each_of(session, kind, asked_count, &count, &err), &err);
    db_snapshot_close(session);
    return count;
}

#endif
