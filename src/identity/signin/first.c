/* The first step: a password, a code of enrolment, or the question for a passkey. */
#include "attempt.h"

#include "base/time.h"

#define TICKET_US (INT64_C(10) * 60 * PB_US_PER_SECOND)

/* A password that was compared. */
typedef struct compared {
    identity_attempt *attempt;
    identity_held_credential held; /* number 0: there is none */
    bool good, old;
    char renewed[IDENTITY_PASSWORD_HASH]; /* under the present parameters; empty: not needed */
} compared;

static pb_status read_password(identity_attempt *attempt, identity_held_credential *ret,
                               pb_error *err)
{
    identity_held_credentials held = {0};
    db_session *session = NULL;
    *ret = (identity_held_credential){0};
    if (!attempt->found)
        return PB_OK;
    PB_TRY(db_snapshot_open(attempt->desk->workspace, &session, err));
    pb_status status = identity_credential_read(session, attempt->user.id, IDENTITY_PASSWORD,
                                                attempt->visit->now_us, attempt->arena, &held, err);
    db_snapshot_close(session);
    PB_TRY(status);
    if (held.count > 0)
        *ret = held.items[0];
    return PB_OK;
}

static pb_status compare(compared *c, pb_str password, pb_error *err)
{
    const identity_desk *desk = c->attempt->desk;
    PB_TRY(read_password(c->attempt, &c->held, err));
    PB_TRY(identity_password_matches(desk->workspace, &desk->password, c->held.secret, password,
                                     &c->good, &c->old, err));
    if (c->good && c->old)
        PB_TRY(identity_password_hash(desk->workspace, &desk->password, password, c->renewed, err));
    return PB_OK;
}

/* Whether the password that was compared is still the one that is kept. */
static pb_status still_kept(db_session *session, const compared *c, bool *ret_kept, pb_error *err)
{
    identity_held_credentials held;
    PB_TRY(identity_credential_read(session, c->attempt->user.id, IDENTITY_PASSWORD,
                                    c->attempt->visit->now_us, c->attempt->arena, &held, err));
    *ret_kept = held.count > 0 && held.items[0].shown.n == c->held.shown.n;
    return PB_OK;
}

/* Failures meanwhile count against a right password, too: else many guesses begun at once would
 * all be free. */
static pb_status check_compared(db_session *session, compared *c, bool *ret_right, pb_error *err)
{
    bool late, kept = false;
    *ret_right = false;
    if (c->good)
        PB_TRY(still_kept(session, c, &kept, err));
    if (!c->good || !kept)
        return identity_attempt_failed(session, c->attempt, err);
    PB_TRY(identity_attempt_late(session, c->attempt, &late, err));
    if (late)
        return PB_OK;
    if (c->renewed[0] != 0)
        PB_TRY(identity_credential_reseal(session, &c->held, pb_str_c(c->renewed), err));
    *ret_right = true;
    return identity_credential_used(session, c->held.shown.n, 0, c->attempt->visit->now_us, err);
}

static pb_status password_work(db_session *session, void *context, pb_error *err)
{
    compared *c = context;
    bool right;
    PB_TRY(check_compared(session, c, &right, err));
    return right ? identity_attempt_first(session, c->attempt, c->held.shown.n, err) : PB_OK;
}

pb_status identity_signin_password(const identity_desk *desk, const identity_visit *visit,
                                   pb_str name, pb_str password, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err)
{
    static const pb_uuid nobody;
    identity_signin to = {0};
    identity_attempt attempt = {.desk = desk,
                                .visit = visit,
                                .arena = arena,
                                .method = "password",
                                .name = name.ptr == NULL ? PB_STR("") : name,
                                .to = &to};
    compared c = {.attempt = &attempt};
    PB_TRY(identity_attempt_look(&attempt, nobody, "password", err));
    if (to.step != IDENTITY_SLOWED) {
        PB_TRY(compare(&c, password, err));
        PB_TRY(db_write(desk->workspace, password_work, &c, err));
    }
    *ret_signin = to;
    return PB_OK;
}

/* ---- by passkey ---- */

pb_status identity_signin_begin(const identity_desk *desk, const identity_visit *visit,
                                pb_arena *arena, identity_signin *ret_signin, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    identity_signin to = {.step = IDENTITY_NEEDS_PASSKEY};
    identity_ticket ticket = {.kind = TICKET_PASSKEY, .until_us = visit->now_us + TICKET_US};
    PB_TRY(identity_ticket_make(desk->workspace, &ticket, &text, err));
    memcpy(to.challenge, ticket.id, sizeof to.challenge);
    to.ticket = pb_arena_str(arena, pb_buf_str(&text));
    if (to.ticket.ptr == NULL)
        return pb_fail_memory(err);
    *ret_signin = to;
    return PB_OK;
}

/* ---- by a code of enrolment ---- */

typedef struct enrolling {
    identity_attempt *attempt;
    pb_str code;
    const char *hash;
} enrolling;

/* Is the code good? It is used up later, when the password is known to be allowed. */
static pb_status code_is_good(identity_attempt *attempt, pb_str code, bool *ret_good,
                              bool *ret_beside, pb_error *err)
{
    uint8_t handle[IDENTITY_HASH];
    identity_held_credential held;
    db_session *session = NULL;
    *ret_good = *ret_beside = false;
    identity_code_handle(attempt->desk->workspace, attempt->user.id, IDENTITY_ENROLMENT, code,
                         handle);
    PB_TRY(db_snapshot_open(attempt->desk->workspace, &session, err));
    pb_status status = identity_credential_by(session, IDENTITY_ENROLMENT,
                                              pb_str_n((const char *)handle, sizeof handle),
                                              attempt->visit->now_us, attempt->arena, &held, err);
    *ret_good = attempt->found && status == PB_OK;
    if (status == PB_OK || status == PB_NOT_FOUND)
        status =
            identity_has_second(session, attempt->user.id, attempt->visit->now_us, ret_beside, err);
    if (status == PB_OK && !*ret_beside && attempt->found && attempt->desk->wants_second != NULL)
        status = attempt->desk->wants_second(attempt->desk->context, session, attempt->user.id,
                                             attempt->visit->now_us, ret_beside, err);
    db_snapshot_close(session);
    return status;
}

static pb_status enrol_failed_work(db_session *session, void *context, pb_error *err)
{
    return identity_attempt_failed(session, context, err);
}

static pb_status enrol_work(db_session *session, void *context, pb_error *err)
{
    enrolling *e = context;
    identity_attempt *attempt = e->attempt;
    identity_held_credentials held;
    size_t ended;
    const identity_visit visit = identity_attempt_visit(attempt, true);
    bool late;
    PB_TRY(identity_attempt_late(session, attempt, &late, err));
    if (late)
        return PB_OK;
    PB_TRY(identity_code_use(session, attempt->user.id, IDENTITY_ENROLMENT, e->code, visit.now_us,
                             err));
    PB_TRY(identity_password_set(session, &visit, attempt->user.id, e->hash, err));
    PB_TRY(identity_session_end_all(session, &visit, attempt->user.id, 0, &ended, err));
    PB_TRY(identity_credential_read(session, attempt->user.id, IDENTITY_PASSWORD, visit.now_us,
                                    attempt->arena, &held, err));
    return identity_attempt_first(session, attempt, held.count > 0 ? held.items[0].shown.n : 0,
                                  err);
}

pb_status identity_signin_enrol(const identity_desk *desk, const identity_visit *visit, pb_str name,
                                pb_str code, pb_str password, pb_arena *arena,
                                identity_signin *ret_signin, pb_error *err)
{
    static const pb_uuid nobody;
    char hash[IDENTITY_PASSWORD_HASH];
    identity_signin to = {0};
    identity_attempt attempt = {.desk = desk,
                                .visit = visit,
                                .arena = arena,
                                .method = "enrolment",
                                .name = name.ptr == NULL ? PB_STR("") : name,
                                .to = &to};
    enrolling e = {&attempt, code, hash};
    bool good = false, beside;
    PB_TRY(identity_attempt_look(&attempt, nobody, "code", err));
    if (to.step != IDENTITY_SLOWED) {
        PB_TRY(code_is_good(&attempt, code, &good, &beside, err));
        /* What is said of the password is said only to who has the code, but takes as long. */
        if (good)
            PB_TRY(identity_password_allowed(desk, &attempt.user, password, beside, err));
        PB_TRY(identity_password_hash(desk->workspace, &desk->password, password, hash, err));
        PB_TRY(good ? db_write(desk->workspace, enrol_work, &e, err)
                    : db_write(desk->workspace, enrol_failed_work, &attempt, err));
    }
    *ret_signin = to;
    return PB_OK;
}

/* ---- proving once more, changing ---- */

#define LATELY_US (INT64_C(10) * 60 * PB_US_PER_SECOND)

bool identity_proved_lately(const identity_caller *caller, int64_t now_us)
{
    return caller->key == 0 && caller->session > 0 && caller->proved_us <= now_us &&
           now_us - caller->proved_us <= LATELY_US;
}

typedef struct proving {
    compared compared;
    const identity_caller *caller;
    pb_str code;
} proving;

/* A user with one-time codes shows one of those, too. */
static pb_status code_fits(db_session *session, const proving *p, bool *ret_fits, bool *ret_second,
                           pb_error *err)
{
    identity_held_credentials held;
    const identity_attempt *attempt = p->compared.attempt;
    int64_t now = attempt->visit->now_us, step;
    PB_TRY(identity_credential_read(session, attempt->user.id, IDENTITY_TOTP, now, attempt->arena,
                                    &held, err));
    *ret_second = held.count > 0;
    *ret_fits = held.count == 0;
    for (size_t i = 0; i < held.count && !*ret_fits; i++) {
        if (held.items[i].secret.len != IDENTITY_TOTP_SECRET ||
            !identity_totp_matches((const uint8_t *)held.items[i].secret.ptr, p->code, now,
                                   held.items[i].state, &step))
            continue;
        *ret_fits = true;
        PB_TRY(identity_credential_used(session, held.items[i].shown.n, step, now, err));
    }
    return PB_OK;
}

static pb_status prove_work(db_session *session, void *context, pb_error *err)
{
    proving *p = context;
    identity_attempt *attempt = p->compared.attempt;
    bool right, fits, second;
    PB_TRY(check_compared(session, &p->compared, &right, err));
    if (!right)
        return PB_OK;
    PB_TRY(code_fits(session, p, &fits, &second, err));
    if (!fits)
        return identity_attempt_failed(session, attempt, err);
    return identity_attempt_proved(session, attempt, p->caller, second, err);
}

pb_status identity_prove(const identity_desk *desk, const identity_visit *visit,
                         const identity_caller *caller, pb_str password, pb_str code,
                         pb_arena *arena, identity_signin *ret_signin, pb_error *err)
{
    identity_signin to = {0};
    identity_attempt attempt = {
        .desk = desk, .visit = visit, .arena = arena, .method = "password", .to = &to};
    proving p = {.compared = {.attempt = &attempt}, .caller = caller, .code = code};
    if (caller->key != 0)
        return pb_fail(err, PB_INVALID, PB_MSG("A program's access cannot be proved by a person."),
                       NULL);
    PB_TRY(identity_attempt_look(&attempt, caller->user, "password", err));
    if (to.step != IDENTITY_SLOWED) {
        PB_TRY(compare(&p.compared, password, err));
        PB_TRY(db_write(desk->workspace, prove_work, &p, err));
    }
    *ret_signin = to;
    return PB_OK;
}

typedef struct changing {
    const identity_visit *visit;
    const identity_caller *caller;
    const char *hash;
    bool others;
} changing;

static pb_status change_work(db_session *session, void *context, pb_error *err)
{
    const changing *c = context;
    size_t ended;
    PB_TRY(identity_password_set(session, c->visit, c->caller->user, c->hash, err));
    return c->others ? identity_session_end_all(session, c->visit, c->caller->user,
                                                c->caller->session, &ended, err)
                     : PB_OK;
}

static pb_status check_new(const identity_desk *desk, const identity_visit *visit, pb_uuid user,
                           pb_str password, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    db_session *session = NULL;
    identity_user found;
    bool beside = false;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_snapshot_open(desk->workspace, &session, err));
    pb_status status = identity_user_read(session, user, visit->now_us, arena, &found, err);
    if (status == PB_OK)
        status = identity_has_second(session, user, visit->now_us, &beside, err);
    db_snapshot_close(session);
    return status != PB_OK ? status
                           : identity_password_allowed(desk, &found, password, beside, err);
}

pb_status identity_password_change(const identity_desk *desk, const identity_visit *visit,
                                   const identity_caller *caller, pb_str password, bool others,
                                   pb_error *err)
{
    char hash[IDENTITY_PASSWORD_HASH];
    changing c = {visit, caller, hash, others};
    if (!identity_proved_lately(caller, visit->now_us)) {
        pb_fail(err, PB_DENIED,
                PB_MSG("The password can be changed only by who has just proved who it is."), NULL);
        pb_error_hint(err, PB_MSG("Give the present password once more first."), NULL);
        return PB_DENIED;
    }
    PB_TRY(check_new(desk, visit, caller->user, password, err));
    PB_TRY(identity_password_hash(desk->workspace, &desk->password, password, hash, err));
    return db_write(desk->workspace, change_work, &c, err);
}
