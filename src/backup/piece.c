#include "piece.h"

#include "base/bytes.h"

#include <sodium.h>
#include <zstd.h>

enum {
    MAGIC = 4,
    HEAD = MAGIC + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    EXTRA = crypto_secretstream_xchacha20poly1305_ABYTES,
    MESSAGE = 1 << 20,
    FRONT = 9, /* method and length */
    PATCH_LEVEL = 3,
    KEYS = 96
};

static const char magic[] = "PBS1";

struct piece_box {
    uint8_t *keys; /* guarded memory: seal, name, seed, 32 bytes each */
    ZSTD_CCtx *compressor;
    ZSTD_DCtx *expander;
    pb_buf body; /* kept between pieces */
};

static const uint8_t *seal_key(const piece_box *box)
{
    return box->keys;
}

static const uint8_t *name_key(const piece_box *box)
{
    return box->keys + 32;
}

const uint8_t *piece_box_seed(const piece_box *box)
{
    return box->keys + 64;
}

static piece_box *make_box(void)
{
    piece_box *box = calloc(1, sizeof *box);
    if (box == NULL)
        return NULL;
    box->body = PB_BUF_INIT(PIECE_MAX + (1 << 20));
    box->keys = sodium_malloc(KEYS);
    box->compressor = ZSTD_createCCtx();
    box->expander = ZSTD_createDCtx();
    return box->keys != NULL && box->compressor != NULL && box->expander != NULL
               ? box
               : piece_box_free(box);
}

pb_status piece_box_new(piece_subkey subkey, const void *context, piece_box **ret_box,
                        pb_error *err)
{
    piece_box *box = make_box();
    if (box == NULL)
        return pb_fail_memory(err);
    subkey(context, "bkupseal", box->keys);
    subkey(context, "bkupname", box->keys + 32);
    subkey(context, "ledgersg", box->keys + 64);
    sodium_mprotect_readonly(box->keys);
    *ret_box = box;
    return PB_OK;
}

pb_status piece_box_twin(const piece_box *box, piece_box **ret_twin, pb_error *err)
{
    piece_box *twin = make_box();
    if (twin == NULL)
        return pb_fail_memory(err);
    memcpy(twin->keys, box->keys, KEYS);
    sodium_mprotect_readonly(twin->keys);
    *ret_twin = twin;
    return PB_OK;
}

piece_box *piece_box_free(piece_box *box)
{
    if (box == NULL)
        return NULL;
    sodium_free(box->keys);
    ZSTD_freeCCtx(box->compressor);
    ZSTD_freeDCtx(box->expander);
    pb_buf_free(&box->body);
    free(box);
    return NULL;
}

piece_name piece_name_of(const piece_box *box, pb_str plain)
{
    piece_name name;
    crypto_generichash(name.b, sizeof name.b, (const uint8_t *)plain.ptr, plain.len, name_key(box),
                       32);
    return name;
}

void piece_print(const piece_box *box, pb_str plain, uint8_t ret_print[16])
{
    crypto_generichash(ret_print, 16, (const uint8_t *)plain.ptr, plain.len, name_key(box), 32);
}

void piece_name_text(const piece_name *name, char ret[PIECE_NAME_TEXT])
{
    sodium_bin2hex(ret, PIECE_NAME_TEXT, name->b, sizeof name->b);
}

/* Method, length and body into box->body; what does not shrink by a sixteenth stays as it is. */
static pb_status pack(piece_box *box, int level, pb_str plain, pb_error *err)
{
    pb_buf *body = &box->body;
    size_t bound = ZSTD_compressBound(plain.len);
    size_t packed = 0;
    pb_buf_clear(body);
    if (!pb_buf_reserve(body, FRONT + bound))
        return pb_fail_memory(err);
    uint8_t *front = (uint8_t *)pb_buf_room(body, FRONT);
    if (level != 0)
        packed = ZSTD_compressCCtx(box->compressor, body->ptr + FRONT, bound, plain.ptr, plain.len,
                                   level);
    if (ZSTD_isError(packed))
        return pb_fail_memory(err);
    bool shrinks = level != 0 && packed < plain.len - plain.len / 16;
    front[0] = shrinks ? 1 : 0;
    for (int i = 0; i < 8; i++)
        front[1 + i] = (uint8_t)((uint64_t)plain.len >> (56 - 8 * i));
    if (shrinks)
        body->len += packed;
    else
        pb_buf_add(body, plain);
    return body->failed ? pb_fail_memory(err) : PB_OK;
}

size_t piece_patch(piece_box *box, const uint8_t *before, const uint8_t *after, size_t len,
                   uint8_t *out, size_t max)
{
    ZSTD_CCtx *context = box->compressor;
    ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, PATCH_LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    if (ZSTD_isError(ZSTD_CCtx_refPrefix(context, before, len)))
        return 0;
    size_t size = ZSTD_compress2(context, out, max, after, len);
    return ZSTD_isError(size) ? 0 : size;
}

bool piece_unpatch(piece_box *box, pb_str patch, const uint8_t *before, size_t len,
                   uint8_t *ret_after)
{
    ZSTD_DCtx_reset(box->expander, ZSTD_reset_session_and_parameters);
    return !ZSTD_isError(ZSTD_DCtx_refPrefix(box->expander, before, len)) &&
           ZSTD_decompressDCtx(box->expander, ret_after, len, patch.ptr, patch.len) == len;
}

pb_status piece_seal(piece_box *box, const char *label, int level, pb_str plain, pb_buf *out,
                     pb_error *err)
{
    if (plain.len > PIECE_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("The piece {piece} is too large."), "piece", label,
                       NULL);
    PB_TRY(pack(box, level, plain, err));
    crypto_secretstream_xchacha20poly1305_state state;
    size_t left = box->body.len;
    const uint8_t *from = (const uint8_t *)box->body.ptr;
    pb_buf_add(out, pb_str_n(magic, MAGIC));
    uint8_t *header = (uint8_t *)pb_buf_room(out, HEAD - MAGIC);
    if (header == NULL || !pb_buf_reserve(out, left + (left / MESSAGE + 1) * EXTRA))
        return pb_fail_memory(err);
    header = (uint8_t *)out->ptr + out->len - (HEAD - MAGIC); /* the bytes may have moved */
    crypto_secretstream_xchacha20poly1305_init_push(&state, header, seal_key(box));
    do {
        size_t size = left < MESSAGE ? left : MESSAGE;
        uint8_t tag = size == left ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
        uint8_t *to = (uint8_t *)pb_buf_room(out, size + EXTRA);
        if (to == NULL)
            return pb_fail_memory(err);
        crypto_secretstream_xchacha20poly1305_push(&state, to, NULL, from, size,
                                                   (const uint8_t *)label, strlen(label), tag);
        from += size;
        left -= size;
    } while (left > 0);
    sodium_memzero(&state, sizeof state);
    return PB_OK;
}

static pb_status altered(const char *label, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The piece {piece} of the backup was altered."), "piece", label,
            NULL);
    pb_error_hint(err, PB_MSG("Restore from another place, or from an earlier backup."), NULL);
    return PB_CORRUPT;
}

/* Takes the messages out of the stream into box->body. */
static bool unseal(piece_box *box, const char *label, pb_str sealed)
{
    crypto_secretstream_xchacha20poly1305_state state;
    const uint8_t *from = (const uint8_t *)sealed.ptr;
    uint8_t tag = 0;
    pb_buf_clear(&box->body);
    if (sealed.len < HEAD + EXTRA || memcmp(from, magic, MAGIC) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&state, from + MAGIC, seal_key(box)) != 0)
        return false;
    size_t left = sealed.len - HEAD;
    bool good = true;
    from += HEAD;
    while (good && left > 0) {
        size_t size = left < MESSAGE + EXTRA ? left : MESSAGE + EXTRA;
        uint8_t *to = size < EXTRA ? NULL : (uint8_t *)pb_buf_room(&box->body, size - EXTRA);
        good = to != NULL && tag == 0 &&
               crypto_secretstream_xchacha20poly1305_pull(
                   &state, to, NULL, &tag, from, size, (const uint8_t *)label, strlen(label)) == 0;
        from += size;
        left -= size;
    }
    sodium_memzero(&state, sizeof state);
    return good && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
}

pb_status piece_open(piece_box *box, const char *label, pb_str sealed, pb_buf *out, pb_error *err)
{
    if (!unseal(box, label, sealed))
        return box->body.starved ? pb_fail_memory(err) : altered(label, err);
    pb_str body = pb_buf_str(&box->body);
    uint64_t size = 0;
    if (body.len < FRONT)
        return altered(label, err);
    for (int i = 0; i < 8; i++)
        size = size << 8 | (uint8_t)body.ptr[1 + i];
    bool packed = body.ptr[0] == 1;
    body = pb_str_sub(body, FRONT, body.len);
    if (size > PIECE_MAX || (!packed && size != body.len))
        return altered(label, err);
    char *to = pb_buf_room(out, (size_t)size);
    if (to == NULL)
        return pb_fail_memory(err);
    if (!packed)
        memcpy(to, body.ptr, body.len);
    else if (ZSTD_decompressDCtx(box->expander, to, (size_t)size, body.ptr, body.len) != size)
        return altered(label, err);
    return PB_OK;
}
