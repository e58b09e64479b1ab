/* Drills: each fault is a small play with an ending that must come. */
#include "backup/drill.h"

#include "fault.h"
#include "internal.h"
#include "source.h"

#include "base/cbor.h"
#include "db/rows.h"
#include "sys/clock.h"
#include "sys/random.h"

typedef struct drilling {
    db_workspace *living;
    const backup_call *call;
    const db_key_source *key;
    const backup_check *check;
    backup_drilled *out;
    pb_arena *arena;
    char *folder; /* for everything the drill makes; removed afterwards */
    backup_plan plan;
    int64_t recorded_us; /* newest backup at this place as the workspace remembers it */
    bool server;         /* restored beside the workspace, where its login may; else in a folder */
} drilling;

static char *below(drilling *d, const char *name)
{
    return sys_path_join(d->arena, d->folder, name);
}

/* ---- what the workspace knows ---- */

static pb_status look_up(drilling *d, pb_error *err)
{
    backup_state *states;
    size_t count;
    db_session *session = NULL;
    d->recorded_us = INT64_MIN;
    PB_TRY(db_snapshot_open(d->living, &session, err));
    pb_status status = backup_plan_load(session, d->arena, &d->plan, err);
    if (status == PB_OK)
        status = backup_states(session, d->arena, &states, &count, err);
    for (size_t i = 0; status == PB_OK && i < count; i++)
        if (strcmp(states[i].place, d->out->place) == 0)
            d->recorded_us = states[i].at_us;
    db_snapshot_close(session);
    d->server = db_place_is_server(db_workspace_url(d->living)) &&
                db_refill_allowed(d->living, NULL) == PB_OK;
    return status;
}

/* ---- restoring ---- */

static backup_restore_options options_for(drilling *d, backup_target *target, const char *into)
{
    return (backup_restore_options){.from = d->out->place,
                                    .into = into,
                                    .target = target,
                                    .living = d->living,
                                    .until_us = INT64_MAX,
                                    .key = *d->key,
                                    .check = *d->check};
}

/* An older backup than the workspace knows of is one that was put back. */
static pb_status judge_age(drilling *d, const backup_restored *restored, pb_error *err)
{
    if (d->recorded_us == INT64_MIN || restored->at_us >= d->recorded_us)
        return PB_OK;
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The newest backup at {place} is older than the one the workspace remembers."),
            "place", d->out->place, NULL);
    pb_error_hint(err, PB_MSG("Somebody put an older state of the place back: find out who."),
                  NULL);
    return PB_CONFLICT;
}

static pb_status restore(drilling *d, const backup_restore_options *options,
                         backup_restored *restored, pb_error *err)
{
    char id[37];
    pb_uuid workspace;
    backup_restore_options whole = *options;
    PB_TRY(backup_workspace_id(d->living, &workspace, err));
    pb_uuid_text(workspace, id);
    whole.workspace = id;
    PB_TRY(backup_restore(db_workspace_schema(d->living), d->call, &whole, restored, err));
    return judge_age(d, restored, err);
}

/* Restores for a look: on the server of the workspace (`*ret_copy` is then open, and gone when it
 * is closed), or into the drill's folder. */
static pb_status bring_back(drilling *d, backup_target *target, db_workspace **ret_copy,
                            pb_error *err)
{
    char *into = below(d, "restored");
    if (into == NULL)
        return pb_fail_memory(err);
    backup_restore_options options = options_for(d, target, into);
    if (d->server) {
        options.beside = d->living;
        options.keep = ret_copy;
        pb_status status = restore(d, &options, &d->out->restored, err);
        if (status != PB_OK)
            *ret_copy = db_workspace_close(*ret_copy);
        if (status != PB_UNSUPPORTED) /* a backup of before it was moved to the server */
            return status;
        options.beside = NULL;
        options.keep = NULL;
    }
    return restore(d, &options, &d->out->restored, err);
}

/* The drill proper: back in time, with no more lost than declared. */
static pb_status drill_plain(drilling *d, backup_target *target, pb_error *err)
{
    backup_drilled *out = d->out;
    db_workspace *copy = NULL;
    pb_status status = bring_back(d, target, &copy, err);
    db_workspace_close(copy);
    PB_TRY(status);
    out->recover_us = out->restored.us;
    out->lose_us = d->call->now_us - out->restored.at_us;
    out->in_time = out->recover_us <= d->plan.recover_us;
    out->young =
        out->lose_us <= d->plan.lose_us && !backup_is_ahead(out->restored.at_us, d->call->now_us);
    if (out->lose_us < 0) /* the clock was set back since */
        out->lose_us = 0;
    if (backup_is_ahead(out->restored.at_us, d->call->now_us))
        return pb_fail(err, PB_LIMIT,
                       PB_MSG("The newest backup at {place} is dated in the future: how old it is "
                              "nobody knows."),
                       "place", out->place, NULL);
    if (!out->young)
        return pb_fail(err, PB_LIMIT, PB_MSG("The newest backup at {place} is too old."), "place",
                       out->place, NULL);
    if (!out->in_time)
        return pb_fail(err, PB_LIMIT, PB_MSG("Recovery from {place} takes too long."), "place",
                       out->place, NULL);
    return PB_OK;
}

/* ---- faults ---- */

/* What remains of a lost disk is at best the head; the backup and the key bring everything back. */
static pb_status lose_disk(drilling *d, backup_target *target, pb_error *noticed, pb_error *err)
{
    PB_AUTO_BUF head = PB_BUF_INIT(8192);
    db_workspace *lost = NULL;
    db_options open = {.key = *d->key};
    char *folder = below(d, "lost");
    char *file = folder == NULL ? NULL : sys_path_join(d->arena, folder, "workspace.yaml");
    char *into = below(d, "restored");
    if (file == NULL || into == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(folder, 0700, false, err));
    PB_TRY(db_head_read(d->living, &head, err));
    PB_TRY(sys_file_write(file, pb_buf_str(&head), 0600, err));
    pb_status status =
        db_workspace_open(folder, db_workspace_schema(d->living), &open, &lost, noticed);
    if (status == PB_OK) {
        db_workspace_close(lost);
        *noticed = (pb_error){0};
        return PB_OK;
    }
    backup_restore_options options = options_for(d, target, into);
    options.living = NULL; /* it is lost */
    options.unknown_erasures = true;
    PB_TRY(restore(d, &options, &d->out->restored, err));
    d->out->recover_us = d->out->restored.us;
    return PB_OK;
}

/* Damage on a server is done to rows, and must show when they are verified. */
static pb_status damage_rows(drilling *d, db_workspace *copy, pb_error *noticed, pb_error *err)
{
    db_session *session = NULL;
    ledger_report report;
    PB_TRY(fault_damage_rows(copy, d->out->fault, err));
    PB_TRY(db_snapshot_open(copy, &session, err));
    if (backup_verify(session, d->call, d->check, &report, noticed) == PB_OK)
        *noticed = (pb_error){0};
    db_snapshot_close(session);
    return PB_OK;
}

/* Restores, damages what was restored, and looks whether that shows. */
static pb_status damage(drilling *d, backup_target *target, pb_error *noticed, pb_error *err)
{
    db_workspace *workspace = NULL;
    db_options open = {.key = *d->key};
    char *into = below(d, "restored");
    if (into == NULL)
        return pb_fail_memory(err);
    PB_TRY(bring_back(d, target, &workspace, err));
    if (workspace != NULL) {
        pb_status done = damage_rows(d, workspace, noticed, err);
        db_workspace_close(workspace);
        return done;
    }
    PB_TRY(fault_damage_files(into, d->out->fault, err));
    pb_status status =
        db_workspace_open(into, db_workspace_schema(d->living), &open, &workspace, noticed);
    if (status == PB_OK)
        status = db_check_pages(workspace, noticed);
    db_workspace_close(workspace);
    if (status == PB_OK)
        *noticed = (pb_error){0};
    return PB_OK;
}

/* Restores through the pane: the restore must fail. */
static pb_status through_pane(drilling *d, backup_target *target, pb_error *noticed, pb_error *err)
{
    backup_target *pane = NULL;
    char *into = below(d, "restored");
    if (into == NULL)
        return pb_fail_memory(err);
    PB_TRY(fault_pane(target, d->out->fault, &pane, err));
    backup_restore_options options = options_for(d, pane, into);
    if (restore(d, &options, &d->out->restored, noticed) == PB_OK)
        *noticed = (pb_error){0};
    backup_target_close(pane);
    return PB_OK;
}

static pb_status wrong_key(drilling *d, backup_target *target, pb_error *noticed, pb_error *err)
{
    uint8_t random[32];
    PB_AUTO_BUF text = PB_BUF_INIT(128);
    char *path = below(d, "key");
    char *into = below(d, "restored");
    sys_random(random, sizeof random);
    pb_hex(&text, random, sizeof random);
    if (path == NULL || into == NULL || text.failed)
        return pb_fail_memory(err);
    PB_TRY(sys_file_write(path, pb_buf_str(&text), 0600, err));
    backup_restore_options options = options_for(d, target, into);
    options.key = (db_key_source){.key_file = path};
    if (restore(d, &options, &d->out->restored, noticed) == PB_OK)
        *noticed = (pb_error){0};
    return PB_OK;
}

/* A backup to a place of the drill's own that takes a few bytes and no more: it must fail, and must
 * not leave a manifest behind. */
static pb_status fill_up(drilling *d, pb_error *noticed, pb_error *err)
{
    backup_target *real = NULL, *pane = NULL;
    backup_object *objects;
    size_t count = 0;
    backup_sent sent;
    char *place = below(d, "full");
    if (place == NULL)
        return pb_fail_memory(err);
    PB_TRY(backup_target_open(place, &real, err));
    backup_target_watch(real, d->call->stop);
    pb_status status = fault_pane(real, BACKUP_FAULT_FULL_TARGET, &pane, err);
    bool made =
        status == PB_OK && backup_send_once(d->living, d->call, pane, &sent, noticed) == PB_OK;
    if (status == PB_OK)
        status = backup_target_list(real, "", d->arena, &objects, &count, err);
    for (size_t i = 0; status == PB_OK && i < count; i++)
        made = made || pb_str_find(objects[i].name, PB_STR("/backups/")) != SIZE_MAX;
    if (made)
        *noticed = (pb_error){0};
    backup_target_close(pane);
    backup_target_close(real);
    return status;
}

static pb_status play(drilling *d, backup_target *target, pb_error *noticed, pb_error *err)
{
    switch (d->out->fault) {
    case BACKUP_FAULT_LOST_DISK:
        return lose_disk(d, target, noticed, err);
    case BACKUP_FAULT_TORN_PAGE:
    case BACKUP_FAULT_FLIPPED_BIT_DATABASE:
        return damage(d, target, noticed, err);
    case BACKUP_FAULT_WRONG_KEY:
        return wrong_key(d, target, noticed, err);
    case BACKUP_FAULT_FULL_TARGET:
        return fill_up(d, noticed, err);
    default:
        return through_pane(d, target, noticed, err);
    }
}

/* ---- one drill ---- */

static pb_status run(drilling *d, pb_error *err)
{
    backup_drilled *out = d->out;
    backup_target *target = NULL;
    PB_TRY(look_up(d, err));
    PB_TRY(sys_temp_dir(d->arena, &d->folder, err));
    pb_status status = backup_target_find(out->place, &target, err);
    if (status == PB_OK)
        backup_target_watch(target, d->call->stop);
    if (status == PB_OK && out->fault == BACKUP_FAULT_NONE) {
        status = drill_plain(d, target, &out->error);
        out->ran = status == PB_OK || out->restored.us > 0;
        out->good = status == PB_OK;
        status = PB_OK;
    } else if (status == PB_OK) {
        status = play(d, target, &out->error, err);
        out->ran = status == PB_OK;
        out->good = out->ran && out->error.status != PB_OK;
    }
    backup_target_close(target);
    sys_dir_remove_tree(d->folder, NULL);
    return status;
}

/* ---- evidence ---- */

static void put_text(pb_buf *out, const char *name, const char *value)
{
    pb_cbor_text(out, pb_str_c(name));
    pb_cbor_text(out, pb_str_c(value));
}

static void put_seconds(pb_buf *out, const char *name, int64_t us)
{
    pb_cbor_text(out, pb_str_c(name));
    pb_cbor_int(out, us);
}

typedef struct row {
    const backup_drilled *out;
    int64_t at_us;
    const char *noticed;
} row;

static pb_status put_row(db_session *session, void *context, pb_error *err)
{
    const row *r = context;
    return backup_drill_row(session, r->out, r->at_us, r->noticed, err);
}

pb_status backup_drill_row(db_session *session, const backup_drilled *drilled, int64_t at_us,
                           const char *noticed, pb_error *err)
{
    static const char sql[] =
        "INSERT INTO t_backup_drill (n, at_us, place, fault, good, noticed, recover_us, lose_us)"
        " VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM t_backup_drill),"
        " ?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db_stmt *stmt;
    PB_TRY(db_prepare(session, sql, &stmt, err));
    db_bind_i64(stmt, 1, at_us);
    db_bind_text(stmt, 2, pb_str_c(drilled->place));
    db_bind_text(stmt, 3, pb_str_c(backup_fault_name(drilled->fault)));
    db_bind_i64(stmt, 4, drilled->good);
    db_bind_text(stmt, 5, pb_str_c(noticed));
    db_bind_i64(stmt, 6, drilled->recover_us);
    db_bind_i64(stmt, 7, drilled->lose_us);
    return db_run(stmt, err);
}

pb_status backup_drill_file(db_workspace *living, const backup_call *call,
                            const backup_drilled *out, const backup_plan *plan, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1 << 17), noticed = PB_BUF_INIT(16384);
    pb_error_render(&out->error, &out->error.primary, NULL, &noticed);
    pb_cbor_map(&payload, 10);
    put_text(&payload, "place", out->place);
    put_text(&payload, "backup", out->restored.name);
    put_text(&payload, "fault", backup_fault_name(out->fault));
    put_text(&payload, "noticed", pb_buf_cstr(&noticed));
    pb_cbor_text(&payload, PB_STR("good"));
    pb_cbor_bool(&payload, out->good);
    pb_cbor_text(&payload, PB_STR("ran"));
    pb_cbor_bool(&payload, out->ran);
    put_seconds(&payload, "recovered_in_us", out->recover_us);
    put_seconds(&payload, "lost_us", out->lose_us);
    put_seconds(&payload, "recover_within_us", plan->recover_us);
    put_seconds(&payload, "lose_at_most_us", plan->lose_us);
    row r = {out, call->now_us, pb_buf_cstr(&noticed)};
    const backup_log log = {call, "backup.drilled", &payload, put_row, &r};
    return backup_log_event(living, &log, err);
}

pb_status backup_drill(db_workspace *living, const backup_call *call, const db_key_source *key,
                       const char *place, backup_fault fault, const backup_check *check,
                       backup_drilled *ret_drilled, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(1 << 26);
    pb_error why = {0};
    drilling d = {.living = living,
                  .call = call,
                  .key = key,
                  .check = check,
                  .out = ret_drilled,
                  .arena = arena};
    *ret_drilled = (backup_drilled){.place = place, .fault = fault};
    if (arena == NULL)
        return pb_fail_memory(err);
    if (run(&d, &why) != PB_OK)
        ret_drilled->error = why;
    return backup_drill_file(living, call, ret_drilled, &d.plan, err);
}
