#include "match/match.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_similarities),
        cmocka_unit_test(test_counts_characters_not_bytes),
        cmocka_unit_test(test_distance_counts_a_swap_once),
        cmocka_unit_test(test_symmetry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
