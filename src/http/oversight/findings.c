/* The work list of findings over HTTP. */
#include "oversight.h"

#include "base/time.h"
#include "sys/clock.h"

void http_oversight_put_title(const http_request *request, pb_json *json,
                              const audit_catalogue *catalogue, pb_str id)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    const audit_control *control = audit_control_find(catalogue, id);
    if (control != NULL)
        report_control_says(request->catalog, control, control->title, false, &text);
    pb_json_member(json, "title", control != NULL ? pb_buf_str(&text) : PB_STR_NONE);
}

static void put_members(const http_request *request, pb_json *json,
                        const audit_catalogue *catalogue, const service_finding *finding)
{
    const finding_item *item = &finding->item;
    int64_t today = sys_day_of(request->now_us);
    pb_json_member_i64(json, "finding", item->n);
    pb_json_member_i64(json, "version", item->version);
    pb_json_member(json, "control", item->control);
    http_oversight_put_title(request, json, catalogue, item->control);
    pb_json_member(json, "area", item->area);
    pb_json_member(json, "grade", item->grade);
    pb_json_member(json, "entity", item->entity);
    pb_json_member(json, "state", pb_str_c(finding_state_word(item->state)));
    http_op_put_truth(json, "proved", item->proved > 0);
    pb_json_member(json, "owner", finding->owner);
    http_op_put_day(json, "due", item->due);
    http_op_put_truth(json, "overdue",
                      item->due != INT64_MIN && item->due < today &&
                          (item->state == FINDING_OPEN || item->state == FINDING_ACCEPTED));
    http_op_put_day(json, "until", item->until);
    pb_json_member(json, "note", item->note);
    pb_json_member(json, "changed_by", item->said_by);
    http_op_put_moment(json, "changed_at", item->changed_us);
    http_op_put_moment(json, "opened_at", item->opened_us);
    pb_json_member_i64(json, "population", (int64_t)item->population);
    pb_json_member_i64(json, "failing", (int64_t)item->failing);
    pb_json_member_i64(json, "first_audit", item->first_run);
    pb_json_member_i64(json, "last_audit", item->last_run);
    pb_json_key(json, "proved_audit");
    if (finding_proved_by(item) > 0)
        pb_json_i64(json, finding_proved_by(item));
    else
        pb_json_null(json);
}

/* ---- the list ---- */

static pb_status read_state(const http_request *request, finding_filter *filter, pb_error *err)
{
    pb_str word = http_request_query(request, "state");
    filter->one_state = word.ptr != NULL;
    if (word.ptr == NULL || finding_state_parse(word, &filter->state))
        return PB_OK;
    return http_op_fail_value("state", word, PB_MSG("It takes open, accepted, mended or waived."),
                              err);
}

static pb_status read_asked(const http_request *request, service_findings_asked *asked,
                            pb_error *err)
{
    static const char *const names[] = {"state", "area",      "grade", "entity",
                                        "owner", "due_until", NULL};
    pb_str due = http_request_query(request, "due_until");
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(read_state(request, &asked->filter, err));
    asked->filter.area = http_request_query(request, "area");
    asked->filter.grade = http_request_query(request, "grade");
    asked->filter.entity = http_request_query(request, "entity");
    asked->owner = http_request_query(request, "owner");
    if (due.ptr != NULL && !pb_date_parse(due, &asked->filter.due_until))
        return http_op_fail_value("due_until", due, PB_MSG("It takes a day such as 2026-01-31."),
                                  err);
    return PB_OK;
}

pb_status http_oversight_findings(http_request *request, http_response *response, pb_error *err)
{
    service_findings_asked asked = {.owner = PB_STR_NONE};
    const audit_catalogue *catalogue = NULL;
    service_finding *findings = NULL;
    size_t count = 0;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_asked(request, &asked, err));
    service_call call = http_op_call(request);
    PB_TRY(service_findings(&call, request->server->workspace, &asked, request->arena, &findings,
                            &count, err));
    PB_TRY(service_controls(request->server->service, &catalogue, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "findings");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        put_members(request, &json, catalogue, &findings[i]);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- one ---- */

static void put_trend(pb_json *json, const service_finding_story *story)
{
    pb_json_key(json, "trend");
    pb_json_array(json);
    for (size_t i = 0; i < story->trend_count; i++) {
        const finding_outcome *outcome = &story->trend[i];
        pb_json_object(json);
        pb_json_member_i64(json, "audit", outcome->run);
        pb_json_member(json, "outcome", pb_str_c(finding_outcome_word(outcome->outcome)));
        pb_json_member_i64(json, "population", (int64_t)outcome->population);
        pb_json_member_i64(json, "failing", (int64_t)outcome->failing);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static pb_status read_one(http_request *request, http_response *response, int64_t *ret_n,
                          service_finding_story *ret_story, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "finding", ret_n, err));
    service_call call = http_op_call(request);
    return service_finding_read(&call, request->server->workspace, *ret_n, request->arena,
                                ret_story, err);
}

static pb_status tag_of(const http_request *request, const finding_item *item, pb_str *ret,
                        pb_error *err)
{
    /* Figures change with an audit, without a new version. */
    const char *tag = pb_arena_printf(request->arena, "%lld-%lld", (long long)item->version,
                                      (long long)item->last_run);
    if (tag == NULL)
        return pb_fail_memory(err);
    *ret = pb_str_c(tag);
    return PB_OK;
}

pb_status http_oversight_finding(http_request *request, http_response *response, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    service_finding_story story;
    int64_t n = 0;
    pb_str tag;
    pb_json json;
    PB_TRY(read_one(request, response, &n, &story, err));
    PB_TRY(service_controls(request->server->service, &catalogue, err));
    PB_TRY(tag_of(request, &story.finding.item, &tag, err));
    if (http_response_fresh(request, response, tag))
        return PB_OK;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_members(request, &json, catalogue, &story.finding);
    put_trend(&json, &story);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- changing one ---- */

/* `*ret_has`: the member is there; null takes the day away. */
static pb_status read_day(const json_value *body, const char *key, bool *ret_has, int64_t *ret_day,
                          pb_error *err)
{
    pb_str text = PB_STR_NONE;
    *ret_has = http_json_member(body, key) != NULL;
    *ret_day = INT64_MIN;
    PB_TRY(http_op_body_text(body, key, &text, err));
    if (text.ptr == NULL || pb_date_parse(text, ret_day))
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no date."), "field", key, "value", PB_ARG(text),
            NULL);
    pb_error_hint(err, PB_MSG("It takes a day such as 2026-01-31."), NULL);
    return PB_INVALID;
}

static pb_status read_change(const http_request *request, finding_change *change, pb_str *ret_owner,
                             pb_error *err)
{
    static const char *const names[] = {"state", "owner", "due", "until", "note", NULL};
    const json_value *body = NULL;
    pb_str state = PB_STR_NONE;
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_text(body, "state", &state, err));
    PB_TRY(http_op_body_text(body, "owner", ret_owner, err));
    PB_TRY(http_op_body_text(body, "note", &change->note, err));
    change->has_state = state.ptr != NULL;
    change->has_owner = http_json_member(body, "owner") != NULL;
    change->has_note = http_json_member(body, "note") != NULL;
    PB_TRY(read_day(body, "due", &change->has_due, &change->due, err));
    PB_TRY(read_day(body, "until", &change->has_until, &change->until, err));
    if (!change->has_state || finding_state_parse(state, &change->state))
        return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no state of a finding."), "field", "state",
            "value", PB_ARG(state), NULL);
    pb_error_hint(err, PB_MSG("It takes open, accepted, mended or waived."), NULL);
    return PB_INVALID;
}

pb_status http_oversight_change(http_request *request, http_response *response, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    service_finding_story story;
    finding_change change = {.note = PB_STR_NONE};
    pb_str owner = PB_STR_NONE, tag;
    int64_t n = 0;
    pb_json json;
    PB_TRY(read_one(request, response, &n, &story, err));
    PB_TRY(read_change(request, &change, &owner, err));
    PB_TRY(tag_of(request, &story.finding.item, &tag, err));
    PB_TRY(http_request_match(request, response, tag, true, err));
    service_call call = http_op_call(request);
    pb_status status = service_finding_change(
        request->server->service, &call, request->server->workspace, n, story.finding.item.version,
        &change, owner, request->arena, &story.finding, err);
    if (status == PB_CONFLICT)
        response->status = 412; /* somebody was faster between the two */
    PB_TRY(status);
    PB_TRY(service_controls(request->server->service, &catalogue, err));
    PB_TRY(tag_of(request, &story.finding.item, &tag, err));
    (void)http_response_fresh(request, response, tag); /* puts the tag; nothing is asked here */
    response->status = 200;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_members(request, &json, catalogue, &story.finding);
    pb_json_object_end(&json);
    return PB_OK;
}
