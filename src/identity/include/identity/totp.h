/* One-time codes by time: RFC 6238 over HMAC (RFC 4226), as authenticator apps make them: SHA-1,
 * six digits, a step of 30 seconds.
 *
 * Refuses: keeping secrets, remembering which step was used. Threads: pure functions.
 */
#ifndef IDENTITY_TOTP_H
#define IDENTITY_TOTP_H

#include "base/error.h"

enum { IDENTITY_TOTP_SECRET = 20, IDENTITY_TOTP_STEP_S = 30, IDENTITY_TOTP_DIGITS = 6 };

typedef enum identity_totp_hash {
    IDENTITY_SHA1,
    IDENTITY_SHA256,
    IDENTITY_SHA512
} identity_totp_hash;

/** The code of a step, of 6 to 8 digits. False when the computation failed. */
bool identity_totp_code(identity_totp_hash hash, pb_str secret, int64_t step, unsigned digits,
                        char ret_code[9]);
/** Whether `code` (blanks in it are passed over) is that of the step at `now_us`, or of the one
 * before or behind it, and of a later one than `used_step`, which was accepted last. `*ret_step` is
 * to be remembered as used. Takes the same time whichever step it is. */
bool identity_totp_matches(const uint8_t secret[IDENTITY_TOTP_SECRET], pb_str code, int64_t now_us,
                           int64_t used_step, int64_t *ret_step);
/** The address an app takes the secret from, as text or QR code:
 * otpauth://totp/ISSUER:NAME?secret=…&issuer=… */
void identity_totp_address(const uint8_t secret[IDENTITY_TOTP_SECRET], pb_str issuer, pb_str name,
                           pb_buf *out);

#endif
