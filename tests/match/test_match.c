#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { COLUMNS = 4, MAX_ROWS = 5000 };

/* A table of customers: name, e-mail, phone, birth date. */
typedef struct table {
    pb_arena *arena;
    pb_str cells[COLUMNS][MAX_ROWS];
    match_column columns[COLUMNS];
    size_t rows;
} table;

static table people;

static table *people_new(void)
{
    static const match_kind kinds[] = {MATCH_NAME, MATCH_EMAIL, MATCH_PHONE, MATCH_DATE};
    static const char *const names[] = {"name", "email", "phone", "born"};
    people.arena = pb_arena_new(0);
    people.rows = 0;
    for (size_t c = 0; c < COLUMNS; c++)
        people.columns[c] = (match_column){pb_str_c(names[c]), kinds[c], people.cells[c]};
    return &people;
}

static size_t add(table *t, const char *name, const char *email, const char *phone,
                  const char *born)
{
    const char *cells[] = {name, email, phone, born};
    for (size_t c = 0; c < COLUMNS; c++)
        t->cells[c][t->rows] =
            cells[c] != NULL ? pb_arena_str(t->arena, pb_str_c(cells[c])) : PB_STR_NONE;
    return t->rows++;
}

/* People that have nothing to do with one another. */
static void add_strangers(table *t, size_t count)
{
    static const char *const given[] = {"anna",  "boris", "clara", "david", "elena", "frank",
                                        "grace", "henry", "irene", "jamal", "karin", "louis"};
    static const char *const family[] = {"adler",  "brown",  "chen", "duval",  "evans", "fischer",
                                         "garcia", "hansen", "ito",  "jansen", "kumar"};
    for (size_t i = 0; i < count; i++) {
        char name[64], email[64], phone[32], born[16];
        snprintf(name, sizeof name, "%s %s%zu", given[i % 12], family[i % 11], i / 132);
        snprintf(email, sizeof email, "p%zu.x%zu@example.org", i * 7919 % 10007, i);
        snprintf(phone, sizeof phone, "+4930%07zu", i * 104729 % 9999991);
        snprintf(born, sizeof born, "19%02zu-%02zu-%02zu", 40 + i % 59, 1 + i % 12, 1 + i % 28);
        add(t, name, email, phone, born);
    }
}

static match_result run(table *t)
{
    match_result result;
    pb_error err = {0};
    assert_int_equal(
        match_run(t->columns, COLUMNS, t->rows, NULL, NULL, NULL, t->arena, &result, &err), PB_OK);
    return result;
}

static bool together(const match_result *result, size_t a, size_t b)
{
    return result->cluster[a] == result->cluster[b];
}

/* shows: DQ-4 */
static void test_finds_the_same_person_written_differently(void **state)
{
    (void)state;
    table *t = people_new();
    add_strangers(t, 1000);
    size_t a = add(t, "margaret thatcher", "m.thatcher@example.com", "+442071234567", "1925-10-13");
    size_t swapped = add(t, "thatcher margaret", NULL, "+442071234567", "1925-10-13");
    size_t typing = add(t, "margret thatcher", "m.thatcher@example.com", NULL, "1925-10-13");
    size_t dates = add(t, "margaret thatcher", "m.thatcher@example.net", NULL, "1925-10-31");
    size_t initial = add(t, "m thatcher", "m.thatcher@example.com", "+442071234567", NULL);
    size_t nickname = add(t, "peggy thatcher", NULL, "+442071234567", "1925-10-13");
    match_result result = run(t);
    assert_true(together(&result, a, nickname));
    assert_true(together(&result, a, swapped));
    assert_true(together(&result, a, typing));
    assert_true(together(&result, a, dates));
    assert_true(together(&result, a, initial));
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(result.cluster[i], i);
    pb_arena_free(t->arena);
}

/* A mailbox or number shared by different people is no person. shows: DQ-4 */
static void test_strangers_who_share_a_mailbox_stay_apart(void **state)
{
    (void)state;
    table *t = people_new();
    add_strangers(t, 1000);
    size_t a = add(t, "peter miller", "office@firm.example", "+4940111222", "1960-01-02");
    size_t b = add(t, "susan okafor", "office@firm.example", "+4940333444", "1985-07-09");
    match_result result = run(t);
    assert_false(together(&result, a, b));
    pb_arena_free(t->arena);
}

/* shows: DQ-4 */
static void test_organisations_without_their_legal_form(void **state)
{
    (void)state;
    static const char *const names[] = {"acme corporation", "acme corp",  "北京大华科技有限公司",
                                        "北京大华科技",     "xx holding", "xx zobam",
                                        "y corporation"};
    pb_str values[107];
    char other[100][24];
    for (size_t i = 0; i < 100; i++) {
        snprintf(other[i], sizeof other[i], "%c%c%zu works", (char)('a' + i % 26),
                 (char)('a' + i * 7 % 26), i);
        values[i] = pb_str_c(other[i]);
    }
    for (size_t i = 0; i < 7; i++)
        values[100 + i] = pb_str_c(names[i]);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    match_column column = {PB_STR("name"), MATCH_ORG, values};
    match_result result;
    assert_int_equal(match_run(&column, 1, 107, NULL, NULL, NULL, arena, &result, NULL), PB_OK);
    assert_int_equal(result.cluster[101], 100);
    assert_int_equal(result.cluster[103], 102);
    assert_int_equal(result.cluster[104], 104);
    assert_int_equal(result.cluster[105], 105);
    assert_int_equal(result.cluster[106], 106);
    assert_int_equal(result.pair_count, 2);
}

/* shows: DQ-4 */
static void test_the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    table *t = people_new();
    add_strangers(t, 700);
    for (size_t i = 0; i < 200; i++) {
        char name[64], email[64];
        snprintf(name, sizeof name, "%.*s", PB_STR_FMT(t->cells[0][i * 3]));
        snprintf(email, sizeof email, "%.*s", PB_STR_FMT(t->cells[1][i * 3]));
        add(t, name, email, NULL, NULL);
    }
    match_result forward = run(t);
    for (size_t c = 0; c < COLUMNS; c++) {
        for (size_t i = 0; i < t->rows / 2; i++) {
            pb_str cell = t->cells[c][i];
            t->cells[c][i] = t->cells[c][t->rows - 1 - i];
            t->cells[c][t->rows - 1 - i] = cell;
        }
    }
    match_result backward = run(t);
    assert_int_equal(forward.pair_count, backward.pair_count);
    for (size_t i = 0; i < t->rows; i++)
        for (size_t j = i + 1; j < t->rows; j += 37)
            assert_int_equal(together(&forward, i, j),
                             together(&backward, t->rows - 1 - i, t->rows - 1 - j));
    pb_arena_free(t->arena);
}

/* A block of thousands of equal rows neither explodes nor is lost. */
static void test_many_equal_rows(void **state)
{
    (void)state;
    table *t = people_new();
    for (size_t i = 0; i < 4000; i++)
        add(t, "john smith", "john.smith@example.com", "+12025550123", "1970-01-01");
    add_strangers(t, 900);
    match_result result = run(t);
    assert_true(result.compared < 4000 * 40);
    for (size_t i = 0; i < 4000; i++)
        assert_int_equal(result.cluster[i], 0);
    pb_arena_free(t->arena);
}

static void test_nothing_to_compare(void **state)
{
    (void)state;
    table *t = people_new();
    match_result none = run(t);
    assert_int_equal(none.pair_count, 0);
    add(t, NULL, NULL, NULL, NULL);
    add(t, NULL, NULL, NULL, NULL);
    match_result empty = run(t);
    assert_int_equal(empty.pair_count, 0);
    assert_int_equal(empty.cluster[1], 1);
    pb_arena_free(t->arena);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return true;
}

static void test_stops_on_request(void **state)
{
    (void)state;
    table *t = people_new();
    add(t, "john smith", "john.smith@example.com", NULL, NULL);
    add(t, "john smith", "john.smith@example.com", NULL, NULL);
    match_result result;
    pb_error err = {0};
    assert_int_equal(
        match_run(t->columns, COLUMNS, t->rows, NULL, stop_at_once, NULL, t->arena, &result, &err),
        PB_CANCELLED);
    match_options few = {.max_pairs = 0};
    assert_int_equal(match_run(t->columns, 17, t->rows, &few, NULL, NULL, t->arena, &result, &err),
                     PB_LIMIT);
    pb_arena_free(t->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_same_person_written_differently),
        cmocka_unit_test(test_strangers_who_share_a_mailbox_stay_apart),
        cmocka_unit_test(test_organisations_without_their_legal_form),
        cmocka_unit_test(test_the_order_of_rows_does_not_matter),
        cmocka_unit_test(test_many_equal_rows),
        cmocka_unit_test(test_nothing_to_compare),
        cmocka_unit_test(test_stops_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
