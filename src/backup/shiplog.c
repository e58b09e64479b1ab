#include "shiplog.h"

#include "base/map.h"

#include <inttypes.h>

#define ENDING ".log"

/* Names sort as their pieces follow each other. */
static void label_of(const pb_uuid *timeline, uint64_t sequence, char ret[ROOM_NAME])
{
    char id[37];
    pb_uuid_text(*timeline, id);
    snprintf(ret, ROOM_NAME, "log/%s-%020" PRIu64 ENDING, id, sequence);
}

static bool parse_name(pb_str name, pb_uuid *ret_timeline, uint64_t *ret_sequence)
{
    int64_t sequence;
    if (name.len != 36 + 1 + 20 + strlen(ENDING) || !pb_str_ends(name, PB_STR(ENDING)) ||
        !pb_uuid_parse(pb_str_sub(name, 0, 36), ret_timeline) ||
        !pb_str_to_i64(pb_str_sub(name, 37, 20), &sequence) || sequence < 1)
        return false;
    *ret_sequence = (uint64_t)sequence;
    return true;
}

static bool same(const pb_uuid *a, const pb_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

/* ---- sending ---- */

static pb_status held_sizes(backup_room *room, pb_arena *arena, pb_map *held, pb_str *ret_newest,
                            pb_error *err)
{
    backup_object *objects;
    size_t count;
    if (held == NULL)
        return pb_fail_memory(err);
    PB_TRY(room_list(room, "log", arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        uint64_t *size = pb_map_put(held, objects[i].name, NULL);
        if (size == NULL)
            return pb_fail_memory(err);
        *size = objects[i].size;
        *ret_newest = objects[i].name;
    }
    return PB_OK;
}

static pb_status put_piece(backup_room *room, const char *label, pb_str plain, const uint64_t *held,
                           bool newest, backup_sent *sent, pb_error *err)
{
    bool durable = backup_target_durable(room->target);
    if (held != NULL && durable)
        return PB_OK;
    pb_buf_clear(&room->sealed);
    PB_TRY(piece_seal(room->box, label, 1, plain, &room->sealed, err));
    /* Where putting alone is no promise a process that died may have left a piece half written: the
     * newest is put again, and those whose size is not right. */
    if (held != NULL && *held == room->sealed.len && !newest)
        return PB_OK;
    PB_TRY(room_put(room, label, pb_buf_str(&room->sealed), err));
    sent->log_pieces++;
    sent->bytes_sent += room->sealed.len;
    return PB_OK;
}

pb_status shiplog_send(backup_room *room, db_workspace *workspace, backup_sent *sent, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF plain = PB_BUF_INIT(DB_LOG_PIECE_MAX + 4096);
    db_log_piece *pieces;
    size_t count;
    pb_str newest = PB_STR_NONE;
    if (arena == NULL)
        return pb_fail_memory(err);
    pb_map *held = pb_map_new(arena);
    PB_TRY(db_log_list(workspace, arena, &pieces, &count, err));
    PB_TRY(held_sizes(room, arena, held, &newest, err));
    for (size_t i = 0; i < count; i++) {
        db_log_facts about;
        char label[ROOM_NAME];
        pb_buf_clear(&plain);
        PB_TRY(db_log_read(workspace, &pieces[i], &plain, err));
        PB_TRY(db_log_describe(pb_buf_str(&plain), &about, err));
        label_of(&about.timeline, about.sequence, label);
        pb_str name = pb_str_c(label + strlen("log/"));
        PB_TRY(put_piece(room, label, pb_buf_str(&plain), pb_map_get(held, name),
                         pb_str_eq(name, newest), sent, err));
    }
    return backup_target_settle(room->target, err);
}

/* ---- applying ---- */

static pb_status fetch(backup_room *room, const char *label, pb_buf *plain, pb_error *err)
{
    pb_buf_clear(&room->sealed);
    pb_buf_clear(plain);
    PB_TRY(room_get(room, label, &room->sealed, err));
    return piece_open(room->box, label, pb_buf_str(&room->sealed), plain, err);
}

pb_status shiplog_list(backup_room *room, const pb_uuid *timeline, uint64_t after, pb_arena *arena,
                       uint64_t **ret_sequences, size_t *ret_count, pb_error *err)
{
    backup_object *objects;
    size_t count;
    PB_TRY(room_list(room, "log", arena, &objects, &count, err));
    uint64_t *sequences = pb_arena_array(arena, count + 1, sizeof *sequences);
    if (sequences == NULL)
        return pb_fail_memory(err);
    *ret_count = 0;
    for (size_t i = 0; i < count; i++) {
        pb_uuid of;
        uint64_t sequence;
        if (parse_name(objects[i].name, &of, &sequence) && same(&of, timeline) && sequence > after)
            sequences[(*ret_count)++] = sequence;
    }
    *ret_sequences = sequences;
    return PB_OK;
}

pb_status shiplog_get(backup_room *room, const pb_uuid *timeline, uint64_t sequence, pb_buf *plain,
                      pb_error *err)
{
    char label[ROOM_NAME];
    label_of(timeline, sequence, label);
    return fetch(room, label, plain, err);
}

pb_status shiplog_apply(backup_source *source, db_restore *restore, int64_t until_us,
                        backup_restored *restored, pb_error *err)
{
    static const pb_uuid none = {{0}};
    const db_position *position = &source->m.position;
    PB_AUTO_BUF plain = PB_BUF_INIT(PIECE_MAX);
    uint64_t *sequences;
    size_t count;
    if (same(&position->timeline, &none) || until_us <= source->m.at_us)
        return PB_OK; /* the very state of the backup: no log is needed, nor need it be there */
    PB_TRY(shiplog_list(&source->room, &position->timeline, position->sequence, source->arena,
                        &sequences, &count, err));
    if (until_us != INT64_MAX)
        db_restore_until(restore, until_us);
    for (size_t i = 0; i < count; i++) {
        db_log_facts about;
        PB_TRY(shiplog_get(&source->room, &position->timeline, sequences[i], &plain, err));
        PB_TRY(db_log_describe(pb_buf_str(&plain), &about, err));
        PB_TRY(db_restore_log(restore, pb_buf_str(&plain), err));
        restored->pieces++;
        restored->bytes += source->room.sealed.len;
        if (until_us == INT64_MAX && about.sealed_us > restored->at_us)
            restored->at_us = about.sealed_us;
    }
    db_restore_facts facts = db_restore_about(restore);
    restored->commits = facts.commits;
    restored->undated = facts.undated;
    if (until_us != INT64_MAX && facts.last_us > restored->at_us)
        restored->at_us = facts.last_us;
    return PB_OK;
}

/* ---- clearing away ---- */

static bool needed(const db_position *positions, size_t count, const pb_uuid *timeline,
                   uint64_t sequence)
{
    for (size_t i = 0; i < count; i++)
        if (same(&positions[i].timeline, timeline) && positions[i].sequence < sequence)
            return true;
    return false;
}

pb_status shiplog_prune(backup_room *room, const db_position *positions, size_t count,
                        pb_arena *arena, uint64_t *ret_removed, pb_error *err)
{
    backup_object *objects;
    size_t object_count;
    PB_TRY(room_list(room, "log", arena, &objects, &object_count, err));
    for (size_t i = 0; i < object_count; i++) {
        pb_uuid timeline;
        uint64_t sequence;
        char label[ROOM_NAME];
        if (!parse_name(objects[i].name, &timeline, &sequence) ||
            needed(positions, count, &timeline, sequence))
            continue;
        label_of(&timeline, sequence, label);
        PB_TRY(room_remove(room, label, err));
        (*ret_removed)++;
    }
    return PB_OK;
}
