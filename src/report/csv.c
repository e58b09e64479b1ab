#include "mask.h"

#include "base/csv.h"

static void put(pb_buf *out, pb_str cell)
{
    pb_csv_put(out, cell, false, true);
}

/* Columns are only ever added at the end: whoever reads the list by position goes on reading it. */
static void failure_line(const report_writer *writer, const audit_finding *finding,
                         const audit_failure *failure)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX), hint = PB_BUF_INIT(REPORT_TEXT_MAX);
    const audit_control *control = finding->control;
    pb_buf *out = writer->out;
    report_problem(writer, finding, failure, &problem);
    report_control_text(writer, finding, control->remedy, &hint);
    pb_csv_put(out, control->id, true, true);
    put(out, pb_str_c(model_grade_name(control->grade)));
    put(out, control->entity != NULL ? control->entity->name : PB_STR_NONE);
    put(out, failure->record);
    put(out, failure->field);
    put(out, mask_value(writer, finding, failure));
    put(out, pb_buf_str(&problem));
    put(out, mask_suggestion(writer, finding, failure));
    put(out, mask_other(writer, finding, failure));
    put(out, failure->owner);
    put(out, failure->source);
    put(out, pb_buf_str(&hint));
    pb_buf_addc(out, "\r\n");
}

pb_status report_csv(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    pb_buf_addc(out, "control,grade,entity,record,field,value,problem,suggestion,other,"
                     "owner,source,hint\r\n");
    for (size_t i = 0; i < writer.result->finding_count; i++) {
        const audit_finding *finding = &writer.result->findings[i];
        /* Also of a control that passes: within what is allowed a record can still be mended. */
        for (size_t f = 0; f < finding->failure_count; f++)
            failure_line(&writer, finding, &finding->failures[f]);
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
