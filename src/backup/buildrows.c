#include "buildrows.h"

#include "cache.h"
#include "rowlist.h"

enum { AT_ONCE = 4 << 20 /* bytes of rows in one transaction, about */, LENGTH = 4 };

typedef struct building {
    backup_source *source;
    const backup_call *call;
    piece_cache *cache;
    db_workspace *made;
    page_table *list;
    pb_buf encoded;
    pb_buf rows;  /* not stored yet; the last of them may not be whole */
    size_t whole; /* bytes of those that are */
    db_rows_table of;
    pb_arena *arenas[2]; /* of the lists: a table may go on in the next one */
} building;

static pb_status altered(pb_error *err)
{
    return pb_fail(err, PB_CORRUPT, PB_MSG("A list of rows of the backup was altered."), NULL);
}

static void measure(building *b)
{
    while (b->rows.len - b->whole >= LENGTH) {
        const uint8_t *at = (const uint8_t *)b->rows.ptr + b->whole;
        size_t len = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        if (len > b->rows.len - b->whole - LENGTH)
            return;
        b->whole += LENGTH + len;
    }
}

static pb_status store(building *b, pb_error *err)
{
    if (b->whole == 0)
        return PB_OK;
    PB_TRY(db_refill_rows(b->made, &b->of, pb_str_n(b->rows.ptr, b->whole), err));
    memmove(b->rows.ptr, b->rows.ptr + b->whole, b->rows.len - b->whole);
    b->rows.len -= b->whole;
    b->whole = 0;
    return PB_OK;
}

/* What is in hand belongs to a table of its own; it ends with a whole row. */
static pb_status end_table(building *b, pb_error *err)
{
    PB_TRY(store(b, err));
    return b->rows.len == 0 ? PB_OK : altered(err);
}

static pb_status take_block(building *b, const table_page *entry, pb_error *err)
{
    pb_str piece;
    uint8_t print[PRINT_SIZE];
    PB_TRY(piece_cache_get(b->cache, &b->list->pieces[entry->piece].name, &piece, err));
    pb_str block = rowlist_block(piece, entry->slot);
    piece_print(b->source->box, block, print);
    if (block.ptr == NULL || memcmp(print, entry->print, PRINT_SIZE) != 0)
        return pb_fail(err, PB_CORRUPT, PB_MSG("Rows of the backup are not those it names."), NULL);
    pb_buf_add(&b->rows, block);
    if (b->rows.failed)
        return pb_fail_memory(err);
    measure(b);
    return b->whole >= AT_ONCE ? store(b, err) : PB_OK;
}

static pb_status take_section(building *b, const row_section *section, uint32_t first,
                              pb_error *err)
{
    if (!pb_str_eq(b->of.name, section->table.name))
        PB_TRY(end_table(b, err));
    b->of = section->table;
    for (uint32_t i = 0; i < section->blocks; i++)
        PB_TRY(take_block(b, &b->list->pages[first + i], err));
    return PB_OK;
}

static pb_status take_list(building *b, const manifest_table *table, pb_error *err)
{
    row_section *sections;
    size_t count;
    uint32_t first = 0;
    pb_buf_clear(&b->encoded);
    PB_TRY(piece_cache_read(b->cache, &table->name, &b->encoded, err));
    pb_arena_free(b->arenas[0]);
    b->arenas[0] = b->arenas[1];
    b->arenas[1] = pb_arena_new(64 << 20);
    pb_str bytes =
        b->arenas[1] == NULL ? PB_STR_NONE : pb_arena_str(b->arenas[1], pb_buf_str(&b->encoded));
    if (bytes.ptr == NULL)
        return pb_fail_memory(err);
    if (!rowlist_read(bytes, b->arenas[1], &sections, &count, b->list) ||
        b->list->page_count != table->pages)
        return altered(err);
    for (size_t i = 0; i < count; i++) {
        PB_TRY(take_section(b, &sections[i], first, err));
        first += sections[i].blocks;
        if (b->call->progress != NULL &&
            b->call->progress(b->call->context, PB_MSG("Restoring"),
                              backup_target_place(b->source->target), table->first + first,
                              b->source->m.pages))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    }
    return PB_OK;
}

static pb_status build_all(building *b, backup_restored *restored, pb_error *err)
{
    const manifest *m = &b->source->m;
    if (b->list == NULL)
        return pb_fail_memory(err);
    PB_TRY(piece_cache_new(&b->source->room, restored, &b->cache, err));
    for (size_t i = 0; i < m->table_count; i++)
        PB_TRY(take_list(b, &m->tables[i], err));
    restored->pages = m->pages;
    return end_table(b, err);
}

pb_status source_build_rows(backup_source *source, const backup_call *call,
                            const db_refill_place *place, const model_schema *schema,
                            backup_restored *restored, db_workspace **ret_workspace, pb_error *err)
{
    enum { ROW_ROOM = 1 << 30 };
    building b = {.source = source,
                  .call = call,
                  .list = malloc(sizeof *b.list),
                  .encoded = PB_BUF_INIT(ROWLIST_MAX),
                  .rows = PB_BUF_INIT(ROW_ROOM)};
    pb_status status = db_refill_open(place, schema, source->keyring, &b.made, err);
    if (status == PB_OK)
        status = build_all(&b, restored, err);
    piece_cache_free(b.cache);
    pb_buf_free(&b.encoded);
    pb_buf_free(&b.rows);
    pb_arena_free(b.arenas[0]);
    pb_arena_free(b.arenas[1]);
    free(b.list);
    if (status == PB_OK)
        *ret_workspace = b.made;
    else
        db_workspace_close(b.made);
    return status;
}
