/* How long answering takes at most, and that nothing is worked on for nobody. */
#include "running.h"

#include "base/time.h"

/* ---- operations ---- */

/* Works as long as it may. */
static pb_status endless(http_request *request, http_response *response, pb_error *err)
{
    (void)response;
    program_write(folder, "endless-began", "");
    while (!db_limits_over(&request->limits))
        usleep(2000);
    pb_status status = db_limits_fail(&request->limits, err);
    program_write(folder, status == PB_BUSY ? "was-late" : "was-stopped", "");
    return status;
}

static pb_status left(http_request *request, http_response *response, pb_error *err)
{
    (void)err;
    bool once = db_limits_left(&request->limits, -1) <= PB_US_PER_SECOND;
    pb_buf_addc(&response->body, once ? "\"once\"" : "\"ten times\"");
    return PB_OK;
}

static const http_route table[] = {
    {HTTP_GET, "/endless", "endless", "Endless", endless, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/left", "left", "Left", left, HTTP_BLOCKS, NULL, NULL, 0},
    {HTTP_GET, "/longer", "longer", "Longer", left, HTTP_BLOCKS | HTTP_LONG, NULL, NULL, 0},
    {HTTP_GET, "/open", "open", "Open", endless, HTTP_BLOCKS | HTTP_OPEN, NULL, NULL, 0},
    {0},
};
/* Stands in for the program's own. */
const http_route *const http_tables[] = {table, NULL};

/* ---- tests ---- */

/* ASVS V15.2.2 */
/* shows: INT-1 PER-1 */
static void test_an_answer_takes_so_long_and_no_longer(void **state)
{
    (void)state;
    running r = start((http_limits){.work_seconds = 1});
    int fd = live_connect(r.port);
    say(fd, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 503, "took longer than it may");
    assert_true(is_there("was-late"));
    say(fd, "GET /left HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 200, "\"once\"");
    say(fd, "GET /longer HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_on(fd, 200, "\"ten times\"");
    close(fd);
    end(&r);
}

/* shows: INT-1 */
static void test_a_stop_ends_what_would_take_too_long(void **state)
{
    (void)state;
    running r = start((http_limits){.work_seconds = 3600, .drain_seconds = 4});
    int fd = live_connect(r.port);
    say(fd, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    await_file("endless-began");
    kill(r.child, SIGTERM);
    expect_on(fd, 503, "The server ends");
    close(fd);
    int status = wait_for(r.child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    program_remove_folder(folder);
}

/* Asks for what never ends, and goes. */
static void leave(unsigned port, const char *request)
{
    struct linger at_once = {.l_onoff = 1};
    for (int way = 0; way < 3; way++) {
        int fd = live_connect(port);
        say(fd, request);
        await_file("endless-began");
        if (way == 1) /* a reset instead of a friendly end */
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        if (way == 2) /* and who only says that nothing more comes */
            shutdown(fd, SHUT_WR);
        if (way < 2)
            close(fd);
        await_file("was-stopped");
        if (way == 2)
            close(fd);
        forget("endless-began");
        forget("was-stopped");
    }
}

/* shows: INT-1 PER-1 */
static void test_nothing_is_worked_on_for_who_has_gone(void **state)
{
    (void)state;
    running r = start((http_limits){.work_seconds = 3600, .drain_seconds = 3600});
    leave(r.port, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_false(is_there("was-late"));
    end(&r);
}

/* Else nobody would know of who tries to sign in and goes before it is answered.
 * shows: SEC-1 ACC-4 */
static void test_who_signs_in_and_goes_is_noted_all_the_same(void **state)
{
    (void)state;
    running r = start((http_limits){.work_seconds = 3});
    int fd = live_connect(r.port);
    say(fd, "GET /open HTTP/1.1\r\nHost: a\r\n\r\n");
    await_file("endless-began");
    close(fd);
    await_file("was-late");
    assert_false(is_there("was-stopped"));
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_answer_takes_so_long_and_no_longer),
        cmocka_unit_test(test_a_stop_ends_what_would_take_too_long),
        cmocka_unit_test(test_nothing_is_worked_on_for_who_has_gone),
        cmocka_unit_test(test_who_signs_in_and_goes_is_noted_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
