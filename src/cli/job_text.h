/* Jobs, as people and programs read them. */
#ifndef CLI_JOB_TEXT_H
#define CLI_JOB_TEXT_H

#include "command.h"

#include "service/jobs.h"

/** True when its last try, or all its tries, went wrong. */
bool job_text_failed(const job_item *job);
/** A job as it stands at `now_us`. */
void job_text(const cli_context *context, const job_item *job, int64_t now_us, pb_buf *out);
void job_json(const cli_context *context, const job_item *job, int64_t now_us, pb_json *json);
/** What came of a try, in one line. */
void job_text_outcome(const cli_context *context, const job_item *job,
                      const service_job_result *result, bool own, pb_buf *out);
void job_json_outcome(const job_item *job, const service_job_result *result, bool own,
                      pb_json *json);

#endif
