/* Running what the queue gave as one transaction.
 *
 * Works of a batch stand apart, each inside its own savepoint, or together, with none: then their
 * statements go to a server in one stream, rows of one table in one statement, and its answer is
 * waited for once; in a folder no page is copied for a savepoint. When one fails nobody can be told
 * from the others: all is rolled back and run again, apart, and so are the next batches, so that
 * who fails often costs the others little.
 */
#include "internal.h"

#include "kept.h"

#include "sys/clock.h"
#include "sys/random.h"

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

void db_batch_fail(db_request *batch, pb_status status, const pb_error *error)
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

void db_batch_run(db_workspace *workspace, db_request *batch)
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
        db_batch_fail(batch, status, &error);
}
