#include "command.h"

#include "base/time.h"

#include "sys/clock.h"
#include "sys/file.h"

/* What `audit` was asked for. */
typedef struct audit_request {
    bool html, json, csv;
    bool can_fail;
    model_grade fail_on;
    int64_t as_of_days;
    const char *out;
} audit_request;

static pb_status read_formats(const char *list, audit_request *request, pb_error *err)
{
    pb_str rest = pb_str_c(list), name;
    while (pb_str_split(&rest, ',', &name)) {
        name = pb_str_trim(name);
        if (pb_str_is(name, "html"))
            request->html = true;
        else if (pb_str_is(name, "json"))
            request->json = true;
        else if (pb_str_is(name, "csv"))
            request->csv = true;
        else {
            pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no format of a report"), "value",
                    PB_ARG(name), NULL);
            pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "html, json, csv", NULL);
            return PB_USAGE;
        }
    }
    return PB_OK;
}

static pb_status read_request(const cli_context *context, audit_request *request, pb_error *err)
{
    const char *as_of = cli_value(context, "as-of");
    request->out = cli_value(context, "out");
    request->can_fail =
        model_grade_parse(pb_str_c(cli_value(context, "fail-on")), &request->fail_on);
    request->as_of_days = sys_today();
    if (as_of != NULL && !pb_date_parse(pb_str_c(as_of), &request->as_of_days)) {
        pb_fail(err, PB_USAGE, PB_MSG("--as-of {value} is no day"), "value", as_of, NULL);
        pb_error_hint(err, PB_MSG("Write it as YYYY-MM-DD, for example 2025-06-30."), NULL);
        return PB_USAGE;
    }
    return read_formats(cli_value(context, "format"), request, err);
}

typedef pb_status (*report_writer)(const audit_report *report, pb_locale *locale, pb_buf *out,
                                   pb_error *err);

static pb_status write_report(cli_context *context, const audit_report *report, const char *dir,
                              const char *name, report_writer writer, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 31);
    char *path = pb_arena_printf(context->arena, "%s/%s", dir, name);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(writer(report, context->locale, &out, err));
    return sys_file_write_atomic(path, pb_buf_str(&out), 0644, err);
}

static pb_status write_reports(cli_context *context, const audit_report *report,
                               const audit_request *request, pb_error *err)
{
    PB_TRY(sys_dir_make(request->out, 0755, true, err));
    if (request->html)
        PB_TRY(write_report(context, report, request->out, "report.html", audit_report_html, err));
    if (request->json)
        PB_TRY(write_report(context, report, request->out, "report.json", audit_report_json, err));
    if (request->csv)
        PB_TRY(write_report(context, report, request->out, "findings.csv", audit_report_csv, err));
    return PB_OK;
}

static void say_where(const cli_context *context, const audit_request *request, pb_buf *out)
{
    const char *names[] = {request->html ? "report.html" : NULL,
                           request->json ? "report.json" : NULL,
                           request->csv ? "findings.csv" : NULL};
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < 3; i++) {
        PB_AUTO_BUF path = PB_BUF_INIT(65536);
        if (names[i] == NULL)
            continue;
        pb_buf_printf(&path, "%s/%s", request->out, names[i]);
        cli_say(context, out, PB_MSG("Written: {path}"), "path", pb_buf_cstr(&path), NULL);
        pb_buf_byte(out, '\n');
    }
}

pb_status cli_run_audit(cli_context *context, int *ret_exit, pb_error *err)
{
    audit_request request = {0};
    service_source source;
    service_audit_result result;
    service_call call = cli_service_call(context, "audit");
    PB_TRY(read_request(context, &request, err));
    PB_TRY(cli_source(context, &source, err));
    PB_TRY(service_audit(context->service, &call, &source, cli_value(context, "title"),
                         request.as_of_days, context->arena, &result, err));
    cli_progress_end(context);
    audit_report report = service_report(context->service, &result, context->version);
    PB_TRY(write_reports(context, &report, &request, err));
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 31);
    if (context->json) {
        PB_TRY(audit_report_json(&report, context->locale, &out, err));
    } else if (!context->quiet) {
        PB_TRY(audit_report_summary(&report, context->locale, &out, err));
        say_where(context, &request, &out);
    }
    cli_print(&out);
    *ret_exit = request.can_fail && audit_fails_at(&result.result, request.fail_on) ? 1 : 0;
    return PB_OK;
}
