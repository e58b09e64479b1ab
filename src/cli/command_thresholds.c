/* controls set, reset: what a control lets fail in a workspace. */
#include "command.h"
#include "limit_text.h"

typedef struct limit_wish {
    pb_str control, reason;
    const char *limit; /* as it was written; NULL: what ships */
} limit_wish;

/* `2.5%` and `0.025` are the same share; a number of records is a whole one, which the service sees
 * to. */
static pb_status parse_limit(const audit_control *control, const char *text, double *ret_limit,
                             pb_error *err)
{
    pb_str number = pb_str_trim(pb_str_c(text));
    bool percent = pb_str_ends(number, PB_STR("%"));
    if (percent)
        number = pb_str_trim(pb_str_sub(number, 0, number.len - 1));
    if (pb_str_to_double(number, ret_limit) && (!percent || control->pass_share)) {
        *ret_limit /= percent ? 100 : 1;
        return PB_OK;
    }
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” does not say what {control} may let fail"), "value",
            text, "control", PB_ARG(control->id), NULL);
    pb_error_hint(err,
                  control->pass_share ? PB_MSG("It takes a share such as 2.5%, or 0.025.")
                                      : PB_MSG("It takes a number of records such as 12."),
                  NULL);
    return PB_USAGE;
}

static pb_status tell(const cli_context *context, const service_threshold *now, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    if (context->json) {
        pb_json json;
        pb_json_init(&json, &out, 2);
        pb_json_object(&json);
        pb_json_member(&json, "control", now->control->id);
        limit_json(now->control, &json);
        limit_history_json(now, &json);
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!context->quiet) {
        cli_say(context, &out, PB_MSG("{control}, from the next audit on:"), "control",
                context->call.arguments[0], NULL);
        pb_buf_byte(&out, ' ');
        limit_says(context, now->control, &out);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

static pb_status say(cli_context *context, const service_call *call, db_workspace *workspace,
                     const limit_wish *wish, service_threshold *ret_now, pb_error *err)
{
    double limit = 0;
    PB_TRY(service_threshold_read(context->service, call, workspace, wish->control, context->arena,
                                  ret_now, err));
    if (wish->limit != NULL)
        PB_TRY(parse_limit(ret_now->control, wish->limit, &limit, err));
    PB_TRY(service_threshold_set(context->service, call, workspace, wish->control,
                                 wish->limit != NULL ? &limit : NULL, wish->reason, err));
    return service_threshold_read(context->service, call, workspace, wish->control, context->arena,
                                  ret_now, err);
}

static pb_status run(cli_context *context, const char *purpose, const char *limit, int *ret_exit,
                     pb_error *err)
{
    service_call call = cli_service_call(context, purpose);
    const limit_wish wish = {pb_str_c(context->call.arguments[0]),
                             pb_str_c(cli_value(context, "reason")), limit};
    db_workspace *workspace = NULL;
    service_threshold now;
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = say(context, &call, workspace, &wish, &now, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    *ret_exit = 0;
    return tell(context, &now, err);
}

pb_status cli_run_controls_set(cli_context *context, int *ret_exit, pb_error *err)
{
    return run(context, "controls set", context->call.arguments[1], ret_exit, err);
}

pb_status cli_run_controls_reset(cli_context *context, int *ret_exit, pb_error *err)
{
    return run(context, "controls reset", NULL, ret_exit, err);
}
