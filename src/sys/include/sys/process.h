/* Other programs, run and waited for.
 *
 * Found by PATH, given their arguments as they are: no shell stands between. Refuses: talking to
 * them while they run. Threads: any.
 */
#ifndef SYS_PROCESS_H
#define SYS_PROCESS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/** Runs `arguments` (ended by NULL) to the end; input is empty, output and complaints are appended
 * to `out`, as much as fits, in the order they come. `*ret_exit`: its exit status; 128 and the
 * signal's number when one ended it. PB_NOT_FOUND when there is no such program. */
pb_status sys_process_run(const char *const *arguments, pb_buf *out, int *ret_exit, pb_error *err);
/** A program that runs beside this one. It ends when this process does, however that comes about:
 * the system kills it when the thread that started it is gone. */
typedef struct sys_child sys_child;
/** Starts `arguments` (ended by NULL; the first is looked for in PATH), its input empty, what it
 * prints and complains kept in memory. Owner: the caller, sys_child_end. */
pb_status sys_child_start(const char *const *arguments, sys_child **ret_child, pb_error *err);
/** Waits up to `us`, or until a signal comes. `*ret_exit` is as sys_process_run tells it. */
pb_status sys_child_wait(sys_child *child, int64_t us, bool *ret_ended, int *ret_exit,
                         pb_error *err);
/** Asks it to end (SIGTERM). */
void sys_child_ask(sys_child *child);
/** Appends what it printed until now, as much as fits. */
pb_status sys_child_output(const sys_child *child, pb_buf *out, pb_error *err);
/** Kills it if it still runs. Takes NULL, returns NULL. */
sys_child *sys_child_end(sys_child *child);
/** Ends this process at once: nothing is closed, nothing written out. */
_Noreturn void sys_exit_now(int code);
/** True when this process may take on any user's rights. */
bool sys_is_root(void);
/** Makes a folder the property of a user, by name. */
pb_status sys_path_give(const char *path, const char *user, pb_error *err);

#endif
