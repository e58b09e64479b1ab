/* Lines over time. Coordinates are stretched to the room there is; strokes keep their width. */
#include "html.h"

#include <math.h>

enum { WIDTH = 1000, HEIGHT = 100 };

static double x_of(const report_chart *chart, size_t label)
{
    return ((double)label + 0.5) * WIDTH / (double)chart->label_count;
}

static double y_of(double value, double max)
{
    double part = max > 0 ? value / max : 0;
    return HEIGHT - (part > 1 ? 1 : part) * HEIGHT;
}

/* A path that is broken where there is no value. */
static void path(const html_page *page, const report_chart *chart, size_t series, double max)
{
    bool down = false;
    pb_buf_printf(page->out, "<path class=\"line %s\" vector-effect=\"non-scaling-stroke\" d=\"",
                  svg_colour(chart, series, SIZE_MAX));
    for (size_t i = 0; i < chart->label_count; i++) {
        double value = chart->series[series].values[i];
        if (isnan(value)) {
            down = false;
            continue;
        }
        pb_buf_printf(page->out, "%c%.1f %.1f", down ? 'L' : 'M', x_of(chart, i), y_of(value, max));
        if (!down) /* a point alone is drawn too: as a line of no length with round ends */
            pb_buf_printf(page->out, "L%.1f %.1f", x_of(chart, i), y_of(value, max));
        down = true;
    }
    html_raw(page, "\"/>");
}

static void open_drawing(const html_page *page, const char *kind, pb_str says)
{
    pb_buf_printf(page->out,
                  "<svg class=\"%s\" width=\"100%%\" height=\"100%%\" viewBox=\"0 0 %d %d\" "
                  "preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
                  kind, WIDTH, HEIGHT);
    html_text(page, says);
    html_raw(page, "\">");
}

/* Points that can be pointed at, with what they say. */
static void points(const html_page *page, const report_chart *chart, size_t series, double max)
{
    for (size_t i = 0; i < chart->label_count; i++) {
        double value = chart->series[series].values[i];
        if (isnan(value))
            continue;
        pb_buf_printf(page->out,
                      "<path class=\"dot %s\" vector-effect=\"non-scaling-stroke\" "
                      "d=\"M%.1f %.1fh0\">",
                      svg_colour(chart, series, SIZE_MAX), x_of(chart, i), y_of(value, max));
        svg_title(page, chart, series, i);
        html_raw(page, "</path>");
    }
}

void svg_lines(const html_page *page, const report_chart *chart)
{
    open_drawing(page, "stand", chart->says);
    for (size_t i = 0; i < chart->tick_count; i++)
        pb_buf_printf(page->out,
                      "<path class=\"grid\" vector-effect=\"non-scaling-stroke\" "
                      "d=\"M0 %.1fH%d\"/>",
                      y_of(chart->ticks[i], chart->max), WIDTH);
    if (!isnan(chart->target))
        pb_buf_printf(page->out,
                      "<path class=\"aim\" vector-effect=\"non-scaling-stroke\" "
                      "d=\"M0 %.1fH%d\"/>",
                      y_of(chart->target, chart->max), WIDTH);
    for (size_t s = 0; s < chart->series_count; s++) {
        path(page, chart, s, chart->max);
        points(page, chart, s, chart->max);
    }
    html_raw(page, "</svg>");
}

void svg_spark(const html_page *page, const report_chart *chart, size_t series)
{
    html_raw(page, "<div class=\"spark\">");
    open_drawing(page, "stand", chart->series[series].label);
    path(page, chart, series, chart->max);
    html_raw(page, "</svg></div>");
}
