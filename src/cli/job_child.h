/* Doing a job: its command, run as a process of its own. */
#ifndef CLI_JOB_CHILD_H
#define CLI_JOB_CHILD_H

#include "command.h"

#include "service/jobs.h"

/** Runs the command of a job to its end, telling meanwhile that it is at work. `said` lies in
 * `said_room`. */
pb_status job_child_run(cli_context *context, const job_item *job, service_beat *beat,
                        pb_buf *said_room, service_job_result *ret_result, pb_error *err);

#endif
