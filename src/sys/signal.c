/* Ending on request. */
#include "sys/signal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_bool asked;

static void note(int number)
{
    atomic_store(&asked, true);
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
