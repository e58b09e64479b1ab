#include "audit_compare.h"
#include "audit_keep.h"
#include "command.h"

#include "service/forms.h"
#include "sys/file.h"

/* What `audit` was asked for. */
typedef struct audit_request {
    bool html, json, csv, pdf, xlsx;
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
        else if (pb_str_is(name, "pdf"))
            request->pdf = true;
        else if (pb_str_is(name, "xlsx"))
            request->xlsx = true;
        else if (pb_str_is(name, "all"))
            request->html = request->json = request->csv = request->pdf = request->xlsx = true;
        else {
            pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no format of a report"), "value",
                    PB_ARG(name), NULL);
            pb_error_hint(err, PB_MSG("Possible: {list}"), "list",
                          "html, json, csv, pdf, xlsx, all", NULL);
            return PB_USAGE;
        }
    }
    return PB_OK;
}

pb_status cli_check_formats(const char *list, pb_error *err)
{
    audit_request unused = {0};
    return read_formats(list, &unused, err);
}

static pb_status read_request(const cli_context *context, audit_request *request, pb_error *err)
{
    request->out = cli_value(context, "out");
    request->can_fail =
        model_grade_parse(pb_str_c(cli_value(context, "fail-on")), &request->fail_on);
    PB_TRY(cli_as_of(context, &request->as_of_days, err));
    return read_formats(cli_value(context, "format"), request, err);
}

/* The kinds of report, in the order they are written. */
typedef struct report_kind {
    const char *name;
    bool wanted;
    service_report_maker make;
    sys_writer *file;
} report_kind;

enum { REPORT_KINDS = SERVICE_REPORT_FORMS };

static void report_kinds(const audit_request *request, report_kind ret_kinds[REPORT_KINDS])
{
    const bool wanted[REPORT_KINDS] = {request->html, request->json, request->csv, request->pdf,
                                       request->xlsx};
    for (size_t i = 0; i < REPORT_KINDS; i++)
        ret_kinds[i] = (report_kind){service_report_forms[i].file, wanted[i],
                                     service_report_forms[i].make, NULL};
}

static pb_status make_report(cli_context *context, const report_input *report, const char *dir,
                             report_kind *kind, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 31);
    char *path = pb_arena_printf(context->arena, "%s/%s", dir, kind->name);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(kind->make(report, context->locale, &out, err));
    PB_TRY(sys_writer_open(path, 0644, &kind->file, err));
    return sys_writer_write(kind->file, pb_buf_str(&out), err);
}

/* All reports or none: they take their names only when every one of them is written. */
static pb_status write_reports(cli_context *context, const report_input *report,
                               const audit_request *request, pb_error *err)
{
    report_kind kinds[REPORT_KINDS];
    report_kinds(request, kinds);
    PB_TRY(sys_dir_make(request->out, 0755, true, err));
    pb_status status = PB_OK;
    for (size_t i = 0; i < REPORT_KINDS && status == PB_OK; i++)
        if (kinds[i].wanted)
            status = make_report(context, report, request->out, &kinds[i], err);
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        if (kinds[i].file == NULL)
            continue;
        if (status == PB_OK)
            status = sys_writer_finish(kinds[i].file, err);
        else
            sys_writer_abort(kinds[i].file);
    }
    return status;
}

/* Whoever reads only the terminal must not miss what the marks do not cover. */
static void say_unread(const cli_context *context, const report_reading *reading, pb_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < reading->file_count; i++) {
        const report_source_file *file = &reading->files[i];
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        if (!pb_str_empty(file->entity) && file->rejected == 0)
            continue;
        if (!any)
            pb_buf_byte(out, '\n');
        any = true;
        pb_format(&why, pb_translate_str(context->catalog, file->why_not), file->why_args,
                  file->why_arg_count);
        if (pb_str_empty(file->entity))
            cli_say(context, out, PB_MSG("{file}: not read. {why}"), "file", PB_ARG(file->name),
                    "why", pb_buf_cstr(&why), NULL);
        else
            cli_say_file(context, out, file->name, file->entity.ptr, file->imported, file->rows,
                         file->rejected);
        pb_buf_byte(out, '\n');
    }
}

static void say_where(const cli_context *context, const audit_request *request, pb_buf *out)
{
    report_kind kinds[REPORT_KINDS];
    report_kinds(request, kinds);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < REPORT_KINDS; i++) {
        PB_AUTO_BUF path = PB_BUF_INIT(65536);
        if (!kinds[i].wanted)
            continue;
        pb_buf_printf(&path, "%s/%s", request->out, kinds[i].name);
        cli_say(context, out, PB_MSG("Written: {path}"), "path", pb_buf_cstr(&path), NULL);
        pb_buf_byte(out, '\n');
    }
}

/* Reports that cannot be written are told before the work, not after it. */
static pb_status check_out(cli_context *context, const audit_request *request, pb_error *err)
{
    if (sys_path_kind(request->out) == SYS_NONE)
        return PB_OK; /* made once there is something to put into it */
    sys_writer *probe = NULL;
    char *path = pb_arena_printf(context->arena, "%s/report.html", request->out);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_writer_open(path, 0644, &probe, err));
    sys_writer_abort(probe);
    return PB_OK;
}

pb_status cli_run_audit(cli_context *context, int *ret_exit, pb_error *err)
{
    audit_request request = {0};
    report_input extra;
    service_source source;
    service_audit_result result;
    int64_t kept = 0;
    service_call call = cli_service_call(context, "audit");
    call.check_domains = cli_flag(context, "check-domains");
    call.name_servers = cli_value(context, "dns");
    PB_TRY(cli_memory(context, "memory", &call.memory, err));
    PB_TRY(read_request(context, &request, err));
    bool keep = cli_flag(context, "keep");
    if (keep)
        PB_TRY(audit_keep_check(context, err));
    else
        PB_TRY(check_out(context, &request, err));
    PB_TRY(cli_audit_compare(context, &extra, err));
    PB_TRY(cli_source(context, &source, err));
    PB_TRY(service_audit(context->service, &call, &source, cli_value(context, "title"),
                         request.as_of_days, context->arena, &result, err));
    cli_progress_end(context);
    report_input report = service_report(context->service, &result, context->version, &extra);
    if (keep)
        PB_TRY(audit_keep(context, &result, &report, request.as_of_days, &kept, err));
    else
        PB_TRY(write_reports(context, &report, &request, err));
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 31);
    if (context->json) {
        PB_TRY(report_json(&report, context->locale, &out, err));
    } else if (!context->quiet) {
        PB_TRY(report_summary(&report, context->locale, &out, err));
        say_unread(context, &result.reading, &out);
        if (keep)
            audit_keep_say(context, kept, &out);
        else
            say_where(context, &request, &out);
    }
    PB_TRY(cli_audit_any(context, &result, context->call.arguments[0], err));
    PB_TRY(cli_print(&out, err));
    *ret_exit = request.can_fail && audit_fails_at(&result.result, request.fail_on) ? 1 : 0;
    return PB_OK;
}
