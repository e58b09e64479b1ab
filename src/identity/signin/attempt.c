/* What all ways to sign in have in common: finding out who it is, waiting, noting, sessions. */
#include "attempt.h"

#include "base/bytes.h"
#include "base/time.h"

enum { PRINT = 8 }; /* bytes of the hash of a name nobody bears */

#define TICKET_US (INT64_C(10) * 60 * PB_US_PER_SECOND)
#define DEVICE_US (INT64_C(365) * PB_US_PER_DAY)

identity_visit identity_attempt_visit(const identity_attempt *attempt, bool proved)
{
    identity_visit visit = *attempt->visit;
    visit.actor.name = proved ? attempt->user.name : PB_STR("visitor");
    return visit;
}

/* ---- looking ---- */

static pb_status find_user(db_session *session, identity_attempt *attempt, pb_uuid user,
                           pb_error *err)
{
    pb_error none = {0};
    pb_status status = PB_OK;
    if (attempt->name.ptr != NULL)
        status = identity_user_named(session, attempt->name, &user, &none);
    if (status == PB_OK)
        status = identity_user_read(session, user, attempt->visit->now_us, attempt->arena,
                                    &attempt->user, &none);
    attempt->found = status == PB_OK;
    if (status == PB_OK || status == PB_NOT_FOUND || status == PB_DENIED || status == PB_INVALID)
        return PB_OK;
    if (err != NULL)
        *err = none;
    return status;
}

static pb_status note_attempt(db_session *session, const identity_attempt *attempt,
                              const char *event, identity_pair more, pb_error *err)
{
    static const pb_uuid nobody;
    uint8_t hash[IDENTITY_HASH];
    PB_AUTO_BUF print = PB_BUF_INIT(64);
    const identity_visit visit = identity_attempt_visit(attempt, false);
    identity_pair pairs[] = {
        {"method", PB_VALUE_TEXT(pb_str_c(attempt->method))}, more, {"name", PB_VALUE_NULL}};
    if (!attempt->found && attempt->name.ptr != NULL) {
        identity_hash(attempt->desk->workspace, "unknown name", attempt->name, hash);
        pb_hex(&print, hash, PRINT);
        if (print.failed)
            return pb_fail_memory(err);
        pairs[2].value = PB_VALUE_TEXT(pb_buf_str(&print));
    }
    return identity_note(session, &visit, event, attempt->found ? attempt->user.id : nobody, pairs,
                         3, err);
}

/* The first refusal after a failure is noted; to note each would let anybody fill the ledger. */
static pb_status tell_work(db_session *session, void *context, pb_error *err)
{
    identity_attempt *attempt = context;
    bool told;
    PB_TRY(identity_slow_look(session, &attempt->slow, attempt->visit->now_us,
                              &attempt->to->wait_us, &told, err));
    if (told || attempt->to->wait_us == 0)
        return PB_OK;
    PB_TRY(identity_slow_told(session, &attempt->slow, err));
    const identity_pair wait = {"wait", PB_VALUE_INT(attempt->to->wait_us)};
    return note_attempt(session, attempt, "signin.refused", wait, err);
}

static pb_status look_work(db_session *session, identity_attempt *attempt, pb_uuid user,
                           const char *what, bool *ret_told, pb_error *err)
{
    PB_TRY(find_user(session, attempt, user, err));
    PB_TRY(identity_slow_make(session, attempt->visit, attempt->found ? &attempt->user : NULL,
                              attempt->name, what, &attempt->slow, err));
    return identity_slow_look(session, &attempt->slow, attempt->visit->now_us,
                              &attempt->to->wait_us, ret_told, err);
}

pb_status identity_attempt_look(identity_attempt *attempt, pb_uuid user, const char *what,
                                pb_error *err)
{
    db_session *session = NULL;
    bool told = false;
    PB_TRY(db_snapshot_open(attempt->desk->workspace, &session, err));
    pb_status status = look_work(session, attempt, user, what, &told, err);
    db_snapshot_close(session);
    PB_TRY(status);
    if (attempt->to->wait_us == 0)
        return PB_OK;
    attempt->to->step = IDENTITY_SLOWED;
    return told ? PB_OK : db_write(attempt->desk->workspace, tell_work, attempt, err);
}

/* ---- what came of it ---- */

pb_status identity_attempt_failed(db_session *session, identity_attempt *attempt, pb_error *err)
{
    int64_t failures;
    attempt->to->step = IDENTITY_WRONG;
    PB_TRY(identity_slow_failed(session, &attempt->slow, attempt->visit->now_us, &failures, err));
    return note_attempt(session, attempt, "signin.failed",
                        (identity_pair){"failures", PB_VALUE_INT(failures)}, err);
}

pb_status identity_attempt_late(db_session *session, identity_attempt *attempt, bool *ret_late,
                                pb_error *err)
{
    bool told;
    PB_TRY(identity_slow_look(session, &attempt->slow, attempt->visit->now_us,
                              &attempt->to->wait_us, &told, err));
    *ret_late = attempt->to->wait_us > 0;
    if (*ret_late)
        attempt->to->step = IDENTITY_SLOWED;
    return PB_OK;
}

static pb_status make_ticket(identity_attempt *attempt, identity_ticket *ticket, pb_str *ret,
                             pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(8192);
    ticket->user = attempt->user.id;
    PB_TRY(identity_ticket_make(attempt->desk->workspace, ticket, &text, err));
    *ret = pb_arena_str(attempt->arena, pb_buf_str(&text));
    return ret->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status identity_attempt_done(db_session *session, identity_attempt *attempt, bool second_factor,
                                pb_error *err)
{
    identity_signin *to = attempt->to;
    const identity_visit visit = identity_attempt_visit(attempt, true);
    const identity_session_wish wish = {.user = attempt->user.id,
                                        .second_factor = second_factor,
                                        .idle_us = attempt->desk->idle_us,
                                        .lasts_us = attempt->desk->lasts_us};
    PB_TRY(identity_slow_passed(session, &attempt->slow, err));
    PB_TRY(identity_session_begin(session, &visit, &wish, to->token, &to->session, err));
    to->step = IDENTITY_SIGNED_IN;
    to->user = attempt->user.id;
    to->name = attempt->user.name;
    to->second_factor = second_factor;
    to->device_token = PB_STR_NONE;
    identity_ticket device = {.kind = TICKET_DEVICE, .until_us = visit.now_us + DEVICE_US};
    if (attempt->slow.known) {
        PB_TRY(identity_browser_seen(session, &visit, attempt->slow.browser, err));
    } else {
        PB_TRY(make_ticket(attempt, &device, &to->device_token, err));
        PB_TRY(identity_browser_keep(session, &visit, &device, err));
    }
    const identity_pair pairs[] = {{"method", PB_VALUE_TEXT(pb_str_c(attempt->method))},
                                   {"session", PB_VALUE_INT(to->session)},
                                   {"second_factor", PB_VALUE_INT(second_factor)}};
    return identity_note(session, &visit, "signin.passed", attempt->user.id, pairs, 3, err);
}

pb_status identity_attempt_proved(db_session *session, identity_attempt *attempt,
                                  const identity_caller *caller, bool second_factor, pb_error *err)
{
    identity_signin *to = attempt->to;
    const identity_visit visit = identity_attempt_visit(attempt, true);
    PB_TRY(identity_slow_passed(session, &attempt->slow, err));
    to->step = IDENTITY_SIGNED_IN;
    to->session = caller->session;
    to->user = attempt->user.id;
    to->name = attempt->user.name;
    to->second_factor = second_factor || caller->second_factor;
    return identity_session_proved(session, &visit, caller->session, second_factor, to->token, err);
}

/* ---- what is asked for next ---- */

static pb_status list_ways(db_session *session, identity_attempt *attempt, pb_error *err)
{
    identity_signin *to = attempt->to;
    identity_credential *all;
    size_t count;
    int64_t now = attempt->visit->now_us;
    PB_TRY(identity_credential_list(session, attempt->user.id, now, attempt->arena, &all, &count,
                                    err));
    to->totp = to->recovery = false;
    for (size_t i = 0; i < count; i++) {
        to->totp = to->totp || all[i].kind == IDENTITY_TOTP;
        to->recovery = to->recovery || all[i].kind == IDENTITY_RECOVERY;
    }
    return identity_passkey_ids(session, attempt->user.id, now, attempt->arena, &to->passkeys,
                                &to->passkey_count, err);
}

pb_status identity_attempt_first(db_session *session, identity_attempt *attempt, int64_t password,
                                 pb_error *err)
{
    const identity_desk *desk = attempt->desk;
    int64_t now = attempt->visit->now_us;
    bool wants = false;
    PB_TRY(list_ways(session, attempt, err));
    bool has = attempt->to->totp || attempt->to->passkey_count > 0;
    if (!has && desk->wants_second != NULL)
        PB_TRY(desk->wants_second(desk->context, session, attempt->user.id, now, &wants, err));
    if (!has && !wants)
        return identity_attempt_done(session, attempt, false, err);
    PB_TRY(identity_slow_passed(session, &attempt->slow, err));
    PB_AUTO_BUF number = PB_BUF_INIT(64);
    pb_buf_i64(&number, password);
    identity_ticket ticket = {.kind = has ? TICKET_SECOND : TICKET_ENROL,
                              .until_us = now + TICKET_US,
                              .extra = pb_buf_str(&number)};
    PB_TRY(make_ticket(attempt, &ticket, &attempt->to->ticket, err));
    memcpy(attempt->to->challenge, ticket.id, sizeof ticket.id);
    attempt->to->step = has ? IDENTITY_NEEDS_SECOND : IDENTITY_NEEDS_ENROL;
    return note_attempt(session, attempt, "signin.first",
                        (identity_pair){"second_factor", PB_VALUE_INT(has)}, err);
}

static pb_status same_password(db_session *session, const identity_attempt *attempt,
                               const identity_ticket *ticket, pb_error *err)
{
    identity_held_credentials held;
    int64_t number;
    PB_TRY(identity_credential_read(session, ticket->user, IDENTITY_PASSWORD,
                                    attempt->visit->now_us, attempt->arena, &held, err));
    if (pb_str_to_i64(ticket->extra, &number) && held.count > 0 && held.items[0].shown.n == number)
        return PB_OK;
    return pb_fail(err, PB_DENIED, PB_MSG("The password was changed meanwhile: begin again."),
                   NULL);
}

pb_status identity_attempt_ticket(identity_attempt *attempt, pb_str text, identity_ticket_kind kind,
                                  identity_ticket *ret_ticket, pb_error *err)
{
    db_session *session = NULL;
    identity_ticket ticket;
    PB_TRY(identity_ticket_open(attempt->desk->workspace, text, kind, attempt->visit->now_us,
                                attempt->arena, &ticket, err));
    if (kind == TICKET_SECOND || kind == TICKET_ENROL) {
        PB_TRY(db_snapshot_open(attempt->desk->workspace, &session, err));
        pb_status status = same_password(session, attempt, &ticket, err);
        db_snapshot_close(session);
        PB_TRY(status);
    }
    *ret_ticket = ticket;
    return PB_OK;
}

pb_status identity_password_allowed(const identity_desk *desk, const identity_user *user,
                                    pb_str password, bool beside, pb_error *err)
{
    const pb_str words[] = {user->name, user->shown, desk->organisation, desk->site.name,
                            PB_STR("probity")};
    return identity_password_check(&desk->password, password, beside, words,
                                   sizeof words / sizeof words[0], err);
}
