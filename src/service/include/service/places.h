/* Backups and drills for who may look at them, as the workspace remembers them: no place is asked
 * anything, so that no page waits for a server elsewhere.
 *
 * Whoever asks must be allowed the operation `backup` or `audit`, or hold the workspace's key.
 */
#ifndef SERVICE_PLACES_H
#define SERVICE_PLACES_H

#include "service/service.h"

enum { SERVICE_EVIDENCE_USUAL = 50, SERVICE_EVIDENCE_MOST = 500 };

/** Where backups go, and what is known of it. */
typedef struct service_kept_place {
    backup_state state;
    bool declared;
    bool late;       /* the newest backup is older than what may be lost, or there is none */
    bool drill_late; /* it was not drilled for longer than declared */
    int64_t next_us, drill_us; /* when the next backup, the next drill is due; INT64_MIN: now */
} service_kept_place;

typedef struct service_backups {
    backup_plan plan;
    service_kept_place *places;
    size_t place_count;
    backup_made *made; /* newest first */
    size_t made_count;
    backup_filed *drills; /* newest first */
    size_t drill_count;
    bool log_kept;   /* the log is kept, so that any moment can be gone back to */
    uint64_t behind; /* commits that a lost disk would take although it is */
} service_backups;

/** `limit`: so many backups and drills of each, 1 to SERVICE_EVIDENCE_MOST. In `arena`. */
pb_status service_backups_read(const service_call *call, db_workspace *workspace, int64_t limit,
                               pb_arena *arena, service_backups *ret_backups, pb_error *err);

#endif
