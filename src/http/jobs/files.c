/* What a job made: its result, and files. */
#include "jobs.h"

#include "../operations/operations.h"
#include "../who.h"

enum { HELD_MOST = 1 << 20 };

static const char *const none[] = {NULL};

/* One's own job that is over; its files are nobody else's. */
static pb_status find_job(http_request *request, http_response *response, service_depot **ret_depot,
                          job_item *ret_job, pb_error *err)
{
    int64_t n;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_jobs_depot(request, ret_depot, err));
    PB_TRY(http_job_number(request, &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_job_read(&call, request->server->workspace, n, request->arena, ret_job, err));
    if (!service_job_is_own(&call, ret_job))
        return pb_fail(err, PB_DENIED, PB_MSG("What a job made is for who asked for it."), NULL);
    if (ret_job->state == JOB_WAITING || ret_job->state == JOB_RUNNING)
        return pb_fail(err, PB_CONFLICT, PB_MSG("Job {number} is not over yet."), "number",
                       PB_ARG_INT(n), NULL);
    return PB_OK;
}

static pb_status list_files(http_request *request, service_depot *depot, int64_t n,
                            service_deposit **ret_files, size_t *ret_count, pb_error *err)
{
    return service_deposit_list(depot, request->who->user, n, request->arena, ret_files, ret_count,
                                err);
}

static pb_status fail_no_file(pb_str name, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("The job made no file “{name}”, or it is not kept any more."),
            "name", PB_ARG(name), NULL);
    pb_error_hint(err, PB_MSG("Files are kept for a day: send it again, or have it made again."),
                  NULL);
    return PB_NOT_FOUND;
}

/* The newest of that name: a job that was tried again may have made it twice. */
static pb_status find_file(http_request *request, service_depot *depot, int64_t n, pb_str name,
                           service_deposit *ret_file, pb_error *err)
{
    service_deposit *files;
    size_t count;
    PB_TRY(list_files(request, depot, n, &files, &count, err));
    for (size_t i = count; i-- > 0;)
        if (pb_str_eq(files[i].name, name)) {
            *ret_file = files[i];
            return PB_OK;
        }
    return fail_no_file(name, err);
}

pb_status http_job_files(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot;
    job_item job;
    service_deposit *files;
    size_t count;
    pb_json json;
    PB_TRY(find_job(request, response, &depot, &job, err));
    PB_TRY(list_files(request, depot, job.n, &files, &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "files");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        if (pb_str_is(files[i].name, "result.json"))
            continue;
        pb_json_object(&json);
        pb_json_member(&json, "name", files[i].name);
        pb_json_member(&json, "type", files[i].type);
        pb_json_member_i64(&json, "bytes", (int64_t)files[i].size);
        http_op_put_moment(&json, "kept_until", files[i].until_us);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- giving a file ---- */

typedef struct giving {
    service_withdrawing *file;
    pb_str rest; /* of the piece at hand */
} giving;

static pb_status give(void *context, void *to, size_t size, size_t *ret_len, pb_error *err)
{
    giving *g = context;
    if (g->rest.len == 0)
        PB_TRY(service_withdraw(g->file, &g->rest, err));
    *ret_len = g->rest.len < size ? g->rest.len : size;
    memcpy(to, g->rest.ptr, *ret_len);
    g->rest = pb_str_sub(g->rest, *ret_len, g->rest.len);
    return PB_OK;
}

static void end_giving(void *context)
{
    giving *g = context;
    service_withdraw_end(g->file);
    free(g);
}

/* Browsers keep it as a file, whatever is in it. */
static pb_status name_file(http_response *response, pb_str name, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    pb_buf_addc(&text, "attachment; filename*=UTF-8''");
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                     c == '.' || c == '-' || c == '_';
        if (plain)
            pb_buf_byte(&text, (char)c);
        else
            pb_buf_printf(&text, "%%%02X", c);
    }
    pb_str value = pb_arena_str(response->arena, pb_buf_str(&text));
    if (text.failed || value.ptr == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Content-Disposition", value);
    return PB_OK;
}

static pb_status give_file(http_request *request, http_response *response, service_depot *depot,
                           const service_deposit *file, pb_error *err)
{
    const char *type = pb_arena_cstr(request->arena, file->type);
    giving *g = calloc(1, sizeof *g);
    if (g == NULL || type == NULL) {
        free(g);
        return pb_fail_memory(err);
    }
    pb_status status = service_withdraw_begin(depot, request->who->user, file->id, &g->file, err);
    if (status != PB_OK) {
        free(g);
        return status;
    }
    response->type = type;
    response->source = (http_source){give, end_giving, g, file->size};
    return PB_OK;
}

pb_status http_job_download(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot;
    job_item job;
    service_deposit file;
    PB_TRY(find_job(request, response, &depot, &job, err));
    PB_TRY(find_file(request, depot, job.n, http_request_part(request, "name"), &file, err));
    PB_TRY(name_file(response, file.name, err));
    return give_file(request, response, depot, &file, err);
}

/* What is short is held, so that it can be compressed. */
pb_status http_job_result(http_request *request, http_response *response, pb_error *err)
{
    service_depot *depot;
    job_item job;
    service_deposit file;
    PB_TRY(find_job(request, response, &depot, &job, err));
    PB_TRY(find_file(request, depot, job.n, PB_STR("result.json"), &file, err));
    if (file.size > HELD_MOST)
        return give_file(request, response, depot, &file, err);
    return service_withdraw_all(depot, request->who->user, file.id, &response->body, err);
}
