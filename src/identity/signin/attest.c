/* Passkeys as they are made: attestation objects. */
#include "passkey.h"

#include "base/cbor.h"

#include <openssl/x509v3.h>

enum { OBJECT_MAX = 64 << 10 };

/* Kind of authenticator, as the certificate of its maker may say it (id-fido-gen-ce-aaguid). */
static const char maker_oid[] = "1.3.6.1.4.1.45724.1.1.4";

typedef struct attested {
    pb_str form, data;
    int64_t algorithm;
    pb_str signature, certificate;
    bool statement; /* it has one that is not empty */
} attested;

/* {alg, sig, x5c}: of the certificates only the first, the others vouch for it. */
static void read_statement(pb_cbor *in, attested *to)
{
    size_t pairs = pb_cbor_get_map(in);
    to->statement = pairs > 0;
    for (size_t i = 0; i < pairs && !in->bad; i++) {
        pb_str key = pb_cbor_get_text(in);
        if (pb_str_is(key, "alg")) {
            to->algorithm = pb_cbor_get_int(in);
        } else if (pb_str_is(key, "sig")) {
            to->signature = pb_cbor_get_bytes(in);
        } else if (pb_str_is(key, "x5c")) {
            size_t count = pb_cbor_get_array(in);
            for (size_t c = 0; c < count && !in->bad; c++) {
                pb_str certificate = pb_cbor_get_bytes(in);
                if (c == 0)
                    to->certificate = certificate;
            }
        } else {
            pb_cbor_skip(in);
        }
    }
}

static pb_status read_object(pb_str object, attested *to, pb_error *err)
{
    pb_cbor in = {.in = object};
    size_t pairs = object.len > OBJECT_MAX ? 0 : pb_cbor_get_map(&in);
    bool known = pairs == 3;
    for (size_t i = 0; i < pairs && !in.bad; i++) {
        pb_str key = pb_cbor_get_text(&in);
        if (pb_str_is(key, "fmt"))
            to->form = pb_cbor_get_text(&in);
        else if (pb_str_is(key, "authData"))
            to->data = pb_cbor_get_bytes(&in);
        else if (pb_str_is(key, "attStmt"))
            read_statement(&in, to);
        else
            known = false;
        if (!known)
            break;
    }
    if (known && pb_cbor_done(&in) && to->form.len > 0 && to->data.len > 0)
        return PB_OK;
    return identity_passkey_refuse(PB_MSG("What the passkey says of itself is malformed."), err);
}

/* ---- packed, Web Authentication 8.2 ---- */

static bool subject_is(const X509_NAME *name, int part, const char *want)
{
    char text[200];
    int len = X509_NAME_get_text_by_NID(name, part, text, sizeof text);
    return len > 0 && (want == NULL || strcmp(text, want) == 0);
}

/* A certificate that names the kind of authenticator must name this one: its value is an octet
 * string within an octet string. */
static bool maker_fits(const X509 *certificate, const uint8_t maker[16])
{
    ASN1_OBJECT *name = OBJ_txt2obj(maker_oid, 1);
    int at = name == NULL ? -1 : X509_get_ext_by_OBJ(certificate, name, -1);
    ASN1_OBJECT_free(name);
    if (at < 0)
        return true;
    X509_EXTENSION *extension = X509_get_ext(certificate, at);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    const uint8_t *bytes = ASN1_STRING_get0_data(value);
    return ASN1_STRING_length(value) == 18 && bytes[0] == 4 && bytes[1] == 16 &&
           memcmp(bytes + 2, maker, 16) == 0 && X509_EXTENSION_get_critical(extension) == 0;
}

/* 8.2.1: version 3, country, maker, unit and name said, not one that signs certificates. */
static bool certificate_fits(X509 *certificate, const uint8_t maker[16])
{
    const X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_get_version(certificate) == X509_VERSION_3 &&
           subject_is(subject, NID_countryName, NULL) &&
           subject_is(subject, NID_organizationName, NULL) &&
           subject_is(subject, NID_organizationalUnitName, "Authenticator Attestation") &&
           subject_is(subject, NID_commonName, NULL) && X509_check_ca(certificate) == 0 &&
           maker_fits(certificate, maker);
}

static bool signed_by_certificate(const attested *said, const uint8_t maker[16], pb_str hash)
{
    const uint8_t *bytes = (const uint8_t *)said->certificate.ptr;
    X509 *certificate = d2i_X509(NULL, &bytes, (long)said->certificate.len);
    bool good = certificate != NULL &&
                bytes == (const uint8_t *)said->certificate.ptr + said->certificate.len &&
                certificate_fits(certificate, maker) &&
                identity_cose_verify(X509_get0_pubkey(certificate), said->algorithm, said->data,
                                     hash, said->signature);
    X509_free(certificate);
    return good;
}

static pb_status check_packed(const attested *said, const identity_cose *key,
                              const uint8_t maker[16], pb_str hash, identity_attestation *ret,
                              pb_error *err)
{
    bool good =
        said->certificate.len > 0
            ? signed_by_certificate(said, maker, hash)
            : said->algorithm == key->algorithm &&
                  identity_cose_verify(key->key, key->algorithm, said->data, hash, said->signature);
    if (!good)
        return identity_passkey_refuse(
            PB_MSG("What the passkey says of itself is not signed as it says."), err);
    *ret = said->certificate.len > 0 ? IDENTITY_ATTESTED_CERTIFICATE : IDENTITY_ATTESTED_SELF;
    return PB_OK;
}

static pb_status check_statement(const attested *said, const identity_cose *key,
                                 const uint8_t maker[16], pb_str hash, identity_attestation *ret,
                                 pb_error *err)
{
    *ret = IDENTITY_ATTESTED_NOT;
    if (pb_str_is(said->form, "packed"))
        return check_packed(said, key, maker, hash, ret, err);
    if (pb_str_is(said->form, "none") && !said->statement)
        return PB_OK;
    pb_fail(err, PB_DENIED,
            PB_MSG("The passkey vouches for itself in a form that is not understood: {form}."),
            "form", PB_ARG(said->form), NULL);
    pb_error_hint(err, PB_MSG("Ask for passkeys with attestation none."), NULL);
    return PB_DENIED;
}

static pb_status keep(const identity_authenticator *read, pb_arena *arena, identity_passkey *made,
                      pb_error *err)
{
    *made = (identity_passkey){.id = pb_arena_str(arena, read->id),
                               .key = pb_arena_str(arena, read->key),
                               .count = read->count,
                               .attestation = made->attestation,
                               .verified = (read->flags & PASSKEY_VERIFIED) != 0,
                               .synced = (read->flags & PASSKEY_SYNCED) != 0};
    memcpy(made->maker, read->maker, sizeof made->maker);
    return made->id.ptr == NULL || made->key.ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

pb_status identity_passkey_made(const identity_site *site, pb_str challenge, bool must_verify,
                                pb_str client_data, pb_str attestation_object, pb_arena *arena,
                                identity_passkey *ret_passkey, pb_error *err)
{
    attested said = {0};
    identity_authenticator read;
    identity_cose key;
    identity_passkey made = {0};
    uint8_t room[32];
    size_t len;
    PB_TRY(identity_client_data(site, "webauthn.create", challenge, client_data, err));
    PB_TRY(read_object(attestation_object, &said, err));
    PB_TRY(identity_authenticator_read(site, said.data, must_verify, &read, err));
    if (read.id.ptr == NULL)
        return identity_passkey_refuse(PB_MSG("The passkey handed over no key."), err);
    PB_TRY(identity_cose_read(read.key, &key, &len, err));
    pb_status status = check_statement(&said, &key, read.maker, identity_sha256(client_data, room),
                                       &made.attestation, err);
    identity_cose_end(&key);
    PB_TRY(status);
    PB_TRY(keep(&read, arena, &made, err));
    *ret_passkey = made;
    return PB_OK;
}
