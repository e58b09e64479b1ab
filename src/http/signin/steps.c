/* Signing in, step by step: each says what the next one needs. */
#include "signin.h"

#include "../operations/operations.h"
#include "../who.h"

static const char *const second_names[] = {"ticket", "code", "cookie", "device", NULL};

static pb_status take(http_request *request, http_response *response, service_way way,
                      const char *const *names, pb_error *err)
{
    service_desk *desk = NULL;
    http_signin_form form;
    identity_signin signin;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    const service_proof proof = http_signin_proof(&form, way);
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
    static const char *const names[] = {"ticket", "begun",  "code",   "passkey",
                                        "label",  "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_NEW_FACTOR, names, err);
}

pb_status http_signin_enrol(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"name", "code", "password", "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_ENROLMENT, names, err);
}

pb_status http_signin_passkey(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"ticket", "passkey", "cookie", "device", NULL};
    return take(request, response, SERVICE_BY_PASSKEY, names, err);
}

pb_status http_signin_passkey_ask(http_request *request, http_response *response, pb_error *err)
{
    static const char *const none[] = {NULL};
    const service_proof proof = {.way = SERVICE_ASK_PASSKEY};
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    identity_signin signin;
    pb_str site;
    pb_json json;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(service_desk_site(desk, &site, err));
    PB_TRY(service_sign_in(desk, &visit, &proof, request->arena, &signin, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "ticket", signin.ticket);
    http_passkey_put_ask(&json, "passkey", site, signin.challenge, NULL, 0, true);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_signin_factor(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"ticket", "kind", NULL};
    service_desk *desk = NULL;
    http_signin_form form;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    if (form.ticket.ptr == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("This way to sign in needs {part}."), "part", "ticket",
                       NULL);
    pb_status status = http_factor_begin(request, response, &form, NULL, err);
    if (status == PB_DENIED)
        response->status = 401;
    return status;
}
