/* Hash map from text to a 64-bit number or pointer; memory from an arena.
 *
 * Threads: one map belongs to one thread at a time; concurrent reads are fine once filled.
 * Cost: O(1) expected a call.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

typedef struct pb_map pb_map;

/** A new empty map in `arena`, which also keeps copies of the keys. NULL without memory. */
pb_map *pb_map_new(pb_arena *arena);
/** The value's place for `key`, or NULL when absent. Valid until the next pb_map_put. */
uint64_t *pb_map_get(const pb_map *map, pb_str key);
/** The value's place for `key`, made with 0 when absent; `*ret_new` (may be NULL) says which. NULL
 * without memory. */
uint64_t *pb_map_put(pb_map *map, pb_str key, bool *ret_new);
size_t pb_map_count(const pb_map *map);
/** Walks all entries in order of insertion: `*cursor` starts at 0. False at the end. */
bool pb_map_next(const pb_map *map, size_t *cursor, pb_str *ret_key, uint64_t *ret_value);

#endif
