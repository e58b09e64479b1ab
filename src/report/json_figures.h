/* Private to report: figures of usage and ageing in the document for machines. */
#ifndef REPORT_JSON_FIGURES_H
#define REPORT_JSON_FIGURES_H

#include "audit/audit.h"
#include "base/json.h"

/** Members of one person's usage: rates, kinds, counts by week. */
void json_usage_rates(pb_json *json, const audit_usage *usage);
/** Members of the report: usage by source, ageing. */
void json_figures(pb_json *json, const audit_result *result);

#endif
