/* Arenas: chunks in a chain, a bump pointer in the current one. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#endif
#ifdef WATCHED
#include <sanitizer/asan_interface.h>
#define HIDE(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define SHOW(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define HIDE(at, size) ((void)(at))
#define SHOW(at, size) ((void)(at))
#endif

enum { FIRST_CHUNK = 4096 - 64, LARGEST_CHUNK = 1 << 20 };

typedef struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    size_t touched; /* bytes that may not be zero any more; behind them calloc's zeros stand */
    alignas(max_align_t) char bytes[];
} chunk;

/* What is to be ended with the arena. */
typedef struct ending {
    struct ending *next;
    void (*end)(void *context);
    void *context;
} ending;

struct pb_arena {
    chunk *first;
    ending *endings;
    chunk *current;
    size_t max;
    size_t used;
    size_t next_size;
};

pb_arena *pb_arena_new(size_t max)
{
    pb_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->max = max ? max : (size_t)1 << 30;
    arena->next_size = FIRST_CHUNK;
    return arena;
}

/* The last first: what came later may need what was there before. */
static void end_all(pb_arena *arena)
{
    for (ending *e = arena->endings; e; e = e->next)
        e->end(e->context);
    arena->endings = NULL;
}

bool pb_arena_defer(pb_arena *arena, void (*end)(void *context), void *context)
{
    ending *e = pb_arena_alloc(arena, sizeof *e);
    if (!e)
        return false;
    *e = (ending){arena->endings, end, context};
    arena->endings = e;
    return true;
}

pb_arena *pb_arena_free(pb_arena *arena)
{
    if (!arena)
        return NULL;
    end_all(arena);
    for (chunk *c = arena->first; c;) {
        chunk *next = c->next;
        SHOW(c->bytes, c->size);
        free(c);
        c = next;
    }
    free(arena);
    return NULL;
}

void pb_arena_reset(pb_arena *arena)
{
    end_all(arena);
    for (chunk *c = arena->first; c; c = c->next) {
        if (c->used > c->touched)
            c->touched = c->used;
        c->used = 0;
        HIDE(c->bytes, c->size);
    }
    arena->current = arena->first;
    arena->used = 0;
}

/* Makes a chunk with room for `size` the current one. */
static bool next_chunk(pb_arena *arena, size_t size)
{
    chunk *after = arena->current;
    if (after && after->next && after->next->used == 0 && after->next->size >= size) {
        arena->current = after->next;
        return true;
    }
    size_t room = size > arena->next_size ? size : arena->next_size;
    if (room > SIZE_MAX - sizeof(chunk))
        return false;
    chunk *made = calloc(1, sizeof *made + room);
    if (!made)
        return false;
    made->size = room;
    HIDE(made->bytes, room);
    if (after) {
        made->next = after->next;
        after->next = made;
    } else {
        arena->first = made;
    }
    arena->current = made;
    if (arena->next_size < LARGEST_CHUNK)
        arena->next_size *= 2;
    return true;
}

static void *take(pb_arena *arena, size_t size, size_t align, bool zero)
{
    if (size > arena->max - arena->used)
        return NULL;
    chunk *c = arena->current;
    size_t at = c ? (c->used + align - 1) & ~(align - 1) : 0;
    if (!c || at > c->size || size > c->size - at) {
        if (!next_chunk(arena, size))
            return NULL;
        c = arena->current;
        at = 0;
    }
    char *piece = c->bytes + at;
    SHOW(piece, size);
    if (zero && at < c->touched)
        memset(piece, 0, size < c->touched - at ? size : c->touched - at);
    c->used = at + size;
    arena->used += size;
    return piece;
}

void *pb_arena_alloc(pb_arena *arena, size_t size)
{
    return take(arena, size ? size : 1, alignof(max_align_t), true);
}

void *pb_arena_array(pb_arena *arena, size_t count, size_t size)
{
    size_t total;
    return __builtin_mul_overflow(count, size, &total) ? NULL : pb_arena_alloc(arena, total);
}

char *pb_arena_cstr(pb_arena *arena, pb_str s)
{
    char *copy = s.len < SIZE_MAX ? take(arena, s.len + 1, 1, false) : NULL;
    if (!copy)
        return NULL;
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

pb_str pb_arena_str(pb_arena *arena, pb_str s)
{
    char *copy = s.ptr ? pb_arena_cstr(arena, s) : NULL;
    return copy ? pb_str_n(copy, s.len) : PB_STR_NONE;
}

char *pb_arena_printf(pb_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : take(arena, (size_t)len + 1, 1, false);
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

size_t pb_arena_used(const pb_arena *arena)
{
    return arena->used;
}

/* Lengthens the piece at the end of the current chunk where it lies. */
static bool extend(pb_arena *arena, const void *items, size_t old_size, size_t new_size)
{
    chunk *c = arena->current;
    if (!c || !items || (const char *)items + old_size != c->bytes + c->used)
        return false;
    size_t more = new_size - old_size;
    if (more > c->size - c->used || more > arena->max - arena->used)
        return false;
    char *piece = c->bytes + c->used;
    SHOW(piece, more);
    if (c->used < c->touched)
        memset(piece, 0, more < c->touched - c->used ? more : c->touched - c->used);
    c->used += more;
    arena->used += more;
    return true;
}

bool pb_arena_grow(pb_arena *arena, void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wanted = *capacity ? *capacity : 4;
    size_t bytes;
    if (__builtin_mul_overflow(wanted, (size_t)2, &wanted) ||
        __builtin_mul_overflow(wanted, size, &bytes))
        return false;
    if (!extend(arena, *items, *capacity * size, bytes)) {
        void *grown = pb_arena_alloc(arena, bytes);
        if (!grown)
            return false;
        if (count && *items)
            memcpy(grown, *items, count * size);
        *items = grown;
    }
    *capacity = wanted;
    return true;
}
