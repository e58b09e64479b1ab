/* What the server does of it: audits of the workspace and of files that were sent, and checks of
 * the ledger. */
#include "../taking/taking.h"
#include "oversight.h"

#include "base/locale.h"
#include "service/forms.h"
#include "sys/clock.h"

/* In the language that was asked for; the caller frees it. */
static pb_status open_locale(const http_job *job, pb_locale **ret_locale, pb_error *err)
{
    pb_str language = http_job_option(job, "language");
    const char *name = language.len > 0 ? pb_arena_cstr(job->arena, language) : "en";
    *ret_locale = name == NULL ? NULL : pb_locale_open(name, job->catalog);
    return *ret_locale == NULL ? pb_fail_memory(err) : PB_OK;
}

static void put_mark(http_job *job, const service_audit_result *result)
{
    const char letter[2] = {result->result.overall.letter, '\0'};
    size_t failed = 0;
    for (size_t i = 0; i < result->result.finding_count; i++)
        failed += result->result.findings[i].outcome == AUDIT_FAIL;
    pb_json_member(&job->json, "title", result->title);
    pb_json_member(&job->json, "letter", pb_str_c(letter));
    pb_json_key(&job->json, "mark");
    pb_json_double(&job->json, result->result.overall.score);
    pb_json_member_i64(&job->json, "records", (int64_t)result->result.records);
    pb_json_member_i64(&job->json, "failed", (int64_t)failed);
}

/* ---- of the workspace ---- */

static pb_status keep_audit(http_job *job, const service_audit_result *result, pb_error *err)
{
    report_input report = service_report(job->server->service, result, job->server->version, NULL);
    pb_locale *locale = NULL;
    int64_t run = 0;
    PB_TRY(open_locale(job, &locale, err));
    pb_status status = service_audit_keep(&job->call, job->server->workspace, result, true, &report,
                                          locale, &run, err);
    pb_locale_free(locale);
    PB_TRY(status);
    pb_json_object(&job->json);
    pb_json_member_i64(&job->json, "audit", run);
    put_mark(job, result);
    pb_json_object_end(&job->json);
    return PB_OK;
}

static pb_status audit_workspace(http_job *job, pb_error *err)
{
    service_audit_result result;
    PB_TRY(service_may_start(&job->call, job->server->workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(service_audit_here(job->server->service, &job->call, job->server->workspace,
                              http_job_option(job, "title"), sys_today(), job->arena, &result,
                              err));
    return keep_audit(job, &result, err);
}

/* ---- of a file ---- */

static pb_status keep_file(void *context, const struct service_report_form *form, pb_str bytes,
                           pb_error *err)
{
    return http_job_file_whole(context, pb_str_c(form->file), form->type, bytes, err);
}

static pb_status audit_sent(http_job *job, const char *folder, const service_source *source,
                            pb_error *err)
{
    pb_str title = http_job_option(job, "title");
    const char *name = title.len > 0 ? pb_arena_cstr(job->arena, title) : NULL;
    service_audit_result result;
    pb_locale *locale = NULL;
    (void)folder;
    PB_TRY(service_audit(job->server->service, &job->call, source, name, sys_today(), job->arena,
                         &result, err));
    report_input report = service_report(job->server->service, &result, job->server->version, NULL);
    PB_TRY(open_locale(job, &locale, err));
    pb_status status = service_report_all(&report, locale, keep_file, job, err);
    pb_locale_free(locale);
    PB_TRY(status);
    pb_json_object(&job->json);
    put_mark(job, &result);
    pb_json_object_end(&job->json);
    return PB_OK;
}

static pb_status audit_file(http_job *job, pb_error *err)
{
    PB_TRY(service_may_start(&job->call, job->server->workspace, IDENTITY_OP_AUDIT, err));
    return http_with_upload(job, audit_sent, err);
}

/* ---- the ledger ---- */

static pb_status verify(http_job *job, pb_error *err)
{
    ledger_report report;
    PB_TRY(service_may_start(&job->call, job->server->workspace, IDENTITY_OP_LEDGER, err));
    PB_TRY(service_verify(job->server->service, &job->call, job->server->workspace, &report, err));
    pb_json_object(&job->json);
    pb_json_member_i64(&job->json, "events", (int64_t)report.events);
    pb_json_member_i64(&job->json, "erased", (int64_t)report.erased);
    pb_json_member_i64(&job->json, "heads", (int64_t)report.heads);
    pb_json_member_i64(&job->json, "records", (int64_t)report.records);
    pb_json_object_end(&job->json);
    return PB_OK;
}

const http_job_kind http_oversight_kinds[] = {
    {"audit-workspace", 3, audit_workspace},
    {"audit-file", 3, audit_file},
    {"ledger-verify", 3, verify},
    {NULL, 0, NULL},
};
