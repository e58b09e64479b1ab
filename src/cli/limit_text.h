/* What a control lets fail, as text and as JSON. */
#ifndef CLI_LIMIT_TEXT_H
#define CLI_LIMIT_TEXT_H

#include "context.h"

#include "service/thresholds.h"

/** “At most 20% (set in this workspace; as shipped: 15%)” */
void limit_says(const cli_context *context, const audit_control *control, pb_buf *out);
/** Members of the object at hand: what is counted, how much may fail, and what ships. */
void limit_json(const audit_control *control, pb_json *json);
/** A line for each thing that was ever said of it, newest first; the same as a member. */
void limit_history(const cli_context *context, const service_threshold *threshold, pb_buf *out);
void limit_history_json(const service_threshold *threshold, pb_json *json);

#endif
