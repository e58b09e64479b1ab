/* Groups of likely duplicates, counted by owner, source and way in; the quality of the search from
 * decisions. */
#include "audit/copies.h"

#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "run.h"

/* Counting one entity. */
typedef struct counting {
    audit_work *work;
    entity_state *state;
    uint32_t *root; /* by position: the first record of its group */
    uint32_t *size; /* by root */
    audit_copies *copies;
} counting;

/* Exact and near repetitions together. */
static pb_status group(counting *c, pb_error *err)
{
    entity_state *state = c->state;
    c->root = pb_arena_array(c->work->scratch, state->count + 1, sizeof *c->root);
    c->size = pb_arena_array(c->work->scratch, state->count + 1, sizeof *c->size);
    if (c->root == NULL || c->size == NULL)
        return pb_fail_memory(err);
    for (uint32_t i = 0; i < state->count; i++)
        c->root[i] = i;
    for (uint32_t i = 0; i < state->count; i++) {
        const uint32_t others[] = {twins_root(state->exact, i), twins_root(state->near, i)};
        for (int k = 0; k < 2; k++) {
            uint32_t a = twins_root(c->root, i), b = twins_root(c->root, others[k]);
            c->root[a > b ? a : b] = a < b ? a : b;
        }
    }
    for (uint32_t i = 0; i < state->count; i++) {
        c->root[i] = twins_root(c->root, i);
        c->size[c->root[i]]++;
    }
    return PB_OK;
}

static bool is_grouped(const counting *c, size_t at)
{
    return c->size[c->root[at]] > 1;
}

static pb_status count_groups(counting *c, pb_error *err)
{
    audit_copies *copies = c->copies;
    const entity_state *state = c->state;
    uint8_t *split = pb_arena_array(c->work->scratch, state->count + 1, sizeof *split);
    if (split == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < state->count; i++) {
        uint32_t root = c->root[i];
        if (!is_grouped(c, i))
            continue;
        copies->grouped++;
        copies->groups += root == i;
        copies->largest = c->size[root] > copies->largest ? c->size[root] : copies->largest;
        if (!split[root] && state->owner[i] != state->owner[root]) {
            split[root] = 1;
            copies->split_owners++;
        }
        if (state->amount != NULL)
            copies->amount += state->amount[i];
    }
    copies->extra = copies->grouped - copies->groups;
    copies->amount_currency = state->amount != NULL ? state->amount_currency : PB_STR_NONE;
    return PB_OK;
}

/* --- what hangs on them --- */

/* Adds an amount to the sum of its currency; what has no place among them is left out. */
static void add_amount(audit_sums *sums, pb_str *currencies, pb_str currency, int64_t minor)
{
    size_t at = 0;
    while (at < sums->count && !pb_str_eq(sums->currency[at], currency))
        at++;
    if (at == AUDIT_CURRENCIES)
        return;
    if (at == sums->count) {
        currencies[sums->count++] = currency;
        sums->minor[at] = 0;
    }
    sums->minor[at] += minor;
}

static bool hangs_on_group(const counting *c, const entity_state *state, size_t at)
{
    for (size_t i = 0; i < state->entity->field_count; i++) {
        const model_field *field = &state->entity->fields[i];
        const uint32_t *leads = field->target == c->state->entity ? targets_of(state, field) : NULL;
        if (leads != NULL && leads[at] != LINK_NONE && leads[at] != LINK_NOWHERE &&
            is_grouped(c, leads[at] - 1))
            return true;
    }
    return false;
}

static bool links_here(const counting *c, const model_entity *entity)
{
    for (size_t i = 0; i < entity->field_count; i++)
        if (entity->fields[i].target == c->state->entity && entity != c->state->entity)
            return true;
    return false;
}

/* Each record once, by whichever of its links. */
static pb_status count_linked(counting *c, pb_error *err)
{
    audit_sums *sums = &c->copies->linked_amounts;
    pb_str *currencies = pb_arena_array(c->work->arena, AUDIT_CURRENCIES, sizeof *currencies);
    if (currencies == NULL)
        return pb_fail_memory(err);
    sums->currency = currencies;
    for (size_t e = 0; e < c->work->schema->entity_count; e++) {
        const model_entity *entity = &c->work->schema->entities[e];
        entity_state *state = &c->work->entities[entity->index];
        if (!links_here(c, entity))
            continue;
        PB_TRY(targets_load(c->work, state, err));
        bool worth = state->amount != NULL && state->currency_count <= AUDIT_CURRENCIES;
        for (size_t at = 0; at < state->count; at++) {
            if (!hangs_on_group(c, state, at))
                continue;
            c->copies->linked++;
            if (worth && state->amount[at] != 0)
                add_amount(sums, currencies, state->currencies[state->money[at]],
                           state->amount[at]);
        }
    }
    return PB_OK;
}

static int order_parts(const void *a, const void *b)
{
    const audit_copies_part *x = a, *y = b;
    if (x->grouped != y->grouped)
        return x->grouped > y->grouped ? -1 : 1;
    return pb_str_cmp(x->name, y->name);
}

/* Of all parts those that have the most. */
static size_t keep_parts(audit_copies_part *all, size_t count,
                         audit_copies_part ret[AUDIT_COPIES_PARTS])
{
    size_t kept = 0;
    if (count > 1)
        qsort(all, count, sizeof *all, order_parts);
    while (kept < count && kept < AUDIT_COPIES_PARTS && all[kept].grouped > 0) {
        ret[kept] = all[kept];
        kept++;
    }
    return kept;
}

static pb_status count_by(counting *c, const uint32_t *of, const pb_str *names, size_t name_count,
                          audit_copies_part ret[AUDIT_COPIES_PARTS], size_t *ret_count,
                          pb_error *err)
{
    audit_copies_part *parts = pb_arena_array(c->work->scratch, name_count + 1, sizeof *parts);
    if (parts == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < name_count; i++)
        parts[i].name = names[i];
    for (size_t i = 0; i < c->state->count; i++) {
        parts[of[i]].records++;
        parts[of[i]].grouped += is_grouped(c, i);
    }
    *ret_count = keep_parts(parts, name_count, ret);
    return PB_OK;
}

/* How records came in: by an import or a correction of that kind, or one by one. */
static pb_status count_ways(counting *c, pb_error *err)
{
    static const char *const ways[] = {"entry", "import"};
    audit_copies_part parts[2] = {{.name = pb_str_c(ways[0])}, {.name = pb_str_c(ways[1])}};
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    db_stmt *stmt;
    bool row = true;
    pb_buf_printf(&sql, "select run from %.*s order by n", PB_STR_FMT(c->state->entity->name));
    PB_TRY(db_prepare_text(c->work->session, pb_buf_str(&sql), &stmt, err));
    for (size_t at = 0; at < c->state->count; at++) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        audit_copies_part *part = &parts[!db_column_is_null(stmt, 0)];
        part->records++;
        part->grouped += is_grouped(c, at);
    }
    db_reset(stmt);
    c->copies->way_count = keep_parts(parts, 2, c->copies->ways);
    return PB_OK;
}

/* --- decisions --- */

static pb_status read_verdicts(counting *c, likeness_verdict **ret, size_t *ret_count,
                               pb_error *err)
{
    pb_arena *arena = c->work->arena;
    likeness_verdict *items = NULL;
    size_t count = 0, capacity = 0;
    db_stmt *stmt;
    bool row = true;
    PB_TRY(db_prepare(c->work->session,
                      "SELECT score, state, levels, script FROM review_pair WHERE entity = ?1 AND"
                      " state IN ('same', 'different') ORDER BY left_id, right_id",
                      &stmt, err));
    db_bind_text(stmt, 1, c->state->entity->name);
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        const likeness_verdict one = {(double)db_column_i64(stmt, 0) / 1e6,
                                      pb_str_is(db_column_text(stmt, 1), "same"),
                                      pb_arena_str(arena, db_column_text(stmt, 2)),
                                      pb_arena_str(arena, db_column_text(stmt, 3))};
        if (one.rule.ptr == NULL || one.script.ptr == NULL ||
            !PB_PUSH(arena, items, count, capacity, one)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret = items;
    *ret_count = count;
    return PB_OK;
}

static pb_status take_quality(counting *c, pb_error *err)
{
    likeness_verdict *verdicts = NULL;
    size_t count = 0;
    const model_entity *entity = c->state->entity;
    double threshold = entity->duplicate_warn <= 1 ? entity->duplicate_warn : MODEL_DUPLICATE_WARN;
    PB_TRY(read_verdicts(c, &verdicts, &count, err));
    if (count == 0)
        return PB_OK;
    likeness_quality *quality = pb_arena_alloc(c->work->arena, sizeof *quality);
    if (quality == NULL)
        return pb_fail_memory(err);
    PB_TRY(likeness_quality_of(verdicts, count, threshold, c->work->arena, quality, err));
    c->copies->quality = quality;
    return PB_OK;
}

static pb_status count_one(audit_work *work, entity_state *state, audit_copies *copies,
                           pb_error *err)
{
    counting c = {.work = work, .state = state, .copies = copies};
    *copies = (audit_copies){.entity = state->entity, .records = state->count};
    PB_TRY(group(&c, err));
    PB_TRY(count_groups(&c, err));
    if (copies->groups > 0) {
        PB_TRY(count_by(&c, state->owner, work->owners, work->owner_count, copies->owners,
                        &copies->owner_count, err));
        PB_TRY(count_by(&c, state->source, work->sources, work->source_count, copies->sources,
                        &copies->source_count, err));
        PB_TRY(count_ways(&c, err));
        PB_TRY(count_linked(&c, err));
    }
    return take_quality(&c, err);
}

pb_status copies_all(audit_work *work, audit_result *result, pb_error *err)
{
    size_t capacity = 0;
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        entity_state *state = &work->entities[work->schema->entities[i].index];
        audit_copies copies;
        if (!state->matched || state->match_fields == 0 || !state->listed)
            continue;
        PB_TRY(count_one(work, state, &copies, err));
        if (!PB_PUSH(work->arena, result->copies, result->copies_count, capacity, copies))
            return pb_fail_memory(err);
    }
    return PB_OK;
}
