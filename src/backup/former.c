/* Backups that were made before an upgrade: where they go, and what tells them from others. */
#include "former.h"

#include "backup/plan.h"
#include "internal.h"

#include "db/upgrade.h"

#define KEPT "kept"
#define ENDING ".former"

/* ---- marks ---- */

pb_status former_mark(backup_room *room, int64_t at_us, pb_error *err)
{
    PB_AUTO_BUF sealed = PB_BUF_INIT(4096);
    char label[ROOM_NAME];
    room_moment_label(KEPT, at_us, ENDING, label);
    PB_TRY(piece_seal(room->box, label, 1, PB_STR("probity former state 1\n"), &sealed, err));
    PB_TRY(room_put(room, label, pb_buf_str(&sealed), err));
    return backup_target_settle(room->target, err);
}

static bool is_there(const backup_object *objects, size_t count, int64_t at_us)
{
    int64_t at;
    for (size_t i = 0; i < count; i++)
        if (room_moment_parse(objects[i].name, ".manifest", &at) && at == at_us)
            return true;
    return false;
}

pb_status former_newest(backup_room *room, const backup_object *objects, size_t count,
                        pb_arena *arena, int64_t *ret_us, pb_error *err)
{
    backup_object *marks;
    size_t mark_count;
    int64_t at, newest = INT64_MIN;
    PB_TRY(room_list(room, KEPT, arena, &marks, &mark_count, err));
    for (size_t i = 0; i < mark_count; i++)
        if (room_moment_parse(marks[i].name, ENDING, &at) && at > newest &&
            is_there(objects, count, at))
            newest = at;
    *ret_us = newest;
    return PB_OK;
}

pb_status former_clear(backup_room *room, int64_t newest_us, pb_arena *arena, pb_error *err)
{
    backup_object *marks;
    size_t count;
    int64_t at;
    char label[ROOM_NAME];
    PB_TRY(room_list(room, KEPT, arena, &marks, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!room_moment_parse(marks[i].name, ENDING, &at) || at == newest_us)
            continue;
        room_moment_label(KEPT, at, ENDING, label);
        PB_TRY(room_remove(room, label, err));
    }
    return PB_OK;
}

/* ---- places ---- */

static bool knows_places(const db_gap *gap)
{
    for (size_t i = 0; i < gap->count; i++)
        if (pb_str_is(gap->missing[i], "t_backup_place") ||
            pb_str_is(gap->missing[i], "t_backup_place.place"))
            return false;
    return true;
}

pb_status backup_former_places(db_workspace *workspace, pb_arena *arena, const char ***ret_places,
                               size_t *ret_count, pb_error *err)
{
    db_gap gap;
    db_session *session = NULL;
    *ret_places = NULL;
    *ret_count = 0;
    PB_TRY(db_upgrade_gap(workspace, arena, &gap, err));
    if (!knows_places(&gap))
        return PB_OK;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = backup_plan_places(session, arena, ret_places, ret_count, err);
    db_snapshot_close(session);
    return status;
}
