/* The history of an entity's records, put in order: steps follow each other, say nothing twice, and
 * slips that were mended at once are no steps. */
#include "history.h"

enum { SLIP_MINUTES = 60 };

const model_field *history_field(const model_entity *entity, history_of of)
{
    static const char *const roles[] = {"stage", "expected_close", "amount", "owner"};
    const model_field *field = model_field_role(entity, roles[of]);
    if (!field && of == HISTORY_STAGE)
        field = model_field_role(entity, "status");
    if (!field && of == HISTORY_CLOSING)
        field = model_field_role(entity, "closed_on");
    if (!field)
        return NULL;
    bool good = of == HISTORY_STAGE     ? field->type == MODEL_CHOICE
                : of == HISTORY_CLOSING ? field->type == MODEL_DATE
                : of == HISTORY_AMOUNT  ? field->type == MODEL_MONEY
                                        : field->type == MODEL_LINK;
    return good ? field : NULL;
}

history_meaning history_means(const model_field *stage, pb_str name)
{
    const model_choice *choice = model_choice_find(stage, name);
    if (!choice)
        return STAGE_OPEN;
    if (pb_str_is(choice->role, "won"))
        return STAGE_WON;
    if (pb_str_is(choice->role, "lost"))
        return STAGE_LOST;
    bool closed = pb_str_is(choice->role, "closed") || pb_str_is(choice->role, "converted") ||
                  pb_str_is(choice->role, "done");
    return closed ? STAGE_CLOSED : STAGE_OPEN;
}

pb_status history_name(audit_work *work, record_history *history, pb_str name, int64_t *ret,
                       pb_error *err)
{
    bool is_new = false;
    uint64_t *place = pb_map_put(history->names, name, &is_new);
    if (!place)
        return pb_fail_memory(err);
    if (is_new) {
        *place = history->name_count;
        pb_str copy = pb_arena_str(work->scratch, name);
        if (!copy.ptr || !PB_PUSH(work->scratch, history->name, history->name_count,
                                  history->name_capacity, copy))
            return pb_fail_memory(err);
    }
    *ret = (int64_t)*place;
    return PB_OK;
}

pb_status history_add(audit_work *work, record_history *history, const history_step *step,
                      pb_error *err)
{
    if (!PB_PUSH(work->scratch, history->steps, history->count, history->capacity, *step))
        return pb_fail_memory(err);
    return PB_OK;
}

static int by_record(const void *a, const void *b)
{
    const history_step *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* The steps of one record kept so far: places of the newest two of each kind. */
typedef struct kept_steps {
    size_t last[HISTORY_KINDS], before[HISTORY_KINDS]; /* place + 1; 0: none */
} kept_steps;

/* A system that tells a link twice, by name and by id, does so at one moment. */
static bool repeats(const history_step *last, const history_step *step)
{
    return last->when == step->when && step->whole && step->from != last->to;
}

static bool takes_back(const history_step *last, const history_step *step)
{
    return last->from != HISTORY_NONE && step->to == last->from &&
           step->when - last->when <= (int64_t)SLIP_MINUTES * 60 * 1000000;
}

/* A step that was mended at once stays in its place, marked as one to be left out. */
static void settle_step(record_history *history, kept_steps *kept, size_t *count, history_step step)
{
    enum { GONE = HISTORY_KINDS };
    size_t *last = &kept->last[step.of], *before = &kept->before[step.of];
    history_step *newest = *last ? &history->steps[*last - 1] : NULL;
    if (newest && !step.whole)
        step.from = newest->to;
    if (step.from == step.to || (newest && repeats(newest, &step)))
        return;
    if (newest && newest->from == HISTORY_NONE && newest->when == step.when) {
        newest->to = step.to; /* the record was still being made */
        return;
    }
    if (newest && takes_back(newest, &step)) {
        newest->of = GONE;
        *last = *before;
        *before = 0;
        return;
    }
    history->steps[*count] = step;
    *before = *last;
    *last = ++*count;
}

static void settle(record_history *history)
{
    size_t count = 0, left = 0;
    kept_steps kept = {0};
    if (history->count)
        qsort(history->steps, history->count, sizeof *history->steps, by_record);
    for (size_t i = 0; i < history->count; i++) {
        if (i && history->steps[i].at != history->steps[i - 1].at)
            kept = (kept_steps){0};
        settle_step(history, &kept, &count, history->steps[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (history->steps[i].of >= HISTORY_KINDS)
            continue;
        history->of[history->steps[i].of] += history->steps[i].from != HISTORY_NONE;
        history->steps[left++] = history->steps[i];
    }
    history->count = left;
}

pb_status history_load(audit_work *work, entity_state *state, const record_history **ret,
                       pb_error *err)
{
    if (!state->history) {
        record_history *history = pb_arena_alloc(work->scratch, sizeof *history);
        if (!history || !(history->names = pb_map_new(work->scratch)))
            return pb_fail_memory(err);
        PB_TRY(list_load(work, state, err));
        PB_TRY(history_from_files(work, state, history, err));
        PB_TRY(history_from_log(work, state, history, err));
        settle(history);
        state->history = history;
    }
    *ret = state->history;
    return PB_OK;
}
