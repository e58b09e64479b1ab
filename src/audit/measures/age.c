/* stale, soon_stale, stale_values and old_export: how long ago records were worked on, and how old
 * the source itself is. */
#include "../measure.h"

#include "base/time.h"

/* The field whose day is the newest of a record's. */
static const model_field *touched_by(const entity_state *state, size_t at)
{
    int32_t day = state->touched[at];
    if (state->active_field && state->active[at] == day)
        return state->active_field;
    return state->changed_field && state->changed[at] == day ? state->changed_field
                                                             : state->created_field;
}

/* How old, in days; a day in the future is as new as can be. */
static int64_t age_of(const audit_check *check, size_t at)
{
    int64_t age = check->work->reference - check->state->touched[at];
    return age < 0 ? 0 : age;
}

typedef bool (*age_test)(int64_t age, int64_t limit);

static bool is_stale(int64_t age, int64_t limit)
{
    return age > limit;
}

static bool is_soon_stale(int64_t age, int64_t limit)
{
    /* What is to be looked over every month is not accused from the first day on. */
    int64_t ahead = limit < 2 * AUDIT_DECAY_AHEAD ? limit / 2 : AUDIT_DECAY_AHEAD;
    return age <= limit && age + ahead > limit;
}

typedef struct age_question {
    age_test fails;
    int64_t limit;
    uint32_t fresh_bit;       /* 0: the record as a whole */
    const model_field *about; /* what failures are said of; NULL: the day's own field */
    const char *problem;      /* with {value}, the day */
} age_question;

static pb_status fail_age(audit_check *check, const age_question *ask, size_t at, pb_error *err)
{
    PB_AUTO_BUF day = PB_BUF_INIT(32);
    pb_date_format(&day, check->state->touched[at]);
    audit_failure failure = {.n = check->state->n[at], .problem = pb_str_c(ask->problem)};
    failure.field = ask->about ? ask->about->name : touched_by(check->state, at)->name;
    failure.value = pb_buf_str(&day);
    return check_fail(check, &failure, err);
}

static pb_status ask_ages(audit_check *check, const age_question *ask, pb_error *err)
{
    const entity_state *state = check->state;
    check->finding->relative = check->work->reference != check->work->today;
    check->finding->population = 0;
    for (size_t at = 0; at < state->count; at++) {
        if (state->touched[at] == NO_DAY ||
            (ask->fresh_bit && !(state->fresh[at] & ask->fresh_bit)))
            continue;
        check->finding->population++;
        if (ask->fails(age_of(check, at), ask->limit))
            PB_TRY(fail_age(check, ask, at, err));
    }
    return PB_OK;
}

/* True when the source says when records were worked on; else the control does not apply. */
static pb_status need_days(audit_check *check, bool *ret_known, pb_error *err)
{
    PB_TRY(days_load(check->work, check->state, err));
    *ret_known = check->state->knows_touch;
    if (*ret_known)
        return PB_OK;
    return check_not_applicable(check,
                                PB_MSG("The source does not say when {value} were last worked on."),
                                check->control->entity->plural, err);
}

pb_status measure_stale(audit_check *check, pb_error *err)
{
    bool known;
    PB_TRY(need_days(check, &known, err));
    if (!known)
        return PB_OK;
    age_question ask = {.fails = is_stale, .limit = check->control->entity->review_days};
    ask.problem = PB_MSG("Last worked on {value}.");
    return ask_ages(check, &ask, err);
}

/* What is stale already is another finding: it can no longer be kept from becoming so. */
pb_status measure_soon_stale(audit_check *check, pb_error *err)
{
    bool known;
    PB_TRY(need_days(check, &known, err));
    if (!known)
        return PB_OK;
    age_question ask = {.fails = is_soon_stale, .limit = check->control->entity->review_days};
    ask.problem = PB_MSG("Last worked on {value}; its time is over within 90 days.");
    return ask_ages(check, &ask, err);
}

pb_status measure_stale_values(audit_check *check, pb_error *err)
{
    const model_field *field = check->control->field;
    bool known;
    PB_TRY(need_days(check, &known, err));
    if (!known)
        return PB_OK;
    age_question ask = {.fails = is_stale, .limit = field->fresh_days, .about = field};
    ask.problem = PB_MSG("Nobody can have looked at this value since {value}.");
    for (size_t i = 0; i < check->state->fresh_count; i++)
        if (check->state->fresh_fields[i] == field)
            ask.fresh_bit = (uint32_t)1 << i;
    check->finding->population = 0;
    return ask.fresh_bit ? ask_ages(check, &ask, err) : PB_OK;
}

pb_status measure_old_export(audit_check *check, pb_error *err)
{
    audit_work *work = check->work;
    if (work->newest == INT64_MIN)
        return check_not_applicable(check, PB_MSG("The source has no dates of its own."),
                                    PB_STR_NONE, err);
    check->finding->population = 1;
    if (work->reference == work->today)
        return PB_OK;
    PB_AUTO_BUF newest = PB_BUF_INIT(32);
    pb_date_format(&newest, work->newest);
    audit_failure failure = {.value = pb_buf_str(&newest)};
    failure.problem =
        pb_str_c(PB_MSG("The newest entry of the whole source is of {value}; all ages "
                        "are therefore measured from that day."));
    return check_fail(check, &failure, err);
}
