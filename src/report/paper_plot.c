/* What is drawn within a chart: columns, lines, arcs. */
#include "paper.h"

#include <math.h>

enum { PALETTE = 6 };

static const double pi = 3.14159265358979323846;

paper_colour paper_chart_colour(const report_chart *chart, size_t series, size_t label)
{
    static const paper_colour palette[PALETTE] = {{0.122, 0.373, 0.659}, {0.851, 0.451, 0.051},
                                                  {0.11, 0.502, 0.518},  {0.557, 0.306, 0.776},
                                                  {0.42, 0.447, 0.502},  {0.722, 0.196, 0.059}};
    report_tone tone = chart->series[series].tone;
    if (label != SIZE_MAX && chart->tones != NULL && chart->tones[label] != REPORT_PLAIN)
        tone = chart->tones[label];
    if (tone != REPORT_PLAIN)
        return paper_tone_fill(tone);
    return palette[(chart->kind == REPORT_DONUT && label != SIZE_MAX ? label : series) % PALETTE];
}

static double part_of(double value, double max)
{
    double part = isnan(value) || value <= 0 || max <= 0 ? 0 : value / max;
    return part > 1 ? 1 : part > 0 && part < 0.007 ? 0.007 : part;
}

void paper_columns(paper *p, const report_chart *chart, double start, double y, double width,
                   double height)
{
    double slot = width / (double)chart->label_count;
    double wide = slot * 0.8 / (double)chart->series_count;
    for (size_t i = 0; i < chart->label_count; i++) {
        for (size_t s = 0; s < chart->series_count; s++) {
            double high = part_of(chart->series[s].values[i], chart->max) * height;
            paper_fill(p, start + slot * ((double)i + 0.1) + wide * (double)s, y + height - high,
                       wide, high, paper_chart_colour(chart, s, i));
        }
    }
}

static void line(paper *p, const report_chart *chart, size_t series, double start, double y,
                 double width, double height)
{
    paper_colour colour = paper_chart_colour(chart, series, SIZE_MAX);
    double slot = width / (double)chart->label_count;
    bool down = false;
    cairo_set_source_rgb(p->cr, colour.red, colour.green, colour.blue);
    cairo_set_line_width(p->cr, 1.4);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(p->cr, CAIRO_LINE_JOIN_ROUND);
    for (size_t i = 0; i < chart->label_count; i++) {
        double value = chart->series[series].values[i];
        if (isnan(value)) {
            down = false; /* a gap is no zero */
            continue;
        }
        double part = chart->max > 0 ? fmin(fmax(value / chart->max, 0), 1) : 0;
        double x = paper_x(p, start + slot * ((double)i + 0.5), 0), at = y + height - part * height;
        if (down)
            cairo_line_to(p->cr, x, at);
        else
            cairo_move_to(p->cr, x, at);
        if (!down) /* a point alone is drawn too: as a line of no length with round ends */
            cairo_line_to(p->cr, x, at);
        down = true;
    }
    cairo_stroke(p->cr);
}

void paper_lines(paper *p, const report_chart *chart, size_t only, double start, double y,
                 double width, double height)
{
    if (p->cr == NULL)
        return;
    if (only == SIZE_MAX && !isnan(chart->target) && chart->max > 0)
        paper_fill(p, start, y + height - chart->target / chart->max * height, width, 0.8,
                   paper_ink);
    for (size_t s = 0; s < chart->series_count; s++)
        if (only == SIZE_MAX || only == s)
            line(p, chart, s, start, y, width, height);
}

static void arc(paper *p, double x, double y, double radius, double wide, double from, double to,
                paper_colour colour)
{
    cairo_set_source_rgb(p->cr, colour.red, colour.green, colour.blue);
    cairo_set_line_width(p->cr, wide);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_BUTT);
    cairo_new_path(p->cr);
    cairo_arc(p->cr, x, y, radius, from, to);
    cairo_stroke(p->cr);
}

void paper_donut(paper *p, const report_chart *chart, double start, double y, double size)
{
    double all = 0, from = -pi / 2, wide = size * 0.17;
    double x = paper_x(p, start, size) + size / 2;
    for (size_t i = 0; i < chart->label_count; i++)
        all += isnan(chart->series[0].values[i]) ? 0 : fmax(chart->series[0].values[i], 0);
    if (p->cr == NULL || all <= 0)
        return;
    for (size_t i = 0; i < chart->label_count; i++) {
        double value = chart->series[0].values[i];
        double length = isnan(value) || value <= 0 ? 0 : value / all * 2 * pi;
        if (length <= 0)
            continue;
        /* A gap between neighbours tells them apart without colour. */
        arc(p, x, y + size / 2, size / 2 - wide / 2, wide, from,
            from + (length > 0.1 && length < 2 * pi - 0.01 ? length - 0.035 : length),
            paper_chart_colour(chart, 0, i));
        from += length;
    }
}

void paper_gauge(paper *p, const report_chart *chart, double start, double y, double size)
{
    double part = part_of(chart->series[0].values[0], chart->max), wide = size * 0.14;
    double x = paper_x(p, start, size) + size / 2, radius = size / 2 - wide / 2;
    if (p->cr == NULL)
        return;
    arc(p, x, y + size / 2, radius, wide, pi, 2 * pi, paper_rule);
    if (part > 0)
        arc(p, x, y + size / 2, radius, wide, p->document->rtl ? 2 * pi - part * pi : pi,
            p->document->rtl ? 2 * pi : pi + part * pi, paper_chart_colour(chart, 0, 0));
}
