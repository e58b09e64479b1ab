/* Clusters: strangers are not chained together by single links, and records of one person stay
 * together however many they are. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NAME, EMAIL, PHONE, BORN, NUMBER, CITY, COLUMNS, CROWD = 4000, ROOM = CROWD + 1000 };

typedef struct list {
    pb_arena *arena;
    pb_str *cells[COLUMNS];
    match_column columns[COLUMNS];
    size_t rows;
} list;

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

static pb_str born(list *l, uint64_t *seed)
{
    return made(pb_arena_printf(l->arena, "19%02u-%02u-%02u", 30 + (unsigned)draw(seed, 70),
                                1 + (unsigned)draw(seed, 12), 1 + (unsigned)draw(seed, 28)));
}

static pb_str number(list *l, const char *front, const char *behind, uint64_t *seed)
{
    return made(
        pb_arena_printf(l->arena, "%s%08u%s", front, (unsigned)draw(seed, 99999999), behind));
}

/* Someone with a value in every column; returns the row. */
static size_t add_person(list *l, uint64_t *seed)
{
    static const char *const parts[] = {"an", "bo", "chi", "da", "el", "fra", "gre", "hen"};
    size_t row = l->rows++;
    assert_true(row < ROOM);
    l->cells[NAME][row] = made(pb_arena_printf(
        l->arena, "%s%s%s %s%s%s", parts[draw(seed, 8)], parts[draw(seed, 8)], parts[draw(seed, 8)],
        parts[draw(seed, 8)], parts[draw(seed, 8)], parts[draw(seed, 8)]));
    l->cells[EMAIL][row] = number(l, "box", "@example.org", seed);
    l->cells[PHONE][row] = number(l, "+4930", "", seed);
    l->cells[BORN][row] = born(l, seed);
    l->cells[NUMBER][row] = number(l, "k", "", seed);
    l->cells[CITY][row] = draw(seed, 2) > 0 ? PB_STR("berlin") : PB_STR("paris");
    return row;
}

static size_t add_again(list *l, size_t of)
{
    size_t row = l->rows++;
    assert_true(row < ROOM);
    for (size_t c = 0; c < COLUMNS; c++)
        l->cells[c][row] = l->cells[c][of];
    return row;
}

/* A crowd to learn from: every fifth repeats another with a value or two lost. */
static list crowd(uint64_t *seed)
{
    static const match_kind kinds[] = {MATCH_NAME, MATCH_EMAIL, MATCH_PHONE,
                                       MATCH_DATE, MATCH_EXACT, MATCH_PLACE};
    static const char *const names[] = {"name", "email", "phone", "born", "number", "city"};
    list l = {.arena = pb_arena_new(0)};
    assert_non_null(l.arena);
    for (size_t c = 0; c < COLUMNS; c++) {
        l.cells[c] = pb_arena_array(l.arena, ROOM, sizeof(pb_str));
        assert_non_null(l.cells[c]);
        l.columns[c] = (match_column){pb_str_c(names[c]), kinds[c], l.cells[c]};
    }
    while (l.rows < CROWD) {
        size_t row = l.rows % 5 < 4 ? add_person(&l, seed) : add_again(&l, l.rows - 1);
        if (row % 5 == 4)
            for (size_t i = 0; i < 2; i++)
                l.cells[draw(seed, COLUMNS)][row] = PB_STR_NONE;
    }
    return l;
}

static match_result find(const list *l, size_t threads)
{
    match_result result;
    match_options options = {.threads = threads};
    assert_int_equal(
        match_run(l->columns, COLUMNS, l->rows, &options, NULL, NULL, l->arena, &result, NULL),
        PB_OK);
    return result;
}

static size_t members(const match_result *result, size_t row)
{
    size_t count = 0;
    for (size_t i = 0; i < result->rows; i++)
        count += result->cluster[i] == result->cluster[row];
    return count;
}

/* A namesake that shares a mailbox with the one before and a number with the next; those at even
 * places have a birth date and a number of their own. */
static size_t add_chain(list *l, size_t links, uint64_t *seed)
{
    size_t first = l->rows;
    for (size_t i = 0; i <= links; i++) {
        size_t row = add_person(l, seed);
        l->cells[NAME][row] = l->cells[NAME][first];
        l->cells[CITY][row] = l->cells[CITY][first];
        if (i > 0)
            l->cells[i % 2 > 0 ? EMAIL : PHONE][row] = l->cells[i % 2 > 0 ? EMAIL : PHONE][row - 1];
        if (i % 2 > 0)
            l->cells[BORN][row] = l->cells[NUMBER][row] = PB_STR_NONE;
    }
    return first;
}

/* A–B–C and on: each link is sure enough by itself, its ends are two people. shows: DQ-4 */
static void test_chains(void **state)
{
    (void)state;
    static const size_t lengths[] = {2, 4, 9, 40, 300};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        uint64_t seed = 17 + i;
        list l = crowd(&seed);
        size_t first = add_chain(&l, lengths[i], &seed), linked = 0;
        match_result result = find(&l, 1 + i % 2);
        for (size_t a = first; a < l.rows; a++) {
            linked += members(&result, a) > 1;
            for (size_t b = a + 1; b < l.rows; b++)
                if (!pb_str_empty(l.cells[BORN][a]) && !pb_str_empty(l.cells[BORN][b]))
                    assert_int_not_equal(result.cluster[a], result.cluster[b]);
        }
        assert_true(linked > lengths[i] / 2); /* the links themselves are found */
        pb_arena_free(l.arena);
    }
}

/* Many records of one person, each with a value lost or wrong: one cluster. */
static size_t add_many(list *l, size_t count, uint64_t *seed)
{
    size_t first = add_person(l, seed);
    for (size_t i = 1; i < count; i++) {
        size_t row = add_again(l, first), lost = draw(seed, COLUMNS);
        l->cells[lost][row] = PB_STR_NONE;
        if (i % 3 == 0)
            l->cells[PHONE][row] = number(l, "+4930", "", seed);
        if (i % 3 == 1)
            l->cells[EMAIL][row] = number(l, "box", "@example.org", seed);
    }
    return first;
}

/* Two people of many records each, and one record that has the number of both: they stay two.
 * shows: DQ-4 */
static void test_bridge_between_many(void **state)
{
    (void)state;
    static const size_t counts[] = {3, 6, 14, 30, 90};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        uint64_t seed = 40 + i;
        list l = crowd(&seed);
        size_t one = add_many(&l, counts[i], &seed), other = add_many(&l, counts[i], &seed);
        size_t between = add_again(&l, one);
        l.cells[NAME][between] = l.cells[BORN][between] = PB_STR_NONE;
        l.cells[NUMBER][between] = PB_STR_NONE;
        l.cells[PHONE][between] = l.cells[PHONE][other];
        match_result result = find(&l, 2);
        assert_int_not_equal(result.cluster[one], result.cluster[other]);
        size_t first = members(&result, one), second = members(&result, other);
        assert_true(first >= counts[i] && first <= counts[i] + 1);
        assert_true(second >= counts[i] && second <= counts[i] + 1);
        for (size_t row = 0; row < counts[i]; row++) {
            assert_int_equal(result.cluster[one + row], result.cluster[one]);
            assert_int_equal(result.cluster[other + row], result.cluster[other]);
        }
        pb_arena_free(l.arena);
    }
}

/* The rows in another order, by other threads: the same clusters. shows: DQ-4 */
static void test_any_order(void **state)
{
    (void)state;
    uint64_t seed = 70;
    list l = crowd(&seed);
    uint32_t place[ROOM];
    add_chain(&l, 9, &seed);
    add_chain(&l, 40, &seed);
    add_many(&l, 14, &seed);
    add_many(&l, 40, &seed);
    match_result one = find(&l, 1);
    list moved = l;
    for (uint32_t row = 0; row < l.rows; row++)
        place[row] = row;
    for (size_t row = l.rows; row-- > 1;) {
        size_t other = draw(&seed, row + 1);
        uint32_t kept = place[row];
        place[row] = place[other];
        place[other] = kept;
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        moved.cells[c] = pb_arena_array(l.arena, ROOM, sizeof(pb_str));
        assert_non_null(moved.cells[c]);
        moved.columns[c].values = moved.cells[c];
        for (size_t row = 0; row < l.rows; row++)
            moved.cells[c][place[row]] = l.cells[c][row];
    }
    match_result two = find(&moved, 3);
    assert_int_equal(one.pair_count, two.pair_count);
    for (size_t i = 0; i < one.pair_count; i++)
        assert_int_equal(two.cluster[place[one.pairs[i].left]],
                         two.cluster[place[one.pairs[i].right]]);
    for (size_t row = 0; row < l.rows; row++)
        assert_int_equal(members(&one, row), members(&two, place[row]));
    pb_arena_free(l.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains),
        cmocka_unit_test(test_bridge_between_many),
        cmocka_unit_test(test_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
