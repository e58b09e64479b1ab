#include "internal.h"

#include "base/cbor.h"
#include "base/map.h"
#include "db/upgrade.h"
#include "finding/plan.h"
#include "kept_audits.h"
#include "sys/file.h"
#include "sys/mail.h"

/* What the callbacks of one audit share. */
typedef struct auditing {
    const service_call *call;
    pb_arena *arena; /* of the answers */
    pb_map *known;   /* mail domain → verdict, over all fields */
} auditing;

static bool controlling(void *context, const audit_control *control, size_t done, size_t total)
{
    const service_call *call = ((const auditing *)context)->call;
    return call->progress != NULL &&
           call->progress(call->context, PB_MSG("Checking"), control->id.ptr, done, total);
}

static bool resolving(void *context, size_t done, size_t total)
{
    const service_call *call = ((const auditing *)context)->call;
    return call->progress != NULL && call->progress(call->context, PB_MSG("Asking name servers"),
                                                    "DQ-MAIL-DOMAIN", done, total);
}

static audit_mail as_audit(sys_mail verdict)
{
    static const audit_mail meanings[] = {[SYS_MAIL_UNKNOWN] = AUDIT_MAIL_UNKNOWN,
                                          [SYS_MAIL_TAKEN] = AUDIT_MAIL_TAKEN,
                                          [SYS_MAIL_NO_DOMAIN] = AUDIT_MAIL_NO_DOMAIN,
                                          [SYS_MAIL_NO_HOST] = AUDIT_MAIL_NO_HOST,
                                          [SYS_MAIL_REFUSED] = AUDIT_MAIL_REFUSED};
    return meanings[verdict];
}

/* Asks for the domains that no field before had. */
static pb_status mail_domains(void *context, const pb_str *domains, size_t count,
                              audit_mail *ret_verdicts, pb_error *err)
{
    auditing *all = context;
    const sys_mail_options options = {
        .servers = all->call->name_servers, .progress = resolving, .context = all};
    pb_str *names = pb_arena_array(all->arena, count + 1, sizeof *names);
    sys_mail *verdicts = pb_arena_array(all->arena, count + 1, sizeof *verdicts);
    size_t fresh = 0;
    if (names == NULL || verdicts == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (pb_map_get(all->known, domains[i]) == NULL)
            names[fresh++] = domains[i];
    PB_TRY(sys_mail_domains(names, fresh, &options, verdicts, err));
    for (size_t i = 0; i < fresh; i++) {
        bool added;
        uint64_t *place = pb_map_put(all->known, names[i], &added);
        if (place == NULL)
            return pb_fail_memory(err);
        *place = (uint64_t)as_audit(verdicts[i]);
    }
    for (size_t i = 0; i < count; i++)
        ret_verdicts[i] = (audit_mail)*pb_map_get(all->known, domains[i]);
    return PB_OK;
}

/* The database's name of a URL, which may hold a password and is never shown as it is. */
static pb_str database_of(const char *url, pb_arena *arena)
{
    char *shown = exchange_shown(url, arena);
    pb_str text = shown == NULL ? PB_STR("") : pb_str_c(shown);
    return sys_path_name(pb_arena_cstr(arena, pb_str_sub(text, 0, pb_str_index(text, '?'))));
}

/* The name of what was audited: that of the file, folder, workspace or database, without its
 * ending. */
static pb_str title_of(const char *place, pb_arena *arena)
{
    if (pb_str_find(pb_str_c(place), PB_STR("://")) != SIZE_MAX)
        return database_of(place, arena);
    char *path = sys_path_real(arena, place);
    pb_str name = path != NULL ? sys_path_name(path) : pb_str_c(place);
    if (pb_str_ends(name, PB_STR(".csv")))
        name.len -= 4;
    return name;
}

/* What the ledger keeps of an audit: its rules, its mark, what failed. */
static void audit_payload(const audit_catalogue *catalogue, const audit_result *result, pb_buf *out)
{
    size_t failed = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        failed += result->findings[i].outcome == AUDIT_FAIL;
    pb_cbor_map(out, 5);
    pb_cbor_text(out, PB_STR("as_of"));
    pb_cbor_int(out, result->as_of_days);
    pb_cbor_text(out, PB_STR("mark"));
    pb_cbor_double(out, result->overall.score);
    pb_cbor_text(out, PB_STR("rules"));
    pb_cbor_bytes(out, pb_str_n((const char *)catalogue->hash, sizeof catalogue->hash));
    pb_cbor_text(out, PB_STR("failed"));
    pb_cbor_array(out, failed);
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].outcome == AUDIT_FAIL)
            pb_cbor_text(out, result->findings[i].control->id);
    pb_cbor_text(out, PB_STR("records"));
    pb_cbor_uint(out, result->records);
}

/* Waivers that are declared, and what people let be in the workspace itself. */
static pb_status add_waivers(const service_core *service, db_session *snapshot, bool own,
                             pb_arena *arena, audit_options *options, pb_error *err)
{
    audit_waiver *kept = NULL;
    size_t count = 0;
    if (own)
        PB_TRY(finding_waivers(snapshot, options->as_of_days, arena, &kept, &count, err));
    audit_waiver *all = pb_arena_array(arena, service->waiver_count + count + 1, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < service->waiver_count; i++)
        all[i] = service->waivers[i];
    for (size_t i = 0; i < count; i++)
        all[service->waiver_count + i] = kept[i];
    options->waivers = all;
    options->waiver_count = service->waiver_count + count;
    return PB_OK;
}

static pb_status run_controls(service_core *service, const service_call *call,
                              db_workspace *workspace, bool own, int64_t as_of_days,
                              pb_arena *arena, service_audit_result *out, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1 << 20);
    PB_AUTO_ARENA answers = pb_arena_new(0);
    auditing all = {.call = call, .arena = answers};
    if (answers == NULL || (all.known = pb_map_new(answers)) == NULL)
        return pb_fail_memory(err);
    audit_options options = {.as_of_days = as_of_days,
                             .progress = controlling,
                             .context = &all,
                             .mail_domains = call->check_domains ? mail_domains : NULL};
    db_session *snapshot = NULL;
    match_options matching;
    PB_TRY(service_matching(call, 0, answers, &matching, err));
    options.matching = &matching;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &snapshot, err));
    pb_status status = db_snapshot_beside(snapshot, &options.beside, err);
    bool kept = own && !db_is_older(workspace); /* what an older one keeps, it is not asked for */
    if (status == PB_OK && kept)
        status = service_thresholds_over(snapshot, out->catalogue, arena, &out->catalogue, err);
    if (status == PB_OK)
        status = add_waivers(service, snapshot, kept, arena, &options, err);
    if (status == PB_OK)
        status = audit_run(snapshot, service->schema, out->catalogue, &options, arena, &out->result,
                           err);
    db_snapshot_close(options.beside);
    db_snapshot_close(snapshot);
    PB_TRY(status);
    audit_payload(out->catalogue, &out->result, &payload);
    return service_log(workspace, call, "audit.run", pb_buf_str(&payload), err);
}

static pb_status audit_source(service_core *service, const service_call *call,
                              const service_source *source, const char *title,
                              const finding_plan *plan, int64_t as_of_days, pb_arena *arena,
                              service_audit_result *ret_result, pb_error *err)
{
    service_audit_result result = {.plan = plan};
    service_opened opened;
    result.title = title != NULL ? pb_str_c(title) : title_of(source->paths[0], arena);
    PB_TRY(service_open_source(service, call, source, arena, &opened, err));
    pb_status status = service_controls(service, &result.catalogue, err);
    if (status == PB_OK && plan != NULL)
        status = service_plan_scope(plan, result.catalogue, arena, &result.catalogue, err);
    if (status == PB_OK)
        status = run_controls(service, call, opened.workspace, !opened.scratch, as_of_days, arena,
                              &result, err);
    if (status == PB_OK)
        status = service_reading(&opened.plan, arena, &result.reading, err);
    service_close_source(&opened);
    if (status == PB_OK)
        *ret_result = result;
    return status;
}

pb_status service_audit(service_core *service, const service_call *call,
                        const service_source *source, const char *title, int64_t as_of_days,
                        pb_arena *arena, service_audit_result *ret_result, pb_error *err)
{
    return audit_source(service, call, source, title, NULL, as_of_days, arena, ret_result, err);
}

pb_status service_audit_planned(service_core *service, const service_call *call,
                                const service_source *source, const struct finding_plan *plan,
                                int64_t as_of_days, pb_arena *arena,
                                service_audit_result *ret_result, pb_error *err)
{
    const char *title = pb_arena_cstr(arena, plan->name);
    if (title == NULL)
        return pb_fail_memory(err);
    return audit_source(service, call, source, title, plan, as_of_days, arena, ret_result, err);
}

pb_status service_audit_here(service_core *service, const service_call *call,
                             db_workspace *workspace, pb_str title, const struct finding_plan *plan,
                             int64_t as_of_days, pb_arena *arena, service_audit_result *ret_result,
                             pb_error *err)
{
    service_audit_result result = {
        .title = title.len > 0 ? title : title_of(db_workspace_url(workspace), arena),
        .plan = plan};
    PB_TRY(service_controls(service, &result.catalogue, err));
    if (plan != NULL)
        PB_TRY(service_plan_scope(plan, result.catalogue, arena, &result.catalogue, err));
    PB_TRY(run_controls(service, call, workspace, true, as_of_days, arena, &result, err));
    *ret_result = result;
    return PB_OK;
}

report_input service_report(const service_core *service, const service_audit_result *result,
                            const char *version, const report_input *extra)
{
    report_input input = extra != NULL ? *extra : (report_input){0};
    input.result = &result->result;
    input.catalogue = result->catalogue;
    input.schema = service->schema;
    input.reading = &result->reading;
    input.program_version = version;
    input.title = result->title;
    return input;
}
