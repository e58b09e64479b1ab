/* Marks of backups that were made before an upgrade. */
#ifndef BACKUP_FORMER_MARKS_H
#define BACKUP_FORMER_MARKS_H

#include "backup/former.h"
#include "room.h"

/** Marks the backup of that moment, which is there. */
pb_status former_mark(backup_room *room, int64_t at_us, pb_error *err);
/** The newest backup of `objects` (of the folder backups) that is marked; INT64_MIN: none is. */
pb_status former_newest(backup_room *room, const backup_object *objects, size_t count,
                        pb_arena *arena, int64_t *ret_us, pb_error *err);
/** Takes away the marks of backups that are not there any more, and all but the newest of others.
 */
pb_status former_clear(backup_room *room, int64_t newest_us, pb_arena *arena, pb_error *err);

#endif
