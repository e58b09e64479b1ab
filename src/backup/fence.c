#include "fence.h"

#include "base/time.h"
#include "merkle/note.h"

enum { NOTE_MAX = 64 << 10, NAME_LEN = 20 + 1 + 36 };

/* ---- objects ---- */

static pb_status put(backup_room *room, const char *label, pb_buf *text, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(NOTE_MAX), sealed = PB_BUF_INIT(2 * NOTE_MAX);
    if (text->failed)
        return pb_fail_memory(err);
    PB_TRY(ledger_note_sign(piece_box_seed(room->box), pb_buf_str(text), &note, err));
    PB_TRY(piece_seal(room->box, label, 1, pb_buf_str(&note), &sealed, err));
    PB_TRY(room_put(room, label, pb_buf_str(&sealed), err));
    return backup_target_settle(room->target, err);
}

static pb_status altered(const char *label, pb_error *err)
{
    pb_fail(err, PB_CORRUPT, PB_MSG("The file {file} at the place of backups was altered."), "file",
            label, NULL);
    pb_error_hint(err, PB_MSG("See who else writes to the place."), NULL);
    return PB_CORRUPT;
}

/* The text of an object lies in `note`. */
static pb_status get(backup_room *room, const char *label, pb_buf *note, pb_str *ret_text,
                     pb_error *err)
{
    PB_AUTO_BUF sealed = PB_BUF_INIT(PIECE_MAX);
    PB_TRY(room_get(room, label, &sealed, err));
    pb_status status = piece_open(room->box, label, pb_buf_str(&sealed), note, NULL);
    if (status == PB_OK)
        status = ledger_note_open(piece_box_seed(room->box), pb_buf_str(note), ret_text, NULL);
    if (status == PB_MEMORY)
        return pb_fail_memory(err);
    return status == PB_OK ? PB_OK : altered(label, err);
}

/* The rest of the next line behind `word` and a blank. */
static bool line_of(pb_str *rest, const char *word, pb_str *ret_value)
{
    pb_str line, first;
    if (!pb_str_split(rest, '\n', &line) || !pb_str_split(&line, ' ', &first) ||
        !pb_str_eq(first, pb_str_c(word)))
        return false;
    *ret_value = line;
    return true;
}

static bool number_of(pb_str *rest, const char *word, int64_t *ret)
{
    pb_str value;
    return line_of(rest, word, &value) && pb_str_to_i64(value, ret);
}

static bool name_of(pb_str *rest, const char *word, char ret[FENCE_NAME])
{
    pb_str value;
    if (!line_of(rest, word, &value) || value.len >= FENCE_NAME)
        return false;
    snprintf(ret, FENCE_NAME, "%.*s", PB_STR_FMT(value));
    return true;
}

/* ---- takeovers ---- */

static void epoch_label(const db_epoch *epoch, char ret[ROOM_NAME])
{
    char holder[37];
    pb_uuid_text(epoch->holder, holder);
    snprintf(ret, ROOM_NAME, "epoch/%020llu-%s", (unsigned long long)epoch->number, holder);
}

static bool epoch_parse(pb_str name, db_epoch *ret)
{
    int64_t number;
    if (name.len != NAME_LEN || !pb_str_to_i64(pb_str_sub(name, 0, 20), &number) || number < 1 ||
        !pb_uuid_parse(pb_str_sub(name, 21, 36), &ret->holder))
        return false;
    ret->number = (uint64_t)number;
    return true;
}

static bool same_epoch(const db_epoch *a, const db_epoch *b)
{
    return a != NULL && a->number == b->number &&
           memcmp(a->holder.b, b->holder.b, sizeof a->holder.b) == 0;
}

pb_status fence_put(backup_room *room, const fence_epoch *epoch, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(NOTE_MAX);
    char label[ROOM_NAME];
    epoch_label(&epoch->epoch, label);
    pb_buf_printf(&text, "probity epoch 1\nworkspace %s\nby %s\nat %lld\nend\n", room->id,
                  epoch->by, (long long)epoch->at_us);
    return put(room, label, &text, err);
}

pb_status fence_remove(backup_room *room, const db_epoch *epoch, pb_error *err)
{
    char label[ROOM_NAME];
    epoch_label(epoch, label);
    PB_TRY(room_remove(room, label, err));
    return backup_target_settle(room->target, err);
}

/* Who it was; a takeover whose object cannot be read counts all the same. */
static pb_status read_epoch(backup_room *room, fence_epoch *epoch, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(NOTE_MAX);
    char label[ROOM_NAME];
    pb_str rest, value;
    epoch_label(&epoch->epoch, label);
    PB_TRY(get(room, label, &note, &rest, err));
    if (!line_of(&rest, "probity", &value) || !line_of(&rest, "workspace", &value) ||
        !pb_str_eq(value, pb_str_c(room->id)) || !name_of(&rest, "by", epoch->by) ||
        !number_of(&rest, "at", &epoch->at_us))
        return altered(label, err);
    return PB_OK;
}

static pb_status look(backup_room *room, const db_epoch *own, pb_arena *arena, fence_epoch *ret,
                      bool *ret_known, pb_error *err)
{
    backup_object *objects;
    size_t count;
    fence_epoch latest = {0};
    *ret_known = false;
    PB_TRY(room_list(room, "epoch", arena, &objects, &count, err));
    for (size_t i = 0; i < count; i++) {
        db_epoch one;
        if (!epoch_parse(objects[i].name, &one))
            continue;
        if (same_epoch(own, &one))
            *ret_known = true;
        else if (one.number > latest.epoch.number)
            latest.epoch = one;
    }
    if (latest.epoch.number > 0)
        PB_TRY(read_epoch(room, &latest, err));
    *ret = latest;
    return PB_OK;
}

pb_status fence_latest(backup_room *room, const db_epoch *own, pb_arena *arena, fence_epoch *ret,
                       pb_error *err)
{
    bool known;
    return look(room, own, arena, ret, &known, err);
}

pb_status fence_check(backup_room *room, const fence_epoch *own, pb_arena *arena, pb_error *err)
{
    fence_epoch latest;
    bool known;
    PB_TRY(look(room, &own->epoch, arena, &latest, &known, err));
    if (latest.epoch.number == 0 || latest.epoch.number < own->epoch.number)
        return known || own->epoch.number == 0 ? PB_OK : fence_put(room, own, err);
    PB_AUTO_BUF when = PB_BUF_INIT(64);
    pb_instant_format(&when, latest.at_us);
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The workspace was taken over by {by}: nothing more is sent from here to "
                   "{place}."),
            "by", latest.by, "place", backup_target_place(room->target), NULL);
    pb_error_detail(err,
                    PB_MSG("Takeover {number} was on {time}; this workspace comes from takeover "
                           "{own}."),
                    "number", PB_ARG_INT(latest.epoch.number), "time", pb_buf_cstr(&when), "own",
                    PB_ARG_INT(own->epoch.number), NULL);
    pb_error_hint(err,
                  PB_MSG("Do not write here any more: work on {by}. To go on here instead and give "
                         "that one up: probity standby --promote --from {place} WORKSPACE"),
                  "by", latest.by, "place", backup_target_place(room->target), NULL);
    return PB_CONFLICT;
}

/* ---- the primary ---- */

pb_status fence_tell(backup_room *room, const fence_own *own, pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(NOTE_MAX);
    pb_buf_printf(&text,
                  "probity primary 1\nworkspace %s\nname %s\nepoch %llu\ntold %lld\nhead %lld\n"
                  "ledger ",
                  room->id, own->epoch.by, (unsigned long long)own->epoch.epoch.number,
                  (long long)own->epoch.at_us, (long long)own->head.at_us);
    pb_base64(&text, own->note.ptr, own->note.len);
    pb_buf_addc(&text, "\nend\n");
    return put(room, "primary", &text, err);
}

static bool read_head(const backup_room *room, pb_str base64, fence_primary *primary)
{
    PB_AUTO_BUF note = PB_BUF_INIT(NOTE_MAX);
    merkle_checkpoint head;
    pb_str text;
    if (!pb_unbase64(base64, &note))
        return false;
    if (note.len == 0) /* not one event yet */
        return true;
    if (ledger_note_open(piece_box_seed(room->box), pb_buf_str(&note), &text, NULL) != PB_OK ||
        merkle_checkpoint_parse(text, &head, NULL) != PB_OK)
        return false;
    primary->size = head.size;
    memcpy(primary->root, head.root.b, sizeof primary->root);
    return true;
}

pb_status fence_told(backup_room *room, fence_primary *ret_primary, pb_error *err)
{
    PB_AUTO_BUF note = PB_BUF_INIT(NOTE_MAX);
    fence_primary primary = {.there = true};
    pb_str rest, value;
    int64_t epoch;
    pb_status status = get(room, "primary", &note, &rest, err);
    if (status == PB_NOT_FOUND) {
        *ret_primary = (fence_primary){0};
        return PB_OK;
    }
    PB_TRY(status);
    if (!line_of(&rest, "probity", &value) || !line_of(&rest, "workspace", &value) ||
        !pb_str_eq(value, pb_str_c(room->id)) || !name_of(&rest, "name", primary.name) ||
        !number_of(&rest, "epoch", &epoch) || !number_of(&rest, "told", &primary.told_us) ||
        !number_of(&rest, "head", &primary.head_us) || !line_of(&rest, "ledger", &value) ||
        !read_head(room, value, &primary))
        return altered("primary", err);
    primary.epoch = (uint64_t)epoch;
    *ret_primary = primary;
    return PB_OK;
}
