/* Audits that are kept in their workspace. */
#include "audit_keep.h"

#include "command.h"
#include "db/rows.h"
#include "service/forms.h"
#include "sys/clock.h"

pb_status audit_keep_check(cli_context *context, pb_error *err)
{
    bool one = context->call.argument_count == 1;
    if (!one || !(db_workspace_exists(context->call.arguments[0]) ||
                  db_place_is_server(context->call.arguments[0]))) {
        pb_fail(err, PB_USAGE, PB_MSG("--keep keeps the audit of one workspace in it."), NULL);
        pb_error_hint(err, PB_MSG("Name one workspace, or leave out --keep."), NULL);
        return PB_USAGE;
    }
    if (cli_flag(context, "show-values"))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("What is kept shows no personal values: leave out --show-values."),
                       NULL);
    return PB_OK;
}

/* The list of findings tells of today; an audit of a past day is only kept. */
pb_status audit_keep(cli_context *context, const service_audit_result *result,
                     const report_input *report, int64_t as_of_days, int64_t *ret_run,
                     pb_error *err)
{
    db_workspace *workspace = NULL;
    db_options options = {.password_file = cli_value(context, "password-file")};
    service_call call = cli_service_call(context, "audit");
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(cli_open_to_write(context, context->call.arguments[0], &options, &workspace, err));
    pb_status status = service_audit_keep(&call, workspace, result, as_of_days == sys_today(),
                                          report, context->locale, ret_run, err);
    db_workspace_close(workspace);
    return status;
}

void audit_keep_say(const cli_context *context, int64_t run, pb_buf *out)
{
    pb_buf_byte(out, '\n');
    cli_say(context, out, PB_MSG("Kept in the workspace as audit {number}, with its reports."),
            "number", PB_ARG_INT(run), NULL);
    pb_buf_byte(out, '\n');
}
