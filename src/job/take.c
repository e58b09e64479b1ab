/* Taking jobs, holding them, giving them back; and putting back those whose worker died. */
#include "internal.h"

#include "base/time.h"
#include "base/utf8.h"

enum { SQL_MAX = 4096, LOST_AT_ONCE = 16, KINDS_MAX = 64 };

#define PAUSE_MOST (INT64_C(3600) * PB_US_PER_SECOND)
static const char held_name[] = "jobs";

/* ---- what comes next ---- */

static pb_status add_kinds(const job_worker *worker, int first, pb_buf *sql, pb_error *err)
{
    if (worker->kind_count == 0 || worker->kind_count > KINDS_MAX)
        return pb_fail(err, PB_INTERNAL, PB_MSG("A worker must know a kind of work, 64 at most."),
                       NULL);
    pb_buf_addc(sql, " AND kind IN (");
    for (size_t i = 0; i < worker->kind_count; i++)
        pb_buf_printf(sql, "%s?%d", i > 0 ? ", " : "", first + (int)i);
    pb_buf_addc(sql, ")");
    return sql->failed ? pb_fail_memory(err) : PB_OK;
}

static void bind_kinds(const job_worker *worker, int first, db_stmt *stmt)
{
    for (size_t i = 0; i < worker->kind_count; i++)
        db_bind_text(stmt, first + (int)i, pb_str_c(worker->kinds[i]));
}

/* The earliest moment of one column among the jobs of a state; INT64_MAX without any. */
static pb_status earliest(const job_worker *worker, db_session *session, const char *column,
                          job_state state, int64_t *ret_us, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt;
    bool row;
    pb_buf_printf(&sql, "SELECT MIN(%s) FROM t_work_job WHERE state = ?1", column);
    PB_TRY(add_kinds(worker, 2, &sql, err));
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_text(stmt, 1, pb_str_c(job_state_word(state)));
    bind_kinds(worker, 2, stmt);
    PB_TRY(db_step(stmt, &row, err));
    *ret_us = row && !db_column_is_null(stmt, 0) ? db_column_i64(stmt, 0) : INT64_MAX;
    db_reset(stmt);
    return PB_OK;
}

static pb_status look(const job_worker *worker, int64_t *ret_due, int64_t *ret_until, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(worker->workspace, &session, err));
    pb_status status = earliest(worker, session, "due_us", JOB_WAITING, ret_due, err);
    if (status == PB_OK)
        status = earliest(worker, session, "until_us", JOB_RUNNING, ret_until, err);
    db_snapshot_close(session);
    return status;
}

pb_status job_next(const job_worker *worker, int64_t *ret_us, pb_error *err)
{
    int64_t due, until;
    PB_TRY(look(worker, &due, &until, err));
    *ret_us = due < until ? due : until;
    return PB_OK;
}

/* ---- what a job becomes ---- */

/* The first turn after `now`; turns that were missed are not made up for. */
static int64_t next_turn(const job_item *job, int64_t now_us)
{
    int64_t missed = now_us >= job->due_us ? (now_us - job->due_us) / job->every_us : 0;
    return job->due_us + (missed + 1) * job->every_us;
}

static int64_t pause_before(int64_t tries, int64_t pause_us)
{
    for (int64_t i = 1; i < tries && pause_us < PAUSE_MOST; i++)
        pause_us *= 2;
    return pause_us < PAUSE_MOST ? pause_us : PAUSE_MOST;
}

static void become(job_item *job, job_outcome outcome, int64_t pause_us, int64_t now_us)
{
    bool last = job->tries >= job->most || outcome == JOB_NEVER;
    job->ended_us = now_us;
    job->until_us = INT64_MIN;
    if (outcome == JOB_BAD && !last) {
        job->state = JOB_WAITING;
        job->due_us = now_us + pause_before(job->tries, pause_us);
        return;
    }
    job->failures = outcome == JOB_WELL ? 0 : job->failures + 1;
    job->state = job->every_us > 0 ? JOB_WAITING : outcome == JOB_WELL ? JOB_DONE : JOB_FAILED;
    if (job->every_us == 0)
        return;
    job->due_us = next_turn(job, now_us);
    job->tries = 0;
}

/* ---- jobs whose worker died ---- */

typedef struct losing {
    const job_worker *worker;
    int64_t n, now_us;
} losing;

static pb_status lose_work(db_session *session, void *context, pb_error *err)
{
    const losing *l = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const job_call call = {l->worker->actor, l->now_us};
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(job_find(session, l->n, arena, &found, err));
    if (found.state != JOB_RUNNING || found.until_us >= l->now_us)
        return PB_OK; /* its worker, or another that looked, was faster */
    found.exit = JOB_EXIT_LOST;
    found.said = PB_STR_NONE;
    become(&found, JOB_BAD, l->worker->pause_us, l->now_us);
    PB_TRY(job_row_store(session, &found, err));
    return job_event(session, &call, "job.ended", &found, "lost", err);
}

/* Who still holds it lives, and is only slow. */
static pb_status lose_one(const job_worker *worker, int64_t n, int64_t now_us, pb_error *err)
{
    db_hold *hold = NULL;
    losing l = {worker, n, now_us};
    pb_error busy = {0};
    pb_status status = db_hold_take_one(worker->workspace, held_name, (uint64_t)n, &hold, &busy);
    if (status == PB_BUSY)
        return PB_OK;
    if (status != PB_OK) {
        if (err != NULL)
            *err = busy;
        return status;
    }
    status = db_write(worker->workspace, lose_work, &l, err);
    db_hold_release(hold);
    return status;
}

static pb_status find_silent(const job_worker *worker, int64_t now_us, int64_t *numbers,
                             size_t *ret_count, pb_error *err)
{
    static const char sql[] = "SELECT n FROM t_work_job WHERE state = ?1 AND until_us < ?2"
                              " ORDER BY until_us LIMIT 16";
    db_session *session = NULL;
    db_stmt *stmt;
    bool row = false;
    PB_TRY(db_snapshot_open(worker->workspace, &session, err));
    pb_status status = db_prepare(session, sql, &stmt, err);
    if (status == PB_OK) {
        db_bind_text(stmt, 1, pb_str_c(job_state_word(JOB_RUNNING)));
        db_bind_i64(stmt, 2, now_us);
        status = db_step(stmt, &row, err);
    }
    *ret_count = 0;
    while (status == PB_OK && row && *ret_count < LOST_AT_ONCE) {
        numbers[(*ret_count)++] = db_column_i64(stmt, 0);
        status = db_step(stmt, &row, err);
    }
    db_snapshot_close(session);
    return status;
}

static pb_status put_back_lost(const job_worker *worker, int64_t now_us, pb_error *err)
{
    int64_t numbers[LOST_AT_ONCE];
    size_t count;
    PB_TRY(find_silent(worker, now_us, numbers, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(lose_one(worker, numbers[i], now_us, err));
    return PB_OK;
}

/* ---- taking ---- */

typedef struct taking {
    const job_worker *worker;
    int64_t now_us;
    pb_arena *arena;
    job_item job;
    bool taken;
} taking;

/* Transactions that write come one after the other: but a row that somebody locked for another
 * reason is passed over, not waited for. */
static pb_status take_work(db_session *session, void *context, pb_error *err)
{
    taking *t = context;
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    const job_call call = {t->worker->actor, t->now_us};
    db_stmt *stmt;
    t->taken = false;
    pb_buf_addc(&sql, "SELECT " JOB_COLUMNS " FROM t_work_job WHERE state = ?1 AND due_us <= ?2");
    PB_TRY(add_kinds(t->worker, 3, &sql, err));
    pb_buf_addc(&sql, " ORDER BY due_us, n LIMIT 1");
    PB_TRY(db_prepare_taking(session, pb_buf_str(&sql), &stmt, err));
    db_bind_text(stmt, 1, pb_str_c(job_state_word(JOB_WAITING)));
    db_bind_i64(stmt, 2, t->now_us);
    bind_kinds(t->worker, 3, stmt);
    PB_TRY(db_step(stmt, &t->taken, err));
    if (!t->taken)
        return PB_OK;
    pb_status status = job_row_read(stmt, t->arena, &t->job, err);
    db_reset(stmt);
    PB_TRY(status);
    t->job.state = JOB_RUNNING;
    t->job.tries++;
    t->job.worker = t->worker->name;
    t->job.taken_us = t->now_us;
    t->job.until_us = t->now_us + t->worker->lease_us;
    PB_TRY(job_row_store(session, &t->job, err));
    return job_event(session, &call, "job.taken", &t->job, NULL, err);
}

pb_status job_take(const job_worker *worker, int64_t now_us, pb_arena *arena, job_held **ret_held,
                   pb_error *err)
{
    taking t = {.worker = worker, .now_us = now_us, .arena = arena};
    int64_t due, until;
    PB_TRY(look(worker, &due, &until, err));
    if (until < now_us)
        PB_TRY(put_back_lost(worker, now_us, err));
    *ret_held = NULL;
    if (due > now_us)
        return PB_OK;
    job_held *held = pb_arena_alloc(arena, sizeof *held);
    if (held == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_write(worker->workspace, take_work, &t, err));
    if (!t.taken)
        return PB_OK;
    *held = (job_held){.worker = worker, .job = t.job};
    /* Free, but for one who was told that it is no more its own and has not let it go yet. */
    pb_status status =
        db_hold_take_one(worker->workspace, held_name, (uint64_t)held->job.n, &held->hold, err);
    if (status != PB_OK) {
        job_end(held, JOB_BACK, JOB_EXIT_NONE, PB_STR_NONE, now_us, NULL);
        return status == PB_BUSY ? PB_OK : status;
    }
    *ret_held = held;
    return PB_OK;
}

/* ---- having ---- */

typedef struct ending {
    job_held *held; /* what became of it is told there */
    job_outcome outcome;
    int64_t exit, now_us;
    pb_str said;
} ending;

/* A job is its worker's as long as the row says that it was taken by it, at that very moment. */
static pb_status find_own(db_session *session, const job_held *held, pb_arena *arena,
                          job_item *ret_found, pb_error *err)
{
    PB_TRY(job_find(session, held->job.n, arena, ret_found, err));
    if (ret_found->state == JOB_RUNNING && pb_str_eq(ret_found->worker, held->job.worker) &&
        ret_found->taken_us == held->job.taken_us)
        return PB_OK;
    return pb_fail(err, PB_CONFLICT, PB_MSG("Job {number} is not this worker's any more."),
                   "number", PB_ARG_INT(held->job.n), NULL);
}

static pb_status renew_work(db_session *session, void *context, pb_error *err)
{
    const ending *e = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_own(session, e->held, arena, &found, err));
    found.until_us = e->now_us + e->held->worker->lease_us;
    return job_row_store(session, &found, err);
}

pb_status job_renew(job_held *held, int64_t now_us, pb_error *err)
{
    ending e = {.held = held, .now_us = now_us};
    PB_TRY(db_write(held->worker->workspace, renew_work, &e, err));
    held->job.until_us = now_us + held->worker->lease_us;
    return PB_OK;
}

static pb_status end_work(db_session *session, void *context, pb_error *err)
{
    static const char *const words[] = {"done", "failed", "returned", "failed"};
    const ending *e = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const job_call call = {e->held->worker->actor, e->now_us};
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_own(session, e->held, arena, &found, err));
    if (e->outcome == JOB_BACK) {
        found.state = JOB_WAITING;
        found.tries--;
        found.until_us = INT64_MIN;
    } else {
        found.exit = e->exit;
        found.said = e->said;
        become(&found, e->outcome, e->held->worker->pause_us, e->now_us);
    }
    PB_TRY(job_row_store(session, &found, err));
    PB_TRY(job_event(session, &call, "job.ended", &found, words[e->outcome], err));
    e->held->job.state = found.state;
    e->held->job.due_us = found.due_us;
    e->held->job.tries = found.tries;
    e->held->job.failures = found.failures;
    return PB_OK;
}

/* What can be kept of it: texts without zeros. */
static pb_str kept_part(pb_str said)
{
    if (said.len == 0 || !pb_utf8_valid(said) || memchr(said.ptr, 0, said.len) != NULL)
        return PB_STR_NONE;
    return pb_utf8_cut(said, JOB_TEXT_MAX);
}

pb_status job_end(job_held *held, job_outcome outcome, int64_t exit, pb_str said, int64_t now_us,
                  pb_error *err)
{
    ending e = {held, outcome, exit, now_us, kept_part(said)};
    pb_status status = db_write(held->worker->workspace, end_work, &e, err);
    if (status != PB_BUSY)
        job_let_go(held);
    return status;
}

void job_let_go(job_held *held)
{
    if (held != NULL)
        held->hold = db_hold_release(held->hold);
}
