/* Who uses the system: figures, and no judgement. */
#include "build.h"

enum { MAX_USERS = 200, MAX_BARS = 20 };

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
        if (usage->amount_currency.ptr != NULL)
            report_amount(&b->writer, usage->won_amount, usage->amount_currency, &amount);
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

void part_usage(builder *b)
{
    if (b->writer.result->usage_count == 0)
        return;
    build_section(b, "usage", PB_MSG("Who uses the system"), true);
    deals(b);
    by_person(b);
    build_section_end(b);
}
