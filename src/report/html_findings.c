/* The findings themselves: criterion, condition, cause, effect, recommendation, evidence. */
#include "writer.h"

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

/* What a table of evidence shows beside record, problem and value. */
typedef struct sample_columns {
    const model_field *fields[8]; /* of control->evidence, in its order; NULL at the end */
    size_t positions[8];          /* of each in failure->evidence */
    size_t count;
    bool field, value, suggestion, owner;
} sample_columns;

/* A value that stands in the column of its field already is not repeated. */
static bool has_column(const sample_columns *columns, pb_str field)
{
    for (size_t i = 0; i < columns->count; i++)
        if (pb_str_eq(columns->fields[i]->name, field))
            return true;
    return false;
}

/* True when none of the first `shown` failures has anything in that place of the evidence. */
static bool is_blank(const audit_finding *finding, size_t shown, size_t position)
{
    for (size_t i = 0; i < shown; i++)
        if (finding->failures[i].evidence != NULL &&
            !pb_str_empty(finding->failures[i].evidence[position]))
            return false;
    return true;
}

static sample_columns choose_columns(const audit_finding *finding, size_t shown)
{
    const audit_control *control = finding->control;
    sample_columns columns = {0};
    bool owner_there = false;
    for (size_t i = 0; i < control->evidence.count && columns.count < 8; i++) {
        const model_field *field =
            control->entity != NULL ? model_field_find(control->entity, control->evidence.items[i])
                                    : NULL;
        if (field == NULL || is_blank(finding, shown, i))
            continue;
        owner_there = owner_there || pb_str_is(field->role, "owner");
        columns.positions[columns.count] = i;
        columns.fields[columns.count++] = field;
    }
    for (size_t i = 0; i < shown; i++) {
        const audit_failure *failure = &finding->failures[i];
        bool apart = !pb_str_empty(failure->field) && !has_column(&columns, failure->field);
        columns.field = columns.field || apart;
        columns.value = columns.value ||
                        (!pb_str_empty(failure->value) && !has_column(&columns, failure->field));
        columns.suggestion = columns.suggestion || !pb_str_empty(failure->suggestion);
        columns.owner = columns.owner || (!pb_str_empty(failure->owner) && !owner_there);
    }
    return columns;
}

static void sample_row(const report_writer *writer, const audit_finding *finding,
                       const audit_failure *failure, const sample_columns *columns)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_problem(writer, finding, failure, &problem);
    html_raw(writer, "<tr>");
    html_value_cell(writer, failure->record);
    for (size_t i = 0; i < columns->count; i++)
        html_value_cell(writer, failure->evidence != NULL ? failure->evidence[columns->positions[i]]
                                                          : PB_STR_NONE);
    if (columns->field)
        html_value_cell(writer, report_field_label(writer, finding, failure));
    if (columns->value)
        html_value_cell(writer, failure->value);
    html_raw(writer, "<td class=\"p\">");
    html_text(writer->out, pb_buf_str(&problem));
    html_raw(writer, "</td>");
    if (columns->suggestion)
        html_value_cell(writer, failure->suggestion);
    if (columns->owner)
        html_value_cell(writer, failure->owner);
    html_raw(writer, "</tr>\n");
}

static void sample_head(const report_writer *writer, const sample_columns *columns)
{
    html_raw(writer, "<tr>");
    html_element(writer, "th", PB_MSG("Record"));
    for (size_t i = 0; i < columns->count; i++) {
        html_raw(writer, "<th>");
        html_text(writer->out, pb_translate_str(writer->catalog, columns->fields[i]->label));
        html_raw(writer, "</th>");
    }
    if (columns->field)
        html_element(writer, "th", PB_MSG("Field"));
    if (columns->value)
        html_element(writer, "th", PB_MSG("Value"));
    html_element(writer, "th", PB_MSG("Problem"));
    if (columns->suggestion)
        html_element(writer, "th", PB_MSG("Suggestion"));
    if (columns->owner)
        html_element(writer, "th", PB_MSG("Owner"));
    html_raw(writer, "</tr>");
}

static void samples(const report_writer *writer, const audit_finding *finding)
{
    size_t limit = writer->report->samples > 0 ? writer->report->samples : REPORT_SAMPLES;
    size_t shown = finding->failure_count < limit ? finding->failure_count : limit;
    if (shown == 0)
        return;
    sample_columns columns = choose_columns(finding, shown);
    html_element(writer, "h4", PB_MSG("Evidence"));
    html_raw(writer, "<div class=\"scroll\"><table><thead>");
    sample_head(writer, &columns);
    html_raw(writer, "</thead><tbody>");
    for (size_t i = 0; i < shown; i++)
        sample_row(writer, finding, &finding->failures[i], &columns);
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
        html_text(writer->out, control->maps[i].name);
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
