/* What the parts of match share; nothing of this is public. */
#ifndef MATCH_INTERNAL_H
#define MATCH_INTERNAL_H

#include "match/match.h"

/** How well two values of one column agree, three bits each. A kind of column uses some of them;
 * match.h's five levels are made of them for the caller. */
typedef enum match_level {
    LEVEL_MISSING, /* one side has no value: says nothing */
    LEVEL_DIFFERS,
    LEVEL_PARTLY, /* a word alike; an address whose digits differ */
    LEVEL_SHARED, /* a word of two names; the mailbox at another provider; dates a year apart */
    LEVEL_SHORT,  /* one name is the other one written short; texts roughly alike */
    LEVEL_NEAR,   /* every word alike; one slip in a number; two of three parts of a date */
    LEVEL_CLOSE,  /* a slip in one word, a date or a text */
    LEVEL_EQUAL,
    LEVEL_COUNT
} match_level;

enum { LEVEL_BITS = 3, MATCH_MAX_COLUMNS = 16, NAME_PARTS = 6, BONES = 3 };

/* ---- keys.c ---- */

/** Sorts numbers by their bits from `low` to below `bits`, stable: radix. `scratch` has the same
 * room. */
void match_sort(uint64_t *items, uint64_t *scratch, size_t count, unsigned low, unsigned bits);
uint64_t match_hash(pb_str text, uint64_t seed);
uint64_t match_mix(uint64_t a, uint64_t b);
/** Set of the bytes of a text, as far as 32 bits tell them apart. */
uint32_t match_letters(pb_str text);

/** Numbers 1, 2, 3 … for hashes, in the order in which they are first seen. */
typedef struct match_intern {
    struct match_slot {
        uint64_t hash;
        uint32_t id;
    } * slots;
    size_t mask;
    uint32_t count;
} match_intern;
/** The number of a hash; 0 when there is no memory. */
uint32_t match_intern_id(match_intern *intern, uint64_t hash);
bool match_intern_has(const match_intern *intern, uint64_t hash);
void match_intern_free(match_intern *intern);

/* ---- words.c ---- */

/** A word of names. */
typedef struct match_word {
    pb_str text;
    uint32_t count; /* names of rows in which it stands */
    uint32_t bones; /* hash of its consonants; two letters of them decide `start` */
    uint32_t start;
    uint32_t letters; /* set of its letters */
    bool ascii;
    bool single; /* one letter: an initial, or a name in Chinese */
} match_word;

/** All words of all names, numbered from 1. */
typedef struct match_words {
    match_intern intern, nicknames;
    match_word *items;
    size_t capacity;
    struct match_likeness *cache;
} match_words;

/** The words of one name: numbers, 0 behind the last. */
typedef struct match_name {
    uint32_t word[NAME_PARTS];
} match_name;

typedef enum match_alike { ALIKE_NOT, ALIKE_INITIAL, ALIKE_CLOSE, ALIKE_SAME } match_alike;

bool match_words_start(match_words *words);
bool match_words_add(match_words *words, pb_str text, match_name *ret_name);
void match_words_free(match_words *words);
/** Level of two names; `ret_equal` says of which equal words they were found alike (words of a). */
match_level match_compare_names(match_words *words, const match_name *a, const match_name *b,
                                match_name *ret_equal);
/** Consonants in order, at most `max`: slips in vowels and doubled letters vanish. */
size_t match_skeleton(pb_str word, char *bones, size_t max);

/* ---- prepare.c ---- */

/** A value as the comparison wants it: equal numbers are equal values; 0 is none. `mark` holds the
 * digits of a date or of the end of a phone number, the set of letters of any other text. */
typedef struct match_cell {
    uint32_t id, mark;
} match_cell;

/** The columns, prepared once. */
typedef struct match_table {
    const match_column *columns;
    size_t column_count, rows;
    match_cell *cells; /* row by row */
    uint64_t *content; /* per row: hash of all it holds */
    uint32_t *copy_of; /* per row: an earlier row that holds the same, else itself */
    uint32_t *count[MATCH_MAX_COLUMNS];   /* by id: rows with the value */
    uint32_t *whole[MATCH_MAX_COLUMNS];   /* by id: hash of the value */
    uint32_t *soft[MATCH_MAX_COLUMNS];    /* by id: hash of a rough form; 0: none */
    match_name *names[MATCH_MAX_COLUMNS]; /* by id, of columns of names */
    uint32_t distinct[MATCH_MAX_COLUMNS];
    match_words words;
    double word_chance; /* that two words of strangers are equal */
} match_table;

pb_status match_table_fill(match_table *table, pb_error *err);
void match_table_free(match_table *table);

static inline const match_cell *match_row(const match_table *table, uint32_t row)
{
    return table->cells + (size_t)row * table->column_count;
}

/* ---- compare.c ---- */

/** Compares the values of one column of two rows; MISSING when one has none. */
match_level match_compare(match_table *table, size_t column, uint32_t left, uint32_t right,
                          match_name *ret_equal);
/** True when comparing two different values of a column needs no look at their texts. */
bool match_is_quick(const match_table *table, size_t column, match_cell a, match_cell b);
/** Local part of an address, without a `+tag`. */
pb_str match_email_local(pb_str email);
/** True for mailboxes that stand for a role, not for a person (info, sales, …). */
bool match_email_is_role(pb_str local);
/** Last digits of a phone number; absent when there are fewer than seven. */
pb_str match_phone_tail(pb_str phone);

/* ---- block.c ---- */

/** Candidate pairs: left row in the upper half, right row in the lower. */
typedef struct match_candidates {
    uint64_t *items; /* malloc'ed; sorted and unique once match_block is done */
    size_t count, capacity;
} match_candidates;

/** Finds the pairs of rows that share at least one key. */
pb_status match_block(const match_table *table, const match_options *options, uint64_t max_pairs,
                      match_candidates *candidates, pb_error *err);

/* ---- weigh.c, learn.c ---- */

/** What agreement is worth. */
typedef struct match_weights {
    double base;                                        /* log2 of the prior odds */
    double same;                                        /* rows of one thing, on average */
    double m[MATCH_MAX_COLUMNS][LEVEL_COUNT];           /* share among pairs that belong together */
    double u[MATCH_MAX_COLUMNS][LEVEL_COUNT];           /* among strangers */
    double level[MATCH_MAX_COLUMNS][LEVEL_COUNT];       /* log2 (m/u); EQUAL: log2 m */
    double most[MATCH_MAX_COLUMNS];                     /* the most a column may add yet */
    double apart[MATCH_MAX_COLUMNS][MATCH_MAX_COLUMNS]; /* of places: share of what the second says
                                                           that the first has not said */
} match_weights;

/** A pair compared: its levels and how common the values are on which it agrees. */
typedef struct match_evidence {
    uint64_t levels;
    float rare[MATCH_MAX_COLUMNS]; /* EQUAL: rows with the value; names: see weigh.c */
    float chance[MATCH_MAX_COLUMNS];
} match_evidence;

/** m as kinds of columns have it, u from random pairs. */
pb_status match_weights_start(match_table *table, match_weights *weights, pb_error *err);
/** How much parts of an address hang together in these data (places.c). */
pb_status match_weights_places(match_table *table, match_weights *weights, pb_error *err);
/** Learns m and the prior from pairs compared. */
pb_status match_weights_learn(match_table *table, const match_candidates *candidates,
                              match_weights *weights, pb_error *err);
/** Compares all columns. */
void match_gather(match_table *table, uint32_t left, uint32_t right, match_evidence *evidence);
/** Compares, cheapest first, until it is clear that the pair stays below `least` bits: false. */
bool match_gather_above(match_table *table, const match_weights *weights, uint32_t left,
                        uint32_t right, double least, match_evidence *evidence);
/** log2 of the odds that the pair belongs together. */
double match_weigh(const match_table *table, const match_weights *weights,
                   const match_evidence *evidence);
/** True when rows hold so much that equality in all of it makes them one record. */
bool match_tells(const match_table *table, uint32_t row);

/* ---- cluster.c ---- */

/** Joins pairs into clusters; a pair whose joining the other members contradict is left out. Pairs
 * that clusters imply are added. `capacity`: room in the array of pairs. */
pb_status match_cluster(match_table *table, const match_weights *weights, double threshold,
                        pb_arena *arena, match_result *result, size_t capacity, pb_error *err);
/** True when all columns present on both sides hold the same text (match.c). */
bool match_is_exact(const match_table *table, uint32_t left, uint32_t right);
/** The five levels that the caller sees (match.c). */
uint64_t match_public_levels(const match_table *table, uint64_t levels);

#endif
