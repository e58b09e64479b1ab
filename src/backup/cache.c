#include "cache.h"

enum { CACHE = 48 }; /* pieces kept opened, a MiB each */

typedef struct cached {
    piece_name name;
    pb_buf plain;
    uint64_t used; /* the moment of its last use, counted */
} cached;

struct piece_cache {
    backup_room *room;
    backup_restored *restored;
    cached pieces[CACHE];
    uint64_t clock;
};

pb_status piece_cache_new(backup_room *room, backup_restored *restored, piece_cache **ret_cache,
                          pb_error *err)
{
    piece_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        return pb_fail_memory(err);
    cache->room = room;
    cache->restored = restored;
    *ret_cache = cache;
    return PB_OK;
}

piece_cache *piece_cache_free(piece_cache *cache)
{
    for (size_t i = 0; cache != NULL && i < CACHE; i++)
        pb_buf_free(&cache->pieces[i].plain);
    free(cache);
    return NULL;
}

pb_status piece_cache_read(piece_cache *cache, const piece_name *name, pb_buf *out, pb_error *err)
{
    PB_TRY(room_get_piece(cache->room, name, out, err));
    cache->restored->pieces++;
    cache->restored->bytes += cache->room->sealed.len;
    return PB_OK;
}

pb_status piece_cache_get(piece_cache *cache, const piece_name *name, pb_str *ret_plain,
                          pb_error *err)
{
    cached *oldest = &cache->pieces[0];
    for (size_t i = 0; i < CACHE; i++) {
        cached *piece = &cache->pieces[i];
        if (piece->used > 0 && memcmp(piece->name.b, name->b, sizeof name->b) == 0) {
            piece->used = ++cache->clock;
            *ret_plain = pb_buf_str(&piece->plain);
            return PB_OK;
        }
        if (piece->used < oldest->used)
            oldest = piece;
    }
    oldest->used = 0;
    oldest->plain.max = PIECE_MAX;
    pb_buf_clear(&oldest->plain);
    PB_TRY(piece_cache_read(cache, name, &oldest->plain, err));
    oldest->name = *name;
    oldest->used = ++cache->clock;
    *ret_plain = pb_buf_str(&oldest->plain);
    return PB_OK;
}
