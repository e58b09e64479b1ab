/* Finding a backup at a place. */
#include "source.h"
#include "fence.h"

static pb_status no_backup(const backup_target *target, pb_error *err)
{
    pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no backup at {place}."), "place",
            backup_target_place(target), NULL);
    pb_error_hint(err, PB_MSG("Check the place; with --time, ask for a later moment."), NULL);
    return PB_NOT_FOUND;
}

static pb_status several(const backup_target *target, const backup_object *objects, size_t count,
                         pb_error *err)
{
    PB_AUTO_BUF list = PB_BUF_INIT(PB_MSG_ARG_MAX);
    for (size_t i = 0; i < count; i++)
        pb_buf_printf(&list, "%s%.*s", i > 0 ? ", " : "", PB_STR_FMT(objects[i].name));
    pb_fail(err, PB_USAGE, PB_MSG("There are backups of several workspaces at {place}."), "place",
            backup_target_place(target), NULL);
    pb_error_detail(err, PB_MSG("Workspaces: {list}"), "list", pb_buf_cstr(&list), NULL);
    pb_error_hint(err, PB_MSG("Say which one with --id."), NULL);
    return PB_USAGE;
}

static pb_status find_workspace(backup_source *source, const char *wanted, pb_uuid *ret_id,
                                pb_error *err)
{
    backup_object *objects;
    size_t count;
    if (wanted != NULL) {
        if (pb_uuid_parse(pb_str_c(wanted), ret_id))
            return PB_OK;
        return pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no id of a workspace."), "value", wanted,
                       NULL);
    }
    PB_TRY(backup_target_list(source->target, "workspaces", source->arena, &objects, &count, err));
    if (count > 1)
        return several(source->target, objects, count, err);
    if (count == 0 || !pb_uuid_parse(objects[0].name, ret_id))
        return no_backup(source->target, err);
    return PB_OK;
}

/* The newest manifest up to a moment by its date, still sealed; the objects of all. */
static pb_status find_manifest(backup_source *source, int64_t until_us, pb_buf *bytes,
                               backup_object **ret_objects, size_t *ret_count, pb_error *err)
{
    backup_object *objects;
    size_t count;
    bool found = false;
    source->newest_us = source->passed_us = INT64_MIN;
    PB_TRY(room_list(&source->room, "backups", source->arena, &objects, &count, err));
    for (size_t i = count; i > 0 && !found; i--) {
        int64_t at;
        if (!room_moment_parse(objects[i - 1].name, ".manifest", &at))
            continue;
        if (source->newest_us == INT64_MIN)
            source->newest_us = at;
        found = at <= until_us;
        if (found)
            room_moment_label("backups", at, ".manifest", source->label);
    }
    *ret_objects = objects;
    *ret_count = count;
    return found ? room_get(&source->room, source->label, bytes, err)
                 : no_backup(source->target, err);
}

/* ---- the latest in truth ---- */

/* A ledger only grows. One that was longer, dated before the place was last told of a shorter, was
 * given up for an earlier state since: what lies behind it is not what the workspace became. */
static bool given_up(const fence_primary *told, const manifest *m)
{
    return told->there && m->facts.ledger_size > told->size && m->at_us < told->told_us;
}

static pb_status read_other(backup_source *source, const char *label, manifest *ret_manifest,
                            pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    PB_TRY(room_get(&source->room, label, &bytes, err));
    return manifest_read(source->box, label, pb_buf_str(&bytes), source->arena, ret_manifest, err);
}

/* Of several with the same ledger the one dated latest stays. */
static pb_status take_if_later(backup_source *source, const fence_primary *told, int64_t at,
                               pb_error *err)
{
    manifest m;
    char label[ROOM_NAME];
    room_moment_label("backups", at, ".manifest", label);
    pb_status status = read_other(source, label, &m, err);
    if (status == PB_CORRUPT || status == PB_NOT_FOUND || status == PB_UNSUPPORTED) {
        source->unread++; /* a restore of another does not wait for it */
        return PB_OK;
    }
    PB_TRY(status);
    if (given_up(told, &m) ||
        (m.facts.ledger_size <= source->m.facts.ledger_size && !given_up(told, &source->m)))
        return PB_OK;
    if (source->passed_us == INT64_MIN)
        source->passed_us = source->m.at_us;
    source->m = m;
    memcpy(source->label, label, sizeof label);
    return PB_OK;
}

static pb_status find_latest(backup_source *source, const backup_object *objects, size_t count,
                             pb_error *err)
{
    fence_primary told = {0};
    pb_status status = fence_told(&source->room, &told, err);
    if (status == PB_CORRUPT || status == PB_NOT_FOUND)
        told = (fence_primary){0};
    else
        PB_TRY(status);
    /* A place is told with every backup. The one dated last is the latest while no date lies behind
     * the last telling; a clock that was wrong leaves one that does, and only then all are read. */
    if (told.there && source->m.at_us <= told.told_us && !given_up(&told, &source->m))
        return PB_OK;
    for (size_t i = count; i > 0; i--) {
        int64_t at;
        if (room_moment_parse(objects[i - 1].name, ".manifest", &at) && at != source->newest_us)
            PB_TRY(take_if_later(source, &told, at, err));
    }
    return PB_OK;
}

static void keyring_subkey(const void *context, const char purpose[8], uint8_t ret_key[32])
{
    db_keyring_subkey(context, purpose, ret_key);
}

pb_status source_open(backup_source *source, backup_target *target, const char *workspace,
                      int64_t until_us, const db_key_source *key, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(PIECE_MAX);
    pb_uuid id, of_head;
    pb_str head;
    backup_object *objects = NULL;
    size_t count = 0;
    *source = (backup_source){.target = target, .arena = pb_arena_new((size_t)8 << 30)};
    if (source->arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(find_workspace(source, workspace, &id, err));
    room_init(&source->room, target, NULL, id);
    PB_TRY(find_manifest(source, until_us, &bytes, &objects, &count, err));
    PB_TRY(manifest_split(pb_buf_str(&bytes), source->arena, &head, err));
    PB_TRY(db_keyring_open(head, key, &source->keyring, err));
    PB_TRY(db_head_id(head, &of_head, err));
    PB_TRY(piece_box_new(keyring_subkey, source->keyring, &source->box, err));
    source->room.box = source->box;
    PB_TRY(manifest_read(source->box, source->label, pb_buf_str(&bytes), source->arena, &source->m,
                         err));
    if (until_us == INT64_MAX)
        PB_TRY(find_latest(source, objects, count, err));
    if (memcmp(source->m.workspace.b, id.b, sizeof id.b) != 0 ||
        memcmp(of_head.b, id.b, sizeof id.b) != 0)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The backup {piece} is of another workspace."),
                       "piece", source->label, NULL);
    return PB_OK;
}

void source_close(backup_source *source)
{
    room_end(&source->room);
    piece_box_free(source->box);
    db_keyring_close(source->keyring);
    pb_arena_free(source->arena);
}
