#include "units.h"

#include "sys/file.h"

enum { FILE_MAX = 1 << 20 };

static pb_status not_ours(const char *path, pb_error *err)
{
    pb_fail(err, PB_EXISTS, PB_MSG("{path} is in the way."), "path", path, NULL);
    pb_error_detail(err, PB_MSG("It does not begin as the files do that this program writes."),
                    NULL);
    pb_error_hint(err, PB_MSG("Move it away, or name another folder."), NULL);
    return PB_EXISTS;
}

pb_status units_put(units *all, const char *name, unsigned mode, const pb_buf *text, pb_error *err)
{
    PB_AUTO_BUF old = PB_BUF_INIT(FILE_MAX);
    const char *path = sys_path_join(all->arena, all->folder, name);
    if (path == NULL || text->failed)
        return pb_fail_memory(err);
    if (sys_path_kind(path) != SYS_NONE &&
        (sys_file_read(path, FILE_MAX, &old, NULL) != PB_OK ||
         !pb_str_starts(pb_buf_str(&old), PB_STR(UNITS_FIRST_LINE))))
        return not_ours(path, err);
    PB_TRY(sys_file_write_atomic(path, pb_buf_str(text), mode, err));
    const char *kept = pb_arena_cstr(all->arena, pb_str_c(name));
    return kept != NULL && PB_PUSH(all->arena, all->files, all->count, all->capacity, kept)
               ? PB_OK
               : pb_fail_memory(err);
}

void units_word(pb_buf *out, const char *word)
{
    pb_buf_addc(out, " \"");
    for (const char *c = word; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            pb_buf_byte(out, '\\');
        if (*c == '%' || *c == '$')
            pb_buf_byte(out, *c);
        pb_buf_byte(out, *c);
    }
    pb_buf_byte(out, '"');
}

pb_status units_timer(units *all, const char *name, const char *says, pb_str command,
                      const char *user, const char *calendar, pb_error *err)
{
    PB_AUTO_BUF service = PB_BUF_INIT(FILE_MAX), timer = PB_BUF_INIT(FILE_MAX);
    char file[200];
    pb_buf_printf(&service,
                  UNITS_FIRST_LINE "; written anew by the same command.\n"
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
                  UNITS_FIRST_LINE "; written anew by the same command.\n"
                                   "[Unit]\nDescription=%s\n\n"
                                   "[Timer]\nOnCalendar=%s\nPersistent=true\n"
                                   "RandomizedDelaySec=60\n\n[Install]\nWantedBy=timers.target\n",
                  says, calendar);
    snprintf(file, sizeof file, "%s.service", name);
    PB_TRY(units_put(all, file, 0644, &service, err));
    snprintf(file, sizeof file, "%s.timer", name);
    return units_put(all, file, 0644, &timer, err);
}
