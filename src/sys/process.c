#include "sys/process.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static pb_status not_run(const char *program, int error_number, pb_error *err)
{
    if (error_number != ENOENT)
        return sys_fail_path(err, PB_MSG("Could not run {path}"), program, error_number);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no program {name}"), "name", program, NULL);
    pb_error_hint(err, PB_MSG("Install it, or add its folder to PATH."), NULL);
    return PB_NOT_FOUND;
}

static pb_status start(const char *const *arguments, int to, pid_t *ret_child, pb_error *err)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return pb_fail_memory(err);
    int failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failed == 0)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    if (failed == 0)
        failed = posix_spawn_file_actions_adddup2(&actions, to, STDERR_FILENO);
    if (failed == 0)
        failed = posix_spawnp(ret_child, arguments[0], &actions, NULL,
                              (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed == 0 ? PB_OK : not_run(arguments[0], failed, err);
}

/* Until the last process that holds the other end lets it go; what does not fit is passed over. */
static void read_all(int from, pb_buf *out)
{
    char bytes[4096];
    for (;;) {
        ssize_t got = sys_call_read(from, bytes, sizeof bytes);
        if (got <= 0)
            return;
        size_t room = out->max > out->len ? out->max - out->len - 1 : 0;
        pb_buf_add(out, pb_str_n(bytes, (size_t)got < room ? (size_t)got : room));
    }
}

pb_status sys_process_run(const char *const *arguments, pb_buf *out, int *ret_exit, pb_error *err)
{
    int ends[2], state = 0;
    pid_t child = 0;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return not_run(arguments[0], errno, err);
    pb_status status = start(arguments, ends[1], &child, err);
    close(ends[1]);
    if (status == PB_OK)
        read_all(ends[0], out);
    close(ends[0]);
    PB_TRY(status);
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR)
            return not_run(arguments[0], errno, err);
    *ret_exit = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return PB_OK;
}

bool sys_is_root(void)
{
    return geteuid() == 0;
}

pb_status sys_path_give(const char *path, const char *user, pb_error *err)
{
    const struct passwd *account = getpwnam(user);
    if (account == NULL)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no user {user} on this machine."),
                       "user", user, NULL);
    if (chown(path, account->pw_uid, account->pw_gid) < 0)
        return sys_fail_path(err, PB_MSG("Could not write {path}"), path, errno);
    return PB_OK;
}

void sys_exit_now(int code)
{
    _exit(code);
}
