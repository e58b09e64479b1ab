/* The page as a whole. */
#include "html.h"

void html_text(const html_page *page, pb_str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = NULL;
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '&')
            entity = "&amp;";
        else if (c == '<')
            entity = "&lt;";
        else if (c == '>')
            entity = "&gt;";
        else if (c == '"')
            entity = "&quot;";
        else if (c == '\'')
            entity = "&#39;";
        else if (c < ' ' && c != '\t' && c != '\n' && c != '\r')
            entity = "\xEF\xBF\xBD"; /* characters that no page may have */
        else
            continue;
        pb_buf_add(page->out, pb_str_sub(text, from, i - from));
        pb_buf_addc(page->out, entity);
        from = i + 1;
    }
    pb_buf_add(page->out, pb_str_sub(text, from, text.len - from));
}

void html_raw(const html_page *page, const char *markup)
{
    pb_buf_addc(page->out, markup);
}

void html_tag(const html_page *page, const char *open, pb_str text)
{
    size_t name = pb_str_index(pb_str_c(open), ' ');
    if (pb_str_empty(text))
        return;
    pb_buf_printf(page->out, "<%s>", open);
    html_text(page, text);
    pb_buf_printf(page->out, "</%.*s>\n", (int)name, open);
}

const char *html_tone(report_tone tone)
{
    static const char *const names[] = {
        [REPORT_PLAIN] = "plain", [REPORT_SOFT] = "soft", [REPORT_GOOD] = "good",
        [REPORT_WARN] = "warn",   [REPORT_BAD] = "bad",
    };
    return names[tone];
}

static void page_head(const html_page *page)
{
    const report_document *document = page->document;
    pb_buf_printf(page->out,
                  "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n"
                  "<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n",
                  document->language, document->rtl ? "rtl" : "ltr");
    html_tag(page, "title", document->title);
    html_raw(page, "<style>");
    html_raw(page, html_style);
    html_raw(page, "</style>\n</head>\n<body>\n");
}

static void mark(const html_page *page)
{
    const report_document *document = page->document;
    pb_buf_printf(page->out, "<div class=\"mark m%c\"><div><b>", document->letter);
    if (document->letter == '-')
        html_raw(page, "–");
    else
        pb_buf_byte(page->out, document->letter);
    html_raw(page, "</b><span>");
    html_text(page, document->score_text);
    html_raw(page, "</span></div></div>\n");
}

static void top(const html_page *page)
{
    const report_document *document = page->document;
    html_raw(page, "<header class=\"top\">");
    if (document->letter != 0)
        mark(page);
    html_raw(page, "<div>");
    html_tag(page, "h1", document->title);
    html_tag(page, "p class=\"soft\"", document->date);
    html_tag(page, "p", document->overview);
    html_tag(page, "p class=\"soft\"", document->held);
    html_raw(page, "</div></header>\n");
}

static void contents(const html_page *page)
{
    html_raw(page, "<nav aria-label=\"");
    html_text(page, page->document->contents_title);
    html_raw(page, "\">");
    for (size_t i = 0; i < page->document->section_count; i++) {
        const report_section *section = &page->document->sections[i];
        if (!section->in_contents)
            continue;
        pb_buf_printf(page->out, "<a href=\"#%s\">", section->id);
        html_text(page, section->title);
        html_raw(page, "</a>\n");
    }
    html_raw(page, "</nav>\n");
}

void html_document(const report_document *document, pb_buf *out)
{
    const html_page page = {document, out};
    page_head(&page);
    top(&page);
    html_raw(&page, "<main>\n");
    contents(&page);
    for (size_t i = 0; i < document->section_count; i++)
        html_section(&page, &document->sections[i]);
    html_raw(&page, "</main>\n");
    html_tag(&page, "footer", document->footer);
    html_raw(&page, "</body>\n</html>\n");
}

pb_status report_html(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    report_document document;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_document_make(report, locale, arena, &document, err));
    html_document(&document, out);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
