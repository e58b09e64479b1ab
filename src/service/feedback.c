/* What people report of the program, and who answers it. */
#include "service/feedback.h"

#include "access.h"

static pb_status need_somebody(const service_call *call, pb_error *err)
{
    if (call->who != NULL && !call->who->holder)
        return PB_OK;
    return pb_fail(err, PB_DENIED, PB_MSG("Who holds the key of the workspace gives no messages."),
                   NULL);
}

static bool is_own(const service_call *call, const identity_feedback *item)
{
    return pb_str_eq(pb_uuid_str(&item->author), pb_uuid_str(&call->who->user));
}

static pb_status see(db_session *session, const service_call *call, const identity_feedback *item,
                     pb_arena *arena, service_feedback_seen *ret_item, pb_error *err)
{
    identity_user author;
    *ret_item = (service_feedback_seen){.item = *item, .own = is_own(call, item)};
    pb_status status = identity_user_last(session, item->author, arena, &author, err);
    if (status != PB_OK && status != PB_NOT_FOUND)
        return status;
    ret_item->author = status == PB_OK ? author.name : PB_STR_NONE;
    return PB_OK;
}

pb_status service_feedback_list(const service_call *call, db_workspace *workspace, bool all,
                                identity_feedback_wish wish, pb_arena *arena,
                                service_feedback_seen **ret_items, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    identity_feedback *items = NULL;
    size_t count = 0;
    PB_TRY(need_somebody(call, err));
    if (all)
        PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    wish.author = all ? NULL : &call->who->user;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = identity_feedback_list(session, &wish, arena, &items, &count, err);
    service_feedback_seen *seen = pb_arena_array(arena, count + 1, sizeof *seen);
    if (status == PB_OK && seen == NULL)
        status = pb_fail_memory(err);
    for (size_t i = 0; status == PB_OK && i < count; i++)
        status = see(session, call, &items[i], arena, &seen[i], err);
    db_snapshot_close(session);
    *ret_items = seen;
    *ret_count = count;
    return status;
}

pb_status
service_feedback_count(const service_call *call, db_workspace *workspace,
                       uint64_t ret_counts[IDENTITY_FEEDBACK_KINDS][IDENTITY_FEEDBACK_STATES],
                       pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = identity_feedback_count(session, ret_counts, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_feedback_read(const service_call *call, db_workspace *workspace, int64_t n,
                                pb_arena *arena, service_feedback_seen *ret_item, pb_error *err)
{
    db_session *session = NULL;
    identity_feedback item;
    PB_TRY(need_somebody(call, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = identity_feedback_find(session, n, arena, &item, err);
    if (status == PB_OK)
        status = see(session, call, &item, arena, ret_item, err);
    db_snapshot_close(session);
    PB_TRY(status);
    if (ret_item->own)
        return PB_OK;
    /* That it is there is not told to who may not read it. */
    pb_error none = {0};
    if (service_may_do(call, workspace, IDENTITY_OP_SETTINGS, &none) == PB_OK)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no message {number}."), "number",
                   PB_ARG_INT(n), NULL);
}

typedef struct writing {
    const service_call *call;
    identity_feedback item;
    const service_feedback_change *change;
    pb_arena *arena;
    service_feedback_seen *seen;
} writing;

static identity_call call_of(const service_call *call)
{
    return (identity_call){.actor = call->actor, .now_us = call->now_us};
}

static pb_status give(db_session *session, void *context, pb_error *err)
{
    writing *w = context;
    const identity_call by = call_of(w->call);
    identity_feedback given;
    PB_TRY(identity_feedback_give(session, &by, &w->item, w->arena, &given, err));
    return see(session, w->call, &given, w->arena, w->seen, err);
}

pb_status service_feedback_give(const service_call *call, db_workspace *workspace,
                                identity_feedback item, pb_arena *arena,
                                service_feedback_seen *ret_item, pb_error *err)
{
    writing w = {.call = call, .item = item, .arena = arena, .seen = ret_item};
    PB_TRY(need_somebody(call, err));
    w.item.author = call->who->user;
    return db_write_within(workspace, call->limits, give, &w, err);
}

static pb_status change_it(db_session *session, void *context, pb_error *err)
{
    writing *w = context;
    const service_feedback_change *change = w->change;
    const identity_call by = call_of(w->call);
    identity_feedback changed;
    if (change->text.ptr != NULL)
        PB_TRY(identity_feedback_add(session, &by, change->n, change->version, change->text,
                                     w->arena, &changed, err));
    else
        PB_TRY(identity_feedback_answer(session, &by, change->n, change->version,
                                        (identity_feedback_state)change->state, change->answer,
                                        w->arena, &changed, err));
    return see(session, w->call, &changed, w->arena, w->seen, err);
}

pb_status service_feedback_put(const service_call *call, db_workspace *workspace,
                               const service_feedback_change *change, pb_arena *arena,
                               service_feedback_seen *ret_item, pb_error *err)
{
    service_feedback_seen now;
    service_feedback_change wanted = *change;
    writing w = {.call = call, .change = &wanted, .arena = arena, .seen = ret_item};
    PB_TRY(service_feedback_read(call, workspace, change->n, arena, &now, err));
    if (change->text.ptr != NULL && !now.own)
        return pb_fail(err, PB_DENIED, PB_MSG("A message is added to by who gave it."), NULL);
    if (change->text.ptr != NULL && (change->answer.ptr != NULL || change->state >= 0))
        return pb_fail(err, PB_INVALID,
                       PB_MSG("“text” stands alone: it adds to a message, the others answer it."),
                       NULL);
    if (change->text.ptr == NULL)
        PB_TRY(service_may_do(call, workspace, IDENTITY_OP_SETTINGS, err));
    if (change->state < 0)
        wanted.state =
            change->answer.ptr != NULL ? IDENTITY_FEEDBACK_ANSWERED : (int)now.item.state;
    return db_write_within(workspace, call->limits, change_it, &w, err);
}
