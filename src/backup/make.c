/* A backup from end to end: one copy of the workspace, sent to place after place. */
#include "backup/plan.h"
#include "erasures.h"
#include "facts.h"
#include "fence.h"
#include "former.h"
#include "internal.h"
#include "send.h"
#include "sendrows.h"
#include "shiplog.h"

#include "base/cbor.h"
#include "db/rows.h"
#include "sys/clock.h"
#include "sys/file.h"

typedef struct making {
    db_workspace *workspace;
    const backup_call *call;
    db_copy *copy;
    piece_box *box;
    pb_arena *arena;
    manifest m;
    uint64_t device;      /* the disk of the workspace */
    bool rows;            /* it lies on a server: rows go, not pages */
    bool log, log_only;   /* the log is kept; nothing else is to go */
    bool erasures_only;   /* nothing but what was erased is to go */
    bool former;          /* it is older, and about to be brought up to date: nothing is written */
    db_session *snapshot; /* instead of a copy */
    fence_own own;        /* what places are told of it */
} making;

void backup_subkey(const void *context, const char purpose[8], uint8_t ret_key[32])
{
    db_workspace_subkey(context, purpose, ret_key);
}

pb_status backup_workspace_id(const db_workspace *workspace, pb_uuid *ret_id, pb_error *err)
{
    PB_AUTO_BUF head = PB_BUF_INIT(8192);
    PB_TRY(db_head_read(workspace, &head, err));
    return db_head_id(pb_buf_str(&head), ret_id, err);
}

/* The model that counts and sums are asked by. Tables of a former state have another. */
static const model_schema *facts_schema(const making *k)
{
    return k->former ? NULL : db_workspace_schema(k->workspace);
}

/* The copy, and what it is like from outside. */
static pb_status take_copy(making *k, pb_error *err)
{
    PB_TRY(db_copy_open(k->workspace, &k->copy, err));
    const db_copy_facts *about = db_copy_about(k->copy);
    k->m = (manifest){.workspace = about->workspace,
                      .at_us = about->at_us,
                      .head = about->head,
                      .page_size = DB_PAGE_SIZE,
                      .pages = about->page_count,
                      .position = about->position};
    return facts_read(db_copy_session(k->copy), facts_schema(k), k->box, false, k->arena,
                      &k->m.facts, err);
}

static pb_status nothing(db_session *session, void *context, pb_error *err)
{
    (void)session;
    (void)context;
    (void)err;
    return PB_OK;
}

/* The state of a server's workspace: one snapshot, which all that follows sees. It may be taken at
 * a replica, but at none that lacks a commit of this very moment. */
static pb_status take_snapshot(making *k, pb_error *err)
{
    PB_AUTO_BUF head = PB_BUF_INIT(8192);
    k->m = (manifest){.at_us = sys_now_us()};
    if (!k->former) /* that one is read where it is written */
        PB_TRY(db_write(k->workspace, nothing, NULL, err));
    PB_TRY(db_snapshot_open(k->workspace, &k->snapshot, err));
    PB_TRY(db_head_read(k->workspace, &head, err));
    PB_TRY(db_head_id(pb_buf_str(&head), &k->m.workspace, err));
    k->m.head = pb_arena_str(k->arena, pb_buf_str(&head));
    if (k->m.head.ptr == NULL)
        return pb_fail_memory(err);
    return facts_read(k->snapshot, facts_schema(k), k->box, true, k->arena, &k->m.facts, err);
}

/* No copy goes: what is committed now. */
static pb_status take_now(making *k, pb_error *err)
{
    k->m.at_us = k->call->now_us;
    PB_TRY(backup_workspace_id(k->workspace, &k->m.workspace, err));
    return db_snapshot_open(k->workspace, &k->snapshot, err);
}

static pb_status no_log_here(pb_error *err)
{
    pb_fail(err, PB_UNSUPPORTED, PB_MSG("The log of a database server is kept by pgbackrest."),
            NULL);
    pb_error_hint(err, PB_MSG("Have its configuration written: probity backup --write-pgbackrest"),
                  NULL);
    return PB_UNSUPPORTED;
}

static pb_status begin(making *k, pb_error *err)
{
    uint64_t left;
    k->arena = pb_arena_new((size_t)8 << 30);
    if (k->arena == NULL)
        return pb_fail_memory(err);
    k->rows = db_place_is_server(db_workspace_url(k->workspace));
    if (!k->rows)
        PB_TRY(sys_path_device(db_workspace_url(k->workspace), &k->device, &left, err));
    PB_TRY(piece_box_new(backup_subkey, k->workspace, &k->box, err));
    PB_TRY(fence_own_read(&k->own, k->workspace, k->call->now_us, k->arena, err));
    if (!k->rows)
        PB_TRY(db_log_is_kept(k->workspace, &k->log, err));
    k->log = k->log && !k->erasures_only;
    if (k->log)
        PB_TRY(db_log_seal(k->workspace, err));
    if (k->log_only && k->rows)
        return no_log_here(err);
    if (k->log_only && !k->log) {
        pb_fail(err, PB_INVALID, PB_MSG("The log of the workspace is not kept."), NULL);
        pb_error_hint(
            err, PB_MSG("Declare it with `keep_log: true`: probity backups --declare FILE"), NULL);
        return PB_INVALID;
    }
    if (k->log_only || k->erasures_only)
        return take_now(k, err);
    return k->rows ? take_snapshot(k, err) : take_copy(k, err);
}

static void end(making *k)
{
    db_snapshot_close(k->snapshot);
    db_copy_close(k->copy);
    piece_box_free(k->box);
    pb_arena_free(k->arena);
}

/* Erasures first: a place that has the backup must know what was erased before it, and so much the
 * more a place that gets no further. */
static pb_status send_room(making *k, backup_target *target, pb_arena *arena, backup_sent *sent,
                           pb_error *err)
{
    backup_room room;
    manifest m = k->m;
    room_init(&room, target, k->box, k->m.workspace);
    db_session *session = k->snapshot != NULL ? k->snapshot : db_copy_session(k->copy);
    pb_status status = fence_check(&room, &k->own.epoch, arena, err);
    if (status == PB_OK)
        status = erasures_publish(&room, session, k->m.at_us, &sent->erasures, err);
    if (status == PB_OK && k->log)
        status = shiplog_send(&room, k->workspace, sent, err);
    if (status == PB_OK && k->rows && !k->erasures_only)
        status = send_rows(&room, k->snapshot, k->call, &m, arena, sent, err);
    else if (status == PB_OK && !k->log_only && !k->erasures_only)
        status = send_copy(&room, k->copy, k->call, &m, arena, sent, err);
    if (status == PB_OK && k->former)
        status = former_mark(&room, k->m.at_us, err);
    if (status == PB_OK) /* whoever took over meanwhile has seen what came before, not this */
        status = fence_check(&room, &k->own.epoch, arena, err);
    if (k->own.epoch.at_us < k->m.at_us)
        k->own.epoch.at_us = k->m.at_us; /* no backup is dated behind what the place was told */
    if (status == PB_OK)
        status = fence_tell(&room, &k->own, err);
    room_end(&room);
    return status;
}

static pb_status send_to(making *k, const char *place, backup_sent *sent, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)8 << 30);
    backup_target *target = NULL;
    uint64_t device, left;
    int64_t start = sys_monotonic_us();
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(backup_target_open(place, &target, err));
    backup_target_watch(target, k->call->stop);
    sent->same_disk =
        !k->rows && backup_target_device(target, &device, &left) && device == k->device;
    pb_status status = send_room(k, target, arena, sent, err);
    backup_target_close(target);
    sent->us = sys_monotonic_us() - start;
    return status;
}

/* ---- the event ---- */

static pb_status log_work(db_session *session, void *context, pb_error *err)
{
    const backup_log *log = context;
    ledger_event event = {.kind = log->kind,
                          .at_us = log->call->now_us,
                          .actor = log->call->actor,
                          .payload = pb_buf_str(log->payload)};
    uint64_t sequence;
    PB_TRY(ledger_append(session, &event, &sequence, err));
    return log->row != NULL ? log->row(session, log->context, err) : PB_OK;
}

pb_status backup_log_event(db_workspace *workspace, const backup_log *log, pb_error *err)
{
    if (log->payload->failed)
        return pb_fail_memory(err);
    backup_log copy = *log;
    return db_write(workspace, log_work, &copy, err);
}

static void put_number(pb_buf *out, const char *name, uint64_t value)
{
    pb_cbor_text(out, pb_str_c(name));
    pb_cbor_uint(out, value);
}

static pb_status sent_row(db_session *session, void *context, pb_error *err)
{
    return backup_sent_row(session, context, err);
}

pb_status backup_sent_row(db_session *session, const backup_sent *sent, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_backup_run (n, at_us, place, backup, pieces, bytes, us, same_disk)"
        " VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM t_backup_run), ?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, sent->at_us);
    db_bind_text(stmt, 2, pb_str_c(sent->place));
    db_bind_text(stmt, 3, pb_str_c(sent->name));
    db_bind_i64(stmt, 4, (int64_t)sent->pieces_sent);
    db_bind_i64(stmt, 5, (int64_t)sent->bytes_sent);
    db_bind_i64(stmt, 6, sent->us);
    db_bind_i64(stmt, 7, sent->same_disk);
    return db_run(stmt, err);
}

static void sent_payload(const backup_sent *sent, pb_buf *payload)
{
    pb_cbor_map(payload, 7);
    pb_cbor_text(payload, PB_STR("place"));
    pb_cbor_text(payload, pb_str_c(sent->place));
    pb_cbor_text(payload, PB_STR("backup"));
    pb_cbor_text(payload, pb_str_c(sent->name));
    put_number(payload, "pieces", sent->pieces_sent);
    put_number(payload, "kept", sent->pieces_kept);
    put_number(payload, "bytes", sent->bytes_sent);
    put_number(payload, "ledger", sent->events);
    put_number(payload, "same_disk", sent->same_disk);
}

static pb_status log_sent(making *k, backup_sent *sent, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    sent_payload(sent, &payload);
    const backup_log log = {k->call, "backup.made", &payload, sent_row, sent};
    return backup_log_event(k->workspace, &log, err);
}

pb_status backup_former_log(db_session *session, const backup_call *call, backup_sent *sent,
                            pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    sent_payload(sent, &payload);
    backup_log log = {call, "backup.made", &payload, sent_row, sent};
    return payload.failed ? pb_fail_memory(err) : log_work(session, &log, err);
}

pb_status backup_send_once(db_workspace *workspace, const backup_call *call, backup_target *target,
                           backup_sent *sent, pb_error *err)
{
    making k = {.workspace = workspace, .call = call};
    PB_AUTO_ARENA arena = pb_arena_new((size_t)8 << 30);
    *sent = (backup_sent){.place = backup_target_place(target)};
    pb_status status = arena == NULL ? pb_fail_memory(err) : begin(&k, err);
    if (status == PB_OK)
        status = send_room(&k, target, arena, sent, err);
    end(&k);
    return status;
}

static pb_status make_all(making *k, const char *const *places, size_t count, backup_sent *ret_sent,
                          pb_error *err)
{
    pb_status first = PB_OK;
    PB_TRY(begin(k, err));
    for (size_t i = 0; i < count; i++) {
        backup_sent *sent = &ret_sent[i];
        *sent = (backup_sent){
            .place = places[i], .at_us = k->m.at_us, .events = k->m.facts.ledger_size};
        sent->status = send_to(k, places[i], sent, &sent->error);
        if (sent->status == PB_OK && !k->log_only && !k->erasures_only && !k->former)
            sent->status = log_sent(k, sent, &sent->error);
        if (sent->status != PB_OK && first == PB_OK) {
            first = sent->status;
            if (err != NULL)
                *err = sent->error;
        }
        if (sent->status == PB_CANCELLED)
            break;
    }
    return first;
}

/* Pieces of the log that the copy holds are dropped when every declared place was among those that
 * just got them. */
static pb_status drop_log(making *k, const char *const *places, size_t count, pb_error *err)
{
    backup_plan plan;
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(k->workspace, &session, err));
    pb_status status = backup_plan_load(session, k->arena, &plan, err);
    db_snapshot_close(session);
    PB_TRY(status);
    for (size_t i = 0; i < plan.place_count; i++) {
        size_t at = 0;
        while (at < count && strcmp(plan.places[i], places[at]) != 0)
            at++;
        if (at == count)
            return PB_OK;
    }
    return db_log_drop(k->workspace, k->m.position.sequence, err);
}

static pb_status make(making *k, const char *const *places, size_t count, backup_sent *ret_sent,
                      pb_error *err)
{
    db_hold *lock = NULL;
    for (size_t i = 0; i < count; i++)
        ret_sent[i] = (backup_sent){.place = places[i], .status = PB_CANCELLED};
    PB_TRY(db_hold_take(k->workspace, "backup", &lock, err));
    pb_status status = make_all(k, places, count, ret_sent, err);
    if (status == PB_OK && k->log && !k->log_only && !k->former)
        status = drop_log(k, places, count, err);
    end(k);
    db_hold_release(lock);
    return status;
}

pb_status backup_make(db_workspace *workspace, const backup_call *call, const char *const *places,
                      size_t count, bool log_only, backup_sent *ret_sent, pb_error *err)
{
    making k = {.workspace = workspace, .call = call, .log_only = log_only};
    return make(&k, places, count, ret_sent, err);
}

pb_status backup_tell_erasures(db_workspace *workspace, const backup_call *call,
                               const char *const *places, size_t count, backup_sent *ret_sent,
                               pb_error *err)
{
    making k = {.workspace = workspace, .call = call, .erasures_only = true};
    return make(&k, places, count, ret_sent, err);
}

pb_status backup_former_send(db_workspace *workspace, const backup_call *call,
                             const char *const *places, size_t count, backup_sent *ret_sent,
                             pb_error *err)
{
    making k = {.workspace = workspace, .call = call, .former = true};
    return make(&k, places, count, ret_sent, err);
}
