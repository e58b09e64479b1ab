/* What the files about kept audits and findings share. */
#ifndef SERVICE_KEPT_AUDITS_H
#define SERVICE_KEPT_AUDITS_H

#include "service/audits.h"

/** Whether who asks is let see that area of the audit and that entity (absent: the source as a
 * whole). */
bool service_in_audit_scope(const service_call *call, pb_str area, pb_str entity);

#endif
