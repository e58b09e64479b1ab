/* Answers that wait until the ledger has what was read for them.
 *
 *  who read, and worded the answer ──▶ list ──one transaction for all──▶ answers go out, in order
 *     └─ next request                   ▲ a thread that does nothing else
 *
 * A thread that waited for each commit would be put to sleep and woken for each request, which
 * costs more than the read. A commit costs nearly the same for one event as for many: so it is put
 * off for a moment where as many as last time are about to come again. Who asks alone waits for
 * nobody.
 */
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"

#include <microhttpd.h>

enum { TOGETHER = 256, LONGEST_US = 5000 };

struct http_reads {
    pthread_mutex_t mutex;
    pthread_cond_t change;
    pthread_t thread;
    http_exchange *first, **end;
    size_t count;
    size_t wanted; /* of them, for which the thread is woken */
    bool written;  /* some are being written */
    bool ends;
    atomic_bool bad; /* the last commit failed */
};

void http_reads_put(http_exchange *exchange)
{
    http_reads *reads = exchange->connection->server->reads;
    exchange->next_read = NULL;
    pthread_mutex_lock(&reads->mutex);
    *reads->end = exchange;
    reads->end = &exchange->next_read;
    bool call = ++reads->count == reads->wanted;
    pthread_mutex_unlock(&reads->mutex);
    if (call)
        pthread_cond_signal(&reads->change);
}

bool http_reads_busy(http_reads *reads)
{
    pthread_mutex_lock(&reads->mutex);
    bool busy = reads->first != NULL || reads->written;
    pthread_mutex_unlock(&reads->mutex);
    return busy;
}

bool http_reads_good(http_reads *reads)
{
    return !atomic_load_explicit(&reads->bad, memory_order_relaxed);
}

/* The answer goes out, or says why what was read cannot be told. The exchange belongs to the
 * connection's thread then, or is over. */
static void let_go(http_exchange *exchange, pb_status status, const pb_error *error)
{
    if (status != PB_OK && pb_status_http(status) >= 500)
        http_log_error("request.failed", error);
    if (exchange->held) {
        http_hold_let_go(exchange, status == PB_OK);
        return;
    }
    if (status != PB_OK)
        http_exchange_refuse(exchange, 0, error);
    exchange->phase = HTTP_READY;
    MHD_resume_connection(exchange->mhd);
}

/* Each in the workspace it was read from. */
static pb_status write_of(http_exchange *first, const service_later *const *laters, size_t count,
                          pb_error *err)
{
    http_reads *reads = first->connection->server->reads;
    if (count == 0)
        return PB_OK;
    pb_status status = service_later_write(first->request.server->workspace, laters, count, err);
    atomic_store_explicit(&reads->bad, status != PB_OK, memory_order_relaxed);
    return status;
}

/* By itself: one that cannot be written does not take the others with it. */
static void write_one(http_exchange *exchange)
{
    const service_later *later = &exchange->later;
    pb_error error = {0};
    pb_status status = write_of(exchange, &later, service_later_any(later), &error);
    let_go(exchange, status, &error);
}

/* As many as are written at once; the rest of the list is given back. */
static http_exchange *write_some(http_exchange *list)
{
    const service_later *laters[TOGETHER] = {NULL};
    const db_workspace *workspace = list->request.server->workspace;
    size_t count = 0, events = 0;
    http_exchange *rest = list, *next;
    for (; rest != NULL && count < TOGETHER && rest->request.server->workspace == workspace;
         rest = rest->next_read, count++)
        if (service_later_any(&rest->later))
            laters[events++] = &rest->later;
    pb_error error = {0};
    pb_status status = write_of(list, laters, events, &error);
    for (; list != rest; list = next) {
        next = list->next_read;
        if (status == PB_OK || count == 1)
            let_go(list, status, &error);
        else
            write_one(list);
    }
    return rest;
}

/* Those whose answers just left are about to come again; twice what a commit takes is worth it.
 * With the lock held. */
static void wait_for_others(http_reads *reads, size_t expected, int64_t took_us)
{
    int64_t most_us = took_us * 2 < LONGEST_US ? took_us * 2 : LONGEST_US;
    int64_t until_us = sys_monotonic_us() + most_us;
    const struct timespec until = {until_us / PB_US_PER_SECOND, until_us % PB_US_PER_SECOND * 1000};
    reads->wanted = expected < TOGETHER ? expected : TOGETHER;
    while (reads->count < reads->wanted && !reads->ends)
        if (pthread_cond_timedwait(&reads->change, &reads->mutex, &until) != 0)
            break;
}

/* Takes what waits, and writes it; returns how many may come next. With the lock held, but while
 * it is written. */
static size_t write_all(http_reads *reads)
{
    http_exchange *list = reads->first;
    size_t count = reads->count;
    reads->first = NULL;
    reads->end = &reads->first;
    reads->count = reads->wanted = 0;
    reads->written = true;
    pthread_mutex_unlock(&reads->mutex);
    while (list != NULL)
        list = write_some(list);
    pthread_mutex_lock(&reads->mutex);
    reads->written = false;
    return count + reads->count;
}

static void *labour(void *context)
{
    http_reads *reads = context;
    size_t expected = 1;
    int64_t took_us = 0;
    pthread_mutex_lock(&reads->mutex);
    for (;;) {
        reads->wanted = 1;
        while (reads->first == NULL && !reads->ends)
            pthread_cond_wait(&reads->change, &reads->mutex);
        if (reads->first == NULL)
            break;
        if (reads->count < expected)
            wait_for_others(reads, expected, took_us);
        int64_t begin_us = sys_monotonic_us();
        expected = write_all(reads);
        took_us = sys_monotonic_us() - begin_us;
    }
    pthread_mutex_unlock(&reads->mutex);
    return NULL;
}

pb_status http_reads_start(http_reads **ret_reads, pb_error *err)
{
    http_reads *reads = calloc(1, sizeof *reads);
    pthread_condattr_t attributes;
    if (reads == NULL)
        return pb_fail_memory(err);
    reads->end = &reads->first;
    pthread_mutex_init(&reads->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&reads->change, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&reads->thread, NULL, labour, reads) != 0) {
        free(reads);
        return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    *ret_reads = reads;
    return PB_OK;
}

http_reads *http_reads_stop(http_reads *reads)
{
    if (reads == NULL)
        return NULL;
    pthread_mutex_lock(&reads->mutex);
    reads->ends = true;
    pthread_cond_signal(&reads->change);
    pthread_mutex_unlock(&reads->mutex);
    pthread_join(reads->thread, NULL);
    pthread_cond_destroy(&reads->change);
    pthread_mutex_destroy(&reads->mutex);
    free(reads);
    return NULL;
}
