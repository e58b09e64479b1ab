/* A program that runs beside this one and does not outlive it. */
#include "sys/process.h"

#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127, NOT_RUN = 126 };

struct sys_child {
    pid_t pid;
    int ended;  /* readable once it has */
    int output; /* memory that it writes into: it never waits for a reader */
    bool reaped;
    int state;
};

static pb_status not_started(const char *program, int error_number, pb_error *err)
{
    return sys_fail_path(err, PB_MSG("Could not run {path}"), program, error_number);
}

/* Between fork and exec: nothing that takes a lock. */
static void become(const char *const *arguments, int output, pid_t parent)
{
    static const int asked[] = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
    int empty = open("/dev/null", O_RDONLY);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || empty < 0 ||
        dup2(empty, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
        dup2(output, STDERR_FILENO) < 0)
        _exit(NOT_RUN);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        signal(asked[i], SIG_DFL);
    execvp(arguments[0], (char *const *)(uintptr_t)arguments);
    _exit(errno == ENOENT ? NOT_FOUND : NOT_RUN);
}

pb_status sys_child_start(const char *const *arguments, sys_child **ret_child, pb_error *err)
{
    sys_child *child = malloc(sizeof *child);
    if (child == NULL)
        return pb_fail_memory(err);
    *child = (sys_child){.pid = -1, .ended = -1};
    child->output = memfd_create("output", MFD_CLOEXEC);
    pid_t parent = getpid();
    if (child->output >= 0)
        child->pid = fork();
    if (child->pid == 0)
        become(arguments, child->output, parent);
    if (child->pid > 0)
        child->ended = pidfd_open(child->pid, 0);
    if (child->ended >= 0) {
        *ret_child = child;
        return PB_OK;
    }
    int error_number = errno;
    sys_child_end(child);
    return not_started(arguments[0], error_number, err);
}

pb_status sys_child_wait(sys_child *child, int64_t us, bool *ret_ended, int *ret_exit,
                         pb_error *err)
{
    struct pollfd end = {.fd = child->ended, .events = POLLIN};
    const struct timespec most = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    *ret_ended = child->reaped;
    if (!child->reaped) {
        int got = ppoll(&end, 1, &most, NULL);
        if (got < 0 && errno != EINTR)
            return not_started("poll", errno, err);
        if (got <= 0)
            return PB_OK;
        while (waitpid(child->pid, &child->state, 0) < 0)
            if (errno != EINTR)
                return not_started("waitpid", errno, err);
        child->reaped = *ret_ended = true;
    }
    int state = child->state;
    *ret_exit = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return PB_OK;
}

void sys_child_ask(sys_child *child)
{
    if (!child->reaped)
        kill(child->pid, SIGTERM);
}

pb_status sys_child_output(const sys_child *child, pb_buf *out, pb_error *err)
{
    char bytes[4096];
    off_t at = 0;
    for (;;) {
        size_t room = out->max > out->len ? out->max - out->len - 1 : 0;
        ssize_t got = pread(child->output, bytes, room < sizeof bytes ? room : sizeof bytes, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return not_started("pread", errno, err);
        if (got == 0)
            return out->failed ? pb_fail_memory(err) : PB_OK;
        pb_buf_add(out, pb_str_n(bytes, (size_t)got));
        at += got;
    }
}

sys_child *sys_child_end(sys_child *child)
{
    if (child == NULL)
        return NULL;
    if (child->pid > 0 && !child->reaped) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, &child->state, 0) < 0 && errno == EINTR)
            continue;
    }
    if (child->ended >= 0)
        close(child->ended);
    if (child->output >= 0)
        close(child->output);
    free(child);
    return NULL;
}
