/* Workspaces in folders that follow another: built from a copy, brought forward by pieces of the
 * kept log (db/log.h), read by anybody, written by nobody until they take over.
 *
 *   standby        what it follows, and how far it is; while it is there nothing is written
 *   standby.lock   shared by those who have the workspace open, held alone while pages change
 *   incoming/      pieces of the log that are here and not wholly applied
 *   next/          a copy that is being built, to take the place of what is there
 *   noted          what was done here that the ledger must know once this is the primary
 *
 * Before a page of it changes, all that is needed to finish lies in the folder and the file
 * `standby` says what is under way: whoever opens it next finishes it. So the feeding process may
 * die at any moment. Refuses: fetching anything (see backup). Threads: as the workspace itself; one
 * process feeds at a time, which the caller sees to.
 */
#ifndef DB_STANDBY_H
#define DB_STANDBY_H

#include "db/copy.h"

enum { DB_STANDBY_TEXT = 1024 };

typedef enum db_standby_step {
    DB_STANDBY_BUILDING, /* there is nothing to open yet */
    DB_STANDBY_READY,
    DB_STANDBY_APPLYING, /* pages of pieces in `incoming` are on their way */
    DB_STANDBY_SWITCHING /* what lies in `next` is taking its place */
} db_standby_step;

typedef struct db_standby {
    pb_uuid workspace;
    db_standby_step step;
    char from[DB_STANDBY_TEXT];    /* the place it is fed from */
    char primary[DB_STANDBY_TEXT]; /* as the primary called itself; empty: not known */
    db_rest rest;                  /* how far it is */
    uint64_t epoch, known;         /* the primary's: of how many events it told the place */
    int64_t fed_us;                /* when the place was last asked; 0: never */
    int64_t state_us;              /* all that was acknowledged before is here; 0: not known */
    pb_uuid claim;                 /* a takeover was begun under this name; zeros: none */
} db_standby;

/** True when the folder holds a standby, a half-built one too. */
bool db_standby_there(const char *folder);
pb_status db_standby_read(const char *folder, db_standby *ret_standby, pb_error *err);
/** Durable when it returns. */
pb_status db_standby_write(const char *folder, const db_standby *standby, pb_error *err);
/** Of an open workspace; NULL when it is none, or one that takes over. */
const db_standby *db_standby_of(const db_workspace *workspace);
/** Fails as a write to it does, naming the primary. */
pb_status db_standby_refuse(const db_workspace *workspace, pb_error *err);

/** Puts a piece of the log beside, durably. */
pb_status db_standby_put(const char *folder, uint64_t sequence, pb_str piece, pb_error *err);
/** The pieces that are beside, in order. */
pb_status db_standby_beside(const char *folder, pb_arena *arena, uint64_t **ret_sequences,
                            size_t *ret_count, pb_error *err);
/** Applies what is beside while nobody has the workspace open, as far as whole commits go; a piece
 * that does not follow or was altered is removed and told. Waits up to `wait_us` for readers, then
 * PB_BUSY. `standby` is read anew and stored. */
pb_status db_standby_apply(const char *folder, const db_key_source *key, int64_t wait_us,
                           db_standby *standby, pb_error *err);
/** The folder for a new build; whatever was in it is removed. In `arena`. */
pb_status db_standby_next(const char *folder, pb_arena *arena, const char **ret_next,
                          pb_error *err);
/** Puts what was built in the place of what is there; `standby` says how far it is. */
pb_status db_standby_switch(const char *folder, int64_t wait_us, db_standby *standby,
                            pb_error *err);
/** Ends following: from here on it is a workspace like any other. Of one that was opened with
 * db_options.takes_over. */
pb_status db_standby_end(db_workspace *workspace, pb_error *err);

/** Keeps an event that cannot be written here now: sealed, durable. */
pb_status db_standby_note(db_workspace *workspace, pb_str event, pb_error *err);
typedef pb_status (*db_standby_each)(void *context, pb_str event, pb_error *err);
/** What was noted, in order; a last one that was cut off by a crash is passed over. `*ret_count`
 * may be NULL. */
pb_status db_standby_notes(db_workspace *workspace, db_standby_each each, void *context,
                           pb_error *err);

/** Which takeover the workspace comes from: 0 until there was one, and who took over then. */
typedef struct db_epoch {
    uint64_t number;
    pb_uuid holder;
} db_epoch;
pb_status db_epoch_read(db_session *session, db_epoch *ret_epoch, pb_error *err);
/** Inside db_write. */
pb_status db_epoch_write(db_session *session, const db_epoch *epoch, pb_error *err);

#endif
