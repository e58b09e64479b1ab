/* What registration and sign-in by passkey share. */
#ifndef IDENTITY_SIGNIN_PASSKEY_H
#define IDENTITY_SIGNIN_PASSKEY_H

#include "cose.h"
#include "identity/passkey.h"

/* Flags of authenticator data, Web Authentication 6.1. */
enum {
    PASSKEY_PRESENT = 1,
    PASSKEY_VERIFIED = 4,
    PASSKEY_CAN_SYNC = 8,
    PASSKEY_SYNCED = 16,
    PASSKEY_ATTESTED = 64,
    PASSKEY_EXTENDED = 128
};

typedef struct identity_authenticator {
    uint8_t flags;
    uint32_t count;
    uint8_t maker[16];
    pb_str id, key; /* absent unless a key is attested */
} identity_authenticator;

/** PB_DENIED with those words. */
pb_status identity_passkey_refuse(const char *says, pb_error *err);
/** The hash of `of`, as bytes in `room`. */
pb_str identity_sha256(pb_str of, uint8_t room[32]);
/** Checks type, challenge and origin of what the browser says of the page. */
pb_status identity_client_data(const identity_site *site, const char *type, pb_str challenge,
                               pb_str client_data, pb_error *err);
/** Reads authenticator data, and checks site and flags. */
pb_status identity_authenticator_read(const identity_site *site, pb_str data, bool must_verify,
                                      identity_authenticator *ret_read, pb_error *err);

#endif
