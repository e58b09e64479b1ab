/* Sections of the document on a sheet: their words, tables, and charts that Excel draws itself. */
#include "sheets.h"

#include <math.h>

enum { CHART_ROWS = 18, CHART_COLUMN = 6 };

static uint8_t kind_of(report_chart_kind kind)
{
    switch (kind) {
    case REPORT_STACKED:
        return LXW_CHART_BAR_STACKED;
    case REPORT_COLUMNS:
        return LXW_CHART_COLUMN;
    case REPORT_LINES:
    case REPORT_SPARKS:
        return LXW_CHART_LINE;
    case REPORT_DONUT:
        return LXW_CHART_DOUGHNUT;
    case REPORT_BARS:
    case REPORT_GAUGE:
        break;
    }
    return LXW_CHART_BAR;
}

/* The chart beside its figures, which stand from `first` to `last`. */
static void draw(sheet *s, const report_chart *chart, lxw_row_t first, lxw_row_t last, pb_str title)
{
    lxw_chart *made = workbook_add_chart(s->w->book, kind_of(chart->kind));
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    lxw_row_t row = s->chart_row > first ? s->chart_row : first;
    size_t column = chart->series_count + 2 > CHART_COLUMN ? chart->series_count + 2 : CHART_COLUMN;
    if (made == NULL) {
        s->w->failed = true;
        return;
    }
    for (size_t i = 0; i < chart->series_count; i++) {
        lxw_chart_series *series = chart_add_series(made, NULL, NULL);
        chart_series_set_categories(series, s->name, first, 0, last, 0);
        chart_series_set_values(series, s->name, first, (lxw_col_t)(i + 1), last,
                                (lxw_col_t)(i + 1));
        chart_series_set_name_range(series, s->name, first - 1, (lxw_col_t)(i + 1));
    }
    pb_buf_add(&text, pb_str_empty(title) ? chart->says : title);
    chart_title_set_name(made, pb_buf_cstr(&text));
    if (kind_of(chart->kind) == LXW_CHART_BAR || kind_of(chart->kind) == LXW_CHART_BAR_STACKED)
        chart_axis_set_reverse(made->y_axis);
    if (chart->series_count == 1 && chart->kind != REPORT_DONUT)
        chart_legend_set_position(made, LXW_CHART_LEGEND_NONE);
    worksheet_insert_chart(s->to, row, (lxw_col_t)column, made);
    s->chart_row = row + CHART_ROWS;
}

static void figures(sheet *s, const report_chart *chart, pb_str title)
{
    lxw_format *look = chart->unit == REPORT_SHARE  ? s->w->share
                       : chart->unit == REPORT_MARK ? s->w->mark
                                                    : s->w->count;
    size_t series = chart->series_count < 60 ? chart->series_count : 60;
    sheets_text(s, 0, chart->label_of, s->w->head);
    for (size_t i = 0; i < series; i++)
        sheets_text(s, (lxw_col_t)(i + 1), chart->series[i].label, s->w->head);
    s->row++;
    lxw_row_t first = s->row;
    for (size_t l = 0; l < chart->label_count; l++, s->row++) {
        sheets_text(s, 0, chart->labels[l], s->w->plain);
        for (size_t i = 0; i < series; i++)
            sheets_number(s, (lxw_col_t)(i + 1), chart->series[i].values[l], look);
    }
    if (chart->kind != REPORT_GAUGE && chart->label_count > 0)
        draw(s, chart, first, s->row - 1, title);
}

static void put_points(sheet *s, const report_block *block)
{
    for (size_t g = 0; g < block->group_count; g++) {
        const report_group *group = &block->groups[g];
        if (!pb_str_empty(group->title)) {
            sheets_text(s, 0, group->title, s->w->bold);
            s->row++;
        }
        for (size_t i = 0; i < group->point_count; i++, s->row++) {
            sheets_text(s, 0, group->points[i].title, s->w->wrap);
            sheets_text(s, 1, group->points[i].badge, s->w->plain);
            sheets_text(s, 2, group->points[i].text, s->w->plain);
            sheets_text(s, 3, group->points[i].aside, s->w->plain);
        }
    }
}

static void put_block(sheet *s, const report_block *block)
{
    if (!pb_str_empty(block->title)) {
        sheets_text(s, 0, block->title, s->w->bold);
        s->row++;
    }
    if (!pb_str_empty(block->text)) {
        sheets_text(s, 0, block->text, s->w->soft);
        s->row++;
    }
    for (size_t i = 0; i < block->fact_count; i++, s->row++) {
        sheets_text(s, 0, block->facts[i].label, s->w->soft);
        sheets_text(s, 1, block->facts[i].text, s->w->plain);
    }
    for (size_t i = 0; i < block->tile_count; i++, s->row++) {
        sheets_text(s, 0, block->tiles[i].label, s->w->plain);
        sheets_text(s, 1, block->tiles[i].number, s->w->bold);
    }
    put_points(s, block);
    if (block->table != NULL)
        sheets_table(s, block->table, false);
    if (block->chart != NULL)
        figures(s, block->chart, block->title);
    s->row++;
}

void sheets_section(sheet *s, const report_section *section)
{
    s->width[0] = s->width[0] > 34 ? s->width[0] : 34;
    if (!pb_str_empty(section->title)) {
        sheets_text(s, 0, section->title, s->w->title);
        s->row += 2;
    }
    for (size_t i = 0; i < section->block_count; i++)
        if (section->blocks[i].kind != REPORT_BLOCK_FINDING)
            put_block(s, &section->blocks[i]);
}
