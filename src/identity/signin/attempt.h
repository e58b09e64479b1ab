/* An attempt to sign in, as its steps share it. */
#ifndef IDENTITY_SIGNIN_ATTEMPT_H
#define IDENTITY_SIGNIN_ATTEMPT_H

#include "internal.h"

#include "identity/signin.h"

typedef struct identity_attempt {
    const identity_desk *desk;
    const identity_visit *visit;
    pb_arena *arena;
    const char *method; /* password, totp, recovery, passkey, enrolment */
    pb_str name;        /* as it was typed; absent: the user is known by a ticket */
    identity_user user;
    bool found; /* somebody is called so */
    identity_slow slow;
    identity_signin *to;
} identity_attempt;

/** The visit in the name of who signs in, or of a visitor. */
identity_visit identity_attempt_visit(const identity_attempt *attempt, bool proved);
/** Finds the user by the attempt's name or, that being absent, by `user`, and looks whether the
 * attempt must wait: `to->step` is IDENTITY_SLOWED then, and that was noted. */
pb_status identity_attempt_look(identity_attempt *attempt, pb_uuid user, const char *what,
                                pb_error *err);
/** Inside db_write: notes a failure; `to->step` is IDENTITY_WRONG. */
pb_status identity_attempt_failed(db_session *session, identity_attempt *attempt, pb_error *err);
/** Inside db_write: the attempt must wait after all, because of failures meanwhile. */
pb_status identity_attempt_late(db_session *session, identity_attempt *attempt, bool *ret_late,
                                pb_error *err);
/** Inside db_write: signed in, with a session. */
pb_status identity_attempt_done(db_session *session, identity_attempt *attempt, bool second_factor,
                                pb_error *err);
/** Inside db_write: who is signed in proved it once more. */
pb_status identity_attempt_proved(db_session *session, identity_attempt *attempt,
                                  const identity_caller *caller, bool second_factor, pb_error *err);
/** Inside db_write: the password was right, and what is asked for next follows. `password`: the
 * number of its credential. */
pb_status identity_attempt_first(db_session *session, identity_attempt *attempt, int64_t password,
                                 pb_error *err);
/** Opens a ticket that the first step gave; the password must be the same still. */
pb_status identity_attempt_ticket(identity_attempt *attempt, pb_str text, identity_ticket_kind kind,
                                  identity_ticket *ret_ticket, pb_error *err);

/** Whether a password is allowed: the user's and the organisation's names are asked for. */
pb_status identity_password_allowed(const identity_desk *desk, const identity_user *user,
                                    pb_str password, bool beside, pb_error *err);

#endif
