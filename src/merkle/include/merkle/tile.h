/* Tiles: how the nodes of a tree are stored in pieces of 256 hashes that never change once full.
 *
 * Tile (L, N) holds the nodes of level 8·L with indexes 256·N … 256·N + 255, from left to right,
 * each of 32 bytes; the rightmost one of a level may be partial. Nodes between are computed from a
 * tile. Threads: pure functions. Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
 */
#ifndef MERKLE_TILE_H
#define MERKLE_TILE_H

#include "merkle/tree.h"

enum {
    MERKLE_TILE_HEIGHT = 8,
    MERKLE_TILE_WIDTH = 256,
    MERKLE_TILE_BYTES = MERKLE_TILE_WIDTH * MERKLE_HASH_SIZE,
    MERKLE_TILE_LEVELS = 8, /* levels of tiles a tree of 2^63 leaves has */
    MERKLE_TILE_PATH = 64   /* room for a path and its NUL */
};

/** Number of tiles of a level, the partial one included, in a tree of `size` leaves. */
uint64_t merkle_tile_count(uint64_t size, unsigned level);
/** Number of hashes of tile (level, index) in a tree of `size` leaves: 0 … 256. */
unsigned merkle_tile_width(uint64_t size, unsigned level, uint64_t index);
/** The tile that node (level, index) is stored in or computed from, and the first of the tile's
 * hashes below that node; 2^(level mod 8) hashes of the tile belong to it. */
void merkle_tile_of(unsigned level, uint64_t index, unsigned *ret_level, uint64_t *ret_index,
                    unsigned *ret_first);
/** Node (level, index) from the hashes of its tile, `width` of which are there. PB_CORRUPT when the
 * tile is too narrow. */
pb_status merkle_tile_node(const merkle_hash *hashes, unsigned width, unsigned level,
                           uint64_t index, merkle_hash *ret_hash, pb_error *err);

/** Path of a tile: `tile/0/x001/x234/067` or, when partial, `tile/0/x001/x234/067.p/12`. */
void merkle_tile_path(unsigned level, uint64_t index, unsigned width, char ret[MERKLE_TILE_PATH]);
/** Path of the bundle of entries below a tile of level 0: `tile/entries/000.p/12`. */
void merkle_entries_path(uint64_t index, unsigned width, char ret[MERKLE_TILE_PATH]);
/** Reads a tile's path; `*ret_level` is -1 for a bundle of entries. False on anything else than
 * what the two functions above write. */
bool merkle_tile_parse(pb_str path, int *ret_level, uint64_t *ret_index, unsigned *ret_width);

#endif
