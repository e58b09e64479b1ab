/* Clock, randomness, environment, terminal, signals. */
#include "base/time.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/random.h"
#include "sys/signal.h"
#include "sys/terminal.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static void clocks_go_forward(void **state)
{
    (void)state;
    int64_t start = sys_monotonic_us();
    int64_t cpu = sys_cpu_us();
    while (sys_cpu_us() == cpu)
        continue;
    assert_true(sys_monotonic_us() > start);
    assert_true(sys_now_us() > INT64_C(1600000000000000));
    int64_t away = sys_today() - pb_instant_day(sys_now_us());
    assert_in_range(away + 1, 0, 2);
}

static void today_is_the_users_day(void **state)
{
    (void)state;
    /* Time zones 26 hours apart: wherever the sun stands, their days differ. */
    assert_int_equal(setenv("TZ", "<+14>-14", 1), 0);
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
    int64_t east = sys_today();
    assert_int_equal(setenv("TZ", "<-12>12", 1), 0);
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
    int64_t west = sys_today();
    unsetenv("TZ");
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
    assert_in_range(east - west, 1, 2);
}

static void a_moment_has_the_day_of_the_time_zone(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t us, day;
    } cases[] = {
        {"UTC", 0, 0},
        {"UTC", -1, -1},
        {"UTC", INT64_C(86399999999), 0},
        {"<+0330>-3:30", INT64_C(73799999999), 0}, /* 23:59 in Tehran */
        {"<+0330>-3:30", INT64_C(73800000000), 1},
        {"<+08>-8", INT64_C(57600000000), 1}, /* midnight in Shanghai */
        {"<+08>-8", INT64_C(57599999999), 0},
        {"<-12>12", INT64_C(43199999999), -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(setenv("TZ", cases[i].zone, 1), 0);
        assert_int_equal(sys_time_zone_read(NULL), PB_OK);
        assert_int_equal(sys_day_of(cases[i].us), cases[i].day);
    }
    unsetenv("TZ");
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
}

/* The day of each hour is what the C library says, whatever the zone's clock did. */
static void days_are_those_of_the_c_library(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "Asia/Shanghai",    "Europe/Berlin", "Asia/Tehran",       "America/Los_Angeles",
        "Australia/Sydney", "Asia/Kolkata",  "Africa/Casablanca", "CET-1CEST,M3.5.0,M10.5.0/3"};
    const int64_t hour = 3600 * PB_US_PER_SECOND, until = 2060 * INT64_C(31556952) - 62167219200;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        assert_int_equal(setenv("TZ", zones[i], 1), 0);
        assert_int_equal(sys_time_zone_read(NULL), PB_OK);
        for (int64_t second = 315532800; second < until; second += 3 * 3600) { /* from 1980 */
            time_t moment = (time_t)second;
            struct tm local;
            int64_t day = 0, us = second * PB_US_PER_SECOND;
            assert_non_null(localtime_r(&moment, &local));
            pb_date_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, &day);
            if (sys_day_of(us) != day)
                fail_msg("%s: second %lld is of day %lld, not %lld", zones[i], (long long)second,
                         (long long)day, (long long)sys_day_of(us));
            int64_t begin = pb_zone_begin(sys_zone(), day);
            assert_true(begin <= us && us - begin < 25 * hour);
            assert_int_equal(sys_day_of(begin), day);
            assert_int_equal(sys_day_of(begin - 1), day - 1);
        }
    }
    unsetenv("TZ");
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
}

static void a_zone_that_is_not_known_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        pb_status status;
    } cases[] = {{"Europe/Nowhere", PB_INVALID},
                 {":Mars/Phobos", PB_INVALID},
                 {"/nowhere/at/all", PB_INVALID},
                 {"Europe", PB_INVALID},
                 {":Europe/Berlin", PB_OK},
                 {"UTC", PB_OK},
                 {"", PB_OK},
                 {"EST5EDT,M3.2.0,M11.1.0", PB_OK},
                 {"<-03>3", PB_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pb_error err = {0};
        assert_int_equal(setenv("TZ", cases[i].zone, 1), 0);
        if (sys_time_zone_read(&err) != cases[i].status)
            fail_msg("%s", cases[i].zone);
        if (cases[i].status != PB_OK)
            assert_true(pb_str_is(pb_error_arg(&err, "value"), cases[i].zone));
    }
    unsetenv("TZ");
    assert_int_equal(sys_time_zone_read(NULL), PB_OK);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[32] = {0};
    unsigned char b[32] = {0};
    assert_int_equal(sys_sodium_init(NULL), PB_OK);
    assert_int_equal(sys_sodium_init(NULL), PB_OK);
    sys_random(a, sizeof a);
    sys_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void the_environment_is_read(void **state)
{
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    setenv("PROBITY_TEST_VARIABLE", "", 1);
    assert_null(sys_getenv("PROBITY_TEST_VARIABLE"));
    setenv("PROBITY_TEST_VARIABLE", "x", 1);
    assert_string_equal(sys_getenv("PROBITY_TEST_VARIABLE"), "x");
    assert_true(sys_user_name(arena).len > 0);
    setenv("HOME", "/home/h", 1);
    unsetenv("XDG_CONFIG_HOME");
    assert_string_equal(sys_config_home(arena), "/home/h/.config");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    assert_string_equal(sys_config_home(arena), "/home/h/.config");
    setenv("XDG_CONFIG_HOME", "/cfg", 1);
    assert_string_equal(sys_config_home(arena), "/cfg");
    assert_true(pb_str_ends(pb_str_c(sys_program_path(arena)), PB_STR("test_sys_process")));
}

static void all_bytes_are_written_or_the_failure_told(void **state)
{
    (void)state;
    int ends[2] = {-1, -1};
    pb_error err;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(sys_write_all(ends[1], PB_STR("abc"), &err), PB_OK);
    char got[4] = {0};
    assert_int_equal(read(ends[0], got, 3), 3);
    assert_string_equal(got, "abc");
    assert_false(sys_is_terminal(ends[0]));
    assert_int_equal(sys_terminal_width(ends[0]), 80);
    sys_signals_install();
    close(ends[0]);
    assert_int_equal(sys_write_all(ends[1], PB_STR("abc"), &err), PB_CANCELLED);
    assert_int_equal(sys_write_all(-1, PB_STR("abc"), &err), PB_IO);
    close(ends[1]);
}

/* Runs the reader in a child whose terminal this process holds; types `keys`; returns what the
 * child answered ("STATUS:text") and, in `*screen`, what the terminal showed. */
static void type_passphrase(const char *keys, char *answer, size_t answer_size, char *screen,
                            size_t screen_size)
{
    int answers[2] = {-1, -1};
    int terminal = -1;
    assert_int_equal(pipe(answers), 0);
    struct winsize size = {.ws_col = 123, .ws_row = 40};
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    assert_true(child >= 0);
    if (child == 0) {
        PB_AUTO_BUF out = PB_BUF_INIT(4096);
        pb_status status = sys_read_passphrase("Passphrase: ", &out, NULL);
        char text[200];
        int len = snprintf(text, sizeof text, "%s:%d:%s", pb_status_name(status),
                           sys_terminal_width(SYS_STDOUT), pb_buf_cstr(&out));
        _exit(write(answers[1], text, (size_t)len) == len ? 0 : 1);
    }
    close(answers[1]);
    /* The prompt appears before the echo is switched off and typed-ahead keys are dropped: wait
     * until the terminal is silent. */
    size_t shown = 0;
    struct termios now;
    do {
        usleep(2000);
        assert_int_equal(tcgetattr(terminal, &now), 0);
    } while (now.c_lflag & ECHO);
    assert_int_equal(write(terminal, keys, strlen(keys)), (ssize_t)strlen(keys));
    ssize_t len = read(answers[0], answer, answer_size - 1);
    assert_true(len >= 0);
    answer[len] = '\0';
    fcntl(terminal, F_SETFL, O_NONBLOCK);
    while (shown < screen_size - 1 &&
           (len = read(terminal, screen + shown, screen_size - 1 - shown)) > 0)
        shown += (size_t)len;
    screen[shown] = '\0';
    waitpid(child, NULL, 0);
    close(terminal);
    close(answers[0]);
}

static void a_passphrase_is_read_without_echo(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *answer;
    } cases[] = {{"secret\n", "OK:123:secret"},          {"secret\r", "OK:123:secret"},
                 {"sé\x7f\x7f\x7fxy\b!\n", "OK:123:x!"}, {"abc\x15z\n", "OK:123:z"},
                 {"abc\x03", "CANCELLED:123:abc"},       {"\n", "INVALID:123:"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char answer[300];
        char screen[300];
        type_passphrase(cases[i].keys, answer, sizeof answer, screen, sizeof screen);
        assert_string_equal(answer, cases[i].answer);
        assert_non_null(strstr(screen, "Passphrase: "));
        assert_null(strstr(screen, "secret"));
        assert_null(strstr(screen, "abc"));
    }
}

/* Without a terminal the passphrase is a line of standard input. */
static void a_passphrase_is_read_from_a_pipe(void **state)
{
    (void)state;
    int in[2] = {-1, -1};
    int answers[2] = {-1, -1};
    assert_true(pipe(in) == 0 && pipe(answers) == 0);
    pid_t child = fork();
    if (child == 0) {
        PB_AUTO_BUF out = PB_BUF_INIT(4096);
        setsid(); /* leaves the terminal, if there is one */
        dup2(in[0], 0);
        pb_status status = sys_read_passphrase("Passphrase: ", &out, NULL);
        bool good = status == PB_OK && pb_str_is(pb_buf_str(&out), "from a pipe");
        _exit(write(answers[1], good ? "y" : "n", 1) == 1 ? 0 : 1);
    }
    assert_int_equal(write(in[1], "from a pipe\nmore", 16), 16);
    char answer = 'n';
    assert_int_equal(read(answers[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    waitpid(child, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(in[i]);
        close(answers[i]);
    }
}

static void the_first_signal_asks_and_the_second_ends(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        sys_signals_install();
        bool before = sys_interrupted();
        raise(SIGTERM);
        if (before || !sys_interrupted())
            _exit(3);
        raise(SIGTERM);
        _exit(4);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_go_forward),
        cmocka_unit_test(today_is_the_users_day),
        cmocka_unit_test(a_moment_has_the_day_of_the_time_zone),
        cmocka_unit_test(days_are_those_of_the_c_library),
        cmocka_unit_test(a_zone_that_is_not_known_is_refused),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(the_environment_is_read),
        cmocka_unit_test(all_bytes_are_written_or_the_failure_told),
        cmocka_unit_test(a_passphrase_is_read_without_echo),
        cmocka_unit_test(a_passphrase_is_read_from_a_pipe),
        cmocka_unit_test(the_first_signal_asks_and_the_second_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
