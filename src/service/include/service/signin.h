/* Signing in, being somebody, and looking after one's own ways to sign in: for faces.
 *
 * A desk stands for a workspace that is served. Every request comes with a token; service_guest
 * says who that is as of now, with what that one may (identity/policy.h decides). What concerns
 * others asks for the right to users; what changes credentials asks for a proof of who it is that
 * is no older than ten minutes, which the key's holder need not give.
 * Refuses: HTTP, and wording what came of an attempt. Threads: a desk may be used by any.
 */
#ifndef SERVICE_SIGNIN_H
#define SERVICE_SIGNIN_H

#include "identity/browser.h"
#include "identity/policy.h"
#include "identity/signin.h"
#include "service/service.h"

typedef struct service_desk service_desk;

typedef struct service_desk_options {
    pb_str site;           /* domain that passkeys are made for */
    const pb_str *origins; /* https://… that pages may come from */
    size_t origin_count;
    pb_str organisation; /* shown by apps that make codes */
    identity_password_rules password;
    int64_t idle_us, lasts_us; /* of sessions; 0: 30 minutes, 12 hours */
} service_desk_options;

/** Texts are copied. Owner: the caller, service_desk_close, before the workspace is closed. */
pb_status service_desk_open(db_workspace *workspace, const service_desk_options *options,
                            service_desk **ret_desk, pb_error *err);
/** Takes NULL, returns NULL. */
service_desk *service_desk_close(service_desk *desk);
/** The site that passkeys are made for. PB_INVALID: none are taken, since nobody said which pages
 * may ask for them. */
pb_status service_desk_site(const service_desk *desk, pb_str *ret_site, pb_error *err);

/* ---- who it is ---- */

/** Who makes a request, as of its moment. */
typedef struct service_guest {
    identity_caller caller; /* zeros for who holds the workspace's key */
    identity_held held;     /* held.actor is who acts */
} service_guest;

/** Who shows `token`. PB_DENIED: not signed in; PB_LIMIT: the key makes more requests than it is
 * good for, the next one is good in `*ret_wait_us` (else 0). Owner: the caller,
 * service_guest_let_go. */
pb_status service_guest_find(service_desk *desk, const identity_visit *visit, pb_str token,
                             pb_arena *arena, service_guest *ret_guest, int64_t *ret_wait_us,
                             pb_error *err);
/** May be called twice. */
void service_guest_let_go(service_guest *guest);
/** Who holds the workspace's key: the command line. */
service_guest service_guest_holder(pb_str name, int64_t now_us);

/* ---- signing in ---- */

typedef enum service_way {
    SERVICE_BY_PASSWORD,   /* name, password */
    SERVICE_ASK_PASSKEY,   /* nothing: what comes back goes to the browser */
    SERVICE_BY_PASSKEY,    /* ticket, assertion */
    SERVICE_BY_CODE,       /* ticket, code */
    SERVICE_BY_RECOVERY,   /* ticket, code */
    SERVICE_BY_ENROLMENT,  /* name, code, password: the new one */
    SERVICE_BY_NEW_FACTOR, /* ticket, begun, and code or made; label */
    SERVICE_WAYS
} service_way;

/** What somebody shows; each way looks at its own parts. */
typedef struct service_proof {
    service_way way;
    pb_str name, password, code, ticket, begun, label;
    const identity_assertion *assertion;
    const identity_made *made;
    bool others; /* SERVICE_BY_NEW_FACTOR of who is signed in: ends the other sessions */
} service_proof;

/** One step of signing in; see identity/signin.h. PB_USAGE: a part that the way needs is missing.
 */
pb_status service_sign_in(service_desk *desk, const identity_visit *visit,
                          const service_proof *proof, pb_arena *arena, identity_signin *ret_signin,
                          pb_error *err);
/** An access token for a program. */
pb_status service_sign_in_client(service_desk *desk, const identity_visit *visit,
                                 const identity_client *client, pb_arena *arena,
                                 identity_signin *ret_signin, identity_caller *ret_caller,
                                 pb_error *err);
/** Proves once more: SERVICE_BY_PASSWORD (with the code, where there are codes) or
 * SERVICE_BY_PASSKEY. */
pb_status service_prove(service_desk *desk, const identity_visit *visit, const service_guest *guest,
                        const service_proof *proof, pb_arena *arena, identity_signin *ret_signin,
                        pb_error *err);
/** Ends the guest's own session. A key of a program has none: PB_INVALID. */
pb_status service_sign_out(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_error *err);

/* ---- ways to sign in ---- */

/** A second factor that is begun. Texts in the arena. */
typedef struct service_factor {
    identity_user user;
    pb_str begun;   /* comes back with the first code or the passkey */
    pb_str address; /* for an app: otpauth://… */
    uint8_t challenge[IDENTITY_CHALLENGE];
    const pb_str *known; /* ids of passkeys there are already: not to be made again */
    size_t known_count;
} service_factor;

/** Begins a second factor for the guest or, `guest` NULL, for whose `ticket` it is. */
pb_status service_factor_begin(service_desk *desk, const identity_visit *visit,
                               const service_guest *guest, pb_str ticket, bool passkey,
                               pb_arena *arena, service_factor *ret_factor, pb_error *err);
/** Adds it to the guest's own: `proof` has begun, label, and code or made. */
pb_status service_factor_add(service_desk *desk, const identity_visit *visit,
                             const service_guest *guest, const service_proof *proof, pb_error *err);
pb_status service_recovery_codes(service_desk *desk, const identity_visit *visit,
                                 const service_guest *guest,
                                 char ret_codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE],
                                 pb_error *err);
/** Changes the guest's password; `others`: ends the other sessions. */
pb_status service_password_change(service_desk *desk, const identity_visit *visit,
                                  const service_guest *guest, pb_str password, bool others,
                                  pb_error *err);
/** A key: for the guest or, with the right to users, for a user who is a program. */
pb_status service_key_make(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, const identity_key_wish *wish,
                           char ret_key[IDENTITY_KEY_TEXT], int64_t *ret_n, pb_error *err);

/* What follows is about `user`: the guest's own, or another's with the right to users. */

/** See identity_credential_list. */
pb_status service_credentials(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, pb_arena *arena,
                              identity_credential **ret_credentials, size_t *ret_count,
                              pb_error *err);
/** See identity_credential_end; `others`: ends the user's other sessions as well. PB_CONFLICT: it
 * is one's own password, and there is no passkey. */
pb_status service_credential_end(service_desk *desk, const identity_visit *visit,
                                 const service_guest *guest, pb_uuid user, int64_t n, bool others,
                                 pb_error *err);
/** See identity_session_list. */
pb_status service_sessions(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_uuid user, pb_arena *arena,
                           identity_session **ret_sessions, size_t *ret_count, pb_error *err);
/** Ends session `n`; 0: all, but the guest's own. `*ret_count` (may be NULL): so many were ended.
 */
pb_status service_session_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, int64_t n,
                              size_t *ret_count, pb_error *err);
/** See identity_browser_list. */
pb_status service_browsers(service_desk *desk, const identity_visit *visit,
                           const service_guest *guest, pb_uuid user, pb_arena *arena,
                           identity_browser **ret_browsers, size_t *ret_count, pb_error *err);
/** Takes the known browser `n` back; 0: all. `*ret_count`: so many were. */
pb_status service_browser_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, int64_t n,
                              size_t *ret_count, pb_error *err);
/** With the right to users only: a code by which the user sets a password, good for an hour. */
pb_status service_enrolment(service_desk *desk, const identity_visit *visit,
                            const service_guest *guest, pb_uuid user, char ret_code[IDENTITY_CODE],
                            pb_error *err);
/** With the right to users only: see identity_factors_end. */
pb_status service_factors_end(service_desk *desk, const identity_visit *visit,
                              const service_guest *guest, pb_uuid user, pb_error *err);

#endif
