/* Fuzz target of passkeys: what a browser hands over. First byte 1: an attestation object; 0: three
 * parts, each after its length in two bytes: public key, authenticator data, client data; then the
 * signature. Build and run: tests/fuzz/README.md.
 *
 * Holds: reading ends; what is accepted has an id, a key that is read again, and was touched.
 */
/* fuzzes: identity/signin/passkey.c identity/signin/attest.c identity/signin/cose.c */
/* libraries: libcjson */
#include "signin/passkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 16 };

static const pb_str challenge = PB_STR("0123456789abcdef0123456789abcdef");
static const pb_str client_data =
    PB_STR("{\"type\":\"webauthn.create\",\"challenge\":"
           "\"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY\",\"origin\":\"https://example.org\"}");

static void hold(bool condition)
{
    if (!condition)
        abort();
}

static void check_made(const identity_site *site, pb_str object)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 22);
    identity_passkey made;
    identity_cose key;
    size_t len;
    hold(arena != NULL);
    if (identity_passkey_made(site, challenge, false, client_data, object, arena, &made, NULL) !=
        PB_OK)
        return;
    hold(made.id.len > 0 && made.id.len <= IDENTITY_PASSKEY_ID_MAX);
    hold(identity_cose_read(made.key, &key, &len, NULL) == PB_OK && len == made.key.len);
    identity_cose_end(&key);
}

/* The next part; absent when its length leads beyond the end. */
static pb_str part(pb_str *rest)
{
    if (rest->len < 2)
        return PB_STR_NONE;
    size_t len = (size_t)(uint8_t)rest->ptr[0] << 8 | (uint8_t)rest->ptr[1];
    pb_str found = pb_str_sub(*rest, 2, len);
    *rest = pb_str_sub(*rest, 2 + found.len, rest->len);
    return found;
}

static void check_shown(const identity_site *site, pb_str rest)
{
    uint32_t count;
    pb_str key = part(&rest);
    identity_assertion assertion = {.authenticator_data = part(&rest)};
    assertion.client_data = part(&rest);
    assertion.signature = rest;
    if (identity_passkey_shown(site, challenge, false, &assertion, key, 0, &count, NULL, NULL) ==
        PB_OK)
        hold(assertion.authenticator_data.len >= 37 &&
             (assertion.authenticator_data.ptr[32] & 1) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const pb_str origin = PB_STR("https://example.org");
    const identity_site site = {
        .name = PB_STR("example.org"), .origins = &origin, .origin_count = 1};
    if (size < 1 || size > MOST)
        return 0;
    pb_str rest = pb_str_n((const char *)data + 1, size - 1);
    if (data[0] == 1)
        check_made(&site, rest);
    else
        check_shown(&site, rest);
    return 0;
}
