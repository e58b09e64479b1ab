#include "writer.h"

#include "base/csv.h"

static void failure_line(const report_writer *writer, const audit_finding *finding,
                         const audit_failure *failure)
{
    PB_AUTO_BUF problem = PB_BUF_INIT(REPORT_TEXT_MAX);
    const audit_control *control = finding->control;
    pb_buf *out = writer->out;
    report_problem(writer, finding, failure, &problem);
    pb_csv_put(out, control->id, true, true);
    pb_csv_put(out, pb_str_c(model_grade_name(control->grade)), false, true);
    pb_csv_put(out, control->entity != NULL ? control->entity->name : PB_STR_NONE, false, true);
    pb_csv_put(out, failure->record, false, true);
    pb_csv_put(out, failure->field, false, true);
    pb_csv_put(out, failure->value, false, true);
    pb_csv_put(out, pb_buf_str(&problem), false, true);
    pb_buf_addc(out, "\r\n");
}

pb_status report_csv(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    report_writer writer;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(report_begin(report, locale, arena, out, &writer, err));
    pb_buf_addc(out, "control,grade,entity,record,field,value,problem\r\n");
    for (size_t i = 0; i < writer.result->finding_count; i++) {
        const audit_finding *finding = &writer.result->findings[i];
        /* Also of a control that passes: within what is allowed a record can still be mended. */
        for (size_t f = 0; f < finding->failure_count; f++)
            failure_line(&writer, finding, &finding->failures[f]);
    }
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
