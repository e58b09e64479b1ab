/* Changes of the model, as bodies say them. */
#include "model.h"

#include "../who.h"

#include "service/turns.h"

enum { BODY_MAX = 512 << 10 };

/* The body without what is not said of the model itself. */
static pb_status put_said(const http_request *request, const json_value *body, bool named,
                          pb_str *ret_said, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(BODY_MAX);
    pb_json json;
    pb_json_init(&json, &text, 0);
    pb_json_object(&json);
    for (const json_value *one = body->first; one != NULL; one = one->next) {
        if (pb_str_is(one->key, "why") || (named && pb_str_is(one->key, "name")))
            continue;
        pb_json_key_str(&json, one->key);
        http_json_put(&json, one);
    }
    pb_json_object_end(&json);
    if (text.failed)
        return pb_fail_buffer(&text, PB_MSG("Too much is said of it."), err);
    *ret_said = pb_arena_str(request->arena, pb_buf_str(&text));
    return ret_said->ptr != NULL ? PB_OK : pb_fail_memory(err);
}

/* `labels`: a text a language, or null. */
static pb_status check_labels(const json_value *object, pb_error *err)
{
    static const char *const languages[] = {"en", "zh-CN", "fa"};
    const json_value *labels = http_json_member(object, "labels");
    pb_str text = PB_STR_NONE;
    if (labels == NULL || labels->kind == JSON_NULL)
        return PB_OK;
    if (labels->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("“{value}” must be an object."), "value", "labels",
                       NULL);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        PB_TRY(http_op_body_text(labels, languages[i], &text, err));
    for (const json_value *one = labels->first; one != NULL; one = one->next)
        if (!pb_str_is(one->key, "en") && !pb_str_is(one->key, "zh-CN") &&
            !pb_str_is(one->key, "fa"))
            return pb_fail(err, PB_INVALID, PB_MSG("“{field}” cannot be “{value}”."), "field",
                           "labels", "value", PB_ARG(one->key), NULL);
    return PB_OK;
}

/* What has one kind only, wherever it stands: told by its name before the whole is read as YAML is,
 * where a number would be a text. */
static pb_status check_kinds(const json_value *object, bool of_field, pb_error *err)
{
    static const char *const texts[] = {"label", "plural", "access_as", "help",      "freshness",
                                        "mask",  "match",  "portal",    "history",   "country",
                                        "type",  "to",     "role",      "on_delete", "currency"};
    static const char *const truths[] = {"retired", "open", "many", "search", "title"};
    static const char *const objects[] = {"links", "fields"};
    int64_t number = 0;
    bool truth = false;
    pb_str text = PB_STR_NONE;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        PB_TRY(http_op_body_text(object, texts[i], &text, err));
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        const json_value *value = http_json_member(object, objects[i]);
        if (value != NULL && value->kind != JSON_OBJECT)
            return pb_fail(err, PB_USAGE, PB_MSG("“{value}” must be an object."), "value",
                           objects[i], NULL);
    }
    for (size_t i = 0; i < (of_field ? sizeof truths / sizeof *truths : 1); i++)
        PB_TRY(http_op_body_truth(object, truths[i], &truth, err));
    PB_TRY(http_op_body_number(object, "max_length", &number, err));
    return check_labels(object, err);
}

/* `If-Match: "3"`: the version of the model that the change begins with; absent: any. */
static pb_status read_expected(const http_request *request, http_response *response,
                               int64_t *ret_expected, pb_error *err)
{
    pb_str tag = http_request_header(request, "If-Match");
    *ret_expected = -1;
    if (pb_str_empty(tag) || pb_str_is(tag, "*"))
        return PB_OK;
    pb_str number = tag.len > 2 ? pb_str_sub(tag, 1, tag.len - 2) : PB_STR("");
    if (tag.ptr[0] == '"' && pb_str_ends(tag, PB_STR("\"")) && pb_str_to_i64(number, ret_expected))
        return PB_OK;
    response->status = 412;
    return pb_fail(err, PB_CONFLICT, PB_MSG("“{value}” is no version of the model."), "value",
                   PB_ARG(tag), NULL);
}

static pb_status read_wish(const http_request *request, http_response *response, bool named,
                           service_model_wish *wish, bool *ret_dry_run, pb_error *err)
{
    static const char *const parameters[] = {"dry_run", NULL};
    const json_value *body = NULL;
    pb_str name = PB_STR_NONE;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, parameters, err));
    PB_TRY(http_op_query_truth(request, "dry_run", ret_dry_run, err));
    PB_TRY(read_expected(request, response, &wish->expected, err));
    PB_TRY(http_json_read(request->body, request->arena, &body, err));
    if (body->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("The body must be an object."), NULL);
    PB_TRY(http_op_body_text(body, "why", &wish->why, err));
    PB_TRY(check_kinds(body, request->part_count > 5, err));
    if (named)
        PB_TRY(http_op_body_needed(body, "name", &name, err));
    wish->make = named;
    wish->entity = http_request_part(request, "name");
    wish->field = http_request_part(request, "field");
    if (named && wish->entity.ptr == NULL)
        wish->entity = name;
    else if (named)
        wish->field = name;
    return put_said(request, body, named, &wish->body, err);
}

/* Whoever asks next finds the model as it is now. */
static void take_effect(const http_request *request)
{
    if (request->server->turns != NULL)
        service_turns_renew(request->server->turns, NULL); /* else whoever comes next tries it */
}

static pb_status change(const http_request *request, http_response *response, bool named,
                        pb_error *err)
{
    service_model_wish wish = {.make = named};
    bool dry_run = false;
    int64_t version = 0;
    pb_json json;
    PB_TRY(read_wish(request, response, named, &wish, &dry_run, err));
    service_call call = http_op_call(request);
    pb_status status =
        service_model_put(&call, request->server->workspace, &wish, dry_run, &version, err);
    if (status == PB_CONFLICT)
        response->status = 412;
    PB_TRY(status);
    if (!dry_run)
        take_effect(request);
    response->status = named ? 201 : 200;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "version", version);
    pb_json_member(&json, "entity", wish.entity);
    pb_json_member(&json, "field", wish.field);
    http_op_put_truth(&json, "dry_run", dry_run);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_model_add_entity(http_request *request, http_response *response, pb_error *err)
{
    return change(request, response, true, err);
}

pb_status http_model_change_entity(http_request *request, http_response *response, pb_error *err)
{
    return change(request, response, false, err);
}

pb_status http_model_add_field(http_request *request, http_response *response, pb_error *err)
{
    return change(request, response, true, err);
}

pb_status http_model_change_field(http_request *request, http_response *response, pb_error *err)
{
    return change(request, response, false, err);
}
