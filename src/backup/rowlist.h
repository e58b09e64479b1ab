/* Lists of rows: as backup/table.h, for workspaces that lie on a server and have no pages of their
 * own. A block is a stretch of rows of one table in the order of their key, cut where the keys say
 * (db/rows.h), so that rows that did not change lie in the same blocks again.
 *
 *   length (4) | sections as CBOR | a table of "pages" (table.h): a print, a piece, a slot for each
 * block section: [name of the table, [columns], blocks]
 *
 * A piece of blocks: each with its length (4, big-endian) before it; the slot counts them.
 */
#ifndef BACKUP_ROWLIST_H
#define BACKUP_ROWLIST_H

#include "table.h"

#include "db/rows.h"

enum { ROWLIST_MAX = 16 << 20, BLOCK_MAX = 256 << 10 };

typedef struct row_section {
    db_rows_table table;
    uint32_t blocks;
} row_section;

/** Appends sections and table. */
void rowlist_write(const row_section *sections, size_t count, const page_table *table, pb_buf *out);
/** False when the bytes are not what rowlist_write makes. The sections, in `arena`, are left out
 * when `ret_sections` is NULL. */
bool rowlist_read(pb_str bytes, pb_arena *arena, row_section **ret_sections, size_t *ret_count,
                  page_table *ret_table);
/** Appends a block to a piece. */
void rowlist_pack(pb_buf *piece, pb_str block);
/** The block in a slot; absent when there is none. */
pb_str rowlist_block(pb_str piece, uint32_t slot);

#endif
