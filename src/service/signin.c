/* Signing in: the desk, who shows a token, the steps. */
#include "desk.h"

/* ---- the desk ---- */

static const identity_role *role_named(const identity_role_row *roles, size_t count, pb_str name)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_eq(roles[i].role.name, name))
            return &roles[i].role;
    return NULL;
}

/* A role wants a second factor when it says so, or one that it inherits from does. */
static bool role_wants(const identity_role_row *roles, size_t count, const identity_role *role)
{
    for (size_t depth = 0; role != NULL && depth <= count; depth++) {
        if (role->second_factor)
            return true;
        role = role->parent.len > 0 ? role_named(roles, count, role->parent) : NULL;
    }
    return false;
}

static bool actor_wants(const identity_actor *actor, const identity_policy *policy)
{
    size_t count;
    const identity_role_row *roles = identity_policy_roles(policy, &count);
    for (size_t held = 0; held < actor->role_count; held++)
        for (size_t i = 0; i < count; i++)
            if (roles[i].number == actor->roles[held] && role_wants(roles, count, &roles[i].role))
                return true;
    return false;
}

static pb_status wants_second(void *context, db_session *session, pb_uuid user, int64_t at_us,
                              bool *ret_wants, pb_error *err)
{
    (void)context;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_actor actor;
    identity_policy *policy = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_actor_read(session, user, at_us, arena, &actor, err));
    PB_TRY(identity_policy_now(session, &policy, err));
    *ret_wants = actor_wants(&actor, policy);
    identity_policy_release(policy);
    return PB_OK;
}

static pb_status copy_options(const service_desk_options *options, service_desk *desk)
{
    identity_desk *to = &desk->identity;
    pb_str *origins = pb_arena_array(desk->arena, options->origin_count + 1, sizeof *origins);
    if (origins == NULL)
        return PB_MEMORY;
    for (size_t i = 0; i < options->origin_count; i++) {
        origins[i] = pb_arena_str(desk->arena, options->origins[i]);
        if (origins[i].ptr == NULL)
            return PB_MEMORY;
    }
    to->site = (identity_site){pb_arena_str(desk->arena, options->site), origins,
                               options->origin_count, false};
    to->organisation = pb_arena_str(desk->arena, options->organisation);
    to->password = options->password;
    to->idle_us = options->idle_us;
    to->lasts_us = options->lasts_us;
    if (options->password.breached != NULL)
        to->password.breached = pb_arena_cstr(desk->arena, pb_str_c(options->password.breached));
    bool lacks = (options->site.ptr != NULL && to->site.name.ptr == NULL) ||
                 (options->organisation.ptr != NULL && to->organisation.ptr == NULL) ||
                 (options->password.breached != NULL && to->password.breached == NULL);
    return lacks ? PB_MEMORY : PB_OK;
}

pb_status service_desk_open(db_workspace *workspace, const service_desk_options *options,
                            service_desk **ret_desk, pb_error *err)
{
    pb_arena *arena = pb_arena_new(0);
    service_desk *desk = arena == NULL ? NULL : pb_arena_alloc(arena, sizeof *desk);
    if (desk != NULL) {
        desk->arena = arena;
        desk->identity = (identity_desk){.workspace = workspace, .wants_second = wants_second};
    }
    if (desk == NULL || copy_options(options, desk) != PB_OK) {
        pb_arena_free(arena);
        return pb_fail_memory(err);
    }
    *ret_desk = desk;
    return PB_OK;
}

service_desk *service_desk_close(service_desk *desk)
{
    if (desk != NULL)
        pb_arena_free(desk->arena);
    return NULL;
}

/* ---- who it is ---- */

typedef struct seeing {
    int64_t n, now_us;
} seeing;

static pb_status seen_work(db_session *session, void *context, pb_error *err)
{
    const seeing *s = context;
    return identity_session_seen(session, s->n, s->now_us, err);
}

static pb_status find_guest(db_session *session, const identity_visit *visit, pb_str token,
                            pb_arena *arena, service_guest *guest, pb_error *err)
{
    PB_TRY(identity_caller_find(session, token, visit->now_us, arena, &guest->caller, err));
    PB_TRY(identity_policy_prepare(session, err));
    PB_TRY(identity_actor_hold(session, guest->caller.user, visit->now_us, &guest->held, err));
    identity_actor *actor = &guest->held.actor;
    actor->second_factor = guest->caller.second_factor;
    actor->read_only = actor->read_only || guest->caller.read_only;
    return PB_OK;
}

/* A key beyond its rate waits; a session that was used is noted so, once a minute. */
static pb_status admit(const service_desk *desk, const identity_visit *visit,
                       const identity_caller *caller, int64_t *ret_wait_us, pb_error *err)
{
    seeing s = {caller->session, visit->now_us};
    if (caller->due) /* before it counts: who has to wait comes again */
        PB_TRY(db_limits_wait(NULL, err));
    if (!visit->counted && !identity_rate_take(desk->identity.workspace, caller->key, caller->rate,
                                               visit->now_us, ret_wait_us))
        return pb_fail(err, PB_LIMIT, PB_MSG("The key makes more requests than it is good for."),
                       NULL);
    return caller->due ? db_write(desk->identity.workspace, seen_work, &s, err) : PB_OK;
}

pb_status service_guest_find(service_desk *desk, const identity_visit *visit, pb_str token,
                             pb_arena *arena, service_guest *ret_guest, int64_t *ret_wait_us,
                             pb_error *err)
{
    service_guest guest = {0};
    db_session *session = NULL;
    *ret_wait_us = 0;
    PB_TRY(db_snapshot_open_settled(desk->identity.workspace, NULL, &session, err));
    pb_status status = find_guest(session, visit, token, arena, &guest, err);
    db_snapshot_close(session);
    if (status == PB_OK)
        status = admit(desk, visit, &guest.caller, ret_wait_us, err);
    if (status != PB_OK) {
        service_guest_let_go(&guest);
        return status;
    }
    *ret_guest = guest;
    return PB_OK;
}

void service_guest_let_go(service_guest *guest)
{
    identity_actor_let_go(&guest->held);
    *guest = (service_guest){0};
}

service_guest service_guest_holder(pb_str name, int64_t now_us)
{
    return (service_guest){.held = {.actor = identity_holder(name, now_us)}};
}

identity_visit service_visit_of(const identity_visit *visit, const service_guest *guest)
{
    identity_visit told = *visit;
    told.actor.name = guest->held.actor.name;
    return told;
}

pb_status service_desk_site(const service_desk *desk, pb_str *ret_site, pb_error *err)
{
    if (desk->identity.site.origin_count > 0) {
        *ret_site = desk->identity.site.name;
        return PB_OK;
    }
    pb_fail(err, PB_INVALID, PB_MSG("No passkeys are taken here."), NULL);
    pb_error_hint(err,
                  PB_MSG("Name the site and its pages when the server is started: --site, "
                         "--origin."),
                  NULL);
    return PB_INVALID;
}

/* ---- steps ---- */

static pb_status lacks(const char *part, pb_error *err)
{
    return pb_fail(err, PB_USAGE, PB_MSG("This way to sign in needs {part}."), "part", part, NULL);
}

/* What a way cannot do without. */
static pb_status check_parts(const service_proof *proof, pb_error *err)
{
    bool name = proof->way == SERVICE_BY_PASSWORD || proof->way == SERVICE_BY_ENROLMENT;
    bool code = proof->way == SERVICE_BY_CODE || proof->way == SERVICE_BY_RECOVERY ||
                proof->way == SERVICE_BY_ENROLMENT ||
                (proof->way == SERVICE_BY_NEW_FACTOR && proof->made == NULL);
    bool ticket = !name && proof->way != SERVICE_ASK_PASSKEY;
    if (name && (proof->name.ptr == NULL || proof->password.ptr == NULL))
        return lacks(proof->name.ptr == NULL ? "name" : "password", err);
    if (code && proof->code.ptr == NULL)
        return lacks("code", err);
    if (ticket && proof->ticket.ptr == NULL)
        return lacks("ticket", err);
    if (proof->way == SERVICE_BY_PASSKEY && proof->assertion == NULL)
        return lacks("passkey", err);
    return proof->way == SERVICE_BY_NEW_FACTOR && proof->begun.ptr == NULL ? lacks("begun", err)
                                                                           : PB_OK;
}

pb_status service_sign_in(service_desk *desk, const identity_visit *visit,
                          const service_proof *proof, pb_arena *arena, identity_signin *ret_signin,
                          pb_error *err)
{
    const identity_desk *at = &desk->identity;
    PB_TRY(check_parts(proof, err));
    switch (proof->way) {
    case SERVICE_BY_PASSWORD:
        return identity_signin_password(at, visit, proof->name, proof->password, arena, ret_signin,
                                        err);
    case SERVICE_ASK_PASSKEY:
        return identity_signin_begin(at, visit, arena, ret_signin, err);
    case SERVICE_BY_PASSKEY:
        return identity_signin_passkey(at, visit, proof->ticket, proof->assertion, arena,
                                       ret_signin, err);
    case SERVICE_BY_CODE:
        return identity_signin_totp(at, visit, proof->ticket, proof->code, arena, ret_signin, err);
    case SERVICE_BY_RECOVERY:
        return identity_signin_recovery(at, visit, proof->ticket, proof->code, arena, ret_signin,
                                        err);
    case SERVICE_BY_ENROLMENT:
        return identity_signin_enrol(at, visit, proof->name, proof->code, proof->password, arena,
                                     ret_signin, err);
    case SERVICE_BY_NEW_FACTOR:
        return identity_signin_enrolled(at, visit, proof->ticket, proof->begun, proof->code,
                                        proof->made, proof->label, arena, ret_signin, err);
    case SERVICE_WAYS:
        break;
    }
    return lacks("way", err);
}

pb_status service_sign_in_client(service_desk *desk, const identity_visit *visit,
                                 const identity_client *client, pb_arena *arena,
                                 identity_signin *ret_signin, identity_caller *ret_caller,
                                 pb_error *err)
{
    return identity_signin_client(&desk->identity, visit, client, arena, ret_signin, ret_caller,
                                  err);
}

pb_status service_prove(service_desk *desk, const identity_visit *visit, const service_guest *guest,
                        const service_proof *proof, pb_arena *arena, identity_signin *ret_signin,
                        pb_error *err)
{
    if (proof->way == SERVICE_BY_PASSWORD && proof->password.ptr != NULL)
        return identity_prove(&desk->identity, visit, &guest->caller, proof->password, proof->code,
                              arena, ret_signin, err);
    if (proof->way == SERVICE_BY_PASSKEY && proof->ticket.ptr != NULL && proof->assertion != NULL)
        return identity_prove_passkey(&desk->identity, visit, &guest->caller, proof->ticket,
                                      proof->assertion, arena, ret_signin, err);
    return lacks("password", err);
}

typedef struct leaving {
    identity_visit visit;
    const identity_caller *caller;
} leaving;

static pb_status leave_work(db_session *session, void *context, pb_error *err)
{
    const leaving *l = context;
    return identity_session_end(session, &l->visit, l->caller->user, l->caller->session, err);
}

pb_status service_sign_out(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_error *err)
{
    leaving l = {service_visit_of(visit, guest), &guest->caller};
    if (guest->caller.session == 0)
        return pb_fail(err, PB_INVALID, PB_MSG("A key has no session to end."), NULL);
    return db_write(desk->identity.workspace, leave_work, &l, err);
}
