/* Pieces of a place kept opened while a workspace is put together: neighbours often lie in the same
 * ones. */
#ifndef BACKUP_CACHE_H
#define BACKUP_CACHE_H

#include "backup/restore.h"
#include "room.h"

typedef struct piece_cache piece_cache;

/** What is fetched is counted in `restored`. Owner: the caller, piece_cache_free. */
pb_status piece_cache_new(backup_room *room, backup_restored *restored, piece_cache **ret_cache,
                          pb_error *err);
/** Takes NULL, returns NULL. */
piece_cache *piece_cache_free(piece_cache *cache);
/** The plain content of a piece; valid until the next call. */
pb_status piece_cache_get(piece_cache *cache, const piece_name *name, pb_str *ret_plain,
                          pb_error *err);
/** A table, into a buffer of the caller's: those are read once. */
pb_status piece_cache_read(piece_cache *cache, const piece_name *name, pb_buf *out, pb_error *err);

#endif
