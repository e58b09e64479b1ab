/* Who looked at a record: decided like any reading, and an event of its own. */
#include "service/trail.h"

#include "access.h"
#include "backup/standby.h"
#include "base/cbor.h"
#include "db/move.h"
#include "internal.h"

typedef struct looks {
    const service_call *call;
    const model_entity *entity;
    pb_uuid id;
    uint64_t before;
    size_t limit;
    pb_arena *arena;
    service_record seen;
    service_look *items;
    size_t count, room;
    service_denial denial;
} looks;

/* ---- filing ---- */

static pb_status file_portion(db_session *session, void *context, pb_error *err)
{
    return record_looked_file(session, context, err);
}

/* In portions, so that others can write in between, and what is done stays done. */
static pb_status file_all(const service_call *call, db_workspace *workspace, pb_error *err)
{
    bool done = false;
    if (db_moved_to(workspace) != NULL || db_standby_of(workspace) != NULL) {
        pb_fail(err, PB_CONFLICT,
                PB_MSG("Who looked at a record cannot be told here: nothing is written to this "
                       "workspace any more, or not yet."),
                NULL);
        pb_error_hint(err, PB_MSG("Ask where the workspace is written."), NULL);
        return PB_CONFLICT;
    }
    while (!done) {
        PB_TRY(db_write_within(workspace, call->limits, file_portion, &done, err));
        if (!done && db_limits_over(call->limits))
            return pb_fail(err, PB_LIMIT,
                           PB_MSG("The log is being looked through; ask again in a moment."), NULL);
    }
    return PB_OK;
}

/* ---- telling ---- */

static pb_status keep_fields(const looks *l, const record_looked *looked, service_look *look,
                             pb_error *err)
{
    const model_field **fields = pb_arena_array(l->arena, looked->field_count + 1, sizeof *fields);
    if (fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < looked->field_count; i++) {
        const model_field *field = model_field_find(l->entity, looked->fields[i]);
        if (field != NULL && service_right(&l->seen, field) >= IDENTITY_READ)
            fields[look->field_count++] = field;
    }
    look->fields = fields;
    return PB_OK;
}

static bool keep(pb_arena *arena, pb_str text, pb_str *ret)
{
    *ret = text.ptr == NULL ? PB_STR_NONE : pb_arena_str(arena, text);
    return text.ptr == NULL || ret->ptr != NULL;
}

static pb_status take_look(void *context, const record_looked *looked, pb_error *err)
{
    looks *l = context;
    const ledger_event *event = looked->event;
    service_look look = {.sequence = looked->sequence,
                         .at_us = event->at_us,
                         .named = looked->named,
                         .records = looked->records};
    bool good = keep(l->arena, event->actor.name, &look.actor) &&
                keep(l->arena, event->actor.via, &look.via) &&
                keep(l->arena, event->actor.purpose, &look.purpose);
    PB_TRY(good ? keep_fields(l, looked, &look, err) : pb_fail_memory(err));
    return PB_PUSH(l->arena, l->items, l->count, l->room, look) ? PB_OK : pb_fail_memory(err);
}

static pb_status look_in(db_session *session, looks *l, pb_error *err)
{
    service_access access;
    record_data record;
    PB_TRY(service_access_open(session, l->call, &l->denial, &access, err));
    access.purpose_missing = false; /* no value is shown */
    pb_status status = record_read(session, l->entity, l->id, l->arena, &record, err);
    if (status == PB_OK)
        status = service_may(&access, IDENTITY_OP_ACCESSES, &record, err);
    if (status == PB_OK)
        status = service_see(&access, IDENTITY_OP_READ, &record, l->arena, &l->seen, err);
    if (status == PB_OK)
        status = record_looked_list(session, l->entity, l->id, l->before, l->limit + 1, take_look,
                                    l, err);
    service_access_close(&access);
    return status;
}

static pb_status log_asked(const looks *l, db_workspace *workspace, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(4096);
    pb_cbor_map(&payload, 2);
    pb_cbor_text(&payload, PB_STR("entity"));
    pb_cbor_text(&payload, l->entity->name);
    pb_cbor_text(&payload, PB_STR("record"));
    pb_cbor_bytes(&payload, pb_uuid_str(&l->id));
    return payload.failed
               ? pb_fail_memory(err)
               : service_log(workspace, l->call, "accesses.read", pb_buf_str(&payload), err);
}

/* Decided first: who may not ask has nothing filed for them. */
static pb_status decide_first(const service_call *call, db_workspace *workspace, looks *l,
                              pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    record_data record;
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &l->denial, &access, err);
    if (status == PB_OK) {
        status = record_read(session, l->entity, l->id, l->arena, &record, err);
        if (status == PB_OK)
            status = service_may(&access, IDENTITY_OP_ACCESSES, &record, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    return service_refused(call, workspace, &l->denial, status, err);
}

pb_status service_looks(const service_call *call, db_workspace *workspace,
                        const model_entity *entity, pb_uuid id, uint64_t before, size_t limit,
                        pb_arena *arena, service_look **ret_looks, size_t *ret_count,
                        uint64_t *ret_next, pb_error *err)
{
    db_session *session = NULL;
    looks l = {
        .call = call, .entity = entity, .id = id, .before = before, .limit = limit, .arena = arena};
    PB_TRY(decide_first(call, workspace, &l, err));
    PB_TRY(file_all(call, workspace, err));
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = look_in(session, &l, err);
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &l.denial, status, err));
    PB_TRY(log_asked(&l, workspace, err));
    bool more = l.count > limit;
    *ret_count = more ? limit : l.count;
    *ret_looks = l.items;
    *ret_next = more ? l.items[limit - 1].sequence : UINT64_MAX;
    return PB_OK;
}
