/* Precision and recall from decisions. */
#include "likeness/quality.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"

likeness_share likeness_share_of(uint64_t part, uint64_t of)
{
    const double z = 1.959963984540054; /* 95 % of a normal distribution */
    likeness_share share = {.part = part, .of = of};
    if (of == 0)
        return share;
    double n = (double)of, p = (double)part / n;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    share.value = p;
    share.low = part == 0 ? 0 : fmax(0, middle - half);
    share.high = part == of ? 1 : fmin(1, middle + half);
    return share;
}

static void take(likeness_group *group, const likeness_verdict *verdict, double threshold)
{
    bool above = verdict->score >= threshold;
    group->decided++;
    group->precision.of += above;
    group->precision.part += above && verdict->same;
    group->recall.of += verdict->same;
    group->recall.part += above && verdict->same;
}

static void finish(likeness_group *group)
{
    group->precision = likeness_share_of(group->precision.part, group->precision.of);
    group->recall = likeness_share_of(group->recall.part, group->recall.of);
}

/* Most decided first; among equals by name, so that the order is always the same. */
static int order_groups(const void *a, const void *b)
{
    const likeness_group *x = a, *y = b;
    if (x->decided != y->decided)
        return x->decided > y->decided ? -1 : 1;
    return pb_str_cmp(x->name, y->name);
}

static pb_status group_by(const likeness_verdict *verdicts, size_t count, bool script,
                          double threshold, pb_arena *arena, likeness_group **ret_groups,
                          size_t *ret_count, pb_error *err)
{
    pb_map *names = pb_map_new(arena);
    likeness_group *groups = NULL;
    size_t group_count = 0, capacity = 0;
    for (size_t i = 0; i < count; i++) {
        pb_str name = script ? verdicts[i].script : verdicts[i].rule;
        uint64_t *at = names != NULL ? pb_map_put(names, name, NULL) : NULL;
        const likeness_group fresh = {.name = name};
        if (at == NULL || (*at == 0 && !PB_PUSH(arena, groups, group_count, capacity, fresh)))
            return pb_fail_memory(err);
        *at = *at == 0 ? group_count : *at;
        if (groups == NULL)
            return pb_fail_memory(err);
        take(&groups[*at - 1], &verdicts[i], threshold);
    }
    for (size_t i = 0; i < group_count; i++)
        finish(&groups[i]);
    if (group_count > 1)
        qsort(groups, group_count, sizeof *groups, order_groups);
    *ret_groups = groups;
    *ret_count = group_count;
    return PB_OK;
}

pb_status likeness_quality_of(const likeness_verdict *verdicts, size_t count, double threshold,
                              pb_arena *arena, likeness_quality *ret_quality, pb_error *err)
{
    likeness_quality of = {.threshold = threshold};
    for (size_t i = 0; i < count; i++)
        take(&of.all, &verdicts[i], threshold);
    finish(&of.all);
    PB_TRY(group_by(verdicts, count, false, threshold, arena, &of.rules, &of.rule_count, err));
    PB_TRY(group_by(verdicts, count, true, threshold, arena, &of.scripts, &of.script_count, err));
    *ret_quality = of;
    return PB_OK;
}
