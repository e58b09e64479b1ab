/* How old the knowledge is, and what becomes of it if nobody touches it. */
#include "build.h"

enum { BIN_MONTHS = 3, BINS = (AUDIT_AGE_MONTHS + BIN_MONTHS - 1) / BIN_MONTHS, MAX_LINES = 6 };

static bool is_whole(const audit_decay *decay)
{
    return decay->field == NULL && decay->owner.ptr == NULL && decay->records > 0;
}

static pb_str months_label(builder *b, size_t from, size_t to)
{
    return to >= AUDIT_AGE_MONTHS
               ? build_say(b, PB_MSG("{from} and more"), "from", report_int(&b->writer, from), NULL)
               : build_say(b, PB_MSG("{from}–{to}"), "from", report_int(&b->writer, from), "to",
                           report_int(&b->writer, to), NULL);
}

/* Records of one entity by age. */
static void histogram(builder *b, const audit_decay *decay)
{
    chart_builder chart = build_chart(b, REPORT_COLUMNS, REPORT_COUNT);
    double values[BINS] = {0};
    size_t bin = 0;
    for (size_t from = 0; from < AUDIT_AGE_MONTHS; from += BIN_MONTHS, bin++) {
        size_t to = from + BIN_MONTHS;
        bool late = (int64_t)(from * 30) >= decay->limit_days && decay->limit_days > 0;
        for (size_t m = from; m < to && m < AUDIT_AGE_MONTHS; m++)
            values[bin] += decay->months[m];
        build_label(&chart, months_label(b, from, to), late ? REPORT_BAD : REPORT_GOOD);
    }
    chart.chart.label_of = build_say(b, PB_MSG("Months since the last touch"), NULL);
    build_series(&chart, build_say(b, PB_MSG("Records"), NULL), REPORT_PLAIN, values);
    build_chart_block(
        &chart,
        build_say(b, PB_MSG("Age of {entities}"), "entities",
                  PB_ARG(pb_translate_str(b->writer.catalog, decay->entity->plural)), NULL),
        build_say(
            b,
            PB_MSG("Records by months since they were touched last. Beyond {limit} days they "
                   "count as out of date: {now} today, {soon} in {ahead} days if work goes on "
                   "as before."),
            "limit", report_int(&b->writer, (uint64_t)decay->limit_days), "now",
            PB_ARG(build_share(b, decay->share_now)), "soon",
            PB_ARG(build_share(b, decay->share_in_90_days)), "ahead",
            report_int(&b->writer, AUDIT_DECAY_AHEAD), NULL));
}

/* The share of records that is older than so many months, for each entity. */
static void curves(builder *b)
{
    const audit_result *result = b->writer.result;
    chart_builder chart = build_chart(b, REPORT_LINES, REPORT_SHARE);
    double values[AUDIT_AGE_MONTHS];
    for (size_t m = 0; m < AUDIT_AGE_MONTHS; m++)
        build_label(&chart, build_int(b, m), REPORT_PLAIN);
    for (size_t i = 0; i < result->decay_count && chart.series_count < MAX_LINES; i++) {
        const audit_decay *decay = &result->decay[i];
        double left = (double)decay->records;
        if (!is_whole(decay))
            continue;
        for (size_t m = 0; m < AUDIT_AGE_MONTHS; m++) {
            values[m] = left / (double)decay->records;
            left -= decay->months[m];
        }
        build_series(&chart, pb_translate_str(b->writer.catalog, decay->entity->plural),
                     REPORT_PLAIN, values);
    }
    chart.chart.max = 1;
    chart.chart.label_of = build_say(b, PB_MSG("Months"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("How knowledge ages"), NULL),
                      build_say(b,
                                PB_MSG("Share of the records that nobody touched for so many "
                                       "months or longer."),
                                NULL));
}

static void row(builder *b, table_builder *table, const audit_decay *decay)
{
    const pb_catalog *catalog = b->writer.catalog;
    pb_str what = pb_translate_str(catalog, decay->entity->plural);
    if (decay->field != NULL)
        what = build_say(b, PB_MSG("{entities}: {field}"), "entities", PB_ARG(what), "field",
                         PB_ARG(pb_translate_str(catalog, decay->field->label)), NULL);
    build_cell_text(table, what);
    build_cell_int(table, decay->records);
    build_cell_int(table, (uint64_t)decay->limit_days);
    build_cell_int(table, (uint64_t)decay->median_age_days);
    build_cell_share(table, decay->share_now, REPORT_BAD);
    build_cell_share(table, decay->share_in_90_days, REPORT_BAD);
    build_cell_int(table, decay->undated);
}

static void outlook(builder *b)
{
    const audit_result *result = b->writer.result;
    table_builder table = build_table(b);
    build_column(&table, PB_MSG("What"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Records"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Good for (days)"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Median age (days)"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Out of date today"), REPORT_CELL_SHARE);
    build_column(&table, PB_MSG("In three months"), REPORT_CELL_SHARE);
    build_column(&table, PB_MSG("Age not known"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < result->decay_count; i++)
        if (result->decay[i].owner.ptr == NULL && result->decay[i].records > 0)
            row(b, &table, &result->decay[i]);
    build_table_block(
        &table, build_say(b, PB_MSG("Outlook"), NULL),
        build_say(
            b,
            PB_MSG("What is out of date today stays so; of what passes its time in the next "
                   "{days} days, the share is taken off that was touched in the last {days}."),
            "days", report_int(&b->writer, AUDIT_DECAY_AHEAD), NULL),
        PB_STR_NONE);
}

void part_decay(builder *b)
{
    const audit_result *result = b->writer.result;
    build_section(b, "decay", PB_MSG("How old the knowledge is"), true);
    curves(b);
    for (size_t i = 0; i < result->decay_count; i++)
        if (is_whole(&result->decay[i]))
            histogram(b, &result->decay[i]);
    outlook(b);
    build_section_end(b);
}
