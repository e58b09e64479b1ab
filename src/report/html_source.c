/* What was not examined and why; how the source was read; what the rules were. */
#include "writer.h"

#include "base/bytes.h"

enum { MAX_REJECTS = 20 };

/* One reason, and the controls that share it. */
typedef struct reason_group {
    pb_str why;
    const audit_finding **findings;
    size_t count, capacity;
} reason_group;

typedef struct reason_list {
    reason_group *items;
    size_t count, capacity;
} reason_list;

static bool put_in_group(const report_writer *writer, reason_list *list, pb_str why,
                         const audit_finding *finding)
{
    size_t at = 0;
    while (at < list->count && !pb_str_eq(list->items[at].why, why))
        at++;
    if (at == list->count) {
        reason_group group = {.why = pb_arena_str(writer->arena, why)};
        if (!PB_PUSH(writer->arena, list->items, list->count, list->capacity, group))
            return false;
    }
    reason_group *group = &list->items[at];
    return PB_PUSH(writer->arena, group->findings, group->count, group->capacity, finding);
}

/* Hundreds of controls may not apply for a handful of reasons: each reason is told once. */
static reason_list group_reasons(const report_writer *writer)
{
    reason_list list = {0};
    for (size_t i = 0; i < writer->result->finding_count; i++) {
        const audit_finding *finding = &writer->result->findings[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (finding->outcome != AUDIT_NOT_APPLICABLE && finding->outcome != AUDIT_COULD_NOT_RUN)
            continue;
        report_reason(writer, finding, &why);
        if (!put_in_group(writer, &list, pb_buf_str(&why), finding))
            writer->out->failed = true;
    }
    return list;
}

static void group_controls(const report_writer *writer, const reason_group *group)
{
    if (group->count > 1) {
        html_raw(writer, "<details><summary>");
        html_say(writer, PB_MSG("{count} controls"), "count", report_int(writer, group->count),
                 NULL);
        html_raw(writer, "</summary>");
    }
    for (size_t i = 0; i < group->count; i++) {
        PB_AUTO_BUF title = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_control_text(writer, group->findings[i], group->findings[i]->control->title, &title);
        html_raw(writer, "<div>");
        html_text(writer->out, pb_buf_str(&title));
        html_raw(writer, " <span class=\"id\">");
        html_text(writer->out, group->findings[i]->control->id);
        html_raw(writer, "</span></div>");
    }
    if (group->count > 1)
        html_raw(writer, "</details>");
}

static void reason_rows(const report_writer *writer)
{
    reason_list list = group_reasons(writer);
    for (size_t i = 0; i < list.count; i++) {
        html_raw(writer, "<tr><td>");
        group_controls(writer, &list.items[i]);
        html_raw(writer, "</td><td>");
        html_text(writer->out, list.items[i].why);
        html_raw(writer, "</td></tr>\n");
    }
}

static void soft_line(const report_writer *writer, pb_str text)
{
    if (pb_str_empty(text))
        return;
    html_raw(writer, "<br><span class=\"soft\">");
    html_text(writer->out, text);
    html_raw(writer, "</span>");
}

/* How a column was mapped, how its values were read, and what a person should know about it. */
static void column_how(const report_writer *writer, const report_source_column *column)
{
    PB_AUTO_BUF note = PB_BUF_INIT(REPORT_TEXT_MAX);
    html_text(writer->out, pb_translate_str(writer->catalog, column->how));
    if (!pb_str_empty(column->format))
        soft_line(writer, pb_translate_str(writer->catalog, column->format));
    report_column_note(writer, column, &note);
    soft_line(writer, pb_buf_str(&note));
}

static void unread_rows(const report_writer *writer)
{
    const report_reading *reading = writer->report->reading;
    for (size_t i = 0; i < reading->file_count; i++) {
        const report_source_file *file = &reading->files[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (!pb_str_empty(file->entity))
            continue;
        report_why_not(writer, file, &why);
        html_raw(writer, "<tr>");
        html_value_cell(writer, file->name);
        html_raw(writer, "<td class=\"p\">");
        html_text(writer->out, pb_buf_str(&why));
        html_raw(writer, "</td></tr>\n");
    }
    for (size_t i = 0; i < reading->file_count; i++) {
        const report_source_file *file = &reading->files[i];
        for (size_t c = 0; c < file->column_count && !pb_str_empty(file->entity); c++) {
            if (!pb_str_empty(file->columns[c].field))
                continue;
            html_raw(writer, "<tr><td class=\"v\"><bdi>");
            html_text(writer->out, file->columns[c].header);
            html_raw(writer, "</bdi> <span class=\"soft\">(<bdi>");
            html_text(writer->out, file->name);
            html_raw(writer, "</bdi>)</span></td><td>");
            column_how(writer, &file->columns[c]);
            html_raw(writer, "</td></tr>\n");
        }
    }
}

void html_not_examined(const report_writer *writer)
{
    html_raw(writer, "<section id=\"not-examined\">");
    html_element(writer, "h2", PB_MSG("What was not examined, and why"));
    html_raw(writer, "<div class=\"card\"><div class=\"scroll\"><table><thead>");
    html_head_row(writer, PB_MSG("Control, file or column"), PB_MSG("Reason"), NULL);
    html_raw(writer, "</thead><tbody>");
    unread_rows(writer);
    reason_rows(writer);
    html_raw(writer, "</tbody></table></div></div></section>\n");
}

static void column_rows(const report_writer *writer, const report_source_file *file)
{
    for (size_t i = 0; i < file->column_count; i++) {
        const report_source_column *column = &file->columns[i];
        html_raw(writer, "<tr>");
        html_value_cell(writer, column->header);
        html_raw(writer, "<td>");
        html_text(writer->out, pb_str_empty(column->field)
                                   ? PB_STR("–")
                                   : pb_translate_str(writer->catalog, column->field));
        html_raw(writer, "</td><td>");
        column_how(writer, column);
        html_raw(writer, "</td>");
        html_number_cell(writer, column->filled);
        html_raw(writer, "</tr>\n");
    }
}

static void reject_rows(const report_writer *writer, const report_source_file *file)
{
    size_t shown = file->reject_count < MAX_REJECTS ? file->reject_count : MAX_REJECTS;
    if (shown == 0)
        return;
    html_element(writer, "h4", PB_MSG("Rows not taken, and values not understood"));
    html_raw(writer, "<div class=\"scroll\"><table><thead>");
    html_head_row(writer, "#" PB_MSG("Line"), PB_MSG("Column"), PB_MSG("Value"), PB_MSG("Reason"),
                  NULL);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < shown; i++) {
        const report_source_reject *reject = &file->rejects[i];
        PB_AUTO_BUF why = PB_BUF_INIT(REPORT_TEXT_MAX);
        report_reject(writer, reject, &why);
        html_raw(writer, "<tr>");
        html_number_cell(writer, (uint64_t)reject->line);
        html_value_cell(writer, reject->column);
        html_value_cell(writer, reject->value);
        html_raw(writer, "<td class=\"p\">");
        html_text(writer->out, pb_buf_str(&why));
        html_raw(writer, "</td></tr>\n");
    }
    html_raw(writer, "</tbody></table></div>\n");
}

static void delimiter_text(const report_writer *writer, char delimiter)
{
    html_say(writer,
             delimiter == '\t'  ? PB_MSG("separated by tabs")
             : delimiter == ';' ? PB_MSG("separated by semicolons")
             : delimiter == '|' ? PB_MSG("separated by bars")
                                : PB_MSG("separated by commas"),
             NULL);
}

/* What form the file has, and how its bytes and cells were told apart. */
static void form_text(const report_writer *writer, const report_source_file *file)
{
    html_raw(writer, " · <bdi>");
    html_text(writer->out, file->form);
    html_raw(writer, "</bdi>");
    if (!pb_str_empty(file->encoding)) {
        html_raw(writer, " · <bdi>");
        html_text(writer->out, file->encoding);
        html_raw(writer, "</bdi>");
    }
    if (file->sure > 0 && file->sure < 100) {
        html_raw(writer, " (");
        html_say(writer, PB_MSG("judged from its bytes, {percent} % sure"), "percent",
                 report_int(writer, (uint64_t)file->sure), NULL);
        html_raw(writer, ")");
    }
    if (file->delimiter != 0) {
        html_raw(writer, " · ");
        delimiter_text(writer, file->delimiter);
    }
}

static void file_card(const report_writer *writer, const report_source_file *file)
{
    PB_AUTO_BUF hash = PB_BUF_INIT(128);
    pb_hex(&hash, file->hash, sizeof file->hash);
    html_raw(writer, "<div class=\"card\"><h3><bdi>");
    html_text(writer->out, file->name);
    html_raw(writer, pb_catalog_rtl(writer->catalog) ? "</bdi> ← " : "</bdi> → ");
    html_text(writer->out, pb_translate_str(writer->catalog, file->entity));
    html_raw(writer, "</h3><p class=\"soft\">");
    html_say(
        writer,
        PB_MSG("{imported} of {rows} rows taken, {rejected} not, {noted} values not understood"),
        "imported", report_int(writer, file->imported), "rows", report_int(writer, file->rows),
        "rejected", report_int(writer, file->rejected), "noted", report_int(writer, file->noted),
        NULL);
    form_text(writer, file);
    html_raw(writer, "<br><span class=\"id\">SHA-256 ");
    html_text(writer->out, pb_buf_str(&hash));
    html_raw(writer, "</span></p><div class=\"scroll\"><table><thead>");
    html_head_row(writer, PB_MSG("Column of the source"), PB_MSG("Field"),
                  PB_MSG("How it was mapped"), "#" PB_MSG("Filled"), NULL);
    html_raw(writer, "</thead><tbody>");
    column_rows(writer, file);
    html_raw(writer, "</tbody></table></div>\n");
    reject_rows(writer, file);
    html_raw(writer, "</div>\n");
}

void html_source(const report_writer *writer)
{
    const report_reading *reading = writer->report->reading;
    html_raw(writer, "<section id=\"source\">");
    html_element(writer, "h2", PB_MSG("How the source was read"));
    if (reading->file_count == 0) {
        html_raw(writer, "<div class=\"card\">");
        html_say(writer, PB_MSG("The workspace was read where it is."), NULL);
        html_raw(writer, "</div>\n");
    }
    for (size_t i = 0; i < reading->file_count; i++)
        if (!pb_str_empty(reading->files[i].entity))
            file_card(writer, &reading->files[i]);
    html_raw(writer, "</section>\n");
}

static void hash_line(const report_writer *writer, const char *label, const uint8_t hash[32])
{
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    pb_hex(&text, hash, 32);
    html_element(writer, "dt", label);
    html_raw(writer, "<dd class=\"id\">");
    html_text(writer->out, pb_buf_str(&text));
    html_raw(writer, "</dd>\n");
}

void html_about(const report_writer *writer)
{
    html_raw(writer, "<section id=\"about\">");
    html_element(writer, "h2", PB_MSG("How to read the marks"));
    html_raw(writer, "<div class=\"card finding\"><p>");
    html_say(
        writer,
        PB_MSG(
            "Every control gives a share of what it could give; essential ones weigh 5, important "
            "ones 3, desirable ones 1. What could not run counts as failed, what does not apply "
            "does not count. One failed essential control holds the mark at 79 at most, three or "
            "more at 64."),
        NULL);
    html_raw(writer, "</p><p>");
    html_say(writer, PB_MSG("A from 90, B from 80, C from 65, D from 50, E below."), NULL);
    html_raw(writer, "</p><p>");
    html_say(writer,
             PB_MSG("The same source, rules and day give the same report, byte for byte: whoever "
                    "has them can "
                    "check it."),
             NULL);
    html_raw(writer, "</p><dl>");
    html_element(writer, "dt", PB_MSG("Program"));
    html_raw(writer, "<dd><bdi>probity ");
    html_text(writer->out, pb_str_c(writer->report->program_version));
    html_raw(writer, "</bdi></dd>");
    html_element(writer, "dt", PB_MSG("Version of the rules"));
    html_raw(writer, "<dd><bdi>");
    html_text(writer->out, writer->report->catalogue->version);
    html_raw(writer, "</bdi></dd>");
    hash_line(writer, PB_MSG("Rules (SHA-256)"), writer->report->catalogue->hash);
    hash_line(writer, PB_MSG("Model (SHA-256)"), writer->report->schema->hash);
    html_raw(writer, "</dl></div></section>\n");
}
