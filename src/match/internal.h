/* What the parts of match share; nothing of this is public. */
#ifndef MATCH_INTERNAL_H
#define MATCH_INTERNAL_H

#include "match/match.h"

/** How well two values of one column agree; three bits each in match_pair.levels. */
typedef enum match_level {
    LEVEL_MISSING, /* one side has no value: says nothing */
    LEVEL_DIFFERS,
    LEVEL_WEAK,
    LEVEL_CLOSE,
    LEVEL_EQUAL,
    LEVEL_COUNT
} match_level;

enum { LEVEL_BITS = 3, MATCH_MAX_COLUMNS = 10, NAME_PARTS = 6 };

/** Compares two present values by the rules of the column's kind (compare.c). */
match_level match_compare(match_kind kind, pb_str a, pb_str b);
/** Splits at blanks into at most NAME_PARTS words; returns their number. */
size_t match_words(pb_str text, pb_str words[NAME_PARTS]);
/** The name of an organisation without its legal form and joined words: `acme` of `acme co ltd`. */
pb_str match_org_core(pb_str folded);
/** Local part of an address, without a `+tag`. */
pb_str match_email_local(pb_str email);
/** True for mailboxes that stand for a role, not for a person (info, sales, …). */
bool match_email_is_role(pb_str local);
/** Last digits of a phone number; absent when there are fewer than seven. */
pb_str match_phone_tail(pb_str phone);

/** A candidate pair: left row in the upper half, right row in the lower. */
typedef uint64_t match_candidate;

typedef struct match_candidates {
    match_candidate *items; /* malloc'ed; sorted and unique once match_block is done */
    size_t count, capacity;
} match_candidates;

/** Finds the pairs of rows that share at least one key (block.c). */
pb_status match_block(const match_column *columns, size_t column_count, size_t rows,
                      const match_options *options, uint64_t max_pairs,
                      match_candidates *candidates, pb_error *err);

/** What an agreement is worth, learned from the data (weigh.c). */
typedef struct match_weights {
    double base;                                  /* log2 of the prior odds */
    double level[MATCH_MAX_COLUMNS][LEVEL_COUNT]; /* log2 (m/u); EQUAL is per value, see below */
    double equal_share[MATCH_MAX_COLUMNS];        /* m of LEVEL_EQUAL */
    uint32_t *count[MATCH_MAX_COLUMNS];           /* per row: how many rows have the same value */
    size_t rows;
} match_weights;

pb_status match_weights_learn(const match_column *columns, size_t column_count, size_t rows,
                              match_weights *weights, pb_error *err);
void match_weights_free(match_weights *weights);
/** Weighs one pair whose levels are known: probability 0…1. */
double match_weigh(const match_weights *weights, size_t column_count, uint32_t levels,
                   uint32_t left);

/** Sorts `count` 64-bit keys with their rows, by key then row: radix, stable. `scratch` has the
 * same room. */
typedef struct match_key {
    uint64_t key;
    uint32_t row;
} match_key;
void match_key_sort(match_key *keys, match_key *scratch, size_t count);
uint64_t match_hash(pb_str text, uint64_t seed);

#endif
