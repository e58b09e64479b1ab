/* The gate of what comes in many at once: what was written is judged when all of it is there, in
 * the same transaction. Few among many are looked at one by one, through the index; else all
 * records are compared at once, which learns the weights anew and costs less than asking the index
 * for each. */
#include "internal.h"

#include "audit/duplicates.h"

/* One record looked at costs as much as so many compared with all others at once. */
enum { LOOK_COST = 25 };

/* The records of one entity that are to be judged. */
typedef struct judging {
    const service_call *call;
    const record_gate *gate;
    db_session *session;
    record_writer *writer;
    const record_later *items;
    size_t count;
    pb_arena *arena; /* of this entity alone */
    record_judged judged;
} judging;

static bool looking(void *context, uint64_t done, uint64_t total)
{
    const judging *j = context;
    service_duplicate_progress progress = {j->call, j->items[0].entity};
    return service_comparing(&progress, done, total);
}

/* --- all at once --- */

/* The item that a number lies in; NULL: none. */
static const record_later *item_of(const judging *j, int64_t n)
{
    size_t low = 0, high = j->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (j->items[middle].to < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->count && j->items[low].from <= n ? &j->items[low] : NULL;
}

/* A number would tell of a record that is hidden from who brings the rows in. */
static pb_status other_shows(const judging *j, pb_uuid id, bool *ret_shows, pb_error *err)
{
    *ret_shows = true;
    return j->gate->may_see == NULL
               ? PB_OK
               : j->gate->may_see(j->gate->context, j->judged.entity, id, ret_shows, err);
}

/* Pairs of which at least one record is to be judged, sure enough; of two such the later is the one
 * that is suspected. */
static pb_status choose(judging *j, const match_result *result, const pb_uuid *ids,
                        const int64_t *numbers, record_offer **ret_offers, size_t *ret_count,
                        pb_error *err)
{
    record_curve curve;
    record_offer *offers = pb_arena_array(j->arena, result->pair_count + 1, sizeof *offers);
    bool *seen = pb_arena_array(j->arena, result->rows + 1, sizeof *seen);
    size_t count = 0;
    if (offers == NULL || seen == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_likely_curve(j->session, j->judged.entity, &curve, err));
    for (size_t i = 0; i < result->pair_count; i++) {
        const match_pair *pair = &result->pairs[i];
        const record_later *item = item_of(j, numbers[pair->right]);
        uint32_t row = item != NULL ? pair->right : pair->left;
        if (item == NULL)
            item = item_of(j, numbers[pair->left]);
        if (item == NULL || record_sure(&curve, pair->score) < j->judged.threshold)
            continue;
        bool visible = seen[row];
        if (!visible)
            PB_TRY(
                other_shows(j, ids[row == pair->right ? pair->left : pair->right], &visible, err));
        j->judged.suspected += visible && !seen[row];
        seen[row] = visible;
        offers[count++] = (record_offer){ids[pair->left], ids[pair->right], pair->score, item->run};
    }
    *ret_offers = offers;
    *ret_count = count;
    return PB_OK;
}

static pb_status keep(judging *j, const audit_duplicates *found, const match_model *model,
                      pb_error *err)
{
    const model_entity *entity = j->judged.entity;
    const char *by = j->gate->by.ptr != NULL ? j->gate->by.ptr : "import";
    pb_uuid *ids;
    int64_t *numbers;
    record_offer *offers = NULL;
    size_t count = 0;
    PB_TRY(audit_duplicates_ids(j->session, entity, found->result.rows, j->arena, &ids, &numbers,
                                err));
    PB_TRY(choose(j, &found->result, ids, numbers, &offers, &count, err));
    PB_TRY(service_keep_learned(j->session, j->call, entity, model, found->names_only, NULL, err));
    if (count == 0)
        return PB_OK;
    return record_review_offer(j->session, entity, offers, count, by, j->call->now_us,
                               &j->judged.pairs, err);
}

static pb_status all_at_once(judging *j, pb_error *err)
{
    service_duplicate_progress progress = {j->call, j->judged.entity};
    match_model *model = NULL;
    audit_duplicates found = {0};
    /* Calibrated, a score may be worth more than it says. */
    match_options options;
    PB_TRY(service_matching(j->call, SERVICE_QUEUE_LEAST, j->arena, &options, err));
    options.ret_model = &model;
    if (service_comparing(&progress, 0, j->judged.records)) /* the search asks now and then only */
        return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"), NULL);
    pb_status status = audit_duplicates_search(j->session, j->judged.entity, &options,
                                               service_comparing, &progress, j->arena, &found, err);
    if (status == PB_OK && found.field_count > 0)
        status = keep(j, &found, model, err);
    j->judged.together = true;
    j->judged.among = found.result.rows;
    j->judged.learned = model != NULL ? match_model_rows(model) : 0;
    match_model_free(model);
    return status;
}

/* --- */

static pb_status judge(judging *j, pb_error *err)
{
    const model_entity *entity = j->items[0].entity;
    int64_t last;
    uint64_t records = 0;
    for (size_t i = 0; i < j->count; i++)
        records += (uint64_t)(j->items[i].to - j->items[i].from + 1);
    PB_TRY(db_last_n(j->session, entity, &last, err));
    j->judged = (record_judged){
        .entity = entity, .records = records, .threshold = record_gate_warns(j->gate, entity)};
    if (records * LOOK_COST < (uint64_t)last || last < RECORD_LEARN_LEAST)
        return record_writer_look(j->writer, j->items, j->count, looking, j, &j->judged, err);
    return all_at_once(j, err);
}

pb_status service_judge(const service_call *call, const record_gate *gate, db_session *session,
                        record_writer *writer, pb_arena *arena, record_judged **ret_judged,
                        size_t *ret_count, pb_error *err)
{
    const record_later *items;
    size_t count, judged = 0;
    PB_TRY(record_writer_later(writer, &items, &count, err));
    record_judged *list = pb_arena_array(arena, count + 1, sizeof *list);
    if (list == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0, end; i < count; i = end) {
        PB_AUTO_ARENA room = pb_arena_new(0);
        judging j = {.call = call,
                     .gate = gate,
                     .session = session,
                     .writer = writer,
                     .items = &items[i],
                     .arena = room};
        for (end = i; end < count && items[end].entity == items[i].entity;)
            end++;
        j.count = end - i;
        if (room == NULL)
            return pb_fail_memory(err);
        PB_TRY(judge(&j, err));
        list[judged++] = j.judged;
    }
    *ret_judged = list;
    *ret_count = judged;
    return PB_OK;
}
