/* Retention: manifests go first, pieces only when no manifest that is left needs them. */
#include "backup/plan.h"

#include "former.h"
#include "internal.h"
#include "rowlist.h"
#include "shiplog.h"

#include "sys/clock.h"

#include "base/cbor.h"
#include "base/map.h"

typedef struct pruning {
    backup_room room;
    const backup_plan *plan;
    const backup_call *call;
    int64_t now_us;    /* what is dated later was made by a clock that was set back since */
    int64_t age_us;    /* moment that ages are counted to */
    int64_t former_us; /* of the backup before the last upgrade, which stays; INT64_MIN: none */
    pb_arena *arena;
    pb_map *needed; /* names below pieces/ */
    page_table *table;
    db_position *positions; /* of the backups that are left */
    size_t position_count, position_capacity;
    backup_pruned done;
} pruning;

static pb_status open_room(db_workspace *workspace, const char *place, backup_room *room,
                           backup_target **ret_target, piece_box **ret_box, pb_error *err)
{
    pb_uuid id;
    PB_TRY(backup_workspace_id(workspace, &id, err));
    PB_TRY(piece_box_new(backup_subkey, workspace, ret_box, err));
    PB_TRY(backup_target_open(place, ret_target, err));
    room_init(room, *ret_target, *ret_box, id);
    return PB_OK;
}

static bool kept(const pruning *p, size_t age_rank, int64_t at_us)
{
    if (age_rank == 0 || (p->plan->newest == 0 && p->plan->keep_us == 0))
        return true;
    return age_rank < (size_t)p->plan->newest ||
           (p->plan->keep_us > 0 && at_us >= p->age_us - p->plan->keep_us);
}

/* Backups of the future are kept and count as none: else they, and not those made since, would be
 * the newest. Ages are counted to the backup before the newest: a clock that jumped ahead dates the
 * newest too, and nothing may go because of that. */
static void judge(pruning *p, const backup_object *objects, size_t count, bool *keep)
{
    size_t rank = 0;
    int64_t at_us;
    p->now_us = sys_now_us() > p->call->now_us ? sys_now_us() : p->call->now_us;
    p->age_us = p->call->now_us;
    for (size_t i = count; i > 0; i--)
        if (room_moment_parse(objects[i - 1].name, ".manifest", &at_us) && at_us <= p->now_us &&
            rank++ == 1 && at_us < p->age_us)
            p->age_us = at_us;
    rank = 0;
    for (size_t i = count; i > 0; i--) {
        keep[i - 1] = true;
        if (room_moment_parse(objects[i - 1].name, ".manifest", &at_us) && at_us <= p->now_us)
            keep[i - 1] = kept(p, rank++, at_us);
    }
}

static pb_status need(pruning *p, const piece_name *name, bool *ret_new, pb_error *err)
{
    char label[ROOM_NAME];
    room_piece_label(name, label);
    return pb_map_put(p->needed, pb_str_c(label + 7), ret_new) != NULL ? PB_OK
                                                                       : pb_fail_memory(err);
}

static pb_status need_table(pruning *p, const piece_name *name, bool rows, pb_error *err)
{
    PB_AUTO_BUF plain = PB_BUF_INIT(ROWLIST_MAX);
    bool is_new;
    PB_TRY(need(p, name, &is_new, err));
    if (!is_new)
        return PB_OK;
    PB_TRY(room_get_piece(&p->room, name, &plain, err));
    if (!(rows ? rowlist_read(pb_buf_str(&plain), p->arena, NULL, NULL, p->table)
               : table_read(pb_buf_str(&plain), p->table)))
        return pb_fail(err, PB_CORRUPT, PB_MSG("A table of pages of the backup was altered."),
                       NULL);
    for (uint32_t i = 0; i < p->table->piece_count; i++)
        PB_TRY(need(p, &p->table->pieces[i].name, &is_new, err));
    return PB_OK;
}

/* What it needs; the log behind it when the plan keeps it. The state before an upgrade, kept beyond
 * the plan, is gone back to as it is: all log since would stay for it. */
static pb_status need_manifest(pruning *p, const char *label, bool with_log, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    manifest m;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(room_get(&p->room, label, &bytes, err));
    PB_TRY(manifest_read(p->room.box, label, pb_buf_str(&bytes), arena, &m, err));
    for (size_t i = 0; i < m.table_count; i++)
        PB_TRY(need_table(p, &m.tables[i].name, manifest_is_rows(&m), err));
    return !with_log || PB_PUSH(p->arena, p->positions, p->position_count, p->position_capacity,
                                m.position)
               ? PB_OK
               : pb_fail_memory(err);
}

/* A manifest that cannot be read stops everything: what it needs nobody knows. Then nothing was
 * removed yet. */
static pb_status remove_manifests(pruning *p, pb_error *err)
{
    backup_object *objects;
    size_t count;
    char label[ROOM_NAME];
    int64_t at_us;
    PB_TRY(room_list(&p->room, "backups", p->arena, &objects, &count, err));
    bool *keep = pb_arena_array(p->arena, count + 1, sizeof *keep);
    if (keep == NULL)
        return pb_fail_memory(err);
    judge(p, objects, count, keep);
    PB_TRY(former_newest(&p->room, objects, count, p->arena, &p->former_us, err));
    for (size_t i = count; i > 0; i--) {
        if (!room_moment_parse(objects[i - 1].name, ".manifest", &at_us) ||
            !(keep[i - 1] || at_us == p->former_us))
            continue;
        room_moment_label("backups", at_us, ".manifest", label);
        PB_TRY(need_manifest(p, label, keep[i - 1], err));
    }
    for (size_t i = 0; i < count; i++) { /* the oldest first */
        if (!room_moment_parse(objects[i].name, ".manifest", &at_us) || keep[i] ||
            at_us == p->former_us)
            continue;
        room_moment_label("backups", at_us, ".manifest", label);
        PB_TRY(room_remove(&p->room, label, err));
        p->done.backups++;
    }
    PB_TRY(former_clear(&p->room, p->former_us, p->arena, err));
    return backup_target_settle(p->room.target, err);
}

static pb_status remove_pieces(pruning *p, pb_error *err)
{
    backup_object *objects;
    size_t count;
    PB_TRY(room_list(&p->room, "pieces", p->arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (pb_map_get(p->needed, objects[i].name) != NULL)
            continue;
        char label[ROOM_NAME];
        snprintf(label, sizeof label, "pieces/%.*s", PB_STR_FMT(objects[i].name));
        if (p->call->progress != NULL &&
            p->call->progress(p->call->context, PB_MSG("Clearing away"),
                              backup_target_place(p->room.target), i, count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
        PB_TRY(room_remove(&p->room, label, err));
        p->done.pieces++;
    }
    return shiplog_prune(&p->room, p->positions, p->position_count, p->arena, &p->done.pieces, err);
}

static pb_status log_pruned(db_workspace *workspace, const pruning *p, const char *place,
                            pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    if (p->done.backups == 0 && p->done.pieces == 0)
        return PB_OK;
    pb_cbor_map(&payload, 3);
    pb_cbor_text(&payload, PB_STR("place"));
    pb_cbor_text(&payload, pb_str_c(place));
    pb_cbor_text(&payload, PB_STR("backups"));
    pb_cbor_uint(&payload, p->done.backups);
    pb_cbor_text(&payload, PB_STR("pieces"));
    pb_cbor_uint(&payload, p->done.pieces);
    const backup_log log = {.call = p->call, .kind = "backup.pruned", .payload = &payload};
    return backup_log_event(workspace, &log, err);
}

static pb_status prune_all(db_workspace *workspace, pruning *p, const char *place, pb_error *err)
{
    p->needed = pb_map_new(p->arena);
    if (p->needed == NULL || p->table == NULL)
        return pb_fail_memory(err);
    PB_TRY(remove_manifests(p, err));
    pb_status status = remove_pieces(p, err);
    pb_status logged = log_pruned(workspace, p, place, status == PB_OK ? err : NULL);
    return status == PB_OK ? logged : status;
}

pb_status backup_prune(db_workspace *workspace, const backup_call *call, const backup_plan *plan,
                       const char *place, backup_pruned *ret_pruned, pb_error *err)
{
    pruning p = {.plan = plan, .call = call, .arena = pb_arena_new((size_t)8 << 30)};
    db_hold *lock = NULL;
    piece_box *box = NULL;
    backup_target *target = NULL;
    p.table = malloc(sizeof *p.table);
    pb_status status =
        p.arena == NULL ? pb_fail_memory(err) : db_hold_take(workspace, "backup", &lock, err);
    if (status == PB_OK)
        status = open_room(workspace, place, &p.room, &target, &box, err);
    if (status == PB_OK)
        backup_target_watch(target, call->stop);
    if (status == PB_OK)
        status = prune_all(workspace, &p, place, err);
    *ret_pruned = p.done;
    room_end(&p.room);
    backup_target_close(target);
    piece_box_free(box);
    db_hold_release(lock);
    free(p.table);
    pb_arena_free(p.arena);
    return status;
}

static pb_status list_items(backup_room *room, pb_arena *arena, backup_item **ret_items,
                            size_t *ret_count, pb_error *err)
{
    backup_object *objects;
    size_t count, used = 0;
    int64_t former;
    PB_TRY(room_list(room, "backups", arena, &objects, &count, err));
    PB_TRY(former_newest(room, objects, count, arena, &former, err));
    backup_item *items = pb_arena_array(arena, count + 1, sizeof *items);
    if (items == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        items[used].name = objects[i].name.ptr;
        if (!room_moment_parse(objects[i].name, ".manifest", &items[used].at_us))
            continue;
        items[used].former = items[used].at_us == former;
        used++;
    }
    *ret_items = items;
    *ret_count = used;
    return PB_OK;
}

pb_status backup_list(db_workspace *workspace, const char *place, pb_arena *arena,
                      backup_item **ret_items, size_t *ret_count, pb_error *err)
{
    backup_room room = {0};
    backup_target *target = NULL;
    piece_box *box = NULL;
    pb_status status = open_room(workspace, place, &room, &target, &box, err);
    if (status == PB_OK)
        status = list_items(&room, arena, ret_items, ret_count, err);
    room_end(&room);
    backup_target_close(target);
    piece_box_free(box);
    return status;
}
