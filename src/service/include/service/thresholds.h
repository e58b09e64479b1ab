/* What controls let pass in a workspace, where it is not what ships with them: for who may look at
 * audits; said by who may start one, with a reason. Texts live in the arena handed in. Threads: any
 * number of calls at once.
 */
#ifndef SERVICE_THRESHOLDS_H
#define SERVICE_THRESHOLDS_H

#include "finding/threshold.h"
#include "service/audits.h"

/** A control as the workspace judges by it, and what was ever said of that, newest first: of it
 * alone, or of all that share its base. */
typedef struct service_threshold {
    const audit_control *control;
    finding_threshold *said;
    size_t said_count;
} service_threshold;

/** PB_NOT_FOUND for a control that there is not, or that one is not let see. */
pb_status service_threshold_read(service_core *service, const service_call *call,
                                 db_workspace *workspace, pb_str control, pb_arena *arena,
                                 service_threshold *ret, pb_error *err);
/** From the next audit on. `limit` is a share 0…1 or a whole number, as the control counts; NULL:
 * what ships with it again. PB_INVALID names field, value and mend. An event of the ledger. */
pb_status service_threshold_set(service_core *service, const service_call *call,
                                db_workspace *workspace, pb_str control, const double *limit,
                                pb_str reason, pb_error *err);

#endif
