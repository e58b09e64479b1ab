/* Backups of a workspace, a folder or on a server: made while it is in use, kept at one or more
 * places, restored.
 *
 * Everything that leaves is encrypted and authenticated with keys derived from the workspace's;
 * who has no key can do nothing with a backup, its owner neither: keep the key elsewhere.
 * Refuses: deciding what a record is; restoring over anything that exists.
 * Threads: one call at a time for a workspace; a lock in its folder sees to it between processes.
 */
#ifndef BACKUP_BACKUP_H
#define BACKUP_BACKUP_H

#include "backup/target.h"
#include "ledger/ledger.h"

/** Told how far a stage (English message id) is; true stops with PB_CANCELLED. May be NULL. */
typedef bool (*backup_progress)(void *context, const char *stage, const char *what, uint64_t done,
                                uint64_t total);

typedef struct backup_call {
    ledger_actor actor;
    int64_t now_us;
    backup_progress progress;
    void *context;
    const _Atomic bool *stop; /* set by another thread: what waits for a place's network ends with
                                 PB_CANCELLED, within a second or so; may be NULL */
} backup_call;

enum { BACKUP_NAME = 64 };

/** What became of a backup at one place. */
typedef struct backup_sent {
    const char *place;
    pb_status status; /* with `error` when it is not PB_OK */
    pb_error error;
    char name[BACKUP_NAME];            /* of its manifest */
    int64_t at_us;                     /* everything acknowledged before is in it */
    uint64_t events;                   /* of the ledger, in it */
    uint64_t pages, pages_sent;        /* of a server's workspace: blocks of rows */
    uint64_t pieces_sent, pieces_kept; /* kept: held by the place already */
    uint64_t bytes_read, bytes_sent;
    uint64_t log_pieces; /* of the kept log, sent */
    uint64_t erasures;   /* listed for the first time */
    int64_t us;          /* how long it took */
    bool same_disk;      /* the place is on the very disk of the workspace */
} backup_sent;

/** Backs the workspace up to `count` places: the same state to each of them, whatever becomes of
 * the others. When the log is kept (db/log.h) its pieces go too, and are dropped here once all
 * declared places have them. With `log_only` nothing else goes: seconds of work, for short
 * intervals between whole backups. `ret_sent` has `count` items, filled in any case. Returns the
 * first failure. Each success is an event of the ledger (backup.made), which is not in the backup
 * itself. Memory: below 100 MiB, whatever the size. */
pb_status backup_make(db_workspace *workspace, const backup_call *call, const char *const *places,
                      size_t count, bool log_only, backup_sent *ret_sent, pb_error *err);
/** Tells the places what was erased, and that nothing else was until now: at once after an erasure,
 * and where a backup is not due. Neither pages nor the log go. */
pb_status backup_tell_erasures(db_workspace *workspace, const backup_call *call,
                               const char *const *places, size_t count, backup_sent *ret_sent,
                               pb_error *err);

#endif
