/* Marks by area, entity, source and owner. */
#include "build.h"

#include <math.h>

enum { MAX_OWNERS = 200, MAX_BARS = 25 };

/* The marks of the areas at a glance, in the order of the table beneath; tables draw their own
 * bars.
 */
static void area_bars(builder *b)
{
    const audit_mark *marks = b->writer.result->areas;
    size_t count = b->writer.result->area_count;
    chart_builder chart = build_chart(b, REPORT_BARS, REPORT_MARK);
    double values[MAX_BARS];
    size_t shown = 0;
    for (size_t i = 0; i < count && shown < MAX_BARS; i++) {
        if (marks[i].letter == '-')
            continue;
        build_label(&chart, report_mark_label(&b->writer, &marks[i]),
                    build_letter_tone(marks[i].letter));
        values[shown++] = marks[i].score;
    }
    if (shown < 2)
        return;
    chart.chart.max = 100;
    chart.chart.table_beside = true;
    chart.chart.label_of = build_say(b, PB_MSG("Area"), NULL);
    build_series(&chart, build_say(b, PB_MSG("Mark"), NULL), REPORT_PLAIN, values);
    build_chart_block(&chart, build_say(b, PB_MSG("By area"), NULL),
                      build_say(b, PB_MSG("Marks from 0 to 100, the longer the better."), NULL));
}

static void controls_table(builder *b, const char *title, const char *what, const audit_mark *marks,
                           size_t count)
{
    table_builder table = build_table(b);
    build_column(&table, what, REPORT_CELL_TEXT);
    build_column(&table, PB_MSG("Mark"), REPORT_CELL_MARK);
    build_column(&table, PB_MSG("Controls"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("Failed"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < count; i++) {
        pb_str held =
            marks[i].held != AUDIT_HELD_NOT ? build_say(b, PB_MSG("held down"), NULL) : PB_STR_NONE;
        build_cell_text(&table, report_mark_label(&b->writer, &marks[i]));
        build_cell_mark(&table, marks[i].letter, marks[i].score, held);
        build_cell_int(&table, marks[i].controls);
        build_cell_int(&table, marks[i].failed);
    }
    build_table_block(&table, build_say(b, title, NULL), PB_STR_NONE, PB_STR_NONE);
}

static void records_table(builder *b, const char *title, const char *what, const audit_mark *marks,
                          size_t count)
{
    table_builder table = build_table(b);
    pb_str more = PB_STR_NONE;
    build_column(&table, what, REPORT_CELL_VALUE);
    build_column(&table, PB_MSG("Mark"), REPORT_CELL_MARK);
    build_column(&table, PB_MSG("Records"), REPORT_CELL_NUMBER);
    build_column(&table, PB_MSG("With a finding"), REPORT_CELL_NUMBER);
    for (size_t i = 0; i < count && i < MAX_OWNERS; i++) {
        build_cell_value(&table, marks[i].name);
        build_cell_mark(&table, marks[i].letter, marks[i].score, PB_STR_NONE);
        build_cell_int(&table, marks[i].records);
        build_cell_int(&table, marks[i].failing);
    }
    if (count > MAX_OWNERS)
        more = build_counted(
            b, PB_MSG_N("{count} more is in report.json.", "{count} more are in report.json."),
            count - MAX_OWNERS);
    build_table_block(&table, build_say(b, title, NULL), PB_STR_NONE, more);
}

void part_marks(builder *b)
{
    const audit_result *result = b->writer.result;
    build_section(b, "marks", PB_MSG("Marks"), true);
    area_bars(b);
    controls_table(b, "", PB_MSG("Area"), result->areas, result->area_count);
    controls_table(b, PB_MSG("By kind of record"), PB_MSG("Kind of record"), result->entities,
                   result->entity_count);
    records_table(b, PB_MSG("By source"), PB_MSG("File"), result->sources, result->source_count);
    build_section_end(b);
}

void part_owners(builder *b)
{
    const audit_result *result = b->writer.result;
    if (result->owner_count == 0)
        return;
    build_section(b, "owners", PB_MSG("By owner"), true);
    records_table(b, "", PB_MSG("Owner"), result->owners, result->owner_count);
    build_section_end(b);
}

/* How far the fields of one entity are filled. */
static void fields_of(builder *b, const audit_filled *first, size_t count)
{
    chart_builder chart = build_chart(b, REPORT_BARS, REPORT_SHARE);
    double *values = pb_arena_array(b->arena, count, sizeof *values);
    if (values == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = first->records > 0 ? (double)first[i].filled / (double)first->records : NAN;
        build_label(&chart, pb_translate_str(b->writer.catalog, first[i].field->label),
                    REPORT_PLAIN);
    }
    chart.chart.max = 1;
    chart.chart.label_of = build_say(b, PB_MSG("Field"), NULL);
    build_series(&chart, build_say(b, PB_MSG("Filled"), NULL), REPORT_PLAIN, values);
    build_chart_block(&chart, pb_translate_str(b->writer.catalog, first->entity->plural),
                      build_say_n(b,
                                  PB_MSG_N("Share of {records} record that has a value.",
                                           "Share of {records} records that have a value."),
                                  first->records, "records", report_int(&b->writer, first->records),
                                  NULL));
}

void part_fields(builder *b)
{
    const audit_result *result = b->writer.result;
    build_section(b, "fields", PB_MSG("How far the fields are filled"), true);
    for (size_t i = 0, next; i < result->filled_count; i = next) {
        for (next = i + 1; next < result->filled_count &&
                           result->filled[next].entity == result->filled[i].entity;)
            next++;
        fields_of(b, &result->filled[i], next - i);
    }
    build_section_end(b);
}
