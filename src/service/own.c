/* What people keep for themselves. */
#include "service/own.h"

#include "access.h"
#include "base/time.h"
#include "sys/clock.h"

/* ---- who ---- */

static pb_status need_somebody(const service_call *call, bool writes, pb_error *err)
{
    if (call->who == NULL || call->who->holder)
        return pb_fail(err, PB_DENIED,
                       PB_MSG("Who holds the key of the workspace keeps nothing of one's own."),
                       NULL);
    if (writes && call->who->read_only)
        return pb_fail(err, PB_DENIED, PB_MSG("Who may only read keeps nothing."), NULL);
    return PB_OK;
}

static identity_call call_of(const service_call *call)
{
    return (identity_call){.actor = call->actor, .now_us = call->now_us};
}

static pb_status see_view(db_session *session, const service_call *call, const identity_view *view,
                          pb_arena *arena, service_view_seen *ret_view, pb_error *err)
{
    identity_user owner;
    service_view_seen seen = {
        .view = *view, .own = pb_str_eq(pb_uuid_str(&view->owner), pb_uuid_str(&call->who->user))};
    if (seen.own) {
        seen.owner = call->who->name;
    } else {
        pb_status status = identity_user_last(session, view->owner, arena, &owner, err);
        if (status != PB_OK && status != PB_NOT_FOUND)
            return status;
        seen.owner = status == PB_OK ? owner.name : PB_STR_NONE;
    }
    *ret_view = seen;
    return PB_OK;
}

/* ---- seen ---- */

static pb_status list(db_session *session, const service_call *call, pb_str entity, pb_arena *arena,
                      service_view_seen **ret_views, size_t *ret_count, pb_error *err)
{
    identity_view *views = NULL;
    size_t count = 0;
    PB_TRY(identity_view_list(session, call->who->user, call->now_us, entity, arena, &views, &count,
                              err));
    service_view_seen *seen = pb_arena_array(arena, count + 1, sizeof *seen);
    if (seen == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(see_view(session, call, &views[i], arena, &seen[i], err));
    *ret_views = seen;
    *ret_count = count;
    return PB_OK;
}

pb_status service_views(const service_call *call, db_workspace *workspace,
                        const model_entity *entity, pb_arena *arena, service_view_seen **ret_views,
                        size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(need_somebody(call, false, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = list(session, call, entity == NULL ? PB_STR_NONE : entity->name, arena,
                            ret_views, ret_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_view_read(const service_call *call, db_workspace *workspace, int64_t n,
                            pb_arena *arena, service_view_seen *ret_view, pb_error *err)
{
    db_session *session = NULL;
    identity_view view;
    PB_TRY(need_somebody(call, false, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status =
        identity_view_find(session, call->who->user, call->now_us, n, arena, &view, err);
    if (status == PB_OK)
        status = see_view(session, call, &view, arena, ret_view, err);
    db_snapshot_close(session);
    return status;
}

/* ---- saved ---- */

typedef struct saving {
    const service_call *call;
    const model_entity *entity;
    identity_view view;
    pb_arena *arena;
    service_view_seen *seen;
} saving;

/* As the list that it is, with what its owner may see. */
static pb_status check_view(const service_access *access, const void *context, pb_error *err)
{
    const saving *s = context;
    const identity_view *view = &s->view;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_access lists = *access;
    const record_list_asked asked = {.entity = s->entity,
                                     .filter = view->filter,
                                     .sort = view->sort,
                                     .fields = view->fields,
                                     .today_days = sys_day_of(access->call->now_us),
                                     .access = service_list_access,
                                     .context = &lists};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_may_at_all(access, IDENTITY_OP_LIST, asked.entity, err));
    return record_list_check(&asked, arena, err);
}

static pb_status save(db_session *session, void *context, pb_error *err)
{
    saving *s = context;
    const identity_call by = call_of(s->call);
    identity_view saved;
    PB_TRY(identity_view_put(session, &by, &s->view, s->arena, &saved, err));
    return see_view(session, s->call, &saved, s->arena, s->seen, err);
}

pb_status service_view_put(const service_call *call, db_workspace *workspace, identity_view view,
                           pb_arena *arena, service_view_seen *ret_view, pb_error *err)
{
    service_view_seen now;
    saving s = {call, NULL, view, arena, ret_view};
    PB_TRY(need_somebody(call, true, err));
    if (view.n != 0) { /* whose it is not, it is not for to change */
        PB_TRY(service_view_read(call, workspace, view.n, arena, &now, err));
        if (!now.own)
            return pb_fail(err, PB_DENIED, PB_MSG("A view is changed by whose it is."), NULL);
        s.view.entity = now.view.entity;
    }
    s.view.owner = call->who->user;
    s.entity = model_entity_find(db_workspace_schema(workspace), s.view.entity);
    if (s.entity == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("There are no records called “{value}”."), "field",
                       "entity", "value", PB_ARG(s.view.entity), NULL);
    PB_TRY(service_decide(call, workspace, check_view, &s, err));
    return db_write_within(workspace, call->limits, save, &s, err);
}

typedef struct removing {
    const service_call *call;
    int64_t n, version;
} removing;

static pb_status take_away(db_session *session, void *context, pb_error *err)
{
    const removing *r = context;
    const identity_call by = call_of(r->call);
    return identity_view_remove(session, &by, r->call->who->user, r->n, r->version, err);
}

pb_status service_view_remove(const service_call *call, db_workspace *workspace, int64_t n,
                              int64_t version, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_view_seen now;
    removing r = {call, n, version};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(need_somebody(call, true, err));
    PB_TRY(service_view_read(call, workspace, n, arena, &now, err));
    if (!now.own)
        return pb_fail(err, PB_DENIED, PB_MSG("A view is removed by whose it is."), NULL);
    return db_write_within(workspace, call->limits, take_away, &r, err);
}

/* ---- what is liked ---- */

pb_status service_likes_read(const service_call *call, db_workspace *workspace, pb_arena *arena,
                             pb_str *ret_text, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(need_somebody(call, false, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = identity_likes_read(session, call->who->user, arena, ret_text, err);
    db_snapshot_close(session);
    return status;
}

typedef struct liking {
    const service_call *call;
    pb_str text;
} liking;

static pb_status keep_likes(db_session *session, void *context, pb_error *err)
{
    const liking *l = context;
    const identity_call by = call_of(l->call);
    return identity_likes_put(session, &by, l->call->who->user, l->text, err);
}

pb_status service_likes_put(const service_call *call, db_workspace *workspace, pb_str text,
                            pb_error *err)
{
    liking l = {call, text};
    PB_TRY(need_somebody(call, true, err));
    return db_write_within(workspace, call->limits, keep_likes, &l, err);
}
