/* What a run learned: kept, written, read back, and used on single records. */
#include "match/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COLUMNS = 5, ROWS = 3000, CLOSE = 1000 };

static const match_kind kinds[COLUMNS] = {MATCH_NAME, MATCH_EMAIL, MATCH_PHONE, MATCH_DATE,
                                          MATCH_PLACE};
static const char *const names[COLUMNS] = {"name", "email", "phone", "born", "city"};

/* Records row by row, and the same as columns. */
typedef struct people {
    pb_arena *arena;
    pb_str rows[ROWS][COLUMNS];
    pb_str cells[COLUMNS][ROWS];
    match_column columns[COLUMNS];
    match_result result;
    match_model *model;
} people;

static people all;

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static pb_str made(const char *text)
{
    assert_non_null(text);
    return pb_str_c(text);
}

/* A word of a name: few are common, most are rare. */
static const char *word(uint64_t *seed)
{
    static const char *const parts[] = {"an", "bo", "chi", "da", "el", "fra", "gre", "hen",
                                        "is", "jo", "ka",  "lu", "mi", "no",  "ola", "pe"};
    size_t range = draw(seed, 3) == 0 ? 3 : 16;
    return pb_arena_printf(all.arena, "%s%s%s", parts[draw(seed, range)], parts[draw(seed, range)],
                           parts[draw(seed, range)]);
}

static void stranger(pb_str *row, uint64_t *seed)
{
    const char *given = word(seed), *family = word(seed);
    row[0] = made(pb_arena_printf(all.arena, "%s %s", given, family));
    row[1] = made(pb_arena_printf(all.arena, "%s%u@example.org", family, (unsigned)draw(seed, 90)));
    row[2] = made(pb_arena_printf(all.arena, "+4930%07u", (unsigned)draw(seed, 9999999)));
    row[3] = made(pb_arena_printf(all.arena, "19%02u-%02u-%02u", 30 + (unsigned)draw(seed, 70),
                                  1 + (unsigned)draw(seed, 12), 1 + (unsigned)draw(seed, 28)));
    row[4] = draw(seed, 2) > 0 ? PB_STR("berlin") : PB_STR("paris");
}

/* Every fifth row is the one before with values lost or wrong. */
static void damage(pb_str *row, const pb_str *from, uint64_t *seed)
{
    for (size_t c = 0; c < COLUMNS; c++)
        row[c] = from[c];
    size_t lost = 1 + draw(seed, COLUMNS - 1), cut = draw(seed, row[0].len);
    row[lost] = PB_STR_NONE;
    if (draw(seed, 2) > 0 && row[0].ptr[cut] != ' ')
        row[0] = made(pb_arena_printf(all.arena, "%.*s%.*s", (int)cut, row[0].ptr,
                                      (int)(row[0].len - cut - 1), row[0].ptr + cut + 1));
}

static int learn(void **state)
{
    (void)state;
    uint64_t seed = 11;
    pb_error err;
    all.arena = pb_arena_new(0);
    assert_non_null(all.arena);
    for (size_t row = 0; row < ROWS; row++) {
        if (row % 5 == 4)
            damage(all.rows[row], all.rows[row - 1], &seed);
        else
            stranger(all.rows[row], &seed);
        for (size_t c = 0; c < COLUMNS; c++)
            all.cells[c][row] = all.rows[row][c];
    }
    for (size_t c = 0; c < COLUMNS; c++)
        all.columns[c] = (match_column){pb_str_c(names[c]), kinds[c], all.cells[c]};
    match_options options = {.ret_model = &all.model};
    assert_int_equal(
        match_run(all.columns, COLUMNS, ROWS, &options, NULL, NULL, all.arena, &all.result, &err),
        PB_OK);
    assert_non_null(all.model);
    assert_int_equal(match_model_rows(all.model), ROWS);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    all.model = match_model_free(all.model);
    all.arena = pb_arena_free(all.arena);
    return 0;
}

static match_scorer *scorer_of(const match_model *model)
{
    match_scorer *scorer = NULL;
    assert_int_equal(match_scorer_new(model, &scorer, NULL), PB_OK);
    return scorer;
}

static match_comparison compare(match_scorer *scorer, size_t left, size_t right)
{
    match_comparison got;
    pb_error err;
    assert_int_equal(match_score(scorer, all.rows[left], all.rows[right], 1, &got, &err), PB_OK);
    return got;
}

static void assert_near(double a, double b, double most)
{
    assert_true(a - b <= most && b - a <= most);
}

/* What the run called a pair, the model calls one, with the same levels and nearly the same score.
 * shows: DQ-4 */
static void test_scores_as_the_run_did(void **state)
{
    (void)state;
    match_scorer *scorer = scorer_of(all.model);
    size_t checked = 0, sure = 0;
    assert_true(all.result.pair_count > ROWS / 8);
    for (size_t i = 0; i < all.result.pair_count; i++) {
        const match_pair *pair = &all.result.pairs[i];
        match_comparison got = compare(scorer, pair->left, pair->right);
        assert_int_equal(got.exact, pair->exact);
        for (size_t c = 0; c < COLUMNS; c++) {
            bool missing = (pair->levels >> (3 * c) & 7) == 0;
            bool equal = (pair->levels >> (3 * c) & 7) == 4;
            assert_int_equal(got.steps[c].level == LEVEL_MISSING, missing);
            assert_int_equal(got.steps[c].level == LEVEL_EQUAL, equal);
        }
        sure += got.score >= 0.9;
        checked++;
    }
    assert_true(sure * 100 >= checked * 99);
    match_scorer_free(scorer);
}

/* Base and steps make the sum, either way round. shows: DQ-4 */
static void test_steps_make_the_sum_and_sides_do_not_matter(void **state)
{
    (void)state;
    match_scorer *scorer = scorer_of(all.model);
    uint64_t seed = 3;
    for (size_t i = 0; i < 4000; i++) {
        size_t here = draw(&seed, ROWS), there = i % 2 ? draw(&seed, ROWS) : (here + 1) % ROWS;
        match_comparison one = compare(scorer, here, there), two = compare(scorer, there, here);
        double sum = one.base;
        for (size_t c = 0; c < COLUMNS; c++) {
            sum += one.steps[c].bits;
            assert_int_equal(one.steps[c].level, two.steps[c].level);
        }
        assert_near(sum, one.bits, 1e-9);
        assert_near(one.bits, two.bits, 1e-9);
        assert_true(one.score >= 0 && one.score <= 1);
    }
    match_scorer_free(scorer);
}

/* A record with many others at once is a record with each of them. */
static void test_many_at_once(void **state)
{
    (void)state;
    enum { MANY = 150 };
    match_scorer *scorer = scorer_of(all.model);
    match_comparison many[MANY];
    assert_int_equal(match_score(scorer, all.rows[4], all.rows[0], MANY, many, NULL), PB_OK);
    for (size_t i = 0; i < MANY; i++)
        assert_near(compare(scorer, 4, i).bits, many[i].bits, 1e-9);
    match_scorer_free(scorer);
}

/* A value that many have says less than one that few have. */
static void test_common_values_say_less(void **state)
{
    (void)state;
    match_scorer *scorer = scorer_of(all.model);
    pb_str a[COLUMNS] = {PB_STR("xanthippe quillfeather"), [4] = PB_STR("berlin")};
    pb_str b[COLUMNS] = {PB_STR("xanthippe quillfeather"), [4] = PB_STR("worpswede")};
    match_comparison common, rare;
    assert_int_equal(match_score(scorer, a, a, 1, &common, NULL), PB_OK);
    assert_int_equal(match_score(scorer, b, b, 1, &rare, NULL), PB_OK);
    assert_true(rare.steps[4].bits > common.steps[4].bits + 3);
    assert_true(common.steps[4].rows > ROWS / 4);
    match_scorer_free(scorer);
}

/* Two records that are one share a key; a key's kind keeps it apart from others. shows: DQ-4 */
static void test_keys_find_the_same_person(void **state)
{
    (void)state;
    match_scorer *scorer = scorer_of(all.model);
    size_t found = 0, pairs = 0;
    for (size_t row = 4; row < ROWS; row += 5) {
        uint64_t one[MATCH_MOST_KEYS], two[MATCH_MOST_KEYS];
        size_t a, b;
        bool shared = false;
        assert_int_equal(match_record_keys(scorer, all.rows[row], one, &a, NULL), PB_OK);
        assert_int_equal(match_record_keys(scorer, all.rows[row - 1], two, &b, NULL), PB_OK);
        assert_true(a > 0 && a <= MATCH_MOST_KEYS);
        for (size_t i = 0; i < a; i++) {
            for (size_t j = 0; j < b; j++)
                shared = shared || one[i] == two[j];
            for (size_t j = 0; j < i; j++)
                assert_true(one[i] != one[j]);
        }
        found += shared;
        pairs++;
    }
    assert_true(found * 100 >= pairs * 99);
    uint64_t none[MATCH_MOST_KEYS];
    size_t count = 1;
    pb_str empty[COLUMNS] = {PB_STR_NONE};
    assert_int_equal(match_record_keys(scorer, empty, none, &count, NULL), PB_OK);
    assert_int_equal(count, 0);
    match_scorer_free(scorer);
}

/* Written and read back a model is the same, byte for byte and score for score. shows: DQ-4 */
static void test_a_model_survives_being_written(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 22), again = PB_BUF_INIT(1 << 22);
    match_model *read = NULL;
    pb_error err;
    size_t count;
    match_model_write(all.model, &out);
    assert_false(out.failed);
    assert_int_equal(match_model_read(pb_buf_str(&out), &read, &err), PB_OK);
    match_model_write(read, &again);
    assert_true(pb_str_eq(pb_buf_str(&out), pb_buf_str(&again)));
    const match_column *columns = match_model_columns(read, &count);
    assert_int_equal(count, COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++) {
        assert_int_equal(columns[c].kind, kinds[c]);
        assert_true(pb_str_is(columns[c].name, names[c]));
    }
    match_scorer *before = scorer_of(all.model), *after = scorer_of(read);
    for (size_t i = 1; i < 200; i++)
        assert_near(compare(before, i, i - 1).bits, compare(after, i, i - 1).bits, 0);
    match_scorer_free(before);
    match_scorer_free(after);
    match_model_free(read);
}

/* No byte may change, none may be missing, none may be added. shows: DQ-4 */
static void test_damaged_bytes_are_refused(void **state)
{
    (void)state;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 22);
    match_model *model = NULL, *read = NULL;
    uint64_t seed = 5;
    pb_error err;
    assert_int_equal(match_model_default(all.columns, COLUMNS, &model, &err), PB_OK);
    match_model_write(model, &out);
    match_model_free(model);
    for (size_t i = 0; i < out.len; i++) {
        char kept = out.ptr[i];
        out.ptr[i] = (char)(kept ^ (1 + (char)draw(&seed, 255)));
        pb_status status = match_model_read(pb_buf_str(&out), &read, &err);
        assert_true(status == PB_CORRUPT || (status == PB_UNSUPPORTED && i == 1));
        assert_int_equal(match_model_read(pb_str_n(out.ptr, i), &read, NULL), PB_CORRUPT);
        out.ptr[i] = kept;
    }
    pb_buf_byte(&out, 0);
    assert_int_equal(match_model_read(pb_buf_str(&out), &read, &err), PB_CORRUPT);
    out.len--;
    out.ptr[1] = 2;
    assert_int_equal(match_model_read(pb_buf_str(&out), &read, &err), PB_UNSUPPORTED);
    assert_null(read);
}

/* Where nothing was learned the usual figures serve. */
static void test_supposed_figures(void **state)
{
    (void)state;
    match_model *model = NULL;
    assert_int_equal(match_model_default(all.columns, COLUMNS, &model, NULL), PB_OK);
    assert_int_equal(match_model_rows(model), 0);
    match_scorer *scorer = scorer_of(model);
    size_t found = 0, wrong = 0;
    for (size_t row = 4; row < CLOSE; row += 5) {
        found += compare(scorer, row, row - 1).score >= 0.9;
        wrong += compare(scorer, row, row - 3).score >= 0.5;
    }
    assert_true(found >= CLOSE / 5 * 8 / 10);
    assert_true(wrong <= 1);
    match_scorer_free(scorer);
    match_model_free(model);
    match_result result;
    match_options options = {.ret_model = &model};
    assert_int_equal(
        match_run(all.columns, COLUMNS, 0, &options, NULL, NULL, all.arena, &result, NULL), PB_OK);
    assert_int_equal(match_model_rows(model), 0);
    match_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores_as_the_run_did),
        cmocka_unit_test(test_steps_make_the_sum_and_sides_do_not_matter),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_common_values_say_less),
        cmocka_unit_test(test_keys_find_the_same_person),
        cmocka_unit_test(test_a_model_survives_being_written),
        cmocka_unit_test(test_damaged_bytes_are_refused),
        cmocka_unit_test(test_supposed_figures),
    };
    return cmocka_run_group_tests(tests, learn, forget);
}
