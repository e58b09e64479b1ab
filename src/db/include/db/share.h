/* One workspace shared by many threads: how long each may take, how many read and wait at once, and
 * what came of it. db/read.h and db/workspace.h hold for whoever has a workspace to himself.
 *
 * Threads: any, at any time while the workspace is open.
 */
#ifndef DB_SHARE_H
#define DB_SHARE_H

#include "db/watch.h"
#include "db/workspace.h"

/** How long somebody's work may take. NULL stands for no limit. Where it is over, waiting ends and
 * queries are stopped (PB_BUSY: it took too long, PB_CANCELLED: on request). What changes rows runs
 * to its end, and so does a commit: nobody is told that something is not stored which is. */
typedef struct db_limits {
    int64_t until_us;         /* by sys_monotonic_us; 0: as long as it takes */
    const _Atomic bool *stop; /* set by another thread: nobody wants the answer any more; may be
                                 NULL */
    bool *waits;     /* nothing may be waited for, neither a reader nor a commit: where it would be,
                        this becomes true, and the failure is PB_BUSY. NULL: it may */
    db_watch *watch; /* where statements that take long are noted; NULL: nowhere */
} db_limits;

/** Whether it is over. Takes NULL. */
bool db_limits_over(const db_limits *limits);
/** Microseconds left, at most `most_us` (negative: any number). Takes NULL. */
int64_t db_limits_left(const db_limits *limits, int64_t most_us);
/** Says that it is over. */
pb_status db_limits_fail(const db_limits *limits, pb_error *err);
/** PB_OK where may be waited by `own`, or by what this thread is held to; see `waits`. */
pb_status db_limits_wait(const db_limits *own, pb_error *err);

/** From here on everything this thread asks of any workspace, and brings no limits of its own for,
 * is held to `limits`, which live until others take their place; NULL: to none. Returns those
 * before. For whoever works in the name of others, one after the other: nothing that is called on
 * the way can forget them. */
const db_limits *db_limits_hold(const db_limits *limits);

/** As db_snapshot_open; `limits` must live until it is closed. */
pb_status db_snapshot_open_within(db_workspace *workspace, const db_limits *limits,
                                  db_session **ret_session, pb_error *err);
/** The same for who looks at no event of the ledger: it sees everything that was committed when it
 * is called, but perhaps not the last commits of works that only wrote to the log
 * (db_write_log). Cheaper where many read one after the other. */
pb_status db_snapshot_open_settled(db_workspace *workspace, const db_limits *limits,
                                   db_session **ret_session, pb_error *err);
/** A number that stays the same from one snapshot of this session to the next as long as nothing
 * but the log was committed, by anybody: what was read under it, events aside, may be kept and
 * taken for read again. 0: not known, nothing may be kept. Of snapshots opened by
 * db_snapshot_open_settled. */
uint64_t db_session_view(const db_session *session);
/** As db_write, of a work that writes nothing but events of the ledger. */
pb_status db_write_log(db_workspace *workspace, db_work work, void *context, pb_error *err);
/** As db_write. Over while the work waits for its turn: it never runs. */
pb_status db_write_within(db_workspace *workspace, const db_limits *limits, db_work work,
                          void *context, pb_error *err);

/** How a workspace is shared. */
typedef struct db_share {
    size_t readers; /* at work at once, kept ready afterwards; who comes then waits. 0: the usual */
    size_t reader_bytes; /* that each keeps of what it read; 0: the usual */
    size_t queue; /* works that may wait to be written; who comes then is told (PB_BUSY). 0: any */
} db_share;
/** To be said before other threads use the workspace. */
void db_share_as(db_workspace *workspace, const db_share *share);
/** Closes the readers that nobody uses, and with them what they keep in memory: for a server that
 * nobody has asked anything for a while. */
void db_share_rest(db_workspace *workspace);

/** Ends snapshots that nobody uses any more and that went on for longer than they should (see
 * db_snapshot_open_settled): to be called about once a second. */
void db_share_tick(db_workspace *workspace);

enum { DB_BATCH_STEPS = 11 }; /* 1, 2, 4, … 1024 works in one commit */

/** Since the workspace was opened. */
typedef struct db_figures {
    uint64_t works, written, failed; /* asked to be written; were; were not */
    uint64_t refused, late; /* of the last: no place in the queue; over before their turn */
    uint64_t commits;       /* batches of works that were committed */
    uint64_t batches[DB_BATCH_STEPS]; /* commits of at most that many works (and of more than half
                                         of it) */
    int64_t commit_us;                /* from the first work of a batch to the end of its commit */
    int64_t queue_us;                 /* that works waited for their batch to begin, all together */
    size_t queued, queued_most;       /* waiting now, and at most */
    uint64_t snapshots, snapshot_waits; /* taken; of these, those that waited for a reader */
    int64_t snapshot_wait_us;           /* all together */
    size_t readers, readers_idle;       /* open now */
} db_figures;
void db_figures_read(db_workspace *workspace, db_figures *ret_figures);

#endif
