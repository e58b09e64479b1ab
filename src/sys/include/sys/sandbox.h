/* Giving up what the process does not need.
 *
 * Threads: from the only thread there is; those started later inherit it. There is no way back.
 */
#ifndef SYS_SANDBOX_H
#define SYS_SANDBOX_H

#include "base/error.h"

/** Files and folders that stay within reach, with all below them. What is not there is passed over.
 */
typedef struct sys_sandbox {
    const char *const *read; /* to read and run */
    size_t read_count;
    const char *const *write; /* to do anything with */
    size_t write_count;
} sys_sandbox;

/** From now on this process, and those it starts, reach nothing else of the file systems, and gain
 * no rights by running programs (Landlock). PB_UNSUPPORTED where the kernel cannot do that: nothing
 * is confined then. */
pb_status sys_sandbox_enter(const sys_sandbox *sandbox, pb_error *err);
/** From now on this process, and those it starts, cannot run programs, look into other processes,
 * mount, load modules, begin namespaces, keep keys of the kernel's or change the system: such
 * system calls fail with EPERM (seccomp), clone3() as where it does not exist. PB_UNSUPPORTED where
 * the kernel cannot do that: nothing is given up then. */
pb_status sys_sandbox_calls(pb_error *err);

#endif
