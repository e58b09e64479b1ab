#include "merkle/tree.h"

static pb_status refuse(pb_error *err, const char *why)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The proof does not hold"), NULL);
    if (err)
        pb_error_detail(err, why, NULL);
    return PB_CORRUPT;
}

static pb_status check_lengths(const pb_str *proof, size_t count, pb_error *err)
{
    if (count > MERKLE_PROOF_MAX)
        return refuse(err, PB_MSG("It has more hashes than any tree needs."));
    for (size_t i = 0; i < count; i++)
        if (proof[i].len != MERKLE_HASH_SIZE)
            return refuse(err, PB_MSG("One of its hashes is not 32 bytes long."));
    return PB_OK;
}

static merkle_hash join(pb_str left, pb_str right)
{
    merkle_hash l, r;
    memcpy(l.b, left.ptr, sizeof l.b);
    memcpy(r.b, right.ptr, sizeof r.b);
    return merkle_node(&l, &r);
}

pb_status merkle_verify_inclusion(uint64_t index, uint64_t size, pb_str leaf_hash,
                                  const pb_str *proof, size_t count, pb_str root, pb_error *err)
{
    if (index >= size)
        return refuse(err, PB_MSG("The entry lies outside the log."));
    merkle_hash hash;
    if (!merkle_hash_from(leaf_hash, &hash) || root.len != MERKLE_HASH_SIZE)
        return refuse(err, PB_MSG("One of its hashes is not 32 bytes long."));
    PB_TRY(check_lengths(proof, count, err));
    uint64_t fn = index, sn = size - 1;
    for (size_t i = 0; i < count; i++) {
        if (sn == 0)
            return refuse(err, PB_MSG("It has more hashes than the path to the root."));
        if ((fn & 1) || fn == sn) {
            hash = join(proof[i], merkle_hash_str(&hash));
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash = join(merkle_hash_str(&hash), proof[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return refuse(err, PB_MSG("It has fewer hashes than the path to the root."));
    if (!pb_str_eq(merkle_hash_str(&hash), root))
        return refuse(err, PB_MSG("It leads to another root."));
    return PB_OK;
}

/* Of equal sizes the roots are only compared, whatever they are, as in the published vectors. */
static pb_status verify_equal(uint64_t size, pb_str root1, pb_str root2, size_t count,
                              pb_error *err)
{
    if (count != 0)
        return refuse(err, PB_MSG("Between equal sizes there is nothing to prove."));
    if (!pb_str_eq(root1, root2))
        return refuse(err, PB_MSG("Two logs of the same size have different roots."));
    merkle_hash nothing = merkle_empty();
    if (size == 0 && !pb_str_eq(root1, merkle_hash_str(&nothing)))
        return refuse(err, PB_MSG("The root of an empty log is the hash of nothing."));
    return PB_OK;
}

/* Steps 3 to 6 of RFC 9162 §2.1.4.2, both sizes known to be in order and the proof not empty. */
static pb_status verify_growth(uint64_t size1, uint64_t size2, pb_str root1, pb_str root2,
                               const pb_str *proof, size_t count, pb_error *err)
{
    size_t used = 0;
    bool whole = (size1 & (size1 - 1)) == 0;
    pb_str first = whole ? root1 : proof[used++];
    uint64_t fn = size1 - 1, sn = size2 - 1;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    merkle_hash old_root, new_root;
    memcpy(old_root.b, first.ptr, sizeof old_root.b);
    new_root = old_root;
    for (; used < count; used++) {
        if (sn == 0)
            return refuse(err, PB_MSG("It has more hashes than the path to the root."));
        if ((fn & 1) || fn == sn) {
            old_root = join(proof[used], merkle_hash_str(&old_root));
            new_root = join(proof[used], merkle_hash_str(&new_root));
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            new_root = join(merkle_hash_str(&new_root), proof[used]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return refuse(err, PB_MSG("It has fewer hashes than the path to the root."));
    if (!pb_str_eq(merkle_hash_str(&old_root), root1))
        return refuse(err, PB_MSG("It does not begin at the older root."));
    if (!pb_str_eq(merkle_hash_str(&new_root), root2))
        return refuse(err, PB_MSG("It leads to another root."));
    return PB_OK;
}

pb_status merkle_verify_consistency(uint64_t size1, uint64_t size2, pb_str root1, pb_str root2,
                                    const pb_str *proof, size_t count, pb_error *err)
{
    PB_TRY(check_lengths(proof, count, err));
    if (size1 > size2)
        return refuse(err, PB_MSG("A log never becomes smaller."));
    if (size1 == size2)
        return verify_equal(size1, root1, root2, count, err);
    if (size1 == 0)
        return refuse(err, PB_MSG("Nothing follows from an empty log."));
    if (root1.len != MERKLE_HASH_SIZE || root2.len != MERKLE_HASH_SIZE)
        return refuse(err, PB_MSG("One of its hashes is not 32 bytes long."));
    if (count == 0)
        return refuse(err, PB_MSG("It has fewer hashes than the path to the root."));
    return verify_growth(size1, size2, root1, root2, proof, count, err);
}
