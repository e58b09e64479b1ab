/* Pages to pieces: each page is compared by its print with what the place holds; what is new goes
 * into packs. What the place holds is what its newest manifest says and its listing confirms, never
 * what merely lies there: a process that died may have left it half written. */
#include "send.h"

#include "table.h"

#include "base/map.h"
#include "base/time.h"

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
    pb_map *held; /* pieces at the place by name below pieces/: size */
    bool had;     /* there is an earlier manifest, `old` */
    manifest old;
    page_table *before, *now;
    uint16_t *from_before;     /* piece of `before` to piece of `now`, UINT16_MAX: not yet */
    uint32_t *used_before;     /* pages of each piece of `before` that it still used */
    uint16_t packing;          /* the piece of `now` that the pack will be */
    uint64_t stored;           /* by the table in hand and its pieces */
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

static bool held_size(const sending *s, const piece_name *name, uint64_t *ret_size)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    const uint64_t *size = pb_map_get(s->held, pb_str_c(label + 7)); /* behind "pieces/" */
    if (size == NULL)
        return false;
    *ret_size = *size;
    return true;
}

static pb_status list_held(sending *s, pb_arena *arena, pb_error *err)
{
    backup_object *objects;
    size_t count;
    s->held = pb_map_new(arena);
    if (s->held == NULL)
        return pb_fail_memory(err);
    PB_TRY(room_list(s->room, "pieces", arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        uint64_t *size = pb_map_put(s->held, objects[i].name, NULL);
        if (size == NULL)
            return pb_fail_memory(err);
        *size = objects[i].size;
    }
    return PB_OK;
}

/* Puts a piece unless the place has it for sure already. */
static pb_status put_piece(sending *s, int level, pb_str plain, piece_name *ret_name, pb_error *err)
{
    uint64_t size = 0;
    *ret_name = piece_name_of(s->room->box, plain);
    if (backup_target_durable(s->room->target) && held_size(s, ret_name, &size)) {
        s->sent->pieces_kept++;
        s->stored += size;
        return PB_OK;
    }
    PB_TRY(room_put_piece(s->room, ret_name, level, plain, &size, err));
    s->sent->pieces_sent++;
    s->sent->bytes_sent += size;
    s->stored += size;
    return PB_OK;
}

/* ---- one table ---- */

/* Ends the pack in hand. */
static pb_status end_pack(sending *s, pb_error *err)
{
    if (s->pack.len == 0)
        return PB_OK;
    uint32_t pages = (uint32_t)(s->pack.len / DB_PAGE_SIZE);
    PB_TRY(put_piece(s, LEVEL_PAGES, pb_buf_str(&s->pack), &s->now->pieces[s->packing].name, err));
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
            !held_size(s, &before->pieces[old].name, &size))
            return UINT16_MAX;
        s->now->pieces[s->now->piece_count].name = before->pieces[old].name;
        s->now->pieces[s->now->piece_count].pages = before->pieces[old].pages;
        s->from_before[old] = (uint16_t)s->now->piece_count++;
        s->sent->pieces_kept++;
        s->stored += size;
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
    if (!s->had || s->old.page_size != DB_PAGE_SIZE || index >= s->old.table_count)
        return;
    pb_buf_clear(&s->encoded);
    if (room_get_piece(s->room, &s->old.tables[index].name, &s->encoded, NULL) != PB_OK ||
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
    if (s->had && index < s->old.table_count && held_size(s, &table->name, &size) &&
        memcmp(table->name.b, s->old.tables[index].name.b, sizeof table->name.b) == 0) {
        s->sent->pieces_kept++;
        s->stored += size;
    } else {
        PB_TRY(put_piece(s, LEVEL_TABLE, pb_buf_str(&s->encoded), &table->name, err));
    }
    table->pages = s->now->page_count;
    table->stored = s->stored;
    return PB_OK;
}

static pb_status send_table(sending *s, size_t index, manifest_table *table, pb_error *err)
{
    uint64_t run = (uint64_t)index * RUNS_TABLE;
    load_before(s, index);
    s->now->piece_count = s->now->page_count = 0;
    s->stored = 0;
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
    char label[ROOM_NAME];
    s->pack = PB_BUF_INIT((size_t)PACK_PAGES * DB_PAGE_SIZE + 16);
    s->run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    s->encoded = PB_BUF_INIT(ROOM_OBJECT_MAX);
    s->before = malloc(sizeof *s->before);
    s->now = malloc(sizeof *s->now);
    s->from_before = malloc(TABLE_PAGES * sizeof *s->from_before);
    s->used_before = malloc(TABLE_PAGES * sizeof *s->used_before);
    if (s->before == NULL || s->now == NULL || s->from_before == NULL || s->used_before == NULL)
        return pb_fail_memory(err);
    PB_TRY(backup_target_tidy(s->room->target, s->room->id, err));
    PB_TRY(list_held(s, arena, err));
    pb_status status = room_newest(s->room, INT64_MAX, arena, &s->old, label, &s->had, err);
    /* A manifest that is damaged is no ground to stand on, and none to stay without a backup. */
    if (status == PB_CORRUPT || status == PB_NOT_FOUND)
        s->had = false;
    return status == PB_CORRUPT || status == PB_NOT_FOUND ? PB_OK : status;
}

/* The manifest is put when everything it needs is on the disk, and is itself there when this
 * returns. */
static pb_status put_manifest(sending *s, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    char label[ROOM_NAME], marker[ROOM_NAME];
    bool there = false;
    PB_TRY(backup_target_settle(s->room->target, err));
    room_moment_label("backups", s->m->at_us, ".manifest", label);
    PB_TRY(manifest_write(s->room->box, label, s->m, &bytes, err));
    PB_TRY(room_put(s->room, label, pb_buf_str(&bytes), err));
    snprintf(marker, sizeof marker, "workspaces/%s", s->room->id);
    PB_TRY(backup_target_exists(s->room->target, marker, &there, err));
    if (!there)
        PB_TRY(backup_target_put(s->room->target, marker, PB_STR("probity backup\n"), err));
    PB_TRY(backup_target_settle(s->room->target, err));
    s->sent->bytes_sent += bytes.len;
    snprintf(s->sent->name, sizeof s->sent->name, "%.*s", BACKUP_NAME - 1,
             label + 8); /* "backups/" */
    return PB_OK;
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
        status = put_manifest(&s, err);
    sent->pages = s.about->page_count;
    sending_end(&s);
    return status;
}
