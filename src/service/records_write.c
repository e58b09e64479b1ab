/* Records written: decided on as they were and as they are now, through the gate, with the answer
 * to a request that may come again. */
#include "access.h"

#include "internal.h"
#include "once.h"

typedef struct putting {
    const service_call *call;
    const service_write *write;
    pb_arena *arena;
    service_written written;
    service_denial denial;
    record_data before; /* of a change */
} putting;

/* Every field that came in must be one that may be written. */
static pb_status may_write_fields(const service_access *access, identity_operation operation,
                                  const record_data *record, const service_write *write,
                                  pb_error *err)
{
    PB_TRY(service_may(access, operation, record, err));
    for (size_t i = 0; i < write->count; i++)
        PB_TRY(service_may_write(access, operation, record, write->inputs[i].field, err));
    for (size_t i = 0; i < write->statement_count; i++)
        PB_TRY(service_may_write(access, operation, record, write->statements[i].field, err));
    return PB_OK;
}

static pb_status check_before(const service_access *access, putting *p, pb_error *err)
{
    const service_write *write = p->write;
    if (write->change == NULL)
        return service_may_at_all(access, IDENTITY_OP_CREATE, write->entity, err);
    PB_TRY(record_read(access->session, write->entity, *write->change, p->arena, &p->before, err));
    return may_write_fields(access, IDENTITY_OP_CHANGE, &p->before, write, err);
}

/* What may not be read of it is not told: at least its id and version are. */
static pb_status see(const service_access *access, putting *p, const record_data *record,
                     service_record *ret_seen, pb_error *err)
{
    const model_entity *entity = record->entity;
    pb_status status = service_in_scope(access, IDENTITY_OP_READ, entity, NULL);
    if (status == PB_OK)
        status = service_see(access, IDENTITY_OP_READ, record, p->arena, ret_seen, NULL);
    if (status != PB_NOT_FOUND && status != PB_DENIED)
        return status;
    uint8_t *none = pb_arena_array(p->arena, entity->field_count + 1, 1);
    service_record seen = {.record = *record, .rights = none};
    seen.record.values = pb_arena_array(p->arena, entity->field_count + 1, sizeof(pb_value));
    if (none == NULL || seen.record.values == NULL)
        return pb_fail_memory(err);
    *ret_seen = seen;
    return PB_OK;
}

static bool differs(const record_data *a, const record_data *b, size_t field)
{
    return !pb_value_eq(a->values[field], b->values[field]) ||
           !pb_str_eq(a->refs[field], b->refs[field]) ||
           !pb_str_eq(a->currencies[field], b->currencies[field]);
}

static pb_status tell_changes(const service_access *access, putting *p, const record_data *after,
                              pb_error *err)
{
    const model_entity *entity = after->entity;
    service_written *written = &p->written;
    written->changes = pb_arena_array(p->arena, entity->field_count + 1, sizeof *written->changes);
    if (written->changes == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        if (differs(&p->before, after, i))
            written->changes[written->change_count++] = &entity->fields[i];
    return see(access, p, &p->before, &written->before, err);
}

/* Also as it is now: nobody gives a record to where he could not have changed it, or makes one that
 * he may not make. */
static pb_status check_after(const service_access *access, putting *p, pb_error *err)
{
    record_data after;
    const service_write *write = p->write;
    identity_operation operation = write->change == NULL ? IDENTITY_OP_CREATE : IDENTITY_OP_CHANGE;
    PB_TRY(
        record_read(access->session, write->entity, p->written.entered.id, p->arena, &after, err));
    PB_TRY(may_write_fields(access, operation, &after, write, err));
    PB_TRY(see(access, p, &after, &p->written.record, err));
    return p->before.entity != NULL && write->dry_run ? tell_changes(access, p, &after, err)
                                                      : PB_OK;
}

static pb_status write_one(putting *p, record_writer *writer, pb_error *err)
{
    const service_write *write = p->write;
    service_entered *entered = &p->written.entered;
    const record_problem *problems = NULL;
    size_t count = 0;
    pb_status status;
    if (write->change != NULL) {
        entered->id = *write->change;
        status = record_change(writer, write->entity, *write->change, write->expected_version,
                               write->inputs, write->count, &problems, &count, err);
    } else {
        status = record_create(writer, write->entity, write->inputs, write->count,
                               (record_origin){0}, &entered->id, &problems, &count, err);
        p->written.created = status == PB_OK;
    }
    if (status == PB_OK || status == PB_INVALID)
        PB_TRY(service_entered_keep(p->arena, problems, count, record_writer_likely(writer),
                                    entered, NULL));
    return status;
}

static pb_status write_in(const service_access *access, putting *p, pb_error *err)
{
    record_writer *writer = NULL;
    PB_TRY(check_before(access, p, err));
    PB_TRY(record_writer_open(access->session, p->call->actor, p->call->now_us, RECORD_STRICT,
                              &writer, err));
    const record_gate gate = {.what = p->write->duplicates,
                              .may_see = access->policy == NULL ? NULL : service_sees,
                              .context = (void *)(uintptr_t)access,
                              .by = PB_STR("entry")};
    record_writer_gate(writer, &gate);
    pb_status status = write_one(p, writer, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    if (status == PB_OK && p->write->statement_count > 0)
        status = record_state(access->session, p->call->actor, p->call->now_us, p->write->entity,
                              p->written.entered.id, p->write->statements,
                              p->write->statement_count, err);
    return status == PB_OK ? check_after(access, p, err) : status;
}

/* Who may do it no more is not told again what came of it. */
static pb_status look_back(const service_access *access, putting *p, pb_error *err)
{
    identity_operation operation =
        p->write->change == NULL ? IDENTITY_OP_CREATE : IDENTITY_OP_CHANGE;
    PB_TRY(service_may_at_all(access, operation, p->write->entity, err));
    return service_once_look(access->session, p->call, p->write->once, p->arena, &p->written.answer,
                             err);
}

static pb_status put_work(db_session *session, void *context, pb_error *err)
{
    putting *p = context;
    service_access access;
    const service_once *once = p->write->once;
    bool kept = once != NULL && once->key.ptr != NULL && !p->write->dry_run;
    p->written = (service_written){.created = false};
    PB_TRY(service_access_open(session, p->call, &p->denial, &access, err));
    pb_status status = PB_OK;
    if (kept)
        status = look_back(&access, p, err);
    bool done = p->written.answer.ptr != NULL;
    if (status == PB_OK && !done)
        status = write_in(&access, p, err);
    service_access_close(&access);
    if (status == PB_OK && kept && !done)
        status = service_once_keep(session, p->call, once, &p->written, err);
    /* Looked at, and undone. */
    return status == PB_OK && p->write->dry_run ? PB_CANCELLED : status;
}

pb_status service_put(const service_call *call, db_workspace *workspace, const service_write *write,
                      pb_arena *arena, service_written *ret_written, pb_error *err)
{
    putting p = {.call = call, .write = write, .arena = arena};
    pb_status status = db_write_within(workspace, call->limits, put_work, &p, err);
    if (status == PB_CANCELLED && write->dry_run && !db_limits_over(call->limits))
        status = PB_OK;
    if (status == PB_OK || status == PB_INVALID)
        *ret_written = p.written;
    return service_refused(call, workspace, &p.denial, status, err);
}

/* ---- gone and back ---- */

typedef struct removing {
    const service_call *call;
    const model_entity *entity;
    pb_uuid id;
    int64_t expected_version;
    bool restore;
    pb_arena *arena;
    service_record seen;
    service_denial denial;
} removing;

static pb_status check_version(const removing *r, const record_data *record, pb_error *err)
{
    if (r->expected_version == 0 || r->expected_version == record->version)
        return PB_OK;
    pb_fail(err, PB_CONFLICT,
            PB_MSG("The record was changed meanwhile: it has version {now}, not {expected}."),
            "now", PB_ARG_INT(record->version), "expected", PB_ARG_INT(r->expected_version), NULL);
    pb_error_hint(err, PB_MSG("Read it again and repeat the change."), NULL);
    return PB_CONFLICT;
}

static pb_status remove_record(const service_access *access, const removing *r, pb_error *err)
{
    record_writer *writer = NULL;
    PB_TRY(record_writer_open(access->session, r->call->actor, r->call->now_us, RECORD_STRICT,
                              &writer, err));
    const record_gate gate = {.what = RECORD_DUPLICATES_DECLARED,
                              .may_see = access->policy == NULL ? NULL : service_sees,
                              .context = (void *)(uintptr_t)access,
                              .by = PB_STR("entry")};
    record_writer_gate(writer, &gate);
    pb_status status = r->restore ? record_restore(writer, r->entity, r->id, err)
                                  : record_delete(writer, r->entity, r->id, err);
    if (status == PB_OK)
        status = record_writer_finish(writer, err);
    record_writer_close(writer);
    return status;
}

static pb_status remove_in(const service_access *access, removing *r, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(access->session, r->entity, r->id, r->arena, &record, err));
    PB_TRY(
        service_may(access, r->restore ? IDENTITY_OP_RESTORE : IDENTITY_OP_DELETE, &record, err));
    PB_TRY(check_version(r, &record, err));
    PB_TRY(remove_record(access, r, err));
    PB_TRY(record_read(access->session, r->entity, r->id, r->arena, &record, err));
    return service_see(access, IDENTITY_OP_READ, &record, r->arena, &r->seen, err);
}

static pb_status remove_work(db_session *session, void *context, pb_error *err)
{
    removing *r = context;
    service_access access;
    PB_TRY(service_access_open(session, r->call, &r->denial, &access, err));
    pb_status status = remove_in(&access, r, err);
    service_access_close(&access);
    return status;
}

pb_status service_remove(const service_call *call, db_workspace *workspace,
                         const model_entity *entity, pb_uuid id, int64_t expected_version,
                         bool restore, pb_arena *arena, service_record *ret_record, pb_error *err)
{
    removing r = {.call = call,
                  .entity = entity,
                  .id = id,
                  .expected_version = expected_version,
                  .restore = restore,
                  .arena = arena};
    pb_status status = db_write_within(workspace, call->limits, remove_work, &r, err);
    PB_TRY(service_refused(call, workspace, &r.denial, status, err));
    *ret_record = r.seen;
    return PB_OK;
}
