/* JSON lines on standard error: what happened to the server, never who was asked about what. */
#include "server.h"

#include "base/time.h"
#include "sys/clock.h"
#include "sys/terminal.h"

#include <stdarg.h>

enum { LINE_MAX_BYTES = 16384 };

static void begin(pb_json *json, pb_buf *out, const char *level, const char *event)
{
    PB_AUTO_BUF when = PB_BUF_INIT(64);
    pb_instant_format(&when, sys_now_us());
    pb_json_init(json, out, 0);
    pb_json_object(json);
    pb_json_member(json, "time", pb_buf_str(&when));
    pb_json_member(json, "level", pb_str_c(level));
    pb_json_member(json, "event", pb_str_c(event));
}

static void end(pb_json *json)
{
    pb_json_object_end(json);
    pb_buf_byte(json->out, '\n');
    if (!json->out->failed)
        sys_write_all(SYS_STDERR, pb_buf_str(json->out), NULL);
}

void http_log(const char *level, const char *event, ...)
{
    PB_AUTO_BUF out = PB_BUF_INIT(LINE_MAX_BYTES);
    pb_json json;
    va_list list;
    const char *name;
    begin(&json, &out, level, event);
    va_start(list, event);
    while ((name = va_arg(list, const char *)) != NULL)
        pb_json_member(&json, name, pb_str_c(va_arg(list, const char *)));
    va_end(list);
    end(&json);
}

static void log_error(const char *event, const http_request *request, const pb_error *error)
{
    PB_AUTO_BUF out = PB_BUF_INIT(LINE_MAX_BYTES), says = PB_BUF_INIT(LINE_MAX_BYTES);
    pb_json json;
    begin(&json, &out, "error", event);
    if (request != NULL)
        pb_json_member(&json, "request", pb_str_c(request->id));
    pb_json_member(&json, "status", pb_str_c(pb_status_name(error->status)));
    pb_error_render(error, &error->primary, NULL, &says);
    pb_buf_byte(&says, ' ');
    pb_error_render(error, &error->detail, NULL, &says);
    pb_json_member(&json, "error", pb_str_trim(pb_buf_str(&says)));
    end(&json);
}

void http_log_error(const char *event, const pb_error *error)
{
    log_error(event, NULL, error);
}

void http_log_fault(const http_request *request, const pb_error *error)
{
    log_error("fault", request, error);
}

static void log_statement(const http_exchange *exchange, const db_watched *statement)
{
    PB_AUTO_BUF out = PB_BUF_INIT(LINE_MAX_BYTES);
    const http_route *route = exchange->request.route;
    pb_json json;
    begin(&json, &out, "info", "statement.slow");
    pb_json_member(&json, "request", pb_str_c(exchange->request.id));
    pb_json_member(&json, "operation", pb_str_c(route != NULL ? route->operation : "none"));
    pb_json_member(&json, "sql", pb_str_c(statement->sql));
    pb_json_member_i64(&json, "microseconds", statement->us);
    pb_json_member_i64(&json, "rows", statement->rows);
    end(&json);
}

void http_log_statements(const http_exchange *exchange, int64_t least_us)
{
    for (size_t i = 0; i < exchange->watch.count; i++)
        if (exchange->watch.items[i].us >= least_us)
            log_statement(exchange, &exchange->watch.items[i]);
}

void http_log_request(const http_exchange *exchange, const char *event, int64_t us)
{
    PB_AUTO_BUF out = PB_BUF_INIT(LINE_MAX_BYTES);
    const http_route *route = exchange->request.route;
    const char *method = http_method_name(exchange->request.method);
    pb_json json;
    begin(&json, &out, exchange->response.status >= 500 ? "error" : "info", event);
    pb_json_member(&json, "request", pb_str_c(exchange->request.id));
    pb_json_member(&json, "method", pb_str_c(method != NULL ? method : "-"));
    pb_json_member(&json, "operation", pb_str_c(route != NULL ? route->operation : "none"));
    pb_json_member_i64(&json, "status", exchange->response.status);
    pb_json_member_i64(&json, "microseconds", us);
    end(&json);
}
