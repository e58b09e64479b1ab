/* The findings themselves: criterion, condition, cause, effect, recommendation, evidence. */
#include "build.h"
#include "evidence.h"

#include <math.h>

/* Facts of one finding, being gathered. */
typedef struct fact_list {
    builder *b;
    report_fact *items;
    size_t count, capacity;
} fact_list;

static void add(fact_list *list, const char *label, pb_str text, double share)
{
    report_fact fact = {build_say(list->b, label, NULL), text, REPORT_CELL_TEXT, share};
    if (!pb_str_empty(text) &&
        !PB_PUSH(list->b->arena, list->items, list->count, list->capacity, fact))
        list->b->failed = true;
}

static void add_text(fact_list *list, const audit_finding *finding, const char *label, pb_str id)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (pb_str_empty(id))
        return;
    report_control_text(&list->b->writer, finding, id, &text);
    add(list, label, build_keep(list->b, &text), NAN);
}

static void add_condition(fact_list *list, const audit_finding *finding)
{
    builder *b = list->b;
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    double share = NAN;
    if (finding->outcome == AUDIT_COULD_NOT_RUN)
        report_reason(&b->writer, finding, &text);
    else
        report_condition(&b->writer, finding, &text);
    if (finding->relative && finding->outcome != AUDIT_COULD_NOT_RUN) {
        report_gap(&b->writer, &text);
        report_say(&b->writer, &text,
                   PB_MSG("Ages are measured from {date}, the newest date in the source."), "date",
                   PB_ARG(build_date(b, b->writer.result->reference_days)), NULL);
    }
    if (finding->outcome == AUDIT_FAIL && finding->population > 0)
        share = (double)finding->failing / (double)finding->population;
    add(list, PB_MSG("Condition"), build_keep(b, &text), share);
}

static void add_maps(fact_list *list, const audit_control *control)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    for (size_t i = 0; i < control->map_count; i++) {
        if (i > 0)
            pb_buf_addc(&text, ", ");
        /* FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE */
        pb_buf_printf(&text, "\xE2\x81\xA8%.*s %.*s\xE2\x81\xA9", PB_STR_FMT(control->maps[i].name),
                      PB_STR_FMT(control->maps[i].clause));
    }
    add(list, PB_MSG("Asked for by"), build_keep(list->b, &text), NAN);
}

static fact_list facts_of(builder *b, const audit_finding *finding)
{
    const audit_control *control = finding->control;
    PB_AUTO_BUF effort = PB_BUF_INIT(256);
    fact_list list = {.b = b};
    add_text(&list, finding, PB_MSG("Criterion"), control->criterion);
    add_condition(&list, finding);
    if (finding->outcome == AUDIT_WAIVED)
        return list;
    if (finding->outcome != AUDIT_COULD_NOT_RUN) {
        add_text(&list, finding, PB_MSG("Why it matters"), control->why);
        add_text(&list, finding, PB_MSG("Cause"), control->cause);
        add_text(&list, finding, PB_MSG("Effect"), control->effect);
        add_text(&list, finding, PB_MSG("Recommendation"), control->remedy);
        report_effort(&b->writer, finding, &effort);
        add(&list, PB_MSG("Effort"), build_keep(b, &effort), NAN);
    }
    add_maps(&list, control);
    return list;
}

static void put_item(builder *b, const audit_finding *finding)
{
    const audit_control *control = finding->control;
    report_item *item = pb_arena_alloc(b->arena, sizeof *item);
    if (item == NULL) {
        b->failed = true;
        return;
    }
    fact_list facts = facts_of(b, finding);
    *item = (report_item){.finding = finding,
                          .id = control->id,
                          .title = build_title(b, finding),
                          .badge = pb_str_c(report_grade(&b->writer, control->grade)),
                          .tone = build_grade_tone(control->grade),
                          .facts = facts.items,
                          .fact_count = facts.count};
    if (finding->outcome == AUDIT_WAIVED)
        item->lead = build_say(b, PB_MSG("Accepted by {who} until {date}: {why}"), "who",
                               PB_ARG(finding->waived_by), "date", PB_ARG(finding->waived_until),
                               "why", PB_ARG(finding->waived_why), NULL);
    else if (finding->outcome != AUDIT_COULD_NOT_RUN)
        item->evidence = evidence_table(b, finding);
    build_block(b, (report_block){.kind = REPORT_BLOCK_FINDING, .item = item});
}

static double count_of(builder *b, pb_str area, model_grade grade)
{
    size_t count = 0;
    for (size_t i = 0; i < b->writer.failed_count; i++) {
        const audit_control *control = b->writer.failed[i]->control;
        count += control->grade == grade && pb_str_eq(control->area, area);
    }
    return (double)count;
}

/* Findings of each area, by grade. */
static void by_grade(builder *b)
{
    const audit_catalogue *catalogue = b->writer.report->catalogue;
    chart_builder chart = build_chart(b, REPORT_STACKED, REPORT_COUNT);
    double *values = pb_arena_array(b->arena, catalogue->area_count + 1, sizeof *values);
    size_t *areas = pb_arena_array(b->arena, catalogue->area_count + 1, sizeof *areas);
    if (values == NULL || areas == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < catalogue->area_count; i++) {
        double all = 0;
        for (int grade = MODEL_ESSENTIAL; grade >= MODEL_DESIRABLE; grade--)
            all += count_of(b, catalogue->areas[i].id, (model_grade)grade);
        if (all <= 0)
            continue;
        areas[chart.label_count] = i;
        build_label(&chart, pb_translate_str(b->writer.catalog, catalogue->areas[i].title),
                    REPORT_PLAIN);
    }
    if (chart.label_count == 0)
        return;
    for (int grade = MODEL_ESSENTIAL; grade >= MODEL_DESIRABLE; grade--) {
        for (size_t i = 0; i < chart.label_count; i++)
            values[i] = count_of(b, catalogue->areas[areas[i]].id, (model_grade)grade);
        build_series(&chart, pb_str_c(report_grade(&b->writer, (model_grade)grade)),
                     build_grade_tone((model_grade)grade), values);
    }
    chart.chart.label_of = build_say(b, PB_MSG("Area"), NULL);
    build_chart_block(&chart, build_say(b, PB_MSG("Findings by area and grade"), NULL),
                      build_counted(b,
                                    PB_MSG_N("{count} finding, by the area it belongs to.",
                                             "{count} findings, by the area they belong to."),
                                    b->writer.failed_count));
}

static void about_masks(builder *b)
{
    build_text(
        b, PB_STR_NONE,
        b->writer.report->show_values
            ? build_say(b,
                        PB_MSG("Personal values are shown as they are. Give this report only to "
                               "people who may see them."),
                        NULL)
            : build_say(b,
                        PB_MSG("Personal values in the samples are masked; the ids of records "
                               "and the names of owners are not, so that the findings can be "
                               "acted on. Whoever may see the values makes the report with "
                               "--show-values."),
                        NULL),
        REPORT_SOFT);
}

void part_findings(builder *b)
{
    build_section(b, "findings", PB_MSG("Findings"), true);
    if (b->writer.failed_count == 0)
        build_text(b, PB_STR_NONE,
                   build_say(b,
                             PB_MSG("Nothing fails. What could not be examined is listed below."),
                             NULL),
                   REPORT_PLAIN);
    else
        about_masks(b);
    by_grade(b);
    for (size_t i = 0; i < b->writer.failed_count; i++)
        put_item(b, b->writer.failed[i]);
    build_section_end(b);
    build_section(b, "accepted", PB_MSG("Accepted for now"), false);
    for (size_t i = 0; i < b->writer.result->finding_count; i++)
        if (b->writer.result->findings[i].outcome == AUDIT_WAIVED)
            put_item(b, &b->writer.result->findings[i]);
    build_section_end(b);
}

/* What passes by a rule of the workspace's own is told with that rule. */
static pb_str passed_title(builder *b, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_control_text(&b->writer, finding, finding->control->title, &text);
    if (finding->control->limit_set) {
        pb_buf_addc(&text, " · ");
        report_limit_set(&b->writer, finding->control, &text);
    }
    return build_keep(b, &text);
}

void part_passed(builder *b)
{
    table_builder table = build_table(b);
    build_section(b, "passed", PB_MSG("What is in order"), true);
    build_column(&table, PB_MSG("Control"), REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Examined"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Failing"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < b->writer.result->finding_count; i++) {
        const audit_finding *finding = &b->writer.result->findings[i];
        if (finding->outcome != AUDIT_PASS)
            continue;
        build_cell(&table, (report_cell){.kind = REPORT_CELL_TEXT,
                                         .text = passed_title(b, finding),
                                         .note = finding->control->id,
                                         .number = NAN});
        build_cell_int(&table, finding->population);
        build_cell_int(&table, finding->failing);
    }
    build_table_block(&table, PB_STR_NONE, PB_STR_NONE, PB_STR_NONE);
    build_section_end(b);
}
