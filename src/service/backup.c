/* Backing up and restoring workspaces. */
#include "internal.h"

#include "db/log.h"

#include "record/verify.h"
#include "sys/file.h"

backup_call service_backup_call(const service_call *call)
{
    return (backup_call){.actor = call->actor,
                         .now_us = call->now_us,
                         .progress = call->progress,
                         .context = call->context,
                         .stop = call->limits != NULL ? call->limits->stop : NULL};
}

static pb_status load_plan(db_workspace *workspace, pb_arena *arena, backup_plan *ret_plan,
                           backup_state **ret_states, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = backup_plan_load(session, arena, ret_plan, err);
    if (status == PB_OK)
        status = backup_states(session, arena, ret_states, ret_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_backup_places(db_workspace *workspace, pb_arena *arena, const char ***ret_places,
                                size_t *ret_count, pb_error *err)
{
    backup_plan plan;
    backup_state *states = NULL;
    size_t count = 0;
    PB_TRY(load_plan(workspace, arena, &plan, &states, &count, err));
    const char **places = pb_arena_array(arena, count + 1, sizeof *places);
    if (places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        places[i] = states[i].place;
    *ret_places = places;
    *ret_count = count;
    return PB_OK;
}

static const backup_state *state_of(const backup_state *states, size_t count, const char *place)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(states[i].place, place) == 0)
            return &states[i];
    return NULL;
}

/* Those of `places` whose turn it is. */
static pb_status choose(const service_call *call, const backup_plan *plan,
                        const backup_state *states, size_t state_count, bool if_due,
                        const char *const *places, size_t count, pb_arena *arena,
                        const char ***ret_places, size_t *ret_count, pb_error *err)
{
    const char **chosen = pb_arena_array(arena, count + 1, sizeof *chosen);
    size_t used = 0;
    if (chosen == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const backup_state *state = state_of(states, state_count, places[i]);
        /* One of the future was made by a clock that was set back since. */
        bool due = state == NULL || state->at_us == INT64_MIN || state->at_us > call->now_us ||
                   call->now_us - state->at_us >= plan->every_us;
        if (due || !if_due)
            chosen[used++] = places[i];
    }
    *ret_places = chosen;
    *ret_count = used;
    return PB_OK;
}

/* Places whose backup is not due hear of erasures all the same: what a restore brings back by
 * mistake is what they do not know of. One after the other, so that none stands in another's way.
 */
static pb_status tell_others(db_workspace *workspace, const backup_call *call,
                             const char *const *places, size_t count, const char *const *chosen,
                             size_t chosen_count, pb_error *err)
{
    pb_status first = PB_OK;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        backup_sent sent;
        while (at < chosen_count && chosen[at] != places[i])
            at++;
        if (at < chosen_count)
            continue;
        pb_status status = backup_tell_erasures(workspace, call, &places[i], 1, &sent,
                                                first == PB_OK ? err : NULL);
        if (first == PB_OK)
            first = status;
    }
    return first;
}

/* A folder is remembered by its whole path: the next call may come from elsewhere. */
static pb_status whole_paths(const char *const *places, size_t count, pb_arena *arena,
                             const char ***ret_places, pb_error *err)
{
    const char **whole = pb_arena_array(arena, count + 1, sizeof *whole);
    const char *here = sys_path_real(arena, ".");
    if (whole == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        bool url = strstr(places[i], "://") != NULL;
        whole[i] = url || here == NULL ? places[i] : sys_path_join(arena, here, places[i]);
        if (whole[i] == NULL)
            return pb_fail_memory(err);
    }
    *ret_places = whole;
    return PB_OK;
}

static pb_status no_places(pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("No place for backups is named, and none is declared."), NULL);
    pb_error_hint(
        err, PB_MSG("Name one with --to, or declare some: probity backups --declare FILE"), NULL);
    return PB_USAGE;
}

/* The first failure of clearing away, unless making backups failed before. */
static pb_status prune_all(const backup_call *call, db_workspace *workspace,
                           const backup_plan *plan, service_backup *backups, size_t count,
                           pb_error *err)
{
    pb_status first = PB_OK;
    if (plan->newest == 0 && plan->keep_us == 0)
        return PB_OK;
    for (size_t i = 0; i < count; i++) {
        pb_status status = PB_OK;
        if (backups[i].sent.status == PB_OK)
            status = backup_prune(workspace, call, plan, backups[i].sent.place, &backups[i].pruned,
                                  first == PB_OK ? err : NULL);
        if (first == PB_OK)
            first = status;
    }
    return first;
}

/* Where backups went that somebody made before: as good as declared for who asks for one now, and
 * not for who asks by a timer what is due. */
static pb_status places_used(const backup_state *states, size_t state_count, pb_arena *arena,
                             const char *const **ret_places, size_t *ret_count, pb_error *err)
{
    const char **used = pb_arena_array(arena, state_count + 1, sizeof *used);
    size_t count = 0;
    if (used == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < state_count; i++)
        if (states[i].at_us != INT64_MIN)
            used[count++] = states[i].place;
    *ret_places = used;
    *ret_count = count;
    return PB_OK;
}

pb_status service_backup_make(const service_call *call, db_workspace *workspace,
                              const char *const *places, size_t count, bool if_due, bool log_only,
                              pb_arena *arena, service_backup **ret_backups, size_t *ret_count,
                              pb_error *err)
{
    backup_plan plan;
    backup_state *states;
    size_t state_count, chosen_count = 0;
    const char **whole = NULL, **chosen = NULL;
    const backup_call inner = service_backup_call(call);
    PB_TRY(load_plan(workspace, arena, &plan, &states, &state_count, err));
    if (count == 0) {
        places = plan.places;
        count = plan.place_count;
    }
    if (count == 0 && !if_due)
        PB_TRY(places_used(states, state_count, arena, &places, &count, err));
    if (count == 0)
        return no_places(err);
    PB_TRY(whole_paths(places, count, arena, &whole, err));
    PB_TRY(choose(call, &plan, states, state_count, if_due, whole, count, arena, &chosen,
                  &chosen_count, err));
    backup_sent *sent = pb_arena_array(arena, chosen_count + 1, sizeof *sent);
    service_backup *backups = pb_arena_array(arena, chosen_count + 1, sizeof *backups);
    if (sent == NULL || backups == NULL)
        return pb_fail_memory(err);
    pb_status status = chosen_count == 0 ? PB_OK
                                         : backup_make(workspace, &inner, chosen, chosen_count,
                                                       log_only, sent, err);
    pb_status told = tell_others(workspace, &inner, whole, count, chosen, chosen_count,
                                 status == PB_OK ? err : NULL);
    status = status == PB_OK ? told : status;
    for (size_t i = 0; i < chosen_count; i++)
        backups[i].sent = sent[i];
    *ret_backups = backups;
    *ret_count = chosen_count;
    if (log_only)
        return status;
    pb_status pruned =
        prune_all(&inner, workspace, &plan, backups, chosen_count, status == PB_OK ? err : NULL);
    return status == PB_OK ? pruned : status;
}

pb_status service_restore(const service_core *service, const service_call *call,
                          const backup_restore_options *options, backup_restored *ret_restored,
                          pb_error *err)
{
    const backup_call inner = service_backup_call(call);
    backup_restore_options whole = *options;
    record_checker *checker = record_checker_new();
    if (checker == NULL)
        return pb_fail_memory(err);
    whole.check = (backup_check){record_verify_rows, checker};
    pb_status status = backup_restore(service->schema, &inner, &whole, ret_restored, err);
    record_checker_free(checker);
    return status;
}

pb_status service_backup_declare(const service_call *call, db_workspace *workspace,
                                 const char *path, pb_arena *arena, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(MODEL_YAML_BYTES + 1);
    const backup_call inner = service_backup_call(call);
    backup_plan plan;
    PB_TRY(sys_file_read(path, MODEL_YAML_BYTES, &text, err));
    const model_source source = {.name = pb_str_c(path), .text = pb_buf_str(&text)};
    PB_TRY(backup_plan_parse(&source, arena, &plan, err));
    return backup_plan_store(workspace, &inner, &plan, pb_buf_str(&text), err);
}

static int64_t drill_due(const backup_state *state, const backup_plan *plan)
{
    return state->drilled_us == INT64_MIN ? INT64_MIN : state->drilled_us + plan->drill_us;
}

static void ask_place(const service_call *call, db_workspace *workspace, const backup_plan *plan,
                      pb_arena *arena, service_place *place)
{
    backup_item *items;
    size_t count;
    for (size_t i = 0; i < plan->place_count; i++)
        if (strcmp(plan->places[i], place->state.place) == 0)
            place->declared = true;
    place->newest_us = place->oldest_us = place->former_us = INT64_MIN;
    place->status =
        backup_list(workspace, place->state.place, arena, &items, &count, &place->error);
    for (size_t i = 0; place->status == PB_OK && i < count; i++)
        if (items[i].former)
            place->former_us = items[i].at_us;
    if (place->status == PB_OK && count > 0) {
        place->count = count;
        place->oldest_us = items[0].at_us;
        while (count > 0 && backup_is_ahead(items[count - 1].at_us, call->now_us)) {
            place->ahead_us = items[--count].at_us;
            place->ahead++;
        }
        if (count > 0)
            place->newest_us = items[count - 1].at_us;
    }
    bool known =
        place->state.at_us != INT64_MIN && !backup_is_ahead(place->state.at_us, call->now_us);
    place->next_us = known ? place->state.at_us + plan->every_us : INT64_MIN;
    place->drill_us = backup_is_ahead(place->state.drilled_us, call->now_us)
                          ? INT64_MIN
                          : drill_due(&place->state, plan);
    place->late = place->newest_us == INT64_MIN || call->now_us - place->newest_us > plan->lose_us;
}

pb_status service_places(const service_call *call, db_workspace *workspace, pb_arena *arena,
                         backup_plan *ret_plan, service_place **ret_places, size_t *ret_count,
                         pb_error *err)
{
    backup_state *states;
    size_t count;
    PB_TRY(load_plan(workspace, arena, ret_plan, &states, &count, err));
    service_place *places = pb_arena_array(arena, count + 1, sizeof *places);
    if (places == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        places[i].state = states[i];
        ask_place(call, workspace, ret_plan, arena, &places[i]);
    }
    *ret_places = places;
    *ret_count = count;
    return PB_OK;
}

pb_status service_log_behind(db_workspace *workspace, bool *ret_kept, uint64_t *ret_commits,
                             pb_error *err)
{
    PB_AUTO_BUF tail = PB_BUF_INIT(2 * (size_t)DB_LOG_PIECE_MAX);
    db_log_facts facts = {0};
    *ret_commits = 0;
    PB_TRY(db_log_is_kept(workspace, ret_kept, err));
    if (!*ret_kept)
        return PB_OK;
    PB_TRY(db_log_tail(workspace, &tail, err));
    if (tail.len > 0)
        PB_TRY(db_log_describe(pb_buf_str(&tail), &facts, err));
    *ret_commits = facts.commits;
    return PB_OK;
}

static pb_status drill_places(const service_call *call, db_workspace *workspace, const char *place,
                              bool if_due, pb_arena *arena, const char ***ret_places,
                              size_t *ret_count, pb_error *err)
{
    backup_plan plan;
    backup_state *states = NULL;
    size_t count = 0;
    if (place != NULL) {
        *ret_count = 1;
        return whole_paths(&place, 1, arena, ret_places, err);
    }
    PB_TRY(load_plan(workspace, arena, &plan, &states, &count, err));
    const char **places = pb_arena_array(arena, count + 1, sizeof *places);
    if (places == NULL)
        return pb_fail_memory(err);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (!if_due || states[i].drilled_us > call->now_us ||
            drill_due(&states[i], &plan) <= call->now_us)
            places[used++] = states[i].place;
    *ret_places = places;
    *ret_count = used;
    return count > 0 ? PB_OK : no_places(err);
}

pb_status service_drill(const service_core *service, const service_call *call,
                        db_workspace *workspace, const db_key_source *key,
                        const service_drills *what, pb_arena *arena, backup_drilled **ret_drills,
                        size_t *ret_count, pb_error *err)
{
    (void)service; /* the workspace knows its model */
    const backup_call inner = service_backup_call(call);
    const char **places = NULL;
    size_t count = 0, done = 0;
    if (what->pgbackrest == NULL)
        PB_TRY(
            drill_places(call, workspace, what->place, what->if_due, arena, &places, &count, err));
    backup_drilled *drills = pb_arena_array(arena, count * what->fault_count + 1, sizeof *drills);
    record_checker *checker = record_checker_new();
    const backup_check check = {record_verify_rows, checker};
    pb_status status = drills == NULL || checker == NULL ? pb_fail_memory(err) : PB_OK;
    if (status == PB_OK && what->pgbackrest != NULL) {
        status = backup_pgbackrest_drill(workspace, &inner, key, what->pgbackrest, what->until_us,
                                         &check, arena, &drills[0], err);
        done = status == PB_OK ? 1 : 0;
    }
    for (size_t i = 0; status == PB_OK && i < count * what->fault_count; i++, done++)
        status = backup_drill(workspace, &inner, key, places[i / what->fault_count],
                              what->faults[i % what->fault_count], &check, &drills[i], err);
    record_checker_free(checker);
    *ret_drills = drills;
    *ret_count = done;
    return status;
}
