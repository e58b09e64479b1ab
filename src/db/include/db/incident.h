/* What happened to the place of a workspace while nobody could write of it: an interruption that
 * left a log whose last commit was cut off or altered, a server that took over from another.
 *
 * It is seen when the workspace is opened, kept until it was told of in a transaction (the ledger
 * does that, see ledger/ledger.h), and told of once: that it was is a setting written in the same
 * transaction. Refuses: saying what an event is.
 * Threads: as the session, or the workspace, asked about.
 */
#ifndef DB_INCIDENT_H
#define DB_INCIDENT_H

#include "db/workspace.h"

enum { DB_ERA_TEXT = 64 };

typedef struct db_incidents {
    bool torn; /* a log was put aside that nobody was told of */
    uint8_t torn_hash[32];
    uint64_t torn_bytes;
    bool taken_over;  /* the server goes on in another era than the one that was noted */
    bool era_unnoted; /* no era was, so far: nothing is known to have happened */
    char era[DB_ERA_TEXT], era_before[DB_ERA_TEXT]; /* cluster and timeline; empty: none is known */
} db_incidents;

/** What was not told of so far. Costs a look for one file, or one query. */
pb_status db_incidents_read(db_session *session, db_incidents *ret_incidents, pb_error *err);
/** They are told of. Inside db_write. */
pb_status db_incidents_told(db_session *session, const db_incidents *incidents, pb_error *err);
/** PB_CORRUPT while a log was put aside that nobody was told of. */
pb_status db_incidents_check(db_workspace *workspace, pb_error *err);
/** Behind a verification that found all of the state `session` sees in order: a log that was put
 * aside, and told of in that state, is needed no more and removed; `*ret_removed` says so. */
pb_status db_incidents_end(db_session *session, bool *ret_removed, pb_error *err);

#endif
