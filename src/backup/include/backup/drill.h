/* Restore drills: a backup is proved by restoring it, and an alarm by setting a fire.
 *
 * A drill restores elsewhere, checks everything, compares with what was, measures how long it took
 * and how much would be lost, and files what came of it in the ledger (backup.drilled) and in the
 * view `backup_drill`, also when it could not be run: that is no pass. With a fault it damages a
 * copy, or what is read from the place on its way, never the place or the workspace themselves, and
 * is good when the damage is noticed.
 */
#ifndef BACKUP_DRILL_H
#define BACKUP_DRILL_H

#include "backup/plan.h"
#include "backup/restore.h"

typedef enum backup_fault {
    BACKUP_FAULT_NONE,
    BACKUP_FAULT_LOST_DISK,            /* the workspace's files are gone */
    BACKUP_FAULT_TORN_PAGE,            /* half a page of a database was never written */
    BACKUP_FAULT_FLIPPED_BIT_DATABASE, /* one bit of a database */
    BACKUP_FAULT_FLIPPED_BIT_BACKUP,   /* one bit of a piece */
    BACKUP_FAULT_FLIPPED_BIT_MANIFEST, /* one bit of a manifest */
    BACKUP_FAULT_MISSING_PIECE,        /* a piece is gone */
    BACKUP_FAULT_WRONG_KEY,            /* the key is another workspace's */
    BACKUP_FAULT_FULL_TARGET,          /* the place takes no more */
    BACKUP_FAULT_OLD_COPY,             /* the place was put back to an older state */
    BACKUP_FAULT_COUNT
} backup_fault;

/** `none`, `lost-disk`, … */
const char *backup_fault_name(backup_fault fault);
/** False for an unknown name. */
bool backup_fault_parse(const char *name, backup_fault *ret_fault);

typedef struct backup_drilled {
    const char *place;
    backup_fault fault;
    bool good;
    bool ran;       /* false: the drill itself could not be run, `error` says why */
    pb_error error; /* what noticed the fault, or what is wrong; status PB_OK: nothing */
    bool in_time;   /* recovered within the declared time */
    bool young;     /* no more is lost than declared */
    int64_t recover_us, lose_us;
    backup_restored restored;
} backup_drilled;

/** Runs one drill of a living workspace. What came of it is no failure of this function, even when
 * it is bad: only that it could not be filed. */
pb_status backup_drill(db_workspace *living, const backup_call *call, const db_key_source *key,
                       const char *place, backup_fault fault, const backup_check *check,
                       backup_drilled *ret_drilled, pb_error *err);

#endif
