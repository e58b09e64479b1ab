/* Bringing a workspace of an older version, or of an older model, up to date.
 *
 * A folder: a copy is kept beside it (FOLDER.before-upgrade-MOMENT, a workspace that the older
 * version opens), another is brought up to date as a rehearsal and verified whole (every page,
 * event and record, and that everything that was stored still is), and only then the workspace
 * itself, in one transaction that proves the same before it is committed. On a server definitions
 * are part of the transaction: the rehearsal is that transaction, undone; the tables as they were
 * are kept in a schema beside. Behind the rehearsal, before the workspace is touched, the former
 * state also goes to every declared place of backups (backup/former.h): when one cannot take it,
 * nothing is done, unless it was said to go without. After any failure, death included, the
 * workspace is as it was.
 */
#ifndef SERVICE_UPGRADE_H
#define SERVICE_UPGRADE_H

#include "db/upgrade.h"
#include "service/service.h"

typedef struct service_upgraded {
    bool needed;
    bool done;             /* else it was only rehearsed, or not needed */
    db_gap gap;            /* what was missing */
    const char *kept;      /* where the former state is; NULL: nowhere (a rehearsal) */
    uint64_t tables, rows; /* that are the same as before */
    ledger_report report; /* of the verification: of the rehearsal, on a server of the very state */
    service_backup *backups; /* the former state at each declared place, after a failure too; of a
                                rehearsal whether the place could be asked */
    size_t backup_count;
    size_t left_out; /* places it was said to go without */
    int64_t us;
} service_upgraded;

typedef struct service_upgrade_how {
    bool dry_run;        /* rehearse only, and ask the places whether they are there */
    bool without_places; /* nothing is sent to places of backups */
} service_upgrade_how;

/** Upgrades. `options`: key, password file, formats. Memory: `arena`. PB_BUSY when somebody wrote
 * between the copies and the upgrade. `ret_upgraded` says after a failure how far it came. */
pb_status service_upgrade(const service_core *service, const service_call *call, const char *url,
                          const db_options *options, const service_upgrade_how *how,
                          pb_arena *arena, service_upgraded *ret_upgraded, pb_error *err);
/** Opens a workspace that is to be written: one that is older is brought up to date first, and
 * `ret_upgraded` (may be NULL) tells so, after a failure too. Who only reads opens with
 * DB_OLDER_REFUSE. */
pb_status service_open_to_write(const service_core *service, const service_call *call,
                                const char *url, const db_options *options, pb_arena *arena,
                                service_upgraded *ret_upgraded, db_workspace **ret_workspace,
                                pb_error *err);

#endif
