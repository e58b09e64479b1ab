/* What a client may not do, byte by byte, against the program as it is installed. */
#include "live.h"

#include <sys/prctl.h>

typedef struct served {
    char *folder;
    pid_t child;
    unsigned port, metrics;
} served;

/* `probity serve` with plain HTTP on loopback, and bounds small enough to be met. */
static int start(void **state)
{
    static served s;
    char program[4096], out[4200], err[4200];
    s.folder = program_folder();
    PROGRAM_EXPECT(s.folder, 0, "Made workspace", "init", "ws");
    snprintf(program, sizeof program, "%s/probity", getenv("PROBITY_BUILD"));
    snprintf(out, sizeof out, "%s/served", s.folder);
    snprintf(err, sizeof err, "%s/log", s.folder);
    program_write(s.folder, "token", "0123456789abcdefghij\n");
    s.child = fork();
    assert_true(s.child >= 0);
    if (s.child == 0) {
        int o = open(out, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        int e = open(err, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (chdir(s.folder) != 0 || dup2(o, 1) < 0 || dup2(e, 2) < 0 ||
            prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", s.folder, 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        execl(program, program, "serve", "-w", "ws", "--listen", "http://127.0.0.1:0",
              "--metrics-listen", "http://localhost:0", "--metrics-token", "token", "--log", "all",
              "--per-address", "20", "--head-seconds", "1", "--body-seconds", "1", "--idle-seconds",
              "3", NULL);
        _exit(98);
    }
    live_await(s.folder, "served", "Serving at http://127.0.0.1", s.child, &s.port);
    live_await(s.folder, "served", "Serving at http://localhost", s.child, &s.metrics);
    *state = &s;
    return 0;
}

/* It ends as it was asked to, and says so by its exit code. */
static int end(void **state)
{
    served *s = *state;
    int status = 0;
    kill(s->child, SIGTERM);
    assert_int_equal(waitpid(s->child, &status, 0), s->child);
    char *log = program_read(s->folder, "log");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("status %d, log:\n%s", status, log);
    assert_has(log, "\"event\":\"draining\"");
    assert_has(log, "\"event\":\"ended\"");
    free(log);
    program_remove_folder(s->folder);
    return 0;
}

static void expect(const served *s, int status, const char *has, const char *bytes, size_t size)
{
    live_answer *answer = live_raw(s->port, bytes, size);
    if (answer->status != status || (has != NULL && strstr(answer->text, has) == NULL))
        fail_msg("Not %d with “%s” but:\n%s\nto:\n%.300s", status, has != NULL ? has : "",
                 answer->text, bytes);
    free(answer);
}

#define EXPECT(s, status, has, bytes) expect((s), (status), (has), (bytes), sizeof(bytes) - 1)

/* ASVS V4.2.1 */
/* shows: SEC-4 INT-1 */
static void test_what_two_servers_may_read_differently_is_refused(void **state)
{
    const served *s = *state;
    const char *const lines = "Lines end in CR LF";
    EXPECT(s, 200, "\"status\":\"ok\"",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 400, "more than one Host", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    EXPECT(s, 400, "more than one Content-Length",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
    EXPECT(s, 400, "side by side",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\n");
    EXPECT(s, 501, "chunked alone",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked \r\n\r\n0\r\n\r\n");
    EXPECT(s, 413, "No body belongs",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    EXPECT(s, 400, NULL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\nHost: a\n\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\nHost: a\r\n\r\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\r\nHost: a\n\r\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\r\nHost: a\r\n\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n folded\r\n\r\n");
    EXPECT(s, 400, lines, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n");
    EXPECT(s, 400, "no name of a header", "GET /healthz HTTP/1.1\r\nHost : a\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "control character", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n");
    EXPECT(s, 400, "Host is missing", "GET /healthz HTTP/1.1\r\n\r\n");
    EXPECT(s, 400, "no name of a host", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n");
}

/* shows: SEC-4 */
static void test_addresses_that_are_none_are_refused(void **state)
{
    const served *s = *state;
    EXPECT(s, 400, "control character", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "hexadecimal", "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "hexadecimal", "GET /a%2 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "UTF-8", "GET /a%ff HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "leads through", "GET /a/%2e%2e/healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "hexadecimal", "GET /healthz?x=%g1 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "no address has", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 400, "no address of this server",
           "GET http://other/healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 200, NULL, "GET http://a/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 501, "CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT(s, 417, "expected", "GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n");
    EXPECT(s, 505, NULL, "GET / HTTP/3.0\r\nHost: a\r\n\r\n");
}

/* `before`, then `count` times `part`, then `after`. */
static void expect_long(const served *s, int status, const char *before, const char *part,
                        size_t count, const char *after)
{
    size_t size = strlen(before) + strlen(part) * count + strlen(after);
    char *bytes = malloc(size + 1), *at = bytes;
    assert_non_null(bytes);
    at = stpcpy(at, before);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, part);
    stpcpy(at, after);
    expect(s, status, NULL, bytes, size);
    free(bytes);
}

/* shows: SEC-4 */
static void test_what_is_too_large_is_refused(void **state)
{
    const served *s = *state;
    expect_long(s, 414, "GET /", "a", 8200, " HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_long(s, 431, "GET / HTTP/1.1\r\nHost: a\r\nX: ", "a", 11000, "\r\n\r\n");
    expect_long(s, 431, "GET / HTTP/1.1\r\nHost: a\r\n", "X: a\r\n", 70, "\r\n");
    EXPECT(s, 413, "No body belongs",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT(s, 413, "No body belongs",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n");
    EXPECT(s, 413, "too large",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n");
}

/* shows: INT-1 */
static void test_methods_types_and_languages_are_negotiated(void **state)
{
    const served *s = *state;
    EXPECT(s, 405, "Allow: GET, HEAD, OPTIONS",
           "DELETE /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 204, "Allow: GET, HEAD, OPTIONS",
           "OPTIONS /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 404, "application/problem+json",
           "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 406, "application/json",
           "GET /healthz HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    EXPECT(s, 404, "Content-Language: fa\r\n",
           "GET /nothing HTTP/1.1\r\nHost: a\r\nAccept-Language: de, fa-IR;q=0.9, en;q=0.5\r\n"
           "Connection: close\r\n\r\n");
    /* The screens lie there packed, as the client takes them. */
    EXPECT(s, 200, "Content-Encoding: br\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n");
    EXPECT(s, 200, "Content-Encoding: gzip\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: x-gzip, br;q=0\r\n"
           "Connection: close\r\n\r\n");
    EXPECT(s, 200, "<!doctype html>", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 404, "application/problem+json",
           "GET /app/none.js HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    static const char asked[] = "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    live_answer *head = live_raw(s->port, asked, sizeof asked - 1);
    assert_int_equal(head->status, 200);
    assert_has(head->text, "Content-Length: ");
    assert_null(strstr(head->text, "<html"));
    free(head);
}

/* Whether the word at `at` is one of these. */
static bool is_one_of(const char *at, size_t len, const char *const *words)
{
    while (*words != NULL && (strlen(*words) != len || strncmp(*words, at, len) != 0))
        words++;
    return *words != NULL;
}

/* Each directive of the policy names this server, what the page holds itself, or nothing; scripts
 * and styles come from this server alone. */
static void assert_takes_nothing_from_elsewhere(const char *head)
{
    static const char name[] = "Content-Security-Policy: ";
    static const char *const own[] = {"'self'", "'none'", NULL};
    static const char *const held[] = {"'self'", "'none'", "data:", "blob:", NULL};
    static const char *const held_by[] = {"img-src", NULL};
    static const char *const typed[] = {"'script'", "lit-html", "default", NULL};
    static const char *const typed_by[] = {"require-trusted-types-for", "trusted-types", NULL};
    static const char *const wanted[] = {"default-src 'none';",     "; script-src 'self';",
                                         "; style-src 'self';",     "; connect-src 'self';",
                                         "; base-uri 'none';",      "; form-action 'self';",
                                         "; frame-ancestors 'none'"};
    const char *at = strstr(head, name);
    assert_non_null(at);
    assert_null(strstr(at + 1, name));
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_has(at, wanted[i]);
    for (at += sizeof name - 1; *at != '\r'; at += strspn(at, "; ")) {
        size_t len = strcspn(at, " ;\r");
        const char *const *known = is_one_of(at, len, typed_by)  ? typed
                                   : is_one_of(at, len, held_by) ? held
                                                                 : own;
        for (at += len; *at == ' '; at += len) {
            len = strcspn(++at, " ;\r");
            if (!is_one_of(at, len, known))
                fail_msg("the policy takes “%.*s”", (int)len, at);
        }
    }
}

/* shows: SEC-1 SEC-4 */
static void test_every_answer_tells_browsers_how_to_be_careful(void **state)
{
    const served *s = *state;
    static const char *const requests[] = {
        "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"};
    static const char *const headers[] = {"X-Content-Type-Options: nosniff\r\n",
                                          "frame-ancestors 'none'",
                                          "Content-Security-Policy: default-src 'none'",
                                          "Referrer-Policy: no-referrer\r\n",
                                          "Cache-Control: no-store\r\n",
                                          "X-Request-Id: "};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        live_answer *answer = live_raw(s->port, requests[i], strlen(requests[i]));
        for (size_t k = 0; k < sizeof headers / sizeof *headers; k++)
            assert_has(answer->text, headers[k]);
        assert_null(strstr(answer->text, "\r\nServer:"));
        assert_null(strstr(answer->text, "\r\nStrict-Transport-Security:")); /* plain here */
        free(answer);
    }
    /* The screens run their own scripts and nothing else; what keeps its name is asked for anew. */
    static const char *const page = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    static const char *const of_page[] = {
        "script-src 'self'; style-src 'self'; ", "frame-ancestors 'none'; ",
        "require-trusted-types-for 'script'; ", "trusted-types lit-html default\r\n",
        "Cache-Control: private, no-cache\r\n"};
    live_answer *answer = live_raw(s->port, page, strlen(page));
    for (size_t k = 0; k < sizeof of_page / sizeof *of_page; k++)
        assert_has(answer->text, of_page[k]);
    assert_takes_nothing_from_elsewhere(answer->text);
    free(answer);
}

/* shows: PER-1 */
static void test_metrics_are_told_at_their_own_address_and_to_who_bears_the_token(void **state)
{
    const served *s = *state;
    EXPECT(s, 200, NULL, "GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 401, "WWW-Authenticate: Bearer",
           "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 401, NULL,
           "GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer 0123456789abcdefghiX\r\n"
           "Connection: close\r\n\r\n");
    EXPECT(s, 200, "probity_http_requests_total{operation=\"ready\",status=\"200\"} ",
           "GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer 0123456789abcdefghij\r\n"
           "Connection: close\r\n\r\n");
    const char *const asked = "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    live_answer *answer = live_raw(s->metrics, asked, strlen(asked));
    assert_int_equal(answer->status, 200);
    assert_has(answer->text,
               "probity_http_request_seconds_bucket{operation=\"ready\",le=\"+Inf\"}");
    assert_has(answer->text, "# TYPE probity_http_queue gauge");
    free(answer);
    const char *const start_page = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    answer = live_raw(s->metrics, start_page, strlen(start_page));
    assert_int_equal(answer->status, 404);
    free(answer);
}

/* One byte after the other, each in good time: the whole takes too long.
 * shows: SEC-4 */
static void test_who_sends_slowly_is_given_up(void **state)
{
    const served *s = *state;
    static const char head[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ";
    int fd = live_connect(s->port), other = live_connect(s->port), third = live_connect(s->port);
    live_send(fd, head, sizeof head - 1);
    static const char body[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc";
    live_send(other, body, sizeof body - 1);
    static const char chunks[] = "POST /api/v1/sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                 "chunked\r\nContent-Type: application/json\r\n\r\n9\r\n{";
    live_send(third, chunks, sizeof chunks - 1);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    while (poll(&wait, 1, 100) == 0)
        live_send(fd, "y", 1);
    live_answer *answer = live_read(fd, true);
    assert_int_equal(answer->status, 408);
    assert_has(answer->text, "application/problem+json");
    free(answer);
    answer = live_read(other, true);
    assert_int_equal(answer->status, 408);
    free(answer);
    answer = live_read(third, true);
    assert_int_equal(answer->status, 408);
    free(answer);
    close(fd);
    close(other);
    close(third);
}

/* shows: SEC-4 */
static void test_a_silent_connection_is_closed_without_a_word(void **state)
{
    const served *s = *state;
    int fd = live_connect(s->port);
    live_answer *answer = live_read(fd, true);
    assert_int_equal(answer->length, 0);
    assert_true(answer->ended);
    free(answer);
    close(fd);
}

/* shows: SEC-4 */
static void test_one_address_has_so_many_connections_and_no_more(void **state)
{
    enum { MOST = 20, HARD = 2 * MOST };
    const served *s = *state;
    static const char asked[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    int fds[HARD + 5], crowded = 0, served_well = 0, refused = 0;
    for (int i = 0; i < HARD + 5; i++) {
        fds[i] = live_connect(s->port);
        live_send(fds[i], asked, sizeof asked - 1);
        live_answer *answer = live_read(fds[i], false);
        served_well += answer->status == 200;
        crowded += answer->status == 429;
        refused += answer->status == 0;
        free(answer);
    }
    for (int i = 0; i < HARD + 5; i++)
        close(fds[i]);
    assert_true(served_well > 0 && served_well <= MOST);
    assert_true(crowded > 0);
    assert_int_equal(served_well + crowded + refused, HARD + 5);
    /* Those that are gone make room. */
    static const char last[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    for (int status = 429; status != 200;) {
        live_answer *answer = live_raw(s->port, last, sizeof last - 1);
        status = answer->status;
        assert_true(status == 200 || status == 429 || status == 0);
        free(answer);
    }
}

/* shows: SEC-4 */
static void test_the_log_names_operations_and_nobody(void **state)
{
    const served *s = *state;
    EXPECT(s, 200, NULL,
           "GET /healthz?name=Mallory HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT(s, 404, NULL, "GET /Mallory HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for (;;) {
        char *log = program_read(s->folder, "log");
        bool there = strstr(log, "\"operation\":\"none\",\"status\":404") != NULL;
        assert_null(strstr(log, "Mallory"));
        assert_null(strstr(log, "0123456789abcdefghij"));
        free(log);
        if (there)
            return;
        usleep(5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_two_servers_may_read_differently_is_refused),
        cmocka_unit_test(test_addresses_that_are_none_are_refused),
        cmocka_unit_test(test_what_is_too_large_is_refused),
        cmocka_unit_test(test_methods_types_and_languages_are_negotiated),
        cmocka_unit_test(test_every_answer_tells_browsers_how_to_be_careful),
        cmocka_unit_test(test_metrics_are_told_at_their_own_address_and_to_who_bears_the_token),
        cmocka_unit_test(test_who_sends_slowly_is_given_up),
        cmocka_unit_test(test_a_silent_connection_is_closed_without_a_word),
        cmocka_unit_test(test_one_address_has_so_many_connections_and_no_more),
        cmocka_unit_test(test_the_log_names_operations_and_nobody),
    };
    return cmocka_run_group_tests(tests, start, end);
}
