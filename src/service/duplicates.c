#include "internal.h"

#include "audit/duplicates.h"
#include "db/move.h"
#include "db/standby.h"

bool service_comparing(void *context, uint64_t done, uint64_t total)
{
    const service_duplicate_progress *search = context;
    const service_call *call = search->call;
    return call->progress != NULL && call->progress(call->context, PB_MSG("Comparing"),
                                                    search->entity->plural.ptr, done, total);
}

/* --- what was learned --- */

typedef struct learned {
    const service_call *call;
    const model_entity *entity;
    match_model *model;
    bool names_only;
    bool kept;
} learned;

static pb_status keep_learned(db_session *session, void *context, pb_error *err)
{
    learned *of = context;
    return service_keep_learned(session, of->call, of->entity, of->model, of->names_only, &of->kept,
                                err);
}

pb_status service_keep_learned(db_session *session, const service_call *call,
                               const model_entity *entity, const match_model *model,
                               bool names_only, bool *ret_kept, pb_error *err)
{
    if (ret_kept != NULL)
        *ret_kept = false;
    if (model == NULL || match_model_rows(model) < RECORD_LEARN_LEAST)
        return PB_OK;
    return record_likely_learned(session, call->actor, call->now_us, entity, model, names_only,
                                 ret_kept, err);
}

/* Who reads a copy of the workspace, or one that was moved away, has nowhere to keep it; a search
 * is none the worse when it could not be. */
static void keep(db_workspace *workspace, const service_source *source, learned *of,
                 service_duplicates *list)
{
    bool could = source->replica == NULL && db_standby_of(workspace) == NULL &&
                 db_moved_to(workspace) == NULL;
    if (of->model != NULL && could)
        list->unkept = db_write(workspace, keep_learned, of, NULL) != PB_OK;
    list->kept = of->kept;
}

/* --- searching --- */

static pb_status find_in(db_session *snapshot, double threshold, const match_options *options,
                         pb_arena *arena, learned *of, service_duplicates *ret_list, pb_error *err)
{
    const model_entity *entity = of->entity;
    service_duplicate_progress search = {of->call, entity};
    audit_duplicates found;
    size_t count;
    match_options with_model = *options;
    with_model.threshold = threshold > 0 ? threshold : entity->duplicate_find;
    with_model.ret_model = &of->model;
    *ret_list = (service_duplicates){.entity = entity, .threshold = with_model.threshold};
    PB_TRY(audit_duplicates_search(snapshot, entity, &with_model, service_comparing, &search, arena,
                                   &found, err));
    if (found.field_count == 0)
        return PB_OK;
    ret_list->result = found.result;
    of->names_only = found.names_only;
    return audit_duplicates_names(snapshot, entity, arena, &ret_list->ids, &count, err);
}

/* `all` has room for every entity; what was learned of lists[i] is all[i]. */
static pb_status find_all(const service_core *service, const service_call *call,
                          db_session *snapshot, pb_str entity, double threshold, pb_arena *arena,
                          learned *all, service_duplicates *lists, size_t *ret_count, pb_error *err)
{
    size_t count = 0;
    match_options options;
    PB_TRY(service_matching(call, threshold, arena, &options, err));
    for (size_t i = 0; i < service->schema->entity_count; i++) {
        const model_entity *one = &service->schema->entities[i];
        if (!pb_str_empty(entity) && !pb_str_eq(one->name, entity))
            continue;
        match_model_free(all[count].model); /* of an entity without records */
        all[count] = (learned){.call = call, .entity = one};
        PB_TRY(find_in(snapshot, threshold, &options, arena, &all[count], &lists[count], err));
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
    learned *all = pb_arena_array(arena, service->schema->entity_count + 1, sizeof *all);
    if (all == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_open_source(service, call, source, arena, &opened, err));
    pb_status status = db_snapshot_open_within(opened.workspace, call->limits, &snapshot, err);
    if (status == PB_OK)
        status =
            find_all(service, call, snapshot, entity, threshold, arena, all, lists, ret_count, err);
    db_snapshot_close(snapshot);
    for (size_t i = 0; i < service->schema->entity_count; i++) {
        if (status == PB_OK && i < *ret_count)
            keep(opened.workspace, source, &all[i], &lists[i]);
        match_model_free(all[i].model);
    }
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
