/* What the files about kept audits and findings share. */
#ifndef SERVICE_KEPT_AUDITS_H
#define SERVICE_KEPT_AUDITS_H

#include "service/audits.h"

/** Whether who asks is let see that area of the audit and that entity (absent: the source as a
 * whole). */
bool service_in_audit_scope(const service_call *call, pb_str area, pb_str entity);

/** A finding with who mends it; PB_NOT_FOUND too for what may not be seen (findings.c). */
pb_status service_finding_find(db_session *session, const service_call *call, int64_t n,
                               pb_arena *arena, service_finding *ret_finding, pb_error *err);

/** The controls that a plan names, as a catalogue in `arena` over the whole one (plans.c). */
pb_status service_plan_scope(const struct finding_plan *plan, const audit_catalogue *whole,
                             pb_arena *arena, const audit_catalogue **ret_catalogue, pb_error *err);

/** The catalogue with what the workspace says of its controls' thresholds laid over, in `arena`
 * (thresholds.c). */
pb_status service_thresholds_over(db_session *session, const audit_catalogue *whole,
                                  pb_arena *arena, const audit_catalogue **ret_catalogue,
                                  pb_error *err);

#endif
