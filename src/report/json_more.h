/* Private to report: what a report says beyond the audit itself, in the document for machines. */
#ifndef REPORT_JSON_MORE_H
#define REPORT_JSON_MORE_H

#include "build.h"
#include "compare.h"

#include "base/json.h"

void json_day(pb_json *json, const char *key, int64_t days);
/** Not finite: null. */
void json_number(pb_json *json, const char *key, double value);

/** Members `trend`, `target` and `against`, each only where it was asked for. */
void json_comparisons(pb_json *json, builder *b);
/** Member `planned`, where the audit was. */
void json_planned(pb_json *json, const report_input *report);
/** Members `swot` and `plan`. */
void json_advice(pb_json *json, builder *b);
/** An audit that is compared, as an object. */
void json_side(pb_json *json, const report_earlier *side);
/** Members `marks`, `controls`, `asked_of_one` and `fields` of a comparison. */
void json_sides(pb_json *json, const comparison *c);

#endif
