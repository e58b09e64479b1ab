/* Marks by area, entity, owner and source; what each user did. */
#include "writer.h"

#include "base/time.h"

enum { MAX_OWNERS = 200 };

static const char *mark_kind(char letter)
{
    return letter == 'A' || letter == 'B' ? "good" : letter == 'C' ? "warn" : "bad";
}

static void score_cells(const report_writer *writer, const audit_mark *mark)
{
    if (mark->letter == '-') {
        html_raw(writer, "<td class=\"n\">–</td><td></td>");
        return;
    }
    pb_buf_printf(writer->out, "<td class=\"n\"><b>%c</b>&ensp;", mark->letter);
    pb_locale_number(writer->locale, writer->out, mark->score, 1);
    html_raw(writer, "</td><td>");
    html_bar(writer, mark->score / 100, mark_kind(mark->letter));
    if (mark->capped) {
        html_raw(writer, " <span class=\"soft\">");
        html_say(writer, PB_MSG("held down"), NULL);
        html_raw(writer, "</span>");
    }
    html_raw(writer, "</td>");
}

static void begin_table(const report_writer *writer, const char *title)
{
    html_raw(writer, "<div class=\"card\">");
    html_element(writer, "h3", title);
    html_raw(writer, "<div class=\"scroll\"><table><thead>");
}

static void end_table(const report_writer *writer)
{
    html_raw(writer, "</tbody></table></div></div>\n");
}

static void by_controls(const report_writer *writer, const char *title, const char *what,
                        const audit_mark *marks, size_t count)
{
    if (count == 0)
        return;
    begin_table(writer, title);
    html_head_row(writer, what, "#" PB_MSG("Mark"), "", "#" PB_MSG("Controls"),
                  "#" PB_MSG("Failed"), NULL);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < count; i++) {
        html_raw(writer, "<tr><td>");
        html_text(writer->out, report_mark_label(writer, &marks[i]));
        html_raw(writer, "</td>");
        score_cells(writer, &marks[i]);
        html_number_cell(writer, marks[i].controls);
        html_number_cell(writer, marks[i].failed);
        html_raw(writer, "</tr>\n");
    }
    end_table(writer);
}

static void by_records(const report_writer *writer, const char *title, const char *what,
                       const audit_mark *marks, size_t count)
{
    if (count == 0)
        return;
    begin_table(writer, title);
    html_head_row(writer, what, "#" PB_MSG("Mark"), "", "#" PB_MSG("Records"),
                  "#" PB_MSG("With a finding"), NULL);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < count && i < MAX_OWNERS; i++) {
        html_raw(writer, "<tr>");
        html_value_cell(writer, marks[i].name);
        score_cells(writer, &marks[i]);
        html_number_cell(writer, marks[i].records);
        html_number_cell(writer, marks[i].failing);
        html_raw(writer, "</tr>\n");
    }
    end_table(writer);
    if (count > MAX_OWNERS) {
        html_raw(writer, "<p class=\"soft\">");
        html_say(writer, PB_MSG("{count} more are in report.json."), "count",
                 report_int(writer, count - MAX_OWNERS), NULL);
        html_raw(writer, "</p>");
    }
}

void html_marks(const report_writer *writer)
{
    const audit_result *result = writer->result;
    html_raw(writer, "<section id=\"marks\">");
    html_element(writer, "h2", PB_MSG("Marks"));
    by_controls(writer, PB_MSG("By area"), PB_MSG("Area"), result->areas, result->area_count);
    by_controls(writer, PB_MSG("By kind of record"), PB_MSG("Kind of record"), result->entities,
                result->entity_count);
    by_records(writer, PB_MSG("By source"), PB_MSG("File"), result->sources, result->source_count);
    html_raw(writer, "</section>\n");
}

void html_owners(const report_writer *writer)
{
    if (writer->result->owner_count == 0)
        return;
    html_raw(writer, "<section id=\"owners\" class=\"alone\">");
    by_records(writer, PB_MSG("By owner"), PB_MSG("Owner"), writer->result->owners,
               writer->result->owner_count);
    html_raw(writer, "</section>\n");
}

static void date_cell(const report_writer *writer, bool has, int64_t days)
{
    html_raw(writer, "<td class=\"n\">");
    if (has)
        pb_locale_date(writer->locale, writer->out, days);
    html_raw(writer, "</td>");
}

static void usage_row(const report_writer *writer, const audit_usage *usage)
{
    html_raw(writer, "<tr>");
    html_value_cell(writer, usage->owner);
    html_number_cell(writer, usage->records);
    html_number_cell(writer, usage->open);
    html_number_cell(writer, usage->won);
    html_number_cell(writer, usage->lost);
    html_raw(writer, "<td class=\"n\">");
    if (usage->amount_currency.ptr != NULL)
        report_amount(writer, usage->won_amount, usage->amount_currency, writer->out);
    html_raw(writer, "</td>");
    html_number_cell(writer, usage->activities);
    date_cell(writer, usage->has_days, usage->first_day);
    date_cell(writer, usage->has_days, usage->last_day);
    html_raw(writer, "</tr>\n");
}

void html_usage(const report_writer *writer)
{
    const audit_result *result = writer->result;
    if (result->usage_count == 0)
        return;
    html_raw(writer, "<section id=\"usage\">");
    html_element(writer, "h2", PB_MSG("Who uses the system"));
    html_raw(writer, "<div class=\"card\"><p class=\"soft\">");
    html_say(writer, PB_MSG("Counted, not judged: what is recorded under each name."), NULL);
    html_raw(writer, "</p><div class=\"scroll\"><table><thead>");
    html_head_row(writer, PB_MSG("User"), "#" PB_MSG("Records"), "#" PB_MSG("Open deals"),
                  "#" PB_MSG("Won"), "#" PB_MSG("Lost"), "#" PB_MSG("Value won"),
                  "#" PB_MSG("Activities"), "#" PB_MSG("First entry"), "#" PB_MSG("Last entry"),
                  NULL);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < result->usage_count && i < MAX_OWNERS; i++)
        usage_row(writer, &result->usage[i]);
    html_raw(writer, "</tbody></table></div></div></section>\n");
}
