/* Ending on request. */
#include "sys/signal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

static atomic_bool asked, hung_up;
static atomic_int bell = -1; /* an eventfd that signals ring; -1: nobody waits for them */

static void ring(void)
{
    int kept = errno, fd = atomic_load(&bell);
    const uint64_t one = 1;
    if (fd >= 0 && write(fd, &one, sizeof one) < 0)
        errno = kept; /* full: it rings already */
    errno = kept;
}

static void note(int number)
{
    atomic_store(&asked, true);
    ring();
    /* The second time the system's own way of ending applies. */
    signal(number, SIG_DFL);
}

void sys_signals_install(void)
{
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a call that fails, as a full disk is */
}

bool sys_interrupted(void)
{
    return atomic_load_explicit(&asked, memory_order_relaxed);
}

static void note_hangup(int number)
{
    (void)number;
    atomic_store(&hung_up, true);
    ring();
}

void sys_signals_hangup(void)
{
    struct sigaction action = {.sa_handler = note_hangup, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

bool sys_hung_up(void)
{
    return atomic_exchange(&hung_up, false);
}

void sys_signals_wait(int64_t us)
{
    if (atomic_load(&bell) < 0) {
        atomic_store(&bell, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (atomic_load(&asked) || atomic_load(&hung_up))
            return; /* they came before there was a bell */
    }
    struct pollfd wait = {.fd = atomic_load(&bell), .events = POLLIN};
    uint64_t rung;
    if (poll(&wait, 1, us < 0 ? 0 : (int)((us + 999) / 1000)) > 0 &&
        read(wait.fd, &rung, sizeof rung) < 0)
        return;
}
