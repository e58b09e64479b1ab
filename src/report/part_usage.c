/* Who uses the system: figures, and no judgement. */
#include "build.h"

enum { MAX_USERS = 200, MAX_BARS = 20, MAX_SPARKS = 24, FEW_WEEKS = 4 };

static const char *const kind_names[AUDIT_KIND_COUNT] = {
    [AUDIT_CALL] = PB_MSG("Calls"),       [AUDIT_EMAIL] = PB_MSG("E-mails"),
    [AUDIT_VISIT] = PB_MSG("Visits"),     [AUDIT_MEETING] = PB_MSG("Meetings"),
    [AUDIT_MESSAGE] = PB_MSG("Messages"), [AUDIT_TASK] = PB_MSG("Tasks"),
    [AUDIT_NOTE] = PB_MSG("Notes"),       [AUDIT_OTHER_ACTIVITY] = PB_MSG("Other"),
};

static void by_person(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("User"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Records"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Open deals"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Won"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Lost"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Value won"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Activities"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("First entry"), REPORT_CELL_DATE);
    build_column(&table, PB_MSG("Last entry"), REPORT_CELL_DATE);
    for (size_t i = 0; i < result->usage_count && i < MAX_USERS; i++) {
        const audit_usage *usage = &result->usage[i];
        PB_AUTO_BUF amount = PB_BUF_INIT(256);
        build_cell_value(&table, usage->owner);
        build_cell_int(&table, usage->records);
        build_cell_int(&table, usage->open);
        build_cell_int(&table, usage->won);
        build_cell_int(&table, usage->lost);
        report_amounts(&b->writer, usage->won_amount, usage->amount_currency, &usage->won_sums,
                       &amount);
        build_cell(&table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                         .text = build_keep(b, &amount),
                                         .number = (double)usage->won_amount / 100});
        build_cell_int(&table, usage->activities);
        build_cell_date(&table, usage->has_days, usage->first_day);
        build_cell_date(&table, usage->has_days, usage->last_day);
    }
    build_table_block(
        &table, PB_STR_NONE,
        build_say(b, PB_MSG("Counted, not judged: what is recorded under each name."), NULL),
        PB_STR_NONE);
}

/* Deals of each user, by what came of them. */
static void deals(builder *b)
{
    const audit_result *result = b->writer.result;
    chart_builder chart = build_chart(b, REPORT_STACKED, REPORT_COUNT);
    double won[MAX_BARS], lost[MAX_BARS], open[MAX_BARS];
    for (size_t i = 0; i < result->usage_count && chart.label_count < MAX_BARS; i++) {
        const audit_usage *usage = &result->usage[i];
        if (usage->won + usage->lost + usage->open == 0)
            continue;
        won[chart.label_count] = (double)usage->won;
        lost[chart.label_count] = (double)usage->lost;
        open[chart.label_count] = (double)usage->open;
        build_label(&chart, usage->owner, REPORT_PLAIN);
    }
    if (chart.label_count == 0)
        return;
    chart.chart.label_of = build_say(b, PB_MSG("User"), NULL);
    chart.chart.table_beside = true;
    build_series(&chart, build_say(b, PB_MSG("Won"), NULL), REPORT_PLAIN, won);
    build_series(&chart, build_say(b, PB_MSG("Lost"), NULL), REPORT_PLAIN, lost);
    build_series(&chart, build_say(b, PB_MSG("Open deals"), NULL), REPORT_PLAIN, open);
    build_chart_block(
        &chart, build_say(b, PB_MSG("Deals by user"), NULL),
        build_say(b, PB_MSG("Deals recorded under each name: won, lost, open."), NULL));
}

/* Entries of a person in a week: records made and activities. */
static double entries(const audit_usage *usage, size_t week)
{
    double sum = 0;
    for (size_t flow = 0; flow <= AUDIT_FLOW_ACTIVITIES; flow++)
        sum += usage->weeks[flow] != NULL ? usage->weeks[flow][week] : 0;
    return sum;
}

static bool has_weeks(const audit_usage *usage)
{
    return usage->weeks[AUDIT_FLOW_CREATED] != NULL || usage->weeks[AUDIT_FLOW_ACTIVITIES] != NULL;
}

/* The first week in which anybody entered anything: what lies before is no silence. */
static size_t first_week(const audit_result *result)
{
    for (size_t week = 0; week + FEW_WEEKS < AUDIT_WEEKS; week++)
        for (size_t i = 0; i < result->usage_count; i++)
            if (has_weeks(&result->usage[i]) && entries(&result->usage[i], week) > 0)
                return week;
    return AUDIT_WEEKS - FEW_WEEKS;
}

static void week_labels(builder *b, chart_builder *chart, size_t from)
{
    for (size_t week = from; week < AUDIT_WEEKS; week++)
        build_label(chart, build_date(b, b->writer.result->usage_first_week + 7 * (int64_t)week),
                    REPORT_PLAIN);
    chart->chart.label_of = build_say(b, PB_MSG("Week from"), NULL);
}

/* A line for each person, on one scale, so that who stopped is seen at once. */
static void by_week(builder *b)
{
    const audit_result *result = b->writer.result;
    size_t from = first_week(result), shown = 0, all = 0;
    chart_builder chart = build_chart(b, REPORT_SPARKS, REPORT_COUNT);
    double values[AUDIT_WEEKS], sum = 0;
    week_labels(b, &chart, from);
    for (size_t i = 0; i < result->usage_count; i++) {
        if (!has_weeks(&result->usage[i]))
            continue;
        all++;
        if (shown == MAX_SPARKS)
            continue;
        for (size_t week = from; week < AUDIT_WEEKS; week++)
            sum += values[week - from] = entries(&result->usage[i], week);
        build_series(&chart, result->usage[i].owner, REPORT_PLAIN, values);
        shown++;
    }
    if (sum <= 0)
        return;
    chart.chart.elsewhere = build_say(
        b, PB_MSG("The figures of each week are in findings.xlsx and report.json."), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Entries by week and user"), NULL),
                      build_say(b,
                                PB_MSG("Records made and activities in each week since {date}, "
                                       "{shown} of {count} users; at the end the best week."),
                                "date", PB_ARG(chart.labels[0]), "shown",
                                report_int(&b->writer, shown), "count", report_int(&b->writer, all),
                                NULL));
}

/* Calls, e-mails, visits, …: how many there are, and how that goes from week to week. */
static void by_kind(builder *b)
{
    const audit_result *result = b->writer.result;
    chart_builder bars = build_chart(b, REPORT_BARS, REPORT_COUNT);
    chart_builder lines = build_chart(b, REPORT_LINES, REPORT_COUNT);
    double counts[AUDIT_KIND_COUNT], values[AUDIT_WEEKS], sum = 0;
    size_t from = first_week(result);
    week_labels(b, &lines, from);
    for (size_t kind = 0; kind < AUDIT_KIND_COUNT; kind++) {
        uint64_t count = result->usage_total.kinds[kind];
        pb_str name = build_say(b, kind_names[kind], NULL);
        if (count == 0)
            continue;
        counts[bars.label_count] = (double)count;
        build_label(&bars, name, REPORT_PLAIN);
        for (size_t week = from; week < AUDIT_WEEKS; week++)
            sum += values[week - from] =
                result->kind_weeks[kind] != NULL ? result->kind_weeks[kind][week] : 0;
        build_series(&lines, name, REPORT_PLAIN, values);
    }
    bars.chart.label_of = build_say(b, PB_MSG("Kind of activity"), NULL);
    build_series(&bars, build_say(b, PB_MSG("Activities"), NULL), REPORT_PLAIN, counts);
    build_chart_block(&bars, build_say(b, PB_MSG("Activities by kind"), NULL),
                      build_say(b, PB_MSG("All activities of the source."), NULL));
    if (sum > 0)
        build_chart_block(&lines, build_say(b, PB_MSG("Activities by week and kind"), NULL),
                          build_say(b, PB_MSG("Activities that took place in each week."), NULL));
}

static void by_day_and_source(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("File"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Activities"), REPORT_CELL_NUMBER);
    for (size_t kind = 0; kind < AUDIT_KIND_COUNT; kind++)
        if (result->usage_total.kinds[kind] > 0)
            build_column(&table, kind_names[kind], REPORT_CELL_NUMBER);
    for (size_t i = 0; i < result->usage_source_count; i++) {
        const audit_usage_source *source = &result->usage_sources[i];
        build_cell_value(&table, source->source);
        build_cell_int(&table, source->activities);
        for (size_t kind = 0; kind < AUDIT_KIND_COUNT; kind++)
            if (result->usage_total.kinds[kind] > 0)
                build_cell(&table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                                 .text = build_number(b, source->per_day[kind], 1),
                                                 .number = source->per_day[kind]});
    }
    build_table_block(&table, build_say(b, PB_MSG("Activities by source and working day"), NULL),
                      build_say(b, PB_MSG("How many of each kind fall on a working day."), NULL),
                      PB_STR_NONE);
}

static void rates(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("User"), REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Entries a day"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Days with entries"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Deals closed a week"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Cases closed a week"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Last touch"), REPORT_CELL_DATE);
    for (size_t i = 0; i < result->usage_count && i < MAX_USERS; i++) {
        const audit_usage *usage = &result->usage[i];
        const double numbers[] = {usage->entries_per_day, (double)usage->days_with_entries,
                                  usage->deals_closed_per_week, usage->cases_closed_per_week};
        build_cell_value(&table, usage->owner);
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
            build_cell(&table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                             .text = build_number(b, numbers[n], 1),
                                             .number = numbers[n]});
        build_cell_date(&table, usage->last_touch != INT64_MIN, usage->last_touch);
    }
    build_table_block(&table, build_say(b, PB_MSG("How steadily"), NULL), PB_STR_NONE, PB_STR_NONE);
}

void part_usage(builder *b)
{
    if (b->writer.result->usage_count == 0)
        return;
    build_section(b, "usage", PB_MSG("Who uses the system"), true);
    deals(b);
    by_person(b);
    by_week(b);
    rates(b);
    by_kind(b);
    by_day_and_source(b);
    build_section_end(b);
}
