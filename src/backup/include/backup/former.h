/* The state of a workspace before it is brought up to date, as a backup that stays.
 *
 * It is made of a workspace opened with DB_OLDER_KEEP, in which nothing is written: what would be
 * written goes into the transaction of the upgrade. At the place a mark beside the manifest says
 * what it is (<id>/kept/<moment>.former), so that the version that made the workspace can read the
 * backup like any other. Clearing away keeps the newest of them, whatever the plan says, until the
 * next upgrade has sent one. Its manifest names the ledger's head and no counts or sums: no model
 * of today says what it consists of. Threads: as backup/backup.h.
 */
#ifndef BACKUP_FORMER_H
#define BACKUP_FORMER_H

#include "backup/backup.h"

/** The places that are declared, of a workspace whatever its age: none where its version knew of
 * none. Texts live in `arena`. */
pb_status backup_former_places(db_workspace *workspace, pb_arena *arena, const char ***ret_places,
                               size_t *ret_count, pb_error *err);
/** Sends the state to each of `count` places, as backup_make does, but writes no event. */
pb_status backup_former_send(db_workspace *workspace, const backup_call *call,
                             const char *const *places, size_t count, backup_sent *ret_sent,
                             pb_error *err);
/** The event (backup.made) and the row of one of them, inside the transaction of the upgrade. */
pb_status backup_former_log(db_session *session, const backup_call *call, backup_sent *sent,
                            pb_error *err);

#endif
