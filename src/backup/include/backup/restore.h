/* Bringing a workspace back from a backup. */
#ifndef BACKUP_RESTORE_H
#define BACKUP_RESTORE_H

#include "backup/backup.h"
#include "db/copy.h"

/** A look from outside at what was restored: compares each record with its history. */
typedef struct backup_check {
    ledger_row_check row; /* may be NULL */
    void *context;
} backup_check;

typedef struct backup_restore_options {
    const char *from;
    const char *into; /* the new workspace, a folder or postgres://…; nothing may be there */
    const char *password_file; /* for a server, see db_options */
    db_workspace *beside;  /* instead of `into`: on this one's server, for a look only (`keep`) */
    db_workspace **keep;   /* rows only: gets what was restored, open and never to be opened by
                              others; closing it removes it. NULL: it is a workspace of its own */
    const char *workspace; /* id of the one to restore; NULL: the only one at the place */
    const char *ledger;    /* the workspace as it is now, asked for later erasures; NULL: lost */
    db_workspace *living;  /* the same, open already; NULL: none */
    backup_target *target; /* `from`, open already, and still the caller's; NULL: to be opened */
    int64_t until_us;      /* INT64_MAX: the newest state */
    db_key_source key;
    bool unknown_erasures; /* finish although erasures may be missing; the ledger says so */
    backup_check check;
} backup_restore_options;

typedef struct backup_restored {
    char name[BACKUP_NAME]; /* of the manifest */
    int64_t at_us;          /* the state restored */
    int64_t passed_us;      /* a backup dated later holds an earlier state; INT64_MIN: none */
    uint64_t unread;        /* other manifests that could not be read meanwhile */
    uint64_t pages, pieces, bytes; /* read from the place */
    uint64_t commits;              /* applied from the kept log */
    bool undated;                  /* the next commit may belong before the moment asked for */
    uint64_t erased;               /* payloads erased again */
    int64_t erasures_us;           /* moment of the newest list of erasures; INT64_MIN: none */
    bool unknown_erasures;
    bool compared;        /* counts, sums and samples were; not when the model changed since */
    ledger_report report; /* of the verification */
    db_rest rest;         /* where the kept log goes on */
    int64_t us;           /* until the workspace was verified and in its place */
} backup_restored;

/** Restores a workspace: built beside `into` under another name, erasures applied, verified,
 * compared with what the manifest says, and only then given its name. PB_EXISTS when there is
 * something at `into`; PB_DENIED when erasures may be missing and `unknown_erasures` does not say
 * that this is known; PB_CORRUPT when anything of the backup is not as it was. After a failure
 * nothing is left. */
pb_status backup_restore(const model_schema *schema, const backup_call *call,
                         const backup_restore_options *options, backup_restored *ret_restored,
                         pb_error *err);

#endif
