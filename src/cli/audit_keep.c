/* The forms of a report, and audits that are kept in their workspace. */
#include "audit_keep.h"

#include "command.h"
#include "db/rows.h"
#include "service/audits.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/module.h"

/* Setting pages takes libraries that would slow every start, so it waits in a part of its own. */
static pb_status make_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    typedef pb_status (*maker)(const report_input *, pb_locale *, pb_buf *, pb_error *);
    sys_function found;
    PB_TRY(sys_module_find("probity-pdf.so", "probity_pdf", &found, err));
    return ((maker)found)(report, locale, out, err);
}

/* The library that writes workbooks knows only files, so it gets a private folder. */
static pb_status make_xlsx(const report_input *report, pb_locale *locale, pb_buf *out,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *folder, *path;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_temp_dir(arena, &folder, err));
    path = sys_path_join(arena, folder, "findings.xlsx");
    pb_status status =
        path == NULL ? pb_fail_memory(err) : report_xlsx(report, locale, folder, path, err);
    if (status == PB_OK)
        status = sys_file_read(path, (size_t)1 << 31, out, err);
    pb_status removed = sys_dir_remove_tree(folder, status == PB_OK ? err : NULL);
    return status == PB_OK ? removed : status;
}

const struct audit_form audit_forms[AUDIT_FORMS] = {
    {"html", "report.html", report_html}, {"json", "report.json", report_json},
    {"csv", "findings.csv", report_csv},  {"pdf", "report.pdf", make_pdf},
    {"xlsx", "findings.xlsx", make_xlsx},
};

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

static pb_status make_all(cli_context *context, const report_input *report, pb_buf *bytes,
                          finding_report *reports, pb_error *err)
{
    const char *language = pb_locale_language(context->locale);
    for (size_t i = 0; i < AUDIT_FORMS; i++) {
        PB_TRY(audit_forms[i].make(report, context->locale, &bytes[i], err));
        reports[i] = (finding_report){audit_forms[i].form, language, pb_buf_str(&bytes[i])};
    }
    return PB_OK;
}

static pb_status keep(cli_context *context, const service_audit_result *result, bool own,
                      const finding_report *reports, int64_t *ret_run, pb_error *err)
{
    db_workspace *workspace = NULL;
    db_options options = {.password_file = cli_value(context, "password-file")};
    service_call call = cli_service_call(context, "audit");
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(cli_open_to_write(context, context->call.arguments[0], &options, &workspace, err));
    pb_status status =
        service_audit_keep(&call, workspace, result, own, reports, AUDIT_FORMS, ret_run, err);
    db_workspace_close(workspace);
    return status;
}

pb_status audit_keep(cli_context *context, const service_audit_result *result,
                     const report_input *report, int64_t as_of_days, int64_t *ret_run,
                     pb_error *err)
{
    pb_buf bytes[AUDIT_FORMS];
    finding_report reports[AUDIT_FORMS];
    for (size_t i = 0; i < AUDIT_FORMS; i++)
        bytes[i] = (pb_buf)PB_BUF_INIT((size_t)1 << 30);
    pb_status status = make_all(context, report, bytes, reports, err);
    /* The list of findings tells of today; an audit of a past day is only kept. */
    if (status == PB_OK)
        status = keep(context, result, as_of_days == sys_today(), reports, ret_run, err);
    for (size_t i = 0; i < AUDIT_FORMS; i++)
        pb_buf_free(&bytes[i]);
    return status;
}

void audit_keep_say(const cli_context *context, int64_t run, pb_buf *out)
{
    pb_buf_byte(out, '\n');
    cli_say(context, out, PB_MSG("Kept in the workspace as audit {number}, with its reports."),
            "number", PB_ARG_INT(run), NULL);
    pb_buf_byte(out, '\n');
}
