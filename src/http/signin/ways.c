/* One's own ways to sign in: seen, added, ended. What changes them asks for a fresh proof. */
#include "signin.h"

#include "../operations/operations.h"
#include "../who.h"

static const char *const none[] = {NULL};

static void put_credential(pb_json *json, const identity_credential *credential)
{
    bool key = credential->kind == IDENTITY_KEY;
    pb_json_object(json);
    pb_json_member_i64(json, "credential", credential->n);
    pb_json_member(json, "kind", pb_str_c(identity_credential_word(credential->kind)));
    pb_json_member(json, "label", credential->label);
    pb_json_member(json, "by", credential->by);
    http_op_put_moment(json, "from", credential->from_us);
    http_op_put_moment(json, "until",
                       credential->expires_us == IDENTITY_OPEN ? INT64_MIN
                                                               : credential->expires_us);
    http_op_put_moment(json, "used", credential->used_us);
    if (key) {
        pb_json_member(json, "key", credential->handle);
        pb_json_member(json, "scopes", credential->scopes);
        pb_json_member_i64(json, "rate", credential->rate);
        http_op_put_truth(json, "read_only", credential->read_only);
    }
    pb_json_object_end(json);
}

void http_signin_put_credentials(http_response *response, const identity_credential *credentials,
                                 size_t count)
{
    pb_json json;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "credentials");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_credential(&json, &credentials[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
}

pb_status http_signin_ways(http_request *request, http_response *response, pb_error *err)
{
    identity_credential *all = NULL;
    size_t count = 0;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_credentials(request->server->desk, &visit, request->guest, request->who->user,
                               request->arena, &all, &count, err));
    http_signin_put_credentials(response, all, count);
    return PB_OK;
}

pb_status http_signin_way_begin(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"kind", NULL};
    http_signin_form form;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    return http_factor_begin(request, response, &form, request->guest, err);
}

pb_status http_signin_way_add(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"begun", "code", "passkey", "label", "end_others", NULL};
    http_signin_form form;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    if (form.begun.ptr == NULL || (form.code.ptr == NULL && form.made == NULL))
        return pb_fail(err, PB_USAGE, PB_MSG("This way to sign in needs {part}."), "part",
                       form.begun.ptr == NULL ? "begun" : "code", NULL);
    const service_proof proof = http_signin_proof(&form, SERVICE_BY_NEW_FACTOR);
    PB_TRY(service_factor_add(request->server->desk, &form.visit, request->guest, &proof, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_signin_way_end(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"end_others", NULL};
    pb_str text = http_request_part(request, "credential");
    int64_t n = 0;
    bool others = false;
    PB_TRY(http_signin_guest(request, response, names, true, err));
    PB_TRY(http_op_query_truth(request, "end_others", &others, err));
    const identity_visit visit = http_visit(request);
    if (!pb_str_to_i64(text, &n) || n <= 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no way to sign in {value}."), "value",
                       PB_ARG(text), NULL);
    PB_TRY(service_credential_end(request->server->desk, &visit, request->guest, request->who->user,
                                  n, others, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_signin_codes(http_request *request, http_response *response, pb_error *err)
{
    char codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE];
    pb_json json;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_recovery_codes(request->server->desk, &visit, request->guest, codes, err));
    response->status = 201;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "codes");
    pb_json_array(&json);
    for (size_t i = 0; i < IDENTITY_RECOVERY_CODES; i++)
        pb_json_c(&json, codes[i]);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    return PB_OK;
}

pb_status http_signin_password_change(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"password", "end_others", NULL};
    http_signin_form form;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    if (form.password.ptr == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("This way to sign in needs {part}."), "part",
                       "password", NULL);
    PB_TRY(service_password_change(request->server->desk, &form.visit, request->guest,
                                   form.password, form.others, err));
    response->status = 204;
    return PB_OK;
}
