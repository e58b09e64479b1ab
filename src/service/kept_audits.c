/* Audits that are kept: by whom they may be seen, and how they are started. */
#include "service/audits.h"

#include "access.h"
#include "internal.h"
#include "kept_audits.h"

#include <math.h>

/* ---- starting ---- */

/* An external auditor looks, and has nothing done. */
pb_status service_may_start(const service_call *call, db_workspace *workspace,
                            identity_operation operation, pb_error *err)
{
    PB_TRY(service_may_do(call, workspace, operation, err));
    if (call->who == NULL || !call->who->read_only)
        return PB_OK;
    const service_denial denial = {.refused = true, .operation = operation};
    pb_fail(err, PB_DENIED, PB_MSG("Who may only read starts nothing."), NULL);
    return service_refused(call, workspace, &denial, PB_DENIED, err);
}

/* Only what is declared, or was used before: a request names no other place for the data to go. */
static pb_status check_place(const service_call *call, db_workspace *workspace, pb_str place,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    backup_state *states = NULL;
    size_t count = 0;
    db_session *session = NULL;
    if (place.len == 0)
        return PB_OK;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = backup_states(session, arena, &states, &count, err);
    db_snapshot_close(session);
    PB_TRY(status);
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(place, states[i].place))
            return PB_OK;
    pb_fail(err, PB_INVALID, PB_MSG("“{value}” is no place of backups of this workspace."), "field",
            "place", "value", PB_ARG(place), NULL);
    pb_error_hint(err, PB_MSG("Places are declared by who holds the key: probity backups."), NULL);
    return PB_INVALID;
}

pb_status service_backup_may(const service_call *call, db_workspace *workspace, pb_str place,
                             pb_str fault, pb_error *err)
{
    backup_fault known;
    char name[64];
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_BACKUP, err));
    PB_TRY(check_place(call, workspace, place, err));
    (void)snprintf(name, sizeof name, "%.*s", PB_STR_FMT(pb_str_sub(fault, 0, sizeof name - 1)));
    if (fault.len > 0 && !backup_fault_parse(name, &known))
        return pb_fail(err, PB_INVALID, PB_MSG("There is no fault “{value}”."), "field", "fault",
                       "value", PB_ARG(fault), NULL);
    return PB_OK;
}

/* ---- looking ---- */

static bool is_among(const pb_str *names, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(names[i], name))
            return true;
    return false;
}

bool service_in_audit_scope(const service_call *call, pb_str area, pb_str entity)
{
    const identity_actor *who = call->who;
    if (who == NULL || who->holder || !who->scope.limited)
        return true;
    return is_among(who->scope.areas, who->scope.area_count, area) &&
           (entity.len == 0 || is_among(who->scope.entities, who->scope.entity_count, entity));
}

bool service_audit_sees(const service_call *call, const audit_control *control)
{
    return service_in_audit_scope(call, control->area,
                                  control->entity != NULL ? control->entity->name : PB_STR_NONE);
}

/* Marks and counts tell of everything, so who is let see a part is told none. */
static void hide_whole(const service_call *call, finding_run *run)
{
    if (call->who == NULL || call->who->holder || !call->who->scope.limited)
        return;
    run->letter = '-';
    run->score = (double)NAN;
    run->records = run->controls = run->failed = 0;
}

pb_status service_audits(const service_call *call, db_workspace *workspace, int64_t below,
                         int64_t limit, pb_arena *arena, finding_run **ret_runs, size_t *ret_count,
                         pb_error *err)
{
    db_session *session = NULL;
    finding_run *runs = NULL;
    size_t count = 0;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = finding_run_list(session, below, limit, arena, &runs, &count, err);
    db_snapshot_close(session);
    PB_TRY(status);
    for (size_t i = 0; i < count; i++)
        hide_whole(call, &runs[i]);
    *ret_runs = runs;
    *ret_count = count;
    return PB_OK;
}

static pb_status read_audit(db_session *session, const service_call *call, int64_t n,
                            pb_arena *arena, service_kept_audit *ret, pb_error *err)
{
    finding_outcome *outcomes = NULL;
    size_t count = 0, seen = 0;
    PB_TRY(finding_run_read(session, n, arena, &ret->run, err));
    PB_TRY(finding_outcomes(session, n, arena, &outcomes, &count, err));
    for (size_t i = 0; i < count; i++)
        if (service_in_audit_scope(call, outcomes[i].area, outcomes[i].entity))
            outcomes[seen++] = outcomes[i];
    hide_whole(call, &ret->run);
    ret->outcomes = outcomes;
    ret->count = seen;
    ret->cut = seen < count;
    return PB_OK;
}

pb_status service_audit_read(const service_call *call, db_workspace *workspace, int64_t n,
                             pb_arena *arena, service_kept_audit *ret_audit, pb_error *err)
{
    db_session *session = NULL;
    service_kept_audit audit = {.count = 0};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_audit(session, call, n, arena, &audit, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        *ret_audit = audit;
    return status;
}

pb_status service_audit_report(const service_call *call, db_workspace *workspace, int64_t n,
                               const char *form, pb_arena *arena, pb_buf *out, pb_str *ret_language,
                               pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    if (call->who != NULL && !call->who->holder && call->who->scope.limited) {
        const service_denial denial = {.refused = true, .operation = IDENTITY_OP_AUDIT};
        pb_fail(err, PB_DENIED, PB_MSG("A report tells everything that was audited."), NULL);
        pb_error_hint(err, PB_MSG("Ask for the audit itself: it tells what you are let see."),
                      NULL);
        return service_refused(call, workspace, &denial, PB_DENIED, err);
    }
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = finding_report_read(session, n, form, arena, out, ret_language, err);
    db_snapshot_close(session);
    return status;
}
