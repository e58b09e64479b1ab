/* What the process was started with. */
#include "sys/environment.h"

#include "sys/file.h"

#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *sys_getenv(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

size_t sys_cores(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? (size_t)count : 1;
}

/* The limit that a file of the control group tells; "max" is none. */
static uint64_t limit_in(const char *path)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    int64_t limit;
    if (sys_file_read(path, 4096, &text, NULL) != PB_OK ||
        !pb_str_to_i64(pb_str_trim(pb_buf_str(&text)), &limit) || limit <= 0)
        return UINT64_MAX;
    return (uint64_t)limit;
}

uint64_t sys_memory(void)
{
    static const char *const groups[] = {"/sys/fs/cgroup/memory.max",
                                         "/sys/fs/cgroup/memory/memory.limit_in_bytes"};
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t memory = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_C(1) << 30;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        uint64_t limit = limit_in(groups[i]);
        memory = limit < memory ? limit : memory;
    }
    return memory;
}

pb_str sys_user_name(pb_arena *arena)
{
    char room[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    uid_t user = geteuid();
    if (getpwuid_r(user, &entry, room, sizeof room, &found) == 0 && found)
        return pb_arena_str(arena, pb_str_c(entry.pw_name));
    return pb_str_c(pb_arena_printf(arena, "%lu", (unsigned long)user));
}

pb_str sys_host_name(pb_arena *arena)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) < 0 || name[0] == '\0')
        snprintf(name, sizeof name, "localhost");
    return pb_arena_str(arena, pb_str_c(name));
}

int64_t sys_process_number(void)
{
    return getpid();
}

char *sys_config_home(pb_arena *arena)
{
    const char *config = sys_getenv("XDG_CONFIG_HOME");
    const char *home = sys_getenv("HOME");
    if (config && *config == '/') /* the XDG rules say to ignore a relative path */
        return pb_arena_cstr(arena, pb_str_c(config));
    return home ? sys_path_join(arena, home, ".config") : NULL;
}

char *sys_program_path(pb_arena *arena)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path);
    if (len <= 0 || (size_t)len == sizeof path)
        return NULL;
    return pb_arena_cstr(arena, pb_str_n(path, (size_t)len));
}
