/* Clearing away what has long been over: the ledger keeps what became of it for ever. */
#include "internal.h"

enum { AT_ONCE = 200 };

typedef struct clearing {
    const job_call *call;
    int64_t cleared;
} clearing;

/* The newest job stays, whatever became of it: no number is given twice. */
#define OVER                                                                                       \
    " FROM t_work_job WHERE state IN (?1, ?2) AND ended_us < ?3"                                   \
    " AND n < (SELECT MAX(m.n) FROM t_work_job m)"

static void bind_over(db_stmt *stmt, int64_t before_us)
{
    db_bind_text(stmt, 1, pb_str_c(job_state_word(JOB_DONE)));
    db_bind_text(stmt, 2, pb_str_c(job_state_word(JOB_CANCELLED)));
    db_bind_i64(stmt, 3, before_us);
}

static pb_status clear_work(db_session *session, void *context, pb_error *err)
{
    static const char which_sql[] =
        "SELECT COUNT(*), MAX(old.n) FROM (SELECT n" OVER " ORDER BY n LIMIT ?4) AS old";
    static const char clear_sql[] = "DELETE" OVER " AND n <= ?4";
    clearing *c = context;
    int64_t before_us = c->call->now_us - JOB_KEPT_US, last = 0;
    db_stmt *stmt;
    bool row;
    c->cleared = 0;
    PB_TRY(db_prepare(session, which_sql, &stmt, err));
    bind_over(stmt, before_us);
    db_bind_i64(stmt, 4, AT_ONCE);
    PB_TRY(db_step(stmt, &row, err));
    int64_t count = row ? db_column_i64(stmt, 0) : 0;
    if (count > 0)
        last = db_column_i64(stmt, 1);
    db_reset(stmt);
    if (count == 0)
        return PB_OK; /* another was faster */
    PB_TRY(db_prepare(session, clear_sql, &stmt, err));
    bind_over(stmt, before_us);
    db_bind_i64(stmt, 4, last);
    PB_TRY(db_run(stmt, err));
    c->cleared = count;
    return job_event_cleared(session, c->call, count, before_us, err);
}

/* Asked without a transaction that writes: most of the time there is nothing. */
static pb_status is_due(db_workspace *workspace, int64_t before_us, bool *ret_due, pb_error *err)
{
    static const char sql[] = "SELECT n" OVER " LIMIT 1";
    db_session *session = NULL;
    db_stmt *stmt;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_prepare(session, sql, &stmt, err);
    if (status == PB_OK) {
        bind_over(stmt, before_us);
        status = db_step(stmt, ret_due, err);
    }
    db_snapshot_close(session);
    return status;
}

pb_status job_clear(db_workspace *workspace, const job_call *call, int64_t *ret_cleared,
                    pb_error *err)
{
    bool due = false;
    PB_TRY(is_due(workspace, call->now_us - JOB_KEPT_US, &due, err));
    for (*ret_cleared = 0; due;) {
        clearing c = {.call = call};
        PB_TRY(db_write(workspace, clear_work, &c, err));
        *ret_cleared += c.cleared;
        due = c.cleared == AT_ONCE;
    }
    return PB_OK;
}
