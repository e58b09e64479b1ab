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

#endif
