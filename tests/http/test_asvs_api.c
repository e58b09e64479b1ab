/* OWASP ASVS, chapters 2, 4, 9, 15: what programs send, and how much of it. */
#include "asvs.h"
#include "outgoing.h"

static client_answer ask_plainly(office *o, const char *method, const char *path,
                                 const char *headers, const char *body)
{
    cJSON *held = o->c.openapi;
    o->c.openapi = NULL;
    client_answer a = client_ask(&o->c, method, path, headers, body);
    o->c.openapi = held;
    return a;
}

/* shows: INT-1 ASVS V4.1.1 */
static void types(office *o)
{
    static const struct {
        const char *path, *type;
    } all[] = {{"/", "text/html; charset=utf-8"},
               {"/icon.svg", "image/svg+xml"},
               {"/healthz", "application/json"},
               {"/openapi.json", "application/json"},
               {"/api/v1/contacts", "application/problem+json"},
               {"/nowhere", "application/problem+json"}};
    char line[200];
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        client_answer a = ask_plainly(o, "GET", all[i].path, "", NULL);
        snprintf(line, sizeof line, "\r\nContent-Type: %s\r\n", all[i].type);
        if (strstr(a.text, line) == NULL)
            fail_msg("%s: no “%s” in\n%s", all[i].path, all[i].type, a.text);
        assert_int_equal(strstr(all[i].type, "json") != NULL, a.json != NULL);
        client_free(&a);
    }
}

/* shows: INT-1 SEC-4 ASVS V4.1.4 */
static void methods(office *o)
{
    static const struct {
        const char *method, *path, *allow;
    } all[] = {{"PUT", "/api/v1/contacts", "GET, HEAD, POST"},
               {"DELETE", "/api/v1/me", "GET, HEAD"},
               {"GET", "/api/v1/sign-in", "POST"},
               {"PATCH", "/openapi.json", "GET, HEAD"}};
    static const char *const never[] = {"TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND", "get"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        client_answer a = ask_plainly(o, all[i].method, all[i].path, o->bob, NULL);
        const char *allow = strstr(a.text, "\r\nAllow: ");
        assert_int_equal(a.status, 405);
        assert_non_null(allow);
        if (strncmp(allow + 9, all[i].allow, strlen(all[i].allow)) != 0)
            fail_msg("%s %s: %s", all[i].method, all[i].path, allow);
        client_free(&a);
    }
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        client_answer a = ask_plainly(o, never[i], "/api/v1/me", o->bob, NULL);
        if (a.status != 405 && a.status != 501 && a.status != 400)
            fail_msg("%s: %d", never[i], a.status);
        assert_null(strstr(a.text, o->bob + 22)); /* nothing comes back of what was sent */
        client_free(&a);
    }
}

/* Two messages in one for who reads it otherwise: the second is never answered. */
/* shows: SEC-4 ASVS V4.2.1 */
static void smuggling(office *o)
{
    static const char second[] = "GET /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n";
    static const char *const heads[] = {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                                        "Content-Length: 0\r\nContent-Length: 40\r\n",
                                        "Content-Length: 0, 40\r\n",
                                        "Content-Length: +0\r\n",
                                        "Content-Length: 0x10\r\n",
                                        "Content-Length : 0\r\n",
                                        "Transfer-Encoding: chunked, identity\r\n",
                                        "Transfer-Encoding: xchunked\r\n",
                                        "Transfer-Encoding:\tchunked\r\nTransfer-Encoding: x\r\n",
                                        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                                        "X: y\nContent-Length: 40\r\n",
                                        "X: y\rContent-Length: 40\r\n",
                                        "Host: b\r\n",
                                        " folded: x\r\n"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char bytes[1000];
        int size = snprintf(bytes, sizeof bytes,
                            "POST /api/v1/sign-out HTTP/1.1\r\nHost: a\r\n%s\r\n0\r\n\r\n%s",
                            heads[i], second);
        live_answer *a = live_raw(o->c.port, bytes, (size_t)size);
        if (a->status != 400 && a->status != 501)
            fail_msg("%s%s", heads[i], a->text);
        assert_true(a->ended);
        assert_null(strstr(a->text, "You are not signed in"));
        free(a);
    }
}

/* Nobody before this server said that it may be believed. */
/* shows: SEC-4 ASVS V4.1.3 */
static void forwarded(office *o)
{
    static const char forged[] = "X-Real-IP: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.9\r\n"
                                 "X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"
                                 "Forwarded: for=203.0.113.9;proto=https;host=evil.example\r\n"
                                 "Sec-Fetch-Site: same-origin\r\n";
    char body[500];
    sign_in_body(body, "bob", client_password, ",\"cookie\":true");
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", forged, body);
    assert_null(strstr(a.text, "Strict-Transport-Security"));
    assert_null(strstr(a.text, "__Host-"));
    assert_null(strstr(a.text, "evil.example"));
    client_free(&a);
    a = client_expect(&o->c, 200, "GET", "/api/v1/sessions", o->bob, NULL);
    assert_null(strstr(a.text, "203.0.113.9"));
    assert_non_null(strstr(a.text, "\"address\":\"127.0.0.1\""));
    client_free(&a);
}

/* shows: INT-1 SEC-2 ASVS V2.4.1 */
static void rates(office *o)
{
    static const char *const paths[] = {"/api/v1/contacts/search?q=x", "/api/v1/contacts"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char token[100], key[200];
        int status = 200;
        office_take(o, 201, o->bob, "POST", "/api/v1/keys", "{\"label\":\"x\",\"rate\":30}", NULL,
                    "key", token, sizeof token);
        snprintf(key, sizeof key, "Authorization: Bearer %s\r\n", token);
        for (int k = 0; k < 100 && status == 200; k++) {
            client_answer a = client_ask(&o->c, "GET", paths[i], key, NULL);
            status = a.status;
            assert_true(status == 200 || strstr(a.text, "\r\nRetry-After: ") != NULL);
            client_free(&a);
        }
        assert_int_equal(status, 429);
    }
    office_expect(o, 200, NULL, o->bob, "GET", paths[0], NULL); /* nobody else waits */
}

/* shows: SEC-2 ASVS V9.1.2 */
static void tokens_of_other_makers(office *o)
{
    static const char *const tokens[] = {
        /* {"alg":"none"}, {"alg":"None"}, {"alg":"HS256"}; {"sub":"ann","name":"ann"} */
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4iLCJuYW1lIjoiYW5uIn0.",
        "eyJhbGciOiJOb25lIn0.eyJzdWIiOiJhbm4iLCJuYW1lIjoiYW5uIn0.",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4iLCJuYW1lIjoiYW5uIn0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbk_000000000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "pbk__",
        "null",
        "ann",
        "-1"};
    char header[400];
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", tokens[i]);
        office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
        snprintf(header, sizeof header, "Cookie: probity=%s\r\n", tokens[i]);
        office_expect(o, 401, NULL, header, "GET", "/api/v1/me", NULL);
    }
}

/* shows: INT-1 PER-1 SEC-4 ASVS V15.2.2 */
static void bounds(office *o)
{
    static char path[8000], body[60000];
    office_expect(o, 422, NULL, o->bob, "GET", "/api/v1/contacts?limit=1000000", NULL);
    office_expect(o, 400, NULL, o->bob, "GET", "/api/v1/contacts/search?q=x&limit=1000000", NULL);
    int size = snprintf(path, sizeof path, "/api/v1/contacts?filter=");
    for (int i = 0; i < 2000; i++)
        path[size++] = '(';
    snprintf(path + size, sizeof path - (size_t)size, "x");
    client_answer a = client_ask(&o->c, "GET", path, o->bob, NULL);
    assert_true(a.status >= 400 && a.status < 500);
    client_free(&a);
    size = snprintf(body, sizeof body, "{\"fields\":");
    for (int i = 0; i < 20000; i++)
        body[size++] = '[';
    body[size] = '\0';
    office_expect(o, 400, NULL, o->bob, "POST", "/api/v1/contacts", body);
    size = snprintf(path, sizeof path, "/api/v1/me?");
    memset(path + size, 'x', 7000);
    path[size + 7000] = '\0';
    a = ask_plainly(o, "GET", path, o->bob, NULL);
    assert_int_equal(a.status, 414);
    client_free(&a);
}

/* Messages to others would have to be signed, with their time: there are none. */
/* shows: SEC-4 ASVS V4.1.5 */
static void calls_nobody(office *o)
{
    outgoing_calls_nobody(o);
}

static const asvs_row rows[] = {
    {"V4.1.1", types, NULL, NULL},
    {"V4.1.4", methods, NULL, NULL},
    {"V4.2.1", smuggling, "tests/http/test_raw.c", NULL},
    {"V4.1.3", forwarded, NULL, NULL},
    {"V2.4.1", rates, "tests/http/test_ways.c", NULL},
    {"V4.1.5", calls_nobody, NULL, "hook|callback|subscription|notif"},
    {"V9.1.2", tokens_of_other_makers, NULL, NULL},
    {"V15.2.2", bounds, "tests/http/test_deadlines.c", NULL},
};

int main(void)
{
    static const char *const none[] = {NULL};
    return asvs_run("api", rows, sizeof rows / sizeof *rows, none);
}
