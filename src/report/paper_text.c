/* Texts: set by pango, each in the direction of the page or its own. */
#include "paper.h"
#include "paper_scripts.h"

#define FAMILIES                                                                                   \
    "Noto Sans, Noto Sans CJK SC, Noto Sans Arabic, Noto Naskh Arabic, Vazirmatn, sans-serif"
#define FIXED "Noto Sans Mono, DejaVu Sans Mono, Noto Sans CJK SC, monospace"

/* Bytes of one text that are set; more would be many pages, for which there is the spreadsheet. */
enum { TEXT_MAX = 20000 };

/* The text as pango may have it: UTF-8 without characters that no page can show. */
static void clean(pb_buf *to, pb_str text, bool apart)
{
    size_t length = text.len < TEXT_MAX ? text.len : TEXT_MAX;
    const char *at = text.ptr, *end = text.ptr + length;
    if (apart)
        pb_buf_addc(to, "\xE2\x81\xA8"); /* FIRST STRONG ISOLATE */
    while (at < end) {
        gunichar c = g_utf8_get_char_validated(at, end - at);
        bool bad = c == (gunichar)-1 || c == (gunichar)-2;
        size_t bytes = bad ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
        if (c == (gunichar)-2 && length < text.len)
            break; /* cut inside a letter */
        if (bad || (c < ' ' && c != '\n' && c != '\t') || c == 0x7F || c == 0xFFFE || c == 0xFFFF)
            pb_buf_addc(to, "\xEF\xBF\xBD");
        else
            pb_buf_add(to, pb_str_n(at, bytes));
        at += bytes;
    }
    if (length < text.len)
        pb_buf_addc(to, "…");
    if (apart)
        pb_buf_addc(to, "\xE2\x81\xA9"); /* POP DIRECTIONAL ISOLATE */
}

PangoLayout *paper_layout(paper *p, const paper_style *style, pb_str text, double width)
{
    PangoLayout *layout = pango_layout_new(p->context);
    PangoFontDescription *font =
        pango_font_description_from_string(style->face == PAPER_FIXED ? FIXED : FAMILIES);
    PB_AUTO_BUF shown = PB_BUF_INIT(8 * TEXT_MAX);
    bool right = p->document->rtl != style->end;
    clean(&shown, text, style->apart || style->face == PAPER_FIXED);
    p->failed = p->failed || shown.failed;
    pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
    pango_font_description_set_weight(font, style->face == PAPER_BOLD ? PANGO_WEIGHT_BOLD
                                                                      : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    /* The direction is the page's, so that a line of Latin letters does not jump to the other side.
     */
    pango_layout_set_auto_dir(layout, false);
    pango_layout_set_alignment(layout, style->centred ? PANGO_ALIGN_CENTER
                                       : right        ? PANGO_ALIGN_RIGHT
                                                      : PANGO_ALIGN_LEFT);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_text(layout, pb_buf_cstr(&shown), -1);
    if (p->cr == NULL)
        paper_scripts_note(p->scripts, layout);
    return layout;
}

double paper_layout_height(PangoLayout *layout)
{
    int height = 0;
    pango_layout_get_size(layout, NULL, &height);
    return (double)height / PANGO_SCALE;
}

double paper_layout_width(PangoLayout *layout)
{
    PangoRectangle extent;
    pango_layout_get_extents(layout, NULL, &extent);
    return (double)extent.width / PANGO_SCALE;
}

double paper_put_lines(paper *p, PangoLayout *layout, const paper_style *style, double start,
                       double y, double width, double height, bool force, int *line)
{
    PangoLayoutIter *iter = pango_layout_get_iter(layout);
    double from = -1, done = 0;
    int number = 0;
    do {
        PangoRectangle extent;
        if (number++ < *line)
            continue;
        pango_layout_iter_get_line_extents(iter, NULL, &extent);
        double top = (double)extent.y / PANGO_SCALE, tall = (double)extent.height / PANGO_SCALE;
        from = from < 0 ? top : from;
        if (top + tall - from > height + 0.01 && !(force && done <= 0))
            break;
        if (p->cr != NULL) {
            cairo_set_source_rgb(p->cr, style->colour.red, style->colour.green, style->colour.blue);
            cairo_move_to(p->cr, paper_x(p, start, width) + (double)extent.x / PANGO_SCALE,
                          y + (double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE - from);
            pango_cairo_show_layout_line(p->cr, pango_layout_iter_get_line_readonly(iter));
        }
        done = top + tall - from;
        *line = number;
        if (force && height <= 1)
            break;
    } while (pango_layout_iter_next_line(iter));
    pango_layout_iter_free(iter);
    return done;
}

void paper_put(paper *p, PangoLayout *layout, const paper_style *style, double start, double y,
               double width)
{
    if (p->cr == NULL)
        return;
    cairo_set_source_rgb(p->cr, style->colour.red, style->colour.green, style->colour.blue);
    cairo_move_to(p->cr, paper_x(p, start, width), y);
    pango_cairo_show_layout(p->cr, layout);
}

double paper_text(paper *p, const paper_style *style, pb_str text, double start, double y,
                  double width)
{
    if (pb_str_empty(text))
        return 0;
    PangoLayout *layout = paper_layout(p, style, text, width);
    double height = paper_layout_height(layout);
    paper_put(p, layout, style, start, y, width);
    g_object_unref(layout);
    return height;
}

void paper_paragraph(paper *p, const paper_style *style, pb_str text, double start, double width)
{
    if (pb_str_empty(text))
        return;
    PangoLayout *layout = paper_layout(p, style, text, width);
    int line = 0, lines = pango_layout_get_line_count(layout);
    double one = paper_layout_height(layout) / (lines > 0 ? lines : 1);
    paper_need(p, one * (lines < 3 ? lines : 2)); /* no first line alone at the foot */
    while (line < lines) {
        bool fresh = p->y <= PAPER_TOP;
        p->y += paper_put_lines(p, layout, style, start, p->y, width, PAPER_BOTTOM - p->y, fresh,
                                &line);
        if (line < lines)
            paper_page(p);
    }
    g_object_unref(layout);
}
