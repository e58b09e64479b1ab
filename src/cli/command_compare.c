/* compare: two reports or sources side by side. */
#include "audit_compare.h"
#include "command.h"

#include "base/time.h"
#include "report/comparison.h"
#include "sys/clock.h"
#include "sys/file.h"

enum { PEEK = 4096 };

typedef struct compare_request {
    bool html, json, fail_if_worse;
    int64_t as_of_days;
    const char *out;
} compare_request;

static pb_status read_formats(const char *list, compare_request *request, pb_error *err)
{
    pb_str rest = pb_str_c(list), name;
    while (pb_str_split(&rest, ',', &name)) {
        name = pb_str_trim(name);
        bool all = pb_str_is(name, "all");
        if (!all && !pb_str_is(name, "html") && !pb_str_is(name, "json") &&
            !pb_str_is(name, "none")) {
            pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no format of a comparison"), "value",
                    PB_ARG(name), NULL);
            pb_error_hint(err, PB_MSG("Possible: {list}"), "list", "html, json, all, none", NULL);
            return PB_USAGE;
        }
        request->html = request->html || all || pb_str_is(name, "html");
        request->json = request->json || all || pb_str_is(name, "json");
    }
    return PB_OK;
}

/* A report says what it is near its beginning; whatever does not is a source. */
static pb_status is_report(const char *path, bool *ret, pb_error *err)
{
    char bytes[PEEK];
    size_t length = 0;
    sys_reader *reader = NULL;
    *ret = false;
    if (strstr(path, "://") != NULL || sys_path_kind(path) != SYS_FILE)
        return PB_OK;
    PB_TRY(sys_reader_open(path, &reader, err));
    pb_status status = sys_reader_read(reader, bytes, sizeof bytes, &length, err);
    sys_reader_close(reader);
    *ret = pb_str_find(pb_str_n(bytes, length), PB_STR("\"probity-audit-report\"")) != SIZE_MAX;
    return status;
}

static pb_status audit_side(cli_context *context, const compare_request *request, size_t which,
                            report_earlier *ret, pb_error *err)
{
    service_source source;
    service_call call = cli_service_call(context, "compare");
    service_audit_result *result = pb_arena_alloc(context->arena, sizeof *result);
    if (result == NULL)
        return pb_fail_memory(err);
    PB_TRY(cli_source(context, &source, err));
    source.paths = &context->call.arguments[which];
    source.path_count = 1;
    PB_TRY(service_audit(context->service, &call, &source, NULL, request->as_of_days,
                         context->arena, result, err));
    cli_progress_end(context);
    PB_TRY(cli_audit_any(context, result, source.paths[0], err));
    report_input report = service_report(context->service, result, context->version, NULL);
    PB_TRY(report_earlier_of(&report, context->locale, context->arena, ret, err));
    ret->name = pb_str_c(source.paths[0]);
    return PB_OK;
}

static pb_status read_side(cli_context *context, const compare_request *request, size_t which,
                           report_earlier *ret, pb_error *err)
{
    bool report;
    PB_TRY(is_report(context->call.arguments[which], &report, err));
    if (report)
        return cli_read_report(context, context->call.arguments[which], ret, err);
    return audit_side(context, request, which, ret, err);
}

typedef pb_status (*comparison_maker)(const report_comparison *of, pb_locale *locale, pb_buf *out,
                                      pb_error *err);

static pb_status write_one(cli_context *context, const compare_request *request,
                           const report_comparison *of, const char *name, comparison_maker make,
                           pb_buf *says, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT((size_t)1 << 31);
    char *path = pb_arena_printf(context->arena, "%s/%s", request->out, name);
    if (path == NULL)
        return pb_fail_memory(err);
    PB_TRY(make(of, context->locale, &text, err));
    PB_TRY(sys_dir_make(request->out, 0755, true, err));
    PB_TRY(sys_file_write_atomic(path, pb_buf_str(&text), 0644, err));
    cli_say(context, says, PB_MSG("Written: {path}"), "path", path, NULL);
    pb_buf_byte(says, '\n');
    return PB_OK;
}

pb_status cli_run_compare(cli_context *context, int *ret_exit, pb_error *err)
{
    compare_request request = {.out = cli_value(context, "out"),
                               .fail_if_worse = cli_flag(context, "fail-if-worse")};
    report_earlier here, there;
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20), written = PB_BUF_INIT(1 << 16);
    report_comparison of = {.here = &here,
                            .there = &there,
                            .schema = service_schema(context->service),
                            .program_version = context->version};
    PB_TRY(read_formats(cli_value(context, "format"), &request, err));
    PB_TRY(cli_as_of(context, &request.as_of_days, err));
    PB_TRY(read_side(context, &request, 0, &here, err));
    PB_TRY(read_side(context, &request, 1, &there, err));
    PB_TRY(service_controls(context->service, &of.catalogue, err));
    of.schema = service_schema(context->service); /* that of a workspace, if one was read */
    if (request.html)
        PB_TRY(write_one(context, &request, &of, "comparison.html", report_comparison_html,
                         &written, err));
    if (request.json)
        PB_TRY(write_one(context, &request, &of, "comparison.json", report_comparison_json,
                         &written, err));
    if (context->json) {
        PB_TRY(report_comparison_json(&of, context->locale, &out, err));
    } else if (!context->quiet) {
        PB_TRY(report_comparison_summary(&of, context->locale, &out, err));
        if (written.len > 0)
            pb_buf_byte(&out, '\n');
        pb_buf_add(&out, pb_buf_str(&written));
    }
    *ret_exit = request.fail_if_worse && report_comparison_worse(&of) ? 1 : 0;
    return cli_finish(&out, err);
}
