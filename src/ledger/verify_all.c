/* A verification from end to end: the pages beside the events, then the rows, by all threads.
 *
 * A page that is damaged makes what lies on it wrong too: what was found about pages is told before
 * all else.
 */
#include "verify_rows.h"

#include "db/incident.h"
#include "sys/environment.h"

enum { THREADS_MAX = 8 };

typedef struct verification verification;

/* A thread beside the caller's. */
typedef struct helper {
    verification *of;
    db_session *session; /* sees what the verifier's does */
    pthread_t thread;
    bool pages; /* reads them first */
} helper;

struct verification {
    verifier *v;
    rows_check rows;
    helper helpers[THREADS_MAX - 1];
    size_t helper_count; /* of those that run */
    pb_status pages;
    pb_error pages_error;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t change;
    bool ready;  /* the events were read: rows can be checked */
    bool failed; /* or they were not in order, or pages are not: they need not */
};

static void check_pages(verification *all, db_session *session)
{
    all->pages = db_check_pages(db_session_workspace(session), &all->pages_error);
    if (all->pages == PB_OK)
        return;
    pthread_mutex_lock(&all->lock);
    all->failed = true;
    pthread_cond_broadcast(&all->change);
    pthread_mutex_unlock(&all->lock);
}

static void *help(void *context)
{
    helper *h = context;
    verification *all = h->of;
    if (h->pages)
        check_pages(all, h->session);
    pthread_mutex_lock(&all->lock);
    while (!all->ready && !all->failed)
        pthread_cond_wait(&all->change, &all->lock);
    bool wanted = !all->failed;
    pthread_mutex_unlock(&all->lock);
    if (wanted)
        verify_rows_work(&all->rows, h->session);
    return NULL;
}

static void let_rows(verification *all, bool good)
{
    pthread_mutex_lock(&all->lock);
    all->ready = good;
    all->failed = all->failed || !good;
    pthread_cond_broadcast(&all->change);
    pthread_mutex_unlock(&all->lock);
}

static void start_helpers(verification *all, db_session **sessions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        helper *h = &all->helpers[i];
        *h = (helper){.of = all, .session = sessions[i], .pages = i == 0};
        if (pthread_create(&h->thread, NULL, help, h) != 0)
            break;
        all->helper_count++;
    }
}

/* What is found about events and rows, as far as pages let it be true. */
static pb_status check(verification *all, pb_error *err)
{
    pb_status status = verify_events(all->v, err);
    let_rows(all, status == PB_OK);
    if (status == PB_OK)
        verify_rows_work(&all->rows, all->v->session);
    for (size_t i = 0; i < all->helper_count; i++)
        pthread_join(all->helpers[i].thread, NULL);
    pb_status rows = verify_rows_end(&all->rows, status == PB_OK ? err : NULL);
    return status == PB_OK ? rows : status;
}

static pb_status run(verification *all, pb_error *err)
{
    if (all->helper_count == 0 && !db_session_writes(all->v->session))
        check_pages(all, all->v->session);
    pb_status status = check(all, err);
    if (all->pages == PB_OK)
        return status;
    if (err != NULL)
        *err = all->pages_error;
    return all->pages;
}

static pb_status verify_all(verifier *v, const ledger_check *how, pb_error *err)
{
    db_session *sessions[THREADS_MAX - 1] = {NULL};
    size_t threads = how->threads != 0 ? how->threads : sys_cores(), count = 0;
    verification *all = pb_arena_alloc(v->arena, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    *all = (verification){.v = v};
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    /* Without further views of the same state one thread does it all. What a transaction under way
     * has changed nobody else sees: pages are not looked at then, they would be waited for. */
    if (threads > 1 && !db_session_writes(v->session) &&
        db_snapshots_beside(v->session, threads - 1, sessions, &count, NULL) != PB_OK)
        count = 0;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->change, NULL);
    verify_rows_begin(&all->rows, v, how->rows, how->rows_context);
    start_helpers(all, sessions, count);
    pb_status status = run(all, err);
    pthread_cond_destroy(&all->change);
    pthread_mutex_destroy(&all->lock);
    for (size_t i = 0; i < count; i++)
        db_snapshot_close(sessions[i]);
    return status;
}

pb_status ledger_verify_with(db_session *session, const ledger_check *check,
                             ledger_report *ret_report, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (!arena)
        return pb_fail_memory(err);
    verifier *v = pb_arena_alloc(arena, sizeof *v);
    if (!v)
        return pb_fail_memory(err);
    v->session = session;
    v->progress = check->progress;
    v->context = check->context;
    v->arena = arena;
    pb_status status = verify_all(v, check, err);
    if (v->heads)
        db_reset(v->heads);
    if (v->payloads)
        db_reset(v->payloads);
    PB_TRY(status);
    /* Where it cannot be removed now, the next verification does. */
    if (!db_session_writes(session))
        db_incidents_end(session, &v->report.settled, NULL);
    *ret_report = v->report;
    return PB_OK;
}

pb_status ledger_verify(db_session *session, ledger_progress progress, void *context,
                        ledger_report *ret_report, pb_error *err)
{
    const ledger_check check = {.progress = progress, .context = context};
    return ledger_verify_with(session, &check, ret_report, err);
}
