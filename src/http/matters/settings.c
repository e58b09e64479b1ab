/* What is set for the workspace as a whole. */
#include "service/settings.h"

#include "../who.h"
#include "matters.h"

static pb_status answer(http_request *request, http_response *response, const service_call *call,
                        pb_error *err)
{
    service_settings settings;
    pb_json json;
    PB_TRY(service_settings_read(call, request->server->workspace, &settings, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    http_op_put_truth(&json, "purpose_required", settings.purpose);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_settings_read(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    service_call call = http_op_call(request);
    return answer(request, response, &call, err);
}

pb_status http_settings_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"purpose_required", NULL};
    const json_value *body = NULL;
    service_settings settings;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_body(request, names, &body, err));
    service_call call = http_op_call(request);
    PB_TRY(service_settings_read(&call, request->server->workspace, &settings, err));
    PB_TRY(http_op_body_truth(body, "purpose_required", &settings.purpose, err));
    PB_TRY(service_settings_put(&call, request->server->workspace, &settings, err));
    return answer(request, response, &call, err);
}
