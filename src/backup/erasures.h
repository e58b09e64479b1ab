/* Erasures on record at a place: which payloads of the ledger were erased, so that a restore can
 * erase them again. A list names events by sequence and print, never a person.
 *
 * Object erasures/<moment>.list: a note signed by the workspace's key (format, workspace, moment,
 * size of the ledger, number and SHA-256 of the entries), a NUL, then the entries: sequence (8),
 * print (8); all of it sealed. Each list has what the ones before it had not; one that
 * names nothing goes when a newer one is there.
 */
#ifndef BACKUP_ERASURES_H
#define BACKUP_ERASURES_H

#include "room.h"

#include "base/map.h"
#include "ledger/ledger.h"

typedef struct erasure {
    uint64_t sequence;
    uint8_t print[LEDGER_PRINT_SIZE];
} erasure;

/** Everything known to be erased. */
typedef struct erasures {
    pb_arena *arena;
    pb_map *known; /* the 16 bytes of an entry */
    erasure *items;
    size_t count, capacity;
    int64_t *empty; /* moments of lists that name nothing: a newer one says more */
    size_t empty_count, empty_capacity;
    int64_t until_us; /* erasures up to here are known; INT64_MIN: no list was read */
} erasures;

pb_status erasures_init(erasures *list, pb_arena *arena, pb_error *err);
/** Adds the lists of a room. */
pb_status erasures_read_room(erasures *list, backup_room *room, pb_error *err);
/** Adds what a workspace has erased, as of `at_us`. */
pb_status erasures_read_ledger(erasures *list, db_session *session, int64_t at_us, pb_error *err);
/** Puts a list of what the room's lists do not name yet, and that nothing else was erased until
 * `at_us`; `*ret_new` entries. */
pb_status erasures_publish(backup_room *room, db_session *session, int64_t at_us, uint64_t *ret_new,
                           pb_error *err);
/** Erases in an open workspace what it still has, by the road every erasure takes; entries of
 * another history than its own are passed over. Inside db_write. */
pb_status erasures_apply(const erasures *list, db_session *session, ledger_actor actor,
                         int64_t at_us, uint64_t *ret_erased, pb_error *err);

#endif
