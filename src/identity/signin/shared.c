/* Small things that all of sign-in needs. */
#include "internal.h"

#include "base/cbor.h"
#include "base/utf8.h"
#include "sys/random.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PAIRS_MAX = 12,
    PAYLOAD_MAX = 64 << 10,
    NORMAL_MAX = 16 << 10,
    WHERE_MAX = 300
};

/* ---- text ---- */

pb_value identity_where(pb_str text)
{
    return text.ptr == NULL || !pb_utf8_valid(text) || memchr(text.ptr, 0, text.len) != NULL
               ? PB_VALUE_NULL
               : PB_VALUE_TEXT(pb_utf8_cut(text, WHERE_MAX));
}

static bool normal_wide(pb_str text, const UNormalizer2 *how, UChar *wide, int32_t room,
                        pb_buf *out)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t in_len = 0, bytes_len = 0;
    UChar *to = wide + text.len;
    u_strFromUTF8(wide, (int32_t)text.len, &in_len, text.ptr, (int32_t)text.len, &status);
    int32_t len = unorm2_normalize(how, wide, in_len, to, room, &status);
    char *bytes = U_FAILURE(status) ? NULL : pb_buf_room(out, (size_t)len * 3);
    if (bytes == NULL)
        return false;
    u_strToUTF8(bytes, len * 3, &bytes_len, to, len, &status);
    out->len -= (size_t)(len * 3 - bytes_len);
    sodium_memzero(wide, (text.len + (size_t)room) * sizeof *wide);
    return U_SUCCESS(status) != 0;
}

pb_status identity_text_normal(pb_str text, bool fold, pb_buf *out, pb_error *err)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *how =
        fold ? unorm2_getNFKCCasefoldInstance(&status) : unorm2_getNFKCInstance(&status);
    if (!pb_utf8_valid(text) || text.len > NORMAL_MAX)
        return pb_fail(err, PB_INVALID, PB_MSG("The text is no UTF-8, or too long."), NULL);
    if (text.len == 0)
        return PB_OK;
    size_t room = text.len * 18; /* the longest that one code point becomes */
    UChar *wide = U_FAILURE(status) ? NULL : malloc((text.len + room) * sizeof *wide);
    if (wide == NULL)
        return pb_fail_memory(err);
    bool good = normal_wide(text, how, wide, (int32_t)room, out);
    free(wide);
    return good ? PB_OK : pb_fail_memory(err);
}

void identity_wipe(pb_buf *buf)
{
    if (buf->ptr != NULL)
        sodium_memzero(buf->ptr, buf->cap);
}

/* ---- beside the workspace ---- */

void *identity_slot(db_workspace *workspace, const char *name, void *(*make)(void),
                    void (*done)(void *))
{
    void **slot = db_workspace_slot(workspace, name, done, NULL);
    if (slot == NULL)
        return NULL;
    void *there = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
    if (there != NULL)
        return there;
    void *made = make();
    if (made != NULL && !__atomic_compare_exchange_n(slot, &there, made, false, __ATOMIC_ACQ_REL,
                                                     __ATOMIC_ACQUIRE)) {
        done(made); /* another was faster */
        made = there;
    }
    return made;
}

/* ---- keys ---- */

typedef struct hash_key {
    uint8_t bytes[32];
    atomic_bool derived;
    pthread_mutex_t lock;
} hash_key;

static void hash_key_free(void *kept)
{
    hash_key *key = kept;
    if (key == NULL)
        return;
    sodium_memzero(key->bytes, sizeof key->bytes);
    pthread_mutex_destroy(&key->lock);
    free(key);
}

static void *hash_key_make(void)
{
    hash_key *key = calloc(1, sizeof *key);
    if (key != NULL && pthread_mutex_init(&key->lock, NULL) != 0) {
        free(key);
        return NULL;
    }
    return key;
}

/* Derived once: every request shows a token. */
static void hash_key_of(db_workspace *workspace, uint8_t ret_key[32])
{
    hash_key *kept = identity_slot(workspace, "hash key", hash_key_make, hash_key_free);
    if (kept == NULL) {
        db_workspace_subkey(workspace, "signhash", ret_key);
        return;
    }
    if (!atomic_load(&kept->derived)) {
        pthread_mutex_lock(&kept->lock);
        if (!atomic_load(&kept->derived)) /* nobody else was faster */
            db_workspace_subkey(workspace, "signhash", kept->bytes);
        atomic_store(&kept->derived, true);
        pthread_mutex_unlock(&kept->lock);
    }
    memcpy(ret_key, kept->bytes, sizeof kept->bytes);
}

void identity_hash(db_workspace *workspace, const char *what, pb_str of, uint8_t ret[IDENTITY_HASH])
{
    crypto_generichash_state state;
    uint8_t key[32];
    hash_key_of(workspace, key);
    crypto_generichash_init(&state, key, sizeof key, IDENTITY_HASH);
    crypto_generichash_update(&state, (const uint8_t *)what, strlen(what) + 1);
    if (of.len > 0)
        crypto_generichash_update(&state, (const uint8_t *)of.ptr, of.len);
    crypto_generichash_final(&state, ret, IDENTITY_HASH);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
}

pb_status identity_seal(db_workspace *workspace, pb_str about, pb_str plain, pb_buf *out,
                        pb_error *err)
{
    uint8_t key[32];
    PB_TRY(sys_sodium_init(err));
    uint8_t *room = (uint8_t *)pb_buf_room(out, NONCE + plain.len + TAG);
    if (room == NULL)
        return pb_fail_memory(err);
    db_workspace_subkey(workspace, "signseal", key);
    sys_random(room, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(room + NONCE, NULL, (const uint8_t *)plain.ptr,
                                               plain.len, (const uint8_t *)about.ptr, about.len,
                                               NULL, room, key);
    sodium_memzero(key, sizeof key);
    return PB_OK;
}

bool identity_unseal(db_workspace *workspace, pb_str about, pb_str sealed, pb_buf *out)
{
    uint8_t key[32];
    if (sealed.len < NONCE + TAG)
        return false;
    size_t len = sealed.len - NONCE - TAG;
    if (!pb_buf_reserve(out, len + 1))
        return false;
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    db_workspace_subkey(workspace, "signseal", key);
    int state = crypto_aead_xchacha20poly1305_ietf_decrypt(
        (uint8_t *)out->ptr + out->len, NULL, NULL, bytes + NONCE, sealed.len - NONCE,
        (const uint8_t *)about.ptr, about.len, bytes, key);
    sodium_memzero(key, sizeof key);
    if (state == 0)
        out->len += len;
    return state == 0;
}

void identity_base64url(pb_buf *out, pb_str bytes)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *room = pb_buf_room(out, size);
    if (room == NULL)
        return;
    sodium_bin2base64(room, size, (const uint8_t *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    out->len--; /* the NUL */
}

bool identity_unbase64url(pb_str text, pb_buf *out)
{
    size_t len = 0, room = text.len / 4 * 3 + 3;
    const char *end = NULL;
    if (!pb_buf_reserve(out, room) ||
        sodium_base642bin((uint8_t *)out->ptr + out->len, room, text.ptr, text.len, NULL, &len,
                          &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.ptr + text.len)
        return false;
    out->len += len;
    return true;
}

/* ---- events ---- */

/* Keys of a map are in order of their bytes, the head that tells their length among them. */
static bool comes_before(const char *a, const char *b)
{
    size_t first = strlen(a), second = strlen(b);
    return first != second ? first < second : strcmp(a, b) < 0;
}

static void add_pair(identity_pair *pairs, size_t *count, identity_pair pair)
{
    size_t at = (*count)++;
    for (; at > 0 && comes_before(pair.key, pairs[at - 1].key); at--)
        pairs[at] = pairs[at - 1];
    pairs[at] = pair;
}

static pb_value text_value(pb_str text)
{
    return text.ptr == NULL || !pb_utf8_valid(text) ? PB_VALUE_NULL
                                                    : PB_VALUE_TEXT(pb_utf8_cut(text, 300));
}

pb_status identity_note(db_session *session, const identity_visit *visit, const char *kind,
                        pb_uuid user, const identity_pair *pairs, size_t count, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(PAYLOAD_MAX);
    identity_pair all[PAIRS_MAX];
    size_t total = 0;
    uint64_t sequence;
    bool known = !people_no_one(user);
    if (count > PAIRS_MAX - 4)
        return pb_fail(err, PB_INTERNAL, PB_MSG("An event of sign-in has too many parts."), NULL);
    for (size_t i = 0; i < count; i++)
        add_pair(all, &total, pairs[i]);
    add_pair(all, &total,
             (identity_pair){"user", known ? PB_VALUE_BLOB(pb_uuid_str(&user)) : PB_VALUE_NULL});
    add_pair(all, &total, (identity_pair){"address", text_value(visit->address)});
    add_pair(all, &total, (identity_pair){"device", text_value(visit->device)});
    if (visit->why.ptr != NULL)
        add_pair(all, &total, (identity_pair){"why", text_value(visit->why)});
    pb_cbor_map(&payload, total);
    for (size_t i = 0; i < total; i++) {
        pb_cbor_text(&payload, pb_str_c(all[i].key));
        pb_cbor_value(&payload, all[i].value);
    }
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = kind,
                                .at_us = visit->now_us,
                                .actor = visit->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}
