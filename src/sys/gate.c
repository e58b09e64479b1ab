#include "sys/gate.h"

#include "base/time.h"
#include "sys/clock.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CLOSED, OPEN, WAITED_AT };

void sys_gate_close(sys_gate *gate)
{
    atomic_store(&gate->state, CLOSED);
}

/* The address may belong to something else when it is called: that is then woken for nothing, which
 * whoever waits with a futex expects. */
void sys_gate_open(sys_gate *gate)
{
    _Atomic uint32_t *state = &gate->state;
    if (atomic_exchange(state, OPEN) == WAITED_AT)
        syscall(SYS_futex, state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

bool sys_gate_wait(sys_gate *gate, int64_t us)
{
    int64_t begin = us < 0 ? 0 : sys_monotonic_us();
    uint32_t closed = CLOSED;
    atomic_compare_exchange_strong(&gate->state, &closed, WAITED_AT);
    while (atomic_load(&gate->state) != OPEN) {
        int64_t left = us < 0 ? 0 : us - (sys_monotonic_us() - begin);
        if (us >= 0 && left <= 0)
            return false;
        /* How long it waits, not until when: it does not depend on what the clock says. */
        const struct timespec time = {left / PB_US_PER_SECOND, left % PB_US_PER_SECOND * 1000};
        syscall(SYS_futex, &gate->state, FUTEX_WAIT_PRIVATE, WAITED_AT, us < 0 ? NULL : &time, NULL,
                0);
    }
    return true;
}
