/* Sending one state of a workspace to one place. */
#ifndef BACKUP_SEND_H
#define BACKUP_SEND_H

#include "backup/backup.h"
#include "room.h"

#include "db/copy.h"

/** Sends what the place does not hold yet, settles it, and puts the manifest last. `m` says all but
 * the tables, which are filled in, in `arena`. */
pb_status send_copy(backup_room *room, db_copy *copy, const backup_call *call, manifest *m,
                    pb_arena *arena, backup_sent *sent, pb_error *err);

#endif
