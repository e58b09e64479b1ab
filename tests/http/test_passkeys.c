/* Passkeys over HTTP: made, shown alone and beside a password, and what is refused. The
 * authenticator and the browser's part are the test's own. */
#include "authenticator.h"
#include "office.h"

#include "base/arena.h"
#include "base/bytes.h"

static const char *const site[] = {"--site", "crm.example.org", "--origin",
                                   "https://crm.example.org", NULL};
/* Clients of a proxy: who fails too often from one address waits. */
static const char *const behind[] = {
    "--site", "crm.example.org", "--origin", "https://crm.example.org", "--proxy", NULL};

static const char *text_of(pb_arena *arena, pb_str bytes)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    identity_base64url(&text, bytes);
    const char *copy = pb_arena_cstr(arena, pb_buf_str(&text));
    assert_non_null(copy);
    return copy;
}

static void challenge_of(const client_answer *a, uint8_t challenge[IDENTITY_CHALLENGE])
{
    size_t len = 0;
    const cJSON *asked = cJSON_GetObjectItem(a->json, "passkey");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(asked, "challenge"));
    assert_non_null(text);
    assert_int_equal(0, sodium_base642bin(challenge, IDENTITY_CHALLENGE, text, strlen(text), NULL,
                                          &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING));
    assert_int_equal(len, IDENTITY_CHALLENGE);
}

/* What toJSON() of the browser gives, with a member of its own. */
static const char *made_json(pb_arena *arena, const identity_made *made)
{
    return pb_arena_printf(arena,
                           "{\"type\":\"public-key\",\"clientExtensionResults\":{},\"response\":{"
                           "\"clientDataJSON\":\"%s\",\"attestationObject\":\"%s\","
                           "\"transports\":[\"usb\"]}}",
                           text_of(arena, made->client_data),
                           text_of(arena, made->attestation_object));
}

static const char *shown_json(pb_arena *arena, const identity_assertion *shown)
{
    return pb_arena_printf(arena,
                           "{\"id\":\"%s\",\"type\":\"public-key\",\"response\":{"
                           "\"clientDataJSON\":\"%s\",\"authenticatorData\":\"%s\","
                           "\"signature\":\"%s\",\"userHandle\":null}}",
                           text_of(arena, shown->id), text_of(arena, shown->client_data),
                           text_of(arena, shown->authenticator_data),
                           text_of(arena, shown->signature));
}

/* A passkey of the authenticator, to be added to bob. */
static const char *new_passkey(office *o, authenticator *of, pb_arena *arena)
{
    uint8_t challenge[IDENTITY_CHALLENGE];
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/credentials/begin", o->bob,
                                    "{\"kind\":\"passkey\"}");
    challenge_of(&a, challenge);
    identity_made made = authenticator_make(of, arena, challenge);
    const char *body =
        pb_arena_printf(arena, "{\"begun\":\"%s\",\"label\":\"blue key\",\"passkey\":%s}",
                        client_text(&a, "begun"), made_json(arena, &made));
    client_free(&a);
    return body;
}

static void add_passkey(office *o, authenticator *of, pb_arena *arena)
{
    const char *body = new_passkey(o, of, arena);
    office_expect(o, 204, NULL, o->bob, "POST", "/api/v1/credentials", body);
    office_expect(o, 403, NULL, o->bob, "POST", "/api/v1/credentials",
                  body); /* begun once, added once */
    office_expect(o, 409, NULL, o->bob, "POST", "/api/v1/credentials", new_passkey(o, of, arena));
    office_expect(o, 200, "\"label\":\"blue key\"", o->bob, "GET", "/api/v1/credentials", NULL);
}

/* A body for /sign-in/passkey or /prove: what was asked by `a`, answered by the authenticator. */
static const char *answer_to(client_answer *a, authenticator *by, pb_arena *arena)
{
    uint8_t challenge[IDENTITY_CHALLENGE];
    challenge_of(a, challenge);
    by->count++;
    identity_assertion shown = authenticator_show(by, arena, challenge);
    const char *body = pb_arena_printf(arena, "{\"ticket\":\"%s\",\"passkey\":%s}",
                                       client_text(a, "ticket"), shown_json(arena, &shown));
    client_free(a);
    assert_non_null(body);
    return body;
}

static client_answer ask_alone(office *o)
{
    return client_expect(&o->c, 200, "POST", "/api/v1/sign-in/passkey/begin", "", NULL);
}

/* ASVS V6.3.3 V6.5.1 V7.2.4 */
/* shows: SEC-2 INT-1 */
static void test_a_passkey_signs_in_alone_and_beside_the_password(void **state)
{
    static const char path[] = "/api/v1/sign-in/passkey";
    PB_AUTO_ARENA arena = pb_arena_new(0);
    authenticator key, strange;
    char body[500];
    office *o = office_open_with(site);
    (void)state;
    authenticator_begin(&key, 1);
    authenticator_begin(&strange, 2);
    add_passkey(o, &key, arena);
    client_answer a = ask_alone(o);
    assert_non_null(strstr(a.text, "\"rpId\":\"crm.example.org\""));
    const char *shown = answer_to(&a, &key, arena);
    office_expect(o, 200, "\"second_factor\":true", "", "POST", path, shown);
    office_expect(o, 401, NULL, "", "POST", path, shown); /* good once */
    a = ask_alone(o);
    office_expect(o, 401, NULL, "", "POST", path, answer_to(&a, &strange, arena));
    /* One who does not verify its user is no two factors. */
    key.flags = 1;
    a = ask_alone(o);
    office_expect(o, 401, NULL, "", "POST", path, answer_to(&a, &key, arena));
    sign_in_body(body, "bob", client_password, "");
    a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
    assert_string_equal(client_text(&a, "step"), "needs_second");
    assert_non_null(strstr(a.text, text_of(arena, pb_str_n((const char *)key.id, sizeof key.id))));
    office_expect(o, 200, "\"second_factor\":true", "", "POST", path, answer_to(&a, &key, arena));
    /* The password alone opens nothing; what the question was for is not for another step. */
    a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
    office_expect(o, 401, NULL, "", "POST", path, answer_to(&a, &strange, arena));
    office_expect(
        o, 401, NULL, "", "POST", path,
        "{\"ticket\":\"none\",\"passkey\":{\"id\":\"AA\",\"response\":{\"clientDataJSON\":\"AA\","
        "\"authenticatorData\":\"AA\",\"signature\":\"AA\"}}}");
    office_expect(o, 400, "passkey", "", "POST", path, "{\"ticket\":\"x\",\"passkey\":1}");
    office_expect(
        o, 400, "base64url", "", "POST", path,
        "{\"ticket\":\"x\",\"passkey\":{\"id\":\"+\",\"response\":{\"clientDataJSON\":\"AA\"}}}");
    EVP_PKEY_free(key.key);
    EVP_PKEY_free(strange.key);
    office_close(o);
}

/* ASVS V7.2.4 V7.5.1 */
/* shows: SEC-2 */
static void test_a_passkey_proves_who_it_is(void **state)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    authenticator key;
    office *o = office_open_with(site);
    (void)state;
    authenticator_begin(&key, 1);
    add_passkey(o, &key, arena);
    client_answer a = ask_alone(o);
    const char *body = answer_to(&a, &key, arena);
    office_expect(o, 401, NULL, o->ann, "POST", "/api/v1/prove", body); /* of another */
    office_expect(o, 401, NULL, o->bob, "POST", "/api/v1/prove",
                  "{\"ticket\":\"x\",\"passkey\":{\"id\":"
                  "\"AA\",\"response\":{\"clientDataJSON\":"
                  "\"AA\",\"authenticatorData\":\"AA\","
                  "\"signature\":\"AA\"}}}");
    a = ask_alone(o);
    body = answer_to(&a, &key, arena);
    office_expect(o, 200, "\"token\"", o->bob, "POST", "/api/v1/prove", body);
    office_expect(o, 401, NULL, o->bob, "GET", "/api/v1/me", NULL);
    EVP_PKEY_free(key.key);
    office_close(o);
}

/* ASVS V6.3.3 */
/* shows: SEC-2 */
static void test_the_first_second_factor_may_be_a_passkey(void **state)
{
    static const char *const manager[] = {"--role", "administrator", NULL};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char code[64], ticket[2048];
    uint8_t challenge[IDENTITY_CHALLENGE];
    authenticator key;
    office *o = office_open_with(site);
    (void)state;
    authenticator_begin(&key, 3);
    client_add_user(o->c.folder, "eve", manager, code);
    client_answer a = client_expect(
        &o->c, 200, "POST", "/api/v1/enrol", "",
        pb_arena_printf(arena, "{\"name\":\"eve\",\"code\":\"%s\",\"password\":\"%s\"}", code,
                        client_password));
    assert_string_equal(client_text(&a, "step"), "needs_enrol");
    snprintf(ticket, sizeof ticket, "%s", client_text(&a, "ticket"));
    client_free(&a);
    a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in/factor", "",
                      pb_arena_printf(arena, "{\"ticket\":\"%s\",\"kind\":\"passkey\"}", ticket));
    challenge_of(&a, challenge);
    identity_made made = authenticator_make(&key, arena, challenge);
    const char *body = pb_arena_printf(
        arena, "{\"ticket\":\"%s\",\"begun\":\"%s\",\"label\":\"key\",\"passkey\":%s}", ticket,
        client_text(&a, "begun"), made_json(arena, &made));
    client_free(&a);
    office_expect(o, 200, "\"second_factor\":true", "", "POST", "/api/v1/sign-in/new-factor", body);
    EVP_PKEY_free(key.key);
    office_close(o);
}

/* The vectors answer other questions than this server asked. */
/* shows: SEC-2 */
static void test_no_passkey_of_the_specification_opens_anything(void **state)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char path[4096], from[100];
    office *o = office_open_with(behind);
    (void)state;
    snprintf(path, sizeof path, "%s/tests/data/webauthn/webauthn-vectors.json",
             getenv("PROBITY_ROOT"));
    char *text = program_slurp(path);
    cJSON *all = cJSON_Parse(text);
    const cJSON *one;
    int tried = 0;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(all, "vectors"))
    {
        static const char *const names[] = {"clientDataJSON", "authenticatorData", "signature"};
        const cJSON *shown = cJSON_GetObjectItem(one, "authentication");
        const char *bytes[3], *id = cJSON_GetStringValue(cJSON_GetObjectItem(
                                  cJSON_GetObjectItem(one, "registration"), "credential_id"));
        char raw[4096];
        for (int i = 0; i < 3; i++) {
            pb_str hex = pb_str_c(cJSON_GetStringValue(cJSON_GetObjectItem(shown, names[i])));
            assert_true(pb_unhex(hex, raw, hex.len / 2));
            bytes[i] = text_of(arena, pb_str_n(raw, hex.len / 2));
        }
        assert_true(pb_unhex(pb_str_c(id), raw, strlen(id) / 2));
        const char *name = text_of(arena, pb_str_n(raw, strlen(id) / 2));
        client_answer a = ask_alone(o);
        snprintf(from, sizeof from, "X-Real-IP: 192.0.2.%d\r\n", tried + 1);
        const char *body = pb_arena_printf(
            arena,
            "{\"ticket\":\"%s\",\"passkey\":{\"id\":\"%s\",\"response\":{\"clientDataJSON\":\"%s\","
            "\"authenticatorData\":\"%s\",\"signature\":\"%s\"}}}",
            client_text(&a, "ticket"), name, bytes[0], bytes[1], bytes[2]);
        client_free(&a);
        office_expect(o, 401, NULL, from, "POST", "/api/v1/sign-in/passkey", body);
        tried++;
    }
    assert_true(tried >= 11);
    cJSON_Delete(all);
    free(text);
    office_close(o);
}

/* shows: SEC-2 */
static void test_where_no_page_was_named_no_passkey_is_taken(void **state)
{
    office *o = office_open();
    (void)state;
    office_expect(o, 422, "--origin", "", "POST", "/api/v1/sign-in/passkey/begin", NULL);
    office_expect(o, 400, NULL, "", "POST", "/api/v1/sign-in/passkey/begin?x=1", NULL);
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_passkey_signs_in_alone_and_beside_the_password),
        cmocka_unit_test(test_a_passkey_proves_who_it_is),
        cmocka_unit_test(test_the_first_second_factor_may_be_a_passkey),
        cmocka_unit_test(test_no_passkey_of_the_specification_opens_anything),
        cmocka_unit_test(test_where_no_page_was_named_no_passkey_is_taken),
    };
    return cmocka_run_group_tests_name("http/passkeys", tests, NULL, NULL);
}
