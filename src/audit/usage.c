/* The figures of usage, as the result shows them. Counted, not judged: whether few or many are good
 * depends on the work, which the records do not tell. */
#include "run.h"

/* Days on which people work: five of seven, whichever they are. */
static double working_days(int64_t first, int64_t last)
{
    double days = (double)(last - first + 1) * 5 / 7;
    return days < 1 ? 1 : days;
}

static double per_week(const audit_work *work, const audit_usage *usage, audit_flow a, audit_flow b)
{
    if (!usage->weeks[a])
        return 0;
    uint64_t sum = 0;
    for (int i = 0; i < AUDIT_WEEKS; i++)
        sum += usage->weeks[a][i] + (b != a ? usage->weeks[b][i] : 0);
    int64_t from = work->people->first_week;
    if (usage->has_days && usage->first_day > from)
        from = usage->first_day;
    double weeks = (double)(work->reference - from + 1) / 7;
    return (double)sum / (weeks < 1 ? 1 : weeks);
}

static void finish(const audit_work *work, audit_usage *usage, const entity_state *deals)
{
    if (deals)
        list_currencies(deals, &usage->amount_currency, &usage->won_sums);
    if (usage->has_days)
        usage->entries_per_day =
            (double)usage->dated / working_days(usage->first_day, usage->last_day);
    usage->deals_closed_per_week = per_week(work, usage, AUDIT_FLOW_WON, AUDIT_FLOW_LOST);
    usage->cases_closed_per_week =
        per_week(work, usage, AUDIT_FLOW_CASES_CLOSED, AUDIT_FLOW_CASES_CLOSED);
}

static int compare_usage(const void *a, const void *b)
{
    const audit_usage *left = a, *right = b;
    return pb_str_cmp(left->owner, right->owner);
}

static int compare_sources(const void *a, const void *b)
{
    const audit_usage_source *left = a, *right = b;
    return pb_str_cmp(left->source, right->source);
}

static void put_sources(audit_work *work, audit_result *result)
{
    work_people *people = work->people;
    result->usage_sources = people->sources;
    for (size_t i = 0; i < people->source_count; i++) {
        audit_usage_source source = people->sources[i];
        if (!source.activities)
            continue;
        source.source = work->sources[i];
        for (int kind = 0; source.has_days && kind < AUDIT_KIND_COUNT; kind++)
            source.per_day[kind] =
                (double)source.kinds[kind] / working_days(source.first_day, source.last_day);
        people->sources[result->usage_source_count++] = source;
    }
    qsort(people->sources, result->usage_source_count, sizeof *people->sources, compare_sources);
}

/* Won amounts are in the currencies of the deals. */
static const entity_state *deals_of(const audit_work *work)
{
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        const entity_state *state = &work->entities[i];
        const model_field *stage = model_field_role(state->entity, "stage");
        if (stage && state->listed && state->amount)
            return state;
    }
    return NULL;
}

pb_status usage_all(audit_work *work, audit_result *result, pb_error *err)
{
    PB_TRY(people_load(work, err));
    work_people *people = work->people;
    const entity_state *deals = deals_of(work);
    result->usage = pb_arena_array(work->arena, people->count + 1, sizeof *result->usage);
    if (!result->usage)
        return pb_fail_memory(err);
    for (size_t i = 1; i < people->count; i++) {
        if (!people->of[i].records)
            continue;
        audit_usage *usage = &result->usage[result->usage_count++];
        *usage = people->of[i];
        usage->owner = work->owners[i];
        finish(work, usage, deals);
    }
    qsort(result->usage, result->usage_count, sizeof *result->usage, compare_usage);
    result->usage_total = people->total;
    result->usage_total.owner = PB_STR_NONE;
    finish(work, &result->usage_total, deals);
    memcpy(result->kind_weeks, people->kind_weeks, sizeof result->kind_weeks);
    result->usage_first_week = people->first_week;
    result->usage_first_day = people->first_day;
    put_sources(work, result);
    return PB_OK;
}
