/* Failing records apart from a report: as one shows them, and in words. */
#include "mask.h"
#include "report/control.h"

pb_status report_failing(const report_input *report, pb_locale *locale,
                         const audit_finding *finding, size_t most, pb_arena *arena,
                         audit_failure **ret_failures, size_t *ret_count, pb_error *err)
{
    size_t count = finding->failure_count < most ? finding->failure_count : most;
    report_writer writer = {.report = report,
                            .result = report->result,
                            .locale = locale,
                            .catalog = pb_locale_catalog(locale),
                            .arena = arena};
    audit_failure *failures = pb_arena_array(arena, count + 1, sizeof *failures);
    if (failures == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const audit_failure *failure = &finding->failures[i];
        failures[i] = *failure;
        failures[i].value = mask_value(&writer, finding, failure);
        failures[i].other = mask_other(&writer, finding, failure);
        failures[i].suggestion = mask_suggestion(&writer, finding, failure);
    }
    *ret_failures = failures;
    *ret_count = count;
    return PB_OK;
}

pb_status report_failing_says(const model_schema *schema, pb_locale *locale,
                              const audit_control *control, const audit_failure *failure,
                              pb_buf *out, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const audit_finding finding = {.control = control};
    const report_input report = {.schema = schema, .show_values = true};
    const report_writer writer = {
        .report = &report, .locale = locale, .catalog = pb_locale_catalog(locale), .arena = arena};
    if (arena == NULL)
        return pb_fail_memory(err);
    report_problem(&writer, &finding, failure, out);
    return out->failed ? pb_fail_memory(err) : PB_OK;
}
