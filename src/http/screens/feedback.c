/* What people report of the program, and what they are answered. */
#include "screens.h"

#include "../oversight/oversight.h"
#include "../who.h"

#include "service/feedback.h"

#define JSON "application/json"
enum { USUAL = 50, MOST = 200, SMALL = 64 << 10 };

/* ---- told ---- */

static void put_item(pb_json *json, const service_feedback_seen *seen)
{
    const identity_feedback *item = &seen->item;
    pb_json_object(json);
    pb_json_member_i64(json, "message", item->n);
    pb_json_member(json, "kind", pb_str_c(identity_feedback_kinds[item->kind]));
    pb_json_member(json, "state", pb_str_c(identity_feedback_states[item->state]));
    pb_json_member(json, "text", item->text);
    pb_json_member(json, "page", item->page);
    pb_json_member(json, "author", seen->author);
    http_op_put_truth(json, "own", seen->own);
    http_op_put_moment(json, "at", item->at_us);
    pb_json_member(json, "answer", item->answer);
    pb_json_member(json, "answered_by", item->answered_by);
    http_op_put_moment(json, "answered_at", item->answered_us);
    pb_json_member_i64(json, "version", item->version);
    pb_json_object_end(json);
}

static pb_str tag_of(const http_request *request, const service_feedback_seen *seen)
{
    char *tag = pb_arena_printf(request->arena, "%lld", (long long)seen->item.version);
    return tag == NULL ? PB_STR("") : pb_str_c(tag);
}

static void answer(const http_request *request, http_response *response,
                   const service_feedback_seen *seen)
{
    pb_json json;
    if (http_response_fresh(request, response, tag_of(request, seen)))
        return;
    pb_json_init(&json, &response->body, 0);
    put_item(&json, seen);
}

/* Which of `words` a text is; -1 where it is absent. */
static pb_status read_word(pb_str text, const char *field, const char *const *words, int count,
                           int *ret_at, pb_error *err)
{
    size_t at;
    *ret_at = -1;
    if (text.ptr == NULL)
        return PB_OK;
    PB_TRY(http_op_word(text, field, words, (size_t)count, NULL, &at, err));
    *ret_at = (int)at;
    return PB_OK;
}

static pb_status read_state(pb_str text, int *ret_state, pb_error *err)
{
    return read_word(text, "state", identity_feedback_states, IDENTITY_FEEDBACK_STATES, ret_state,
                     err);
}

static pb_status read_kind(pb_str text, int *ret_kind, pb_error *err)
{
    return read_word(text, "kind", identity_feedback_kinds, IDENTITY_FEEDBACK_KINDS, ret_kind, err);
}

static pb_status read_wish(const http_request *request, identity_feedback_wish *wish, bool *ret_all,
                           pb_error *err)
{
    static const char *const names[] = {"all", "state", "kind", "below", "limit", NULL};
    int64_t below = INT64_MAX, most = USUAL;
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_truth(request, "all", ret_all, err));
    PB_TRY(read_state(http_request_query(request, "state"), &wish->state, err));
    PB_TRY(read_kind(http_request_query(request, "kind"), &wish->kind, err));
    PB_TRY(http_op_query_number(request, "below", &below, err));
    PB_TRY(http_op_query_number(request, "limit", &most, err));
    if (most < 1 || most > MOST)
        return pb_fail(err, PB_INVALID, PB_MSG("“{parameter}” takes 1 to {most}, not {value}."),
                       "parameter", "limit", "most", PB_ARG_INT(MOST), "value", PB_ARG_INT(most),
                       NULL);
    wish->below = below;
    wish->most = (size_t)most;
    return PB_OK;
}

static void put_counts(pb_json *json,
                       uint64_t counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES])
{
    pb_json_key(json, "counts");
    pb_json_array(json);
    for (size_t k = 0; k < IDENTITY_FEEDBACK_KINDS; k++)
        for (size_t s = 0; s < IDENTITY_FEEDBACK_STATES; s++) {
            if (counts[k][s] == 0)
                continue;
            pb_json_object(json);
            pb_json_member(json, "kind", pb_str_c(identity_feedback_kinds[k]));
            pb_json_member(json, "state", pb_str_c(identity_feedback_states[s]));
            pb_json_member_i64(json, "count", (int64_t)counts[k][s]);
            pb_json_object_end(json);
        }
    pb_json_array_end(json);
}

static pb_status list_messages(http_request *request, http_response *response, pb_error *err)
{
    uint64_t counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES];
    identity_feedback_wish wish = {0};
    service_feedback_seen *items = NULL;
    size_t count = 0;
    bool all = false;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_wish(request, &wish, &all, err));
    service_call call = http_op_call(request);
    db_workspace *workspace = request->server->workspace;
    PB_TRY(service_feedback_list(&call, workspace, all, wish, request->arena, &items, &count, err));
    if (all)
        PB_TRY(service_feedback_count(&call, workspace, counts, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "messages");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_item(&json, &items[i]);
    pb_json_array_end(&json);
    if (all)
        put_counts(&json, counts);
    pb_json_key(&json, "next");
    if (count == wish.most && count > 0)
        pb_json_i64(&json, items[count - 1].item.n);
    else
        pb_json_null(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

static pb_status read_message(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    service_feedback_seen seen;
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "message", &n, err));
    service_call call = http_op_call(request);
    PB_TRY(service_feedback_read(&call, request->server->workspace, n, request->arena, &seen, err));
    answer(request, response, &seen);
    return PB_OK;
}

/* ---- written ---- */

static pb_status give_message(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL}, *const names[] = {"kind", "text", "page", NULL};
    const json_value *body = NULL;
    identity_feedback item = {.page = PB_STR_NONE};
    service_feedback_seen seen;
    pb_str kind;
    int at = -1;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_needed(body, "kind", &kind, err));
    PB_TRY(read_kind(kind, &at, err));
    PB_TRY(http_op_body_needed(body, "text", &item.text, err));
    PB_TRY(http_op_body_text(body, "page", &item.page, err));
    item.kind = (identity_feedback_kind)at;
    service_call call = http_op_call(request);
    PB_TRY(
        service_feedback_give(&call, request->server->workspace, item, request->arena, &seen, err));
    answer(request, response, &seen);
    response->status = 201;
    return PB_OK;
}

static pb_status change_message(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL}, *const names[] = {"state", "answer", "text", NULL};
    const json_value *body = NULL;
    service_feedback_change change = {.answer = PB_STR_NONE, .text = PB_STR_NONE};
    service_feedback_seen seen;
    pb_str state = PB_STR_NONE;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_oversight_number(request, "message", &change.n, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_text(body, "state", &state, err));
    PB_TRY(read_state(state, &change.state, err));
    PB_TRY(http_op_body_text(body, "answer", &change.answer, err));
    PB_TRY(http_op_body_text(body, "text", &change.text, err));
    service_call call = http_op_call(request);
    PB_TRY(service_feedback_read(&call, request->server->workspace, change.n, request->arena, &seen,
                                 err));
    PB_TRY(http_request_match(request, response, tag_of(request, &seen), true, err));
    change.version = seen.item.version;
    PB_TRY(service_feedback_put(&call, request->server->workspace, &change, request->arena, &seen,
                                err));
    answer(request, response, &seen);
    return PB_OK;
}

/* ---- described ---- */

const http_route http_feedback_routes[] = {
    {HTTP_GET, "/api/v1/feedback", "listFeedback",
     PB_MSG("Lists what people reported of the program, one's own or all"), list_messages,
     HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/api/v1/feedback", "giveFeedback",
     PB_MSG("Reports trouble, a wish, a question or praise"), give_message, HTTP_BLOCKS, JSON, NULL,
     SMALL},
    {HTTP_GET, "/api/v1/feedback/{message}", "readFeedback",
     PB_MSG("Reads what somebody reported, and the answer"), read_message, HTTP_BLOCKS, NULL, NULL,
     0},
    {HTTP_PATCH, "/api/v1/feedback/{message}", "changeFeedback",
     PB_MSG("Answers it, says what became of it, or adds to one's own"), change_message,
     HTTP_BLOCKS, JSON, NULL, SMALL},
    {0},
};

static const http_about operations[] = {
    {"listFeedback", "all state kind below limit", NULL, NULL, "Feedback", "200 400 401 403 422",
     NULL},
    {"giveFeedback", NULL, NULL, "FeedbackNew", "FeedbackMessage", "201 400 401 403 413 422", NULL},
    {"readFeedback", NULL, "If-None-Match", NULL, "FeedbackMessage", "200 304 400 401 403 404",
     NULL},
    {"changeFeedback", NULL, "If-Match", "FeedbackChange", "FeedbackMessage",
     "200 400 401 403 404 412 422 428", NULL},
    {0},
};

static const http_parameter parameters[] = {
    {"all", PB_MSG("Of everybody, for who answers them"), "boolean", NULL, false},
    {"state", PB_MSG("Only those in this state"), "string", NULL, false},
    {"kind", PB_MSG("Only those of this kind"), "string", NULL, false},
    {"below", PB_MSG("Only those with smaller numbers: `next` of the page before"), "integer", NULL,
     false},
    {"limit", PB_MSG("So many at most"), "integer", NULL, false},
    {0},
};

static const http_schema schemas[] = {
    {"Feedback", "messages:[FeedbackMessage] counts?:[FeedbackCount] next:integer?"},
    {"FeedbackMessage",
     "message:integer kind=trouble|wish|question|praise state=open|answered|planned|done|declined "
     "text:string page:string? author:string? own:boolean at:date-time answer:string? "
     "answered_by:string? answered_at:date-time? version:integer"},
    {"FeedbackCount", "kind:string state:string count:integer"},
    {"FeedbackNew", "kind=trouble|wish|question|praise text:string page?:string?"},
    {"FeedbackChange", "state?=open|answered|planned|done|declined? answer?:string? text?:string?"},
    {0},
};

const http_description http_feedback_description = {"feedback", operations, parameters, schemas,
                                                    NULL};
