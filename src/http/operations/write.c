/* Writing: one record made, changed, looked at before it is made, deleted, brought back. */
#include "../matters/matters.h"
#include "operations.h"

#include <string.h>

static void put_tag(http_response *response, int64_t version)
{
    const char *tag = pb_arena_printf(response->arena, "\"%lld\"", (long long)version);
    if (tag == NULL)
        response->body.failed = true;
    else
        http_response_header(response, "ETag", pb_str_c(tag));
}

static void put_location(const http_request *request, http_response *response, pb_uuid id)
{
    char text[37];
    pb_uuid_text(id, text);
    const char *place = pb_arena_printf(response->arena, "/api/v1/%.*s/%s",
                                        PB_STR_FMT(http_request_part(request, "entity")), text);
    if (place == NULL)
        response->body.failed = true;
    else
        http_response_header(response, "Location", pb_str_c(place));
}

pb_str http_op_whole(const http_request *request)
{
    const char *whole = pb_arena_printf(request->arena, "%s %s %.*s\n", request->route->operation,
                                        http_method_name(request->method),
                                        PB_STR_FMT(http_request_part(request, "entity")));
    char *all = whole == NULL
                    ? NULL
                    : pb_arena_alloc(request->arena, strlen(whole) + request->body.len + 1);
    if (all == NULL)
        return PB_STR_NONE;
    memcpy(all, whole, strlen(whole));
    if (request->body.len > 0)
        memcpy(all + strlen(whole), request->body.ptr, request->body.len);
    return pb_str_n(all, strlen(whole) + request->body.len);
}

/* ---- create ---- */

/* The answer to a created record: kept as it is for who sends the request again. */
static pb_status answer_created(void *context, const service_written *written, pb_buf *out,
                                pb_error *err)
{
    pb_json json;
    (void)context;
    (void)err;
    pb_json_init(&json, out, 0);
    pb_json_object(&json);
    pb_json_key(&json, "record");
    http_op_put_record(&json, &written->record, NULL);
    http_op_put_likely(&json, &written->entered);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_op_body_duplicates(const json_value *body, record_duplicates *ret, pb_error *err)
{
    static const char *const words[] = {"ignore", "declared", "warn", "refuse"};
    const json_value *value = http_json_member(body, "duplicates");
    *ret = RECORD_DUPLICATES_DECLARED;
    if (value == NULL)
        return PB_OK;
    for (size_t i = 0; value->kind == JSON_TEXT && i < sizeof words / sizeof *words; i++)
        if (pb_str_is(value->text, words[i])) {
            *ret = (record_duplicates)i;
            return PB_OK;
        }
    pb_fail(err, PB_USAGE, PB_MSG("“duplicates” cannot be “{value}”."), "value",
            PB_ARG(value->text), NULL);
    pb_error_hint(err, PB_MSG("It takes ignore, declared, warn or refuse."), NULL);
    return PB_USAGE;
}

/* Reads the body and writes the record; a refusal is answered here, `*ret_refused`. */
static pb_status put_record(http_request *request, http_response *response,
                            const model_entity *entity, service_write *write,
                            service_written *ret_written, bool *ret_refused, pb_error *err)
{
    static const char *const names[] = {"fields", "duplicates", "provenance", NULL};
    const json_value *body = NULL;
    http_op_inputs in;
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_read_fields(entity, http_json_member(body, "fields"), request->arena, &in, err));
    PB_TRY(http_provenance_read(request, entity, body, write, &in, err));
    PB_TRY(http_op_body_duplicates(body, &write->duplicates, err));
    *ret_refused = in.problem_count > 0;
    if (*ret_refused) {
        http_op_refuse(request, response, entity, in.problems, in.problem_count, NULL);
        return PB_OK;
    }
    write->entity = entity;
    write->inputs = in.inputs;
    write->count = in.count;
    service_call call = http_op_call(request);
    *ret_written = (service_written){.created = false};
    pb_status status =
        service_put(&call, request->server->workspace, write, request->arena, ret_written, err);
    const service_entered *entered = &ret_written->entered;
    *ret_refused = status == PB_INVALID && entered->problem_count > 0;
    if (!*ret_refused)
        return status;
    http_op_refuse(request, response, entity, entered->problems, entered->problem_count, entered);
    return PB_OK;
}

/* From the answer: `{"record":{"id":"…`. */
static bool answered_id(pb_str answer, pb_uuid *ret)
{
    size_t at = pb_str_find(answer, PB_STR("\"id\":\""));
    return at != SIZE_MAX && pb_uuid_parse(pb_str_sub(answer, at + 6, 36), ret);
}

pb_status http_op_create(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_once once = {.key = http_request_header(request, "Idempotency-Key"),
                         .answer = answer_created};
    service_write write = {.once = &once};
    service_written written;
    bool refused = false;
    pb_uuid id;
    PB_TRY(http_op_entity(request, response, &entity, err));
    once.request = http_op_whole(request);
    if (once.request.ptr == NULL)
        return pb_fail_memory(err);
    PB_TRY(put_record(request, response, entity, &write, &written, &refused, err));
    if (refused)
        return PB_OK;
    response->status = 201;
    if (written.answer.ptr != NULL)
        pb_buf_add(&response->body, written.answer);
    else
        PB_TRY(answer_created(NULL, &written, &response->body, err));
    if (answered_id(pb_buf_str(&response->body), &id))
        put_location(request, response, id);
    if (written.answer.ptr == NULL)
        put_tag(response, written.record.record.version);
    else
        http_response_header(response, "Idempotency-Replayed", PB_STR("true"));
    return PB_OK;
}

pb_status http_op_check(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_write write = {.dry_run = true};
    service_written written;
    bool refused = false;
    pb_json json;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(put_record(request, response, entity, &write, &written, &refused, err));
    if (refused)
        return PB_OK;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_likely(&json, &written.entered);
    pb_json_object_end(&json);
    return PB_OK;
}

/* ---- change ---- */

/* The version that If-Match names: the change must find it. Compared with the record as it is, so
 * that lists of tags and `*` mean what they say; a change in between is a conflict. */
static pb_status match_version(const http_request *request, http_response *response,
                               const model_entity *entity, pb_uuid id, int64_t *ret_version,
                               pb_error *err)
{
    service_call call = http_op_call(request);
    service_record record;
    char tag[24];
    PB_TRY(
        service_read(&call, request->server->workspace, entity, id, request->arena, &record, err));
    (void)snprintf(tag, sizeof tag, "%lld", (long long)record.record.version);
    *ret_version = record.record.version;
    return http_request_match(request, response, pb_str_c(tag), true, err);
}

static pb_status find_version(http_request *request, http_response *response,
                              const model_entity **ret_entity, pb_uuid *ret_id,
                              int64_t *ret_version, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_op_entity(request, response, ret_entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_record_id(request, *ret_entity, ret_id, err));
    return match_version(request, response, *ret_entity, *ret_id, ret_version, err);
}

static void put_one(http_response *response, const service_record *record)
{
    pb_json json;
    put_tag(response, record->record.version);
    pb_json_init(&json, &response->body, 0);
    http_op_put_record(&json, record, NULL);
}

pb_status http_op_change(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_write write = {.count = 0};
    service_written written;
    bool refused = false;
    pb_uuid id;
    PB_TRY(find_version(request, response, &entity, &id, &write.expected_version, err));
    write.change = &id;
    pb_status status = put_record(request, response, entity, &write, &written, &refused, err);
    if (status == PB_CONFLICT)
        response->status = 412; /* somebody was faster, since the version was looked at */
    PB_TRY(status);
    if (!refused)
        put_one(response, &written.record);
    return PB_OK;
}

static void put_cell(pb_json *json, const char *key, const service_record *seen,
                     const model_field *field)
{
    const record_data *record = &seen->record;
    size_t i = field->index;
    pb_json_key(json, key);
    if (service_right(seen, field) == IDENTITY_HIDDEN)
        pb_json_null(json);
    else
        http_op_put_value(json, field, record->values[i], record->refs[i], record->currencies[i]);
}

static void put_changes(pb_json *json, const service_written *written)
{
    pb_json_key(json, "changes");
    pb_json_array(json);
    for (size_t i = 0; i < written->change_count; i++) {
        const model_field *field = written->changes[i];
        pb_json_object(json);
        pb_json_member(json, "field", field->name);
        put_cell(json, "before", &written->before, field);
        put_cell(json, "after", &written->record, field);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

/* All that a change goes through, up to the commit. */
pb_status http_op_check_change(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_write write = {.dry_run = true};
    service_written written;
    bool refused = false;
    pb_json json;
    pb_uuid id;
    PB_TRY(find_version(request, response, &entity, &id, &write.expected_version, err));
    write.change = &id;
    pb_status status = put_record(request, response, entity, &write, &written, &refused, err);
    if (status == PB_CONFLICT)
        response->status = 412;
    PB_TRY(status);
    if (refused)
        return PB_OK;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "version", write.expected_version);
    put_changes(&json, &written);
    http_op_put_likely(&json, &written.entered);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_op_remove(http_request *request, http_response *response, pb_error *err)
{
    const model_entity *entity = NULL;
    service_record record;
    int64_t version = 0;
    pb_uuid id;
    PB_TRY(find_version(request, response, &entity, &id, &version, err));
    service_call call = http_op_call(request);
    PB_TRY(service_remove(&call, request->server->workspace, entity, id, version, false,
                          request->arena, &record, err));
    put_one(response, &record);
    return PB_OK;
}

pb_status http_op_restore(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const model_entity *entity = NULL;
    service_record record;
    pb_uuid id;
    PB_TRY(http_op_entity(request, response, &entity, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_op_record_id(request, entity, &id, err));
    service_call call = http_op_call(request);
    PB_TRY(service_remove(&call, request->server->workspace, entity, id, 0, true, request->arena,
                          &record, err));
    put_one(response, &record);
    return PB_OK;
}
