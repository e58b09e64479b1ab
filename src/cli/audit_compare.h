/* Private to cli: what a report says beyond the audit itself. */
#ifndef CLI_AUDIT_COMPARE_H
#define CLI_AUDIT_COMPARE_H

#include "command.h"

/** Reads --since, --against, --target, --hourly-rate, --hours-a-week and --show-values into an
 * input that has nothing else yet. */
pb_status cli_audit_compare(cli_context *context, report_input *ret_input, pb_error *err);

#endif
