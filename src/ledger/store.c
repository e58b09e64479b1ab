#include "store.h"

#include <inttypes.h>
#include <sodium.h>

#include "base/bytes.h"

static pb_status head_altered(int64_t size, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("The signed head of size {size} was altered"), "size",
                   PB_ARG_INT(size), NULL);
}

pb_status store_head_row(db_stmt *stmt, stored_head *ret_head, pb_error *err)
{
    stored_head head;
    int64_t size = db_column_i64(stmt, 0);
    pb_str signature = db_column_blob(stmt, 3);
    if (size <= 0 || signature.len != sizeof head.signature ||
        !merkle_hash_from(db_column_blob(stmt, 2), &head.root))
        return head_altered(size, err);
    head.size = (uint64_t)size;
    head.at_us = db_column_i64(stmt, 1);
    memcpy(head.signature, signature.ptr, sizeof head.signature);
    *ret_head = head;
    return PB_OK;
}

pb_status store_head(db_session *session, uint64_t size, stored_head *ret_head, pb_error *err)
{
    static const char sql[] = "SELECT size, at_us, root, signature FROM ledger_head"
                              " WHERE size <= ?1 ORDER BY size DESC LIMIT 1";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, size > INT64_MAX ? INT64_MAX : (int64_t)size);
    PB_TRY(db_step(stmt, &row, err));
    if (!row) {
        *ret_head = (stored_head){.size = 0, .at_us = INT64_MIN};
        return PB_OK;
    }
    pb_status status = store_head_row(stmt, ret_head, err);
    db_reset(stmt);
    return status;
}

pb_status store_key(db_session *session, merkle_verifier *ret_key, pb_error *err)
{
    static const char sql[] = "SELECT value FROM setting WHERE name = 'ledger.key'";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("The log has no signed head yet"), NULL);
    pb_error why = {0};
    pb_status status = merkle_verifier_parse(db_column_blob(stmt, 0), ret_key, &why);
    db_reset(stmt);
    if (status == PB_MEMORY)
        return pb_fail_memory(err);
    if (status != PB_OK)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The stored public key of the log was altered"),
                       NULL);
    return PB_OK;
}

/* The key a seed gives, and the log's name with it. */
static pb_status signer_of(const uint8_t seed[32], merkle_signer *ret_signer, pb_error *err)
{
    uint8_t public_key[32], secret[64];
    crypto_sign_seed_keypair(public_key, secret, seed);
    sodium_memzero(secret, sizeof secret);
    /* The origin must differ from log to log and never change: it follows from the key. */
    merkle_hash hash = merkle_sha256(pb_str_n((const char *)public_key, sizeof public_key));
    PB_AUTO_BUF origin = PB_BUF_INIT(64);
    pb_buf_addc(&origin, "probity/");
    pb_hex(&origin, hash.b, 16);
    return origin.failed ? pb_fail_memory(err)
                         : merkle_signer_make(pb_buf_str(&origin), seed, ret_signer, err);
}

pb_status store_signer(db_session *session, merkle_signer *ret_signer, pb_error *err)
{
    uint8_t seed[32];
    db_workspace_subkey(db_session_workspace(session), LEDGER_SEED_PURPOSE, seed);
    pb_status status = signer_of(seed, ret_signer, err);
    sodium_memzero(seed, sizeof seed);
    return status;
}

pb_status ledger_note_sign(const uint8_t seed[32], pb_str text, pb_buf *out, pb_error *err)
{
    merkle_signer signer;
    PB_TRY(signer_of(seed, &signer, err));
    pb_status status = merkle_note_sign(text, &signer, out, err);
    merkle_signer_wipe(&signer);
    return status;
}

pb_status ledger_note_open(const uint8_t seed[32], pb_str note, pb_str *ret_text, pb_error *err)
{
    merkle_signer signer;
    merkle_note found;
    PB_TRY(signer_of(seed, &signer, err));
    pb_status status = merkle_note_open(note, &signer.verifier, 1, &found, err);
    merkle_signer_wipe(&signer);
    if (status == PB_INVALID || status == PB_NOT_FOUND)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The note is not signed by this workspace's key."),
                       NULL);
    PB_TRY(status);
    *ret_text = found.text;
    return PB_OK;
}

pb_status store_head_text(const char *origin, const stored_head *head, pb_buf *out, pb_error *err)
{
    char extra[40];
    snprintf(extra, sizeof extra, "at %" PRId64 "\n", head->at_us);
    merkle_checkpoint checkpoint = {pb_str_c(origin), head->size, head->root, pb_str_c(extra)};
    return merkle_checkpoint_write(&checkpoint, out, err);
}

void store_reader_init(tile_reader *reader, db_session *session)
{
    reader->session = session;
    memset(reader->width, 0, sizeof reader->width);
}

pb_status store_tile_altered(unsigned level, uint64_t index, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("Tile {level}/{index} of the log was altered"), "level",
                   PB_ARG_INT(level), "index", PB_ARG_INT(index), NULL);
}

pb_status store_reader_tile(tile_reader *reader, unsigned level, uint64_t index,
                            const merkle_hash **ret_hashes, unsigned *ret_width, pb_error *err)
{
    static const char sql[] = "SELECT hashes FROM ledger_tile WHERE level = ?1 AND idx = ?2";
    if (level >= MERKLE_TILE_LEVELS)
        return pb_fail(err, PB_INTERNAL, PB_MSG("The log has no tiles of level {level}"), "level",
                       PB_ARG_INT(level), NULL);
    if (reader->width[level] == 0 || reader->index[level] != index) {
        db_stmt *stmt;
        bool row;
        PB_TRY(db_prepare(reader->session, sql, &stmt, err));
        db_bind_i64(stmt, 1, level);
        db_bind_i64(stmt, 2, (int64_t)index);
        reader->width[level] = 0;
        PB_TRY(db_step(stmt, &row, err));
        if (row) {
            pb_str bytes = db_column_blob(stmt, 0);
            bool whole = bytes.len % MERKLE_HASH_SIZE == 0 && bytes.len <= MERKLE_TILE_BYTES;
            if (whole)
                memcpy(reader->hashes[level], bytes.ptr, bytes.len);
            reader->width[level] = (unsigned)(bytes.len / MERKLE_HASH_SIZE);
            reader->index[level] = index;
            db_reset(stmt);
            if (!whole) {
                reader->width[level] = 0;
                return store_tile_altered(level, index, err);
            }
        }
    }
    *ret_hashes = reader->hashes[level];
    *ret_width = reader->width[level];
    return PB_OK;
}

pb_status store_reader_node(void *context, unsigned level, uint64_t index, merkle_hash *ret_hash,
                            pb_error *err)
{
    unsigned tile_level, first, width;
    uint64_t tile_index;
    const merkle_hash *hashes;
    merkle_tile_of(level, index, &tile_level, &tile_index, &first);
    PB_TRY(store_reader_tile(context, tile_level, tile_index, &hashes, &width, err));
    return merkle_tile_node(hashes, width, level, index, ret_hash, err);
}
