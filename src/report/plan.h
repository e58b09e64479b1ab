/* Private to report: what to mend when, as figures that every face shares. */
#ifndef REPORT_PLAN_H
#define REPORT_PLAN_H

#include "build.h"

typedef enum plan_kind {
    PLAN_ACCEPT, /* every right value is known and only to be accepted */
    PLAN_QUICK,  /* an hour at most */
    PLAN_ONCE,   /* one change mends all */
    PLAN_EACH    /* record by record */
} plan_kind;

typedef struct plan_step {
    const audit_finding *finding;
    plan_kind kind;
    double hours, end; /* its own, and of all up to its end */
    double saved;      /* hours that accepting suggestions saves */
    int64_t due;
    char quarter[24]; /* “2025 Q3” */
} plan_step;

typedef struct plan {
    plan_step *steps; /* by grade, then by effort */
    size_t step_count;
    int hours_a_week;
    double hours, saved;
    int64_t done; /* day on which all of it is done */
} plan;

/** False when there is nothing to mend, or memory ran out (then `b` failed). */
bool plan_make(builder *b, plan *ret);
/** What so many hours cost at the rate given, in minor units. */
int64_t plan_cost(const builder *b, double hours);

#endif
