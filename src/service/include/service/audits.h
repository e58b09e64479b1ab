/* Audits that are kept in the workspace, and the findings that are worked on.
 *
 * Who asks must be allowed the operation `audit` to look and to start, `findings` to change; or
 * hold the workspace's key. An external auditor sees what its scope names: entities and areas.
 * Personal values are masked in what is kept.
 */
#ifndef SERVICE_AUDITS_H
#define SERVICE_AUDITS_H

#include "finding/finding.h"
#include "service/records.h"

enum { SERVICE_AUDITS_MOST = 200, SERVICE_TREND = 50 };

/** Whether who asks may have that done (audit, ledger, backup): no external auditor may. */
pb_status service_may_start(const service_call *call, db_workspace *workspace,
                            identity_operation operation, pb_error *err);
/** Whether who asks may have a backup made (operation `backup`; `place` absent: at all declared
 * places), or a drill of the newest one (`fault` absent: none). PB_INVALID for a place that is not
 * one of the workspace's, and for a fault that there is not. */
pb_status service_backup_may(const service_call *call, db_workspace *workspace, pb_str place,
                             pb_str fault, pb_error *err);

/** The catalogue of controls as the workspace judges by them, for who may look at audits (operation
 * `audit`), in `arena`; and which of them that one is let see. */
pb_status service_audit_controls(service_core *service, const service_call *call,
                                 db_workspace *workspace, pb_arena *arena,
                                 const audit_catalogue **ret_catalogue, pb_error *err);
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
/** A record that failed, as the last audit that could look found it. */
typedef struct service_evidence_row {
    audit_failure failure; /* values masked as in reports; `***` where its field does not show */
    bool hidden;           /* so it is */
    service_record record; /* as it is now: title, what the control names as evidence, the field
                              that failed. Its entity is NULL: about a column, or gone by now */
} service_evidence_row;
typedef struct service_evidence {
    service_finding finding;
    const audit_control *control; /* NULL: there is none of that id any more */
    service_evidence_row *rows;   /* those that may be seen */
    size_t count;
    size_t kept;                /* rows there are at all */
    int64_t next;               /* `after` of the next page; 0: this was the last */
    const model_field **fields; /* whose values the records are shown with */
    size_t field_count;
} service_evidence;
enum { SERVICE_FAILING_USUAL = 50, SERVICE_FAILING_MOST = 200 };
/** A page of the evidence of a finding, behind the first `after` rows; records that may not be seen
 * are left out. What is shown of them is an event, as with any list. PB_NOT_FOUND. */
pb_status service_finding_evidence(service_core *service, const service_call *call,
                                   db_workspace *workspace, int64_t n, int64_t after, int64_t limit,
                                   pb_arena *arena, service_evidence *ret_evidence, pb_error *err);
/** Changes a finding; see finding_put. `owner`: sign-in name or id of who is to mend it, where
 * `change->has_owner`; absent: nobody. */
pb_status service_finding_change(service_core *service, const service_call *call,
                                 db_workspace *workspace, int64_t n, int64_t version,
                                 const finding_change *change, pb_str owner, pb_arena *arena,
                                 service_finding *ret_finding, pb_error *err);

#endif
