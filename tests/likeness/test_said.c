/* What people decided is heeded: in pairs and in groups, also by way of others. */
#include "likeness/said.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROWS = 40, ROUNDS = 300 };

typedef struct case_data {
    pb_arena *arena;
    uint32_t cluster[ROWS];
    match_result result;
} case_data;

static void begin(case_data *c, const match_pair *pairs, size_t count, size_t rows)
{
    c->arena = pb_arena_new(0);
    assert_non_null(c->arena);
    c->result = (match_result){.rows = rows, .cluster = c->cluster, .pair_count = count};
    c->result.pairs = pb_arena_array(c->arena, count + 1, sizeof *pairs);
    for (size_t i = 0; i < count; i++)
        c->result.pairs[i] = pairs[i];
    for (size_t i = 0; i < rows; i++)
        c->cluster[i] = (uint32_t)i;
}

static void heed(case_data *c, likeness_said *said, size_t count)
{
    pb_error err;
    assert_int_equal(likeness_heed(&c->result, said, count, c->arena, &err), PB_OK);
}

/* shows: DQ-4 */
static void two_said_to_differ_are_not_joined_by_a_third(void **state)
{
    (void)state;
    const match_pair pairs[] = {
        {0, 1, .95, 0, false}, {0, 2, .99, 0, false}, {1, 2, .97, 0, false}};
    likeness_said said[] = {{1, 0, false}};
    case_data c;
    begin(&c, pairs, 3, 3);
    heed(&c, said, 1);
    assert_int_equal(c.cluster[0], 0);
    assert_int_equal(c.cluster[2], 0); /* the surer of the two */
    assert_int_equal(c.cluster[1], 1);
    assert_int_equal(c.result.pair_count, 1);
    assert_int_equal(c.result.pairs[0].right, 2);
    pb_arena_free(c.arena);
}

/* shows: DQ-4 */
static void two_said_to_be_one_are(void **state)
{
    (void)state;
    const match_pair pairs[] = {{0, 1, .92, 0, false}};
    likeness_said said[] = {{3, 2, true}, {0, 1, true}, {4, 4, true}, {1, 99, false}};
    case_data c;
    begin(&c, pairs, 1, 5);
    heed(&c, said, 4);
    assert_int_equal(c.result.pair_count, 2);
    assert_int_equal(c.cluster[3], 2);
    assert_int_equal(c.cluster[1], 0);
    assert_int_equal(c.cluster[4], 4);
    assert_true(c.result.pairs[0].score >= 1 && c.result.pairs[1].score >= 1);
    pb_arena_free(c.arena);
}

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % below;
}

/* Whatever was found and said: nothing said to differ is together, pairs and groups agree. */
/* shows: DQ-4 */
static void no_group_contradicts_what_was_said(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        match_pair pairs[ROWS * ROWS];
        likeness_said said[12];
        size_t count = 0;
        case_data c;
        for (uint32_t a = 0; a < ROWS; a++)
            for (uint32_t b = a + 1; b < ROWS; b++)
                if (draw(&seed, 20) == 0)
                    pairs[count++] = (match_pair){a, b, 0.9 + draw(&seed, 100) / 1000.0, 0, false};
        for (size_t i = 0; i < 12; i++)
            said[i] =
                (likeness_said){draw(&seed, ROWS / 2), ROWS / 2 + draw(&seed, ROWS / 2), false};
        begin(&c, pairs, count, ROWS);
        heed(&c, said, 12);
        for (size_t i = 0; i < 12; i++)
            assert_int_not_equal(c.cluster[said[i].left], c.cluster[said[i].right]);
        for (size_t i = 0; i < c.result.pair_count; i++)
            assert_int_equal(c.cluster[c.result.pairs[i].left], c.cluster[c.result.pairs[i].right]);
        pb_arena_free(c.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_said_to_differ_are_not_joined_by_a_third),
        cmocka_unit_test(two_said_to_be_one_are),
        cmocka_unit_test(no_group_contradicts_what_was_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
