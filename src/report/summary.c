/* A dozen lines for a terminal. */
#include "writer.h"

enum { FIRST_STEPS = 5 };

static void mark_line(const report_writer *writer)
{
    PB_AUTO_BUF score = PB_BUF_INIT(64), as_of = PB_BUF_INIT(64);
    const audit_mark *mark = &writer->result->overall;
    char letter[2] = {mark->letter, 0};
    pb_locale_number(writer->locale, &score, mark->score, 1);
    pb_locale_date(writer->locale, &as_of, writer->result->as_of_days);
    report_say(writer, writer->out, PB_MSG("Audit of {title}, {date}"), "title",
               PB_ARG(writer->report->title), "date", pb_buf_cstr(&as_of), NULL);
    pb_buf_addc(writer->out, "\n\n  ");
    if (mark->letter == '-')
        report_say(writer, writer->out, PB_MSG("No mark: nothing could be examined."), NULL);
    else
        report_say(writer, writer->out, PB_MSG("Mark {letter}: {score} of 100"), "letter", letter,
                   "score", pb_buf_cstr(&score), NULL);
    if (mark->capped) {
        pb_buf_addc(writer->out, "  ");
        report_say(writer, writer->out, PB_MSG("(held down by failed essential controls)"), NULL);
    }
    pb_buf_addc(writer->out, "\n  ");
    report_overview(writer, writer->out);
    pb_buf_byte(writer->out, '\n');
}

static void step_line(const report_writer *writer, const audit_finding *finding, uint64_t number)
{
    PB_AUTO_BUF title = PB_BUF_INIT(REPORT_TEXT_MAX), condition = PB_BUF_INIT(REPORT_TEXT_MAX);
    report_control_text(writer, finding, finding->control->title, &title);
    if (finding->outcome == AUDIT_FAIL)
        report_condition(writer, finding, &condition);
    else
        report_reason(writer, finding, &condition);
    pb_buf_printf(writer->out, "  %s. [%s] ", report_int(writer, number),
                  report_grade(writer, finding->control->grade));
    pb_buf_add(writer->out, pb_buf_str(&title));
    pb_buf_addc(writer->out, "\n     ");
    pb_buf_add(writer->out, pb_buf_str(&condition));
    pb_buf_byte(writer->out, '\n');
}

pb_status report_summary(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    mark_line(&writer);
    if (writer.failed_count > 0) {
        pb_buf_byte(out, '\n');
        report_say(&writer, out, PB_MSG("What to do first"), NULL);
        pb_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < writer.failed_count && i < FIRST_STEPS; i++)
        step_line(&writer, writer.failed[i], i + 1);
    if (writer.failed_count > FIRST_STEPS) {
        pb_buf_addc(out, "  ");
        report_say(&writer, out, PB_MSG("… and {count} more in the report."), "count",
                   report_int(&writer, writer.failed_count - FIRST_STEPS), NULL);
        pb_buf_byte(out, '\n');
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
