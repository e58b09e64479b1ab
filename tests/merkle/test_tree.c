/* Properties of trees of random sizes, against a twin written straight from the definitions of RFC
 * 9162 §2.1: slow, recursive, over the list of leaves. */
#include "vectors.h"

#include "merkle/tree.h"

enum { MOST = 700 };

typedef struct model_tree {
    size_t size;
    char data[MOST][24];
    size_t lengths[MOST];
    merkle_hash nodes[10][MOST]; /* what appends announced */
    bool known[10][MOST];
} model_tree;

/* MTH(D[from:to]) of RFC 9162 §2.1.1, hashes and all. */
static merkle_hash twin_root(const model_tree *tree, size_t from, size_t to)
{
    size_t n = to - from, k = 1;
    if (n == 0)
        return merkle_sha256(PB_STR(""));
    if (n == 1) {
        char bytes[32] = {0x00};
        memcpy(bytes + 1, tree->data[from], tree->lengths[from]);
        return merkle_sha256(pb_str_n(bytes, 1 + tree->lengths[from]));
    }
    while (k * 2 < n)
        k *= 2;
    merkle_hash left = twin_root(tree, from, from + k), right = twin_root(tree, from + k, to);
    char bytes[65] = {0x01};
    memcpy(bytes + 1, left.b, 32);
    memcpy(bytes + 33, right.b, 32);
    return merkle_sha256(pb_str_n(bytes, sizeof bytes));
}

/* PATH(m, D_n) of RFC 9162 §2.1.3.1. */
static void twin_path(const model_tree *tree, size_t m, size_t from, size_t to, merkle_proof *proof)
{
    size_t n = to - from, k = 1;
    if (n <= 1)
        return;
    while (k * 2 < n)
        k *= 2;
    if (m < k) {
        twin_path(tree, m, from, from + k, proof);
        proof->hashes[proof->count++] = twin_root(tree, from + k, to);
    } else {
        twin_path(tree, m - k, from + k, to, proof);
        proof->hashes[proof->count++] = twin_root(tree, from, from + k);
    }
}

/* SUBPROOF(m, D_n, b) of RFC 9162 §2.1.4.1. */
static void twin_subproof(const model_tree *tree, size_t m, size_t from, size_t to, bool known,
                          merkle_proof *proof)
{
    size_t n = to - from, k = 1;
    if (m == n) {
        if (!known)
            proof->hashes[proof->count++] = twin_root(tree, from, to);
        return;
    }
    while (k * 2 < n)
        k *= 2;
    if (m <= k) {
        twin_subproof(tree, m, from, from + k, known, proof);
        proof->hashes[proof->count++] = twin_root(tree, from + k, to);
    } else {
        twin_subproof(tree, m - k, from + k, to, false, proof);
        proof->hashes[proof->count++] = twin_root(tree, from, from + k);
    }
}

static void note_node(void *context, unsigned level, uint64_t index, const merkle_hash *hash)
{
    model_tree *tree = context;
    assert_true(level < 10 && index < MOST);
    assert_false(tree->known[level][index]);
    tree->known[level][index] = true;
    tree->nodes[level][index] = *hash;
}

static pb_status read_node(void *context, unsigned level, uint64_t index, merkle_hash *ret_hash,
                           pb_error *err)
{
    model_tree *tree = context;
    (void)err;
    assert_true(level < 10 && index < MOST && tree->known[level][index]);
    *ret_hash = tree->nodes[level][index];
    return PB_OK;
}

static void grow(model_tree *tree, merkle_range *range, size_t size, uint64_t *seed)
{
    while (tree->size < size) {
        size_t at = tree->size++;
        /* No two leaves alike: of equal neighbours either would prove the other's place. */
        tree->lengths[at] = 2 + vector_random(seed) % 22;
        tree->data[at][0] = (char)(at >> 8);
        tree->data[at][1] = (char)at;
        for (size_t i = 2; i < tree->lengths[at]; i++)
            tree->data[at][i] = (char)vector_random(seed);
        merkle_hash leaf = merkle_leaf(pb_str_n(tree->data[at], tree->lengths[at]));
        merkle_range_append(range, &leaf, note_node, tree);
    }
}

static void same_proof(const merkle_proof *a, const merkle_proof *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_true(merkle_hash_eq(&a->hashes[i], &b->hashes[i]));
}

static size_t slices(const merkle_proof *proof, pb_str *list)
{
    for (size_t i = 0; i < proof->count; i++)
        list[i] = merkle_hash_str(&proof->hashes[i]);
    return proof->count;
}

/* What one check says of a proof; the mutations below need not know which kind it is. */
typedef struct claim {
    bool inclusion;
    uint64_t a, b;
    merkle_hash first, second;
    merkle_proof proof;
} claim;

static bool holds_with(const claim *c, const pb_str *list, size_t count)
{
    pb_str first = merkle_hash_str(&c->first), second = merkle_hash_str(&c->second);
    return (c->inclusion
                ? merkle_verify_inclusion(c->a, c->b, first, list, count, second, NULL)
                : merkle_verify_consistency(c->a, c->b, first, second, list, count, NULL)) == PB_OK;
}

static bool holds(const claim *c)
{
    pb_str list[MERKLE_PROOF_MAX];
    return holds_with(c, list, slices(&c->proof, list));
}

static void flip(merkle_hash *hash, uint64_t *seed)
{
    uint64_t bit = vector_random(seed) % 256;
    hash->b[bit / 8] ^= (uint8_t)(1U << (bit % 8));
}

static void refuses_changed_hashes(const claim *good, uint64_t *seed)
{
    claim bad = *good;
    flip(&bad.first, seed);
    assert_false(holds(&bad));
    bad = *good;
    flip(&bad.second, seed);
    assert_false(holds(&bad));
    for (size_t i = 0; i < good->proof.count; i++) {
        bad = *good;
        flip(&bad.proof.hashes[i], seed);
        assert_false(holds(&bad));
        if (i > 0) {
            bad = *good;
            bad.proof.hashes[i] = good->proof.hashes[i - 1];
            bad.proof.hashes[i - 1] = good->proof.hashes[i];
            assert_false(holds(&bad));
        }
    }
}

static void refuses_other_lengths(const claim *good)
{
    pb_str list[MERKLE_PROOF_MAX + 2], other[MERKLE_PROOF_MAX + 2];
    size_t count = slices(&good->proof, list);
    for (size_t at = 0; at <= count; at++) { /* one too many, anywhere */
        memcpy(other, list, at * sizeof *list);
        other[at] = merkle_hash_str(&good->second);
        memcpy(other + at + 1, list + at, (count - at) * sizeof *list);
        assert_false(holds_with(good, other, count + 1));
    }
    for (size_t at = 0; at < count; at++) {
        memcpy(other, list, count * sizeof *list); /* one missing */
        memmove(other + at, other + at + 1, (count - at - 1) * sizeof *list);
        assert_false(holds_with(good, other, count - 1));
        memcpy(other, list, count * sizeof *list); /* one too short, one empty */
        other[at].len = 31;
        assert_false(holds_with(good, other, count));
        other[at].len = 0;
        assert_false(holds_with(good, other, count));
    }
}

/* The same proof for another leaf or another older size must not hold. */
static void refuses_other_numbers(const claim *good)
{
    claim bad = *good;
    bad.a = good->a + 1;
    assert_false(holds(&bad));
    if (good->a > 0) {
        bad.a = good->a - 1;
        assert_false(holds(&bad));
    }
    bad = *good;
    bad.a = good->b;
    assert_false(holds(&bad));
    bad.a = good->b + 1;
    assert_false(holds(&bad));
}

static void check_size(model_tree *tree, size_t size, uint64_t *seed)
{
    merkle_range loaded;
    merkle_hash root = twin_root(tree, 0, size), read;
    assert_int_equal(merkle_range_load(read_node, tree, size, &loaded, NULL), PB_OK);
    merkle_hash folded = merkle_range_root(&loaded);
    assert_true(merkle_hash_eq(&root, &folded));
    assert_int_equal(merkle_root_at(read_node, tree, size, &read, NULL), PB_OK);
    assert_true(merkle_hash_eq(&root, &read));
    if (size == 0)
        return;
    claim c = {.inclusion = true, .a = vector_random(seed) % size, .b = size, .second = root};
    merkle_proof twin = {.count = 0};
    c.first = merkle_leaf(pb_str_n(tree->data[c.a], tree->lengths[c.a]));
    assert_int_equal(merkle_inclusion(read_node, tree, c.a, size, &c.proof, NULL), PB_OK);
    twin_path(tree, c.a, 0, size, &twin);
    same_proof(&c.proof, &twin);
    assert_true(holds(&c));
    refuses_changed_hashes(&c, seed);
    refuses_other_lengths(&c);
    refuses_other_numbers(&c);

    claim k = {.a = 1 + vector_random(seed) % size, .b = size, .second = root};
    k.first = twin_root(tree, 0, k.a);
    twin.count = 0;
    assert_int_equal(merkle_consistency(read_node, tree, k.a, size, &k.proof, NULL), PB_OK);
    twin_subproof(tree, k.a, 0, size, true, &twin);
    same_proof(&k.proof, &twin);
    assert_true(holds(&k));
    refuses_changed_hashes(&k, seed);
    refuses_other_lengths(&k);
    if (k.a < k.b)
        refuses_other_numbers(&k);
}

/* shows: ACC-5 */
static void test_random_trees_equal_the_naive_twin(void **state)
{
    (void)state;
    static model_tree tree;
    uint64_t seed = 20261121;
    for (int round = 0; round < 4; round++) {
        memset(&tree, 0, sizeof tree);
        merkle_range range = {.size = 0};
        size_t size = 0;
        while (size < MOST) {
            grow(&tree, &range, size, &seed);
            merkle_hash held = merkle_range_root(&range), twin = twin_root(&tree, 0, size);
            assert_true(merkle_hash_eq(&held, &twin));
            check_size(&tree, size, &seed);
            if (size > 0)
                check_size(&tree, vector_random(&seed) % size, &seed);
            size += round == 0 && size < 70 ? 1 : 1 + vector_random(&seed) % 40;
        }
    }
}

/* Every pair of numbers of small trees: each proof fits its own and no other. */
/* shows: ACC-5 */
static void test_every_proof_of_small_trees_fits_nothing_else(void **state)
{
    (void)state;
    static model_tree tree;
    uint64_t seed = 7;
    merkle_range range = {.size = 0};
    memset(&tree, 0, sizeof tree);
    grow(&tree, &range, 34, &seed);
    for (size_t size = 1; size <= 34; size++) {
        merkle_hash root = twin_root(&tree, 0, size);
        for (size_t at = 0; at < size; at++) {
            claim c = {.inclusion = true, .a = at, .b = size, .second = root};
            c.first = merkle_leaf(pb_str_n(tree.data[at], tree.lengths[at]));
            assert_int_equal(merkle_inclusion(read_node, &tree, at, size, &c.proof, NULL), PB_OK);
            for (uint64_t a = 0; a <= size + 1; a++) {
                c.a = a;
                assert_int_equal(holds(&c), a == at);
            }
            claim k = {.a = at + 1, .b = size, .second = root};
            k.first = twin_root(&tree, 0, at + 1);
            assert_int_equal(merkle_consistency(read_node, &tree, k.a, size, &k.proof, NULL),
                             PB_OK);
            assert_true(holds(&k));
            for (uint64_t a = 0; a <= size + 1; a++) {
                k.a = a;
                assert_int_equal(holds(&k), a == at + 1);
            }
        }
    }
}

static void test_proofs_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static model_tree tree;
    uint64_t seed = 9;
    merkle_range range = {.size = 0};
    merkle_proof proof = {.count = 99};
    memset(&tree, 0, sizeof tree);
    grow(&tree, &range, 5, &seed);
    pb_error err;
    assert_int_equal(merkle_inclusion(read_node, &tree, 5, 5, &proof, &err), PB_INVALID);
    assert_int_equal(merkle_inclusion(read_node, &tree, 0, 0, &proof, &err), PB_INVALID);
    assert_int_equal(merkle_consistency(read_node, &tree, 0, 5, &proof, &err), PB_INVALID);
    assert_int_equal(merkle_consistency(read_node, &tree, 6, 5, &proof, &err), PB_INVALID);
    assert_int_equal(proof.count, 99);
    assert_int_equal(merkle_consistency(read_node, &tree, 5, 5, &proof, &err), PB_OK);
    assert_int_equal(proof.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_trees_equal_the_naive_twin),
        cmocka_unit_test(test_every_proof_of_small_trees_fits_nothing_else),
        cmocka_unit_test(test_proofs_that_do_not_exist_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
