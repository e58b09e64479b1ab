/* Planned audits over HTTP, and whom audit work can be given to. */
#include "../taking/taking.h"
#include "oversight.h"

#include "base/time.h"
#include "service/people.h"
#include "service/plans.h"
#include "sys/clock.h"

#define JSON "application/json"
enum { SMALL = 256 << 10 };

static const char *const none[] = {NULL};

/* ---- told ---- */

static void put_list(pb_json *json, const char *key, const model_strs *list)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < list->count; i++)
        pb_json_str(json, list->items[i]);
    pb_json_array_end(json);
}

static void put_run(pb_json *json, int64_t run)
{
    pb_json_key(json, "audit");
    if (run > 0)
        pb_json_i64(json, run);
    else
        pb_json_null(json);
}

static void put_members(const http_request *request, pb_json *json, const finding_plan *plan)
{
    pb_json_member_i64(json, "plan", plan->plan);
    pb_json_member_i64(json, "version", plan->version);
    pb_json_member(json, "name", plan->name);
    pb_json_member(json, "goals", plan->goals);
    pb_json_member(json, "criteria", plan->criteria);
    pb_json_member(json, "source", plan->source.len > 0 ? plan->source : PB_STR_NONE);
    put_list(json, "entities", &plan->entities);
    put_list(json, "areas", &plan->areas);
    put_list(json, "controls", &plan->controls);
    put_list(json, "team", &plan->team);
    pb_json_member(json, "repeat", pb_str_c(finding_repeat_words[plan->repeat]));
    http_op_put_day(json, "due", plan->due);
    http_op_put_truth(json, "overdue",
                      plan->due != INT64_MIN && plan->due < sys_day_of(request->now_us));
    pb_json_member(json, "changed_by", plan->by);
    http_op_put_moment(json, "changed_at", plan->at_us);
}

static pb_str tag_of(const http_request *request, const finding_plan *plan)
{
    char *tag = pb_arena_printf(request->arena, "%lld", (long long)plan->version);
    return tag == NULL ? PB_STR("") : pb_str_c(tag);
}

static void answer(const http_request *request, http_response *response, const service_plan *plan)
{
    pb_json json;
    if (http_response_fresh(request, response, tag_of(request, &plan->now)))
        return;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_members(request, &json, &plan->now);
    pb_json_key(&json, "history");
    pb_json_array(&json);
    for (size_t i = 0; i < plan->version_count; i++) {
        pb_json_object(&json);
        put_members(request, &json, &plan->versions[i]);
        put_run(&json, plan->versions[i].run);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
}

/* ---- read ---- */

static pb_status list_plans(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"removed", NULL};
    finding_plan *plans = NULL;
    size_t count = 0;
    bool gone = false;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_truth(request, "removed", &gone, err));
    service_call call = http_op_call(request);
    PB_TRY(service_plans(&call, request->server->workspace, gone, request->arena, &plans, &count,
                         err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "plans");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        put_members(request, &json, &plans[i]);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status find(http_request *request, http_response *response, service_plan *ret_plan,
                      pb_error *err)
{
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "plan", &n, err));
    service_call call = http_op_call(request);
    return service_plan_read(&call, request->server->workspace, n, request->arena, ret_plan, err);
}

static pb_status read_plan(http_request *request, http_response *response, pb_error *err)
{
    service_plan plan;
    PB_TRY(find(request, response, &plan, err));
    answer(request, response, &plan);
    return PB_OK;
}

/* ---- said ---- */

static pb_status read_list(const http_request *request, const json_value *body, const char *key,
                           model_strs *ret, pb_error *err)
{
    const pb_str *texts = NULL;
    size_t count = 0;
    PB_TRY(http_op_body_texts(body, key, request->arena, &texts, &count, err));
    pb_str *items = pb_arena_array(request->arena, count + 1, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        items[i] = texts[i];
    *ret = (model_strs){items, count};
    return PB_OK;
}

static pb_status read_due(const json_value *body, int64_t *ret_due, pb_error *err)
{
    pb_str text = PB_STR_NONE;
    PB_TRY(http_op_body_text(body, "due", &text, err));
    *ret_due = INT64_MIN;
    if (text.ptr == NULL || pb_date_parse(text, ret_due))
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no date."), "field", "due", "value", PB_ARG(text),
            NULL);
    pb_error_hint(err, PB_MSG("It takes a day such as 2026-01-31."), NULL);
    return PB_INVALID;
}

static pb_status read_wish(const http_request *request, finding_plan *ret_plan, pb_error *err)
{
    static const char *const names[] = {"name",     "goals", "criteria", "source",
                                        "entities", "areas", "controls", "team",
                                        "repeat",   "due",   NULL};
    const json_value *body = NULL;
    finding_plan plan = {.goals = PB_STR(""), .criteria = PB_STR(""), .source = PB_STR("")};
    pb_str repeat = PB_STR("once");
    size_t at = 0;
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_needed(body, "name", &plan.name, err));
    PB_TRY(http_op_body_text(body, "goals", &plan.goals, err));
    PB_TRY(http_op_body_text(body, "criteria", &plan.criteria, err));
    PB_TRY(http_op_body_text(body, "source", &plan.source, err));
    PB_TRY(read_list(request, body, "entities", &plan.entities, err));
    PB_TRY(read_list(request, body, "areas", &plan.areas, err));
    PB_TRY(read_list(request, body, "controls", &plan.controls, err));
    PB_TRY(read_list(request, body, "team", &plan.team, err));
    PB_TRY(http_op_body_text(body, "repeat", &repeat, err));
    PB_TRY(http_op_word(repeat, "repeat", finding_repeat_words, FINDING_REPEATS, NULL, &at, err));
    plan.repeat = (finding_repeat)at;
    PB_TRY(read_due(body, &plan.due, err));
    *ret_plan = plan;
    return PB_OK;
}

static pb_status put_plan(http_request *request, http_response *response, int64_t version,
                          finding_plan *plan, pb_error *err)
{
    service_plan kept;
    service_call call = http_op_call(request);
    pb_status status = service_plan_put(request->server->service, &call, request->server->workspace,
                                        version, plan, err);
    if (status == PB_CONFLICT)
        response->status = 412; /* somebody was faster between the two */
    PB_TRY(status);
    PB_TRY(service_plan_read(&call, request->server->workspace, plan->plan, request->arena, &kept,
                             err));
    answer(request, response, &kept);
    return PB_OK;
}

static pb_status add_plan(http_request *request, http_response *response, pb_error *err)
{
    finding_plan plan;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(read_wish(request, &plan, err));
    PB_TRY(put_plan(request, response, 0, &plan, err));
    response->status = 201;
    return PB_OK;
}

static pb_status change_plan(http_request *request, http_response *response, pb_error *err)
{
    service_plan now;
    finding_plan plan;
    PB_TRY(find(request, response, &now, err));
    PB_TRY(read_wish(request, &plan, err));
    PB_TRY(http_request_match(request, response, tag_of(request, &now.now), true, err));
    plan.plan = now.now.plan;
    return put_plan(request, response, now.now.version, &plan, err);
}

static pb_status remove_plan(http_request *request, http_response *response, pb_error *err)
{
    service_plan now;
    PB_TRY(find(request, response, &now, err));
    PB_TRY(http_request_match(request, response, tag_of(request, &now.now), true, err));
    service_call call = http_op_call(request);
    PB_TRY(
        service_plan_remove(&call, request->server->workspace, now.now.plan, now.now.version, err));
    response->status = 204;
    return PB_OK;
}

static pb_status restore_plan(http_request *request, http_response *response, pb_error *err)
{
    service_plan plan;
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "plan", &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_plan_restore(&call, request->server->workspace, n, err));
    PB_TRY(service_plan_read(&call, request->server->workspace, n, request->arena, &plan, err));
    answer(request, response, &plan);
    return PB_OK;
}

/* Another system is audited by its export, which has been sent; the workspace by nothing more. */
static pb_status read_upload(http_request *request, const finding_plan *plan, pb_str *ret_upload,
                             pb_error *err)
{
    static const char *const names[] = {"import", NULL};
    const json_value *body = NULL;
    bool wanted = plan->source.len > 0;
    *ret_upload = PB_STR_NONE;
    if (request->body.len > 0) {
        PB_TRY(http_op_body(request, names, &body, err));
        PB_TRY(http_op_body_text(body, "import", ret_upload, err));
    }
    if (wanted && ret_upload->ptr != NULL)
        return http_upload_known(request, *ret_upload, err);
    if (wanted == (ret_upload->ptr != NULL))
        return PB_OK;
    pb_fail(err, PB_INVALID,
            wanted ? PB_MSG("“{name}” audits another system: {value}. Its export is missing.")
                   : PB_MSG("“{name}” audits this workspace, no file."),
            "field", "import", "name", PB_ARG(plan->name), "value", PB_ARG(plan->source), NULL);
    pb_error_hint(err,
                  wanted ? PB_MSG("Send its export to /api/v1/imports, and name it by its id.")
                         : PB_MSG("Leave the member out, or say another system in the plan."),
                  NULL);
    return PB_INVALID;
}

/* Done now: what is planned is read again when the job begins. */
static pb_status start_plan(http_request *request, http_response *response, pb_error *err)
{
    PB_AUTO_BUF options = PB_BUF_INIT(4 << 10);
    service_plan plan;
    pb_str upload = PB_STR_NONE;
    PB_TRY(find(request, response, &plan, err));
    service_call call = http_op_call(request);
    PB_TRY(service_may_start(&call, request->server->workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(read_upload(request, &plan.now, &upload, err));
    service_job_put(&options, "plan", http_request_part(request, "plan"));
    service_job_put(&options, "upload", upload);
    return http_job_accept(request, response, upload.ptr != NULL ? "audit-file" : "audit-workspace",
                           pb_buf_str(&options), err);
}

/* ---- whom it is given to ---- */

enum { HELPERS_MOST = 1000 };

typedef struct helpers_wish {
    pb_str name, words;
    int64_t limit;
} helpers_wish;

static pb_status read_helpers(const http_request *request, helpers_wish *wish, pb_error *err)
{
    static const char *const names[] = {"q", "name", "limit", NULL};
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "limit", &wish->limit, err));
    PB_TRY(http_op_query_words(request, &wish->words, err));
    wish->name = http_request_query(request, "name");
    if (wish->limit <= HELPERS_MOST)
        return PB_OK;
    return http_op_fail_value("limit", http_request_query(request, "limit"),
                              PB_MSG("It takes 1 to 1000."), err);
}

/* Leaves those that are asked for, in the order of `helpers`. */
static pb_status leave_helpers(const helpers_wish *wish, service_helper *helpers, size_t *count,
                               pb_arena *arena, pb_error *err)
{
    size_t kept = 0, found = 0, *places = NULL;
    for (size_t i = 0; i < *count; i++)
        if (wish->name.ptr == NULL || pb_str_eq(helpers[i].name, wish->name))
            helpers[kept++] = helpers[i];
    *count = kept;
    if (wish->words.ptr == NULL)
        return PB_OK;
    service_called *called = pb_arena_array(arena, kept + 1, sizeof *called);
    if (called == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < kept; i++)
        called[i] = (service_called){helpers[i].name, helpers[i].shown};
    PB_TRY(service_people_find(wish->words, called, kept, arena, &places, &found, err));
    for (size_t i = 0; i < found; i++)
        helpers[i] = helpers[places[i]];
    *count = found;
    return PB_OK;
}

static pb_status list_helpers(http_request *request, http_response *response, pb_error *err)
{
    service_helper *helpers = NULL;
    helpers_wish wish = {.limit = HELPERS_MOST};
    size_t count = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_helpers(request, &wish, err));
    service_call call = http_op_call(request);
    PB_TRY(
        service_helpers(&call, request->server->workspace, request->arena, &helpers, &count, err));
    PB_TRY(leave_helpers(&wish, helpers, &count, request->arena, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "people");
    pb_json_array(&json);
    for (size_t i = 0; i < count && (int64_t)i < wish.limit; i++) {
        pb_json_object(&json);
        pb_json_member(&json, "name", helpers[i].name);
        pb_json_member(&json, "shown", helpers[i].shown);
        http_op_put_truth(&json, "external", helpers[i].kind == IDENTITY_AUDITOR);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    http_op_put_truth(&json, "more", (int64_t)count > wish.limit);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- described ---- */

const http_route http_plans_routes[] = {
    {HTTP_GET, "/api/v1/audit-plans", "listAuditPlans",
     PB_MSG("Lists planned audits, those due first first"), list_plans, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/audit-plans", "addAuditPlan", PB_MSG("Plans an audit"), add_plan,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_GET, "/api/v1/audit-plans/{plan}", "readAuditPlan",
     PB_MSG("Reads a planned audit and its history"), read_plan, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_PUT, "/api/v1/audit-plans/{plan}", "changeAuditPlan", PB_MSG("Says a planned audit anew"),
     change_plan, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_DELETE, "/api/v1/audit-plans/{plan}", "removeAuditPlan",
     PB_MSG("Takes a planned audit away; its history stays"), remove_plan, HTTP_BLOCKS, NULL, NULL,
     0},
    {HTTP_POST, "/api/v1/audit-plans/{plan}/restore", "restoreAuditPlan",
     PB_MSG("Brings a planned audit back that was taken away"), restore_plan, HTTP_BLOCKS, NULL,
     NULL, 0},
    {HTTP_POST, "/api/v1/audit-plans/{plan}/runs", "runAuditPlan",
     PB_MSG("Has a planned audit done now, by a job"), start_plan, HTTP_BLOCKS, JSON, NULL, SMALL},
    {HTTP_GET, "/api/v1/audit-people", "listAuditPeople",
     PB_MSG("Lists whom findings and audits can be given to"), list_helpers, HTTP_BLOCKS, NULL,
     NULL, 0},
    {0},
};

static const http_about operations[] = {
    {"listAuditPlans", "removed", NULL, NULL, "AuditPlans", "200 400 401 403", NULL},
    {"addAuditPlan", NULL, NULL, "AuditPlanNew", "AuditPlan", "201 400 401 403 413 422", NULL},
    {"readAuditPlan", NULL, "If-None-Match", NULL, "AuditPlan", "200 304 400 401 403 404", NULL},
    {"changeAuditPlan", NULL, "If-Match", "AuditPlanNew", "AuditPlan",
     "200 400 401 403 404 412 413 422 428", NULL},
    {"removeAuditPlan", NULL, "If-Match", NULL, NULL, "204 400 401 403 404 412 428", NULL},
    {"restoreAuditPlan", NULL, NULL, NULL, "AuditPlan", "200 400 401 403 404 409", NULL},
    {"runAuditPlan", NULL, NULL, "AuditPlanRun", "Job", "202 400 401 403 404 422", NULL},
    {"listAuditPeople", "q name limit", NULL, NULL, "AuditPeople", "200 400 401 403", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"removed", PB_MSG("Those that were taken away, instead"), "boolean", NULL, false},
    {"q",
     PB_MSG("Words that the name or sign-in name has, or that begin one: folded as by a search, so "
            "that case, marks and script do not matter"),
     "string", NULL, false},
    {"name", PB_MSG("Who signs in by this name"), "string", NULL, false},
    {"limit", PB_MSG("People at most"), "integer", "int32", false},
    {0},
};

#define REPEAT "repeat=once|weekly|monthly|quarterly|yearly"
#define PLAN                                                                                       \
    "plan:integer version:integer name:string goals:string criteria:string source:string? "        \
    "entities:[string] "                                                                           \
    "areas:[string] controls:[string] team:[string] " REPEAT " due:date? overdue:boolean "         \
    "changed_by:string changed_at:date-time"

static const http_schema schemas[] = {
    {"AuditPlanItem", PLAN},
    {"AuditPlanVersion", PLAN " audit:integer?"},
    {"AuditPlans", "plans:[AuditPlanItem]"},
    {"AuditPlan", PLAN " history:[AuditPlanVersion]"},
    {"AuditPlanNew", "name:string goals?:string? criteria?:string? source?:string? "
                     "entities?:[string]? "
                     "areas?:[string]? controls?:[string]? team?:[string]? "
                     "repeat?=once|weekly|monthly|quarterly|yearly? due?:date?"},
    {"AuditPlanRun", "import?:uuid?"},
    {"AuditPerson", "name:string shown:string external:boolean"},
    {"AuditPeople", "people:[AuditPerson] more:boolean"},
    {0},
};

const http_description http_plans_description = {"audit-plans", operations, parameters, schemas,
                                                 NULL};
