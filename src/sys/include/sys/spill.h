/* Memory up to a limit, and files beyond it: blocks as those of realloc, of which the ones that do
 * not fit lie in files without a name, mapped. Nothing of them can be seen in a folder, nobody else
 * can open them, and they end with the process at the latest.
 *
 * Only large blocks count. What a block holds is the same wherever it lies. Threads: any; a block
 * belongs to one at a time. Refuses: a block larger than what the disk has left (checked before it
 * is used, so that a full disk is an error and not a signal).
 */
#ifndef SYS_SPILL_H
#define SYS_SPILL_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct sys_spill sys_spill;

/** Blocks of `limit` bytes in all stay in memory, others go to files in `folder`; NULL: $TMPDIR,
 * else /var/tmp (which, unlike /tmp, is no memory), else /tmp. Owner: the caller, sys_spill_free.
 */
pb_status sys_spill_new(uint64_t limit, const char *folder, sys_spill **ret_spill, pb_error *err);
/** As realloc, `size` 0 frees; NULL when that failed, see sys_spill_why: then the block stands. The
 * first argument is a sys_spill. */
void *sys_spill_resize(void *spill, void *block, size_t size);
/** What lies in files need not lie in memory too, until it is read again. The argument is a
 * sys_spill. */
void sys_spill_rest(void *spill);
/** Changes the limit, for blocks that come or grow from then on. The first argument is a sys_spill.
 */
void sys_spill_bound(void *spill, uint64_t limit);
/** Says why sys_spill_resize failed last: PB_MEMORY, or what happened to the file, with the
 * folder's name. */
pb_status sys_spill_why(const void *spill, pb_error *err);
/** The most bytes that lay in files at once. */
uint64_t sys_spill_most(const sys_spill *spill);
/** Frees it and all its large blocks (64 KiB and more). Takes NULL, returns NULL. */
sys_spill *sys_spill_free(sys_spill *spill);

#endif
