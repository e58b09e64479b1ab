/* Cookies, and whether it is this server's own page that sends one. */
#include "cookie.h"

#include "who.h"

enum { YEAR_SECONDS = 365 * 86400 };

/* A name with __Host- is taken by browsers only over TLS, from this host alone, for all its paths.
 */
static const char *token_name(const http_request *request)
{
    return request->secure ? "__Host-probity" : "probity";
}

static const char *device_name(const http_request *request)
{
    return request->secure ? "__Host-probity-device" : "probity-device";
}

static pb_str find(const http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        pb_str rest = request->headers[i].value, one;
        if (!pb_str_eq_nocase(request->headers[i].name, PB_STR("Cookie")))
            continue;
        while (pb_str_split(&rest, ';', &one)) {
            size_t mark = pb_str_index(one, '=');
            if (mark < one.len && pb_str_is(pb_str_trim(pb_str_sub(one, 0, mark)), name))
                return pb_str_trim(pb_str_sub(one, mark + 1, one.len));
        }
    }
    return PB_STR_NONE;
}

pb_str http_cookie_token(const http_request *request)
{
    return find(request, token_name(request));
}

pb_str http_cookie_device(const http_request *request)
{
    return find(request, device_name(request));
}

/* Browsers say where a page that asks comes from, and let no page say it otherwise. */
static bool is_own_page(const http_request *request)
{
    pb_str site = http_request_header(request, "Sec-Fetch-Site");
    pb_str origin = http_request_header(request, "Origin");
    pb_str host = http_request_header(request, "Host");
    pb_str scheme = request->secure ? PB_STR("https://") : PB_STR("http://");
    if (site.ptr != NULL)
        return pb_str_is(site, "same-origin");
    return host.len > 0 && pb_str_starts(origin, scheme) &&
           pb_str_eq_nocase(pb_str_sub(origin, scheme.len, origin.len), host);
}

pb_status http_need_own_page(const http_request *request, pb_error *err)
{
    if (is_own_page(request))
        return PB_OK;
    pb_fail(err, PB_DENIED, PB_MSG("This does not come from a page of this server."), NULL);
    pb_error_hint(err,
                  PB_MSG("Programs send their token in the header Authorization, not in a cookie."),
                  NULL);
    return PB_DENIED;
}

static void put(const http_request *request, http_response *response, const char *name,
                pb_str value, int64_t seconds)
{
    char age[40] = "";
    if (seconds >= 0)
        (void)snprintf(age, sizeof age, "; Max-Age=%lld", (long long)seconds);
    const char *text =
        pb_arena_printf(response->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=Strict%s%s", name,
                        PB_STR_FMT(value), request->secure ? "; Secure" : "", age);
    if (text == NULL)
        response->body.failed = true;
    else
        http_response_header(response, "Set-Cookie", pb_str_c(text));
}

pb_status http_cookie_put(const http_request *request, http_response *response, pb_str token,
                          pb_str device, pb_error *err)
{
    if (!request->secure && request->server->proxy)
        return pb_fail(err, PB_USAGE, PB_MSG("A cookie is given over TLS only."), NULL);
    put(request, response, token_name(request), token, token.len > 0 ? -1 : 0);
    if (device.len > 0)
        put(request, response, device_name(request), device, YEAR_SECONDS);
    return PB_OK;
}
