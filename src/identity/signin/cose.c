/* Reading COSE keys, verifying signatures: all computation is OpenSSL's. */
#include "cose.h"

#include "base/cbor.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

enum {
    KEY_EC2 = 2,
    KEY_RSA = 3,
    KEY_OKP = 1,
    COORDINATE_MAX = 66,
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 8192
};

/* What a key of that algorithm must be like. */
typedef struct cose_kind {
    int64_t algorithm, type, curve;
    const char *name;
    size_t size; /* of a coordinate or of the key */
    const char *digest;
} cose_kind;

static const cose_kind kinds[] = {
    {COSE_ES256, KEY_EC2, 1, "P-256", 32, "SHA256"},
    {COSE_ES384, KEY_EC2, 2, "P-384", 48, "SHA384"},
    {COSE_ES512, KEY_EC2, 3, "P-521", 66, "SHA512"},
    {COSE_EDDSA, KEY_OKP, 6, "ED25519", 32, NULL},
    {COSE_ED448, KEY_OKP, 7, "ED448", 57, NULL},
    {COSE_RS256, KEY_RSA, 0, NULL, 0, "SHA256"},
};

typedef struct cose_parts {
    int64_t type, algorithm, curve;
    pb_str first, second; /* x and y, or n and e */
} cose_parts;

static const cose_kind *kind_of(int64_t algorithm)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].algorithm == algorithm)
            return &kinds[i];
    return NULL;
}

/* -1 is a curve in some kinds of key, and the modulus in another. */
static void read_first(pb_cbor *in, cose_parts *parts)
{
    if (pb_cbor_peek(in) == PB_CBOR_BYTES)
        parts->first = pb_cbor_get_bytes(in);
    else
        parts->curve = pb_cbor_get_int(in);
}

static bool read_parts(pb_cbor *in, cose_parts *parts)
{
    size_t pairs = pb_cbor_get_map(in);
    unsigned seen = 0;
    for (size_t i = 0; i < pairs && !in->bad; i++) {
        int64_t key = pb_cbor_get_int(in);
        unsigned bit = key == 1    ? 1
                       : key == 3  ? 2
                       : key == -1 ? 4
                       : key == -2 ? 8
                       : key == -3 ? 16
                                   : 0;
        if (bit == 0 || (seen & bit) != 0)
            return false; /* what we do not know of might change what the key is */
        seen |= bit;
        if (key == 1)
            parts->type = pb_cbor_get_int(in);
        else if (key == 3)
            parts->algorithm = pb_cbor_get_int(in);
        else if (key == -1)
            read_first(in, parts);
        else if (key == -2 && parts->type == KEY_RSA)
            parts->second = pb_cbor_get_bytes(in);
        else if (key == -2)
            parts->first = pb_cbor_get_bytes(in);
        else
            parts->second = pb_cbor_get_bytes(in);
    }
    return !in->bad;
}

static EVP_PKEY *from_parameters(const char *type, OSSL_PARAM_BLD *build)
{
    EVP_PKEY *key = NULL;
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (parameters == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    return key;
}

static EVP_PKEY *make_ec(const cose_kind *kind, const cose_parts *parts)
{
    uint8_t point[1 + 2 * COORDINATE_MAX] = {4}; /* not compressed */
    if (parts->first.ptr == NULL || parts->second.ptr == NULL || parts->first.len != kind->size ||
        parts->second.len != kind->size)
        return NULL;
    memcpy(point + 1, parts->first.ptr, kind->size);
    memcpy(point + 1 + kind->size, parts->second.ptr, kind->size);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (build != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, kind->name, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * kind->size) == 1)
        key = from_parameters("EC", build);
    OSSL_PARAM_BLD_free(build);
    return key;
}

static EVP_PKEY *make_rsa(const cose_parts *parts)
{
    if (parts->first.len > RSA_BITS_MAX / 8 || parts->second.len > 8)
        return NULL;
    BIGNUM *n = BN_bin2bn((const uint8_t *)parts->first.ptr, (int)parts->first.len, NULL);
    BIGNUM *e = BN_bin2bn((const uint8_t *)parts->second.ptr, (int)parts->second.len, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (n != NULL && e != NULL && build != NULL && BN_num_bits(n) >= RSA_BITS_MIN && BN_is_odd(e) &&
        !BN_is_one(e) && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = from_parameters("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(e);
    BN_free(n);
    return key;
}

static EVP_PKEY *make_key(const cose_kind *kind, const cose_parts *parts)
{
    if (kind->type == KEY_EC2)
        return make_ec(kind, parts);
    if (kind->type == KEY_RSA)
        return make_rsa(parts);
    if (parts->first.len != kind->size)
        return NULL;
    return EVP_PKEY_new_raw_public_key_ex(NULL, kind->name, NULL, (const uint8_t *)parts->first.ptr,
                                          parts->first.len);
}

static bool key_is_sound(const cose_kind *kind, EVP_PKEY *key)
{
    if (kind->type != KEY_EC2)
        return true;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool sound = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    return sound;
}

pb_status identity_cose_read(pb_str in, identity_cose *ret_key, size_t *ret_len, pb_error *err)
{
    pb_cbor reader = {.in = in};
    cose_parts parts = {0};
    bool read = read_parts(&reader, &parts);
    const cose_kind *kind = read ? kind_of(parts.algorithm) : NULL;
    EVP_PKEY *key = NULL;
    if (kind != NULL && kind->type == parts.type && kind->curve == parts.curve)
        key = make_key(kind, &parts);
    if (key == NULL || !key_is_sound(kind, key)) {
        EVP_PKEY_free(key);
        return pb_fail(
            err, PB_DENIED,
            PB_MSG("The passkey's public key is malformed or of a kind that is not accepted."),
            NULL);
    }
    *ret_key = (identity_cose){parts.algorithm, key};
    *ret_len = reader.pos;
    return PB_OK;
}

void identity_cose_end(identity_cose *key)
{
    EVP_PKEY_free(key->key);
    key->key = NULL;
}

bool identity_cose_verify(EVP_PKEY *key, int64_t algorithm, pb_str first, pb_str second,
                          pb_str signature)
{
    PB_AUTO_BUF signed_bytes = PB_BUF_INIT(1 << 20);
    const cose_kind *kind = kind_of(algorithm);
    static const int types[] = {[KEY_OKP] = 0, [KEY_EC2] = EVP_PKEY_EC, [KEY_RSA] = EVP_PKEY_RSA};
    /* A certificate may hold a key that OpenSSL cannot read: then there is none. */
    if (kind == NULL || key == NULL || signature.len == 0)
        return false;
    int want = kind->type == KEY_OKP ? (algorithm == COSE_ED448 ? EVP_PKEY_ED448 : EVP_PKEY_ED25519)
                                     : types[kind->type];
    if (EVP_PKEY_get_base_id(key) != want)
        return false;
    pb_buf_add(&signed_bytes, first);
    pb_buf_add(&signed_bytes, second);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = !signed_bytes.failed && context != NULL &&
                EVP_DigestVerifyInit_ex(context, NULL, kind->digest, NULL, NULL, key, NULL) == 1 &&
                EVP_DigestVerify(context, (const uint8_t *)signature.ptr, signature.len,
                                 (const uint8_t *)signed_bytes.ptr, signed_bytes.len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}
