/* Pairs, waterfalls and their quality as text and JSON. */
#ifndef CLI_REVIEW_TEXT_H
#define CLI_REVIEW_TEXT_H

#include "command.h"
#include "service/review.h"

/** English message id of a decision. */
const char *review_decision_says(record_decision decision);
/** One line of the queue. */
void review_pair_line(const cli_context *context, const record_pair *pair, pb_buf *out);
void review_pair_json(const record_pair *pair, pb_json *json);
/** Two records side by side with the waterfall of their comparison. */
void review_comparison_text(const cli_context *context, const service_comparison *comparison,
                            pb_buf *out);
void review_comparison_json(const service_comparison *comparison, pb_buf *out);
/** The commands that decide it. */
void review_how_to_decide(const cli_context *context, const service_comparison *comparison,
                          const char *workspace, pb_buf *out);
/** Precision and recall from decisions. */
void review_quality_text(const cli_context *context, const service_quality *list, size_t count,
                         pb_buf *out);
void review_quality_json(const service_quality *list, size_t count, pb_buf *out);

#endif
