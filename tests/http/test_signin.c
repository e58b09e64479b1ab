/* People and programs sign in to the program as it is installed: with a token, with a cookie, with
 * both factors, with a key. Every answer is held to the OpenAPI document. */
#include "client.h"

typedef struct office {
    client c;
    char ann[200], bob[200]; /* an administrator, somebody who sells */
    char address[1000];      /* of ann's app */
} office;

static office *office_open(void)
{
    static const char *const administrator[] = {"--role", "administrator", NULL};
    static const char *const sales[] = {"--role", "sales", NULL};
    char ann[64], bob[64];
    office *o = calloc(1, sizeof *o);
    assert_non_null(o);
    o->c.folder = program_folder();
    PROGRAM_EXPECT(o->c.folder, 0, "Made workspace", "init", "ws");
    client_add_user(o->c.folder, "ann", administrator, ann);
    client_add_user(o->c.folder, "bob", sales, bob);
    o->c = client_start(o->c.folder);
    client_enrol(&o->c, "ann", ann, o->ann, o->address, sizeof o->address);
    client_hold(&o->c, o->ann);
    client_enrol(&o->c, "bob", bob, o->bob, NULL, 0);
    return o;
}

static void office_close(office *o)
{
    client_stop(&o->c);
    PROGRAM_EXPECT(o->c.folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(o->c.folder);
    free(o);
}

static void expect(office *o, int status, const char *has, const char *method, const char *path,
                   const char *headers, const char *body)
{
    client_answer a = client_expect(&o->c, status, method, path, headers, body);
    if (has != NULL && strstr(a.text, has) == NULL)
        fail_msg("%s %s: no “%s” in\n%s", method, path, has, a.text);
    client_free(&a);
}

static void sign_in_body(char body[500], const char *name, const char *password, const char *more)
{
    snprintf(body, 500, "{\"name\":\"%s\",\"password\":\"%s\"%s}", name, password, more);
}

/* ASVS V6.3.8 V7.2.1 V7.4.1 V7.4.4 */
/* shows: SEC-2 ACC-1 INT-1 */
static void test_a_token_is_somebody_until_the_session_ends(void **state)
{
    char body[500], header[200], session[64];
    office *o = office_open();
    (void)state;
    expect(o, 401, "WWW-Authenticate: Bearer\r\n", "GET", "/api/v1/me", "", NULL);
    expect(o, 401, "invalid_token", "GET", "/api/v1/me", "Authorization: Bearer none\r\n", NULL);
    expect(o, 200, "\"name\":\"bob\"", "GET", "/api/v1/me", o->bob, NULL);
    sign_in_body(body, "bob", client_password, "");
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", client_text(&a, "token"));
    client_free(&a);
    /* Both sessions are seen, and one ends the other. */
    a = client_expect(&o->c, 200, "GET", "/api/v1/sessions", header, NULL);
    const cJSON *list = cJSON_GetObjectItem(a.json, "sessions"), *one;
    assert_int_equal(cJSON_GetArraySize(list), 2);
    cJSON_ArrayForEach(one, list)
    {
        if (!cJSON_IsTrue(cJSON_GetObjectItem(one, "current")))
            snprintf(session, sizeof session, "/api/v1/sessions/%.0f",
                     cJSON_GetObjectItem(one, "session")->valuedouble);
    }
    client_free(&a);
    expect(o, 404, NULL, "DELETE", "/api/v1/sessions/0", header, NULL);
    expect(o, 404, NULL, "DELETE", session, o->ann, NULL); /* of another: not there */
    expect(o, 204, NULL, "DELETE", session, header, NULL);
    expect(o, 401, NULL, "GET", "/api/v1/me", o->bob, NULL);
    /* A proof gives another token; the one before is good no more. */
    expect(o, 400, NULL, "POST", "/api/v1/prove", header, "{}");
    sign_in_body(body, "bob", client_password, "");
    snprintf(body, sizeof body, "{\"password\":\"%s\"}", client_password);
    a = client_expect(&o->c, 200, "POST", "/api/v1/prove", header, body);
    expect(o, 401, NULL, "GET", "/api/v1/me", header, NULL);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", client_text(&a, "token"));
    client_free(&a);
    expect(o, 204, NULL, "POST", "/api/v1/sign-out", header, NULL);
    expect(o, 401, NULL, "GET", "/api/v1/me", header, NULL);
    office_close(o);
}

/* ASVS V3.3.1 V3.3.2 V3.3.3 V3.3.4 V3.5.1 */
/* shows: SEC-2 SEC-4 */
static void test_a_cookie_serves_this_servers_pages_only(void **state)
{
    char body[500], cookie[300], headers[800], own[200];
    office *o = office_open();
    (void)state;
    snprintf(own, sizeof own, "Origin: http://localhost:%u\r\n", o->c.port);
    sign_in_body(body, "bob", client_password, ",\"cookie\":true");
    expect(o, 403, "page of this server", "POST", "/api/v1/sign-in", "", body);
    expect(o, 403, NULL, "POST", "/api/v1/sign-in", "Origin: http://evil.example\r\n", body);
    expect(o, 403, NULL, "POST", "/api/v1/sign-in", "Sec-Fetch-Site: cross-site\r\n", body);
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", own, body);
    assert_null(cJSON_GetObjectItem(a.json, "token"));
    const char *set = strstr(a.text, "Set-Cookie: probity=");
    assert_non_null(set);
    assert_non_null(strstr(set, "; Path=/; HttpOnly; SameSite=Strict"));
    snprintf(cookie, sizeof cookie, "Cookie: other=1; %.*s\r\n", (int)strcspn(set + 12, ";"),
             set + 12);
    client_free(&a);
    expect(o, 200, "\"name\":\"bob\"", "GET", "/api/v1/me", cookie, NULL);
    expect(o, 403, NULL, "POST", "/api/v1/sign-out", cookie, NULL);
    snprintf(headers, sizeof headers, "%sSec-Fetch-Site: same-site\r\n%s", cookie, own);
    expect(o, 403, NULL, "POST", "/api/v1/sign-out", headers, NULL);
    snprintf(headers, sizeof headers, "%sOrigin: http://localhost:%u.evil.example\r\n", cookie,
             o->c.port);
    expect(o, 403, NULL, "POST", "/api/v1/sign-out", headers, NULL);
    snprintf(headers, sizeof headers, "%sSec-Fetch-Site: same-origin\r\n", cookie);
    expect(o, 204, "Set-Cookie: probity=; ", "POST", "/api/v1/sign-out", headers, NULL);
    expect(o, 401, NULL, "GET", "/api/v1/me", cookie, NULL);
    /* A cookie that is good no more stands in nobody's way to sign in again. */
    snprintf(headers, sizeof headers, "%s%s", cookie, own);
    expect(o, 200, NULL, "POST", "/api/v1/sign-in", headers, body);
    office_close(o);
}

/* ASVS V6.3.1 V6.3.4 V6.5.1 V6.6.3 */
/* shows: SEC-2 */
static void test_two_factors_and_failures(void **state)
{
    char body[3000], code[9], ticket[2048];
    office *o = office_open();
    (void)state;
    sign_in_body(body, "ann", client_password, "");
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
    assert_string_equal(client_text(&a, "step"), "needs_second");
    assert_null(cJSON_GetObjectItem(a.json, "token"));
    snprintf(ticket, sizeof ticket, "%s", client_text(&a, "ticket"));
    client_free(&a);
    client_code(o->address, 30, code); /* the one of now was shown when it was set up */
    snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"code\":\"%s\"}", ticket, code);
    expect(o, 200, "\"second_factor\":true", "POST", "/api/v1/sign-in/code", "", body);
    expect(o, 401, NULL, "POST", "/api/v1/sign-in/code", "", body); /* good once */
    expect(o, 401, NULL, "POST", "/api/v1/sign-in/recovery", "",
           "{\"ticket\":\"none\",\"code\":\"1\"}");
    expect(o, 401, NULL, "POST", "/api/v1/sign-in/factor", "", "{\"ticket\":\"none\"}");
    expect(o, 400, "password", "POST", "/api/v1/sign-in", "", "{\"name\":\"bob\"}");
    expect(o, 400, "surname", "POST", "/api/v1/sign-in", "", "{\"surname\":\"bob\"}");
    expect(o, 401, NULL, "POST", "/api/v1/enrol", "",
           "{\"name\":\"bob\",\"code\":\"AAAA\",\"password\":\"a long enough secret\"}");
    /* Whoever fails too often waits, and is told how long. */
    bool slowed = false;
    for (int i = 0; i < 40 && !slowed; i++) {
        sign_in_body(body, "nobody", "wrong wrong wrong wrong", "");
        a = client_ask(&o->c, "POST", "/api/v1/sign-in", "", body);
        assert_true(a.status == 401 || a.status == 429);
        slowed = a.status == 429;
        assert_true(!slowed || strstr(a.text, "\r\nRetry-After: ") != NULL);
        client_free(&a);
    }
    assert_true(slowed);
    office_close(o);
}

/* RFC 6749 */
/* shows: INT-1 SEC-2 */
static void test_a_programs_token_is_refused_in_the_words_of_the_standard(void **state)
{
    static const char path[] = "/oauth/token";
    office *o = office_open();
    (void)state;
    expect(o, 400, "unsupported_grant_type", "POST", path, "", "grant_type=password");
    expect(o, 400, "invalid_request", "POST", path, "", "client_id=x");
    expect(o, 400, "invalid_request", "POST", path, "",
           "grant_type=client_credentials&client_id=a&client_id=b&client_secret=c");
    expect(o, 400, "invalid_request", "POST", path, "Authorization: Basic YTpi\r\n",
           "grant_type=client_credentials&client_secret=c");
    expect(o, 401, "invalid_client", "POST", path, "", "grant_type=client_credentials");
    expect(o, 401, "WWW-Authenticate: Basic", "POST", path, "Authorization: Basic YTpi\r\n",
           "grant_type=client_credentials");
    expect(o, 401, "invalid_client", "POST", path, "",
           "grant_type=client_credentials&client_id=a&client_secret=b");
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_is_somebody_until_the_session_ends),
        cmocka_unit_test(test_a_cookie_serves_this_servers_pages_only),
        cmocka_unit_test(test_two_factors_and_failures),
        cmocka_unit_test(test_a_programs_token_is_refused_in_the_words_of_the_standard),
    };
    return cmocka_run_group_tests_name("http/signin", tests, NULL, NULL);
}
