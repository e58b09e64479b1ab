/* jobs: the list of work that is due, and what people do to it. */
#include "command.h"

#include "base/time.h"
#include "job_kinds.h"
#include "job_text.h"

/* ---- the list ---- */

static void empty_text(const cli_context *context, pb_buf *out)
{
    const char *state = cli_value(context, "state");
    if (state != NULL) {
        cli_say(context, out, PB_MSG("No job is in this state: {state}"), "state", state, NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    cli_say(context, out, PB_MSG("There are no jobs yet."), NULL);
    pb_buf_byte(out, '\n');
    cli_say(context, out,
            PB_MSG("Add one: probity jobs {path} --add backup --every 1h, and have it done: "
                   "probity work {path}"),
            "path", db_workspace_shown(context->call.arguments[0], context->arena), NULL);
    pb_buf_byte(out, '\n');
}

static void list_out(const cli_context *context, const job_item *jobs, size_t count, int64_t now_us,
                     pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    if (context->json)
        pb_json_array(&json);
    for (size_t i = 0; i < count; i++) {
        if (context->json)
            job_json(context, &jobs[i], now_us, &json);
        else if (!context->quiet)
            job_text(context, &jobs[i], now_us, out);
    }
    if (context->json) {
        pb_json_array_end(&json);
        pb_buf_byte(out, '\n');
    } else if (count == 0 && !context->quiet) {
        empty_text(context, out);
    }
}

static pb_status list_jobs(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    job_filter filter = {0};
    job_item *jobs = NULL;
    size_t count = 0;
    db_workspace *workspace = NULL;
    int64_t now_us = cli_service_call(context, "jobs").now_us;
    const char *state = cli_value(context, "state");
    filter.one_state = state != NULL && job_state_parse(pb_str_c(state), &filter.state);
    PB_TRY(cli_number(context, "limit", 1, 100000, &filter.limit, err));
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = service_jobs(workspace, &filter, context->arena, &jobs, &count, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    list_out(context, jobs, count, now_us, &out);
    *ret_exit = 0;
    for (size_t i = 0; i < count; i++)
        if (job_text_failed(&jobs[i]) || job_is_overdue(&jobs[i], now_us))
            *ret_exit = 1;
    return cli_finish(&out, err);
}

/* ---- changes ---- */

static pb_status open_to_change(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    db_options options = {.password_file = cli_value(context, "password-file")};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    return cli_open_to_write(context, context->call.arguments[0], &options, ret_workspace, err);
}

static pb_status changed_out(const cli_context *context, const char *says, int64_t n, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    pb_json json;
    pb_json_init(&json, &out, 2);
    if (context->json) {
        pb_json_object(&json);
        pb_json_member_i64(&json, "job", n);
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    } else if (!context->quiet) {
        cli_say(context, &out, says, "job", PB_ARG_INT(n), "path",
                db_workspace_shown(context->call.arguments[0], context->arena), NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

static pb_status read_wish(cli_context *context, const char *kind_name, pb_buf *arguments,
                           job_wish *wish, pb_error *err)
{
    const char *every = cli_value(context, "every"), *at = cli_value(context, "at");
    const job_kind *kind = job_kind_find(pb_str_c(kind_name)); /* the parser let no other pass */
    if (kind == NULL)
        return pb_fail(err, PB_USAGE, PB_MSG("There is no kind of job “{kind}”."), "kind",
                       kind_name, NULL);
    if (every != NULL && !pb_duration_us(pb_str_c(every), &wish->every_us)) {
        pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no length of time."), "value", every, NULL);
        pb_error_hint(err, PB_MSG("Write a whole number and s, m, h, d or w: 15m, 24h, 30d."),
                      NULL);
        return PB_USAGE;
    }
    if (at != NULL && !pb_instant_parse(pb_str_c(at), &wish->due_us)) {
        pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no moment."), "value", at, NULL);
        pb_error_hint(err, PB_MSG("Write it as 2026-11-22T08:30:00Z."), NULL);
        return PB_USAGE;
    }
    PB_TRY(cli_number(context, "tries", 1, JOB_TRIES_MOST, &wish->most, err));
    PB_TRY(job_kind_arguments(context, kind, arguments, err));
    wish->kind = pb_str_c(kind->name);
    wish->arguments = pb_buf_str(arguments);
    return PB_OK;
}

static pb_status add(cli_context *context, const char *kind, pb_error *err)
{
    PB_AUTO_BUF arguments = PB_BUF_INIT(64 << 10);
    service_call call = cli_service_call(context, "jobs");
    job_wish wish = {.due_us = call.now_us};
    db_workspace *workspace = NULL;
    int64_t n = 0;
    PB_TRY(open_to_change(context, &workspace, err));
    pb_status status = read_wish(context, kind, &arguments, &wish, err);
    if (status == PB_OK)
        status = service_job_add(&call, workspace, &wish, &n, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    return changed_out(context, PB_MSG("Job {job} was added. It is done by: probity work {path}"),
                       n, err);
}

typedef pb_status (*change)(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_error *err);

static pb_status change_one(cli_context *context, const char *option, change apply,
                            const char *says, pb_error *err)
{
    service_call call = cli_service_call(context, "jobs");
    db_workspace *workspace = NULL;
    int64_t n;
    PB_TRY(cli_number(context, option, 1, INT64_MAX, &n, err));
    PB_TRY(open_to_change(context, &workspace, err));
    pb_status status = apply(&call, workspace, n, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    return changed_out(context, says, n, err);
}

/* Options that say nothing without another. */
static pb_status check_request(cli_context *context, pb_error *err)
{
    static const char *const of_add[] = {"with", "every", "at"};
    static const char *const acts[] = {"add", "cancel", "again", "state"};
    int asked = 0;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        asked += cli_value(context, acts[i]) != NULL;
    if (asked > 1)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Only one of --add, --cancel, --again and --state can be given"),
                       NULL);
    for (size_t i = 0; i < sizeof of_add / sizeof *of_add; i++)
        if (cli_value(context, of_add[i]) != NULL && cli_value(context, "add") == NULL)
            return pb_fail(err, PB_USAGE, PB_MSG("--{option} goes with --add only."), "option",
                           of_add[i], NULL);
    return PB_OK;
}

pb_status cli_run_jobs(cli_context *context, int *ret_exit, pb_error *err)
{
    const char *kind = cli_value(context, "add");
    PB_TRY(check_request(context, err));
    *ret_exit = 0;
    if (kind != NULL)
        return add(context, kind, err);
    if (cli_value(context, "cancel") != NULL)
        return change_one(context, "cancel", service_job_cancel, PB_MSG("Job {job} was cancelled."),
                          err);
    if (cli_value(context, "again") != NULL)
        return change_one(context, "again", service_job_again,
                          PB_MSG("Job {job} is due now. It is done by: probity work {path}"), err);
    return list_jobs(context, ret_exit, err);
}
