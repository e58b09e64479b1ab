/* The usual order of stages, by majority of the deals that saw both of two stages; where too few
 * did, as the model lists them. */
#include "stage_order.h"

enum {
    DEALS_TELL = 5,   /* so many deals and more tell an order */
    MAJORITY = 2,     /* times as many one way as the other */
    PASSED_SHARE = 75 /* per cent of the deals that go beyond a stage */
};

static pb_status number_stages(audit_work *work, const model_field *field, stage_order *order,
                               pb_error *err)
{
    const record_history *history = order->history;
    order->number = pb_arena_array(work->scratch, history->name_count + 1, sizeof *order->number);
    if (!order->number)
        return pb_fail_memory(err);
    for (size_t i = 0; i < history->count; i++) {
        const int64_t ends[] = {history->steps[i].from, history->steps[i].to};
        for (size_t k = 0; k < 2 && history->steps[i].of == HISTORY_STAGE; k++) {
            if (ends[k] == HISTORY_NONE || order->number[ends[k]])
                continue;
            if (order->count == STAGES_MOST) {
                order->too_many = true;
                return PB_OK;
            }
            order->name[order->count] = history->name[ends[k]];
            order->meaning[order->count] = history_means(field, history->name[ends[k]]);
            order->number[ends[k]] = (uint8_t)++order->count;
        }
    }
    return PB_OK;
}

pb_status stage_path_make(audit_work *work, const record_history *history, stage_path *ret,
                          pb_error *err)
{
    ret->stage = pb_arena_array(work->scratch, history->count + 2, 1);
    return ret->stage ? PB_OK : pb_fail_memory(err);
}

static void path_add(const stage_order *order, stage_path *path, int64_t name)
{
    if (name == HISTORY_NONE || !order->number[name])
        return;
    uint8_t stage = (uint8_t)(order->number[name] - 1);
    if (!path->count || path->stage[path->count - 1] != stage)
        path->stage[path->count++] = stage;
}

bool stage_path_next(const stage_order *order, size_t *cursor, stage_path *path)
{
    const record_history *history = order->history;
    size_t i = *cursor;
    if (i >= history->count)
        return false;
    path->at = history->steps[i].at;
    path->count = 0;
    for (; i < history->count && history->steps[i].at == path->at; i++) {
        if (history->steps[i].of != HISTORY_STAGE)
            continue;
        path_add(order, path, history->steps[i].from);
        path_add(order, path, history->steps[i].to);
    }
    *cursor = i;
    return true;
}

typedef uint32_t pair_counts[STAGES_MOST][STAGES_MOST];

/* Counts which of two open stages a deal saw first. */
static void count_pairs(const stage_order *order, const stage_path *path, pair_counts before)
{
    bool seen[STAGES_MOST] = {false};
    for (size_t i = 0; i < path->count; i++) {
        size_t stage = path->stage[i];
        if (seen[stage] || order->meaning[stage] != STAGE_OPEN)
            continue;
        for (size_t earlier = 0; earlier < order->count; earlier++)
            before[earlier][stage] += seen[earlier];
        seen[stage] = true;
    }
}

static int8_t order_of(const stage_order *order, const model_field *field, pair_counts before,
                       size_t a, size_t b)
{
    uint32_t ab = before[a][b], ba = before[b][a];
    if (order->meaning[a] != STAGE_OPEN || order->meaning[b] != STAGE_OPEN)
        return 0;
    if (ab + ba >= DEALS_TELL)
        return (int8_t)(ab >= ba * MAJORITY ? -1 : ba >= ab * MAJORITY ? 1 : 0);
    const model_choice *x = model_choice_find(field, order->name[a]);
    const model_choice *y = model_choice_find(field, order->name[b]);
    return (int8_t)(!x || !y ? 0 : (x > y) - (x < y));
}

size_t stage_crossed(const stage_order *order, const stage_path *path, size_t c)
{
    bool before = false;
    for (size_t i = 0; i < path->count; i++) {
        size_t stage = path->stage[i];
        bool behind = order->order[stage][c] > 0 || order->meaning[stage] == STAGE_WON;
        if (before && behind)
            return i;
        before = before || order->order[stage][c] < 0;
    }
    return SIZE_MAX;
}

bool stage_visited(const stage_path *path, size_t c)
{
    for (size_t i = 0; i < path->count; i++)
        if (path->stage[i] == c)
            return true;
    return false;
}

static void find_passed(stage_order *order, stage_path *path)
{
    uint64_t beyond[STAGES_MOST] = {0}, through[STAGES_MOST] = {0};
    for (size_t cursor = 0; stage_path_next(order, &cursor, path);)
        for (size_t c = 0; c < order->count; c++) {
            if (order->meaning[c] != STAGE_OPEN || stage_crossed(order, path, c) == SIZE_MAX)
                continue;
            beyond[c]++;
            through[c] += stage_visited(path, c);
        }
    for (size_t c = 0; c < order->count; c++)
        order->passed[c] = beyond[c] >= DEALS_TELL && through[c] * 100 >= beyond[c] * PASSED_SHARE;
}

pb_status stage_order_make(audit_work *work, const model_field *stage,
                           const record_history *history, stage_order *ret, pb_error *err)
{
    stage_path path;
    pair_counts *before = pb_arena_alloc(work->scratch, sizeof *before);
    *ret = (stage_order){.history = history};
    if (!before)
        return pb_fail_memory(err);
    PB_TRY(number_stages(work, stage, ret, err));
    if (ret->too_many)
        return PB_OK;
    PB_TRY(stage_path_make(work, history, &path, err));
    for (size_t cursor = 0; stage_path_next(ret, &cursor, &path);)
        count_pairs(ret, &path, *before);
    for (size_t a = 0; a < ret->count; a++)
        for (size_t b = 0; b < ret->count; b++)
            ret->order[a][b] = a == b ? 0 : order_of(ret, stage, *before, a, b);
    find_passed(ret, &path);
    return PB_OK;
}
