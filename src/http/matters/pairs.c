/* Records that are likely one: the queue, the pairs of a record, two side by side, decisions. */
#include "matters.h"

#include "service/pairs.h"

enum { REASON_MOST = 1000 };

/* ---- told ---- */

static void put_agreements(pb_json *json, const service_pair *pair, bool weights)
{
    pb_json_key(json, "compared");
    pb_json_array(json);
    for (size_t i = 0; i < pair->agreement_count; i++) {
        pb_json_object(json);
        pb_json_member(json, "field", pair->agreements[i].field->name);
        pb_json_member(json, "level", pair->agreements[i].level);
        if (weights) {
            pb_json_key(json, "weight");
            pb_json_double(json, pair->agreements[i].weight);
        }
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
    http_op_put_truth(json, "more_compared", pair->more_compared);
}

static void put_sure(pb_json *json, const service_pair *pair)
{
    pb_json_key(json, "sure");
    if (pair->sure_told)
        pb_json_double(json, pair->sure);
    else
        pb_json_null(json);
}

static void put_decision(pb_json *json, const record_pair *pair)
{
    pb_json_member(json, "state", pb_str_c(record_decision_word(pair->state)));
    pb_json_member_i64(json, "number", pair->number);
    http_op_put_moment(json, "found_at", pair->at_us);
    pb_json_member(json, "found_by", pair->by);
    pb_json_member(json, "decided_by", pair->decided_by);
    http_op_put_moment(json, "decided_at", pair->decided_us == 0 ? INT64_MIN : pair->decided_us);
    pb_json_member(json, "reason", pair->reason);
}

static void put_pair(pb_json *json, const service_pair *pair, bool side_by_side)
{
    pb_json_object(json);
    pb_json_key(json, "left");
    http_op_put_record(json, &pair->left, NULL);
    pb_json_key(json, "right");
    http_op_put_record(json, &pair->right, NULL);
    put_sure(json, pair);
    put_agreements(json, pair, side_by_side);
    http_op_put_truth(json, "queued", pair->queued);
    if (pair->queued)
        put_decision(json, &pair->pair);
    pb_json_object_end(json);
}

/* ---- the queue ---- */

static pb_status read_state(const http_request *request, service_pairs_ask *ask, pb_error *err)
{
    pb_str text = http_request_query(request, "state");
    ask->state = RECORD_OPEN;
    ask->any_state = pb_str_is(text, "all");
    return text.ptr == NULL || ask->any_state || record_decision_parse(text, &ask->state)
               ? PB_OK
               : http_op_fail_value("state", text,
                                    PB_MSG("It takes open, same, different, unsure or all."), err);
}

static pb_status list(http_request *request, http_response *response, service_pairs_ask *ask,
                      pb_error *err)
{
    static const char *const names[] = {"state", "after", "limit", NULL};
    service_pair *pairs = NULL;
    size_t count = 0;
    int64_t next = 0, limit = SERVICE_PAIRS_USUAL;
    pb_json json;
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(read_state(request, ask, err));
    PB_TRY(http_op_query_number(request, "after", &ask->after, err));
    PB_TRY(http_op_query_number(request, "limit", &limit, err));
    if (limit > SERVICE_PAIRS_MOST)
        return http_op_fail_value("limit", http_request_query(request, "limit"),
                                  PB_MSG("It takes 1 to 200."), err);
    ask->limit = (size_t)limit;
    service_call call = http_op_call(request);
    PB_TRY(service_pairs(&call, request->server->workspace, ask, request->arena, &pairs, &count,
                         &next, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "pairs");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_pair(&json, &pairs[i], false);
    pb_json_array_end(&json);
    pb_json_key(&json, "next");
    if (next == 0)
        pb_json_null(&json);
    else
        pb_json_i64(&json, next);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_pairs_list(http_request *request, http_response *response, pb_error *err)
{
    service_pairs_ask ask = {.limit = 0};
    PB_TRY(http_op_entity(request, response, &ask.entity, err));
    return list(request, response, &ask, err);
}

pb_status http_pairs_of(http_request *request, http_response *response, pb_error *err)
{
    service_pairs_ask ask = {.limit = 0};
    pb_uuid id;
    PB_TRY(http_op_entity(request, response, &ask.entity, err));
    PB_TRY(http_op_record_id(request, ask.entity, &id, err));
    ask.record = &id;
    return list(request, response, &ask, err);
}

/* ---- one pair ---- */

static pb_status parse_id(const model_entity *entity, pb_str text, pb_uuid *ret_id, pb_error *err)
{
    if (pb_uuid_parse(text, ret_id))
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} with the id {id}."),
                   "entity", PB_ARG(entity->label), "id", PB_ARG(text), NULL);
}

static pb_status read_both(const http_request *request, http_response *response,
                           const model_entity **ret_entity, pb_uuid *ret_a, pb_uuid *ret_b,
                           pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_op_entity(request, response, ret_entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_record_id(request, *ret_entity, ret_a, err));
    return parse_id(*ret_entity, http_request_part(request, "other"), ret_b, err);
}

static pb_status show(http_request *request, http_response *response, const model_entity *entity,
                      pb_uuid a, pb_uuid b, pb_error *err)
{
    service_pair pair;
    pb_json json;
    service_call call = http_op_call(request);
    PB_TRY(service_pair_show(&call, request->server->workspace, entity, a, b, request->arena, &pair,
                             err));
    pb_json_init(&json, &response->body, 0);
    put_pair(&json, &pair, true);
    return PB_OK;
}

pb_status http_pairs_show(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    pb_uuid a, b;
    PB_TRY(read_both(request, response, &entity, &a, &b, err));
    return show(request, response, entity, a, b, err);
}

/* ---- deciding ---- */

static pb_status read_decision(const json_value *body, record_decision *ret_decision,
                               pb_str *ret_reason, pb_error *err)
{
    const json_value *decision = http_json_member(body, "decision");
    const json_value *reason = http_json_member(body, "reason");
    bool good = decision != NULL && decision->kind == JSON_TEXT &&
                record_decision_parse(decision->text, ret_decision);
    if (!good) {
        pb_fail(err, PB_USAGE, PB_MSG("“decision” cannot be “{value}”."), "value",
                decision == NULL ? "" : PB_ARG(decision->text), NULL);
        pb_error_hint(err, PB_MSG("It takes same, different, unsure, or open to take it back."),
                      NULL);
        return PB_USAGE;
    }
    *ret_reason = PB_STR("");
    if (reason == NULL || reason->kind == JSON_NULL)
        return PB_OK;
    if (reason->kind != JSON_TEXT || reason->text.len > REASON_MOST)
        return pb_fail(err, PB_USAGE, PB_MSG("“reason” must be a text of at most {count} bytes."),
                       "count", PB_ARG_INT(REASON_MOST), NULL);
    *ret_reason = reason->text;
    return PB_OK;
}

pb_status http_pairs_decide(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"decision", "reason", NULL};
    const model_entity *entity = NULL;
    const json_value *body = NULL;
    record_decision decision = RECORD_OPEN;
    pb_str reason;
    pb_uuid a, b;
    PB_TRY(read_both(request, response, &entity, &a, &b, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(read_decision(body, &decision, &reason, err));
    service_call call = http_op_call(request);
    PB_TRY(service_pair_decide(&call, request->server->workspace, entity, a, b, decision, reason,
                               err));
    return show(request, response, entity, a, b, err);
}

static pb_status decide_row(const http_request *request, const model_entity *entity,
                            const json_value *row, pb_error *err)
{
    static const char *const names[] = {"left", "right", "decision", "reason", NULL};
    const json_value *left = http_json_member(row, "left"), *right = http_json_member(row, "right");
    record_decision decision = RECORD_OPEN;
    pb_str reason;
    pb_uuid a, b;
    if (row->kind != JSON_OBJECT || left == NULL || right == NULL || left->kind != JSON_TEXT ||
        right->kind != JSON_TEXT)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("A decision needs “left” and “right”, the ids of two records."),
                       NULL);
    PB_TRY(http_op_check_members(row, names, err));
    PB_TRY(read_decision(row, &decision, &reason, err));
    PB_TRY(parse_id(entity, left->text, &a, err));
    PB_TRY(parse_id(entity, right->text, &b, err));
    service_call call = http_op_call(request);
    return service_pair_decide(&call, request->server->workspace, entity, a, b, decision, reason,
                               err);
}

pb_status http_pairs_decide_many(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"decisions", NULL};
    static const char *const none[] = {NULL};
    const model_entity *entity = NULL;
    const json_value *body = NULL;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    const json_value *rows = http_json_member(body, "decisions");
    if (rows == NULL || rows->kind != JSON_LIST || rows->count == 0 ||
        rows->count > OPERATIONS_ROWS_MOST)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("The body needs a list “decisions” of 1 to {count} objects."),
                       "count", PB_ARG_INT(OPERATIONS_ROWS_MOST), NULL);
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "rows");
    pb_json_array(&json);
    for (const json_value *row = rows->first; row != NULL; row = row->next) {
        pb_error why = {0};
        pb_status status = decide_row(request, entity, row, &why);
        if (status != PB_OK && !http_op_is_rows_own(status)) {
            *err = why;
            return status;
        }
        if (status == PB_OK)
            pb_json_whole(&json, PB_STR("{\"status\":200}"));
        else
            http_op_put_failure(&json, request, status, &why);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
