/* Many connections over TLS that are open and silent: what each takes, and that what was given back
 * is there again when something comes. With `long`, as many as the server is meant for. */
#include "memory.h"
#include "running.h"

#include <gnutls/gnutls.h>
#include <netinet/tcp.h>
#include <sys/resource.h>

enum {
    FIRST = 320, /* from a few hundred on connections give back what they can */
    SOME = 700,
    ALL = 10000,
    LEAST_KIB = 16 << 10, /* of a process with this server */
    MOST_KIB = 200 << 10, /* for ALL connections and the server */
    EACH = (MOST_KIB - (30 << 10)) / ALL + 1
};

static pb_status quick(http_request *request, http_response *response, pb_error *err)
{
    (void)err;
    pb_buf_addc(&response->body, "\"");
    pb_buf_add(&response->body, http_request_query(request, "n"));
    pb_buf_addc(&response->body, "\"");
    return PB_OK;
}

static const http_route table[] = {
    {HTTP_GET, "/quick", "quick", "Quick", quick, 0, NULL, NULL, 0},
    {0},
};
/* Stands in for the program's own. */
const http_route *const http_tables[] = {table, NULL};

typedef struct line {
    int fd;
    gnutls_session_t session;
} line;

static gnutls_certificate_credentials_t credentials;

static void line_open(line *l, unsigned port)
{
    int code, one = 1;
    l->fd = live_connect(port);
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    assert_int_equal(gnutls_init(&l->session, GNUTLS_CLIENT), 0);
    gnutls_set_default_priority(l->session);
    gnutls_credentials_set(l->session, GNUTLS_CRD_CERTIFICATE, credentials);
    gnutls_transport_set_int(l->session, l->fd);
    do
        code = gnutls_handshake(l->session);
    while (code < 0 && !gnutls_error_is_fatal(code));
    assert_int_equal(code, 0);
}

static void line_say(const line *l, const char *text)
{
    assert_int_equal(gnutls_record_send(l->session, text, strlen(text)), strlen(text));
}

/* One answer, whole. */
static void line_expect(const line *l, const char *has)
{
    char text[4096] = "";
    size_t length = 0;
    while (!live_is_whole(text, length)) {
        ssize_t got = gnutls_record_recv(l->session, text + length, sizeof text - 1 - length);
        if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
            continue;
        if (got <= 0)
            fail_msg("The line ended (%zd) after:\n%s", got, text);
        length += (size_t)got;
        text[length] = '\0';
    }
    if (strstr(text, "HTTP/1.1 200 ") != text || strstr(text, has) == NULL)
        fail_msg("not “%s” but:\n%s", has, text);
}

/* Half of the next request comes with the first. */
static void line_ask_ahead(const line *l, int n)
{
    char text[300], wanted[20];
    snprintf(text, sizeof text,
             "GET /quick?n=%d HTTP/1.1\r\nHost: a\r\n\r\nGET /quick?n=%d HTTP/1.1\r\nHo", n, n + 1);
    line_say(l, text);
    snprintf(wanted, sizeof wanted, "\"%d\"", n);
    line_expect(l, wanted);
}

static void line_end_ahead(const line *l, int n)
{
    char wanted[20];
    line_say(l, "st: a\r\n\r\n");
    snprintf(wanted, sizeof wanted, "\"%d\"", n + 1);
    line_expect(l, wanted);
}

static void line_close(line *l)
{
    gnutls_deinit(l->session);
    close(l->fd);
}

static int how_many = SOME;

/* What so many requests at the same moment took is given back after a while in which nothing is
 * asked. */
static void await_rest(const running *r)
{
    enum { SECONDS = 300 };
    for (int i = 0; i < SECONDS && resident_kib(r->child) > MOST_KIB; i++)
        sleep(1);
    if (resident_kib(r->child) > MOST_KIB)
        fail_msg("%d connections still take %lu KiB", ALL, resident_kib(r->child));
}

/* shows: PER-1 INT-1 */
static void test_a_silent_connection_takes_little_and_goes_on_where_it_was(void **state)
{
    (void)state;
    line *lines = calloc((size_t)how_many, sizeof *lines);
    assert_non_null(lines);
    running r = start((http_limits){.per_address = ALL * 2, .idle_seconds = 3600});
    unsigned long before = 0;
    for (int i = 0; i < how_many; i++) {
        if (i == FIRST)
            before = resident_kib(r.child);
        line_open(&lines[i], r.tls);
        line_ask_ahead(&lines[i], i);
        line_end_ahead(&lines[i], i);
    }
    unsigned long each = (resident_kib(r.child) - before) / (unsigned long)(how_many - FIRST);
    assert_true(before > LEAST_KIB);
    if (is_measurable() && each > EACH)
        fail_msg("A silent connection takes %lu KiB, more than %d", each, EACH);
    if (is_measurable() && how_many == ALL && resident_kib(r.child) > MOST_KIB)
        fail_msg("%d connections take %lu KiB", ALL, resident_kib(r.child));
    /* All are still good, with half a request kept by each of them at the same time. */
    for (int i = 0; i < how_many; i++)
        line_ask_ahead(&lines[i], i);
    for (int i = 0; i < how_many; i++)
        line_end_ahead(&lines[i], i);
    if (is_measurable() && how_many == ALL)
        await_rest(&r);
    for (int i = 0; i < how_many; i++)
        line_close(&lines[i]);
    free(lines);
    end(&r);
}

/* Lines that are empty stand before a request: the room is not where its head is.
 * shows: SEC-1 */
static void test_empty_lines_before_a_request_move_nothing_of_others(void **state)
{
    (void)state;
    enum { EMPTY = 4096 + 2 };
    static char text[EMPTY + 100];
    line lines[FIRST];
    running r = start((http_limits){.per_address = ALL, .idle_seconds = 3600});
    memset(text, '\n', EMPTY);
    for (int i = 0; i < EMPTY; i += 2)
        text[i] = '\r';
    for (int i = 0; i < FIRST; i++) {
        line_open(&lines[i], r.tls);
        /* From none to a page of them, so that heads stand on both sides of its end. */
        snprintf(text + EMPTY, sizeof text - EMPTY, "GET /quick?n=%d HTTP/1.1\r\nHost: a\r\n\r\n",
                 i);
        line_say(&lines[i], text + EMPTY - (i % 9) * 512);
        char wanted[20];
        snprintf(wanted, sizeof wanted, "\"%d\"", i);
        line_expect(&lines[i], wanted);
    }
    for (int i = 0; i < FIRST; i++)
        line_ask_ahead(&lines[i], i);
    for (int i = 0; i < FIRST; i++)
        line_end_ahead(&lines[i], i);
    for (int i = 0; i < FIRST; i++)
        line_close(&lines[i]);
    end(&r);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_silent_connection_takes_little_and_goes_on_where_it_was),
        cmocka_unit_test(test_empty_lines_before_a_request_move_nothing_of_others),
    };
    struct rlimit files;
    if (argc > 1 && strcmp(argv[1], "long") == 0)
        how_many = ALL;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    gnutls_certificate_allocate_credentials(&credentials);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    gnutls_certificate_free_credentials(credentials);
    return failed;
}
