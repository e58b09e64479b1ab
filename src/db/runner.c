/* The one transaction runner, with group commit.
 *
 * Callers queue. The first becomes the leader: it takes the whole queue, runs each work, then the
 * work registered for before the commit, and commits once; the others sleep until their result is
 * there. Whoever queued in the meantime is led by the first of them.
 */
#include "internal.h"

#include "db/standby.h"

#include "sys/clock.h"

pb_status db_fail_broken(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_IO, PB_MSG("The workspace {workspace} is closed to all use: a commit failed."),
            "workspace", workspace->target.place, NULL);
    pb_error_hint(err, PB_MSG("See to the disk, then start the program again."), NULL);
    return PB_IO;
}

/* Those whose commit ended a moment ago are about to come again: without waiting for them the first
 * would have a commit to itself, and all others the next. Called with the lock held. */
static void gather(db_workspace *workspace)
{
    if (workspace->queued >= workspace->expected || workspace->gather_us <= 0)
        return;
    workspace->gathering = true;
    sys_gate_close(&workspace->gathered);
    pthread_mutex_unlock(&workspace->lock);
    sys_gate_wait(&workspace->gathered, workspace->gather_us);
    pthread_mutex_lock(&workspace->lock);
    workspace->gathering = false;
}

/* Who came with the batch and who waits behind it may be as many next time; half of what a batch
 * takes is worth it. */
static void expect(db_workspace *workspace, size_t count, int64_t took_us)
{
    int64_t half = took_us / 2;
    workspace->expected = count + workspace->queued;
    workspace->gather_us = half < 0 ? 0 : half < DB_GATHER_US ? half : DB_GATHER_US;
}

/* Takes the queue, at most DB_BATCH_MAX of it. Called with the lock held. */
static db_request *take_batch(db_workspace *workspace, int64_t now_us, size_t *ret_count)
{
    db_request *batch = workspace->first;
    db_request *last = batch;
    size_t count = 1;
    for (;; count++) {
        last->taken = true;
        workspace->figures.queue_us += now_us - last->queued_us;
        if (last->next == NULL || count == DB_BATCH_MAX)
            break;
        last = last->next;
    }
    workspace->queued -= count;
    *ret_count = count;
    workspace->first = last->next;
    if (workspace->first == NULL)
        workspace->last = NULL;
    last->next = NULL;
    return batch;
}

/* What came of a batch. Called with the lock held. */
static void count_batch(db_workspace *workspace, const db_request *batch, int64_t took_us)
{
    db_figures *figures = &workspace->figures;
    size_t good = 0, step = 0;
    for (; batch != NULL; batch = batch->next) {
        good += batch->status == PB_OK;
        figures->failed += batch->status != PB_OK;
        figures->late += batch->late;
    }
    if (good == 0)
        return;
    figures->written += good;
    while (step + 1 < DB_BATCH_STEPS && (size_t)1 << step < good)
        step++;
    figures->commits++;
    figures->batches[step]++;
    figures->commit_us += took_us;
}

/* The first of those behind the batch leads next. Called with the lock held. */
static void hand_lead_on(db_workspace *workspace)
{
    db_request *next = workspace->first;
    workspace->led = next != NULL;
    if (next != NULL) {
        next->leads = true;
        sys_gate_open(&next->wake);
    }
}

/* From here on the owner of each may be gone. */
static void answer(db_request *batch, const db_request *own)
{
    while (batch != NULL) {
        db_request *request = batch;
        batch = batch->next;
        request->done = true;
        if (request != own)
            sys_gate_open(&request->wake);
    }
}

/* Runs one batch, then hands the lead to the next in the queue. */
static void lead(db_workspace *workspace, const db_request *own)
{
    size_t count;
    const db_limits *mine = db_limits_hold(NULL); /* what is done for others is not held to them */
    pthread_mutex_lock(&workspace->lock);
    gather(workspace);
    int64_t begin_us = sys_monotonic_us();
    db_request *batch = take_batch(workspace, begin_us, &count);
    bool broken = workspace->broken;
    workspace->leader = pthread_self();
    workspace->running = true;
    pthread_mutex_unlock(&workspace->lock);
    if (broken) {
        pb_error error = {0};
        pb_status status = db_fail_broken(workspace, &error);
        db_batch_fail(batch, status, &error);
    } else {
        db_batch_run(workspace, batch);
    }
    int64_t took_us = sys_monotonic_us() - begin_us;
    pthread_mutex_lock(&workspace->lock);
    workspace->running = false;
    expect(workspace, count, took_us);
    count_batch(workspace, batch, took_us);
    hand_lead_on(workspace);
    pthread_mutex_unlock(&workspace->lock);
    db_limits_hold(mine);
    answer(batch, own);
}

static pb_status fail_queue_full(db_workspace *workspace, pb_error *err)
{
    workspace->figures.refused++;
    workspace->figures.failed++;
    pb_fail(err, PB_BUSY, PB_MSG("Too much waits to be written."), NULL);
    pb_error_hint(err, PB_MSG("Try again in a moment."), NULL);
    return PB_BUSY;
}

/* Called with the lock held. */
static pb_status join_queue(db_workspace *workspace, db_request *request)
{
    workspace->figures.works++;
    if (workspace->running && pthread_equal(workspace->leader, pthread_self()))
        return pb_fail(&request->error, PB_INTERNAL,
                       PB_MSG("A transaction was begun inside another."), NULL);
    if (workspace->share.queue > 0 && workspace->queued >= workspace->share.queue)
        return fail_queue_full(workspace, &request->error);
    if (workspace->last != NULL)
        workspace->last->next = request;
    else
        workspace->first = request;
    workspace->last = request;
    workspace->queued++;
    if (workspace->queued > workspace->figures.queued_most)
        workspace->figures.queued_most = workspace->queued;
    if (!workspace->led) {
        workspace->led = true;
        request->leads = true;
    }
    if (workspace->gathering && workspace->queued >= workspace->expected) {
        workspace->gathering = false;
        sys_gate_open(&workspace->gathered);
    }
    return PB_OK;
}

/* Out of the queue again, if no leader has taken it and it is not to lead itself. */
static bool leave_queue(db_workspace *workspace, db_request *request)
{
    pthread_mutex_lock(&workspace->lock);
    bool leaves = !request->taken && !request->leads;
    if (leaves) {
        db_request *before = NULL;
        for (db_request *one = workspace->first; one != request; one = one->next)
            before = one; /* there is one: who stands first leads */
        if (before != NULL)
            before->next = request->next;
        else
            workspace->first = request->next;
        if (workspace->last == request)
            workspace->last = before;
        workspace->queued--;
        workspace->figures.late++;
        workspace->figures.failed++;
    }
    pthread_mutex_unlock(&workspace->lock);
    return leaves;
}

static pb_status queue_and_wait(db_workspace *workspace, db_request *request)
{
    pthread_mutex_lock(&workspace->lock);
    pb_status status = join_queue(workspace, request);
    bool leads = request->leads;
    pthread_mutex_unlock(&workspace->lock);
    PB_TRY(status);
    if (!leads) {
        if (!sys_gate_wait(&request->wake, db_limits_left(request->limits, -1))) {
            if (leave_queue(workspace, request))
                return db_limits_fail(request->limits, &request->error);
            sys_gate_wait(&request->wake, -1);
        }
    }
    if (!request->done)
        lead(workspace, request);
    return request->status;
}

static pb_status write_as(db_workspace *workspace, db_request request, pb_error *err)
{
    const db_limits *limits = request.limits = db_limits_of(request.limits);
    if (workspace->standby != NULL)
        return db_standby_refuse(workspace, err);
    if (workspace->older && request.work != db_upgrade_work)
        return db_older_refuse(workspace, err);
    if (db_limits_over(limits))
        return db_limits_fail(limits, err);
    PB_TRY(db_limits_wait(limits, err));
    sys_gate_close(&request.wake);
    request.queued_us = sys_monotonic_us();
    pb_status status = queue_and_wait(workspace, &request);
    if (status != PB_OK && err != NULL)
        *err = request.error;
    return status;
}

pb_status db_write_within(db_workspace *workspace, const db_limits *limits, db_work work,
                          void *context, pb_error *err)
{
    return write_as(workspace, (db_request){.work = work, .context = context, .limits = limits},
                    err);
}

pb_status db_write_log(db_workspace *workspace, db_work work, void *context, pb_error *err)
{
    return write_as(workspace, (db_request){.work = work, .context = context, .only_log = true},
                    err);
}

pb_status db_write(db_workspace *workspace, db_work work, void *context, pb_error *err)
{
    return db_write_within(workspace, NULL, work, context, err);
}

void **db_workspace_slot(db_workspace *workspace, const char *name, void (*done)(void *),
                         void (*rolled_back)(void *))
{
    void **place = NULL;
    pthread_mutex_lock(&workspace->lock);
    for (size_t i = 0; place == NULL && i < workspace->slot_count; i++)
        if (strcmp(workspace->slots[i].name, name) == 0)
            place = &workspace->slots[i].value;
    if (place == NULL && workspace->slot_count < DB_SLOTS_MAX) {
        db_slot *slot = &workspace->slots[workspace->slot_count++];
        *slot = (db_slot){name, NULL, done, rolled_back};
        place = &slot->value;
    }
    pthread_mutex_unlock(&workspace->lock);
    return place;
}
