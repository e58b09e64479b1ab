/* How the knowledge of each entity ages: as a whole, field by field, owner by owner. What the
 * figures mean and how the outlook is made stands at audit_decay. */
#include "run.h"

enum { MOST_DAYS = 20000 }; /* ages beyond count as this */

/* A line being counted, with its histograms by day, from which the medians come. */
typedef struct decay_line {
    audit_decay decay;
    uint32_t *ages, *intervals; /* MOST_DAYS + 1 each */
} decay_line;

typedef struct decay_lines {
    entity_state *state;
    decay_line *of;     /* [0]: as a whole, then the fields, then the owners */
    size_t count;       /* in use */
    uint32_t *by_owner; /* owner index → line, 0: none */
} decay_lines;

static int64_t clamp_days(int64_t days)
{
    return days < 0 ? 0 : days > MOST_DAYS ? MOST_DAYS : days;
}

static void count_record(const audit_work *work, const entity_state *state, size_t at,
                         decay_line *line)
{
    audit_decay *decay = &line->decay;
    if (state->touched[at] == NO_DAY) {
        decay->undated++;
        return;
    }
    int64_t age = clamp_days(work->reference - state->touched[at]);
    int64_t month = age / 30, created = state->created[at], changed = state->changed[at];
    decay->records++;
    line->ages[age]++;
    decay->months[month < AUDIT_AGE_MONTHS ? month : AUDIT_AGE_MONTHS - 1]++;
    decay->stale += age > decay->limit_days;
    decay->soon += age <= decay->limit_days && age + AUDIT_DECAY_AHEAD > decay->limit_days;
    bool older = created == NO_DAY || work->reference - created > AUDIT_DECAY_AHEAD;
    decay->older += older;
    decay->touched += older && age <= AUDIT_DECAY_AHEAD;
    if (created == NO_DAY || changed == NO_DAY)
        return;
    decay->with_interval++;
    decay->never_changed += changed <= created;
    if (changed > created)
        line->intervals[clamp_days(changed - created)]++;
}

static int64_t median(const uint32_t *days, uint64_t count)
{
    uint64_t before = 0;
    for (int64_t i = 0; i <= MOST_DAYS && count; i++) {
        before += days[i];
        if (before * 2 > count)
            return i;
    }
    return 0;
}

static void finish(decay_line *line)
{
    audit_decay *decay = &line->decay;
    decay->median_age_days = median(line->ages, decay->records);
    decay->median_interval_days =
        median(line->intervals, decay->with_interval - decay->never_changed);
    decay->has_interval = decay->with_interval > decay->never_changed;
    if (decay->older)
        decay->touch_rate = (double)decay->touched / (double)decay->older;
    if (!decay->records)
        return;
    double all = (double)decay->records, stale = (double)decay->stale;
    decay->share_now = stale / all;
    decay->share_in_90_days = (stale + (double)decay->soon * (1 - decay->touch_rate)) / all;
}

static pb_status add_line(audit_work *work, decay_lines *lines, int64_t limit, pb_error *err)
{
    decay_line *line = &lines->of[lines->count];
    line->decay.entity = lines->state->entity;
    line->decay.limit_days = limit;
    line->ages = pb_arena_array(work->scratch, 2 * (MOST_DAYS + 1), sizeof *line->ages);
    if (!line->ages)
        return pb_fail_memory(err);
    line->intervals = line->ages + MOST_DAYS + 1;
    lines->count++;
    return PB_OK;
}

typedef struct owner_count {
    uint32_t owner;
    uint64_t records;
} owner_count;

static int compare_owners(const void *a, const void *b)
{
    const owner_count *left = a, *right = b;
    if (left->records != right->records)
        return left->records < right->records ? 1 : -1;
    return (left->owner > right->owner) - (left->owner < right->owner);
}

static pb_status add_owners(audit_work *work, decay_lines *lines, pb_error *err)
{
    const entity_state *state = lines->state;
    const model_field *owner = model_field_role(state->entity, "owner");
    if (!owner || owner->type != MODEL_LINK || !state->filled[owner->index])
        return PB_OK;
    owner_count *counts = pb_arena_array(work->scratch, work->owner_count + 1, sizeof *counts);
    if (!counts)
        return pb_fail_memory(err);
    for (uint32_t i = 0; i < work->owner_count; i++)
        counts[i].owner = i;
    for (size_t at = 0; at < state->count; at++)
        counts[state->owner[at]].records++;
    qsort(counts, work->owner_count, sizeof *counts, compare_owners);
    for (size_t i = 0; i < work->owner_count && i < AUDIT_DECAY_OWNERS && counts[i].records; i++) {
        size_t at = lines->count;
        PB_TRY(add_line(work, lines, state->entity->review_days, err));
        lines->of[at].decay.owner = work->owners[counts[i].owner];
        lines->by_owner[counts[i].owner] = (uint32_t)at;
    }
    return PB_OK;
}

static pb_status open_lines(audit_work *work, decay_lines *lines, pb_error *err)
{
    const entity_state *state = lines->state;
    lines->of = pb_arena_array(work->scratch, state->fresh_count + AUDIT_DECAY_OWNERS + 2,
                               sizeof *lines->of);
    lines->by_owner = pb_arena_array(work->scratch, work->owner_count + 1, sizeof *lines->by_owner);
    if (!lines->of || !lines->by_owner)
        return pb_fail_memory(err);
    PB_TRY(add_line(work, lines, state->entity->review_days, err));
    for (size_t i = 0; i < state->fresh_count; i++) {
        PB_TRY(add_line(work, lines, state->fresh_fields[i]->fresh_days, err));
        lines->of[1 + i].decay.field = state->fresh_fields[i];
    }
    return add_owners(work, lines, err);
}

static pb_status count_lines(audit_work *work, entity_state *state, decay_lines *lines,
                             pb_error *err)
{
    lines->state = state;
    PB_TRY(open_lines(work, lines, err));
    for (size_t at = 0; at < state->count; at++) {
        count_record(work, state, at, &lines->of[0]);
        for (size_t i = 0; i < state->fresh_count; i++)
            if (state->fresh[at] >> i & 1)
                count_record(work, state, at, &lines->of[1 + i]);
        uint32_t owner = lines->by_owner[state->owner[at]];
        if (owner)
            count_record(work, state, at, &lines->of[owner]);
    }
    return PB_OK;
}

pb_status decay_all(audit_work *work, audit_result *result, pb_error *err)
{
    size_t capacity = 0;
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        entity_state *state = &work->entities[work->schema->entities[i].index];
        decay_lines lines = {0};
        if (!state->entity->review_days || !state->rows)
            continue;
        PB_TRY(days_load(work, state, err));
        if (!state->knows_touch)
            continue;
        PB_TRY(count_lines(work, state, &lines, err));
        for (size_t k = 0; k < lines.count; k++) {
            finish(&lines.of[k]);
            if (!PB_PUSH(work->arena, result->decay, result->decay_count, capacity,
                         lines.of[k].decay))
                return pb_fail_memory(err);
        }
    }
    return PB_OK;
}
