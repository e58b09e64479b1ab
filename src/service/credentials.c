/* Ways to sign in and sessions: one's own, and others' by who may look after users. */
#include "access.h"
#include "desk.h"

#include "service/people.h"

/* ---- who may ---- */

static bool is_own(const service_guest *guest, pb_uuid user)
{
    return !guest->held.actor.holder && memcmp(&guest->held.actor.user, &user, sizeof user) == 0;
}

/* The call that a guest makes. */
static service_call call_of(const service_guest *guest, const identity_visit *visit)
{
    const identity_caller *caller = &guest->caller;
    service_call call = {.actor = visit->actor, .address = visit->address, .device = visit->device};
    call.actor.name = guest->held.actor.name;
    call.who = &guest->held.actor;
    call.scopes = caller->scopes;
    call.program = caller->key != 0;
    call.proved = identity_proved_lately(caller, visit->now_us);
    call.now_us = visit->now_us;
    return call;
}

/* Others' ways to sign in are for who has the right to users, and so is handing out codes. */
static pb_status check_right(db_session *session, const service_guest *guest,
                             const identity_visit *visit, service_denial *denial, pb_error *err)
{
    const service_call call = call_of(guest, visit);
    service_access access;
    PB_TRY(service_access_open(session, &call, denial, &access, err));
    pb_status status = service_may_at_all(&access, IDENTITY_OP_USERS, NULL, err);
    service_access_close(&access);
    return status;
}

/* ... of somebody who is, or was, a user. */
static pb_status check_other(db_session *session, const service_guest *guest,
                             const identity_visit *visit, pb_uuid user, service_denial *denial,
                             pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user known;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(check_right(session, guest, visit, denial, err));
    return identity_user_last(session, user, arena, &known, err);
}

static pb_status check_about(db_session *session, const service_guest *guest,
                             const identity_visit *visit, pb_uuid user, service_denial *denial,
                             pb_error *err)
{
    *denial = (service_denial){.refused = false};
    return is_own(guest, user) ? PB_OK : check_other(session, guest, visit, user, denial, err);
}

/* A program never changes by what anybody signs in, and a person only after proving who it is. */
static pb_status check_proof(const service_guest *guest, int64_t now_us, pb_error *err)
{
    if (guest->held.actor.holder)
        return PB_OK;
    if (guest->held.actor.read_only)
        return pb_fail(err, PB_DENIED, PB_MSG("Who may only read changes no credentials."), NULL);
    if (identity_proved_lately(&guest->caller, now_us))
        return PB_OK;
    return service_fail_proof(err);
}

/* ---- changes ---- */

typedef enum matter {
    MATTER_FACTOR,
    MATTER_RECOVERY,
    MATTER_KEY,
    MATTER_END,
    MATTER_SESSION,
    MATTER_BROWSER,
    MATTER_ENROLMENT,
    MATTER_FACTORS
} matter;

/* A change in hand: what each kind of it needs and gives. */
typedef struct changing {
    matter matter;
    service_desk *desk;
    const service_guest *guest;
    identity_visit visit;
    pb_uuid user;
    const service_proof *proof;
    const identity_key_wish *wish;
    char (*codes)[IDENTITY_CODE];
    char *text;
    int64_t n;
    size_t count;
    service_denial denial;
    bool others; /* the owner's other sessions end with it */
} changing;

static pb_status put_factor(db_session *session, const changing *c, pb_error *err)
{
    const service_proof *proof = c->proof;
    if (proof->made != NULL)
        return identity_passkey_finish(session, &c->visit, c->user, &c->desk->identity.site,
                                       proof->begun, proof->made->client_data,
                                       proof->made->attestation_object, proof->label, err);
    return identity_totp_finish(session, &c->visit, c->user, proof->begun, proof->code,
                                proof->label, err);
}

static pb_status end_sessions(db_session *session, changing *c, pb_error *err)
{
    if (c->n != 0) {
        c->count = 1;
        return identity_session_end(session, &c->visit, c->user, c->n, err);
    }
    int64_t except = is_own(c->guest, c->user) ? c->guest->caller.session : 0;
    return identity_session_end_all(session, &c->visit, c->user, except, &c->count, err);
}

static pb_status end_browsers(db_session *session, changing *c, pb_error *err)
{
    if (c->n == 0)
        return identity_browser_end_all(session, &c->visit, c->user, &c->count, err);
    c->count = 1;
    return identity_browser_end(session, &c->visit, c->user, c->n, err);
}

static pb_status end_others(db_session *session, changing *c, pb_error *err)
{
    c->n = 0;
    return c->others ? end_sessions(session, c, err) : PB_OK;
}

static pb_status add_factor(db_session *session, changing *c, pb_error *err)
{
    PB_TRY(put_factor(session, c, err));
    return end_others(session, c, err);
}

/* Nobody takes away the only way in from herself. */
static pb_status check_way_left(db_session *session, const changing *c, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_credential *all;
    size_t count;
    bool password = false, passkey = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_credential_list(session, c->user, c->visit.now_us, arena, &all, &count, err));
    for (size_t i = 0; i < count; i++) {
        password = password || (all[i].n == c->n && all[i].kind == IDENTITY_PASSWORD);
        passkey = passkey || all[i].kind == IDENTITY_PASSKEY;
    }
    if (!password || passkey)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("Without the password there would be no way to sign in."),
            NULL);
    pb_error_hint(err, PB_MSG("Change it instead, or add a passkey first."), NULL);
    return PB_CONFLICT;
}

static pb_status end_credential(db_session *session, changing *c, pb_error *err)
{
    if (is_own(c->guest, c->user))
        PB_TRY(check_way_left(session, c, err));
    PB_TRY(identity_credential_end(session, &c->visit, c->user, c->n, err));
    return end_others(session, c, err);
}

/* A key needs no second factor and no person: for others it is made only for who is a program. */
static pb_status make_key(db_session *session, changing *c, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    identity_user user;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(identity_user_read(session, c->user, c->visit.now_us, arena, &user, err));
    if (!is_own(c->guest, c->user) && user.kind != IDENTITY_PROGRAM)
        return pb_fail(err, PB_DENIED,
                       PB_MSG("“{name}” is no program: its keys are its own to make."), "name",
                       PB_ARG(user.name), NULL);
    return identity_key_make(session, &c->visit, c->wish, c->text, &c->n, err);
}

static pb_status change_work(db_session *session, void *context, pb_error *err)
{
    changing *c = context;
    bool others = c->matter == MATTER_ENROLMENT || c->matter == MATTER_FACTORS;
    PB_TRY(others ? check_other(session, c->guest, &c->visit, c->user, &c->denial, err)
                  : check_about(session, c->guest, &c->visit, c->user, &c->denial, err));
    switch (c->matter) {
    case MATTER_FACTOR:
        return add_factor(session, c, err);
    case MATTER_RECOVERY:
        return identity_recovery_make(session, &c->visit, c->user, c->codes, err);
    case MATTER_KEY:
        return make_key(session, c, err);
    case MATTER_END:
        return end_credential(session, c, err);
    case MATTER_SESSION:
        return end_sessions(session, c, err);
    case MATTER_BROWSER:
        return end_browsers(session, c, err);
    case MATTER_ENROLMENT:
        return identity_enrolment_make(session, &c->visit, c->user,
                                       c->visit.now_us + SERVICE_ENROL_US, c->text, err);
    case MATTER_FACTORS:
        return identity_factors_end(session, &c->visit, c->user, err);
    }
    return pb_fail(err, PB_INTERNAL, PB_MSG("This change of credentials is none."), NULL);
}

/* Sessions and known browsers may be ended without a proof: who sees a stranger in the list should
 * not be held up. */
static pb_status change(changing *c, const identity_visit *visit, pb_error *err)
{
    if (c->matter != MATTER_SESSION && c->matter != MATTER_BROWSER)
        PB_TRY(check_proof(c->guest, visit->now_us, err));
    c->visit = service_visit_of(visit, c->guest);
    const service_call call = call_of(c->guest, visit);
    pb_status status = db_write(c->desk->identity.workspace, change_work, c, err);
    return service_refused(&call, c->desk->identity.workspace, &c->denial, status, err);
}

pb_status service_factor_add(service_desk *desk, const identity_visit *visit,
                             const service_guest *guest, const service_proof *proof, pb_error *err)
{
    changing c = {.matter = MATTER_FACTOR,
                  .desk = desk,
                  .guest = guest,
                  .user = guest->held.actor.user,
                  .proof = proof,
                  .others = proof->others};
    return change(&c, visit, err);
}

pb_status service_recovery_codes(service_desk *desk, const identity_visit *visit,
                                 const service_guest *guest,
                                 char ret_codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE],
                                 pb_error *err)
{
    changing c = {.matter = MATTER_RECOVERY,
                  .desk = desk,
                  .guest = guest,
                  .user = guest->held.actor.user,
                  .codes = ret_codes};
    return change(&c, visit, err);
}

pb_status service_password_change(service_desk *desk, const identity_visit *visit,
                                  const service_guest *guest, pb_str password, bool others,
                                  pb_error *err)
{
    const identity_visit own = service_visit_of(visit, guest);
    PB_TRY(check_proof(guest, visit->now_us, err));
    return identity_password_change(&desk->identity, &own, &guest->caller, password, others, err);
}

pb_status service_key_make(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, const identity_key_wish *wish,
                           char ret_key[IDENTITY_KEY_TEXT], int64_t *ret_n, pb_error *err)
{
    changing c = {.matter = MATTER_KEY,
                  .desk = desk,
                  .guest = guest,
                  .user = wish->user,
                  .wish = wish,
                  .text = ret_key};
    PB_TRY(change(&c, visit, err));
    *ret_n = c.n;
    return PB_OK;
}

pb_status service_credential_end(service_desk *desk, const identity_visit *visit,
                                 const service_guest *guest, pb_uuid user, int64_t n, bool others,
                                 pb_error *err)
{
    changing c = {
        .matter = MATTER_END, .desk = desk, .guest = guest, .user = user, .n = n, .others = others};
    return change(&c, visit, err);
}

pb_status service_session_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, int64_t n,
                              size_t *ret_count, pb_error *err)
{
    changing c = {.matter = MATTER_SESSION, .desk = desk, .guest = guest, .user = user, .n = n};
    PB_TRY(change(&c, visit, err));
    if (ret_count != NULL)
        *ret_count = c.count;
    return PB_OK;
}

pb_status service_browser_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, int64_t n,
                              size_t *ret_count, pb_error *err)
{
    changing c = {.matter = MATTER_BROWSER, .desk = desk, .guest = guest, .user = user, .n = n};
    PB_TRY(change(&c, visit, err));
    *ret_count = c.count;
    return PB_OK;
}

pb_status service_enrolment(service_desk *desk, const identity_visit *visit,
                            const service_guest *guest, pb_uuid user, char ret_code[IDENTITY_CODE],
                            pb_error *err)
{
    changing c = {
        .matter = MATTER_ENROLMENT, .desk = desk, .guest = guest, .user = user, .text = ret_code};
    return change(&c, visit, err);
}

pb_status service_factors_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, pb_error *err)
{
    changing c = {.matter = MATTER_FACTORS, .desk = desk, .guest = guest, .user = user};
    return change(&c, visit, err);
}

/* ---- beginning a second factor ---- */

static pb_status find_owner(service_desk *desk, const identity_visit *visit,
                            const service_guest *guest, pb_str ticket, pb_arena *arena,
                            identity_user *ret, pb_error *err)
{
    db_session *session = NULL;
    if (guest == NULL)
        return identity_signin_owner(&desk->identity, visit, ticket, arena, ret, err);
    PB_TRY(check_proof(guest, visit->now_us, err));
    PB_TRY(db_snapshot_open(desk->identity.workspace, &session, err));
    pb_status status =
        identity_user_read(session, guest->held.actor.user, visit->now_us, arena, ret, err);
    db_snapshot_close(session);
    return status;
}

static pb_status begin_passkey(service_desk *desk, const identity_visit *visit, pb_arena *arena,
                               service_factor *factor, pb_buf *begun, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(identity_passkey_begin(desk->identity.workspace, factor->user.id, visit->now_us,
                                  factor->challenge, begun, err));
    PB_TRY(db_snapshot_open(desk->identity.workspace, &session, err));
    pb_status status = identity_passkey_ids(session, factor->user.id, visit->now_us, arena,
                                            &factor->known, &factor->known_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_factor_begin(service_desk *desk, const identity_visit *visit,
                               const service_guest *guest, pb_str ticket, bool passkey,
                               pb_arena *arena, service_factor *ret_factor, pb_error *err)
{
    PB_AUTO_BUF begun = PB_BUF_INIT(8192);
    PB_AUTO_BUF address = PB_BUF_INIT(8192);
    service_factor factor = {0};
    PB_TRY(find_owner(desk, visit, guest, ticket, arena, &factor.user, err));
    if (passkey)
        PB_TRY(begin_passkey(desk, visit, arena, &factor, &begun, err));
    else
        PB_TRY(identity_totp_begin(desk->identity.workspace, &factor.user,
                                   desk->identity.organisation, visit->now_us, &address, &begun,
                                   err));
    factor.begun = pb_arena_str(arena, pb_buf_str(&begun));
    factor.address = passkey ? PB_STR_NONE : pb_arena_str(arena, pb_buf_str(&address));
    if (factor.begun.ptr == NULL || (!passkey && factor.address.ptr == NULL))
        return pb_fail_memory(err);
    *ret_factor = factor;
    return PB_OK;
}

/* ---- lists ---- */

/* What is asked about, for who may. */
static pb_status open_about(service_desk *desk, const identity_visit *visit,
                            const service_guest *guest, pb_uuid user, db_session **ret_session,
                            pb_error *err)
{
    const service_call call = call_of(guest, visit);
    db_session *session = NULL;
    service_denial denial;
    PB_TRY(db_snapshot_open(desk->identity.workspace, &session, err));
    pb_status status = check_about(session, guest, visit, user, &denial, err);
    if (status == PB_OK) {
        *ret_session = session;
        return PB_OK;
    }
    db_snapshot_close(session);
    return service_refused(&call, desk->identity.workspace, &denial, status, err);
}

pb_status service_credentials(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, pb_arena *arena,
                              identity_credential **ret_credentials, size_t *ret_count,
                              pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(open_about(desk, visit, guest, user, &session, err));
    pb_status status = identity_credential_list(session, user, visit->now_us, arena,
                                                ret_credentials, ret_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_sessions(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_uuid user, pb_arena *arena,
                           identity_session **ret_sessions, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(open_about(desk, visit, guest, user, &session, err));
    pb_status status =
        identity_session_list(session, user, visit->now_us, arena, ret_sessions, ret_count, err);
    db_snapshot_close(session);
    return status;
}

pb_status service_browsers(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_uuid user, pb_arena *arena,
                           identity_browser **ret_browsers, size_t *ret_count, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(open_about(desk, visit, guest, user, &session, err));
    pb_status status =
        identity_browser_list(session, visit, user, arena, ret_browsers, ret_count, err);
    db_snapshot_close(session);
    return status;
}
