/* Streams of events: news wait in a buffer until the client takes them; while there are none its
 * connection rests. */
#include "events.h"

#include "server.h"
#include "sys/clock.h"

#include <microhttpd.h>

enum { PENDING_MAX = 256 << 10, BLOCK = 16 << 10, BEAT_US = 15000000 };

struct http_events {
    pthread_mutex_t mutex;
    size_t holders; /* the connection, the keeper, a worker that looks */
    http_events_source source;
    http_server *server;
    const pb_catalog *catalog;
    struct MHD_Connection *mhd; /* NULL: not begun, or gone */
    pb_buf pending;
    bool rests, ended, looks, gone;
    int64_t looked_us, told_us;
    http_work work;
};

http_events *http_events_hold(http_events *events)
{
    pthread_mutex_lock(&events->mutex);
    events->holders++;
    pthread_mutex_unlock(&events->mutex);
    return events;
}

http_events *http_events_release(http_events *events)
{
    if (events == NULL)
        return NULL;
    pthread_mutex_lock(&events->mutex);
    size_t left = --events->holders;
    pthread_mutex_unlock(&events->mutex);
    if (left > 0)
        return NULL;
    if (events->source.end != NULL)
        events->source.end(events->source.context);
    pb_buf_free(&events->pending);
    pthread_mutex_destroy(&events->mutex);
    free(events);
    return NULL;
}

/* There is something to take, or nothing more will come. Locked. */
static void wake(http_events *events)
{
    if (events->rests && events->mhd != NULL)
        MHD_resume_connection(events->mhd);
    events->rests = false;
}

bool http_events_ended(http_events *events)
{
    pthread_mutex_lock(&events->mutex);
    bool ended = events->ended || events->gone;
    pthread_mutex_unlock(&events->mutex);
    return ended;
}

void http_events_end(http_events *events)
{
    pthread_mutex_lock(&events->mutex);
    events->ended = true;
    wake(events);
    pthread_mutex_unlock(&events->mutex);
}

static void put_line(pb_buf *out, const char *field, pb_str value)
{
    pb_buf_addc(out, field);
    pb_buf_addc(out, ": ");
    for (size_t i = 0; i < value.len; i++)
        if (value.ptr[i] != '\r' && value.ptr[i] != '\n')
            pb_buf_byte(out, value.ptr[i]);
    pb_buf_byte(out, '\n');
}

void http_events_put(http_events *events, const char *name, const char *id, pb_str data)
{
    pb_str rest = data, line;
    pthread_mutex_lock(&events->mutex);
    if (name != NULL)
        put_line(&events->pending, "event", pb_str_c(name));
    if (id != NULL)
        put_line(&events->pending, "id", pb_str_c(id));
    while (pb_str_split(&rest, '\n', &line))
        put_line(&events->pending, "data", line);
    pb_buf_byte(&events->pending, '\n');
    /* Half an event is none: who lags that far has to begin anew. */
    events->ended = events->ended || events->pending.failed;
    events->told_us = sys_monotonic_us();
    wake(events);
    pthread_mutex_unlock(&events->mutex);
}

static void tell_problem(http_events *events, const pb_error *error)
{
    http_request request = {.catalog = events->catalog};
    http_response response = {.body = PB_BUF_INIT(PENDING_MAX)};
    http_problem(&request, &response, 0, error);
    http_events_put(events, "problem", NULL, pb_buf_str(&response.body));
    pb_buf_free(&response.body);
}

static void look(void *context)
{
    http_events *events = context;
    pb_error error = {0};
    bool ended = false;
    pb_status status = events->source.look(events->source.context, events, &ended, &error);
    if (status != PB_OK)
        tell_problem(events, &error);
    pthread_mutex_lock(&events->mutex);
    events->looks = false;
    events->ended = events->ended || ended || status != PB_OK;
    events->looked_us = sys_monotonic_us();
    if (events->ended)
        wake(events);
    pthread_mutex_unlock(&events->mutex);
    http_events_release(events);
}

void http_events_tick(http_events *events, int64_t now_us)
{
    bool due;
    pthread_mutex_lock(&events->mutex);
    /* A line that says nothing shows whether the client is still there. */
    if (events->pending.len == 0 && now_us - events->told_us >= BEAT_US) {
        pb_buf_addc(&events->pending, ":\n\n");
        events->told_us = now_us;
        wake(events);
    }
    due = !events->looks && !events->ended &&
          now_us - events->looked_us >= events->source.every_ms * 1000 &&
          http_workers_reserve(events->server->workers);
    if (due) {
        events->looks = true;
        events->holders++;
    }
    pthread_mutex_unlock(&events->mutex);
    if (due)
        http_workers_put(events->server->workers, &events->work);
}

/* Called by the thread of the connection when it can send more. */
static ssize_t give(void *context, uint64_t position, char *to, size_t size)
{
    http_events *events = context;
    (void)position;
    pthread_mutex_lock(&events->mutex);
    size_t count = events->pending.len < size ? events->pending.len : size;
    ssize_t given = (ssize_t)count;
    if (count > 0) {
        memcpy(to, events->pending.ptr, count);
        memmove(events->pending.ptr, events->pending.ptr + count, events->pending.len - count);
        events->pending.len -= count;
    } else if (events->ended) {
        given = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        events->rests = true;
        MHD_suspend_connection(events->mhd);
    }
    pthread_mutex_unlock(&events->mutex);
    return given;
}

/* The connection is done with it, whether the client took everything or went away. */
static void let_go(void *context)
{
    http_events *events = context;
    pthread_mutex_lock(&events->mutex);
    events->gone = true;
    events->mhd = NULL;
    pthread_mutex_unlock(&events->mutex);
    http_events_release(events);
}

struct MHD_Response *http_events_response(http_events *events, struct MHD_Connection *mhd)
{
    events->mhd = mhd;
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, give, events, let_go);
}

pb_status http_events_open(http_request *request, http_response *response,
                           const http_events_source *source, pb_error *err)
{
    http_events *events = calloc(1, sizeof *events);
    if (events == NULL)
        return pb_fail_memory(err);
    pthread_mutex_init(&events->mutex, NULL);
    events->holders = 1;
    events->source = *source;
    events->server = request->host;
    events->catalog = request->catalog;
    events->pending = PB_BUF_INIT(PENDING_MAX);
    events->told_us = sys_monotonic_us();
    /* Each stream is a client of its own: none waits for the looks of others. */
    events->work = (http_work){.client = (uintptr_t)events, .run = look, .context = events};
    if (!http_keeper_watch(request->host->keeper, events)) {
        events->source.end = NULL;
        http_events_release(events);
        return pb_fail(err, PB_BUSY, PB_MSG("Too many streams of events are open."), NULL);
    }
    response->type = "text/event-stream";
    response->events = events;
    return PB_OK;
}
