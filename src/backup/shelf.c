#include "shelf.h"

pb_status shelf_begin(shelf *s, const backup_room *room, pthread_mutex_t *lock, pb_error *err)
{
    *s = (shelf){.room = *room, .lock = lock};
    s->room.sealed = PB_BUF_INIT(PIECE_MAX + (1 << 20));
    s->room.box = NULL;
    return piece_box_twin(room->box, &s->room.box, err);
}

void shelf_end(shelf *s)
{
    for (size_t i = 0; i < SHELF_PACKS; i++)
        pb_buf_free(&s->packs[i].plain);
    piece_box_free(s->room.box);
    room_end(&s->room);
}

static pb_status not_it(const piece_name *name, pb_error *err)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    return pb_fail(err, PB_CORRUPT, PB_MSG("The piece {piece} of the backup was altered."), "piece",
                   label, NULL);
}

static pb_status fetch(shelf *s, const piece_name *name, shelf_pack *into, pb_error *err)
{
    into->used = 0;
    into->plain.max = PACK_MAX;
    pb_buf_clear(&into->plain);
    PB_TRY(room_get_pack(&s->room, name, s->lock, &into->plain, err));
    s->pieces++;
    s->bytes += s->room.sealed.len;
    if (!pack_read(pb_buf_str(&into->plain), &into->view))
        return not_it(name, err);
    into->name = *name;
    return PB_OK;
}

static pb_status take(shelf *s, const piece_name *name, char kind, uint16_t slot,
                      const pack_view **ret_view, pb_error *err)
{
    shelf_pack *oldest = &s->packs[0], *found = NULL;
    for (size_t i = 0; i < SHELF_PACKS && found == NULL; i++) {
        shelf_pack *one = &s->packs[i];
        if (one->used > 0 && memcmp(one->name.b, name->b, sizeof name->b) == 0)
            found = one;
        else if (one->used < oldest->used)
            oldest = one;
    }
    if (found == NULL) {
        PB_TRY(fetch(s, name, oldest, err));
        found = oldest;
    }
    found->used = ++s->clock;
    if (found->view.kind != kind || slot >= found->view.count)
        return not_it(name, err);
    *ret_view = &found->view;
    return PB_OK;
}

pb_status shelf_whole(shelf *s, const piece_name *name, uint16_t slot, pb_str *ret_content,
                      pb_error *err)
{
    const pack_view *view;
    PB_TRY(take(s, name, PACK_WHOLE, slot, &view, err));
    *ret_content = pack_content(view, slot);
    return PB_OK;
}

/* The base is fetched last: what was taken just before it is not what makes room for it. */
static pb_status patched(shelf *s, const page_table *table, const table_page *page,
                         uint8_t ret_page[DB_PAGE_SIZE], pb_error *err)
{
    const piece_name *name = &table->pieces[page->piece].name;
    const pack_view *view;
    pb_str base;
    PB_TRY(take(s, name, PACK_PATCHES, page->slot, &view, err));
    PB_TRY(shelf_whole(s, &table->pieces[page->base_piece].name, page->base_slot, &base, err));
    if (!piece_unpatch(s->room.box, pack_content(view, page->slot), (const uint8_t *)base.ptr,
                       DB_PAGE_BODY, ret_page))
        return not_it(name, err);
    memcpy(ret_page + DB_PAGE_BODY + DB_PAGE_TAG, pack_nonce(view, page->slot), DB_PAGE_NONCE);
    return PB_OK;
}

pb_status shelf_page(shelf *s, const page_table *table, const table_page *page,
                     uint8_t ret_page[DB_PAGE_SIZE], pb_error *err)
{
    const pack_view *view;
    if (page->base_piece != TABLE_NONE)
        return patched(s, table, page, ret_page, err);
    PB_TRY(take(s, &table->pieces[page->piece].name, PACK_WHOLE, page->slot, &view, err));
    memcpy(ret_page, pack_content(view, page->slot).ptr, DB_PAGE_BODY);
    memcpy(ret_page + DB_PAGE_BODY + DB_PAGE_TAG, pack_nonce(view, page->slot), DB_PAGE_NONCE);
    return PB_OK;
}
