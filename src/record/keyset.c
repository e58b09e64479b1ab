#include "keyset.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };
#define REMOVED UINT32_MAX

uint64_t keyset_hash(unsigned kind, pb_str text)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325) ^ kind;
    for (size_t i = 0; i < text.len; i++)
        h = (h ^ (uint8_t)text.ptr[i]) * UINT64_C(0x100000001b3);
    h ^= h >> 33;
    h *= UINT64_C(0xff51afd7ed558ccd);
    h ^= h >> 33;
    h *= UINT64_C(0xc4ceb9fe1a85ec53);
    h ^= h >> 33;
    return h >> 1;
}

/* Position in order of the hash: the top of 31 bits, scaled to the capacity. */
static size_t home(const keyset *set, uint32_t high)
{
    return (size_t)(((uint64_t)high * set->capacity) >> 31);
}

/* False when KEYSET_SAME others of the same hash stand there: a longer run of one key would make
 * every further one slower. */
static bool place(keyset *set, keyset_entry entry)
{
    size_t at = home(set, entry.high);
    for (int same = 0; set->entries[at].n != 0;) {
        keyset_entry *other = &set->entries[at];
        if (other->high == entry.high && other->low == entry.low) {
            if (other->n == REMOVED) {
                other->n = entry.n;
                return true;
            }
            if (++same == KEYSET_SAME)
                return false;
        }
        at = at + 1 == set->capacity ? 0 : at + 1;
    }
    set->entries[at] = entry;
    set->count++;
    return true;
}

static bool add_more(keyset *set, keyset_entry entry)
{
    if (set->more_count == set->more_capacity) {
        size_t capacity = set->more_capacity ? 2 * set->more_capacity : FIRST_CAPACITY;
        keyset_entry *more = realloc(set->more, capacity * sizeof *more);
        if (more == NULL)
            return false;
        set->more = more;
        set->more_capacity = capacity;
    }
    set->more[set->more_count++] = entry;
    return true;
}

static bool grow(keyset *set)
{
    keyset larger = *set;
    larger.count = 0;
    larger.capacity = set->capacity ? set->capacity + set->capacity / 2 : FIRST_CAPACITY;
    larger.entries = calloc(larger.capacity, sizeof *larger.entries);
    if (larger.entries == NULL)
        return false;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->entries[i].n != 0 && set->entries[i].n != REMOVED)
            (void)place(&larger, set->entries[i]);
    free(set->entries);
    *set = larger;
    return true;
}

bool keyset_add(keyset *set, uint64_t hash, uint32_t n)
{
    if (set->count >= set->capacity - set->capacity / 4 && !grow(set))
        return false;
    keyset_entry entry = {(uint32_t)(hash >> 32), (uint32_t)hash, n};
    return place(set, entry) || add_more(set, entry);
}

/* Cursor: how many places behind home the search goes on. */
bool keyset_next(const keyset *set, uint64_t hash, size_t *cursor, uint32_t *ret_n)
{
    if (set->capacity == 0)
        return false;
    uint32_t high = (uint32_t)(hash >> 32), low = (uint32_t)hash;
    size_t start = home(set, high);
    for (; *cursor < set->capacity; (*cursor)++) {
        size_t at = start + *cursor;
        const keyset_entry *entry = &set->entries[at < set->capacity ? at : at - set->capacity];
        if (entry->n == 0)
            return false;
        if (entry->high == high && entry->low == low && entry->n != REMOVED) {
            *ret_n = entry->n;
            (*cursor)++;
            return true;
        }
    }
    return false;
}

/* Position in `more` of an entry of this hash (and row, unless 0), or more_count. */
static size_t find_more(const keyset *set, uint64_t hash, uint32_t n)
{
    size_t at = 0;
    while (at < set->more_count &&
           (set->more[at].high != (uint32_t)(hash >> 32) || set->more[at].low != (uint32_t)hash ||
            (n != 0 && set->more[at].n != n)))
        at++;
    return at;
}

bool keyset_remove(keyset *set, uint64_t hash, uint32_t n)
{
    size_t cursor = 0;
    uint32_t found;
    while (keyset_next(set, hash, &cursor, &found)) {
        if (found != n)
            continue;
        size_t at = home(set, (uint32_t)(hash >> 32)) + cursor - 1;
        keyset_entry *entry = &set->entries[at < set->capacity ? at : at - set->capacity];
        size_t next = find_more(set, hash, 0); /* one that waits behind takes the place */
        entry->n = next < set->more_count ? set->more[next].n : REMOVED;
        if (next < set->more_count)
            set->more[next] = set->more[--set->more_count];
        return true;
    }
    size_t at = find_more(set, hash, n);
    if (at == set->more_count)
        return false;
    set->more[at] = set->more[--set->more_count];
    return true;
}

static int entry_order(const void *left, const void *right)
{
    const keyset_entry *a = left, *b = right;
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    return a->n < b->n ? -1 : a->n > b->n;
}

/* Entries lie almost in order, out of it only by the length of a probe (and wrapped ones by all):
 * insertion sort, except for a wrapped tail, which makes it worth the general sort. */
static void sort_entries(keyset_entry *entries, size_t count)
{
    enum { NEAR = 64 };
    for (size_t i = 1; i < count; i++) {
        keyset_entry entry = entries[i];
        size_t at = i;
        while (at > 0 && i - at < NEAR && entry_order(&entries[at - 1], &entry) > 0) {
            entries[at] = entries[at - 1];
            at--;
        }
        entries[at] = entry;
        if (at > 0 && entry_order(&entries[at - 1], &entry) > 0) {
            qsort(entries, count, sizeof *entries, entry_order);
            return;
        }
    }
}

size_t keyset_sort(keyset *set)
{
    size_t live = 0;
    for (size_t i = 0; i < set->capacity; i++)
        if (set->entries[i].n != 0 && set->entries[i].n != REMOVED)
            set->entries[live++] = set->entries[i];
    sort_entries(set->entries, live);
    if (set->more_count > 1)
        qsort(set->more, set->more_count, sizeof *set->more, entry_order);
    return live;
}

void keyset_free(keyset *set)
{
    free(set->entries);
    free(set->more);
    *set = (keyset){0};
}
