/* What users hold: roles, who is above, and whether they are users at all. */
#include "people.h"

/* Does it to the user of the path, and answers with what that is then. */
static pb_status do_to(const http_request *request, http_response *response,
                       service_people_call *call, service_people_change *change, pb_error *err)
{
    change->name = http_request_part(request, "id");
    PB_TRY(service_people_do(call, request->server->workspace, change, err));
    return http_people_answer(request, response, call, change->name, err);
}

static pb_status begin(const http_request *request, http_response *response,
                       const char *const *names, service_people_call *ret_call,
                       const json_value **ret_body, pb_error *err)
{
    pb_str why;
    PB_TRY(http_people_call(request, response, PB_STR_NONE, ret_call, err));
    PB_TRY(http_people_body(request, names, ret_body, &why, err));
    ret_call->why = why;
    return PB_OK;
}

pb_status http_people_end(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"why", NULL};
    service_people_call call;
    const json_value *body;
    service_people_change change = {.deed = SERVICE_USER_END};
    PB_TRY(begin(request, response, names, &call, &body, err));
    return do_to(request, response, &call, &change, err);
}

pb_status http_people_return(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"until", "why", NULL};
    service_people_call call;
    const json_value *body;
    service_people_change change = {.deed = SERVICE_USER_RETURN};
    PB_TRY(begin(request, response, names, &call, &body, err));
    PB_TRY(http_people_until(body, &change.until_us, NULL, err));
    return do_to(request, response, &call, &change, err);
}

pb_status http_people_give(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"role", "from", "until", "why", NULL};
    service_people_call call;
    const json_value *body;
    service_people_change change = {.deed = SERVICE_ROLE_GIVE};
    PB_TRY(begin(request, response, names, &call, &body, err));
    PB_TRY(http_op_body_needed(body, "role", &change.other, err));
    PB_TRY(http_op_body_instant(body, "from", &change.from_us, err));
    PB_TRY(http_people_until(body, &change.until_us, NULL, err));
    return do_to(request, response, &call, &change, err);
}

pb_status http_people_take(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"why", NULL};
    service_people_call call;
    const json_value *body;
    service_people_change change = {.deed = SERVICE_ROLE_TAKE,
                                    .other = http_request_part(request, "role")};
    PB_TRY(begin(request, response, names, &call, &body, err));
    return do_to(request, response, &call, &change, err);
}

pb_status http_people_superior(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"superior", "why", NULL};
    service_people_call call;
    const json_value *body;
    service_people_change change = {.deed = SERVICE_SUPERIOR_SET};
    PB_TRY(begin(request, response, names, &call, &body, err));
    if (http_json_member(body, "superior") == NULL)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("The body must have a member “{value}”, a text or null."), "value",
                       "superior", NULL);
    PB_TRY(http_op_body_text(body, "superior", &change.other, err));
    return do_to(request, response, &call, &change, err);
}
