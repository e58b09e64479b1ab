/* For programs that measure a workspace on a server: one that syncs, and what it spends. */
#ifndef TESTS_SUPPORT_BENCH_SERVER_H
#define TESTS_SUPPORT_BENCH_SERVER_H

#include <dirent.h>

#include "engine.h"

/* ---- processor time ---- */

typedef struct process {
    long pid, parent;
    double cpu;
} process;

/* User and system time of a process and of its children that ended. */
static inline bool read_process(const char *name, process *ret)
{
    char path[300], text[1024];
    unsigned long times[4];
    ret->pid = strtol(name, NULL, 10);
    snprintf(path, sizeof path, "/proc/%ld/stat", ret->pid);
    FILE *file = ret->pid > 0 ? fopen(path, "r") : NULL;
    if (file == NULL)
        return false;
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    const char *rest = strrchr(text, ')'); /* behind the name, which may hold anything */
    if (rest == NULL ||
        sscanf(rest, ") %*c %ld %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %lu %lu", &ret->parent,
               &times[0], &times[1], &times[2], &times[3]) != 5)
        return false;
    ret->cpu = (double)(times[0] + times[1] + times[2] + times[3]) / (double)sysconf(_SC_CLK_TCK);
    return true;
}

static inline bool descends(const process *all, size_t count, long pid, long from)
{
    for (size_t steps = 0; pid != from && steps < count; steps++) {
        size_t i = 0;
        while (i < count && all[i].pid != pid)
            i++;
        if (i == count)
            return false;
        pid = all[i].parent;
    }
    return pid == from;
}

/* Of the server and all its processes, those that ended as well. */
static inline double server_cpu(void)
{
    static process all[4096];
    size_t count = 0;
    double sum = 0;
    DIR *folder = engine_server.pid > 0 ? opendir("/proc") : NULL;
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (count < sizeof all / sizeof *all && read_process(entry->d_name, &all[count]))
            count++;
    closedir(folder);
    for (size_t i = 0; i < count; i++)
        if (descends(all, count, all[i].pid, engine_server.pid))
            sum += all[i].cpu;
    return sum;
}

/* A server of its own, as PostgreSQL comes. */
static inline const char *syncing_server(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(
        &engine_server, "postgres", tools,
        "exec 3<&0; cd \"$1\" && \"$2/initdb\" -D data -U postgres -A trust -E UTF8 "
        "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; \"$2/postgres\" -D data -k \"$1\" "
        "-c listen_addresses= -c max_connections=100 >>log 2>&1 & server=$!; "
        "(read -r line <&3; kill -INT $server) & wait $server");
    server_wait(&engine_server, engine_is_up);
    atexit(engine_stop);
    return engine_address();
}

#endif
