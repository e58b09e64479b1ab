/* Passkeys to test with: vectors of the W3C, and an authenticator that makes others. */
#ifndef TEST_PASSKEY_SUPPORT_H
#define TEST_PASSKEY_SUPPORT_H

#include "authenticator.h"
#include "signin_support.h"

#include <cjson/cJSON.h>

#include "sys/file.h"

static inline cJSON *vectors_read(void)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    must(sys_file_read(pb_arena_printf(arena, "%s/tests/data/webauthn/webauthn-vectors.json",
                                       getenv("PROBITY_ROOT")),
                       1 << 20, &text, &err),
         &err);
    cJSON *all = cJSON_ParseWithLength(text.ptr, text.len);
    assert_non_null(all);
    return all;
}

static inline const char *member(const cJSON *of, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(of, name);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

static inline pb_str bytes_of(pb_arena *arena, const cJSON *of, const char *name)
{
    pb_str hex = pb_str_c(member(of, name));
    char *room = pb_arena_alloc(arena, hex.len / 2 + 1);
    assert_true(pb_unhex(hex, room, hex.len / 2));
    return pb_str_n(room, hex.len / 2);
}

/** One vector, its bytes in an arena. */
typedef struct vector {
    const char *title, *form;
    identity_site site;
    pb_str origin;
    pb_str made_challenge, made_client, made_object, id;
    pb_str challenge;
    identity_assertion assertion;
} vector;

static inline vector vector_read(pb_arena *arena, const cJSON *item)
{
    const cJSON *made = cJSON_GetObjectItemCaseSensitive(item, "registration");
    const cJSON *shown = cJSON_GetObjectItemCaseSensitive(item, "authentication");
    return (vector){
        .title = member(item, "title"),
        .form = member(item, "fmt"),
        .site = {.name = pb_str_c(member(item, "rpId")), .origin_count = 1, .framed = true},
        .origin = pb_str_c(member(item, "origin")),
        .made_challenge = bytes_of(arena, made, "challenge"),
        .made_client = bytes_of(arena, made, "clientDataJSON"),
        .made_object = bytes_of(arena, made, "attestationObject"),
        .id = bytes_of(arena, made, "credential_id"),
        .challenge = bytes_of(arena, shown, "challenge"),
        .assertion = {.client_data = bytes_of(arena, shown, "clientDataJSON"),
                      .authenticator_data = bytes_of(arena, shown, "authenticatorData"),
                      .signature = bytes_of(arena, shown, "signature")},
    };
}

#endif
