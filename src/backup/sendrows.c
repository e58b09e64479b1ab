/* Rows to pieces: blocks of rows are found again by their print among those the place holds; what
 * is new goes into packs, as pages do. */
#include "sendrows.h"

#include "held.h"
#include "rowlist.h"

enum {
    LEVEL_ROWS = 3,
    BLOCK_MIN = 4 << 10,     /* before a row's mark ends a block */
    BLOCK_ENOUGH = 32 << 10, /* no mark is waited for */
    PACK_BYTES = 1 << 20,
    THIN = 4, /* a piece of which less than 1/THIN is still used is not held on to */
    TELL_EACH = 4096
};

/* A block the place holds. */
typedef struct old_block {
    uint8_t print[PRINT_SIZE];
    uint32_t piece; /* of the old pieces */
    uint16_t slot;
} old_block;

typedef struct old_piece {
    piece_name name;
    uint32_t blocks, used; /* that it has; that the newest backup still needs */
    size_t list;           /* in which list of this backup it is known, from 1 ... */
    uint16_t now;          /* ... as which piece */
} old_piece;

typedef struct sending {
    backup_room *room;
    const backup_call *call;
    manifest *m;
    backup_sent *sent;
    pb_arena *arena;
    held place;
    db_rows *rows;
    old_block *blocks; /* in order of print */
    size_t block_count, block_capacity;
    old_piece *pieces;
    size_t piece_count, piece_capacity;
    page_table *now;
    row_section *sections; /* of the list in hand */
    size_t section_count, section_capacity, table_capacity;
    const db_rows_table *of; /* what the block in hand has rows of */
    uint16_t packing;        /* the piece of `now` that the pack will be */
    uint64_t total;
    pb_buf block, pack, encoded;
} sending;

/* ---- what the place holds ---- */

static pb_status remember_list(sending *s, pb_map *names, const page_table *list, pb_error *err)
{
    uint32_t number[TABLE_PAGES];
    for (uint32_t i = 0; i < list->piece_count; i++) {
        bool is_new;
        old_piece piece = {.name = list->pieces[i].name, .blocks = list->pieces[i].pages};
        uint64_t *at =
            pb_map_put(names, pb_str_n((const char *)piece.name.b, PIECE_NAME_SIZE), &is_new);
        if (at == NULL)
            return pb_fail_memory(err);
        if (is_new)
            *at = s->piece_count;
        if (is_new && !PB_PUSH(s->arena, s->pieces, s->piece_count, s->piece_capacity, piece))
            return pb_fail_memory(err);
        number[i] = (uint32_t)*at;
    }
    for (uint32_t i = 0; i < list->page_count; i++) {
        old_block block = {.piece = number[list->pages[i].piece], .slot = list->pages[i].slot};
        memcpy(block.print, list->pages[i].print, PRINT_SIZE);
        s->pieces[block.piece].used++;
        if (!PB_PUSH(s->arena, s->blocks, s->block_count, s->block_capacity, block))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static int by_print(const void *a, const void *b)
{
    const old_block *x = a, *y = b;
    return memcmp(x->print, y->print, PRINT_SIZE);
}

/* Lists of the manifest before; one that cannot be read vouches for nothing: what it named is sent
 * anew. */
static pb_status load_before(sending *s, pb_error *err)
{
    pb_map *names = pb_map_new(s->arena);
    if (names == NULL)
        return pb_fail_memory(err);
    if (!s->place.had || !manifest_is_rows(&s->place.old))
        return PB_OK;
    for (size_t i = 0; i < s->place.old.table_count; i++) {
        pb_buf_clear(&s->encoded);
        if (room_get_piece(s->room, &s->place.old.tables[i].name, &s->encoded, NULL) == PB_OK &&
            rowlist_read(pb_buf_str(&s->encoded), s->arena, NULL, NULL, s->now))
            PB_TRY(remember_list(s, names, s->now, err));
    }
    if (s->block_count > 0)
        qsort(s->blocks, s->block_count, sizeof *s->blocks, by_print);
    return PB_OK;
}

/* The piece that block lies in already, as a piece of the list in hand; UINT16_MAX: none. */
static uint16_t find_before(sending *s, const uint8_t *print, uint16_t *ret_slot)
{
    uint64_t size;
    old_block wanted;
    memcpy(wanted.print, print, PRINT_SIZE);
    const old_block *block = s->block_count == 0 ? NULL
                                                 : bsearch(&wanted, s->blocks, s->block_count,
                                                           sizeof *s->blocks, by_print);
    if (block == NULL)
        return UINT16_MAX;
    old_piece *old = &s->pieces[block->piece];
    *ret_slot = block->slot;
    if (old->list == s->m->table_count + 1)
        return old->now;
    if (old->used * THIN < old->blocks || !held_size(&s->place, &old->name, &size))
        return UINT16_MAX;
    s->now->pieces[s->now->piece_count].name = old->name;
    s->now->pieces[s->now->piece_count].pages = old->blocks;
    old->now = (uint16_t)s->now->piece_count++;
    old->list = s->m->table_count + 1;
    held_keep(&s->place, size);
    return old->now;
}

/* ---- packs and lists ---- */

static pb_status end_pack(sending *s, uint32_t blocks, pb_error *err)
{
    if (s->pack.len == 0)
        return PB_OK;
    PB_TRY(held_put(&s->place, LEVEL_ROWS, pb_buf_str(&s->pack), &s->now->pieces[s->packing].name,
                    err));
    s->now->pieces[s->packing].pages = blocks;
    s->sent->pages_sent += blocks;
    pb_buf_clear(&s->pack);
    return PB_OK;
}

static uint32_t packed(const sending *s)
{
    return s->pack.len == 0 ? 0 : s->now->pieces[s->packing].pages;
}

static pb_status end_list(sending *s, pb_error *err)
{
    manifest_table table = {.first = s->m->pages, .pages = s->now->page_count};
    PB_TRY(end_pack(s, packed(s), err));
    pb_buf_clear(&s->encoded);
    rowlist_write(s->sections, s->section_count, s->now, &s->encoded);
    if (s->encoded.failed)
        return pb_fail_memory(err);
    PB_TRY(held_put(&s->place, LEVEL_ROWS, pb_buf_str(&s->encoded), &table.name, err));
    table.stored = s->place.stored;
    s->place.stored = 0;
    s->m->pages += table.pages;
    s->now->piece_count = s->now->page_count = 0;
    s->section_count = 0;
    return PB_PUSH(s->arena, s->m->tables, s->m->table_count, s->table_capacity, table)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status note_section(sending *s, pb_error *err)
{
    row_section section = {.table = *s->of, .blocks = 1};
    row_section *last = s->section_count > 0 ? &s->sections[s->section_count - 1] : NULL;
    if (last != NULL && last->table.columns == s->of->columns) {
        last->blocks++;
        return PB_OK;
    }
    return PB_PUSH(s->arena, s->sections, s->section_count, s->section_capacity, section)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status take_block(sending *s, pb_str bytes, pb_error *err)
{
    table_page *entry = &s->now->pages[s->now->page_count++];
    PB_TRY(note_section(s, err));
    piece_print(s->room->box, bytes, entry->print);
    entry->base_piece = entry->base_slot = TABLE_NONE;
    entry->piece = find_before(s, entry->print, &entry->slot);
    if (entry->piece == UINT16_MAX) {
        if (s->pack.len == 0) {
            s->packing = (uint16_t)s->now->piece_count++;
            s->now->pieces[s->packing].pages = 0;
        }
        entry->piece = s->packing;
        entry->slot = (uint16_t)s->now->pieces[s->packing].pages++;
        rowlist_pack(&s->pack, bytes);
        if (s->pack.failed)
            return pb_fail_memory(err);
    }
    if (s->pack.len >= PACK_BYTES || packed(s) == PACK_PAGES)
        PB_TRY(end_pack(s, packed(s), err));
    return s->now->page_count == TABLE_PAGES ? end_list(s, err) : PB_OK;
}

/* A row may be larger than any block: then several hold it. */
static pb_status end_block(sending *s, pb_error *err)
{
    for (size_t at = 0; at < s->block.len; at += BLOCK_MAX)
        PB_TRY(take_block(s, pb_str_sub(pb_buf_str(&s->block), at, BLOCK_MAX), err));
    pb_buf_clear(&s->block);
    return PB_OK;
}

/* ---- all of it ---- */

static pb_status tell(const sending *s, pb_error *err)
{
    if (s->call->progress != NULL &&
        s->call->progress(s->call->context, PB_MSG("Backing up"),
                          backup_target_place(s->room->target), s->m->rows, s->total))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return PB_OK;
}

static pb_status take_row(sending *s, const db_row *row, pb_error *err)
{
    if (s->block.len > 0 && s->of != row->table)
        PB_TRY(end_block(s, err));
    s->of = row->table;
    pb_buf_add(&s->block, row->bytes);
    if (s->block.failed)
        return pb_fail_memory(err);
    s->sent->bytes_read += row->bytes.len;
    if (s->m->rows++ % TELL_EACH == 0)
        PB_TRY(tell(s, err));
    bool enough = s->block.len >= BLOCK_ENOUGH || (s->block.len >= BLOCK_MIN && row->mark);
    return enough ? end_block(s, err) : PB_OK;
}

static pb_status send_all(sending *s, db_session *session, pb_error *err)
{
    bool more = true;
    db_row row;
    PB_TRY(held_look(&s->place, s->room, s->sent, s->arena, err));
    PB_TRY(load_before(s, err));
    s->now->piece_count = s->now->page_count = 0;
    PB_TRY(db_rows_open(session, &s->rows, err));
    PB_TRY(db_rows_total(s->rows, &s->total, err));
    while (more) {
        PB_TRY(db_rows_next(s->rows, &row, &more, err));
        if (more)
            PB_TRY(take_row(s, &row, err));
    }
    PB_TRY(end_block(s, err));
    if (s->now->page_count > 0)
        PB_TRY(end_list(s, err));
    PB_TRY(tell(s, err));
    return held_finish(&s->place, s->m, err);
}

pb_status send_rows(backup_room *room, db_session *session, const backup_call *call, manifest *m,
                    pb_arena *arena, backup_sent *sent, pb_error *err)
{
    enum { ROW_ROOM = 1 << 30 };
    sending s = {.room = room,
                 .call = call,
                 .m = m,
                 .sent = sent,
                 .arena = arena,
                 .now = malloc(sizeof *s.now),
                 .block = PB_BUF_INIT(ROW_ROOM),
                 .pack = PB_BUF_INIT(PACK_BYTES + BLOCK_MAX + 4096),
                 .encoded = PB_BUF_INIT(ROWLIST_MAX)};
    pb_status status = s.now == NULL ? pb_fail_memory(err) : send_all(&s, session, err);
    sent->pages = m->pages;
    db_rows_close(s.rows);
    free(s.now);
    pb_buf_free(&s.block);
    pb_buf_free(&s.pack);
    pb_buf_free(&s.encoded);
    return status;
}
