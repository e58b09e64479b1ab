/* A control as JSON, apart from any finding. */
#ifndef REPORT_CONTROL_H
#define REPORT_CONTROL_H

#include "report/report.h"

#include "base/json.h"

/** Members of the object at hand that say what a control is: its id, area and grade. */
void report_control_put_head(pb_json *json, const audit_control *control);
/** Members that tell of it in words, `whole`: beside the title what is asked, why and what to do;
 * then the requirements it serves and the clauses of standards. */
void report_control_put_words(pb_json *json, const pb_catalog *catalog,
                              const audit_control *control, bool whole);

/** The first `most` failing records of a finding with value, counterpart and suggestion masked as
 * in the report. The list and its texts live in `arena`. */
pb_status report_failing(const report_input *report, pb_locale *locale,
                         const audit_finding *finding, size_t most, pb_arena *arena,
                         audit_failure **ret_failures, size_t *ret_count, pb_error *err);
/** Appends what is wrong with a failing record, with its values as they are given. */
pb_status report_failing_says(const model_schema *schema, pb_locale *locale,
                              const audit_control *control, const audit_failure *failure,
                              pb_buf *out, pb_error *err);

#endif
