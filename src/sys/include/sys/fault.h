/* Faults on purpose, for tests: the nth system call of a kind fails.
 *
 * Only calls made through this module are counted. Counting and failing are process-wide; nothing
 * is armed unless a test does it, and an unarmed point costs one relaxed atomic read. Threads: any;
 * which thread meets the fault is then chance.
 */
#ifndef SYS_FAULT_H
#define SYS_FAULT_H

#include <stdbool.h>

typedef enum sys_fault {
    SYS_FAULT_OPEN,
    SYS_FAULT_READ,
    SYS_FAULT_WRITE,
    SYS_FAULT_FSYNC,
    SYS_FAULT_CLOSE,
    SYS_FAULT_RENAME,
    SYS_FAULT_CHMOD,
    SYS_FAULT_MKDIR,
    SYS_FAULT_UNLINK,
    SYS_FAULT_COUNT
} sys_fault;

/** Stands for "only half of the bytes" as the error of a read or write. */
enum { SYS_FAULT_SHORT = 0 };
/** Stands for the death of the process (SIGKILL) at that call, before it is made. */
enum { SYS_FAULT_KILL = -1 };

/** The `nth` call (from 1) of `kind` from now on fails with `error_number` (errno.h). */
void sys_fault_arm(sys_fault kind, unsigned nth, int error_number);
/** Disarms; returns whether the fault had happened. */
bool sys_fault_disarm(void);
/** `open`, `read`, …; for messages of tests. */
const char *sys_fault_name(sys_fault kind);

#endif
