/* Large, degenerate and hostile tables: nothing explodes, nothing depends on the order of rows. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { COLUMNS = 5, MANY = 200000 };

typedef struct table {
    pb_arena *arena;
    pb_str *cells[COLUMNS];
    match_column columns[COLUMNS];
    size_t rows;
} table;

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static table table_new(size_t rows)
{
    static const match_kind kinds[] = {MATCH_NAME, MATCH_EMAIL, MATCH_PHONE, MATCH_DATE,
                                       MATCH_PLACE};
    static const char *const names[] = {"name", "email", "phone", "born", "city"};
    table t = {.arena = pb_arena_new(0), .rows = rows};
    for (size_t c = 0; c < COLUMNS; c++) {
        t.cells[c] = pb_arena_array(t.arena, rows, sizeof(pb_str));
        assert_non_null(t.cells[c]);
        t.columns[c] = (match_column){pb_str_c(names[c]), kinds[c], t.cells[c]};
    }
    return t;
}

static pb_str text(table *t, const char *made)
{
    assert_non_null(made);
    (void)t;
    return pb_str_c(made);
}

/* Strangers with common names: 12 given by 12 family names. */
static void add_stranger(table *t, size_t row, uint64_t *seed)
{
    static const char *const given[] = {"anna",  "boris", "clara", "david", "elena", "frank",
                                        "grace", "henry", "irene", "jamal", "karin", "louis"};
    static const char *const family[] = {"adler",  "brown",  "chen", "duval",  "evans", "fischer",
                                         "garcia", "hansen", "ito",  "jansen", "kumar", "lopez"};
    const char *a = given[draw(seed, 12)], *b = family[draw(seed, 12)];
    t->cells[0][row] = text(t, pb_arena_printf(t->arena, "%s %s", a, b));
    t->cells[1][row] = text(
        t, pb_arena_printf(t->arena, "%s.%s%06u@example.org", a, b, (unsigned)draw(seed, 999999)));
    t->cells[2][row] =
        text(t, pb_arena_printf(t->arena, "+4930%08u", (unsigned)draw(seed, 99999999)));
    t->cells[3][row] =
        text(t, pb_arena_printf(t->arena, "19%02u-%02u-%02u", (unsigned)(30 + draw(seed, 70)),
                                (unsigned)(1 + draw(seed, 12)), (unsigned)(1 + draw(seed, 28))));
    t->cells[4][row] = draw(seed, 2) > 0 ? PB_STR("berlin") : PB_STR("paris");
}

static void copy_row(table *t, size_t to, size_t from)
{
    for (size_t c = 0; c < COLUMNS; c++)
        t->cells[c][to] = t->cells[c][from];
}

static match_result run(const table *t)
{
    match_result result;
    pb_error err = {0};
    assert_int_equal(
        match_run(t->columns, COLUMNS, t->rows, NULL, NULL, NULL, t->arena, &result, &err), PB_OK);
    assert_int_equal(result.rows, t->rows);
    for (size_t i = 0; i < result.pair_count; i++) {
        assert_true(result.pairs[i].left < result.pairs[i].right);
        assert_true(result.pairs[i].score >= 0 && result.pairs[i].score <= 1);
        assert_int_equal(result.cluster[result.pairs[i].left],
                         result.cluster[result.pairs[i].right]);
    }
    return result;
}

/* Every 40th row repeats an earlier one: they are found, and no one else. shows: DQ-4 */
static void test_namesakes_stay_apart(void **state)
{
    (void)state;
    enum { ROWS = 20000 };
    table t = table_new(ROWS);
    uint64_t seed = 5;
    size_t wrong = 0;
    for (size_t row = 0; row < ROWS; row++) {
        if (row % 40 == 39)
            copy_row(&t, row, row - 1);
        else
            add_stranger(&t, row, &seed);
    }
    match_result result = run(&t);
    for (size_t row = 0; row < ROWS; row++) {
        if (row % 40 == 39)
            assert_int_equal(result.cluster[row], result.cluster[row - 1]);
        else
            wrong += result.cluster[row] != row;
    }
    assert_true(wrong <= ROWS / 1000);
    pb_arena_free(t.arena);
}

/* A random order of rows gives the same pairs with the same scores. shows: DQ-4 */
static void test_any_order_of_rows(void **state)
{
    (void)state;
    enum { ROWS = 3000 };
    table t = table_new(ROWS), shuffled = table_new(ROWS);
    uint64_t seed = 9;
    uint32_t place[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        place[row] = (uint32_t)row;
        if (row % 5 < 3) {
            add_stranger(&t, row, &seed);
            continue;
        }
        copy_row(&t, row, row - 2);
        size_t lost = draw(&seed, COLUMNS);
        t.cells[lost][row] = PB_STR_NONE;
    }
    for (size_t row = ROWS; row-- > 1;) {
        size_t other = draw(&seed, row + 1);
        uint32_t moved = place[row];
        place[row] = place[other];
        place[other] = moved;
    }
    for (size_t row = 0; row < ROWS; row++)
        for (size_t c = 0; c < COLUMNS; c++)
            shuffled.cells[c][place[row]] = t.cells[c][row];
    match_result one = run(&t), two = run(&shuffled);
    assert_true(one.pair_count > ROWS / 4);
    assert_int_equal(one.pair_count, two.pair_count);
    assert_int_equal(one.compared, two.compared);
    double sum_one = 0, sum_two = 0;
    for (size_t i = 0; i < one.pair_count; i++) {
        uint32_t a = place[one.pairs[i].left], b = place[one.pairs[i].right];
        assert_int_equal(two.cluster[a], two.cluster[b]);
        sum_one += one.pairs[i].score;
        sum_two += two.pairs[i].score;
    }
    assert_true(sum_one - sum_two < 1e-6 && sum_two - sum_one < 1e-6);
    pb_arena_free(t.arena);
    pb_arena_free(shuffled.arena);
}

/* Many equal rows, and many that share all but one value: seconds, not hours. shows: DQ-4 */
static void test_hostile_blocks(void **state)
{
    (void)state;
    clock_t start = clock();
    table t = table_new(MANY);
    uint64_t seed = 3;
    add_stranger(&t, 0, &seed);
    for (size_t row = 1; row < MANY; row++)
        copy_row(&t, row, 0);
    match_result equal = run(&t);
    for (size_t row = 0; row < MANY; row++)
        assert_int_equal(equal.cluster[row], 0);
    for (size_t row = 0; row < MANY; row++)
        t.cells[2][row] = text(&t, pb_arena_printf(t.arena, "+4930%08zu", row * 499979 % 99999989));
    match_result alike = run(&t);
    assert_true(alike.compared < (uint64_t)MANY * 20);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 60);
    pb_arena_free(t.arena);
}

/* Two rows, one column, nothing known, all different: no figure leaves its range. Among so few,
 * namesakes of one town born in one month may be taken for one. */
static void test_little_to_learn_from(void **state)
{
    (void)state;
    uint64_t seed = 1;
    size_t wrong = 0;
    for (size_t rows = 2; rows < 40; rows++) {
        table t = table_new(rows);
        for (size_t row = 0; row < rows; row++)
            add_stranger(&t, row, &seed);
        match_result all = run(&t);
        for (size_t row = 0; row < rows; row++)
            wrong += all.cluster[row] != row;
        for (size_t c = 0; c < COLUMNS; c++) {
            match_result one;
            assert_int_equal(
                match_run(&t.columns[c], 1, rows, NULL, NULL, NULL, t.arena, &one, NULL), PB_OK);
            for (size_t i = 0; i < one.pair_count; i++)
                assert_true(one.pairs[i].score >= 0.6 && one.pairs[i].score <= 1);
        }
        for (size_t row = 1; row < rows; row++)
            copy_row(&t, row, 0);
        match_result same = run(&t);
        for (size_t row = 0; row < rows; row++)
            assert_int_equal(same.cluster[row], 0);
        pb_arena_free(t.arena);
    }
    assert_true(wrong <= 4);
}

/* Values of a megabyte, and bytes that are no text. */
static void test_monstrous_values(void **state)
{
    (void)state;
    enum { LENGTH = 1 << 20, ROWS = 6 };
    table t = table_new(ROWS);
    char *monster = pb_arena_alloc(t.arena, LENGTH);
    assert_non_null(monster);
    for (size_t i = 0; i < LENGTH; i++)
        monster[i] = (char)(i * 31 % 251);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t c = 0; c < COLUMNS; c++)
            t.cells[c][row] = pb_str_n(monster + row / 2, LENGTH - row);
    run(&t);
    pb_arena_free(t.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_namesakes_stay_apart), cmocka_unit_test(test_any_order_of_rows),
        cmocka_unit_test(test_hostile_blocks),       cmocka_unit_test(test_little_to_learn_from),
        cmocka_unit_test(test_monstrous_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
