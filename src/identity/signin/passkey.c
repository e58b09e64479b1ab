/* What a browser hands over: client data, authenticator data, signature. */
#include "passkey.h"

#include "base/cbor.h"

#include <cjson/cJSON.h>
#include <sodium.h>

enum { CLIENT_DATA_MAX = 16 << 10, FLAGS_AT = 32, COUNT_AT = 33, ATTESTED_AT = 37, MAKER = 16 };

pb_status identity_passkey_refuse(const char *says, pb_error *err)
{
    return pb_fail(err, PB_DENIED, says, NULL);
}

pb_str identity_sha256(pb_str of, uint8_t room[32])
{
    if (EVP_Digest(of.ptr, of.len, room, NULL, EVP_sha256(), NULL) != 1)
        memset(room, 0, 32);
    return pb_str_n((const char *)room, 32);
}

/* ---- client data: JSON that the browser wrote ---- */

static pb_str text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? pb_str_c(item->valuestring) : PB_STR_NONE;
}

static bool origin_is_ours(const identity_site *site, pb_str origin)
{
    for (size_t i = 0; i < site->origin_count; i++)
        if (origin.len > 0 && pb_str_eq(origin, site->origins[i]))
            return true;
    return false;
}

static pb_status check_members(const identity_site *site, const char *type, pb_str challenge,
                               const cJSON *object, pb_error *err)
{
    char want[sodium_base64_ENCODED_LEN(1024, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    const cJSON *crossed = cJSON_GetObjectItemCaseSensitive(object, "crossOrigin");
    if (!pb_str_is(text_of(object, "type"), type))
        return identity_passkey_refuse(
            PB_MSG("The passkey answered another question than was asked."), err);
    if (challenge.len < 16 || challenge.len > 1024)
        return identity_passkey_refuse(PB_MSG("A challenge has 16 to 1,024 bytes."), err);
    sodium_bin2base64(want, sizeof want, (const uint8_t *)challenge.ptr, challenge.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    if (!pb_str_is(text_of(object, "challenge"), want))
        return identity_passkey_refuse(
            PB_MSG("The passkey answered another challenge than was given."), err);
    if (!origin_is_ours(site, text_of(object, "origin"))) {
        pb_fail(err, PB_DENIED, PB_MSG("The passkey was used on another site."), NULL);
        pb_error_detail(err, PB_MSG("It says {origin}."), "origin",
                        PB_ARG(text_of(object, "origin")), NULL);
        return PB_DENIED;
    }
    if (!site->framed &&
        (cJSON_IsTrue(crossed) || cJSON_GetObjectItemCaseSensitive(object, "topOrigin") != NULL))
        return identity_passkey_refuse(
            PB_MSG("The passkey was used on a page within a page of another site."), err);
    return PB_OK;
}

pb_status identity_client_data(const identity_site *site, const char *type, pb_str challenge,
                               pb_str client_data, pb_error *err)
{
    const char *end = NULL;
    /* A zero within a text would end it for C, and hide what follows. */
    bool odd = client_data.len > CLIENT_DATA_MAX ||
               pb_str_find(client_data, PB_STR("\\u0000")) != SIZE_MAX;
    cJSON *object =
        odd ? NULL : cJSON_ParseWithLengthOpts(client_data.ptr, client_data.len, &end, false);
    /* What stands behind the object would be signed, but read by nobody. */
    bool whole = cJSON_IsObject(object) && end == client_data.ptr + client_data.len;
    pb_status status =
        whole ? check_members(site, type, challenge, object, err)
              : identity_passkey_refuse(
                    PB_MSG("What the passkey says of the page is not understood."), err);
    cJSON_Delete(object);
    return status;
}

/* ---- authenticator data ---- */

static bool read_attested(pb_str data, size_t *at, identity_authenticator *to)
{
    if (data.len < *at + MAKER + 2)
        return false;
    memcpy(to->maker, data.ptr + *at, MAKER);
    size_t len = (size_t)(uint8_t)data.ptr[*at + MAKER] << 8 | (uint8_t)data.ptr[*at + MAKER + 1];
    *at += MAKER + 2;
    if (len == 0 || len > IDENTITY_PASSKEY_ID_MAX || data.len - *at < len)
        return false;
    to->id = pb_str_sub(data, *at, len);
    *at += len;
    pb_cbor key = {.in = pb_str_sub(data, *at, data.len - *at)};
    pb_cbor_skip(&key);
    to->key = pb_str_sub(data, *at, key.pos);
    *at += key.pos;
    return !key.bad;
}

static bool read_data(pb_str data, identity_authenticator *to)
{
    size_t at = ATTESTED_AT;
    if (data.len < ATTESTED_AT)
        return false;
    to->flags = (uint8_t)data.ptr[FLAGS_AT];
    for (size_t i = 0; i < 4; i++)
        to->count = to->count << 8 | (uint8_t)data.ptr[COUNT_AT + i];
    if ((to->flags & PASSKEY_ATTESTED) != 0 && !read_attested(data, &at, to))
        return false;
    if ((to->flags & PASSKEY_EXTENDED) != 0) {
        pb_cbor more = {.in = pb_str_sub(data, at, data.len - at)};
        if (pb_cbor_peek(&more) != PB_CBOR_MAP)
            return false;
        pb_cbor_skip(&more);
        at += more.pos;
        if (more.bad)
            return false;
    }
    return at == data.len;
}

pb_status identity_authenticator_read(const identity_site *site, pb_str data, bool must_verify,
                                      identity_authenticator *ret_read, pb_error *err)
{
    identity_authenticator read = {0};
    uint8_t room[32];
    if (!read_data(data, &read))
        return identity_passkey_refuse(PB_MSG("The passkey's data is malformed."), err);
    if (sodium_memcmp(identity_sha256(site->name, room).ptr, data.ptr, 32) != 0)
        return identity_passkey_refuse(PB_MSG("The passkey was made for another site."), err);
    if ((read.flags & PASSKEY_PRESENT) == 0)
        return identity_passkey_refuse(PB_MSG("The passkey was not touched."), err);
    if (must_verify && (read.flags & PASSKEY_VERIFIED) == 0)
        return identity_passkey_refuse(
            PB_MSG("The passkey did not verify its user: by finger, face or PIN."), err);
    if ((read.flags & PASSKEY_SYNCED) != 0 && (read.flags & PASSKEY_CAN_SYNC) == 0)
        return identity_passkey_refuse(PB_MSG("The passkey's flags contradict each other."), err);
    *ret_read = read;
    return PB_OK;
}

/* ---- signing in ---- */

pb_status identity_passkey_shown(const identity_site *site, pb_str challenge, bool must_verify,
                                 const identity_assertion *assertion, pb_str key, uint32_t count,
                                 uint32_t *ret_count, bool *ret_verified, pb_error *err)
{
    identity_authenticator read;
    identity_cose public_key;
    uint8_t room[32];
    size_t len;
    PB_TRY(identity_client_data(site, "webauthn.get", challenge, assertion->client_data, err));
    PB_TRY(
        identity_authenticator_read(site, assertion->authenticator_data, must_verify, &read, err));
    PB_TRY(identity_cose_read(key, &public_key, &len, err));
    bool good =
        len == key.len &&
        identity_cose_verify(public_key.key, public_key.algorithm, assertion->authenticator_data,
                             identity_sha256(assertion->client_data, room), assertion->signature);
    identity_cose_end(&public_key);
    if (!good)
        return identity_passkey_refuse(PB_MSG("The passkey's signature does not fit."), err);
    /* Both zero: it does not count. Else a counter that does not rise is that of a copy. */
    if ((read.count != 0 || count != 0) && read.count <= count)
        return identity_passkey_refuse(PB_MSG("The passkey was copied: its counter did not rise."),
                                       err);
    *ret_count = read.count;
    if (ret_verified != NULL)
        *ret_verified = (read.flags & PASSKEY_VERIFIED) != 0;
    return PB_OK;
}
