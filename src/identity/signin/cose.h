/* Public keys as COSE_Key (RFC 9052, 9053) and signatures by them.
 *
 * Threads: pure functions.
 */
#ifndef IDENTITY_SIGNIN_COSE_H
#define IDENTITY_SIGNIN_COSE_H

#include "base/error.h"

#include <openssl/evp.h>

enum {
    COSE_ES256 = -7,
    COSE_EDDSA = -8,
    COSE_ES384 = -35,
    COSE_ES512 = -36,
    COSE_ED448 = -53,
    COSE_RS256 = -257
};

typedef struct identity_cose {
    int64_t algorithm;
    EVP_PKEY *key;
} identity_cose;

/** Reads the key at the beginning of `in`; `*ret_len`: the bytes it takes. PB_DENIED for an unknown
 * algorithm, a point that is not on its curve, a modulus that is too short. Owner: the caller,
 * identity_cose_end. */
pb_status identity_cose_read(pb_str in, identity_cose *ret_key, size_t *ret_len, pb_error *err);
void identity_cose_end(identity_cose *key);
/** Whether `signature` over `first` and `second`, one behind the other, is by that key under that
 * algorithm. */
bool identity_cose_verify(EVP_PKEY *key, int64_t algorithm, pb_str first, pb_str second,
                          pb_str signature);

#endif
