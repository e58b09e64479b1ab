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
/** True when this process may take on any user's rights. */
bool sys_is_root(void);
/** Makes a folder the property of a user, by name. */
pb_status sys_path_give(const char *path, const char *user, pb_error *err);

#endif
