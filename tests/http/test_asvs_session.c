/* OWASP ASVS, chapter 7: sessions. What hangs on the clock is shown by test_asvs_clock. */
#include "asvs.h"

static const char me[] = "/api/v1/me";

/* shows: SEC-2 ASVS V7.2.1 */
static void no_token_but_the_right_one(office *o)
{
    static const char head[] = "Authorization: Bearer ";
    char edited[200];
    size_t from = sizeof head - 1, end = strlen(o->bob) - 2;
    for (size_t i = from; i < end; i++) {
        snprintf(edited, sizeof edited, "%s", o->bob);
        edited[i] = edited[i] == 'A' ? 'B' : 'A';
        office_expect(o, 401, "invalid_token", edited, "GET", me, NULL);
    }
    snprintf(edited, sizeof edited, "%.*s\r\n", (int)(end - 1), o->bob);
    office_expect(o, 401, NULL, edited, "GET", me, NULL);
    snprintf(edited, sizeof edited, "%.*sA\r\n", (int)end, o->bob);
    office_expect(o, 401, NULL, edited, "GET", me, NULL);
    office_expect(o, 401, NULL, "Authorization: Bearer \r\n", "GET", me, NULL);
    office_expect(o, 200, NULL, o->bob, "GET", me, NULL);
}

/* 256 bits in 43 characters, and each another one; a million of them are made elsewhere. */
/* shows: SEC-2 ASVS V7.2.3 */
static void tokens_are_long(office *o)
{
    char first[200], second[200];
    office_sign_in(o, "bob", client_password, first);
    office_sign_in(o, "bob", client_password, second);
    assert_string_not_equal(first, second);
    assert_true(strlen(first) >= strlen("Authorization: Bearer \r\n") + 43);
}

/* shows: SEC-2 ASVS V7.2.4 */
static void a_proof_changes_the_token(office *o)
{
    char old[200], body[200], token[100];
    office_sign_in(o, "bob", client_password, old);
    snprintf(body, sizeof body, "{\"password\":\"%s\"}", client_password);
    office_take(o, 200, old, "POST", "/api/v1/prove", body, NULL, "token", token, sizeof token);
    office_expect(o, 401, NULL, old, "GET", me, NULL);
    snprintf(old, sizeof old, "Authorization: Bearer %s\r\n", token);
    office_expect(o, 200, NULL, old, "GET", me, NULL);
}

/* shows: SEC-2 ASVS V7.4.1 */
static void signed_out_is_out(office *o)
{
    char header[200];
    office_sign_in(o, "bob", client_password, header);
    office_expect(o, 204, NULL, header, "POST", "/api/v1/sign-out", NULL);
    office_expect(o, 401, NULL, header, "GET", me, NULL);
    office_expect(o, 401, NULL, header, "POST", "/api/v1/sign-out", NULL);
}

/* The command line is another process: the server sees at once what it did. */
/* shows: SEC-2 ACC-1 ASVS V7.4.2 */
static void who_leaves_is_out(office *o)
{
    static const char *const sales[] = {"--role", "sales", NULL};
    char code[64], cho[200], second[200], key[200], token[100];
    client_add_user(o->c.folder, "cho", sales, code);
    client_enrol(&o->c, "cho", code, cho, NULL, 0);
    office_sign_in(o, "cho", client_password, second);
    office_take(o, 201, cho, "POST", "/api/v1/keys", "{\"label\":\"x\"}", NULL, "key", token,
                sizeof token);
    snprintf(key, sizeof key, "Authorization: Bearer %s\r\n", token);
    office_expect(o, 200, NULL, key, "GET", me, NULL);
    PROGRAM_EXPECT(o->c.folder, 0, "", "users", "end", "cho", "-w", "ws");
    office_expect(o, 401, NULL, cho, "GET", me, NULL);
    office_expect(o, 401, NULL, second, "GET", me, NULL);
    office_expect(o, 401, NULL, key, "GET", me, NULL);
}

/* shows: SEC-2 ASVS V7.4.3 */
static void other_sessions_may_end_with_a_change(office *o)
{
    char other[200], body[200];
    office_sign_in(o, "bob", client_password, other);
    snprintf(body, sizeof body, "{\"password\":\"%s\",\"end_others\":false}", client_password);
    office_expect(o, 204, NULL, o->bob, "PUT", "/api/v1/password", body);
    office_expect(o, 200, NULL, other, "GET", me, NULL);
    snprintf(body, sizeof body, "{\"password\":\"%s\",\"end_others\":true}", client_password);
    office_expect(o, 204, NULL, o->bob, "PUT", "/api/v1/password", body);
    office_expect(o, 401, NULL, other, "GET", me, NULL);
    office_expect(o, 200, NULL, o->bob, "GET", me, NULL);
}

/* shows: SEC-2 ACC-1 ASVS V7.4.5 */
static void an_administrator_ends_sessions(office *o)
{
    char one[200], two[200], path[100], other[100], id[37], boss[37];
    office_sign_in(o, "bob", client_password, one);
    office_sign_in(o, "bob", client_password, two);
    office_take(o, 200, o->ann, "GET", "/api/v1/users/bob", NULL, "user", "id", id, sizeof id);
    office_take(o, 200, o->ann, "GET", "/api/v1/users/ann", NULL, "user", "id", boss, sizeof boss);
    snprintf(path, sizeof path, "/api/v1/users/%s/sessions", id);
    client_answer a = client_expect(&o->c, 200, "GET", me, one, NULL);
    int n = cJSON_GetObjectItem(a.json, "session")->valueint;
    client_free(&a);
    snprintf(path, sizeof path, "/api/v1/users/%s/sessions/%d", id, n);
    office_expect(o, 204, NULL, o->ann, "DELETE", path, NULL);
    office_expect(o, 401, NULL, one, "GET", me, NULL);
    office_expect(o, 200, NULL, two, "GET", me, NULL);
    snprintf(path, sizeof path, "/api/v1/users/%s/sessions", id);
    snprintf(other, sizeof other, "/api/v1/users/%s/sessions", boss);
    office_expect(o, 403, NULL, two, "DELETE", other, NULL);
    office_expect(o, 200, "\"ended\":", o->ann, "DELETE", path, NULL);
    office_expect(o, 401, NULL, two, "GET", me, NULL);
    office_expect(o, 401, NULL, o->bob, "GET", me, NULL);
    office_sign_in(o, "bob", client_password, o->bob);
}

/* What a key has stands for no fresh proof, however new it is. */
static void no_key_changes_factors(office *o)
{
    char key[200], token[100];
    office_take(o, 201, o->bob, "POST", "/api/v1/keys", "{\"label\":\"x\"}", NULL, "key", token,
                sizeof token);
    snprintf(key, sizeof key, "Authorization: Bearer %s\r\n", token);
    office_expect(o, 403, NULL, key, "PUT", "/api/v1/password",
                  "{\"password\":\"grey heron wade\"}");
    office_expect(o, 403, NULL, key, "POST", "/api/v1/credentials/begin", "{\"kind\":\"totp\"}");
    office_expect(o, 403, NULL, key, "POST", "/api/v1/recovery-codes", NULL);
    office_expect(o, 403, NULL, key, "POST", "/api/v1/keys", "{\"label\":\"y\"}");
}

static const asvs_row rows[] = {
    {"V7.2.1", no_token_but_the_right_one, "tests/identity/test_session.c", NULL},
    {"V7.2.3", tokens_are_long, "tests/identity/test_session.c", NULL},
    {"V7.2.4", a_proof_changes_the_token, "tests/identity/test_session.c", NULL},
    {"V7.3.1", NULL, "tests/http/test_asvs_clock.c", NULL},
    {"V7.3.2", NULL, "tests/http/test_asvs_clock.c", NULL},
    {"V7.4.1", signed_out_is_out, NULL, NULL},
    {"V7.4.2", who_leaves_is_out, NULL, NULL},
    {"V7.4.3", other_sessions_may_end_with_a_change, NULL, NULL},
    {"V7.4.5", an_administrator_ends_sessions, NULL, NULL},
    {"V7.5.1", no_key_changes_factors, "tests/http/test_asvs_clock.c", NULL},
    {"V7.5.3", NULL, "tests/http/test_asvs_clock.c", NULL},
};

int main(void)
{
    static const char *const none[] = {NULL};
    return asvs_run("session", rows, sizeof rows / sizeof *rows, none);
}
