/* Any moment of a server: pgbackrest keeps base backups of it and its log, as the program's own
 * backups keep rows (backup/backup.h). Here its configuration is written, for the places, the
 * retention and the key of a workspace, and its repository is proved by a drill.
 *
 * Refuses: running pgbackrest on a schedule (systemd does), touching the server's configuration.
 * Source: pgBackRest, configuration reference and command reference, 2.45.
 */
#ifndef BACKUP_PGBACKREST_H
#define BACKUP_PGBACKREST_H

#include "backup/drill.h"

#define BACKUP_STANZA "probity"

typedef struct backup_written {
    const char *const *files; /* names in the folder, in `arena` */
    size_t file_count;
    const char *const *left_out; /* places that pgbackrest does not know */
    size_t left_out_count;
} backup_written;

/** Writes into `folder` (made when missing): pgbackrest.conf, postgresql.conf with the lines the
 * server needs, services and timers. Repositories lie below the declared places, encrypted with a
 * key derived from the workspace's. Files of that name that we did not write are left alone:
 * PB_EXISTS. PB_INVALID when no place is declared that pgbackrest can use. */
pb_status backup_pgbackrest_write(db_workspace *workspace, const char *folder, pb_arena *arena,
                                  backup_written *ret_written, pb_error *err);
/** Restores the newest state, or the one of `until_us` (INT64_MAX: newest), from the repository of
 * the configuration file into a folder of its own, starts a server on it that nobody else reaches,
 * verifies the workspace there and compares its ledger with the living one's, of which it must be
 * the beginning. What came of it is filed as other drills are, with the place
 * `pgbackrest:CONFIGURATION`. Blocks for the whole time. */
pb_status backup_pgbackrest_drill(db_workspace *living, const backup_call *call,
                                  const db_key_source *key, const char *configuration,
                                  int64_t until_us, const backup_check *check, pb_arena *arena,
                                  backup_drilled *ret_drilled, pb_error *err);

/** What a schedule of backups and drills is to run. */
typedef struct backup_timer {
    const char *program;        /* whole path */
    const char *workspace;      /* as it was named, a folder in full */
    const char *name;           /* of the units: letters, digits, - */
    const char *const *options; /* for each call: keys, password file; ended by NULL */
} backup_timer;
/** Writes services and timers of systemd into `folder`: backups as often as declared, the kept log
 * more often, drills; for either engine. As backup_pgbackrest_write otherwise. */
pb_status backup_timer_write(db_workspace *workspace, const backup_timer *timer, const char *folder,
                             pb_arena *arena, backup_written *ret_written, pb_error *err);

#endif
