/* What the files of this module share. */
#ifndef JOB_INTERNAL_H
#define JOB_INTERNAL_H

#include "job/job.h"

#define JOB_COLUMNS                                                                                \
    "n, kind, arguments, state, due_us, every_us, most, tries, failures, by, at_us, taken_by,"     \
    " taken_us, until_us, ended_us, exit, said"

/** The job in the row at hand, its texts copied into `arena`. */
pb_status job_row_read(db_stmt *stmt, pb_arena *arena, job_item *ret_job, pb_error *err);
/** A new one, waiting; `*ret_n` is its number. */
pb_status job_row_add(db_session *session, const job_call *call, const job_wish *wish,
                      int64_t *ret_n, pb_error *err);
/** Stores what may change of a job. */
pb_status job_row_store(db_session *session, const job_item *job, pb_error *err);

/** Appends an event about a job. `outcome` NULL: it is none of job.ended. */
pb_status job_event(db_session *session, const job_call *call, const char *kind,
                    const job_item *job, const char *outcome, pb_error *err);
/** Appends that `count` jobs which had ended before `before_us` were cleared away. */
pb_status job_event_cleared(db_session *session, const job_call *call, int64_t count,
                            int64_t before_us, pb_error *err);

#endif
