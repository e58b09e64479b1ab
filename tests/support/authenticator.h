/* An authenticator that makes one passkey for https://crm.example.org, and shows it. */
#ifndef TEST_AUTHENTICATOR_H
#define TEST_AUTHENTICATOR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/cbor.h"
#include "identity/signin.h"

/** Makes one passkey, and shows it. */
typedef struct authenticator {
    EVP_PKEY *key;
    uint8_t id[16];
    uint32_t count;
    uint8_t flags; /* beside those of what is done: 1 touched, 4 user verified */
} authenticator;

static inline void authenticator_begin(authenticator *a, uint8_t number)
{
    *a = (authenticator){.flags = 5};
    a->key = EVP_EC_gen("P-256");
    assert_non_null(a->key);
    memset(a->id, number, sizeof a->id);
}

static inline pb_str client_data(pb_arena *arena, const char *type,
                                 const uint8_t challenge[IDENTITY_CHALLENGE])
{
    char text[64];
    sodium_bin2base64(text, sizeof text, challenge, IDENTITY_CHALLENGE,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return pb_str_c(pb_arena_printf(
        arena,
        "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"https://crm.example.org\","
        "\"crossOrigin\":false}",
        type, text));
}

static inline void put_head(authenticator *a, uint8_t more, pb_buf *out)
{
    uint8_t hash[32];
    assert_int_equal(1, EVP_Digest("crm.example.org", 15, hash, NULL, EVP_sha256(), NULL));
    pb_buf_add(out, pb_str_n((const char *)hash, sizeof hash));
    pb_buf_byte(out, (char)(a->flags | more));
    for (int i = 3; i >= 0; i--)
        pb_buf_byte(out, (char)(a->count >> (8 * i)));
}

static inline void put_key(authenticator *a, pb_buf *out)
{
    uint8_t point[65];
    size_t len = 0;
    assert_int_equal(1, EVP_PKEY_get_octet_string_param(a->key, "pub", point, sizeof point, &len));
    assert_int_equal(len, sizeof point);
    pb_cbor_map(out, 5);
    pb_cbor_int(out, 1);
    pb_cbor_int(out, 2);
    pb_cbor_int(out, 3);
    pb_cbor_int(out, -7);
    pb_cbor_int(out, -1);
    pb_cbor_int(out, 1);
    pb_cbor_int(out, -2);
    pb_cbor_bytes(out, pb_str_n((const char *)point + 1, 32));
    pb_cbor_int(out, -3);
    pb_cbor_bytes(out, pb_str_n((const char *)point + 33, 32));
}

/** What a browser hands over when a passkey is made. */
static inline identity_made authenticator_make(authenticator *a, pb_arena *arena,
                                               const uint8_t challenge[IDENTITY_CHALLENGE])
{
    PB_AUTO_BUF data = PB_BUF_INIT(4096);
    PB_AUTO_BUF object = PB_BUF_INIT(8192);
    put_head(a, 64, &data);
    for (int i = 0; i < 16; i++)
        pb_buf_byte(&data, 0);
    pb_buf_byte(&data, 0);
    pb_buf_byte(&data, sizeof a->id);
    pb_buf_add(&data, pb_str_n((const char *)a->id, sizeof a->id));
    put_key(a, &data);
    pb_cbor_map(&object, 3);
    pb_cbor_text(&object, PB_STR("fmt"));
    pb_cbor_text(&object, PB_STR("none"));
    pb_cbor_text(&object, PB_STR("attStmt"));
    pb_cbor_map(&object, 0);
    pb_cbor_text(&object, PB_STR("authData"));
    pb_cbor_bytes(&object, pb_buf_str(&data));
    return (identity_made){client_data(arena, "webauthn.create", challenge),
                           pb_arena_str(arena, pb_buf_str(&object))};
}

/** What it hands over when it is shown. */
static inline identity_assertion authenticator_show(authenticator *a, pb_arena *arena,
                                                    const uint8_t challenge[IDENTITY_CHALLENGE])
{
    PB_AUTO_BUF data = PB_BUF_INIT(4096);
    PB_AUTO_BUF all = PB_BUF_INIT(4096);
    uint8_t hash[32], signature[80];
    size_t len = sizeof signature;
    pb_str client = client_data(arena, "webauthn.get", challenge);
    put_head(a, 0, &data);
    pb_buf_add(&all, pb_buf_str(&data));
    assert_int_equal(1, EVP_Digest(client.ptr, client.len, hash, NULL, EVP_sha256(), NULL));
    pb_buf_add(&all, pb_str_n((const char *)hash, sizeof hash));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(1, EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, a->key, NULL));
    assert_int_equal(1,
                     EVP_DigestSign(context, signature, &len, (const uint8_t *)all.ptr, all.len));
    EVP_MD_CTX_free(context);
    return (identity_assertion){
        .id = pb_arena_str(arena, pb_str_n((const char *)a->id, sizeof a->id)),
        .client_data = client,
        .authenticator_data = pb_arena_str(arena, pb_buf_str(&data)),
        .signature = pb_arena_str(arena, pb_str_n((const char *)signature, len))};
}

#endif
