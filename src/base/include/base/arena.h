/* Memory named by its lifetime: an arena is allocated from piece by piece and freed as a whole.
 *
 * Threads: one arena belongs to one thread at a time.
 * Refuses: freeing single pieces; growing beyond the maximum given at birth.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

typedef struct pb_arena pb_arena;

/** A new arena that will hand out at most `max` bytes in all (0 means 1 GiB). NULL when there is no
 * memory. Owner: the caller, who ends it with pb_arena_free. */
pb_arena *pb_arena_new(size_t max);
/** Frees all pieces. Takes NULL, returns NULL. */
pb_arena *pb_arena_free(pb_arena *arena);
/** Forgets all pieces but keeps the memory for the next round. */
void pb_arena_reset(pb_arena *arena);
/** `end(context)` is called when the arena is freed or reset, before its pieces go; the last one
 * given is called first. False without memory: then it is not called. */
bool pb_arena_defer(pb_arena *arena, void (*end)(void *context), void *context);
/** `size` zeroed bytes, aligned for any type; NULL at the maximum or without memory. O(1). */
void *pb_arena_alloc(pb_arena *arena, size_t size);
/** `count` zeroed elements; NULL also when the product overflows. */
void *pb_arena_array(pb_arena *arena, size_t count, size_t size);
/** Copy of `s` in the arena (NUL-terminated behind its end); absent stays absent. On failure the
 * result is absent although `s` is not. */
pb_str pb_arena_str(pb_arena *arena, pb_str s);
/** NUL-terminated copy of `s`, or NULL on failure. */
char *pb_arena_cstr(pb_arena *arena, pb_str s);
/** printf into the arena; NULL on failure. */
char *pb_arena_printf(pb_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Bytes handed out so far. */
size_t pb_arena_used(const pb_arena *arena);

/** Grows an arena-backed array to hold at least one more element: `items`, `count` and `capacity`
 * are the array's own variables. False when memory ran out; the array is then unchanged. */
bool pb_arena_grow(pb_arena *arena, void **items, size_t count, size_t *capacity, size_t size);
/** Appends `value` to the arena-backed array `items`/`count`/`capacity`; evaluates to false when
 * memory ran out. */
#define PB_PUSH(arena, items, count, capacity, value)                                              \
    (pb_arena_grow((arena), (void **)&(items), (count), &(capacity), sizeof *(items)) &&           \
     ((items)[(count)++] = (value), true))

/** For the cleanup attribute; see PB_AUTO_ARENA. */
static inline void pb_arena_freep(pb_arena **arena)
{
    *arena = pb_arena_free(*arena);
}
/** Frees the arena when the variable leaves its scope. */
#define PB_AUTO_ARENA __attribute__((cleanup(pb_arena_freep))) pb_arena *

#endif
