/* Refused records: everything that is wrong at once, each with its field, its value and the mend.
 */
#include "operations.h"

static void put_says(pb_json *json, const http_request *request, const record_problem *problem)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_error says = {0};
    pb_argbuf value;
    char id[512];
    (void)snprintf(id, sizeof id, "%.*s", PB_STR_FMT(problem->says));
    pb_fail(&says, PB_INVALID, id, "value", pb_arg_str(&value, problem->value), "field",
            problem->field == NULL ? "" : PB_ARG(problem->field->label), NULL);
    pb_error_render(&says, &says.primary, request->catalog, &text);
    pb_json_member(json, "says", pb_buf_str(&text));
}

static void put_problem(pb_json *json, const http_request *request, const record_problem *problem)
{
    pb_json_object(json);
    pb_json_member(json, "field", problem->field == NULL ? PB_STR_NONE : problem->field->name);
    pb_json_member(json, "value", problem->value);
    put_says(json, request, problem);
    pb_json_object_end(json);
}

void http_op_put_likely(pb_json *json, const service_entered *entered)
{
    pb_json_key(json, "likely");
    pb_json_array(json);
    for (size_t i = 0; i < entered->likely_count; i++) {
        char id[37];
        pb_uuid_text(entered->likely[i].id, id);
        pb_json_object(json);
        pb_json_member(json, "id", pb_str_c(id));
        pb_json_member(json, "called", entered->likely[i].called);
        pb_json_key(json, "sure");
        pb_json_double(json, entered->likely[i].sure);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

void http_op_put_problems(pb_json *json, const http_request *request, const model_entity *entity,
                          const record_problem *problems, size_t count)
{
    PB_AUTO_BUF title = PB_BUF_INIT(4096);
    pb_error says = {0};
    pb_fail(&says, PB_INVALID, PB_MSG("The record of {entity} was refused."), "entity",
            PB_ARG(entity->label), NULL);
    pb_error_render(&says, &says.primary, request->catalog, &title);
    pb_json_member(json, "type", PB_STR("urn:probity:problem:invalid"));
    pb_json_member(json, "title", pb_buf_str(&title));
    pb_json_member_i64(json, "status", 422);
    if (count > 0 && problems[0].field != NULL)
        pb_json_member(json, "field", problems[0].field->name);
    pb_json_key(json, "problems");
    pb_json_array(json);
    for (size_t i = 0; i < count; i++)
        put_problem(json, request, &problems[i]);
    pb_json_array_end(json);
}

void http_op_refuse(const http_request *request, http_response *response,
                    const model_entity *entity, const record_problem *problems, size_t count,
                    const service_entered *entered)
{
    pb_json json;
    pb_buf_clear(&response->body);
    response->status = 422;
    response->type = "application/problem+json";
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_problems(&json, request, entity, problems, count);
    if (entered != NULL)
        http_op_put_likely(&json, entered);
    pb_json_member(&json, "request", pb_str_c(request->id));
    pb_json_object_end(&json);
}
