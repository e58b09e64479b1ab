#include "sys/memory.h"

#include "sys/environment.h"

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void sys_memory_drop(void *start, size_t size)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *first = (char *)start + (page - (uintptr_t)start % page) % page;
    char *end = (char *)start + size;
    end -= (uintptr_t)end % page;
    if (end > first)
        madvise(first, (size_t)(end - first), MADV_DONTNEED);
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
