/* Comparing with next to no memory: what is found is the same, bit by bit, and where the rest
 * cannot be put it is said. */
#include "service_support.h"

#include "match/match.h"
#include "sys/spill.h"

enum { ROWS = 50000, COLUMNS = 5, PART = 900 };

static const match_column columns[COLUMNS] = {{PB_STR("name"), MATCH_NAME, NULL},
                                              {PB_STR("email"), MATCH_EMAIL, NULL},
                                              {PB_STR("phone"), MATCH_PHONE, NULL},
                                              {PB_STR("born"), MATCH_DATE, NULL},
                                              {PB_STR("city"), MATCH_PLACE, NULL}};

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static void put_word(char *to, size_t size, uint64_t *seed)
{
    static const char *const parts[] = {"an", "bo", "chi", "da", "el", "fra", "gre", "hen"};
    (void)snprintf(to, size, "%s%s%s", parts[draw(seed, 8)], parts[draw(seed, 8)],
                   draw(seed, 2) > 0 ? parts[draw(seed, 8)] : "");
}

/* Strangers, and each fifth row the one before with a value lost. */
static void put_row(char row[COLUMNS][48], size_t number, uint64_t *seed)
{
    char given[16], family[16];
    if (number % 5 == 4) {
        row[draw(seed, COLUMNS)][0] = '\0';
        return;
    }
    put_word(given, sizeof given, seed);
    put_word(family, sizeof family, seed);
    (void)snprintf(row[0], 48, "%s %s", given, family);
    (void)snprintf(row[1], 48, "%s%u@example.org", family, (unsigned)draw(seed, 9999));
    (void)snprintf(row[2], 48, "+4930%07u", (unsigned)draw(seed, 9999999));
    (void)snprintf(row[3], 48, "19%02u-%02u-%02u", 30 + (unsigned)draw(seed, 70),
                   1 + (unsigned)draw(seed, 12), 1 + (unsigned)draw(seed, 28));
    (void)snprintf(row[4], 48, "town%u", (unsigned)draw(seed, 300));
}

static match_result find(const match_options *options, pb_arena *arena)
{
    match_rows *rows = NULL;
    match_batch *batch = NULL;
    match_result result;
    char row[COLUMNS][48] = {{0}};
    uint64_t seed = 4;
    pb_error err = {0};
    must(match_rows_new(columns, COLUMNS, options->store, &rows, &err), &err);
    must(match_batch_new(rows, PART, &batch, &err), &err);
    for (size_t i = 0; i < ROWS; i++) {
        pb_str values[COLUMNS];
        if (i > 0 && i % PART == 0)
            must(match_rows_take(rows, batch, &err), &err);
        put_row(row, i, &seed);
        for (size_t c = 0; c < COLUMNS; c++)
            values[c] = pb_str_c(row[c]);
        must(match_batch_add(batch, values, &err), &err);
    }
    must(match_rows_take(rows, batch, &err), &err);
    must(match_rows_end(rows, true, &err), &err);
    must(match_rows_find(rows, options, NULL, NULL, arena, &result, &err), &err);
    match_batch_free(batch);
    match_rows_free(rows);
    return result;
}

/* shows: DQ-4 */
static void test_files_hold_what_memory_does(void **state)
{
    (void)state;
    static const uint64_t limits[] = {0, 2000000}, keys[] = {0, 400000};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    assert_non_null(arena);
    const match_options usual = {.threads = 2};
    match_result one = find(&usual, arena);
    assert_true(one.pair_count > ROWS / 6);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        sys_spill *spill = NULL;
        pb_error err = {0};
        must(sys_spill_new(limits[i], NULL, &spill, &err), &err);
        const match_store store = {sys_spill_resize, sys_spill_rest, sys_spill_why, spill};
        const match_options little = {.threads = 1 + i, .store = &store, .memory = keys[i]};
        match_result two = find(&little, arena);
        assert_true(sys_spill_most(spill) > 4000000);
        assert_int_equal(one.pair_count, two.pair_count);
        assert_int_equal(one.compared, two.compared);
        for (size_t p = 0; p < one.pair_count; p++) {
            assert_int_equal(one.pairs[p].left, two.pairs[p].left);
            assert_int_equal(one.pairs[p].right, two.pairs[p].right);
            assert_int_equal(one.pairs[p].levels, two.pairs[p].levels);
            assert_memory_equal(&one.pairs[p].score, &two.pairs[p].score, sizeof(double));
        }
        assert_memory_equal(one.cluster, two.cluster, ROWS * sizeof *one.cluster);
        sys_spill_free(spill);
    }
}

/* A folder that cannot take files: the error names it, and how to do without. shows: DQ-4 */
static void test_no_place_for_files(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_duplicates *lists;
    size_t count;
    PB_AUTO_BUF csv = PB_BUF_INIT(8 << 20);
    pb_buf_addc(&csv, "Contact ID,Full Name,Email,Birth Date\n");
    for (unsigned i = 0; i < 20000; i++)
        pb_buf_printf(&csv, "c%u,Ann%u Bell%u,a%u@example.org,1970-01-%02u\n", i, i % 700, i % 900,
                      i, 1 + i % 28);
    const char *files[] = {put(o, "many.csv", pb_buf_cstr(&csv))};
    service_source source = {.paths = files, .path_count = 1};
    service_call call = o->call;
    call.memory = 86000000; /* nearly all of it is taken by what there is beside the rows */
    char *before = getenv("TMPDIR") != NULL ? strdup(getenv("TMPDIR")) : NULL;
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    pb_status status = service_find_duplicates(o->service, &call, &source, PB_STR_NONE, 0.9,
                                               o->arena, &lists, &count, &err);
    if (before != NULL)
        setenv("TMPDIR", before, 1);
    else
        unsetenv("TMPDIR");
    free(before);
    assert_int_equal(status, PB_NOT_FOUND);
    assert_non_null(memmem(err.text, err.used, "/nowhere/at/all", 15));
    assert_non_null(strstr(err.hint.id, "--memory"));
    must(service_find_duplicates(o->service, &call, &source, PB_STR_NONE, 0.9, o->arena, &lists,
                                 &count, &err),
         &err);
    assert_int_equal(lists[0].result.rows, 20000);
}

#ifndef __SANITIZE_THREAD__ /* its threads are those of service/duplicates */
static char *write_people(office *o, unsigned count)
{
    PB_AUTO_BUF csv = PB_BUF_INIT(64 << 20);
    uint64_t seed = 11;
    char row[COLUMNS][48] = {{0}};
    pb_buf_addc(&csv, "Contact ID,Full Name,Email,Phone,Birth Date,City\n");
    for (unsigned i = 0; i < count; i++) {
        put_row(row, i, &seed);
        pb_buf_printf(&csv, "c%u,%s,%s,%s,%s,%s\n", i, row[0], row[1], row[2], row[3], row[4]);
    }
    return put(o, "people.csv", pb_buf_cstr(&csv));
}

/* Whatever it may take, a search finds the same; and what it cannot do in it, it says at once, with
 * what it would need: with that it can. shows: DQ-4 */
static void test_any_limit_finds_the_same(void **state)
{
    enum { PEOPLE = 60000, LEAST_MB = 89 };
    static const uint64_t limits[] = {LEAST_MB * (uint64_t)1000000, 120000000, 0};
    office *o = *state;
    pb_error err = {0};
    const char *files[] = {write_people(o, PEOPLE)};
    service_source source = {.paths = files, .path_count = 1};
    service_call call = o->call;
    service_duplicates *first = NULL, *lists;
    size_t count;
    call.memory = limits[0] - 1000000;
    assert_int_equal(PB_USAGE, service_find_duplicates(o->service, &call, &source, PB_STR_NONE, 0,
                                                       o->arena, &lists, &count, &err));
    assert_non_null(memmem(err.text, err.used, "88MB", 4));
    assert_non_null(memmem(err.text, err.used, "89MB", 4));
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        call.memory = limits[i];
        must(service_find_duplicates(o->service, &call, &source, PB_STR_NONE, 0, o->arena, &lists,
                                     &count, &err),
             &err);
        const match_result *one = &lists[0].result;
        assert_int_equal(PEOPLE, one->rows);
        assert_true(one->pair_count > PEOPLE / 6);
        first = first == NULL ? lists : first;
        assert_int_equal(first[0].result.pair_count, one->pair_count);
        for (size_t p = 0; p < one->pair_count; p++) {
            assert_int_equal(first[0].result.pairs[p].left, one->pairs[p].left);
            assert_int_equal(first[0].result.pairs[p].right, one->pairs[p].right);
            assert_memory_equal(&first[0].result.pairs[p].score, &one->pairs[p].score,
                                sizeof(double));
        }
        assert_memory_equal(first[0].result.cluster, one->cluster, PEOPLE * sizeof *one->cluster);
        for (size_t row = 0; row < PEOPLE; row++)
            assert_true(pb_str_eq(first[0].ids[row], lists[0].ids[row]));
    }
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_hold_what_memory_does),
        cmocka_unit_test_setup_teardown(test_no_place_for_files, office_open, office_close),
#ifndef __SANITIZE_THREAD__
        cmocka_unit_test_setup_teardown(test_any_limit_finds_the_same, office_open, office_close),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
