/* Pairs of likely duplicates, decided like any record: both must be such as the asker may merge,
 * and of the comparison only that is told which shows in both. */
#include "service/pairs.h"

#include <math.h>

#include "access.h"
#include "internal.h"
#include "likeness/likeness.h"
#include "verdict.h"

/* Rows of the queue that one page goes through: who may see few of them gets shorter pages. */
enum { ROWS_MOST = 5000 };

typedef struct pairing {
    const service_call *call;
    const service_pairs_ask *ask;
    const service_access *access;
    pb_arena *arena;
    service_pair *items;
    size_t count, room;
    int64_t passed; /* number of the last row looked at */
    size_t rows;
    bool more;
    service_denial denial;
} pairing;

/* ---- what shows of a comparison ---- */

static bool shows(const service_pair *pair, const model_field *field)
{
    return service_right(&pair->left, field) >= IDENTITY_READ &&
           service_right(&pair->right, field) >= IDENTITY_READ;
}

/* `full_name=equal email=near`: of fields that do not show, that there are such is told. */
static pb_status take_levels(service_pair *pair, pb_str levels, pb_arena *arena, pb_error *err)
{
    pb_str rest = levels, word, name;
    size_t room = 0;
    while (rest.len > 0 && pb_str_split(&rest, ' ', &word)) {
        pb_str level = word;
        pb_str_split(&level, '=', &name);
        const model_field *field = model_field_find(pair->pair.entity, name);
        if (field == NULL || !shows(pair, field)) {
            pair->more_compared = true;
            continue;
        }
        const service_agreement one = {field, pb_arena_str(arena, level), 0};
        if (one.level.ptr == NULL ||
            !PB_PUSH(arena, pair->agreements, pair->agreement_count, room, one))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

/* ---- whose records they are ---- */

static pb_status see_one(const service_access *access, const model_entity *entity, pb_uuid id,
                         pb_arena *arena, service_record *ret_seen, pb_error *err)
{
    record_data record;
    PB_TRY(record_read(access->session, entity, id, arena, &record, err));
    PB_TRY(service_may(access, IDENTITY_OP_MERGE, &record, err));
    return service_see(access, IDENTITY_OP_READ, &record, arena, ret_seen, err);
}

/* Both records; PB_NOT_FOUND or PB_DENIED when one may not be seen or not be merged, PB_INVALID
 * when they are one. */
static pb_status see_both(const service_access *access, service_pair *pair, pb_arena *arena,
                          pb_error *err)
{
    const model_entity *entity = pair->pair.entity;
    PB_TRY(see_one(access, entity, pair->pair.left, arena, &pair->left, err));
    if (pb_str_eq(pb_uuid_str(&pair->pair.left), pb_uuid_str(&pair->pair.right)))
        return pb_fail(err, PB_INVALID, PB_MSG("Two records are compared; this is one."), NULL);
    return see_one(access, entity, pair->pair.right, arena, &pair->right, err);
}

static pb_status log_pairs(const service_call *call, db_workspace *workspace,
                           const service_pair *pairs, size_t count, pb_arena *arena, pb_error *err)
{
    const record_data **shown = pb_arena_array(arena, 2 * count + 1, sizeof *shown);
    if (shown == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        shown[2 * i] = &pairs[i].left.record;
        shown[2 * i + 1] = &pairs[i].right.record;
    }
    return service_log_shown(call, workspace, shown, 2 * count, err);
}

/* ---- the queue ---- */

static bool keep_texts(pb_arena *arena, record_pair *pair)
{
    pb_str *texts[] = {&pair->levels, &pair->script, &pair->by, &pair->decided_by, &pair->reason};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (texts[i]->ptr == NULL)
            continue;
        *texts[i] = pb_arena_str(arena, *texts[i]);
        if (texts[i]->ptr == NULL)
            return false;
    }
    return true;
}

static pb_status take_pair(void *context, const record_pair *row, pb_error *err)
{
    pairing *p = context;
    service_pair pair = {.pair = *row, .queued = true};
    pb_error why = {0};
    if (p->more)
        return PB_OK;
    p->more = p->count == p->ask->limit || p->rows == ROWS_MOST;
    if (p->more)
        return PB_OK;
    p->rows++;
    p->passed = row->number;
    if (!keep_texts(p->arena, &pair.pair))
        return pb_fail_memory(err);
    pb_status status = see_both(p->access, &pair, p->arena, &why);
    if (status == PB_NOT_FOUND || status == PB_DENIED)
        return PB_OK;
    if (status != PB_OK) {
        if (err != NULL)
            *err = why;
        return status;
    }
    PB_TRY(take_levels(&pair, pair.pair.levels, p->arena, err));
    pair.sure_told = !pair.more_compared;
    pair.sure = row->score;
    return PB_PUSH(p->arena, p->items, p->count, p->room, pair) ? PB_OK : pb_fail_memory(err);
}

/* The order by how sure it is tells of fields that do not show. */
static pb_status order_tells(const service_access *access, const model_entity *entity,
                             bool *ret_tells, pb_error *err)
{
    likeness_fields fields = likeness_fields_of(entity);
    *ret_tells = false;
    for (size_t i = 0; access->policy != NULL && i < fields.count; i++) {
        identity_use use;
        PB_TRY(identity_field_use(access->policy, access->call->who, IDENTITY_OP_READ, entity,
                                  fields.field[i], &use, err));
        *ret_tells = *ret_tells || use != IDENTITY_USE_ALWAYS;
    }
    return PB_OK;
}

static pb_status list_in(pairing *p, pb_error *err)
{
    const service_pairs_ask *ask = p->ask;
    record_review_filter filter = {.entity = ask->entity,
                                   .any_state = ask->any_state,
                                   .state = ask->state,
                                   .live = true,
                                   .record = ask->record,
                                   .after = ask->after,
                                   .limit = ROWS_MOST + 1};
    service_record asked_for;
    PB_TRY(service_may_at_all(p->access, IDENTITY_OP_MERGE, ask->entity, err));
    if (ask->record != NULL)
        PB_TRY(see_one(p->access, ask->entity, *ask->record, p->arena, &asked_for, err));
    PB_TRY(order_tells(p->access, ask->entity, &filter.by_number, err));
    return record_review_each(p->access->session, &filter, take_pair, p, err);
}

typedef struct counting_pairs {
    const service_access *access;
    pb_arena *arena;
    size_t count, most;
    bool more;
} counting_pairs;

static pb_status may_merge(const service_access *access, const model_entity *entity, pb_uuid id,
                           pb_arena *arena, bool *ret, pb_error *err)
{
    record_data record;
    pb_error why = {0};
    pb_status status = record_read(access->session, entity, id, arena, &record, &why);
    if (status == PB_OK)
        status = service_may(access, IDENTITY_OP_MERGE, &record, &why);
    *ret = status == PB_OK;
    if (status == PB_OK || status == PB_NOT_FOUND || status == PB_DENIED)
        return PB_OK;
    if (err != NULL)
        *err = why;
    return status;
}

static pb_status count_pair(void *context, const record_pair *row, pb_error *err)
{
    counting_pairs *c = context;
    bool left = false, right = false;
    c->more = c->more || c->count == c->most;
    if (c->more)
        return PB_OK;
    PB_TRY(may_merge(c->access, row->entity, row->left, c->arena, &left, err));
    if (left)
        PB_TRY(may_merge(c->access, row->entity, row->right, c->arena, &right, err));
    c->count += left && right;
    return PB_OK;
}

pb_status service_pairs_count(const service_access *access, const model_entity *entity, size_t most,
                              pb_arena *arena, size_t *ret_count, bool *ret_more, pb_error *err)
{
    counting_pairs c = {.access = access, .arena = arena, .most = most};
    record_review_filter filter = {
        .entity = entity, .state = RECORD_OPEN, .live = true, .limit = (int64_t)(4 * most)};
    PB_TRY(record_review_each(access->session, &filter, count_pair, &c, err));
    *ret_count = c.count;
    *ret_more = c.more;
    return PB_OK;
}

pb_status service_pairs(const service_call *call, db_workspace *workspace,
                        const service_pairs_ask *ask, pb_arena *arena, service_pair **ret_pairs,
                        size_t *ret_count, int64_t *ret_next, pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    pairing p = {.call = call, .ask = ask, .access = &access, .arena = arena};
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &p.denial, &access, err);
    if (status == PB_OK) {
        status = list_in(&p, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &p.denial, status, err));
    PB_TRY(log_pairs(call, workspace, p.items, p.count, arena, err));
    *ret_pairs = p.items;
    *ret_count = p.count;
    *ret_next = p.more ? p.passed : 0;
    return PB_OK;
}

/* ---- side by side ---- */

static double probability(double bits)
{
    return 1 / (1 + exp2(-bits));
}

/* What shows of the waterfall; as sure as that alone makes, where something does not show. */
static pb_status take_waterfall(service_pair *pair, const record_waterfall *fall, pb_arena *arena,
                                pb_error *err)
{
    double bits = fall->comparison.base;
    PB_AUTO_BUF levels = PB_BUF_INIT(4096);
    const model_field *compared[MATCH_MAX_COLUMNS];
    memcpy(compared, fall->fields, sizeof compared);
    likeness_levels_text(compared, fall->count, likeness_levels(&fall->comparison, fall->count),
                         &levels);
    if (levels.failed)
        return pb_fail_memory(err);
    PB_TRY(take_levels(pair, pb_buf_str(&levels), arena, err));
    for (size_t i = 0; i < pair->agreement_count; i++)
        for (size_t c = 0; c < fall->count; c++)
            if (fall->fields[c] == pair->agreements[i].field)
                pair->agreements[i].weight = fall->comparison.steps[c].bits;
    for (size_t i = 0; i < pair->agreement_count; i++)
        bits += pair->agreements[i].weight;
    pair->sure_told = true;
    pair->sure = pair->more_compared ? probability(bits) : fall->sure;
    return PB_OK;
}

static pb_status show_in(const service_access *access, service_pair *pair, pb_arena *arena,
                         pb_error *err)
{
    const model_entity *entity = pair->pair.entity;
    record_waterfall fall;
    pb_error why = {0};
    pb_uuid a = pair->pair.left, b = pair->pair.right;
    PB_TRY(service_may_at_all(access, IDENTITY_OP_MERGE, entity, err));
    PB_TRY(see_both(access, pair, arena, err));
    PB_TRY(record_review_explain(access->session, entity, a, b, arena, &fall, err));
    pb_status status = record_review_find(access->session, entity, a, b, arena, &pair->pair, &why);
    pair->queued = status == PB_OK;
    if (status != PB_OK && status != PB_NOT_FOUND) {
        if (err != NULL)
            *err = why;
        return status;
    }
    /* As they were asked for, whichever is left in the queue. */
    pair->pair.entity = entity;
    pair->pair.left = a;
    pair->pair.right = b;
    return take_waterfall(pair, &fall, arena, err);
}

pb_status service_pair_show(const service_call *call, db_workspace *workspace,
                            const model_entity *entity, pb_uuid a, pb_uuid b, pb_arena *arena,
                            service_pair *ret_pair, pb_error *err)
{
    db_session *session = NULL;
    service_access access;
    service_denial denial;
    service_pair pair = {.pair = {.entity = entity, .left = a, .right = b}};
    PB_TRY(db_snapshot_open_within(workspace, call->limits, &session, err));
    pb_status status = service_access_open(session, call, &denial, &access, err);
    if (status == PB_OK) {
        status = show_in(&access, &pair, arena, err);
        service_access_close(&access);
    }
    db_snapshot_close(session);
    PB_TRY(service_refused(call, workspace, &denial, status, err));
    PB_TRY(log_pairs(call, workspace, &pair, 1, arena, err));
    *ret_pair = pair;
    return PB_OK;
}

/* ---- deciding ---- */

typedef struct deciding {
    service_verdict verdict;
    service_denial denial;
} deciding;

static pb_status may_decide(const service_access *access, const service_verdict *v, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    service_pair pair = {.pair = {.entity = v->entity, .left = v->a, .right = v->b}};
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(service_may_at_all(access, IDENTITY_OP_MERGE, v->entity, err));
    return see_both(access, &pair, arena, err);
}

static pb_status decide(db_session *session, void *context, pb_error *err)
{
    deciding *d = context;
    service_access access;
    PB_TRY(service_access_open(session, d->verdict.call, &d->denial, &access, err));
    pb_status status = may_decide(&access, &d->verdict, err);
    service_access_close(&access);
    PB_TRY(status);
    return service_verdict_keep(session, &d->verdict, err);
}

pb_status service_pair_decide(const service_call *call, db_workspace *workspace,
                              const model_entity *entity, pb_uuid a, pb_uuid b,
                              record_decision decision, pb_str reason, pb_error *err)
{
    deciding d = {.verdict = {call, entity, a, b, decision, reason, 0}};
    pb_status status = db_write_within(workspace, call->limits, decide, &d, err);
    return service_refused(call, workspace, &d.denial, status, err);
}
