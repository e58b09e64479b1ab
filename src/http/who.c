/* RFC 6750: Authorization: Bearer TOKEN. */
#include "who.h"

#include "base/time.h"

#include "service/signin.h"

static pb_status refuse(http_response *response)
{
    response->status = 401;
    http_response_header(response, "WWW-Authenticate", PB_STR("Bearer error=\"invalid_token\""));
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
    const identity_visit visit = {.now_us = request->now_us,
                                  .address = request->address,
                                  .device = http_request_header(request, "User-Agent")};
    if (guest == NULL)
        return pb_fail_memory(err);
    pb_status status = service_guest_find(request->server->desk, &visit, token, request->arena,
                                          guest, &wait_us, err);
    if (status == PB_DENIED)
        return refuse(response);
    if (status == PB_LIMIT) {
        int64_t seconds = wait_us / PB_US_PER_SECOND + 1;
        const char *wait = pb_arena_printf(request->arena, "%lld", (long long)seconds);
        response->status = 429;
        if (wait != NULL)
            http_response_header(response, "Retry-After", pb_str_c(wait));
    }
    PB_TRY(status);
    if (!pb_arena_defer(request->arena, let_go, guest)) {
        service_guest_let_go(guest);
        return pb_fail_memory(err);
    }
    request->who = &guest->held.actor;
    request->scopes = guest->caller.scopes;
    return PB_OK;
}

pb_status http_who(http_request *request, http_response *response, pb_error *err)
{
    static const pb_str scheme = {"Bearer ", sizeof "Bearer " - 1};
    pb_str shown = http_request_header(request, "Authorization");
    if (shown.ptr == NULL)
        return PB_OK;
    if (!pb_str_eq_nocase(pb_str_sub(shown, 0, scheme.len), scheme)) {
        pb_fail(err, PB_DENIED, PB_MSG("The header Authorization is not of a known kind."), NULL);
        pb_error_hint(err, PB_MSG("Send “Bearer” and a key or token."), NULL);
        return refuse(response);
    }
    if (request->server->desk == NULL) {
        pb_fail(err, PB_DENIED, PB_MSG("Nobody can sign in here."), NULL);
        return refuse(response);
    }
    return be_somebody(request, response, pb_str_trim(pb_str_sub(shown, scheme.len, shown.len)),
                       err);
}
