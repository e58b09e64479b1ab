/* Answers that wait until the ledger has what was read for them.
 *
 *  worker ── reads, words the answer ──▶ list ──one transaction for all──▶ answers go out
 *     └─ next request                     ▲ whoever finds it due, one at a time
 *
 * A thread that waited for each commit would be put to sleep and woken for each request, which
 * costs more than the read. So long as there is more to read, and the first has not waited for
 * long, a commit is put off: it costs the same for one event as for many.
 */
#include "server.h"

#include "sys/clock.h"

#include <microhttpd.h>

enum { TOGETHER = 64, LONGEST_US = 2000 };

struct http_reads {
    pthread_mutex_t mutex;
    http_exchange *first, **end;
    size_t count;
    int64_t since_us; /* of the first */
    bool written;     /* somebody writes */
};

http_reads *http_reads_new(void)
{
    http_reads *reads = calloc(1, sizeof *reads);
    if (reads == NULL)
        return NULL;
    pthread_mutex_init(&reads->mutex, NULL);
    reads->end = &reads->first;
    return reads;
}

http_reads *http_reads_free(http_reads *reads)
{
    if (reads != NULL)
        pthread_mutex_destroy(&reads->mutex);
    free(reads);
    return NULL;
}

void http_reads_put(http_exchange *exchange)
{
    http_reads *reads = exchange->connection->server->reads;
    exchange->next_read = NULL;
    pthread_mutex_lock(&reads->mutex);
    if (reads->first == NULL)
        reads->since_us = sys_monotonic_us();
    *reads->end = exchange;
    reads->end = &exchange->next_read;
    reads->count++;
    pthread_mutex_unlock(&reads->mutex);
}

bool http_reads_any(http_reads *reads)
{
    pthread_mutex_lock(&reads->mutex);
    bool any = reads->first != NULL && !reads->written;
    pthread_mutex_unlock(&reads->mutex);
    return any;
}

bool http_reads_busy(http_reads *reads)
{
    pthread_mutex_lock(&reads->mutex);
    bool busy = reads->first != NULL || reads->written;
    pthread_mutex_unlock(&reads->mutex);
    return busy;
}

/* Takes the list where it is due; NULL: there is nothing to do. */
static http_exchange *take(http_reads *reads, bool idle)
{
    http_exchange *list = NULL;
    pthread_mutex_lock(&reads->mutex);
    if (reads->first != NULL && !reads->written &&
        (idle || reads->count >= TOGETHER || sys_monotonic_us() - reads->since_us >= LONGEST_US)) {
        list = reads->first;
        reads->first = NULL;
        reads->end = &reads->first;
        reads->count = 0;
        reads->written = true;
    }
    pthread_mutex_unlock(&reads->mutex);
    return list;
}

/* The answer goes out, or says why what was read cannot be told. The exchange belongs to the
 * connection's thread then. */
static void let_go(http_exchange *exchange, pb_status status, const pb_error *error)
{
    if (status != PB_OK) {
        if (pb_status_http(status) >= 500)
            http_log_error("request.failed", error);
        http_exchange_refuse(exchange, 0, error);
    }
    exchange->phase = HTTP_READY;
    MHD_resume_connection(exchange->mhd);
}

/* By itself: one that cannot be written does not take the others with it. */
static void write_one(http_exchange *exchange)
{
    const service_later *later = &exchange->later;
    pb_error error = {0};
    pb_status status = service_later_write(exchange->request.server->workspace, &later, 1, &error);
    let_go(exchange, status, &error);
}

/* As many as are written at once; the rest of the list is given back. */
static http_exchange *write_some(http_exchange *list)
{
    const service_later *laters[TOGETHER] = {NULL};
    size_t count = 0;
    http_exchange *rest = list, *next;
    for (; rest != NULL && count < TOGETHER; rest = rest->next_read)
        laters[count++] = &rest->later;
    pb_error error = {0};
    pb_status status = service_later_write(list->request.server->workspace, laters, count, &error);
    for (; list != rest; list = next) {
        next = list->next_read;
        if (status == PB_OK || count == 1)
            let_go(list, status, &error);
        else
            write_one(list);
    }
    return rest;
}

bool http_reads_write(http_server *server, bool idle)
{
    http_reads *reads = server->reads;
    http_exchange *list = take(reads, idle);
    if (list == NULL)
        return false;
    while (list != NULL)
        list = write_some(list);
    pthread_mutex_lock(&reads->mutex);
    reads->written = false;
    pthread_mutex_unlock(&reads->mutex);
    return true;
}
