/* Sending the rows of one state of a workspace to one place. */
#ifndef BACKUP_SENDROWS_H
#define BACKUP_SENDROWS_H

#include "backup/backup.h"
#include "room.h"

/** As send_copy, for a workspace without pages of its own: the rows that `session` sees. */
pb_status send_rows(backup_room *room, db_session *session, const backup_call *call, manifest *m,
                    pb_arena *arena, backup_sent *sent, pb_error *err);

#endif
