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
