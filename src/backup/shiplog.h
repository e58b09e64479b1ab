/* The write-ahead log at a place: pieces of db/log.h as objects log/<timeline>-<sequence>.log. */
#ifndef BACKUP_SHIPLOG_H
#define BACKUP_SHIPLOG_H

#include "backup/backup.h"
#include "source.h"

#include "db/log.h"

/** Puts the sealed pieces of the workspace's log that the room does not hold yet. */
pb_status shiplog_send(backup_room *room, db_workspace *workspace, backup_sent *sent,
                       pb_error *err);
/** Applies the pieces behind the source's position, up to `until_us`. */
pb_status shiplog_apply(backup_source *source, db_restore *restore, int64_t until_us,
                        backup_restored *restored, pb_error *err);
/** Sequences above `after` of one timeline's pieces at the place, in order. */
pb_status shiplog_list(backup_room *room, const pb_uuid *timeline, uint64_t after, pb_arena *arena,
                       uint64_t **ret_sequences, size_t *ret_count, pb_error *err);
/** One piece, as db/log.h has it, put into `plain`. */
pb_status shiplog_get(backup_room *room, const pb_uuid *timeline, uint64_t sequence, pb_buf *plain,
                      pb_error *err);
/** Removes the pieces that none of the positions of the backups that are left needs; `*ret_removed`
 * is added to. */
pb_status shiplog_prune(backup_room *room, const db_position *positions, size_t count,
                        pb_arena *arena, uint64_t *ret_removed, pb_error *err);

#endif
