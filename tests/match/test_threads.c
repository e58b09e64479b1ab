/* Several threads find what one finds, to the bit, in any order of rows; hostile blocks take
 * seconds with any number. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { COLUMNS = 5, PART = 700 };

#ifdef __SANITIZE_THREAD__ /* threads do the same to each other, however many rows there are */
enum { MOST = 30000, MANY = 8000 };
#else
enum { MOST = 300000, MANY = 20000 };
#endif

static const match_column columns[COLUMNS] = {{PB_STR("name"), MATCH_NAME, NULL},
                                              {PB_STR("email"), MATCH_EMAIL, NULL},
                                              {PB_STR("phone"), MATCH_PHONE, NULL},
                                              {PB_STR("born"), MATCH_DATE, NULL},
                                              {PB_STR("city"), MATCH_PLACE, NULL}};

typedef struct world {
    pb_arena *arena;
    pb_str (*rows)[COLUMNS];
    size_t count;
} world;

static world world_new(size_t most)
{
    world w = {.arena = pb_arena_new(0)};
    assert_non_null(w.arena);
    w.rows = pb_arena_array(w.arena, most, sizeof *w.rows);
    assert_non_null(w.rows);
    return w;
}

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static pb_str made(char *text)
{
    assert_non_null(text);
    return pb_str_c(text);
}

static const char *word(world *w, uint64_t *seed)
{
    static const char *const parts[] = {"an", "bo", "chi", "da", "el", "fra", "gre", "hen"};
    return pb_arena_printf(w->arena, "%s%s%s", parts[draw(seed, 8)], parts[draw(seed, 8)],
                           draw(seed, 2) ? parts[draw(seed, 8)] : "");
}

static void stranger(world *w, pb_str *row, uint64_t *seed)
{
    const char *given = word(w, seed), *family = word(w, seed);
    row[0] = made(pb_arena_printf(w->arena, "%s %s", given, family));
    row[1] = made(pb_arena_printf(w->arena, "%s%u@example.org", family, (unsigned)draw(seed, 999)));
    row[2] = made(pb_arena_printf(w->arena, "+4930%07u", (unsigned)draw(seed, 9999999)));
    row[3] = made(pb_arena_printf(w->arena, "19%02u-%02u-%02u", 30 + (unsigned)draw(seed, 70),
                                  1 + (unsigned)draw(seed, 12), 1 + (unsigned)draw(seed, 28)));
    row[4] = draw(seed, 2) > 0 ? PB_STR("berlin") : PB_STR("paris");
}

/* Strangers, and among every five one that repeats another with a value lost, sometimes none. */
static world mixed(size_t count, uint64_t seed)
{
    world w = world_new(count);
    for (w.count = 0; w.count < count; w.count++) {
        pb_str *row = w.rows[w.count];
        if (w.count % 5 != 4) {
            stranger(&w, row, &seed);
            continue;
        }
        memcpy(row, w.rows[w.count - 1 - draw(&seed, 4)], sizeof *w.rows);
        if (draw(&seed, 5) > 0)
            row[draw(&seed, COLUMNS)] = PB_STR_NONE;
    }
    return w;
}

static uint64_t memory; /* of what follows; 0: as usual */

/* The rows at `order` (NULL: as they are) given in parts. */
static match_result find(const world *w, const uint32_t *order, size_t threads)
{
    match_rows *rows = NULL;
    match_batch *batch = NULL;
    match_result result;
    pb_error err;
    match_options options = {.threads = threads, .memory = memory};
    assert_int_equal(match_rows_new(columns, COLUMNS, NULL, &rows, &err), PB_OK);
    assert_int_equal(match_batch_new(rows, PART, &batch, &err), PB_OK);
    for (size_t row = 0; row < w->count; row++) {
        if (row % PART == 0)
            assert_int_equal(match_rows_take(rows, batch, &err), PB_OK);
        assert_int_equal(match_batch_add(batch, w->rows[order != NULL ? order[row] : row], &err),
                         PB_OK);
    }
    assert_int_equal(match_rows_take(rows, batch, &err), PB_OK);
    assert_int_equal(match_rows_end(rows, false, &err), PB_OK);
    assert_int_equal(match_rows_find(rows, &options, NULL, NULL, w->arena, &result, &err), PB_OK);
    match_batch_free(batch);
    match_rows_free(rows);
    return result;
}

static void assert_same(const match_result *one, const match_result *two)
{
    assert_int_equal(one->pair_count, two->pair_count);
    assert_int_equal(one->compared, two->compared);
    for (size_t i = 0; i < one->pair_count; i++) {
        assert_int_equal(one->pairs[i].left, two->pairs[i].left);
        assert_int_equal(one->pairs[i].right, two->pairs[i].right);
        assert_int_equal(one->pairs[i].levels, two->pairs[i].levels);
        assert_memory_equal(&one->pairs[i].score, &two->pairs[i].score, sizeof(double));
    }
    assert_memory_equal(one->cluster, two->cluster, one->rows * sizeof *one->cluster);
}

/* shows: DQ-4 */
static void test_any_number_of_threads(void **state)
{
    (void)state;
    static const size_t counts[] = {300, 6000, MANY};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        world w = mixed(counts[i], 31 + i);
        match_result one = find(&w, NULL, 1);
        assert_true(one.pair_count > counts[i] / 6);
        for (size_t threads = 2; threads < 8; threads += 2) {
            match_result many = find(&w, NULL, threads);
            assert_same(&one, &many);
        }
        pb_arena_free(w.arena);
    }
}

/* shows: DQ-4 */
static void test_any_order_by_several_threads(void **state)
{
    (void)state;
    enum { ROWS = 6000 };
    world w = mixed(ROWS, 5);
    uint32_t order[ROWS], place[ROWS];
    uint64_t seed = 8;
    match_result one = find(&w, NULL, 2);
    for (int round = 0; round < 3; round++) {
        for (uint32_t row = 0; row < ROWS; row++)
            order[row] = row;
        for (size_t row = ROWS; row-- > 1;) {
            size_t other = draw(&seed, row + 1);
            uint32_t moved = order[row];
            order[row] = order[other];
            order[other] = moved;
        }
        for (uint32_t row = 0; row < ROWS; row++)
            place[order[row]] = row;
        match_result two = find(&w, order, 3);
        assert_int_equal(one.pair_count, two.pair_count);
        assert_int_equal(one.compared, two.compared);
        for (size_t i = 0; i < one.pair_count; i++)
            assert_int_equal(two.cluster[place[one.pairs[i].left]],
                             two.cluster[place[one.pairs[i].right]]);
        for (size_t i = 0; i < two.pair_count; i++)
            assert_int_equal(one.cluster[order[two.pairs[i].left]],
                             one.cluster[order[two.pairs[i].right]]);
    }
    pb_arena_free(w.arena);
}

static match_result find_in_seconds(const world *w, double most)
{
    clock_t start = clock();
    match_result result = find(w, NULL, 2);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < most);
    return result;
}

/* One name, and what else there is tells everybody apart; then nothing else; then nothing at all;
 * then everything. shows: DQ-4 */
static void test_one_name_for_all(void **state)
{
    (void)state;
    world w = world_new(MOST);
    uint64_t seed = 2;
    for (w.count = 0; w.count < MOST; w.count++) {
        pb_str *row = w.rows[w.count];
        stranger(&w, row, &seed);
        row[0] = PB_STR("john smith");
        row[1] = made(pb_arena_printf(w.arena, "u%zu@example.org", w.count));
        row[2] = made(pb_arena_printf(w.arena, "+1202%07zu", w.count * 7 % 9999991));
    }
    match_result apart = find_in_seconds(&w, 60);
    assert_true(apart.pair_count < MOST / 100);
    for (size_t row = 0; row < MOST; row++)
        for (size_t c = 1; c < COLUMNS; c++)
            w.rows[row][c] = PB_STR_NONE;
    match_result names = find_in_seconds(&w, 60);
    assert_int_equal(names.pair_count, 0);
    for (size_t row = 0; row < MOST; row++)
        w.rows[row][0] = PB_STR_NONE;
    match_result nothing = find_in_seconds(&w, 60);
    assert_int_equal(nothing.pair_count, 0);
    stranger(&w, w.rows[0], &seed);
    for (size_t row = 1; row < MOST; row++)
        memcpy(w.rows[row], w.rows[0], sizeof *w.rows);
    match_result equal = find_in_seconds(&w, 60);
    for (size_t row = 0; row < MOST; row++)
        assert_int_equal(equal.cluster[row], 0);
    pb_arena_free(w.arena);
}

/* With little memory keys are made in parts, and the same is found. shows: DQ-4 */
static void test_little_memory(void **state)
{
    (void)state;
    world w = mixed(MANY, 3);
    match_result one = find(&w, NULL, 2);
    memory = 100000;
    match_result two = find(&w, NULL, 2);
    match_result three = find(&w, NULL, 3);
    memory = 0;
    assert_same(&two, &three);
    assert_same(&one, &two);
    pb_arena_free(w.arena);
}

/* As many pairs as are allowed and no more. */
static void test_few_pairs_allowed(void **state)
{
    (void)state;
    world w = mixed(6000, 12);
    match_rows *rows = NULL;
    match_batch *batch = NULL;
    match_result result;
    match_options options = {.threads = 2, .max_pairs = 2000};
    assert_int_equal(match_rows_new(columns, COLUMNS, NULL, &rows, NULL), PB_OK);
    assert_int_equal(match_batch_new(rows, w.count, &batch, NULL), PB_OK);
    for (size_t row = 0; row < w.count; row++)
        assert_int_equal(match_batch_add(batch, w.rows[row], NULL), PB_OK);
    assert_int_equal(match_batch_add(batch, w.rows[0], NULL), PB_INTERNAL);
    assert_int_equal(match_rows_take(rows, batch, NULL), PB_OK);
    assert_int_equal(match_rows_end(rows, true, NULL), PB_OK);
    assert_int_equal(match_rows_find(rows, &options, NULL, NULL, w.arena, &result, NULL), PB_OK);
    assert_true(result.compared <= 2000 + 6000 / 5);
    assert_int_equal(match_rows_find(rows, &options, NULL, NULL, w.arena, &result, NULL),
                     PB_INTERNAL);
    match_batch_free(batch);
    match_rows_free(rows);
    pb_arena_free(w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_threads),
        cmocka_unit_test(test_any_order_by_several_threads),
        cmocka_unit_test(test_one_name_for_all),
        cmocka_unit_test(test_little_memory),
        cmocka_unit_test(test_few_pairs_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
