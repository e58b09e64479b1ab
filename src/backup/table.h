/* Tables of pages: where each page of the database lies among the pieces of a place.
 *
 * A piece is a pack (pack.h) of pages that were new when it was sent. A page lies whole in one, or
 * as a patch in one and, as it was before, whole in another, its base: never longer a chain. A
 * table says it for TABLE_PAGES pages in a row, with a keyed print of each, so that the next backup
 * sees what changed without fetching a piece. Tables are pieces themselves: one in which nothing
 * changed has the same name and is not sent again.
 *
 *   pieces (4) | pages (4) | per piece: name (32) pages (4) | per page: print (16) piece (2) slot
 *   (2) base piece (2) base slot (2); no base: TABLE_NONE
 */
#ifndef BACKUP_TABLE_H
#define BACKUP_TABLE_H

#include "piece.h"

#include "base/arena.h"

enum { TABLE_PAGES = 16384, TABLE_PIECES = 2 * TABLE_PAGES, PACK_PAGES = 128, PRINT_SIZE = 16 };
enum { TABLE_NONE = UINT16_MAX };

typedef struct table_page {
    uint8_t print[PRINT_SIZE];
    uint16_t piece, slot;
    uint16_t base_piece, base_slot; /* TABLE_NONE: it lies whole */
} table_page;

typedef struct page_table {
    uint32_t piece_count, page_count;
    struct {
        piece_name name;
        uint32_t pages;
    } pieces[TABLE_PIECES];
    table_page pages[TABLE_PAGES];
} page_table;

void table_write(const page_table *table, pb_buf *out);
/** False when the bytes are not what table_write makes. */
bool table_read(pb_str bytes, page_table *ret_table);

#endif
