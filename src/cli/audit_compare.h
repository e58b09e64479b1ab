/* Private to cli: what a report says beyond the audit itself. */
#ifndef CLI_AUDIT_COMPARE_H
#define CLI_AUDIT_COMPARE_H

#include "command.h"

/** Reads a report.json; lives in the context's arena. */
pb_status cli_read_report(cli_context *context, const char *path, report_earlier *ret,
                          pb_error *err);
/** The day of --as-of, else today. */
pb_status cli_as_of(const cli_context *context, int64_t *ret_days, pb_error *err);
/** An audit of nothing is no audit, and never a pass: PB_INVALID when there is not one record. */
pb_status cli_audit_any(const cli_context *context, const service_audit_result *result,
                        const char *source, pb_error *err);
/** Reads --since, --against, --target, --hourly-rate, --hours-a-week and --show-values into an
 * input that has nothing else yet. */
pb_status cli_audit_compare(cli_context *context, report_input *ret_input, pb_error *err);

#endif
