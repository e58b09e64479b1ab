/* Runs: what imports and corrections did, taking one back, keeping one that was cut off. */
#include "taking.h"

#include "../who.h"

enum { LIMIT_USUAL = 50, LIMIT_MOST = 200 };

static void put_run(pb_json *json, const record_run_info *run)
{
    pb_json_object(json);
    pb_json_member_i64(json, "run", run->number);
    pb_json_member(json, "kind", run->kind);
    pb_json_member(json, "about", run->about);
    pb_json_member(json, "by", run->actor);
    http_op_put_moment(json, "at", run->at_us);
    pb_json_member_i64(json, "records", (int64_t)run->records);
    pb_json_key(json, "undone");
    pb_json_bool(json, run->undone);
    pb_json_object_end(json);
}

pb_status http_run_list(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"limit", NULL};
    int64_t limit = LIMIT_USUAL;
    record_run_info *runs;
    size_t count;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > LIMIT_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    service_call call = http_op_call(request);
    PB_TRY(service_runs_seen(&call, request->server->workspace, (size_t)limit, request->arena,
                             &runs, &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "runs");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_run(&json, &runs[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status read_number(http_request *request, int64_t *ret_run, pb_error *err)
{
    static const char *const none[] = {NULL};
    pb_str text = http_request_part(request, "run");
    PB_TRY(http_op_check_query(request, none, err));
    if (!pb_str_to_i64(text, ret_run) || *ret_run <= 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no run {number}"), "number",
                       PB_ARG(text), NULL);
    return PB_OK;
}

pb_status http_run_keep(http_request *request, http_response *response, pb_error *err)
{
    record_run_info run;
    int64_t number;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_number(request, &number, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_undo(&call, request->server->workspace, number, err));
    PB_TRY(service_keep_run(&call, request->server->workspace, number, request->arena, &run, err));
    pb_json_init(&json, &response->body, 0);
    put_run(&json, &run);
    return PB_OK;
}

pb_status http_run_undo(http_request *request, http_response *response, pb_error *err)
{
    static const char *const members[] = {"dry_run", NULL};
    PB_AUTO_BUF options = PB_BUF_INIT(1024);
    const json_value *body = NULL;
    bool dry_run = false;
    int64_t run;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_number(request, &run, err));
    PB_TRY(http_op_body(request, members, &body, err));
    PB_TRY(http_op_body_truth(body, "dry_run", &dry_run, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_undo(&call, request->server->workspace, run, err));
    service_job_put(&options, "run", pb_str_c(PB_ARG_INT(run)));
    service_job_put(&options, "dry-run", dry_run ? PB_STR("") : PB_STR_NONE);
    return http_job_accept(request, response, "undo", pb_buf_str(&options), err);
}

static void put_kept(const http_job *job, pb_json *json, const record_undo_kept *kept)
{
    pb_json_object(json);
    pb_json_member(json, "entity", kept->entity->name);
    http_op_put_uuid(json, "id", kept->id);
    pb_json_member(json, "field", kept->field == NULL ? PB_STR_NONE : kept->field->name);
    pb_json_member(json, "says", pb_translate_str(job->catalog, kept->says));
    pb_json_object_end(json);
}

static void put_undone(http_job *job, const service_undone *undone, bool dry_run)
{
    pb_json *json = &job->json;
    const record_undo_counts *counts = &undone->counts;
    const struct {
        const char *name;
        uint64_t count;
    } told[] = {{"deleted", counts->deleted}, {"restored", counts->restored},
                {"changed", counts->changed}, {"unmerged", counts->unmerged},
                {"merged", counts->merged},   {"links", counts->links},
                {"kept", counts->kept},       {"likely_duplicates", undone->suspected}};
    pb_json_object(json);
    pb_json_key(json, "dry_run");
    pb_json_bool(json, dry_run);
    pb_json_member_i64(json, "run", undone->run.number);
    if (!dry_run)
        pb_json_member_i64(json, "undone_by", undone->number);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        pb_json_member_i64(json, told[i].name, (int64_t)told[i].count);
    pb_json_key(json, "what_is_kept");
    pb_json_array(json);
    for (size_t i = 0; i < undone->kept_count; i++)
        put_kept(job, json, &undone->kept[i]);
    pb_json_array_end(json);
    pb_json_object_end(json);
}

pb_status http_run_undo_job(http_job *job, pb_error *err)
{
    bool dry_run = http_job_option(job, "dry-run").ptr != NULL;
    service_undone undone;
    int64_t run = 0;
    (void)pb_str_to_i64(http_job_option(job, "run"), &run);
    PB_TRY(service_may_undo(&job->call, job->server->workspace, run, err));
    PB_TRY(
        service_undo(&job->call, job->server->workspace, run, dry_run, job->arena, &undone, err));
    put_undone(job, &undone, dry_run);
    return PB_OK;
}
