/* A workspace in a folder that follows another through a place of backups, and can take over.
 *
 * The primary backs up to the place and ships its kept log there (backup/backup.h); the standby is
 * built from the newest backup and brought forward by the log behind it. Where the log is not kept,
 * or pieces of it are gone, it is built anew from a newer backup, beside what is there.
 * It can be read meanwhile (db/standby.h); what reads and audits would have written into the ledger
 * is noted and goes into it when it takes over.
 * Threads and processes: one feeds at a time, a lock in the folder sees to it; any may read.
 */
#ifndef BACKUP_STANDBY_H
#define BACKUP_STANDBY_H

#include "backup/restore.h"
#include "db/standby.h"

typedef struct backup_standby_options {
    const char *folder;
    const char *from;      /* NULL: the place it was fed from before */
    const char *workspace; /* id, where the place has backups of several; NULL: the only one */
    db_key_source key;
    backup_check check;
    /** Taking over although this is lost: how many events, or “unknown”; NULL: nothing may be. */
    const char *accept_loss;
    int64_t wait_us; /* for those who have it open; 0: ten seconds */
} backup_standby_options;

/** What one feeding came to. */
typedef struct backup_fed {
    db_standby state;
    bool built;                  /* from a backup, verified */
    uint64_t pieces, log_pieces; /* read from the place: of the backup, of the log */
    uint64_t manifest_size;      /* events in the ledger of the newest backup */
    uint8_t manifest_root[32];
    int64_t us;
} backup_fed;

/** Builds the standby when there is none, else brings it forward by what the place has. Whoever
 * reads it is waited for, then PB_BUSY. The process may die at any moment.
 * PB_CONFLICT when a takeover was begun. */
pb_status backup_standby_feed(const model_schema *schema, const backup_call *call,
                              const backup_standby_options *options, backup_fed *ret_fed,
                              pb_error *err);

/** How a standby stands. */
typedef struct backup_standby_seen {
    bool standby;     /* false: an ordinary workspace; then only epoch and ledger are known */
    db_standby state; /* when it is one */
    db_epoch epoch;   /* takeover its data comes from */
    uint64_t events;
    int64_t event_us; /* the latest moment any event bears; 0: there is none */
    uint64_t notes;   /* noted here, not in the ledger yet */
    bool asked;       /* the place was, and gave an answer; else `error` says why not */
    pb_error error;
    int64_t told_us;          /* when the primary told the place last; 0: never */
    uint64_t told_events;     /* of which its signed head speaks */
    int64_t told_event_us;    /* their latest moment */
    uint64_t waiting;         /* pieces of the log at the place that are not here yet */
    uint64_t takeover;        /* number of the latest at the place; 0: none */
    char taken_over_by[1024]; /* who it was */
} backup_standby_seen;

/** Looks, and asks the place (that it cannot be reached is no failure). */
pb_status backup_standby_look(const model_schema *schema, const backup_call *call,
                              const backup_standby_options *options, backup_standby_seen *ret_seen,
                              pb_error *err);

typedef struct backup_promoted {
    backup_fed fed;
    db_epoch epoch;
    ledger_report report;
    uint64_t events; /* of the ledger, the takeover's own included */
    bool lost;       /* something is, by what the place knows */
    bool unknown;    /* nobody knows how much */
    uint64_t lost_events, erased, notes;
    bool fenced; /* the place knows: the former primary is refused there */
} backup_promoted;

/** Takes over: brings forward what there is, verifies the ledger and every record, compares with
 * the newest signed head the place knows, tells the place (from then on the former primary is
 * refused there), erases what must be, takes in what was noted, and appends the event
 * workspace.promoted. PB_DENIED, naming what would be lost, when the primary is known to be ahead,
 * or the place cannot be asked, unless accept_loss says just that. Of a workspace that is no
 * standby: takes it back from another that took over. May be run again after any interruption. */
pb_status backup_standby_promote(const model_schema *schema, const backup_call *call,
                                 const backup_standby_options *options,
                                 backup_promoted *ret_promoted, pb_error *err);

/** Keeps an event of a standby until it takes over; nothing that needs a record's history. */
pb_status backup_standby_note(db_workspace *standby, const ledger_event *event, pb_error *err);

#endif
