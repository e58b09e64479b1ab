/* duplicates: records that describe the same thing, by the fields the model compares (`match:`). */
#include "../ahead.h"
#include "../measure.h"

#include "audit/duplicates.h"

uint32_t twins_root(uint32_t *parent, uint32_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* The smallest of a cluster is its root: the record that came first. */
static void join(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = twins_root(parent, a);
    b = twins_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}

static bool stop_matching(void *context, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return ahead_stopped(context);
}

pb_status twins_find(audit_work *work, entity_state *state, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new((size_t)4 << 30);
    audit_duplicates found;
    if (!arena)
        return pb_fail_memory(err);
    match_options options = {0};
    if (work->options->matching != NULL)
        options = *work->options->matching;
    options.threshold = state->entity->duplicate_find;
    PB_TRY(audit_duplicates_search(work->session, state->entity, &options, stop_matching,
                                   (void *)(uintptr_t)work->self, arena, &found, err));
    const match_result result = found.result;
    state->match_fields = found.field_count;
    state->exact = pb_arena_array(work->scratch, result.rows + 1, sizeof *state->exact);
    state->near = pb_arena_array(work->scratch, result.rows + 1, sizeof *state->near);
    if (!state->exact || !state->near)
        return pb_fail_memory(err);
    for (uint32_t i = 0; i < result.rows; i++)
        state->exact[i] = state->near[i] = i;
    for (size_t i = 0; i < result.pair_count; i++) {
        join(result.pairs[i].exact ? state->exact : state->near, result.pairs[i].left,
             result.pairs[i].right);
    }
    state->matched = true;
    return PB_OK;
}

pb_status twins_load(audit_work *work, entity_state *state, pb_error *err)
{
    bool taken = false;
    PB_TRY(list_load(work, state, err));
    if (!state->matched)
        PB_TRY(ahead_twins(work, state, &taken, err));
    return state->matched ? PB_OK : twins_find(work, state, err);
}

pb_status measure_duplicates(audit_check *check, pb_error *err)
{
    entity_state *state = check->state;
    bool exact = pb_str_is(check->control->measure_args.items[0], "exact");
    PB_TRY(twins_load(check->work, state, err));
    if (!state->match_fields) {
        const model_field *name = model_field_role(check->control->entity, "full_name");
        bool named = name && state->filled[name->index] > 0;
        return check_not_applicable(
            check,
            named ? PB_MSG("Of {value} little but names is known, and by a name alone nobody can "
                           "be told from a namesake.")
                  : PB_MSG("The source has none of the fields by which {value} are compared."),
            check->control->entity->plural, err);
    }
    uint32_t *parent = exact ? state->exact : state->near;
    for (uint32_t i = 0; i < state->count; i++) {
        uint32_t first = twins_root(parent, i);
        /* A record that is an exact repetition is said once, there. */
        if (first == i || (!exact && twins_root(state->exact, i) != i))
            continue;
        audit_failure failure = {.n = state->n[i], .other = state->record[first]};
        failure.problem =
            pb_str_c(exact ? PB_MSG("The same as record {other} in every field compared.")
                           : PB_MSG("Very probably the same as record {other}."));
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}
