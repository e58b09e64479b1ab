/* Words and what is kept for them, written at build time by tools/tables/pairs.py. */
#ifndef MATCH_TABLES_PAIRS_H
#define MATCH_TABLES_PAIRS_H

#include <stddef.h>
#include <stdint.h>

/** A folded word; what is kept for it, empty: nothing. */
typedef struct match_word_pair {
    const char *word, *kept;
} match_word_pair;

/** Words of addresses, sorted by their bytes. */
extern const match_word_pair match_addresses[];
extern const size_t match_addresses_count;
/** By their first byte: bit by bit, which lengths they have. */
extern const uint32_t match_addresses_lengths[256];
/** What firms do, in English and in characters. */
extern const match_word_pair match_sectors[];
extern const size_t match_sectors_count;
extern const uint32_t match_sectors_lengths[256];

#endif
