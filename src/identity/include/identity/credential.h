/* Credentials: by what somebody proves who it is. Kept by user, with the time each was good for;
 * what is secret about one lies sealed under the workspace's key, bound to its user, and is wiped
 * when it ends.
 *
 * Every change is an event of the ledger: address and device, never the secret. Changes are made
 * inside db_write.
 * Refuses: deciding who may change whose. Threads: as the session of the workspace.
 */
#ifndef IDENTITY_CREDENTIAL_H
#define IDENTITY_CREDENTIAL_H

#include "identity/passkey.h"
#include "identity/password.h"
#include "identity/session.h"
#include "identity/totp.h"

typedef enum identity_credential_kind {
    IDENTITY_PASSWORD,
    IDENTITY_TOTP,
    IDENTITY_PASSKEY,
    IDENTITY_RECOVERY,  /* a code for who lost the second factor */
    IDENTITY_ENROLMENT, /* a code by which somebody gives herself a password */
    IDENTITY_KEY,       /* a program's */
    IDENTITY_CREDENTIAL_KINDS
} identity_credential_kind;

/** As it is stored and written for programs: password, totp, passkey, recovery, enrolment, key. */
const char *identity_credential_word(identity_credential_kind kind);

/** What may be told of a credential. Texts live in the arena it was read into. */
typedef struct identity_credential {
    int64_t n;
    pb_uuid user;
    identity_credential_kind kind;
    pb_str label;  /* what its owner calls it */
    pb_str handle; /* of a key: its public id; else absent */
    pb_str scopes; /* of a key; absent: no limit */
    int64_t rate;  /* of a key */
    bool read_only;
    pb_str by;                             /* who added it */
    int64_t from_us, expires_us, until_us; /* IDENTITY_OPEN: no end */
    int64_t used_us;                       /* INT64_MIN: never */
} identity_credential;

/** Those that are good at `now_us`, oldest first. */
pb_status identity_credential_list(db_session *session, pb_uuid user, int64_t now_us,
                                   pb_arena *arena, identity_credential **ret_credentials,
                                   size_t *ret_count, pb_error *err);
/** Ends one: PB_NOT_FOUND when that user has none of that number. What was begun with a key ends
 * with it. Codes of one set end together. */
pb_status identity_credential_end(db_session *session, const identity_visit *visit, pb_uuid user,
                                  int64_t n, pb_error *err);
/** Ends all of a user's credentials and sessions: for who leaves. */
pb_status identity_credentials_end(db_session *session, const identity_visit *visit, pb_uuid user,
                                   pb_error *err);
/** Ends one-time codes, passkeys and recovery codes of a user who lost them, and that user's
 * sessions: the password stays, and a second factor is asked for again if the role wants one. */
pb_status identity_factors_end(db_session *session, const identity_visit *visit, pb_uuid user,
                               pb_error *err);
/** Whether the user has a second factor: one-time codes or a passkey. */
pb_status identity_has_second(db_session *session, pb_uuid user, int64_t now_us, bool *ret_has,
                              pb_error *err);

/** Sets the password of which `hash` (identity_password_hash) is to be kept; the one before ends,
 * and so do codes of enrolment. */
pb_status identity_password_set(db_session *session, const identity_visit *visit, pb_uuid user,
                                const char hash[IDENTITY_PASSWORD_HASH], pb_error *err);

enum { IDENTITY_CODE = 24, IDENTITY_RECOVERY_CODES = 10 };
/** A code by which that user may set a password, once and before `until_us`: told to the user by an
 * administrator. Codes made before end. */
pb_status identity_enrolment_make(db_session *session, const identity_visit *visit, pb_uuid user,
                                  int64_t until_us, char ret_code[IDENTITY_CODE], pb_error *err);
/** Ten codes, each good once in place of a second factor; those made before end. */
pb_status identity_recovery_make(db_session *session, const identity_visit *visit, pb_uuid user,
                                 char ret_codes[IDENTITY_RECOVERY_CODES][IDENTITY_CODE],
                                 pb_error *err);

/** Begins with one-time codes: `out_address` is for the app, `out_ticket` comes back with the first
 * code within ten minutes. Nothing is stored yet. */
pb_status identity_totp_begin(db_workspace *workspace, const identity_user *user, pb_str issuer,
                              int64_t now_us, pb_buf *out_address, pb_buf *out_ticket,
                              pb_error *err);
/** PB_DENIED when the code is not the secret's, or the ticket too old or used. */
pb_status identity_totp_finish(db_session *session, const identity_visit *visit, pb_uuid user,
                               pb_str ticket, pb_str code, pb_str label, pb_error *err);
/** Begins with a passkey: `ret_challenge` goes to the browser, `out_ticket` comes back. */
pb_status identity_passkey_begin(db_workspace *workspace, pb_uuid user, int64_t now_us,
                                 uint8_t ret_challenge[IDENTITY_CHALLENGE], pb_buf *out_ticket,
                                 pb_error *err);
/** The ids of a user's passkeys: those that may be shown, or need not be made again. */
pb_status identity_passkey_ids(db_session *session, pb_uuid user, int64_t now_us, pb_arena *arena,
                               const pb_str **ret_ids, size_t *ret_count, pb_error *err);
/** As identity_totp_finish. PB_EXISTS: that passkey is somebody's already. */
pb_status identity_passkey_finish(db_session *session, const identity_visit *visit, pb_uuid user,
                                  const identity_site *site, pb_str ticket, pb_str client_data,
                                  pb_str attestation_object, pb_str label, pb_error *err);

/** A key for a program that acts as `user`. */
typedef struct identity_key_wish {
    pb_uuid user;
    pb_str label;
    pb_str scopes; /* words with blanks between, RFC 6749 §3.3; absent: all that the user may */
    int64_t rate;  /* requests a minute; 0: no limit */
    bool read_only;
    int64_t expires_us; /* IDENTITY_OPEN: never */
} identity_key_wish;
enum { IDENTITY_KEY_TEXT = 80 };
/** Makes a key. `ret_key` (pbk_ID_SECRET) is shown once; for OAuth2 the part between the marks is
 * the client's id and the last its secret. */
pb_status identity_key_make(db_session *session, const identity_visit *visit,
                            const identity_key_wish *wish, char ret_key[IDENTITY_KEY_TEXT],
                            int64_t *ret_n, pb_error *err);
/** Whether `scope` is among `scopes`; any is when they are absent. */
bool identity_scope_has(pb_str scopes, pb_str scope);

/** Takes one request from the key's bucket, which holds a tenth of a minute's and one at least and
 * fills evenly. False: it is empty, `*ret_wait_us` from the next. Counted in this process; as many
 * keys as are in use at a time are remembered, 4,096 at most. */
bool identity_rate_take(db_workspace *workspace, int64_t key, int64_t rate, int64_t now_us,
                        int64_t *ret_wait_us);

#endif
