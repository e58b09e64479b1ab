/* Side by side: another source or a peer, and a target to reach. */
#include "build.h"

#include <math.h>

static double area_of(const report_earlier *other, pb_str area)
{
    for (size_t i = 0; i < other->area_count; i++)
        if (pb_str_eq(other->areas[i].name, area))
            return other->areas[i].score;
    return NAN;
}

static void number_cell(table_builder *table, report_unit unit, double value, report_tone tone)
{
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .text = isnan(value) ? PB_STR("–")
                                                         : build_in_unit(table->b, unit, value),
                                    .number = value,
                                    .tone = tone});
}

/* What is missing, or how much more there is: with its sign. */
static void gap_cell(table_builder *table, report_unit unit, double gap, bool more_is_better)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    report_cell cell = {.kind = REPORT_CELL_NUMBER, .number = gap};
    if (isnan(gap)) {
        pb_buf_addc(&text, "–");
    } else {
        pb_buf_addc(&text, gap > 0 ? "+" : gap < 0 ? "\xE2\x88\x92" : "");
        if (unit == REPORT_SHARE) /* points: “+1.4 %” would be read as a share of the share */
            pb_buf_add(&text, build_say(table->b, PB_MSG("{number} points"), "number",
                                        PB_ARG(build_number(table->b, fabs(gap) * 100, 1)), NULL));
        else
            pb_buf_add(&text, build_in_unit(table->b, unit, fabs(gap)));
        cell.tone = gap > 0   ? (more_is_better ? REPORT_GOOD : REPORT_BAD)
                    : gap < 0 ? (more_is_better ? REPORT_BAD : REPORT_GOOD)
                              : REPORT_PLAIN;
    }
    cell.text = build_keep(table->b, &text);
    build_cell(table, cell);
}

static table_builder side_table(builder *b, const char *what, report_cell_kind kind,
                                const char *here, pb_str there)
{
    table_builder table = build_table(b);
    build_column(&table, what, kind);
    build_column(&table, here, REPORT_CELL_NUMBER);
    build_column_str(&table, there, REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Difference"), REPORT_CELL_NUMBER);
    return table;
}

static void put_pair(table_builder *table, report_unit unit, double here, double there,
                     bool more_is_better)
{
    number_cell(table, unit, here, REPORT_PLAIN);
    number_cell(table, unit, there, REPORT_PLAIN);
    gap_cell(table, unit, here - there, more_is_better);
}

static void marks_beside(builder *b, const report_earlier *other)
{
    const audit_result *result = b->writer.result;
    chart_builder chart = build_chart(b, REPORT_BARS, REPORT_MARK);
    table_builder table =
        side_table(b, PB_MSG("Area"), REPORT_CELL_TEXT, PB_MSG("Here"), other->title);
    double *here = pb_arena_array(b->arena, result->area_count + 1, sizeof *here);
    double *there = pb_arena_array(b->arena, result->area_count + 1, sizeof *there);
    if (here == NULL || there == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i <= result->area_count; i++) {
        const audit_mark *mark = i == 0 ? &result->overall : &result->areas[i - 1];
        pb_str label =
            i == 0 ? build_say(b, PB_MSG("Overall"), NULL) : report_mark_label(&b->writer, mark);
        here[i] = mark->letter != '-' ? mark->score : NAN;
        there[i] = i == 0 ? other->score : area_of(other, mark->name);
        build_label(&chart, label, REPORT_PLAIN);
        build_cell_text(&table, label);
        put_pair(&table, REPORT_MARK, here[i], there[i], true);
    }
    chart.chart.max = 100;
    chart.chart.table_beside = true;
    chart.chart.label_of = build_say(b, PB_MSG("Area"), NULL);
    build_series(&chart, build_say(b, PB_MSG("Here"), NULL), REPORT_PLAIN, here);
    build_series(&chart, other->title, REPORT_PLAIN, there);
    build_chart_block(&chart, build_say(b, PB_MSG("Marks side by side"), NULL),
                      build_say(b, PB_MSG("Marks from 0 to 100, the longer the better."), NULL));
    build_table_block(&table, build_say(b, PB_MSG("Marks side by side"), NULL), PB_STR_NONE,
                      PB_STR_NONE);
}

static void controls_beside(builder *b, const report_earlier *other)
{
    const audit_result *result = b->writer.result;
    table_builder table =
        side_table(b, PB_MSG("Control"), REPORT_CELL_TEXT, PB_MSG("Failing here"), other->title);
    for (size_t i = 0; i < result->finding_count; i++) {
        const audit_finding *now = &result->findings[i];
        const uint64_t *place = pb_map_get(other->by_control, now->control->id);
        const report_earlier_finding *then = place != NULL ? &other->findings[*place - 1] : NULL;
        double here = now->population > 0 ? (double)now->failing / (double)now->population : NAN;
        double there = then != NULL && then->population > 0
                           ? (double)then->failing / (double)then->population
                           : NAN;
        /* Both must have asked, and one of them must have found something. */
        if (then == NULL || isnan(here) || isnan(there) ||
            (now->failing == 0 && then->failing == 0))
            continue;
        build_cell(&table, (report_cell){.kind = REPORT_CELL_TEXT,
                                         .text = build_title(b, now),
                                         .note = now->control->id,
                                         .number = NAN});
        put_pair(&table, REPORT_SHARE, here, there, false);
    }
    build_table_block(
        &table, build_say(b, PB_MSG("Shares failing side by side"), NULL),
        build_say(b, PB_MSG("Controls that both were asked, where one of them fails."), NULL),
        PB_STR_NONE);
}

static void fields_beside(builder *b, const report_earlier *other)
{
    const audit_result *result = b->writer.result;
    table_builder table =
        side_table(b, PB_MSG("Field"), REPORT_CELL_TEXT, PB_MSG("Filled here"), other->title);
    for (size_t i = 0; i < result->filled_count; i++) {
        const audit_filled *now = &result->filled[i];
        for (size_t k = 0; k < other->field_count; k++) {
            const report_earlier_field *then = &other->fields[k];
            if (!pb_str_eq(then->entity, now->entity->name) ||
                !pb_str_eq(then->field, now->field->name) || then->records == 0)
                continue;
            build_cell_text(
                &table,
                build_say(b, PB_MSG("{entities}: {field}"), "entities",
                          PB_ARG(pb_translate_str(b->writer.catalog, now->entity->plural)), "field",
                          PB_ARG(pb_translate_str(b->writer.catalog, now->field->label)), NULL));
            put_pair(&table, REPORT_SHARE, (double)now->filled / (double)now->records,
                     (double)then->filled / (double)then->records, true);
        }
    }
    build_table_block(&table, build_say(b, PB_MSG("Fields side by side"), NULL), PB_STR_NONE,
                      PB_STR_NONE);
}

void part_against(builder *b)
{
    const report_earlier *other = b->writer.report->against;
    if (other == NULL)
        return;
    build_section(b, "against", PB_MSG("Side by side"), true);
    build_text(b, PB_STR_NONE,
               build_say(b,
                         PB_MSG("Beside the audit of “{title}” of {date}, {records} records. A "
                                "dash means that one of the two was not asked."),
                         "title", PB_ARG(other->title), "date",
                         PB_ARG(build_date(b, other->as_of_days)), "records",
                         report_int(&b->writer, other->records), NULL),
               REPORT_PLAIN);
    marks_beside(b, other);
    controls_beside(b, other);
    fields_beside(b, other);
    build_section_end(b);
}

/* Where a target stands: the figure as it is, or NAN when nothing was asked. */
static double mark_now(const audit_result *result, pb_str what)
{
    if (pb_str_is(what, "overall"))
        return result->overall.letter != '-' ? result->overall.score : NAN;
    for (size_t i = 0; i < result->area_count; i++)
        if (pb_str_eq(result->areas[i].name, what))
            return result->areas[i].letter != '-' ? result->areas[i].score : NAN;
    return NAN;
}

static const audit_finding *finding_now(const audit_result *result, pb_str control)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (pb_str_eq(result->findings[i].control->id, control))
            return &result->findings[i];
    return NULL;
}

static double failing_now(const audit_result *result, pb_str control)
{
    const audit_finding *finding = finding_now(result, control);
    return finding != NULL && finding->population > 0
               ? (double)finding->failing / (double)finding->population
               : NAN;
}

static const audit_filled *filled_of(const audit_result *result, pb_str what)
{
    pb_str rest = what, entity;
    pb_str_split(&rest, '.', &entity);
    for (size_t i = 0; i < result->filled_count; i++)
        if (pb_str_eq(result->filled[i].entity->name, entity) &&
            pb_str_eq(result->filled[i].field->name, rest))
            return &result->filled[i];
    return NULL;
}

static void target_row(table_builder *table, pb_str label, pb_str id, report_unit unit, double now,
                       double aim, bool more_is_better)
{
    builder *b = table->b;
    bool reached = !isnan(now) && (more_is_better ? now >= aim : now <= aim);
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = label,
                                    .note = pb_str_eq(label, id) ? PB_STR_NONE : id,
                                    .number = NAN});
    put_pair(table, unit, now, aim, more_is_better);
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_say(b,
                                                      isnan(now) ? PB_MSG("not known")
                                                      : reached  ? PB_MSG("reached")
                                                                 : PB_MSG("missed"),
                                                      NULL),
                                    .tone = isnan(now) ? REPORT_WARN
                                            : reached  ? REPORT_GOOD
                                                       : REPORT_BAD,
                                    .number = NAN});
}

void part_target(builder *b)
{
    const report_target *target = b->writer.report->target;
    const audit_result *result = b->writer.result;
    if (target == NULL)
        return;
    table_builder table = side_table(b, PB_MSG("What"), REPORT_CELL_TEXT, PB_MSG("Now"),
                                     build_say(b, PB_MSG("Target"), NULL));
    build_column(&table, PB_MSG("State"), REPORT_CELL_TEXT);
    for (size_t i = 0; i < target->mark_count; i++) {
        const audit_mark mark = {.name = target->marks[i].what};
        pb_str label = pb_str_is(mark.name, "overall") ? build_say(b, PB_MSG("Overall"), NULL)
                                                       : report_mark_label(&b->writer, &mark);
        target_row(&table, label, mark.name, REPORT_MARK, mark_now(result, mark.name),
                   target->marks[i].limit, true);
    }
    for (size_t i = 0; i < target->failing_count; i++) {
        const audit_finding *finding = finding_now(result, target->failing[i].what);
        target_row(&table, finding != NULL ? build_title(b, finding) : target->failing[i].what,
                   target->failing[i].what, REPORT_SHARE,
                   failing_now(result, target->failing[i].what), target->failing[i].limit, false);
    }
    for (size_t i = 0; i < target->filled_count; i++) {
        const audit_filled *filled = filled_of(result, target->filled[i].what);
        target_row(&table,
                   filled != NULL ? pb_translate_str(b->writer.catalog, filled->field->label)
                                  : target->filled[i].what,
                   target->filled[i].what, REPORT_SHARE,
                   filled != NULL ? (double)filled->filled / (double)filled->records : NAN,
                   target->filled[i].limit, true);
    }
    build_section(b, "target", PB_MSG("Target"), true);
    build_table_block(&table, target->name, PB_STR_NONE, PB_STR_NONE);
    build_section_end(b);
}
