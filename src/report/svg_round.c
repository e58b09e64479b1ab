/* Donut and gauge: arcs, by the length of a dashed stroke around a circle. */
#include "html.h"

#include <math.h>

/* Radius such that the circle is 100 long: lengths are per cent. */
#define RADIUS "15.9155"

static void arc(const html_page *page, const char *colour, double from, double length)
{
    pb_buf_printf(page->out,
                  "<circle class=\"arc %s\" cx=\"21\" cy=\"21\" r=\"" RADIUS
                  "\" stroke-dasharray=\"%.2f %.2f\" stroke-dashoffset=\"%.2f\">",
                  colour, length, 100 - length, -from);
}

void svg_donut(const html_page *page, const report_chart *chart)
{
    double all = 0, from = 0;
    for (size_t i = 0; i < chart->label_count; i++)
        all += isnan(chart->series[0].values[i]) ? 0 : chart->series[0].values[i];
    html_raw(page, "<svg class=\"donut\" viewBox=\"0 0 42 42\" width=\"150\" height=\"150\" "
                   "role=\"img\" aria-label=\"");
    html_text(page, chart->says);
    html_raw(page, "\"><g transform=\"rotate(-90 21 21)\">");
    for (size_t i = 0; i < chart->label_count && all > 0; i++) {
        double value = chart->series[0].values[i];
        double length = isnan(value) ? 0 : value / all * 100;
        if (length <= 0)
            continue;
        /* A gap between neighbours tells them apart without colour. */
        arc(page, svg_colour(chart, 0, i), from, length > 1.5 ? length - 0.6 : length);
        svg_title(page, chart, 0, i);
        html_raw(page, "</circle>");
        from += length;
    }
    html_raw(page, "</g></svg>");
}

void svg_gauge(const html_page *page, const report_chart *chart)
{
    double value = chart->series[0].values[0];
    double part = isnan(value) || chart->max <= 0 ? 0 : value / chart->max;
    html_raw(page, "<svg class=\"gauge\" viewBox=\"0 0 42 24\" width=\"150\" height=\"86\" "
                   "role=\"img\" aria-label=\"");
    html_text(page, chart->says);
    html_raw(page, "\"><g transform=\"rotate(180 21 21)\">");
    arc(page, "rail", 0, 50);
    html_raw(page, "</circle>");
    arc(page, svg_colour(chart, 0, 0), 0, (part > 1 ? 1 : part) * 50);
    svg_title(page, chart, 0, 0);
    html_raw(page, "</circle></g></svg>");
}
