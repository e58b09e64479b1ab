/* Side by side: another source or a peer, and a target to reach. */
#include "compare.h"

#include <math.h>

static void number_cell(table_builder *table, report_unit unit, double value)
{
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .text = isnan(value) ? PB_STR("–")
                                                         : build_in_unit(table->b, unit, value),
                                    .number = value});
}

/* As it is written, with one decimal. */
static bool is_one(double number)
{
    return number > 0.95 && number < 1.05;
}

pb_str compare_gap(builder *b, const compare_row *row)
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    double gap = row->here - row->there;
    bool apart = b->writer.page && pb_catalog_rtl(b->writer.catalog);
    if (isnan(gap))
        return PB_STR("–");
    /* LEFT-TO-RIGHT ISOLATE … POP DIRECTIONAL ISOLATE: the sign stays before its number. */
    pb_buf_addc(&text, apart ? "\xE2\x81\xA6" : "");
    pb_buf_addc(&text, gap > 0 ? "+" : gap < 0 ? "\xE2\x88\x92" : "");
    pb_buf_add(&text, row->unit == REPORT_SHARE ? build_number(b, fabs(gap) * 100, 1)
                                                : build_in_unit(b, row->unit, fabs(gap)));
    pb_buf_addc(&text, apart ? "\xE2\x81\xA9" : "");
    pb_str number = build_keep(b, &text);
    if (row->unit != REPORT_SHARE)
        return number;
    /* Points, for “+1.4 %” would be read as a share of the share. */
    return build_say_n(b, PB_MSG_N("{number} point", "{number} points"),
                       is_one(fabs(gap) * 100) ? 1 : 2, "number", PB_ARG(number), NULL);
}

static void put_two(table_builder *table, const compare_row *row)
{
    number_cell(table, row->unit, row->here);
    number_cell(table, row->unit, row->there);
}

static void put_pair(table_builder *table, const compare_row *row)
{
    double gap = row->here - row->there;
    report_tone tone = isnan(gap) || (gap <= 0 && gap >= 0) ? REPORT_PLAIN
                       : (gap > 0) == row->more_is_better   ? REPORT_GOOD
                                                            : REPORT_BAD;
    put_two(table, row);
    build_cell(table, (report_cell){.kind = REPORT_CELL_NUMBER,
                                    .number = gap,
                                    .text = compare_gap(table->b, row),
                                    .tone = tone});
}

static void put_label(table_builder *table, const compare_row *row)
{
    bool told = !pb_str_empty(row->grade) || table->column_count == 5;
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = row->label,
                                    .note = told && !pb_str_eq(row->label, row->id) ? row->id
                                                                                    : PB_STR_NONE,
                                    .number = NAN});
}

/* Between two of which only one is known there is no difference to show. */
static table_builder side_table(builder *b, const char *what, pb_str here, pb_str there,
                                bool difference)
{
    table_builder table = build_table(b);
    build_column(&table, what, REPORT_CELL_TEXT);
    build_column_str(&table, here, REPORT_CELL_NUMBER);
    build_column_str(&table, there, REPORT_CELL_NUMBER);
    if (difference)
        build_column(&table, PB_MSG("Difference"), REPORT_CELL_NUMBER);
    return table;
}

static void rows_block(builder *b, const compare_rows *rows, const char *what, pb_str here,
                       pb_str there, bool difference, pb_str title, pb_str text)
{
    table_builder table = side_table(b, what, here, there, difference);
    for (size_t i = 0; i < rows->count; i++) {
        put_label(&table, &rows->items[i]);
        if (difference)
            put_pair(&table, &rows->items[i]);
        else
            put_two(&table, &rows->items[i]);
    }
    build_table_block(&table, title, text, PB_STR_NONE);
}

static void marks_chart(builder *b, const compare_rows *marks, pb_str here, pb_str there)
{
    chart_builder chart = build_chart(b, REPORT_BARS, REPORT_MARK);
    double *ours = pb_arena_array(b->arena, marks->count + 1, sizeof *ours);
    double *theirs = pb_arena_array(b->arena, marks->count + 1, sizeof *theirs);
    if (ours == NULL || theirs == NULL) {
        b->failed = true;
        return;
    }
    for (size_t i = 0; i < marks->count; i++) {
        const compare_row *row = &marks->items[i];
        ours[chart.label_count] = row->here;
        theirs[chart.label_count] = row->there;
        build_label(&chart, row->label, REPORT_PLAIN);
    }
    chart.chart.max = 100;
    chart.chart.table_beside = true;
    chart.chart.label_of = build_say(b, PB_MSG("Area"), NULL);
    build_series(&chart, here, REPORT_PLAIN, ours);
    build_series(&chart, there, REPORT_PLAIN, theirs);
    build_chart_block(&chart, build_say(b, PB_MSG("Marks side by side"), NULL),
                      build_say(b, PB_MSG("Marks from 0 to 100, the longer the better."), NULL));
}

void compare_blocks(builder *b, const comparison *c, pb_str here, pb_str there)
{
    marks_chart(b, &c->marks, here, there);
    rows_block(b, &c->marks, PB_MSG("Area"), here, there, true,
               build_say(b, PB_MSG("Marks side by side"), NULL), PB_STR_NONE);
    rows_block(b, &c->controls, PB_MSG("Control"), here, there, true,
               build_say(b, PB_MSG("Shares failing side by side"), NULL),
               build_say(b,
                         PB_MSG("Controls that both were asked, where one of them fails; the "
                                "largest difference first."),
                         NULL));
    rows_block(b, &c->lone, PB_MSG("Control"), here, there, false,
               build_say(b, PB_MSG("Asked of only one of the two"), NULL),
               build_say(b,
                         PB_MSG("Controls that found something in one of the two and did not apply "
                                "to the other."),
                         NULL));
    rows_block(b, &c->fields, PB_MSG("Field"), here, there, true,
               build_say(b, PB_MSG("Fields side by side"), NULL),
               build_say(b, PB_MSG("Share of the records that have a value."), NULL));
}

void part_against(builder *b)
{
    const report_earlier *other = b->writer.report->against;
    report_earlier self;
    comparison c;
    if (!compare_against(b, &self, &c))
        return;
    build_section(b, "against", PB_MSG("Side by side"), true);
    build_text(b, PB_STR_NONE,
               build_say_n(b,
                           PB_MSG_N("Beside the audit of “{title}” of {date}, {records} record. A "
                                    "dash means that one of the two was not asked.",
                                    "Beside the audit of “{title}” of {date}, {records} records. A "
                                    "dash means that one of the two was not asked."),
                           other->records, "title", PB_ARG(other->title), "date",
                           PB_ARG(build_date(b, other->as_of_days)), "records",
                           report_int(&b->writer, other->records), NULL),
               REPORT_PLAIN);
    compare_blocks(b, &c, build_say(b, PB_MSG("Here"), NULL), other->title);
    build_section_end(b);
}

static void state_cell(table_builder *table, compare_state state)
{
    static const struct {
        const char *says;
        report_tone tone;
    } states[] = {[COMPARE_UNKNOWN] = {PB_MSG("not known"), REPORT_WARN},
                  [COMPARE_REACHED] = {PB_MSG("reached"), REPORT_GOOD},
                  [COMPARE_MISSED] = {PB_MSG("missed"), REPORT_BAD}};
    build_cell(table, (report_cell){.kind = REPORT_CELL_TEXT,
                                    .text = build_say(table->b, states[state].says, NULL),
                                    .tone = states[state].tone,
                                    .number = NAN});
}

void part_target(builder *b)
{
    const report_target *target = b->writer.report->target;
    compare_rows rows = {0};
    if (target == NULL)
        return;
    compare_target(b, &rows);
    table_builder table = side_table(b, PB_MSG("What"), build_say(b, PB_MSG("Now"), NULL),
                                     build_say(b, PB_MSG("Target"), NULL), true);
    build_column(&table, PB_MSG("State"), REPORT_CELL_TEXT);
    for (size_t i = 0; i < rows.count; i++) {
        put_label(&table, &rows.items[i]);
        put_pair(&table, &rows.items[i]);
        state_cell(&table, compare_reached(&rows.items[i]));
    }
    build_section(b, "target", PB_MSG("Target"), true);
    build_table_block(&table, target->name, PB_STR_NONE, PB_STR_NONE);
    build_section_end(b);
}
