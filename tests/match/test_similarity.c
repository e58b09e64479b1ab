#include "internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void assert_near(double value, double expected)
{
    assert_true(value > expected - 0.0005 && value < expected + 0.0005);
}

/* The examples of W. E. Winkler's papers. */
static void test_published_similarities(void **state)
{
    (void)state;
    assert_near(match_similarity(PB_STR("martha"), PB_STR("marhta")), 0.9611);
    assert_near(match_similarity(PB_STR("dwayne"), PB_STR("duane")), 0.8400);
    assert_near(match_similarity(PB_STR("dixon"), PB_STR("dicksonx")), 0.8133);
    assert_near(match_similarity(PB_STR("same"), PB_STR("same")), 1);
    assert_near(match_similarity(PB_STR("abc"), PB_STR("xyz")), 0);
    assert_near(match_similarity(PB_STR(""), PB_STR("xyz")), 0);
}

static void test_counts_characters_not_bytes(void **state)
{
    (void)state;
    assert_int_equal(match_distance(PB_STR("王小明"), PB_STR("王晓明"), 3), 1);
    assert_int_equal(match_distance(PB_STR("حسین"), PB_STR("حسن"), 3), 1);
}

static void test_distance_counts_a_swap_once(void **state)
{
    (void)state;
    assert_int_equal(match_distance(PB_STR("technology"), PB_STR("technolgy"), 3), 1);
    assert_int_equal(match_distance(PB_STR("gtx"), PB_STR("gxt"), 3), 1);
    assert_int_equal(match_distance(PB_STR("kitten"), PB_STR("sitting"), 9), 3);
    assert_int_equal(match_distance(PB_STR("kitten"), PB_STR("sitting"), 2), 3);
    assert_int_equal(match_distance(PB_STR(""), PB_STR("ab"), 2), 2);
}

/* Both measures are symmetric, and equal texts are at distance 0, for random texts. */
static void test_symmetry(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[2][12];
        size_t length[2];
        for (int side = 0; side < 2; side++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
            length[side] = (size_t)(seed >> 60) % 12;
            for (size_t i = 0; i < length[side]; i++) {
                seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
                text[side][i] = (char)('a' + (seed >> 61) % 4);
            }
        }
        pb_str a = pb_str_n(text[0], length[0]), b = pb_str_n(text[1], length[1]);
        assert_int_equal(match_distance(a, b, 12), match_distance(b, a, 12));
        double there = match_similarity(a, b), back = match_similarity(b, a);
        assert_near(there, back);
        assert_int_equal(match_distance(a, a, 3), 0);
    }
}

/* Words of few letters, some of them long, some of other scripts. */
static pb_str random_text(uint64_t *seed, char *room)
{
    static const char *const letters[] = {"a", "b", "c", "d", " ", "1", "é", "王", "ب"};
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    size_t range = (*seed >> 60) < 14 ? 2 + (*seed >> 61) % 5 : 9, length = 0;
    size_t count = (*seed >> 40) % ((*seed >> 59) % 8 == 0 ? 80 : 14);
    for (size_t i = 0; i < count; i++) {
        *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
        const char *letter = letters[(*seed >> 40) % range];
        while (*letter != 0)
            room[length++] = *letter++;
    }
    return pb_str_n(room, length);
}

/* By the bits of a word everything comes out as letter by letter, to the last bit. shows: DQ-4 */
static void test_bits_say_what_letters_say(void **state)
{
    (void)state;
    uint64_t seed = 4;
    char room[2][256];
    size_t long_ones = 0, distant = 0;
    for (int round = 0; round < 200000; round++) {
        pb_str a = random_text(&seed, room[0]), b = random_text(&seed, room[1]);
        double fast = match_similarity(a, b), plain = match_similarity_plain(a, b);
        assert_memory_equal(&fast, &plain, sizeof fast);
        size_t limit = (size_t)(seed >> 57) % 9;
        assert_int_equal(match_distance(a, b, limit), match_distance_plain(a, b, limit));
        long_ones += a.len > 64;
        distant += match_distance(a, b, 80) > 20;
    }
    assert_true(long_ones > 100 && distant > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_similarities),
        cmocka_unit_test(test_counts_characters_not_bytes),
        cmocka_unit_test(test_distance_counts_a_swap_once),
        cmocka_unit_test(test_symmetry),
        cmocka_unit_test(test_bits_say_what_letters_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
