/* The room a workspace has at a place: everything below its id, sealed with its keys.
 *
 *   <id>/pieces/ab/<name>          pages, and tables of pages
 *   <id>/backups/<moment>.manifest what a backup is; put last
 *   <id>/erasures/<moment>.list    payloads that were erased since the list before
 *   <id>/kept/<moment>.former      the backup of that moment is the state before an upgrade
 *   workspaces/<id>                says that there is such a room
 */
#ifndef BACKUP_ROOM_H
#define BACKUP_ROOM_H

#include "backup/target.h"
#include "manifest.h"

#include <pthread.h>

enum { ROOM_NAME = 160, ROOM_OBJECT_MAX = 4 << 20 };

typedef struct backup_room {
    backup_target *target;
    piece_box *box;
    char id[37];
    pb_buf sealed; /* kept between pieces */
} backup_room;

/** `target` and `box` stay the caller's. */
void room_init(backup_room *room, backup_target *target, piece_box *box, pb_uuid workspace);
void room_end(backup_room *room);

/** `pieces/ab/abcd…` */
void room_piece_label(const piece_name *name, char ret[ROOM_NAME]);
/** Seals and puts; `*ret_stored` its bytes at the place. */
pb_status room_put_piece(backup_room *room, const piece_name *name, int level, pb_str plain,
                         uint64_t *ret_stored, pb_error *err);
/** Appends the plain content, whose name is checked. */
pb_status room_get_piece(backup_room *room, const piece_name *name, pb_buf *out, pb_error *err);
/** As room_get_piece, of a piece that is not named by its bytes (pack.h). `lock` is held while the
 * target is asked; NULL: none is needed. */
pb_status room_get_pack(backup_room *room, const piece_name *name, pthread_mutex_t *lock,
                        pb_buf *out, pb_error *err);
/** An object by its label below the room's folder. */
pb_status room_put(backup_room *room, const char *label, pb_str bytes, pb_error *err);
pb_status room_get(backup_room *room, const char *label, pb_buf *out, pb_error *err);
pb_status room_list(backup_room *room, const char *folder, pb_arena *arena,
                    backup_object **ret_objects, size_t *ret_count, pb_error *err);
pb_status room_remove(backup_room *room, const char *label, pb_error *err);

/** `backups/20261122T023000.123456Z.manifest` */
void room_moment_label(const char *folder, int64_t us, const char *ending, char ret[ROOM_NAME]);
/** The moment a name without its folder says; false when it is of another form. */
bool room_moment_parse(pb_str name, const char *ending, int64_t *ret_us);

/** The newest manifest not later than `until_us`, or `*ret_there` false. Texts live in `arena`;
 * `ret_label` (ROOM_NAME bytes) gets its name. */
pb_status room_newest(backup_room *room, int64_t until_us, pb_arena *arena, manifest *ret_manifest,
                      char ret_label[ROOM_NAME], bool *ret_there, pb_error *err);

#endif
