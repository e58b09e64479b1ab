/* RFC 6750: Authorization: Bearer TOKEN; and who has a cookie. */
#include "who.h"

#include "base/time.h"

#include "cookie.h"

void http_retry_after(http_response *response, int64_t wait_us)
{
    const char *wait = pb_arena_printf(
        response->arena, "%lld", (long long)((wait_us + PB_US_PER_SECOND - 1) / PB_US_PER_SECOND));
    if (wait != NULL)
        http_response_header(response, "Retry-After", pb_str_c(wait));
}

identity_visit http_visit(const http_request *request)
{
    return (identity_visit){
        .actor = {.via = PB_STR("API"), .purpose = http_request_header(request, "Probity-Purpose")},
        .now_us = request->now_us,
        .address = request->address,
        .device = http_request_header(request, "User-Agent"),
        .known = http_cookie_device(request),
        .counted = request->intake.drop != NULL};
}

static pb_status refuse(http_response *response)
{
    response->status = 401;
    http_response_header(response, "WWW-Authenticate", PB_STR("Bearer error=\"invalid_token\""));
    return PB_DENIED;
}

pb_status http_need_somebody(const http_request *request, http_response *response, pb_error *err)
{
    if (request->who != NULL)
        return PB_OK;
    response->status = 401;
    http_response_header(response, "WWW-Authenticate", PB_STR("Bearer"));
    pb_fail(err, PB_DENIED, PB_MSG("You are not signed in."), NULL);
    pb_error_hint(err, PB_MSG("Sign in, or send a key or token in the header Authorization."),
                  NULL);
    return PB_DENIED;
}

static void let_go(void *guest)
{
    service_guest_let_go(guest);
}

/* Who it is stays so until the request is answered. */
static pb_status be_somebody(http_request *request, http_response *response, pb_str token,
                             pb_error *err)
{
    int64_t wait_us = 0;
    service_guest *guest = pb_arena_alloc(request->arena, sizeof *guest);
    const identity_visit visit = http_visit(request);
    if (guest == NULL)
        return pb_fail_memory(err);
    pb_status status = service_guest_find(request->server->desk, &visit, token, request->arena,
                                          guest, &wait_us, err);
    if (status == PB_DENIED)
        return refuse(response);
    if (status == PB_LIMIT) {
        response->status = 429;
        http_retry_after(response, wait_us);
    }
    PB_TRY(status);
    if (!pb_arena_defer(request->arena, let_go, guest)) {
        service_guest_let_go(guest);
        return pb_fail_memory(err);
    }
    request->guest = guest;
    request->who = &guest->held.actor;
    request->scopes = guest->caller.scopes;
    return PB_OK;
}

/* A cookie that is good no more stands in nobody's way to what everybody may see. */
static pb_status be_somebody_if(http_request *request, http_response *response, pb_str token,
                                pb_error *err)
{
    http_response ignored = {.arena = response->arena};
    pb_error why = {0};
    if (request->server->desk == NULL)
        return PB_OK;
    pb_status status = be_somebody(request, &ignored, token, &why);
    if (status == PB_OK || status == PB_DENIED || status == PB_LIMIT)
        return PB_OK;
    *err = why;
    return status;
}

static pb_status read_bearer(pb_str shown, http_response *response, pb_str *ret_token,
                             pb_error *err)
{
    static const pb_str scheme = {"Bearer ", sizeof "Bearer " - 1};
    *ret_token = pb_str_trim(pb_str_sub(shown, scheme.len, shown.len));
    if (pb_str_eq_nocase(pb_str_sub(shown, 0, scheme.len), scheme))
        return PB_OK;
    pb_fail(err, PB_DENIED, PB_MSG("The header Authorization is not of a known kind."), NULL);
    pb_error_hint(err, PB_MSG("Send “Bearer” and a key or token."), NULL);
    return refuse(response);
}

pb_status http_who(http_request *request, http_response *response, pb_error *err)
{
    pb_str shown = http_request_header(request, "Authorization"), token;
    if (request->route->flags & HTTP_OPEN)
        return PB_OK;
    if (shown.ptr != NULL) {
        PB_TRY(read_bearer(shown, response, &token, err));
    } else {
        token = http_cookie_token(request);
        if (token.len == 0)
            return PB_OK;
        if (request->route->flags & HTTP_EITHER)
            return be_somebody_if(request, response, token, err);
        if (request->method != HTTP_GET && request->method != HTTP_HEAD)
            PB_TRY(http_need_own_page(request, err));
    }
    if (request->server->desk == NULL) {
        pb_fail(err, PB_DENIED, PB_MSG("Nobody can sign in here."), NULL);
        return refuse(response);
    }
    return be_somebody(request, response, token, err);
}
