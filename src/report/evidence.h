/* Private to report: the table of failing records beneath a finding. */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include "build.h"

/** The first failing records with what the control shows of them; NULL when there are none. */
const report_table *evidence_table(builder *b, const audit_finding *finding);

#endif
