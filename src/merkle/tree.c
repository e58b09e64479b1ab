#include "merkle/tree.h"

void merkle_range_append(merkle_range *range, const merkle_hash *leaf, merkle_visit visit,
                         void *context)
{
    merkle_hash hash = *leaf;
    unsigned level = 0;
    if (visit)
        visit(context, 0, range->size, &hash);
    while ((range->size >> level) & 1) {
        hash = merkle_node(&range->peaks[level], &hash);
        level++;
        if (visit)
            visit(context, level, range->size >> level, &hash);
    }
    range->peaks[level] = hash;
    range->size++;
}

merkle_hash merkle_range_root(const merkle_range *range)
{
    if (range->size == 0)
        return merkle_empty();
    unsigned level = (unsigned)__builtin_ctzll(range->size);
    merkle_hash root = range->peaks[level];
    while (++level < MERKLE_LEVELS && range->size >> level)
        if ((range->size >> level) & 1)
            root = merkle_node(&range->peaks[level], &root);
    return root;
}

pb_status merkle_range_load(merkle_reader reader, void *context, uint64_t size,
                            merkle_range *ret_range, pb_error *err)
{
    merkle_range range = {.size = size};
    for (unsigned level = 0; level < MERKLE_LEVELS && size >> level; level++)
        if ((size >> level) & 1)
            PB_TRY(reader(context, level, (size >> level) - 1, &range.peaks[level], err));
    *ret_range = range;
    return PB_OK;
}

/* Root over the leaves [from, to): `from` must be a multiple of the largest perfect subtree that
 * fits, as it is for every part RFC 9162 splits a tree into. */
static pb_status part_root(merkle_reader reader, void *context, uint64_t from, uint64_t to,
                           merkle_hash *ret_root, pb_error *err)
{
    uint64_t rest = to - from;
    merkle_hash root = {{0}};
    bool any = false;
    for (unsigned level = 0; level < MERKLE_LEVELS && rest >> level; level++) {
        if (!((rest >> level) & 1))
            continue;
        merkle_hash peak;
        PB_TRY(reader(context, level, (to >> level) - 1, &peak, err));
        root = any ? merkle_node(&peak, &root) : peak;
        any = true;
        to -= UINT64_C(1) << level;
    }
    *ret_root = root;
    return PB_OK;
}

pb_status merkle_root_at(merkle_reader reader, void *context, uint64_t size, merkle_hash *ret_root,
                         pb_error *err)
{
    if (size == 0) {
        *ret_root = merkle_empty();
        return PB_OK;
    }
    return part_root(reader, context, 0, size, ret_root, err);
}

/* The largest power of two smaller than `n` (n > 1): where the RFC splits a tree. */
static uint64_t split_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(merkle_proof *proof)
{
    for (size_t i = 0; i < proof->count / 2; i++) {
        merkle_hash other = proof->hashes[i];
        proof->hashes[i] = proof->hashes[proof->count - 1 - i];
        proof->hashes[proof->count - 1 - i] = other;
    }
}

/* Walks from the root down to the leaves [from, to) that hold position `at`, taking the sibling's
 * hash at each step, until the part is a single leaf or ends exactly at `stop`. Gives the part
 * reached. */
static pb_status descend(merkle_reader reader, void *context, uint64_t at, uint64_t stop,
                         uint64_t *from, uint64_t *to, merkle_proof *proof, pb_error *err)
{
    while (*to - *from > 1 && *to != stop) {
        uint64_t middle = *from + split_of(*to - *from);
        merkle_hash *sibling = &proof->hashes[proof->count];
        if (at < middle) {
            PB_TRY(part_root(reader, context, middle, *to, sibling, err));
            *to = middle;
        } else {
            PB_TRY(part_root(reader, context, *from, middle, sibling, err));
            *from = middle;
        }
        proof->count++;
    }
    return PB_OK;
}

pb_status merkle_inclusion(merkle_reader reader, void *context, uint64_t index, uint64_t size,
                           merkle_proof *ret_proof, pb_error *err)
{
    if (index >= size)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("Could not prove entry {index}: the log has {size} entries"), "index",
                       PB_ARG_INT(index), "size", PB_ARG_INT(size), NULL);
    merkle_proof proof = {.count = 0};
    uint64_t from = 0, to = size;
    PB_TRY(descend(reader, context, index, 0, &from, &to, &proof, err));
    reverse(&proof);
    *ret_proof = proof;
    return PB_OK;
}

pb_status merkle_consistency(merkle_reader reader, void *context, uint64_t size1, uint64_t size2,
                             merkle_proof *ret_proof, pb_error *err)
{
    if (size1 == 0 || size1 > size2)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("Could not prove that a log of {old} entries became one of {new}"),
                       "old", PB_ARG_INT(size1), "new", PB_ARG_INT(size2), NULL);
    merkle_proof proof = {.count = 0};
    uint64_t from = 0, to = size2;
    PB_TRY(descend(reader, context, size1 - 1, size1, &from, &to, &proof, err));
    /* A part that begins at 0 is the old tree itself, whose root the reader of the proof knows. */
    if (from > 0)
        PB_TRY(part_root(reader, context, from, to, &proof.hashes[proof.count++], err));
    reverse(&proof);
    *ret_proof = proof;
    return PB_OK;
}
