/* Memory runs out at the nth allocation: malloc and its kin are these in programs linked with
 * --wrap for them. Allocations inside of other people's shared libraries are not counted. */
#ifndef TESTS_SUPPORT_ALLOCATION_H
#define TESTS_SUPPORT_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static _Atomic uint64_t allocation_count, allocation_fails_at; /* 0: never */

static inline bool allocation_fails(void)
{
    return ++allocation_count == allocation_fails_at;
}

void *__wrap_malloc(size_t size)
{
    return allocation_fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return allocation_fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return allocation_fails() ? NULL : __real_realloc(old, size);
}

/** The nth from now on fails; 0: none, they are only counted. */
static inline void allocation_arm(uint64_t n)
{
    allocation_count = 0;
    allocation_fails_at = n;
}

/** How many there were since; whether the one that was to fail was among them. */
static inline uint64_t allocation_disarm(bool *ret_fired)
{
    uint64_t count = allocation_count;
    *ret_fired = allocation_fails_at != 0 && count >= allocation_fails_at;
    allocation_fails_at = 0;
    return count;
}

#endif
