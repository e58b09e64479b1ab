/* Memory given back to the system while the process goes on.
 *
 * Threads: any.
 */
#ifndef SYS_MEMORY_H
#define SYS_MEMORY_H

#include <stddef.h>

/** Gives back the whole pages that lie within: they hold zeros then, and take nothing until they
 * are used again. Only for memory that is its owner's alone, from the allocator or the system. */
void sys_memory_drop(void *start, size_t size);
/** Constants of the program that were read and are not needed soon: they lie in its file and in the
 * system's cache of it, and take nothing of the process until they are read again. Only for what
 * is built into the program. */
void sys_memory_leave(const void *start, size_t size);
/** Gives back what the allocator keeps of freed memory. Takes some milliseconds. */
void sys_memory_trim(void);
/** Has all threads allocate from as many pools as there are processors at most. To be called before
 * the first thread begins. */
void sys_memory_pools(void);

#endif
