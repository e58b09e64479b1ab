/* What the files of sign-in share. */
#ifndef IDENTITY_SIGNIN_INTERNAL_H
#define IDENTITY_SIGNIN_INTERNAL_H

#include <assert.h>

#include "identity/credential.h"
#include "people/internal.h"

/* ---- shared.c ---- */

/** NFKC of a text, with case folding when `fold`. PB_INVALID for what is no UTF-8. */
pb_status identity_text_normal(pb_str text, bool fold, pb_buf *out, pb_error *err);
/** An address, or what a program says of itself, as it is kept: cut where it is long; NULL where it
 * is no text. */
pb_value identity_where(pb_str text);
/** Overwrites what a buffer holds. */
void identity_wipe(pb_buf *buf);
/** What lives beside the workspace under `name`, made by the first who asks; NULL without memory.
 */
void *identity_slot(db_workspace *workspace, const char *name, void *(*make)(void),
                    void (*done)(void *));

enum { IDENTITY_HASH = 32 };
/** A hash nobody can make without the workspace's key (BLAKE2b); `what` keeps uses apart. */
void identity_hash(db_workspace *workspace, const char *what, pb_str of,
                   uint8_t ret[IDENTITY_HASH]);
/** Seals under the workspace's key: opens only where `about` is the same (XChaCha20-Poly1305). */
pb_status identity_seal(db_workspace *workspace, pb_str about, pb_str plain, pb_buf *out,
                        pb_error *err);
/** False when it was sealed about something else, or by another key, or altered. */
bool identity_unseal(db_workspace *workspace, pb_str about, pb_str sealed, pb_buf *out);

/** A part of an event's payload. */
typedef struct identity_pair {
    const char *key;
    pb_value value;
} identity_pair;
/** Appends an event: `pairs`, and with them user (zeros: none), address, device and why. */
pb_status identity_note(db_session *session, const identity_visit *visit, const char *kind,
                        pb_uuid user, const identity_pair *pairs, size_t count, pb_error *err);

/* ---- ticket.c: what a client brings back, sealed; nothing is stored for who is not signed in ----
 */

typedef enum identity_ticket_kind {
    TICKET_SECOND = 1, /* the password was right */
    TICKET_ENROL,      /* and a second factor must be set up */
    TICKET_PASSKEY,    /* sign-in by passkey alone */
    TICKET_NEW_TOTP,
    TICKET_NEW_PASSKEY,
    TICKET_DEVICE /* of a device that somebody signed in on */
} identity_ticket_kind;

typedef struct identity_ticket {
    identity_ticket_kind kind;
    pb_uuid user;
    uint8_t id[IDENTITY_CHALLENGE]; /* random: serves as challenge */
    int64_t until_us;
    pb_str extra; /* absent: nothing */
} identity_ticket;

/** Makes a ticket, its id filled in. */
pb_status identity_ticket_make(db_workspace *workspace, identity_ticket *ticket, pb_buf *out,
                               pb_error *err);
/** PB_DENIED unless it is one of that kind whose time is not over. `ticket->extra` lives in
 * `arena`. */
pb_status identity_ticket_open(db_workspace *workspace, pb_str text, identity_ticket_kind kind,
                               int64_t now_us, pb_arena *arena, identity_ticket *ret_ticket,
                               pb_error *err);
/** Sees to it that it is not used again: PB_DENIED when it was. Inside db_write. */
pb_status identity_ticket_spend(db_session *session, const identity_ticket *ticket, int64_t now_us,
                                pb_error *err);

/* ---- credential.c ---- */

/** A credential with what is secret. */
typedef struct identity_held_credential {
    identity_credential shown;
    pb_str handle, secret; /* opened */
    int64_t state;         /* the step or counter used last */
} identity_held_credential;

typedef struct identity_held_credentials {
    identity_held_credential *items;
    size_t count, capacity;
} identity_held_credentials;

/** What is to be stored of a new one; `credential->n` is filled in. An event `credential.added`
 * unless `silent`. */
pb_status identity_credential_add(db_session *session, const identity_visit *visit,
                                  identity_held_credential *credential, bool silent, pb_error *err);
/** Those of a kind that are good at `now_us`. */
pb_status identity_credential_read(db_session *session, pb_uuid user, identity_credential_kind kind,
                                   int64_t now_us, pb_arena *arena,
                                   identity_held_credentials *ret_held, pb_error *err);
/** The one of that kind and handle: PB_NOT_FOUND, without words, when none is good at `now_us`. */
pb_status identity_credential_by(db_session *session, identity_credential_kind kind, pb_str handle,
                                 int64_t now_us, pb_arena *arena,
                                 identity_held_credential *ret_held, pb_error *err);
/** Notes that it was used, and with which step or counter. */
pb_status identity_credential_used(db_session *session, int64_t n, int64_t state, int64_t now_us,
                                   pb_error *err);
/** Ends a user's of one kind; `why` goes into the event, NULL: none is appended. */
pb_status identity_credential_end_kind(db_session *session, const identity_visit *visit,
                                       pb_uuid user, identity_credential_kind kind, const char *why,
                                       pb_error *err);
/** Seals another secret into a credential. */
pb_status identity_credential_reseal(db_session *session, const identity_held_credential *held,
                                     pb_str secret, pb_error *err);
/** Ends one without an event. */
pb_status identity_credential_close(db_session *session, int64_t n, int64_t now_us, pb_error *err);

/* ---- codes.c ---- */

/** What is kept of a code that somebody typed. */
void identity_code_handle(db_workspace *workspace, pb_uuid user, identity_credential_kind kind,
                          pb_str code, uint8_t ret_handle[IDENTITY_HASH]);
/** The code, good at `now_us`, is used up. PB_DENIED when there is none. */
pb_status identity_code_use(db_session *session, pb_uuid user, identity_credential_kind kind,
                            pb_str code, int64_t now_us, pb_error *err);

/* ---- session.c ---- */

/** Ends what was begun with a key. */
pb_status identity_session_end_of_key(db_session *session, int64_t key, int64_t now_us,
                                      pb_error *err);

/* ---- apikey.c ---- */

/** The caller who shows a key with its secret; PB_NOT_FOUND, without words, when it is none. */
pb_status identity_key_find(db_session *session, pb_str client, pb_str secret, int64_t now_us,
                            pb_arena *arena, identity_caller *ret_caller, pb_error *err);
/** The caller a key of that number makes; PB_NOT_FOUND when it is over. */
pb_status identity_key_caller(db_session *session, int64_t n, int64_t now_us, pb_arena *arena,
                              identity_caller *ret_caller, pb_error *err);

/** A session for a key that was found, with `scopes` of its own (absent: all of them), and the
 * event that tells of it. PB_INVALID: scopes the key has not. Inside db_write. */
pb_status identity_key_token(db_session *session, const identity_visit *visit, pb_str scopes,
                             int64_t lasts_us, char ret_token[IDENTITY_TOKEN],
                             identity_caller *caller, pb_arena *arena, pb_error *err);

/* ---- browser.c ---- */

/** Whether the visit comes from a known browser of that user; `ret_id` is then its ticket's. */
pb_status identity_browser_known(db_session *session, const identity_visit *visit, pb_uuid user,
                                 uint8_t ret_id[IDENTITY_CHALLENGE], bool *ret_known,
                                 pb_error *err);
/** Keeps the browser that gets this ticket. Inside db_write. */
pb_status identity_browser_keep(db_session *session, const identity_visit *visit,
                                const identity_ticket *ticket, pb_error *err);
/** Notes that its user signed in on it. Inside db_write. */
pb_status identity_browser_seen(db_session *session, const identity_visit *visit,
                                const uint8_t id[IDENTITY_CHALLENGE], pb_error *err);
/** Forgets those of a user who ends, without an event: that of the end tells of it. */
pb_status identity_browser_forget(db_session *session, pb_uuid user, pb_error *err);

/* ---- throttle.c ---- */

/** By what an attempt is slowed. */
typedef struct identity_slow {
    uint8_t who[IDENTITY_HASH];   /* the account, as strangers or as one known device reach it */
    uint8_t where[IDENTITY_HASH]; /* the address it comes from */
    bool known;                   /* the device is: strangers' failures do not count */
    uint8_t browser[IDENTITY_CHALLENGE]; /* which one */
    bool real;                           /* the account is somebody's */
} identity_slow;

/** What cannot be guessed, passkeys and secrets of programs: failures count against the address
 * alone. */
#define IDENTITY_NO_GUESS "no guess"
/** `user` NULL: nobody is called `name`. `what`: password, second, code: counted apart. */
pb_status identity_slow_make(db_session *session, const identity_visit *visit,
                             const identity_user *user, pb_str name, const char *what,
                             identity_slow *ret_slow, pb_error *err);
/** How long the attempt must wait; 0: not at all. `*ret_told`: that was noted before. */
pb_status identity_slow_look(db_session *session, const identity_slow *slow, int64_t now_us,
                             int64_t *ret_wait_us, bool *ret_told, pb_error *err);
/** Counts a failure, of which `*ret_failures` is the number in a row. */
pb_status identity_slow_failed(db_session *session, const identity_slow *slow, int64_t now_us,
                               int64_t *ret_failures, pb_error *err);
/** Notes that a refusal was told. */
pb_status identity_slow_told(db_session *session, const identity_slow *slow, pb_error *err);
/** Forgets the account's failures. */
pb_status identity_slow_passed(db_session *session, const identity_slow *slow, pb_error *err);

#endif
