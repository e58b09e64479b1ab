/* Pages to pieces: each page is compared by its print with what the place holds; what is new goes
 * into packs. */
#include "send.h"

#include "held.h"
#include "table.h"

enum {
    LEVEL_PAGES = 1, /* pages are encrypted already and do not shrink: measured, see README */
    LEVEL_TABLE = 3,
    RUNS_TABLE = TABLE_PAGES / DB_RUN_PAGES,
    THIN = 4 /* a piece of which less than 1/THIN is still used is not held on to */
};

typedef struct sending {
    backup_room *room;
    db_copy *copy;
    const db_copy_facts *about;
    const backup_call *call;
    manifest *m;
    backup_sent *sent;
    held place;
    page_table *before, *now;
    uint16_t *from_before;     /* piece of `before` to piece of `now`, UINT16_MAX: not yet */
    uint32_t *used_before;     /* pages of each piece of `before` that it still used */
    uint16_t packing;          /* the piece of `now` that the pack will be */
    pb_buf pack, run, encoded; /* pages to be sent; pages read; a table */
} sending;

static void sending_end(sending *s)
{
    free(s->before);
    free(s->now);
    free(s->from_before);
    free(s->used_before);
    pb_buf_free(&s->pack);
    pb_buf_free(&s->run);
    pb_buf_free(&s->encoded);
}

/* ---- one table ---- */

/* Ends the pack in hand. */
static pb_status end_pack(sending *s, pb_error *err)
{
    if (s->pack.len == 0)
        return PB_OK;
    uint32_t pages = (uint32_t)(s->pack.len / DB_PAGE_SIZE);
    PB_TRY(held_put(&s->place, LEVEL_PAGES, pb_buf_str(&s->pack), &s->now->pieces[s->packing].name,
                    err));
    s->now->pieces[s->packing].pages = pages;
    s->sent->pages_sent += pages;
    pb_buf_clear(&s->pack);
    return PB_OK;
}

/* The piece the page with that print lies in already, as a piece of `now`; UINT16_MAX: none. */
static uint16_t find_before(sending *s, uint32_t page, const uint8_t *print)
{
    const page_table *before = s->before;
    if (page >= before->page_count || memcmp(before->pages[page].print, print, PRINT_SIZE) != 0)
        return UINT16_MAX;
    uint16_t old = before->pages[page].piece;
    uint64_t size;
    if (s->from_before[old] == UINT16_MAX) {
        if (s->used_before[old] * THIN < before->pieces[old].pages ||
            !held_size(&s->place, &before->pieces[old].name, &size))
            return UINT16_MAX;
        s->now->pieces[s->now->piece_count].name = before->pieces[old].name;
        s->now->pieces[s->now->piece_count].pages = before->pieces[old].pages;
        s->from_before[old] = (uint16_t)s->now->piece_count++;
        held_keep(&s->place, size);
    }
    return s->from_before[old];
}

static pb_status take_page(sending *s, uint32_t page, pb_str bytes, pb_error *err)
{
    table_page *entry = &s->now->pages[page];
    piece_print(s->room->box, bytes, entry->print);
    entry->piece = find_before(s, page, entry->print);
    if (entry->piece != UINT16_MAX) {
        entry->slot = s->before->pages[page].slot;
        return PB_OK;
    }
    if (s->pack.len == 0)
        s->packing = (uint16_t)s->now->piece_count++;
    entry->piece = s->packing;
    entry->slot = (uint16_t)(s->pack.len / DB_PAGE_SIZE);
    pb_buf_add(&s->pack, bytes);
    if (s->pack.failed)
        return pb_fail_memory(err);
    return s->pack.len == (size_t)PACK_PAGES * DB_PAGE_SIZE ? end_pack(s, err) : PB_OK;
}

/* The table of the manifest before, empty when there is none or it cannot be read: then everything
 * is sent anew. */
static void load_before(sending *s, size_t index)
{
    s->before->piece_count = s->before->page_count = 0;
    memset(s->from_before, 0xff, TABLE_PAGES * sizeof *s->from_before);
    memset(s->used_before, 0, TABLE_PAGES * sizeof *s->used_before);
    if (!s->place.had || s->place.old.page_size != DB_PAGE_SIZE ||
        index >= s->place.old.table_count)
        return;
    pb_buf_clear(&s->encoded);
    if (room_get_piece(s->room, &s->place.old.tables[index].name, &s->encoded, NULL) != PB_OK ||
        !table_read(pb_buf_str(&s->encoded), s->before))
        s->before->piece_count = s->before->page_count = 0;
    for (uint32_t i = 0; i < s->before->page_count; i++)
        s->used_before[s->before->pages[i].piece]++;
}

static pb_status tell(sending *s, uint64_t run, pb_error *err)
{
    if (s->call->progress != NULL &&
        s->call->progress(s->call->context, PB_MSG("Backing up"),
                          backup_target_place(s->room->target), run, s->about->run_count))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return PB_OK;
}

static pb_status take_run(sending *s, uint64_t run, pb_error *err)
{
    pb_buf_clear(&s->run);
    PB_TRY(tell(s, run, err));
    PB_TRY(db_copy_read(s->copy, run, &s->run, err));
    s->sent->bytes_read += s->run.len;
    for (size_t at = 0; at < s->run.len; at += DB_PAGE_SIZE)
        PB_TRY(take_page(s, s->now->page_count++, pb_str_n(s->run.ptr + at, DB_PAGE_SIZE), err));
    return PB_OK;
}

static pb_status end_table(sending *s, size_t index, manifest_table *table, pb_error *err)
{
    PB_TRY(end_pack(s, err));
    pb_buf_clear(&s->encoded);
    table_write(s->now, &s->encoded);
    if (s->encoded.failed)
        return pb_fail_memory(err);
    uint64_t size = 0;
    table->name = piece_name_of(s->room->box, pb_buf_str(&s->encoded));
    if (s->place.had && index < s->place.old.table_count &&
        held_size(&s->place, &table->name, &size) &&
        memcmp(table->name.b, s->place.old.tables[index].name.b, sizeof table->name.b) == 0) {
        held_keep(&s->place, size);
    } else {
        PB_TRY(held_put(&s->place, LEVEL_TABLE, pb_buf_str(&s->encoded), &table->name, err));
    }
    table->pages = s->now->page_count;
    table->stored = s->place.stored;
    return PB_OK;
}

static pb_status send_table(sending *s, size_t index, manifest_table *table, pb_error *err)
{
    uint64_t run = (uint64_t)index * RUNS_TABLE;
    load_before(s, index);
    s->now->piece_count = s->now->page_count = 0;
    s->place.stored = 0;
    table->first = (uint64_t)index * TABLE_PAGES;
    for (int i = 0; i < RUNS_TABLE && run < s->about->run_count; i++, run++)
        PB_TRY(take_run(s, run, err));
    return end_table(s, index, table, err);
}

/* ---- all of it ---- */

static pb_status send_pages(sending *s, pb_arena *arena, pb_error *err)
{
    size_t count = (size_t)((s->about->run_count + RUNS_TABLE - 1) / RUNS_TABLE);
    manifest_table *tables = pb_arena_array(arena, count + 1, sizeof *tables);
    if (tables == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        PB_TRY(send_table(s, i, &tables[i], err));
    s->m->tables = tables;
    s->m->table_count = count;
    return tell(s, s->about->run_count, err);
}

static pb_status make_ready(sending *s, pb_arena *arena, pb_error *err)
{
    s->pack = PB_BUF_INIT((size_t)PACK_PAGES * DB_PAGE_SIZE + 16);
    s->run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    s->encoded = PB_BUF_INIT(ROOM_OBJECT_MAX);
    s->before = malloc(sizeof *s->before);
    s->now = malloc(sizeof *s->now);
    s->from_before = malloc(TABLE_PAGES * sizeof *s->from_before);
    s->used_before = malloc(TABLE_PAGES * sizeof *s->used_before);
    if (s->before == NULL || s->now == NULL || s->from_before == NULL || s->used_before == NULL)
        return pb_fail_memory(err);
    return held_look(&s->place, s->room, s->sent, arena, err);
}

pb_status send_copy(backup_room *room, db_copy *copy, const backup_call *call, manifest *m,
                    pb_arena *arena, backup_sent *sent, pb_error *err)
{
    sending s = {.room = room,
                 .copy = copy,
                 .about = db_copy_about(copy),
                 .call = call,
                 .m = m,
                 .sent = sent};
    pb_status status = make_ready(&s, arena, err);
    if (status == PB_OK)
        status = send_pages(&s, arena, err);
    if (status == PB_OK)
        status = held_finish(&s.place, m, err);
    sent->pages = s.about->page_count;
    sending_end(&s);
    return status;
}
