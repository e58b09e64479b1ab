/* Private to report: sheets of paper. Text is set by pango, drawn by cairo.
 *
 * A report is set twice: once to learn on which page everything stands, once to draw it. Both times
 * run through the same code; the first has no surface. Lengths are points (1/72 inch). Places
 * across the page count from where the reader begins a line, so that Persian mirrors by itself.
 */
#ifndef REPORT_PAPER_H
#define REPORT_PAPER_H

#include "report/document.h"

#include <pango/pangocairo.h>

#define PAPER_WIDTH 595.276 /* A4 */
#define PAPER_HEIGHT 841.89
#define PAPER_MARGIN 48.0
#define PAPER_TOP 64.0
#define PAPER_BOTTOM 780.0
#define PAPER_ROOM (PAPER_WIDTH - 2 * PAPER_MARGIN)

typedef struct paper_colour {
    double red, green, blue;
} paper_colour;

typedef enum paper_face { PAPER_PLAIN, PAPER_BOLD, PAPER_FIXED } paper_face;

/** How a text is set. */
typedef struct paper_style {
    double size;
    paper_face face;
    paper_colour colour;
    bool apart; /* a value of the source: keeps its own direction */
    bool end;   /* at the end of its line: numbers */
    bool centred;
} paper_style;

/** Where a name leads to. */
typedef struct paper_place {
    pb_str name;
    size_t page;
} paper_place;

struct paper_scripts;

typedef struct paper {
    const report_document *document;
    pb_locale *locale;
    pb_arena *arena; /* lives as long as both rounds */
    cairo_surface_t *surface;
    cairo_t *cr; /* NULL in the first round */
    PangoFontMap *fonts;
    PangoContext *context;
    size_t page, pages; /* pages: 0 in the first round */
    double y;           /* where the next block begins */
    GHashTable *places; /* name → page, filled by the first round */
    struct paper_scripts *scripts;
    bool failed; /* memory ran out */
} paper;

extern const paper_colour paper_ink, paper_soft, paper_rule, paper_ground, paper_white,
    paper_accent;
/** For words, for areas, and behind words. */
paper_colour paper_tone_ink(report_tone tone);
paper_colour paper_tone_fill(report_tone tone);
paper_colour paper_tone_back(report_tone tone);

/* The paper (paper.c). */

pb_status paper_open(paper *p, pb_error *err);
void paper_close(paper *p);
/** Begins a round; `out` NULL: the first, which only measures. */
pb_status paper_begin(paper *p, pb_buf *out, pb_error *err);
/** Ends it: the last page is finished, and the file when there is one. */
pb_status paper_end(paper *p, pb_error *err);
/** A new page, with head and foot. */
void paper_page(paper *p);
/** A new page unless so much is left on this one. */
void paper_need(paper *p, double height);
/** Distance from the left edge of something that begins `start` into the line. */
double paper_x(const paper *p, double start, double width);
void paper_fill(paper *p, double start, double y, double width, double height, paper_colour colour);
void paper_box(paper *p, double start, double y, double width, double height, paper_colour colour);
/** What follows leads to `name`, until paper_link_end; false (and nothing begun) when no such
 * place is there. */
bool paper_link(paper *p, pb_str name);
void paper_link_end(paper *p);
/** The place here gets a name. */
void paper_name(paper *p, pb_str name);
/** Page of a name; 0: not known (yet). */
size_t paper_page_of(const paper *p, pb_str name);

/* Texts (paper_text.c). */

/** A text to be set in `width`; to be given back with g_object_unref. Never NULL. */
PangoLayout *paper_layout(paper *p, const paper_style *style, pb_str text, double width);
double paper_layout_height(PangoLayout *layout);
double paper_layout_width(PangoLayout *layout);
void paper_put(paper *p, PangoLayout *layout, const paper_style *style, double start, double y,
               double width);
/** Puts the lines from `*line` on that fit into `height`, at least one when `force`; moves `*line`
 * behind them and returns their height. */
double paper_put_lines(paper *p, PangoLayout *layout, const paper_style *style, double start,
                       double y, double width, double height, bool force, int *line);
/** Sets and puts at once; returns the height. Does not move on. */
double paper_text(paper *p, const paper_style *style, pb_str text, double start, double y,
                  double width);
/** A paragraph that flows over pages; moves on. */
void paper_paragraph(paper *p, const paper_style *style, pb_str text, double start, double width);
/** Appends a text for where it is not set: without marks of direction. */
void paper_plain(pb_buf *to, pb_str text);

/* Parts of a page. */

void paper_heading(paper *p, int level, pb_str text);
/** Moves on. `start`: indent. */
void paper_table(paper *p, const report_table *table);
void paper_chart(paper *p, const report_chart *chart);
/** What a chart needs on one page with its heading, that the drawing is not apart from its words.
 */
double paper_chart_height(const report_chart *chart);
void paper_section(paper *p, const report_section *section);
/** Drawings (paper_plot.c), at `y`, `start` and `width`. */
paper_colour paper_chart_colour(const report_chart *chart, size_t series, size_t label);
void paper_columns(paper *p, const report_chart *chart, double start, double y, double width,
                   double height);
void paper_lines(paper *p, const report_chart *chart, size_t only, double start, double y,
                 double width, double height);
void paper_donut(paper *p, const report_chart *chart, double start, double y, double size);
void paper_gauge(paper *p, const report_chart *chart, double start, double y, double size);

#endif
