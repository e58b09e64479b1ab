/* What a place holds already of a workspace, and putting there what it does not. What a place holds
 * is what its newest manifest says and its listing confirms, never what merely lies there: a
 * process that died may have left it half written. */
#ifndef BACKUP_HELD_H
#define BACKUP_HELD_H

#include "backup/backup.h"
#include "room.h"

#include "base/map.h"

typedef struct held {
    backup_room *room;
    backup_sent *sent; /* what was put and kept is counted here */
    pb_map *sizes;     /* pieces at the place by name below pieces/: bytes */
    bool had;          /* there is an earlier manifest, `old`, that can be read */
    manifest old;
    uint64_t stored; /* bytes at the place of all pieces put or kept; the caller sets it back */
} held;

/** Clears away what was left half put, and looks what is there. Memory: `arena`. */
pb_status held_look(held *place, backup_room *room, backup_sent *sent, pb_arena *arena,
                    pb_error *err);
/** False when no such piece lies at the place. */
bool held_size(const held *place, const piece_name *name, uint64_t *ret_size);
/** A piece that the newest manifest vouches for is kept as it is. */
void held_keep(held *place, uint64_t size);
/** Puts a piece unless the place has it for sure already. */
pb_status held_put(held *place, int level, pb_str plain, piece_name *ret_name, pb_error *err);
/** The same of a piece that is sealed already. */
pb_status held_put_sealed(held *place, const piece_name *name, pb_str sealed, pb_error *err);
/** Puts the manifest when everything it needs is on the disk; it is itself there when this
 * returns. */
pb_status held_finish(held *place, const manifest *m, pb_error *err);

#endif
