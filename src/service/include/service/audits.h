/* Audits that are kept in the workspace, and the findings that are worked on.
 *
 * Who asks must be allowed the operation `audit` to look and to start, `findings` to change; or
 * hold the workspace's key. An external auditor sees what its scope names: entities and areas.
 * Personal values are masked in what is kept.
 */
#ifndef SERVICE_AUDITS_H
#define SERVICE_AUDITS_H

#include "finding/finding.h"
#include "identity/policy.h"
#include "service/service.h"

enum { SERVICE_AUDITS_MOST = 200, SERVICE_TREND = 50 };

/** Whether who asks may have that done (audit, ledger, backup): no external auditor may. */
pb_status service_may_start(const service_call *call, db_workspace *workspace,
                            identity_operation operation, pb_error *err);
/** Whether who asks may have a backup made (operation `backup`; `place` absent: at all declared
 * places), or a drill of the newest one (`fault` absent: none). PB_INVALID for a place that is not
 * one of the workspace's, and for a fault that there is not. */
pb_status service_backup_may(const service_call *call, db_workspace *workspace, pb_str place,
                             pb_str fault, pb_error *err);

/** The catalogue of controls for who may look at audits (operation `audit`), and which of them that
 * one is let see. */
pb_status service_audit_controls(service_core *service, const service_call *call,
                                 db_workspace *workspace, const audit_catalogue **ret_catalogue,
                                 pb_error *err);
bool service_audit_sees(const service_call *call, const audit_control *control);

/** Kept audits, newest first; those below `below` (0: all), at most `limit`. In `arena`. */
pb_status service_audits(const service_call *call, db_workspace *workspace, int64_t below,
                         int64_t limit, pb_arena *arena, finding_run **ret_runs, size_t *ret_count,
                         pb_error *err);
typedef struct service_kept_audit {
    finding_run run;
    finding_outcome *outcomes; /* those that may be seen */
    size_t count;
    bool cut; /* there are others, outside of what the asker is let see */
} service_kept_audit;
pb_status service_audit_read(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_arena *arena, service_kept_audit *ret_audit, pb_error *err);
/** A report of it as a file. PB_DENIED for who is let see a part only: a report tells all. */
pb_status service_audit_report(const service_call *call, db_workspace *workspace, int64_t n,
                               const char *form, pb_arena *arena, pb_buf *out, pb_str *ret_language,
                               pb_error *err);

/* ---- findings ---- */

/** A finding with the name of who mends it. */
typedef struct service_finding {
    finding_item item;
    pb_str owner; /* sign-in name; absent: nobody */
} service_finding;
typedef struct service_findings_asked {
    finding_filter filter; /* `owner` is set from the name */
    pb_str owner;          /* sign-in name or id; absent: whoever */
} service_findings_asked;
pb_status service_findings(const service_call *call, db_workspace *workspace,
                           const service_findings_asked *asked, pb_arena *arena,
                           service_finding **ret_findings, size_t *ret_count, pb_error *err);
/** One finding, and what came of its control in the newest audits (SERVICE_TREND at most, newest
 * first). PB_NOT_FOUND too for what may not be seen. */
typedef struct service_finding_story {
    service_finding finding;
    finding_outcome *trend;
    size_t trend_count;
} service_finding_story;
pb_status service_finding_read(const service_call *call, db_workspace *workspace, int64_t n,
                               pb_arena *arena, service_finding_story *ret_story, pb_error *err);
/** Changes a finding; see finding_put. `owner`: sign-in name or id of who is to mend it, where
 * `change->has_owner`; absent: nobody. */
pb_status service_finding_change(service_core *service, const service_call *call,
                                 db_workspace *workspace, int64_t n, int64_t version,
                                 const finding_change *change, pb_str owner, pb_arena *arena,
                                 service_finding *ret_finding, pb_error *err);

#endif
