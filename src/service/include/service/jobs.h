/* Jobs of a workspace: kept, listed, and done by whoever works on it. */
#ifndef SERVICE_JOBS_H
#define SERVICE_JOBS_H

#include "job/job.h"
#include "service/service.h"

/** See job_add, job_cancel, job_again. */
pb_status service_job_add(const service_call *call, db_workspace *workspace, const job_wish *wish,
                          int64_t *ret_n, pb_error *err);
pb_status service_job_cancel(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_error *err);
pb_status service_job_again(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_error *err);
/** See job_list. */
pb_status service_jobs(db_workspace *workspace, const job_filter *filter, pb_arena *arena,
                       job_item **ret_jobs, size_t *ret_count, pb_error *err);

/** What came of doing a job. */
typedef struct service_job_result {
    job_outcome outcome;
    int64_t exit;
    pb_str said; /* lives until the next job_item */
} service_job_result;

/** While a job is done: to be called at least every third of a lease. False when the work is to end
 * at once: the job was cancelled, or nobody could be told for so long that another may take it. */
typedef struct service_beat service_beat;
bool service_job_beat(service_beat *beat);

/** Somebody who does jobs. */
typedef struct service_worker {
    const char *const *kinds;
    size_t kind_count;
    int64_t lease_us; /* for which it may be silent before its job is given to another */
    int64_t pause_us; /* before a job is tried a second time */
    int64_t look_us;  /* how often it looks for work where nothing is due */
    bool once;        /* at most one job_item */
    bool until_empty; /* until none is due */
    const char *name; /* NULL: host and number of the process */
    /** Does a job. PB_OK whatever became of it, with `ret_result`; a failure ends the worker, and
     * gives the job back. */
    pb_status (*run)(void *context, const job_item *job, service_beat *beat,
                     service_job_result *ret_result, pb_error *err);
    /** Told what came of it, in `job` and `result`; `own` false: it was not the worker's any more,
     * and nothing was noted. May be NULL. */
    void (*done)(void *context, const job_item *job, const service_job_result *result, bool own);
    /** Waits where nothing is due, `us` at most; returns at once when the worker is to end. NULL:
     * sleeps. */
    void (*rest)(void *context, int64_t us);
    void *context;
} service_worker;

/** What a worker did until it ended. */
typedef struct service_worked {
    uint64_t done, failed, returned; /* tries that went well, that did not, that were given back or
                                        lost */
} service_worked;

/** Does jobs until it is asked to end (sys_interrupted), or as `worker` says. */
pb_status service_work(const service_call *call, db_workspace *workspace,
                       const service_worker *worker, service_worked *ret_worked, pb_error *err);

/* ---- jobs that somebody asked for, to be done as who asked ---- */

/** Appends an option of a job: one line of its arguments. An absent value says nothing. */
void service_job_put(pb_buf *arguments, const char *name, pb_str value);
/** The value of an option, in the arena; absent when there is none. */
pb_str service_job_option(const job_item *job, const char *name, pb_arena *arena);
/** Adds a job that is done as who asks; `options` as service_job_put wrote them. Tried `most` times
 * where its worker dies. */
pb_status service_job_ask(const service_call *call, db_workspace *workspace, const char *kind,
                          pb_str options, int64_t most, int64_t *ret_n, pb_error *err);
/** Who asked, as of now, with what may be done: PB_DENIED when that is nobody any more. Lives in
 * the arena. */
pb_status service_job_asker(db_workspace *workspace, const job_item *job, int64_t now_us,
                            pb_arena *arena, service_call *ret_call, pb_error *err);
/** Whether `call` asked for it. */
bool service_job_is_own(const service_call *call, const job_item *job);
/** As service_jobs: one's own, or all for who may look after jobs. */
pb_status service_jobs_seen(const service_call *call, db_workspace *workspace,
                            const job_filter *filter, pb_arena *arena, job_item **ret_jobs,
                            size_t *ret_count, pb_error *err);
/** One of them: PB_NOT_FOUND. */
pb_status service_job_read(const service_call *call, db_workspace *workspace, int64_t n,
                           pb_arena *arena, job_item *ret_job, pb_error *err);
/** Cancels one of them. */
pb_status service_job_stop(const service_call *call, db_workspace *workspace, int64_t n,
                           pb_error *err);

#endif
