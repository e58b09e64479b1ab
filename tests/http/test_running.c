/* The server at work, with operations of this test's own: workers, streams, TLS, and its end. */
#include "events.h"
#include "running.h"
#include "secured.h"
#include "tiny_schema.h"

#include <gnutls/x509.h>
#include <zlib.h>

enum { BIG = 100000 };

/* ---- operations ---- */

static pb_status quick(http_request *request, http_response *response, pb_error *err)
{
    (void)request;
    (void)err;
    pb_buf_addc(&response->body, "\"quick\"");
    return PB_OK;
}

/* Works until it is released. */
static pb_status slow(http_request *request, http_response *response, pb_error *err)
{
    (void)request;
    (void)err;
    program_write(folder, "slow-began", "");
    while (!is_there("release"))
        usleep(2000);
    pb_buf_addc(&response->body, "\"slow\"");
    return PB_OK;
}

static pb_status echo(http_request *request, http_response *response, pb_error *err)
{
    (void)err;
    pb_buf_add(&response->body, request->body);
    return PB_OK;
}

static pb_status big(http_request *request, http_response *response, pb_error *err)
{
    (void)err;
    if (http_response_fresh(request, response, PB_STR("v1")))
        return PB_OK;
    for (int i = 0; i < BIG / 10; i++)
        pb_buf_printf(&response->body, "%09d\n", i);
    response->cached = true;
    return PB_OK;
}

static pb_status wrong(http_request *request, http_response *response, pb_error *err)
{
    (void)response;
    pb_fail(err, PB_INVALID, "{field} is not valid.", "field", "Mobile", NULL);
    pb_error_detail(err, "It is “{value}”.", "value", PB_ARG(http_request_query(request, "value")),
                    NULL);
    return PB_INVALID;
}

static pb_status count_on(void *context, http_events *events, bool *ret_ended, pb_error *err)
{
    int *count = context;
    char text[32];
    (void)err;
    snprintf(text, sizeof text, "%d\n%d", *count, *count);
    http_events_put(events, "step", NULL, pb_str_c(text));
    *ret_ended = ++*count == 3;
    return PB_OK;
}

static pb_status stream(http_request *request, http_response *response, pb_error *err)
{
    http_events_source source = {.look = count_on, .end = free, .every_ms = 1};
    source.context = calloc(1, sizeof(int));
    if (source.context == NULL)
        return pb_fail_memory(err);
    pb_status status = http_events_open(request, response, &source, err);
    if (status != PB_OK)
        free(source.context);
    return status;
}

/* Counts as long as it takes on this machine to be slow. */
static pb_status count_long(db_session *session, pb_error *err)
{
    int64_t last = 1000;
    for (time_t until = time(NULL) + 1; time(NULL) <= until; last *= 2) {
        db_stmt *stmt = NULL;
        PB_TRY(db_prepare(session,
                          "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE "
                          "x < :last) SELECT COUNT(*) FROM c WHERE :secret <> 'Ida Berg'",
                          &stmt, err));
        db_bind_named(stmt, "last", (pb_value){PB_INT, .as.i = last});
        db_bind_named(stmt, "secret", (pb_value){PB_TEXT, .as.s = PB_STR("Zyzzyva")});
        PB_TRY(db_run(stmt, err));
    }
    return PB_OK;
}

static pb_status counted(http_request *request, http_response *response, pb_error *err)
{
    const db_options options = {.scratch = true};
    db_workspace *workspace = NULL;
    db_session *session = NULL;
    tiny_schema tiny;
    tiny_schema_make(&tiny);
    PB_TRY(db_workspace_create(NULL, &tiny.schema, &options, NULL, &workspace, err));
    pb_status status = db_snapshot_open_within(workspace, &request->limits, &session, err);
    if (status == PB_OK)
        status = count_long(session, err);
    db_snapshot_close(session);
    db_workspace_close(workspace);
    pb_buf_addc(&response->body, "\"counted\"");
    return status;
}

static const http_route table[] = {
    {HTTP_GET, "/quick", "quick", "Quick", quick, 0, NULL, NULL, 0},
    {HTTP_GET, "/worked", "worked", "By a worker", quick, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/slow", "slow", "Slow", slow, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/counted/{who}", "counted", "Counted", counted, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_POST, "/echo", "echo", "Echo", echo, HTTP_BLOCKS, "application/json", NULL, 200000},
    {HTTP_GET, "/big", "big", "Big", big, 0, NULL, "text/plain", 0},
    {HTTP_GET, "/wrong", "wrong", "Wrong", wrong, 0, NULL, NULL, 0},
    {HTTP_GET, "/stream", "stream", "Stream", stream, 0, NULL, "text/event-stream", 0},
    {0},
};
/* Stands in for the program's own. */
const http_route *const http_tables[] = {table, NULL};

/* From another address of this machine: another client. */
static int connect_as(const char *address, unsigned port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    inet_pton(AF_INET, address, &from.sin_addr);
    to.sin_port = htons((uint16_t)port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* ---- tests ---- */

/* shows: INT-1 PER-1 */
static void test_a_slow_request_of_one_never_stops_the_others(void **state)
{
    (void)state;
    running r = start((http_limits){.workers = 2, .queue = 4, .drain_seconds = 60});
    int slow_ones[5], other = connect_as("127.0.0.2", r.port), quick_one = live_connect(r.port);
    for (int i = 0; i < 5; i++) {
        slow_ones[i] = live_connect(r.port);
        say(slow_ones[i], "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        if (i == 0)
            await_file("slow-began");
    }
    say(quick_one, "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(quick_one, 200, "quick");
    /* One is worked on, four wait: the queue is full, and others are told so. */
    for (int status = 0; status != 503;) {
        int fd = connect_as("127.0.0.2", r.port);
        say(fd, "GET /worked HTTP/1.1\r\nHost: a\r\n\r\n");
        live_answer *answer = live_read(fd, false);
        status = answer->status;
        assert_true(status == 503 || status == 200);
        free(answer);
        close(fd);
    }
    program_write(folder, "release", "");
    for (int i = 0; i < 5; i++) {
        expect_on(slow_ones[i], 200, "slow");
        close(slow_ones[i]);
    }
    say(other, "GET /worked HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(other, 200, "quick");
    close(other);
    close(quick_one);
    end(&r);
}

/* shows: INT-1 PER-1 */
static void test_one_client_never_has_all_workers(void **state)
{
    (void)state;
    running r = start((http_limits){.workers = 2, .drain_seconds = 60});
    int slow_ones[6];
    for (int i = 0; i < 6; i++) {
        slow_ones[i] = live_connect(r.port);
        say(slow_ones[i], "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    await_file("slow-began");
    for (int i = 0; i < 20; i++) {
        int fd = connect_as("127.0.0.2", r.port);
        say(fd, "GET /worked HTTP/1.1\r\nHost: a\r\n\r\n");
        expect_on(fd, 200, "quick");
        close(fd);
    }
    program_write(folder, "release", "");
    for (int i = 0; i < 6; i++) {
        expect_on(slow_ones[i], 200, "slow");
        close(slow_ones[i]);
    }
    end(&r);
}

/* shows: INT-1 */
static void test_a_stop_answers_what_was_begun(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 60});
    int worked = live_connect(r.port), half = live_connect(r.port), idle = live_connect(r.port);
    say(idle, "GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(idle, 200, "quick");
    say(worked, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await_file("slow-began");
    say(half, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
              "Expect: 100-continue\r\nContent-Length: 6\r\n\r\n");
    expect_on(half, 100, "Continue"); /* so its head is there */
    kill(r.child, SIGTERM);
    await_log("\"event\":\"draining\"");
    /* It still lives, and takes the rest. */
    say(half, "\"half\"");
    expect_on(half, 200, "\"half\"");
    program_write(folder, "release", "");
    live_answer *answer = live_read(worked, true);
    assert_int_equal(answer->status, 200);
    assert_has(answer->text, "Connection: close");
    assert_has(answer->text, "\"slow\"");
    free(answer);
    /* Nobody hangs: a connection that asked for nothing is closed. */
    answer = live_read(idle, true);
    assert_int_equal(answer->length, 0);
    free(answer);
    int status = wait_for(r.child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(worked);
    close(half);
    close(idle);
    program_remove_folder(folder);
}

/* shows: INT-1 */
static void test_a_stop_takes_so_long_and_no_longer(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 1});
    int worked = live_connect(r.port);
    say(worked, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await_file("slow-began");
    kill(r.child, SIGTERM);
    live_answer *answer = live_read(worked, true);
    assert_int_equal(answer->length, 0);
    free(answer);
    int status = wait_for(r.child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), UNFINISHED);
    close(worked);
    program_remove_folder(folder);
}

/* shows: INT-1 */
static void test_a_second_signal_ends_at_once(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 3600});
    int worked = live_connect(r.port);
    say(worked, "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await_file("slow-began");
    kill(r.child, SIGTERM);
    await_log("\"event\":\"draining\"");
    kill(r.child, SIGTERM);
    int status = wait_for(r.child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGTERM);
    close(worked);
    program_remove_folder(folder);
}

/* The body of an answer in gzip, unpacked. */
static void unpack(const live_answer *answer, char *to, size_t size)
{
    const char *body = strstr(answer->text, "\r\n\r\n") + 4;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)body,
                  .avail_in = (uInt)(answer->length - (size_t)(body - answer->text)),
                  .next_out = (Bytef *)to,
                  .avail_out = (uInt)size};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, size);
    inflateEnd(&z);
}

/* shows: INT-1 PER-1 */
static void test_answers_are_packed_where_asked_and_kept_by_their_tag(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 60});
    static char text[BIG];
    int fd = live_connect(r.port);
    say(fd, "GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br, gzip\r\n\r\n");
    live_answer *answer = live_read(fd, false);
    assert_has(answer->text, "Content-Encoding: gzip");
    assert_has(answer->text, "Cache-Control: private, no-cache");
    assert_true(answer->length < BIG / 2);
    unpack(answer, text, sizeof text);
    assert_memory_equal(text + BIG - 10, "000009999\n", 10);
    free(answer);
    say(fd, "GET /big HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip;q=0\r\n\r\n");
    answer = live_read(fd, false);
    assert_null(strstr(answer->text, "Content-Encoding"));
    assert_true(answer->length > BIG);
    free(answer);
    say(fd, "GET /big HTTP/1.1\r\nHost: a\r\nIf-None-Match: \"v1\"\r\n\r\n");
    expect_on(fd, 304, "ETag: \"v1\"");
    say(fd,
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\na,b");
    expect_on(fd, 415, "Accept: application/json");
    say(fd, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json;charset=utf-8\r\n"
            "Content-Length: 3\r\n\r\n\"a\"");
    expect_on(fd, 200, "\r\n\r\n\"a\"");
    say(fd, "GET /wrong?value=%2B49+x HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 422, "\"field\":\"Mobile\",\"value\":\"+49 x\"");
    close(fd);
    end(&r);
}

/* shows: INT-1 */
static void test_news_of_a_long_job_come_as_events(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 60});
    int fd = live_connect(r.port), gone = live_connect(r.port);
    say(gone, "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
    close(gone); /* a client that vanishes holds up nobody */
    say(fd, "GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    live_answer *answer = live_read(fd, true);
    assert_has(answer->text, "Content-Type: text/event-stream");
    assert_has(answer->text, "event: step\ndata: 0\ndata: 0\n\n");
    assert_has(answer->text, "event: step\ndata: 2\ndata: 2\n\n");
    assert_null(strstr(answer->text, "data: 3"));
    free(answer);
    close(fd);
    end(&r);
}

/* ---- TLS ---- */

static void certificate_of(const secured *s, unsigned char ret_print[32])
{
    unsigned count = 0;
    size_t size = 32;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(s->session, &count);
    assert_true(count == 1);
    assert_int_equal(gnutls_fingerprint(GNUTLS_DIG_SHA256, list, ret_print, &size), 0);
}

/* ASVS V12.1.1 V12.1.2 */
/* shows: SEC-1 SEC-4 */
static void test_tls_is_new_enough_and_its_certificate_changes_at_a_signal(void **state)
{
    (void)state;
    running r = start((http_limits){.drain_seconds = 60, .head_seconds = 1});
    static char answer[20000];
    unsigned char first[32], second[32];
    struct stat about;
    char made[4200];
    secured s;
    static const char asked[] = "GET /worked HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    assert_true(secured_shake(&s, r.tls, "NORMAL:-VERS-ALL:+VERS-TLS1.1") < 0);
    secured_part(&s);
    assert_true(secured_shake(&s, r.tls, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-ECDHE-ECDSA:-ECDHE-RSA") <
                0);
    secured_part(&s);
    assert_int_equal(secured_shake(&s, r.tls, "NORMAL:-VERS-ALL:+VERS-TLS1.2"), 0);
    secured_part(&s);
    assert_int_equal(secured_shake(&s, r.tls, "NORMAL"), 0);
    assert_int_equal(gnutls_protocol_get_version(s.session), GNUTLS_TLS1_3);
    certificate_of(&s, first);
    secured_ask(&s, asked, answer, sizeof answer);
    assert_has(answer, "HTTP/1.1 200 OK");
    assert_has(answer, "Strict-Transport-Security: max-age=31536000");
    secured_part(&s);
    snprintf(made, sizeof made, "%s/made.pem", folder);
    assert_int_equal(stat(made, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    /* Half a file: what was there stays. */
    char *kept = program_read(folder, "made.pem");
    program_write(folder, "made.pem", "-----BEGIN CERTIFICATE-----\n");
    kill(r.child, SIGHUP);
    await_log("\"event\":\"certificate.kept\"");
    assert_int_equal(secured_shake(&s, r.tls, "NORMAL"), 0);
    certificate_of(&s, second);
    assert_memory_equal(first, second, 32);
    secured_part(&s);
    /* Another certificate. */
    running other = r;
    char *here = folder;
    r = start((http_limits){.drain_seconds = 60});
    char *pem = program_read(folder, "made.pem");
    end(&r);
    folder = here;
    program_write(folder, "made.pem", pem);
    kill(other.child, SIGHUP);
    await_log("\"event\":\"certificate.read\"");
    assert_int_equal(secured_shake(&s, other.tls, "NORMAL"), 0);
    certificate_of(&s, second);
    assert_memory_not_equal(first, second, 32);
    /* Who is slow within TLS is told so there. */
    secured_ask(&s, "GET /quick HTTP/1.1\r\nHo", answer, sizeof answer);
    assert_has(answer, "HTTP/1.1 408 ");
    secured_part(&s);
    free(kept);
    free(pem);
    end(&other);
}

/* shows: SEC-1 */
static void test_beyond_this_machine_nothing_is_plain(void **state)
{
    (void)state;
    static const char *const everywhere[] = {"http://0.0.0.0:0"};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    pb_error err = {0};
    http_options options = {
        .service = open_service(arena), .listen = everywhere, .listen_count = 1};
    assert_int_equal(http_serve(&options, &err), PB_DENIED);
    service_close(options.service);
}

/* Of a slow request the log says which statement took long, and nothing of what was asked for. */
/* shows: PER-1 SEC-1 */
static void test_the_slow_statement_of_a_slow_request_is_told(void **state)
{
    (void)state;
    running r = start((http_limits){.slow_ms = 100, .slow_statement_ms = 100});
    int fd = live_connect(r.port);
    say(fd, "GET /counted/Zyzzyva HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 200, "counted");
    await_log("statement.slow");
    close(fd);
    char *log = program_read(folder, "log");
    end(&r);
    assert_non_null(strstr(log, "\"event\":\"request.slow\""));
    const char *line = strstr(log, "\"event\":\"statement.slow\"");
    assert_non_null(strstr(line, "\"operation\":\"counted\",\"sql\":\"WITH RECURSIVE c(x) AS "
                                 "(SELECT ? UNION ALL SELECT x + ? FROM c WHERE x < :last) SELECT "
                                 "COUNT(*) FROM c WHERE :secret <> ?\",\"microseconds\":"));
    assert_non_null(strstr(line, "\"rows\":"));
    assert_null(strstr(log, "Zyzzyva"));
    assert_null(strstr(log, "Ida Berg"));
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slow_request_of_one_never_stops_the_others),
        cmocka_unit_test(test_one_client_never_has_all_workers),
        cmocka_unit_test(test_the_slow_statement_of_a_slow_request_is_told),
        cmocka_unit_test(test_a_stop_answers_what_was_begun),
        cmocka_unit_test(test_a_stop_takes_so_long_and_no_longer),
        cmocka_unit_test(test_a_second_signal_ends_at_once),
        cmocka_unit_test(test_answers_are_packed_where_asked_and_kept_by_their_tag),
        cmocka_unit_test(test_news_of_a_long_job_come_as_events),
        cmocka_unit_test(test_tls_is_new_enough_and_its_certificate_changes_at_a_signal),
        cmocka_unit_test(test_beyond_this_machine_nothing_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
