/* The work list of findings: seen and changed by who may. */
#include "access.h"
#include "identity/people.h"
#include "internal.h"
#include "kept_audits.h"
#include "people.h"

static bool is_nobody(const pb_uuid *id)
{
    static const pb_uuid nobody;
    return memcmp(id->b, nobody.b, sizeof id->b) == 0;
}

/* Whoever is no user any more is still told by name. */
static pb_status name_owner(db_session *session, pb_arena *arena, service_finding *finding,
                            pb_error *err)
{
    identity_user user;
    finding->owner = PB_STR_NONE;
    if (is_nobody(&finding->item.owner))
        return PB_OK;
    pb_status status = identity_user_last(session, finding->item.owner, arena, &user, err);
    if (status == PB_OK)
        finding->owner = user.name;
    return status == PB_NOT_FOUND ? PB_OK : status;
}

static pb_status list(db_session *session, const service_call *call,
                      const service_findings_asked *asked, pb_arena *arena,
                      service_finding **ret_findings, size_t *ret_count, pb_error *err)
{
    finding_filter filter = asked->filter;
    finding_item *items = NULL;
    size_t count = 0, seen = 0;
    pb_uuid owner;
    if (asked->owner.len > 0) {
        PB_TRY(service_user_find(session, asked->owner, &owner, err));
        filter.owner = &owner;
    }
    PB_TRY(finding_list(session, &filter, arena, &items, &count, err));
    service_finding *findings = pb_arena_array(arena, count + 1, sizeof *findings);
    if (findings == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!service_in_audit_scope(call, items[i].area, items[i].entity))
            continue;
        findings[seen].item = items[i];
        PB_TRY(name_owner(session, arena, &findings[seen++], err));
    }
    *ret_findings = findings;
    *ret_count = seen;
    return PB_OK;
}

pb_status service_findings(const service_call *call, db_workspace *workspace,
                           const service_findings_asked *asked, pb_arena *arena,
                           service_finding **ret_findings, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = list(session, call, asked, arena, ret_findings, ret_count, err);
    db_snapshot_close(session);
    return status;
}

/* What may not be seen is not there. */
static pb_status find(db_session *session, const service_call *call, int64_t n, pb_arena *arena,
                      finding_item *ret, pb_error *err)
{
    PB_TRY(finding_read(session, n, arena, ret, err));
    if (service_in_audit_scope(call, ret->area, ret->entity))
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no finding {number}."), "number",
                   PB_ARG_INT(n), NULL);
}

pb_status service_finding_find(db_session *session, const service_call *call, int64_t n,
                               pb_arena *arena, service_finding *ret_finding, pb_error *err)
{
    PB_TRY(find(session, call, n, arena, &ret_finding->item, err));
    return name_owner(session, arena, ret_finding, err);
}

static pb_status tell(db_session *session, const service_call *call, int64_t n, pb_arena *arena,
                      service_finding_story *ret, pb_error *err)
{
    PB_TRY(service_finding_find(session, call, n, arena, &ret->finding, err));
    return finding_trend(session, ret->finding.item.control, SERVICE_TREND, arena, &ret->trend,
                         &ret->trend_count, err);
}

pb_status service_finding_read(const service_call *call, db_workspace *workspace, int64_t n,
                               pb_arena *arena, service_finding_story *ret_story, pb_error *err)
{
    db_session *session = NULL;
    service_finding_story story = {.trend_count = 0};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_AUDIT, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = tell(session, call, n, arena, &story, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        *ret_story = story;
    return status;
}

/* ---- changing ---- */

typedef struct changing {
    const service_call *call;
    service_core *service;
    pb_str owner;
    int64_t n, version;
    finding_change change;
    pb_arena *arena;
    service_finding finding;
} changing;

static pb_status change_work(db_session *session, void *context, pb_error *err)
{
    changing *c = context;
    const finding_call by = {c->call->actor, c->call->now_us};
    const audit_catalogue *catalogue = NULL;
    finding_item item;
    PB_TRY(find(session, c->call, c->n, c->arena, &item, err));
    PB_TRY(service_controls(c->service, &catalogue, err));
    const audit_control *known = audit_control_find(catalogue, item.control);
    c->change.waivable = known != NULL && known->waivable;
    if (c->change.has_owner && c->owner.len > 0)
        PB_TRY(service_user_find(session, c->owner, &c->change.owner, err));
    PB_TRY(
        finding_put(session, &by, c->n, c->version, &c->change, c->arena, &c->finding.item, err));
    return name_owner(session, c->arena, &c->finding, err);
}

pb_status service_finding_change(service_core *service, const service_call *call,
                                 db_workspace *workspace, int64_t n, int64_t version,
                                 const finding_change *change, pb_str owner, pb_arena *arena,
                                 service_finding *ret_finding, pb_error *err)
{
    const audit_catalogue *catalogue = NULL;
    changing c = {call, service, owner, n, version, *change, arena, {.owner = PB_STR_NONE}};
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_FINDINGS, err));
    PB_TRY(service_controls(service, &catalogue, err)); /* before the writer waits for it */
    PB_TRY(db_write_within(workspace, call->limits, change_work, &c, err));
    *ret_finding = c.finding;
    return PB_OK;
}
