/* The findings themselves: criterion, condition, cause, effect, recommendation, evidence. */
#include "report.h"

static void term(const report_writer *writer, const char *label, pb_str text)
{
    if (pb_str_empty(text))
        return;
    html_element(writer, "dt", label);
    html_raw(writer, "<dd>");
    html_text(writer->out, text);
    html_raw(writer, "</dd>\n");
}

static void control_term(const report_writer *writer, const audit_finding *finding,
                         const char *label, pb_str id)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    if (pb_str_empty(id))
        return;
    report_control_text(writer, finding, id, &text);
    term(writer, label, pb_buf_str(&text));
}

static void head(const report_writer *writer, const audit_finding *finding)
{
    const audit_control *control = finding->control;
    PB_AUTO_BUF title = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_control_text(writer, finding, control->title, &title);
    pb_buf_printf(writer->out, "<article class=\"card finding\" id=\"%.*s\"><header><h3>",
                  PB_STR_FMT(control->id));
    html_text(writer->out, pb_buf_str(&title));
    pb_buf_printf(writer->out, "</h3><span class=\"badge g%d\">", (int)control->grade);
    html_text(writer->out, pb_str_c(report_grade(writer, control->grade)));
    html_raw(writer, "</span><span class=\"id\">");
    html_text(writer->out, control->id);
    html_raw(writer, "</span></header>\n");
}

static void condition(const report_writer *writer, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX);
    html_element(writer, "dt", PB_MSG("Condition"));
    html_raw(writer, "<dd>");
    if (finding->outcome == AUDIT_COULD_NOT_RUN)
        report_reason(writer, finding, &text);
    else
        report_condition(writer, finding, &text);
    html_text(writer->out, pb_buf_str(&text));
    if (finding->relative && finding->outcome != AUDIT_COULD_NOT_RUN) {
        PB_AUTO_BUF date = PB_BUF_INIT(128);
        pb_locale_date(writer->locale, &date, writer->result->reference_days);
        html_raw(writer, " ");
        html_say(writer, PB_MSG("Ages are measured from {date}, the newest date in the source."),
                 "date", pb_buf_cstr(&date), NULL);
    }
    if (finding->outcome == AUDIT_FAIL && finding->population > 0) {
        html_raw(writer, "<br>");
        html_bar(writer, (double)finding->failing / (double)finding->population, "bad");
    }
    html_raw(writer, "</dd>\n");
}

static void sample_row(const report_writer *writer, const audit_finding *finding,
                       const audit_failure *failure, bool suggestions, bool owners)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_problem(writer, finding, failure, &problem);
    html_raw(writer, "<tr>");
    html_value_cell(writer, failure->record);
    html_raw(writer, "<td>");
    html_text(writer->out, report_field_label(writer, finding, failure));
    html_raw(writer, "</td>");
    html_value_cell(writer, failure->value);
    html_raw(writer, "<td>");
    html_text(writer->out, pb_buf_str(&problem));
    html_raw(writer, "</td>");
    if (suggestions)
        html_value_cell(writer, failure->suggestion);
    if (owners)
        html_value_cell(writer, failure->owner);
    html_raw(writer, "</tr>\n");
}

static void samples(const report_writer *writer, const audit_finding *finding)
{
    size_t limit = writer->report->samples > 0 ? writer->report->samples : REPORT_SAMPLES;
    size_t shown = finding->failure_count < limit ? finding->failure_count : limit;
    bool suggestions = false, owners = false;
    if (shown == 0)
        return;
    for (size_t i = 0; i < shown; i++) {
        suggestions = suggestions || !pb_str_empty(finding->failures[i].suggestion);
        owners = owners || !pb_str_empty(finding->failures[i].owner);
    }
    html_element(writer, "h4", PB_MSG("Evidence"));
    html_raw(writer, "<div class=\"scroll\"><table><thead><tr>");
    const char *const heads[] = {PB_MSG("Record"),
                                 PB_MSG("Field"),
                                 PB_MSG("Value"),
                                 PB_MSG("Problem"),
                                 suggestions ? PB_MSG("Suggestion") : NULL,
                                 owners ? PB_MSG("Owner") : NULL};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        if (heads[i] != NULL)
            html_element(writer, "th", heads[i]);
    html_raw(writer, "</tr></thead><tbody>");
    for (size_t i = 0; i < shown; i++)
        sample_row(writer, finding, &finding->failures[i], suggestions, owners);
    html_raw(writer, "</tbody></table></div>\n");
    if (finding->failing > shown) {
        html_raw(writer, "<p class=\"soft\">");
        html_say(writer, PB_MSG("{shown} of {failing} shown; all are in findings.csv."), "shown",
                 report_int(writer, shown), "failing", report_int(writer, finding->failing), NULL);
        html_raw(writer, "</p>");
    }
}

static void maps(const report_writer *writer, const audit_control *control)
{
    if (control->map_count == 0)
        return;
    html_element(writer, "dt", PB_MSG("Asked for by"));
    html_raw(writer, "<dd>");
    for (size_t i = 0; i < control->map_count; i++) {
        if (i > 0)
            html_raw(writer, ", ");
        html_raw(writer, "<bdi>");
        html_text(writer->out, control->maps[i].standard);
        html_raw(writer, " ");
        html_text(writer->out, control->maps[i].clause);
        html_raw(writer, "</bdi>");
    }
    html_raw(writer, "</dd>\n");
}

static void finding_card(const report_writer *writer, const audit_finding *finding)
{
    const audit_control *control = finding->control;
    PB_AUTO_BUF effort = PB_BUF_INIT(256);
    head(writer, finding);
    html_raw(writer, "<dl>");
    control_term(writer, finding, PB_MSG("Criterion"), control->criterion);
    condition(writer, finding);
    if (finding->outcome != AUDIT_COULD_NOT_RUN) {
        control_term(writer, finding, PB_MSG("Why it matters"), control->why);
        control_term(writer, finding, PB_MSG("Cause"), control->cause);
        control_term(writer, finding, PB_MSG("Effect"), control->effect);
        control_term(writer, finding, PB_MSG("Recommendation"), control->remedy);
        report_effort(writer, finding, &effort);
        term(writer, PB_MSG("Effort"), pb_buf_str(&effort));
    }
    maps(writer, control);
    html_raw(writer, "</dl>\n");
    if (finding->outcome != AUDIT_COULD_NOT_RUN)
        samples(writer, finding);
    html_raw(writer, "</article>\n");
}

static void waived_card(const report_writer *writer, const audit_finding *finding)
{
    head(writer, finding);
    html_raw(writer, "<p>");
    html_say(writer, PB_MSG("Accepted by {who} until {date}: {why}"), "who",
             PB_ARG(finding->waived_by), "date", PB_ARG(finding->waived_until), "why",
             PB_ARG(finding->waived_why), NULL);
    html_raw(writer, "</p><dl>");
    control_term(writer, finding, PB_MSG("Criterion"), finding->control->criterion);
    condition(writer, finding);
    html_raw(writer, "</dl></article>\n");
}

void html_findings(const report_writer *writer)
{
    html_raw(writer, "<section id=\"findings\">");
    html_element(writer, "h2", PB_MSG("Findings"));
    if (writer->failed_count == 0) {
        html_raw(writer, "<div class=\"card\">");
        html_say(writer, PB_MSG("Nothing fails. What could not be examined is listed below."),
                 NULL);
        html_raw(writer, "</div>\n");
    }
    for (size_t i = 0; i < writer->failed_count; i++)
        finding_card(writer, writer->failed[i]);
    html_raw(writer, "</section>\n");
    if (report_count(writer, AUDIT_WAIVED, -1) == 0)
        return;
    html_raw(writer, "<section>");
    html_element(writer, "h2", PB_MSG("Accepted for now"));
    for (size_t i = 0; i < writer->result->finding_count; i++)
        if (writer->result->findings[i].outcome == AUDIT_WAIVED)
            waived_card(writer, &writer->result->findings[i]);
    html_raw(writer, "</section>\n");
}

void html_passed(const report_writer *writer)
{
    if (report_count(writer, AUDIT_PASS, -1) == 0)
        return;
    html_raw(writer, "<section id=\"passed\">");
    html_element(writer, "h2", PB_MSG("What is in order"));
    html_raw(writer, "<div class=\"card\"><div class=\"scroll\"><table><thead>");
    html_head_row(writer, PB_MSG("Control"), "#" PB_MSG("Examined"), "#" PB_MSG("Failing"), NULL);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < writer->result->finding_count; i++) {
        const audit_finding *finding = &writer->result->findings[i];
        PB_AUTO_BUF title = PB_BUF_INIT(REPORT_TEXT_MAX);
        if (finding->outcome != AUDIT_PASS)
            continue;
        report_control_text(writer, finding, finding->control->title, &title);
        html_raw(writer, "<tr><td>");
        html_text(writer->out, pb_buf_str(&title));
        html_raw(writer, "<br><span class=\"id\">");
        html_text(writer->out, finding->control->id);
        html_raw(writer, "</span></td>");
        html_number_cell(writer, finding->population);
        html_number_cell(writer, finding->failing);
        html_raw(writer, "</tr>\n");
    }
    html_raw(writer, "</tbody></table></div></div></section>\n");
}
