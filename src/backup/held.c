#include "held.h"

bool held_size(const held *place, const piece_name *name, uint64_t *ret_size)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    const uint64_t *size = pb_map_get(place->sizes, pb_str_c(label + 7)); /* behind "pieces/" */
    if (size == NULL)
        return false;
    *ret_size = *size;
    return true;
}

static pb_status list_held(held *place, pb_arena *arena, pb_error *err)
{
    backup_object *objects;
    size_t count;
    place->sizes = pb_map_new(arena);
    if (place->sizes == NULL)
        return pb_fail_memory(err);
    PB_TRY(room_list(place->room, "pieces", arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        uint64_t *size = pb_map_put(place->sizes, objects[i].name, NULL);
        if (size == NULL)
            return pb_fail_memory(err);
        *size = objects[i].size;
    }
    return PB_OK;
}

pb_status held_look(held *place, backup_room *room, backup_sent *sent, pb_arena *arena,
                    pb_error *err)
{
    char label[ROOM_NAME];
    *place = (held){.room = room, .sent = sent};
    PB_TRY(backup_target_tidy(room->target, room->id, err));
    PB_TRY(list_held(place, arena, err));
    pb_status status = room_newest(room, INT64_MAX, arena, &place->old, label, &place->had, err);
    /* A manifest that is damaged is no ground to stand on, and none to stay without a backup. */
    if (status == PB_CORRUPT || status == PB_NOT_FOUND)
        place->had = false;
    return status == PB_CORRUPT || status == PB_NOT_FOUND ? PB_OK : status;
}

void held_keep(held *place, uint64_t size)
{
    place->sent->pieces_kept++;
    place->stored += size;
}

pb_status held_put(held *place, int level, pb_str plain, piece_name *ret_name, pb_error *err)
{
    uint64_t size = 0;
    *ret_name = piece_name_of(place->room->box, plain);
    if (backup_target_durable(place->room->target) && held_size(place, ret_name, &size)) {
        held_keep(place, size);
        return PB_OK;
    }
    PB_TRY(room_put_piece(place->room, ret_name, level, plain, &size, err));
    place->sent->pieces_sent++;
    place->sent->bytes_sent += size;
    place->stored += size;
    return PB_OK;
}

pb_status held_put_sealed(held *place, const piece_name *name, pb_str sealed, pb_error *err)
{
    char label[ROOM_NAME];
    uint64_t size = 0;
    if (backup_target_durable(place->room->target) && held_size(place, name, &size)) {
        held_keep(place, size);
        return PB_OK;
    }
    room_piece_label(name, label);
    PB_TRY(room_put(place->room, label, sealed, err));
    place->sent->pieces_sent++;
    place->sent->bytes_sent += sealed.len;
    place->stored += sealed.len;
    return PB_OK;
}

pb_status held_finish(held *place, const manifest *m, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    char label[ROOM_NAME], marker[ROOM_NAME];
    backup_room *room = place->room;
    bool there = false;
    PB_TRY(backup_target_settle(room->target, err));
    room_moment_label("backups", m->at_us, ".manifest", label);
    PB_TRY(manifest_write(room->box, label, m, &bytes, err));
    PB_TRY(room_put(room, label, pb_buf_str(&bytes), err));
    snprintf(marker, sizeof marker, "workspaces/%s", room->id);
    PB_TRY(backup_target_exists(room->target, marker, &there, err));
    if (!there)
        PB_TRY(backup_target_put(room->target, marker, PB_STR("probity backup\n"), err));
    PB_TRY(backup_target_settle(room->target, err));
    place->sent->bytes_sent += bytes.len;
    snprintf(place->sent->name, sizeof place->sent->name, "%.*s", BACKUP_NAME - 1,
             label + 8); /* "backups/" */
    return PB_OK;
}
