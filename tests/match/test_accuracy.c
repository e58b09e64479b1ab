/* How much is found on published sets whose truth is known, without labels and settings. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 2000, FIELDS = 12, LINE = 1024 };

typedef struct sheet {
    pb_arena *arena;
    pb_str cells[FIELDS][ROWS];
    size_t rows;
} sheet;

typedef struct quality {
    double precision, recall, f1;
} quality;

static sheet table;

static pb_str folded(pb_str cell)
{
    char *text = pb_arena_cstr(table.arena, pb_str_trim(cell));
    assert_non_null(text);
    for (char *c = text; *c != 0; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    return pb_str_c(text);
}

static void read_sheet(const char *name)
{
    char path[4096], line[LINE];
    const char *root = getenv("PROBITY_ROOT");
    assert_non_null(root);
    snprintf(path, sizeof path, "%s/tests/data/linkage/%s", root, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    table.arena = pb_arena_new(0);
    table.rows = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        pb_str rest = pb_str_c(line), cell;
        for (size_t f = 0; f < FIELDS; f++) {
            bool more = pb_str_split(&rest, ',', &cell);
            table.cells[f][table.rows] = more ? folded(cell) : PB_STR_NONE;
        }
        table.rows++;
    }
    fclose(file);
}

static void join_names(size_t given, size_t family)
{
    for (size_t row = 0; row < table.rows; row++) {
        pb_str a = table.cells[given][row], b = table.cells[family][row];
        char *name = pb_arena_printf(table.arena, "%.*s %.*s", PB_STR_FMT(a), PB_STR_FMT(b));
        assert_non_null(name);
        table.cells[given][row] = pb_str_trim(pb_str_c(name));
    }
}

static void write_dates(size_t field)
{
    for (size_t row = 0; row < table.rows; row++) {
        pb_str day = table.cells[field][row];
        if (day.len != 8)
            continue;
        const char *text =
            pb_arena_printf(table.arena, "%.4s-%.2s-%.2s", day.ptr, day.ptr + 4, day.ptr + 6);
        assert_non_null(text);
        table.cells[field][row] = pb_str_c(text);
    }
}

static quality measure(const match_column *columns, size_t count, const pb_str *truth)
{
    match_result result;
    double found = 0, right = 0, all = 0;
    pb_error err = {0};
    assert_int_equal(
        match_run(columns, count, table.rows, NULL, NULL, NULL, table.arena, &result, &err), PB_OK);
    for (size_t i = 0; i < table.rows; i++) {
        for (size_t j = i + 1; j < table.rows; j++) {
            bool together = result.cluster[i] == result.cluster[j];
            bool same = pb_str_eq(truth[i], truth[j]);
            found += together;
            all += same;
            right += together && same;
        }
    }
    quality q = {right / found, right / all, 0};
    q.f1 = 2 * q.precision * q.recall / (q.precision + q.recall);
    print_message("precision %.4f recall %.4f F1 %.4f\n", q.precision, q.recall, q.f1);
    return q;
}

/* shows: DQ-4 */
static void test_people_with_addresses(void **state)
{
    (void)state;
    pb_str truth[ROWS];
    read_sheet("dataset1.csv");
    assert_int_equal(table.rows, 1000);
    for (size_t row = 0; row < table.rows; row++) {
        pb_str rest = table.cells[0][row], part;
        for (int i = 0; i < 2; i++)
            assert_true(pb_str_split(&rest, '-', &part));
        truth[row] = part;
    }
    join_names(1, 2);
    write_dates(9);
    const match_column columns[] = {
        {PB_STR("full_name"), MATCH_NAME, table.cells[1]},
        {PB_STR("house_number"), MATCH_EXACT, table.cells[3]},
        {PB_STR("address"), MATCH_TEXT, table.cells[4]},
        {PB_STR("address_more"), MATCH_TEXT, table.cells[5]},
        {PB_STR("district"), MATCH_TEXT, table.cells[6]},
        {PB_STR("postcode"), MATCH_PLACE, table.cells[7]},
        {PB_STR("state"), MATCH_PLACE, table.cells[8]},
        {PB_STR("birth_date"), MATCH_DATE, table.cells[9]},
    };
    quality q = measure(columns, sizeof columns / sizeof *columns, truth);
    assert_true(q.precision >= 0.99);
    assert_true(q.f1 >= 0.997);
    pb_arena_free(table.arena);
}

/* shows: DQ-4 */
static void test_people_badly_damaged(void **state)
{
    (void)state;
    read_sheet("fake_1000.csv");
    assert_int_equal(table.rows, 1000);
    join_names(1, 2);
    const match_column columns[] = {
        {PB_STR("full_name"), MATCH_NAME, table.cells[1]},
        {PB_STR("birth_date"), MATCH_DATE, table.cells[3]},
        {PB_STR("city"), MATCH_PLACE, table.cells[4]},
        {PB_STR("email"), MATCH_EMAIL, table.cells[5]},
    };
    quality q = measure(columns, sizeof columns / sizeof *columns, table.cells[6]);
    assert_true(q.precision >= 0.98);
    assert_true(q.f1 >= 0.93);
    pb_arena_free(table.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people_with_addresses),
        cmocka_unit_test(test_people_badly_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
