/* The page as a whole. */
#include "writer.h"

enum { FIRST_STEPS = 5 };

static void page_head(const report_writer *writer)
{
    PB_AUTO_BUF title = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_say(writer, &title, PB_MSG("Audit of {title}"), "title", PB_ARG(writer->report->title),
               NULL);
    pb_buf_printf(writer->out,
                  "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n"
                  "<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,"
                  "initial-scale=1\">\n<title>",
                  pb_catalog_language(writer->catalog),
                  pb_catalog_rtl(writer->catalog) ? "rtl" : "ltr");
    html_text(writer->out, pb_buf_str(&title));
    html_raw(writer, "</title>\n<style>");
    html_raw(writer, html_style);
    html_raw(writer, "</style>\n</head>\n<body>\n");
}

static void mark_box(const report_writer *writer)
{
    const audit_mark *mark = &writer->result->overall;
    pb_buf_printf(writer->out, "<div class=\"mark m%c\"><div><b>", mark->letter);
    if (mark->letter == '-')
        html_raw(writer, "–</b><span>");
    else
        pb_buf_printf(writer->out, "%c</b><span>", mark->letter);
    if (mark->letter != '-') {
        PB_AUTO_BUF score = PB_BUF_INIT(64);
        pb_locale_number(writer->locale, &score, mark->score, 1);
        html_say(writer, PB_MSG("{score} of 100"), "score", pb_buf_cstr(&score), NULL);
    }
    html_raw(writer, "</span></div></div>\n");
}

static void top(const report_writer *writer)
{
    PB_AUTO_BUF overview = PB_BUF_INIT(REPORT_TEXT_MAX);
    html_raw(writer, "<header class=\"top\">");
    mark_box(writer);
    html_raw(writer, "<div><h1>");
    html_say(writer, PB_MSG("Audit of {title}"), "title", PB_ARG(writer->report->title), NULL);
    html_raw(writer, "</h1><p class=\"soft\">");
    pb_locale_date(writer->locale, writer->out, writer->result->as_of_days);
    html_raw(writer, "</p><p>");
    report_overview(writer, &overview);
    html_text(writer->out, pb_buf_str(&overview));
    if (writer->result->overall.capped) {
        html_raw(writer, " ");
        html_say(writer, PB_MSG("Failed essential controls hold the mark down."), NULL);
    }
    html_raw(writer, "</p></div></header>\n");
}

static void link_to(const report_writer *writer, const char *target, const char *label)
{
    pb_buf_printf(writer->out, "<a href=\"#%s\">", target);
    html_say(writer, label, NULL);
    html_raw(writer, "</a>\n");
}

static void contents(const report_writer *writer)
{
    html_raw(writer, "<nav>");
    link_to(writer, "first", PB_MSG("What to do first"));
    link_to(writer, "marks", PB_MSG("Marks"));
    link_to(writer, "findings", PB_MSG("Findings"));
    if (writer->result->owner_count > 0)
        link_to(writer, "owners", PB_MSG("By owner"));
    if (writer->result->usage_count > 0)
        link_to(writer, "usage", PB_MSG("Who uses the system"));
    if (report_count(writer, AUDIT_PASS, -1) > 0)
        link_to(writer, "passed", PB_MSG("What is in order"));
    link_to(writer, "not-examined", PB_MSG("What was not examined, and why"));
    link_to(writer, "source", PB_MSG("How the source was read"));
    link_to(writer, "about", PB_MSG("How to read the marks"));
    html_raw(writer, "</nav>\n");
}

static void tile(const report_writer *writer, uint64_t value, const char *label)
{
    html_raw(writer, "<div class=\"tile\"><b>");
    pb_locale_int(writer->locale, writer->out, (int64_t)value);
    html_raw(writer, "</b><span>");
    html_say(writer, label, NULL);
    html_raw(writer, "</span></div>\n");
}

static void tiles(const report_writer *writer)
{
    html_raw(writer, "<div class=\"tiles\" style=\"margin-top:24px\">");
    tile(writer, writer->result->records, PB_MSG("records examined"));
    tile(writer, report_count(writer, AUDIT_FAIL, MODEL_ESSENTIAL), PB_MSG("essential findings"));
    tile(writer, report_count(writer, AUDIT_FAIL, MODEL_IMPORTANT), PB_MSG("important findings"));
    tile(writer, report_count(writer, AUDIT_FAIL, MODEL_DESIRABLE), PB_MSG("desirable findings"));
    tile(writer, report_count(writer, AUDIT_PASS, -1), PB_MSG("controls passed"));
    tile(writer, report_count(writer, AUDIT_NOT_APPLICABLE, -1),
         PB_MSG("controls that do not apply"));
    html_raw(writer, "</div>\n");
}

static void first_step(const report_writer *writer, const audit_finding *finding)
{
    PB_AUTO_BUF text = PB_BUF_INIT(REPORT_TEXT_MAX), effort = PB_BUF_INIT(256);
    report_control_text(writer, finding, finding->control->title, &text);
    pb_buf_printf(writer->out, "<li><a href=\"#%.*s\"><b>", PB_STR_FMT(finding->control->id));
    html_text(writer->out, pb_buf_str(&text));
    pb_buf_printf(writer->out, "</b></a> <span class=\"badge g%d\">", (int)finding->control->grade);
    html_text(writer->out, pb_str_c(report_grade(writer, finding->control->grade)));
    html_raw(writer, "</span><br>");
    pb_buf_clear(&text);
    if (finding->outcome == AUDIT_FAIL)
        report_control_text(writer, finding, finding->control->remedy, &text);
    else
        report_reason(writer, finding, &text);
    html_text(writer->out, pb_buf_str(&text));
    report_effort(writer, finding, &effort);
    if (effort.len > 0 && finding->outcome == AUDIT_FAIL) {
        html_raw(writer, " <span class=\"soft\">(");
        html_text(writer->out, pb_buf_str(&effort));
        html_raw(writer, ")</span>");
    }
    html_raw(writer, "</li>\n");
}

static void first_steps(const report_writer *writer)
{
    html_raw(writer, "<section id=\"first\">");
    html_element(writer, "h2", PB_MSG("What to do first"));
    html_raw(writer, "<div class=\"card\">");
    if (writer->failed_count == 0) {
        html_say(writer, PB_MSG("Nothing presses: no control fails."), NULL);
    } else {
        html_raw(writer, "<ol class=\"first\">");
        for (size_t i = 0; i < writer->failed_count && i < FIRST_STEPS; i++)
            first_step(writer, writer->failed[i]);
        html_raw(writer, "</ol>");
    }
    html_raw(writer, "</div></section>\n");
}

pb_status report_html(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    writer.page = true;
    page_head(&writer);
    top(&writer);
    html_raw(&writer, "<main>\n");
    contents(&writer);
    tiles(&writer);
    first_steps(&writer);
    html_marks(&writer);
    html_findings(&writer);
    html_owners(&writer);
    html_usage(&writer);
    html_passed(&writer);
    html_not_examined(&writer);
    html_source(&writer);
    html_about(&writer);
    html_raw(&writer, "</main>\n<footer>");
    html_say(&writer, PB_MSG("Made by Probity, which reads a source the same way every time."),
             NULL);
    html_raw(&writer, "</footer>\n</body>\n</html>\n");
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
