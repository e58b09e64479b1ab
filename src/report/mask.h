/* Private to report: personal values as they are shown to whoever did not ask to see them. */
#ifndef REPORT_MASK_H
#define REPORT_MASK_H

#include "writer.h"

/** Value, counterpart and suggestion of a failing record, masked unless the values are to be shown:
 * what the model marks as personal by its type, elsewhere only e-mail addresses and long numbers
 * that strayed there. Live in the writer's arena. */
pb_str mask_value(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure);
pb_str mask_other(const report_writer *writer, const audit_finding *finding,
                  const audit_failure *failure);
pb_str mask_suggestion(const report_writer *writer, const audit_finding *finding,
                       const audit_failure *failure);
/** Evidence column `position` of the control. */
pb_str mask_evidence(const report_writer *writer, const audit_finding *finding,
                     const audit_failure *failure, size_t position);
/** A value as a row that was not taken has it; `field` NULL: of no known field. */
pb_str mask_raw(const report_writer *writer, const model_field *field, pb_str value);

#endif
