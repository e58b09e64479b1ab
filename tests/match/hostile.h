/* Lists that are hard to search: one name for all, and among them some who stand in the list twice.
 */
#ifndef TESTS_MATCH_HOSTILE_H
#define TESTS_MATCH_HOSTILE_H

#include "match/match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { NAME, EMAIL, PHONE, BORN, CITY, POSTCODE, COLUMNS, TWICE = 500, PART = 1000 };

static const match_column columns[COLUMNS] = {
    {PB_STR("name"), MATCH_NAME, NULL},   {PB_STR("email"), MATCH_EMAIL, NULL},
    {PB_STR("phone"), MATCH_PHONE, NULL}, {PB_STR("born"), MATCH_DATE, NULL},
    {PB_STR("city"), MATCH_PLACE, NULL},  {PB_STR("postcode"), MATCH_PLACE, NULL}};

/* What of a list is filled, and how. */
typedef enum hostile_kind {
    ONE_NAME,   /* john smith, all else their own; every 500th repeats the one before with slips */
    NAME_ONLY,  /* john smith and nothing else */
    ALL_EQUAL,  /* all the same in every column */
    NOTHING,    /* empty */
    ONE_MAILBOX /* one mailbox and one phone number for all, names and dates of their own; every
                   500th repeats the one before */
} hostile_kind;

typedef struct hostile_row {
    char text[COLUMNS][48];
} hostile_row;

static inline uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static inline void put_word(char *to, size_t size, uint64_t *seed)
{
    static const char *const parts[] = {"ba",  "chi", "do",  "fen", "gar", "hu",  "jo", "kel",
                                        "lim", "mo",  "nar", "pe",  "ri",  "san", "tu", "vel"};
    (void)snprintf(to, size, "%s%s%s", parts[draw(seed, 16)], parts[draw(seed, 16)],
                   parts[draw(seed, 16)]);
}

static inline void hostile_stranger(hostile_row *row, hostile_kind kind, size_t number,
                                    size_t count, uint64_t *seed)
{
    char given[16], family[16];
    put_word(given, sizeof given, seed);
    put_word(family, sizeof family, seed);
    if (kind == ONE_MAILBOX)
        (void)snprintf(row->text[NAME], sizeof row->text[NAME], "%s %s", given, family);
    else
        (void)snprintf(row->text[NAME], sizeof row->text[NAME], "john smith");
    (void)snprintf(row->text[EMAIL], sizeof row->text[EMAIL], "u%zu@example.org",
                   kind == ONE_MAILBOX ? 1 : number);
    (void)snprintf(row->text[PHONE], sizeof row->text[PHONE], "+1202%07zu",
                   kind == ONE_MAILBOX ? 5550100 : number * 7 % 9999991);
    (void)snprintf(row->text[BORN], sizeof row->text[BORN], "19%02u-%02u-%02u",
                   30 + (unsigned)draw(seed, 70), 1 + (unsigned)draw(seed, 12),
                   13 + (unsigned)draw(seed, 16));
    unsigned places = 1; /* so many that one of them tells little and two tell much */
    while (places * places < count * 10)
        places++;
    (void)snprintf(row->text[CITY], sizeof row->text[CITY], "%u town",
                   (unsigned)draw(seed, places));
    (void)snprintf(row->text[POSTCODE], sizeof row->text[POSTCODE], "%05u",
                   (unsigned)draw(seed, places));
}

/* The same person once more: no mailbox, a digit of the number and of the birth year wrong. */
static inline void hostile_again(hostile_row *row)
{
    char *digit = &row->text[PHONE][8], *year = &row->text[BORN][3];
    row->text[EMAIL][0] = '\0';
    *digit = *digit == '9' ? '0' : (char)(*digit + 1);
    *year = *year == '9' ? '0' : (char)(*year + 1);
}

/* `count` rows given in parts, compared by two threads; the processor seconds go to `ret_seconds`.
 */
static inline match_result hostile_find(hostile_kind kind, size_t count, pb_arena *arena,
                                        double *ret_seconds)
{
    clock_t start = clock();
    match_rows *rows = NULL;
    match_batch *batch = NULL;
    match_result result;
    hostile_row row = {{{0}}};
    uint64_t seed = 11;
    const match_options options = {.threads = 2};
    assert_int_equal(match_rows_new(columns, COLUMNS, NULL, &rows, NULL), PB_OK);
    assert_int_equal(match_batch_new(rows, PART, &batch, NULL), PB_OK);
    for (size_t i = 0; i < count; i++) {
        pb_str values[COLUMNS];
        if (i > 0 && i % PART == 0)
            assert_int_equal(match_rows_take(rows, batch, NULL), PB_OK);
        if ((kind == ONE_NAME || kind == ONE_MAILBOX) && i % TWICE == TWICE - 1)
            hostile_again(&row);
        else if (kind != ALL_EQUAL || i == 0)
            hostile_stranger(&row, kind, i, count, &seed);
        for (size_t c = 0; c < COLUMNS; c++)
            values[c] = kind == NOTHING || (kind == NAME_ONLY && c != NAME) ? PB_STR_NONE
                                                                            : pb_str_c(row.text[c]);
        assert_int_equal(match_batch_add(batch, values, NULL), PB_OK);
    }
    assert_int_equal(match_rows_take(rows, batch, NULL), PB_OK);
    assert_int_equal(match_rows_end(rows, false, NULL), PB_OK);
    assert_int_equal(match_rows_find(rows, &options, NULL, NULL, arena, &result, NULL), PB_OK);
    match_batch_free(batch);
    match_rows_free(rows);
    *ret_seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    return result;
}

/* Every kind of list with `count` rows, each in at most so many processor seconds. */
static inline void hostile_all(size_t count, double seconds)
{
    for (int kind = ONE_NAME; kind <= ONE_MAILBOX; kind++) {
        pb_arena *arena = pb_arena_new(0);
        assert_non_null(arena);
        double took;
        match_result result = hostile_find((hostile_kind)kind, count, arena, &took);
        size_t together = 0, outside = 0;
        for (size_t i = 1; i < count; i++) {
            if (i % TWICE == TWICE - 1 && (kind == ONE_NAME || kind == ONE_MAILBOX))
                together += result.cluster[i] == result.cluster[i - 1];
            else
                outside += result.cluster[i] != i;
        }
        print_message("kind %d: %zu of %zu found, %zu others, %.1f s, %llu compared\n", kind,
                      together, count / TWICE, outside, took, (unsigned long long)result.compared);
        assert_true(took < seconds);
        assert_true(result.compared < count * 20);
        if (kind == ALL_EQUAL)
            assert_int_equal(outside, count - 1);
        else
            assert_true(outside <= count / 500);
        if (kind == ONE_NAME || kind == ONE_MAILBOX)
            assert_true(together * 10 >= count / TWICE * 9);
        pb_arena_free(arena);
    }
}

#endif
