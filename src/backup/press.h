/* Pages to sealed packs, on several threads: deciphered, compared with what they were, compressed,
 * sealed. Loads come out in the order they were given.
 *
 * Threads: one gives and collects; the threads of the press work in between.
 */
#ifndef BACKUP_PRESS_H
#define BACKUP_PRESS_H

#include "pack.h"
#include "room.h"
#include "table.h"

/* A sealed pack of a load, or none. */
typedef struct press_pack {
    pack made;
    piece_name name;
    pb_buf sealed;
} press_pack;

/* Pages of one table that go together. */
typedef struct press_load {
    const page_table *before; /* where bases lie; stays as it is until the load was collected */
    uint64_t first;           /* the table's first page */
    uint32_t count;
    uint32_t index[PACK_PAGES]; /* in the table */
    bool based[PACK_PAGES];     /* `before` has a base for it that may be used */
    uint8_t (*pages)[DB_PAGE_SIZE];
    uint8_t prints[PACK_PAGES][PRINT_SIZE];

    pb_status status; /* with `error` */
    pb_error error;
    press_pack whole, patches; /* empty: count of the pack is 0 */
    bool patched[PACK_PAGES];
    uint16_t slot[PACK_PAGES];
    enum { PRESS_FREE, PRESS_GIVEN, PRESS_TAKEN, PRESS_DONE } state;
} press_load;

typedef struct press press;

/** `lock` is held while the room's target is asked; by the caller, too. Owner: the caller,
 * press_end. */
pb_status press_begin(const db_copy *copy, const backup_room *room, pthread_mutex_t *lock,
                      press **ret_press, pb_error *err);
/** Stops the threads. Takes NULL, returns NULL. */
press *press_end(press *p);
/** A load to be filled, or NULL: first one must be collected. */
press_load *press_next(press *p);
void press_give(press *p, press_load *load);
/** Waits for the oldest load that is out; it may be used until the next press_next. */
press_load *press_collect(press *p);
/** True while loads are out: given, and not collected. */
bool press_out(const press *p);

#endif
