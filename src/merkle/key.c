#include <sodium.h>

#include "base/bytes.h"
#include "base/utf8.h"
#include "merkle/note.h"

enum { ED25519 = 0x01, KEY_TEXT = 1 + 32 };

/* White space as Unicode's property White_Space has it. */
static bool code_is_space(uint32_t code)
{
    return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

bool merkle_name_valid(pb_str name)
{
    if (name.len == 0 || name.len > MERKLE_NAME_MAX || !pb_utf8_valid(name))
        return false;
    for (size_t at = 0; at < name.len;) {
        uint32_t code = pb_utf8_next(name, &at);
        if (code == '+' || code < 0x20 || code_is_space(code))
            return false;
    }
    return true;
}

static uint32_t key_id(pb_str name, const uint8_t key[32])
{
    uint8_t bytes[MERKLE_NAME_MAX + 1 + KEY_TEXT];
    memcpy(bytes, name.ptr, name.len);
    bytes[name.len] = '\n';
    bytes[name.len + 1] = ED25519;
    memcpy(bytes + name.len + 2, key, 32);
    merkle_hash hash = merkle_sha256((pb_str){(const char *)bytes, name.len + 1 + KEY_TEXT});
    return (uint32_t)hash.b[0] << 24 | (uint32_t)hash.b[1] << 16 | (uint32_t)hash.b[2] << 8 |
           hash.b[3];
}

/* PB_INVALID for a name no key may have. */
static pb_status make_verifier(pb_str name, const uint8_t key[32], merkle_verifier *ret,
                               pb_error *err)
{
    if (!merkle_name_valid(name))
        return pb_fail(err, PB_INVALID, PB_MSG("Not a name for a key: “{name}”"), "name",
                       PB_ARG(name), NULL);
    memset(ret, 0, sizeof *ret);
    memcpy(ret->name, name.ptr, name.len);
    memcpy(ret->key, key, 32);
    ret->id = key_id(name, key);
    return PB_OK;
}

pb_status merkle_signer_make(pb_str name, const uint8_t seed[32], merkle_signer *ret, pb_error *err)
{
    uint8_t key[32], secret[64];
    crypto_sign_seed_keypair(key, secret, seed);
    pb_status status = make_verifier(name, key, &ret->verifier, err);
    if (status == PB_OK)
        memcpy(ret->secret, secret, sizeof secret);
    sodium_memzero(secret, sizeof secret);
    return status;
}

void merkle_signer_wipe(merkle_signer *signer)
{
    sodium_memzero(signer, sizeof *signer);
}

static void write_key(const merkle_verifier *verifier, const uint8_t bytes[32], pb_buf *out)
{
    uint8_t typed[KEY_TEXT] = {ED25519};
    memcpy(typed + 1, bytes, 32);
    pb_buf_printf(out, "%s+%08x+", verifier->name, verifier->id);
    pb_base64(out, typed, sizeof typed);
    sodium_memzero(typed, sizeof typed);
}

void merkle_verifier_text(const merkle_verifier *verifier, pb_buf *out)
{
    write_key(verifier, verifier->key, out);
}

void merkle_signer_text(const merkle_signer *signer, pb_buf *out)
{
    pb_buf_addc(out, "PRIVATE+KEY+");
    write_key(&signer->verifier, signer->secret, out);
}

/* Splits `name+hash+base64`; the base64 alphabet has a `+`, names have none. PB_INVALID, or that
 * there was no memory to look. */
static pb_status read_key(pb_str text, pb_str *ret_name, uint32_t *ret_id, uint8_t ret_bytes[32])
{
    size_t plus = pb_str_index(text, '+');
    pb_str rest = pb_str_sub(text, plus + 1, text.len);
    size_t second = pb_str_index(rest, '+');
    uint8_t id[4];
    if (plus == text.len || second != 8 || !pb_unhex(pb_str_sub(rest, 0, 8), id, 4))
        return PB_INVALID;
    PB_AUTO_BUF bytes = PB_BUF_INIT(256);
    bool good = pb_unbase64(pb_str_sub(rest, 9, rest.len), &bytes) && !bytes.failed &&
                bytes.len == KEY_TEXT && bytes.ptr[0] == ED25519;
    if (good) {
        memcpy(ret_bytes, bytes.ptr + 1, 32);
        *ret_name = pb_str_sub(text, 0, plus);
        *ret_id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    }
    if (bytes.len > 0)
        sodium_memzero(bytes.ptr, bytes.len);
    return good ? PB_OK : bytes.failed ? PB_MEMORY : PB_INVALID;
}

pb_status merkle_verifier_parse(pb_str text, merkle_verifier *ret, pb_error *err)
{
    pb_str name;
    uint32_t id;
    uint8_t key[32];
    merkle_verifier made;
    pb_status status = read_key(text, &name, &id, key);
    if (status == PB_MEMORY)
        return pb_fail_memory(err);
    if (status != PB_OK)
        return pb_fail(err, PB_INVALID, PB_MSG("Not a public key: “{text}”"), "text", PB_ARG(text),
                       NULL);
    PB_TRY(make_verifier(name, key, &made, err));
    if (made.id != id)
        return pb_fail(err, PB_INVALID, PB_MSG("The id of the key “{name}” does not fit the key"),
                       "name", PB_ARG(name), NULL);
    *ret = made;
    return PB_OK;
}

/* The text is a secret: no message repeats it. */
pb_status merkle_signer_parse(pb_str text, merkle_signer *ret, pb_error *err)
{
    pb_str name, prefix = PB_STR("PRIVATE+KEY+");
    uint32_t id;
    uint8_t seed[32];
    pb_status status = PB_INVALID;
    if (pb_str_starts(text, prefix))
        status = read_key(pb_str_sub(text, prefix.len, text.len), &name, &id, seed);
    if (status == PB_MEMORY)
        return pb_fail_memory(err);
    if (status != PB_OK)
        return pb_fail(err, PB_INVALID, PB_MSG("Not a private key"), NULL);
    merkle_signer made;
    status = merkle_signer_make(name, seed, &made, err);
    if (status == PB_OK && made.verifier.id != id)
        status = pb_fail(err, PB_INVALID, PB_MSG("The id of the key “{name}” does not fit the key"),
                         "name", PB_ARG(name), NULL);
    if (status == PB_OK)
        *ret = made;
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&made, sizeof made);
    return status;
}
