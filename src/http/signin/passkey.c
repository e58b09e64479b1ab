/* Passkeys as browsers write them: what they hand over is read, what they need is told. */
#include "signin.h"

#include "../operations/operations.h"
#include "../who.h"

enum { TEXT_MAX = 4096, BYTES_MAX = 64 << 10, TIMEOUT_MS = 600000 };

/* ---- what comes in ---- */

static pb_status read_bytes(const http_request *request, const json_value *from, const char *name,
                            bool needed, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(BYTES_MAX);
    pb_str text = PB_STR_NONE;
    *ret = PB_STR_NONE;
    PB_TRY(needed ? http_op_body_needed(from, name, &text, err)
                  : http_op_body_text(from, name, &text, err));
    if (text.len == 0)
        return PB_OK;
    if (!identity_unbase64url(text, &bytes)) {
        pb_fail(err, PB_USAGE, PB_MSG("“{value}” must be bytes, written in base64url."), "value",
                name, NULL);
        pb_error_hint(err, PB_MSG("Send what toJSON() of the browser's credential gives."), NULL);
        return PB_USAGE;
    }
    *ret = pb_arena_str(request->arena, pb_buf_str(&bytes));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_made(const http_request *request, const json_value *response,
                           http_signin_form *form, pb_error *err)
{
    identity_made *made = pb_arena_alloc(request->arena, sizeof *made);
    if (made == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_bytes(request, response, "clientDataJSON", true, &made->client_data, err));
    PB_TRY(
        read_bytes(request, response, "attestationObject", true, &made->attestation_object, err));
    form->made = made;
    return PB_OK;
}

static pb_status read_shown(const http_request *request, const json_value *passkey,
                            const json_value *response, http_signin_form *form, pb_error *err)
{
    identity_assertion *shown = pb_arena_alloc(request->arena, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_bytes(request, passkey, "id", true, &shown->id, err));
    PB_TRY(read_bytes(request, response, "clientDataJSON", true, &shown->client_data, err));
    PB_TRY(
        read_bytes(request, response, "authenticatorData", true, &shown->authenticator_data, err));
    PB_TRY(read_bytes(request, response, "signature", true, &shown->signature, err));
    PB_TRY(read_bytes(request, response, "userHandle", false, &shown->user, err));
    form->assertion = shown;
    return PB_OK;
}

/* Browsers add members as the standard grows; those that nothing here needs are passed over. */
pb_status http_passkey_read(const http_request *request, const json_value *body,
                            http_signin_form *form, pb_error *err)
{
    const json_value *passkey = http_json_member(body, "passkey");
    const json_value *response = http_json_member(passkey, "response");
    if (passkey == NULL || passkey->kind == JSON_NULL)
        return PB_OK;
    if (response == NULL || response->kind != JSON_OBJECT)
        return pb_fail(err, PB_USAGE, PB_MSG("“{value}” must be an object."), "value",
                       passkey->kind == JSON_OBJECT ? "passkey.response" : "passkey", NULL);
    return http_json_member(response, "attestationObject") != NULL
               ? read_made(request, response, form, err)
               : read_shown(request, passkey, response, form, err);
}

/* ---- what goes out ---- */

static void put_bytes(pb_json *json, const char *key, pb_str bytes)
{
    PB_AUTO_BUF text = PB_BUF_INIT(TEXT_MAX);
    identity_base64url(&text, bytes);
    pb_json_member(json, key, pb_buf_str(&text));
}

static void put_ids(pb_json *json, const char *key, const pb_str *ids, size_t count)
{
    pb_json_key(json, key);
    pb_json_array(json);
    for (size_t i = 0; i < count; i++) {
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("public-key"));
        put_bytes(json, "id", ids[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static pb_str challenge_bytes(const uint8_t challenge[IDENTITY_CHALLENGE])
{
    return pb_str_n((const char *)challenge, IDENTITY_CHALLENGE);
}

void http_passkey_put_ask(pb_json *json, const char *key, pb_str site,
                          const uint8_t challenge[IDENTITY_CHALLENGE], const pb_str *ids,
                          size_t count, bool verify)
{
    pb_json_key(json, key);
    pb_json_object(json);
    put_bytes(json, "challenge", challenge_bytes(challenge));
    pb_json_member(json, "rpId", site);
    pb_json_member_i64(json, "timeout", TIMEOUT_MS);
    put_ids(json, "allowCredentials", ids, count);
    pb_json_member(json, "userVerification", verify ? PB_STR("required") : PB_STR("preferred"));
    pb_json_object_end(json);
}

/* The keys that identity/passkey.h verifies, those that browsers make most first. */
static void put_algorithms(pb_json *json)
{
    static const int64_t numbers[] = {-7, -8, -257, -35, -36, -53};
    pb_json_key(json, "pubKeyCredParams");
    pb_json_array(json);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pb_json_object(json);
        pb_json_member(json, "type", PB_STR("public-key"));
        pb_json_member_i64(json, "alg", numbers[i]);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void put_make(pb_json *json, pb_str site, const service_factor *factor)
{
    const identity_user *user = &factor->user;
    pb_json_key(json, "passkey");
    pb_json_object(json);
    pb_json_key(json, "rp");
    pb_json_object(json);
    pb_json_member(json, "id", site);
    pb_json_member(json, "name", site);
    pb_json_object_end(json);
    pb_json_key(json, "user");
    pb_json_object(json);
    put_bytes(json, "id", pb_uuid_str(&user->id));
    pb_json_member(json, "name", user->name);
    pb_json_member(json, "displayName", user->shown.len > 0 ? user->shown : user->name);
    pb_json_object_end(json);
    put_bytes(json, "challenge", challenge_bytes(factor->challenge));
    put_algorithms(json);
    pb_json_member_i64(json, "timeout", TIMEOUT_MS);
    put_ids(json, "excludeCredentials", factor->known, factor->known_count);
    pb_json_key(json, "authenticatorSelection");
    pb_json_object(json);
    pb_json_member(json, "residentKey", PB_STR("preferred"));
    pb_json_member(json, "userVerification", PB_STR("preferred"));
    pb_json_object_end(json);
    pb_json_member(json, "attestation", PB_STR("none"));
    pb_json_object_end(json);
}

static pb_status read_kind(const http_signin_form *form, bool *ret_passkey, pb_error *err)
{
    *ret_passkey = pb_str_is(form->kind, "passkey");
    if (*ret_passkey || form->kind.ptr == NULL || pb_str_is(form->kind, "totp"))
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no kind of second factor."), "value",
            PB_ARG(form->kind), NULL);
    pb_error_hint(err, PB_MSG("There are “totp” and “passkey”."), NULL);
    return PB_USAGE;
}

pb_status http_factor_begin(const http_request *request, http_response *response,
                            const http_signin_form *form, const service_guest *guest, pb_error *err)
{
    service_factor factor;
    pb_str site = PB_STR_NONE;
    bool passkey;
    pb_json json;
    PB_TRY(read_kind(form, &passkey, err));
    if (passkey)
        PB_TRY(service_desk_site(request->server->desk, &site, err));
    PB_TRY(service_factor_begin(request->server->desk, &form->visit, guest, form->ticket, passkey,
                                request->arena, &factor, err));
    pb_json_init(&json, &response->body, 0);
    pb_json_object(&json);
    pb_json_member(&json, "begun", factor.begun);
    if (passkey)
        put_make(&json, site, &factor);
    else
        pb_json_member(&json, "address", factor.address);
    pb_json_object_end(&json);
    return PB_OK;
}
