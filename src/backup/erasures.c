#include "erasures.h"

#include "base/time.h"
#include "merkle/hash.h"

#include <inttypes.h>

enum { ENTRY = 8 + LEDGER_PRINT_SIZE };

static void entry_write(const erasure *item, uint8_t ret[ENTRY])
{
    for (int i = 0; i < 8; i++)
        ret[i] = (uint8_t)(item->sequence >> (56 - 8 * i));
    memcpy(ret + 8, item->print, LEDGER_PRINT_SIZE);
}

static erasure entry_read(const uint8_t *bytes)
{
    erasure item = {0};
    for (int i = 0; i < 8; i++)
        item.sequence = item.sequence << 8 | bytes[i];
    memcpy(item.print, bytes + 8, LEDGER_PRINT_SIZE);
    return item;
}

pb_status erasures_init(erasures *list, pb_arena *arena, pb_error *err)
{
    *list = (erasures){.arena = arena, .known = pb_map_new(arena), .until_us = INT64_MIN};
    return list->known == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status add(erasures *list, const erasure *item, bool *ret_new, pb_error *err)
{
    uint8_t bytes[ENTRY];
    entry_write(item, bytes);
    if (pb_map_put(list->known, pb_str_n((const char *)bytes, ENTRY), ret_new) == NULL)
        return pb_fail_memory(err);
    if (*ret_new && !PB_PUSH(list->arena, list->items, list->count, list->capacity, *item))
        return pb_fail_memory(err);
    return PB_OK;
}

/* ---- lists at a place ---- */

static void list_text(const char *workspace, int64_t at_us, size_t count, pb_str entries,
                      pb_buf *out)
{
    merkle_hash hash = merkle_sha256(entries);
    pb_buf_printf(out, "probity erasures 1\nworkspace %s\nat ", workspace);
    pb_instant_format(out, at_us);
    pb_buf_printf(out, "\nentries %zu ", count);
    pb_hex(out, hash.b, sizeof hash.b);
    pb_buf_byte(out, '\n');
}

static pb_status altered(const char *label, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The list of erasures {piece} was altered."), "piece", label,
            NULL);
    pb_error_hint(err, PB_MSG("Name another place of the same workspace."), NULL);
    return PB_CORRUPT;
}

/* The text is written again from what it must say and compared: nothing else is accepted. */
static pb_status read_list(erasures *list, backup_room *room, const char *label, int64_t at_us,
                           pb_str plain, pb_error *err)
{
    PB_AUTO_BUF want = PB_BUF_INIT(4096);
    pb_str text;
    size_t end = pb_str_index(plain, '\0');
    pb_str entries = pb_str_sub(plain, end + 1, plain.len);
    if (end == plain.len || entries.len % ENTRY != 0)
        return altered(label, err);
    pb_status status =
        ledger_note_open(piece_box_seed(room->box), pb_str_sub(plain, 0, end), &text, NULL);
    list_text(room->id, at_us, entries.len / ENTRY, entries, &want);
    if (status == PB_MEMORY || want.failed)
        return pb_fail_memory(err);
    if (status != PB_OK || !pb_str_eq(text, pb_buf_str(&want)))
        return altered(label, err);
    for (size_t at = 0; at < entries.len; at += ENTRY) {
        bool is_new;
        erasure item = entry_read((const uint8_t *)entries.ptr + at);
        PB_TRY(add(list, &item, &is_new, err));
    }
    if (entries.len == 0 &&
        !PB_PUSH(list->arena, list->empty, list->empty_count, list->empty_capacity, at_us))
        return pb_fail_memory(err);
    if (at_us > list->until_us)
        list->until_us = at_us;
    return PB_OK;
}

pb_status erasures_read_room(erasures *list, backup_room *room, pb_error *err)
{
    backup_object *objects;
    size_t count;
    PB_TRY(room_list(room, "erasures", list->arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF sealed = PB_BUF_INIT(PIECE_MAX), plain = PB_BUF_INIT(PIECE_MAX);
        char label[ROOM_NAME];
        int64_t at_us;
        if (!room_moment_parse(objects[i].name, ".list", &at_us))
            continue;
        room_moment_label("erasures", at_us, ".list", label);
        PB_TRY(room_get(room, label, &sealed, err));
        pb_status status = piece_open(room->box, label, pb_buf_str(&sealed), &plain, NULL);
        if (status != PB_OK)
            return status == PB_MEMORY ? pb_fail_memory(err) : altered(label, err);
        PB_TRY(read_list(list, room, label, at_us, pb_buf_str(&plain), err));
    }
    return PB_OK;
}

/* ---- the ledger ---- */

typedef struct collecting {
    erasures *list;
    pb_buf *entries; /* of those that are new; NULL: not wanted */
    size_t count;
} collecting;

static pb_status collect(void *context, uint64_t sequence, const uint8_t print[LEDGER_PRINT_SIZE],
                         pb_error *err)
{
    collecting *c = context;
    erasure item = {.sequence = sequence};
    uint8_t bytes[ENTRY];
    bool is_new;
    memcpy(item.print, print, LEDGER_PRINT_SIZE);
    PB_TRY(add(c->list, &item, &is_new, err));
    if (!is_new || c->entries == NULL)
        return PB_OK;
    entry_write(&item, bytes);
    pb_buf_add(c->entries, pb_str_n((const char *)bytes, ENTRY));
    c->count++;
    return PB_OK;
}

pb_status erasures_read_ledger(erasures *list, db_session *session, int64_t at_us, pb_error *err)
{
    collecting c = {.list = list};
    PB_TRY(ledger_erased(session, collect, &c, err));
    if (at_us > list->until_us)
        list->until_us = at_us;
    return PB_OK;
}

static pb_status put_list(backup_room *room, int64_t at_us, size_t count, pb_str entries,
                          pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096), plain = PB_BUF_INIT(PIECE_MAX);
    PB_AUTO_BUF sealed = PB_BUF_INIT(PIECE_MAX + (1 << 20));
    char label[ROOM_NAME];
    room_moment_label("erasures", at_us, ".list", label);
    list_text(room->id, at_us, count, entries, &text);
    PB_TRY(ledger_note_sign(piece_box_seed(room->box), pb_buf_str(&text), &plain, err));
    pb_buf_byte(&plain, '\0');
    pb_buf_add(&plain, entries);
    if (text.failed || plain.failed)
        return pb_fail_buffer(&plain, PB_MSG("There are too many erasures for one list."), err);
    PB_TRY(piece_seal(room->box, label, 3, pb_buf_str(&plain), &sealed, err));
    return room_put(room, label, pb_buf_str(&sealed), err);
}

static int64_t newest_empty(const erasures *list)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < list->empty_count; i++)
        if (list->empty[i] > newest)
            newest = list->empty[i];
    return newest;
}

/* Lists without entries only say until when there were none: the newest says it for all. */
static pb_status remove_empty(const erasures *list, backup_room *room, int64_t before_us,
                              pb_error *err)
{
    for (size_t i = 0; i < list->empty_count; i++) {
        char label[ROOM_NAME];
        room_moment_label("erasures", list->empty[i], ".list", label);
        if (list->empty[i] < before_us)
            PB_TRY(room_remove(room, label, err));
    }
    return PB_OK;
}

/* Those that runs left which died behind their list go first: each run reads them all. */
pb_status erasures_publish(backup_room *room, db_session *session, int64_t at_us, uint64_t *ret_new,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF entries = PB_BUF_INIT(PIECE_MAX);
    erasures list;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(erasures_init(&list, arena, err));
    PB_TRY(erasures_read_room(&list, room, err));
    collecting c = {.list = &list, .entries = &entries};
    PB_TRY(ledger_erased(session, collect, &c, err));
    if (entries.failed)
        return pb_fail_buffer(&entries, PB_MSG("There are too many erasures for one list."), err);
    PB_TRY(remove_empty(&list, room, newest_empty(&list), err));
    PB_TRY(
        put_list(room, at_us, c.count, entries.len > 0 ? pb_buf_str(&entries) : PB_STR(""), err));
    PB_TRY(remove_empty(&list, room, at_us, err));
    *ret_new = c.count;
    return PB_OK;
}

pb_status erasures_apply(const erasures *list, db_session *session, ledger_actor actor,
                         int64_t at_us, uint64_t *ret_erased, pb_error *err)
{
    uint64_t erased = 0;
    for (size_t i = 0; i < list->count; i++) {
        uint8_t print[LEDGER_PRINT_SIZE];
        bool there, payload;
        const erasure *item = &list->items[i];
        PB_TRY(ledger_print(session, item->sequence, print, &there, &payload, err));
        if (!there || !payload || memcmp(print, item->print, sizeof print) != 0)
            continue;
        PB_TRY(ledger_erase_payload(session, item->sequence, actor, at_us, err));
        erased++;
    }
    *ret_erased = erased;
    return PB_OK;
}
