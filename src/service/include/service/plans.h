/* Audits that are planned, for who may look at audits; made and changed by who may start one.
 *
 * What a plan names must be there: entities, areas, controls, users. An external auditor sees the
 * plans in whose team it is. Texts live in the arena handed in. Threads: any number of calls at
 * once.
 */
#ifndef SERVICE_PLANS_H
#define SERVICE_PLANS_H

#include "finding/plan.h"
#include "service/audits.h"

/** A plan with its history, newest first; versions that a run made name it. */
typedef struct service_plan {
    finding_plan now;
    finding_plan *versions;
    size_t version_count;
} service_plan;

/** Whether it is for who asks to do: of its team, or nobody is named and all may be seen. */
bool service_plan_is_for(const service_call *call, const finding_plan *plan);

/** All that are there, or those that were taken away (`gone`); those due first first. */
pb_status service_plans(const service_call *call, db_workspace *workspace, bool gone,
                        pb_arena *arena, finding_plan **ret_plans, size_t *ret_count,
                        pb_error *err);
/** PB_NOT_FOUND. */
pb_status service_plan_read(const service_call *call, db_workspace *workspace, int64_t plan,
                            pb_arena *arena, service_plan *ret_plan, pb_error *err);
/** Makes one (`plan->plan` 0) or says it anew; `version` is the one it began with, 0: whatever it
 * is. PB_INVALID names field, value and mend; PB_CONFLICT: it is another version by now. */
pb_status service_plan_put(service_core *service, const service_call *call, db_workspace *workspace,
                           int64_t version, finding_plan *plan, pb_error *err);
/** Takes it away: no more is due of it; what was done by it keeps naming it. */
pb_status service_plan_remove(const service_call *call, db_workspace *workspace, int64_t plan,
                              int64_t version, pb_error *err);
/** Brings one back that was taken away, as it was before. PB_CONFLICT: it was not taken
 * away; PB_NOT_FOUND. */
pb_status service_plan_restore(const service_call *call, db_workspace *workspace, int64_t plan,
                               pb_error *err);

/** What a report tells of a plan, in words of `catalog`. In `arena`. */
pb_status service_plan_brief(service_core *service, const finding_plan *plan,
                             const pb_catalog *catalog, pb_arena *arena, report_brief *ret_brief,
                             pb_error *err);

/** Somebody a finding or a plan may be given to. */
typedef struct service_helper {
    pb_str name, shown;
    identity_kind kind;
} service_helper;
/** Users of today that are no customers, by name; for who may look at audits and is let see all of
 * them. */
pb_status service_helpers(const service_call *call, db_workspace *workspace, pb_arena *arena,
                          service_helper **ret_helpers, size_t *ret_count, pb_error *err);

#endif
