/* Values that a server must not read: sealed before they are sent, opened when they come back.
 *
 * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, libsodium's crypto_aead_xchacha20poly1305_ietf)
 * with a random nonce under a key of the workspace's that is derived for this alone. A sealed value
 * begins with a mark; in a text column the rest is base64. Whatever bears the mark and opens was
 * sealed here; what does not open is handed on as it stands, for a text of a customer's may begin
 * so, and what somebody altered is found by the ledger's verification, which compares every value.
 */
#include "postgres.h"

#include "sys/random.h"

#include <sodium.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    MARK = 4,
    VALUE_MAX = 400 << 20,
    BASE64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
};

static const char mark[] = "\x02S1:";

static const uint8_t *key_of(db_conn *conn)
{
    if (!conn->seal_ready)
        crypto_kdf_derive_from_key(conn->seal_key, sizeof conn->seal_key, 1, "pgsealed",
                                   conn->target->key);
    conn->seal_ready = true;
    return conn->seal_key;
}

/* ---- sealing ---- */

/* Kind and bytes. */
static void put_plain(pb_value value, pb_buf *out)
{
    pb_buf_byte(out, (char)value.kind);
    if (value.kind == PB_INT)
        pb_buf_add(out, pb_str_n((const char *)&value.as.i, sizeof value.as.i));
    else if (value.kind == PB_REAL)
        pb_buf_add(out, pb_str_n((const char *)&value.as.r, sizeof value.as.r));
    else
        pb_buf_add(out, value.as.s);
}

/* Many are asked of the system at once; each is used once. */
static void take_nonce(db_conn *conn, char *to)
{
    if (conn->nonces_left == 0) {
        sys_random(conn->nonces, sizeof conn->nonces);
        conn->nonces_left = PG_NONCES;
    }
    memcpy(to, conn->nonces[--conn->nonces_left], NONCE);
}

/* The mark, then nonce, body and tag, as they are or in base64. */
static pb_status put_sealed(db_conn *conn, pb_str plain, bool text, pb_buf *out, pb_error *err)
{
    PB_AUTO_BUF raw = PB_BUF_INIT(VALUE_MAX);
    size_t size = NONCE + plain.len + TAG;
    pb_buf_clear(out);
    pb_buf_addc(out, mark);
    char *room = pb_buf_room(text ? &raw : out, size);
    if (room == NULL || out->failed)
        return pb_fail_memory(err);
    take_nonce(conn, room);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        (uint8_t *)room + NONCE, NULL, (const uint8_t *)plain.ptr, plain.len, (const uint8_t *)mark,
        MARK, NULL, (const uint8_t *)room, key_of(conn));
    if (!text)
        return PB_OK;
    size_t letters = sodium_base64_encoded_len(size, BASE64); /* with NUL */
    if (!pb_buf_reserve(out, letters))
        return pb_fail_memory(err);
    sodium_bin2base64(out->ptr + out->len, letters, (const uint8_t *)room, size, BASE64);
    out->len += letters - 1;
    return PB_OK;
}

/* Notes are sealed as the column is that they are about. */
static bool seals(const db_native *native, const pg_seal *seal)
{
    if (seal->column->secrecy == DB_SEALED || seal->entity < 0 || seal->field < 0)
        return true;
    pb_value entity = native->values[seal->entity], field = native->values[seal->field];
    return entity.kind != PB_TEXT || field.kind != PB_TEXT ||
           db_layout_seals_field(native->conn->layout, entity.as.s, field.as.s);
}

pb_status db_pg_seal(db_native *native, int parameter, pb_value *value, pb_error *err)
{
    pg_seal *seal = &native->seals[parameter];
    bool body = value->kind == PB_TEXT || value->kind == PB_BLOB;
    if (seal->column == NULL || value->kind == PB_NULL || (body && value->as.s.len == 0) ||
        !seals(native, seal))
        return PB_OK;
    PB_AUTO_BUF plain = PB_BUF_INIT(VALUE_MAX);
    put_plain(*value, &plain);
    if (plain.failed)
        return pb_fail_memory(err);
    bool text = seal->column->type != DB_BLOB;
    pb_status status = put_sealed(native->conn, pb_buf_str(&plain), text, &seal->sealed, err);
    sodium_memzero(plain.ptr, plain.len);
    *value =
        text ? PB_VALUE_TEXT(pb_buf_str(&seal->sealed)) : PB_VALUE_BLOB(pb_buf_str(&seal->sealed));
    return status;
}

/* ---- opening ---- */

/* The value of a kind and bytes; they stay where they are. */
static bool take_plain(pb_str plain, pb_value *ret)
{
    pb_str body = pb_str_sub(plain, 1, plain.len);
    *ret = (pb_value){.kind = (pb_kind)plain.ptr[0]};
    switch (plain.ptr[0]) {
    case PB_INT:
        memcpy(&ret->as.i, body.ptr, sizeof ret->as.i);
        return body.len == sizeof ret->as.i;
    case PB_REAL:
        memcpy(&ret->as.r, body.ptr, sizeof ret->as.r);
        return body.len == sizeof ret->as.r;
    case PB_TEXT:
    case PB_BLOB:
        ret->as.s = body;
        return true;
    default:
        return false;
    }
}

/* Nonce, body and tag of a sealed text. */
static bool from_base64(pb_str text, pb_buf *out)
{
    size_t len = 0;
    bool good =
        pb_buf_reserve(out, text.len) && sodium_base642bin((uint8_t *)out->ptr, text.len, text.ptr,
                                                           text.len, NULL, &len, NULL, BASE64) == 0;
    if (good)
        out->len = len;
    return good;
}

bool db_pg_unseal(db_native *native, int column, pb_str stored, bool text, pb_value *ret)
{
    PB_AUTO_BUF raw = PB_BUF_INIT(VALUE_MAX);
    if (stored.len < MARK + NONCE + TAG || memcmp(stored.ptr, mark, MARK) != 0 ||
        native->opened == NULL)
        return false;
    pb_str sealed = pb_str_sub(stored, MARK, stored.len);
    if (text) {
        if (!from_base64(sealed, &raw))
            return false;
        sealed = pb_buf_str(&raw);
    }
    if (sealed.len <= NONCE + TAG)
        return false;
    pb_buf *plain = &native->opened[column];
    size_t size = sealed.len - NONCE - TAG;
    pb_buf_clear(plain);
    if (pb_buf_room(plain, size) == NULL)
        return false;
    return crypto_aead_xchacha20poly1305_ietf_decrypt(
               (uint8_t *)plain->ptr, NULL, NULL, (const uint8_t *)sealed.ptr + NONCE,
               sealed.len - NONCE, (const uint8_t *)mark, MARK, (const uint8_t *)sealed.ptr,
               key_of(native->conn)) == 0 &&
           take_plain(pb_buf_str(plain), ret);
}
