/* Making, exporting and verifying workspaces. */
#include "internal.h"

#include "backup/fixture.h"
#include "base/cbor.h"
#include "db/move.h"
#include "db/upgrade.h"
#include "record/verify.h"
#include "sys/file.h"

pb_status service_can_init(const service_core *service, const char *path, pb_error *err)
{
    static const db_options none;
    return db_workspace_can_create(path, service->schema, &none, err);
}

/* What holds for backups until somebody declares it. */
static pb_status begin_plan(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return backup_plan_begin(session, err);
}

pb_status service_init(const service_core *service, const service_call *call, const char *path,
                       const db_key_source *key, pb_buf *ret_key_path, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(256);
    db_options options = {.key = *key};
    db_workspace *workspace = NULL;
    PB_TRY(db_workspace_create(path, service->schema, &options, ret_key_path, &workspace, err));
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("model"));
    pb_cbor_bytes(&payload, pb_str_n((const char *)service->schema->hash, 32));
    pb_status status = db_write_within(workspace, call->limits, begin_plan, NULL, err);
    if (status == PB_OK)
        status = service_log(workspace, call, "workspace.created", pb_buf_str(&payload), err);
    db_workspace_close(workspace);
    return status;
}

static pb_status export_one(const service_call *call, db_session *snapshot,
                            const model_entity *entity, bool even_empty, const char *dir,
                            pb_arena *arena, service_exported done, void *context, pb_error *err)
{
    int64_t last;
    uint64_t rows;
    PB_TRY(db_last_n(snapshot, entity, &last, err));
    if (last == 0 && !even_empty)
        return PB_OK;
    char *path = pb_arena_printf(arena, "%s/%.*s.csv", dir, PB_STR_FMT(entity->name));
    if (path == NULL)
        return pb_fail_memory(err);
    if (call->progress != NULL &&
        call->progress(call->context, PB_MSG("Writing"), path, 0, (uint64_t)last))
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
    PB_TRY(exchange_export_csv(snapshot, entity, path, &rows, err));
    done(context, entity, path, rows);
    return PB_OK;
}

/* The export is an event too: who took which records out. */
static pb_status log_export(db_workspace *workspace, const service_call *call, pb_str names,
                            pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(65536);
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("entities"));
    pb_cbor_text(&payload, names);
    return service_log(workspace, call, "records.exported", pb_buf_str(&payload), err);
}

pb_status service_export(const service_core *service, const service_call *call,
                         db_workspace *workspace, const model_entity *const *entities,
                         size_t entity_count, const char *dir, service_exported done, void *context,
                         pb_error *err)
{
    const model_schema *schema = service->schema;
    size_t count = entity_count > 0 ? entity_count : schema->entity_count;
    PB_AUTO_ARENA arena = pb_arena_new(1 << 20);
    PB_AUTO_BUF names = PB_BUF_INIT(32768);
    db_session *snapshot = NULL;
    if (arena == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        pb_str name = (entity_count > 0 ? entities[i] : &schema->entities[i])->name;
        pb_buf_printf(&names, "%s%.*s", i > 0 ? " " : "", PB_STR_FMT(name));
    }
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    PB_TRY(log_export(workspace, call, pb_buf_str(&names), err)); /* before anything leaves */
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &snapshot, err));
    pb_status status = PB_OK;
    for (size_t i = 0; i < count && status == PB_OK; i++)
        status = export_one(call, snapshot, entity_count > 0 ? entities[i] : &schema->entities[i],
                            entity_count > 0, dir, arena, done, context, err);
    db_snapshot_close(snapshot);
    return status;
}

/* What is told of a verification in progress; it cannot be stopped half-way. */
static void verifying(void *context, uint64_t done, uint64_t total)
{
    const service_call *call = context;
    if (call->progress != NULL)
        call->progress(call->context, PB_MSG("Verifying"), "", done, total);
}

pb_status service_verify_session(const service_call *call, db_session *session,
                                 ledger_report *ret_report, pb_error *err)
{
    record_checker *checker = record_checker_new();
    if (checker == NULL)
        return pb_fail_memory(err);
    const ledger_check check = {.progress = verifying,
                                .context = (void *)(uintptr_t)call,
                                .rows = record_verify_rows,
                                .rows_context = checker};
    pb_status status = ledger_verify_with(session, &check, ret_report, err);
    record_checker_free(checker);
    return status;
}

pb_status service_verify(const service_core *service, const service_call *call,
                         db_workspace *workspace, ledger_report *ret_report, pb_error *err)
{
    (void)service; /* the workspace knows its model */
    db_session *snapshot = NULL;
    bool writable = db_standby_of(workspace) == NULL && db_moved_to(workspace) == NULL &&
                    !db_is_older(workspace);
    if (writable) /* what an interruption left is told of before it is judged */
        PB_TRY(ledger_settle(workspace, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &snapshot, err));
    pb_status status = service_verify_session(call, snapshot, ret_report, err);
    db_snapshot_close(snapshot);
    return status;
}
