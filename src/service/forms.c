#include "service/forms.h"

#include "access.h"
#include "finding/plan.h"
#include "internal.h"
#include "report/control.h"
#include "sys/file.h"
#include "sys/module.h"

/* Setting pages takes libraries that would slow every start, so it waits in a part of its own. */
static pb_status make_pdf(const report_input *report, pb_locale *locale, pb_buf *out, pb_error *err)
{
    sys_function found;
    PB_TRY(sys_module_find("probity-pdf.so", "probity_pdf", &found, err));
    return ((service_report_maker)found)(report, locale, out, err);
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

const struct service_report_form service_report_forms[SERVICE_REPORT_FORMS] = {
    {"html", "report.html", "text/html", report_html},
    {"json", "report.json", "application/json", report_json},
    {"csv", "findings.csv", "text/csv", report_csv},
    {"pdf", "report.pdf", "application/pdf", make_pdf},
    {"xlsx", "findings.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     make_xlsx},
};

pb_status service_report_all(const report_input *report, pb_locale *locale,
                             service_report_each each, void *context, pb_error *err)
{
    for (size_t i = 0; i < SERVICE_REPORT_FORMS; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT((size_t)1 << 30);
        PB_TRY(service_report_forms[i].make(report, locale, &bytes, err));
        PB_TRY(each(context, &service_report_forms[i], pb_buf_str(&bytes), err));
    }
    return PB_OK;
}

/* ---- keeping ---- */

typedef struct keeping {
    const service_call *call;
    const service_audit_result *result;
    const report_input *report;
    pb_locale *locale;
    pb_arena *arena; /* of the reports */
    const char *language;
    finding_report reports[SERVICE_REPORT_FORMS];
    size_t count;
    bool own;
    int64_t run;
} keeping;

/* What could not be checked leaves what is known of it. */
static pb_status keep_evidence(db_session *session, const keeping *k, const audit_finding *found,
                               pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    audit_failure *failures = NULL;
    size_t count = 0;
    bool fails = found->outcome == AUDIT_FAIL || found->outcome == AUDIT_WAIVED;
    if (!fails && found->outcome != AUDIT_PASS)
        return PB_OK;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (fails)
        PB_TRY(report_failing(k->report, k->locale, found, FINDING_EVIDENCE_MOST, arena, &failures,
                              &count, err));
    return finding_evidence_keep(session, k->run, found->control->id, failures, count, err);
}

/* A plan that was taken away meanwhile is not brought back by what was done for it. */
static pb_status keep_plan(db_session *session, const keeping *k, const finding_call *by,
                           pb_error *err)
{
    pb_error why = {0};
    pb_status status = finding_plan_done(session, by, k->result->plan->plan, k->run,
                                         k->result->result.as_of_days, &why);
    if (status == PB_OK || status == PB_NOT_FOUND)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static pb_status keep(db_session *session, void *context, pb_error *err)
{
    keeping *k = context;
    const audit_result *result = &k->result->result;
    const finding_call by = {k->call->actor, k->call->now_us};
    finding_run run = {.at_us = by.now_us,
                       .as_of_days = result->as_of_days,
                       .by = by.actor.name,
                       .title = k->result->title,
                       .own = k->own,
                       .letter = result->overall.letter,
                       .score = result->overall.score,
                       .records = result->records};
    memcpy(run.rules, k->result->catalogue->hash, sizeof run.rules);
    PB_TRY(finding_run_keep(session, &by, &run, result, &k->run, err));
    if (k->result->plan != NULL)
        PB_TRY(keep_plan(session, k, &by, err));
    for (size_t i = 0; k->own && i < result->finding_count; i++)
        PB_TRY(keep_evidence(session, k, &result->findings[i], err));
    for (size_t i = 0; i < k->count; i++)
        PB_TRY(finding_report_keep(session, k->run, &k->reports[i], err));
    return PB_OK;
}

static pb_status gather(void *context, const struct service_report_form *form, pb_str bytes,
                        pb_error *err)
{
    keeping *k = context;
    pb_str copy = pb_arena_str(k->arena, bytes);
    if (copy.ptr == NULL)
        return pb_fail_memory(err);
    k->reports[k->count++] = (finding_report){form->form, k->language, copy};
    return PB_OK;
}

pb_status service_audit_keep(const service_call *call, db_workspace *workspace,
                             const service_audit_result *result, bool own,
                             const report_input *report, pb_locale *locale, int64_t *ret_run,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 31);
    keeping k = {.call = call,
                 .result = result,
                 .report = report,
                 .locale = locale,
                 .arena = arena,
                 .language = pb_locale_language(locale),
                 .own = own};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(service_report_all(report, locale, gather, &k, err));
    PB_TRY(db_write_within(workspace, call->limits, keep, &k, err));
    *ret_run = k.run;
    return PB_OK;
}
