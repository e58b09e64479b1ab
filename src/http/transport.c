/* Between libmicrohttpd and the exchange: connections come, heads are looked at, bodies are taken
 * in, answers go out. */
#include "head.h"
#include "server.h"
#include "tls.h"

#include "sys/clock.h"

#include <microhttpd.h>

enum {
    HARD_FACTOR = 2,
    PASSED_OVER = 1 << 20,
    PIECE = 128 << 10 /* of a body that goes on as it comes */
};

static http_connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* A connection came or went. */
static void notice(void *context, struct MHD_Connection *mhd, void **place,
                   enum MHD_ConnectionNotificationCode what)
{
    http_listener *listener = context;
    http_connection *c = *place;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (c != NULL)
            http_keeper_remove(listener->server->keeper, c);
        *place = NULL;
        return;
    }
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *address =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (fd == NULL)
        return;
    c = http_keeper_add(listener->server->keeper, listener, fd->connect_fd,
                        listener->path == NULL && address != NULL ? address->client_addr : NULL);
    *place = c;
    if (c == NULL || !listener->tls)
        return;
    const union MHD_ConnectionInfo *session =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    c->session = session != NULL ? session->tls_session : NULL;
    if (c->session != NULL)
        http_tls_begin(c);
}

/* The first line is there: the request begins. */
static void *begin(void *context, const char *uri, struct MHD_Connection *mhd)
{
    const http_listener *listener = context;
    return http_transport_begin(listener->server, connection_of(mhd), mhd, uri);
}

static enum MHD_Result queue(http_exchange *exchange)
{
    http_server *server = exchange->connection->server;
    struct MHD_Response *answer;
    exchange->close = !exchange->held && (exchange->close || atomic_load(&server->draining));
    bool stream = exchange->response.events != NULL;
    uint64_t bytes = exchange->response.source.end != NULL ? exchange->response.source.size
                     : exchange->response.lasting.len > 0  ? exchange->response.lasting.len
                                                           : exchange->response.body.len;
    answer = http_send_make(exchange);
    if (answer == NULL)
        return MHD_NO;
    if (bytes > 0 && !stream && !exchange->held && exchange->request.method != HTTP_HEAD)
        http_tls_answer(exchange->connection);
    exchange->phase = HTTP_QUEUED;
    http_keeper_stage(exchange->connection, stream ? HTTP_STREAMS : HTTP_SENDS, bytes);
    enum MHD_Result done =
        MHD_queue_response(exchange->mhd, (unsigned)exchange->response.status, answer);
    MHD_destroy_response(answer);
    return done;
}

typedef struct collected {
    http_request *request;
    size_t count;
} collected;

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name,
                               size_t name_size, const char *value, size_t value_size)
{
    collected *all = context;
    (void)kind;
    if (all->count < HTTP_HEADERS_MAX)
        all->request->headers[all->count] = (http_pair){
            pb_str_n(name, name_size),
            value != NULL ? pb_str_n(value, value_size) : PB_STR_NONE,
        };
    all->count++;
    return MHD_YES;
}

/* The texts stay where libmicrohttpd has them: as long as the request. */
static int look_at_head(http_exchange *exchange, const char *method, const char *version,
                        pb_error *err)
{
    http_request *request = &exchange->request;
    collected all = {request, 0};
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(exchange->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, collect, &all);
    http_head head = {.start = method,
                      .size = size != NULL ? size->header_size : 0,
                      .method = method,
                      .uri = exchange->raw_place,
                      .raw = exchange->raw,
                      .version = version,
                      .headers = request->headers,
                      .header_count = all.count};
    request->header_count = all.count < HTTP_HEADERS_MAX ? all.count : HTTP_HEADERS_MAX;
    pb_str wish = http_request_header(request, "Connection");
    exchange->lasts = strcmp(version, "HTTP/1.1") == 0 &&
                      (wish.ptr == NULL || pb_str_eq_nocase(wish, PB_STR("keep-alive")));
    int refused = http_head_check(&head, &exchange->body_size, err);
    exchange->head_size = head.size;
    exchange->chunked = exchange->body_size == HTTP_BODY_CHUNKED;
    if (refused == 0)
        refused = http_head_parse(&head, request, err);
    for (size_t i = 0; i < request->header_count; i++)
        request->headers[i].value = pb_str_trim(request->headers[i].value);
    return refused;
}

/* Nothing of it leaves before the ledger has what was read, and what came before it is out. */
static bool has_to_wait(http_exchange *exchange)
{
    return service_later_any(&exchange->later) || http_hold_any(exchange->connection);
}

/* The answer is made: it is sent, or held, or the connection rests until it may be sent. */
static enum MHD_Result answered(http_exchange *exchange)
{
    if (!has_to_wait(exchange))
        return queue(exchange);
    if (http_hold_may(exchange)) {
        http_hold_begin(exchange);
        return queue(exchange);
    }
    exchange->phase = HTTP_WORKING;
    MHD_suspend_connection(exchange->mhd);
    http_reads_put(exchange);
    return MHD_YES;
}

static void refuse_busy(http_exchange *exchange)
{
    pb_error error = {0};
    pb_fail(&error, PB_BUSY, PB_MSG("The server has more to do than it can."), NULL);
    pb_error_hint(&error, PB_MSG("Try again in a moment."), NULL);
    http_exchange_refuse(exchange, 0, &error);
}

/* A worker does it while the connection rests, in a place that was kept. */
static void hand_over(http_exchange *exchange, enum http_phase phase, void (*what)(void *context))
{
    exchange->phase = phase;
    exchange->work = (http_work){
        .client = pb_str_hash(exchange->request.address), .run = what, .context = exchange};
    MHD_suspend_connection(exchange->mhd);
    http_workers_put(exchange->connection->server->workers, &exchange->work);
}

/* The time for its body grows with what came: nobody said how much that is, or it may be so much
 * that who says so and sends nothing could keep its place for hours. */
static bool takes_time(const http_exchange *exchange)
{
    return exchange->chunked || exchange->pieces;
}

static enum MHD_Result begin_body(http_exchange *exchange)
{
    /* How libmicrohttpd reads chunks cannot be looked at: nothing is read behind them. */
    exchange->close = exchange->close || exchange->chunked;
    exchange->phase = HTTP_BODY;
    exchange->body = PB_BUF_INIT(exchange->pieces    ? PIECE
                                 : exchange->chunked ? exchange->body_max
                                                     : exchange->body_size);
    return http_keeper_stage(exchange->connection, HTTP_READS,
                             takes_time(exchange) ? 0 : exchange->body_size)
               ? MHD_YES
               : MHD_NO;
}

/* The answer is there before the body: it waits for it, if that is not too large to be passed over
 * and nobody asked whether it may come. */
static enum MHD_Result refuse_body(http_exchange *exchange)
{
    bool asks = http_request_header(&exchange->request, "Expect").len > 0;
    exchange->close = exchange->body_size > PASSED_OVER || asks || exchange->connection->crowded;
    if (exchange->close)
        return service_later_any(&exchange->later) ? answered(exchange) : queue(exchange);
    enum MHD_Result begun = begin_body(exchange);
    exchange->phase = HTTP_READY;
    return begun;
}

static void ask(void *context)
{
    http_exchange *exchange = context;
    exchange->phase = http_exchange_admit(exchange) ? HTTP_ADMITTED : HTTP_REFUSED;
    MHD_resume_connection(exchange->mhd);
}

/* Who asks, and whether that one may, is found out before anything of the body is read. */
static enum MHD_Result ask_first(http_exchange *exchange)
{
    if (!http_keeper_stage(exchange->connection, HTTP_WORKS, 0))
        return MHD_NO;
    if (!http_workers_reserve(exchange->connection->server->workers)) {
        refuse_busy(exchange);
        return refuse_body(exchange);
    }
    exchange->whole_us = sys_monotonic_us();
    hand_over(exchange, HTTP_ASKING, ask);
    return MHD_YES;
}

/* The head is there. What breaks the rules ends the connection: where its body ends is not known.
 * Other refusals wait for the body, if it is not too large to be passed over. */
static enum MHD_Result first_call(http_exchange *exchange, const char *method, const char *version)
{
    http_connection *c = exchange->connection;
    pb_error error = {0};
    if (!http_keeper_stage(c, HTTP_READS, 0))
        return MHD_NO; /* given up at this very moment */
    int refused = look_at_head(exchange, method, version, &error);
    if (c->session != NULL && refused == 0)
        http_tls_room(c, (char *)(uintptr_t)method, exchange->head_size);
    if (refused != 0) {
        exchange->close = true;
        http_exchange_refuse(exchange, refused, &error);
        return queue(exchange);
    }
    if (http_exchange_begin(exchange))
        return exchange->pieces ? ask_first(exchange) : begin_body(exchange);
    return refuse_body(exchange);
}

/* A part of the body that nobody wants. The client goes on sending: it is told in the midst of it,
 * past libmicrohttpd, which takes no answer there. */
static enum MHD_Result pass_over(http_exchange *exchange, pb_str part)
{
    exchange->passed += part.len;
    if (exchange->passed <= PASSED_OVER)
        return MHD_YES;
    pb_str words = http_send_words(&exchange->response, exchange->request.arena);
    if (words.ptr != NULL)
        http_tls_say(exchange->connection, words);
    return MHD_NO;
}

/* It would grow beyond what may come: refused when it ends. */
static void refuse_growth(http_exchange *exchange)
{
    pb_buf_free(&exchange->body);
    http_exchange_refuse_size(exchange);
    exchange->phase = HTTP_READY;
}

/* Some of a body that is held. */
static enum MHD_Result take_in(http_exchange *exchange, pb_str part)
{
    pb_buf_add(&exchange->body, part);
    exchange->received += part.len;
    return exchange->body.failed ? MHD_NO : MHD_YES;
}

static void give(void *context)
{
    http_exchange *exchange = context;
    exchange->phase = http_exchange_give(exchange) ? HTTP_BODY : HTTP_READY;
    MHD_resume_connection(exchange->mhd);
}

/* Some of a body that goes on as it comes. What has no room is left where it is while a worker
 * gives on what came before: libmicrohttpd then does not come with more. */
static enum MHD_Result take_pieces(http_exchange *exchange, pb_str part, size_t *ret_left)
{
    size_t room = PIECE - exchange->body.len, len = part.len < room ? part.len : room;
    pb_buf_add(&exchange->body, pb_str_sub(part, 0, len));
    if (exchange->body.failed)
        return MHD_NO;
    exchange->received += len;
    *ret_left = part.len - len;
    if (*ret_left > 0) {
        http_workers_insist(exchange->connection->server->workers);
        hand_over(exchange, HTTP_GIVING, give);
    }
    return MHD_YES;
}

static enum MHD_Result take(http_exchange *exchange, pb_str part, size_t *ret_left)
{
    if (exchange->phase == HTTP_BODY && exchange->chunked &&
        part.len > exchange->body_max - exchange->received)
        refuse_growth(exchange);
    if (exchange->phase == HTTP_BODY)
        return exchange->pieces ? take_pieces(exchange, part, ret_left) : take_in(exchange, part);
    return pass_over(exchange, part);
}

/* Fields behind the last chunk are read by nobody here: better refused than lost. */
static bool has_trailers(http_exchange *exchange)
{
    pb_error error = {0};
    if (!exchange->chunked ||
        MHD_get_connection_values_n(exchange->mhd, MHD_FOOTER_KIND, NULL, NULL) <= 0)
        return false;
    pb_fail(&error, PB_USAGE, PB_MSG("The request was refused."), NULL);
    pb_error_detail(&error, PB_MSG("Fields behind the body (trailers) are not read here."), NULL);
    http_exchange_refuse(exchange, 400, &error);
    return true;
}

static void work(void *context)
{
    http_exchange *exchange = context;
    http_exchange_run(exchange);
    if (has_to_wait(exchange)) {
        http_reads_put(exchange);
        return;
    }
    exchange->phase = HTTP_READY;
    MHD_resume_connection(exchange->mhd);
}

/* The whole request is there: it is answered at once, or by a worker while the connection rests. */
static enum MHD_Result answer(http_exchange *exchange)
{
    http_server *server = exchange->connection->server;
    http_request *request = &exchange->request;
    exchange->whole_us = sys_monotonic_us();
    if (exchange->chunked)
        exchange->body_size = exchange->received;
    if (exchange->body_size > 0)
        request->body = pb_buf_str(&exchange->body);
    if (!http_keeper_stage(exchange->connection, HTTP_WORKS, 0))
        return MHD_NO;
    if (has_trailers(exchange))
        return answered(exchange);
    if ((request->route->flags & HTTP_BLOCKS) == 0) {
        http_exchange_run(exchange);
        return answered(exchange);
    }
    if (http_exchange_try(exchange))
        return answered(exchange);
    if (!http_workers_reserve(server->workers)) {
        refuse_busy(exchange);
        return answered(exchange);
    }
    hand_over(exchange, HTTP_WORKING, work);
    return MHD_YES;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *size, void **place)
{
    http_exchange *exchange = *place;
    (void)context;
    (void)mhd;
    (void)url;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->phase == HTTP_NEW)
        return first_call(exchange, method, version);
    if (*size > 0) {
        pb_str part = pb_str_n(data, *size);
        *size = 0;
        enum MHD_Result taken = take(exchange, part, size);
        if (takes_time(exchange))
            http_keeper_more(exchange->connection, part.len - *size);
        return taken;
    }
    if (exchange->phase == HTTP_ADMITTED)
        return begin_body(exchange);
    if (exchange->phase == HTTP_REFUSED)
        return refuse_body(exchange);
    if (exchange->phase == HTTP_READY)
        return http_hold_any(exchange->connection) ? answered(exchange) : queue(exchange);
    return exchange->phase == HTTP_BODY ? answer(exchange) : MHD_YES;
}

/* As far as libmicrohttpd knows, the answer is out, or never will be. */
static void complete(void *context, struct MHD_Connection *mhd, void **place,
                     enum MHD_RequestTerminationCode why)
{
    const http_listener *listener = context;
    http_exchange *exchange = *place;
    (void)mhd;
    *place = NULL;
    if (exchange == NULL)
        return;
    http_connection *c = exchange->connection;
    bool whole = exchange->phase == HTTP_QUEUED && why == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    http_tls_answered(c);
    /* Who closed while it was worked on was answered for the form only. */
    bool gone = atomic_load(&c->stop) && !atomic_load(&listener->server->draining);
    http_keeper_stage(c, HTTP_WAITS, 0);
    if (!exchange->held) {
        http_transport_over(exchange, whole && !gone);
        return;
    }
    http_hold_end(exchange);
    if (whole)
        http_reads_put(exchange);
    else
        http_hold_let_go(exchange, false);
}

/* Addresses are taken apart here (uri.c), not by libmicrohttpd. */
static size_t keep_escapes(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

/* What libmicrohttpd has to say is about single connections, and may quote them. */
static void complain(void *context, const char *format, va_list list)
{
    (void)context;
    (void)format;
    (void)list;
}

pb_status http_transport_start(http_server *server, http_listener *listener, pb_error *err)
{
    const http_limits *limits = &server->limits;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                     MHD_USE_ERROR_LOG | (listener->tls ? MHD_USE_TLS : 0);
    listener->server = server;
    listener->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, listener, MHD_OPTION_EXTERNAL_LOGGER, complain, NULL,
        MHD_OPTION_LISTEN_SOCKET, listener->socket.fd, MHD_OPTION_THREAD_POOL_SIZE,
        listener->metrics ? 1U : limits->threads, MHD_OPTION_CONNECTION_LIMIT,
        limits->connections > limits->threads ? limits->connections : limits->threads + 1,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        server->options->proxy || listener->path != NULL ? 0U : limits->per_address * HARD_FACTOR,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_ROOM, MHD_OPTION_CONNECTION_TIMEOUT, 0U,
        MHD_OPTION_NOTIFY_CONNECTION, notice, listener, MHD_OPTION_NOTIFY_COMPLETED, complete,
        listener, MHD_OPTION_URI_LOG_CALLBACK, begin, listener, MHD_OPTION_UNESCAPE_CALLBACK,
        keep_escapes, NULL,
        /* Without TLS they are passed over. */
        MHD_OPTION_HTTPS_PRIORITIES, http_tls_priorities, MHD_OPTION_HTTPS_CERT_CALLBACK,
        http_tls_certificate(), MHD_OPTION_END);
    if (listener->daemon != NULL)
        return PB_OK;
    pb_fail(err, PB_IO, PB_MSG("The server could not be started at {place}."), "place",
            listener->url, NULL);
    pb_error_hint(err, PB_MSG("Check how many files and threads a process may have here."), NULL);
    return PB_IO;
}

void http_transport_quiesce(http_listener *listener)
{
    if (listener->daemon == NULL)
        return;
    MHD_quiesce_daemon(listener->daemon);
    sys_socket_refuse(&listener->socket);
}

void http_transport_stop(http_listener *listener)
{
    if (listener->daemon != NULL)
        MHD_stop_daemon(listener->daemon);
    listener->daemon = NULL;
}
