/* Signing in, step by step: a password and, where there is one or the role wants one, a second
 * factor; or a passkey alone, which is both.
 *
 * Who is not signed in can store nothing here but a count of failures and the events that tell of
 * them: what a step must remember goes to the client as a sealed ticket and comes back with the
 * next one. Nobody learns from an answer, or from how long it takes, whether a name is somebody's.
 * What comes of an attempt is told in identity_signin.step; a failure of a function is one of ours.
 * Every attempt is an event of the ledger, with address and device. A name that nobody bears is
 * noted as a keyed hash only: people type passwords where the name belongs.
 * Refuses: knowing of roles (the desk's `wants_second` asks), of HTTP. Threads: any, each call with
 * a visit and an arena of its own.
 */
#ifndef IDENTITY_SIGNIN_H
#define IDENTITY_SIGNIN_H

#include "identity/credential.h"

/** Where people sign in; lives as long as anybody does. */
typedef struct identity_desk {
    db_workspace *workspace;
    identity_password_rules password;
    identity_site site;
    pb_str organisation; /* nobody's password may be made of its name */
    int64_t idle_us;     /* of sessions, see identity_session_wish */
    int64_t lasts_us;
    /** Whether that user must show a second factor. NULL: nobody must who has none. */
    pb_status (*wants_second)(void *context, db_session *session, pb_uuid user, int64_t at_us,
                              bool *ret_wants, pb_error *err);
    void *context;
} identity_desk;

typedef enum identity_step {
    IDENTITY_SIGNED_IN,
    IDENTITY_NEEDS_SECOND, /* a code, a passkey or a recovery code, with the ticket */
    IDENTITY_NEEDS_ENROL, /* the role wants a second factor and there is none yet: to be set up with
                             the ticket before anything else */
    IDENTITY_NEEDS_PASSKEY, /* what identity_signin_begin asks for */
    IDENTITY_WRONG,         /* not right; nobody is told what */
    IDENTITY_SLOWED         /* too many failures: not before `wait_us` */
} identity_step;

/** What came of a step. Texts live in the arena. */
typedef struct identity_signin {
    identity_step step;
    pb_uuid user; /* once signed in */
    pb_str name;
    char token[IDENTITY_TOKEN]; /* for every request: IDENTITY_SIGNED_IN */
    int64_t session;
    bool second_factor;
    pb_str device_token; /* to be kept on this device for a year, and told with each sign-in: it is
                            known then; absent: it is already */
    pb_str ticket;       /* for the next step, within ten minutes */
    bool totp, recovery; /* by which it can be taken */
    uint8_t challenge[IDENTITY_CHALLENGE]; /* for a passkey */
    const pb_str *passkeys;                /* ids of those that can be used; none: any */
    size_t passkey_count;
    int64_t wait_us;
} identity_signin;

/** The first step by password. Takes 100 ms whoever it is. */
pb_status identity_signin_password(const identity_desk *desk, const identity_visit *visit,
                                   pb_str name, pb_str password, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err);
/** The first step by passkey: asks for any of this site's. Stores nothing. */
pb_status identity_signin_begin(const identity_desk *desk, const identity_visit *visit,
                                pb_arena *arena, identity_signin *ret_signin, pb_error *err);
/** The second step by the code that an app shows. A code is good once. */
pb_status identity_signin_totp(const identity_desk *desk, const identity_visit *visit,
                               pb_str ticket, pb_str code, pb_arena *arena,
                               identity_signin *ret_signin, pb_error *err);
/** The second step by a recovery code. */
pb_status identity_signin_recovery(const identity_desk *desk, const identity_visit *visit,
                                   pb_str ticket, pb_str code, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err);
/** The second step by a passkey, or the only one after identity_signin_begin: its user is then to
 * be verified by it. */
pb_status identity_signin_passkey(const identity_desk *desk, const identity_visit *visit,
                                  pb_str ticket, const identity_assertion *assertion,
                                  pb_arena *arena, identity_signin *ret_signin, pb_error *err);

/** A code of enrolment and the password that its owner chose: sets it, and goes on as after a right
 * password. PB_INVALID: the password may not be used (the code stays good). */
pb_status identity_signin_enrol(const identity_desk *desk, const identity_visit *visit, pb_str name,
                                pb_str code, pb_str password, pb_arena *arena,
                                identity_signin *ret_signin, pb_error *err);
/** Whose ticket of IDENTITY_NEEDS_ENROL it is, so that a second factor can be begun. PB_DENIED. */
pb_status identity_signin_owner(const identity_desk *desk, const identity_visit *visit,
                                pb_str ticket, pb_arena *arena, identity_user *ret_user,
                                pb_error *err);
/** What the browser says of a passkey it made. */
typedef struct identity_made {
    pb_str client_data, attestation_object;
} identity_made;
/** Sets up the second factor that was begun (`begun`: its ticket) by a code or, where `made` is
 * given, a passkey, and signs in. PB_DENIED when it does not fit. */
pb_status identity_signin_enrolled(const identity_desk *desk, const identity_visit *visit,
                                   pb_str ticket, pb_str begun, pb_str code,
                                   const identity_made *made, pb_str label, pb_arena *arena,
                                   identity_signin *ret_signin, pb_error *err);

/** Who is signed in proves once more who it is: by the password and, where there are one-time
 * codes, one of those as well. The session gets another token. */
pb_status identity_prove(const identity_desk *desk, const identity_visit *visit,
                         const identity_caller *caller, pb_str password, pb_str code,
                         pb_arena *arena, identity_signin *ret_signin, pb_error *err);
/** The same by a passkey that verifies its user, after identity_signin_begin. */
pb_status identity_prove_passkey(const identity_desk *desk, const identity_visit *visit,
                                 const identity_caller *caller, pb_str ticket,
                                 const identity_assertion *assertion, pb_arena *arena,
                                 identity_signin *ret_signin, pb_error *err);
/** Changes the password of who is signed in and proved it (identity_prove) at most ten minutes ago:
 * PB_DENIED otherwise. `others`: ends the user's other sessions. */
pb_status identity_password_change(const identity_desk *desk, const identity_visit *visit,
                                   const identity_caller *caller, pb_str password, bool others,
                                   pb_error *err);
/** Whether `caller` proved who it is not longer than ten minutes ago: asked before what matters
 * most (credentials, rights, exports). */
bool identity_proved_lately(const identity_caller *caller, int64_t now_us);

/** What a program asks for with its client's id and secret (RFC 6749 §4.4). */
typedef struct identity_client {
    pb_str id, secret;
    pb_str scopes;    /* of the key's; absent: all of them */
    int64_t lasts_us; /* 0: 15 minutes */
} identity_client;
/** An access token for a program: IDENTITY_SIGNED_IN with `token`, and `ret_caller` says for how
 * long and what; or IDENTITY_WRONG, IDENTITY_SLOWED. PB_INVALID: scopes that the key has not. */
pb_status identity_signin_client(const identity_desk *desk, const identity_visit *visit,
                                 const identity_client *client, pb_arena *arena,
                                 identity_signin *ret_signin, identity_caller *ret_caller,
                                 pb_error *err);

#endif
