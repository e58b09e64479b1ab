#include "room.h"

#include "base/time.h"

void room_init(backup_room *room, backup_target *target, piece_box *box, pb_uuid workspace)
{
    *room =
        (backup_room){.target = target, .box = box, .sealed = PB_BUF_INIT(PIECE_MAX + (1 << 20))};
    pb_uuid_text(workspace, room->id);
}

void room_end(backup_room *room)
{
    pb_buf_free(&room->sealed);
}

void room_piece_label(const piece_name *name, char ret[ROOM_NAME])
{
    char text[PIECE_NAME_TEXT];
    piece_name_text(name, text);
    snprintf(ret, ROOM_NAME, "pieces/%.2s/%s", text, text);
}

static void full_name(const backup_room *room, const char *label, char ret[ROOM_NAME])
{
    snprintf(ret, ROOM_NAME, "%s/%s", room->id, label);
}

pb_status room_put(backup_room *room, const char *label, pb_str bytes, pb_error *err)
{
    char name[ROOM_NAME];
    full_name(room, label, name);
    return backup_target_put(room->target, name, bytes, err);
}

pb_status room_get(backup_room *room, const char *label, pb_buf *out, pb_error *err)
{
    char name[ROOM_NAME];
    full_name(room, label, name);
    return backup_target_get(room->target, name, PIECE_MAX, out, err);
}

pb_status room_remove(backup_room *room, const char *label, pb_error *err)
{
    char name[ROOM_NAME];
    full_name(room, label, name);
    return backup_target_remove(room->target, name, err);
}

pb_status room_list(backup_room *room, const char *folder, pb_arena *arena,
                    backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    char name[ROOM_NAME];
    full_name(room, folder, name);
    return backup_target_list(room->target, name, arena, ret_objects, ret_count, err);
}

pb_status room_put_piece(backup_room *room, const piece_name *name, int level, pb_str plain,
                         uint64_t *ret_stored, pb_error *err)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    pb_buf_clear(&room->sealed);
    PB_TRY(piece_seal(room->box, label, level, plain, &room->sealed, err));
    PB_TRY(room_put(room, label, pb_buf_str(&room->sealed), err));
    *ret_stored = room->sealed.len;
    return PB_OK;
}

static pb_status missing(const char *label, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The piece {piece} of the backup is missing."), "piece", label,
            NULL);
    pb_error_hint(err, PB_MSG("Restore from another place, or from an earlier backup."), NULL);
    return PB_CORRUPT;
}

static pb_status fetch(backup_room *room, const char *label, pthread_mutex_t *lock, pb_error *err)
{
    pb_buf_clear(&room->sealed);
    if (lock != NULL)
        pthread_mutex_lock(lock);
    pb_status status = room_get(room, label, &room->sealed, err);
    if (lock != NULL)
        pthread_mutex_unlock(lock);
    return status == PB_NOT_FOUND ? missing(label, err) : status;
}

pb_status room_get_pack(backup_room *room, const piece_name *name, pthread_mutex_t *lock,
                        pb_buf *out, pb_error *err)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    PB_TRY(fetch(room, label, lock, err));
    return piece_open(room->box, label, pb_buf_str(&room->sealed), out, err);
}

pb_status room_get_piece(backup_room *room, const piece_name *name, pb_buf *out, pb_error *err)
{
    char label[ROOM_NAME];
    size_t start = out->len;
    PB_TRY(room_get_pack(room, name, NULL, out, err));
    piece_name found = piece_name_of(room->box, pb_str_n(out->ptr + start, out->len - start));
    if (memcmp(found.b, name->b, sizeof found.b) == 0)
        return PB_OK;
    room_piece_label(name, label);
    return pb_fail(err, PB_CORRUPT, PB_MSG("The piece {piece} of the backup was altered."), "piece",
                   label, NULL);
}

void room_moment_label(const char *folder, int64_t us, const char *ending, char ret[ROOM_NAME])
{
    int year, month, day;
    int64_t days = pb_instant_day(us);
    int64_t left = us - days * PB_US_PER_DAY;
    pb_date_to_civil(days, &year, &month, &day);
    snprintf(ret, ROOM_NAME, "%s/%04d%02d%02dT%02d%02d%02d.%06dZ%s", folder, year, month, day,
             (int)(left / (3600 * PB_US_PER_SECOND)), (int)(left / (60 * PB_US_PER_SECOND) % 60),
             (int)(left / PB_US_PER_SECOND % 60), (int)(left % PB_US_PER_SECOND), ending);
}

bool room_moment_parse(pb_str name, const char *ending, int64_t *ret_us)
{
    /* 20261122T023000.123456Z to 2026-11-22T02:30:00.123456Z */
    char text[32];
    if (name.len != 23 + strlen(ending) || !pb_str_ends(name, pb_str_c(ending)))
        return false;
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.8s", name.ptr, name.ptr + 4,
             name.ptr + 6, name.ptr + 9, name.ptr + 11, name.ptr + 13, name.ptr + 15);
    return name.ptr[8] == 'T' && pb_instant_parse(pb_str_c(text), ret_us);
}

pb_status room_newest(backup_room *room, int64_t until_us, pb_arena *arena, manifest *ret_manifest,
                      char ret_label[ROOM_NAME], bool *ret_there, pb_error *err)
{
    backup_object *objects;
    size_t count;
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    PB_TRY(room_list(room, "backups", arena, &objects, &count, err));
    *ret_there = false;
    for (size_t i = count; i > 0; i--) {
        int64_t at;
        if (!room_moment_parse(objects[i - 1].name, ".manifest", &at) || at > until_us)
            continue;
        room_moment_label("backups", at, ".manifest", ret_label);
        PB_TRY(room_get(room, ret_label, &bytes, err));
        *ret_there = true;
        return manifest_read(room->box, ret_label, pb_buf_str(&bytes), arena, ret_manifest, err);
    }
    return PB_OK;
}
