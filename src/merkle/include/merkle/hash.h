/* SHA-256 as a Merkle tree of RFC 6962 / RFC 9162 uses it, and HMAC-SHA-256 for commitments.
 *
 * Threads: pure functions; no state is kept, nothing is allocated.
 * Cost: about 0.05 µs a block of 64 bytes where the CPU has SHA instructions (OpenSSL picks them).
 */
#ifndef MERKLE_HASH_H
#define MERKLE_HASH_H

#include "base/str.h"

enum { MERKLE_HASH_SIZE = 32 };

/** A SHA-256 value. */
typedef struct merkle_hash {
    uint8_t b[MERKLE_HASH_SIZE];
} merkle_hash;

/** SHA-256 of `data`. */
merkle_hash merkle_sha256(pb_str data);
/** Root of the tree without leaves: SHA-256 of nothing. */
merkle_hash merkle_empty(void);
/** Hash of a leaf: SHA-256(0x00 || data). RFC 9162 §2.1.1. */
merkle_hash merkle_leaf(pb_str data);
/** Hash of an inner node: SHA-256(0x01 || left || right). RFC 9162 §2.1.1. */
merkle_hash merkle_node(const merkle_hash *left, const merkle_hash *right);
/** HMAC-SHA-256 (RFC 2104) of `data`; keys longer than 64 bytes are hashed first. */
merkle_hash merkle_hmac(pb_str key, pb_str data);
/** The bytes of a hash as a slice; lives as long as `hash`. */
pb_str merkle_hash_str(const merkle_hash *hash);
/** True when both are the same; time does not depend on the content. */
bool merkle_hash_eq(const merkle_hash *a, const merkle_hash *b);
/** Takes a hash from bytes; false (and `*ret` untouched) when they are not 32. */
bool merkle_hash_from(pb_str bytes, merkle_hash *ret);

#endif
