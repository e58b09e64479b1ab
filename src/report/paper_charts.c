/* Charts with their words. */
#include "paper.h"

#include <math.h>

enum { AXIS_LABELS = 6 };

#define LABEL_WIDTH 165.0
#define VALUE_WIDTH 84.0
#define BAR_HEIGHT 7.0

static const paper_style label_style = {.size = 8.5, .colour = {0.11, 0.14, 0.19}, .apart = true},
                         value_style = {.size = 8.5, .colour = {0.11, 0.14, 0.19}, .end = true},
                         soft = {.size = 8.5, .colour = {0.34, 0.38, 0.45}};

static void legend(paper *p, const report_chart *chart)
{
    double at = 0;
    if (chart->series_count < 2)
        return;
    paper_need(p, 14);
    for (size_t i = 0; i < chart->series_count; i++) {
        PangoLayout *layout = paper_layout(p, &soft, chart->series[i].label, -1);
        double wide = fmin(ceil(paper_layout_width(layout) + 1), PAPER_ROOM - 14);
        pango_layout_set_width(layout, (int)(wide * PANGO_SCALE));
        if (at > 0 && at + wide + 14 > PAPER_ROOM) {
            at = 0;
            p->y += 13;
            paper_need(p, 14);
        }
        paper_fill(p, at, p->y + 3, 8, 8, paper_chart_colour(chart, i, SIZE_MAX));
        paper_put(p, layout, &soft, at + 12, p->y, wide);
        g_object_unref(layout);
        at += wide + 26;
    }
    p->y += 18;
}

static void values_of(const report_chart *chart, size_t label, pb_buf *out)
{
    for (size_t s = 0; s < chart->series_count; s++) {
        pb_buf_addc(out, s > 0 ? " / " : "");
        if (isnan(chart->series[s].values[label]))
            pb_buf_addc(out, "–");
        else
            pb_buf_add(out, chart->series[s].texts[label]);
    }
}

static void stacked(paper *p, const report_chart *chart, size_t label, double start, double y,
                    double width)
{
    const double max = chart->max;
    double at = 0;
    paper_fill(p, start, y, width, BAR_HEIGHT + 2, paper_ground);
    for (size_t s = 0; s < chart->series_count; s++) {
        double value = chart->series[s].values[label];
        double length = isnan(value) || value <= 0 || max <= 0 ? 0 : value / max * width;
        paper_fill(p, start + at, y, fmax(length - 0.6, 0), BAR_HEIGHT + 2,
                   paper_chart_colour(chart, s, SIZE_MAX));
        at += length;
    }
}

static void side_by_side(paper *p, const report_chart *chart, size_t label, double start, double y,
                         double width)
{
    for (size_t s = 0; s < chart->series_count; s++) {
        double value = chart->series[s].values[label];
        double part = isnan(value) || value <= 0 || chart->max <= 0 ? 0 : value / chart->max;
        double top = y + (double)s * (BAR_HEIGHT + 2);
        part = part > 1 ? 1 : part > 0 && part < 0.007 ? 0.007 : part;
        paper_fill(p, start, top, width, BAR_HEIGHT, paper_ground);
        paper_fill(p, start, top, width * part, BAR_HEIGHT, paper_chart_colour(chart, s, label));
    }
    if (!isnan(chart->target) && chart->max > 0)
        paper_fill(p, start + width * chart->target / chart->max, y - 1, 1,
                   (double)chart->series_count * (BAR_HEIGHT + 2) + 1, paper_ink);
}

static void bars(paper *p, const report_chart *chart)
{
    double start = LABEL_WIDTH + 8, width = PAPER_ROOM - start - VALUE_WIDTH - 8;
    for (size_t i = 0; i < chart->label_count; i++) {
        PB_AUTO_BUF value = PB_BUF_INIT(1 << 16);
        values_of(chart, i, &value);
        PangoLayout *label = paper_layout(p, &label_style, chart->labels[i], LABEL_WIDTH);
        PangoLayout *end = paper_layout(p, &value_style, pb_buf_str(&value), VALUE_WIDTH);
        double drawn = chart->kind == REPORT_STACKED
                           ? BAR_HEIGHT + 2
                           : (double)chart->series_count * (BAR_HEIGHT + 2);
        double high = fmax(fmax(paper_layout_height(label), paper_layout_height(end)), drawn + 2);
        paper_need(p, high);
        paper_put(p, label, &label_style, 0, p->y, LABEL_WIDTH);
        paper_put(p, end, &value_style, PAPER_ROOM - VALUE_WIDTH, p->y, VALUE_WIDTH);
        g_object_unref(label);
        g_object_unref(end);
        if (chart->kind == REPORT_STACKED)
            stacked(p, chart, i, start, p->y + 2, width);
        else
            side_by_side(p, chart, i, start, p->y + 2, width);
        p->y += high + 3;
    }
    paper_paragraph(p, &soft, chart->target_says, 0, PAPER_ROOM);
}

static void sparks(paper *p, const report_chart *chart)
{
    double start = LABEL_WIDTH + 8, width = PAPER_ROOM - start - VALUE_WIDTH - 8;
    for (size_t s = 0; s < chart->series_count; s++) {
        PB_AUTO_BUF peak = PB_BUF_INIT(1 << 16);
        double most = 0;
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < chart->label_count; i++)
            if (chart->series[s].values[i] > most) {
                most = chart->series[s].values[i];
                best = i;
            }
        if (best != SIZE_MAX)
            pb_buf_printf(&peak, "↑ %.*s", PB_STR_FMT(chart->series[s].texts[best]));
        paper_need(p, 26);
        paper_text(p, &label_style, chart->series[s].label, 0, p->y + 5, LABEL_WIDTH);
        paper_text(p, &value_style, pb_buf_str(&peak), PAPER_ROOM - VALUE_WIDTH, p->y + 5,
                   VALUE_WIDTH);
        paper_lines(p, chart, s, start, p->y + 2, width, 20);
        p->y += 26;
    }
}

/* Only as many labels as have room; each stands below its place. */
static void axis_labels(paper *p, const report_chart *chart, double start, double width)
{
    size_t step = (chart->label_count + AXIS_LABELS - 1) / AXIS_LABELS;
    double slot = width / (double)chart->label_count, high = 0;
    paper_style style = soft;
    style.size = 7.5;
    style.centred = step == 1;
    for (size_t i = 0; i < chart->label_count; i += step) {
        size_t span = chart->label_count - i < step ? chart->label_count - i : step;
        high = fmax(high, paper_text(p, &style, chart->labels[i], start + slot * (double)i, p->y,
                                     fmax(slot * (double)span - 3, 12)));
    }
    p->y += high + 4;
}

static void plot(paper *p, const report_chart *chart)
{
    const double ticks = 42, high = 130;
    double start = ticks + 6, width = PAPER_ROOM - start;
    paper_style style = soft;
    style.size = 7.5;
    style.end = true;
    paper_need(p, high + 40);
    for (size_t i = 0; i < chart->tick_count; i++) {
        double y = p->y + 6 + high - (chart->max > 0 ? chart->ticks[i] / chart->max * high : 0);
        paper_text(p, &style, chart->tick_texts[i], 0, y - 5, ticks);
        paper_fill(p, start, y, width, 0.4, paper_rule);
    }
    if (chart->kind == REPORT_LINES)
        paper_lines(p, chart, SIZE_MAX, start, p->y + 6, width, high);
    else
        paper_columns(p, chart, start, p->y + 6, width, high);
    p->y += high + 10;
    axis_labels(p, chart, start, width);
    paper_paragraph(p, &soft, chart->target_says, 0, PAPER_ROOM);
}

static void donut(paper *p, const report_chart *chart)
{
    const double size = 104, start = size + 24, width = PAPER_ROOM - start;
    paper_need(p, size + 8);
    double top = p->y, y = top + 4;
    size_t page = p->page;
    paper_donut(p, chart, 0, top, size);
    for (size_t i = 0; i < chart->label_count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
        pb_buf_printf(&text, "%.*s  %.*s", PB_STR_FMT(chart->labels[i]),
                      PB_STR_FMT(chart->series[0].texts[i]));
        if (y + 14 > PAPER_BOTTOM) {
            paper_page(p);
            y = p->y;
        }
        paper_fill(p, start, y + 3, 8, 8, paper_chart_colour(chart, 0, i));
        y += paper_text(p, &label_style, pb_buf_str(&text), start + 13, y, width - 13) + 2;
    }
    p->y = page == p->page ? fmax(top + size, y) + 6 : y + 6;
}

static void gauge(paper *p, const report_chart *chart)
{
    const double size = 110;
    const paper_style big = {.size = 18, .face = PAPER_BOLD, .colour = paper_ink};
    paper_need(p, size / 2 + 14);
    paper_gauge(p, chart, 0, p->y, size);
    double y = p->y + 12;
    y += paper_text(p, &big, chart->series[0].texts[0], size + 20, y, PAPER_ROOM - size - 20);
    paper_text(p, &label_style, chart->labels[0], size + 20, y, PAPER_ROOM - size - 20);
    p->y += size / 2 + 12;
}

/* The same figures as a table, for who reads rather than looks. */
static void figures(paper *p, const report_chart *chart)
{
    size_t columns = chart->series_count + 1, count = columns * chart->label_count;
    report_column *heads = pb_arena_array(p->arena, columns, sizeof *heads);
    report_cell *cells = pb_arena_array(p->arena, count + 1, sizeof *cells);
    p->failed = p->failed || heads == NULL || cells == NULL;
    if (heads == NULL || cells == NULL)
        return;
    heads[0] = (report_column){chart->label_of, REPORT_CELL_VALUE};
    for (size_t s = 0; s < chart->series_count; s++)
        heads[s + 1] = (report_column){chart->series[s].label, REPORT_CELL_NUMBER};
    for (size_t i = 0; i < chart->label_count; i++) {
        report_cell *row = &cells[i * columns];
        row[0] = (report_cell){
            .kind = REPORT_CELL_VALUE, .text = chart->labels[i], .number = (double)NAN};
        for (size_t s = 0; s < chart->series_count; s++)
            row[s + 1] = (report_cell){.kind = REPORT_CELL_NUMBER,
                                       .text = chart->series[s].texts[i],
                                       .number = chart->series[s].values[i]};
    }
    report_table table = {.title = p->document->figures_title,
                          .columns = heads,
                          .column_count = columns,
                          .cells = cells,
                          .row_count = chart->label_count};
    p->y += 6;
    paper_table(p, &table);
}

double paper_chart_height(const report_chart *chart)
{
    switch (chart->kind) {
    case REPORT_LINES:
    case REPORT_COLUMNS:
        return 235; /* words, legend, drawing and labels */
    case REPORT_DONUT:
        return 150;
    default:
        return 80;
    }
}

void paper_chart(paper *p, const report_chart *chart)
{
    bool told = chart->kind == REPORT_DONUT || chart->kind == REPORT_GAUGE ||
                (chart->kind == REPORT_BARS && chart->series_count == 1);
    paper_paragraph(p, &soft, chart->says, 0, PAPER_ROOM);
    p->y += 4;
    if (chart->kind != REPORT_SPARKS)
        legend(p, chart);
    switch (chart->kind) {
    case REPORT_BARS:
    case REPORT_STACKED:
        bars(p, chart);
        break;
    case REPORT_SPARKS:
        sparks(p, chart);
        break;
    case REPORT_COLUMNS:
    case REPORT_LINES:
        plot(p, chart);
        break;
    case REPORT_DONUT:
        donut(p, chart);
        break;
    case REPORT_GAUGE:
        gauge(p, chart);
        break;
    }
    if (!pb_str_empty(chart->elsewhere))
        paper_paragraph(p, &soft, chart->elsewhere, 0, PAPER_ROOM);
    else if (!chart->table_beside && !told)
        figures(p, chart);
    p->y += 6;
}
