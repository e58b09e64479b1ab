/* Who keeps the connections: a thread that gives up those that are too slow, counts them by
 * address, and has streams looked after. libmicrohttpd knows silence only: a client that sends a
 * byte now and then would keep its connection for ever. */
#include "server.h"

#include "base/time.h"
#include "service/serving.h"
#include "sys/clock.h"
#include "sys/memory.h"
#include "sys/net.h"

enum {
    GROUPS = 4096,
    EVENTS_MAX = 1024,
    TICK_MS = 1000,
    TICK_EVENTS_MS = 250,
    REST_US = 30 * 1000 * 1000, /* after which a server that nobody asks is at rest */
    BODY_RATE = 32 << 10,       /* bytes a second that a body has to bring */
    ANSWER_RATE = 8 << 10       /* and an answer has to be taken with */
};

/* How many connections a network has. */
typedef struct group {
    struct group *next;
    uint64_t number;
    size_t count;
} group;

struct http_keeper {
    http_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    pthread_t thread;
    bool ends;
    http_connection *first;
    atomic_size_t count;
    group *groups[GROUPS];
    http_events *events[EVENTS_MAX];
    size_t event_count;
    uint64_t numbers; /* of requests, when it was last looked */
    int64_t asked_us; /* when there was one last */
    bool rested;
};

static group **place_of(http_keeper *keeper, uint64_t number)
{
    group **at =
        &keeper->groups[pb_str_hash(pb_str_n((const char *)&number, sizeof number)) % GROUPS];
    while (*at != NULL && (*at)->number != number)
        at = &(*at)->next;
    return at;
}

/* How long it may stay in its stage; 0: for ever. Locked. */
static int64_t limit_of(const http_connection *c)
{
    const http_limits *limits = &c->server->limits;
    uint64_t seconds = 0;
    switch (c->stage) {
    case HTTP_WAITS:
        if (!c->began && c->hold.size > 0)
            return 0; /* ended by the commit that it waits for, or by who sends it */
        seconds = c->began ? limits->head_seconds : limits->idle_seconds;
        break;
    case HTTP_READS:
        seconds = limits->body_seconds + c->bytes / BODY_RATE;
        break;
    case HTTP_SENDS:
        seconds = limits->idle_seconds + c->bytes / ANSWER_RATE;
        break;
    case HTTP_WORKS:
    case HTTP_STREAMS:
        break;
    }
    return (int64_t)seconds * PB_US_PER_SECOND;
}

/* Who began a request is told why it is not answered: by us where the wire is plain, else by the
 * thread that has the TLS session (tls.c). */
static void give_up(http_connection *c)
{
    bool asked = c->stage == HTTP_READS || (c->stage == HTTP_WAITS && c->began);
    c->late = true;
    if (asked)
        http_metrics_lose(c->server->metrics, HTTP_LOSS_LATE);
    if (asked && c->session == NULL)
        sys_net_say(c->fd, c->server->too_late);
    sys_net_shut(c->fd, c->session == NULL || !asked || !c->shaken);
}

/* libmicrohttpd does not see an end that comes together with bytes. Whoever closed before its
 * request was whole is waited for no longer; the second look leaves time to take in what came. */
static void look_whether_gone(http_connection *c)
{
    bool half = c->stage == HTTP_READS || (c->stage == HTTP_WAITS && c->began);
    bool gone = half && sys_net_gone(c->fd) && !sys_net_unread(c->fd);
    if (gone && c->gone) {
        c->late = true;
        sys_net_shut(c->fd, true);
    }
    c->gone = gone;
}

static void look_at(http_connection *c, int64_t now_us)
{
    pthread_mutex_lock(&c->mutex);
    /* Within TLS tls.c sees it. */
    if (!c->late && c->stage == HTTP_WAITS && !c->began && !c->shaken &&
        sys_net_received(c->fd) > c->received) {
        c->began = true;
        c->since_us = now_us;
    }
    /* Who only says that nothing more comes is taken for gone, too: the two look alike. */
    if (c->stage == HTTP_WORKS && sys_net_gone(c->fd))
        atomic_store(&c->stop, true);
    if (!c->late)
        look_whether_gone(c);
    int64_t limit = limit_of(c);
    if (!c->late && limit > 0 && now_us - c->since_us > limit)
        give_up(c);
    pthread_mutex_unlock(&c->mutex);
}

/* Streams that ended are let go. Locked. */
static void look_after_events(http_keeper *keeper, int64_t now_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < keeper->event_count; i++) {
        http_events *events = keeper->events[i];
        if (http_events_ended(events)) {
            http_events_release(events);
            continue;
        }
        http_events_tick(events, now_us);
        keeper->events[kept++] = events;
    }
    keeper->event_count = kept;
}

/* Does it to the workspace as it is open now. */
static void look_after_workspace(const http_server *server, void (*what)(db_workspace *workspace))
{
    http_options now;
    const struct service_turn *turn = http_turn_take(server, false, &now);
    if (now.workspace != NULL)
        what(now.workspace);
    http_turn_release(server, turn);
}

/* When nothing was asked for a while, what is kept ready for the next request is given back: once,
 * until something is asked again. Locked, but for the time that takes. */
static void rest(http_keeper *keeper, int64_t now_us)
{
    http_server *server = keeper->server;
    uint64_t numbers = atomic_load(&server->numbers);
    if (numbers != keeper->numbers || atomic_load(&server->active) > 0) {
        keeper->numbers = numbers;
        keeper->asked_us = now_us;
        keeper->rested = false;
    }
    if (keeper->rested || now_us - keeper->asked_us < REST_US)
        return;
    keeper->rested = true;
    pthread_mutex_unlock(&keeper->mutex);
    look_after_workspace(server, service_serving_rest);
    http_transport_rest(server);
    sys_memory_trim();
    pthread_mutex_lock(&keeper->mutex);
}

static void *keep(void *context)
{
    http_keeper *keeper = context;
    int64_t looked_us = 0;
    pthread_mutex_lock(&keeper->mutex);
    while (!keeper->ends) {
        struct timespec until;
        int64_t now_us = sys_monotonic_us();
        look_after_events(keeper, now_us);
        if (now_us - looked_us >= TICK_MS * 1000) {
            for (http_connection *c = keeper->first; c != NULL; c = c->next)
                look_at(c, now_us);
            look_after_workspace(keeper->server, service_serving_tick);
            looked_us = now_us;
        }
        rest(keeper, now_us);
        int64_t wait_ms = keeper->event_count > 0 ? TICK_EVENTS_MS : TICK_MS;
        int64_t end_us = now_us + wait_ms * 1000;
        until = (struct timespec){end_us / PB_US_PER_SECOND, end_us % PB_US_PER_SECOND * 1000};
        pthread_cond_timedwait(&keeper->change, &keeper->mutex, &until);
    }
    pthread_mutex_unlock(&keeper->mutex);
    return NULL;
}

pb_status http_keeper_start(http_server *server, http_keeper **ret_keeper, pb_error *err)
{
    http_keeper *keeper = calloc(1, sizeof *keeper);
    pthread_condattr_t attributes;
    if (keeper == NULL)
        return pb_fail_memory(err);
    keeper->server = server;
    pthread_mutex_init(&keeper->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->change, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&keeper->thread, NULL, keep, keeper) != 0) {
        free(keeper);
        return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    *ret_keeper = keeper;
    return PB_OK;
}

http_keeper *http_keeper_stop(http_keeper *keeper)
{
    if (keeper == NULL)
        return NULL;
    pthread_mutex_lock(&keeper->mutex);
    keeper->ends = true;
    pthread_cond_signal(&keeper->change);
    pthread_mutex_unlock(&keeper->mutex);
    pthread_join(keeper->thread, NULL);
    for (size_t i = 0; i < keeper->event_count; i++)
        http_events_release(keeper->events[i]);
    pthread_cond_destroy(&keeper->change);
    pthread_mutex_destroy(&keeper->mutex);
    free(keeper);
    return NULL;
}

/* One more from its network; false without memory. Locked. */
static bool count_in(http_keeper *keeper, http_connection *c)
{
    group **at = place_of(keeper, c->group);
    if (c->group == 0)
        return true;
    if (*at == NULL && (*at = calloc(1, sizeof **at)) == NULL)
        return false;
    (*at)->number = c->group;
    c->crowded = ++(*at)->count > keeper->server->limits.per_address;
    return true;
}

http_connection *http_keeper_add(http_keeper *keeper, http_listener *listener, int fd,
                                 const void *address)
{
    http_connection *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->server = listener->server;
    c->listener = listener;
    c->fd = fd;
    c->users = 1;
    c->since_us = sys_monotonic_us();
    /* Behind a proxy every connection is the proxy's. */
    c->group = listener->server->options->proxy ? 0 : sys_net_group(address);
    sys_net_address(address, c->address);
    pthread_mutex_init(&c->mutex, NULL);
    pthread_mutex_lock(&keeper->mutex);
    bool counted = count_in(keeper, c);
    if (counted) {
        c->next = keeper->first;
        if (c->next != NULL)
            c->next->previous = c;
        keeper->first = c;
        keeper->count++;
    }
    pthread_mutex_unlock(&keeper->mutex);
    if (!counted) {
        pthread_mutex_destroy(&c->mutex);
        free(c);
        return NULL;
    }
    if (c->crowded)
        http_metrics_lose(c->server->metrics, HTTP_LOSS_CROWDED);
    return c;
}

void http_keeper_remove(http_keeper *keeper, http_connection *c)
{
    pthread_mutex_lock(&keeper->mutex);
    group **at = place_of(keeper, c->group);
    if (*at != NULL && --(*at)->count == 0) {
        group *gone = *at;
        *at = gone->next;
        free(gone);
    }
    if (c->previous != NULL)
        c->previous->next = c->next;
    else
        keeper->first = c->next;
    if (c->next != NULL)
        c->next->previous = c->previous;
    keeper->count--;
    pthread_mutex_unlock(&keeper->mutex);
    pthread_mutex_lock(&c->mutex);
    http_hold_close(c);
    pthread_mutex_unlock(&c->mutex);
    http_connection_release(c);
}

void http_connection_release(http_connection *c)
{
    pthread_mutex_lock(&c->mutex);
    bool last = --c->users == 0;
    pthread_mutex_unlock(&c->mutex);
    if (!last)
        return;
    if (c->fd >= 0) /* it lived longer than the thread that looked after it */
        sys_net_close(c->fd);
    pthread_mutex_destroy(&c->mutex);
    free(c->hold.bytes);
    free(c->head);
    free(c->ahead);
    free(c);
}

bool http_keeper_stage(http_connection *c, http_stage stage, uint64_t bytes)
{
    pthread_mutex_lock(&c->mutex);
    bool heard = !c->late;
    c->stage = stage;
    c->bytes = bytes;
    c->since_us = sys_monotonic_us();
    c->gone = false;
    if (stage == HTTP_WORKS)
        atomic_store(&c->stop, false);
    if (stage == HTTP_WAITS) {
        c->began = false;
        if (!c->shaken) /* else tls.c sees what comes */
            c->received = sys_net_received(c->fd);
    }
    pthread_mutex_unlock(&c->mutex);
    return heard;
}

void http_keeper_more(http_connection *c, uint64_t bytes)
{
    pthread_mutex_lock(&c->mutex);
    c->bytes += bytes;
    pthread_mutex_unlock(&c->mutex);
}

/* What came while the answer before was still on its way is counted to that (see look_at): here at
 * the latest it is known to be another request. */
void http_keeper_begin(http_connection *c)
{
    pthread_mutex_lock(&c->mutex);
    if (c->stage == HTTP_WAITS && !c->began) {
        c->began = true;
        c->since_us = sys_monotonic_us();
    }
    pthread_mutex_unlock(&c->mutex);
}

void http_keeper_stop_work(http_keeper *keeper)
{
    pthread_mutex_lock(&keeper->mutex);
    for (http_connection *c = keeper->first; c != NULL; c = c->next) {
        pthread_mutex_lock(&c->mutex);
        if (c->stage == HTTP_WORKS)
            atomic_store(&c->stop, true);
        pthread_mutex_unlock(&c->mutex);
    }
    pthread_mutex_unlock(&keeper->mutex);
}

size_t http_keeper_count(http_keeper *keeper)
{
    return atomic_load_explicit(&keeper->count, memory_order_relaxed);
}

bool http_keeper_watch(http_keeper *keeper, http_events *events)
{
    pthread_mutex_lock(&keeper->mutex);
    bool room = keeper->event_count < EVENTS_MAX;
    if (room)
        keeper->events[keeper->event_count++] = http_events_hold(events);
    pthread_cond_signal(&keeper->change);
    pthread_mutex_unlock(&keeper->mutex);
    return room;
}

void http_keeper_end_events(http_keeper *keeper)
{
    pthread_mutex_lock(&keeper->mutex);
    for (size_t i = 0; i < keeper->event_count; i++)
        http_events_end(keeper->events[i]);
    pthread_cond_signal(&keeper->change);
    pthread_mutex_unlock(&keeper->mutex);
}
