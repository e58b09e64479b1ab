/* Randomness for keys, salts and ids, by libsodium. Threads: any. */
#ifndef SYS_RANDOM_H
#define SYS_RANDOM_H

#include "base/error.h"

/** Readies libsodium; call once before any use of it, again does no harm. */
pb_status sys_sodium_init(pb_error *err);
/** `size` bytes nobody can foretell. Needs sys_sodium_init. A system call each: take many at once.
 */
void sys_random(void *to, size_t size);

#endif
