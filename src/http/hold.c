/* Bytes that do not leave yet.
 *
 *  connection's thread                    who commits (reads.c)              sender
 *   answer ──TLS──▶ held                   the ledger has what was read
 *   next request    └──────────────────────▶ they leave ──── no room ──────▶ the rest, as it is
 *                                                                             taken
 *
 * libmicrohttpd waits for an answer that is made elsewhere by taking its connection out of epoll,
 * being woken, and putting it back, which costs more than the read of a record. So the answer is
 * made at once and sent as far as libmicrohttpd and TLS know; what they push for it stays here, and
 * so does whatever is pushed behind it, until the ledger has what was read. Where the ledger cannot
 * have it, nothing that is held ever leaves: the connection ends.
 *
 * The thread of the connection may close it meanwhile: then its socket lives on here.
 */
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"
#include "sys/net.h"

#include <errno.h>

enum {
    ANSWER_MOST = 16 << 10, /* of an answer that is held */
    HELD_MOST = 64 << 10,   /* of a connection, when another answer may be held */
    KEPT = 4096,            /* room that is kept for the next answer while one is held */
    SENT_MOST = 1024,       /* connections that take slowly what was held for them */
    LOOK_US = 100000,
    TAKE_RATE = 8 << 10 /* bytes a second that are to be taken */
};

struct http_sender {
    http_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t change;
    pthread_t thread;
    http_connection *first;
    size_t count;
    bool ends;
};

/* ---- what is held, with the connection's lock ---- */

static bool keep(http_hold *h, const pb_str *parts, size_t count)
{
    size_t more = 0;
    for (size_t i = 0; i < count; i++)
        more += parts[i].len;
    if (h->size + more > h->room) {
        size_t room = h->size + more < KEPT ? KEPT : (h->size + more) * 2;
        char *bytes = realloc(h->bytes, room);
        if (bytes == NULL)
            return false;
        h->bytes = bytes;
        h->room = room;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(h->bytes + h->size, parts[i].ptr, parts[i].len);
        h->size += parts[i].len;
    }
    return true;
}

static void forget(http_hold *h, size_t size)
{
    h->out += size;
    h->size -= size;
    if (h->size == 0) {
        free(h->bytes);
        h->bytes = NULL;
        h->room = 0;
    } else {
        memmove(h->bytes, h->bytes + size, h->size);
    }
}

static void break_off(http_connection *c)
{
    c->hold.broken = true;
    forget(&c->hold, c->hold.size);
    c->hold.free = c->hold.out; /* nothing is left to send, however much waited for the ledger */
    if (c->fd >= 0)
        sys_net_shut(c->fd, true);
}

/* What may leave does, as far as there is room: false: not all of it. */
static bool let_out(http_connection *c)
{
    http_hold *h = &c->hold;
    size_t may = (size_t)(h->free - h->out);
    if (may == 0 || h->broken)
        return true;
    const pb_str part = pb_str_n(h->bytes, may);
    ptrdiff_t sent = sys_net_send(c->fd, &part, 1);
    bool full = sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
    if (sent < 0 && !full)
        break_off(c);
    else if (sent > 0)
        forget(h, (size_t)sent);
    return h->broken || h->free == h->out;
}

bool http_hold_take(http_connection *c, const pb_str *parts, size_t count, ptrdiff_t *ret_sent)
{
    http_hold *h = &c->hold;
    bool took = true;
    *ret_sent = 0;
    pthread_mutex_lock(&c->mutex);
    if (h->broken) {
        errno = ECONNRESET;
        *ret_sent = -1;
    } else if (h->on || h->answers > 0) {
        for (size_t i = 0; i < count; i++)
            *ret_sent += (ptrdiff_t)parts[i].len;
        if (!keep(h, parts, count)) {
            errno = ENOMEM;
            *ret_sent = -1;
        }
    } else if (h->size > 0 && !let_out(c)) {
        errno = EAGAIN; /* epoll tells when there is room: nobody sent since the system said no */
        *ret_sent = -1;
    } else if (h->broken) {
        errno = ECONNRESET;
        *ret_sent = -1;
    } else {
        took = false;
    }
    pthread_mutex_unlock(&c->mutex);
    return took;
}

bool http_hold_any(http_connection *c)
{
    pthread_mutex_lock(&c->mutex);
    bool any = c->hold.answers > 0;
    pthread_mutex_unlock(&c->mutex);
    return any;
}

bool http_hold_may(http_exchange *exchange)
{
    http_connection *c = exchange->connection;
    http_server *server = c->server;
    if (c->session == NULL || !exchange->lasts || exchange->close ||
        exchange->response.body.len > ANSWER_MOST || exchange->response.lasting.len > ANSWER_MOST ||
        exchange->response.events != NULL || exchange->response.source.end != NULL ||
        atomic_load(&server->draining) || !http_reads_good(server->reads))
        return false;
    pthread_mutex_lock(&c->mutex);
    bool may = !c->hold.broken && !c->hold.sender && c->hold.size < HELD_MOST;
    pthread_mutex_unlock(&c->mutex);
    return may;
}

void http_hold_begin(http_exchange *exchange)
{
    http_connection *c = exchange->connection;
    exchange->held = true;
    pthread_mutex_lock(&c->mutex);
    c->hold.on = true;
    c->hold.answers++;
    c->users++;
    pthread_mutex_unlock(&c->mutex);
}

void http_hold_end(http_exchange *exchange)
{
    http_connection *c = exchange->connection;
    pthread_mutex_lock(&c->mutex);
    c->hold.on = false;
    exchange->held_to = c->hold.out + c->hold.size;
    pthread_mutex_unlock(&c->mutex);
}

void http_hold_close(http_connection *c)
{
    bool waits = (c->hold.answers > 0 || c->hold.size > 0) && !c->hold.broken;
    c->closed = true;
    c->fd = waits ? sys_net_again(c->fd) : -1;
    if (waits && c->fd < 0)
        break_off(c);
}

/* ---- what is taken slowly ---- */

/* With the connection's lock held. False: there are too many. */
static bool give_to_sender(http_connection *c)
{
    http_sender *sender = c->server->sender;
    pthread_mutex_lock(&sender->mutex);
    bool room = sender->count < SENT_MOST && !sender->ends;
    if (room) {
        atomic_fetch_add(&c->server->active, 1); /* a stop waits for it */
        c->users++;
        c->hold.sender = true;
        c->hold.since_us = sys_monotonic_us();
        c->next_sent = sender->first;
        sender->first = c;
        sender->count++;
        pthread_cond_signal(&sender->change);
    }
    pthread_mutex_unlock(&sender->mutex);
    return room;
}

void http_hold_let_go(http_exchange *exchange, bool good)
{
    http_connection *c = exchange->connection;
    http_hold *h = &c->hold;
    pthread_mutex_lock(&c->mutex);
    h->answers--;
    if (!h->broken && good)
        h->free = h->answers == 0 ? h->out + h->size : exchange->held_to;
    else
        break_off(c);
    if (!h->sender && !let_out(c) && !give_to_sender(c))
        break_off(c);
    bool out = !h->broken;
    pthread_mutex_unlock(&c->mutex);
    http_transport_over(exchange, out);
    http_connection_release(c);
}

/* True: there is nothing more to do for it. */
static bool send_more(http_connection *c, int64_t now_us)
{
    http_hold *h = &c->hold;
    pthread_mutex_lock(&c->mutex);
    int64_t seconds =
        (int64_t)c->server->limits.idle_seconds + (int64_t)((h->free - h->out) / TAKE_RATE);
    if (now_us - h->since_us > seconds * PB_US_PER_SECOND)
        break_off(c);
    h->sender = !let_out(c);
    bool done = !h->sender;
    pthread_mutex_unlock(&c->mutex);
    return done;
}

/* Until one of them takes more; others that come wait for LOOK_US at most. */
static void wait_for_room(http_connection *list)
{
    int fds[SENT_MOST];
    size_t count = 0;
    for (http_connection *c = list; c != NULL && count < SENT_MOST; c = c->next_sent) {
        pthread_mutex_lock(&c->mutex);
        fds[count++] = c->fd;
        pthread_mutex_unlock(&c->mutex);
    }
    sys_net_wait_room(fds, count, LOOK_US);
}

static void done_with(http_sender *sender, http_connection *c)
{
    atomic_fetch_sub(&sender->server->active, 1);
    http_connection_release(c);
    pthread_mutex_lock(&sender->mutex);
    sender->count--;
    pthread_mutex_unlock(&sender->mutex);
}

/* Goes through the list once; returns what is left of it. */
static http_connection *send_all(http_sender *sender, http_connection *list)
{
    http_connection *left = NULL, *next;
    int64_t now_us = sys_monotonic_us();
    for (; list != NULL; list = next) {
        next = list->next_sent;
        if (send_more(list, now_us)) {
            done_with(sender, list);
        } else {
            list->next_sent = left;
            left = list;
        }
    }
    return left;
}

/* Those that came join the list; true: it is to end. */
static bool gather(http_sender *sender, http_connection **list)
{
    http_connection *next;
    pthread_mutex_lock(&sender->mutex);
    while (sender->first == NULL && *list == NULL && !sender->ends)
        pthread_cond_wait(&sender->change, &sender->mutex);
    for (http_connection *c = sender->first; c != NULL; c = next) {
        next = c->next_sent;
        c->next_sent = *list;
        *list = c;
    }
    sender->first = NULL;
    bool ends = sender->ends;
    pthread_mutex_unlock(&sender->mutex);
    return ends;
}

static void *labour(void *context)
{
    http_sender *sender = context;
    http_connection *list = NULL, *next;
    while (!gather(sender, &list)) {
        wait_for_room(list);
        list = send_all(sender, list);
    }
    for (; list != NULL; list = next) {
        next = list->next_sent;
        pthread_mutex_lock(&list->mutex);
        break_off(list);
        pthread_mutex_unlock(&list->mutex);
        done_with(sender, list);
    }
    return NULL;
}

pb_status http_sender_start(http_server *server, http_sender **ret_sender, pb_error *err)
{
    http_sender *sender = calloc(1, sizeof *sender);
    if (sender == NULL)
        return pb_fail_memory(err);
    sender->server = server;
    pthread_mutex_init(&sender->mutex, NULL);
    pthread_cond_init(&sender->change, NULL);
    if (pthread_create(&sender->thread, NULL, labour, sender) != 0) {
        free(sender);
        return pb_fail(err, PB_BUSY, PB_MSG("The system gives no more threads."), NULL);
    }
    *ret_sender = sender;
    return PB_OK;
}

http_sender *http_sender_stop(http_sender *sender)
{
    if (sender == NULL)
        return NULL;
    pthread_mutex_lock(&sender->mutex);
    sender->ends = true;
    pthread_cond_signal(&sender->change);
    pthread_mutex_unlock(&sender->mutex);
    pthread_join(sender->thread, NULL);
    pthread_cond_destroy(&sender->change);
    pthread_mutex_destroy(&sender->mutex);
    free(sender);
    return NULL;
}
