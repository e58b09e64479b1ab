/* One request from its head to its answer, without a socket. */
#include "head.h"
#include "server.h"
#include "who.h"

#include "base/time.h"
#include "base/utf8.h"
#include "db/kept.h"
#include "service/turns.h"

enum { LONGER = 10 };

static const pb_str plain_types = {"application/json", sizeof "application/json" - 1};

void http_exchange_refuse(http_exchange *exchange, int http_status, const pb_error *error)
{
    http_response *response = &exchange->response;
    response->header_count = 0;
    http_problem(&exchange->request, response, http_status, error);
    if (response->status == 503 || response->status == 429)
        http_response_header(response, "Retry-After", PB_STR("1"));
}

static void refuse(http_exchange *exchange, int http_status, pb_status status, const char *says,
                   const char *hint, pb_str value)
{
    pb_error error = {0};
    if (value.ptr != NULL)
        pb_fail(&error, status, says, "value", PB_ARG(value), NULL);
    else
        pb_fail(&error, status, says, NULL);
    if (hint != NULL)
        pb_error_hint(&error, hint, NULL);
    http_exchange_refuse(exchange, http_status, &error);
}

/* "GET, HEAD, OPTIONS" */
static pb_str allow_text(pb_arena *arena, unsigned allowed)
{
    PB_AUTO_BUF text = PB_BUF_INIT(200);
    for (unsigned method = HTTP_GET; method <= HTTP_OPTIONS; method <<= 1)
        if (allowed & method) {
            pb_buf_addc(&text, text.len > 0 ? ", " : "");
            pb_buf_addc(&text, http_method_name(method));
        }
    return pb_arena_str(arena, pb_buf_str(&text));
}

/* No operation for this method: which there are, or that there is nothing. */
static void refuse_route(http_exchange *exchange, unsigned allowed)
{
    http_request *request = &exchange->request;
    http_response *response = &exchange->response;
    pb_str list = allow_text(request->arena, allowed);
    pb_str method = pb_str_c(http_method_name(request->method));
    if (allowed == 0) {
        refuse(exchange, 404, PB_NOT_FOUND, PB_MSG("There is nothing at this address."),
               PB_MSG("What there is, /openapi.json tells."), PB_STR_NONE);
        return;
    }
    if (request->method == HTTP_OPTIONS)
        response->status = 204;
    else
        refuse(exchange, 405, PB_USAGE, PB_MSG("{value} is not done to what is at this address."),
               PB_MSG("The header Allow names what is."), method);
    http_response_header(response, "Allow", list);
}

/* The media type without its parameters. */
static pb_str bare_type(pb_str type)
{
    return pb_str_trim(pb_str_sub(type, 0, pb_str_index(type, ';')));
}

static bool takes(const http_route *route, pb_str type)
{
    pb_str list = pb_str_c(route->takes), one;
    while (pb_str_split(&list, ' ', &one))
        if (pb_str_eq_nocase(one, type))
            return true;
    return false;
}

void http_exchange_refuse_size(http_exchange *exchange)
{
    refuse(exchange, 413, PB_LIMIT, PB_MSG("The body is larger than {value} bytes."),
           PB_MSG("Send it in parts."), pb_str_c(PB_ARG_INT(exchange->body_max)));
}

uint64_t http_body_max(const http_server *server, const http_route *route)
{
    if (route->body_max > 0)
        return route->body_max;
    if ((route->flags & HTTP_PIECES) == 0)
        return HTTP_BODY_MAX;
    return server != NULL ? server->limits.file_bytes : HTTP_FILE_MAX; /* asked without a server */
}

/* Whether the body that is announced may come. */
static bool check_body(http_exchange *exchange)
{
    const http_route *route = exchange->request.route;
    pb_str type = bare_type(http_request_header(&exchange->request, "Content-Type"));
    exchange->pieces = (route->flags & HTTP_PIECES) != 0;
    exchange->body_max = http_body_max(exchange->connection->server, route);
    if (exchange->body_size == 0)
        return true;
    if (route->takes == NULL) {
        refuse(exchange, 413, PB_LIMIT, PB_MSG("No body belongs to this request."), NULL,
               PB_STR_NONE);
        return false;
    }
    if (!exchange->chunked && exchange->body_size > exchange->body_max) {
        http_exchange_refuse_size(exchange);
        return false;
    }
    if (takes(route, type))
        return true;
    refuse(exchange, 415, PB_USAGE, PB_MSG("A body of type “{value}” is not read here."),
           PB_MSG("The header Accept names what is."), type.ptr != NULL ? type : PB_STR(""));
    http_response_header(&exchange->response,
                         exchange->request.method == HTTP_PATCH ? "Accept-Patch" : "Accept",
                         pb_str_c(route->takes));
    return false;
}

static bool check_accept(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    pb_str given = request->route->gives != NULL ? pb_str_c(request->route->gives) : plain_types;
    pb_str type = http_accepted(http_request_header(request, "Accept"), given);
    request->gives = type.ptr != NULL ? pb_arena_cstr(request->arena, type) : NULL;
    if (request->gives != NULL)
        return true;
    refuse(exchange, 406, PB_USAGE, PB_MSG("The answer is given as {value} only."),
           PB_MSG("Ask for that by the header Accept."), given);
    return false;
}

/* What a proxy says of the client, where one stands before us. */
static void read_client(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    const http_connection *c = exchange->connection;
    request->address = c->address[0] != '\0' ? pb_str_c(c->address) : PB_STR_NONE;
    request->secure = c->session != NULL;
    request->metrics = c->listener->metrics;
    if (!request->server->proxy)
        return;
    pb_str address = http_request_header(request, "X-Real-IP");
    unsigned char bytes[16];
    char *text = pb_arena_cstr(request->arena, address);
    request->address =
        text != NULL && (sys_address_parse(text, 4, bytes) || sys_address_parse(text, 6, bytes))
            ? address
            : PB_STR_NONE;
    request->secure = pb_str_is(http_request_header(request, "X-Forwarded-Proto"), "https");
}

/* What goes into the log as text is text. */
static bool check_said(http_exchange *exchange)
{
    static const char *const names[] = {"Probity-Purpose", "User-Agent"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!pb_utf8_valid(http_request_header(&exchange->request, names[i]))) {
            refuse(exchange, 400, PB_USAGE, PB_MSG("The header {value} is not UTF-8."), NULL,
                   pb_str_c(names[i]));
            return false;
        }
    return true;
}

static void read_language(http_request *request)
{
    request->language = http_language(http_request_header(request, "Accept-Language"));
    request->catalog = http_server_catalog(request->host, request->language);
}

/* A listener for metrics tells nothing else. */
static bool is_served(const http_exchange *exchange, const http_route *route)
{
    return !exchange->connection->listener->metrics || strcmp(route->path, "/metrics") == 0 ||
           strcmp(route->path, "/healthz") == 0 || strcmp(route->path, "/readyz") == 0;
}

bool http_exchange_begin(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    unsigned allowed = 0;
    read_language(request);
    read_client(exchange);
    if (exchange->connection->crowded) {
        refuse(exchange, 429, PB_BUSY, PB_MSG("There are too many connections from this address."),
               PB_MSG("Use those that are open, or close some."), PB_STR_NONE);
        return false;
    }
    const http_route *route =
        http_route_find(&exchange->connection->server->ways, request, &allowed);
    if (route == NULL || !is_served(exchange, route)) {
        refuse_route(exchange, route == NULL ? allowed : 0);
        return false;
    }
    request->route = route;
    return check_said(exchange) && check_body(exchange) && check_accept(exchange);
}

/* It is bounded by time, and ends when nobody waits for it any more; but that somebody tried to
 * sign in is noted even then. */
static void set_limits(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    unsigned flags = request->route->flags;
    int64_t seconds = exchange->connection->server->limits.work_seconds;
    request->limits = (db_limits){
        .until_us = exchange->whole_us +
                    seconds * ((flags & HTTP_LONG) != 0 ? LONGER : 1) * PB_US_PER_SECOND,
        .stop = (flags & HTTP_OPEN) != 0 ? NULL : &exchange->connection->stop,
        .watch = &exchange->watch,
    };
}

static pb_status answer(http_request *request, http_response *response, pb_error *err)
{
    if (db_limits_over(&request->limits))
        return db_limits_fail(&request->limits, err);
    /* What does not wait is everybody's; and they may be known already, see http_exchange_try. */
    if ((request->route->flags & HTTP_BLOCKS) != 0 && request->guest == NULL)
        PB_TRY(http_who(request, response, err));
    return request->route->handle(request, response, err);
}

/* Who still waits for an answer that was stopped learns why. */
static pb_status say_ends(http_response *response, pb_error *err)
{
    *err = (pb_error){0};
    response->status = 0;
    pb_fail(err, PB_BUSY, PB_MSG("The server ends, and stopped this."), NULL);
    pb_error_hint(err, PB_MSG("Try again in a moment."), NULL);
    return PB_BUSY;
}

/* The workspace as it is now, for all that this request does. */
static void take_turn(http_exchange *exchange, bool may_wait)
{
    exchange->turn = http_turn_take(exchange->connection->server, may_wait, &exchange->options);
    exchange->request.server = &exchange->options;
}

void http_exchange_end_turn(http_exchange *exchange)
{
    http_turn_release(exchange->connection->server, exchange->turn);
    exchange->turn = NULL;
}

/* What was begun of an answer. */
static void forget(http_exchange *exchange)
{
    http_response *response = &exchange->response;
    exchange->later = (service_later){.arena = exchange->later.arena};
    pb_buf_clear(&response->body);
    *response = (http_response){.status = 200, .body = response->body, .arena = response->arena};
}

/* The model was changed while it was worked on, and nothing was written: what was begun is
 * forgotten. */
static bool starts_over(http_exchange *exchange, pb_status status, pb_error *err)
{
    if (status != PB_BUSY || exchange->turn == NULL || !db_model_passed(exchange->turn->workspace))
        return false;
    http_exchange_end_turn(exchange);
    exchange->request.who = NULL;
    exchange->request.guest = NULL;
    forget(exchange);
    *err = (pb_error){0};
    return true;
}

static pb_status run(http_exchange *exchange, pb_error *err)
{
    if (exchange->turn == NULL)
        take_turn(exchange, (exchange->request.route->flags & HTTP_BLOCKS) != 0);
    const db_limits *before = service_hold(&exchange->request.limits);
    pb_status status = answer(&exchange->request, &exchange->response, err);
    service_hold(before);
    return status;
}

/* What came of it becomes the answer. */
static void conclude(http_exchange *exchange, pb_status status, pb_error *error)
{
    http_response *response = &exchange->response;
    bool stopped = status == PB_CANCELLED && atomic_load(&exchange->connection->stop);
    if (stopped)
        status = say_ends(response, error);
    if (status == PB_OK && response->body.failed)
        status = pb_fail_buffer(&response->body, PB_MSG("The answer became too long."), error);
    if (status == PB_OK)
        return;
    if (pb_status_http(status) >= 500 && !stopped)
        http_log_error("request.failed", error);
    /* What the operation said in headers (Allow, WWW-Authenticate, Retry-After) belongs to it. */
    size_t headers = response->header_count;
    http_pair first = response->headers[0];
    http_exchange_refuse(exchange, response->status >= 400 ? response->status : 0, error);
    if (headers > 0) {
        response->headers[0] = first;
        response->header_count = headers;
    }
}

void http_exchange_run(http_exchange *exchange)
{
    pb_error error = {0};
    set_limits(exchange);
    pb_status status = run(exchange, &error);
    if (starts_over(exchange, status, &error))
        status = run(exchange, &error);
    conclude(exchange, status, &error);
}

/* Who asks is looked at again when the body is there, which may take an hour. */
bool http_exchange_admit(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    request->announced = exchange->chunked ? 0 : exchange->body_size;
    http_exchange_run(exchange);
    bool admitted = request->intake.drop != NULL && exchange->response.status < 400;
    if (!admitted)
        return false;
    http_exchange_end_turn(exchange);
    request->who = NULL;
    request->guest = NULL;
    forget(exchange);
    return true;
}

bool http_exchange_give(http_exchange *exchange)
{
    const http_intake *intake = &exchange->request.intake;
    pb_error error = {0};
    pb_status status = intake->add(intake->context, pb_buf_str(&exchange->body), &error);
    pb_buf_clear(&exchange->body);
    conclude(exchange, status, &error);
    return status == PB_OK;
}

/* Once a second one takes the longer way, on which is looked whether others changed the model. */
static bool is_to_look(http_server *server, int64_t now_us)
{
    int_fast64_t due_us = atomic_load_explicit(&server->look_us, memory_order_relaxed);
    return now_us >= due_us &&
           atomic_compare_exchange_strong(&server->look_us, &due_us, now_us + PB_US_PER_SECOND);
}

static bool is_brief(const http_exchange *exchange)
{
    const http_request *request = &exchange->request;
    http_server *server = exchange->connection->server;
    return (request->route->flags & HTTP_BRIEF) != 0 && request->query_count == 0 &&
           !(server->options->turns != NULL && is_to_look(server, exchange->whole_us));
}

bool http_exchange_try(http_exchange *exchange)
{
    http_request *request = &exchange->request;
    pb_error error = {0};
    bool waits = false;
    if (!is_brief(exchange))
        return false;
    take_turn(exchange, false);
    if (!service_brief(request->server->workspace)) {
        http_exchange_end_turn(exchange);
        return false;
    }
    set_limits(exchange);
    request->limits.waits = &waits;
    pb_status status = run(exchange, &error);
    request->limits.waits = NULL;
    if (waits || starts_over(exchange, status, &error)) {
        forget(exchange); /* but not who it is: that counts for the rate of a key */
        return false;
    }
    conclude(exchange, status, &error);
    return true;
}
