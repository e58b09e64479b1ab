#include "tree.h"

#include <sodium.h>

#include "event.h"
#include "sys/random.h"

enum { PAYLOAD_MAX = 64 << 20 };

static void tree_free(void *slot)
{
    ledger_tree *tree = slot;
    if (!tree)
        return;
    pb_buf_free(&tree->body);
    pb_buf_free(&tree->payload);
    sodium_memzero(tree->salts, sizeof tree->salts);
    sodium_free(tree->signer);
    free(tree);
}

static void tree_forget(void *slot)
{
    ledger_tree *tree = slot;
    if (tree)
        tree->loaded = tree->registered = tree->broken = tree->key_known = tree->told = false;
}

static void keep_node(void *context, unsigned level, uint64_t index, const merkle_hash *hash)
{
    ledger_tree *tree = context;
    if (level % MERKLE_TILE_HEIGHT != 0)
        return;
    unsigned tile = level / MERKLE_TILE_HEIGHT, at = index % MERKLE_TILE_WIDTH;
    tree->tiles[tile][at] = *hash;
    if (at == MERKLE_TILE_WIDTH - 1)
        tree->filled |= 1U << tile;
}

static pb_status write_tile(db_session *session, unsigned level, uint64_t index,
                            const merkle_hash *hashes, unsigned width, pb_error *err)
{
    static const char sql[] = "INSERT INTO ledger_tile (level, idx, hashes) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, level);
    db_bind_i64(stmt, 2, (int64_t)index);
    db_bind_blob(stmt, 3, pb_str_n((const char *)hashes, width * sizeof *hashes));
    return db_run(stmt, err);
}

/* Adds a leaf; writes the tiles it fills (a tile of a higher level only when those below it fill).
 */
static pb_status add_leaf(db_session *session, ledger_tree *tree, const merkle_hash *leaf,
                          pb_error *err)
{
    tree->filled = 0;
    merkle_range_append(&tree->range, leaf, keep_node, tree);
    for (unsigned level = 0; tree->filled >> level; level++) {
        if (!((tree->filled >> level) & 1))
            continue;
        uint64_t nodes = tree->range.size >> (level * MERKLE_TILE_HEIGHT);
        PB_TRY(write_tile(session, level, nodes / MERKLE_TILE_WIDTH - 1, tree->tiles[level],
                          MERKLE_TILE_WIDTH, err));
        tree->stored[level] = nodes;
    }
    return PB_OK;
}

/* The events behind the newest head: this batch's own, when it was undone in part. */
static pb_status replay(db_session *session, ledger_tree *tree, pb_error *err)
{
    static const char sql[] = "SELECT seq, body FROM ledger_event WHERE seq >= ?1 ORDER BY seq";
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)tree->range.size);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        event_body body;
        pb_str bytes = db_column_blob(stmt, 1);
        if (db_column_i64(stmt, 0) != (int64_t)tree->range.size || !event_read(bytes, &body)) {
            db_reset(stmt);
            return pb_fail(err, PB_CORRUPT, PB_MSG("Event {event} of the log was altered"), "event",
                           PB_ARG_INT(tree->range.size), NULL);
        }
        merkle_hash leaf = merkle_leaf(bytes);
        if (body.event.at_us > tree->at_us)
            tree->at_us = body.event.at_us;
        pb_status status = add_leaf(session, tree, &leaf, err);
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}

static pb_status load(db_session *session, ledger_tree *tree, pb_error *err)
{
    stored_head head;
    tile_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return pb_fail_memory(err);
    store_reader_init(reader, session);
    pb_status status = store_head(session, UINT64_MAX, &head, err);
    if (status == PB_OK)
        status = merkle_range_load(store_reader_node, reader, head.size, &tree->range, err);
    for (unsigned level = 0; status == PB_OK && level < MERKLE_TILE_LEVELS; level++) {
        uint64_t nodes = head.size >> (level * MERKLE_TILE_HEIGHT);
        unsigned want = (unsigned)(nodes % MERKLE_TILE_WIDTH), width;
        const merkle_hash *hashes;
        tree->stored[level] = nodes;
        if (want == 0)
            continue;
        status = store_reader_tile(reader, level, nodes / MERKLE_TILE_WIDTH, &hashes, &width, err);
        if (status == PB_OK && width < want)
            status = store_tile_altered(level, nodes / MERKLE_TILE_WIDTH, err);
        if (status == PB_OK)
            memcpy(tree->tiles[level], hashes, want * sizeof *hashes);
    }
    free(reader);
    PB_TRY(status);
    merkle_hash root = merkle_range_root(&tree->range);
    if (head.size > 0 && !merkle_hash_eq(&root, &head.root))
        return pb_fail(err, PB_CORRUPT, PB_MSG("The log does not fit its newest signed head"),
                       NULL);
    tree->head_size = head.size;
    tree->at_us = head.at_us;
    PB_TRY(replay(session, tree, err));
    tree->loaded = true;
    return PB_OK;
}

static pb_status write_partial_tiles(db_session *session, ledger_tree *tree, pb_error *err)
{
    for (unsigned level = 0; level < MERKLE_TILE_LEVELS; level++) {
        uint64_t nodes = tree->range.size >> (level * MERKLE_TILE_HEIGHT);
        unsigned width = (unsigned)(nodes % MERKLE_TILE_WIDTH);
        if (width == 0 || tree->stored[level] == nodes)
            continue;
        PB_TRY(
            write_tile(session, level, nodes / MERKLE_TILE_WIDTH, tree->tiles[level], width, err));
        tree->stored[level] = nodes;
    }
    return PB_OK;
}

/* Stores the public key with the first head; later it must be the one stored. */
static pb_status settle_key(db_session *session, const merkle_verifier *key, pb_error *err)
{
    static const char sql[] = "INSERT INTO setting (name, value) VALUES ('ledger.key', ?1)";
    merkle_verifier stored;
    pb_status status = store_key(session, &stored, err);
    if (status == PB_OK && memcmp(stored.key, key->key, sizeof key->key) != 0)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The stored public key of the log was altered"),
                       NULL);
    if (status != PB_NOT_FOUND)
        return status;
    PB_AUTO_BUF text = PB_BUF_INIT(512);
    merkle_verifier_text(key, &text);
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_blob(stmt, 1, pb_buf_str(&text));
    return text.failed ? pb_fail_memory(err) : db_run(stmt, err);
}

static pb_status sign_head(const merkle_signer *signer, stored_head *head, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1024);
    PB_TRY(store_head_text(signer->verifier.name, head, &text, err));
    merkle_sign(signer, pb_buf_str(&text), head->signature);
    return PB_OK;
}

static pb_status write_head(db_session *session, const stored_head *head, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO ledger_head (size, at_us, root, signature) VALUES (?1, ?2, ?3, ?4)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)head->size);
    db_bind_i64(stmt, 2, head->at_us);
    db_bind_blob(stmt, 3, merkle_hash_str(&head->root));
    db_bind_blob(stmt, 4, pb_str_n((const char *)head->signature, sizeof head->signature));
    return db_run(stmt, err);
}

static ledger_tree **tree_slot(db_session *session)
{
    return (ledger_tree **)db_workspace_slot(db_session_workspace(session), "ledger", tree_free,
                                             tree_forget);
}

/* Deriving it costs as much as a signature: it is kept as long as the workspace is open. */
static pb_status signer_of(db_session *session, ledger_tree *tree, pb_error *err)
{
    if (tree->signer != NULL)
        return PB_OK;
    merkle_signer *made = sodium_malloc(sizeof *made);
    if (made == NULL)
        return pb_fail_memory(err);
    pb_status status = store_signer(session, made, err);
    if (status != PB_OK) {
        sodium_free(made);
        return status;
    }
    sodium_mprotect_readonly(made);
    tree->signer = made;
    return PB_OK;
}

/* Runs once before the commit of a batch in which something was appended. */
static pb_status finish_batch(db_session *session, void *context, pb_error *err)
{
    (void)context;
    ledger_tree *tree = *tree_slot(session);
    if (!tree || tree->broken)
        return pb_fail(err, PB_INTERNAL,
                       PB_MSG("Could not write to the log, so nothing was written"), NULL);
    if (!tree->loaded)
        PB_TRY(load(session, tree, err));
    tree->registered = false;
    if (tree->range.size == tree->head_size)
        return PB_OK;
    PB_TRY(write_partial_tiles(session, tree, err));
    stored_head head = {.size = tree->range.size, .at_us = tree->at_us};
    head.root = merkle_range_root(&tree->range);
    PB_TRY(signer_of(session, tree, err));
    if (!tree->key_known)
        PB_TRY(settle_key(session, &tree->signer->verifier, err));
    tree->key_known = true;
    PB_TRY(sign_head(tree->signer, &head, err));
    PB_TRY(write_head(session, &head, err));
    tree->head_size = head.size;
    return PB_OK;
}

pb_status tree_open(db_session *session, ledger_tree **ret_tree, pb_error *err)
{
    ledger_tree **slot = tree_slot(session);
    if (!slot)
        return pb_fail_memory(err);
    if (!*slot) {
        PB_TRY(sys_sodium_init(err));
        ledger_tree *made = calloc(1, sizeof *made);
        if (!made)
            return pb_fail_memory(err);
        made->salts_used = sizeof made->salts;
        made->body = PB_BUF_INIT(LEDGER_BODY_MAX);
        made->payload = PB_BUF_INIT(PAYLOAD_MAX);
        *slot = made;
    }
    ledger_tree *tree = *slot;
    if (tree->broken)
        return pb_fail(err, PB_INTERNAL,
                       PB_MSG("Could not write to the log, so nothing was written"), NULL);
    if (!tree->registered) {
        PB_TRY(db_before_commit(session, finish_batch, NULL, err));
        tree->registered = true;
    }
    if (!tree->loaded)
        PB_TRY(load(session, tree, err));
    *ret_tree = tree;
    return PB_OK;
}

pb_status tree_add(db_session *session, ledger_tree *tree, const merkle_hash *leaf, int64_t at_us,
                   pb_error *err)
{
    if (at_us > tree->at_us)
        tree->at_us = at_us;
    return add_leaf(session, tree, leaf, err);
}

void tree_salt(ledger_tree *tree, uint8_t ret_salt[LEDGER_SALT])
{
    if (tree->salts_used + LEDGER_SALT > sizeof tree->salts) {
        sys_random(tree->salts, sizeof tree->salts);
        tree->salts_used = 0;
    }
    memcpy(ret_salt, tree->salts + tree->salts_used, LEDGER_SALT);
    sodium_memzero(tree->salts + tree->salts_used, LEDGER_SALT);
    tree->salts_used += LEDGER_SALT;
}
