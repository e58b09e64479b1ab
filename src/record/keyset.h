/* A compact set of (hash of a key, row number): which record of this writer is called what.
 *
 * Twelve bytes an entry, open addressing in order of the hash, so that writing it out in key order
 * needs hardly any sorting. A hit says "perhaps": the caller reads the record and compares.
 * Threads: one writer, one thread.
 */
#ifndef RECORD_KEYSET_H
#define RECORD_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

typedef struct keyset_entry {
    uint32_t high, low; /* the hash */
    uint32_t n;         /* 0: free */
} keyset_entry;

static inline uint64_t keyset_entry_hash(const keyset_entry *entry)
{
    return (uint64_t)entry->high << 32 | entry->low;
}

typedef struct keyset {
    keyset_entry *entries;
    size_t capacity, count; /* count includes removed ones until the next growth */
    keyset_entry *more;     /* beyond KEYSET_SAME records of one key: only kept to be written out */
    size_t more_capacity, more_count;
} keyset;

enum {
    KEYSET_SAME = 4
}; /* records of one key that keyset_next tells: enough to know it is no name */
#define KEYSET_N_MAX (UINT32_MAX - 1) /* larger numbers go straight to the table */

/** Stable 63-bit hash of a key of a kind: 64-bit FNV-1a with the finisher of MurmurHash3, top bit
 * dropped so that SQL integers hold it. It is stored: never change it. */
uint64_t keyset_hash(unsigned kind, pb_str text);
/** False when memory ran out. */
bool keyset_add(keyset *set, uint64_t hash, uint32_t n);
/** Next row number filed under `hash`: `*cursor` starts at 0. False at the end. */
bool keyset_next(const keyset *set, uint64_t hash, size_t *cursor, uint32_t *ret_n);
bool keyset_remove(keyset *set, uint64_t hash, uint32_t n);
/** Sorts the live entries to the front and `more` too (the set is then only good for reading
 * `entries[0..return]` and `more[0..more_count]`, and for keyset_free). */
size_t keyset_sort(keyset *set);
void keyset_free(keyset *set);

#endif
