/* Checking a whole log: one pass over events, payloads and heads side by side, in O(n). */
#include "verify.h"

enum { PROGRESS_STEP = 4096 };

pb_status verify_fail_event(const char *says, uint64_t sequence, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, says, "event", PB_ARG_INT(sequence), NULL);
}

static pb_status fail_head(uint64_t size, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("The signed head of size {size} was altered"), "size",
                   PB_ARG_INT(size), NULL);
}

static void keep_node(void *context, unsigned level, uint64_t index, const merkle_hash *hash)
{
    verifier *v = context;
    if (level % MERKLE_TILE_HEIGHT != 0)
        return;
    unsigned tile = level / MERKLE_TILE_HEIGHT, at = index % MERKLE_TILE_WIDTH;
    v->nodes[tile][at] = *hash;
    if (at == MERKLE_TILE_WIDTH - 1)
        v->filled |= 1U << tile;
}

/* The first tile that differs is kept in mind: at the next head it shows whether an event differs.
 */
static pb_status compare_tile(verifier *v, unsigned level, uint64_t index, unsigned want,
                              pb_error *err)
{
    const merkle_hash *hashes;
    unsigned width;
    PB_TRY(store_reader_tile(v->stored, level, index, &hashes, &width, err));
    if (width == want && memcmp(hashes, v->nodes[level], want * sizeof *hashes) == 0)
        return PB_OK;
    if (!v->tile_bad) {
        v->tile_bad = true;
        v->bad_level = level;
        v->bad_index = index;
    }
    return PB_OK;
}

pb_status verify_intact(verifier *v, uint64_t sequence, const merkle_hash *leaf, bool *ret_intact,
                        pb_error *err)
{
    const merkle_hash *hashes;
    unsigned width, at = (unsigned)(sequence % MERKLE_TILE_WIDTH);
    PB_TRY(store_reader_tile(v->stored, 0, sequence / MERKLE_TILE_WIDTH, &hashes, &width, err));
    *ret_intact = at < width && merkle_hash_eq(&hashes[at], leaf);
    return PB_OK;
}

/* The root of the events differs from a signed one: which event is it? The stored tile tells,
 * unless it was altered along with the event. */
static pb_status find_altered(verifier *v, uint64_t from, uint64_t to, pb_error *err)
{
    static const char sql[] = "SELECT body FROM ledger_event WHERE seq = ?1";
    for (uint64_t sequence = from; sequence < to; sequence++) {
        db_stmt *stmt;
        bool row, intact = false;
        PB_TRY(db_prepare(v->session, sql, &stmt, err));
        db_bind_i64(stmt, 1, (int64_t)sequence);
        PB_TRY(db_step(stmt, &row, err));
        merkle_hash leaf = merkle_leaf(row ? db_column_blob(stmt, 0) : PB_STR_NONE);
        db_reset(stmt);
        PB_TRY(verify_intact(v, sequence, &leaf, &intact, err));
        if (!intact)
            return verify_fail_event(PB_MSG("Event {event} of the log was altered"), sequence, err);
    }
    return pb_fail(err, PB_CORRUPT,
                   PB_MSG("Among the events {first} to {last} of the log one was altered"), "first",
                   PB_ARG_INT(from), "last", PB_ARG_INT(to - 1), NULL);
}

static pb_status next_head(verifier *v, pb_error *err)
{
    PB_TRY(db_step(v->heads, &v->head_there, err));
    return v->head_there ? store_head_row(v->heads, &v->head, err) : PB_OK;
}

static pb_status check_signature(verifier *v, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1024);
    PB_TRY(store_head_text(v->key.name, &v->head, &text, err));
    if (!merkle_signed_by(&v->key, pb_buf_str(&text), v->head.signature) ||
        v->head.at_us < v->good_at)
        return fail_head(v->head.size, err);
    return PB_OK;
}

static pb_status check_head(verifier *v, pb_error *err)
{
    PB_TRY(check_signature(v, err));
    merkle_hash root = merkle_range_root(&v->range);
    if (!merkle_hash_eq(&root, &v->head.root))
        return find_altered(v, v->good_size, v->head.size, err);
    if (v->tile_bad)
        return store_tile_altered(v->bad_level, v->bad_index, err);
    v->good_size = v->head.size;
    v->good_at = v->head.at_us;
    v->report.heads++;
    return next_head(v, err);
}

static pb_status add_event(verifier *v, int64_t sequence, pb_str bytes, pb_error *err)
{
    if (sequence < (int64_t)v->count)
        return pb_fail(err, PB_CORRUPT, PB_MSG("Event {event} does not belong to the log"), "event",
                       PB_ARG_INT(sequence), NULL);
    if (sequence > (int64_t)v->count)
        return verify_fail_event(PB_MSG("Event {event} of the log is missing"), v->count, err);
    merkle_hash leaf = merkle_leaf(bytes);
    PB_TRY(verify_event(v, bytes, &leaf, err));
    v->filled = 0;
    merkle_range_append(&v->range, &leaf, keep_node, v);
    v->count++;
    for (unsigned level = 0; v->filled >> level; level++)
        if ((v->filled >> level) & 1)
            PB_TRY(compare_tile(v, level,
                                (v->count >> (level * MERKLE_TILE_HEIGHT)) / MERKLE_TILE_WIDTH - 1,
                                MERKLE_TILE_WIDTH, err));
    if (v->head_there && v->head.size == v->count)
        PB_TRY(check_head(v, err));
    if (v->progress && v->count % PROGRESS_STEP == 0)
        v->progress(v->context, v->count, v->total);
    return PB_OK;
}

/* What must hold once the last event was read: no head beyond it, no event beyond the last head. */
static pb_status check_end(verifier *v, pb_error *err)
{
    if (v->head_there) {
        PB_TRY(check_signature(v, err));
        return verify_fail_event(PB_MSG("Event {event} of the log is missing"), v->count, err);
    }
    if (v->good_size < v->count)
        return verify_fail_event(PB_MSG("No signed head covers event {event}"), v->good_size, err);
    for (unsigned level = 0; level < MERKLE_TILE_LEVELS; level++) {
        uint64_t nodes = v->count >> (level * MERKLE_TILE_HEIGHT);
        unsigned width = (unsigned)(nodes % MERKLE_TILE_WIDTH);
        if (width > 0)
            PB_TRY(compare_tile(v, level, nodes / MERKLE_TILE_WIDTH, width, err));
    }
    return v->tile_bad ? store_tile_altered(v->bad_level, v->bad_index, err) : PB_OK;
}

/* The tiles there are must be the tiles there should be: those missing were found already. */
static pb_status check_tile_list(verifier *v, pb_error *err)
{
    static const char sql[] = "SELECT level, idx FROM ledger_tile ORDER BY level, idx";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(v->session, sql, &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        int64_t level = db_column_i64(stmt, 0), index = db_column_i64(stmt, 1);
        if (level < 0 || level >= MERKLE_TILE_LEVELS || index < 0 ||
            merkle_tile_width(v->count, (unsigned)level, (uint64_t)index) == 0) {
            db_reset(stmt);
            return pb_fail(err, PB_CORRUPT,
                           PB_MSG("Tile {level}/{index} does not belong to the log"), "level",
                           PB_ARG_INT(level), "index", PB_ARG_INT(index), NULL);
        }
    }
}

static pb_status check_events(verifier *v, pb_error *err)
{
    static const char sql[] = "SELECT seq, body FROM ledger_event ORDER BY seq";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(v->session, sql, &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        pb_status status = add_event(v, db_column_i64(stmt, 0), db_column_blob(stmt, 1), err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
    PB_TRY(check_end(v, err));
    PB_TRY(verify_payloads_end(v, err));
    PB_TRY(check_tile_list(v, err));
    if (v->progress)
        v->progress(v->context, v->count, v->total);
    return PB_OK;
}

/* The key heads are checked with comes from the workspace's own key; the one stored for outsiders
 * must be the same. */
static pb_status check_key(verifier *v, pb_error *err)
{
    merkle_signer signer;
    merkle_verifier stored;
    PB_TRY(store_signer(v->session, &signer, err));
    v->key = signer.verifier;
    merkle_signer_wipe(&signer);
    pb_status status = store_key(v->session, &stored, err);
    if (status == PB_NOT_FOUND && v->total == 0)
        return PB_OK;
    if (status == PB_NOT_FOUND || (status == PB_OK && (memcmp(stored.key, v->key.key, 32) != 0 ||
                                                       strcmp(stored.name, v->key.name) != 0)))
        return pb_fail(err, PB_CORRUPT, PB_MSG("The stored public key of the log was altered"),
                       NULL);
    return status;
}

static pb_status prepare(verifier *v, pb_error *err)
{
    static const char count_sql[] = "SELECT COUNT(*) FROM ledger_event";
    static const char heads_sql[] =
        "SELECT size, at_us, root, signature FROM ledger_head ORDER BY size";
    static const char payloads_sql[] = "SELECT seq, body FROM ledger_payload"
                                       " WHERE LENGTH(body) > 0 ORDER BY seq";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(v->session, count_sql, &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    v->total = row ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    size_t bytes = (size_t)(v->total / 8 + 1);
    v->stored = pb_arena_alloc(v->arena, sizeof *v->stored);
    v->record_events = pb_arena_alloc(v->arena, bytes);
    v->superseded = pb_arena_alloc(v->arena, bytes);
    if (!v->stored || !v->record_events || !v->superseded)
        return pb_fail_memory(err);
    store_reader_init(v->stored, v->session);
    v->good_at = INT64_MIN;
    PB_TRY(check_key(v, err));
    PB_TRY(db_prepare(v->session, heads_sql, &v->heads, err));
    PB_TRY(next_head(v, err));
    PB_TRY(db_prepare(v->session, payloads_sql, &v->payloads, err));
    return verify_payload_next(v, err);
}

pb_status verify_events(verifier *v, pb_error *err)
{
    PB_TRY(prepare(v, err));
    PB_TRY(check_events(v, err));
    v->report.events = v->count;
    return PB_OK;
}
