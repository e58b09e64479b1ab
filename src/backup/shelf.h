/* Packs that were fetched and opened, kept at hand: pages lie beside each other in them.
 *
 * Threads: a shelf belongs to one thread; several shelves over one target share a lock for it.
 */
#ifndef BACKUP_SHELF_H
#define BACKUP_SHELF_H

#include "pack.h"
#include "room.h"
#include "table.h"

enum { SHELF_PACKS = 24 }; /* a MiB each at most */

typedef struct shelf_pack {
    piece_name name;
    pb_buf plain;
    pack_view view;
    uint64_t used; /* the moment of its last use, counted; 0: empty */
} shelf_pack;

typedef struct shelf {
    backup_room room; /* with buffers of its own */
    pthread_mutex_t *lock;
    shelf_pack packs[SHELF_PACKS];
    uint64_t clock;
    uint64_t pieces, bytes; /* fetched */
} shelf;

/** A shelf over the room, with a box of its own. `lock` stays the caller's. Owner: the caller,
 * shelf_end, after a failure too. */
pb_status shelf_begin(shelf *s, const backup_room *room, pthread_mutex_t *lock, pb_error *err);
void shelf_end(shelf *s);
/** The content of a page that lies whole in a pack; valid until the next call. */
pb_status shelf_whole(shelf *s, const piece_name *name, uint16_t slot, pb_str *ret_content,
                      pb_error *err);
/** Content and nonce of a page as the table says; the tag is left out. */
pb_status shelf_page(shelf *s, const page_table *table, const table_page *page,
                     uint8_t ret_page[DB_PAGE_SIZE], pb_error *err);

#endif
