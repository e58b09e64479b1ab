/* What to mend when: by grade, then by effort, laid out over the hours a week that are given to it;
 * with what that costs where a rate is given. */
#include "build.h"

#include "base/time.h"

#include <math.h>

enum { HOURS_A_WEEK = 8, DAYS_A_WEEK = 7, MAX_QUARTERS = 20, LEAST_DAYS = 7 };
#define QUICK_HOURS 1.0

typedef struct plan_step {
    const audit_finding *finding;
    double hours, end; /* its own, and of all up to its end */
    double saved;      /* hours that accepting suggestions saves */
    int64_t due;
} plan_step;

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

static size_t lay_out(builder *b, plan_step *steps)
{
    int week = b->writer.report->hours_a_week > 0 ? b->writer.report->hours_a_week : HOURS_A_WEEK;
    size_t count = 0;
    double end = 0;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_finding *finding = b->writer.failed[i];
        if (finding->outcome != AUDIT_FAIL)
            continue;
        plan_step step = {.finding = finding, .hours = build_hours(finding)};
        if (finding->failing > 0 && pb_str_is(finding->control->effort_unit, "minutes_per_record"))
            step.saved = step.hours * (double)finding->fixable / (double)finding->failing;
        steps[count++] = step;
    }
    qsort(steps, count, sizeof *steps, order_steps);
    for (size_t i = 0; i < count; i++) {
        end += steps[i].hours;
        steps[i].end = end;
        double days = ceil(end / week) * DAYS_A_WEEK;
        steps[i].due = b->writer.result->as_of_days + (days < LEAST_DAYS ? LEAST_DAYS
                                                       : days > 36500    ? 36500
                                                                         : (int64_t)days);
    }
    return count;
}

static pb_str quarter_of(builder *b, int64_t day)
{
    int year, month, date;
    pb_date_to_civil(day, &year, &month, &date);
    char *text = pb_arena_printf(b->arena, "%d Q%d", year, (month + 2) / 3);
    return pb_str_c(text);
}

static const char *kind_of(const plan_step *step)
{
    const audit_finding *finding = step->finding;
    if (finding->failing > 0 && finding->fixable == finding->failing)
        return PB_MSG("accept the suggestions");
    if (step->hours <= QUICK_HOURS)
        return PB_MSG("quick win");
    if (pb_str_is(finding->control->effort_unit, "minutes_once"))
        return PB_MSG("change once");
    return PB_MSG("mend record by record");
}

static const char *urgency_of(const plan_step *step)
{
    switch (step->finding->control->grade) {
    case MODEL_ESSENTIAL:
        return PB_MSG("at once");
    case MODEL_IMPORTANT:
        return PB_MSG("soon");
    case MODEL_DESIRABLE:
        break;
    }
    return PB_MSG("when there is time");
}

static void number_cell(table_builder *table, double value)
{
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .text = build_in_unit(table->b, REPORT_HOURS, value),
                                    .number = value});
}

static void money_cell(table_builder *table, double hours)
{
    const report_input *input = table->b->writer.report;
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    double minor = round(hours * (double)input->hourly_rate);
    report_amount(&table->b->writer, (int64_t)minor, input->hourly_currency, &text);
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .text = build_keep(table->b, &text),
                                    .number = minor / 100});
}

static void steps_table(builder *b, const plan_step *steps, size_t count)
{
    bool rate = b->writer.report->hourly_rate > 0;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("Step"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Grade"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Kind of work"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Urgency"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Hours"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Hours saved by suggestions"), REPORT_CELL_NUMBER);
    if (rate)
        build_column(&table, PB_MSG("Cost"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Quarter"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Due (proposed)"), REPORT_CELL_DATE);
    build_column(&table, PB_MSG("Responsible"), REPORT_CELL_VALUE);
    for (size_t i = 0; i < count; i++) {
        const plan_step *step = &steps[i];
        const audit_control *control = step->finding->control;
        build_cell(&table, (report_cell){.kind = REPORT_CELL_TEXT,
                                         .text = build_title(b, step->finding),
                                         .target = control->id,
                                         .number = NAN});
        build_cell_text(&table, pb_str_c(report_grade(&b->writer, control->grade)));
        build_cell_text(&table, build_say(b, kind_of(step), NULL));
        build_cell_text(&table, build_say(b, urgency_of(step), NULL));
        number_cell(&table, step->hours);
        number_cell(&table, step->saved);
        if (rate)
            money_cell(&table, step->hours - step->saved);
        build_cell_value(&table, quarter_of(b, step->due));
        build_cell_date(&table, true, step->due);
        build_cell_value(&table, PB_STR_NONE); /* to be filled in by whoever hands out the work */
    }
    build_table_block(&table, build_say(b, PB_MSG("Steps"), NULL), PB_STR_NONE, PB_STR_NONE);
}

/* Hours by quarter and grade. */
static void by_quarter(builder *b, const plan_step *steps, size_t count)
{
    chart_builder chart = build_chart(b, REPORT_STACKED, REPORT_HOURS);
    double hours[MODEL_ESSENTIAL + 1][MAX_QUARTERS] = {{0}};
    for (size_t i = 0; i < count; i++) {
        pb_str quarter = quarter_of(b, steps[i].due);
        size_t at = 0;
        while (at < chart.label_count && !pb_str_eq(chart.labels[at], quarter))
            at++;
        if (at == chart.label_count && at == MAX_QUARTERS)
            at--; /* the last stands for all that come later */
        else if (at == chart.label_count)
            build_label(&chart, quarter, REPORT_PLAIN);
        hours[steps[i].finding->control->grade][at] += steps[i].hours;
    }
    for (int grade = MODEL_ESSENTIAL; grade >= MODEL_DESIRABLE; grade--)
        build_series(&chart, pb_str_c(report_grade(&b->writer, (model_grade)grade)),
                     build_grade_tone((model_grade)grade), hours[grade]);
    chart.chart.label_of = build_say(b, PB_MSG("Quarter"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Hours by quarter"), NULL),
                      build_say(b, PB_MSG("Work that ends in each quarter, in hours."), NULL));
}

static void summary(builder *b, const plan_step *steps, size_t count)
{
    const report_input *input = b->writer.report;
    int week = input->hours_a_week > 0 ? input->hours_a_week : HOURS_A_WEEK;
    double hours = 0, saved = 0;
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    for (size_t i = 0; i < count; i++) {
        hours += steps[i].hours;
        saved += steps[i].saved;
    }
    report_say(&b->writer, &text,
               PB_MSG("All of it takes about {hours} hours by hand; accepting suggestions saves "
                      "{saved} of them. At {week} hours a week it is done by {date}."),
               "hours", PB_ARG(build_in_unit(b, REPORT_HOURS, hours)), "saved",
               PB_ARG(build_in_unit(b, REPORT_HOURS, saved)), "week",
               report_int(&b->writer, (uint64_t)week), "date",
               PB_ARG(build_date(b, steps[count - 1].due)), NULL);
    pb_buf_byte(&text, ' ');
    if (input->hourly_rate > 0) {
        PB_AUTO_BUF cost = PB_BUF_INIT(256), worth = PB_BUF_INIT(256);
        report_amount(&b->writer, (int64_t)round((hours - saved) * (double)input->hourly_rate),
                      input->hourly_currency, &cost);
        report_amount(&b->writer, (int64_t)round(saved * (double)input->hourly_rate),
                      input->hourly_currency, &worth);
        report_say(
            &b->writer, &text,
            PB_MSG("At the rate given that costs {cost}; the suggestions are worth {worth}."),
            "cost", pb_buf_cstr(&cost), "worth", pb_buf_cstr(&worth), NULL);
    } else {
        report_say(&b->writer, &text,
                   PB_MSG("With --hourly-rate the plan says what that costs and is worth."), NULL);
    }
    build_text(b, PB_STR_NONE, build_keep(b, &text), REPORT_PLAIN);
}

void part_plan(builder *b)
{
    plan_step *steps = pb_arena_array(b->arena, b->writer.failed_count + 1, sizeof *steps);
    if (steps == NULL) {
        b->failed = true;
        return;
    }
    size_t count = lay_out(b, steps);
    if (count == 0)
        return;
    build_section(b, "plan", PB_MSG("Plan"), true);
    summary(b, steps, count);
    by_quarter(b, steps, count);
    steps_table(b, steps, count);
    build_section_end(b);
}
