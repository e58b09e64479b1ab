/* People and programs sign in to the program as it is installed: with a token, with a cookie, with
 * both factors, with a key. Every answer is held to the OpenAPI document. */
#include "office.h"

/* ASVS V6.3.8 V7.2.1 V7.4.1 V7.4.4 */
/* shows: SEC-2 ACC-1 INT-1 */
static void test_a_token_is_somebody_until_the_session_ends(void **state)
{
    char body[500], header[200], session[64];
    office *o = office_open();
    (void)state;
    office_expect(o, 401, "WWW-Authenticate: Bearer\r\n", "", "GET", "/api/v1/me", NULL);
    office_expect(o, 401, "invalid_token", "Authorization: Bearer none\r\n", "GET", "/api/v1/me",
                  NULL);
    office_expect(o, 200, "\"name\":\"bob\"", o->bob, "GET", "/api/v1/me", NULL);
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
    office_expect(o, 404, NULL, header, "DELETE", "/api/v1/sessions/0", NULL);
    office_expect(o, 404, NULL, o->ann, "DELETE", session, NULL); /* of another: not there */
    office_expect(o, 204, NULL, header, "DELETE", session, NULL);
    office_expect(o, 401, NULL, o->bob, "GET", "/api/v1/me", NULL);
    /* A proof gives another token; the one before is good no more. */
    office_expect(o, 400, NULL, header, "POST", "/api/v1/prove", "{}");
    sign_in_body(body, "bob", client_password, "");
    snprintf(body, sizeof body, "{\"password\":\"%s\"}", client_password);
    a = client_expect(&o->c, 200, "POST", "/api/v1/prove", header, body);
    office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", client_text(&a, "token"));
    client_free(&a);
    office_expect(o, 204, NULL, header, "POST", "/api/v1/sign-out", NULL);
    office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
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
    office_expect(o, 403, "page of this server", "", "POST", "/api/v1/sign-in", body);
    office_expect(o, 403, NULL, "Origin: http://evil.example\r\n", "POST", "/api/v1/sign-in", body);
    office_expect(o, 403, NULL, "Sec-Fetch-Site: cross-site\r\n", "POST", "/api/v1/sign-in", body);
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", own, body);
    assert_null(cJSON_GetObjectItem(a.json, "token"));
    const char *set = strstr(a.text, "Set-Cookie: probity=");
    assert_non_null(set);
    assert_non_null(strstr(set, "; Path=/; HttpOnly; SameSite=Strict"));
    snprintf(cookie, sizeof cookie, "Cookie: other=1; %.*s\r\n", (int)strcspn(set + 12, ";"),
             set + 12);
    client_free(&a);
    office_expect(o, 200, "\"name\":\"bob\"", cookie, "GET", "/api/v1/me", NULL);
    office_expect(o, 403, NULL, cookie, "POST", "/api/v1/sign-out", NULL);
    snprintf(headers, sizeof headers, "%sSec-Fetch-Site: same-site\r\n%s", cookie, own);
    office_expect(o, 403, NULL, headers, "POST", "/api/v1/sign-out", NULL);
    snprintf(headers, sizeof headers, "%sOrigin: http://localhost:%u.evil.example\r\n", cookie,
             o->c.port);
    office_expect(o, 403, NULL, headers, "POST", "/api/v1/sign-out", NULL);
    snprintf(headers, sizeof headers, "%sSec-Fetch-Site: same-origin\r\n", cookie);
    office_expect(o, 204, "Set-Cookie: probity=; ", headers, "POST", "/api/v1/sign-out", NULL);
    office_expect(o, 401, NULL, cookie, "GET", "/api/v1/me", NULL);
    /* A cookie that is good no more stands in nobody's way to sign in again. */
    snprintf(headers, sizeof headers, "%s%s", cookie, own);
    office_expect(o, 200, NULL, headers, "POST", "/api/v1/sign-in", body);
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
    office_expect(o, 200, "\"second_factor\":true", "", "POST", "/api/v1/sign-in/code", body);
    office_expect(o, 401, NULL, "", "POST", "/api/v1/sign-in/code", body); /* good once */
    office_expect(o, 401, NULL, "", "POST", "/api/v1/sign-in/recovery",
                  "{\"ticket\":\"none\",\"code\":\"1\"}");
    office_expect(o, 401, NULL, "", "POST", "/api/v1/sign-in/factor", "{\"ticket\":\"none\"}");
    office_expect(o, 400, "password", "", "POST", "/api/v1/sign-in", "{\"name\":\"bob\"}");
    office_expect(o, 400, "surname", "", "POST", "/api/v1/sign-in", "{\"surname\":\"bob\"}");
    office_expect(o, 401, NULL, "", "POST", "/api/v1/enrol",
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
    office_expect(o, 400, "unsupported_grant_type", "", "POST", path, "grant_type=password");
    office_expect(o, 400, "invalid_request", "", "POST", path, "client_id=x");
    office_expect(o, 400, "invalid_request", "", "POST", path,
                  "grant_type=client_credentials&client_id=a&client_id=b&client_secret=c");
    office_expect(o, 400, "invalid_request", "Authorization: Basic YTpi\r\n", "POST", path,
                  "grant_type=client_credentials&client_secret=c");
    office_expect(o, 401, "invalid_client", "", "POST", path, "grant_type=client_credentials");
    office_expect(o, 401, "WWW-Authenticate: Basic", "Authorization: Basic YTpi\r\n", "POST", path,
                  "grant_type=client_credentials");
    office_expect(o, 401, "invalid_client", "", "POST", path,
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
