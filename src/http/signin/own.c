/* Who is signed in, and the sessions one has. */
#include "signin.h"

#include "../cookie.h"
#include "../operations/operations.h"
#include "../who.h"

static const char *const none[] = {NULL};

pb_status http_signin_guest(const http_request *request, http_response *response,
                            const char *const *names, bool whole, pb_error *err)
{
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, names, err));
    if (request->guest == NULL)
        return pb_fail(err, PB_DENIED, PB_MSG("Who holds the key of the workspace has no session."),
                       NULL);
    if (whole && request->scopes.ptr != NULL)
        return pb_fail(err, PB_DENIED, PB_MSG("A key of limited scope does not reach to sessions."),
                       NULL);
    return PB_OK;
}

static pb_status need_guest(const http_request *request, http_response *response, bool whole,
                            pb_error *err)
{
    return http_signin_guest(request, response, none, whole, err);
}

pb_status http_signin_prove(http_request *request, http_response *response, pb_error *err)
{
    static const char *const names[] = {"password", "code", "ticket", "passkey", NULL};
    http_signin_form form;
    identity_signin signin;
    PB_TRY(need_guest(request, response, true, err));
    PB_TRY(http_signin_read(request, names, &form, err));
    const service_proof proof =
        http_signin_proof(&form, form.assertion != NULL ? SERVICE_BY_PASSKEY : SERVICE_BY_PASSWORD);
    pb_status status = service_prove(request->server->desk, &form.visit, request->guest, &proof,
                                     request->arena, &signin, err);
    if (status == PB_DENIED)
        response->status = 401; /* a ticket that is none, or not any more */
    PB_TRY(status);
    /* Who came with a cookie goes on with one. */
    form.cookie = http_request_header(request, "Authorization").ptr == NULL;
    return http_signin_answer(request, response, &form, &signin, err);
}

pb_status http_signin_out(http_request *request, http_response *response, pb_error *err)
{
    PB_TRY(need_guest(request, response, false, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_sign_out(request->server->desk, &visit, request->guest, err));
    if (http_cookie_token(request).len > 0)
        PB_TRY(http_cookie_put(request, response, PB_STR(""), PB_STR_NONE, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_signin_me(http_request *request, http_response *response, pb_error *err)
{
    pb_json json;
    PB_TRY(need_guest(request, response, false, err));
    const identity_caller *caller = &request->guest->caller;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "name", request->who->name);
    http_op_put_uuid(&json, "user", request->who->user);
    http_op_put_uuid(&json, "staff", request->who->staff);
    http_op_put_uuid(&json, "contact", request->who->portal);
    http_op_put_truth(&json, "read_only", request->who->read_only);
    http_op_put_truth(&json, "second_factor", request->who->second_factor);
    http_op_put_truth(&json, "proved_lately", identity_proved_lately(caller, request->now_us));
    pb_json_member(&json, "scopes", caller->scopes);
    if (caller->session != 0) {
        pb_json_member_i64(&json, "session", caller->session);
        http_op_put_moment(&json, "until", caller->until_us);
    }
    pb_json_object_end(&json);
    return PB_OK;
}

static void put_session(pb_json *json, const identity_session *session, int64_t current)
{
    pb_json_object(json);
    pb_json_member_i64(json, "session", session->n);
    pb_json_member(json, "address", session->address);
    pb_json_member(json, "device", session->device);
    http_op_put_truth(json, "second_factor", session->second_factor);
    http_op_put_truth(json, "program", session->key != 0);
    http_op_put_truth(json, "current", session->n == current);
    http_op_put_moment(json, "from", session->from_us);
    http_op_put_moment(json, "seen", session->seen_us);
    http_op_put_moment(json, "until", session->until_us);
    pb_json_object_end(json);
}

void http_signin_put_sessions(const http_request *request, http_response *response,
                              const identity_session *sessions, size_t count)
{
    pb_json json;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "sessions");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++)
        put_session(&json, &sessions[i], request->guest->caller.session);
    pb_json_array_end(&json);
    pb_json_object_end(&json);
}

pb_status http_signin_sessions(http_request *request, http_response *response, pb_error *err)
{
    identity_session *sessions = NULL;
    size_t count = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_sessions(request->server->desk, &visit, request->guest, request->who->user,
                            request->arena, &sessions, &count, err));
    http_signin_put_sessions(request, response, sessions, count);
    return PB_OK;
}

pb_status http_signin_session_end(http_request *request, http_response *response, pb_error *err)
{
    pb_str text = http_request_part(request, "session");
    int64_t n = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    if (!pb_str_to_i64(text, &n) || n <= 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no session {value} that is open."),
                       "value", PB_ARG(text), NULL);
    PB_TRY(service_session_end(request->server->desk, &visit, request->guest, request->who->user, n,
                               NULL, err));
    response->status = 204;
    return PB_OK;
}

void http_signin_put_ended(http_response *response, size_t count)
{
    pb_json json;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "ended", (int64_t)count);
    pb_json_object_end(&json);
}

pb_status http_signin_sessions_end(http_request *request, http_response *response, pb_error *err)
{
    size_t count = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_session_end(request->server->desk, &visit, request->guest, request->who->user, 0,
                               &count, err));
    http_signin_put_ended(response, count);
    return PB_OK;
}

/* ---- known browsers ---- */

void http_signin_put_browsers(http_response *response, const identity_browser *browsers,
                              size_t count)
{
    pb_json json;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_key(&json, "browsers");
    pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(&json);
        pb_json_member_i64(&json, "browser", browsers[i].n);
        pb_json_member(&json, "address", browsers[i].address);
        pb_json_member(&json, "device", browsers[i].device);
        http_op_put_truth(&json, "current", browsers[i].current);
        http_op_put_moment(&json, "from", browsers[i].from_us);
        http_op_put_moment(&json, "seen", browsers[i].seen_us);
        http_op_put_moment(&json, "until", browsers[i].until_us);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
}

pb_status http_signin_browsers(http_request *request, http_response *response, pb_error *err)
{
    identity_browser *browsers = NULL;
    size_t count = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_browsers(request->server->desk, &visit, request->guest, request->who->user,
                            request->arena, &browsers, &count, err));
    http_signin_put_browsers(response, browsers, count);
    return PB_OK;
}

pb_status http_signin_browser_end(http_request *request, http_response *response, pb_error *err)
{
    pb_str text = http_request_part(request, "browser");
    int64_t n = 0;
    size_t count = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    if (!pb_str_to_i64(text, &n) || n <= 0)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no known browser {number}."), "number",
                       PB_ARG(text), NULL);
    PB_TRY(service_browser_end(request->server->desk, &visit, request->guest, request->who->user, n,
                               &count, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_signin_browsers_end(http_request *request, http_response *response, pb_error *err)
{
    size_t count = 0;
    PB_TRY(need_guest(request, response, true, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_browser_end(request->server->desk, &visit, request->guest, request->who->user, 0,
                               &count, err));
    http_signin_put_ended(response, count);
    return PB_OK;
}
