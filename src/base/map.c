/* Hash map: entries in order of insertion, and an open-addressing table of their numbers. */
#include "base/map.h"

#include <string.h>

enum { FIRST_SLOTS = 16 };

typedef struct entry {
    pb_str key;
    uint64_t hash;
    uint64_t value;
} entry;

struct pb_map {
    pb_arena *arena;
    entry *entries;
    size_t count;
    size_t capacity;
    uint64_t *slots; /* upper half: upper half of the hash; lower half: entry number + 1, or 0 */
    size_t mask;
};

pb_map *pb_map_new(pb_arena *arena)
{
    pb_map *map = pb_arena_alloc(arena, sizeof *map);
    if (!map)
        return NULL;
    map->arena = arena;
    map->slots = pb_arena_array(arena, FIRST_SLOTS, sizeof *map->slots);
    map->mask = FIRST_SLOTS - 1;
    return map->slots ? map : NULL;
}

/* The slot of `key`, or the free one where it belongs: at least a quarter of the table is free. */
static size_t find(const pb_map *map, pb_str key, uint64_t hash)
{
    for (size_t at = hash & map->mask;; at = (at + 1) & map->mask) {
        uint64_t slot = map->slots[at];
        if (slot == 0)
            return at;
        if (slot >> 32 == hash >> 32 && pb_str_eq(map->entries[(uint32_t)slot - 1].key, key))
            return at;
    }
}

uint64_t *pb_map_get(const pb_map *map, pb_str key)
{
    uint64_t slot = map->slots[find(map, key, pb_str_hash(key))];
    return slot ? &map->entries[(uint32_t)slot - 1].value : NULL;
}

static bool widen(pb_map *map)
{
    size_t count = (map->mask + 1) * 2;
    uint64_t *slots = pb_arena_array(map->arena, count, sizeof *slots);
    if (!slots)
        return false;
    map->slots = slots;
    map->mask = count - 1;
    for (size_t i = 0; i < map->count; i++) {
        uint64_t hash = map->entries[i].hash;
        size_t at = hash & map->mask;
        while (slots[at])
            at = (at + 1) & map->mask;
        slots[at] = hash >> 32 << 32 | (uint64_t)(i + 1);
    }
    return true;
}

uint64_t *pb_map_put(pb_map *map, pb_str key, bool *ret_new)
{
    uint64_t hash = pb_str_hash(key);
    size_t at = find(map, key, hash);
    uint64_t slot = map->slots[at];
    if (slot) {
        if (ret_new)
            *ret_new = false;
        return &map->entries[(uint32_t)slot - 1].value;
    }
    if (map->count >= UINT32_MAX - 1)
        return NULL;
    if ((map->count + 1) * 4 > (map->mask + 1) * 3) {
        if (!widen(map))
            return NULL;
        at = find(map, key, hash);
    }
    const char *copy = pb_arena_cstr(map->arena, key);
    entry made = {pb_str_n(copy, key.len), hash, 0};
    if (!copy || !PB_PUSH(map->arena, map->entries, map->count, map->capacity, made))
        return NULL;
    map->slots[at] = hash >> 32 << 32 | (uint64_t)map->count;
    if (ret_new)
        *ret_new = true;
    return &map->entries[map->count - 1].value;
}

size_t pb_map_count(const pb_map *map)
{
    return map->count;
}

bool pb_map_next(const pb_map *map, size_t *cursor, pb_str *ret_key, uint64_t *ret_value)
{
    if (*cursor >= map->count)
        return false;
    const entry *e = &map->entries[(*cursor)++];
    if (ret_key)
        *ret_key = e->key;
    if (ret_value)
        *ret_value = e->value;
    return true;
}
