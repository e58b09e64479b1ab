/* Taking a merge of a few records apart, by hand. */
#include "service/merge.h"

#include "internal.h"
#include "merge_access.h"
#include "merge_names.h"

typedef struct unmerge_work {
    const service_call *call;
    const model_entity *entity;
    const char *name;
    bool dry_run;
    pb_arena *arena;
    service_unmerged *unmerged;
    size_t capacity;
    service_denial denial;
} unmerge_work;

static pb_status keep(void *context, const record_undo_kept *kept, pb_error *err)
{
    unmerge_work *work = context;
    service_unmerged *unmerged = work->unmerged;
    if (unmerged->kept_count == SERVICE_KEPT_MOST)
        return PB_OK;
    return PB_PUSH(work->arena, unmerged->kept, unmerged->kept_count, work->capacity, *kept)
               ? PB_OK
               : pb_fail_memory(err);
}

static bool moving_back(void *context, uint64_t done, uint64_t total)
{
    const unmerge_work *work = context;
    return service_moving_links((void *)(uintptr_t)work->call, done, total);
}

static pb_status unmerge_decided(unmerge_work *work, const service_access *access, pb_error *err)
{
    db_session *session = access->session;
    service_unmerged *unmerged = work->unmerged;
    record_writer *writer = NULL;
    PB_TRY(merge_may_part(access, work->entity, work->name, work->arena, err));
    PB_TRY(service_named(session, db_workspace_schema(db_session_workspace(session)),
                         pb_str_c(work->name), &unmerged->entity, &unmerged->id, err));
    PB_TRY(record_writer_open(session, work->call->actor, work->call->now_us, RECORD_KEEP, &writer,
                              err));
    pb_status status = record_unmerge(writer, unmerged->entity, unmerged->id, keep, NULL,
                                      moving_back, work, &unmerged->counts, &unmerged->run, err);
    record_writer_close(writer);
    return status == PB_OK ? merge_see_parted(access, unmerged, work->arena, err) : status;
}

static pb_status unmerge(db_session *session, void *context, pb_error *err)
{
    unmerge_work *work = context;
    service_access access;
    *work->unmerged = (service_unmerged){.entity = work->entity};
    work->capacity = 0;
    PB_TRY(service_access_open(session, work->call, &work->denial, &access, err));
    pb_status status = unmerge_decided(work, &access, err);
    service_access_close(&access);
    return status == PB_OK && work->dry_run ? PB_CANCELLED : status;
}

pb_status service_unmerge(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, const char *name, bool dry_run,
                          pb_arena *arena, service_unmerged *ret_unmerged, pb_error *err)
{
    service_unmerged unmerged = {0};
    unmerge_work work = {.call = call,
                         .entity = entity,
                         .name = name,
                         .dry_run = dry_run,
                         .arena = arena,
                         .unmerged = &unmerged};
    pb_status status = db_write_within(workspace, call->limits, unmerge, &work, err);
    bool rehearsal = dry_run && status == PB_CANCELLED && unmerged.run > 0;
    if (status != PB_OK && !rehearsal)
        return service_refused(call, workspace, &work.denial, status, err);
    if (call->who != NULL) {
        const record_data *shown = &unmerged.seen->record;
        PB_TRY(service_log_shown(call, workspace, &shown, 1, err));
    }
    *ret_unmerged = unmerged;
    return PB_OK;
}
