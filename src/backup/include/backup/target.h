/* Places that backups go to: folders, S3-compatible storage, SFTP servers.
 *
 * A place holds objects: bytes under a name such as `pieces/ab/abcd…`, letters a-z, digits, `.`,
 * `-`, `_` and `/`. An object appears whole or not at all. The kinds are rows of a table of
 * operations (backup/target_kind.h); who uses a target calls only the functions below, which try
 * again, a few times, what a network lets fail.
 *
 * Statuses: PB_LIMIT the place is full; PB_DENIED it refuses us; PB_NOT_FOUND no such object;
 * PB_BUSY it could not be reached, after all tries; PB_CANCELLED it was stopped; PB_IO anything
 * else. Tries are begun within 20 seconds; a place that could not be reached is tried once a call
 * from then on, until it answers. Threads: a target belongs to one thread at a time.
 */
#ifndef BACKUP_TARGET_H
#define BACKUP_TARGET_H

#include "base/arena.h"
#include "base/error.h"

typedef struct backup_target backup_target;

typedef struct backup_object {
    pb_str name; /* below the folder that was listed */
    uint64_t size;
} backup_object;

/** Opens a place by what people write: a folder (`/mnt/safe`, `file:///mnt/safe`),
 * `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&style=path|host`, `sftp://USER@HOST:PORT/PATH`. A
 * folder is made when it is missing and the one above it is there: the disk that is not mounted
 * must not be mistaken for an empty one. Secrets never stand in the text. Owner: the caller. */
pb_status backup_target_open(const char *place, backup_target **ret_target, pb_error *err);
/** The same for who only reads: nothing is made, a folder that is missing is PB_NOT_FOUND. */
pb_status backup_target_find(const char *place, backup_target **ret_target, pb_error *err);
/** Takes NULL, returns NULL. */
backup_target *backup_target_close(backup_target *target);
/** From now on calls end with PB_CANCELLED when `stop` is set (NULL: they do not): in between tries
 * at once, in a transfer to S3 within a second, in one to an SFTP server when the server answers or
 * its time is over. `stop` outlives the target. */
void backup_target_watch(backup_target *target, const _Atomic bool *stop);
/** As it was opened; lives as long as the target. */
const char *backup_target_place(const backup_target *target);
/** For a folder: the disk it lies on, and the bytes that are free. False for other kinds. */
bool backup_target_device(const backup_target *target, uint64_t *ret_device, uint64_t *ret_free);
/** True when an object stays for sure once put says so; else only backup_target_settle makes it. */
bool backup_target_durable(const backup_target *target);
/** True when reading what lies there costs no more than reading the workspace does. */
bool backup_target_near(const backup_target *target);

/** Puts an object, replacing one of that name. */
pb_status backup_target_put(backup_target *target, const char *name, pb_str bytes, pb_error *err);
/** Appends the object to `out`; larger than `max` is PB_CORRUPT: nothing of ours is. */
pb_status backup_target_get(backup_target *target, const char *name, size_t max, pb_buf *out,
                            pb_error *err);
/** Objects whose names begin with `folder/`, however deep, in byte order; none when there is no
 * such folder. */
pb_status backup_target_list(backup_target *target, const char *folder, pb_arena *arena,
                             backup_object **ret_objects, size_t *ret_count, pb_error *err);
/** One that is not there is no failure. */
pb_status backup_target_remove(backup_target *target, const char *name, pb_error *err);
pb_status backup_target_exists(backup_target *target, const char *name, bool *ret_there,
                               pb_error *err);
/** What was put so far survives a power cut from here on. */
pb_status backup_target_settle(backup_target *target, pb_error *err);
/** Clears away what a process that died left half put below `folder`. Only while nobody else puts
 * anything there. */
pb_status backup_target_tidy(backup_target *target, const char *folder, pb_error *err);

#endif
