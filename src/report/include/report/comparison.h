/* Two audits side by side: a document of its own, by the code that also sets `--against` into a
 * report. Pure functions: no clock, no file.
 */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include "report/report.h"

/** An audit as if its report.json had been read back, but without the lists of failing records.
 * What it points to must outlive it; the rest lives in `arena`. */
pb_status report_earlier_of(const report_input *report, pb_locale *locale, pb_arena *arena,
                            report_earlier *ret, pb_error *err);

typedef struct report_comparison {
    const report_earlier *here, *there; /* the first, the second */
    const audit_catalogue *catalogue;   /* for the names of controls and areas */
    const model_schema *schema;         /* for the names of fields */
    const char *program_version;
} report_comparison;

/** One self-contained page. */
pb_status report_comparison_html(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                 pb_error *err);
/** For machines: doc/schema/comparison-1.json. */
pb_status report_comparison_json(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                 pb_error *err);
/** For a terminal: which is better, marks, what differs most. */
pb_status report_comparison_summary(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                    pb_error *err);
/** True when the first has the lower overall mark, or none while the second has one. */
bool report_comparison_worse(const report_comparison *of);

#endif
