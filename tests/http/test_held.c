/* Answers that are made at once and held until the ledger has what was read for them: nothing of
 * them leaves before, in which order they leave, and what becomes of them when the ledger cannot
 * have it, when the client goes, and when the server ends. */
#include "running.h"
#include "secured.h"

#include <sys/ioctl.h>

#include "service/reads.h"
#include "service/serving.h"

enum { LARGE = 12 << 10, MANY = 600, TAKES = 256 << 10, ROOM = 16 << 20 };

/* ---- the ledger, as the test wants it: it waits while there is a file `wait`, and fails while
 * there is a file `fail` ---- */

pb_status __wrap_service_later_write(db_workspace *workspace, const service_later *const *laters,
                                     size_t count, pb_error *err);
bool __wrap_service_brief(const db_workspace *workspace);

pb_status __wrap_service_later_write(db_workspace *workspace, const service_later *const *laters,
                                     size_t count, pb_error *err)
{
    (void)workspace;
    (void)laters;
    (void)count;
    program_write(folder, "asked", "");
    while (is_there("wait"))
        usleep(1000);
    return is_there("fail") ? pb_fail(err, PB_IO, "The ledger is full.", NULL) : PB_OK;
}

bool __wrap_service_brief(const db_workspace *workspace)
{
    (void)workspace;
    return true;
}

/* ---- operations ---- */

/* What is read is to be in the ledger before it is told. */
static pb_status thing(http_request *request, http_response *response, pb_error *err)
{
    pb_str id = http_request_part(request, "id");
    size_t size = pb_str_is(id, "large") ? LARGE : 0;
    (void)err;
    request->later->first = (struct service_later_event *)request->later;
    pb_buf_printf(&response->body, "{\"thing\":\"%.*s\",\"fill\":\"", PB_STR_FMT(id));
    for (size_t i = 0; i < size; i++)
        pb_buf_byte(&response->body, 'x');
    pb_buf_addc(&response->body, "\",\"end\":0}");
    return PB_OK;
}

static pb_status other(http_request *request, http_response *response, pb_error *err)
{
    (void)err;
    pb_buf_printf(&response->body, "{\"thing\":\"%.*s\",\"end\":0}",
                  PB_STR_FMT(http_request_part(request, "id")));
    return PB_OK;
}

static const http_route table[] = {
    {HTTP_GET, "/things/{id}", "thing", "Thing", thing, HTTP_BLOCKS | HTTP_BRIEF, NULL, NULL, 0},
    {HTTP_GET, "/worked/{id}", "worked", "Worked", thing, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/others/{id}", "other", "Other", other, 0, NULL, NULL, 0},
    {HTTP_GET, "/slow/{id}", "slow", "Slow", other, HTTP_BLOCKS, NULL, NULL, 0},
    {0},
};
/* Stands in for the program's own. */
const http_route *const http_tables[] = {table, NULL};

/* ---- a client ---- */

static void ask(secured *s, const char *path)
{
    char text[200];
    int size = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    assert_int_equal(gnutls_record_send(s->session, text, (size_t)size), size);
}

static secured come(const running *r)
{
    secured s;
    assert_int_equal(secured_shake(&s, r->tls, "NORMAL"), 0);
    return s;
}

static size_t count_of(const char *text, const char *what)
{
    size_t count = 0;
    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        count++;
    return count;
}

/* What comes until so many answers are there, or the connection ends (SIZE_MAX: until it does).
 * Freed by the caller. */
static char *hear(secured *s, size_t answers)
{
    size_t length = 0, ends = 0;
    char *text = calloc(1, ROOM);
    const char *seen = text;
    assert_non_null(text);
    while (ends < answers) {
        struct pollfd wait = {.fd = s->fd, .events = POLLIN};
        if (gnutls_record_check_pending(s->session) == 0 && poll(&wait, 1, LIVE_PATIENCE_MS) <= 0)
            fail_msg("Nothing more came in a minute. Until then:\n%s", text);
        ssize_t got = gnutls_record_recv(s->session, text + length, ROOM - 1 - length);
        if (got == GNUTLS_E_AGAIN || got == GNUTLS_E_INTERRUPTED)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
        for (const char *end; (end = strstr(seen, "\"end\":0}")) != NULL; ends++)
            seen = end + 8;
        if (seen < text + length - 8) /* an end may come in two pieces */
            seen = text + length - 8;
    }
    return text;
}

/* After `asked` the answer is made, and all that is still to come of it waits for the ledger. */
static void hears_nothing(secured *s)
{
    char byte;
    assert_int_equal(recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
}

static void hears(secured *s, const char *thing_id)
{
    char wanted[100], *text = hear(s, 1);
    snprintf(wanted, sizeof wanted, "{\"thing\":\"%s\"", thing_id);
    if (strncmp(text, "HTTP/1.1 200", 12) != 0 || strstr(text, wanted) == NULL)
        fail_msg("not %s but:\n%s", wanted, text);
    free(text);
}

static void hears_end(secured *s)
{
    char *text = hear(s, SIZE_MAX);
    if (text[0] != '\0')
        fail_msg("not the end but:\n%s", text);
    free(text);
}

static void asks_others(const running *r)
{
    int fd = live_connect(r->port);
    say(fd, "GET /others/x HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 200, "\"x\"");
    close(fd);
}

/* An answer is held, and the ledger waits. */
static secured begin_held(const running *r)
{
    secured s = come(r);
    /* What TLS says of itself has come when an answer has. */
    ask(&s, "/others/first");
    hears(&s, "first");
    program_write(folder, "wait", "");
    ask(&s, "/things/a");
    await_file("asked");
    forget("asked");
    return s;
}

/* ---- tests ---- */

/* shows: REC-4 AUD-1 ACC-4 */
static void test_nothing_leaves_before_the_ledger_has_it(void **state)
{
    (void)state;
    running r = start((http_limits){0});
    secured s = begin_held(&r);
    hears_nothing(&s);
    asks_others(&r); /* and nobody else waits */
    secured t = come(&r);
    ask(&t, "/others/t");
    hears(&t, "t");
    hears_nothing(&s);
    forget("wait");
    hears(&s, "a");
    ask(&s, "/things/b");
    hears(&s, "b");
    secured_part(&t);
    secured_part(&s);
    end(&r);
}

/* shows: AUD-1 ACC-4 INT-1 */
static void test_what_the_ledger_cannot_have_never_leaves(void **state)
{
    (void)state;
    running r = start((http_limits){0});
    secured s = begin_held(&r);
    program_write(folder, "fail", "");
    forget("wait");
    hears_end(&s);
    secured_part(&s);
    await_log("request.failed");
    for (int i = 0; i < 2; i++) { /* who asks now learns why */
        secured t = come(&r);
        ask(&t, i == 0 ? "/things/b" : "/worked/b");
        char *text = hear(&t, 0);
        free(text);
        text = calloc(1, ROOM);
        assert_true(gnutls_record_recv(t.session, text, ROOM - 1) > 0);
        assert_memory_equal(text, "HTTP/1.1 500", 12);
        assert_null(strstr(text, "thing"));
        free(text);
        secured_part(&t);
    }
    forget("fail");
    secured t = come(&r);
    for (int i = 0; i < 3; i++) {
        ask(&t, "/things/c");
        hears(&t, "c");
    }
    secured_part(&t);
    end(&r);
}

/* Of one connection, in one packet, whoever answers them.
 * shows: INT-1 AUD-1 */
static void test_answers_keep_the_order_of_their_requests(void **state)
{
    static const char *const asked[] = {"/things/p", "/others/q", "/things/r", "/slow/s",
                                        "/worked/t", "/things/u", "/others/v", "/things/w"};
    enum { ASKED = sizeof asked / sizeof *asked };
    char bytes[2000] = "";
    (void)state;
    running r = start((http_limits){0});
    secured s = begin_held(&r);
    for (size_t i = 0; i < ASKED; i++)
        snprintf(bytes + strlen(bytes), sizeof bytes - strlen(bytes),
                 "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", asked[i]);
    assert_int_equal(gnutls_record_send(s.session, bytes, strlen(bytes)), strlen(bytes));
    asks_others(&r);
    hears_nothing(&s);
    forget("wait");
    char *text = hear(&s, 1 + ASKED), wanted[20];
    const char *at = strstr(text, "{\"thing\":\"a\"");
    for (size_t i = 0; i < ASKED; i++) {
        assert_non_null(at);
        snprintf(wanted, sizeof wanted, "{\"thing\":\"%s\"", strrchr(asked[i], '/') + 1);
        at = strstr(at, wanted);
    }
    assert_non_null(at);
    assert_int_equal(count_of(text, "HTTP/1.1 200"), 1 + ASKED);
    free(text);
    secured_part(&s);
    end(&r);
}

/* shows: INT-1 PER-1 */
static void test_who_goes_while_an_answer_is_held_harms_nobody(void **state)
{
    struct linger at_once = {.l_onoff = 1};
    (void)state;
    running r = start((http_limits){0});
    for (int way = 0; way < 2; way++) {
        secured s = begin_held(&r);
        if (way == 1)
            setsockopt(s.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        secured_part(&s);
        asks_others(&r);
        forget("wait");
        secured t = come(&r);
        ask(&t, "/things/t");
        hears(&t, "t");
        secured_part(&t);
    }
    end(&r);
}

/* Who says that nothing more comes, within TLS or below it, still hears what was asked for.
 * shows: INT-1 */
static void test_who_only_listens_hears_it(void **state)
{
    (void)state;
    running r = start((http_limits){0});
    for (int way = 0; way < 2; way++) {
        secured s = begin_held(&r);
        if (way == 0)
            assert_int_equal(gnutls_bye(s.session, GNUTLS_SHUT_WR), 0);
        shutdown(s.fd, SHUT_WR);
        asks_others(&r);
        hears_nothing(&s);
        forget("wait");
        hears(&s, "a");
        hears_end(&s);
        secured_part(&s);
    }
    end(&r);
}

/* shows: INT-1 PER-2 */
static void test_a_stop_waits_for_what_is_held(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 3600});
    secured s = begin_held(&r);
    kill(r.child, SIGTERM);
    await_log("draining");
    hears_nothing(&s);
    forget("wait");
    hears(&s, "a");
    hears_end(&s);
    secured_part(&s);
    int status = wait_for(r.child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    program_remove_folder(folder);
}

/* Asks for more than fits between the two, and reads nothing of it until the server could send no
 * more. */
static void ask_for_much(secured *s)
{
    int size = TAKES, unread = 0;
    setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    for (int i = 0; i < MANY; i++)
        ask(s, "/things/large");
    while (unread < TAKES / 2) {
        usleep(1000);
        assert_int_equal(ioctl(s->fd, FIONREAD, &unread), 0);
    }
}

/* shows: INT-1 PER-1 */
static void test_who_reads_slowly_gets_all_of_it(void **state)
{
    (void)state;
    running r = start((http_limits){0});
    secured s = come(&r);
    ask_for_much(&s);
    asks_others(&r);
    char *text = hear(&s, MANY);
    assert_int_equal(count_of(text, "HTTP/1.1 200"), MANY);
    assert_int_equal(count_of(text, "{\"thing\":\"large\""), MANY);
    free(text);
    ask(&s, "/things/z");
    hears(&s, "z");
    secured_part(&s);
    end(&r);
}

/* shows: INT-1 PER-1 */
static void test_who_reads_nothing_does_not_keep_a_server_from_ending(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 1});
    secured s = come(&r);
    ask_for_much(&s);
    asks_others(&r);
    end(&r);
    secured_part(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_leaves_before_the_ledger_has_it),
        cmocka_unit_test(test_what_the_ledger_cannot_have_never_leaves),
        cmocka_unit_test(test_answers_keep_the_order_of_their_requests),
        cmocka_unit_test(test_who_goes_while_an_answer_is_held_harms_nobody),
        cmocka_unit_test(test_who_only_listens_hears_it),
        cmocka_unit_test(test_a_stop_waits_for_what_is_held),
        cmocka_unit_test(test_who_reads_slowly_gets_all_of_it),
        cmocka_unit_test(test_who_reads_nothing_does_not_keep_a_server_from_ending),
    };
    return cmocka_run_group_tests_name("http/held", tests, NULL, NULL);
}
