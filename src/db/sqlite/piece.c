/* Pieces of the kept log: writing, reading, authenticating. */
#include "piece.h"

#include <sodium.h>

enum { MAGIC_SIZE = 16, AT_TAG = MAGIC_SIZE, AT_SIGNED = AT_TAG + DB_PIECE_TAG };
enum { FLAG_TAIL = 1, FLAG_BIG = 2 };

static const char magic[MAGIC_SIZE + 1] = "probity log 1\n\0\n";

static void put32(pb_buf *out, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    pb_buf_add(out, pb_str_n((const char *)bytes, sizeof bytes));
}

static void put64(pb_buf *out, uint64_t value)
{
    put32(out, (uint32_t)(value >> 32));
    put32(out, (uint32_t)value);
}

static uint64_t big64(const uint8_t *bytes)
{
    return (uint64_t)db_big32(bytes) << 32 | db_big32(bytes + 4);
}

static void put_bytes(pb_buf *out, const void *bytes, size_t len)
{
    pb_buf_add(out, pb_str_n(bytes, len));
}

void db_piece_write(const db_piece *piece, pb_buf *out)
{
    static const uint8_t empty[DB_PIECE_TAG];
    put_bytes(out, magic, MAGIC_SIZE);
    put_bytes(out, empty, sizeof empty);
    put_bytes(out, piece->timeline.b, sizeof piece->timeline.b);
    put_bytes(out, piece->before, sizeof piece->before);
    put64(out, piece->sequence);
    put64(out, (uint64_t)piece->sealed_us);
    put_bytes(out, piece->salt, sizeof piece->salt);
    put32(out, piece->first);
    put32(out, piece->count);
    put32(out, piece->commits);
    put32(out, piece->sum[0]);
    put32(out, piece->sum[1]);
    put32(out, (piece->tail ? FLAG_TAIL : 0) | (piece->big ? FLAG_BIG : 0));
    put32(out, piece->ended);
    put32(out, piece->era);
    for (int i = 0; i < 8; i++)
        put32(out, 0);
}

void db_piece_write_commit(const db_piece_commit *commit, pb_buf *out)
{
    put32(out, commit->frame);
    put32(out, commit->pages);
    put64(out, (uint64_t)commit->at_us);
    put32(out, commit->exact ? 1 : 0);
    put32(out, 0);
}

static void tag_of(const uint8_t *bytes, size_t len, const uint8_t key[32],
                   uint8_t ret_tag[DB_PIECE_TAG])
{
    uint8_t subkey[crypto_generichash_KEYBYTES];
    crypto_kdf_derive_from_key(subkey, sizeof subkey, 1, "dbshplog", key);
    crypto_generichash(ret_tag, DB_PIECE_TAG, bytes + AT_SIGNED, len - AT_SIGNED, subkey,
                       sizeof subkey);
    sodium_memzero(subkey, sizeof subkey);
}

void db_piece_seal(pb_buf *out, size_t start, const uint8_t key[32])
{
    uint8_t *bytes = (uint8_t *)out->ptr + start;
    if (!out->failed)
        tag_of(bytes, out->len - start, key, bytes + AT_TAG);
}

bool db_piece_parse(const uint8_t *bytes, size_t len, db_piece *ret_piece)
{
    if (len < DB_PIECE_HEAD || memcmp(bytes, magic, MAGIC_SIZE) != 0)
        return false;
    const uint8_t *at = bytes + AT_TAG;
    db_piece piece = {0};
    memcpy(piece.tag, at, DB_PIECE_TAG);
    memcpy(piece.timeline.b, at + 32, 16);
    memcpy(piece.before, at + 48, DB_PIECE_TAG);
    piece.sequence = big64(at + 80);
    piece.sealed_us = (int64_t)big64(at + 88);
    memcpy(piece.salt, at + 96, DB_LOG_SALT);
    piece.first = db_big32(at + 104);
    piece.count = db_big32(at + 108);
    piece.commits = db_big32(at + 112);
    piece.sum[0] = db_big32(at + 116);
    piece.sum[1] = db_big32(at + 120);
    uint32_t flags = db_big32(at + 124);
    piece.tail = (flags & FLAG_TAIL) != 0;
    piece.big = (flags & FLAG_BIG) != 0;
    piece.ended = db_big32(at + 128);
    piece.era = db_big32(at + 132);
    if (piece.sequence == 0 || piece.first == 0 || piece.count > DB_PIECE_FRAMES ||
        piece.commits > piece.count || piece.first > UINT32_MAX - piece.count)
        return false;
    *ret_piece = piece;
    return true;
}

db_piece_commit db_piece_commit_at(pb_str bytes, uint32_t number)
{
    const uint8_t *at =
        (const uint8_t *)bytes.ptr + DB_PIECE_HEAD + (size_t)number * DB_PIECE_COMMIT;
    return (db_piece_commit){db_big32(at), db_big32(at + 4), (int64_t)big64(at + 8),
                             db_big32(at + 16) != 0};
}

const uint8_t *db_piece_frame_at(pb_str bytes, const db_piece *piece, uint32_t number)
{
    return (const uint8_t *)bytes.ptr + DB_PIECE_HEAD + (size_t)piece->commits * DB_PIECE_COMMIT +
           (size_t)(number - piece->first) * DB_FRAME_SIZE;
}

static bool commits_fit(pb_str bytes, const db_piece *piece)
{
    uint32_t last = piece->first - 1;
    for (uint32_t i = 0; i < piece->commits; i++) {
        db_piece_commit commit = db_piece_commit_at(bytes, i);
        if (commit.frame <= last || commit.frame >= piece->first + piece->count)
            return false;
        if (db_big32(db_piece_frame_at(bytes, piece, commit.frame) + 4) != commit.pages ||
            commit.pages == 0)
            return false;
        last = commit.frame;
    }
    return true;
}

pb_status db_piece_check_form(pb_str bytes, db_piece *ret_piece, pb_error *err)
{
    db_piece piece;
    if (db_piece_parse((const uint8_t *)bytes.ptr, bytes.len, &piece) &&
        bytes.len == DB_PIECE_HEAD + (size_t)piece.commits * DB_PIECE_COMMIT +
                         (size_t)piece.count * DB_FRAME_SIZE &&
        commits_fit(bytes, &piece)) {
        *ret_piece = piece;
        return PB_OK;
    }
    return pb_fail(err, PB_CORRUPT, PB_MSG("This is no piece of a kept log, or it was altered."),
                   NULL);
}

pb_status db_piece_authentic(pb_str bytes, const db_piece *piece, const uint8_t key[32],
                             pb_error *err)
{
    uint8_t tag[DB_PIECE_TAG];
    tag_of((const uint8_t *)bytes.ptr, bytes.len, key, tag);
    if (sodium_memcmp(tag, piece->tag, sizeof tag) == 0)
        return PB_OK;
    pb_fail(err, PB_CORRUPT, PB_MSG("Piece {sequence} of the log is damaged or was altered."),
            "sequence", PB_ARG_INT(piece->sequence), NULL);
    pb_error_hint(err, PB_MSG("Go back to a moment before it, or take the piece from elsewhere."),
                  NULL);
    return PB_CORRUPT;
}

pb_status db_log_describe(pb_str bytes, db_log_facts *ret_facts, pb_error *err)
{
    db_piece piece;
    PB_TRY(db_piece_check_form(bytes, &piece, err));
    db_log_facts facts = {.timeline = piece.timeline,
                          .sequence = piece.sequence,
                          .frames = piece.count,
                          .commits = piece.commits,
                          .tail = piece.tail,
                          .sealed_us = piece.sealed_us};
    for (uint32_t i = 0; i < piece.commits; i++) {
        db_piece_commit commit = db_piece_commit_at(bytes, i);
        if (i == 0 || commit.at_us < facts.first_us)
            facts.first_us = commit.at_us;
        if (i == 0 || commit.at_us > facts.last_us)
            facts.last_us = commit.at_us;
        facts.inexact += !commit.exact;
    }
    *ret_facts = facts;
    return PB_OK;
}
