/* A network or a mount table of the test's own: what is cut or filled there is nobody else's, and
 * it is gone with the test. Root takes one; anybody else takes one together with a user namespace,
 * where the machine lets them. Where it does not, the test says that it could not run.
 */
#ifndef TESTS_SUPPORT_OWN_SPACE_H
#define TESTS_SUPPORT_OWN_SPACE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { OWN_SPACE_SKIPPED = 77 }; /* what Meson takes for: could not run */

static bool own_space_missing;

static inline bool own_space_note(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t size = (ssize_t)strlen(text);
    bool good = fd >= 0 && write(fd, text, (size_t)size) == size;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Programs that are run keep what this one may do within its namespace. */
static inline bool own_space_keep_rights(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2] = {{0}, {0}};
    static const int rights[] = {CAP_NET_ADMIN, CAP_SYS_ADMIN};
    if (syscall(SYS_capget, &head, data) != 0)
        return false;
    data[0].inheritable = data[0].permitted;
    if (syscall(SYS_capset, &head, data) != 0)
        return false;
    for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, rights[i], 0, 0) != 0)
            return false;
    return true;
}

/** Takes namespaces (CLONE_NEWNET, CLONE_NEWNS); false, errno set: this machine forbids it. */
static inline bool own_space_take(int kinds)
{
    char users[64], groups[64];
    if (unshare(kinds) == 0)
        return true;
    if (geteuid() == 0)
        return false;
    snprintf(users, sizeof users, "%u %u 1", geteuid(), geteuid());
    snprintf(groups, sizeof groups, "%u %u 1", getegid(), getegid());
    return unshare(CLONE_NEWUSER | kinds) == 0 && own_space_note("/proc/self/setgroups", "deny") &&
           own_space_note("/proc/self/uid_map", users) &&
           own_space_note("/proc/self/gid_map", groups) && own_space_keep_rights();
}

/** Ends the test as one that could not run; `why` says what was missing. */
static inline void own_space_skip(const char *why)
{
    print_message("could not run: %s (%s)\n", why, strerror(errno));
    own_space_missing = true;
    skip();
}

/** What a test program with such tests ends with. */
static inline int own_space_exit(int failed)
{
    return failed == 0 && own_space_missing ? OWN_SPACE_SKIPPED : failed;
}

/** Runs a tool of the system; its exit code. */
static inline int own_space_run(const char *const *arguments)
{
    extern char **environ;
    pid_t child = 0;
    int state = 0;
    errno = posix_spawnp(&child, arguments[0], NULL, NULL, (char *const *)(uintptr_t)arguments,
                         environ);
    if (errno != 0)
        return 127;
    assert_int_equal(child, waitpid(child, &state, 0));
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128;
}

#define OWN_SPACE_RUN(...) own_space_run((const char *const[]){__VA_ARGS__, NULL})

#endif
