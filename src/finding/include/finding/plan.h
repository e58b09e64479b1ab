/* Audits that are planned: what for, of what, by whom, by which criteria, when, and how often.
 *
 * Every change is a version of its own that stays, and an event of the ledger; so is being done:
 * the version that a run makes says by which goals and scope it was done. Threads: as the session.
 */
#ifndef FINDING_PLAN_H
#define FINDING_PLAN_H

#include "finding/finding.h"

typedef enum finding_repeat {
    FINDING_ONCE,
    FINDING_WEEKLY,
    FINDING_MONTHLY,
    FINDING_QUARTERLY,
    FINDING_YEARLY,
    FINDING_REPEATS
} finding_repeat;
/** once, weekly, monthly, quarterly, yearly. */
extern const char *const finding_repeat_words[FINDING_REPEATS];

/** Texts of a plan: of each at most FINDING_PLAN_TEXT bytes, of the name FINDING_PLAN_NAME. */
enum { FINDING_PLAN_NAME = 200, FINDING_PLAN_TEXT = 4000, FINDING_PLAN_LIST = 200 };

typedef struct finding_plan {
    int64_t plan, version; /* 0: not kept yet */
    pb_str name, goals, criteria;
    pb_str source; /* another system whose export is audited; empty: this workspace */
    model_strs entities, areas, controls; /* scope; an empty list leaves it open */
    model_strs team;                      /* sign-in names */
    finding_repeat repeat;
    int64_t due; /* day it is to be done next; INT64_MIN: it is done */
    bool gone;   /* taken away */
    pb_str by;   /* who said this version, and when */
    int64_t at_us;
    int64_t run; /* of the audit that made this version; 0: somebody did */
} finding_plan;

/** Keeps a new plan (`plan` 0) or a new version of one; `version` is the one it began with, 0:
 * whatever it is. PB_CONFLICT: it is another by now. Inside db_write. */
pb_status finding_plan_put(db_session *session, const finding_call *call, int64_t version,
                           finding_plan *plan, pb_error *err);
/** It was done by a run: the next day is its due day, or it has none. Inside db_write. */
pb_status finding_plan_done(db_session *session, const finding_call *call, int64_t plan,
                            int64_t run, int64_t day, pb_error *err);
/** One that is gone is there again, as it was before it was taken away. PB_CONFLICT: it is not
 * gone; PB_NOT_FOUND: there never was one. Inside db_write. */
pb_status finding_plan_restore(db_session *session, const finding_call *call, int64_t plan,
                               pb_error *err);
/** Newest versions of all that are there, or of those that are `gone`; those due first first, then
 * those that are done. */
pb_status finding_plan_list(db_session *session, bool gone, pb_arena *arena,
                            finding_plan **ret_plans, size_t *ret_count, pb_error *err);
/** All versions of one, newest first: PB_NOT_FOUND where there is none. */
pb_status finding_plan_history(db_session *session, int64_t plan, pb_arena *arena,
                               finding_plan **ret_versions, size_t *ret_count, pb_error *err);
/** The newest version; PB_NOT_FOUND also when it is gone. */
pb_status finding_plan_read(db_session *session, int64_t plan, pb_arena *arena,
                            finding_plan *ret_plan, pb_error *err);

#endif
