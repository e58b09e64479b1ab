/* Pages to pieces: each page is compared by its print with what the place holds; what is new goes
 * through the press into packs, as a patch where the place is near and a patch pays. */
#include "send.h"

#include "held.h"
#include "press.h"

enum {
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
    uint16_t *from_before; /* piece of `before` to piece of `now`, TABLE_NONE: not yet */
    uint32_t *used_before; /* pages of each piece of `before` that it still used */
    uint64_t first;        /* the table's first page */
    press *press;          /* NULL: none yet */
    press_load *load;      /* the one in hand; NULL: none */
    pthread_mutex_t lock;  /* for the target, which the press reads bases from */
    pb_buf run, encoded;   /* pages read; a table */
} sending;

static void sending_end(sending *s)
{
    press_end(s->press);
    pthread_mutex_destroy(&s->lock);
    free(s->before);
    free(s->now);
    free(s->from_before);
    free(s->used_before);
    pb_buf_free(&s->run);
    pb_buf_free(&s->encoded);
}

/* ---- pieces of the table before ---- */

/* May a piece of `before` be held on to? */
static bool keeps(const sending *s, uint16_t old)
{
    uint64_t size;
    return s->from_before[old] != TABLE_NONE ||
           (s->used_before[old] * THIN >= s->before->pieces[old].pages &&
            held_size(&s->place, &s->before->pieces[old].name, &size));
}

/* The piece of `now` that it is; only of one that keeps. */
static uint16_t keep(sending *s, uint16_t old)
{
    uint64_t size = 0;
    if (s->from_before[old] == TABLE_NONE) {
        held_size(&s->place, &s->before->pieces[old].name, &size);
        s->now->pieces[s->now->piece_count].name = s->before->pieces[old].name;
        s->now->pieces[s->now->piece_count].pages = s->before->pieces[old].pages;
        s->from_before[old] = (uint16_t)s->now->piece_count++;
        held_keep(&s->place, size);
    }
    return s->from_before[old];
}

/* The page as the place has it already; false: it does not. */
static bool find_before(sending *s, uint32_t page, table_page *entry)
{
    const table_page *old = &s->before->pages[page];
    if (page >= s->before->page_count || memcmp(old->print, entry->print, PRINT_SIZE) != 0 ||
        !keeps(s, old->piece) || (old->base_piece != TABLE_NONE && !keeps(s, old->base_piece)))
        return false;
    entry->piece = keep(s, old->piece);
    entry->slot = old->slot;
    if (old->base_piece != TABLE_NONE) {
        entry->base_piece = keep(s, old->base_piece);
        entry->base_slot = old->base_slot;
    }
    return true;
}

/* Where the page lies whole, as it was: what a patch is made against. */
static bool has_base(const sending *s, uint32_t page)
{
    const table_page *old = &s->before->pages[page];
    if (page >= s->before->page_count || !backup_target_near(s->room->target))
        return false;
    return keeps(s, old->base_piece != TABLE_NONE ? old->base_piece : old->piece);
}

/* ---- the press ---- */

static pb_status put_pack(sending *s, const press_pack *sealed, uint16_t *ret_piece, pb_error *err)
{
    if (sealed->made.count == 0)
        return PB_OK;
    *ret_piece = (uint16_t)s->now->piece_count++;
    s->now->pieces[*ret_piece].name = sealed->name;
    s->now->pieces[*ret_piece].pages = sealed->made.count;
    s->sent->pages_sent += sealed->made.count;
    pthread_mutex_lock(&s->lock);
    pb_status status = held_put_sealed(&s->place, &sealed->name, pb_buf_str(&sealed->sealed), err);
    pthread_mutex_unlock(&s->lock);
    return status;
}

static void note_page(sending *s, const press_load *load, uint32_t at, uint16_t whole,
                      uint16_t patches)
{
    table_page *entry = &s->now->pages[load->index[at]];
    entry->slot = load->slot[at];
    entry->piece = whole;
    if (!load->patched[at])
        return;
    const table_page *old = &s->before->pages[load->index[at]];
    bool patched = old->base_piece != TABLE_NONE;
    entry->piece = patches;
    entry->base_piece = keep(s, patched ? old->base_piece : old->piece);
    entry->base_slot = patched ? old->base_slot : old->slot;
}

/* Puts what the oldest load became. */
static pb_status put_oldest(sending *s, pb_error *err)
{
    uint16_t whole = 0, patches = 0;
    press_load *load = press_collect(s->press);
    if (load->status != PB_OK) {
        if (err != NULL)
            *err = load->error;
        return load->status;
    }
    PB_TRY(put_pack(s, &load->whole, &whole, err));
    PB_TRY(put_pack(s, &load->patches, &patches, err));
    for (uint32_t i = 0; i < load->count; i++)
        note_page(s, load, i, whole, patches);
    return PB_OK;
}

static pb_status next_load(sending *s, pb_error *err)
{
    while ((s->load = press_next(s->press)) == NULL)
        PB_TRY(put_oldest(s, err));
    s->load->before = s->before;
    s->load->first = s->first;
    return PB_OK;
}

/* All that is out comes in. */
static pb_status end_loads(sending *s, pb_error *err)
{
    if (s->load != NULL)
        press_give(s->press, s->load);
    s->load = NULL;
    while (press_out(s->press))
        PB_TRY(put_oldest(s, err));
    return PB_OK;
}

/* ---- one table ---- */

static pb_status take_page(sending *s, uint32_t page, const char *bytes, pb_error *err)
{
    table_page *entry = &s->now->pages[page];
    *entry = (table_page){.base_piece = TABLE_NONE, .base_slot = TABLE_NONE};
    piece_print(s->room->box, pb_str_n(bytes + DB_PAGE_BODY, DB_PAGE_TAIL), entry->print);
    if (find_before(s, page, entry))
        return PB_OK;
    if (s->load == NULL)
        PB_TRY(next_load(s, err));
    press_load *load = s->load;
    load->index[load->count] = page;
    load->based[load->count] = has_base(s, page);
    memcpy(load->prints[load->count], entry->print, PRINT_SIZE);
    memcpy(load->pages[load->count++], bytes, DB_PAGE_SIZE);
    if (load->count == PACK_PAGES) {
        press_give(s->press, load);
        s->load = NULL;
    }
    return PB_OK;
}

/* The table of the manifest before, empty when there is none or it cannot be read: then everything
 * is sent anew. */
static void load_before(sending *s, size_t index)
{
    s->before->piece_count = s->before->page_count = 0;
    memset(s->from_before, 0xff, TABLE_PIECES * sizeof *s->from_before);
    memset(s->used_before, 0, TABLE_PIECES * sizeof *s->used_before);
    if (!s->place.had || s->place.old.page_size != DB_PAGE_SIZE ||
        index >= s->place.old.table_count)
        return;
    pb_buf_clear(&s->encoded);
    if (room_get_piece(s->room, &s->place.old.tables[index].name, &s->encoded, NULL) != PB_OK ||
        !table_read(pb_buf_str(&s->encoded), s->before))
        s->before->piece_count = s->before->page_count = 0;
    for (uint32_t i = 0; i < s->before->page_count; i++) {
        const table_page *page = &s->before->pages[i];
        s->used_before[page->piece]++;
        if (page->base_piece != TABLE_NONE)
            s->used_before[page->base_piece]++;
    }
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
        PB_TRY(take_page(s, s->now->page_count++, s->run.ptr + at, err));
    return PB_OK;
}

static pb_status end_table(sending *s, size_t index, manifest_table *table, pb_error *err)
{
    PB_TRY(end_loads(s, err));
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
    s->first = table->first = (uint64_t)index * TABLE_PAGES;
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
    s->run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    s->encoded = PB_BUF_INIT(ROOM_OBJECT_MAX);
    s->before = malloc(sizeof *s->before);
    s->now = malloc(sizeof *s->now);
    s->from_before = malloc(TABLE_PIECES * sizeof *s->from_before);
    s->used_before = malloc(TABLE_PIECES * sizeof *s->used_before);
    if (s->before == NULL || s->now == NULL || s->from_before == NULL || s->used_before == NULL)
        return pb_fail_memory(err);
    PB_TRY(held_look(&s->place, s->room, s->sent, arena, err));
    return press_begin(s->copy, s->room, &s->lock, &s->press, err);
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
    pthread_mutex_init(&s.lock, NULL);
    pb_status status = make_ready(&s, arena, err);
    if (status == PB_OK)
        status = send_pages(&s, arena, err);
    if (status == PB_OK)
        status = held_finish(&s.place, m, err);
    sent->pages = s.about->page_count;
    sending_end(&s);
    return status;
}
