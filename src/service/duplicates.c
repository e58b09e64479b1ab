#include "internal.h"

#include "audit/duplicates.h"

bool service_comparing(void *context, uint64_t done, uint64_t total)
{
    const service_duplicate_progress *search = context;
    const service_call *call = search->call;
    return call->progress != NULL && call->progress(call->context, PB_MSG("Comparing"),
                                                    search->entity->plural.ptr, done, total);
}

static pb_status find_in(const service_call *call, db_session *snapshot, const model_entity *entity,
                         double threshold, pb_arena *arena, service_duplicates *ret_list,
                         pb_error *err)
{
    service_duplicate_progress search = {call, entity};
    audit_duplicates found;
    size_t count;
    *ret_list = (service_duplicates){.entity = entity};
    PB_TRY(audit_duplicates_find(snapshot, entity, threshold, service_comparing, &search, arena,
                                 &found, err));
    if (found.field_count == 0)
        return PB_OK;
    ret_list->result = found.result;
    return audit_duplicates_names(snapshot, entity, arena, &ret_list->ids, &count, err);
}

static pb_status find_all(const service_core *service, const service_call *call,
                          db_session *snapshot, pb_str entity, double threshold, pb_arena *arena,
                          service_duplicates *lists, size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < service->schema->entity_count; i++) {
        const model_entity *one = &service->schema->entities[i];
        if (!pb_str_empty(entity) && !pb_str_eq(one->name, entity))
            continue;
        PB_TRY(find_in(call, snapshot, one, threshold, arena, &lists[count], err));
        count += lists[count].result.rows > 0;
    }
    *ret_count = count;
    return PB_OK;
}

static pb_status nothing_found(pb_str entity, pb_error *err)
{
    if (pb_str_empty(entity))
        pb_fail(err, PB_NOT_FOUND, PB_MSG("The source has no records that could be compared"),
                NULL);
    else
        pb_fail(err, PB_NOT_FOUND,
                PB_MSG("The source has no {entity} records that could be compared"), "entity",
                PB_ARG(entity), NULL);
    pb_error_hint(err, PB_MSG("Say with --map what the files and columns are."), NULL);
    return PB_NOT_FOUND;
}

static pb_status find_in_workspace(const service_core *service, const service_call *call,
                                   const service_source *source, pb_str entity, double threshold,
                                   pb_arena *arena, service_duplicates *lists, size_t *ret_count,
                                   pb_error *err)
{
    service_opened opened;
    db_session *snapshot = NULL;
    PB_TRY(service_open_source(service, call, source, arena, &opened, err));
    pb_status status = db_snapshot_open(opened.workspace, &snapshot, err);
    if (status == PB_OK)
        status = find_all(service, call, snapshot, entity, threshold, arena, lists, ret_count, err);
    db_snapshot_close(snapshot);
    service_close_source(&opened);
    return status;
}

pb_status service_find_duplicates(const service_core *service, const service_call *call,
                                  const service_source *source, pb_str entity, double threshold,
                                  pb_arena *arena, service_duplicates **ret_lists,
                                  size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    service_duplicates *lists =
        pb_arena_array(arena, service->schema->entity_count + 1, sizeof *lists);
    if (lists == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_refuse_mixture(source, err));
    pb_status status =
        service_source_is_workspace(source)
            ? find_in_workspace(service, call, source, entity, threshold, arena, lists, &count, err)
            : service_duplicates_in_files(service, call, source, entity, threshold, arena, lists,
                                          &count, err);
    if (status == PB_OK && count == 0)
        status = nothing_found(entity, err);
    if (status == PB_OK) {
        *ret_lists = lists;
        *ret_count = count;
    }
    return status;
}
