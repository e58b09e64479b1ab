#include "table.h"

static void put32(pb_buf *out, uint32_t value)
{
    const char bytes[] = {(char)(value >> 24), (char)(value >> 16), (char)(value >> 8),
                          (char)value};
    pb_buf_add(out, pb_str_n(bytes, 4));
}

static uint32_t get32(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

enum { PIECE_BYTES = PIECE_NAME_SIZE + 4, PAGE_BYTES = PRINT_SIZE + 8 };

void table_write(const page_table *table, pb_buf *out)
{
    put32(out, table->piece_count);
    put32(out, table->page_count);
    for (uint32_t i = 0; i < table->piece_count; i++) {
        pb_buf_add(out, pb_str_n((const char *)table->pieces[i].name.b, PIECE_NAME_SIZE));
        put32(out, table->pieces[i].pages);
    }
    for (uint32_t i = 0; i < table->page_count; i++) {
        const table_page *page = &table->pages[i];
        pb_buf_add(out, pb_str_n((const char *)page->print, PRINT_SIZE));
        put32(out, (uint32_t)page->piece << 16 | page->slot);
        put32(out, (uint32_t)page->base_piece << 16 | page->base_slot);
    }
}

static bool lies(const page_table *table, uint32_t place, uint16_t *ret_piece, uint16_t *ret_slot)
{
    *ret_piece = (uint16_t)(place >> 16);
    *ret_slot = (uint16_t)place;
    return *ret_piece < table->piece_count && *ret_slot < table->pieces[*ret_piece].pages;
}

static bool read_page(const char *at, const page_table *table, table_page *page)
{
    uint32_t base = get32(at + PRINT_SIZE + 4);
    memcpy(page->print, at, PRINT_SIZE);
    if (!lies(table, get32(at + PRINT_SIZE), &page->piece, &page->slot))
        return false;
    if (lies(table, base, &page->base_piece, &page->base_slot))
        return true;
    return page->base_piece == TABLE_NONE && page->base_slot == TABLE_NONE;
}

bool table_read(pb_str bytes, page_table *ret_table)
{
    if (bytes.len < 8)
        return false;
    uint32_t pieces = get32(bytes.ptr);
    uint32_t pages = get32(bytes.ptr + 4);
    const char *at = bytes.ptr + 8;
    if (pieces > TABLE_PIECES || pages > TABLE_PAGES ||
        bytes.len != 8 + (size_t)pieces * PIECE_BYTES + (size_t)pages * PAGE_BYTES)
        return false;
    ret_table->piece_count = pieces;
    ret_table->page_count = pages;
    for (uint32_t i = 0; i < pieces; i++, at += PIECE_BYTES) {
        memcpy(ret_table->pieces[i].name.b, at, PIECE_NAME_SIZE);
        ret_table->pieces[i].pages = get32(at + PIECE_NAME_SIZE);
        if (ret_table->pieces[i].pages == 0 || ret_table->pieces[i].pages > PACK_PAGES)
            return false;
    }
    for (uint32_t i = 0; i < pages; i++, at += PAGE_BYTES)
        if (!read_page(at, ret_table, &ret_table->pages[i]))
            return false;
    return true;
}
