/* A gate at which one thread waits until another opens it, once. Waiting is not measured by a clock
 * that can be set or jump. Source: Linux futex(2).
 *
 * Threads: one waits, one opens; what the one wrote before it opened, the other sees behind it.
 */
#ifndef SYS_GATE_H
#define SYS_GATE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sys_gate {
    _Atomic uint32_t state;
} sys_gate;

/** Closed, nobody waiting. Needs no end. */
void sys_gate_close(sys_gate *gate);
/** From here on the gate may be gone: whoever waits at it owns it. */
void sys_gate_open(sys_gate *gate);
/** Waits until it is open, `us` microseconds at most (negative: as long as it takes). False: it is
 * not open yet. */
bool sys_gate_wait(sys_gate *gate, int64_t us);

#endif
