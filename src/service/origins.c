/* Where the values of a record come from, as far as they show. */
#include "service/trail.h"

#include "access.h"
#include "internal.h"

static pb_status origins_in(const service_access *access, const model_entity *entity, pb_uuid id,
                            pb_arena *arena, service_origins *origins, pb_error *err)
{
    record_data record;
    record_provenance *list = NULL;
    const service_denial clean = *access->denial;
    PB_TRY(service_in_scope(access, IDENTITY_OP_READ, entity, err));
    PB_TRY(record_read(access->session, entity, id, arena, &record, err));
    PB_TRY(service_see(access, IDENTITY_OP_READ, &record, arena, &origins->record, err));
    PB_TRY(record_provenance_read(access->session, &record, arena, &list, err));
    for (size_t i = 0; i < entity->field_count; i++)
        if (service_right(&origins->record, &entity->fields[i]) < IDENTITY_READ)
            list[i] = (record_provenance){.known = false};
    origins->list = list;
    pb_status status = service_may(access, IDENTITY_OP_HISTORY, &record, NULL);
    origins->history = status == PB_OK;
    *access->denial = clean; /* it was not asked for, so it is not refused */
    return status == PB_DENIED || status == PB_NOT_FOUND ? PB_OK : status;
}

pb_status service_read_origins(const service_call *call, db_workspace *workspace,
                               const model_entity *entity, pb_uuid id, pb_arena *arena,
                               service_origins *ret_origins, pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    service_denial denial;
    service_origins origins = {.history = false};
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &denial, &access, err);
    if (status == PB_OK) {
        status = origins_in(&access, entity, id, arena, &origins, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &denial, status, err));
    const record_data *shown = &origins.record.record;
    PB_TRY(service_log_shown(call, workspace, &shown, 1, err));
    *ret_origins = origins;
    return PB_OK;
}
