/* Kept audits over HTTP: what came of them, and their reports as files. */
#include "oversight.h"

#include "../pages.h"

#include <string.h>

pb_status http_oversight_number(const http_request *request, const char *part, int64_t *ret_number,
                                pb_error *err)
{
    pb_str text = http_request_part(request, part);
    if (pb_str_to_i64(text, ret_number) && *ret_number > 0)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no “{value}” here."), "value", PB_ARG(text),
                   NULL);
}

/* The members of a run, within an object. */
static void put_run(pb_json *json, const finding_run *run)
{
    PB_AUTO_BUF rules = PB_BUF_INIT(128);
    pb_hex(&rules, run->rules, sizeof run->rules);
    pb_json_member_i64(json, "audit", run->n);
    http_op_put_moment(json, "at", run->at_us);
    http_op_put_day(json, "as_of", run->as_of_days);
    pb_json_member(json, "by", run->by);
    pb_json_member(json, "title", run->title);
    pb_json_key(json, "plan");
    if (run->plan > 0)
        pb_json_i64(json, run->plan);
    else
        pb_json_null(json);
    http_op_put_truth(json, "own", run->own);
    pb_json_member(json, "letter", run->letter == '-' ? PB_STR_NONE : pb_str_n(&run->letter, 1));
    pb_json_key(json, "mark");
    pb_json_double(json, run->score); /* not a number becomes null */
    pb_json_member_i64(json, "records", (int64_t)run->records);
    pb_json_member_i64(json, "controls", (int64_t)run->controls);
    pb_json_member_i64(json, "failed", (int64_t)run->failed);
    pb_json_member(json, "rules", pb_buf_str(&rules));
}

pb_status http_oversight_audits(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"below", "limit", NULL};
    int64_t below = 0, limit = 50;
    finding_run *runs = NULL;
    size_t count = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_number(request, "below", &below, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_AUDITS_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    service_call call = http_op_call(request);
    PB_TRY(service_audits(&call, request->server->workspace, below, limit, request->arena, &runs,
                          &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "audits");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        put_run(&json, &runs[i]);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_key(&json, "next");
    if ((int64_t)count == limit && runs[count - 1].n > 1)
        pb_json_i64(&json, runs[count - 1].n);
    else
        pb_json_null(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* Why a control did not run or does not apply, in the reader's language. */
static void put_reason(const http_request *request, pb_json *json, const finding_outcome *outcome)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    const pb_arg args[] = {{"value", pb_translate_str(request->catalog, outcome->reason_value)}};
    if (outcome->reason.ptr != NULL)
        pb_format(&text, pb_translate_str(request->catalog, outcome->reason), args, 1);
    pb_json_member(json, "reason", text.len > 0 ? pb_buf_str(&text) : PB_STR_NONE);
}

static void put_outcome(const http_request *request, pb_json *json, const finding_outcome *outcome)
{
    pb_json_object(json);
    pb_json_member(json, "control", outcome->control);
    pb_json_member(json, "area", outcome->area);
    pb_json_member(json, "grade", outcome->grade);
    pb_json_member(json, "entity", outcome->entity);
    pb_json_member(json, "outcome", pb_str_c(finding_outcome_word(outcome->outcome)));
    pb_json_member_i64(json, "population", (int64_t)outcome->population);
    pb_json_member_i64(json, "failing", (int64_t)outcome->failing);
    pb_json_member_i64(json, "fixable", (int64_t)outcome->fixable);
    put_reason(request, json, outcome);
    pb_json_object_end(json);
}

pb_status http_oversight_audit(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    service_kept_audit audit;
    int64_t n = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "audit", &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_audit_read(&call, request->server->workspace, n, request->arena, &audit, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_run(&json, &audit.run);
    http_op_put_truth(&json, "cut", audit.cut);
    pb_json_key(&json, "outcomes");
    pb_json_array(&json);
    for (size_t i = 0; i < audit.count; i++)
        put_outcome(request, &json, &audit.outcomes[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- reports ---- */

static const struct form {
    const char *name, *type, *file; /* `file` NULL: it is shown, not kept */
} forms[] = {
    {"html", "text/html", NULL},
    {"json", "application/json", NULL},
    {"csv", "text/csv", "findings.csv"},
    {"pdf", "application/pdf", "report.pdf"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "findings.xlsx"},
};

static pb_status find_form(const http_request *request, const struct form **ret, pb_error *err)
{
    pb_str wanted = http_request_part(request, "form");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (pb_str_is(wanted, forms[i].name)) {
            *ret = &forms[i];
            return PB_OK;
        }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("“{value}” is no format of a report"), "value",
            PB_ARG(wanted), NULL);
    pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "html, json, csv, pdf, xlsx", NULL);
    return PB_NOT_FOUND;
}

pb_status http_oversight_report(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const struct form *form = NULL;
    pb_str language = PB_STR_NONE;
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "audit", &n, err));
    PB_TRY(find_form(request, &form, err));
    service_call call = http_op_call(request);
    PB_TRY(service_audit_report(&call, request->server->workspace, n, form->name, request->arena,
                                &response->body, &language, err));
    response->type = form->type;
    if (strcmp(form->name, "html") == 0)
        PB_TRY(http_report_prepare(&response->body, request->arena, &response->policy, err));
    http_response_header(response, "Content-Language", language);
    if (form->file == NULL)
        return PB_OK;
    const char *kept = pb_arena_printf(request->arena, "attachment; filename=\"%s\"", form->file);
    if (kept == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Content-Disposition", pb_str_c(kept));
    return PB_OK;
}
