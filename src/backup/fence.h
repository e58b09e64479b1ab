/* Who is the primary, as a place knows it: what keeps two copies of one workspace from both going
 * on.
 *
 *   <id>/primary                    who sent last, from which takeover on, and its signed head
 *   <id>/epoch/<20 digits>-<id>     a takeover; whoever comes from an earlier one is refused
 *
 * A workspace comes from takeover 0 until a standby takes over. Both objects are notes signed by
 * the workspace's key and sealed under their names.
 */
#ifndef BACKUP_FENCE_H
#define BACKUP_FENCE_H

#include "room.h"

#include "db/standby.h"
#include "ledger/ledger.h"

enum { FENCE_NAME = DB_STANDBY_TEXT };

/** A takeover as the place knows it. */
typedef struct fence_epoch {
    db_epoch epoch; /* number 0: there was none */
    char by[FENCE_NAME];
    int64_t at_us;
} fence_epoch;

/** The latest takeover at the place that is not `own` (may be NULL): of several with one number the
 * first by name. */
pb_status fence_latest(backup_room *room, const db_epoch *own, pb_arena *arena, fence_epoch *ret,
                       pb_error *err);
/** PB_CONFLICT when another took over from where `own` comes from. A place that does not know of
 * `own` yet is told. */
pb_status fence_check(backup_room *room, const fence_epoch *own, pb_arena *arena, pb_error *err);
pb_status fence_put(backup_room *room, const fence_epoch *epoch, pb_error *err);
pb_status fence_remove(backup_room *room, const db_epoch *epoch, pb_error *err);

/** What the primary told the place last. */
typedef struct fence_primary {
    bool there;
    char name[FENCE_NAME];
    uint64_t epoch;
    int64_t told_us;
    uint64_t size; /* of its ledger, by the signed head */
    uint8_t root[32];
    int64_t head_us; /* the latest moment any of its events bears */
} fence_primary;

/** What a place is told of a workspace. */
typedef struct fence_own {
    fence_epoch epoch; /* which takeover it comes from, and what it calls itself */
    ledger_head head;  /* size 0: not one event yet */
    pb_str note;       /* the same, signed */
} fence_own;
/** To be asked before the log is sealed: what is told must be there. Texts live in `arena`. */
pb_status fence_own_read(fence_own *own, db_workspace *workspace, int64_t now_us, pb_arena *arena,
                         pb_error *err);
/** Tells the place who sends and how far its ledger is. */
pb_status fence_tell(backup_room *room, const fence_own *own, pb_error *err);
pb_status fence_told(backup_room *room, fence_primary *ret_primary, pb_error *err);

#endif
