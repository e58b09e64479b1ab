/* What to mend when: by grade, then by effort, laid out over the hours a week that are given to it.
 */
#include "plan.h"

#include "base/time.h"

#include <math.h>

enum { HOURS_A_WEEK = 8, DAYS_A_WEEK = 7, LEAST_DAYS = 7, MOST_DAYS = 36500 };
#define QUICK_HOURS 1.0

double build_hours(const audit_finding *finding)
{
    double minutes = finding->control->effort_minutes;
    if (pb_str_is(finding->control->effort_unit, "minutes_per_record"))
        minutes *= (double)finding->failing;
    return minutes / 60;
}

/* Essential before important before desirable; among equals what is done soonest. */
static int order_steps(const void *a, const void *b)
{
    const plan_step *x = a, *y = b;
    if (x->finding->control->grade != y->finding->control->grade)
        return x->finding->control->grade > y->finding->control->grade ? -1 : 1;
    if (x->hours < y->hours || x->hours > y->hours)
        return x->hours < y->hours ? -1 : 1;
    return pb_str_cmp(x->finding->control->id, y->finding->control->id);
}

static plan_kind kind_of(const plan_step *step)
{
    const audit_finding *finding = step->finding;
    if (finding->failing > 0 && finding->fixable == finding->failing)
        return PLAN_ACCEPT;
    if (step->hours <= QUICK_HOURS)
        return PLAN_QUICK;
    return pb_str_is(finding->control->effort_unit, "minutes_once") ? PLAN_ONCE : PLAN_EACH;
}

static plan_step step_of(const audit_finding *finding)
{
    plan_step step = {.finding = finding, .hours = build_hours(finding)};
    if (finding->failing > 0 && pb_str_is(finding->control->effort_unit, "minutes_per_record"))
        step.saved = step.hours * (double)finding->fixable / (double)finding->failing;
    step.kind = kind_of(&step);
    return step;
}

/* Days on which the steps end when so many hours a week are given to them. */
static void lay_out(const builder *b, plan *p)
{
    for (size_t i = 0; i < p->step_count; i++) {
        plan_step *step = &p->steps[i];
        int year, month, date;
        p->hours += step->hours;
        p->saved += step->saved;
        step->end = p->hours;
        double days = ceil(step->end / p->hours_a_week) * DAYS_A_WEEK;
        step->due = b->writer.result->as_of_days + (days < LEAST_DAYS  ? LEAST_DAYS
                                                    : days > MOST_DAYS ? MOST_DAYS
                                                                       : (int64_t)days);
        pb_date_to_civil(step->due, &year, &month, &date);
        snprintf(step->quarter, sizeof step->quarter, "%d Q%d", year, (month + 2) / 3);
        p->done = step->due;
    }
}

bool plan_make(builder *b, plan *ret)
{
    int week = b->writer.report->hours_a_week;
    plan p = {.hours_a_week = week > 0 ? week : HOURS_A_WEEK};
    p.steps = pb_arena_array(b->arena, b->writer.failed_count + 1, sizeof *p.steps);
    if (p.steps == NULL) {
        b->failed = true;
        return false;
    }
    for (size_t i = 0; i < b->writer.failed_count; i++)
        if (b->writer.failed[i]->outcome == AUDIT_FAIL)
            p.steps[p.step_count++] = step_of(b->writer.failed[i]);
    if (p.step_count > 1)
        qsort(p.steps, p.step_count, sizeof *p.steps, order_steps);
    lay_out(b, &p);
    *ret = p;
    return p.step_count > 0;
}

int64_t plan_cost(const builder *b, double hours)
{
    return (int64_t)round(hours * (double)b->writer.report->hourly_rate);
}
