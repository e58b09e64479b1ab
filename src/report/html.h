/* Private to report: the page for people, made from a document. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "report/document.h"

typedef struct html_page {
    const report_document *document;
    pb_buf *out;
} html_page;

/** The whole page. */
void html_document(const report_document *document, pb_buf *out);
/** Appends with `&<>"'` escaped. */
void html_text(const html_page *page, pb_str text);
void html_raw(const html_page *page, const char *markup);
/** A text in a tag; nothing when it is absent. `open` may carry a class (“p class="soft"”). */
void html_tag(const html_page *page, const char *open, pb_str text);
/** Class of a tone: "plain", "soft", … */
const char *html_tone(report_tone tone);
void html_section(const html_page *page, const report_section *section);
void html_table(const html_page *page, const report_table *table);
/** A chart with its legend and, where no other table has them, its figures. */
void html_chart(const html_page *page, const report_chart *chart);
extern const char html_style[];

/* Drawings: inline SVG without any text but titles, as wide as there is room (svg_*.c). Text
 * stands in the page, where the browser wraps, shapes and mirrors it. */

/** One lying bar of the first `series_count` series at `label`. */
void svg_bar(const html_page *page, const report_chart *chart, size_t label);
void svg_columns(const html_page *page, const report_chart *chart);
void svg_lines(const html_page *page, const report_chart *chart);
/** The line of one series alone. */
void svg_spark(const html_page *page, const report_chart *chart, size_t series);
void svg_donut(const html_page *page, const report_chart *chart);
void svg_gauge(const html_page *page, const report_chart *chart);
/** Class of colour of a label of a series: its tone, or the palette's next. */
const char *svg_colour(const report_chart *chart, size_t series, size_t label);
/** `<title>` of a mark: series, label, value. */
void svg_title(const html_page *page, const report_chart *chart, size_t series, size_t label);

#endif
