/* What counts for and against a pair: missing values for neither, rare ones more than common ones;
 * one bad link chains nobody. */
#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { ROWS = 1200, COLUMNS = 4 };

typedef struct sheet {
    pb_arena *arena;
    pb_str cells[COLUMNS][ROWS];
    match_result result;
} sheet;

/* Strangers; every tenth stands there twice, so that there is something to learn from. */
static sheet *sheet_new(void)
{
    static sheet s;
    static const char *const common[] = {"smith", "brown", "jones"};
    s = (sheet){.arena = pb_arena_new(0)};
    uint64_t seed = 3;
    for (size_t row = 0; row < ROWS; row++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        unsigned x = (unsigned)(seed >> 33);
        if (row % 10 == 9) {
            for (size_t c = 0; c < COLUMNS; c++)
                s.cells[c][row] = s.cells[c][row - 1];
            continue;
        }
        const char *family =
            x % 3 == 0 ? common[x / 3 % 3]
                       : pb_arena_printf(s.arena, "%c%ca%c%co", 'b' + (int)(x % 20),
                                         'a' + (int)(x / 20 % 24), 'b' + (int)(x / 480 % 20),
                                         'a' + (int)(x / 9600 % 24));
        s.cells[0][row] = pb_str_c(pb_arena_printf(s.arena, "%c%cna %s", 'b' + (int)(x / 7 % 12),
                                                   'a' + (int)(x / 90 % 5), family));
        s.cells[1][row] = pb_str_c(pb_arena_printf(s.arena, "m%u@mail.example", x % 999983));
        s.cells[2][row] = pb_str_c(pb_arena_printf(s.arena, "+4930%08u", x % 99999989));
        s.cells[3][row] = pb_str_c(pb_arena_printf(s.arena, "19%02u-%02u-%02u", 40 + x % 60,
                                                   1 + x / 60 % 12, 1 + x / 720 % 28));
    }
    return &s;
}

static void set_row(sheet *s, size_t row, const char *const values[COLUMNS])
{
    for (size_t c = 0; c < COLUMNS; c++)
        s->cells[c][row] = pb_str_c(values[c]);
}

static void run(sheet *s)
{
    static const match_kind kinds[] = {MATCH_NAME, MATCH_EMAIL, MATCH_PHONE, MATCH_DATE};
    static const char *const names[] = {"name", "email", "phone", "born"};
    match_column columns[COLUMNS];
    const match_options options = {.threshold = 1e-9};
    pb_error err = {0};
    for (size_t c = 0; c < COLUMNS; c++)
        columns[c] = (match_column){pb_str_c(names[c]), kinds[c], s->cells[c]};
    assert_int_equal(
        match_run(columns, COLUMNS, ROWS, &options, NULL, NULL, s->arena, &s->result, &err), PB_OK);
}

/* The score of two rows; 0 when they are no pair. */
static double score_of(const sheet *s, size_t left, size_t right)
{
    for (size_t i = 0; i < s->result.pair_count; i++)
        if (s->result.pairs[i].left == left && s->result.pairs[i].right == right)
            return s->result.pairs[i].score;
    return 0;
}

/* shows: DQ-4 */
static void test_missing_counts_for_neither(void **state)
{
    (void)state;
    sheet *s = sheet_new();
    set_row(s, 0, (const char *const[]){"vera zumthor", "", "", "1971-03-04"});
    set_row(s, 1, (const char *const[]){"vera zumthor", "vz@a.example", "", "1971-03-04"});
    set_row(s, 10, (const char *const[]){"olga quint", "oq@a.example", "", "1973-03-04"});
    set_row(s, 11, (const char *const[]){"olga quint", "other@b.example", "", "1973-03-04"});
    run(s);
    /* An address on one side only leaves the pair as sure as none; another one does not. */
    assert_true(score_of(s, 0, 1) > 0.9);
    assert_true(score_of(s, 10, 11) < score_of(s, 0, 1));
    pb_arena_free(s->arena);
}

/* shows: DQ-4 */
static void test_a_rare_name_says_more(void **state)
{
    (void)state;
    sheet *s = sheet_new();
    set_row(s, 0, (const char *const[]){"bana zumthor", "", "", "1971-03-04"});
    set_row(s, 1, (const char *const[]){"bana zumthor", "", "", "1971-03-05"});
    set_row(s, 10, (const char *const[]){"bana smith", "", "", "1973-03-04"});
    set_row(s, 11, (const char *const[]){"bana smith", "", "", "1973-03-05"});
    run(s);
    assert_true(score_of(s, 0, 1) > score_of(s, 10, 11));
    pb_arena_free(s->arena);
}

/* Two people, each there three times, and a record mixed of both: it joins one of them at most.
 * shows: DQ-4 */
static void test_one_bad_link_chains_nobody(void **state)
{
    (void)state;
    sheet *s = sheet_new();
    for (size_t i = 0; i < 3; i++) {
        set_row(
            s, i,
            (const char *const[]){"vera zumthor", "vz@a.example", "+493011112222", "1971-03-04"});
        set_row(s, 10 + i,
                (const char *const[]){"olga quint", "oq@b.example", "+493033334444", "1958-11-23"});
    }
    set_row(s, 20,
            (const char *const[]){"vera quint", "vz@a.example", "+493033334444", "1971-03-04"});
    run(s);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(s->result.cluster[i], s->result.cluster[0]);
        assert_int_equal(s->result.cluster[10 + i], s->result.cluster[10]);
    }
    assert_int_not_equal(s->result.cluster[0], s->result.cluster[10]);
    pb_arena_free(s->arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_missing_counts_for_neither),
                                       cmocka_unit_test(test_a_rare_name_says_more),
                                       cmocka_unit_test(test_one_bad_link_chains_nobody)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
