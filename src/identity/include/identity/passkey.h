/* Passkeys: what a browser hands over is verified as W3C Web Authentication Level 3 asks
 * (7.1 and 7.2): type, challenge, origin, hash of the site's name, flags, signature, counter.
 *
 * Attestation: none, and packed (own key, or a certificate, whose issuer nobody is asked about).
 * Keys: ES256, ES384, ES512, EdDSA (Ed25519), Ed448, RS256.
 * Refuses: other forms of attestation, tokens bound to TLS, keeping anything.
 * Threads: pure functions.
 */
#ifndef IDENTITY_PASSKEY_H
#define IDENTITY_PASSKEY_H

#include "base/arena.h"
#include "base/error.h"

/** Base64 with letters that addresses may hold, without padding (RFC 4648 §5): how browsers write
 * what belongs to passkeys. */
void identity_base64url(pb_buf *out, pb_str bytes);
bool identity_unbase64url(pb_str text, pb_buf *out);

enum { IDENTITY_CHALLENGE = 32, IDENTITY_PASSKEY_ID_MAX = 1023 };

/** The site passkeys are made for. */
typedef struct identity_site {
    pb_str name;           /* its domain, the "RP ID" */
    const pb_str *origins; /* addresses that pages may come from: https://crm.example.org */
    size_t origin_count;
    bool framed; /* pages within pages of others are allowed */
} identity_site;

typedef enum identity_attestation {
    IDENTITY_ATTESTED_NOT,
    IDENTITY_ATTESTED_SELF,
    IDENTITY_ATTESTED_CERTIFICATE /* signed by the maker's key; the maker was not looked up */
} identity_attestation;

/** A passkey that was made. Memory: the arena. */
typedef struct identity_passkey {
    pb_str id;
    pb_str key; /* COSE_Key, RFC 9052 */
    uint32_t count;
    uint8_t maker[16]; /* AAGUID: kind of authenticator; zeros: not told */
    identity_attestation attestation;
    bool verified; /* the user was: by finger, face or PIN */
    bool synced;   /* it is kept elsewhere, too */
} identity_passkey;

/** Verifies that a passkey was made for `challenge`. PB_DENIED says what does not fit. */
pb_status identity_passkey_made(const identity_site *site, pb_str challenge, bool must_verify,
                                pb_str client_data, pb_str attestation_object, pb_arena *arena,
                                identity_passkey *ret_passkey, pb_error *err);

/** What a browser hands over at a sign-in. */
typedef struct identity_assertion {
    pb_str id; /* of the passkey */
    pb_str client_data, authenticator_data, signature;
    pb_str user; /* "user handle"; absent: not told */
} identity_assertion;

/** Verifies an assertion by the passkey whose `key` and last `count` are given; `*ret_count` is to
 * be kept, `*ret_verified` (may be NULL) says whether the user was verified. PB_DENIED. */
pb_status identity_passkey_shown(const identity_site *site, pb_str challenge, bool must_verify,
                                 const identity_assertion *assertion, pb_str key, uint32_t count,
                                 uint32_t *ret_count, bool *ret_verified, pb_error *err);

#endif
