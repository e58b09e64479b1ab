/* Exports, imports and runs: who may, and what is noted. */
#include "service/taking.h"

#include "access.h"
#include "internal.h"

#include "base/cbor.h"

enum { FILTER_KEPT = 4000 };

/* ---- exports ---- */

static pb_status may_export(const service_access *access, const void *entity, pb_error *err)
{
    PB_TRY(service_may_at_all(access, IDENTITY_OP_EXPORT, entity, err));
    return service_need_proof(access, IDENTITY_OP_EXPORT, err);
}

pb_status service_may_export(const service_call *call, db_workspace *workspace,
                             const model_entity *entity, pb_error *err)
{
    return service_decide(call, workspace, may_export, entity, err);
}

pb_status service_exported_note(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_str format, pb_str filter,
                                uint64_t rows, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(16 << 10);
    bool chosen = filter.len > 0 && filter.len <= FILTER_KEPT;
    /* Keys in the order of RFC 8949 4.2.1. */
    pb_cbor_map(&payload, 3 + (size_t)chosen + (size_t)(call->device.len > 0) +
                              (size_t)(call->address.len > 0));
    service_put_place(&payload, "device", call->device);
    if (chosen) {
        pb_cbor_text(&payload, PB_STR("filter"));
        pb_cbor_text(&payload, filter);
    }
    pb_cbor_text(&payload, PB_STR("format"));
    pb_cbor_text(&payload, format);
    service_put_place(&payload, "address", call->address);
    pb_cbor_text(&payload, PB_STR("records"));
    pb_cbor_uint(&payload, rows);
    pb_cbor_text(&payload, PB_STR("entities"));
    pb_cbor_text(&payload, entity->name);
    if (payload.failed)
        return pb_fail_memory(err);
    return service_log(workspace, call, "records.exported", pb_buf_str(&payload), err);
}

/* ---- imports ---- */

static pb_status may_import(const service_access *access, const void *context, pb_error *err)
{
    const model_schema *schema = context;
    pb_status status = PB_DENIED;
    for (size_t i = 0; i < schema->entity_count && status == PB_DENIED; i++)
        status = service_may_at_all(access, IDENTITY_OP_IMPORT, &schema->entities[i], err);
    access->denial->refused = status == PB_DENIED;
    return status;
}

pb_status service_may_import(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_decide(call, workspace, may_import, db_workspace_schema(workspace), err);
}

pb_status service_may_send_audit(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_may_do(call, workspace, IDENTITY_OP_AUDIT, err);
}

static pb_status may_send(const service_access *access, const void *context, pb_error *err)
{
    pb_status status = service_may_at_all(access, IDENTITY_OP_AUDIT, NULL, NULL);
    access->denial->refused = false;
    return status == PB_DENIED ? may_import(access, context, err) : status;
}

pb_status service_may_send(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_decide(call, workspace, may_send, db_workspace_schema(workspace), err);
}

/* The call that an import is done by, and what was refused in the midst of it. */
typedef struct importing {
    service_call call; /* first: the import knows it as its own */
    service_denial *denial;
    service_access access; /* in its transaction */
    bool open;
    bool dry_run;
    pb_arena *arena; /* of a record that is decided about */
} importing;

/* A field into which a column goes must be the importer's to write. */
static pb_status check_fields(const service_access *access, const exchange_file *file,
                              pb_error *err)
{
    for (size_t i = 0; i < file->column_count; i++) {
        const model_field *field = file->columns[i].field;
        if (field == NULL || access->policy == NULL)
            continue;
        identity_decision decision = identity_decide(access->policy, access->call->who,
                                                     IDENTITY_OP_IMPORT, file->entity, NULL, field);
        if (decision.outcome == IDENTITY_ALLOW)
            continue;
        *access->denial =
            (service_denial){true, IDENTITY_OP_IMPORT, file->entity, NULL, field, {{0}}};
        return identity_refuse(&decision, IDENTITY_OP_IMPORT, file->entity, field, err);
    }
    return PB_OK;
}

/* Records that came in and are beyond the importer's reach. */
static pb_status count_beyond(const service_access *access, const model_entity *entity, int64_t run,
                              int64_t after_n, pb_arena *arena, int64_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    identity_condition within;
    db_stmt *stmt;
    bool row;
    PB_TRY(identity_predicate(access->policy, access->call->who, IDENTITY_OP_IMPORT, entity, NULL,
                              "r", arena, &within, err));
    pb_buf_printf(&sql,
                  "SELECT COALESCE(SUM(CASE WHEN %.*s THEN 0 ELSE 1 END), 0) FROM t_%.*s r"
                  " WHERE r.n > ? AND r.run >= ?",
                  PB_STR_FMT(within.sql), PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(access->session, pb_buf_str(&sql), &stmt, err));
    for (size_t i = 0; i < within.count; i++)
        db_bind_value(stmt, (int)i + 1, within.values[i]);
    db_bind_i64(stmt, (int)within.count + 1, after_n);
    db_bind_i64(stmt, (int)within.count + 2, run);
    PB_TRY(db_step(stmt, &row, err));
    *ret_count = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

static pb_status check_reach(const service_access *access, const exchange_plan *plan,
                             const exchange_file *file, pb_error *err)
{
    const model_entity *entity = file->entity;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    int64_t beyond = 0;
    if (access->policy == NULL)
        return PB_OK;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(count_beyond(access, entity, plan->run, file->after_n, arena, &beyond, err));
    if (beyond == 0)
        return PB_OK;
    *access->denial = (service_denial){true, IDENTITY_OP_IMPORT, entity, NULL, NULL, {{0}}};
    pb_fail(err, PB_DENIED,
            PB_MSG("{count} rows would become records of {entity} that you may not bring in."),
            "count", PB_ARG_INT(beyond), "entity", PB_ARG(entity->label), NULL);
    pb_error_hint(err,
                  PB_MSG("Bring in records that are yours or your people's: the column of who is "
                         "responsible says so."),
                  NULL);
    return PB_DENIED;
}

static pb_status check_plan(const service_access *access, const exchange_plan *plan, pb_error *err)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        if (file->entity == NULL || file->passed_over)
            continue;
        PB_TRY(service_may_at_all(access, IDENTITY_OP_IMPORT, file->entity, err));
        PB_TRY(check_fields(access, file, err));
        PB_TRY(check_reach(access, plan, file, err));
    }
    return PB_OK;
}

static pb_status begin_import(void *context, db_session *session, pb_error *err)
{
    importing *im = context;
    PB_TRY(service_access_open(session, &im->call, im->denial, &im->access, err));
    im->open = true;
    return PB_OK;
}

static void end_import(void *context)
{
    importing *im = context;
    if (im->open)
        service_access_close(&im->access);
    im->open = false;
}

static pb_status check_import(void *context, db_session *session, const exchange_plan *plan,
                              pb_error *err)
{
    const importing *im = context;
    (void)session;
    return check_plan(&im->access, plan, err);
}

/* PB_DENIED or PB_NOT_FOUND when it may not be read. */
static pb_status look_at(const importing *im, const record_data *record, service_record *ret_seen)
{
    PB_TRY(service_in_scope(&im->access, IDENTITY_OP_READ, record->entity, NULL));
    return service_see(&im->access, IDENTITY_OP_READ, record, im->arena, ret_seen, NULL);
}

/* What may not be read is not there: no row finds it, nothing is told of it. */
static pb_status may_see(void *context, const model_entity *entity, pb_uuid id, bool *ret_visible,
                         pb_error *err)
{
    importing *im = context;
    record_data record;
    service_record seen;
    *ret_visible = true;
    if (im->access.policy == NULL && im->call.scopes.ptr == NULL)
        return PB_OK;
    pb_arena_reset(im->arena);
    PB_TRY(record_read(im->access.session, entity, id, im->arena, &record, err));
    pb_status status = look_at(im, &record, &seen);
    im->denial->refused = false;
    *ret_visible = status == PB_OK;
    return status == PB_OK || status == PB_DENIED || status == PB_NOT_FOUND ? PB_OK
                                                                            : pb_fail_memory(err);
}

/* How much of what it is may be told: as much as may be read. */
static pb_status see_before(importing *im, const record_data *record, uint8_t *shown, pb_error *err)
{
    service_record seen;
    if (look_at(im, record, &seen) != PB_OK)
        return pb_fail_memory(err);
    for (size_t i = 0; i < record->entity->field_count; i++) {
        identity_right right = service_right(&seen, &record->entity->fields[i]);
        shown[i] = right == IDENTITY_HIDDEN   ? RECORD_SHOWN_NOT
                   : right == IDENTITY_MASKED ? RECORD_SHOWN_MASKED
                                              : RECORD_SHOWN;
    }
    return im->dry_run ? service_need_purpose(&im->access, &seen, err) : PB_OK;
}

/* A record is changed by who may change it, and its every field that comes, as it is and as it
 * becomes. What may not be is a matter of the row: it does not end the import. */
static pb_status may_change(void *context, const record_data *record, const record_input *inputs,
                            size_t count, bool after, uint8_t *shown, record_reach *ret_reach,
                            const model_field **ret_field, pb_error *err)
{
    importing *im = context;
    *ret_reach = RECORD_REACH_WRITE;
    if (im->access.policy == NULL && im->call.scopes.ptr == NULL)
        return PB_OK;
    pb_arena_reset(im->arena);
    if (!after)
        PB_TRY(see_before(im, record, shown, err));
    pb_status status = service_may(&im->access, IDENTITY_OP_CHANGE, record, NULL);
    for (size_t i = 0; i < count && status == PB_OK; i++) {
        status = service_may_write(&im->access, IDENTITY_OP_CHANGE, record, inputs[i].field, NULL);
        *ret_field = status == PB_OK ? NULL : inputs[i].field;
    }
    im->denial->refused = false;
    if (status != PB_OK && status != PB_DENIED && status != PB_NOT_FOUND)
        return pb_fail_memory(err);
    if (status != PB_OK)
        *ret_reach = RECORD_REACH_REFUSED;
    return PB_OK;
}

pb_status service_import_within(const service_core *service, const service_call *call,
                                db_workspace *workspace, const service_source *source, bool dry_run,
                                bool all_rejects, pb_arena *arena, exchange_plan *ret_plan,
                                pb_error *err)
{
    static const service_import_hooks hooks = {begin_import, end_import, may_change, may_see,
                                               check_import};
    PB_AUTO_ARENA decided = pb_arena_new(0);
    service_denial denial = {.refused = false};
    importing im = {.call = *call, .denial = &denial, .dry_run = dry_run, .arena = decided};
    if (decided == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_may_import(call, workspace, err));
    pb_status status = service_import_checked(service, &im.call, workspace, source, dry_run,
                                              all_rejects, &hooks, arena, ret_plan, err);
    return service_refused(call, workspace, &denial, status, err);
}

/* The log names fields that have a value in what was shown: any value does. */
static pb_status mark_shown(const service_shown *shown, pb_arena *arena, record_data *record,
                            pb_error *err)
{
    size_t count = shown->entity->field_count + 1;
    *record = (record_data){.entity = shown->entity, .id = shown->id};
    record->values = pb_arena_array(arena, count, sizeof *record->values);
    record->refs = pb_arena_array(arena, count, sizeof *record->refs);
    if (record->values == NULL || record->refs == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < shown->field_count; i++)
        record->values[shown->fields[i]->index] = PB_VALUE_INT(1);
    return PB_OK;
}

static pb_status need_purpose(const service_access *access, const void *context, pb_error *err)
{
    (void)context;
    return access->purpose_missing ? service_fail_purpose(err) : PB_OK;
}

pb_status service_import_may_show(const service_call *call, db_workspace *workspace, pb_error *err)
{
    return service_decide(call, workspace, need_purpose, NULL, err);
}

pb_status service_import_shown(const service_call *call, db_workspace *workspace,
                               const service_shown *shown, size_t count, pb_arena *arena,
                               pb_error *err)
{
    record_data *records = pb_arena_array(arena, count + 1, sizeof *records);
    const record_data **list = pb_arena_array(arena, count + 1, sizeof *list);
    if (records == NULL || list == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        PB_TRY(mark_shown(&shown[i], arena, &records[i], err));
        list[i] = &records[i];
    }
    return count == 0 ? PB_OK : service_log_shown(call, workspace, list, count, err);
}

/* ---- runs ---- */

typedef struct runs {
    const service_call *call;
    pb_arena *arena;
    record_run_info *items;
    size_t count, room, most;
    bool all;
} runs;

static bool is_own(const service_call *call, const record_run_info *run)
{
    return call->who == NULL || pb_str_eq(run->actor, call->who->name);
}

static pb_status keep_run(void *context, const record_run_info *run, pb_error *err)
{
    runs *r = context;
    record_run_info kept = *run;
    if (r->count == r->most || (!r->all && !is_own(r->call, run)))
        return PB_OK;
    kept.actor = pb_arena_str(r->arena, run->actor);
    kept.kind = pb_arena_str(r->arena, run->kind);
    kept.about = pb_arena_str(r->arena, run->about);
    if (kept.actor.ptr == NULL || kept.kind.ptr == NULL || kept.about.ptr == NULL ||
        !PB_PUSH(r->arena, r->items, r->count, r->room, kept))
        return pb_fail_memory(err);
    return PB_OK;
}

/* Who looks after jobs sees what everybody's did. */
static pb_status sees_all(const service_access *access, bool *ret_all)
{
    pb_status status = service_may_at_all(access, IDENTITY_OP_JOBS, NULL, NULL);
    access->denial->refused = false;
    *ret_all = status == PB_OK;
    return status == PB_DENIED ? PB_OK : status;
}

static pb_status list_runs(const service_access *access, const void *context, pb_error *err)
{
    runs *r = (runs *)(uintptr_t)context;
    PB_TRY(sees_all(access, &r->all));
    return record_run_list(access->session, keep_run, r, err);
}

pb_status service_runs_seen(const service_call *call, db_workspace *workspace, size_t most,
                            pb_arena *arena, record_run_info **ret_runs, size_t *ret_count,
                            pb_error *err)
{
    runs r = {.call = call, .arena = arena, .most = most};
    PB_TRY(service_decide(call, workspace, list_runs, &r, err));
    *ret_runs = r.items;
    *ret_count = r.count;
    return PB_OK;
}

static pb_status may_undo(const service_access *access, const void *context, pb_error *err)
{
    const int64_t *number = context;
    const model_schema *schema = db_workspace_schema(db_session_workspace(access->session));
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_run_info run;
    bool all;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_run_find(access->session, *number, arena, &run, err));
    PB_TRY(sees_all(access, &all));
    if (!all && !is_own(access->call, &run))
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no run {number}"), "number",
                       PB_ARG_INT(*number), NULL);
    PB_TRY(may_import(access, schema, err));
    return service_need_proof(access, IDENTITY_OP_IMPORT, err);
}

pb_status service_may_undo(const service_call *call, db_workspace *workspace, int64_t number,
                           pb_error *err)
{
    return service_decide(call, workspace, may_undo, &number, err);
}
