/* The review of what is likely twice: filling the queue, showing pairs, deciding, measuring. */
#include "service/review.h"

#include "audit/duplicates.h"
#include "internal.h"
#include "service/reads.h"
#include "verdict.h"

/* --- filling --- */

/* What a search of one entity found, on its way into the workspace. */
typedef struct filling {
    const service_call *call;
    const model_entity *entity;
    const match_model *model;
    bool names_only;
    const record_offer *offers;
    size_t count;
    uint64_t added;
} filling;

static pb_status keep(db_session *session, void *context, pb_error *err)
{
    filling *f = context;
    f->added = 0;
    PB_TRY(service_keep_learned(session, f->call, f->entity, f->model, f->names_only, NULL, err));
    PB_TRY(record_likely_complete(session, f->entity, err));
    if (f->count == 0)
        return PB_OK;
    return record_review_offer(session, f->entity, f->offers, f->count, "search", f->call->now_us,
                               &f->added, err);
}

static pb_status offers_of(const audit_duplicates *found, const pb_uuid *ids, pb_arena *arena,
                           filling *f, pb_error *err)
{
    record_offer *offers = pb_arena_array(arena, found->result.pair_count + 1, sizeof *offers);
    if (offers == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < found->result.pair_count; i++) {
        const match_pair *pair = &found->result.pairs[i];
        offers[i] = (record_offer){ids[pair->left], ids[pair->right], pair->score, 0};
    }
    f->offers = offers;
    f->count = found->result.pair_count;
    return PB_OK;
}

static pb_status search(filling *f, db_workspace *workspace, pb_arena *arena,
                        audit_duplicates *ret_found, match_model **ret_model, pb_error *err)
{
    service_duplicate_progress progress = {f->call, f->entity};
    match_options options;
    db_session *snapshot = NULL;
    pb_uuid *ids = NULL;
    PB_TRY(service_matching(f->call, SERVICE_QUEUE_LEAST, arena, &options, err));
    options.ret_model = ret_model;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = audit_duplicates_search(snapshot, f->entity, &options, service_comparing,
                                               &progress, arena, ret_found, err);
    if (status == PB_OK)
        status = audit_duplicates_ids(snapshot, f->entity, ret_found->result.rows, arena, &ids,
                                      NULL, err);
    db_snapshot_close(snapshot);
    return status == PB_OK ? offers_of(ret_found, ids, arena, f, err) : status;
}

static pb_status fill_one(const service_call *call, db_workspace *workspace,
                          const model_entity *entity, pb_arena *arena, service_queue *ret_queue,
                          pb_error *err)
{
    audit_duplicates found = {0};
    match_model *model = NULL;
    filling f = {.call = call, .entity = entity};
    pb_status status = search(&f, workspace, arena, &found, &model, err);
    f.model = model;
    f.names_only = found.names_only;
    if (status == PB_OK && found.field_count > 0)
        status = db_write_within(workspace, call->limits, keep, &f, err);
    match_model_free(model);
    *ret_queue = (service_queue){.entity = entity,
                                 .records = found.field_count > 0 ? found.result.rows : 0,
                                 .pairs = f.count,
                                 .added = f.added};
    return status;
}

pb_status service_queue_fill(const service_call *call, db_workspace *workspace, pb_str entity,
                             pb_arena *arena, service_queue **ret_queues, size_t *ret_count,
                             pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    size_t count = 0;
    service_queue *queues = pb_arena_array(arena, schema->entity_count + 1, sizeof *queues);
    if (queues == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < schema->entity_count; i++) {
        PB_AUTO_ARENA room = pb_arena_new(0);
        if (room == NULL)
            return pb_fail_memory(err);
        if (!pb_str_empty(entity) && !pb_str_eq(entity, schema->entities[i].name))
            continue;
        PB_TRY(fill_one(call, workspace, &schema->entities[i], room, &queues[count], err));
        count += queues[count].records > 0;
    }
    *ret_queues = queues;
    *ret_count = count;
    return PB_OK;
}

/* --- listing --- */

pb_status service_review_list(db_workspace *workspace, const record_review_filter *filter,
                              record_pair_each each, void *context, pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = record_review_each(snapshot, filter, each, context, err);
    db_snapshot_close(snapshot);
    return status;
}

pb_status service_review_count(db_workspace *workspace, const model_entity *entity,
                               uint64_t ret_counts[4], pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = record_review_count(snapshot, entity, ret_counts, err);
    db_snapshot_close(snapshot);
    return status;
}

/* --- showing --- */

static pb_status take_record(void *context, const record_data *record, pb_error *err)
{
    (void)err;
    *(record_data *)context = *record;
    return PB_OK;
}

static pb_status explain(db_workspace *workspace, const model_entity *entity, pb_uuid a, pb_uuid b,
                         pb_arena *arena, service_comparison *ret, pb_error *err)
{
    db_session *snapshot = NULL;
    pb_error why;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = record_review_explain(snapshot, entity, a, b, arena, &ret->waterfall, err);
    if (status == PB_OK)
        ret->queued = record_review_find(snapshot, entity, a, b, arena, &ret->pair, &why) == PB_OK;
    db_snapshot_close(snapshot);
    return status;
}

pb_status service_review_show(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, pb_uuid a, pb_uuid b, pb_arena *arena,
                              service_comparison *ret_comparison, pb_error *err)
{
    service_comparison shown = {.queued = false};
    const service_view left = {.record = take_record, .context = &shown.left};
    const service_view right = {.record = take_record, .context = &shown.right};
    PB_TRY(explain(workspace, entity, a, b, arena, &shown, err));
    PB_TRY(service_show(call, workspace, entity, a, &left, arena, err));
    PB_TRY(service_show(call, workspace, entity, b, &right, arena, err));
    *ret_comparison = shown;
    return PB_OK;
}

/* --- deciding --- */

pb_status service_verdict_keep(db_session *session, service_verdict *verdict, pb_error *err)
{
    const service_verdict *v = verdict;
    PB_TRY(record_review_decide(session, v->call->actor, v->call->now_us, v->entity, v->a, v->b,
                                v->decision, v->reason, err));
    return record_review_calibrate(session, v->entity, &verdict->calibrated, err);
}

static pb_status decide(db_session *session, void *context, pb_error *err)
{
    return service_verdict_keep(session, context, err);
}

pb_status service_review_decide(const service_call *call, db_workspace *workspace,
                                const model_entity *entity, pb_uuid a, pb_uuid b,
                                record_decision decision, pb_str reason, uint64_t *ret_calibrated,
                                pb_error *err)
{
    service_verdict verdict = {call, entity, a, b, decision, reason, 0};
    PB_TRY(db_write_within(workspace, call->limits, decide, &verdict, err));
    *ret_calibrated = verdict.calibrated;
    return PB_OK;
}

/* --- measuring --- */

typedef struct verdicts {
    pb_arena *arena;
    likeness_verdict *items;
    size_t count, capacity;
} verdicts;

static pb_status take_verdict(void *context, const record_pair *pair, pb_error *err)
{
    verdicts *all = context;
    if (pair->state != RECORD_SAME && pair->state != RECORD_DIFFERENT)
        return PB_OK;
    const likeness_verdict one = {pair->score, pair->state == RECORD_SAME,
                                  pb_arena_str(all->arena, pair->levels),
                                  pb_arena_str(all->arena, pair->script)};
    return one.rule.ptr != NULL && one.script.ptr != NULL &&
                   PB_PUSH(all->arena, all->items, all->count, all->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

static double threshold_of(const model_entity *entity, double threshold)
{
    if (threshold > 0)
        return threshold;
    return entity->duplicate_warn <= 1 ? entity->duplicate_warn : MODEL_DUPLICATE_WARN;
}

static pb_status measure(db_session *snapshot, const model_entity *entity, double threshold,
                         pb_arena *arena, service_quality *list, size_t *count, pb_error *err)
{
    verdicts all = {.arena = arena};
    const record_review_filter filter = {.entity = entity, .any_state = true};
    PB_TRY(record_review_each(snapshot, &filter, take_verdict, &all, err));
    if (all.count == 0)
        return PB_OK;
    list[*count].entity = entity;
    PB_TRY(likeness_quality_of(all.items, all.count, threshold_of(entity, threshold), arena,
                               &list[*count].quality, err));
    (*count)++;
    return PB_OK;
}

pb_status service_review_quality(db_workspace *workspace, const model_entity *entity,
                                 double threshold, pb_arena *arena, service_quality **ret_list,
                                 size_t *ret_count, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(workspace);
    service_quality *list = pb_arena_array(arena, schema->entity_count + 1, sizeof *list);
    size_t count = 0;
    db_session *snapshot = NULL;
    if (list == NULL)
        return pb_fail_memory(err);
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = PB_OK;
    for (size_t i = 0; i < schema->entity_count && status == PB_OK; i++)
        if (entity == NULL || entity == &schema->entities[i])
            status = measure(snapshot, &schema->entities[i], threshold, arena, list, &count, err);
    db_snapshot_close(snapshot);
    if (status == PB_OK) {
        *ret_list = list;
        *ret_count = count;
    }
    return status;
}
