#include "report.h"

/* RFC 4180, with cells that a spreadsheet would run as formulas made harmless by an apostrophe. */
static void cell(pb_buf *out, pb_str text, bool first)
{
    bool number = text.len > 1;
    for (size_t i = 1; i < text.len; i++)
        number = number && strchr("0123456789.,- ()", text.ptr[i]) != NULL;
    bool formula = text.len > 0 && strchr("=+-@\t\r", text.ptr[0]) != NULL && !number;
    bool quote = formula;
    for (size_t i = 0; i < text.len && !quote; i++)
        quote = strchr(",\"\r\n", text.ptr[i]) != NULL;
    if (!first)
        pb_buf_byte(out, ',');
    if (quote)
        pb_buf_byte(out, '"');
    if (formula)
        pb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            pb_buf_byte(out, '"');
        pb_buf_byte(out, text.ptr[i]);
    }
    if (quote)
        pb_buf_byte(out, '"');
}

static void failure_line(const report_writer *writer, const audit_finding *finding,
                         const audit_failure *failure)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    const audit_control *control = finding->control;
    pb_buf *out = writer->out;
    report_problem(writer, finding, failure, &problem);
    cell(out, control->id, true);
    cell(out, pb_str_c(model_grade_name(control->grade)), false);
    cell(out, control->entity != NULL ? control->entity->name : PB_STR_NONE, false);
    cell(out, failure->record, false);
    cell(out, failure->field, false);
    cell(out, failure->value, false);
    cell(out, pb_buf_str(&problem), false);
    pb_buf_addc(out, "\r\n");
}

pb_status audit_report_csv(const audit_report *report, pb_locale *locale, pb_buf *out,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    pb_buf_addc(out, "control,grade,entity,record,field,value,problem\r\n");
    for (size_t i = 0; i < writer.result->finding_count; i++) {
        const audit_finding *finding = &writer.result->findings[i];
        if (finding->outcome != AUDIT_FAIL && finding->outcome != AUDIT_WAIVED)
            continue;
        for (size_t f = 0; f < finding->failure_count; f++)
            failure_line(&writer, finding, &finding->failures[f]);
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
