/* Access reviews: begun, told, decided item by item. */
#include "rights.h"

#include "../who.h"
#include "service/attest.h"

static void put_end(pb_json *json, const char *key, int64_t us)
{
    http_op_put_moment(json, key, us == IDENTITY_OPEN ? INT64_MIN : us);
}

static void put_review(pb_json *json, const http_request *request, const identity_review *review)
{
    bool open = review->closed_us == IDENTITY_OPEN;
    pb_json_member_i64(json, "review", review->n);
    http_op_put_moment(json, "from", review->from_us);
    http_op_put_moment(json, "due", review->due_us);
    put_end(json, "closed", review->closed_us);
    http_op_put_truth(json, "overdue", open && review->due_us < request->now_us);
    pb_json_member(json, "by", review->by);
    pb_json_member(json, "why", review->why);
    for (int i = 0; i < IDENTITY_VERDICTS; i++)
        pb_json_member_i64(json, identity_verdict_word((identity_verdict)i),
                           (int64_t)review->counts[i]);
}

static void put_apart(pb_json *json, pb_str names)
{
    pb_str rest = names, one;
    pb_json_key(json, "apart");
    pb_json_array(json);
    while (rest.len > 0 && pb_str_split(&rest, ' ', &one))
        pb_json_str(json, one);
    pb_json_array_end(json);
}

static void put_item(pb_json *json, const identity_review_item *item)
{
    pb_json_object(json);
    pb_json_member_i64(json, "item", item->n);
    http_op_put_uuid(json, "user", item->user);
    pb_json_member(json, "name", item->name);
    pb_json_member(json, "role", item->role_name);
    http_op_put_moment(json, "since", item->since_us);
    http_op_put_moment(json, "used", item->used_us);
    http_op_put_moment(json, "seen", item->seen_us);
    put_apart(json, item->apart);
    pb_json_member(json, "state", pb_str_c(identity_verdict_word(item->verdict)));
    http_op_put_moment(json, "decided", item->decided_us);
    pb_json_member(json, "decided_by", item->decided_by);
    pb_json_member(json, "why", item->reason);
    pb_json_object_end(json);
}

static pb_status begin(const http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    return http_op_check_query(request, none, err);
}

static pb_status read_number(const http_request *request, const char *part, int64_t *ret,
                             pb_error *err)
{
    pb_str text = http_request_part(request, part);
    return pb_str_to_i64(text, ret) && *ret > 0
               ? PB_OK
               : pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no review {value}."), "value",
                         PB_ARG(text), NULL);
}

pb_status http_rights_reviews(http_request *request, http_response *response, pb_error *err)
{
    identity_review *reviews = NULL;
    size_t count = 0;
    pb_json json;
    PB_TRY(begin(request, response, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_attest_list(&call, request->server->workspace, request->arena, &reviews, &count,
                               err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "reviews");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        put_review(&json, request, &reviews[i]);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status read_wish(const http_request *request, service_attest_wish *wish, pb_error *err)
{
    static const char *const names[] = {"due", "roles", "why", NULL};
    const json_value *body;
    pb_str due = PB_STR_NONE;
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_needed(body, "due", &due, err));
    PB_TRY(http_op_body_instant(body, "due", &wish->due_us, err));
    PB_TRY(http_op_body_texts(body, "roles", request->arena, &wish->roles, &wish->role_count, err));
    return http_op_body_text(body, "why", &wish->why, err);
}

pb_status http_rights_review_start(http_request *request, http_response *response, pb_error *err)
{
    service_attest_wish wish = {.due_us = 0};
    identity_review review;
    pb_json json;
    PB_TRY(begin(request, response, err));
    PB_TRY(read_wish(request, &wish, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_attest_start(&call, request->server->workspace, &wish, request->arena, &review,
                                err));
    const char *place =
        pb_arena_printf(request->arena, "/api/v1/access-reviews/%lld", (long long)review.n);
    if (place == NULL)
        return pb_fail_memory(err);
    http_response_header(response, "Location", pb_str_c(place));
    response->status = 201;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_review(&json, request, &review);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_rights_review(http_request *request, http_response *response, pb_error *err)
{
    identity_review review;
    identity_review_item *items = NULL;
    size_t count = 0;
    int64_t n = 0;
    pb_json json;
    PB_TRY(begin(request, response, err));
    PB_TRY(read_number(request, "review", &n, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_attest_read(&call, request->server->workspace, n, request->arena, &review,
                               &items, &count, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    put_review(&json, request, &review);
    pb_json_key(&json, "items");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_item(&json, &items[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status decide(http_request *request, http_response *response, bool revoke, pb_error *err)
{
    static const char *const names[] = {"why", NULL};
    identity_review_item decided;
    const json_value *body;
    int64_t review = 0, item = 0;
    pb_str why = PB_STR_NONE;
    pb_json json;
    PB_TRY(begin(request, response, err));
    PB_TRY(read_number(request, "review", &review, err));
    PB_TRY(read_number(request, "item", &item, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_text(body, "why", &why, err));
    const service_call call = http_op_call(request);
    PB_TRY(service_attest_decide(&call, request->server->workspace, review, item, revoke, why,
                                 request->arena, &decided, err));
    pb_json_init(&json, &response->body, 0);
    put_item(&json, &decided);
    return PB_OK;
}

pb_status http_rights_confirm(http_request *request, http_response *response, pb_error *err)
{
    return decide(request, response, false, err);
}

pb_status http_rights_revoke(http_request *request, http_response *response, pb_error *err)
{
    return decide(request, response, true, err);
}
