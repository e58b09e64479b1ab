/* Files that other programs read, written for them into a folder. */
#ifndef BACKUP_UNITS_H
#define BACKUP_UNITS_H

#include "backup/pgbackrest.h"

typedef struct units {
    const char *folder;
    pb_arena *arena;
    const char **files;
    size_t count, capacity;
} units;

/** Writes a file of the folder, replacing one that begins with SYS_UNIT_FIRST_LINE. */
pb_status units_put(units *all, const char *name, unsigned mode, const pb_buf *text, pb_error *err);
/** NAME.service and NAME.timer. `says` and `command` are lines; `calendar` as OnCalendar has it. */
pb_status units_timer(units *all, const char *name, const char *says, pb_str command,
                      const char *user, const char *calendar, pb_error *err);

#endif
