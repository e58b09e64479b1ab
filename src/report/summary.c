/* A dozen lines for a terminal. */
#include "writer.h"

enum { FIRST_STEPS = 5, MOST_DOUBTS = 5 };

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
    if (mark->held != AUDIT_HELD_NOT) {
        pb_buf_addc(writer->out, "\n  ");
        report_held(writer, writer->out);
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

/* A line of what was taken for granted in reading, as long as there are few of them. */
static void doubt_line(const report_writer *writer, size_t count, const report_source_file *file,
                       pb_str column, pb_buf *says)
{
    if (count == 0) {
        pb_buf_byte(writer->out, '\n');
        report_say(writer, writer->out, PB_MSG("Assumed in reading"), NULL);
        pb_buf_byte(writer->out, '\n');
    }
    if (count >= MOST_DOUBTS)
        return;
    pb_buf_addc(writer->out, "  ");
    if (column.ptr != NULL)
        report_say(writer, writer->out, PB_MSG("{file}, “{column}”: {says}"), "file",
                   PB_ARG(file->name), "column", PB_ARG(column), "says", pb_buf_cstr(says), NULL);
    else
        report_say(writer, writer->out, PB_MSG("{file}: {says}"), "file", PB_ARG(file->name),
                   "says", pb_buf_cstr(says), NULL);
    pb_buf_byte(writer->out, '\n');
}

/* Encodings judged from bytes, orders of dates and decimal marks that the values leave open:
 * whoever reads only the terminal must know them, for wrong ones make wrong findings. */
static void doubts(const report_writer *writer)
{
    const report_reading *reading = writer->report->reading;
    size_t count = 0;
    for (size_t f = 0; f < reading->file_count; f++) {
        const report_source_file *file = &reading->files[f];
        if (pb_str_empty(file->entity))
            continue;
        if (file->sure > 0 && file->sure < 100) {
            PB_AUTO_BUF says = PB_BUF_INIT(REPORT_TEXT_MAX);
            report_say(writer, &says, PB_MSG("{encoding}, judged from its bytes, {percent} % sure"),
                       "encoding", PB_ARG(file->encoding), "percent",
                       report_int(writer, (uint64_t)file->sure), NULL);
            doubt_line(writer, count++, file, PB_STR_NONE, &says);
        }
        for (size_t c = 0; c < file->column_count; c++) {
            const report_source_column *column = &file->columns[c];
            PB_AUTO_BUF says = PB_BUF_INIT(REPORT_TEXT_MAX);
            if (pb_str_empty(column->field) || pb_str_empty(column->note))
                continue;
            report_column_note(writer, column, &says);
            doubt_line(writer, count++, file, column->header, &says);
        }
    }
    if (count > MOST_DOUBTS) {
        pb_buf_addc(writer->out, "  ");
        report_say(writer, writer->out, PB_MSG("… and {count} more in the report."), "count",
                   report_int(writer, count - MOST_DOUBTS), NULL);
        pb_buf_byte(writer->out, '\n');
    }
}

pb_status report_summary(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    writer.page = true; /* days in the reader's calendar, values apart from the words around them */
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
    doubts(&writer);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
