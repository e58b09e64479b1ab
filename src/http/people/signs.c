/* How users sign in, by who administers them: sessions and credentials seen and ended, keys made
 * for programs. */
#include "people.h"

#include "../signin/signin.h"
#include "../who.h"

/* Who asks, about whom. A key of limited scope reaches to users by the scope that names them. */
static pb_status begin(const http_request *request, http_response *response,
                       service_desk **ret_desk, pb_uuid *ret_user, pb_error *err)
{
    static const char *const none[] = {NULL};
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(http_op_check_query(request, none, err));
    PB_TRY(http_signin_desk(request, response, ret_desk, err));
    return http_people_id(request, ret_user, err);
}

static pb_status read_number(const http_request *request, const char *part, int64_t *ret_n,
                             pb_error *err)
{
    pb_str text = http_request_part(request, part);
    if (pb_str_to_i64(text, ret_n) && *ret_n > 0)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is nothing of the number {value}."), "value",
                   PB_ARG(text), NULL);
}

pb_status http_people_sessions(http_request *request, http_response *response, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    identity_session *sessions = NULL;
    size_t count = 0;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(service_sessions(desk, &visit, request->guest, user, request->arena, &sessions, &count,
                            err));
    http_signin_put_sessions(request, response, sessions, count);
    return PB_OK;
}

static pb_status end_sessions(http_request *request, http_response *response, int64_t n,
                              pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    pb_uuid user;
    size_t count = 0;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(service_session_end(desk, &visit, request->guest, user, n, &count, err));
    if (n != 0) {
        response->status = 204;
        return PB_OK;
    }
    http_signin_put_ended(response, count);
    return PB_OK;
}

pb_status http_people_session_end(http_request *request, http_response *response, pb_error *err)
{
    int64_t n = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_number(request, "session", &n, err));
    return end_sessions(request, response, n, err);
}

pb_status http_people_sessions_end(http_request *request, http_response *response, pb_error *err)
{
    return end_sessions(request, response, 0, err);
}

pb_status http_people_browsers(http_request *request, http_response *response, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    identity_browser *browsers = NULL;
    size_t count = 0;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(service_browsers(desk, &visit, request->guest, user, request->arena, &browsers, &count,
                            err));
    http_signin_put_browsers(response, browsers, count);
    return PB_OK;
}

static pb_status end_browsers(http_request *request, http_response *response, int64_t n,
                              size_t *ret_count, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    return service_browser_end(desk, &visit, request->guest, user, n, ret_count, err);
}

pb_status http_people_browser_end(http_request *request, http_response *response, pb_error *err)
{
    int64_t n = 0;
    size_t count = 0;
    PB_TRY(http_need_somebody(request, response, err));
    PB_TRY(read_number(request, "browser", &n, err));
    PB_TRY(end_browsers(request, response, n, &count, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_people_browsers_end(http_request *request, http_response *response, pb_error *err)
{
    size_t count = 0;
    PB_TRY(end_browsers(request, response, 0, &count, err));
    http_signin_put_ended(response, count);
    return PB_OK;
}

pb_status http_people_credentials(http_request *request, http_response *response, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    identity_credential *credentials = NULL;
    size_t count = 0;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(service_credentials(desk, &visit, request->guest, user, request->arena, &credentials,
                               &count, err));
    http_signin_put_credentials(response, credentials, count);
    return PB_OK;
}

pb_status http_people_credential_end(http_request *request, http_response *response, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    int64_t n = 0;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(read_number(request, "credential", &n, err));
    PB_TRY(service_credential_end(desk, &visit, request->guest, user, n, false, err));
    response->status = 204;
    return PB_OK;
}

pb_status http_people_factors_end(http_request *request, http_response *response, pb_error *err)
{
    const identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    pb_uuid user;
    PB_TRY(begin(request, response, &desk, &user, err));
    PB_TRY(service_factors_end(desk, &visit, request->guest, user, err));
    response->status = 204;
    return PB_OK;
}

static pb_status read_wish(const http_request *request, identity_key_wish *wish, pb_str *ret_why,
                           pb_error *err)
{
    static const char *const names[] = {"label", "scopes", "rate", "read_only",
                                        "until", "why",    NULL};
    const json_value *body;
    PB_TRY(http_people_body(request, names, &body, ret_why, err));
    return http_signin_read_wish(body, wish, err);
}

pb_status http_people_key_make(http_request *request, http_response *response, pb_error *err)
{
    identity_visit visit = http_visit(request);
    service_desk *desk = NULL;
    identity_key_wish wish = {.rate = 0};
    char key[IDENTITY_KEY_TEXT] = "";
    int64_t n = 0;
    PB_TRY(begin(request, response, &desk, &wish.user, err));
    PB_TRY(read_wish(request, &wish, &visit.why, err));
    PB_TRY(service_key_make(desk, &visit, request->guest, &wish, key, &n, err));
    http_signin_put_key(response, n, key);
    return PB_OK;
}
