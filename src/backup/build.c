/* Putting a workspace together from the pages of a backup: several threads take slices of a table,
 * fetch and open the packs, encrypt the pages as they were, and prove each by its print. */
#include "source.h"

#include "shelf.h"
#include "shiplog.h"

#include "sys/environment.h"

#include <stdatomic.h>

enum {
    THREADS_MAX = 8,
    SLICE_RUNS = PACK_PAGES / DB_RUN_PAGES, /* a slice is what a pack of a first backup holds */
    SLICES = TABLE_PAGES / PACK_PAGES
};

typedef struct building building;

typedef struct builder {
    building *of;
    pthread_t thread;
    bool runs;
    shelf shelf;
    pb_buf run;
    pb_status status;
    pb_error error;
} builder;

struct building {
    backup_source *source;
    const backup_call *call;
    db_restore *restore;
    page_table *table;
    uint64_t first; /* the table's first page */
    builder *builders;
    unsigned count;
    atomic_uint next;       /* slice of the table */
    atomic_bool stop;       /* one failed */
    pthread_mutex_t target; /* held while the place is asked */
    pthread_mutex_t file;   /* held while pages are written */
};

/* ---- one run ---- */

static pb_status add_page(builder *b, uint32_t index, pb_error *err)
{
    const building *all = b->of;
    const table_page *entry = &all->table->pages[index];
    uint8_t print[PRINT_SIZE], *page = (uint8_t *)pb_buf_room(&b->run, DB_PAGE_SIZE);
    if (page == NULL)
        return pb_fail_memory(err);
    PB_TRY(shelf_page(&b->shelf, all->table, entry, page, err));
    db_keyring_close_page(all->source->keyring, all->first + index, page);
    piece_print(b->shelf.room.box, pb_str_n((const char *)page + DB_PAGE_BODY, DB_PAGE_TAIL),
                print);
    if (memcmp(print, entry->print, PRINT_SIZE) != 0)
        return pb_fail(err, PB_CORRUPT, PB_MSG("A page of the backup is not the one it names."),
                       NULL);
    return PB_OK;
}

static pb_status build_run(builder *b, uint32_t first, pb_error *err)
{
    building *all = b->of;
    b->run.max = DB_RUN_SIZE + 16;
    pb_buf_clear(&b->run);
    for (uint32_t i = first; i < first + DB_RUN_PAGES && i < all->table->page_count; i++)
        PB_TRY(add_page(b, i, err));
    pthread_mutex_lock(&all->file);
    pb_status status =
        db_restore_run(all->restore, (all->first + first) / DB_RUN_PAGES, pb_buf_str(&b->run), err);
    pthread_mutex_unlock(&all->file);
    return status;
}

static pb_status build_slice(builder *b, unsigned slice, pb_error *err)
{
    for (unsigned i = 0; i < SLICE_RUNS; i++) {
        uint32_t first = (slice * SLICE_RUNS + i) * DB_RUN_PAGES;
        if (first < b->of->table->page_count)
            PB_TRY(build_run(b, first, err));
    }
    return PB_OK;
}

/* ---- threads ---- */

static pb_status tell(const building *all, unsigned slice, pb_error *err)
{
    const backup_call *call = all->call;
    if (call->progress != NULL &&
        call->progress(call->context, PB_MSG("Restoring"), backup_target_place(all->source->target),
                       all->first + (uint64_t)slice * PACK_PAGES, all->source->m.pages))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return PB_OK;
}

/* Slices until there is none left; the first builder is the caller's thread and tells. */
static void *work(void *context)
{
    builder *b = context;
    building *all = b->of;
    for (;;) {
        unsigned slice = atomic_fetch_add(&all->next, 1);
        if (slice >= SLICES || slice * PACK_PAGES >= all->table->page_count ||
            atomic_load(&all->stop))
            return NULL;
        b->status = b == all->builders ? tell(all, slice, &b->error) : PB_OK;
        if (b->status == PB_OK)
            b->status = build_slice(b, slice, &b->error);
        if (b->status != PB_OK)
            atomic_store(&all->stop, true);
    }
}

static pb_status build_table(building *all, pb_error *err)
{
    atomic_store(&all->next, 0);
    for (unsigned i = 1; i < all->count; i++)
        all->builders[i].runs =
            pthread_create(&all->builders[i].thread, NULL, work, &all->builders[i]) == 0;
    work(&all->builders[0]);
    for (unsigned i = 1; i < all->count; i++)
        if (all->builders[i].runs)
            pthread_join(all->builders[i].thread, NULL);
    for (unsigned i = 0; i < all->count; i++) {
        if (all->builders[i].status == PB_OK)
            continue;
        if (err != NULL)
            *err = all->builders[i].error;
        return all->builders[i].status;
    }
    return PB_OK;
}

/* ---- all of it ---- */

static pb_status load_table(building *all, size_t index, backup_restored *restored, pb_error *err)
{
    PB_AUTO_BUF encoded = PB_BUF_INIT(ROOM_OBJECT_MAX);
    const manifest_table *table = &all->source->m.tables[index];
    PB_TRY(room_get_piece(&all->source->room, &table->name, &encoded, err));
    restored->pieces++;
    restored->bytes += all->source->room.sealed.len;
    if (!table_read(pb_buf_str(&encoded), all->table) || all->table->page_count != table->pages)
        return pb_fail(err, PB_CORRUPT, PB_MSG("A table of pages of the backup was altered."),
                       NULL);
    all->first = table->first;
    return PB_OK;
}

/* Every table but the last is full, so that runs of pages never lie in two. */
static bool tables_stand_right(const manifest *m)
{
    uint64_t pages = 0;
    for (size_t i = 0; i < m->table_count; i++) {
        if (m->tables[i].first != (uint64_t)i * TABLE_PAGES)
            return false;
        pages += m->tables[i].pages;
    }
    return m->page_size == DB_PAGE_SIZE && pages == m->pages;
}

static pb_status begin(building *all, pb_error *err)
{
    size_t cores = sys_cores();
    unsigned threads = cores < THREADS_MAX ? (unsigned)cores : THREADS_MAX;
    all->builders = calloc(threads, sizeof *all->builders);
    all->table = malloc(sizeof *all->table);
    if (all->builders == NULL || all->table == NULL)
        return pb_fail_memory(err);
    for (; all->count < threads; all->count++) {
        builder *b = &all->builders[all->count];
        b->of = all;
        pb_status status = shelf_begin(&b->shelf, &all->source->room, &all->target, err);
        if (status != PB_OK) {
            shelf_end(&b->shelf);
            return status;
        }
    }
    return PB_OK;
}

static void end(building *all, backup_restored *restored)
{
    for (unsigned i = 0; i < all->count; i++) {
        restored->pieces += all->builders[i].shelf.pieces;
        restored->bytes += all->builders[i].shelf.bytes;
        shelf_end(&all->builders[i].shelf);
        pb_buf_free(&all->builders[i].run);
    }
    free(all->builders);
    free(all->table);
}

static pb_status build_pages(building *all, backup_restored *restored, pb_error *err)
{
    pb_status status = begin(all, err);
    for (size_t i = 0; status == PB_OK && i < all->source->m.table_count; i++) {
        status = load_table(all, i, restored, err);
        if (status == PB_OK)
            status = build_table(all, err);
    }
    end(all, restored);
    restored->pages = all->source->m.pages;
    return status;
}

pb_status source_build(backup_source *source, const backup_call *call, const char *folder,
                       const db_key_source *key, int64_t until_us, backup_restored *restored,
                       db_syncing **ret_syncing, pb_error *err)
{
    const manifest *m = &source->m;
    building all = {.source = source, .call = call};
    if (!tables_stand_right(m))
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("The backup has pages of another size."), NULL);
    PB_TRY(db_restore_open(folder, m->head, m->pages, &m->position, key, &all.restore, err));
    pthread_mutex_init(&all.target, NULL);
    pthread_mutex_init(&all.file, NULL);
    pb_status status = build_pages(&all, restored, err);
    pthread_mutex_destroy(&all.target);
    pthread_mutex_destroy(&all.file);
    if (status == PB_OK)
        status = shiplog_apply(source, all.restore, until_us, restored, err);
    if (status == PB_OK) {
        restored->rest = db_restore_rest(all.restore);
        return ret_syncing == NULL ? db_restore_finish(all.restore, err)
                                   : db_restore_finish_beside(all.restore, ret_syncing, err);
    }
    db_restore_abort(all.restore);
    return status;
}
