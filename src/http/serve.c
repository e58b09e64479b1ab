/* The server from its start to its end. */
#include "address.h"
#include "certificate.h"
#include "jobs/jobs.h"
#include "mail/post.h"
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/random.h"
#include "sys/signal.h"

enum { LOOK_US = 10000, WAIT_US = 600 * 1000 * 1000 };

static void fill(uint32_t *number, uint32_t usual)
{
    if (*number == 0)
        *number = usual;
}

static void fill_limits(http_limits *limits)
{
    fill(&limits->connections, 12000);
    fill(&limits->per_address, 256);
    fill(&limits->threads, (uint32_t)sys_cores());
    fill(&limits->workers, 64);
    fill(&limits->queue, 512);
    fill(&limits->head_seconds, 10);
    fill(&limits->body_seconds, 20);
    fill(&limits->idle_seconds, 75);
    fill(&limits->work_seconds, 30);
    fill(&limits->drain_seconds, 30);
    fill(&limits->slow_ms, 1000);
    fill(&limits->slow_statement_ms, 100);
    if (limits->file_bytes == 0)
        limits->file_bytes = HTTP_FILE_MAX;
}

const pb_catalog *http_server_catalog(const http_server *server, const char *language)
{
    for (size_t i = 0; i < sizeof server->catalogs / sizeof *server->catalogs; i++)
        if (server->catalogs[i] != NULL &&
            strcmp(pb_catalog_language(server->catalogs[i]), language) == 0)
            return server->catalogs[i];
    return NULL;
}

static pb_status open_catalogs(http_server *server, pb_error *err)
{
    static const char *const languages[][2] = {{"zh-CN", "locales/zh-CN.mo"},
                                               {"fa", "locales/fa.mo"}};
    for (size_t i = 0; i < sizeof server->catalogs / sizeof *server->catalogs; i++) {
        pb_str text;
        PB_TRY(service_asset_text(server->options->service, languages[i][1], &text, err));
        server->catalogs[i] = pb_catalog_open(languages[i][0], text);
        if (server->catalogs[i] == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* What goes over the wire past libmicrohttpd. */
static pb_str word(http_server *server, int http_status, const pb_error *error)
{
    http_request request = {0};
    http_response response = {.body = PB_BUF_INIT(4096)};
    http_problem(&request, &response, http_status, error);
    pb_str words = http_send_words(&response, server->arena);
    pb_buf_free(&response.body);
    return words;
}

/* For who was too slow. */
static pb_status word_refusals(http_server *server, pb_error *err)
{
    pb_error late = {0};
    pb_fail(&late, PB_BUSY, PB_MSG("The request did not come in time."), NULL);
    pb_error_hint(&late, PB_MSG("Send it whole, without waiting in between."), NULL);
    server->too_late = word(server, 408, &late);
    return server->too_late.ptr != NULL ? PB_OK : pb_fail_memory(err);
}

static pb_status not_plain(const char *text, pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("{value} would be reached from other machines without TLS."),
            "value", text, NULL);
    pb_error_hint(err, PB_MSG("Leave out http://, or listen at 127.0.0.1, [::1] or unix:PATH."),
                  NULL);
    return PB_DENIED;
}

static const char *url_of(const http_server *server, const http_listener *listener,
                          const char *host)
{
    if (listener->path != NULL)
        return pb_arena_printf(server->arena, "unix:%s", listener->path);
    if (host == NULL)
        host = pb_arena_cstr(server->arena, sys_host_name(server->arena));
    if (host == NULL)
        return NULL;
    bool six = strchr(host, ':') != NULL;
    return pb_arena_printf(server->arena, "%s://%s%s%s:%u/", listener->tls ? "https" : "http",
                           six ? "[" : "", host, six ? "]" : "", listener->socket.port);
}

static pb_status listen_at(http_server *server, const char *text, bool metrics,
                           const char **ret_host, pb_error *err)
{
    http_address address;
    if (server->listener_count == HTTP_LISTEN_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("There are too many addresses to listen at."), NULL);
    PB_TRY(http_address_parse(text, server->arena, &address, err));
    http_listener *listener = &server->listeners[server->listener_count];
    *listener = (http_listener){.path = address.path, .tls = address.tls, .metrics = metrics};
    if (address.path != NULL)
        PB_TRY(sys_listen_unix(address.path, &listener->socket, err));
    else
        PB_TRY(sys_listen_tcp(address.host, address.port, &listener->socket, err));
    server->listener_count++;
    if (!listener->tls && !listener->socket.loopback)
        return not_plain(text, err);
    listener->url = url_of(server, listener, address.host);
    *ret_host = address.host;
    return listener->url != NULL ? PB_OK : pb_fail_memory(err);
}

/* Sockets first: a certificate names the hosts. */
static pb_status open_sockets(http_server *server, const char **hosts, size_t *ret_hosts,
                              pb_error *err)
{
    const http_options *options = server->options;
    size_t count = 0;
    for (size_t i = 0; i < options->listen_count; i++) {
        const char *host = NULL;
        PB_TRY(listen_at(server, options->listen[i], false, &host, err));
        if (host != NULL)
            hosts[count++] = host;
    }
    if (options->metrics_listen != NULL) {
        const char *host = NULL;
        PB_TRY(listen_at(server, options->metrics_listen, true, &host, err));
        if (host != NULL)
            hosts[count++] = host;
    }
    *ret_hosts = count;
    return PB_OK;
}

static bool has_tls(const http_server *server)
{
    for (size_t i = 0; i < server->listener_count; i++)
        if (server->listeners[i].tls)
            return true;
    return false;
}

static pb_status open_all(http_server *server, pb_error *err)
{
    const char *hosts[HTTP_LISTEN_MAX];
    size_t host_count = 0;
    server->arena = pb_arena_new(0);
    http_ways_make(&server->ways);
    server->metrics = http_metrics_new();
    if (server->arena == NULL || server->metrics == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_sodium_init(err));
    sys_random(&server->seed, sizeof server->seed);
    PB_TRY(open_catalogs(server, err));
    PB_TRY(word_refusals(server, err));
    if (server->options->report != NULL)
        PB_TRY(http_report_open(server, err));
    PB_TRY(open_sockets(server, hosts, &host_count, err));
    if (has_tls(server))
        PB_TRY(
            http_certificates_open(server->options, hosts, host_count, &server->certificates, err));
    PB_TRY(http_sender_start(server, &server->sender, err));
    PB_TRY(http_reads_start(&server->reads, err));
    PB_TRY(http_workers_start(server, &server->workers, err));
    PB_TRY(http_keeper_start(server, &server->keeper, err));
    PB_TRY(http_jobs_start(server, &server->jobs, err));
    PB_TRY(http_post_start(server, &server->post, err));
    for (size_t i = 0; i < server->listener_count; i++)
        PB_TRY(http_transport_start(server, &server->listeners[i], err));
    return PB_OK;
}

static void close_all(http_server *server)
{
    for (size_t i = 0; i < server->listener_count; i++)
        http_transport_stop(&server->listeners[i]);
    server->workers = http_workers_stop(server->workers);
    server->reads = http_reads_stop(server->reads);
    server->sender = http_sender_stop(server->sender);
    http_transport_rest(server);
    server->post = http_post_stop(server->post);
    server->jobs = http_jobs_stop(server->jobs);
    server->keeper = http_keeper_stop(server->keeper);
    server->workers = http_workers_free(server->workers);
    for (size_t i = 0; i < server->listener_count; i++)
        sys_socket_end(&server->listeners[i].socket, server->listeners[i].path);
    server->certificates = http_certificates_close(server->certificates);
    server->metrics = http_metrics_free(server->metrics);
    for (size_t i = 0; i < sizeof server->catalogs / sizeof *server->catalogs; i++)
        pb_catalog_free(server->catalogs[i]);
    pb_buf_free(&server->report);
    pb_arena_free(server->arena);
}

static void tell_ready(const http_server *server)
{
    const char *urls[HTTP_LISTEN_MAX];
    for (size_t i = 0; i < server->listener_count; i++) {
        urls[i] = server->listeners[i].url;
        http_log("info", "listening", "address", urls[i], NULL);
    }
    if (server->options->ready != NULL)
        server->options->ready(server->options->context, urls, server->listener_count);
}

static void reload(http_server *server)
{
    pb_error error = {0};
    PB_AUTO_BUF print = PB_BUF_INIT(100);
    if (server->certificates == NULL)
        return;
    if (http_certificates_reload(server->certificates, &error) != PB_OK) {
        http_log_error("certificate.kept", &error);
        return;
    }
    http_certificates_print(server->certificates, &print);
    http_log("info", "certificate.read", "sha256", pb_buf_cstr(&print), NULL);
}

/* What is being answered is answered. From the moment on at which nothing is, nothing begins. What
 * takes nearly all of the time is stopped, so that there is some left to say so. */
static bool drain(http_server *server)
{
    int64_t whole_us = (int64_t)server->limits.drain_seconds * PB_US_PER_SECOND;
    int64_t end_us = sys_monotonic_us() + whole_us;
    atomic_store(&server->draining, true);
    for (size_t i = 0; i < server->listener_count; i++)
        http_transport_quiesce(&server->listeners[i]);
    http_log("info", "draining", NULL);
    http_jobs_end(server->jobs);
    http_post_end(server->post);
    do {
        http_keeper_end_events(server->keeper);
        if (end_us - sys_monotonic_us() < whole_us / 4)
            http_keeper_stop_work(server->keeper);
        if (atomic_load(&server->active) == 0 && !http_jobs_busy(server->jobs)) {
            atomic_store(&server->closed, true);
            if (atomic_load(&server->active) == 0)
                return true;
            atomic_store(&server->closed, false);
        }
        sys_sleep_us(LOOK_US);
    } while (sys_monotonic_us() < end_us);
    atomic_store(&server->closed, true);
    return false;
}

static pb_status unfinished(pb_error *err)
{
    http_log("error", "not.drained", NULL);
    return pb_fail(err, PB_CANCELLED,
                   PB_MSG("Something was still being worked on when the server had to end."), NULL);
}

pb_status http_serve(const http_options *options, pb_error *err)
{
    http_server server = {
        .options = options, .limits = options->limits, .report = PB_BUF_INIT(HTTP_REPORT_MAX)};
    fill_limits(&server.limits);
    pthread_mutex_init(&server.spare_lock, NULL);
    sys_memory_pools(); /* dozens of threads, of which few run at a time */
    sys_signals_hangup();
    pb_status status = open_all(&server, err);
    if (status == PB_OK) {
        sys_memory_trim(); /* what coming up took: the model was read, catalogues were opened */
        tell_ready(&server);
        while (!sys_interrupted()) {
            sys_signals_wait(WAIT_US);
            if (sys_hung_up())
                reload(&server);
        }
        /* A connection that rests cannot be ended: its worker still has it. */
        if (!drain(&server) && (http_workers_busy(server.workers) || http_jobs_busy(server.jobs) ||
                                http_reads_busy(server.reads)))
            return unfinished(err);
        http_log("info", "ended", NULL);
    }
    close_all(&server);
    return status;
}
