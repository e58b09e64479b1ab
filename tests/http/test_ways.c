/* What somebody changes about her own ways to sign in, at the program as it is installed. */
#include "office.h"

static const char other_password[] = "twelve quiet otters dive";

/* A code that was not shown yet: every code is good once, and one step ahead is still taken. */
static void begin_totp(office *o, const char *header, char address[1000], char begun[2048])
{
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/credentials/begin", header,
                                    "{\"kind\":\"totp\"}");
    snprintf(address, 1000, "%s", client_text(&a, "address"));
    snprintf(begun, 2048, "%s", client_text(&a, "begun"));
    client_free(&a);
}

/* The number of bob's credential of a kind; 0: none. */
static int credential_of(office *o, const char *kind)
{
    int n = 0;
    client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/credentials", o->bob, NULL);
    const cJSON *one;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(a.json, "credentials"))
    {
        if (strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(one, "kind")), kind) == 0)
            n = cJSON_GetObjectItem(one, "credential")->valueint;
    }
    client_free(&a);
    return n;
}

/* ASVS V6.2.2 V6.2.3 V7.4.3 */
/* shows: SEC-2 ACC-1 */
static void test_a_password_is_changed_and_other_sessions_end(void **state)
{
    static const char path[] = "/api/v1/password";
    char second[200], body[500];
    office *o = office_open();
    (void)state;
    office_sign_in(o, "bob", client_password, second);
    office_expect(o, 401, NULL, "", "PUT", path, "{\"password\":\"x\"}");
    office_expect(o, 400, "password", o->bob, "PUT", path, "{}");
    office_expect(o, 400, NULL, o->bob, "PUT", path, "{\"password\":1}");
    office_expect(o, 422, NULL, o->bob, "PUT", path, "{\"password\":\"short\"}");
    office_expect(o, 200, NULL, second, "GET", "/api/v1/me", NULL);
    snprintf(body, sizeof body, "{\"password\":\"%s\",\"end_others\":true}", other_password);
    office_expect(o, 204, NULL, o->bob, "PUT", path, body);
    office_expect(o, 401, NULL, second, "GET", "/api/v1/me", NULL);
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/me", NULL);
    sign_in_body(body, "bob", client_password, "");
    office_expect(o, 401, NULL, "", "POST", "/api/v1/sign-in", body);
    office_sign_in(o, "bob", other_password, second);
    office_close(o);
}

/* ASVS V7.4.3 V7.5.1 V6.5.1 */
/* shows: SEC-2 ACC-1 */
static void test_factors_are_added_and_ended(void **state)
{
    char address[1000], begun[2048], body[3000], code[9], path[100], second[200];
    office *o = office_open();
    (void)state;
    office_sign_in(o, "bob", client_password, second);
    office_expect(o, 400, "kind of second factor", o->bob, "POST", "/api/v1/credentials/begin",
                  "{\"kind\":\"tea\"}");
    office_expect(o, 422, "--origin", o->bob, "POST", "/api/v1/credentials/begin",
                  "{\"kind\":\"passkey\"}");
    office_expect(o, 401, NULL, "", "POST", "/api/v1/credentials/begin", "{}");
    begin_totp(o, o->bob, address, begun);
    office_expect(o, 400, "begun", o->bob, "POST", "/api/v1/credentials", "{\"code\":\"000000\"}");
    snprintf(body, sizeof body, "{\"begun\":\"%s\",\"code\":\"0000000\"}", begun);
    office_expect(o, 403, NULL, o->bob, "POST", "/api/v1/credentials", body);
    client_code(address, 0, code);
    snprintf(body, sizeof body,
             "{\"begun\":\"%s\",\"code\":\"%s\",\"label\":\"my telephone\",\"end_others\":true}",
             begun, code);
    office_expect(o, 403, NULL, o->ann, "POST", "/api/v1/credentials", body); /* begun by another */
    office_expect(o, 204, NULL, o->bob, "POST", "/api/v1/credentials", body);
    office_expect(o, 401, NULL, second, "GET", "/api/v1/me", NULL);
    office_expect(o, 200, "my telephone", o->bob, "GET", "/api/v1/credentials", NULL);
    sign_in_body(body, "bob", client_password, "");
    office_expect(o, 200, "needs_second", "", "POST", "/api/v1/sign-in", body);
    /* The password alone is no proof any more. */
    snprintf(body, sizeof body, "{\"password\":\"%s\"}", client_password);
    office_expect(o, 401, NULL, o->bob, "POST", "/api/v1/prove", body);
    snprintf(path, sizeof path, "/api/v1/credentials/%d", credential_of(o, "totp"));
    office_expect(o, 404, NULL, o->ann, "DELETE", path, NULL); /* another's is not there */
    office_expect(o, 400, NULL, o->bob, "DELETE", "/api/v1/credentials/1?end_others=perhaps", NULL);
    office_expect(o, 404, NULL, o->bob, "DELETE", "/api/v1/credentials/none", NULL);
    office_expect(o, 401, NULL, "", "DELETE", path, NULL);
    office_expect(o, 204, NULL, o->bob, "DELETE", path, NULL);
    office_sign_in(o, "bob", client_password, second);
    snprintf(path, sizeof path, "/api/v1/credentials/%d", credential_of(o, "password"));
    office_expect(o, 409, "no way to sign in", o->bob, "DELETE", path, NULL);
    office_close(o);
}

/* ASVS V6.5.1 V6.5.2 */
/* shows: SEC-2 */
static void test_recovery_codes_are_made_anew(void **state)
{
    char body[3000], first[64], later[64], ticket[2048];
    office *o = office_open();
    (void)state;
    office_expect(o, 401, NULL, "", "POST", "/api/v1/recovery-codes", NULL);
    client_answer a = client_expect(&o->c, 201, "POST", "/api/v1/recovery-codes", o->ann, NULL);
    const cJSON *codes = cJSON_GetObjectItem(a.json, "codes");
    assert_int_equal(cJSON_GetArraySize(codes), 10);
    snprintf(first, sizeof first, "%s", cJSON_GetArrayItem(codes, 0)->valuestring);
    client_free(&a);
    a = client_expect(&o->c, 201, "POST", "/api/v1/recovery-codes", o->ann, NULL);
    codes = cJSON_GetObjectItem(a.json, "codes");
    snprintf(later, sizeof later, "%s", cJSON_GetArrayItem(codes, 3)->valuestring);
    client_free(&a);
    const char *const tried[] = {first, later, later};
    static const int answers[] = {401, 200, 401};
    for (int i = 0; i < 3; i++) {
        sign_in_body(body, "ann", client_password, "");
        a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", "", body);
        assert_true(cJSON_IsTrue(cJSON_GetObjectItem(a.json, "recovery")));
        snprintf(ticket, sizeof ticket, "%s", client_text(&a, "ticket"));
        client_free(&a);
        snprintf(body, sizeof body, "{\"ticket\":\"%s\",\"code\":\"%s\"}", ticket, tried[i]);
        office_expect(o, answers[i], NULL, "", "POST", "/api/v1/sign-in/recovery", body);
    }
    office_close(o);
}

static int make_key(office *o, const char *wish, char header[200], char token[100])
{
    client_answer a = client_expect(&o->c, 201, "POST", "/api/v1/keys", o->bob, wish);
    int n = cJSON_GetObjectItem(a.json, "credential")->valueint;
    snprintf(token, 100, "%s", client_text(&a, "key"));
    snprintf(header, 200, "Authorization: Bearer %s\r\n", token);
    client_free(&a);
    return n;
}

/* ASVS V2.4.1 V8.3.3 */
/* shows: INT-1 SEC-2 ACC-1 */
static void test_a_key_is_shown_once_and_reaches_no_further_than_it_says(void **state)
{
    static const char path[] = "/api/v1/keys";
    char key[200], narrow[200], slow[200], token[100], one[100], body[500], access[200];
    office *o = office_open();
    (void)state;
    office_expect(o, 401, NULL, "", "POST", path, "{\"label\":\"x\"}");
    office_expect(o, 400, "label", o->bob, "POST", path, "{}");
    office_expect(o, 400, NULL, o->bob, "POST", path, "{\"label\":\"x\",\"owner\":\"ann\"}");
    office_expect(o, 422, NULL, o->bob, "POST", path, "{\"label\":\"x\",\"scopes\":\" \"}");
    office_expect(o, 422, NULL, o->bob, "POST", path, "{\"label\":\"x\",\"rate\":-1}");
    office_expect(o, 422, NULL, o->bob, "POST", path,
                  "{\"label\":\"x\",\"until\":\"2020-01-01T00:00:00Z\"}");
    int n = make_key(o, "{\"label\":\"nightly\"}", key, token);
    client_answer a = client_expect(&o->c, 200, "GET", path, o->bob, NULL);
    assert_non_null(strstr(a.text, "\"label\":\"nightly\""));
    assert_null(strstr(a.text, strchr(token + 4, '_') + 1));
    client_free(&a);
    office_expect(o, 200, "\"name\":\"bob\"", key, "GET", "/api/v1/me", NULL);
    /* What is a person's to do no key does. */
    office_expect(o, 403, NULL, key, "POST", path, "{\"label\":\"another\"}");
    office_expect(o, 403, NULL, key, "PUT", "/api/v1/password",
                  "{\"password\":\"a long enough secret\"}");
    office_expect(o, 403, NULL, key, "POST", "/api/v1/recovery-codes", NULL);
    /* One that reads contacts does nothing else; one that only reads writes nothing. */
    make_key(o, "{\"label\":\"n\",\"scopes\":\"contact.list\",\"read_only\":true}", narrow, body);
    office_expect(o, 200, "records", narrow, "GET", "/api/v1/contacts", NULL);
    office_expect(o, 403, "scope", narrow, "GET", "/api/v1/leads", NULL);
    office_expect(o, 403, NULL, narrow, "POST", "/api/v1/contacts",
                  "{\"fields\":{\"full_name\":\"Ada Lovelace\"}}");
    office_expect(o, 403, NULL, narrow, "GET", path, NULL);
    /* Six a minute: one at once. */
    make_key(o, "{\"label\":\"slow\",\"rate\":6}", slow, body);
    office_expect(o, 200, NULL, slow, "GET", "/api/v1/me", NULL);
    a = client_ask(&o->c, "GET", "/api/v1/contacts", slow, NULL);
    for (int i = 0; i < 20 && a.status == 200; i++) { /* however slow this machine is */
        client_free(&a);
        a = client_ask(&o->c, "GET", "/api/v1/contacts", slow, NULL);
    }
    assert_int_equal(a.status, 429);
    assert_non_null(strstr(a.text, "\r\nRetry-After: "));
    client_free(&a);
    office_expect(o, 200, NULL, key, "GET", "/api/v1/me", NULL); /* another's bucket is another */
    /* An access token of the key ends with it. */
    const char *mark = strchr(token + 4, '_');
    snprintf(body, sizeof body,
             "grant_type=client_credentials&client_id=%.*s&client_secret=%s&scope=contact.list",
             (int)(mark - token - 4), token + 4, mark + 1);
    a = client_expect(&o->c, 200, "POST", "/oauth/token", "", body);
    snprintf(access, sizeof access, "Authorization: Bearer %s\r\n",
             client_text(&a, "access_token"));
    client_free(&a);
    office_expect(o, 200, NULL, access, "GET", "/api/v1/contacts", NULL);
    snprintf(one, sizeof one, "/api/v1/keys/%d", n);
    office_expect(o, 404, NULL, o->ann, "DELETE", one, NULL);
    office_expect(o, 404, NULL, o->bob, "DELETE", "/api/v1/keys/0", NULL);
    office_expect(o, 204, NULL, o->bob, "DELETE", one, NULL);
    office_expect(o, 401, NULL, key, "GET", "/api/v1/me", NULL);
    office_expect(o, 401, NULL, access, "GET", "/api/v1/contacts", NULL);
    office_close(o);
}

/* ASVS V7.4.3 V7.5.2 */
/* shows: SEC-2 ACC-1 */
static void test_all_other_sessions_end_at_once(void **state)
{
    char more[3][200];
    office *o = office_open();
    (void)state;
    for (int i = 0; i < 3; i++)
        office_sign_in(o, "bob", client_password, more[i]);
    office_expect(o, 401, NULL, "", "DELETE", "/api/v1/sessions", NULL);
    office_expect(o, 400, NULL, o->bob, "DELETE", "/api/v1/sessions?x=1", NULL);
    office_expect(o, 200, "{\"ended\":3}", o->bob, "DELETE", "/api/v1/sessions", NULL);
    for (int i = 0; i < 3; i++)
        office_expect(o, 401, NULL, more[i], "GET", "/api/v1/me", NULL);
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/me", NULL);
    office_expect(o, 200, NULL, o->ann, "GET", "/api/v1/me", NULL);
    office_close(o);
}

/* shows: SEC-2 ACC-1 */
static void test_known_browsers_are_seen_and_taken_back(void **state)
{
    static const char own[] = "/api/v1/known-browsers";
    char more[200], path[100];
    office *o = office_open();
    (void)state;
    office_sign_in(o, "bob", client_password, more);
    client_answer a = client_expect(&o->c, 200, "GET", own, o->bob, NULL);
    const cJSON *all = cJSON_GetObjectItem(a.json, "browsers");
    int count = cJSON_GetArraySize(all);
    assert_true(count >= 2);
    snprintf(path, sizeof path, "%s/%.0f", own,
             cJSON_GetNumberValue(cJSON_GetObjectItem(cJSON_GetArrayItem(all, 0), "browser")));
    client_free(&a);
    office_expect(o, 404, NULL, o->ann, "DELETE", path, NULL); /* another's is not there */
    office_expect(o, 204, NULL, o->bob, "DELETE", path, NULL);
    office_expect(o, 404, NULL, o->bob, "DELETE", path, NULL);
    office_expect(o, 404, NULL, o->bob, "DELETE", "/api/v1/known-browsers/x", NULL);
    office_expect(o, 401, NULL, "", "GET", own, NULL);
    office_expect(o, 401, NULL, "", "DELETE", own, NULL);
    office_expect(o, 400, NULL, o->bob, "GET", "/api/v1/known-browsers?x=1", NULL);
    office_expect(o, 400, NULL, o->bob, "DELETE", "/api/v1/known-browsers?x=1", NULL);
    char wanted[40];
    snprintf(wanted, sizeof wanted, "{\"ended\":%d}", count - 1);
    office_expect(o, 200, wanted, o->bob, "DELETE", own, NULL);
    office_expect(o, 200, "{\"browsers\":[]}", o->bob, "GET", own, NULL);
    office_expect(o, 200, NULL, o->bob, "GET", "/api/v1/me", NULL); /* the session stays */
    office_close(o);
}

/* shows: INT-1 SEC-1 */
static void test_the_interface_is_described_to_everybody(void **state)
{
    char stale[200];
    office *o = office_open();
    (void)state;
    client_answer a = client_expect(&o->c, 200, "GET", "/openapi.json", "", NULL);
    assert_non_null(cJSON_GetObjectItem(cJSON_GetObjectItem(a.json, "paths"), "/api/v1/contacts"));
    client_free(&a);
    office_expect(o, 401, NULL, "Authorization: Bearer none\r\n", "GET", "/openapi.json", NULL);
    snprintf(stale, sizeof stale, "Cookie: probity=none\r\n");
    office_expect(o, 200, NULL, stale, "GET", "/openapi.json", NULL);
    office_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_password_is_changed_and_other_sessions_end),
        cmocka_unit_test(test_factors_are_added_and_ended),
        cmocka_unit_test(test_recovery_codes_are_made_anew),
        cmocka_unit_test(test_a_key_is_shown_once_and_reaches_no_further_than_it_says),
        cmocka_unit_test(test_all_other_sessions_end_at_once),
        cmocka_unit_test(test_known_browsers_are_seen_and_taken_back),
        cmocka_unit_test(test_the_interface_is_described_to_everybody),
    };
    return cmocka_run_group_tests_name("http/ways", tests, NULL, NULL);
}
