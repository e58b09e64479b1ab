/* Signing in, step by step: each says what the next one needs. */
#include "signin.h"

static const char *const second_names[] = {"ticket", "code", "cookie", "device", NULL};

static pb_status take(http_request *request, http_response *response, service_way way,
                      const char *const *names, pb_error *err)
{
    service_desk *desk = NULL;
    http_signin_form form;
    identity_signin signin;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    const service_proof proof = {.way = way,
                                 .name = form.name,
                                 .password = form.password,
                                 .code = form.code,
                                 .ticket = form.ticket,
                                 .begun = form.begun,
                                 .label = form.label};
    pb_status status = service_sign_in(desk, &form.visit, &proof, request->arena, &signin, err);
    if (status == PB_DENIED)
        response->status = 401; /* a ticket that is none, or not any more */
    PB_TRY(status);
    return http_signin_answer(request, response, &form, &signin, err);
}

pb_status http_signin_password(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name", "password", "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_PASSWORD, names, err);
}

pb_status http_signin_code(http_request *request, http_response *response, pb_error *err)
{
    return take(request, response, SERVICE_BY_CODE, second_names, err);
}

pb_status http_signin_recovery(http_request *request, http_response *response, pb_error *err)
{
    return take(request, response, SERVICE_BY_RECOVERY, second_names, err);
}

pb_status http_signin_new_factor(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"ticket", "begun",  "code", "label",
                                        "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_NEW_FACTOR, names, err);
}

pb_status http_signin_enrol(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name", "code", "password", "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_ENROLMENT, names, err);
}

pb_status http_signin_factor(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"ticket", NULL};
    service_desk *desk = NULL;
    http_signin_form form;
    service_factor factor;
    pb_json json;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    if (form.ticket.ptr == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("This way to sign in needs {part}."), "part", "ticket",
                       NULL);
    pb_status status = service_factor_begin(desk, &form.visit, NULL, form.ticket, false,
                                            request->arena, &factor, err);
    if (status == PB_DENIED)
        response->status = 401;
    PB_TRY(status);
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "begun", factor.begun);
    pb_json_member(&json, "address", factor.address);
    pb_json_object_end(&json);
    return PB_OK;
}
