/* One's own keys for programs: made (the secret is shown once), seen, ended. */
#include "signin.h"

#include "../operations/operations.h"
#include "../who.h"

static const char *const none[] = {NULL};

static pb_status find_keys(http_request *request, identity_credential **ret_all, size_t *ret_count,
                           pb_error *err)
{
    const identity_visit visit = http_visit(request);
    identity_credential *all = NULL;
    size_t count = 0, kept = 0;
    PB_TRY(service_credentials(request->server->desk, &visit, request->guest, request->who->user,
                               request->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (all[i].kind == IDENTITY_KEY)
            all[kept++] = all[i];
    *ret_all = all;
    *ret_count = kept;
    return PB_OK;
}

pb_status http_signin_keys(http_request *request, http_response *response, pb_error *err)
{
    identity_credential *keys;
    size_t count;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(find_keys(request, &keys, &count, err));
    http_signin_put_credentials(response, keys, count);
    return PB_OK;
}

pb_status http_signin_read_wish(const json_value *body, identity_key_wish *wish, pb_error *err)
{
    wish->scopes = PB_STR_NONE;
    wish->expires_us = IDENTITY_OPEN;
    PB_TRY(http_op_body_needed(body, "label", &wish->label, err));
    PB_TRY(http_op_body_text(body, "scopes", &wish->scopes, err));
    PB_TRY(http_op_body_number(body, "rate", &wish->rate, err));
    PB_TRY(http_op_body_truth(body, "read_only", &wish->read_only, err));
    PB_TRY(http_op_body_instant(body, "until", &wish->expires_us, err));
    /* No scope at all would be a key without limit. */
    return wish->scopes.ptr != NULL && pb_str_trim(wish->scopes).len == 0
               ? pb_fail(err, PB_INVALID, PB_MSG("{scopes} are no scopes."), "scopes",
                         PB_ARG(wish->scopes), NULL)
               : PB_OK;
}

/* The key as it goes into a header, and its parts as OAuth 2 names them. */
void http_signin_put_key(http_response *response, int64_t n, const char *key)
{
    pb_str parts = pb_str_c(key), mark, id;
    pb_json json;
    (void)pb_str_split(&parts, '_', &mark);
    (void)pb_str_split(&parts, '_', &id);
    response->status = 201;
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member_i64(&json, "credential", n);
    pb_json_member(&json, "key", pb_str_c(key));
    pb_json_member(&json, "client_id", id);
    pb_json_member(&json, "client_secret", parts);
    pb_json_object_end(&json);
}

pb_status http_signin_key_make(http_request *request, http_response *response, pb_error *err)
{
    char text[IDENTITY_KEY_TEXT];
    static const char *const names[] = {"label", "scopes", "rate", "read_only", "until", NULL};
    identity_key_wish wish = {.user = request->who == NULL ? (pb_uuid){{0}} : request->who->user};
    const json_value *body = NULL;
    int64_t n;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(http_op_body(request, names, &body, err));
    PB_TRY(http_signin_read_wish(body, &wish, err));
    const identity_visit visit = http_visit(request);
    PB_TRY(service_key_make(request->server->desk, &visit, request->guest, &wish, text, &n, err));
    http_signin_put_key(response, n, text);
    return PB_OK;
}

pb_status http_signin_key_end(http_request *request, http_response *response, pb_error *err)
{
    pb_str text = http_request_part(request, "credential");
    identity_credential *keys;
    size_t count;
    int64_t n = 0;
    bool found = false;
    PB_TRY(http_signin_guest(request, response, none, true, err));
    PB_TRY(find_keys(request, &keys, &count, err));
    bool number = pb_str_to_i64(text, &n);
    for (size_t i = 0; i < count && number; i++)
        found = found || keys[i].n == n;
    if (!found)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no key {value}."), "value", PB_ARG(text),
                       NULL);
    const identity_visit visit = http_visit(request);
    PB_TRY(service_credential_end(request->server->desk, &visit, request->guest, request->who->user,
                                  n, false, err));
    response->status = 204;
    return PB_OK;
}
