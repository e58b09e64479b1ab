/* A restore from end to end: built beside its place, erasures applied, verified, compared, and only
 * then given its name. */
#include "buildrows.h"
#include "erasures.h"
#include "facts.h"
#include "internal.h"
#include "source.h"

#include "base/cbor.h"
#include "base/time.h"
#include "db/move.h"
#include "sys/clock.h"
#include "sys/file.h"

#define BESIDE ".restoring"

typedef struct restoring {
    const model_schema *schema;
    const backup_call *call;
    const backup_restore_options *options;
    backup_restored *restored;
    pb_arena *arena;
    backup_target *target;
    backup_source source;
    erasures gone;
    char *beside;   /* where it is built */
    char *folder;   /* of our own, for pages on their way to a server; NULL: none */
    bool to_server; /* there the name is the place: it gets its head last instead */
    db_workspace *made;
    db_syncing *syncing; /* its pages are on their way to the disk; NULL: they are there */
} restoring;

/* ---- the place ---- */

/* A file of a workspace, half written ones too. */
static bool is_ours(pb_str name)
{
    return pb_str_starts(name, PB_STR("restoring")) || pb_str_starts(name, PB_STR("records.db")) ||
           pb_str_starts(name, PB_STR("workspace.yaml")) || pb_str_is(name, "log");
}

/* What an interrupted restore left is cleared away; anything else under that name is not ours. */
static pb_status clear_beside(restoring *r, pb_error *err)
{
    pb_str *names;
    size_t count;
    sys_kind kind = sys_path_kind(r->beside);
    if (kind == SYS_NONE)
        return PB_OK;
    bool ours = kind == SYS_FOLDER;
    if (ours) {
        PB_TRY(sys_dir_list(r->beside, r->arena, &names, &count, err));
        for (size_t i = 0; i < count && ours; i++)
            ours = is_ours(names[i]);
    }
    if (ours)
        return sys_dir_remove_tree(r->beside, err);
    pb_fail(err, PB_EXISTS, PB_MSG("{path} is in the way."), "path", r->beside, NULL);
    pb_error_hint(err, PB_MSG("Move it away, or restore under another name."), NULL);
    return PB_EXISTS;
}

static pb_status prepare_server(restoring *r, pb_error *err)
{
    const db_options options = {.password_file = r->options->password_file};
    r->to_server = true;
    if (r->options->beside != NULL || !db_workspace_exists(r->options->into))
        return PB_OK;
    return db_workspace_can_create(r->options->into, r->schema, &options, err);
}

static pb_status prepare_place(restoring *r, pb_error *err)
{
    if (r->options->beside != NULL || db_place_is_server(r->options->into))
        return prepare_server(r, err);
    const char *into = r->options->into;
    size_t len = strlen(into);
    while (len > 1 && into[len - 1] == '/')
        len--;
    r->beside = pb_arena_printf(r->arena, "%.*s" BESIDE, (int)len, into);
    if (r->beside == NULL)
        return pb_fail_memory(err);
    if (sys_path_kind(into) != SYS_NONE) {
        pb_fail(err, PB_EXISTS, PB_MSG("{path} exists already."), "path", into, NULL);
        pb_error_hint(err, PB_MSG("A restore never writes over anything: name a new folder."),
                      NULL);
        return PB_EXISTS;
    }
    return clear_beside(r, err);
}

/* ---- erasures ---- */

static pb_status read_ledger(restoring *r, db_workspace *now, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(now, &session, err));
    pb_status status = erasures_read_ledger(&r->gone, session, r->call->now_us, err);
    db_snapshot_close(session);
    return status;
}

static pb_status open_ledger(restoring *r, pb_error *err)
{
    db_workspace *now = NULL;
    db_options options = {.key = r->options->key,
                          .password_file = r->options->password_file,
                          .older = DB_OLDER_REFUSE};
    PB_TRY(db_workspace_open(r->options->ledger, r->schema, &options, &now, err));
    pb_status status = read_ledger(r, now, err);
    db_workspace_close(now);
    return status;
}

/* Erasures are known up to the newest list of the place, or for certain from the workspace as it is
 * now. A list older than the newest manifest means that lists were taken away. */
static pb_status know_erasures(restoring *r, pb_error *err)
{
    bool all = r->options->ledger != NULL || r->options->living != NULL;
    PB_TRY(erasures_init(&r->gone, r->arena, err));
    PB_TRY(erasures_read_room(&r->gone, &r->source.room, err));
    bool lists = r->gone.until_us >= r->source.newest_us;
    r->restored->erasures_us = r->gone.until_us;
    if (r->options->living != NULL)
        PB_TRY(read_ledger(r, r->options->living, err));
    else if (all)
        PB_TRY(open_ledger(r, err));
    r->restored->unknown_erasures = !all;
    if (all || r->options->unknown_erasures)
        return PB_OK;
    PB_AUTO_BUF until = PB_BUF_INIT(64);
    if (r->gone.until_us != INT64_MIN)
        pb_instant_format(&until, r->gone.until_us);
    pb_fail(err, PB_DENIED,
            PB_MSG("Data erased after the backup might come back: nobody knows of later erasures."),
            NULL);
    if (lists)
        pb_error_detail(err, PB_MSG("Erasures are on record until {time}."), "time",
                        pb_buf_cstr(&until), NULL);
    else
        pb_error_detail(err, PB_MSG("Lists of erasures are missing at the place."), NULL);
    pb_error_hint(err,
                  PB_MSG("Name the workspace as it is now with --ledger; if it is lost, say "
                         "--unknown-erasures, which the ledger will show."),
                  NULL);
    return PB_DENIED;
}

static pb_status log_restored(const restoring *r, db_session *session, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    uint64_t sequence;
    pb_cbor_map(&payload, 6);
    pb_cbor_text(&payload, PB_STR("at"));
    pb_cbor_int(&payload, r->restored->at_us);
    pb_cbor_text(&payload, PB_STR("place"));
    pb_cbor_text(&payload, pb_str_c(r->options->from));
    pb_cbor_text(&payload, PB_STR("backup"));
    pb_cbor_text(&payload, pb_str_c(r->restored->name));
    pb_cbor_text(&payload, PB_STR("ledger"));
    pb_cbor_uint(&payload, r->source.m.facts.ledger_size);
    pb_cbor_text(&payload, PB_STR("erased_again"));
    pb_cbor_uint(&payload, r->restored->erased);
    pb_cbor_text(&payload, PB_STR("unknown_erasures"));
    pb_cbor_bool(&payload, r->restored->unknown_erasures);
    if (payload.failed)
        return pb_fail_memory(err);
    ledger_event event = {.kind = "workspace.restored",
                          .at_us = r->call->now_us,
                          .actor = r->call->actor,
                          .payload = pb_buf_str(&payload)};
    return ledger_append(session, &event, &sequence, err);
}

static pb_status settle_work(db_session *session, void *context, pb_error *err)
{
    restoring *r = context;
    PB_TRY(erasures_apply(&r->gone, session, r->call->actor, r->call->now_us, &r->restored->erased,
                          err));
    return log_restored(r, session, err);
}

/* ---- checking ---- */

static pb_status compare(restoring *r, db_session *session, pb_error *err)
{
    manifest_facts is;
    const char *what, *was_text, *is_text;
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    const manifest_facts *was = &r->source.m.facts;
    /* What the log brought since is compared with its history only: by the verification. */
    r->restored->compared =
        r->restored->commits == 0 && memcmp(was->schema, schema->hash, sizeof was->schema) == 0;
    if (!r->restored->compared)
        return PB_OK;
    PB_TRY(facts_read(session, schema, r->source.box, manifest_is_rows(&r->source.m), r->arena, &is,
                      err));
    const char *says = manifest_differs(was, &is, r->arena, &what, &was_text, &is_text);
    if (says == NULL)
        return PB_OK;
    pb_fail(err, PB_CORRUPT, PB_MSG("What was restored is not what was backed up."), NULL);
    pb_error_detail(err, says, "what", what, "was", was_text, "is", is_text, NULL);
    return PB_CORRUPT;
}

static void verifying(void *context, uint64_t done, uint64_t total)
{
    const backup_call *call = context;
    if (call->progress != NULL)
        call->progress(call->context, PB_MSG("Verifying"), "", done, total);
}

pb_status backup_verify(db_session *session, const backup_call *call, const backup_check *check,
                        ledger_report *ret_report, pb_error *err)
{
    const ledger_check how = {.progress = verifying,
                              .context = (void *)(uintptr_t)call,
                              .rows = check->row,
                              .rows_context = check->context};
    return ledger_verify_with(session, &how, ret_report, err);
}

static pb_status look(restoring *r, pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open(r->made, &session, err));
    pb_status status = compare(r, session, err);
    if (status == PB_OK)
        status = backup_verify(session, r->call, &r->options->check, &r->restored->report, err);
    db_snapshot_close(session);
    return status;
}

/* ---- all of it ---- */

/* Pages make a folder, whatever it is to become. */
static pb_status build_pages(restoring *r, const char *folder, pb_error *err)
{
    db_options options = {.key = r->options->key};
    PB_TRY(source_build(&r->source, r->call, folder, &r->options->key, r->options->until_us,
                        r->restored, &r->syncing, err));
    return db_workspace_open(folder, r->schema, &options, &r->made, err);
}

static pb_status build_from_rows(restoring *r, pb_error *err)
{
    const db_refill_place place = {.url = r->to_server ? r->options->into : r->beside,
                                   .beside = r->options->beside,
                                   .password_file = r->options->password_file};
    return source_build_rows(&r->source, r->call, &place, r->schema, r->restored, &r->made, err);
}

/* The disk took the pages while they were verified. */
static pb_status wait_for_disk(restoring *r, pb_error *err)
{
    db_syncing *syncing = r->syncing;
    r->syncing = NULL;
    return db_syncing_end(syncing, err);
}

static pb_status build(restoring *r, pb_error *err)
{
    bool rows = manifest_is_rows(&r->source.m);
    if (!rows && r->options->keep != NULL)
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("Only rows can be restored for a look."), NULL);
    if (!rows && r->to_server) {
        PB_TRY(sys_temp_dir(r->arena, &r->folder, err));
        r->beside = sys_path_join(r->arena, r->folder, "pages");
        if (r->beside == NULL)
            return pb_fail_memory(err);
    }
    PB_TRY(rows ? build_from_rows(r, err) : build_pages(r, r->beside, err));
    PB_TRY(look(r, err));
    PB_TRY(wait_for_disk(r, err));
    return db_write(r->made, settle_work, r, err);
}

/* The folder above the new workspace: names in it are made durable. */
static pb_status give_name(restoring *r, pb_error *err)
{
    pb_str name = sys_path_name(r->beside);
    size_t above = (size_t)(name.ptr - r->beside);
    const char *folder =
        above == 0 ? "." : pb_arena_cstr(r->arena, pb_str_n(r->beside, above > 1 ? above - 1 : 1));
    char *into = pb_arena_cstr(r->arena, pb_str_n(r->beside, strlen(r->beside) - strlen(BESIDE)));
    if (folder == NULL || into == NULL)
        return pb_fail_memory(err);
    PB_TRY(sys_rename(r->beside, into, false, err));
    return sys_dir_sync(folder, err);
}

static bool carrying(void *context, uint64_t done, uint64_t total)
{
    const backup_call *call = context;
    return call->progress != NULL &&
           call->progress(call->context, PB_MSG("Restoring"), "", done, total);
}

/* Pages that were restored in a folder go to the server as a move does: row by row, read back. */
static pb_status carry(restoring *r, pb_error *err)
{
    db_moved moved;
    const db_move_options options = {.progress = carrying,
                                     .context = (void *)(uintptr_t)r->call,
                                     .password_file = r->options->password_file};
    return db_move(r->made, r->options->into, &options, r->arena, &moved, err);
}

/* From here on others can open it. */
static pb_status release(restoring *r, pb_error *err)
{
    bool rows = manifest_is_rows(&r->source.m);
    if (rows && r->options->keep != NULL) {
        *r->options->keep = r->made;
        r->made = NULL;
        return PB_OK;
    }
    if (rows)
        PB_TRY(db_refill_finish(r->made, err));
    else if (r->to_server)
        PB_TRY(carry(r, err));
    r->made = db_workspace_close(r->made);
    return r->to_server ? PB_OK : give_name(r, err);
}

static pb_status restore_all(restoring *r, pb_error *err)
{
    PB_TRY(prepare_place(r, err));
    if (r->options->target == NULL) {
        PB_TRY(backup_target_find(r->options->from, &r->target, err));
        backup_target_watch(r->target, r->call->stop);
    }
    PB_TRY(source_open(&r->source, r->target != NULL ? r->target : r->options->target,
                       r->options->workspace, r->options->until_us, &r->options->key, err));
    r->restored->at_us = r->source.m.at_us;
    r->restored->passed_us = r->source.passed_us;
    r->restored->unread = r->source.unread;
    snprintf(r->restored->name, sizeof r->restored->name, "%.*s", BACKUP_NAME - 1,
             r->source.label + strlen("backups/"));
    PB_TRY(know_erasures(r, err));
    pb_status status = build(r, err);
    if (status == PB_OK)
        status = release(r, err);
    if (status != PB_OK) {
        wait_for_disk(r, NULL);
        r->made = db_workspace_close(r->made);
        if (r->beside != NULL)
            sys_dir_remove_tree(r->beside, NULL);
    }
    if (r->folder != NULL)
        sys_dir_remove_tree(r->folder, NULL);
    return status;
}

pb_status backup_restore(const model_schema *schema, const backup_call *call,
                         const backup_restore_options *options, backup_restored *ret_restored,
                         pb_error *err)
{
    int64_t start = sys_monotonic_us();
    restoring r = {.schema = schema,
                   .call = call,
                   .options = options,
                   .restored = ret_restored,
                   .arena = pb_arena_new((size_t)1 << 30)};
    *ret_restored = (backup_restored){.passed_us = INT64_MIN};
    if (r.arena == NULL)
        return pb_fail_memory(err);
    pb_status status = restore_all(&r, err);
    source_close(&r.source);
    backup_target_close(r.target);
    pb_arena_free(r.arena);
    ret_restored->us = sys_monotonic_us() - start;
    return status;
}
