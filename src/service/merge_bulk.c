/* Merging many groups of records at once: one transaction, one run. */
#include "base/bytes.h"
#include "base/map.h"
#include "db/aside.h"
#include "internal.h"
#include "merge_groups.h"
#include "record/review.h"

enum { TELL_EVERY = 64 };

typedef struct bulk_work {
    const service_core *service;
    const service_call *call;
    const service_bulk_ask *ask;
    pb_arena *arena;
    service_bulk *bulk;
    size_t sum_capacity;
    bool done;         /* a rehearsal came to its end */
    pb_map *different; /* both ids of pairs that a reviewer said are two */
} bulk_work;

/* --- what is told --- */

static pb_status leave(bulk_work *work, const merge_set *set, const char *says, pb_str who,
                       pb_error *err)
{
    service_bulk *bulk = work->bulk;
    bulk->left_count++;
    if (bulk->left == NULL)
        bulk->left = pb_arena_array(work->arena, SERVICE_KEPT_MOST, sizeof *bulk->left);
    if (bulk->left == NULL)
        return pb_fail_memory(err);
    if (bulk->left_count > SERVICE_KEPT_MOST)
        return PB_OK;
    const service_bulk_left left = {set->name, pb_str_c(says), pb_arena_str(work->arena, who)};
    bulk->left[bulk->left_count - 1] = left;
    return PB_OK;
}

static pb_status sum_of(bulk_work *work, const model_field *field, pb_str currency,
                        service_bulk_sum **ret_sum, pb_error *err)
{
    service_bulk *bulk = work->bulk;
    for (size_t i = 0; i < bulk->sum_count; i++)
        if (bulk->sums[i].field == field && pb_str_eq(bulk->sums[i].currency, currency)) {
            *ret_sum = &bulk->sums[i];
            return PB_OK;
        }
    service_bulk_sum sum = {.field = field, .currency = currency};
    if (currency.ptr != NULL)
        sum.currency = pb_arena_str(work->arena, currency);
    if (!PB_PUSH(work->arena, bulk->sums, bulk->sum_count, work->sum_capacity, sum))
        return pb_fail_memory(err);
    *ret_sum = &bulk->sums[bulk->sum_count - 1];
    return PB_OK;
}

static pb_status add_amounts(bulk_work *work, const record_data *record, bool after, pb_error *err)
{
    for (size_t i = 0; i < record->entity->field_count; i++) {
        const model_field *field = &record->entity->fields[i];
        service_bulk_sum *sum = NULL;
        if (field->type != MODEL_MONEY || record->values[i].kind != PB_INT)
            continue;
        PB_TRY(sum_of(work, field, record->currencies[i], &sum, err));
        int64_t *to = after ? &sum->after : &sum->before;
        if (__builtin_add_overflow(*to, record->values[i].as.i, to))
            return pb_fail(err, PB_LIMIT, PB_MSG("The sum of {field} is too large."), "field",
                           PB_ARG(field->label), NULL);
    }
    return PB_OK;
}

static pb_status told_merge(void *context, const record_merge *merge, pb_error *err)
{
    bulk_work *work = context;
    for (size_t i = 0; i < merge->entity->field_count; i++) {
        service_bulk_field *field = &work->bulk->fields[i];
        field->changed += merge->fields[i].changed;
        field->differing += merge->fields[i].differs;
        field->conflicts += merge->fields[i].conflict;
    }
    for (size_t i = 0; i < merge->count; i++)
        PB_TRY(add_amounts(work, &merge->records[i], false, err));
    return add_amounts(work, merge->after, true, err);
}

/* --- decisions --- */

static pb_str pair_key(pb_uuid a, pb_uuid b, char room[2 * sizeof(pb_uuid)])
{
    bool swap = memcmp(a.b, b.b, sizeof a.b) > 0;
    memcpy(room, swap ? b.b : a.b, sizeof a.b);
    memcpy(room + sizeof a.b, swap ? a.b : b.b, sizeof b.b);
    return pb_str_n(room, 2 * sizeof(pb_uuid));
}

static pb_status note_different(void *context, const record_pair *pair, pb_error *err)
{
    bulk_work *work = context;
    char room[2 * sizeof(pb_uuid)];
    return pb_map_put(work->different, pair_key(pair->left, pair->right, room), NULL) != NULL
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status load_decisions(bulk_work *work, db_session *session, const model_entity *entity,
                                pb_error *err)
{
    const record_review_filter filter = {.entity = entity, .state = RECORD_DIFFERENT};
    work->different = pb_map_new(work->arena);
    if (work->different == NULL)
        return pb_fail_memory(err);
    return record_review_each(session, &filter, note_different, work, err);
}

static bool said_different(const bulk_work *work, const merge_set *set)
{
    char room[2 * sizeof(pb_uuid)];
    if (pb_map_count(work->different) == 0)
        return false;
    for (size_t i = 0; i < set->count; i++)
        for (size_t k = 0; k < i; k++)
            if (pb_map_get(work->different, pair_key(set->ids[i], set->ids[k], room)) != NULL)
                return true;
    return false;
}

/* --- merging --- */

static pb_status merge_set_of(bulk_work *work, record_merger *merger, const model_entity *entity,
                              const merge_set *set, pb_error *err)
{
    const record_merge_group group = {.entity = entity, .ids = set->ids, .count = set->count};
    pb_error why;
    if (set->unknown.ptr != NULL)
        return leave(work, set,
                     set->several ? PB_MSG("Several records are called {name}")
                                  : PB_MSG("There is no record called {name}"),
                     set->unknown, err);
    if (set->count < 2)
        return PB_OK;
    work->bulk->groups++;
    if (set->count > RECORD_MERGE_MOST)
        return leave(work, set,
                     PB_MSG("It has more records than one merge takes: merge it in parts"),
                     PB_STR(""), err);
    if (said_different(work, set))
        return leave(work, set, PB_MSG("A reviewer said that two of them are not one"), PB_STR(""),
                     err);
    pb_status status = record_merger_merge(merger, &group, &why);
    if (status == PB_INVALID || status == PB_NOT_FOUND || status == PB_CONFLICT)
        return leave(work, set,
                     status == PB_NOT_FOUND  ? PB_MSG("One of the records was deleted")
                     : status == PB_CONFLICT ? PB_MSG("One of the records was merged already")
                                             : PB_MSG("The records cannot be merged"),
                     PB_STR(""), err);
    if (status != PB_OK && err != NULL)
        *err = why;
    return status;
}

static pb_status merge_sets_of(bulk_work *work, record_merger *merger, const merge_sets *sets,
                               pb_error *err)
{
    const service_call *call = work->call;
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    for (size_t i = 0; i < sets->count; i++) {
        if (call->progress != NULL && i % TELL_EVERY == 0 &&
            call->progress(call->context, PB_MSG("Merging"), sets->entity->plural.ptr, i,
                           sets->count))
            return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                           NULL);
        PB_TRY(merge_set_of(work, merger, sets->entity, &sets->items[i], err));
    }
    pb_buf_addc(&about, work->ask->decided ? "review"
                        : work->ask->pairs ? work->ask->pairs
                                           : work->ask->clusters);
    return record_merger_finish(merger, pb_buf_str(&about), service_moving_links,
                                (void *)(uintptr_t)work->call, &work->bulk->counts,
                                &work->bulk->run, err);
}

static pb_status merge_all(bulk_work *work, record_writer *writer, const merge_sets *sets,
                           pb_error *err)
{
    const record_merge_told told = {told_merge, NULL, work};
    record_merger *merger = NULL;
    PB_TRY(record_merger_open(writer, &told, &merger, err));
    pb_status status = merge_sets_of(work, merger, sets, err);
    record_merger_close(merger);
    return status;
}

static pb_status begin(bulk_work *work, const model_entity *entity, pb_error *err)
{
    service_bulk *bulk = work->bulk;
    bulk->entity = entity;
    bulk->fields = pb_arena_array(work->arena, entity->field_count + 1, sizeof *bulk->fields);
    if (bulk->fields == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count; i++)
        bulk->fields[i].field = &entity->fields[i];
    return PB_OK;
}

static pb_status merge_bulk(db_session *session, void *context, pb_error *err)
{
    bulk_work *work = context;
    record_writer *writer = NULL;
    merge_sets sets;
    *work->bulk = (service_bulk){0};
    work->sum_capacity = 0;
    work->done = false;
    PB_TRY(
        service_merge_groups(session, work->service->schema, work->ask, work->arena, &sets, err));
    work->bulk->below = sets.below;
    if (sets.entity == NULL || sets.count == 0)
        return PB_OK;
    PB_TRY(begin(work, sets.entity, err));
    PB_TRY(load_decisions(work, session, sets.entity, err));
    PB_TRY(record_writer_open(session, work->call->actor, work->call->now_us, RECORD_KEEP, &writer,
                              err));
    pb_status status = merge_all(work, writer, &sets, err);
    record_writer_close(writer);
    PB_TRY(status);
    work->done = true;
    return work->ask->dry_run ? PB_CANCELLED : PB_OK; /* a rehearsal is rolled back */
}

pb_status service_merge_bulk(const service_core *service, const service_call *call,
                             db_workspace *workspace, const service_bulk_ask *ask, pb_arena *arena,
                             service_bulk *ret_bulk, pb_error *err)
{
    service_bulk bulk = {0};
    pb_error why;
    bulk_work work = {.service = service, .call = call, .ask = ask, .arena = arena, .bulk = &bulk};
    /* One record may take thousands of links along: no rehearsal of merges is brief. */
    pb_status status = ask->dry_run
                           ? db_rehearse(workspace, false, call->limits, merge_bulk, &work, &why)
                           : db_write_within(workspace, call->limits, merge_bulk, &work, &why);
    bool rehearsal = ask->dry_run && status == PB_CANCELLED && work.done;
    if (status != PB_OK && !rehearsal) {
        if (err != NULL)
            *err = why;
        return status;
    }
    *ret_bulk = bulk;
    return PB_OK;
}
