#include "service/move.h"

#include "internal.h"

#include "base/cbor.h"

enum { SUMS_MAX = 4096, SQL_MAX = 1 << 16 };

typedef struct moving {
    const service_core *service;
    const service_call *call;
    pb_arena *arena;
    service_moved *moved;
} moving;

static bool progress(void *context, uint64_t done, uint64_t total)
{
    const service_call *call = ((const moving *)context)->call;
    return call->progress != NULL &&
           call->progress(call->context, PB_MSG("Moving"), "", done, total);
}

/* ---- counts and sums ---- */

static pb_status count_records(db_session *session, service_moved_count *count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt = NULL;
    bool found = false;
    pb_buf_printf(&sql, "SELECT COUNT(*) FROM \"%.*s\"", PB_STR_FMT(count->entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &found, err));
    count->records = found ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

static pb_status add_sum(service_moved *moved, pb_arena *arena, service_moved_sum sum,
                         pb_error *err)
{
    if (moved->sum_count == SUMS_MAX)
        return pb_fail(err, PB_LIMIT, PB_MSG("More than {limit} sums to compare"), "limit",
                       PB_ARG_INT(SUMS_MAX), NULL);
    if (moved->sums == NULL)
        moved->sums = pb_arena_array(arena, SUMS_MAX, sizeof *moved->sums);
    if (moved->sums == NULL)
        return pb_fail_memory(err);
    if (sum.currency.ptr != NULL)
        sum.currency = pb_arena_str(arena, sum.currency);
    moved->sums[moved->sum_count++] = sum;
    return PB_OK;
}

/* Added in two halves, so that no number of amounts goes beyond 64 bits on the way. */
static pb_status sum_field(db_session *session, service_moved_sum sum, service_moved *moved,
                           pb_arena *arena, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(SQL_MAX);
    db_stmt *stmt = NULL;
    bool found = true;
    pb_str field = sum.field->name;
    pb_buf_printf(&sql,
                  "SELECT \"%.*s_currency\", COUNT(*), CAST(SUM(\"%.*s\" / 1000000) AS BIGINT),"
                  " CAST(SUM(\"%.*s\" %% 1000000) AS BIGINT) FROM \"%.*s\""
                  " WHERE \"%.*s\" IS NOT NULL GROUP BY 1 ORDER BY 1",
                  PB_STR_FMT(field), PB_STR_FMT(field), PB_STR_FMT(field),
                  PB_STR_FMT(sum.entity->name), PB_STR_FMT(field));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &found, err));
    while (found) {
        int64_t high = db_column_i64(stmt, 2);
        sum.currency = db_column_text(stmt, 0);
        sum.values = (uint64_t)db_column_i64(stmt, 1);
        if (__builtin_mul_overflow(high, (int64_t)1000000, &sum.minor) ||
            __builtin_add_overflow(sum.minor, db_column_i64(stmt, 3), &sum.minor)) {
            db_reset(stmt);
            return pb_fail(err, PB_LIMIT, PB_MSG("The sum of {field} is beyond 64 bits"), "field",
                           PB_ARG(field), NULL);
        }
        PB_TRY(add_sum(moved, arena, sum, err));
        PB_TRY(db_step(stmt, &found, err));
    }
    return PB_OK;
}

static pb_status count_and_sum(const service_core *service, db_session *session, pb_arena *arena,
                               service_moved *moved, pb_error *err)
{
    const model_schema *schema = service->schema;
    moved->sum_count = 0;
    moved->count_count = schema->entity_count;
    moved->counts = pb_arena_array(arena, schema->entity_count, sizeof *moved->counts);
    if (moved->counts == NULL)
        return pb_fail_memory(err);
    for (size_t e = 0; e < schema->entity_count; e++) {
        const model_entity *entity = &schema->entities[e];
        moved->counts[e].entity = entity;
        PB_TRY(count_records(session, &moved->counts[e], err));
        for (size_t f = 0; f < entity->field_count; f++) {
            service_moved_sum sum = {.entity = entity, .field = &entity->fields[f]};
            if (sum.field->type == MODEL_MONEY)
                PB_TRY(sum_field(session, sum, moved, arena, err));
        }
    }
    return PB_OK;
}

static pb_status fail_differs(const model_entity *entity, const char *what, pb_error *err)
{
    return pb_fail(err, PB_CORRUPT,
                   PB_MSG("The copy differs from the workspace: {what} of {entity}."), "what", what,
                   "entity", PB_ARG(entity->name), NULL);
}

static pb_status same_counts(const service_moved *want, const service_moved *found, pb_error *err)
{
    for (size_t i = 0; i < want->count_count; i++)
        if (want->counts[i].records != found->counts[i].records)
            return fail_differs(want->counts[i].entity, PB_MSG("number of records"), err);
    for (size_t i = 0; i < want->sum_count; i++) {
        const service_moved_sum *a = &want->sums[i];
        const service_moved_sum *b = i < found->sum_count ? &found->sums[i] : NULL;
        if (b == NULL || a->field != b->field || !pb_str_eq(a->currency, b->currency) ||
            a->values != b->values || a->minor != b->minor)
            return fail_differs(a->entity, PB_MSG("sum of amounts"), err);
    }
    return want->sum_count == found->sum_count
               ? PB_OK
               : fail_differs(found->sums[want->sum_count].entity, PB_MSG("sum of amounts"), err);
}

/* ---- the ledger ---- */

static pb_status same_ledger(const moving *work, db_session *copy, pb_error *err)
{
    const ledger_head *want = &work->moved->head;
    ledger_head found;
    PB_TRY(ledger_head_read(copy, &found, err));
    if (found.size != want->size || memcmp(found.root, want->root, sizeof found.root) != 0)
        return pb_fail(err, PB_CORRUPT, PB_MSG("The ledger of the copy has another head."), NULL);
    return service_verify_session(work->call, copy, &work->moved->ledger, err);
}

/* Runs over the copy while the workspace that is left is closed to writing. */
static pb_status prove(db_session *copy, void *context, pb_error *err)
{
    moving *work = context;
    service_moved found = {0};
    PB_TRY(count_and_sum(work->service, copy, work->arena, &found, err));
    PB_TRY(same_counts(work->moved, &found, err));
    return same_ledger(work, copy, err);
}

/* ---- operations ---- */

static pb_status log_place(db_workspace *workspace, const service_call *call, const char *kind,
                           const char *place, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(16384);
    pb_cbor_map(&payload, 1);
    pb_cbor_text(&payload, PB_STR("to"));
    pb_cbor_text(&payload, pb_str_c(place));
    return payload.failed ? pb_fail_memory(err)
                          : service_log(workspace, call, kind, pb_buf_str(&payload), err);
}

/* What the copy must equal, as it is before anything is copied. Writers could still come in
 * between: then the proof fails, and nothing is moved. */
static pb_status look_before(moving *work, db_workspace *workspace, pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = count_and_sum(work->service, snapshot, work->arena, work->moved, err);
    if (status == PB_OK)
        status = ledger_head_read(snapshot, &work->moved->head, err);
    db_snapshot_close(snapshot);
    return status;
}

pb_status service_move(const service_core *service, const service_call *call,
                       db_workspace *workspace, const char *to_url, pb_arena *arena,
                       service_moved *ret_moved, pb_error *err)
{
    moving work = {service, call, arena, ret_moved};
    db_move_options options = {.progress = progress, .prove = prove, .context = &work};
    *ret_moved = (service_moved){0};
    static const db_options none;
    PB_TRY(db_workspace_can_create(to_url, service->schema, &none, err));
    PB_TRY(log_place(workspace, call, "workspace.moving", db_workspace_shown(to_url, arena), err));
    PB_TRY(look_before(&work, workspace, err));
    return db_move(workspace, to_url, &options, arena, &ret_moved->tables, err);
}

pb_status service_take_back(const service_call *call, db_workspace *workspace, pb_error *err)
{
    const char *to = db_moved_to(workspace);
    if (to == NULL) {
        pb_fail(err, PB_INVALID, PB_MSG("The workspace {workspace} was not moved."), "workspace",
                db_workspace_url(workspace), NULL);
        pb_error_hint(err, PB_MSG("It can be written: there is nothing to take back."), NULL);
        return PB_INVALID;
    }
    PB_TRY(db_move_take_back(workspace, err));
    return log_place(workspace, call, "workspace.taken_back", to, err);
}
