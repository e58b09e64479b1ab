/* Tiles: their arithmetic, their paths, and a whole published log recomputed from its entries. */
#include "vectors.h"

#include <sodium.h>

#include "merkle/note.h"
#include "merkle/tile.h"

#define LOG_KEY "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

/* A log of made-up leaves with all its tiles in memory. */
typedef struct tiled {
    uint64_t size;
    merkle_hash tiles[3][300][MERKLE_TILE_WIDTH];
} tiled;

static void keep(void *context, unsigned level, uint64_t index, const merkle_hash *hash)
{
    tiled *log = context;
    if (level % MERKLE_TILE_HEIGHT != 0 || level > 16)
        return;
    log->tiles[level / 8][index / MERKLE_TILE_WIDTH][index % MERKLE_TILE_WIDTH] = *hash;
}

static pb_status read_node(void *context, unsigned level, uint64_t index, merkle_hash *ret_hash,
                           pb_error *err)
{
    const tiled *log = context;
    unsigned tile_level, first;
    uint64_t tile_index;
    merkle_tile_of(level, index, &tile_level, &tile_index, &first);
    if (tile_level > 2)
        return pb_fail(err, PB_NOT_FOUND, "none", NULL);
    return merkle_tile_node(log->tiles[tile_level][tile_index],
                            merkle_tile_width(log->size, tile_level, tile_index), level, index,
                            ret_hash, err);
}

/* shows: ACC-5 */
static void test_tiles_give_every_root_and_proof(void **state)
{
    (void)state;
    tiled *log = calloc(1, sizeof *log);
    assert_non_null(log);
    merkle_range range = {.size = 0};
    uint64_t seed = 3;
    for (uint64_t i = 0; i < 66000; i++) {
        merkle_hash leaf = merkle_leaf(pb_str_n((const char *)&i, sizeof i));
        merkle_range_append(&range, &leaf, keep, log);
        log->size = range.size;
        if (i % 997 != 0 && i < 65500)
            continue;
        merkle_hash held = merkle_range_root(&range), read;
        assert_int_equal(merkle_root_at(read_node, log, range.size, &read, NULL), PB_OK);
        assert_true(merkle_hash_eq(&held, &read));
        if (i % 7 != 0)
            continue;
        uint64_t at = vector_random(&seed) % range.size;
        merkle_proof proof;
        pb_str list[MERKLE_PROOF_MAX];
        assert_int_equal(merkle_inclusion(read_node, log, at, range.size, &proof, NULL), PB_OK);
        for (size_t k = 0; k < proof.count; k++)
            list[k] = merkle_hash_str(&proof.hashes[k]);
        leaf = merkle_leaf(pb_str_n((const char *)&at, sizeof at));
        assert_int_equal(merkle_verify_inclusion(at, range.size, merkle_hash_str(&leaf), list,
                                                 proof.count, merkle_hash_str(&held), NULL),
                         PB_OK);
    }
    free(log);
}

static void test_numbers_and_widths_of_tiles(void **state)
{
    (void)state;
    assert_int_equal(merkle_tile_count(0, 0), 0);
    assert_int_equal(merkle_tile_count(1, 0), 1);
    assert_int_equal(merkle_tile_count(256, 0), 1);
    assert_int_equal(merkle_tile_count(257, 0), 2);
    assert_int_equal(merkle_tile_count(255, 1), 0);
    assert_int_equal(merkle_tile_count(256, 1), 1);
    assert_int_equal(merkle_tile_count(70000, 1), 2);
    assert_int_equal(merkle_tile_count(70000, 2), 1);
    assert_int_equal(merkle_tile_width(70000, 0, 273), 112);
    assert_int_equal(merkle_tile_width(70000, 0, 272), 256);
    assert_int_equal(merkle_tile_width(70000, 0, 274), 0);
    assert_int_equal(merkle_tile_width(70000, 1, 1), 17);
    assert_int_equal(merkle_tile_width(70000, 2, 0), 1);
    assert_int_equal(merkle_tile_width(70000, 9, 0), 0);
    merkle_hash hashes[MERKLE_TILE_WIDTH], hash;
    memset(hashes, 1, sizeof hashes);
    pb_error err;
    assert_int_equal(merkle_tile_node(hashes, 7, 3, 0, &hash, &err), PB_CORRUPT);
    assert_int_equal(merkle_tile_node(hashes, 8, 3, 0, &hash, &err), PB_OK);
    assert_int_equal(merkle_tile_node(hashes, 8, 0, 8, &hash, &err), PB_CORRUPT);
}

static void check_path(unsigned level, uint64_t index, unsigned width, const char *want)
{
    char path[MERKLE_TILE_PATH];
    int parsed_level;
    uint64_t parsed_index;
    unsigned parsed_width;
    merkle_tile_path(level, index, width, path);
    assert_string_equal(path, want);
    assert_true(merkle_tile_parse(pb_str_c(path), &parsed_level, &parsed_index, &parsed_width));
    assert_int_equal(parsed_level, level);
    assert_true(parsed_index == index);
    assert_int_equal(parsed_width, width);
}

static void test_paths_of_tiles(void **state)
{
    (void)state;
    check_path(0, 0, 256, "tile/0/000");
    check_path(0, 1234067, 256, "tile/0/x001/x234/067");
    check_path(3, 1000, 12, "tile/3/x001/000.p/12");
    check_path(7, UINT64_MAX, 255, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255");
    int level;
    uint64_t index;
    unsigned width;
    assert_true(merkle_tile_parse(PB_STR("tile/entries/000.p/3"), &level, &index, &width));
    assert_true(level == -1 && index == 0 && width == 3);
    static const char *const bad[] = {
        "",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/000.p",
        "tile/x/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/00/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/001/000",
        "tile/0/000/",
        "tile/0/+01",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/000.p/1/",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (merkle_tile_parse(pb_str_c(bad[i]), &level, &index, &width))
            fail_msg("took %s", bad[i]);
}

/* The entries of the last bundle as leaf hashes. */
static size_t read_entries(merkle_hash *leaves, size_t max)
{
    char path[MERKLE_TILE_PATH], name[128];
    merkle_entries_path(0, 15, path);
    snprintf(name, sizeof name, "tlog/log/%s", path);
    pb_buf file = vector_file(name);
    size_t count = 0;
    for (size_t at = 0; at < file.len;) {
        assert_true(at + 2 <= file.len && count < max);
        size_t len = (size_t)(uint8_t)file.ptr[at] << 8 | (uint8_t)file.ptr[at + 1];
        assert_true(at + 2 + len <= file.len);
        leaves[count++] = merkle_leaf(pb_str_n(file.ptr + at + 2, len));
        at += 2 + len;
    }
    pb_buf_free(&file);
    return count;
}

static void check_checkpoint(const char *name, const merkle_verifier *key, uint64_t size,
                             const merkle_hash *root)
{
    pb_buf file = vector_file(name);
    merkle_note note;
    merkle_checkpoint head;
    assert_int_equal(merkle_note_open(pb_buf_str(&file), key, 1, &note, NULL), PB_OK);
    assert_int_equal(note.verified_count, 1);
    assert_int_equal(merkle_checkpoint_parse(note.text, &head, NULL), PB_OK);
    assert_true(pb_str_is(head.origin, "example.com/log/testdata"));
    assert_true(head.size == size);
    assert_true(merkle_hash_eq(&head.root, root));
    for (size_t i = 0; i < file.len; i++) { /* a changed byte never passes */
        file.ptr[i] ^= 1;
        bool good = merkle_note_open(pb_buf_str(&file), key, 1, &note, NULL) == PB_OK;
        file.ptr[i] ^= 1;
        if (good)
            fail_msg("byte %zu of %s changed and still signed", i, name);
    }
    pb_buf_free(&file);
}

/* shows: ACC-5 */
static void test_published_log_recomputed(void **state)
{
    (void)state;
    merkle_hash leaves[32];
    merkle_verifier key;
    assert_int_equal(merkle_verifier_parse(PB_STR(LOG_KEY), &key, NULL), PB_OK);
    size_t count = read_entries(leaves, 32);
    assert_int_equal(count, 15);
    merkle_range range = {.size = 0};
    char path[MERKLE_TILE_PATH], name[128];
    for (size_t size = 0; size <= count; size++) {
        merkle_hash root = merkle_range_root(&range);
        snprintf(name, sizeof name, "tlog/log/checkpoint.%zu", size);
        check_checkpoint(name, &key, size, &root);
        if (size > 0) {
            merkle_tile_path(0, 0, merkle_tile_width(size, 0, 0), path);
            snprintf(name, sizeof name, "tlog/log/%s", path);
            pb_buf tile = vector_file(name);
            assert_int_equal(tile.len, size * MERKLE_HASH_SIZE);
            assert_memory_equal(tile.ptr, leaves, tile.len);
            pb_buf_free(&tile);
        }
        if (size < count)
            merkle_range_append(&range, &leaves[size], NULL, NULL);
    }
    merkle_hash root = merkle_range_root(&range);
    check_checkpoint("tlog/log/checkpoint", &key, count, &root);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tiles_give_every_root_and_proof),
        cmocka_unit_test(test_numbers_and_widths_of_tiles),
        cmocka_unit_test(test_paths_of_tiles),
        cmocka_unit_test(test_published_log_recomputed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
