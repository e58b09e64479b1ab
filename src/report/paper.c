/* Sheets: pages with head and foot, places with names, areas of colour. */
#include "paper.h"

#include "base/time.h"

#include <cairo-pdf.h>

const paper_colour paper_ink = {0.11, 0.14, 0.19}, paper_soft = {0.34, 0.38, 0.45},
                   paper_rule = {0.85, 0.87, 0.91}, paper_ground = {0.945, 0.953, 0.967},
                   paper_white = {1, 1, 1}, paper_accent = {0.12, 0.31, 0.55};

/* The colours of the page's style sheet (html_style.c) in the light. */
paper_colour paper_tone_ink(report_tone tone)
{
    static const paper_colour inks[] = {
        [REPORT_PLAIN] = {0.11, 0.14, 0.19},  [REPORT_SOFT] = {0.29, 0.33, 0.41},
        [REPORT_GOOD] = {0.07, 0.41, 0.42},   [REPORT_WARN] = {0.54, 0.353, 0},
        [REPORT_BAD] = {0.659, 0.157, 0.059},
    };
    return inks[tone];
}

paper_colour paper_tone_fill(report_tone tone)
{
    static const paper_colour fills[] = {
        [REPORT_PLAIN] = {0.122, 0.373, 0.659}, [REPORT_SOFT] = {0.561, 0.608, 0.69},
        [REPORT_GOOD] = {0.11, 0.502, 0.518},   [REPORT_WARN] = {0.878, 0.541, 0},
        [REPORT_BAD] = {0.722, 0.196, 0.059},
    };
    return fills[tone];
}

paper_colour paper_tone_back(report_tone tone)
{
    static const paper_colour backs[] = {
        [REPORT_PLAIN] = {0.914, 0.929, 0.953}, [REPORT_SOFT] = {0.914, 0.929, 0.953},
        [REPORT_GOOD] = {0.886, 0.953, 0.953},  [REPORT_WARN] = {1, 0.957, 0.863},
        [REPORT_BAD] = {0.992, 0.925, 0.906},
    };
    return backs[tone];
}

pb_status paper_open(paper *p, pb_error *err)
{
    cairo_font_options_t *options = cairo_font_options_create();
    /* A map of its own, for what this process does elsewhere with fonts must not matter here. */
    p->fonts = pango_cairo_font_map_new();
    p->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (p->fonts == NULL) {
        cairo_font_options_destroy(options);
        return pb_fail_memory(err);
    }
    p->context = pango_font_map_create_context(p->fonts);
    /* Lengths of letters as drawn, not as some screen would round them. */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(p->context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(p->context, 72);
    pango_context_set_round_glyph_positions(p->context, false);
    pango_context_set_language(p->context, pango_language_from_string(p->document->language));
    pango_context_set_base_dir(p->context,
                               p->document->rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    return PB_OK;
}

void paper_close(paper *p)
{
    if (p->cr != NULL)
        cairo_destroy(p->cr);
    if (p->surface != NULL)
        cairo_surface_destroy(p->surface);
    if (p->places != NULL)
        g_hash_table_unref(p->places);
    if (p->context != NULL)
        g_object_unref(p->context);
    if (p->fonts != NULL)
        g_object_unref(p->fonts);
}

static cairo_status_t write_out(void *closure, const unsigned char *bytes, unsigned length)
{
    pb_buf *out = closure;
    pb_buf_add(out, pb_str_n((const char *)bytes, length));
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* Metadata are plain text: without the marks that keep directions apart inside a sentence. */
void paper_plain(pb_buf *to, pb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        pb_str mark = pb_str_sub(text, i, 3);
        if (pb_str_is(mark, "\xE2\x81\xA8") || pb_str_is(mark, "\xE2\x81\xA9"))
            i += 2;
        else
            pb_buf_byte(to, text.ptr[i]);
    }
}

static void say_what_it_is(paper *p)
{
    const report_document *document = p->document;
    PB_AUTO_BUF title = PB_BUF_INIT(1 << 20), subject = PB_BUF_INIT(1 << 20);
    PB_AUTO_BUF author = PB_BUF_INIT(1 << 10), day = PB_BUF_INIT(64);
    paper_plain(&title, document->title);
    paper_plain(&subject, document->overview);
    pb_buf_printf(&author, "Probity %s", document->input->program_version);
    /* The day audited, not the day printed: the same audit makes the same file. */
    pb_date_format(&day, document->input->result->as_of_days);
    pb_buf_addc(&day, "T00:00:00Z");
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_TITLE, pb_buf_cstr(&title));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_SUBJECT, pb_buf_cstr(&subject));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_AUTHOR, pb_buf_cstr(&author));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATOR, pb_buf_cstr(&author));
    cairo_pdf_surface_set_metadata(p->surface, CAIRO_PDF_METADATA_CREATE_DATE, pb_buf_cstr(&day));
}

pb_status paper_begin(paper *p, pb_buf *out, pb_error *err)
{
    p->page = 0;
    if (out != NULL) {
        p->surface = cairo_pdf_surface_create_for_stream(write_out, out, PAPER_WIDTH, PAPER_HEIGHT);
        p->cr = cairo_create(p->surface);
        if (cairo_status(p->cr) != CAIRO_STATUS_SUCCESS)
            return pb_fail_memory(err);
        say_what_it_is(p);
    }
    paper_page(p);
    return PB_OK;
}

pb_status paper_end(paper *p, pb_error *err)
{
    p->pages = p->page;
    if (p->failed)
        return pb_fail_memory(err);
    if (p->cr == NULL)
        return PB_OK;
    cairo_show_page(p->cr);
    cairo_surface_finish(p->surface);
    cairo_status_t status = cairo_status(p->cr);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(p->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        return PB_OK;
    if (status == CAIRO_STATUS_WRITE_ERROR || status == CAIRO_STATUS_NO_MEMORY)
        return pb_fail_memory(err);
    pb_fail(err, PB_INTERNAL, PB_MSG("The PDF could not be written"), NULL);
    pb_error_detail(err, PB_MSG("{what}"), "what", cairo_status_to_string(status), NULL);
    return PB_INTERNAL;
}

static void head_and_foot(paper *p)
{
    const paper_style soft = {.size = 8, .colour = paper_soft};
    const paper_style end = {.size = 8, .colour = paper_soft, .end = true};
    PB_AUTO_BUF number = PB_BUF_INIT(64), all = PB_BUF_INIT(64), of = PB_BUF_INIT(256);
    double half = PAPER_ROOM / 2;
    PangoLayout *title = paper_layout(p, &soft, p->document->title, PAPER_ROOM * 0.7);
    int line = 0;
    /* One line of a long title is enough. */
    paper_put_lines(p, title, &soft, 0, 34, PAPER_ROOM * 0.7, 1, true, &line);
    g_object_unref(title);
    paper_text(p, &end, p->document->date, PAPER_ROOM * 0.7, 34, PAPER_ROOM * 0.3);
    paper_fill(p, 0, 48, PAPER_ROOM, 0.5, paper_rule);
    pb_locale_int(p->locale, &number, (int64_t)p->page);
    pb_locale_int(p->locale, &all, (int64_t)p->pages);
    pb_arg args[] = {{"page", pb_buf_str(&number)}, {"pages", pb_buf_str(&all)}};
    pb_format(&of,
              pb_str_c(pb_translate(pb_locale_catalog(p->locale), PB_MSG("{page} of {pages}"))),
              args, 2);
    paper_fill(p, 0, 796, PAPER_ROOM, 0.5, paper_rule);
    paper_text(p, &soft, PB_STR("Probity"), 0, 802, half);
    paper_text(p, &end, pb_buf_str(&of), half, 802, half);
}

void paper_page(paper *p)
{
    if (p->page > 0 && p->cr != NULL)
        cairo_show_page(p->cr);
    p->page++;
    p->y = PAPER_TOP;
    head_and_foot(p);
}

void paper_need(paper *p, double height)
{
    if (p->y + height > PAPER_BOTTOM && p->y > PAPER_TOP)
        paper_page(p);
}

double paper_x(const paper *p, double start, double width)
{
    return p->document->rtl ? PAPER_WIDTH - PAPER_MARGIN - start - width : PAPER_MARGIN + start;
}

void paper_fill(paper *p, double start, double y, double width, double height, paper_colour colour)
{
    if (p->cr == NULL || width <= 0 || height <= 0)
        return;
    cairo_set_source_rgb(p->cr, colour.red, colour.green, colour.blue);
    cairo_rectangle(p->cr, paper_x(p, start, width), y, width, height);
    cairo_fill(p->cr);
}

void paper_box(paper *p, double start, double y, double width, double height, paper_colour colour)
{
    if (p->cr == NULL)
        return;
    cairo_set_source_rgb(p->cr, colour.red, colour.green, colour.blue);
    cairo_set_line_width(p->cr, 0.6);
    cairo_rectangle(p->cr, paper_x(p, start, width), y, width, height);
    cairo_stroke(p->cr);
}

/* A name as an attribute of cairo's tags, its own quoting marks taken care of. */
static void attribute(pb_buf *out, const char *key, pb_str name)
{
    pb_buf_printf(out, "%s='", key);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '\'' || name.ptr[i] == '\\')
            pb_buf_byte(out, '\\');
        pb_buf_byte(out, name.ptr[i]);
    }
    pb_buf_byte(out, '\'');
}

size_t paper_page_of(const paper *p, pb_str name)
{
    PB_AUTO_BUF key = PB_BUF_INIT(1 << 16);
    pb_buf_add(&key, name);
    return GPOINTER_TO_SIZE(g_hash_table_lookup(p->places, pb_buf_cstr(&key)));
}

bool paper_link(paper *p, pb_str name)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    if (p->cr == NULL || pb_str_empty(name) || paper_page_of(p, name) == 0)
        return false;
    attribute(&text, "dest", name);
    cairo_tag_begin(p->cr, CAIRO_TAG_LINK, pb_buf_cstr(&text));
    return true;
}

void paper_link_end(paper *p)
{
    cairo_tag_end(p->cr, CAIRO_TAG_LINK);
}

void paper_name(paper *p, pb_str name)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    if (pb_str_empty(name))
        return;
    if (p->cr == NULL) {
        g_hash_table_insert(p->places, g_strndup(name.ptr, name.len), GSIZE_TO_POINTER(p->page));
        return;
    }
    attribute(&text, "name", name);
    cairo_tag_begin(p->cr, CAIRO_TAG_DEST, pb_buf_cstr(&text));
    /* A place needs an extent. */
    cairo_set_source_rgb(p->cr, 1, 1, 1);
    cairo_rectangle(p->cr, PAPER_MARGIN, p->y, 0.1, 0.1);
    cairo_fill(p->cr);
    cairo_tag_end(p->cr, CAIRO_TAG_DEST);
}
