/* A backup to be read: a place, the workspace's room there, its keys, and one manifest. */
#ifndef BACKUP_SOURCE_H
#define BACKUP_SOURCE_H

#include "backup/restore.h"
#include "room.h"

#include "db/keyring.h"

typedef struct backup_source {
    pb_arena *arena;
    backup_target *target; /* the caller's */
    db_keyring *keyring;
    piece_box *box;
    backup_room room;
    manifest m;
    char label[ROOM_NAME];
    int64_t newest_us; /* of the newest manifest in the room, by its date */
    int64_t passed_us; /* dated later, yet of an earlier state: not taken; INT64_MIN: none */
    uint64_t unread;   /* other manifests that could not be read when the latest was looked for */
} backup_source;

/** Finds the room of `workspace` (NULL: the only one) and its newest manifest not later than
 * `until_us`; with INT64_MAX the latest in truth: dates are a clock's, and clocks jump, so it is
 * the one whose ledger is longest. PB_NOT_FOUND when there is none. End it with source_close, after
 * a failure too. */
pb_status source_open(backup_source *source, backup_target *target, const char *workspace,
                      int64_t until_us, const db_key_source *key, pb_error *err);
void source_close(backup_source *source);

/** Builds a workspace in `folder` from the source and the log behind it up to `until_us`; counts go
 * to `restored`. `ret_syncing`: it is not durable before that ended (db/copy.h); NULL: it is. */
pb_status source_build(backup_source *source, const backup_call *call, const char *folder,
                       const db_key_source *key, int64_t until_us, backup_restored *restored,
                       db_syncing **ret_syncing, pb_error *err);

#endif
