/* How a standby stands, and what is noted there. */
#include "standby.h"

#include "shiplog.h"

#include "base/cbor.h"

/* ---- looking ---- */

static pb_status count_notes(void *context, pb_str event, pb_error *err)
{
    (void)event;
    (void)err;
    (*(uint64_t *)context)++;
    return PB_OK;
}

static pb_status standby_count_notes(db_workspace *standby, uint64_t *ret_count, pb_error *err)
{
    *ret_count = 0;
    return db_standby_notes(standby, count_notes, ret_count, err);
}

static pb_status look_inside(db_workspace *workspace, backup_standby_seen *seen, pb_error *err)
{
    db_session *session = NULL;
    ledger_head head;
    const db_standby *standby = db_standby_of(workspace);
    seen->standby = standby != NULL;
    if (standby != NULL)
        seen->state = *standby;
    PB_TRY(standby_count_notes(workspace, &seen->notes, err));
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = db_epoch_read(session, &seen->epoch, err);
    if (status == PB_OK && ledger_head_read(session, &head, NULL) == PB_OK) {
        seen->events = head.size;
        seen->event_us = head.at_us;
    }
    db_snapshot_close(session);
    return status;
}

static pb_status count_waiting(backup_room *room, const db_standby *state, const char *folder,
                               pb_arena *arena, uint64_t *ret_count, pb_error *err)
{
    uint64_t *there, *here;
    size_t there_count, here_count;
    uint64_t have = state->rest.position.sequence;
    PB_TRY(db_standby_beside(folder, arena, &here, &here_count, err));
    if (here_count > 0 && here[here_count - 1] > have)
        have = here[here_count - 1];
    PB_TRY(
        shiplog_list(room, &state->rest.position.timeline, have, arena, &there, &there_count, err));
    *ret_count = there_count;
    return PB_OK;
}

static pb_status ask_room(backup_room *room, const backup_standby_options *options, pb_arena *arena,
                          backup_standby_seen *seen, pb_error *err)
{
    fence_primary primary;
    fence_epoch latest;
    PB_TRY(fence_told(room, &primary, err));
    PB_TRY(fence_latest(room, NULL, arena, &latest, err));
    if (seen->standby)
        PB_TRY(count_waiting(room, &seen->state, options->folder, arena, &seen->waiting, err));
    if (primary.there)
        snprintf(seen->state.primary, sizeof seen->state.primary, "%s", primary.name);
    seen->told_us = primary.told_us;
    seen->told_events = primary.size;
    seen->told_event_us = primary.head_us;
    seen->takeover = latest.epoch.number;
    snprintf(seen->taken_over_by, sizeof seen->taken_over_by, "%s", latest.by);
    return PB_OK;
}

static pb_status ask_place(db_workspace *workspace, const char *place,
                           const backup_standby_options *options, backup_standby_seen *seen,
                           pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)1 << 30);
    backup_target *target = NULL;
    piece_box *box = NULL;
    backup_room room;
    pb_uuid id;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(backup_workspace_id(workspace, &id, err));
    PB_TRY(piece_box_new(backup_subkey, workspace, &box, err));
    pb_status status = backup_target_find(place, &target, err);
    if (status == PB_OK) {
        room_init(&room, target, box, id);
        status = ask_room(&room, options, arena, seen, err);
        room_end(&room);
    }
    backup_target_close(target);
    piece_box_free(box);
    return status;
}

pb_status backup_standby_look(const model_schema *schema, const backup_call *call,
                              const backup_standby_options *options, backup_standby_seen *ret_seen,
                              pb_error *err)
{
    db_workspace *workspace = NULL;
    db_options open = {.key = options->key, .older = DB_OLDER_REFUSE};
    (void)call;
    *ret_seen = (backup_standby_seen){0};
    PB_TRY(db_workspace_open(options->folder, schema, &open, &workspace, err));
    pb_status status = look_inside(workspace, ret_seen, err);
    const char *place = options->from != NULL ? options->from : ret_seen->state.from;
    if (status == PB_OK && place[0] != '\0')
        ret_seen->asked = ask_place(workspace, place, options, ret_seen, &ret_seen->error) == PB_OK;
    db_workspace_close(workspace);
    return status;
}

/* ---- notes ---- */

enum { NOTE_MAX = 2 << 20 };

pb_status backup_standby_note(db_workspace *standby, const ledger_event *event, pb_error *err)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(NOTE_MAX);
    pb_cbor_array(&bytes, 6);
    pb_cbor_text(&bytes, pb_str_c(event->kind));
    pb_cbor_int(&bytes, event->at_us);
    pb_cbor_text(&bytes, event->actor.name.ptr != NULL ? event->actor.name : PB_STR(""));
    pb_cbor_text(&bytes, event->actor.purpose.ptr != NULL ? event->actor.purpose : PB_STR(""));
    pb_cbor_text(&bytes, event->actor.via.ptr != NULL ? event->actor.via : PB_STR(""));
    pb_cbor_bytes(&bytes, event->payload.ptr != NULL ? event->payload : PB_STR(""));
    if (bytes.failed)
        return pb_fail_buffer(&bytes, PB_MSG("The event is too large to be noted."), err);
    return db_standby_note(standby, pb_buf_str(&bytes), err);
}

typedef struct taking {
    db_session *session;
    uint64_t count;
} taking;

static pb_str text_or_none(pb_str text)
{
    return text.len > 0 ? text : PB_STR_NONE;
}

static pb_status take_note(void *context, pb_str bytes, pb_error *err)
{
    taking *t = context;
    pb_cbor in = {.in = bytes};
    ledger_event event = {0};
    uint64_t sequence;
    char kind[64] = "";
    if (pb_cbor_get_array(&in) != 6)
        in.bad = true;
    pb_str name = pb_cbor_get_text(&in);
    event.at_us = pb_cbor_get_int(&in);
    event.actor.name = pb_cbor_get_text(&in);
    event.actor.purpose = text_or_none(pb_cbor_get_text(&in));
    event.actor.via = text_or_none(pb_cbor_get_text(&in));
    event.payload = text_or_none(pb_cbor_get_bytes(&in));
    if (!pb_cbor_done(&in) || name.len >= sizeof kind)
        return pb_fail(err, PB_CORRUPT, PB_MSG("A note of the standby cannot be read."), NULL);
    snprintf(kind, sizeof kind, "%.*s", PB_STR_FMT(name));
    event.kind = kind;
    t->count++;
    return ledger_append(t->session, &event, &sequence, err);
}

pb_status standby_take_notes(db_workspace *standby, db_session *session, uint64_t *ret_count,
                             pb_error *err)
{
    taking t = {.session = session};
    PB_TRY(db_standby_notes(standby, take_note, &t, err));
    *ret_count = t.count;
    return PB_OK;
}
