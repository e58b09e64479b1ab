/* Small pieces of the page. */
#include "writer.h"

#include <stdarg.h>

enum { MAX_ARGS = 12 };

void html_text(pb_buf *out, pb_str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *entity = NULL;
        switch (text.ptr[i]) {
        case '&':
            entity = "&amp;";
            break;
        case '<':
            entity = "&lt;";
            break;
        case '>':
            entity = "&gt;";
            break;
        case '"':
            entity = "&quot;";
            break;
        case '\'':
            entity = "&#39;";
            break;
        default:
            continue;
        }
        pb_buf_add(out, pb_str_sub(text, from, i - from));
        pb_buf_addc(out, entity);
        from = i + 1;
    }
    pb_buf_add(out, pb_str_sub(text, from, text.len - from));
}

void html_say(const report_writer *writer, const char *id, ...)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    pb_arg args[MAX_ARGS];
    size_t count = 0;
    va_list list;
    va_start(list, id);
    for (const char *name; count < MAX_ARGS && (name = va_arg(list, const char *)) != NULL; count++)
        args[count] = (pb_arg){name, pb_str_c(va_arg(list, const char *))};
    va_end(list);
    pb_format(&text, pb_str_c(pb_translate(writer->catalog, id)), args, count);
    html_text(writer->out, pb_buf_str(&text));
}

void html_element(const report_writer *writer, const char *tag, const char *id)
{
    pb_buf_printf(writer->out, "<%s>", tag);
    html_text(writer->out, pb_str_c(pb_translate(writer->catalog, id)));
    pb_buf_printf(writer->out, "</%s>\n", tag);
}

void html_raw(const report_writer *writer, const char *markup)
{
    pb_buf_addc(writer->out, markup);
}

void html_bar(const report_writer *writer, double share, const char *kind)
{
    double percent = share < 0 ? 0 : share > 1 ? 100 : share * 100;
    if (percent > 0 && percent < 2)
        percent = 2; /* what is not nothing must be seen */
    pb_buf_printf(writer->out, "<span class=\"bar %s\"><i style=\"width:%.0f%%\"></i></span>", kind,
                  percent);
}

void html_number_cell(const report_writer *writer, uint64_t value)
{
    html_raw(writer, "<td class=\"n\">");
    pb_locale_int(writer->locale, writer->out, (int64_t)value);
    html_raw(writer, "</td>");
}

void html_value_cell(const report_writer *writer, pb_str text)
{
    html_raw(writer, "<td class=\"v\"><bdi>");
    html_text(writer->out, report_shown(writer, text));
    html_raw(writer, "</bdi></td>");
}

void html_head_row(const report_writer *writer, ...)
{
    va_list list;
    va_start(list, writer);
    html_raw(writer, "<tr>");
    for (const char *id; (id = va_arg(list, const char *)) != NULL;) {
        bool number = id[0] == '#'; /* a column of numbers, set to the end */
        html_raw(writer, number ? "<th class=\"n\">" : "<th>");
        if (id[0] != 0)
            html_say(writer, number ? id + 1 : id, NULL);
        html_raw(writer, "</th>");
    }
    html_raw(writer, "</tr>\n");
    va_end(list);
}
