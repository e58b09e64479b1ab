/* Packs: pages of the database together in one piece, deciphered, so that they shrink.
 *
 *   whole    W | pages (2) | contents, DB_PAGE_BODY each     | nonces
 *   patches  P | pages (2) | patches, one behind the other   | nonces | sizes of the patches (2
 * each)
 *
 * A patch makes a page's content of what it was before (piece_patch). With its nonce a content
 * becomes the very page that was stored. Packs are named by what they hold, not by their bytes: by
 * the prints of their pages, and by the bases of patches.
 */
#ifndef BACKUP_PACK_H
#define BACKUP_PACK_H

#include "table.h"

#include "db/copy.h"

enum {
    PACK_PATCH_MAX = 2048, /* a larger patch does not pay: a page shrinks to some 3,000 bytes */
    PACK_MAX = PACK_PAGES * DB_PAGE_SIZE + 1024
};

/* A pack being put together. */
typedef struct pack {
    char kind;
    uint32_t count;
    pb_buf bytes;    /* the piece's plain content; whole after pack_end */
    pb_buf identity; /* what its name is made of */
    uint16_t sizes[PACK_PAGES];
    uint8_t nonces[PACK_PAGES][DB_PAGE_NONCE];
} pack;

#define PACK_WHOLE 'W'
#define PACK_PATCHES 'P'

/** An empty pack; its buffers are kept from one to the next. */
void pack_begin(pack *p, char kind);
/** Adds a page; `identity` tells its content from every other. Returns its slot. */
uint16_t pack_add(pack *p, pb_str content, const uint8_t nonce[DB_PAGE_NONCE], pb_str identity);
/** Completes the bytes; PB_MEMORY when they could not be kept. */
pb_status pack_end(pack *p, const piece_box *box, piece_name *ret_name, pb_error *err);
void pack_free(pack *p);

/* A pack as it was read. */
typedef struct pack_view {
    char kind;
    uint32_t count;
    const uint8_t *contents, *nonces;
    uint32_t starts[PACK_PAGES + 1];
} pack_view;

/** False when the bytes are no pack. The view points into them. */
bool pack_read(pb_str bytes, pack_view *ret_view);
/** Content or patch of a slot. */
pb_str pack_content(const pack_view *view, uint16_t slot);
const uint8_t *pack_nonce(const pack_view *view, uint16_t slot);

#endif
