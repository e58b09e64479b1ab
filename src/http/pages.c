/* What is there besides the API and the screens: health, metrics, the report of an audit. */
#include "pages.h"

#include "server.h"
#include "service/health.h"

#include "head.h"

static pb_status health(http_request *request, http_response *response, pb_error *err)
{
    pb_json json;
    (void)err;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "status", PB_STR("ok"));
    pb_json_member(&json, "version", pb_str_c(request->server->version));
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status ready(http_request *request, http_response *response, pb_error *err)
{
    service_health_state state;
    pb_json json;
    if (atomic_load(&request->host->draining)) {
        response->status = 503;
        return pb_fail(err, PB_BUSY, PB_MSG("The server is ending."), NULL);
    }
    pb_status status = service_health(request->server->workspace, &state, err);
    if (status != PB_OK) {
        response->status = 503; /* whatever it is: nobody is to be sent here */
        return status;
    }
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "status", PB_STR("ready"));
    pb_json_member_i64(&json, "events", (int64_t)state.events);
    if (state.disk_known)
        pb_json_member_i64(&json, "free_bytes", (int64_t)state.free_bytes);
    pb_json_object_end(&json);
    return PB_OK;
}

/* Compares in a time that does not tell how much was right. */
static bool same_secret(pb_str a, pb_str b)
{
    unsigned char differ = a.len != b.len;
    for (size_t i = 0; i < a.len; i++)
        differ |= (unsigned char)(a.ptr[i] ^ (b.len > 0 ? b.ptr[i % b.len] : 1));
    return differ == 0;
}

static bool may_read_metrics(const http_request *request, bool own_listener)
{
    pb_str token = pb_str_c(request->server->metrics_token);
    pb_str shown = http_request_header(request, "Authorization");
    if (own_listener)
        return true;
    return token.len > 0 && pb_str_starts(shown, PB_STR("Bearer ")) &&
           same_secret(token, pb_str_sub(shown, 7, shown.len));
}

static pb_status metrics(http_request *request, http_response *response, pb_error *err)
{
    if (!may_read_metrics(request, request->metrics)) {
        response->status = 401;
        http_response_header(response, "WWW-Authenticate", PB_STR("Bearer"));
        pb_fail(err, PB_DENIED, PB_MSG("The metrics are not told to everybody."), NULL);
        pb_error_hint(err,
                      PB_MSG("Show the token of --metrics-token, or ask at the address of "
                             "--metrics-listen."),
                      NULL);
        return PB_DENIED;
    }
    response->type = "text/plain; version=0.0.4; charset=utf-8";
    http_metrics_put(request->host->metrics, request->host, &response->body);
    return PB_OK;
}

static pb_status report(http_request *request, http_response *response, pb_error *err)
{
    if (request->host->report.len == 0) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("No report is shown here."), NULL);
        pb_error_hint(err, PB_MSG("Name one when the server is started: --report FILE."), NULL);
        return PB_NOT_FOUND;
    }
    response->type = "text/html; charset=utf-8";
    response->policy = request->host->report_policy;
    pb_buf_add(&response->body, pb_buf_str(&request->host->report));
    return PB_OK;
}

const http_route http_pages[] = {
    {HTTP_GET, "/report", "showReport", PB_MSG("The report of the audit"), report, 0, NULL,
     "text/html", 0},
    {HTTP_GET, "/healthz", "health", PB_MSG("Whether the server answers"), health, 0, NULL, NULL,
     0},
    {HTTP_GET, "/readyz", "ready", PB_MSG("Whether records can be read and written"), ready,
     HTTP_BLOCKS | HTTP_OPEN, NULL, NULL, 0},
    {HTTP_GET, "/metrics", "metrics", PB_MSG("Numbers for monitoring (Prometheus)"), metrics, 0,
     NULL, "text/plain", 0},
    {0},
};

static const http_about about[] = {
    {"showReport", NULL, NULL, NULL, NULL, "200 404", NULL},
    {"health", NULL, NULL, NULL, "Health", "200", NULL},
    {"ready", NULL, NULL, NULL, "Ready", "200", NULL},
    {"metrics", NULL, NULL, NULL, NULL, "200 401", NULL},
    {0},
};

static const http_schema schemas[] = {
    {"Health", "status:string version:string"},
    {"Ready", "status:string events:integer free_bytes?:integer"},
    {0},
};

const http_description http_pages_description = {"pages", about, NULL, schemas, NULL};
