/* Changing users and teams. */
#include "people.h"

#include "identity/policy.h"
#include "mail_words.h"

static identity_call call_of(const service_people_call *call)
{
    return (identity_call){call->call->actor, call->call->now_us, call->why};
}

/* The call with who acts in it. */
static service_call own_call(const service_people_call *call)
{
    service_call own = *call->call;
    own.who = call->actor;
    return own;
}

pb_status service_people_allowed(const service_people_call *call, db_session *session, bool widens,
                                 service_denial *denial, pb_error *err)
{
    const service_call own = own_call(call);
    service_access access;
    PB_TRY(service_access_open(session, &own, denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_USERS, NULL, err);
    if (status == PB_OK && widens)
        status = service_need_proof(&access, IDENTITY_OP_USERS, err);
    service_access_close(&access);
    return status;
}

pb_status service_people_refused(const service_people_call *call, db_workspace *workspace,
                                 const service_denial *denial, pb_status status, pb_error *err)
{
    const service_call own = own_call(call);
    return service_refused(&own, workspace, denial, status, err);
}

/* Nobody hands rights to oneself: somebody else does, or who holds the workspace's key. */
static pb_status not_to_oneself(const service_people_call *call, pb_uuid user,
                                service_denial *denial, pb_error *err)
{
    if (call->actor->holder || memcmp(&call->actor->user, &user, sizeof user) != 0)
        return PB_OK;
    *denial = (service_denial){.refused = true, .operation = IDENTITY_OP_USERS};
    pb_fail(err, PB_DENIED, PB_MSG("Nobody gives rights to oneself."), NULL);
    pb_error_hint(err, PB_MSG("Ask somebody else who administers users."), NULL);
    return PB_DENIED;
}

pb_status service_user_find(db_session *session, pb_str name, pb_uuid *ret_id, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user user;
    pb_uuid id;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (!pb_uuid_parse(name, &id))
        return identity_user_named(session, name, ret_id, err);
    pb_status status = identity_user_last(session, id, arena, &user, err);
    if (status == PB_NOT_FOUND)
        return identity_user_named(session, name, ret_id, err);
    if (status == PB_OK)
        *ret_id = id;
    return status;
}

static pb_status find_record(db_session *session, const char *entity_name, pb_str text,
                             pb_uuid *ret_id, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    const model_entity *entity = model_entity_find(schema, pb_str_c(entity_name));
    if (text.ptr == NULL)
        return PB_OK;
    *ret_id = (pb_uuid){{0}};
    if (text.len == 0)
        return PB_OK;
    if (entity == NULL)
        return pb_fail(err, PB_INVALID, PB_MSG("There is no entity “{entity}”"), "entity",
                       entity_name, NULL);
    return record_lookup(session, entity, text, ret_id, err);
}

/* By its id, or by its name. */
static pb_status find_team(db_session *session, const identity_call *by, pb_str name,
                           pb_uuid *ret_id, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_team team, *teams;
    size_t count = 0;
    pb_uuid id;
    if (arena == NULL)
        return pb_fail_memory(err);
    if (pb_uuid_parse(name, &id))
        PB_TRY(identity_team_list(session, by->now_us, arena, &teams, &count, err));
    for (size_t i = 0; i < count; i++)
        if (memcmp(&teams[i].id, &id, sizeof id) == 0) {
            *ret_id = id;
            return PB_OK;
        }
    PB_TRY(identity_team_named(session, name, by->now_us, arena, &team, err));
    *ret_id = team.id;
    return PB_OK;
}

/* ---- one user ---- */

typedef struct user_work {
    const service_people_call *call;
    const service_user_wish *wish;
    pb_str name; /* of the one that is changed */
    pb_uuid id;
    char code[IDENTITY_CODE];
    service_denial denial;
} user_work;

/* Does it, and notes where it was refused. */
static pb_status run_work(db_workspace *workspace, db_work does, user_work *work, pb_error *err)
{
    pb_status status = db_write_within(workspace, work->call->call->limits, does, work, err);
    return service_people_refused(work->call, workspace, &work->denial, status, err);
}

/* What the wish says of it, over what is said already. */
static pb_status wished(db_session *session, const service_user_wish *wish, identity_user *user,
                        pb_error *err)
{
    if (wish->name.ptr != NULL)
        user->name = wish->name;
    if (wish->shown.ptr != NULL)
        user->shown = wish->shown;
    if (wish->language.ptr != NULL)
        user->language = wish->language;
    if (wish->has_until)
        user->until_us = wish->until_us;
    PB_TRY(find_record(session, "staff", wish->staff, &user->staff, err));
    return find_record(session, "contact", wish->contact, &user->portal, err);
}

static pb_status hold_first(db_session *session, const identity_call *by, pb_uuid user,
                            const service_user_wish *wish, pb_error *err)
{
    if (wish->has_scope)
        PB_TRY(identity_scope_set(session, by, user, &wish->scope, err));
    for (size_t i = 0; i < wish->role_count; i++) {
        int64_t role;
        PB_TRY(identity_role_find(session, wish->roles[i], by->now_us, &role, err));
        PB_TRY(identity_role_give(session, by, user, role, wish->from_us, IDENTITY_OPEN, err));
    }
    for (size_t i = 0; i < wish->team_count; i++) {
        pb_uuid team;
        PB_TRY(find_team(session, by, wish->teams[i], &team, err));
        PB_TRY(identity_team_join(session, by, team, user, err));
    }
    if (wish->superior.ptr != NULL) {
        pb_uuid superior;
        PB_TRY(service_user_find(session, wish->superior, &superior, err));
        PB_TRY(identity_superior_set(session, by, user, superior, err));
    }
    return PB_OK;
}

/* Good from the user's beginning on. */
static pb_status make_code(db_session *session, const service_people_call *call,
                           const identity_user *user, char ret_code[IDENTITY_CODE], pb_error *err)
{
    const identity_visit visit = {.actor = call->call->actor,
                                  .now_us = call->call->now_us,
                                  .address = call->call->address,
                                  .device = call->call->device,
                                  .why = call->why};
    int64_t from_us = user->from_us > visit.now_us ? user->from_us : visit.now_us;
    PB_TRY(identity_enrolment_make(session, &visit, user->id, from_us + SERVICE_ENROL_US, ret_code,
                                   err));
    return call->poster == NULL ? PB_OK
                                : service_mail_enrolment(session, call->call, call->poster, user,
                                                         ret_code, from_us + SERVICE_ENROL_US, err);
}

static pb_status add_work(db_session *session, void *context, pb_error *err)
{
    user_work *work = context;
    const service_user_wish *wish = work->wish;
    const identity_call by = call_of(work->call);
    identity_user user = {.kind = wish->kind,
                          .shown = wish->name,
                          .language = PB_STR("en"),
                          .from_us = wish->from_us,
                          .until_us = IDENTITY_OPEN};
    PB_TRY(service_people_allowed(work->call, session, true, &work->denial, err));
    PB_TRY(wished(session, wish, &user, err));
    PB_TRY(identity_user_add(session, &by, &user, &user.id, err));
    work->id = user.id;
    work->code[0] = '\0';
    if (user.kind != IDENTITY_PROGRAM)
        PB_TRY(make_code(session, work->call, &user, work->code, err));
    return hold_first(session, &by, work->id, wish, err);
}

pb_status service_user_add(const service_people_call *call, db_workspace *workspace,
                           const service_user_wish *wish, pb_uuid *ret_id,
                           char ret_code[IDENTITY_CODE], pb_error *err)
{
    user_work work = {.call = call, .wish = wish};
    pb_status status = run_work(workspace, add_work, &work, err);
    if (status == PB_OK) {
        *ret_id = work.id;
        memcpy(ret_code, work.code, sizeof work.code);
    }
    return status;
}

static pb_status enrol_work(db_session *session, void *context, pb_error *err)
{
    user_work *work = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user user;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_people_allowed(work->call, session, true, &work->denial, err));
    PB_TRY(service_user_find(session, work->name, &work->id, err));
    PB_TRY(identity_user_last(session, work->id, arena, &user, err));
    if (user.until_us <= work->call->call->now_us)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("“{name}” is no user any more."), "name",
                       PB_ARG(user.name), NULL);
    if (user.kind == IDENTITY_PROGRAM) {
        pb_fail(err, PB_INVALID, PB_MSG("“{name}” is a program: it has no password."), "name",
                PB_ARG(user.name), NULL);
        pb_error_hint(err, PB_MSG("Make it a key."), NULL);
        return PB_INVALID;
    }
    return make_code(session, work->call, &user, work->code, err);
}

pb_status service_user_enrol(const service_people_call *call, db_workspace *workspace, pb_str name,
                             char ret_code[IDENTITY_CODE], pb_error *err)
{
    user_work work = {.call = call, .name = name};
    pb_status status = run_work(workspace, enrol_work, &work, err);
    if (status == PB_OK)
        memcpy(ret_code, work.code, sizeof work.code);
    return status;
}

static pb_status change_work(db_session *session, void *context, pb_error *err)
{
    user_work *work = context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const identity_call by = call_of(work->call);
    identity_user user;
    if (arena == NULL)
        return pb_fail_memory(err);
    bool widens = work->wish->has_until || work->wish->has_scope;
    PB_TRY(service_people_allowed(work->call, session, widens, &work->denial, err));
    PB_TRY(service_user_find(session, work->name, &work->id, err));
    if (widens || work->wish->staff.ptr != NULL)
        PB_TRY(not_to_oneself(work->call, work->id, &work->denial, err));
    PB_TRY(identity_user_last(session, work->id, arena, &user, err));
    PB_TRY(wished(session, work->wish, &user, err));
    PB_TRY(identity_user_change(session, &by, &user, err));
    return work->wish->has_scope
               ? identity_scope_set(session, &by, work->id, &work->wish->scope, err)
               : PB_OK;
}

pb_status service_user_change(const service_people_call *call, db_workspace *workspace, pb_str name,
                              const service_user_wish *wish, pb_error *err)
{
    user_work work = {.call = call, .wish = wish, .name = name};
    return run_work(workspace, change_work, &work, err);
}

/* ---- everything else ---- */

typedef struct deed_work {
    const service_people_call *call;
    const service_people_change *change;
    service_denial denial;
} deed_work;

/* Somebody comes to hold or to see more by it. */
static bool widens(service_people_deed deed)
{
    return deed == SERVICE_USER_RETURN || deed == SERVICE_ROLE_GIVE || deed == SERVICE_TEAM_JOIN ||
           deed == SERVICE_SUPERIOR_SET;
}

static pb_status do_role(db_session *session, const identity_call *by,
                         const service_people_change *change, pb_uuid user, pb_error *err)
{
    int64_t role;
    PB_TRY(identity_role_find(session, change->other, by->now_us, &role, err));
    if (change->deed == SERVICE_ROLE_TAKE)
        return identity_role_take(session, by, user, role, err);
    return identity_role_give(session, by, user, role, change->from_us, change->until_us, err);
}

static pb_status do_member(db_session *session, const identity_call *by,
                           const service_people_change *change, pb_uuid user, pb_error *err)
{
    pb_uuid team;
    PB_TRY(find_team(session, by, change->other, &team, err));
    return change->deed == SERVICE_TEAM_JOIN ? identity_team_join(session, by, team, user, err)
                                             : identity_team_leave(session, by, team, user, err);
}

static pb_status do_user(db_session *session, const identity_call *by, deed_work *work,
                         pb_error *err)
{
    const service_people_change *change = work->change;
    pb_uuid user, superior = {{0}};
    PB_TRY(service_user_find(session, change->name, &user, err));
    if (widens(change->deed))
        PB_TRY(not_to_oneself(work->call, user, &work->denial, err));
    switch (change->deed) {
    case SERVICE_USER_END:
        return identity_user_end(session, by, user, err);
    case SERVICE_USER_RETURN:
        return identity_user_return(session, by, user, change->until_us, err);
    case SERVICE_ROLE_GIVE:
    case SERVICE_ROLE_TAKE:
        return do_role(session, by, change, user, err);
    case SERVICE_SUPERIOR_SET:
        if (change->other.ptr != NULL)
            PB_TRY(service_user_find(session, change->other, &superior, err));
        return identity_superior_set(session, by, user, superior, err);
    default:
        return do_member(session, by, change, user, err);
    }
}

static pb_status do_team(db_session *session, const identity_call *by,
                         const service_people_change *change, pb_error *err)
{
    pb_uuid team;
    if (change->deed == SERVICE_TEAM_ADD)
        return identity_team_add(session, by, change->name, &team, err);
    PB_TRY(find_team(session, by, change->name, &team, err));
    return change->deed == SERVICE_TEAM_END
               ? identity_team_end(session, by, team, err)
               : identity_team_rename(session, by, team, change->other, err);
}

static pb_status deed_run(db_session *session, void *context, pb_error *err)
{
    deed_work *work = context;
    const identity_call by = call_of(work->call);
    PB_TRY(service_people_allowed(work->call, session, widens(work->change->deed), &work->denial,
                                  err));
    return work->change->deed >= SERVICE_TEAM_ADD ? do_team(session, &by, work->change, err)
                                                  : do_user(session, &by, work, err);
}

pb_status service_people_do(const service_people_call *call, db_workspace *workspace,
                            const service_people_change *change, pb_error *err)
{
    deed_work work = {.call = call, .change = change};
    pb_status status = db_write_within(workspace, call->call->limits, deed_run, &work, err);
    return service_people_refused(call, workspace, &work.denial, status, err);
}
