/* The growing tree of an open workspace: peaks and the newest tile of each level, kept in memory
 * while the workspace is open, written as tiles fill and before a commit, thrown away when a
 * transaction rolls back (it is then read again: the newest head's tiles and the events since).
 *
 * Threads: the writer's only.
 */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include "store.h"

#include "db/incident.h"

enum { TREE_SALTS = 4096 };

typedef struct ledger_tree {
    bool loaded;           /* mirrors the stored rows */
    bool registered;       /* the head of this batch will be signed */
    bool broken;           /* an append failed half-way: the batch must not be committed */
    bool key_known;        /* the stored public key was seen to be ours */
    bool told;             /* of what happened to the place, as far as this transaction sees */
    merkle_signer *signer; /* in guarded memory, overwritten at close; NULL: not needed yet */
    merkle_range range;
    int64_t at_us; /* the latest moment any event bears */
    uint64_t head_size;
    merkle_hash tiles[MERKLE_TILE_LEVELS][MERKLE_TILE_WIDTH];
    uint64_t stored[MERKLE_TILE_LEVELS]; /* nodes of that level that lie in stored tiles */
    unsigned filled;                     /* levels whose tile the last leaf filled, as bits */
    uint8_t salts[TREE_SALTS];
    size_t salts_used;
    pb_buf body, payload;
} ledger_tree;

/** The tree, ready for appending in this transaction: loaded, and its head's signing arranged. */
pb_status tree_open(db_session *session, ledger_tree **ret_tree, pb_error *err);
/** Events about what happened to the place, where there are such nobody wrote so far. */
pb_status ledger_tell_incidents(db_session *session, pb_error *err);
/** Adds the leaf of an event and writes the tiles it fills. */
pb_status tree_add(db_session *session, ledger_tree *tree, const merkle_hash *leaf, int64_t at_us,
                   pb_error *err);
/** A salt nobody used before. */
void tree_salt(ledger_tree *tree, uint8_t ret_salt[LEDGER_SALT]);

#endif
