/* OWASP ASVS, chapters 3 and 12: TLS, what browsers are told, cookies, other sites' pages. */
#include "asvs.h"
#include "secured.h"

static const char https[] = "X-Forwarded-Proto: https\r\n";
/* Addresses of every kind: pages, the API, what is not there, what is refused. */
static const char *const everywhere[] = {
    "/",        "/icon.svg",     "/report",          "/healthz",   "/readyz",
    "/metrics", "/openapi.json", "/api/v1/contacts", "/api/v1/me", "/nowhere",
    "/%"};

/* Wants `line` (NULL: not `never`) in the head of every answer, over TLS or not. */
static void all_say(office *o, const char *line, const char *never)
{
    cJSON *held = o->c.openapi;
    o->c.openapi = NULL; /* pages that are not there are not described */
    for (size_t i = 0; i < sizeof everywhere / sizeof *everywhere; i++) {
        client_answer a = client_ask(&o->c, "GET", everywhere[i], https, NULL);
        bool unread = line != NULL && strstr(line, "Strict-") != NULL && a.status == 400;
        char *end = strstr(a.text, "\r\n\r\n");
        assert_non_null(end);
        *end = '\0';
        /* What a proxy says of the client stands behind an address that is none. */
        if (line != NULL && !unread && strstr(a.text, line) == NULL)
            fail_msg("%s without “%s”:\n%s", everywhere[i], line, a.text);
        if (never != NULL && strstr(a.text, never) != NULL)
            fail_msg("%s with “%s”:\n%s", everywhere[i], never, a.text);
        client_free(&a);
    }
    o->c.openapi = held;
}

static unsigned tls_port(office *o)
{
    unsigned port;
    live_await(o->c.folder, "served", "Serving at https://", o->c.child, &port);
    return port;
}

static void expect_handshake(office *o, const char *priorities, bool good)
{
    secured s;
    int code = secured_shake(&s, tls_port(o), priorities);
    if ((code == 0) != good)
        fail_msg("%s: %s", priorities, gnutls_strerror(code));
    secured_part(&s);
}

/* shows: SEC-1 ASVS V12.1.1 */
static void versions(office *o)
{
    expect_handshake(o, "NORMAL:-VERS-ALL:+VERS-TLS1.3", true);
    expect_handshake(o, "NORMAL:-VERS-ALL:+VERS-TLS1.2", true);
    expect_handshake(o, "LEGACY:-VERS-ALL:+VERS-TLS1.1", false);
    expect_handshake(o, "LEGACY:-VERS-ALL:+VERS-TLS1.0", false);
}

/* shows: SEC-1 ASVS V12.1.2 */
static void suites(office *o)
{
    static const char tls12[] = "LEGACY:-VERS-ALL:+VERS-TLS1.2:";
    static const char *const bad[] = {"-KX-ALL:+RSA", "-KX-ALL:+ANON-ECDH", "-CIPHER-ALL:+3DES-CBC",
                                      "-CIPHER-ALL:+ARCFOUR-128", "-CIPHER-ALL:+NULL"};
    char priorities[200];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(priorities, sizeof priorities, "%s%s", tls12, bad[i]);
        expect_handshake(o, priorities, false);
    }
}

/* shows: SEC-4 ASVS V3.4.1 */
static void transport_security(office *o)
{
    all_say(o, "\r\nStrict-Transport-Security: max-age=31536000; includeSubDomains\r\n", NULL);
}

/* shows: SEC-4 ASVS V3.4.3 */
static void content_policy(office *o)
{
    all_say(o, "\r\nContent-Security-Policy: default-src 'none'", "unsafe-");
    all_say(o, "base-uri 'none'", NULL); /* and objects are among what `default-src` names */
    /* The report's own styles are allowed one by one, and none stands at an element. */
    client_answer a = client_expect(&o->c, 200, "GET", "/report", https, NULL);
    assert_non_null(strstr(a.text, "; style-src 'sha256-"));
    assert_null(strstr(a.text, " style=\""));
    assert_non_null(strstr(a.text, "<b data-style=\"0\">"));
    assert_non_null(strstr(a.text, "[data-style=\"0\"]{width:7%}"));
    client_free(&a);
}

/* shows: SEC-4 ASVS V3.4.4 */
static void no_sniffing(office *o)
{
    all_say(o, "\r\nX-Content-Type-Options: nosniff", NULL);
}

/* shows: SEC-4 ASVS V3.4.6 */
static void no_frames(office *o)
{
    all_say(o, "frame-ancestors 'none'", NULL);
}

/* bob signs in as a browser does; the lines that set cookies. */
static void sign_in(office *o, char cookies[2000])
{
    char body[500], headers[500];
    size_t length = 0;
    sign_in_body(body, "bob", client_password, ",\"cookie\":true");
    snprintf(headers, sizeof headers, "%sSec-Fetch-Site: same-origin\r\n", https);
    client_answer a = client_expect(&o->c, 200, "POST", "/api/v1/sign-in", headers, body);
    assert_null(cJSON_GetObjectItem(a.json, "token"));
    cookies[0] = '\0';
    for (const char *at = strstr(a.text, "Set-Cookie: "); at != NULL;
         at = strstr(at + 1, "Set-Cookie: "))
        length +=
            (size_t)snprintf(cookies + length, 2000 - length, "%.*s\n", (int)strcspn(at, "\r"), at);
    client_free(&a);
    assert_true(length > 0);
}

static void each_cookie(office *o, const char *part)
{
    char cookies[2000], *rest = NULL;
    sign_in(o, cookies);
    for (char *line = strtok_r(cookies, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        if (strstr(line, part) == NULL)
            fail_msg("no “%s” in %s", part, line);
}

/* shows: SEC-4 ASVS V3.3.1 */
static void secure(office *o)
{
    char body[500];
    each_cookie(o, "; Secure");
    /* Over the network in the open there are none. */
    sign_in_body(body, "bob", client_password, ",\"cookie\":true");
    office_expect(o, 400, "TLS", "Sec-Fetch-Site: same-origin\r\n", "POST", "/api/v1/sign-in",
                  body);
}

/* shows: SEC-4 ASVS V3.3.3 */
static void host_prefix(office *o)
{
    each_cookie(o, "Set-Cookie: __Host-probity");
    each_cookie(o, "; Path=/;");
}

/* shows: SEC-4 ASVS V3.3.4 */
static void not_for_scripts(office *o)
{
    each_cookie(o, "; HttpOnly");
    each_cookie(o, "; SameSite=Strict");
}

/* What changes something by a cookie is refused from everywhere but a page of this server. */
/* shows: SEC-4 ASVS V3.5.1 */
static void other_sites(office *o)
{
    static const char *const from[] = {"",
                                       "Sec-Fetch-Site: cross-site\r\n",
                                       "Sec-Fetch-Site: same-site\r\n",
                                       "Sec-Fetch-Site: none\r\n",
                                       "Origin: https://evil.example\r\n",
                                       "Origin: null\r\n"};
    static const char *const what[][2] = {{"POST", "/api/v1/contacts"},
                                          {"POST", "/api/v1/sign-out"},
                                          {"PUT", "/api/v1/password"},
                                          {"DELETE", "/api/v1/sessions"}};
    char cookies[2000], headers[3000];
    sign_in(o, cookies);
    for (size_t i = 0; i < sizeof from / sizeof *from; i++)
        for (size_t k = 0; k < sizeof what / sizeof *what; k++) {
            snprintf(headers, sizeof headers, "%s%sCookie: %.*s\r\n", https, from[i],
                     (int)strcspn(cookies + 12, ";"), cookies + 12);
            office_expect(o, 403, NULL, headers, what[k][0], what[k][1],
                          what[k][0][0] == 'P' && k != 1 ? "{}" : NULL);
        }
    /* A form of another site's page cannot send JSON, and what it can send is not read. */
    client_answer a = client_ask(&o->c, "POST", "/api/v1/sign-out", headers, NULL);
    assert_int_equal(a.status, 403);
    client_free(&a);
    snprintf(headers, sizeof headers, "%sCookie: %.*s\r\n", https, (int)strcspn(cookies + 12, ";"),
             cookies + 12);
    office_expect(o, 200, "\"name\":\"bob\"", headers, "GET", "/api/v1/me", NULL);
}

/* shows: SEC-4 ASVS V3.4.2 */
static void other_origins_read_nothing(office *o)
{
    char headers[500];
    cJSON *held = o->c.openapi;
    all_say(o, NULL, "Access-Control-");
    snprintf(headers, sizeof headers, "%s%sOrigin: https://evil.example\r\n", https, o->bob);
    client_answer a = client_expect(&o->c, 200, "GET", "/api/v1/me", headers, NULL);
    assert_null(strstr(a.text, "Access-Control-"));
    assert_null(strstr(a.text, "evil.example"));
    client_free(&a);
    o->c.openapi = NULL;
    a = client_ask(&o->c, "OPTIONS", "/api/v1/me", headers, NULL);
    assert_null(strstr(a.text, "Access-Control-"));
    client_free(&a);
    o->c.openapi = held;
}

/* What the server connects to over TLS are places for backups: one whose certificate nobody vouches
 * for, such as that of this very server, gets nothing. */
/* shows: SEC-1 ASVS V12.3.2 */
static void others_prove_who_they_are(office *o)
{
    char declared[300];
    snprintf(declared, sizeof declared,
             "places:\n  - s3://safe/it?endpoint=https://localhost:%u\n"
             "every: 1d\nkeep: {newest: 7, for: 90d}\nlose_at_most: 1d\n"
             "recover_within: 4h\ndrill_every: 30d\n",
             tls_port(o));
    program_write(o->c.folder, "backups.yaml", declared);
    PROGRAM_EXPECT(o->c.folder, 0, "not to be trusted", "backups", "ws", "--declare",
                   "backups.yaml");
    PROGRAM_EXPECT(o->c.folder, 2, "not to be trusted", "backup", "ws");
}

static const asvs_row rows[] = {
    {"V12.1.1", versions, "tests/http/test_running.c", NULL},
    {"V12.1.2", suites, "tests/http/test_running.c", NULL},
    {"V12.3.2", others_prove_who_they_are, NULL, "hook|callback"},
    {"V3.4.1", transport_security, NULL, NULL},
    {"V3.4.3", content_policy, NULL, NULL},
    {"V3.4.4", no_sniffing, NULL, NULL},
    {"V3.4.6", no_frames, NULL, NULL},
    {"V3.3.1", secure, NULL, NULL},
    {"V3.3.3", host_prefix, NULL, NULL},
    {"V3.3.4", not_for_scripts, NULL, NULL},
    {"V3.5.1", other_sites, NULL, NULL},
    {"V3.4.2", other_origins_read_nothing, NULL, NULL},
};

int main(void)
{
    setenv("AWS_ACCESS_KEY_ID", "TESTKEY", 1); /* of the places for backups that the server knows */
    setenv("AWS_SECRET_ACCESS_KEY", "a secret of the tests", 1);
    static const char *const options[] = {"--proxy",  "--listen",    "127.0.0.1:0",
                                          "--report", "report.html", NULL};
    return asvs_run("comms", rows, sizeof rows / sizeof *rows, options);
}
