/* The second step: a one-time code, a passkey, a recovery code, or setting one up. */
#include "attempt.h"

/* What was shown. */
typedef struct showing {
    identity_attempt *attempt;
    identity_ticket ticket;
    pb_str code;
    const identity_assertion *assertion;
    int64_t passkey;  /* number of the credential */
    uint32_t counted; /* its counter as it was verified against */
    uint32_t count;   /* and as it is then */
    bool good, second;
    pb_str begun, label;
    const identity_made *made;
    const identity_caller *caller; /* who is signed in and proves it once more */
} showing;

/* Signed in, and the ticket good for nothing more. */
static pb_status finish(db_session *session, const showing *s, bool second_factor, pb_error *err)
{
    PB_TRY(identity_ticket_spend(session, &s->ticket, s->attempt->visit->now_us, err));
    return identity_attempt_done(session, s->attempt, second_factor, err);
}

static pb_status begin(showing *s, pb_str text, identity_ticket_kind kind, pb_error *err)
{
    PB_TRY(identity_attempt_ticket(s->attempt, text, kind, &s->ticket, err));
    PB_TRY(identity_attempt_look(s->attempt, s->ticket.user, "second", err));
    if (s->attempt->found)
        return PB_OK;
    return pb_fail(err, PB_DENIED, PB_MSG("This user may not sign in any more."), NULL);
}

static identity_attempt attempt_of(const identity_desk *desk, const identity_visit *visit,
                                   const char *method, pb_arena *arena, identity_signin *to)
{
    return (identity_attempt){
        .desk = desk, .visit = visit, .arena = arena, .method = method, .to = to};
}

static pb_status end(showing *s, db_work work, identity_signin *ret_signin, pb_error *err)
{
    if (s->attempt->to->step != IDENTITY_SLOWED)
        PB_TRY(db_write(s->attempt->desk->workspace, work, s, err));
    *ret_signin = *s->attempt->to;
    return PB_OK;
}

/* ---- one-time codes ---- */

static pb_status use_totp(db_session *session, const showing *s, bool *ret_good, pb_error *err)
{
    identity_held_credentials held;
    int64_t now = s->attempt->visit->now_us, step;
    *ret_good = false;
    PB_TRY(identity_credential_read(session, s->attempt->user.id, IDENTITY_TOTP, now,
                                    s->attempt->arena, &held, err));
    for (size_t i = 0; i < held.count && !*ret_good; i++) {
        if (held.items[i].secret.len != IDENTITY_TOTP_SECRET ||
            !identity_totp_matches((const uint8_t *)held.items[i].secret.ptr, s->code, now,
                                   held.items[i].state, &step))
            continue;
        *ret_good = true;
        PB_TRY(identity_credential_used(session, held.items[i].shown.n, step, now, err));
    }
    return PB_OK;
}

static pb_status totp_work(db_session *session, void *context, pb_error *err)
{
    const showing *s = context;
    bool good, late;
    PB_TRY(identity_attempt_late(session, s->attempt, &late, err));
    if (late)
        return PB_OK;
    PB_TRY(use_totp(session, s, &good, err));
    return good ? finish(session, s, true, err) : identity_attempt_failed(session, s->attempt, err);
}

pb_status identity_signin_totp(const identity_desk *desk, const identity_visit *visit,
                               pb_str ticket, pb_str code, pb_arena *arena,
                               identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = attempt_of(desk, visit, "totp", arena, &to);
    showing s = {.attempt = &attempt, .code = code};
    PB_TRY(begin(&s, ticket, TICKET_SECOND, err));
    return end(&s, totp_work, ret_signin, err);
}

/* ---- recovery codes ---- */

static pb_status recovery_work(db_session *session, void *context, pb_error *err)
{
    const showing *s = context;
    pb_error why = {0};
    bool late;
    PB_TRY(identity_attempt_late(session, s->attempt, &late, err));
    if (late)
        return PB_OK;
    pb_status status = identity_code_use(session, s->attempt->user.id, IDENTITY_RECOVERY, s->code,
                                         s->attempt->visit->now_us, &why);
    if (status == PB_DENIED)
        return identity_attempt_failed(session, s->attempt, err);
    if (status == PB_OK)
        return finish(session, s, true, err);
    if (err != NULL)
        *err = why;
    return status;
}

pb_status identity_signin_recovery(const identity_desk *desk, const identity_visit *visit,
                                   pb_str ticket, pb_str code, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = attempt_of(desk, visit, "recovery", arena, &to);
    showing s = {.attempt = &attempt, .code = code};
    PB_TRY(begin(&s, ticket, TICKET_SECOND, err));
    return end(&s, recovery_work, ret_signin, err);
}

/* ---- passkeys ---- */

/* The passkey that is shown, if it is this user's, or when nobody is known yet, anybody's. */
static pb_status find_passkey(showing *s, bool alone, identity_held_credential *ret,
                              bool *ret_found, pb_error *err)
{
    db_session *session = NULL;
    identity_attempt *attempt = s->attempt;
    *ret_found = false;
    PB_TRY(db_snapshot_open(attempt->desk->workspace, &session, err));
    pb_status status = identity_credential_by(session, IDENTITY_PASSKEY, s->assertion->id,
                                              attempt->visit->now_us, attempt->arena, ret, err);
    db_snapshot_close(session);
    if (status == PB_NOT_FOUND)
        return PB_OK;
    PB_TRY(status);
    *ret_found = alone || memcmp(&ret->shown.user, &s->ticket.user, sizeof ret->shown.user) == 0;
    return PB_OK;
}

/* Verified before the transaction: others need not wait for the computation. */
static pb_status verify(showing *s, bool alone, pb_error *err)
{
    identity_attempt *attempt = s->attempt;
    identity_held_credential held;
    bool found, verified = false;
    pb_str challenge = pb_str_n((const char *)s->ticket.id, sizeof s->ticket.id);
    PB_TRY(find_passkey(s, alone, &held, &found, err));
    pb_str told = s->assertion->user;
    if (!found || (told.len > 0 && !pb_str_eq(told, pb_uuid_str(&held.shown.user))))
        return PB_OK;
    pb_status status =
        identity_passkey_shown(&attempt->desk->site, challenge, alone, s->assertion, held.secret,
                               (uint32_t)held.state, &s->count, &verified, err);
    if (status != PB_OK && status != PB_DENIED)
        return status;
    s->good = status == PB_OK;
    s->passkey = held.shown.n;
    s->counted = (uint32_t)held.state;
    s->second = !alone || verified;
    s->ticket.user = held.shown.user;
    return PB_OK;
}

/* Between verifying and noting, another may have shown the same: its counter tells. */
static pb_status count_passkey(db_session *session, const showing *s, bool *ret_good, pb_error *err)
{
    identity_held_credentials held;
    int64_t now = s->attempt->visit->now_us;
    *ret_good = false;
    PB_TRY(identity_credential_read(session, s->attempt->user.id, IDENTITY_PASSKEY, now,
                                    s->attempt->arena, &held, err));
    for (size_t i = 0; i < held.count; i++) {
        if (held.items[i].shown.n != s->passkey || held.items[i].state != s->counted)
            continue;
        *ret_good = true;
        return identity_credential_used(session, s->passkey, s->count, now, err);
    }
    return PB_OK;
}

static pb_status passkey_work(db_session *session, void *context, pb_error *err)
{
    const showing *s = context;
    bool good = false, late;
    PB_TRY(identity_attempt_late(session, s->attempt, &late, err));
    if (late)
        return PB_OK;
    if (s->good && s->attempt->found)
        PB_TRY(count_passkey(session, s, &good, err));
    return good ? finish(session, s, s->second, err)
                : identity_attempt_failed(session, s->attempt, err);
}

pb_status identity_signin_passkey(const identity_desk *desk, const identity_visit *visit,
                                  pb_str ticket, const identity_assertion *assertion,
                                  pb_arena *arena, identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = attempt_of(desk, visit, "passkey", arena, &to);
    showing s = {.attempt = &attempt, .assertion = assertion};
    bool alone = false;
    pb_status status = identity_attempt_ticket(&attempt, ticket, TICKET_SECOND, &s.ticket, NULL);
    if (status == PB_DENIED) {
        alone = true;
        status = identity_attempt_ticket(&attempt, ticket, TICKET_PASSKEY, &s.ticket, err);
    }
    PB_TRY(status);
    PB_TRY(verify(&s, alone, err));
    PB_TRY(identity_attempt_look(&attempt, s.ticket.user, IDENTITY_NO_GUESS, err));
    return end(&s, passkey_work, ret_signin, err);
}

/* The session gets another token. */
static pb_status prove_work(db_session *session, void *context, pb_error *err)
{
    const showing *s = context;
    identity_attempt *attempt = s->attempt;
    const identity_visit visit = identity_attempt_visit(attempt, true);
    bool good = false, late;
    PB_TRY(identity_attempt_late(session, attempt, &late, err));
    if (late)
        return PB_OK;
    if (s->good && attempt->found && people_same(attempt->user.id, s->caller->user))
        PB_TRY(count_passkey(session, s, &good, err));
    if (!good)
        return identity_attempt_failed(session, attempt, err);
    PB_TRY(identity_ticket_spend(session, &s->ticket, visit.now_us, err));
    return identity_attempt_proved(session, attempt, s->caller, s->second, err);
}

pb_status identity_prove_passkey(const identity_desk *desk, const identity_visit *visit,
                                 const identity_caller *caller, pb_str ticket,
                                 const identity_assertion *assertion, pb_arena *arena,
                                 identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = attempt_of(desk, visit, "passkey", arena, &to);
    showing s = {.attempt = &attempt, .assertion = assertion, .caller = caller};
    PB_TRY(identity_attempt_ticket(&attempt, ticket, TICKET_PASSKEY, &s.ticket, err));
    PB_TRY(verify(&s, true, err));
    PB_TRY(identity_attempt_look(&attempt, s.ticket.user, IDENTITY_NO_GUESS, err));
    return end(&s, prove_work, ret_signin, err);
}

/* ---- setting up ---- */

pb_status identity_signin_owner(const identity_desk *desk, const identity_visit *visit,
                                pb_str ticket, pb_arena *arena, identity_user *ret_user,
                                pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = attempt_of(desk, visit, "enrolment", arena, &to);
    showing s = {.attempt = &attempt};
    PB_TRY(begin(&s, ticket, TICKET_ENROL, err));
    *ret_user = attempt.user;
    return PB_OK;
}

static pb_status enrolled_work(db_session *session, void *context, pb_error *err)
{
    const showing *s = context;
    const identity_desk *desk = s->attempt->desk;
    const identity_visit visit = identity_attempt_visit(s->attempt, true);
    pb_uuid user = s->attempt->user.id;
    bool has;
    /* Who has one already must show that: a ticket from before it was set up opens nothing. */
    PB_TRY(identity_has_second(session, user, visit.now_us, &has, err));
    if (has)
        return pb_fail(err, PB_DENIED,
                       PB_MSG("A second factor was set up meanwhile: sign in with it."), NULL);
    if (s->made != NULL)
        PB_TRY(identity_passkey_finish(session, &visit, user, &desk->site, s->begun,
                                       s->made->client_data, s->made->attestation_object, s->label,
                                       err));
    else
        PB_TRY(identity_totp_finish(session, &visit, user, s->begun, s->code, s->label, err));
    return finish(session, s, true, err);
}

pb_status identity_signin_enrolled(const identity_desk *desk, const identity_visit *visit,
                                   pb_str ticket, pb_str begun, pb_str code,
                                   const identity_made *made, pb_str label, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt =
        attempt_of(desk, visit, made != NULL ? "passkey" : "totp", arena, &to);
    showing s = {.attempt = &attempt, .code = code, .begun = begun, .label = label, .made = made};
    PB_TRY(begin(&s, ticket, TICKET_ENROL, err));
    return end(&s, enrolled_work, ret_signin, err);
}
