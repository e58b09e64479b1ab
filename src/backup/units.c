#include "units.h"

#include "sys/file.h"
#include "sys/unit.h"

enum { FILE_MAX = 1 << 20 };

pb_status units_put(units *all, const char *name, unsigned mode, const pb_buf *text, pb_error *err)
{
    const char *path = sys_path_join(all->arena, all->folder, name);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_unit_put(path, mode, text, err));
    const char *kept = pb_arena_cstr(all->arena, pb_str_c(name));
    return kept != NULL && PB_PUSH(all->arena, all->files, all->count, all->capacity, kept)
               ? PB_OK
               : pb_fail_memory(err);
}

pb_status units_timer(units *all, const char *name, const char *says, pb_str command,
                      const char *user, const char *calendar, pb_error *err)
{
    PB_AUTO_BUF service = PB_BUF_INIT(FILE_MAX), timer = PB_BUF_INIT(FILE_MAX);
    char file[200];
    pb_buf_printf(&service,
                  SYS_UNIT_FIRST_LINE "; written anew by the same command.\n"
                                      "[Unit]\nDescription=%s\nWants=network-online.target\n"
                                      "After=network-online.target postgresql.service\n\n"
                                      "[Service]\nType=oneshot\nNice=10\nIOSchedulingClass=idle\n",
                  says);
    if (user != NULL)
        pb_buf_printf(&service, "User=%s\n", user);
    pb_buf_printf(&service,
                  "# Secrets of the places, as NAME=VALUE, if there are any.\n"
                  "EnvironmentFile=-%%E/probity/environment\nExecStart=%.*s\n",
                  PB_STR_FMT(command));
    pb_buf_printf(&timer,
                  SYS_UNIT_FIRST_LINE
                  "; written anew by the same command.\n"
                  "[Unit]\nDescription=%s\n\n"
                  "[Timer]\nOnCalendar=%s\nPersistent=true\n"
                  "RandomizedDelaySec=60\n\n[Install]\nWantedBy=timers.target\n",
                  says, calendar);
    snprintf(file, sizeof file, "%s.service", name);
    PB_TRY(units_put(all, file, 0644, &service, err));
    snprintf(file, sizeof file, "%s.timer", name);
    return units_put(all, file, 0644, &timer, err);
}
