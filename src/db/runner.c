/* The one transaction runner, with group commit.
 *
 * Callers queue. The first becomes the leader: it takes the whole queue, runs each work, then the
 * work registered for before the commit, and commits once; the others sleep until their result is
 * there. Whoever queued in the meantime is led by the first of them.
 *
 * Works of a batch stand apart, each inside its own savepoint, or together, with none: then their
 * statements go to a server in one stream, rows of one table in one statement, and its answer is
 * waited for once; in a folder no page is copied for a savepoint. When one fails nobody can be told
 * from the others: all is rolled back and run again, apart, and so are the next batches, so that
 * who fails often costs the others little.
 */
#include "internal.h"

#include "kept.h"

#include "db/standby.h"

#include "sys/clock.h"
#include "sys/random.h"

pb_status db_fail_broken(const db_workspace *workspace, pb_error *err)
{
    pb_fail(err, PB_IO, PB_MSG("The workspace {workspace} is closed to all use: a commit failed."),
            "workspace", workspace->target.place, NULL);
    pb_error_hint(err, PB_MSG("See to the disk, then start the program again."), NULL);
    return PB_IO;
}

static pb_status add_hook(const db_session *session, db_hook *hooks, size_t *count, db_hook hook,
                          pb_error *err)
{
    if (!session->writes)
        return pb_fail(err, PB_INTERNAL, PB_MSG("A snapshot commits nothing."), NULL);
    for (size_t i = 0; i < *count; i++)
        if (hooks[i].work == hook.work && hooks[i].context == hook.context)
            return PB_OK;
    if (*count == DB_HOOKS_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("Too much work before one commit."), NULL);
    hooks[(*count)++] = hook;
    return PB_OK;
}

pb_status db_before_commit(db_session *session, db_work work, void *context, pb_error *err)
{
    db_workspace *workspace = session->workspace;
    return add_hook(session, workspace->hooks, &workspace->hook_count, (db_hook){work, context},
                    err);
}

pb_status db_after_work(db_session *session, db_work work, void *context, pb_error *err)
{
    db_workspace *workspace = session->workspace;
    return add_hook(session, workspace->ends, &workspace->end_count, (db_hook){work, context}, err);
}

pb_status db_overwrite_deleted(db_session *session, pb_error *err)
{
    if (!session->writes)
        return pb_fail(err, PB_INTERNAL, PB_MSG("A snapshot writes nothing."), NULL);
    return session->engine->overwrite(session->conn, err);
}

/* State kept beside the rows no longer mirrors them. */
static void tell_slots(db_workspace *workspace)
{
    for (size_t i = 0; i < workspace->slot_count; i++)
        if (workspace->slots[i].rolled_back != NULL && workspace->slots[i].value != NULL)
            workspace->slots[i].rolled_back(workspace->slots[i].value);
}

static void undo_all(db_workspace *workspace)
{
    db_session *writer = workspace->writer;
    db_session_rest(writer);
    db_search_drop(writer);
    writer->engine->rollback(writer->conn);
    tell_slots(workspace);
}

/* The same failure for everybody in the batch that has none of its own. */
static void fail_all(db_request *batch, pb_status status, const pb_error *error)
{
    for (db_request *request = batch; request != NULL; request = request->next) {
        if (request->status == PB_OK) {
            request->status = status;
            request->error = *error;
        }
    }
}

/* What was sent without waiting must not fail in the name of another work. */
static pb_status settle(db_session *writer, pb_error *err)
{
    const db_engine *engine = writer->engine;
    return engine->settle == NULL ? PB_OK : engine->settle(writer->conn, err);
}

/* Nothing of the transaction is stored, and it may succeed when it is run anew. */
static bool is_soft(const db_session *writer)
{
    const db_engine *engine = writer->engine;
    return engine->remedy != NULL && engine->remedy(writer->conn) == DB_AGAIN;
}

static pb_status run_hooks(db_workspace *workspace, const db_hook *hooks, const size_t *count,
                           pb_error *err)
{
    for (size_t i = 0; i < *count; i++) /* one may add another */
        PB_TRY(hooks[i].work(workspace->writer, hooks[i].context, err));
    return PB_OK;
}

/* What works leave to be written in their name. */
static pb_status end_work(db_workspace *workspace, pb_error *err)
{
    PB_TRY(run_hooks(workspace, workspace->ends, &workspace->end_count, err));
    workspace->end_count = 0;
    return db_search_flush(workspace->writer, err);
}

/* As far as its limits allow; what it may take holds for its own queries only. */
static pb_status run_one(const db_workspace *workspace, db_request *request)
{
    db_session *writer = workspace->writer;
    const db_limits *own = db_limits_hold(request->limits);
    if (request->limits != NULL)
        writer->engine->limit(writer->conn, request->limits);
    pb_status status = request->work(writer, request->context, &request->error);
    db_limits_hold(own);
    if (request->limits != NULL)
        writer->engine->limit(writer->conn, NULL);
    return status;
}

/* It was over before its turn: it does not run, and nothing has to be undone for it. */
static bool is_late(db_request *request)
{
    if (!db_limits_over(request->limits))
        return false;
    request->status = db_limits_fail(request->limits, &request->error);
    request->late = true;
    return true;
}

/* One work among several. Returns a failure only when the whole batch has to go. */
static pb_status run_apart(db_workspace *workspace, db_request *request, pb_error *err)
{
    db_session *writer = workspace->writer;
    size_t hooks = workspace->hook_count;
    int64_t next = workspace->model_next;
    if (is_late(request))
        return PB_OK;
    PB_TRY(writer->engine->savepoint(writer->conn, err));
    request->status = run_one(workspace, request);
    if (request->status == PB_OK)
        request->status = end_work(workspace, &request->error);
    if (request->status == PB_OK)
        request->status = settle(writer, &request->error);
    if (request->status == PB_OK)
        return writer->engine->savepoint_keep(writer->conn, err);
    if (is_soft(writer)) { /* not this work's fault: all of them are run again */
        if (err != NULL)
            *err = request->error;
        return request->status;
    }
    db_session_rest(writer);
    db_search_drop(writer);
    workspace->hook_count = hooks;
    workspace->end_count = 0;
    workspace->model_next = next;
    pb_status status = writer->engine->savepoint_undo(writer->conn, err);
    tell_slots(workspace);
    return status;
}

/* Without a savepoint, until one took long; `*ret_next` are those left for run_apart. A work alone
 * never has one: its journal would cost a bulk import dear. */
static pb_status run_together(db_workspace *workspace, db_request *batch, db_request **ret_next,
                              pb_error *err)
{
    int64_t begin = sys_monotonic_us();
    for (; batch != NULL && sys_monotonic_us() - begin < DB_TOGETHER_US; batch = batch->next) {
        if (is_late(batch))
            continue;
        batch->status = run_one(workspace, batch);
        if (batch->status != PB_OK && err != NULL)
            *err = batch->error;
        PB_TRY(batch->status);
    }
    *ret_next = batch;
    PB_TRY(end_work(workspace, err));
    return batch == NULL ? PB_OK : settle(workspace->writer, err);
}

static pb_status run_works(db_workspace *workspace, db_request *batch, bool together, pb_error *err)
{
    if (together)
        PB_TRY(run_together(workspace, batch, &batch, err));
    for (; batch != NULL; batch = batch->next)
        PB_TRY(run_apart(workspace, batch, err));
    return PB_OK;
}

static bool any_good(const db_request *batch)
{
    for (; batch != NULL; batch = batch->next)
        if (batch->status == PB_OK)
            return true;
    return false;
}

static pb_status finish_batch(db_workspace *workspace, pb_error *err)
{
    PB_TRY(run_hooks(workspace, workspace->hooks, &workspace->hook_count, err));
    return db_search_flush(workspace->writer, err);
}

static bool is_only_log(const db_request *batch)
{
    while (batch != NULL && batch->only_log)
        batch = batch->next;
    return batch == NULL;
}

/* Runs a batch once. */
__attribute__((nonnull(2))) static pb_status try_batch(db_workspace *workspace, db_request *batch,
                                                       bool together, pb_error *err)
{
    db_session *writer = workspace->writer;
    bool foreign = false;
    workspace->hook_count = workspace->end_count = 0;
    PB_TRY(writer->engine->begin(writer->conn, true, &foreign, err));
    db_before before = db_settled_before(writer);
    if (foreign)
        tell_slots(workspace);
    pb_status status = PB_OK;
    if (foreign || !workspace->wrote) /* what was read at opening may be old */
        status = workspace->target.create ? PB_OK : db_move_look(writer, err);
    if (status == PB_OK)
        status = db_kept_look(writer, foreign || !workspace->wrote, err);
    workspace->wrote = true;
    if (status == PB_OK)
        status = db_move_allows(workspace, batch->work, err);
    if (status == PB_OK)
        status = run_works(workspace, batch, together, err);
    if (status == PB_OK && any_good(batch))
        status = finish_batch(workspace, err);
    if (status != PB_OK || !any_good(batch)) {
        undo_all(workspace);
        return status;
    }
    db_session_rest(writer);
    status = writer->engine->commit(writer->conn, err);
    if (status == PB_OK) {
        db_kept_committed(workspace);
        db_settled_after(workspace, before, is_only_log(batch));
        return PB_OK;
    }
    bool broken = writer->engine->unsure == NULL || writer->engine->unsure(writer->conn);
    undo_all(workspace);
    pthread_mutex_lock(&workspace->lock);
    workspace->broken = workspace->broken || broken;
    pthread_mutex_unlock(&workspace->lock);
    return status;
}

/* Longer from try to try, and not the same for everybody. */
static void back_off(int tries)
{
    uint8_t random[2];
    sys_random(random, sizeof random);
    int64_t most = INT64_C(2000) << (tries < 9 ? tries : 9);
    sys_sleep_us(most / 2 + most / 2 * (random[0] << 8 | random[1]) / 65536);
}

static bool may_go_together(db_workspace *workspace, const db_request *batch)
{
    if (batch->next == NULL)
        return true;
    if (workspace->apart == 0)
        return true;
    workspace->apart--;
    return false;
}

static void run_batch(db_workspace *workspace, db_request *batch)
{
    pb_error error = {0};
    pb_status status = PB_OK;
    bool together = may_go_together(workspace, batch);
    for (int tries = 0; tries < DB_RUN_TRIES; tries++) {
        for (db_request *request = batch; request != NULL; request = request->next)
            request->status = PB_OK;
        status = try_batch(workspace, batch, together, &error);
        bool several = together && batch->next != NULL && !workspace->broken;
        if (status == PB_OK || (!several && !is_soft(workspace->writer)))
            break;
        if (several)
            workspace->apart = DB_APART_BATCHES;
        else
            back_off(tries);
        together = batch->next == NULL;
    }
    if (status != PB_OK)
        fail_all(batch, status, &error);
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
        fail_all(batch, status, &error);
    } else {
        run_batch(workspace, batch);
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
