/* Keeping an audit in the workspace it was made of. */
#ifndef CLI_AUDIT_KEEP_H
#define CLI_AUDIT_KEEP_H

#include "context.h"

/** Whether what was asked for can be kept: one workspace, told with masked values. */
pb_status audit_keep_check(cli_context *context, pb_error *err);
/** Keeps it, with all its reports; `*ret_run` is its number. */
pb_status audit_keep(cli_context *context, const service_audit_result *result,
                     const report_input *report, int64_t as_of_days, int64_t *ret_run,
                     pb_error *err);
void audit_keep_say(const cli_context *context, int64_t run, pb_buf *out);

#endif
