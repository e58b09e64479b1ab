#include "sys/memory.h"

#include "sys/environment.h"

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/* The whole pages within. */
static void let_go(uintptr_t start, size_t size)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = start + (page - start % page) % page, end = start + size;
    end -= end % page;
    if (end > first)
        madvise((void *)first, (size_t)(end - first), MADV_DONTNEED);
}

void sys_memory_drop(void *start, size_t size)
{
    let_go((uintptr_t)start, size);
}

void sys_memory_leave(const void *start, size_t size)
{
    let_go((uintptr_t)start, size);
}

void sys_memory_trim(void)
{
    malloc_trim(0);
}

/* glibc takes eight a processor: each keeps what was freed of its own largest moment. More than one
 * for each that runs at a time only adds to that. */
void sys_memory_pools(void)
{
    mallopt(M_ARENA_MAX, (int)sys_cores());
}
