/* Cursors: where a page ended, for nobody to read or to make up.
 *
 *   base64url( nonce 24 | XChaCha20-Poly1305( CBOR [value of each sorted field, n] ) )
 *
 * Sorted values may be personal, and cursors stand in addresses and in logs of others: they are
 * enciphered. What the list was asked by, and who asked, is authenticated with it: a cursor is good
 * for its own list only. Source: RFC 8439, draft-irtf-cfrg-xchacha-03 (libsodium).
 */
#include "list.h"

#include <sodium.h>
#include <string.h>

#include "base/cbor.h"
#include "sys/random.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PLAIN_MAX = 16 << 10,
    CURSOR_MAX = 32 << 10,
    BOUND = 32
};

static pb_value key_value(const list_key *key, const record_data *record)
{
    if (key->field != NULL)
        return record->values[key->field->index];
    return PB_VALUE_INT(pb_str_is(key->column, "created_us") ? record->created_us
                                                             : record->changed_us);
}

/* What the cursor is bound to. */
static pb_status hash_question(const list_query *query, uint8_t ret[BOUND], pb_error *err)
{
    const record_list_asked *asked = query->asked;
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 20);
    const pb_str parts[] = {asked->entity->name, asked->filter, asked->sort, asked->asker};
    const int64_t numbers[] = {asked->created_from_us, asked->created_until_us,
                               asked->changed_from_us, asked->changed_until_us, asked->deleted};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        pb_cbor_bytes(&text, parts[i].ptr == NULL ? PB_STR("") : parts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pb_cbor_int(&text, numbers[i]);
    if (text.failed)
        return pb_fail_memory(err);
    crypto_generichash(ret, BOUND, (const uint8_t *)text.ptr, text.len, NULL, 0);
    return PB_OK;
}

/* base64 with the letters of addresses, unpadded (RFC 4648, 5), and back. */
static pb_str to_url(pb_buf *text)
{
    for (size_t i = 0; i < text->len; i++)
        text->ptr[i] = text->ptr[i] == '+' ? '-' : text->ptr[i] == '/' ? '_' : text->ptr[i];
    while (text->len > 0 && text->ptr[text->len - 1] == '=')
        text->len--;
    return pb_buf_str(text);
}

static bool from_url(pb_str cursor, pb_buf *bytes)
{
    PB_AUTO_BUF text = PB_BUF_INIT(CURSOR_MAX + 4);
    for (size_t i = 0; i < cursor.len; i++) {
        char c = cursor.ptr[i];
        if (c == '+' || c == '/' || c == '=')
            return false;
        pb_buf_byte(&text, c == '-' ? '+' : c == '_' ? '/' : c);
    }
    while (text.len % 4 != 0)
        pb_buf_byte(&text, '=');
    return !text.failed && pb_unbase64(pb_buf_str(&text), bytes);
}

pb_status list_cursor_make(db_session *session, const list_query *query, const record_data *record,
                           pb_arena *arena, pb_str *ret_cursor, pb_error *err)
{
    PB_AUTO_BUF plain = PB_BUF_INIT(PLAIN_MAX);
    PB_AUTO_BUF text = PB_BUF_INIT(CURSOR_MAX);
    uint8_t key[32], bound[BOUND], sealed[NONCE + PLAIN_MAX + TAG];
    pb_cbor_array(&plain, query->key_count + 1);
    for (size_t i = 0; i < query->key_count; i++)
        pb_cbor_value(&plain, key_value(&query->keys[i], record));
    pb_cbor_int(&plain, record->n);
    if (plain.failed)
        return pb_fail(err, PB_LIMIT,
                       PB_MSG("A value by which the list is sorted is too long to continue from."),
                       NULL);
    PB_TRY(hash_question(query, bound, err));
    db_workspace_subkey(db_session_workspace(session), "listmark", key);
    sys_random(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, bound, BOUND, NULL, sealed, key);
    sodium_memzero(key, sizeof key);
    pb_base64(&text, sealed, NONCE + plain.len + TAG);
    *ret_cursor = text.failed ? PB_STR_NONE : pb_arena_str(arena, to_url(&text));
    return ret_cursor->ptr == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status fail_cursor(pb_error *err)
{
    pb_fail(err, PB_INVALID, PB_MSG("The cursor does not belong to this list."), NULL);
    pb_error_hint(
        err,
        PB_MSG("Give it with the same filter, sort and times as the page it came with, or "
               "begin again without a cursor."),
        NULL);
    return PB_INVALID;
}

static bool open_cursor(db_session *session, const uint8_t bound[BOUND], pb_str bytes,
                        uint8_t *plain)
{
    uint8_t key[32];
    const uint8_t *from = (const uint8_t *)bytes.ptr;
    db_workspace_subkey(db_session_workspace(session), "listmark", key);
    int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(
        plain, NULL, NULL, from + NONCE, bytes.len - NONCE, bound, BOUND, from, key);
    sodium_memzero(key, sizeof key);
    return bad == 0;
}

pb_status list_cursor_read(db_session *session, list_query *query, pb_arena *arena, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(CURSOR_MAX);
    uint8_t bound[BOUND];
    if (query->asked->cursor.len == 0)
        return PB_OK;
    if (query->asked->cursor.len > CURSOR_MAX || !from_url(query->asked->cursor, &bytes) ||
        bytes.len < NONCE + TAG || bytes.len > NONCE + PLAIN_MAX + TAG)
        return fail_cursor(err);
    size_t len = bytes.len - NONCE - TAG;
    uint8_t *plain = pb_arena_alloc(arena, len + 1);
    if (plain == NULL)
        return pb_fail_memory(err);
    PB_TRY(hash_question(query, bound, err));
    if (!open_cursor(session, bound, pb_buf_str(&bytes), plain))
        return fail_cursor(err);
    pb_cbor in = {.in = pb_str_n((const char *)plain, len)};
    size_t count = pb_cbor_get_array(&in);
    for (size_t i = 0; count == query->key_count + 1 && i < query->key_count; i++)
        query->after[i] = pb_cbor_get_value(&in);
    query->after_n = pb_cbor_get_int(&in);
    if (count != query->key_count + 1 || !pb_cbor_done(&in))
        return fail_cursor(err);
    query->continued = true;
    return PB_OK;
}
