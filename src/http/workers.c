/* Threads that do what may wait, so that those that look after connections never do. */
#include "server.h"

enum { WORKERS_MAX = 256 };

struct http_workers {
    pthread_mutex_t mutex;
    pthread_cond_t change;
    http_work *first, **end;
    size_t waiting, reserved, most; /* `waiting` of `most` places; `reserved` come soon */
    size_t count, share;            /* `share` of the threads for one client at once */
    size_t running;
    size_t asleep, called; /* threads that sleep; of these, those that are being woken */
    bool ends;
    pthread_t threads[WORKERS_MAX];
    bool busy[WORKERS_MAX];
    uint64_t clients[WORKERS_MAX]; /* whose work each thread does, where it is busy */
    struct place {
        http_workers *all;
        size_t number;
    } places[WORKERS_MAX];
};

static size_t running_of(const http_workers *w, uint64_t client)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        count += w->busy[i] && w->clients[i] == client;
    return count;
}

/* The first that waits whose client has not its share of the workers already; NULL: none. Of those
 * that wait most are of one client: it is counted once. Locked. */
static http_work **next_of(http_workers *w)
{
    uint64_t full = 0;
    bool any_full = false;
    for (http_work **at = &w->first; *at != NULL; at = &(*at)->next) {
        uint64_t client = (*at)->client;
        if (any_full && client == full)
            continue;
        if (running_of(w, client) < w->share)
            return at;
        full = client;
        any_full = true;
    }
    return NULL;
}

static http_work *take(http_workers *w)
{
    http_work **at = next_of(w);
    if (at == NULL)
        return NULL;
    http_work *work = *at;
    *at = work->next;
    if (w->end == &work->next)
        w->end = at;
    w->waiting--;
    return work;
}

/* Wakes one thread where something waits that may be done, and nobody was woken for it yet. Who was
 * woken wakes the next when it has taken its work: a herd that wakes for one piece of work costs
 * more than the work. Locked; true: the caller signals after unlocking. */
static bool call_one(http_workers *w)
{
    if (w->asleep == 0 || w->called > 0 || next_of(w) == NULL)
        return false;
    w->called++;
    return true;
}

/* Locked. */
static void sleep_until_called(http_workers *w)
{
    w->asleep++;
    while (w->called == 0 && !w->ends)
        pthread_cond_wait(&w->change, &w->mutex);
    w->asleep--;
    if (w->called > 0)
        w->called--;
}

static void do_work(http_workers *w, size_t number, http_work *work)
{
    w->clients[number] = work->client;
    w->busy[number] = true;
    w->running++;
    bool call = call_one(w);
    pthread_mutex_unlock(&w->mutex);
    if (call)
        pthread_cond_signal(&w->change);
    work->run(work->context);
    pthread_mutex_lock(&w->mutex);
    w->busy[number] = false;
    w->running--;
}

static void *labour(void *context)
{
    const struct place *place = context;
    http_workers *w = place->all;
    pthread_mutex_lock(&w->mutex);
    for (;;) {
        http_work *work = take(w);
        if (work != NULL)
            do_work(w, place->number, work);
        else if (w->ends && w->first == NULL)
            break;
        else
            sleep_until_called(w);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

static pb_status start_threads(http_workers *w, size_t count, pb_error *err)
{
    for (; w->count < count; w->count++) {
        w->places[w->count] = (struct place){w, w->count};
        if (pthread_create(&w->threads[w->count], NULL, labour, &w->places[w->count]) != 0)
            return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    return PB_OK;
}

pb_status http_workers_start(http_server *server, http_workers **ret_workers, pb_error *err)
{
    const http_limits *limits = &server->limits;
    http_workers *w = calloc(1, sizeof *w);
    if (w == NULL)
        return pb_fail_memory(err);
    size_t count = limits->workers < WORKERS_MAX ? limits->workers : WORKERS_MAX;
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->change, NULL);
    w->end = &w->first;
    w->most = limits->queue;
    w->share = count > 1 ? (count + 1) / 2 : 1;
    /* The threads look at `count` while it grows: it must not. */
    pthread_mutex_lock(&w->mutex);
    pb_status status = start_threads(w, count, err);
    pthread_mutex_unlock(&w->mutex);
    if (status != PB_OK)
        w = http_workers_free(http_workers_stop(w));
    *ret_workers = w;
    return status;
}

http_workers *http_workers_stop(http_workers *w)
{
    if (w == NULL)
        return NULL;
    pthread_mutex_lock(&w->mutex);
    w->ends = true;
    pthread_cond_broadcast(&w->change);
    pthread_mutex_unlock(&w->mutex);
    for (size_t i = 0; i < w->count; i++)
        pthread_join(w->threads[i], NULL);
    w->count = 0;
    return w;
}

http_workers *http_workers_free(http_workers *w)
{
    if (w == NULL)
        return NULL;
    pthread_cond_destroy(&w->change);
    pthread_mutex_destroy(&w->mutex);
    free(w);
    return NULL;
}

bool http_workers_reserve(http_workers *w)
{
    pthread_mutex_lock(&w->mutex);
    bool free_place = w->waiting + w->reserved < w->most;
    w->reserved += free_place;
    pthread_mutex_unlock(&w->mutex);
    return free_place;
}

void http_workers_insist(http_workers *w)
{
    pthread_mutex_lock(&w->mutex);
    w->reserved++;
    pthread_mutex_unlock(&w->mutex);
}

void http_workers_put(http_workers *w, http_work *work)
{
    work->next = NULL;
    pthread_mutex_lock(&w->mutex);
    *w->end = work;
    w->end = &work->next;
    w->waiting++;
    w->reserved--;
    bool call = call_one(w);
    pthread_mutex_unlock(&w->mutex);
    if (call)
        pthread_cond_signal(&w->change);
}

size_t http_workers_waiting(http_workers *w)
{
    pthread_mutex_lock(&w->mutex);
    size_t waiting = w->waiting;
    pthread_mutex_unlock(&w->mutex);
    return waiting;
}

bool http_workers_busy(http_workers *w)
{
    pthread_mutex_lock(&w->mutex);
    bool busy = w->running > 0 || w->waiting > 0 || w->reserved > 0;
    pthread_mutex_unlock(&w->mutex);
    return busy;
}
