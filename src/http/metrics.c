/* What Prometheus reads: requests by operation and status, how long they took, what waits. */
#include "server.h"

#include "service/turns.h"

#include "sys/clock.h"

enum { ROUTES_MAX = 512, BUCKETS = 13 };

/* Upper bounds in microseconds; Prometheus wants them in seconds. */
static const int64_t bounds[BUCKETS] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                        100000, 250000, 500000, 1000000, 2500000, 10000000};
/* The statuses that are answered here; any other counts as the last. */
static const int statuses[] = {200, 201, 202, 204, 206, 304, 400, 401, 403, 404,
                               405, 406, 408, 409, 412, 413, 414, 415, 417, 422,
                               428, 429, 431, 499, 500, 501, 503, 505, 0};
enum { STATUSES = sizeof statuses / sizeof *statuses };
static const char *const losses[HTTP_LOSSES] = {"too_many_from_one_address", "too_slow",
                                                "vanished"};

typedef struct counts {
    atomic_uint_fast64_t by_status[STATUSES];
    atomic_uint_fast64_t by_time[BUCKETS + 1]; /* not summed up; the last: longer */
    atomic_uint_fast64_t us;
} counts;

struct http_metrics {
    const http_route *routes[ROUTES_MAX];
    counts *of[ROUTES_MAX]; /* the last of them counts what has no route */
    size_t count;
    atomic_uint_fast64_t lost[HTTP_LOSSES];
};

http_metrics *http_metrics_new(void)
{
    http_metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics == NULL)
        return NULL;
    for (const http_route *const *table = http_tables; *table != NULL; table++)
        for (const http_route *route = *table; route->path != NULL; route++)
            if (metrics->count < ROUTES_MAX - 1)
                metrics->routes[metrics->count++] = route;
    for (size_t i = 0; i <= metrics->count; i++)
        if ((metrics->of[i] = calloc(1, sizeof(counts))) == NULL)
            return http_metrics_free(metrics);
    return metrics;
}

http_metrics *http_metrics_free(http_metrics *metrics)
{
    for (size_t i = 0; metrics != NULL && i <= metrics->count; i++)
        free(metrics->of[i]);
    free(metrics);
    return NULL;
}

static size_t index_of(const http_metrics *metrics, const http_route *route)
{
    size_t i = 0;
    while (i < metrics->count && metrics->routes[i] != route)
        i++;
    return i;
}

void http_metrics_count(http_metrics *metrics, const http_route *route, int status, int64_t us)
{
    counts *of = metrics->of[index_of(metrics, route)];
    size_t code = 0, bucket = 0;
    while (code < STATUSES - 1 && statuses[code] != status)
        code++;
    while (bucket < BUCKETS && us > bounds[bucket])
        bucket++;
    atomic_fetch_add_explicit(&of->by_status[code], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&of->by_time[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&of->us, us > 0 ? (uint64_t)us : 0, memory_order_relaxed);
}

void http_metrics_lose(http_metrics *metrics, http_loss loss)
{
    atomic_fetch_add_explicit(&metrics->lost[loss], 1, memory_order_relaxed);
}

static void head(pb_buf *out, const char *name, const char *type, const char *says)
{
    pb_buf_printf(out, "# HELP probity_%s %s\n# TYPE probity_%s %s\n", name, says, name, type);
}

static void put_requests(const http_metrics *metrics, pb_buf *out)
{
    head(out, "http_requests_total", "counter", "Requests answered, by operation and status.");
    for (size_t i = 0; i <= metrics->count; i++)
        for (size_t k = 0; k < STATUSES; k++) {
            uint64_t n = atomic_load(&metrics->of[i]->by_status[k]);
            if (n > 0)
                pb_buf_printf(out,
                              "probity_http_requests_total{operation=\"%s\",status=\"%d\"} %llu\n",
                              i < metrics->count ? metrics->routes[i]->operation : "none",
                              statuses[k], (unsigned long long)n);
        }
}

static void put_times_of(const counts *of, const char *operation, pb_buf *out)
{
    uint64_t sum = 0;
    for (size_t k = 0; k <= BUCKETS; k++) {
        char bound[32] = "+Inf";
        sum += atomic_load(&of->by_time[k]);
        if (k < BUCKETS)
            snprintf(bound, sizeof bound, "%g", (double)bounds[k] / 1e6);
        pb_buf_printf(out, "probity_http_request_seconds_bucket{operation=\"%s\",le=\"%s\"} %llu\n",
                      operation, bound, (unsigned long long)sum);
    }
    pb_buf_printf(out,
                  "probity_http_request_seconds_sum{operation=\"%s\"} %.6f\n"
                  "probity_http_request_seconds_count{operation=\"%s\"} %llu\n",
                  operation, (double)atomic_load(&of->us) / 1e6, operation,
                  (unsigned long long)sum);
}

static void put_times(const http_metrics *metrics, pb_buf *out)
{
    head(out, "http_request_seconds", "histogram",
         "Time from the head of a request to the end of its answer.");
    for (size_t i = 0; i <= metrics->count; i++) {
        uint64_t any = 0;
        for (size_t k = 0; k <= BUCKETS; k++)
            any += atomic_load(&metrics->of[i]->by_time[k]);
        if (any > 0)
            put_times_of(metrics->of[i],
                         i < metrics->count ? metrics->routes[i]->operation : "none", out);
    }
}

static void put_number(pb_buf *out, const char *name, const char *type, const char *says,
                       double value)
{
    head(out, name, type, says);
    pb_buf_printf(out, "probity_%s %.15g\n", name, value);
}

/* Of the workspace as it is open now; after a change of the model they begin anew. */
static void put_workspace(const http_server *server, pb_buf *out)
{
    http_options now;
    const service_turn *turn = http_turn_take(server, false, &now);
    service_figures(now.workspace, out);
    http_turn_release(server, turn);
}

void http_metrics_put(const http_metrics *metrics, http_server *server, pb_buf *out)
{
    uint64_t waiting = 0;
    put_requests(metrics, out);
    put_times(metrics, out);
    head(out, "http_connections_lost_total", "counter", "Connections given up, by why.");
    for (size_t i = 0; i < HTTP_LOSSES; i++)
        pb_buf_printf(out, "probity_http_connections_lost_total{why=\"%s\"} %llu\n", losses[i],
                      (unsigned long long)atomic_load(&metrics->lost[i]));
    for (size_t i = 0; i < server->listener_count; i++)
        waiting += sys_socket_waiting(server->listeners[i].socket.fd);
    put_number(out, "http_connections", "gauge", "Connections that are open.",
               (double)http_keeper_count(server->keeper));
    put_number(out, "http_connections_waiting", "gauge", "Connections that nobody took yet.",
               (double)waiting);
    put_number(out, "http_requests_active", "gauge", "Requests that are being answered.",
               (double)atomic_load(&server->active));
    put_number(out, "http_queue", "gauge", "Requests that wait for a worker.",
               (double)http_workers_waiting(server->workers));
    put_workspace(server, out);
    put_number(out, "process_cpu_seconds_total", "counter", "Processor time that was used.",
               (double)sys_cpu_us() / 1e6);
}
