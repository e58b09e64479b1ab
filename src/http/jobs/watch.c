/* A job as it goes on: an event whenever something changed, and one when it is over. */
#include "jobs.h"

#include "../events.h"
#include "../operations/operations.h"
#include "../server.h"
#include "../who.h"

#include "base/time.h"
#include "sys/clock.h"

enum { EVERY_MS = 500, TEXT_MAX = 64 << 10 };

/* Then who asks must show again who it is; a browser does so by itself. */
#define LASTS_US (INT64_C(600) * PB_US_PER_SECOND)

typedef struct watching {
    http_server *server;
    const pb_catalog *catalog;
    int64_t n, until_us;
    bool own;
    char last[64]; /* id of the event before */
} watching;

static void put_job(const watching *w, http_events *events, const job_item *item,
                    const http_job_progress *progress, bool over)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    pb_json json;
    pb_json_init(&json, &text, 0);
    http_job_put(&json, w->catalog, item, progress, w->own);
    http_events_put(events, over ? "end" : "progress", w->last, pb_buf_str(&text));
}

/* That who asks may see it was decided when the stream began. */
static pb_status look(void *context, http_events *events, bool *ret_ended, pb_error *err)
{
    watching *w = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const service_call call = {.now_us = sys_now_us()};
    job_item item;
    char id[64];
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_job_read(&call, w->server->options->workspace, w->n, arena, &item, err));
    http_job_progress progress = http_jobs_progress(w->server->jobs, w->n);
    bool over = item.state != JOB_WAITING && item.state != JOB_RUNNING;
    (void)snprintf(id, sizeof id, "%lld-%llu-%s", (long long)item.tries,
                   (unsigned long long)progress.turn, job_state_word(item.state));
    *ret_ended = over || sys_monotonic_us() > w->until_us;
    if (strcmp(id, w->last) == 0)
        return PB_OK;
    memcpy(w->last, id, sizeof id);
    put_job(w, events, &item, &progress, over);
    return PB_OK;
}

pb_status http_job_events(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    service_depot *depot;
    job_item item;
    int64_t n;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_jobs_depot(request, &depot, err));
    PB_TRY(http_job_number(request, &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_job_read(&call, request->server->workspace, n, request->arena, &item, err));
    watching *w = calloc(1, sizeof *w);
    if (w == NULL)
        return pb_fail_memory(err);
    *w = (watching){.server = request->host,
                    .catalog = request->catalog,
                    .n = n,
                    .until_us = sys_monotonic_us() + LASTS_US,
                    .own = service_job_is_own(&call, &item)};
    pb_str last = http_request_header(request, "Last-Event-ID");
    (void)snprintf(w->last, sizeof w->last, "%.*s", (int)(last.len < 60 ? last.len : 60),
                   last.ptr == NULL ? "" : last.ptr);
    const http_events_source source = {
        .look = look, .end = free, .context = w, .every_ms = EVERY_MS};
    pb_status status = http_events_open(request, response, &source, err);
    if (status != PB_OK)
        free(w);
    return status;
}
