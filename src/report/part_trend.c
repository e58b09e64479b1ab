/* What became of it since earlier audits: marks over time, what is new, mended, better, worse. */
#include "compare.h"
#include "trend.h"

#include <math.h>

enum { MAX_AREAS = 5 };

static const struct {
    const char *title;
    report_tone tone;
} kinds[TREND_KINDS] = {
    [TREND_NEW] = {PB_MSG("new"), REPORT_BAD},
    [TREND_MENDED] = {PB_MSG("mended"), REPORT_GOOD},
    [TREND_BETTER] = {PB_MSG("better"), REPORT_GOOD},
    [TREND_WORSE] = {PB_MSG("worse"), REPORT_BAD},
    [TREND_SAME] = {PB_MSG("unchanged"), REPORT_SOFT},
    [TREND_UNKNOWN] = {PB_MSG("not examined now"), REPORT_WARN},
};

static void count_cell(table_builder *table, bool known, uint64_t value)
{
    if (known)
        build_cell_int(table, value);
    else
        build_cell(table,
                   (report_cell){.kind = REPORT_CELL_NUMBER, .text = PB_STR("–"), .number = NAN});
}

static void put_row(builder *b, table_builder *table, const trend_row *row)
{
    const audit_finding *now = row->now;
    bool told = now->outcome == AUDIT_FAIL || now->outcome == AUDIT_COULD_NOT_RUN ||
                now->outcome == AUDIT_WAIVED;
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_title(b, now),
                                    .note = now->control->id,
                                    .target = told ? now->control->id : PB_STR_NONE,
                                    .number = NAN});
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_say(b, kinds[row->kind].title, NULL),
                                    .tone = kinds[row->kind].tone,
                                    .number = NAN});
    count_cell(table, row->then_asked, row->then != NULL ? row->then->failing : 0);
    count_cell(table, row->now_asked, now->failing);
    count_cell(table, row->mended != SIZE_MAX, row->mended);
}

/* Control by control against the newest earlier audit. */
static void by_control(builder *b, const trend *t)
{
    table_builder table = build_table(b);
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    build_column(&table, PB_MSG("Control"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("What became of it"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Failing then"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Failing now"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Records that pass now"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < t->row_count; i++)
        put_row(b, &table, &t->rows[i]);
    for (int kind = 0; kind < TREND_KINDS; kind++) {
        pb_buf_addc(&text, kind > 0 ? " · " : "");
        report_say(&b->writer, &text, PB_MSG("{what}: {count}"), "what",
                   pb_translate(b->writer.catalog, kinds[kind].title), "count",
                   report_int(&b->writer, t->counts[kind]), NULL);
    }
    build_table_block(&table,
                      build_say(b, PB_MSG("Since {date}"), "date",
                                PB_ARG(build_date(b, t->newest->as_of_days)), NULL),
                      build_keep(b, &text),
                      build_say(b,
                                PB_MSG("Mended is only what this run proves: the control was asked "
                                       "again and passes. Records are known by their id, field and "
                                       "file."),
                                NULL));
}

/* Controls that failed then and that the rules of today do not have. */
static void gone(builder *b, const trend *t)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (t->gone_count == 0)
        return;
    report_say(&b->writer, &text,
               PB_MSG("Failed then and no longer among the rules, so nothing is known of them:"),
               NULL);
    for (size_t i = 0; i < t->gone_count; i++)
        pb_buf_printf(&text, "%s %.*s", i > 0 ? "," : "", PB_STR_FMT(t->gone[i]->control));
    build_text(b, PB_STR_NONE, build_keep(b, &text), REPORT_WARN);
}

/* What makes the two hard to compare is said before any figure. */
static void differences(builder *b, const trend *t)
{
    if (t->rules_differ)
        build_text(b, PB_STR_NONE,
                   build_say(b,
                             PB_MSG("The rules are not those of {date}: what differs may come from "
                                    "the rules and not from the records."),
                             "date", PB_ARG(build_date(b, t->newest->as_of_days)), NULL),
                   REPORT_WARN);
    if (t->title_differs)
        build_text(b, PB_STR_NONE,
                   build_say(b, PB_MSG("The earlier report is of “{then}”, this one of “{now}”."),
                             "then", PB_ARG(t->newest->title), "now",
                             PB_ARG(b->writer.report->title), NULL),
                   REPORT_WARN);
    if (t->same_files)
        build_text(
            b, PB_STR_NONE,
            build_say(b, PB_MSG("The files are the very same, byte for byte, as then."), NULL),
            REPORT_PLAIN);
}

static void marks_over_time(builder *b, const trend *t)
{
    const audit_result *result = b->writer.result;
    size_t count = t->audit_count;
    chart_builder chart = build_chart(b, REPORT_LINES, REPORT_MARK);
    double *values = pb_arena_array(b->arena, count + 1, sizeof *values);
    if (values == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        build_label(&chart, build_date(b, t->audits[i]->as_of_days), REPORT_PLAIN);
        values[i] = t->audits[i]->score;
    }
    build_label(&chart, build_date(b, result->as_of_days), REPORT_PLAIN);
    values[count] = result->overall.letter != '-' ? result->overall.score : NAN;
    build_series(&chart, build_say(b, PB_MSG("Overall"), NULL), REPORT_PLAIN, values);
    size_t marked = 0;
    for (size_t a = 0; a < result->area_count; a++) {
        const audit_mark *area = &result->areas[a];
        if (area->letter == '-' || marked++ >= MAX_AREAS)
            continue;
        for (size_t i = 0; i < count; i++)
            values[i] = compare_area(t->audits[i], area->name);
        values[count] = area->score;
        build_series(&chart, report_mark_label(&b->writer, area), REPORT_PLAIN, values);
    }
    chart.chart.max = 100;
    chart.chart.label_of = build_say(b, PB_MSG("Day of the audit"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Marks over time"), NULL),
                      build_say(b,
                                PB_MSG("Marks of {count} audits: overall, and {shown} of {areas} "
                                       "areas."),
                                "count", report_int(&b->writer, count + 1), "shown",
                                report_int(&b->writer, chart.series_count - 1), "areas",
                                report_int(&b->writer, marked), NULL));
}

void part_trend(builder *b)
{
    trend t;
    if (!trend_make(b, &t))
        return;
    build_section(b, "trend", PB_MSG("What became of it"), true);
    differences(b, &t);
    marks_over_time(b, &t);
    by_control(b, &t);
    gone(b, &t);
    build_section_end(b);
}
