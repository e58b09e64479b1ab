/* What the process was started with.
 *
 * Threads: any, as long as nobody changes the environment, which this program never does.
 */
#ifndef SYS_ENVIRONMENT_H
#define SYS_ENVIRONMENT_H

#include "base/arena.h"

/** Processor cores that run, at least 1. */
size_t sys_cores(void);
/** Bytes of memory that this process may come to have: the machine's, or what its container has. */
uint64_t sys_memory(void);
/** NULL when not set or empty. Belongs to the environment. */
const char *sys_getenv(const char *name);
/** Name of the user who runs the process, its number when it has none; absent without memory. */
pb_str sys_user_name(pb_arena *arena);
/** Name of this machine; absent without memory. */
pb_str sys_host_name(pb_arena *arena);
/** Number of this process on its machine. */
int64_t sys_process_number(void);
/** Folder for the user's settings: $XDG_CONFIG_HOME, else $HOME/.config; NULL when neither is
 * known. */
char *sys_config_home(pb_arena *arena);
/** Absolute path of the running program; NULL when the system does not say. */
char *sys_program_path(pb_arena *arena);

#endif
