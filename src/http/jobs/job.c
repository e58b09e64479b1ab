/* Jobs: asking for one, the list, one of them, its end. */
#include "jobs.h"

#include "../operations/operations.h"
#include "../server.h"
#include "../who.h"

static const char *const none[] = {NULL};

enum { LIMIT_USUAL = 50, LIMIT_MOST = 200 };

/* ---- as JSON ---- */

static void put_progress(pb_json *json, const pb_catalog *catalog, const http_job_progress *p)
{
    if (p == NULL || !p->here || p->stage == NULL)
        return;
    pb_json_key(json, "progress");
    pb_json_object(json);
    pb_json_member(json, "stage", pb_str_c(pb_translate(catalog, p->stage)));
    pb_json_member(json, "what", pb_str_c(p->what));
    pb_json_member_i64(json, "done", (int64_t)p->done);
    pb_json_member_i64(json, "total", (int64_t)p->total);
    pb_json_object_end(json);
}

/* Where what it made is, for who asked. */
static void put_places(pb_json *json, const job_item *item)
{
    char place[64];
    (void)snprintf(place, sizeof place, "/api/v1/jobs/%lld/result", (long long)item->n);
    pb_json_member(json, "result", pb_str_c(place));
    (void)snprintf(place, sizeof place, "/api/v1/jobs/%lld/files", (long long)item->n);
    pb_json_member(json, "files", pb_str_c(place));
}

void http_job_put(pb_json *json, const pb_catalog *catalog, const job_item *item,
                  const http_job_progress *progress, bool own)
{
    pb_json_object(json);
    pb_json_member_i64(json, "id", item->n);
    pb_json_member(json, "kind", item->kind);
    pb_json_member(json, "state", pb_str_c(job_state_word(item->state)));
    pb_json_member(json, "asked_by", item->by);
    http_op_put_moment(json, "asked_at", item->at_us);
    if (item->taken_us != INT64_MIN)
        http_op_put_moment(json, "begun_at", item->taken_us);
    if (item->ended_us != INT64_MIN)
        http_op_put_moment(json, "ended_at", item->ended_us);
    pb_json_key(json, "own");
    pb_json_bool(json, own);
    if (item->exit == JOB_EXIT_LOST) {
        pb_json_key(json, "interrupted");
        pb_json_bool(json, true);
    }
    put_progress(json, catalog, progress);
    /* What failed was worded as a problem; of a command line's job its last words are kept. */
    if (own && item->state == JOB_FAILED && pb_str_starts(item->said, PB_STR("{"))) {
        pb_json_key(json, "problem");
        pb_json_whole(json, item->said);
    }
    if (own && item->state == JOB_DONE)
        put_places(json, item);
    pb_json_object_end(json);
}

pb_status http_job_number(const http_request *request, int64_t *ret_n, pb_error *err)
{
    pb_str text = http_request_part(request, "job");
    if (pb_str_to_i64(text, ret_n) && *ret_n > 0)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no job {number}."), "number", PB_ARG(text),
                   NULL);
}

/* ---- asking for one ---- */

static pb_status answer_job(http_request *request, http_response *response,
                            const service_call *call, int64_t n, pb_error *err)
{
    job_item item;
    pb_json json;
    PB_TRY(service_job_read(call, request->server->workspace, n, request->arena, &item, err));
    http_job_progress progress = http_jobs_progress(request->host->jobs, n);
    pb_json_init(&json, &response->body, 0);
    http_job_put(&json, request->catalog, &item, &progress, service_job_is_own(call, &item));
    return PB_OK;
}

pb_status http_job_accept(http_request *request, http_response *response, const char *kind,
                          pb_str options, pb_error *err)
{
    PB_AUTO_BUF all = PB_BUF_INIT(64 << 10);
    service_depot *depot = NULL;
    int64_t n, most = 1;
    PB_TRY(http_jobs_depot(request, &depot, err));
    for (const http_job_kind *const *table = http_job_kinds; *table != NULL; table++)
        for (const http_job_kind *one = *table; one->name != NULL; one++)
            if (strcmp(one->name, kind) == 0)
                most = one->most;
    service_call call = http_op_call(request);
    if (request->language != NULL)
        service_job_put(&all, "language", pb_str_c(request->language));
    pb_buf_add(&all, options);
    PB_TRY(
        service_job_ask(&call, request->server->workspace, kind, pb_buf_str(&all), most, &n, err));
    http_jobs_wake(request->host->jobs);
    const char *place = pb_arena_printf(request->arena, "/api/v1/jobs/%lld", (long long)n);
    if (place == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Location", pb_str_c(place));
    response->status = 202;
    return answer_job(request, response, &call, n, err);
}

pb_str http_job_option(const http_job *job, const char *name)
{
    return service_job_option(job->item, name, job->arena);
}

pb_status http_job_file(http_job *job, pb_str name, const char *type, service_depositing **ret_file,
                        pb_error *err)
{
    const service_deposit what = {
        .user = job->call.who->user, .job = job->item->n, .name = name, .type = pb_str_c(type)};
    return service_deposit_begin(job->depot, &what, job->call.now_us, ret_file, err);
}

pb_status http_job_file_whole(http_job *job, pb_str name, const char *type, pb_str bytes,
                              pb_error *err)
{
    service_depositing *file = NULL;
    pb_uuid id;
    PB_TRY(http_job_file(job, name, type, &file, err));
    pb_status status = service_deposit_add(file, bytes, err);
    if (status == PB_OK)
        return service_deposit_end(file, &id, err);
    service_deposit_drop(file);
    return status;
}

/* ---- what there is ---- */

static pb_status read_filter(const http_request *request, job_filter *filter, pb_error *err)
{
    static const char *const names[] = {"state", "limit", NULL};
    pb_str state = http_request_query(request, "state");
    PB_TRY(http_op_check_query(request, names, err));
    filter->limit = LIMIT_USUAL;
    PB_TRY(http_op_query_number(request, "limit", &filter->limit, err));
    if (filter->limit > LIMIT_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    filter->one_state = state.ptr != NULL;
    if (filter->one_state && !job_state_parse(state, &filter->state))
        return http_op_fail_value(
            "state", state, PB_MSG("It takes waiting, running, done, failed or cancelled."), err);
    return PB_OK;
}

static pb_status list_jobs(http_request *request, http_response *response, pb_error *err)
{
    job_filter filter = {.limit = 0};
    job_item *jobs;
    size_t count;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_filter(request, &filter, err));
    service_call call = http_op_call(request);
    PB_TRY(service_jobs_seen(&call, request->server->workspace, &filter, request->arena, &jobs,
                             &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "jobs");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        http_job_progress progress =
            http_jobs_progress(request->host == NULL ? NULL : request->host->jobs, jobs[i].n);
        http_job_put(&json, request->catalog, &jobs[i], &progress,
                     service_job_is_own(&call, &jobs[i]));
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* The number of the job that is asked about, by somebody and where jobs are done. */
static pb_status asked_about(http_request *request, http_response *response, int64_t *ret_n,
                             pb_error *err)
{
    service_depot *depot;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_jobs_depot(request, &depot, err));
    return http_job_number(request, ret_n, err);
}

static pb_status read_job(http_request *request, http_response *response, pb_error *err)
{
    int64_t n;
    PB_TRY(asked_about(request, response, &n, err));
    service_call call = http_op_call(request);
    return answer_job(request, response, &call, n, err);
}

static pb_status cancel_job(http_request *request, http_response *response, pb_error *err)
{
    int64_t n;
    PB_TRY(asked_about(request, response, &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_job_stop(&call, request->server->workspace, n, err));
    http_jobs_cancel(request->host->jobs, n);
    return answer_job(request, response, &call, n, err);
}

const http_route http_job_routes[] = {
    {HTTP_GET, "/api/v1/jobs", "listJobs",
     PB_MSG("Lists one's jobs, or all for who looks after them"), list_jobs, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_GET, "/api/v1/jobs/{job}", "readJob", PB_MSG("Tells how far a job is"), read_job,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/jobs/{job}/cancel", "cancelJob", PB_MSG("Ends a job"), cancel_job,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/jobs/{job}/events", "watchJob",
     PB_MSG("Tells how far a job is, as it happens (server-sent events)"), http_job_events,
     HTTP_BLOCKS, NULL, "text/event-stream", 0},
    {HTTP_GET, "/api/v1/jobs/{job}/result", "readJobResult", PB_MSG("What came of one's job"),
     http_job_result, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/jobs/{job}/files", "listJobFiles", PB_MSG("Lists what one's job made"),
     http_job_files, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/api/v1/jobs/{job}/files/{name}", "readJobFile",
     PB_MSG("Gives a file that one's job made"), http_job_download, HTTP_BLOCKS, NULL,
     HTTP_JOB_FILE_TYPES, 0},
    {0},
};
