/* The catalogue of controls over HTTP: what is asked, how grave it is, what is let pass. */
#include "oversight.h"

#include "report/control.h"

static void put_control(const http_request *request, pb_json *json, const audit_control *control,
                        bool whole)
{
    pb_json_object(json);
    report_control_put_head(json, control);
    pb_json_member(json, "entity", control->entity != NULL ? control->entity->name : PB_STR_NONE);
    pb_json_member(json, "field", control->field != NULL ? control->field->name : PB_STR_NONE);
    pb_json_member(json, "limit_of", control->pass_share ? PB_STR("share") : PB_STR("count"));
    pb_json_key(json, "limit");
    pb_json_double(json, control->pass_limit);
    pb_json_key(json, "limit_shipped");
    pb_json_double(json, control->limit_shipped);
    http_op_put_truth(json, "limit_set", control->limit_set);
    http_op_put_truth(json, "waivable", control->waivable);
    report_control_put_words(json, request->catalog, control, whole);
    pb_json_object_end(json);
}

static bool is_or_open(pb_str wanted, pb_str found)
{
    return wanted.ptr == NULL || pb_str_eq(wanted, found);
}

static bool fits(const http_request *request, const audit_control *control)
{
    return is_or_open(http_request_query(request, "id"), control->id) &&
           is_or_open(http_request_query(request, "area"), control->area) &&
           is_or_open(http_request_query(request, "grade"),
                      pb_str_c(model_grade_name(control->grade))) &&
           is_or_open(http_request_query(request, "entity"),
                      control->entity != NULL ? control->entity->name : PB_STR("")) &&
           service_audit_sees(&(service_call){.who = request->who}, control);
}

pb_status http_oversight_controls(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"id", "area", "grade", "entity", "whole", NULL};
    const audit_catalogue *catalogue = NULL;
    bool whole = false;
    pb_json json;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    PB_TRY(http_op_query_truth(request, "whole", &whole, err));
    service_call call = http_op_call(request);
    PB_TRY(service_audit_controls(request->server->service, &call, request->server->workspace,
                                  request->arena, &catalogue, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "version", catalogue->version);
    pb_json_key(&json, "controls");
    pb_json_array(&json);
    for (size_t i = 0; i < catalogue->count; i++)
        if (fits(request, &catalogue->controls[i]))
            put_control(request, &json, &catalogue->controls[i], whole);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}
