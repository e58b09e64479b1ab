/* Charts: the words in HTML, which wraps and mirrors them, the drawing as SVG among them. */
#include "html.h"

#include <math.h>

enum { ONE_COLUMN = 12, AXIS_LABELS = 6 };

static void legend(const html_page *page, const report_chart *chart)
{
    if (chart->series_count < 2)
        return;
    html_raw(page, "<ul class=\"legend\">");
    for (size_t i = 0; i < chart->series_count; i++) {
        pb_buf_printf(page->out, "<li><i class=\"%s\"></i>", svg_colour(chart, i, SIZE_MAX));
        html_text(page, chart->series[i].label);
        html_raw(page, "</li>");
    }
    html_raw(page, "</ul>\n");
}

/* What stands at the end of a bar: the value, or the sum of what is stacked. */
static void bar_value(const html_page *page, const report_chart *chart, size_t label)
{
    html_raw(page, "<span class=\"bv\">");
    for (size_t s = 0; s < chart->series_count; s++) {
        html_raw(page, s > 0 ? " / " : "");
        html_text(page, isnan(chart->series[s].values[label]) ? PB_STR("–")
                                                              : chart->series[s].texts[label]);
    }
    html_raw(page, "</span>");
}

static void bars(const html_page *page, const report_chart *chart)
{
    html_raw(page, chart->label_count > ONE_COLUMN ? "<div class=\"bars many\">\n"
                                                   : "<div class=\"bars\">\n");
    for (size_t i = 0; i < chart->label_count; i++) {
        html_raw(page, "<div class=\"row\"><span class=\"bl\"><bdi>");
        html_text(page, chart->labels[i]);
        html_raw(page, "</bdi></span>");
        bar_value(page, chart, i);
        svg_bar(page, chart, i);
        html_raw(page, "</div>\n");
    }
    html_raw(page, "</div>\n");
    if (!isnan(chart->target))
        html_tag(page, "p class=\"soft\"", chart->target_says);
}

static void sparks(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<div class=\"sparks\">\n");
    for (size_t s = 0; s < chart->series_count; s++) {
        double most = 0;
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < chart->label_count; i++) {
            double value = chart->series[s].values[i];
            if (value > most) {
                most = value;
                best = i;
            }
        }
        html_raw(page, "<div class=\"row\"><span class=\"bl\"><bdi>");
        html_text(page, chart->series[s].label);
        html_raw(page, "</bdi></span><span class=\"bv\">");
        if (best != SIZE_MAX) {
            html_raw(page, "↑ ");
            html_text(page, chart->series[s].texts[best]);
        }
        html_raw(page, "</span>");
        svg_spark(page, chart, s);
        html_raw(page, "</div>\n");
    }
    html_raw(page, "</div>\n");
}

/* Labels beneath an axis, only as many as have room; each stands below its place. */
static void axis_labels(const html_page *page, const report_chart *chart)
{
    size_t step = (chart->label_count + AXIS_LABELS - 1) / AXIS_LABELS;
    pb_buf_printf(page->out, "<div class=\"xs%s\" style=\"grid-template-columns:repeat(%zu,1fr)\">",
                  step == 1 ? " mid" : "", chart->label_count);
    for (size_t i = 0; i < chart->label_count; i += step) {
        size_t span = chart->label_count - i < step ? chart->label_count - i : step;
        pb_buf_printf(page->out, "<span style=\"grid-column:span %zu\"><bdi>", span);
        html_text(page, chart->labels[i]);
        html_raw(page, "</bdi></span>");
    }
    html_raw(page, "</div>\n");
}

static void plot(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<div class=\"plot\"><div class=\"ys\">");
    for (size_t i = chart->tick_count; i-- > 0;)
        html_tag(page, "span", chart->tick_texts[i]);
    html_raw(page, "</div><div class=\"field\">");
    if (chart->kind == REPORT_LINES)
        svg_lines(page, chart);
    else
        svg_columns(page, chart);
    html_raw(page, "</div></div>\n");
    axis_labels(page, chart);
    if (!isnan(chart->target))
        html_tag(page, "p class=\"soft\"", chart->target_says);
}

static void donut(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<div class=\"round\">");
    svg_donut(page, chart);
    html_raw(page, "<ul class=\"legend tall\">");
    for (size_t i = 0; i < chart->label_count; i++) {
        pb_buf_printf(page->out, "<li><i class=\"%s\"></i>", svg_colour(chart, 0, i));
        html_text(page, chart->labels[i]);
        html_raw(page, " <b>");
        html_text(page, chart->series[0].texts[i]);
        html_raw(page, "</b></li>");
    }
    html_raw(page, "</ul></div>\n");
}

static void gauge(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<div class=\"round\">");
    svg_gauge(page, chart);
    html_raw(page, "<p><b class=\"big\">");
    html_text(page, chart->series[0].texts[0]);
    html_raw(page, "</b><br>");
    html_text(page, chart->labels[0]);
    html_raw(page, "</p></div>\n");
}

/* The same figures as a table, for who reads rather than looks. */
static void figures(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<details class=\"figures\"><summary>");
    html_text(page, page->document->figures_title);
    html_raw(page, "</summary><div class=\"scroll\"><table><thead><tr><th>");
    html_text(page, chart->label_of);
    html_raw(page, "</th>");
    for (size_t s = 0; s < chart->series_count; s++)
        html_tag(page, "th class=\"n\"", chart->series[s].label);
    html_raw(page, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < chart->label_count; i++) {
        html_raw(page, "<tr><td class=\"v\"><bdi>");
        html_text(page, chart->labels[i]);
        html_raw(page, "</bdi></td>");
        for (size_t s = 0; s < chart->series_count; s++) {
            html_raw(page, "<td class=\"n\">");
            html_text(page, chart->series[s].texts[i]);
            html_raw(page, "</td>");
        }
        html_raw(page, "</tr>\n");
    }
    html_raw(page, "</tbody></table></div></details>\n");
}

void html_chart(const html_page *page, const report_chart *chart)
{
    html_raw(page, "<figure class=\"chart\">");
    html_tag(page, "figcaption class=\"soft\"", chart->says);
    if (chart->kind != REPORT_SPARKS)
        legend(page, chart);
    switch (chart->kind) {
    case REPORT_BARS:
    case REPORT_STACKED:
        bars(page, chart);
        break;
    case REPORT_SPARKS:
        sparks(page, chart);
        break;
    case REPORT_COLUMNS:
    case REPORT_LINES:
        plot(page, chart);
        break;
    case REPORT_DONUT:
        donut(page, chart);
        break;
    case REPORT_GAUGE:
        gauge(page, chart);
        break;
    }
    bool told = chart->kind == REPORT_DONUT || chart->kind == REPORT_GAUGE ||
                (chart->kind == REPORT_BARS && chart->series_count == 1);
    if (!chart->table_beside && !told)
        figures(page, chart);
    html_raw(page, "</figure>\n");
}
