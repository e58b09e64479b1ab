/* What people do to the list: adding, cancelling, putting back. */
#include "internal.h"

typedef struct keeping {
    const job_call *call;
    const job_wish *wish; /* of a new one */
    int64_t n;
} keeping;

static pb_status add_work(db_session *session, void *context, pb_error *err)
{
    keeping *k = context;
    job_item made = {.kind = k->wish->kind,
                     .arguments = k->wish->arguments,
                     .due_us = k->wish->due_us,
                     .every_us = k->wish->every_us};
    PB_TRY(job_row_add(session, k->call, k->wish, &made.n, err));
    k->n = made.n;
    return job_event(session, k->call, "job.added", &made, NULL, err);
}

pb_status job_add(db_workspace *workspace, const job_call *call, const job_wish *wish,
                  int64_t *ret_n, pb_error *err)
{
    keeping k = {.call = call, .wish = wish};
    PB_TRY(db_write(workspace, add_work, &k, err));
    *ret_n = k.n;
    return PB_OK;
}

static pb_status fail_over(const job_item *found, pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("Job {number} is over: {state}."), "number",
            PB_ARG_INT(found->n), "state", job_state_word(found->state), NULL);
    pb_error_hint(err, PB_MSG("To have it done once more: probity jobs WORKSPACE --again {number}"),
                  "number", PB_ARG_INT(found->n), NULL);
    return PB_CONFLICT;
}

static pb_status fail_running(const job_item *found, pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("Job {number} is being done by {worker}."), "number",
            PB_ARG_INT(found->n), "worker", PB_ARG(found->worker), NULL);
    pb_error_hint(err,
                  PB_MSG("Wait for its end, or cancel it: probity jobs WORKSPACE --cancel "
                         "{number}"),
                  "number", PB_ARG_INT(found->n), NULL);
    return PB_CONFLICT;
}

static pb_status cancel_work(db_session *session, void *context, pb_error *err)
{
    const keeping *k = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(job_find(session, k->n, arena, &found, err));
    if (found.state == JOB_DONE || found.state == JOB_CANCELLED)
        return fail_over(&found, err);
    found.state = JOB_CANCELLED;
    found.ended_us = k->call->now_us;
    PB_TRY(job_row_store(session, &found, err));
    return job_event(session, k->call, "job.cancelled", &found, NULL, err);
}

pb_status job_cancel(db_workspace *workspace, const job_call *call, int64_t n, pb_error *err)
{
    keeping k = {.call = call, .n = n};
    return db_write(workspace, cancel_work, &k, err);
}

static pb_status again_work(db_session *session, void *context, pb_error *err)
{
    const keeping *k = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    job_item found;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(job_find(session, k->n, arena, &found, err));
    if (found.state == JOB_RUNNING)
        return fail_running(&found, err);
    found.state = JOB_WAITING;
    found.due_us = k->call->now_us;
    found.tries = 0;
    found.failures = 0;
    PB_TRY(job_row_store(session, &found, err));
    return job_event(session, k->call, "job.again", &found, NULL, err);
}

pb_status job_again(db_workspace *workspace, const job_call *call, int64_t n, pb_error *err)
{
    keeping k = {.call = call, .n = n};
    return db_write(workspace, again_work, &k, err);
}
