/* Access tokens for programs: RFC 6749, 2.3.1, 4.4 and 5. */
#include "signin.h"

#include "../head.h"
#include "../who.h"
#include "base/time.h"

typedef struct asked {
    http_pair pairs[HTTP_QUERY_MAX];
    size_t count;
} asked;

/* A refusal in the words of the standard. */
static pb_status fail(http_response *response, int status, const char *error)
{
    pb_json json;
    pb_buf_clear(&response->body);
    response->status = status;
    if (status == 401)
        http_response_header(response, "WWW-Authenticate", PB_STR("Basic realm=\"probity\""));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "error", pb_str_c(error));
    pb_json_object_end(&json);
    return PB_OK;
}

/* A parameter that stands twice counts for nothing, and `*ret_good` is false then. */
static pb_str value_of(const asked *a, const char *name, bool *ret_good)
{
    pb_str found = PB_STR_NONE;
    for (size_t i = 0; i < a->count; i++) {
        if (!pb_str_is(a->pairs[i].name, name))
            continue;
        *ret_good = *ret_good && found.ptr == NULL;
        found = a->pairs[i].value;
    }
    return found;
}

/* `id:secret`, each of them written as in a form. */
static bool read_basic(const http_request *request, pb_str shown, identity_client *client)
{
    static const pb_str scheme = {"Basic ", sizeof "Basic " - 1};
    PB_AUTO_BUF plain = PB_BUF_INIT(4096);
    asked parts;
    if (!pb_str_eq_nocase(pb_str_sub(shown, 0, scheme.len), scheme) ||
        !pb_unbase64(pb_str_trim(pb_str_sub(shown, scheme.len, shown.len)), &plain))
        return false;
    pb_str both = pb_arena_str(request->arena, pb_buf_str(&plain));
    size_t mark = pb_str_index(both, ':');
    if (both.ptr == NULL || mark >= both.len || pb_str_index(both, '&') < both.len)
        return false;
    if (http_form_parse(pb_str_sub(both, 0, mark), request->arena, parts.pairs, &parts.count,
                        NULL) != 0 ||
        parts.count != 1)
        return false;
    client->id = parts.pairs[0].name;
    if (http_form_parse(pb_str_sub(both, mark + 1, both.len), request->arena, parts.pairs,
                        &parts.count, NULL) != 0 ||
        parts.count != 1)
        return false;
    client->secret = parts.pairs[0].name;
    return true;
}

static const char *read_client(const http_request *request, const asked *a, identity_client *client)
{
    bool good = true;
    pb_str shown = http_request_header(request, "Authorization");
    pb_str grant = value_of(a, "grant_type", &good);
    client->id = value_of(a, "client_id", &good);
    client->secret = value_of(a, "client_secret", &good);
    client->scopes = value_of(a, "scope", &good);
    if (client->scopes.len == 0)
        client->scopes = PB_STR_NONE;
    if (!good || grant.len == 0 || (shown.ptr != NULL && client->secret.ptr != NULL))
        return "invalid_request";
    if (!pb_str_is(grant, "client_credentials"))
        return "unsupported_grant_type";
    if (shown.ptr != NULL && !read_basic(request, shown, client))
        return "invalid_client";
    return client->id.len == 0 || client->secret.len == 0 ? "invalid_client" : NULL;
}

static void put_token(const http_request *request, http_response *response,
                      const identity_signin *signin, const identity_caller *caller)
{
    pb_json json;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "access_token", pb_str_c(signin->token));
    pb_json_member(&json, "token_type", PB_STR("Bearer"));
    pb_json_member_i64(&json, "expires_in",
                       (caller->until_us - request->now_us) / PB_US_PER_SECOND);
    if (caller->scopes.ptr != NULL)
        pb_json_member(&json, "scope", caller->scopes);
    pb_json_object_end(&json);
}

pb_status http_signin_token(http_request *request, http_response *response, pb_error *err)
{
    service_desk *desk = NULL;
    asked a;
    identity_client client = {.lasts_us = 0};
    identity_signin signin;
    identity_caller caller;
    PB_TRY(http_signin_desk(request, response, &desk, err));
    if (http_form_parse(request->body, request->arena, a.pairs, &a.count, NULL) != 0)
        return fail(response, 400, "invalid_request");
    const char *wrong = read_client(request, &a, &client);
    if (wrong != NULL)
        return fail(response, strcmp(wrong, "invalid_client") == 0 ? 401 : 400, wrong);
    const identity_visit visit = http_visit(request);
    pb_status status =
        service_sign_in_client(desk, &visit, &client, request->arena, &signin, &caller, err);
    if (status == PB_INVALID)
        return fail(response, 400, "invalid_scope");
    PB_TRY(status);
    if (signin.step == IDENTITY_SLOWED) {
        http_retry_after(response, signin.wait_us);
        return fail(response, 429, "temporarily_unavailable");
    }
    if (signin.step != IDENTITY_SIGNED_IN)
        return fail(response, 401, "invalid_client");
    put_token(request, response, &signin, &caller);
    return PB_OK;
}
