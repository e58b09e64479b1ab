#include "rowlist.h"

#include "base/cbor.h"

enum { LENGTH = 4, COLUMNS_MAX = 4096 };

static void put_length(char to[LENGTH], size_t value)
{
    for (int i = 0; i < LENGTH; i++)
        to[i] = (char)(value >> (24 - 8 * i));
}

static size_t get_length(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;
    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

void rowlist_pack(pb_buf *piece, pb_str block)
{
    char length[LENGTH];
    put_length(length, block.len);
    pb_buf_add(piece, pb_str_n(length, LENGTH));
    pb_buf_add(piece, block);
}

pb_str rowlist_block(pb_str piece, uint32_t slot)
{
    size_t at = 0;
    for (;; slot--) {
        if (piece.len - at < LENGTH)
            return PB_STR_NONE;
        size_t len = get_length(piece.ptr + at);
        at += LENGTH;
        if (len > piece.len - at)
            return PB_STR_NONE;
        if (slot == 0)
            return pb_str_n(piece.ptr + at, len);
        at += len;
    }
}

static void put_section(const row_section *section, pb_buf *out)
{
    pb_cbor_array(out, 3);
    pb_cbor_text(out, section->table.name);
    pb_cbor_array(out, section->table.column_count);
    for (size_t i = 0; i < section->table.column_count; i++)
        pb_cbor_text(out, section->table.columns[i]);
    pb_cbor_uint(out, section->blocks);
}

void rowlist_write(const row_section *sections, size_t count, const page_table *table, pb_buf *out)
{
    size_t start = out->len;
    if (pb_buf_room(out, LENGTH) == NULL)
        return;
    pb_cbor_array(out, count);
    for (size_t i = 0; i < count; i++)
        put_section(&sections[i], out);
    if (out->failed)
        return;
    put_length(out->ptr + start, out->len - start - LENGTH);
    table_write(table, out);
}

static bool get_section(pb_cbor *in, pb_arena *arena, row_section *ret)
{
    if (pb_cbor_get_array(in) != 3)
        return false;
    ret->table.name = pb_cbor_get_text(in);
    ret->table.column_count = pb_cbor_get_array(in);
    if (in->bad || ret->table.column_count > COLUMNS_MAX)
        return false;
    pb_str *columns = pb_arena_array(arena, ret->table.column_count + 1, sizeof *columns);
    if (columns == NULL)
        return false;
    for (size_t i = 0; i < ret->table.column_count; i++)
        columns[i] = pb_cbor_get_text(in);
    ret->table.columns = columns;
    ret->blocks = (uint32_t)pb_cbor_get_uint(in);
    return !in->bad;
}

static bool get_sections(pb_str bytes, pb_arena *arena, row_section **ret_sections,
                         size_t *ret_count, uint32_t blocks)
{
    pb_cbor in = {.in = bytes};
    size_t count = pb_cbor_get_array(&in);
    uint64_t sum = 0;
    if (in.bad)
        return false;
    row_section *sections = pb_arena_array(arena, count + 1, sizeof *sections);
    if (sections == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!get_section(&in, arena, &sections[i]))
            return false;
        sum += sections[i].blocks;
    }
    *ret_sections = sections;
    *ret_count = count;
    return pb_cbor_done(&in) && sum == blocks;
}

bool rowlist_read(pb_str bytes, pb_arena *arena, row_section **ret_sections, size_t *ret_count,
                  page_table *ret_table)
{
    if (bytes.len < LENGTH)
        return false;
    size_t len = get_length(bytes.ptr);
    if (len > bytes.len - LENGTH ||
        !table_read(pb_str_sub(bytes, LENGTH + len, bytes.len), ret_table))
        return false;
    return ret_sections == NULL || get_sections(pb_str_sub(bytes, LENGTH, len), arena, ret_sections,
                                                ret_count, ret_table->page_count);
}
