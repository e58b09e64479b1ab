/* What comes in at a step of signing in, and what is told of it. */
#include "signin.h"

#include "../operations/operations.h"
#include "../who.h"

pb_status http_signin_desk(const http_request *request, http_response *response,
                           service_desk **ret_desk, pb_error *err)
{
    *ret_desk = request->server->desk;
    if (*ret_desk != NULL)
        return PB_OK;
    response->status = 401;
    return pb_fail(err, PB_DENIED, PB_MSG("Nobody can sign in here."), NULL);
}

/* Nobody's page signs somebody's browser in. */
static pb_status read_cookie(const http_request *request, const json_value *body, bool *ret,
                             pb_error *err)
{
    PB_TRY(http_op_body_truth(body, "cookie", ret, err));
    return *ret ? http_need_own_page(request, err) : PB_OK;
}

pb_status http_signin_read(const http_request *request, const char *const *names,
                           http_signin_form *ret_form, pb_error *err)
{
    const json_value *body = NULL;
    pb_str device = PB_STR_NONE;
    http_signin_form form = {.visit = http_visit(request)};
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_op_body_text(body, "name", &form.name, err));
    PB_TRY(http_op_body_text(body, "password", &form.password, err));
    PB_TRY(http_op_body_text(body, "code", &form.code, err));
    PB_TRY(http_op_body_text(body, "ticket", &form.ticket, err));
    PB_TRY(http_op_body_text(body, "begun", &form.begun, err));
    PB_TRY(http_op_body_text(body, "label", &form.label, err));
    PB_TRY(http_op_body_text(body, "kind", &form.kind, err));
    PB_TRY(http_op_body_text(body, "device", &device, err));
    PB_TRY(http_op_body_truth(body, "end_others", &form.others, err));
    PB_TRY(http_passkey_read(request, body, &form, err));
    PB_TRY(read_cookie(request, body, &form.cookie, err));
    if (device.ptr != NULL)
        form.visit.known = device;
    *ret_form = form;
    return PB_OK;
}

service_proof http_signin_proof(const http_signin_form *form, service_way way)
{
    return (service_proof){.way = way,
                           .name = form->name,
                           .password = form->password,
                           .code = form->code,
                           .ticket = form->ticket,
                           .begun = form->begun,
                           .label = form->label,
                           .assertion = form->assertion,
                           .made = form->made,
                           .others = form->others};
}

static pb_status refuse(http_response *response, const identity_signin *signin, pb_error *err)
{
    if (signin->step == IDENTITY_SLOWED) {
        response->status = 429;
        http_retry_after(response, signin->wait_us);
        return pb_fail(err, PB_LIMIT, PB_MSG("There were too many failures; try again later."),
                       NULL);
    }
    response->status = 401;
    http_response_header(response, "WWW-Authenticate", PB_STR("Bearer"));
    pb_fail(err, PB_DENIED, PB_MSG("That is not right."), NULL);
    pb_error_hint(err, PB_MSG("Look at what was given, or ask for a new code."), NULL);
    return PB_DENIED;
}

static void put_signed_in(pb_json *json, const http_signin_form *form,
                          const identity_signin *signin)
{
    pb_json_member(json, "step", PB_STR("signed_in"));
    pb_json_member(json, "name", signin->name);
    pb_json_member_i64(json, "session", signin->session);
    http_op_put_truth(json, "second_factor", signin->second_factor);
    if (form->cookie)
        return;
    pb_json_member(json, "token", pb_str_c(signin->token));
    if (signin->device_token.len > 0)
        pb_json_member(json, "device", signin->device_token);
}

/* The next step, and by what it can be taken. */
static void put_next(const http_request *request, pb_json *json, const identity_signin *signin)
{
    pb_str site;
    bool second = signin->step == IDENTITY_NEEDS_SECOND;
    pb_json_member(json, "step", second ? PB_STR("needs_second") : PB_STR("needs_enrol"));
    pb_json_member(json, "ticket", signin->ticket);
    http_op_put_truth(json, "totp", signin->totp);
    http_op_put_truth(json, "recovery", signin->recovery);
    if (signin->passkey_count > 0 && service_desk_site(request->server->desk, &site, NULL) == PB_OK)
        http_passkey_put_ask(json, "passkey", site, signin->challenge, signin->passkeys,
                             signin->passkey_count, false);
}

pb_status http_signin_answer(const http_request *request, http_response *response,
                             const http_signin_form *form, const identity_signin *signin,
                             pb_error *err)
{
    pb_json json;
    bool in = signin->step == IDENTITY_SIGNED_IN;
    if (signin->step == IDENTITY_WRONG || signin->step == IDENTITY_SLOWED)
        return refuse(response, signin, err);
    if (in && form->cookie) {
        pb_str token = pb_arena_str(request->arena, pb_str_c(signin->token));
        if (token.ptr == NULL)
            return pb_fail_memory(err);
        PB_TRY(http_cookie_put(request, response, token, signin->device_token, err));
    }
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    if (in)
        put_signed_in(&json, form, signin);
    else
        put_next(request, &json, signin);
    pb_json_object_end(&json);
    return PB_OK;
}
