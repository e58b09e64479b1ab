/* Readers: kept ready from one snapshot to the next, so many at once and no more. */
#include "internal.h"

#include "sys/clock.h"

#include <stdatomic.h>

/* Somebody who waits for a reader. */
typedef struct db_waiter {
    sys_gate gate;
    bool called; /* out of the line: one may be free */
    struct db_waiter *next;
} db_waiter;

static void wait_in_line(db_workspace *workspace, db_waiter *waiter, bool first)
{
    waiter->called = false;
    waiter->next = first ? workspace->waiter_first : NULL;
    sys_gate_close(&waiter->gate);
    if (workspace->waiter_first == NULL)
        workspace->waiter_first = workspace->waiter_last = waiter;
    else if (first)
        workspace->waiter_first = waiter;
    else
        workspace->waiter_last = workspace->waiter_last->next = waiter;
}

static void leave_line(db_workspace *workspace, const db_waiter *waiter)
{
    db_waiter *before = NULL;
    for (db_waiter *one = workspace->waiter_first; one != waiter; one = one->next)
        before = one;
    if (before == NULL)
        workspace->waiter_first = waiter->next;
    else
        before->next = waiter->next;
    if (workspace->waiter_last == waiter)
        workspace->waiter_last = before;
}

/* How many may be at work; `beside` are those that belong to a reader at work already: it would
 * wait for itself. */
static size_t most(const db_workspace *workspace, bool beside)
{
    size_t said = workspace->share.readers;
    return beside || said == 0 || said > DB_READERS_MAX ? DB_READERS_MAX : said;
}

static pb_status fail_full(pb_error *err)
{
    pb_fail(err, PB_BUSY, PB_MSG("Too many readers of the workspace at once."), NULL);
    pb_error_hint(err, PB_MSG("Try again in a moment."), NULL);
    return PB_BUSY;
}

/* An idle reader, or leave to open one (NULL). */
static bool try_take(db_workspace *workspace, bool beside, db_session **ret_session)
{
    *ret_session = workspace->idle;
    if (workspace->idle != NULL) {
        workspace->idle = workspace->idle->next;
        workspace->idle_count--;
        return true;
    }
    if (workspace->reader_count >= most(workspace, beside))
        return false;
    workspace->reader_count++;
    return true;
}

/* Calls the first who waits, if there is more to have than those called already will take. Who is
 * at work anyway may take it before: handing it on instead would put a change of threads between
 * any two reads. Called with the lock held. */
static void call_waiter(db_workspace *workspace)
{
    db_waiter *waiter = workspace->waiter_first;
    size_t room = workspace->reader_count < most(workspace, false)
                      ? most(workspace, false) - workspace->reader_count
                      : 0;
    if (waiter == NULL || workspace->idle_count + room <= workspace->called)
        return;
    leave_line(workspace, waiter);
    workspace->called++;
    waiter->called = true;
    sys_gate_open(&waiter->gate);
}

/* Until one is to be had, or the wait is over. Called with the lock held. */
static pb_status wait_for_reader(db_workspace *workspace, const db_limits *limits,
                                 db_session **ret_session, pb_error *err)
{
    db_waiter waiter;
    int64_t begin = sys_monotonic_us(), waited = 0;
    int64_t longest = db_limits_left(limits, DB_READER_WAIT_US);
    bool took = false;
    workspace->figures.snapshot_waits++;
    for (bool again = false; !took && (waited < longest || !again); again = true) {
        wait_in_line(workspace, &waiter, again);
        pthread_mutex_unlock(&workspace->lock);
        sys_gate_wait(&waiter.gate, longest - waited);
        pthread_mutex_lock(&workspace->lock);
        if (waiter.called)
            workspace->called--;
        else
            leave_line(workspace, &waiter);
        took = try_take(workspace, false, ret_session);
        waited = sys_monotonic_us() - begin;
    }
    workspace->figures.snapshot_wait_us += waited;
    call_waiter(workspace); /* there may be one for the next in line, too */
    if (took)
        return PB_OK;
    return db_limits_over(limits) ? db_limits_fail(limits, err) : fail_full(err);
}

static pb_status take_reader(db_workspace *workspace, const db_limits *limits, bool beside,
                             db_session **ret_session, pb_error *err)
{
    pb_status status = PB_OK;
    *ret_session = NULL;
    if (db_limits_over(limits))
        return db_limits_fail(limits, err);
    pthread_mutex_lock(&workspace->lock);
    workspace->figures.snapshots++;
    if (workspace->broken)
        status = db_fail_broken(workspace, err);
    else if (workspace->idle == NULL && !beside) /* to open one takes its time, too */
        status = db_limits_wait(limits, err);
    if (status == PB_OK && !try_take(workspace, beside, ret_session))
        status = beside ? fail_full(err) : wait_for_reader(workspace, limits, ret_session, err);
    pthread_mutex_unlock(&workspace->lock);
    return status;
}

/* `session` NULL, or not to be kept: somebody else may open one in its place. */
static void put_reader(db_workspace *workspace, db_session *session, bool keep)
{
    pthread_mutex_lock(&workspace->lock);
    size_t kept_most = workspace->share.readers > 0 ? most(workspace, false) : DB_READERS_KEPT;
    keep = keep && session != NULL && workspace->idle_count < kept_most &&
           workspace->reader_count <= most(workspace, false);
    if (keep) {
        session->next = workspace->idle;
        workspace->idle = session;
        workspace->idle_count++;
    } else {
        workspace->reader_count--;
    }
    call_waiter(workspace);
    pthread_mutex_unlock(&workspace->lock);
    if (!keep)
        db_session_free(session);
}

void db_share_as(db_workspace *workspace, const db_share *share)
{
    pthread_mutex_lock(&workspace->lock);
    workspace->share = *share;
    workspace->target.reader_bytes = share->reader_bytes;
    pthread_mutex_unlock(&workspace->lock);
    db_share_rest(workspace);
}

void db_share_rest(db_workspace *workspace)
{
    pthread_mutex_lock(&workspace->lock);
    db_session *idle = workspace->idle;
    workspace->idle = NULL;
    workspace->reader_count -= workspace->idle_count;
    workspace->idle_count = 0;
    pthread_mutex_unlock(&workspace->lock);
    while (idle != NULL) {
        db_session *session = idle;
        idle = session->next;
        db_session_free(session);
    }
}

/* Out of the list while its transaction ends: nobody takes it meanwhile. Called with the lock held.
 */
static db_session *take_going_on(db_workspace *workspace, int64_t before_us)
{
    db_session **at = &workspace->idle;
    while (*at != NULL && !((*at)->goes_on && (*at)->settled_us <= before_us))
        at = &(*at)->next;
    db_session *session = *at;
    if (session != NULL) {
        *at = session->next;
        workspace->idle_count--;
    }
    return session;
}

void db_settled_release(db_workspace *workspace, bool all)
{
    int64_t before_us = all ? INT64_MAX : sys_monotonic_us() - DB_SETTLED_US;
    for (;;) {
        pthread_mutex_lock(&workspace->lock);
        db_session *session = take_going_on(workspace, before_us);
        pthread_mutex_unlock(&workspace->lock);
        if (session == NULL)
            return;
        session->goes_on = false;
        session->engine->rollback(session->conn);
        put_reader(workspace, session, true);
    }
}

void db_share_tick(db_workspace *workspace)
{
    db_settled_release(workspace, false);
}

void db_figures_read(db_workspace *workspace, db_figures *ret_figures)
{
    pthread_mutex_lock(&workspace->lock);
    *ret_figures = workspace->figures;
    ret_figures->queued = workspace->queued;
    ret_figures->readers = workspace->reader_count;
    ret_figures->readers_idle = workspace->idle_count;
    pthread_mutex_unlock(&workspace->lock);
}

/* ---- limits ---- */

static _Thread_local const db_limits *held; /* by which this thread works */

const db_limits *db_limits_hold(const db_limits *limits)
{
    const db_limits *before = held;
    held = limits;
    return before;
}

const db_limits *db_limits_of(const db_limits *own)
{
    return own != NULL ? own : held;
}

bool db_limits_over(const db_limits *limits)
{
    if (limits == NULL)
        return false;
    return (limits->stop != NULL && atomic_load_explicit(limits->stop, memory_order_relaxed)) ||
           (limits->until_us != 0 && sys_monotonic_us() >= limits->until_us);
}

int64_t db_limits_left(const db_limits *limits, int64_t most_us)
{
    if (limits == NULL || limits->until_us == 0)
        return most_us;
    int64_t left = limits->until_us - sys_monotonic_us();
    if (left < 0)
        return 0;
    return most_us >= 0 && left > most_us ? most_us : left;
}

pb_status db_limits_fail(const db_limits *limits, pb_error *err)
{
    if (limits->stop != NULL && atomic_load(limits->stop))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    pb_fail(err, PB_BUSY, PB_MSG("This took longer than it may, and was stopped."), NULL);
    pb_error_hint(err, PB_MSG("Ask for less at once, or try again when less is going on."), NULL);
    return PB_BUSY;
}

pb_status db_limits_wait(const db_limits *own, pb_error *err)
{
    const db_limits *limits = db_limits_of(own);
    if (limits == NULL || limits->waits == NULL)
        return PB_OK;
    *limits->waits = true;
    return fail_full(err);
}

/* ---- snapshots ---- */

/* What goes on is taken as it is, where it is all there is and that is enough; else it ends. */
static bool takes_on(db_session *session, bool settled)
{
    if (session == NULL || !session->goes_on)
        return false;
    session->goes_on = false;
    if (settled && db_settled_holds(session))
        return true;
    session->engine->rollback(session->conn);
    return false;
}

static pb_status begin_one(db_session *session, bool settled, pb_error *err)
{
    bool foreign;
    session->settled = false;
    db_before before = settled ? db_settled_begin(session) : (db_before){.known = false};
    PB_TRY(session->engine->begin(session->conn, false, &foreign, err));
    db_settled_begun(session, before);
    return PB_OK;
}

static pb_status open_one(db_workspace *workspace, const db_limits *limits, bool beside,
                          bool settled, db_session **ret_session, pb_error *err)
{
    db_session *session = NULL;
    limits = db_limits_of(limits);
    PB_TRY(take_reader(workspace, limits, beside, &session, err));
    pb_status status = PB_OK;
    if (session == NULL)
        status = db_session_open(workspace, DB_READER, &session, err);
    bool on = takes_on(session, settled);
    if (status == PB_OK && limits != NULL)
        session->engine->limit(session->conn, limits);
    if (status == PB_OK && !on)
        status = begin_one(session, settled, err);
    if (status != PB_OK) {
        put_reader(workspace, session, false);
        return status;
    }
    session->limits = limits;
    *ret_session = session;
    return PB_OK;
}

pb_status db_snapshot_open_within(db_workspace *workspace, const db_limits *limits,
                                  db_session **ret_session, pb_error *err)
{
    return open_one(workspace, limits, false, false, ret_session, err);
}

pb_status db_snapshot_open_settled(db_workspace *workspace, const db_limits *limits,
                                   db_session **ret_session, pb_error *err)
{
    return open_one(workspace, limits, false, true, ret_session, err);
}

pb_status db_snapshot_open(db_workspace *workspace, db_session **ret_session, pb_error *err)
{
    return open_one(workspace, NULL, false, false, ret_session, err);
}

/* An engine that can hand on what a snapshot sees. */
static pb_status open_beside(db_session *session, db_session **ret_second, pb_error *err)
{
    db_workspace *workspace = session->workspace;
    db_session *second = NULL;
    PB_TRY(take_reader(workspace, session->limits, true, &second, err));
    pb_status status = PB_OK;
    if (second == NULL)
        status = db_session_open(workspace, DB_READER, &second, err);
    if (status == PB_OK && session->limits != NULL)
        second->engine->limit(second->conn, session->limits);
    if (status == PB_OK)
        status = session->engine->beside(session->conn, second->conn, err);
    if (status != PB_OK)
        put_reader(workspace, second, false);
    else {
        second->limits = session->limits;
        *ret_second = second;
    }
    return status;
}

static void close_all(db_session **sessions, size_t *count)
{
    while (*count > 0)
        db_snapshot_close(sessions[--*count]);
}

static pb_status open_others(db_session *session, size_t count, db_session **others,
                             size_t *ret_opened, pb_error *err)
{
    bool handed_on = session->engine->beside != NULL;
    for (; *ret_opened < count; (*ret_opened)++)
        PB_TRY(handed_on ? open_beside(session, &others[*ret_opened], err)
                         : open_one(session->workspace, session->limits, true, false,
                                    &others[*ret_opened], err));
    return PB_OK;
}

/* The first is begun anew after the others: when nobody committed between its two beginnings, the
 * others, which lie between them, see what it sees. */
pb_status db_snapshots_beside(db_session *session, size_t count, db_session **ret_others,
                              size_t *ret_count, pb_error *err)
{
    bool foreign = session->engine->beside == NULL;
    size_t opened = 0;
    pb_status status = PB_OK;
    if (!foreign)
        status = open_others(session, count, ret_others, &opened, err);
    for (int tries = 0; status == PB_OK && foreign && tries < DB_BESIDE_TRIES; tries++) {
        close_all(ret_others, &opened);
        status = open_others(session, count, ret_others, &opened, err);
        if (status == PB_OK) {
            db_session_rest(session);
            session->settled = false;
            session->engine->rollback(session->conn);
            status = session->engine->begin(session->conn, false, &foreign, err);
        }
    }
    if (status != PB_OK || foreign)
        close_all(ret_others, &opened);
    *ret_count = opened;
    return status;
}

pb_status db_snapshot_beside(db_session *session, db_session **ret_second, pb_error *err)
{
    db_session *second = NULL;
    size_t count = 0;
    PB_TRY(db_snapshots_beside(session, 1, &second, &count, err));
    *ret_second = count == 1 ? second : NULL;
    return PB_OK;
}

db_session *db_snapshot_close(db_session *session)
{
    if (session != NULL) {
        db_session_rest(session);
        if (!db_settled_keep(session))
            session->engine->rollback(session->conn);
        if (session->limits != NULL)
            session->engine->limit(session->conn, NULL);
        session->limits = NULL;
        put_reader(session->workspace, session, true);
    }
    return NULL;
}
