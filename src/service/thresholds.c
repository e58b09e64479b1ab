/* Thresholds of a workspace: laid over the catalogue that ships, and said anew. */
#include "service/thresholds.h"

#include <math.h>

#include "access.h"
#include "internal.h"
#include "kept_audits.h"

/* ---- laid over the catalogue ---- */

static bool is_of(const audit_control *control, pb_str id)
{
    return pb_str_eq(control->id, id) || pb_str_eq(control->base, id);
}

static void set_limit(audit_control *control, const finding_threshold *t)
{
    if (t->share != control->pass_share)
        return; /* what shipped then counted otherwise */
    control->limit_set = true;
    control->pass_limit = t->limit;
    control->limit_at_us = t->at_us;
    control->limit_by = t->by;
    control->limit_why = t->reason;
}

/* What is said of one alone stands over what is said of all that share its base. */
static void set_limits(audit_control *control, const finding_threshold *said, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(said[i].control, control->base))
            set_limit(control, &said[i]);
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(said[i].control, control->id))
            set_limit(control, &said[i]);
}

pb_status service_thresholds_over(db_session *session, const audit_catalogue *whole,
                                  pb_arena *arena, const audit_catalogue **ret_catalogue,
                                  pb_error *err)
{
    finding_threshold *said = NULL;
    size_t count = 0;
    PB_TRY(finding_thresholds(session, arena, &said, &count, err));
    audit_catalogue *over = pb_arena_array(arena, 1, sizeof *over);
    audit_control *controls = pb_arena_array(arena, whole->count + 1, sizeof *controls);
    if (over == NULL || controls == NULL)
        return pb_fail_memory(err);
    *over = *whole;
    over->controls = controls;
    for (size_t i = 0; i < whole->count; i++) {
        controls[i] = whole->controls[i];
        controls[i].limit_shipped = whole->controls[i].pass_limit;
        set_limits(&controls[i], said, count);
    }
    *ret_catalogue = over;
    return PB_OK;
}

pb_status service_audit_controls(service_core *service, const service_call *call,
                                 db_workspace *workspace, pb_arena *arena,
                                 const audit_catalogue **ret_catalogue, pb_error *err)
{
    const audit_catalogue *shipped = NULL;
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(service_controls(service, &shipped, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_thresholds_over(session, shipped, arena, ret_catalogue, err);
    db_snapshot_close(session);
    return status;
}

/* ---- read ---- */

static pb_status find_control(const service_call *call, const audit_catalogue *catalogue, pb_str id,
                              const audit_control **ret_control, pb_error *err)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        *ret_control = &catalogue->controls[i];
        if (is_of(*ret_control, id) && service_audit_sees(call, *ret_control))
            return PB_OK;
    }
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no control “{control}”"), "control", PB_ARG(id),
            NULL);
    pb_error_hint(err, PB_MSG("Take one of those that the controls name."), NULL);
    return PB_NOT_FOUND;
}

static void add_said(finding_threshold *to, size_t *count, const finding_threshold *from,
                     size_t from_count)
{
    for (size_t i = 0; i < from_count; i++)
        to[(*count)++] = from[i];
}

/* Two histories, each newest first, as one. */
static pb_status read_said(db_session *session, pb_arena *arena, service_threshold *t,
                           pb_error *err)
{
    finding_threshold *own = NULL, *common = NULL;
    size_t own_count = 0, common_count = 0;
    const audit_control *control = t->control;
    PB_TRY(finding_threshold_history(session, control->id, arena, &own, &own_count, err));
    if (!pb_str_eq(control->base, control->id))
        PB_TRY(
            finding_threshold_history(session, control->base, arena, &common, &common_count, err));
    t->said = pb_arena_array(arena, own_count + common_count + 1, sizeof *t->said);
    if (t->said == NULL)
        return pb_fail_memory(err);
    size_t i = 0, k = 0;
    while (i < own_count && k < common_count)
        t->said[t->said_count++] = own[i].at_us >= common[k].at_us ? own[i++] : common[k++];
    add_said(t->said, &t->said_count, own + i, own_count - i);
    add_said(t->said, &t->said_count, common + k, common_count - k);
    return PB_OK;
}

pb_status service_threshold_read(service_core *service, const service_call *call,
                                 db_workspace *workspace, pb_str control, pb_arena *arena,
                                 service_threshold *ret, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    service_threshold found = {0};
    db_session *session = NULL;
    PB_TRY(service_audit_controls(service, call, workspace, arena, &catalogue, err));
    PB_TRY(find_control(call, catalogue, control, &found.control, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_said(session, arena, &found, err);
    db_snapshot_close(session);
    PB_TRY(status);
    *ret = found;
    return PB_OK;
}

/* ---- said ---- */

static pb_status refuse(const char *field, pb_str value, const char *says, const char *hint,
                        pb_error *err)
{
    pb_fail(err, PB_INVALID, says, "field", field, "value", PB_ARG(value), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_INVALID;
}

static pb_status check_limit(const audit_control *control, double limit, pb_error *err)
{
    char text[32];
    snprintf(text, sizeof text, "%.10g", limit);
    if (control->pass_share && !(limit >= 0 && limit <= 1))
        return refuse("limit", pb_str_c(text),
                      PB_MSG("{field}: “{value}” is no share that may fail."),
                      PB_MSG("A share lies between 0 (none may fail) and 1: 0.02 is 2 %."), err);
    bool whole = limit >= 0 && limit <= FINDING_THRESHOLD_COUNT && limit == floor(limit);
    if (!control->pass_share && !whole)
        return refuse("limit", pb_str_c(text),
                      PB_MSG("{field}: “{value}” is no number of records that may fail."),
                      PB_MSG("It takes a whole number from 0 to 1000000000."), err);
    return PB_OK;
}

static pb_status check_reason(pb_str reason, pb_error *err)
{
    if (pb_str_trim(reason).len == 0)
        return refuse("reason", reason, PB_MSG("Why it is changed must be said: {field}."),
                      PB_MSG("Reports and the ledger tell it to whoever audits later."), err);
    if (reason.len > FINDING_THRESHOLD_REASON)
        return refuse("reason", PB_STR(""), PB_MSG("The text is too long: {field}."),
                      PB_MSG("It takes 1000 bytes."), err);
    return PB_OK;
}

typedef struct setting {
    const service_call *call;
    finding_threshold threshold;
    double before;
} setting;

static pb_status set_work(db_session *session, void *context, pb_error *err)
{
    const setting *s = context;
    const finding_call by = {s->call->actor, s->call->now_us};
    return finding_threshold_put(session, &by, &s->threshold, s->before, err);
}

pb_status service_threshold_set(service_core *service, const service_call *call,
                                db_workspace *workspace, pb_str control, const double *limit,
                                pb_str reason, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_threshold now;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_may_start(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(service_threshold_read(service, call, workspace, control, arena, &now, err));
    PB_TRY(check_reason(reason, err));
    if (limit != NULL)
        PB_TRY(check_limit(now.control, *limit, err));
    setting s = {.call = call,
                 .before = now.control->pass_limit,
                 .threshold = {.control = control,
                               .shipped = limit == NULL,
                               .share = now.control->pass_share,
                               .limit = limit == NULL ? 0 : *limit,
                               .reason = pb_str_trim(reason)}};
    return db_write_within(workspace, call->limits, set_work, &s, err);
}
