/* An exchange from its beginning to its end: its number and memory, what is counted of it and given
 * back. */
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"

enum { ANSWER_MAX = 64 << 20, ID_RANDOM = 8 };

/* Nobody can foretell nor needs to: numbers of requests only have to differ (splitmix64). */
static uint64_t next_number(http_server *server)
{
    uint64_t z =
        server->seed + (atomic_fetch_add(&server->numbers, 1) + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Most requests need as much memory as others before them. */
static pb_arena *take_arena(http_server *server)
{
    pb_arena *arena = NULL;
    pthread_mutex_lock(&server->spare_lock);
    if (server->spare_count > 0)
        arena = server->spares[--server->spare_count];
    pthread_mutex_unlock(&server->spare_lock);
    return arena != NULL ? arena : pb_arena_new(0);
}

static void put_arena(http_server *server, pb_arena *arena)
{
    enum { USUAL = 64 << 10 };
    bool kept = false;
    if (pb_arena_used(arena) <= USUAL) {
        pb_arena_reset(arena); /* what ends with it does so outside of the lock */
        pthread_mutex_lock(&server->spare_lock);
        kept = server->spare_count < HTTP_SPARE_ARENAS;
        if (kept)
            server->spares[server->spare_count++] = arena;
        pthread_mutex_unlock(&server->spare_lock);
    }
    if (!kept)
        pb_arena_free(arena);
}

void http_transport_rest(http_server *server)
{
    pthread_mutex_lock(&server->spare_lock);
    while (server->spare_count > 0)
        pb_arena_free(server->spares[--server->spare_count]);
    pthread_mutex_unlock(&server->spare_lock);
}

/* Its address is kept as it came, before it is split. */
http_exchange *http_transport_begin(http_server *server, http_connection *c,
                                    struct MHD_Connection *mhd, const char *uri)
{
    /* Counted before it is looked at whether the server ends: see drain in serve.c. */
    atomic_fetch_add(&server->active, 1);
    pb_arena *arena = c != NULL && !atomic_load(&server->closed) ? take_arena(server) : NULL;
    http_exchange *exchange = arena != NULL ? pb_arena_alloc(arena, sizeof *exchange) : NULL;
    if (exchange == NULL) {
        pb_arena_free(arena);
        atomic_fetch_sub(&server->active, 1);
        return NULL;
    }
    http_keeper_begin(c);
    uint64_t number = next_number(server);
    uint8_t random[ID_RANDOM];
    memcpy(random, &number, sizeof random);
    exchange->connection = c;
    exchange->mhd = mhd;
    exchange->began_us = sys_monotonic_us();
    exchange->raw_place = uri;
    exchange->raw = pb_arena_str(arena, uri != NULL ? pb_str_c(uri) : PB_STR(""));
    exchange->request.arena = exchange->response.arena = exchange->later.arena = arena;
    exchange->request.later = &exchange->later;
    exchange->request.server = server->options;
    exchange->request.host = server;
    exchange->request.now_us = sys_now_us();
    exchange->response.status = 200;
    exchange->response.body = PB_BUF_INIT(ANSWER_MAX);
    pb_uuid_text(pb_uuid_v7(exchange->request.now_us, random), exchange->request.id);
    return exchange;
}

static void count(const http_exchange *exchange, bool out)
{
    http_server *server = exchange->connection->server;
    int64_t us = sys_monotonic_us() - exchange->began_us;
    if (out)
        http_metrics_count(server->metrics, exchange->request.route, exchange->response.status, us);
    else
        http_metrics_lose(server->metrics, HTTP_LOSS_VANISHED);
    if (out && us > (int64_t)server->limits.slow_ms * 1000) {
        http_log_request(exchange, "request.slow", us);
        http_log_statements(exchange, (int64_t)server->limits.slow_statement_ms * 1000);
    } else if (out && (server->options->log_all || exchange->response.status >= 500))
        http_log_request(exchange, "request", us);
}

void http_transport_over(http_exchange *exchange, bool out)
{
    http_server *server = exchange->connection->server;
    count(exchange, out);
    if (exchange->response.events != NULL) {
        http_events_end(exchange->response.events);
        http_events_release(exchange->response.events);
    }
    if (exchange->response.source.end != NULL) /* nobody took it */
        exchange->response.source.end(exchange->response.source.context);
    if (exchange->request.intake.drop != NULL) /* nobody took it over */
        exchange->request.intake.drop(exchange->request.intake.context);
    http_exchange_end_turn(exchange);
    db_watch_end(&exchange->watch);
    pb_buf_free(&exchange->body);
    pb_buf_free(&exchange->response.body);
    put_arena(server, exchange->request.arena);
    atomic_fetch_sub(&server->active, 1);
}
