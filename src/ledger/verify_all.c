/* A verification from end to end: the pages beside the events, then the rows, by two
 * threads.
 *
 * A page that is damaged makes what lies on it wrong too: what was found about pages is told before
 * all else.
 */
#include "verify_rows.h"

typedef struct verification {
    verifier *v;
    rows_check rows;
    db_session *second; /* sees what the verifier's does; NULL: there is none */
    pthread_t thread;
    bool helped; /* the thread runs */
    pb_status pages;
    pb_error pages_error;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t change;
    bool ready;  /* the events were read: rows can be checked */
    bool failed; /* or they were not in order: they need not */
} verification;

/* First the pages, then rows with the other. */
static void *help(void *context)
{
    verification *all = context;
    all->pages = db_check_pages(db_session_workspace(all->second), &all->pages_error);
    pthread_mutex_lock(&all->lock);
    while (!all->ready && !all->failed)
        pthread_cond_wait(&all->change, &all->lock);
    bool wanted = all->ready && all->pages == PB_OK;
    pthread_mutex_unlock(&all->lock);
    if (wanted)
        verify_rows_work(&all->rows, all->second);
    return NULL;
}

static void let_rows(verification *all, bool good)
{
    pthread_mutex_lock(&all->lock);
    all->ready = good;
    all->failed = !good;
    pthread_cond_broadcast(&all->change);
    pthread_mutex_unlock(&all->lock);
}

/* What is found about events and rows, as far as pages let it be true. */
static pb_status check(verification *all, pb_error *err)
{
    pb_status status = verify_events(all->v, err);
    let_rows(all, status == PB_OK);
    if (status == PB_OK)
        verify_rows_work(&all->rows, all->v->session);
    if (all->helped)
        pthread_join(all->thread, NULL);
    pb_status rows = verify_rows_end(&all->rows, status == PB_OK ? err : NULL);
    return status == PB_OK ? rows : status;
}

static pb_status run(verification *all, pb_error *err)
{
    all->helped = all->second != NULL && pthread_create(&all->thread, NULL, help, all) == 0;
    if (!all->helped && !db_session_writes(all->v->session))
        all->pages = db_check_pages(db_session_workspace(all->v->session), &all->pages_error);
    pb_status status = check(all, err);
    if (all->pages == PB_OK)
        return status;
    if (err != NULL)
        *err = all->pages_error;
    return all->pages;
}

static pb_status verify_all(verifier *v, ledger_row_check row_check, void *row_context,
                            pb_error *err)
{
    verification *all = pb_arena_alloc(v->arena, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    *all = (verification){.v = v};
    /* Without a second view of the same state one thread does it all. What a transaction under way
     * has changed nobody else sees: pages are not looked at then, they would be waited for. */
    if (db_session_writes(v->session) ||
        db_snapshot_beside(v->session, &all->second, NULL) != PB_OK)
        all->second = NULL;
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->change, NULL);
    verify_rows_begin(&all->rows, v, row_check, row_context);
    pb_status status = run(all, err);
    pthread_cond_destroy(&all->change);
    pthread_mutex_destroy(&all->lock);
    db_snapshot_close(all->second);
    return status;
}

pb_status ledger_verify_with(db_session *session, ledger_progress progress, void *context,
                             ledger_row_check row_check, void *row_context,
                             ledger_report *ret_report, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (!arena)
        return pb_fail_memory(err);
    verifier *v = pb_arena_alloc(arena, sizeof *v);
    if (!v)
        return pb_fail_memory(err);
    v->session = session;
    v->progress = progress;
    v->context = context;
    v->arena = arena;
    pb_status status = verify_all(v, row_check, row_context, err);
    if (v->heads)
        db_reset(v->heads);
    if (v->payloads)
        db_reset(v->payloads);
    PB_TRY(status);
    *ret_report = v->report;
    return PB_OK;
}

pb_status ledger_verify(db_session *session, ledger_progress progress, void *context,
                        ledger_report *ret_report, pb_error *err)
{
    return ledger_verify_with(session, progress, context, NULL, NULL, ret_report, err);
}
