/* Tables of pages: where each page of the database lies among the pieces of a place.
 *
 * A piece holds up to PACK_PAGES pages that were new when it was sent; a table says for PAGES_TABLE
 * pages in a row which piece and which page in it, with a keyed print of each, so that the next
 * backup sees what changed without fetching a piece. Tables are pieces themselves: one in which
 * nothing changed has the same name and is not sent again.
 *
 *   pieces (4) | pages (4) | per piece: name (32) pages (4) | per page: print (16) piece (2) slot
 * (2)
 */
#ifndef BACKUP_TABLE_H
#define BACKUP_TABLE_H

#include "piece.h"

#include "base/arena.h"

enum { TABLE_PAGES = 16384, PACK_PAGES = 128, PRINT_SIZE = 16 };

typedef struct table_page {
    uint8_t print[PRINT_SIZE];
    uint16_t piece, slot;
} table_page;

typedef struct page_table {
    uint32_t piece_count, page_count;
    struct {
        piece_name name;
        uint32_t pages;
    } pieces[TABLE_PAGES];
    table_page pages[TABLE_PAGES];
} page_table;

void table_write(const page_table *table, pb_buf *out);
/** False when the bytes are not what table_write makes. */
bool table_read(pb_str bytes, page_table *ret_table);

#endif
