/* The plan: steps by grade and effort, hours by quarter, what it costs where a rate is given. */
#include "plan.h"

#include <math.h>

enum { MAX_QUARTERS = 20 };

static const char *kind_text(plan_kind kind)
{
    switch (kind) {
    case PLAN_ACCEPT:
        return PB_MSG("accept the suggestions");
    case PLAN_QUICK:
        return PB_MSG("quick win");
    case PLAN_ONCE:
        return PB_MSG("change once");
    case PLAN_EACH:
        break;
    }
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
    int64_t minor = plan_cost(table->b, hours);
    report_amount(&table->b->writer, minor, input->hourly_currency, &text);
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .text = build_keep(table->b, &text),
                                    .number = (double)minor / 100});
}

static void steps_table(builder *b, const plan *p)
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
    for (size_t i = 0; i < p->step_count; i++) {
        const plan_step *step = &p->steps[i];
        const audit_control *control = step->finding->control;
        build_cell(&table, (report_cell){.kind = REPORT_CELL_TEXT,
                                         .text = build_title(b, step->finding),
                                         .target = control->id,
                                         .number = NAN});
        build_cell_text(&table, pb_str_c(report_grade(&b->writer, control->grade)));
        build_cell_text(&table, build_say(b, kind_text(step->kind), NULL));
        build_cell_text(&table, build_say(b, urgency_of(step), NULL));
        number_cell(&table, step->hours);
        number_cell(&table, step->saved);
        if (rate)
            money_cell(&table, step->hours - step->saved);
        build_cell_value(&table, pb_str_c(step->quarter));
        build_cell_date(&table, true, step->due);
        build_cell_value(&table, PB_STR_NONE); /* to be filled in by whoever hands out the work */
    }
    build_table_block(&table, build_say(b, PB_MSG("Steps"), NULL), PB_STR_NONE, PB_STR_NONE);
}

/* Hours by quarter and grade. */
static void by_quarter(builder *b, const plan *p)
{
    chart_builder chart = build_chart(b, REPORT_STACKED, REPORT_HOURS);
    double hours[MODEL_ESSENTIAL + 1][MAX_QUARTERS] = {{0}};
    for (size_t i = 0; i < p->step_count; i++) {
        pb_str quarter = pb_arena_str(b->arena, pb_str_c(p->steps[i].quarter));
        size_t at = 0;
        while (at < chart.label_count && !pb_str_eq(chart.labels[at], quarter))
            at++;
        if (at == chart.label_count && at == MAX_QUARTERS)
            at--; /* the last stands for all that come later */
        else if (at == chart.label_count)
            build_label(&chart, quarter, REPORT_PLAIN);
        hours[p->steps[i].finding->control->grade][at] += p->steps[i].hours;
    }
    for (int grade = MODEL_ESSENTIAL; grade >= MODEL_DESIRABLE; grade--)
        build_series(&chart, pb_str_c(report_grade(&b->writer, (model_grade)grade)),
                     build_grade_tone((model_grade)grade), hours[grade]);
    chart.chart.label_of = build_say(b, PB_MSG("Quarter"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Hours by quarter"), NULL),
                      build_say(b, PB_MSG("Work that ends in each quarter, in hours."), NULL));
}

/* “1 hour”, “0.3 hours”: as it is written decides, not what it is to the minute. */
static pb_str hours_text(builder *b, double hours)
{
    bool one = round(hours * 10) <= 10 && round(hours * 10) >= 10;
    return build_say_n(b, PB_MSG_N("{count} hour", "{count} hours"), one ? 1 : 2, "count",
                       PB_ARG(build_in_unit(b, REPORT_HOURS, hours)), NULL);
}

static void summary(builder *b, const plan *p)
{
    const report_input *input = b->writer.report;
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    bool saves = round(p->saved * 10) >= 1;
    report_say(
        &b->writer, &text,
        saves ? PB_MSG("All of it takes about {work} by hand; accepting suggestions saves {saved} "
                       "of that. At {pace} it is done by {date}.")
              : PB_MSG("All of it takes about {work} by hand. At {pace} it is done by {date}."),
        "work", PB_ARG(hours_text(b, p->hours)), "saved", PB_ARG(hours_text(b, p->saved)), "pace",
        report_counted(&b->writer, PB_MSG_N("{count} hour a week", "{count} hours a week"),
                       (uint64_t)p->hours_a_week),
        "date", PB_ARG(build_date(b, p->done)), NULL);
    report_gap(&b->writer, &text);
    if (input->hourly_rate > 0) {
        PB_AUTO_BUF cost = PB_BUF_INIT(256), worth = PB_BUF_INIT(256);
        report_amount(&b->writer, plan_cost(b, p->hours - p->saved), input->hourly_currency, &cost);
        report_amount(&b->writer, plan_cost(b, p->saved), input->hourly_currency, &worth);
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
    plan p;
    if (!plan_make(b, &p))
        return;
    build_section(b, "plan", PB_MSG("Plan"), true);
    summary(b, &p);
    by_quarter(b, &p);
    steps_table(b, &p);
    build_section_end(b);
}
