/* Bars, lying and standing. Lengths are per cent of the room there is, so a drawing fits any
 * screen; right to left the style sheet mirrors it. */
#include "html.h"

#include <math.h>

enum { PALETTE = 6 };

const char *svg_colour(const report_chart *chart, size_t series, size_t label)
{
    static const char *const palette[PALETTE] = {"c0", "c1", "c2", "c3", "c4", "c5"};
    static const char *const tones[] = {
        [REPORT_SOFT] = "t-soft",
        [REPORT_GOOD] = "t-good",
        [REPORT_WARN] = "t-warn",
        [REPORT_BAD] = "t-bad",
    };
    report_tone tone = chart->series[series].tone;
    if (label != SIZE_MAX && chart->tones != NULL && chart->tones[label] != REPORT_PLAIN)
        tone = chart->tones[label];
    if (tone != REPORT_PLAIN)
        return tones[tone];
    return palette[(chart->kind == REPORT_DONUT && label != SIZE_MAX ? label : series) % PALETTE];
}

void svg_title(const html_page *page, const report_chart *chart, size_t series, size_t label)
{
    html_raw(page, "<title>");
    if (chart->series_count > 1 || chart->kind == REPORT_SPARKS) {
        html_text(page, chart->series[series].label);
        html_raw(page, ", ");
    }
    html_text(page, chart->labels[label]);
    html_raw(page, ": ");
    html_text(page, isnan(chart->series[series].values[label])
                        ? PB_STR("–")
                        : chart->series[series].texts[label]);
    html_raw(page, "</title>");
}

/* 0…100 of the scale; what is not nothing must be seen. */
static double percent(double value, double max)
{
    double part = isnan(value) || value <= 0 || max <= 0 ? 0 : value / max * 100;
    return part > 100 ? 100 : part > 0 && part < 0.7 ? 0.7 : part;
}

static void label_of_drawing(const html_page *page, const report_chart *chart, size_t label)
{
    html_raw(page, " role=\"img\" aria-label=\"");
    html_text(page, chart->labels[label]);
    html_raw(page, ": ");
    for (size_t s = 0; s < chart->series_count; s++) {
        html_raw(page, s > 0 ? ", " : "");
        if (chart->series_count > 1) {
            html_text(page, chart->series[s].label);
            html_raw(page, " ");
        }
        html_text(page, isnan(chart->series[s].values[label]) ? PB_STR("–")
                                                              : chart->series[s].texts[label]);
    }
    html_raw(page, "\">");
}

static void stacked_row(const html_page *page, const report_chart *chart, size_t label)
{
    const double max = chart->max;
    double from = 0;
    html_raw(page, "<svg class=\"lie\" width=\"100%\" height=\"12\"");
    label_of_drawing(page, chart, label);
    html_raw(page, "<rect class=\"ground\" width=\"100%\" height=\"12\" rx=\"3\"/>");
    for (size_t s = 0; s < chart->series_count; s++) {
        double value = chart->series[s].values[label];
        double length = isnan(value) || value <= 0 || max <= 0 ? 0 : value / max * 100;
        if (length <= 0)
            continue;
        pb_buf_printf(page->out,
                      "<rect class=\"%s part\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"12\">",
                      svg_colour(chart, s, SIZE_MAX), from, length);
        svg_title(page, chart, s, label);
        html_raw(page, "</rect>");
        from += length;
    }
    html_raw(page, "</svg>");
}

void svg_bar(const html_page *page, const report_chart *chart, size_t label)
{
    if (chart->kind == REPORT_STACKED) {
        stacked_row(page, chart, label);
        return;
    }
    size_t height = chart->series_count * 10;
    pb_buf_printf(page->out, "<svg class=\"lie\" width=\"100%%\" height=\"%zu\"", height);
    label_of_drawing(page, chart, label);
    for (size_t s = 0; s < chart->series_count; s++) {
        pb_buf_printf(page->out,
                      "<rect class=\"ground\" y=\"%zu\" width=\"100%%\" height=\"8\" rx=\"3\"/>"
                      "<rect class=\"%s\" y=\"%zu\" width=\"%.2f%%\" height=\"8\" rx=\"3\">",
                      s * 10, svg_colour(chart, s, label), s * 10,
                      percent(chart->series[s].values[label], chart->max));
        svg_title(page, chart, s, label);
        html_raw(page, "</rect>");
    }
    if (!isnan(chart->target) && chart->max > 0)
        pb_buf_printf(page->out,
                      "<line class=\"aim\" x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"0\" y2=\"%zu\"/>",
                      chart->target / chart->max * 100, chart->target / chart->max * 100, height);
    html_raw(page, "</svg>");
}

void svg_columns(const html_page *page, const report_chart *chart)
{
    double slot = 100.0 / (double)chart->label_count;
    double width = slot * 0.8 / (double)chart->series_count;
    html_raw(page,
             "<svg class=\"stand\" width=\"100%\" height=\"100%\" role=\"img\" aria-label=\"");
    html_text(page, chart->says);
    html_raw(page, "\">");
    for (size_t i = 0; i < chart->tick_count; i++) {
        double y = chart->max > 0 ? 100 - chart->ticks[i] / chart->max * 100 : 100;
        pb_buf_printf(page->out,
                      "<line class=\"grid\" x1=\"0\" x2=\"100%%\" y1=\"%.2f%%\" y2=\"%.2f%%\"/>", y,
                      y);
    }
    for (size_t i = 0; i < chart->label_count; i++) {
        for (size_t s = 0; s < chart->series_count; s++) {
            double height = percent(chart->series[s].values[i], chart->max);
            pb_buf_printf(page->out,
                          "<rect class=\"%s\" x=\"%.2f%%\" y=\"%.2f%%\" width=\"%.2f%%\" "
                          "height=\"%.2f%%\">",
                          svg_colour(chart, s, i), slot * ((double)i + 0.1) + width * (double)s,
                          100 - height, width, height);
            svg_title(page, chart, s, i);
            html_raw(page, "</rect>");
        }
    }
    html_raw(page, "</svg>");
}
