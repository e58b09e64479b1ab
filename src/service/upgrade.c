#include "service/upgrade.h"

#include "internal.h"

#include "backup/former.h"
#include "base/cbor.h"
#include "base/time.h"
#include "db/copy.h"
#include "db/rows.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <stdlib.h>

typedef struct upgrade {
    const service_core *service;
    const service_call *call;
    const char *url, *shown;
    const db_options *options;
    const service_upgrade_how *how;
    pb_arena *arena;
    service_upgraded *out;
    uint64_t copied; /* events of the ledger when copies were made */
    char stamp[32];  /* of the moment, for names */
    char *kept, *rehearsal;
    bool server;
} upgrade;

static pb_status open_as(const upgrade *u, const char *url, db_older older,
                         db_workspace **ret_workspace, pb_error *err)
{
    db_options options = *u->options;
    options.older = older;
    options.replica = NULL;
    return service_open_workspace(u->service, url, &options, ret_workspace, err);
}

static pb_status stopped(const upgrade *u, const char *stage, uint64_t done, uint64_t total,
                         pb_error *err)
{
    if (u->call->progress != NULL &&
        u->call->progress(u->call->context, stage, u->url, done, total))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    return PB_OK;
}

/* ---- copies ---- */

/* A file of a workspace, half built ones too. */
static bool is_ours(pb_str name)
{
    return pb_str_starts(name, PB_STR("restoring")) || pb_str_starts(name, PB_STR("records.db")) ||
           pb_str_starts(name, PB_STR("workspace.yaml")) || pb_str_is(name, "log") ||
           pb_str_ends(name, PB_STR(".lock"));
}

/* What an earlier rehearsal left that died; anything else under that name is not ours. */
static pb_status clear_rehearsal(const upgrade *u, pb_error *err)
{
    pb_str *names;
    size_t count;
    sys_kind kind = sys_path_kind(u->rehearsal);
    if (kind == SYS_NONE)
        return PB_OK;
    bool ours = kind == SYS_FOLDER;
    if (ours) {
        PB_TRY(sys_dir_list(u->rehearsal, u->arena, &names, &count, err));
        for (size_t i = 0; i < count && ours; i++)
            ours = is_ours(names[i]);
    }
    if (ours)
        return sys_dir_remove_tree(u->rehearsal, err);
    pb_fail(err, PB_EXISTS, PB_MSG("{path} is in the way."), "path", u->rehearsal, NULL);
    pb_error_hint(err, PB_MSG("Move it away: a rehearsal of the upgrade is made there."), NULL);
    return PB_EXISTS;
}

#define BEFORE ".before-upgrade-"

/* Copies that a process did not finish which died; finished ones are somebody's safety. */
static pb_status clear_half_copies(const upgrade *u, pb_error *err)
{
    pb_str *names;
    size_t count;
    pb_str name = sys_path_name(u->rehearsal);
    size_t above = (size_t)(name.ptr - u->rehearsal);
    name.len -= strlen(".rehearsal");
    const char *folder =
        above == 0 ? "."
                   : pb_arena_cstr(u->arena, pb_str_n(u->rehearsal, above > 1 ? above - 1 : 1));
    if (folder == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_list(folder, u->arena, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (!pb_str_starts(names[i], name) ||
            !pb_str_starts(pb_str_sub(names[i], name.len, names[i].len), PB_STR(BEFORE)))
            continue;
        char *path = pb_arena_printf(u->arena, "%s/%.*s", folder, PB_STR_FMT(names[i]));
        char *mark = path == NULL ? NULL : sys_path_join(u->arena, path, "restoring");
        if (mark == NULL)
            return pb_fail_memory(err);
        if (sys_path_kind(mark) == SYS_FILE)
            PB_TRY(sys_dir_remove_tree(path, err));
    }
    return PB_OK;
}

static pb_status each_run(const upgrade *u, db_copy *copy, db_restore *const made[2], pb_error *err)
{
    PB_AUTO_BUF run = PB_BUF_INIT(DB_RUN_SIZE + 16);
    const db_copy_facts *about = db_copy_about(copy);
    for (uint64_t i = 0; i < about->run_count; i++) {
        PB_TRY(stopped(u, PB_MSG("Copying"), i, about->run_count, err));
        pb_buf_clear(&run);
        PB_TRY(db_copy_read(copy, i, &run, err));
        for (size_t k = 0; k < 2; k++)
            if (made[k] != NULL)
                PB_TRY(db_restore_run(made[k], i, pb_buf_str(&run), err));
    }
    return PB_OK;
}

static pb_status copy_state(const upgrade *u, db_copy *copy, pb_error *err)
{
    const db_copy_facts *about = db_copy_about(copy);
    const char *folders[2] = {u->rehearsal, u->kept};
    db_restore *made[2] = {NULL, NULL};
    pb_status status = PB_OK;
    for (size_t k = 0; k < 2 && status == PB_OK; k++)
        if (folders[k] != NULL)
            status = db_restore_open(folders[k], about->head, about->page_count, &about->position,
                                     NULL, &made[k], err);
    if (status == PB_OK)
        status = each_run(u, copy, made, err);
    for (size_t k = 0; k < 2; k++) {
        if (made[k] == NULL)
            continue;
        if (status == PB_OK)
            status = db_restore_finish(made[k], err);
        else
            db_restore_abort(made[k]);
    }
    return status;
}

static pb_status count_events(db_session *session, uint64_t *ret_events, pb_error *err)
{
    ledger_head head;
    pb_status status = ledger_head_read(session, &head, err);
    *ret_events = status == PB_OK ? head.size : 0;
    return status == PB_NOT_FOUND ? PB_OK : status; /* not one event yet */
}

/* The same state into the folder that is kept and the one to rehearse in. */
static pb_status make_copies(upgrade *u, db_workspace *workspace, pb_error *err)
{
    db_copy *copy = NULL;
    PB_TRY(clear_rehearsal(u, err));
    PB_TRY(clear_half_copies(u, err));
    PB_TRY(db_copy_open(workspace, &copy, err));
    pb_status status = count_events(db_copy_session(copy), &u->copied, err);
    if (status == PB_OK)
        status = copy_state(u, copy, err);
    db_copy_close(copy);
    return status;
}

static void drop_copies(const upgrade *u, bool kept_too)
{
    if (u->server)
        return;
    sys_dir_remove_tree(u->rehearsal, NULL);
    if (kept_too && u->kept != NULL)
        sys_dir_remove_tree(u->kept, NULL);
}

/* ---- the rehearsal ---- */

static pb_status verify(const upgrade *u, db_workspace *workspace, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(workspace, &session, err));
    pb_status status = service_verify_session(u->call, session, &u->out->report, err);
    db_snapshot_close(session);
    return status;
}

static void take_survey(upgrade *u, const db_survey *survey)
{
    u->out->tables = survey->count;
    u->out->rows = survey->rows;
}

/* On the copy everything is done and kept, and then looked at like any workspace. */
static pb_status rehearse_copy(upgrade *u, pb_error *err)
{
    static const db_upgrade_options options;
    db_workspace *workspace = NULL;
    db_survey survey = {0};
    PB_TRY(open_as(u, u->rehearsal, DB_OLDER_KEEP, &workspace, err));
    pb_status status = db_upgrade(workspace, &options, u->arena, &survey, err);
    workspace = db_workspace_close(workspace);
    PB_TRY(status);
    take_survey(u, &survey);
    PB_TRY(open_as(u, u->rehearsal, DB_OLDER_REFUSE, &workspace, err));
    status = verify(u, workspace, err);
    db_workspace_close(workspace);
    return status;
}

/* Part of the transaction: what stands there now agrees with its ledger, or nothing was done. */
static pb_status verify_here(db_session *session, void *context, pb_error *err)
{
    const upgrade *u = context;
    return service_verify_session(u->call, session, &u->out->report, err);
}

static pb_status rehearse_here(upgrade *u, db_workspace *workspace, pb_error *err)
{
    const db_upgrade_options options = {.rehearse = true, .prove = verify_here, .context = u};
    db_survey survey = {0};
    PB_TRY(db_upgrade(workspace, &options, u->arena, &survey, err));
    take_survey(u, &survey);
    return PB_OK;
}

/* ---- the workspace itself ---- */

static void migrated_payload(const upgrade *u, pb_buf *out)
{
    const db_gap *gap = &u->out->gap;
    pb_cbor_map(out, 7);
    pb_cbor_text(out, PB_STR("model"));
    pb_cbor_bytes(out, pb_str_n((const char *)u->service->schema->hash, 32));
    pb_cbor_text(out, PB_STR("format_before"));
    pb_cbor_int(out, gap->have);
    pb_cbor_text(out, PB_STR("format"));
    pb_cbor_int(out, gap->want);
    pb_cbor_text(out, PB_STR("added"));
    pb_cbor_array(out, gap->count);
    for (size_t i = 0; i < gap->count; i++)
        pb_cbor_text(out, gap->missing[i]);
    pb_cbor_text(out, PB_STR("kept"));
    pb_cbor_text(out, pb_str_c(u->kept));
    pb_cbor_text(out, PB_STR("places"));
    pb_cbor_array(out, u->out->backup_count);
    for (size_t i = 0; i < u->out->backup_count; i++)
        pb_cbor_text(out, pb_str_c(u->out->backups[i].sent.place));
    pb_cbor_text(out, PB_STR("places_left_out"));
    pb_cbor_uint(out, u->out->left_out);
}

/* What was written between the copies and this moment neither they nor the places have. */
static pb_status same_as_copied(const upgrade *u, db_session *session, pb_error *err)
{
    uint64_t events;
    bool same = true;
    PB_TRY(count_events(session, &events, err));
    if (!u->server)
        same = events == u->copied;
    for (size_t i = 0; i < u->out->backup_count; i++)
        same = same && events == u->out->backups[i].sent.events;
    if (same)
        return PB_OK;
    pb_fail(err, PB_BUSY, PB_MSG("{workspace} was written to while its state was being copied."),
            "workspace", u->shown, NULL);
    pb_error_hint(err,
                  PB_MSG("It was not changed by the upgrade. Try again when nobody writes to it."),
                  NULL);
    return PB_BUSY;
}

/* Part of the transaction: the workspace knows that it was migrated, or it was not. */
static pb_status log_migrated(db_session *session, void *context, pb_error *err)
{
    const upgrade *u = context;
    PB_AUTO_BUF payload = PB_BUF_INIT(4 << 20);
    uint64_t sequence;
    if (u->server) /* a folder's was verified on the copy, where the same was done */
        PB_TRY(verify_here(session, context, err));
    PB_TRY(same_as_copied(u, session, err));
    PB_TRY(service_former_log(session, u->call, u->out->backups, u->out->backup_count, err));
    migrated_payload(u, &payload);
    if (payload.failed)
        return pb_fail_buffer(&payload, PB_MSG("The event is too large to be noted."), err);
    ledger_event event = {.kind = "workspace.migrated",
                          .at_us = u->call->now_us,
                          .actor = u->call->actor,
                          .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status do_it(upgrade *u, db_workspace *workspace, pb_error *err)
{
    const db_upgrade_options options = {
        .keep = u->server ? u->kept : NULL, .prove = log_migrated, .context = u};
    PB_TRY(db_upgrade(workspace, &options, u->arena, NULL, err));
    u->out->done = true;
    u->out->kept = u->kept;
    return PB_OK;
}

static pb_status rehearse(upgrade *u, db_workspace *workspace, pb_error *err)
{
    if (u->server)
        return rehearse_here(u, workspace, err);
    pb_status status = make_copies(u, workspace, err);
    return status == PB_OK ? rehearse_copy(u, err) : status;
}

/* What failed, and that nothing happened. The hint of a failure that has one is the better one. */
static pb_status explain(pb_status status, pb_error *err)
{
    if (err != NULL && err->hint.id == NULL)
        pb_error_hint(err,
                      PB_MSG("The workspace was not changed: go on with the version of the program "
                             "that made it, or mend what is said above and try again."),
                      NULL);
    return status;
}

/* Before anything is begun each place is asked whether it is there at all. */
static pb_status ask_places(upgrade *u, db_workspace *workspace, pb_error *err)
{
    const char **places = NULL;
    if (u->how->without_places)
        return backup_former_places(workspace, u->arena, &places, &u->out->left_out, err);
    return service_former_places(workspace, u->url, u->arena, &u->out->backups,
                                 &u->out->backup_count, err);
}

/* Everything that may fail comes before the one transaction that changes the workspace. */
static pb_status prepare_and_do(upgrade *u, db_workspace *workspace, pb_error *err)
{
    PB_TRY(ask_places(u, workspace, err));
    PB_TRY(rehearse(u, workspace, err));
    if (u->how->dry_run)
        return PB_OK;
    PB_TRY(service_former_send(u->call, workspace, u->url, u->arena, u->out->backups,
                               u->out->backup_count, err));
    return do_it(u, workspace, err);
}

static pb_status upgrade_open(upgrade *u, db_workspace *workspace, pb_error *err)
{
    PB_TRY(db_upgrade_gap(workspace, u->arena, &u->out->gap, err));
    pb_status status = prepare_and_do(u, workspace, err);
    drop_copies(u, status != PB_OK || u->how->dry_run);
    return status == PB_OK ? PB_OK : explain(status, err);
}

/* ---- names ---- */

/* The schema an address names, see db/postgres/address.c. */
static pb_str schema_of(const char *url)
{
    pb_str options = pb_str_c(url), one;
    pb_str_split(&options, '?', &one);
    while (pb_str_split(&options, '&', &one))
        if (pb_str_starts(one, PB_STR("schema=")))
            return pb_str_sub(one, strlen("schema="), one.len);
    return PB_STR("probity");
}

/* Two upgrades in one second have two names. */
static char *free_name(const upgrade *u, pb_str url)
{
    char *path = pb_arena_printf(u->arena, "%.*s" BEFORE "%s", PB_STR_FMT(url), u->stamp);
    for (int i = 2; path != NULL && sys_path_kind(path) != SYS_NONE; i++)
        path = pb_arena_printf(u->arena, "%.*s" BEFORE "%s-%d", PB_STR_FMT(url), u->stamp, i);
    return path;
}

/* A server's schema is named after that of the workspace, without its address. */
static pb_status name_copies(upgrade *u, pb_error *err)
{
    bool dry_run = u->how->dry_run;
    size_t len = strlen(u->url);
    int year, month, day;
    int64_t now = u->call->now_us, days = pb_instant_day(now), left = now - days * PB_US_PER_DAY;
    pb_date_to_civil(days, &year, &month, &day);
    snprintf(u->stamp, sizeof u->stamp, "%04d%02d%02dt%02d%02d%02d", year, month, day,
             (int)(left / (3600 * PB_US_PER_SECOND)), (int)(left / (60 * PB_US_PER_SECOND) % 60),
             (int)(left / PB_US_PER_SECOND % 60));
    while (len > 1 && u->url[len - 1] == '/')
        len--;
    if (u->server)
        u->kept =
            pb_arena_printf(u->arena, "%.*s_before_%s", PB_STR_FMT(schema_of(u->url)), u->stamp);
    else if (!dry_run)
        u->kept = free_name(u, pb_str_n(u->url, len));
    u->rehearsal = pb_arena_printf(u->arena, "%.*s.rehearsal", (int)len, u->url);
    bool have = u->kept != NULL || (dry_run && !u->server);
    return u->rehearsal == NULL || !have ? pb_fail_memory(err) : PB_OK;
}

pb_status service_upgrade(const service_core *service, const service_call *call, const char *url,
                          const db_options *options, const service_upgrade_how *how,
                          pb_arena *arena, service_upgraded *ret_upgraded, pb_error *err)
{
    upgrade u = {.service = service,
                 .call = call,
                 .url = url,
                 .options = options,
                 .how = how,
                 .shown = db_workspace_shown(url, arena),
                 .arena = arena,
                 .out = ret_upgraded,
                 .server = db_place_is_server(url)};
    int64_t start = sys_monotonic_us();
    db_workspace *workspace = NULL;
    *ret_upgraded = (service_upgraded){0};
    PB_TRY(name_copies(&u, err));
    PB_TRY(open_as(&u, url, DB_OLDER_KEEP, &workspace, err));
    pb_status status = PB_OK;
    ret_upgraded->needed = db_is_older(workspace);
    if (ret_upgraded->needed)
        status = upgrade_open(&u, workspace, err);
    db_workspace_close(workspace);
    ret_upgraded->us = sys_monotonic_us() - start;
    return status;
}

pb_status service_open_to_write(const service_core *service, const service_call *call,
                                const char *url, const db_options *options, pb_arena *arena,
                                service_upgraded *ret_upgraded, db_workspace **ret_workspace,
                                pb_error *err)
{
    static const service_upgrade_how all_of_it;
    service_upgraded upgraded = {0};
    db_options open = *options;
    db_workspace *workspace = NULL;
    open.older = DB_OLDER_KEEP;
    PB_TRY(service_open_workspace(service, url, &open, &workspace, err));
    if (db_is_older(workspace)) {
        db_workspace_close(workspace);
        pb_status status =
            service_upgrade(service, call, url, options, &all_of_it, arena, &upgraded, err);
        if (ret_upgraded != NULL)
            *ret_upgraded = upgraded;
        PB_TRY(status);
        open.older = DB_OLDER_REFUSE;
        PB_TRY(service_open_workspace(service, url, &open, &workspace, err));
    }
    if (ret_upgraded != NULL)
        *ret_upgraded = upgraded;
    *ret_workspace = workspace;
    return PB_OK;
}
