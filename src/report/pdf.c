/* The report on paper, as a whole. */
#include "paper.h"
#include "paper_scripts.h"

#include <cairo-pdf.h>
#include <math.h>

enum { MANY_LETTERS = 30 };

static void cover(paper *p)
{
    const report_document *document = p->document;
    const paper_style big = {
        .size = 38, .face = PAPER_BOLD, .colour = paper_white, .centred = true};
    const paper_style small = {.size = 9, .colour = paper_white, .centred = true};
    const paper_style soft = {.size = 10.5, .colour = paper_soft};
    const paper_style body = {.size = 10, .colour = paper_ink};
    const double size = 86, start = size + 20, width = PAPER_ROOM - start;
    const char letter[2] = {document->letter, 0};
    report_tone tone = document->letter == 'A' || document->letter == 'B' ? REPORT_GOOD
                       : document->letter == 'C'                          ? REPORT_WARN
                       : document->letter == '-'                          ? REPORT_SOFT
                                                                          : REPORT_BAD;
    double top = p->y + 6;
    paper_fill(p, 0, top, size, size, paper_tone_ink(tone));
    double y = top + (pb_str_empty(document->score_text) ? 16 : 6);
    y += paper_text(p, &big, document->letter == '-' ? PB_STR("–") : pb_str_c(letter), 0, y, size);
    paper_text(p, &small, document->score_text, 2, y - 3, size - 4);
    const paper_style title = {.size = 21, .face = PAPER_BOLD, .colour = paper_ink};
    p->y = top;
    paper_paragraph(p, &title, document->title, start, width);
    p->y += 2;
    paper_paragraph(p, &soft, document->date, start, width);
    p->y += 4;
    paper_paragraph(p, &body, document->overview, start, width);
    paper_paragraph(p, &soft, document->held, start, width);
    p->y = fmax(p->y, top + size) + 12;
}

static void contents_line(paper *p, pb_str name, pb_str title, double indent)
{
    const paper_style words = {.size = indent > 0 ? 9 : 10,
                               .face = indent > 0 ? PAPER_PLAIN : PAPER_BOLD,
                               .colour = paper_ink};
    const paper_style end = {.size = 9.5, .colour = paper_soft, .end = true};
    PB_AUTO_BUF page = PB_BUF_INIT(64);
    PangoLayout *layout = paper_layout(p, &words, title, PAPER_ROOM - indent - 50);
    double high = paper_layout_height(layout);
    paper_need(p, high + 2);
    bool linked = paper_link(p, name);
    paper_put(p, layout, &words, indent, p->y, PAPER_ROOM - indent - 50);
    pb_locale_int(p->locale, &page, (int64_t)paper_page_of(p, name));
    paper_text(p, &end, pb_buf_str(&page), PAPER_ROOM - 46, p->y, 46);
    if (linked)
        paper_link_end(p);
    g_object_unref(layout);
    p->y += high + (indent > 0 ? 1 : 3);
}

static void contents(paper *p)
{
    paper_heading(p, 3, p->document->contents_title);
    for (size_t s = 0; s < p->document->section_count; s++) {
        const report_section *section = &p->document->sections[s];
        if (!section->in_contents)
            continue;
        contents_line(p, pb_str_c(section->id), section->title, 0);
        for (size_t i = 0; i < section->block_count; i++)
            if (section->blocks[i].kind == REPORT_BLOCK_FINDING)
                contents_line(p, section->blocks[i].item->id, section->blocks[i].item->title, 14);
    }
    p->y += 8;
}

static int outline_entry(paper *p, int parent, pb_str name, pb_str title)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16), dest = PB_BUF_INIT(1 << 16);
    paper_plain(&text, title);
    pb_buf_addc(&dest, "dest='");
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '\'' || name.ptr[i] == '\\')
            pb_buf_byte(&dest, '\\');
        pb_buf_byte(&dest, name.ptr[i]);
    }
    pb_buf_byte(&dest, '\'');
    return cairo_pdf_surface_add_outline(p->surface, parent, pb_buf_cstr(&text), pb_buf_cstr(&dest),
                                         0);
}

static void outline(paper *p)
{
    for (size_t s = 0; s < p->document->section_count; s++) {
        const report_section *section = &p->document->sections[s];
        if (!section->in_contents)
            continue;
        int parent =
            outline_entry(p, CAIRO_PDF_OUTLINE_ROOT, pb_str_c(section->id), section->title);
        for (size_t i = 0; i < section->block_count; i++)
            if (section->blocks[i].kind == REPORT_BLOCK_FINDING)
                outline_entry(p, parent, section->blocks[i].item->id,
                              section->blocks[i].item->title);
    }
}

static pb_status set(paper *p, pb_buf *out, pb_error *err)
{
    const paper_style soft = {.size = 8.5, .colour = paper_soft};
    PB_TRY(paper_begin(p, out, err));
    cover(p);
    contents(p);
    if (out == NULL) /* a language without a font shows at once */
        PB_TRY(paper_scripts_check(p->scripts, MANY_LETTERS, err));
    for (size_t i = 0; i < p->document->section_count; i++)
        paper_section(p, &p->document->sections[i]);
    p->y += 8;
    paper_paragraph(p, &soft, p->document->footer, 0, PAPER_ROOM);
    if (out != NULL)
        outline(p);
    return paper_end(p, err);
}

pb_status report_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    report_document document;
    pb_status status;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_document_make(report, locale, arena, &document, err));
    paper p = {.document = &document,
               .locale = locale,
               .arena = arena,
               .scripts = pb_arena_alloc(arena, sizeof(paper_scripts))};
    if (p.scripts == NULL)
        return pb_fail_memory(err);
    status = paper_open(&p, err);
    if (status == PB_OK)
        status = set(&p, NULL, err);
    if (status == PB_OK)
        status = paper_scripts_check(p.scripts, 1, err);
    if (status == PB_OK)
        status = set(&p, out, err);
    paper_close(&p);
    return status;
}
