/* A job as a row, and as an event. */
#include "internal.h"

#include "base/cbor.h"
#include "db/row.h"

enum { EVENT_MAX = 64 << 10 };

static const char *const words[JOB_STATES] = {"waiting", "running", "done", "failed", "cancelled"};

const char *job_state_word(job_state state)
{
    return words[state];
}

bool job_state_parse(pb_str word, job_state *ret_state)
{
    for (int i = 0; i < JOB_STATES; i++) {
        if (!pb_str_is(word, words[i]))
            continue;
        *ret_state = (job_state)i;
        return true;
    }
    return false;
}

pb_status job_row_read(db_stmt *stmt, pb_arena *arena, job_item *ret_job, pb_error *err)
{
    job_item found = {.n = db_column_i64(stmt, 0),
                      .due_us = db_column_i64(stmt, 4),
                      .every_us = db_column_i64(stmt, 5),
                      .most = db_column_i64(stmt, 6),
                      .tries = db_column_i64(stmt, 7),
                      .failures = db_column_i64(stmt, 8),
                      .at_us = db_column_i64(stmt, 10),
                      .taken_us = db_take_number(stmt, 12, INT64_MIN),
                      .until_us = db_take_number(stmt, 13, INT64_MIN),
                      .ended_us = db_take_number(stmt, 14, INT64_MIN),
                      .exit = db_take_number(stmt, 15, JOB_EXIT_NONE)};
    if (!db_take_text(stmt, 1, arena, &found.kind) ||
        !db_take_text(stmt, 2, arena, &found.arguments) ||
        !db_take_text(stmt, 9, arena, &found.by) || !db_take_text(stmt, 11, arena, &found.worker) ||
        !db_take_text(stmt, 16, arena, &found.said))
        return pb_fail_memory(err);
    if (!job_state_parse(db_column_text(stmt, 3), &found.state))
        return db_fail_altered("t_work_job", err);
    *ret_job = found;
    return PB_OK;
}

pb_status job_find(db_session *session, int64_t n, pb_arena *arena, job_item *ret_job,
                   pb_error *err)
{
    static const char sql[] = "SELECT " JOB_COLUMNS " FROM t_work_job WHERE n = ?1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (!row) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no job {number}."), "number", PB_ARG_INT(n),
                NULL);
        pb_error_hint(err, PB_MSG("List the jobs: probity jobs WORKSPACE"), NULL);
        return PB_NOT_FOUND;
    }
    pb_status status = job_row_read(stmt, arena, ret_job, err);
    db_reset(stmt);
    return status;
}

pb_status job_row_add(db_session *session, const job_call *call, const job_wish *wish,
                      int64_t *ret_n, pb_error *err)
{
    static const char next_sql[] = "SELECT COALESCE(MAX(n), 0) + 1 FROM t_work_job";
    static const char add_sql[] =
        "INSERT INTO t_work_job (n, kind, arguments, state, due_us, every_us, most, tries,"
        " failures, by, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?9)";
    db_stmt *stmt;
    int64_t n;
    PB_TRY(db_next_number(session, next_sql, &n, err));
    PB_TRY(db_prepare(session, add_sql, &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_text(stmt, 2, wish->kind);
    db_bind_text(stmt, 3, wish->arguments.ptr == NULL ? PB_STR("") : wish->arguments);
    db_bind_text(stmt, 4, pb_str_c(job_state_word(JOB_WAITING)));
    db_bind_i64(stmt, 5, wish->due_us);
    db_bind_i64(stmt, 6, wish->every_us);
    db_bind_i64(stmt, 7, wish->most);
    db_bind_text(stmt, 8, call->actor.name);
    db_bind_i64(stmt, 9, call->now_us);
    PB_TRY(db_run(stmt, err));
    *ret_n = n;
    return PB_OK;
}

pb_status job_row_store(db_session *session, const job_item *job, pb_error *err)
{
    static const char sql[] =
        "UPDATE t_work_job SET state = ?2, due_us = ?3, tries = ?4, failures = ?5, taken_by = ?6,"
        " taken_us = ?7, until_us = ?8, ended_us = ?9, exit = ?10, said = ?11 WHERE n = ?1";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, job->n);
    db_bind_text(stmt, 2, pb_str_c(job_state_word(job->state)));
    db_bind_i64(stmt, 3, job->due_us);
    db_bind_i64(stmt, 4, job->tries);
    db_bind_i64(stmt, 5, job->failures);
    db_bind_text(stmt, 6, job->worker);
    db_bind_unless(stmt, 7, job->taken_us, INT64_MIN);
    db_bind_unless(stmt, 8, job->until_us, INT64_MIN);
    db_bind_unless(stmt, 9, job->ended_us, INT64_MIN);
    db_bind_unless(stmt, 10, job->exit, JOB_EXIT_NONE);
    db_bind_text(stmt, 11, job->said);
    return db_run(stmt, err);
}

/* ---- events: the keys of a map are in the order of their bytes ---- */

static void put_text(pb_buf *out, const char *key, pb_str value)
{
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_value(out, value.ptr == NULL ? PB_VALUE_NULL : PB_VALUE_TEXT(value));
}

static void put_number(pb_buf *out, const char *key, int64_t value)
{
    pb_cbor_text(out, pb_str_c(key));
    pb_cbor_int(out, value);
}

static void put_added(pb_buf *out, const job_item *job)
{
    pb_cbor_map(out, 5);
    put_number(out, "due", job->due_us);
    put_number(out, "job", job->n);
    put_text(out, "kind", job->kind);
    put_number(out, "every", job->every_us);
    put_text(out, "arguments", job->arguments);
}

static void put_ended(pb_buf *out, const job_item *job, const char *outcome)
{
    pb_cbor_map(out, 9);
    put_number(out, "due", job->due_us);
    put_number(out, "job", job->n);
    put_number(out, "try", job->tries);
    put_number(out, "exit", job->exit);
    put_text(out, "kind", job->kind);
    put_text(out, "said", job->said);
    put_text(out, "state", pb_str_c(job_state_word(job->state)));
    put_text(out, "worker", job->worker);
    put_text(out, "outcome", pb_str_c(outcome));
}

static void put_taken(pb_buf *out, const job_item *job)
{
    pb_cbor_map(out, 4);
    put_number(out, "job", job->n);
    put_number(out, "try", job->tries);
    put_text(out, "kind", job->kind);
    put_text(out, "worker", job->worker);
}

pb_status job_event(db_session *session, const job_call *call, const char *kind,
                    const job_item *job, const char *outcome, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(EVENT_MAX);
    uint64_t sequence;
    if (outcome != NULL) {
        put_ended(&payload, job, outcome);
    } else if (strcmp(kind, "job.added") == 0) {
        put_added(&payload, job);
    } else if (strcmp(kind, "job.taken") == 0) {
        put_taken(&payload, job);
    } else {
        pb_cbor_map(&payload, 2);
        put_number(&payload, "job", job->n);
        put_text(&payload, "kind", job->kind);
    }
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {
        .kind = kind, .at_us = call->now_us, .actor = call->actor, .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

pb_status job_event_cleared(db_session *session, const job_call *call, int64_t count,
                            int64_t before_us, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(EVENT_MAX);
    uint64_t sequence;
    pb_cbor_map(&payload, 2);
    put_number(&payload, "jobs", count);
    put_number(&payload, "before", before_us);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "job.cleared",
                                .at_us = call->now_us,
                                .actor = call->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}
