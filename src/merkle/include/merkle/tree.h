/* Trees: a compact range that grows leaf by leaf, and proofs made from stored nodes.
 *
 * Node (level, index) is the root of the perfect subtree over the leaves [index << level,
 * (index + 1) << level). Only perfect subtrees are ever stored; everything else follows from them.
 * Threads: pure functions over what the caller holds; a reader is called on the caller's thread.
 * Refuses: storing anything (callers keep nodes, see merkle/tile.h).
 * Source: RFC 9162 §2.1.
 */
#ifndef MERKLE_TREE_H
#define MERKLE_TREE_H

#include "base/error.h"
#include "merkle/hash.h"

enum {
    MERKLE_LEVELS = 64,   /* perfect subtrees of up to 2^63 leaves */
    MERKLE_PROOF_MAX = 65 /* hashes of the longest inclusion or consistency proof */
};

/** The peaks of a tree: `peaks[l]` holds the root of the perfect subtree of 2^l leaves where bit l
 * of `size` is set; the others mean nothing. All zero is the empty tree. */
typedef struct merkle_range {
    uint64_t size;
    merkle_hash peaks[MERKLE_LEVELS];
} merkle_range;

/** Told of every perfect subtree that an append completes, level 0 (the leaf) first. */
typedef void (*merkle_visit)(void *context, unsigned level, uint64_t index,
                             const merkle_hash *hash);
/** Adds a leaf hash. One hash amortised, at most 64. `visit` may be NULL. */
void merkle_range_append(merkle_range *range, const merkle_hash *leaf, merkle_visit visit,
                         void *context);
/** Root of the tree held. At most 63 hashes. */
merkle_hash merkle_range_root(const merkle_range *range);

/** Gives the hash of a stored node. */
typedef pb_status (*merkle_reader)(void *context, unsigned level, uint64_t index,
                                   merkle_hash *ret_hash, pb_error *err);

/** The compact range of the first `size` leaves. */
pb_status merkle_range_load(merkle_reader reader, void *context, uint64_t size,
                            merkle_range *ret_range, pb_error *err);
/** Root of the first `size` leaves. O(log n) nodes read. */
pb_status merkle_root_at(merkle_reader reader, void *context, uint64_t size, merkle_hash *ret_root,
                         pb_error *err);

typedef struct merkle_proof {
    size_t count;
    merkle_hash hashes[MERKLE_PROOF_MAX];
} merkle_proof;

/** Inclusion proof of leaf `index` in the tree of `size` leaves, from leaf to root (RFC 9162
 * §2.1.3.1). PB_INVALID when there is no such leaf. O(log² n) nodes read. */
pb_status merkle_inclusion(merkle_reader reader, void *context, uint64_t index, uint64_t size,
                           merkle_proof *ret_proof, pb_error *err);
/** Proof that the tree of `size1` leaves is a prefix of the tree of `size2` (RFC 9162 §2.1.4.1);
 * empty for equal sizes. PB_INVALID when size1 is 0 or above size2. */
pb_status merkle_consistency(merkle_reader reader, void *context, uint64_t size1, uint64_t size2,
                             merkle_proof *ret_proof, pb_error *err);

/** Checks an inclusion proof as it came from outside: hashes are slices of any length. PB_CORRUPT
 * when it does not prove; surplus, missing or wrongly sized hashes are refused. RFC 9162 §2.1.3.2.
 */
pb_status merkle_verify_inclusion(uint64_t index, uint64_t size, pb_str leaf_hash,
                                  const pb_str *proof, size_t count, pb_str root, pb_error *err);
/** Checks a consistency proof. Nothing follows from an empty tree, so size1 = 0 is refused unless
 * both sizes are 0, both roots the hash of nothing and the proof empty. RFC 9162 §2.1.4.2. */
pb_status merkle_verify_consistency(uint64_t size1, uint64_t size2, pb_str root1, pb_str root2,
                                    const pb_str *proof, size_t count, pb_error *err);

#endif
