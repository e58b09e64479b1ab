/* Backups and drills as the workspace remembers them, decided. */
#include "service/places.h"

#include "access.h"
#include "internal.h"

static bool is_declared(const backup_plan *plan, const char *place)
{
    for (size_t i = 0; i < plan->place_count; i++)
        if (strcmp(plan->places[i], place) == 0)
            return true;
    return false;
}

/* What a wrong clock noted in the future says nothing of an age: it is due now. */
static int64_t due(int64_t last_us, int64_t every_us, int64_t now_us)
{
    bool known = last_us != INT64_MIN && !backup_is_ahead(last_us, now_us);
    return known ? last_us + every_us : INT64_MIN;
}

static void tell_place(const service_call *call, const backup_plan *plan, const backup_state *state,
                       service_kept_place *place)
{
    int64_t lost_us = due(state->at_us, plan->lose_us, call->now_us);
    *place = (service_kept_place){.state = *state, .declared = is_declared(plan, state->place)};
    place->next_us = due(state->at_us, plan->every_us, call->now_us);
    place->drill_us = due(state->drilled_us, plan->drill_us, call->now_us);
    place->late = lost_us < call->now_us;
    place->drill_late = place->drill_us < call->now_us;
}

static pb_status read_places(db_session *session, const service_call *call, pb_arena *arena,
                             service_backups *ret, pb_error *err)
{
    backup_state *states = NULL;
    size_t count = 0;
    PB_TRY(backup_plan_load(session, arena, &ret->plan, err));
    PB_TRY(backup_states(session, arena, &states, &count, err));
    ret->places = pb_arena_array(arena, count + 1, sizeof *ret->places);
    if (ret->places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        tell_place(call, &ret->plan, &states[i], &ret->places[i]);
    ret->place_count = count;
    return PB_OK;
}

static pb_status read_all(db_session *session, const service_call *call, int64_t limit,
                          pb_arena *arena, service_backups *ret, pb_error *err)
{
    PB_TRY(read_places(session, call, arena, ret, err));
    PB_TRY(backup_made_list(session, PB_STR_NONE, limit, arena, &ret->made, &ret->made_count, err));
    return backup_filed_list(session, PB_STR_NONE, limit, arena, &ret->drills, &ret->drill_count,
                             err);
}

pb_status service_backups_read(const service_call *call, db_workspace *workspace, int64_t limit,
                               pb_arena *arena, service_backups *ret_backups, pb_error *err)
{
    static const identity_operation operations[] = {IDENTITY_OP_BACKUP, IDENTITY_OP_AUDIT};
    service_backups all = {.log_kept = false};
    db_session *session = NULL;
    PB_TRY(service_may_do_one(call, workspace, operations, 2, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = read_all(session, call, limit, arena, &all, err);
    db_snapshot_close(session);
    PB_TRY(status);
    PB_TRY(service_log_behind(workspace, &all.log_kept, &all.behind, err));
    *ret_backups = all;
    return PB_OK;
}
