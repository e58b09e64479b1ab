/* The published vectors of RFC 6962 trees: roots, generated proofs, proofs valid and forged, and a
 * real entry of a Certificate Transparency log. */
#include "vectors.h"

#include <cjson/cJSON.h>

#include "merkle/tree.h"

enum { LEAVES = 8 };

/* A tree of leaf hashes from which any node is computed anew. */
typedef struct small_tree {
    merkle_hash leaves[LEAVES];
} small_tree;

static pb_status read_node(void *context, unsigned level, uint64_t index, merkle_hash *ret_hash,
                           pb_error *err)
{
    const small_tree *tree = context;
    if (level == 0) {
        assert_true(index < LEAVES);
        *ret_hash = tree->leaves[index];
        return PB_OK;
    }
    merkle_hash left, right;
    PB_TRY(read_node(context, level - 1, 2 * index, &left, err));
    PB_TRY(read_node(context, level - 1, 2 * index + 1, &right, err));
    *ret_hash = merkle_node(&left, &right);
    return PB_OK;
}

static void load_tree(small_tree *tree)
{
    pb_buf file = vector_file("rfc6962-roots.tsv");
    pb_str rest = pb_buf_str(&file), line, cells[3];
    merkle_range range = {.size = 0};
    uint8_t room[64];
    size_t seen = 0;
    while (vector_line(&rest, &line)) {
        vector_cells(line, cells, 3);
        int64_t size;
        assert_true(pb_str_to_i64(cells[0], &size));
        if (size > 0) {
            tree->leaves[size - 1] = merkle_leaf(vector_hex(cells[1], room, sizeof room));
            merkle_range_append(&range, &tree->leaves[size - 1], NULL, NULL);
        }
        assert_int_equal(range.size, size);
        pb_str want = vector_hex(cells[2], room, sizeof room);
        merkle_hash root = merkle_range_root(&range), read;
        assert_true(pb_str_eq(merkle_hash_str(&root), want));
        assert_int_equal(merkle_root_at(read_node, tree, (uint64_t)size, &read, NULL), PB_OK);
        assert_true(merkle_hash_eq(&root, &read));
        seen++;
    }
    assert_int_equal(seen, LEAVES + 1);
    pb_buf_free(&file);
}

/* shows: ACC-5 */
static void test_roots_of_published_trees(void **state)
{
    (void)state;
    small_tree tree;
    load_tree(&tree);
}

/* shows: ACC-5 */
static void test_generated_proofs_are_the_published_ones(void **state)
{
    (void)state;
    small_tree tree;
    load_tree(&tree);
    pb_buf file = vector_file("rfc6962-generate.tsv");
    pb_str rest = pb_buf_str(&file), line, cells[4], list[8];
    uint8_t room[8][64];
    size_t seen = 0;
    while (vector_line(&rest, &line)) {
        vector_cells(line, cells, 4);
        int64_t a, b;
        assert_true(pb_str_to_i64(cells[1], &a) && pb_str_to_i64(cells[2], &b));
        merkle_proof proof;
        if (pb_str_is(cells[0], "P"))
            assert_int_equal(
                merkle_inclusion(read_node, &tree, (uint64_t)a, (uint64_t)b, &proof, NULL), PB_OK);
        else
            assert_int_equal(
                merkle_consistency(read_node, &tree, (uint64_t)a, (uint64_t)b, &proof, NULL),
                PB_OK);
        size_t count = vector_list(cells[3], list, room, 8);
        assert_int_equal(proof.count, count);
        for (size_t i = 0; i < count; i++)
            assert_true(pb_str_eq(merkle_hash_str(&proof.hashes[i]), list[i]));
        seen++;
    }
    assert_int_equal(seen, 7);
    pb_buf_free(&file);
}

static bool to_u64(pb_str s, uint64_t *ret)
{
    char text[32], *end;
    if (s.len == 0 || s.len >= sizeof text)
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = 0;
    *ret = strtoull(text, &end, 10);
    return *end == 0;
}

/* shows: ACC-5 */
static void test_valid_proofs_hold_and_forged_ones_do_not(void **state)
{
    (void)state;
    pb_buf file = vector_file("rfc6962-proofs.tsv");
    pb_str rest = pb_buf_str(&file), line, cells[9], list[80];
    static uint8_t room[80][64];
    size_t seen = 0, good = 0;
    while (vector_line(&rest, &line)) {
        vector_cells(line, cells, 9);
        uint64_t a = 0, b = 0;
        uint8_t h1[64], h2[64];
        assert_true(to_u64(cells[2], &a) && to_u64(cells[3], &b));
        pb_str first = vector_hex(cells[4], h1, sizeof h1), second = vector_hex(cells[5], h2, 64);
        size_t count = vector_list(cells[6], list, room, 80);
        pb_status status = pb_str_is(cells[0], "I")
                               ? merkle_verify_inclusion(a, b, first, list, count, second, NULL)
                               : merkle_verify_consistency(a, b, first, second, list, count, NULL);
        bool valid = pb_str_is(cells[1], "1");
        if ((status == PB_OK) != valid)
            fail_msg("%.*s (%.*s) gave %d", PB_STR_FMT(cells[7]), PB_STR_FMT(cells[8]), status);
        seen++;
        good += valid;
    }
    assert_int_equal(seen, 196);
    assert_int_equal(good, 12);
    pb_buf_free(&file);
}

static pb_str json_hex(const cJSON *json, uint8_t *room, size_t size)
{
    assert_non_null(json);
    return vector_hex(pb_str_c(json->valuestring), room, size);
}

/* shows: ACC-5 */
static void test_real_certificate_transparency_entry(void **state)
{
    (void)state;
    pb_buf file = vector_file("real-ct-inclusion.json");
    cJSON *json = cJSON_ParseWithLength(file.ptr, file.len);
    assert_non_null(json);
    static uint8_t leaf_room[4096], hash_room[64], root_room[64], room[64][64];
    pb_str raw = json_hex(cJSON_GetObjectItem(json, "raw_leaf_hex"), leaf_room, sizeof leaf_room);
    pb_str hash = json_hex(cJSON_GetObjectItem(json, "leafHash"), hash_room, sizeof hash_room);
    pb_str root = json_hex(cJSON_GetObjectItem(json, "root"), root_room, sizeof root_room);
    merkle_hash computed = merkle_leaf(raw);
    assert_true(pb_str_eq(merkle_hash_str(&computed), hash));
    pb_str list[64];
    size_t count = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "proof"))
    {
        list[count] = json_hex(item, room[count], 64);
        count++;
    }
    uint64_t index = (uint64_t)cJSON_GetObjectItem(json, "leafIdx")->valuedouble;
    uint64_t size = (uint64_t)cJSON_GetObjectItem(json, "treeSize")->valuedouble;
    assert_int_equal(merkle_verify_inclusion(index, size, hash, list, count, root, NULL), PB_OK);
    assert_int_equal(merkle_verify_inclusion(index - 1, size, hash, list, count, root, NULL),
                     PB_CORRUPT);
    cJSON_Delete(json);
    pb_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots_of_published_trees),
        cmocka_unit_test(test_generated_proofs_are_the_published_ones),
        cmocka_unit_test(test_valid_proofs_hold_and_forged_ones_do_not),
        cmocka_unit_test(test_real_certificate_transparency_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
