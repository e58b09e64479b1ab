/* Jobs: the list, and the one loop that does them. */
#include "service/jobs.h"

#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/signal.h"

static job_call call_of(const service_call *call)
{
    return (job_call){call->actor, call->now_us};
}

pb_status service_job_add(const service_call *call, db_workspace *workspace, const job_wish *wish,
                          int64_t *ret_n, pb_error *err)
{
    const job_call by = call_of(call);
    return job_add(workspace, &by, wish, ret_n, err);
}

pb_status service_job_cancel(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_error *err)
{
    const job_call by = call_of(call);
    return job_cancel(workspace, &by, n, err);
}

pb_status service_job_again(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_error *err)
{
    const job_call by = call_of(call);
    return job_again(workspace, &by, n, err);
}

pb_status service_jobs(db_workspace *workspace, const job_filter *filter, pb_arena *arena,
                       job_item **ret_jobs, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = job_list(session, filter, arena, ret_jobs, ret_count, err);
    db_snapshot_close(session);
    return status;
}

/* ---- working ---- */

struct service_beat {
    job_held *held;
    int64_t renewed_us; /* by the clock that never goes back */
    bool lost;
};

/* A renewal that fails for another reason than that the job is gone may be made good until the
 * lease is over. Where others write for longer (it may be the job itself), nobody can take it from
 * us meanwhile, nor afterwards: the lock is held. */
bool service_job_beat(service_beat *beat)
{
    int64_t lease = beat->held->worker->lease_us, now = sys_monotonic_us();
    if (beat->lost || now - beat->renewed_us < lease / 4)
        return !beat->lost;
    pb_status status = job_renew(beat->held, sys_now_us(), NULL);
    if (status == PB_OK)
        beat->renewed_us = now;
    else
        beat->lost = status == PB_CONFLICT || status == PB_NOT_FOUND ||
                     (status != PB_BUSY && sys_monotonic_us() - beat->renewed_us >= lease);
    return !beat->lost;
}

static void count_up(const service_job_result *result, bool own, service_worked *worked)
{
    if (!own || result->outcome == JOB_BACK)
        worked->returned++;
    else if (result->outcome == JOB_WELL)
        worked->done++;
    else
        worked->failed++;
}

/* What was done is noted, however long others write: asked to end, no longer than one wait. */
static pb_status note_end(job_held *held, const service_job_result *result, int64_t look_us,
                          pb_error *err)
{
    pb_status status;
    do {
        status = job_end(held, result->outcome, result->exit, result->said, sys_now_us(), err);
        if (status == PB_BUSY && !sys_interrupted())
            sys_sleep_us(look_us);
    } while (status == PB_BUSY && !sys_interrupted());
    job_let_go(held);
    return status;
}

static pb_status do_one(const service_worker *worker, job_held *held, service_worked *worked,
                        pb_error *err)
{
    service_beat beat = {.held = held, .renewed_us = sys_monotonic_us()};
    service_job_result result = {.outcome = JOB_BACK, .exit = JOB_EXIT_NONE};
    pb_status status = worker->run(worker->context, &held->job, &beat, &result, err);
    if (status != PB_OK) {
        result = (service_job_result){.outcome = JOB_BACK, .exit = JOB_EXIT_NONE};
        note_end(held, &result, worker->look_us, NULL);
        return status;
    }
    status = note_end(held, &result, worker->look_us, err);
    bool own = status != PB_CONFLICT && status != PB_NOT_FOUND;
    if (own)
        PB_TRY(status);
    count_up(&result, own, worked);
    if (worker->done != NULL)
        worker->done(worker->context, &held->job, &result, own);
    return PB_OK;
}

static void rest(const service_worker *worker, int64_t us)
{
    if (worker->rest != NULL)
        worker->rest(worker->context, us);
    else
        sys_sleep_us(us);
}

static pb_status wait_for_work(const job_worker *who, const service_worker *worker, pb_error *err)
{
    int64_t next;
    PB_TRY(job_next(who, &next, err));
    int64_t now = sys_now_us(), wait = worker->look_us;
    if (next > now && next - now < wait)
        wait = next - now;
    if (!sys_interrupted())
        rest(worker, wait);
    return PB_OK;
}

static const char *name_of(const service_worker *worker, pb_arena *arena)
{
    pb_str host = sys_host_name(arena);
    if (worker->name != NULL)
        return worker->name;
    return pb_arena_printf(arena, "%.*s %lld", PB_STR_FMT(host), (long long)sys_process_number());
}

/* ---- what is long over ---- */

#define CLEAR_EVERY_US (INT64_C(3600) * PB_US_PER_SECOND)

/* Of no use to the job at hand: where others write for long, or the login may not yet, it is tried
 * again in an hour. */
static pb_status clear_old(const job_worker *who, int64_t *next_us, pb_error *err)
{
    int64_t now = sys_monotonic_us(), cleared;
    const job_call call = {who->actor, sys_now_us()};
    pb_error why = {0};
    if (now < *next_us)
        return PB_OK;
    *next_us = now + CLEAR_EVERY_US;
    pb_status status = job_clear(who->workspace, &call, &cleared, &why);
    if (status == PB_OK || status == PB_BUSY || status == PB_DENIED)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static pb_status work(const job_worker *who, const service_worker *worker, service_worked *worked,
                      pb_error *err)
{
    int64_t clear_us = INT64_MIN;
    while (!sys_interrupted()) {
        PB_TRY(clear_old(who, &clear_us, err));
        PB_AUTO_ARENA arena = pb_arena_new(0);
        job_held *held = NULL;
        if (arena == NULL)
            return pb_fail_memory(err);
        pb_status status = job_take(who, sys_now_us(), arena, &held, err);
        if (status == PB_BUSY && !worker->once && !worker->until_empty) {
            rest(worker, worker->look_us); /* others write for long, or there are too many */
            continue;
        }
        PB_TRY(status);
        if (held != NULL)
            PB_TRY(do_one(worker, held, worked, err));
        if (worker->once || (held == NULL && worker->until_empty))
            return PB_OK;
        if (held == NULL)
            PB_TRY(wait_for_work(who, worker, err));
    }
    return PB_OK;
}

pb_status service_work(const service_call *call, db_workspace *workspace,
                       const service_worker *worker, service_worked *ret_worked, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 16);
    const char *name = arena == NULL ? NULL : name_of(worker, arena);
    if (name == NULL)
        return pb_fail_memory(err);
    const job_worker who = {.workspace = workspace,
                            .actor = call->actor,
                            .name = pb_str_c(name),
                            .kinds = worker->kinds,
                            .kind_count = worker->kind_count,
                            .lease_us = worker->lease_us,
                            .pause_us = worker->pause_us};
    *ret_worked = (service_worked){0};
    return work(&who, worker, ret_worked, err);
}
