/* Listing users and teams, with what they hold. */
#include "people.h"

#include "base/map.h"
#include "identity/policy.h"

#include <stdlib.h>

/* What was read of everybody: names are found by id. */
typedef struct gathering {
    db_session *session;
    pb_arena *arena;
    int64_t at_us;
    identity_user *users;
    size_t user_count;
    pb_map *by_id; /* place in `users` + 1 */
    identity_team *teams;
    size_t team_count;
    identity_role_row *roles;
    size_t role_count;
} gathering;

static pb_status gather(db_session *session, int64_t at_us, pb_arena *arena, gathering *ret,
                        pb_error *err)
{
    gathering g = {.session = session, .arena = arena, .at_us = at_us, .by_id = pb_map_new(arena)};
    if (g.by_id == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_user_list(session, at_us, arena, &g.users, &g.user_count, err));
    PB_TRY(identity_team_list(session, at_us, arena, &g.teams, &g.team_count, err));
    PB_TRY(identity_role_list(session, at_us, arena, &g.roles, &g.role_count, err));
    for (size_t i = 0; i < g.user_count; i++) {
        uint64_t *place = pb_map_put(g.by_id, pb_uuid_str(&g.users[i].id), NULL);
        if (place == NULL)
            return pb_fail_memory(err);
        *place = i + 1;
    }
    *ret = g;
    return PB_OK;
}

static pb_str name_of_user(const gathering *g, pb_uuid id)
{
    const uint64_t *place = pb_map_get(g->by_id, pb_uuid_str(&id));
    return place == NULL ? PB_STR_NONE : g->users[*place - 1].name;
}

static pb_str name_of_team(const gathering *g, pb_uuid id)
{
    for (size_t i = 0; i < g->team_count; i++)
        if (memcmp(g->teams[i].id.b, id.b, sizeof id.b) == 0)
            return g->teams[i].name;
    return PB_STR_NONE;
}

/* A role that was ended is told by its number. */
static pb_str name_of_role(const gathering *g, int64_t number)
{
    for (size_t i = 0; i < g->role_count; i++)
        if (g->roles[i].number == number)
            return g->roles[i].role.name;
    return pb_str_c(pb_arena_printf(g->arena, "#%lld", (long long)number));
}

static pb_str name_of_tie(const gathering *g, identity_tie_kind kind, const identity_tie *tie)
{
    switch (kind) {
    case IDENTITY_TIE_ROLE:
        return name_of_role(g, tie->role);
    case IDENTITY_TIE_TEAM:
        return name_of_team(g, tie->other);
    default:
        return name_of_user(g, tie->other);
    }
}

/* ---- names by whom they belong to ---- */

typedef struct named {
    uint64_t place; /* of the user or team */
    pb_str name;
} named;

static int compare_named(const void *one, const void *other)
{
    const named *a = one, *b = other;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place)
                                : pb_str_cmp(a->name, b->name);
}

/* Names of ties of one kind, in the order of users; each list ends where the next place begins. */
static pb_status names_by_user(const gathering *g, identity_tie_kind kind, pb_str **ret_names,
                               size_t *ret_first, pb_error *err)
{
    const identity_tie_filter filter = {.at_us = g->at_us};
    identity_tie *ties;
    size_t count, kept = 0;
    PB_TRY(identity_ties(g->session, kind, &filter, g->arena, &ties, &count, err));
    named *list = pb_arena_array(g->arena, count + 1, sizeof *list);
    pb_str *names = pb_arena_array(g->arena, count + 1, sizeof *names);
    if (list == NULL || names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        const uint64_t *place = pb_map_get(g->by_id, pb_uuid_str(&ties[i].user));
        if (place != NULL)
            list[kept++] = (named){*place - 1, name_of_tie(g, kind, &ties[i])};
    }
    qsort(list, kept, sizeof *list, compare_named);
    size_t at = 0;
    for (size_t i = 0; i < g->user_count; i++) {
        ret_first[i] = at;
        for (; at < kept && list[at].place == i; at++)
            names[at] = list[at].name;
    }
    ret_first[g->user_count] = at;
    *ret_names = names;
    return PB_OK;
}

static pb_status add_ties(const gathering *g, service_person *people, pb_error *err)
{
    size_t *first = pb_arena_array(g->arena, g->user_count + 1, sizeof *first);
    pb_str *roles, *teams, *superiors;
    if (first == NULL)
        return pb_fail_memory(err);
    PB_TRY(names_by_user(g, IDENTITY_TIE_ROLE, &roles, first, err));
    for (size_t i = 0; i < g->user_count; i++) {
        people[i].roles = roles + first[i];
        people[i].role_count = first[i + 1] - first[i];
    }
    PB_TRY(names_by_user(g, IDENTITY_TIE_TEAM, &teams, first, err));
    for (size_t i = 0; i < g->user_count; i++) {
        people[i].teams = teams + first[i];
        people[i].team_count = first[i + 1] - first[i];
    }
    PB_TRY(names_by_user(g, IDENTITY_TIE_SUPERIOR, &superiors, first, err));
    for (size_t i = 0; i < g->user_count; i++)
        if (first[i + 1] > first[i])
            people[i].superior = superiors[first[i]];
    return PB_OK;
}

static pb_status add_scope(const gathering *g, service_person *person, pb_error *err)
{
    identity_actor actor;
    if (person->user.kind != IDENTITY_AUDITOR)
        return PB_OK;
    PB_TRY(identity_actor_read(g->session, person->user.id, g->at_us, g->arena, &actor, err));
    person->scope = actor.scope;
    return PB_OK;
}

static pb_status list(const gathering *g, service_person **ret_people, pb_error *err)
{
    service_person *people = pb_arena_array(g->arena, g->user_count + 1, sizeof *people);
    if (people == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < g->user_count; i++)
        people[i].user = g->users[i];
    PB_TRY(add_ties(g, people, err));
    for (size_t i = 0; i < g->user_count; i++)
        PB_TRY(add_scope(g, &people[i], err));
    *ret_people = people;
    return PB_OK;
}

static pb_status open_allowed(const service_people_call *call, db_workspace *workspace,
                              db_session **ret_session, pb_error *err)
{
    db_session *session = NULL;
    service_denial denial;
    PB_TRY(db_snapshot_open_within(workspace, call->call->limits, &session, err));
    pb_status status = service_people_allowed(call, session, false, &denial, err);
    if (status == PB_OK) {
        *ret_session = session;
        return PB_OK;
    }
    db_snapshot_close(session);
    return service_people_refused(call, workspace, &denial, status, err);
}

pb_status service_people_list(const service_people_call *call, db_workspace *workspace,
                              int64_t at_us, pb_arena *arena, service_person **ret_people,
                              size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    gathering g;
    PB_TRY(open_allowed(call, workspace, &session, err));
    pb_status status = gather(session, at_us, arena, &g, err);
    if (status == PB_OK)
        status = list(&g, ret_people, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        *ret_count = g.user_count;
    return status;
}

/* ---- one user ---- */

/* What is no more is called as it was called last. */
static pb_status name_of_old(gathering *g, identity_tie_kind kind, const identity_tie *tie,
                             pb_str *ret_name, pb_error *err)
{
    identity_user last;
    gathering then = *g;
    if (kind == IDENTITY_TIE_SUPERIOR) {
        PB_TRY(identity_user_last(g->session, tie->other, g->arena, &last, err));
        *ret_name = last.name;
        return PB_OK;
    }
    if (kind == IDENTITY_TIE_ROLE)
        PB_TRY(identity_role_list(g->session, tie->from_us, g->arena, &then.roles, &then.role_count,
                                  err));
    else
        PB_TRY(identity_team_list(g->session, tie->from_us, g->arena, &then.teams, &then.team_count,
                                  err));
    *ret_name = name_of_tie(&then, kind, tie);
    return PB_OK;
}

static pb_status add_story(gathering *g, identity_tie_kind kind, service_tie *ties,
                           const identity_tie *found, size_t count, pb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        ties[i] = (service_tie){.kind = kind, .tie = found[i]};
        PB_TRY(name_of_old(g, kind, &found[i], &ties[i].name, err));
    }
    return PB_OK;
}

static pb_status all_ties(gathering *g, pb_uuid user, service_person_story *story, pb_error *err)
{
    static const identity_tie_kind kinds[] = {IDENTITY_TIE_ROLE, IDENTITY_TIE_TEAM,
                                              IDENTITY_TIE_SUPERIOR};
    const identity_tie_filter filter = {.user = user, .at_us = IDENTITY_EVER};
    identity_tie *found[3];
    size_t counts[3], total = 0;
    for (size_t i = 0; i < 3; i++) {
        PB_TRY(identity_ties(g->session, kinds[i], &filter, g->arena, &found[i], &counts[i], err));
        total += counts[i];
    }
    service_tie *ties = pb_arena_array(g->arena, total + 1, sizeof *ties);
    if (ties == NULL)
        return pb_fail_memory(err);
    story->ties = ties;
    story->tie_count = total;
    for (size_t i = 0; i < 3; i++) {
        PB_TRY(add_story(g, kinds[i], ties, found[i], counts[i], err));
        ties += counts[i];
    }
    return PB_OK;
}

static pb_status said_of(const gathering *g, pb_uuid user, service_person_story *story,
                         pb_error *err)
{
    identity_user *all;
    size_t count, kept = 0;
    PB_TRY(identity_user_list(g->session, IDENTITY_EVER, g->arena, &all, &count, err));
    for (size_t i = 0; i < count; i++)
        if (memcmp(all[i].id.b, user.b, sizeof user.b) == 0)
            all[kept++] = all[i];
    story->said = all;
    story->said_count = kept;
    return PB_OK;
}

static pb_status tell(db_session *session, pb_str name, int64_t at_us, pb_arena *arena,
                      service_person_story *ret_story, pb_error *err)
{
    service_person_story story = {.standing = false};
    service_person *people;
    gathering g;
    pb_uuid user;
    PB_TRY(service_user_find(session, name, &user, err));
    PB_TRY(gather(session, at_us, arena, &g, err));
    PB_TRY(list(&g, &people, err));
    const uint64_t *place = pb_map_get(g.by_id, pb_uuid_str(&user));
    story.standing = place != NULL;
    if (place != NULL)
        story.person = people[*place - 1];
    else
        PB_TRY(identity_user_last(session, user, arena, &story.person.user, err));
    PB_TRY(said_of(&g, user, &story, err));
    PB_TRY(all_ties(&g, user, &story, err));
    *ret_story = story;
    return PB_OK;
}

pb_status service_person_show(const service_people_call *call, db_workspace *workspace, pb_str name,
                              int64_t at_us, pb_arena *arena, service_person_story *ret_story,
                              pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(open_allowed(call, workspace, &session, err));
    pb_status status = tell(session, name, at_us, arena, ret_story, err);
    db_snapshot_close(session);
    return status;
}

/* ---- teams ---- */

static pb_status add_members(const gathering *g, service_team *team, pb_error *err)
{
    const identity_tie_filter filter = {.other = team->team.id, .at_us = g->at_us};
    identity_tie *ties;
    size_t count, kept = 0;
    PB_TRY(identity_ties(g->session, IDENTITY_TIE_TEAM, &filter, g->arena, &ties, &count, err));
    named *members = pb_arena_array(g->arena, count + 1, sizeof *members);
    pb_str *names = pb_arena_array(g->arena, count + 1, sizeof *names);
    if (members == NULL || names == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        pb_str name = name_of_user(g, ties[i].user);
        if (name.ptr != NULL)
            members[kept++] = (named){0, name};
    }
    qsort(members, kept, sizeof *members, compare_named);
    for (size_t i = 0; i < kept; i++)
        names[i] = members[i].name;
    team->members = names;
    team->member_count = kept;
    return PB_OK;
}

static pb_status list_teams(db_session *session, int64_t at_us, pb_arena *arena,
                            service_team **ret_teams, size_t *ret_count, pb_error *err)
{
    gathering g;
    PB_TRY(gather(session, at_us, arena, &g, err));
    service_team *teams = pb_arena_array(arena, g.team_count + 1, sizeof *teams);
    if (teams == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < g.team_count; i++) {
        teams[i].team = g.teams[i];
        PB_TRY(add_members(&g, &teams[i], err));
    }
    *ret_teams = teams;
    *ret_count = g.team_count;
    return PB_OK;
}

pb_status service_team_list(const service_people_call *call, db_workspace *workspace, int64_t at_us,
                            pb_arena *arena, service_team **ret_teams, size_t *ret_count,
                            pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(open_allowed(call, workspace, &session, err));
    pb_status status = list_teams(session, at_us, arena, ret_teams, ret_count, err);
    db_snapshot_close(session);
    return status;
}
