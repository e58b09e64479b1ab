/* A process that gave up its files, and sockets that are listened on. */
#include "program.h"
#include "sys/listen.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <sys/socket.h>

enum { CONFINED = 0, NOT_HERE = 3 };

static bool can_write(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* In a process of its own: there is no way back. */
static int confined(const char *reached, const char *other)
{
    const char *const read[] = {"/usr"}, *const write[] = {reached, "/not/there"};
    const sys_sandbox sandbox = {read, 1, write, 2};
    char path[4096];
    pb_error err = {0};
    snprintf(path, sizeof path, "%s/before", other);
    pb_status status = sys_sandbox_enter(&sandbox, &err);
    if (status == PB_UNSUPPORTED)
        return err.hint.id != NULL ? NOT_HERE : 1;
    if (status != PB_OK)
        return 2;
    if (!can_write(reached, "inside") || can_write(other, "outside") || errno != EACCES)
        return 4;
    if (open(path, O_RDONLY | O_CLOEXEC) >= 0 || open("/usr", O_RDONLY | O_CLOEXEC) < 0)
        return 5;
    return can_write("/usr", ".probity-test") ? 6 : CONFINED;
}

/* shows: SEC-4 */
static void test_what_is_given_up_is_out_of_reach(void **state)
{
    (void)state;
    char *reached = program_folder(), *other = program_folder();
    int status = 0;
    program_write(other, "before", "x");
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(confined(reached, other));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    program_remove_folder(reached);
    program_remove_folder(other);
    if (WEXITSTATUS(status) == NOT_HERE)
        skip(); /* the kernel has no Landlock, and that was said */
    assert_int_equal(WEXITSTATUS(status), CONFINED);
}

/* shows: SEC-1 */
static void test_a_socket_left_behind_is_replaced_and_nothing_else(void **state)
{
    (void)state;
    char *folder = program_folder(), path[4096];
    sys_socket first, second;
    pb_error err = {0};
    snprintf(path, sizeof path, "%s/http", folder);
    assert_int_equal(sys_listen_unix(path, &first, &err), PB_OK);
    assert_true(first.loopback);
    assert_int_equal(sys_listen_unix(path, &second, &err), PB_EXISTS); /* somebody answers */
    sys_socket_end(&first, NULL);
    assert_int_equal(sys_listen_unix(path, &second, &err), PB_OK); /* nobody does */
    sys_socket_end(&second, path);
    assert_int_not_equal(access(path, F_OK), 0);
    program_write(folder, "http", "a file");
    assert_int_equal(sys_listen_unix(path, &second, &err), PB_EXISTS);
    program_remove_folder(folder);
}

/* shows: SEC-1 */
static void test_a_port_belongs_to_one(void **state)
{
    (void)state;
    sys_socket first, second;
    pb_error err = {0};
    assert_int_equal(sys_listen_tcp("127.0.0.1", 0, &first, &err), PB_OK);
    assert_true(first.port > 0 && first.loopback);
    assert_int_equal(sys_listen_tcp("127.0.0.1", first.port, &second, &err), PB_EXISTS);
    sys_socket_end(&first, NULL);
    assert_int_equal(sys_listen_tcp(NULL, 0, &second, &err), PB_OK);
    assert_false(second.loopback); /* the whole machine is not only this machine's */
    sys_socket_end(&second, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_given_up_is_out_of_reach),
        cmocka_unit_test(test_a_socket_left_behind_is_replaced_and_nothing_else),
        cmocka_unit_test(test_a_port_belongs_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
