/* A disk that syncs slowly: loaded before a program (LD_PRELOAD), it has each sync of a file take
 * SLOW_SYNC_US microseconds longer. How many commits share a sync can then be measured on a machine
 * whose disk answers at once. Not a test: ./bench loads it into bench_commit and its server.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fsync(int fd);
int fdatasync(int fd);

typedef int (*sync_call)(int fd);

static void wait_for_disk(void)
{
    const char *text = getenv("SLOW_SYNC_US");
    long us = text != NULL ? strtol(text, NULL, 10) : 0;
    struct timespec left = {us / 1000000, us % 1000000 * 1000};
    while (nanosleep(&left, &left) != 0)
        continue;
}

static int slowly(const char *name, int fd)
{
    sync_call real;
    *(void **)&real = dlsym(RTLD_NEXT, name);
    if (real == NULL)
        abort();
    wait_for_disk();
    return real(fd);
}

int fsync(int fd)
{
    return slowly("fsync", fd);
}

int fdatasync(int fd)
{
    return slowly("fdatasync", fd);
}
