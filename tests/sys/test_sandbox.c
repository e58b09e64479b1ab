/* A process that gave up its files, and sockets that are listened on. */
#include "program.h"
#include "sys/listen.h"
#include "sys/sandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

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

static void *answers(void *context)
{
    return context;
}

/* Whether a process in a new namespace of any kind is refused; one that began says so by its end.
 */
static bool no_namespace_begins(void)
{
    static const int kinds[] = {CLONE_NEWUSER,   CLONE_NEWNS,  CLONE_NEWNET, CLONE_NEWPID,
                                CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        errno = 0;
        long child = syscall(SYS_clone, (unsigned long)kinds[i] | SIGCHLD, 0, 0, 0, 0);
        if (child == 0)
            _exit(0);
        if (child > 0)
            (void)waitpid((pid_t)child, NULL, 0);
        if (child >= 0 || errno != EPERM)
            return false;
    }
    struct clone_args asked = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
    errno = 0;
    long child = syscall(SYS_clone3, &asked, sizeof asked);
    if (child == 0)
        _exit(0);
    if (child > 0)
        (void)waitpid((pid_t)child, NULL, 0);
    return child < 0 && errno == ENOSYS;
}

/* In a process of its own: what serves goes on, what starts programs or changes the system does
 * not. */
static int without_calls(const char *folder)
{
    char *const argv[] = {(char *)(uintptr_t) "true", NULL};
    pb_error err = {0};
    pthread_t thread;
    void *told = NULL;
    int status = 0;
    if (sys_sandbox_calls(&err) != PB_OK)
        return err.hint.id != NULL ? NOT_HERE : 1;
    if (execv("/bin/true", argv) == 0 || errno != EPERM)
        return 2;
    if (unshare(CLONE_NEWUSER) == 0 || errno != EPERM || chroot("/") == 0 || errno != EPERM ||
        syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0 || errno != EPERM ||
        syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM)
        return 4;
    if (!no_namespace_begins())
        return 9;
    if (pthread_create(&thread, NULL, answers, &status) != 0 || pthread_join(thread, &told) != 0 ||
        told != &status || !can_write(folder, "inside"))
        return 5;
    pid_t child = fork();
    if (child == 0)
        _exit(execv("/bin/true", argv) != 0 && errno == EPERM ? 7 : 8);
    return waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 7 ? CONFINED : 6;
}

/* shows: SEC-4 */
static void test_calls_that_are_given_up_fail_and_others_do_not(void **state)
{
    (void)state;
    char *folder = program_folder();
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(without_calls(folder));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    program_remove_folder(folder);
    if (WEXITSTATUS(status) == NOT_HERE)
        skip(); /* the kernel has no seccomp, and that was said */
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
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(second.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&to, sizeof to), 0); /* by either family */
    close(client);
    sys_socket_end(&second, NULL);
}

static uint64_t group_of(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return sys_net_group(&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return sys_net_group(&six);
}

/* shows: SEC-4 */
static void test_addresses_are_counted_by_who_has_them(void **state)
{
    (void)state;
    assert_true(group_of("192.0.2.1") == group_of("::ffff:192.0.2.1"));
    assert_true(group_of("192.0.2.1") != group_of("192.0.2.2"));
    assert_true(group_of("2001:db8:1:2::1") == group_of("2001:db8:1:2:ffff::9"));
    assert_true(group_of("2001:db8:1:2::1") != group_of("2001:db8:1:3::1"));
    assert_true(group_of("::1") != 0 && sys_net_group(NULL) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_given_up_is_out_of_reach),
        cmocka_unit_test(test_calls_that_are_given_up_fail_and_others_do_not),
        cmocka_unit_test(test_a_socket_left_behind_is_replaced_and_nothing_else),
        cmocka_unit_test(test_a_port_belongs_to_one),
        cmocka_unit_test(test_addresses_are_counted_by_who_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
