/* Jobs: work that is due, kept in the workspace until somebody has done it.
 *
 * Any number of processes may ask for work at once: a job is taken by one of them, in a transaction
 * that passes over what others have taken, and held as long as it is done. Two things say that its
 * worker lives: a lease, renewed while it works, and a lock that ends with its process
 * (db_hold_take_one). Only when the lease ran out and the lock is free is a job given to another:
 * so a worker that is slow, or waits for the workspace, keeps it, and one that died loses it.
 * Each change of state is an event of the ledger; a renewed lease is none.
 * Refuses: knowing what a kind of job means (who does it knows), running anything.
 * Threads: as the workspace.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "base/time.h"
#include "db/rows.h"
#include "ledger/ledger.h"

typedef enum job_state {
    JOB_WAITING,
    JOB_RUNNING,
    JOB_DONE,
    JOB_FAILED,
    JOB_CANCELLED,
    JOB_STATES
} job_state;

/** As it is stored and written for programs: waiting, running, done, failed, cancelled. */
const char *job_state_word(job_state state);
bool job_state_parse(pb_str word, job_state *ret_state);

/** For how long the list keeps what is done or was cancelled. */
#define JOB_KEPT_US (90 * PB_US_PER_DAY)

enum { JOB_TRIES_MOST = 100, JOB_TEXT_MAX = 4000, JOB_EXIT_LOST = -1, JOB_EXIT_NONE = -2 };

typedef struct job_item {
    int64_t n;
    pb_str kind;
    pb_str arguments; /* one a line; may be empty */
    job_state state;
    int64_t due_us;
    int64_t every_us; /* 0: once */
    int64_t most;     /* tries of one turn */
    int64_t tries;    /* begun in this turn */
    int64_t failures; /* turns in a row that failed */
    pb_str by;        /* who asked for it */
    int64_t at_us;    /* and when */
    pb_str worker;    /* who has it, or had it last; absent: nobody yet */
    int64_t taken_us, until_us;
    int64_t ended_us; /* the last try; INT64_MIN: none ended yet */
    int64_t exit;     /* of the last try; JOB_EXIT_LOST: its worker was not heard of again;
                         JOB_EXIT_NONE: none ended yet */
    pb_str said;      /* what came of the last try, or why it failed; absent: nothing was said */
} job_item;

/** Who changes something, and when. */
typedef struct job_call {
    ledger_actor actor;
    int64_t now_us;
} job_call;

/** What is asked for. */
typedef struct job_wish {
    pb_str kind, arguments;
    int64_t due_us, every_us, most;
} job_wish;

/** Adds a job; `*ret_n` is its number from then on. */
pb_status job_add(db_workspace *workspace, const job_call *call, const job_wish *wish,
                  int64_t *ret_n, pb_error *err);
/** Takes a job that waits, is being done or failed off the list; its worker, if any, is told when
 * it next renews its lease. PB_NOT_FOUND: there is no such job; PB_CONFLICT: it is over already. */
pb_status job_cancel(db_workspace *workspace, const job_call *call, int64_t n, pb_error *err);
/** Makes a job due now, with all its tries, whatever came of it before. PB_CONFLICT: it is running.
 */
pb_status job_again(db_workspace *workspace, const job_call *call, int64_t n, pb_error *err);

/** Clears away what was done or cancelled more than JOB_KEPT_US before `call->now_us`, some hundred
 * rows a transaction, each with an event; what failed stays until somebody has it done again or
 * cancels it, and the newest job stays, so that no number is given twice. */
pb_status job_clear(db_workspace *workspace, const job_call *call, int64_t *ret_cleared,
                    pb_error *err);

/** Whether nobody does a job that is due: it waits for longer than one of its turns, a day at most,
 * or its lease has been over for as long and nobody put it back. */
bool job_is_overdue(const job_item *job, int64_t now_us);

/** Which jobs: of one state (`one_state`), else all; the newest `limit` of those that are over. */
typedef struct job_filter {
    bool one_state;
    job_state state;
    int64_t limit;
} job_filter;
/** The job `n`: PB_NOT_FOUND. */
pb_status job_find(db_session *session, int64_t n, pb_arena *arena, job_item *ret_job,
                   pb_error *err);
/** Those that wait or run first, by when they are due, then those that are over, newest first. */
pb_status job_list(db_session *session, const job_filter *filter, pb_arena *arena,
                   job_item **ret_jobs, size_t *ret_count, pb_error *err);

/** Somebody who does jobs. Texts belong to the caller and outlive what it holds. */
typedef struct job_worker {
    db_workspace *workspace;
    ledger_actor actor;
    pb_str name;              /* host and process: told to who asks what is at work */
    const char *const *kinds; /* that it can do */
    size_t kind_count;
    int64_t lease_us; /* for which it may be silent */
    int64_t pause_us; /* before the second try; doubles with each, to an hour at most */
} job_worker;

/** A job in hand. */
typedef struct job_held {
    const job_worker *worker;
    job_item job;
    db_hold *hold;
} job_held;

/** The next job that is due, taken; `*ret_held` NULL when there is none. Jobs whose worker died are
 * put back first. What is taken must be ended, or let go. Memory: `arena`. Costs one read of two
 * indexed rows where nothing is due. */
pb_status job_take(const job_worker *worker, int64_t now_us, pb_arena *arena, job_held **ret_held,
                   pb_error *err);
/** Says that the worker lives. PB_CONFLICT: the job is not its own any more (it was cancelled, or
 * another has it), and the work must end. */
pb_status job_renew(job_held *held, int64_t now_us, pb_error *err);

typedef enum job_outcome {
    JOB_WELL, /* it is done; every so often: waits for its next turn */
    JOB_BAD,  /* tried again after a pause, until it was tried often enough */
    JOB_BACK, /* given back as if it had not been taken */
    JOB_NEVER /* as JOB_BAD, and another try would be no better */
} job_outcome;
/** Tells what came of it and lets it go. `said`: at most JOB_TEXT_MAX bytes are kept; may be
 * absent. PB_CONFLICT: it was not the worker's any more, and nothing was noted. PB_BUSY: others
 * have been writing for so long that nothing could be noted yet: it is still in hand. */
pb_status job_end(job_held *held, job_outcome outcome, int64_t exit, pb_str said, int64_t now_us,
                  pb_error *err);
/** Without a word, as a process that dies: the lease must run out. Takes NULL. */
void job_let_go(job_held *held);

/** When there may be something to do: the earliest moment at which a job of these kinds is due or a
 * lease runs out, INT64_MAX when there is none. */
pb_status job_next(const job_worker *worker, int64_t *ret_us, pb_error *err);

#endif
