/* The set of keys in memory against a naive list. */
#include "world.h"

#include "keyset.h"

enum { ENTRIES = 5000, KEYS = 900 };

static uint64_t hashes[ENTRIES];
static bool here[ENTRIES]; /* by row number - 1 */

/* Few different keys, some of them very common; every eleventh at the end of the range, so that
 * runs wrap around. */
static uint64_t hash_of(unsigned i)
{
    char text[16];
    unsigned key = i % 5 == 0 ? 0 : i % KEYS;
    snprintf(text, sizeof text, "k%u", key);
    uint64_t hash = keyset_hash(1, pb_str_c(text));
    return key % 11 == 10 ? hash | UINT64_C(0x7ffffff000000000) : hash;
}

static void expect_found(const keyset *set, uint64_t hash)
{
    size_t cursor = 0, found = 0, there = 0;
    uint32_t n;
    for (size_t i = 0; i < ENTRIES; i++)
        there += here[i] && hashes[i] == hash;
    while (keyset_next(set, hash, &cursor, &n)) {
        assert_true(here[n - 1] && hashes[n - 1] == hash);
        found++;
    }
    assert_int_equal(found, there < KEYSET_SAME ? there : KEYSET_SAME);
}

static void equal_to_a_naive_list(void **state)
{
    keyset set = {0};
    uint64_t random = 88172645463325252u;
    (void)state;
    for (unsigned i = 0; i < ENTRIES; i++) {
        hashes[i] = hash_of(i);
        here[i] = true;
        assert_true(keyset_add(&set, hashes[i], i + 1));
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        unsigned victim = (unsigned)(random % (i + 1));
        if (i % 3 == 0) {
            assert_int_equal(keyset_remove(&set, hashes[victim], victim + 1), here[victim]);
            here[victim] = false;
        }
    }
    for (unsigned i = 0; i < ENTRIES; i++)
        expect_found(&set, hashes[i]);
    size_t left = 0, count = keyset_sort(&set);
    for (size_t i = 0; i < ENTRIES; i++)
        left += here[i];
    assert_int_equal(count + set.more_count, left);
    for (size_t i = 1; i < count; i++)
        assert_true(keyset_entry_hash(&set.entries[i - 1]) <= keyset_entry_hash(&set.entries[i]));
    for (size_t i = 1; i < set.more_count; i++)
        assert_true(keyset_entry_hash(&set.more[i - 1]) <= keyset_entry_hash(&set.more[i]));
    keyset_free(&set);
}

/* Stored in workspaces: a version that hashes otherwise finds nothing again.
 */
static void the_hash_never_changes(void **state)
{
    (void)state;
    assert_true(keyset_hash(0, PB_STR("")) == UINT64_C(0x77e80fb05d4c9493));
    assert_true(keyset_hash(0, PB_STR("F-1")) == UINT64_C(0x1fa21f3fda384b99));
    assert_true(keyset_hash(1, PB_STR("acme gmbh")) == UINT64_C(0x6fe4b6848b642fd4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_to_a_naive_list),
        cmocka_unit_test(the_hash_never_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
