#include "press.h"

#include "shelf.h"

#include "sys/environment.h"

#include <stdlib.h>

enum {
    THREADS_MAX = 8,
    LEVEL_WHOLE = -1, /* measured: half the time of level 1 and 5 % more bytes */
    LEVEL_PATCHES = 0 /* patches are compressed each by itself */
};

typedef struct press_worker {
    press *of;
    pthread_t thread;
    shelf shelf;
} press_worker;

struct press {
    const db_copy *copy;
    press_worker workers[THREADS_MAX];
    unsigned count; /* of workers that run */
    press_load loads[2 * THREADS_MAX];
    unsigned load_count, given, taken, collected; /* counted on, never back */
    pthread_mutex_t mutex;
    pthread_cond_t change;
    bool stop;
};

/* ---- one load ---- */

/* The patch against what the page was, when there is one and it pays; else 0. */
static pb_status try_patch(press_worker *w, const press_load *load, uint32_t at, uint8_t *patch,
                           size_t *ret_size, pb_buf *identity, pb_error *err)
{
    const page_table *before = load->before;
    const table_page *page = &before->pages[load->index[at]];
    bool patched = page->base_piece != TABLE_NONE;
    const piece_name *name = &before->pieces[patched ? page->base_piece : page->piece].name;
    uint16_t slot = patched ? page->base_slot : page->slot;
    const char place[2] = {(char)(slot >> 8), (char)slot};
    pb_str base;
    PB_TRY(shelf_whole(&w->shelf, name, slot, &base, err));
    *ret_size = piece_patch(w->shelf.room.box, (const uint8_t *)base.ptr, load->pages[at],
                            DB_PAGE_BODY, patch, PACK_PATCH_MAX);
    pb_buf_add(identity, pb_str_n((const char *)name->b, sizeof name->b));
    pb_buf_add(identity, pb_str_n(place, sizeof place));
    return PB_OK;
}

static pb_status add_page(press_worker *w, press_load *load, uint32_t at, pb_error *err)
{
    PB_AUTO_BUF identity = PB_BUF_INIT(256);
    uint8_t patch[PACK_PATCH_MAX], *page = load->pages[at];
    const uint8_t *nonce = page + DB_PAGE_BODY + DB_PAGE_TAG;
    size_t size = 0;
    PB_TRY(db_copy_open_page(w->of->copy, load->first + load->index[at], page, err));
    pb_buf_add(&identity, pb_str_n((const char *)load->prints[at], PRINT_SIZE));
    /* A base that cannot be read is no ground to fail on: the page goes whole, and repairs it. */
    if (load->based[at] && try_patch(w, load, at, patch, &size, &identity, NULL) != PB_OK)
        size = 0;
    if (identity.failed)
        return pb_fail_memory(err);
    load->patched[at] = size > 0;
    load->slot[at] = size > 0
                         ? pack_add(&load->patches.made, pb_str_n((const char *)patch, size), nonce,
                                    pb_buf_str(&identity))
                         : pack_add(&load->whole.made, pb_str_n((const char *)page, DB_PAGE_BODY),
                                    nonce, pb_str_n(identity.ptr, PRINT_SIZE));
    return PB_OK;
}

static pb_status seal(press_worker *w, press_pack *sealing, int level, pb_error *err)
{
    char label[ROOM_NAME];
    pb_buf_clear(&sealing->sealed);
    if (sealing->made.count == 0)
        return PB_OK;
    PB_TRY(pack_end(&sealing->made, w->shelf.room.box, &sealing->name, err));
    room_piece_label(&sealing->name, label);
    sealing->sealed.max = PIECE_MAX;
    return piece_seal(w->shelf.room.box, label, level, pb_buf_str(&sealing->made.bytes),
                      &sealing->sealed, err);
}

static pb_status do_load(press_worker *w, press_load *load, pb_error *err)
{
    pack_begin(&load->whole.made, PACK_WHOLE);
    pack_begin(&load->patches.made, PACK_PATCHES);
    for (uint32_t i = 0; i < load->count; i++)
        PB_TRY(add_page(w, load, i, err));
    PB_TRY(seal(w, &load->whole, LEVEL_WHOLE, err));
    return seal(w, &load->patches, LEVEL_PATCHES, err);
}

/* ---- threads ---- */

static press_load *take(press *p)
{
    press_load *load = NULL;
    pthread_mutex_lock(&p->mutex);
    while (!p->stop && p->taken == p->given)
        pthread_cond_wait(&p->change, &p->mutex);
    if (!p->stop) {
        load = &p->loads[p->taken++ % p->load_count];
        load->state = PRESS_TAKEN;
    }
    pthread_mutex_unlock(&p->mutex);
    return load;
}

static void *work(void *context)
{
    press_worker *w = context;
    for (;;) {
        press_load *load = take(w->of);
        if (load == NULL)
            return NULL;
        pb_status status = do_load(w, load, &load->error);
        pthread_mutex_lock(&w->of->mutex);
        load->status = status;
        load->state = PRESS_DONE;
        pthread_cond_broadcast(&w->of->change);
        pthread_mutex_unlock(&w->of->mutex);
    }
}

press_load *press_next(press *p)
{
    press_load *load = &p->loads[p->given % p->load_count];
    if (p->given - p->collected == p->load_count)
        return NULL;
    load->count = 0;
    load->status = PB_OK;
    return load;
}

void press_give(press *p, press_load *load)
{
    pthread_mutex_lock(&p->mutex);
    load->state = PRESS_GIVEN;
    p->given++;
    pthread_cond_broadcast(&p->change);
    pthread_mutex_unlock(&p->mutex);
}

bool press_out(const press *p)
{
    return p->given != p->collected;
}

press_load *press_collect(press *p)
{
    press_load *load = &p->loads[p->collected % p->load_count];
    pthread_mutex_lock(&p->mutex);
    while (load->state != PRESS_DONE)
        pthread_cond_wait(&p->change, &p->mutex);
    load->state = PRESS_FREE;
    p->collected++;
    pthread_mutex_unlock(&p->mutex);
    return load;
}

/* ---- beginning and end ---- */

static pb_status make_loads(press *p, unsigned threads, pb_error *err)
{
    p->load_count = 2 * threads;
    for (unsigned i = 0; i < p->load_count; i++) {
        p->loads[i].pages = malloc((size_t)PACK_PAGES * DB_PAGE_SIZE);
        if (p->loads[i].pages == NULL)
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status start(press *p, const backup_room *room, pthread_mutex_t *lock, unsigned threads,
                       pb_error *err)
{
    PB_TRY(make_loads(p, threads, err));
    for (unsigned i = 0; i < threads; i++) {
        press_worker *w = &p->workers[i];
        w->of = p;
        pb_status status = shelf_begin(&w->shelf, room, lock, err);
        if (status != PB_OK || pthread_create(&w->thread, NULL, work, w) != 0) {
            shelf_end(&w->shelf);
            PB_TRY(status);
            break; /* with fewer it takes longer */
        }
        p->count++;
    }
    return p->count > 0 ? PB_OK : pb_fail_memory(err);
}

pb_status press_begin(const db_copy *copy, const backup_room *room, pthread_mutex_t *lock,
                      press **ret_press, pb_error *err)
{
    press *p = calloc(1, sizeof *p);
    size_t cores = sys_cores();
    if (p == NULL)
        return pb_fail_memory(err);
    p->copy = copy;
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->change, NULL);
    pb_status status =
        start(p, room, lock, cores < THREADS_MAX ? (unsigned)cores : THREADS_MAX, err);
    if (status != PB_OK)
        press_end(p);
    else
        *ret_press = p;
    return status;
}

press *press_end(press *p)
{
    if (p == NULL)
        return NULL;
    pthread_mutex_lock(&p->mutex);
    p->stop = true;
    pthread_cond_broadcast(&p->change);
    pthread_mutex_unlock(&p->mutex);
    for (unsigned i = 0; i < p->count; i++) {
        pthread_join(p->workers[i].thread, NULL);
        shelf_end(&p->workers[i].shelf);
    }
    for (unsigned i = 0; i < p->load_count; i++) {
        free(p->loads[i].pages);
        pack_free(&p->loads[i].whole.made);
        pack_free(&p->loads[i].patches.made);
        pb_buf_free(&p->loads[i].whole.sealed);
        pb_buf_free(&p->loads[i].patches.sealed);
    }
    pthread_cond_destroy(&p->change);
    pthread_mutex_destroy(&p->mutex);
    free(p);
    return NULL;
}
