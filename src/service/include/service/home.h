/* What needs somebody today: what is due, what was long not looked at, findings, planned audits,
 * duplicates, jobs.
 *
 * Decided for who asks, in one snapshot: of an entity that may not be listed nothing is told, and
 * nothing is refused either, since nothing was asked for by name. What is one's own is what the
 * staff record that one is owns. Of each the first few are told, and the list behind it. Where a
 * purpose has to be said and was not, numbers are told and no record is. Cost: the rows counted, up
 * to SERVICE_HOME_COUNTED of each entity, by the index of `lists` where there is one.
 */
#ifndef SERVICE_HOME_H
#define SERVICE_HOME_H

#include "service/audits.h"
#include "service/jobs.h"
#include "service/plans.h"
#include "service/records.h"

enum {
    SERVICE_HOME_FEW = 5,
    SERVICE_HOME_MARKS = 12,
    SERVICE_HOME_PAIRS = 100,
    SERVICE_HOME_SOON = 7, /* days before a planned audit falls due from which it is told */
    SERVICE_HOME_COUNTED = 1000
};

typedef struct service_home_item {
    pb_uuid id;
    pb_str title;  /* absent: none shows */
    int64_t at_us; /* when it is due, or was changed last */
} service_home_item;

/** Records of one entity that need somebody. */
typedef struct service_home_list {
    const model_entity *entity;
    const model_field *due; /* NULL: they were long not changed */
    const model_field
        *status; /* of what is due: says that it is done by `done`; NULL: none shows */
    const model_choice *done;
    pb_str filter, sort;      /* of the list behind it */
    int64_t changed_until_us; /* likewise; 0: none */
    int64_t count, overdue;   /* of what is due: those whose day is past */
    bool capped;              /* there are `count` or more */
    service_home_item items[SERVICE_HOME_FEW];
    size_t item_count;
} service_home_list;

/** Pairs of likely duplicates that wait for a decision, both of whose records one may merge. */
typedef struct service_home_pairs {
    const model_entity *entity;
    size_t count;
    bool capped; /* there are more */
} service_home_pairs;

typedef struct service_home {
    bool staff; /* who asks is somebody on the staff: else nothing is one's own */
    service_home_list *due, *stale;
    size_t due_count, stale_count;
    service_home_pairs *pairs;
    size_t pairs_count;
    bool sees_audits;       /* else there are no findings and marks */
    finding_item *findings; /* one's own that are not mended: those due, then the gravest first */
    size_t finding_count, finding_due, finding_overdue; /* due today or before; before today */
    finding_plan *plans; /* for oneself to do, due soon or before: those due first first */
    size_t plan_count, plan_overdue;
    finding_run *runs; /* newest first; of one's own workspace */
    size_t run_count;
    job_item *jobs; /* one's own: those that wait or run, then those that are over */
    size_t job_count, job_active, job_failed;
} service_home;

/** All of it lives in `arena`. */
pb_status service_home_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                            service_home *ret_home, pb_error *err);

#endif
