/* What the server does of it: audits of the workspace and of files that were sent, checks of the
 * ledger, backups and drills. */
#include "../taking/taking.h"
#include "oversight.h"

#include "base/locale.h"
#include "service/forms.h"
#include "service/plans.h"
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

static pb_status keep_audit(http_job *job, const service_audit_result *result, bool own,
                            pb_error *err)
{
    report_input report = service_report(job->server->service, result, job->server->version, NULL);
    report_brief brief;
    pb_locale *locale = NULL;
    int64_t run = 0;
    if (result->plan != NULL) {
        PB_TRY(service_plan_brief(job->server->service, result->plan, job->catalog, job->arena,
                                  &brief, err));
        report.brief = &brief;
    }
    PB_TRY(open_locale(job, &locale, err));
    pb_status status = service_audit_keep(&job->call, job->server->workspace, result, own, &report,
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
    service_plan plan;
    pb_str title = http_job_option(job, "title");
    int64_t number = 0;
    bool planned = pb_str_to_i64(http_job_option(job, "plan"), &number);
    PB_TRY(service_may_start(&job->call, job->server->workspace, IDENTITY_OP_AUDIT, err));
    if (planned)
        PB_TRY(
            service_plan_read(&job->call, job->server->workspace, number, job->arena, &plan, err));
    PB_TRY(service_audit_here(job->server->service, &job->call, job->server->workspace,
                              planned ? plan.now.name : title, planned ? &plan.now : NULL,
                              sys_today(), job->arena, &result, err));
    return keep_audit(job, &result, true, err);
}

/* ---- of a file ---- */

static pb_status keep_file(void *context, const struct service_report_form *form, pb_str bytes,
                           pb_error *err)
{
    return http_job_file_whole(context, pb_str_c(form->file), form->type, bytes, err);
}

/* By a plan: kept with its reports, as audits of the workspace are, but no finding comes of it. */
static pb_status audit_sent_planned(http_job *job, const service_source *source, pb_error *err)
{
    service_audit_result result;
    service_plan plan;
    int64_t number = 0;
    (void)pb_str_to_i64(http_job_option(job, "plan"), &number);
    PB_TRY(service_plan_read(&job->call, job->server->workspace, number, job->arena, &plan, err));
    PB_TRY(service_audit_planned(job->server->service, &job->call, source, &plan.now, sys_today(),
                                 job->arena, &result, err));
    return keep_audit(job, &result, false, err);
}

static pb_status audit_sent(http_job *job, const service_source *source, pb_error *err)
{
    pb_str title = http_job_option(job, "title");
    const char *name = title.len > 0 ? pb_arena_cstr(job->arena, title) : NULL;
    service_audit_result result;
    pb_locale *locale = NULL;
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
    bool planned = http_job_option(job, "plan").len > 0;
    return http_with_upload(job, planned ? audit_sent_planned : audit_sent, err);
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

/* ---- backups ---- */

/* The place that was named, as a list of one; none where it was not. */
static pb_status place_of(const http_job *job, const char **ret_place, size_t *ret_count,
                          pb_error *err)
{
    pb_str place = http_job_option(job, "place");
    *ret_place = place.len > 0 ? pb_arena_cstr(job->arena, place) : NULL;
    *ret_count = place.len > 0;
    return place.len > 0 && *ret_place == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status back_up(http_job *job, pb_error *err)
{
    const char *place = NULL;
    service_backup *made = NULL;
    size_t places = 0, count = 0;
    PB_TRY(service_backup_may(&job->call, job->server->workspace, http_job_option(job, "place"),
                              PB_STR_NONE, err));
    PB_TRY(place_of(job, &place, &places, err));
    pb_status status = service_backup_make(&job->call, job->server->workspace, &place, places,
                                           false, false, job->arena, &made, &count, err);
    for (size_t i = 0; status != PB_OK && i < count; i++)
        job->tried = job->tried || made[i].sent.status == PB_BUSY; /* by who sends, several times */
    if (status == PB_DENIED) /* by the system: whether the asker may was decided above */
        pb_error_hint(
            err,
            PB_MSG("Check the permissions of the folder. A place that became known after this "
                   "server started is reached once it is started anew."),
            NULL);
    PB_TRY(status);
    pb_json_object(&job->json);
    pb_json_key(&job->json, "made");
    pb_json_array(&job->json);
    for (size_t i = 0; i < count; i++) {
        const backup_sent *sent = &made[i].sent;
        pb_json_object(&job->json);
        pb_json_member(&job->json, "place", pb_str_c(sent->place));
        pb_json_member(&job->json, "backup", pb_str_c(sent->name));
        http_op_put_moment(&job->json, "at", sent->at_us);
        pb_json_member_i64(&job->json, "events", (int64_t)sent->events);
        pb_json_member_i64(&job->json, "bytes_sent", (int64_t)sent->bytes_sent);
        http_op_put_truth(&job->json, "same_disk", sent->same_disk);
        pb_json_object_end(&job->json);
    }
    pb_json_array_end(&job->json);
    pb_json_object_end(&job->json);
    return PB_OK;
}

static void put_drill(http_job *job, const backup_drilled *drill)
{
    PB_AUTO_BUF why = PB_BUF_INIT(4000);
    if (drill->error.primary.id != NULL)
        pb_error_render(&drill->error, &drill->error.primary, job->catalog, &why);
    pb_json_object(&job->json);
    pb_json_member(&job->json, "place", pb_str_c(drill->place));
    pb_json_member(&job->json, "fault", pb_str_c(backup_fault_name(drill->fault)));
    http_op_put_truth(&job->json, "ran", drill->ran);
    http_op_put_truth(&job->json, "good", drill->good);
    http_op_put_truth(&job->json, "within_targets", drill->in_time && drill->young);
    pb_json_member(&job->json, "noticed", why.len > 0 ? pb_buf_str(&why) : PB_STR_NONE);
    pb_json_object_end(&job->json);
}

static pb_status drill(http_job *job, pb_error *err)
{
    pb_str fault = http_job_option(job, "fault");
    backup_fault which = BACKUP_FAULT_NONE;
    backup_drilled *drills = NULL;
    service_drills what = {.faults = &which, .fault_count = 1};
    size_t places = 0, count = 0;
    PB_TRY(service_backup_may(&job->call, job->server->workspace, http_job_option(job, "place"),
                              fault, err));
    if (job->server->key == NULL) {
        pb_fail(err, PB_UNSUPPORTED, PB_MSG("This server keeps no key to restore a backup with."),
                NULL);
        pb_error_hint(err, PB_MSG("Serve with a key file, or drill with: probity drill"), NULL);
        return PB_UNSUPPORTED;
    }
    PB_TRY(place_of(job, &what.place, &places, err));
    if (fault.len > 0)
        (void)backup_fault_parse(pb_arena_cstr(job->arena, fault), &which); /* looked at above */
    PB_TRY(service_drill(job->server->service, &job->call, job->server->workspace, job->server->key,
                         &what, job->arena, &drills, &count, err));
    pb_json_object(&job->json);
    pb_json_key(&job->json, "drills");
    pb_json_array(&job->json);
    for (size_t i = 0; i < count; i++)
        put_drill(job, &drills[i]);
    pb_json_array_end(&job->json);
    pb_json_object_end(&job->json);
    return PB_OK;
}

const http_job_kind http_oversight_kinds[] = {
    {"audit-workspace", 3, audit_workspace},
    {"audit-file", 3, audit_file},
    {"ledger-verify", 3, verify},
    {"backup-workspace", 3, back_up},
    {"drill-workspace", 3, drill},
    {NULL, 0, NULL},
};
