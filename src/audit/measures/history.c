/* field_history: what the changes of fields tell, whoever kept them (history.h). */
#include "../measure.h"

#include "base/time.h"
#include "stage_order.h"

#define MINUTE ((int64_t)60000000)
#define DAY ((int64_t)86400000000)

enum {
    PUSHED_TIMES = 3, /* pushed back so often, */
    PUSHED_DAYS = 30, /* by so many days in all */
    OWNER_CHANGES = 3,
    OWNER_DAYS = 365,
    JUST_BEFORE = 7,       /* days before a deal was won */
    JUST_BEFORE_SHARE = 20 /* per cent of the amount */
};

/* The steps of one record. */
typedef struct steps {
    const history_step *first, *end;
} steps;

typedef struct asking {
    audit_check *check;
    const record_history *history;
    const model_field *stage;
    stage_order *order;
    stage_path path;
} asking;

/* What came of one record. */
typedef struct answer {
    bool asked, fails;
    int64_t number, other; /* for {value} and {other}, HISTORY_NONE: none */
    pb_str value_text, other_text;
    const model_field *written_as; /* how numbers are written; NULL: plainly */
} answer;

typedef pb_status (*question)(const asking *all, steps of, answer *ret, pb_error *err);

static history_meaning means(const asking *all, int64_t stage)
{
    return stage == HISTORY_NONE ? STAGE_OPEN
                                 : history_means(all->stage, all->history->name[stage]);
}

static pb_status put_day(const asking *all, int64_t us, pb_str *ret, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64);
    pb_date_format(&out, pb_instant_day(us));
    *ret = pb_arena_str(all->check->work->scratch, pb_buf_str(&out));
    return ret->ptr ? PB_OK : pb_fail_memory(err);
}

static pb_status ask_reopened(const asking *all, steps of, answer *ret, pb_error *err)
{
    for (const history_step *step = of.first; step < of.end; step++) {
        if (step->of != HISTORY_STAGE)
            continue;
        ret->asked = ret->asked || means(all, step->from) != STAGE_OPEN ||
                     means(all, step->to) != STAGE_OPEN;
        if (ret->fails || means(all, step->from) == STAGE_OPEN ||
            means(all, step->to) != STAGE_OPEN || step->to == HISTORY_NONE)
            continue;
        ret->fails = true;
        ret->other_text = all->history->name[step->from];
        PB_TRY(put_day(all, step->when, &ret->value_text, err));
    }
    return PB_OK;
}

/* When the record was first closed; INT64_MAX: never. */
static int64_t closed_at(const asking *all, steps of)
{
    for (const history_step *step = of.first; step < of.end; step++)
        if (step->of == HISTORY_STAGE && means(all, step->to) != STAGE_OPEN)
            return step->when;
    return INT64_MAX;
}

/* The day that is set when the deal closes is no promise put off. */
static pb_status ask_pushed(const asking *all, steps of, answer *ret, pb_error *err)
{
    const int64_t end = closed_at(all, of);
    int64_t last = INT64_MIN, times = 0, days = 0;
    (void)err;
    for (const history_step *step = of.first; step < of.end && step->when < end; step++) {
        if (step->of != HISTORY_CLOSING || step->from == HISTORY_NONE || step->to == HISTORY_NONE ||
            step->to <= step->from)
            continue;
        int64_t day = pb_instant_day(step->when);
        times += day != last;
        days += step->to - step->from;
        last = day;
    }
    ret->fails = times >= PUSHED_TIMES && days >= PUSHED_DAYS;
    ret->number = times;
    ret->other = days;
    return PB_OK;
}

static pb_status ask_owner(const asking *all, steps of, answer *ret, pb_error *err)
{
    (void)all;
    (void)err;
    int64_t most = 0;
    for (const history_step *from = of.first; from < of.end; from++) {
        int64_t times = 0;
        for (const history_step *step = from; step < of.end; step++)
            times += step->of == HISTORY_OWNER && step->from != HISTORY_NONE &&
                     step->to != HISTORY_NONE && step->when - from->when <= OWNER_DAYS * DAY;
        most = times > most ? times : most;
    }
    ret->fails = most >= OWNER_CHANGES;
    ret->number = most;
    return PB_OK;
}

static bool moves_amount(const history_step *step)
{
    return step->of == HISTORY_AMOUNT && step->from != HISTORY_NONE;
}

/* From the hour after a deal was won until it is opened again, its amount is what was sold. */
static pb_status ask_amount_after(const asking *all, steps of, answer *ret, pb_error *err)
{
    int64_t won = INT64_MAX;
    (void)err;
    ret->written_as = history_field(all->check->control->entity, HISTORY_AMOUNT);
    for (const history_step *step = of.first; step < of.end; step++) {
        if (step->of == HISTORY_STAGE)
            won = means(all, step->to) == STAGE_WON ? step->when : INT64_MAX;
        ret->asked = ret->asked || won != INT64_MAX;
        if (ret->fails || won == INT64_MAX || !moves_amount(step) ||
            step->when - won <= 60 * MINUTE)
            continue;
        ret->fails = true;
        ret->number = step->to;
        ret->other = step->from;
    }
    return PB_OK;
}

static int64_t size_of(int64_t number)
{
    return number < 0 ? -number : number;
}

static pb_status ask_amount_before(const asking *all, steps of, answer *ret, pb_error *err)
{
    int64_t won = INT64_MIN, from = HISTORY_NONE, to = HISTORY_NONE;
    (void)err;
    ret->written_as = history_field(all->check->control->entity, HISTORY_AMOUNT);
    for (const history_step *step = of.first; step < of.end; step++)
        if (step->of == HISTORY_STAGE && means(all, step->to) == STAGE_WON)
            won = step->when;
    ret->asked = won != INT64_MIN;
    for (const history_step *step = of.first; ret->asked && step < of.end; step++) {
        if (!moves_amount(step) || step->when < won - JUST_BEFORE * DAY ||
            step->when > won + 60 * MINUTE)
            continue;
        from = from == HISTORY_NONE ? step->from : from;
        to = step->to;
    }
    ret->fails = from != HISTORY_NONE && from != 0 && to != HISTORY_NONE &&
                 (double)size_of(to - from) * 100 >= (double)size_of(from) * JUST_BEFORE_SHARE;
    ret->number = to;
    ret->other = from;
    return PB_OK;
}

static pb_status tell(audit_check *check, uint32_t at, const answer *found, pb_error *err)
{
    PB_AUTO_BUF value = PB_BUF_INIT(256);
    PB_AUTO_BUF other = PB_BUF_INIT(256);
    audit_failure failure = {.n = check->state->n[at], .problem = check->control->problem};
    if (check->control->value_field)
        failure.field = check->control->value_field->name;
    const int64_t numbers[] = {found->number, found->other};
    pb_buf *const outs[] = {&value, &other};
    for (size_t i = 0; i < 2; i++) {
        if (numbers[i] == HISTORY_NONE)
            continue;
        if (found->written_as)
            model_write(found->written_as, PB_VALUE_INT(numbers[i]), PB_STR_NONE, outs[i]);
        else
            pb_buf_i64(outs[i], numbers[i]);
    }
    failure.value = value.len ? pb_buf_str(&value) : found->value_text;
    failure.other = other.len ? pb_buf_str(&other) : found->other_text;
    return check_fail(check, &failure, err);
}

/* Asks of each record that has a history. */
static pb_status ask_steps(asking *all, question ask, bool of_all, pb_error *err)
{
    const record_history *history = all->history;
    const history_step *end = history->steps + history->count;
    audit_finding *finding = all->check->finding;
    finding->population = of_all ? all->check->state->rows : 0;
    for (steps of = {.first = history->steps}; of.first < end; of.first = of.end) {
        answer found = {.number = HISTORY_NONE, .other = HISTORY_NONE};
        for (of.end = of.first; of.end < end && of.end->at == of.first->at;)
            of.end++;
        PB_TRY(ask(all, of, &found, err));
        finding->population += !of_all && found.asked;
        if (found.fails)
            PB_TRY(tell(all->check, of.first->at, &found, err));
    }
    return PB_OK;
}

/* A stage that most deals pass, and that this one jumped over. */
static answer ask_skipped(const asking *all)
{
    const stage_order *order = all->order;
    answer found = {.number = HISTORY_NONE, .other = HISTORY_NONE};
    for (size_t c = 0; c < order->count; c++) {
        size_t behind = order->passed[c] ? stage_crossed(order, &all->path, c) : SIZE_MAX;
        if (behind == SIZE_MAX)
            continue;
        found.asked = true;
        if (found.fails || stage_visited(&all->path, c))
            continue;
        found.fails = true;
        found.value_text = order->name[c];
        found.other_text = order->name[all->path.stage[behind]];
    }
    return found;
}

static answer ask_back(const asking *all)
{
    const stage_order *order = all->order;
    answer found = {.number = HISTORY_NONE, .other = HISTORY_NONE};
    for (size_t i = 1; i < all->path.count; i++) {
        size_t from = all->path.stage[i - 1], to = all->path.stage[i];
        found.asked = found.asked || order->order[from][to] != 0;
        if (found.fails || order->order[from][to] <= 0)
            continue;
        found.fails = true;
        found.value_text = order->name[to];
        found.other_text = order->name[from];
    }
    return found;
}

static pb_status ask_paths(asking *all, answer (*ask)(const asking *all), pb_error *err)
{
    audit_check *check = all->check;
    all->order = pb_arena_alloc(check->work->scratch, sizeof *all->order);
    if (!all->order)
        return pb_fail_memory(err);
    PB_TRY(stage_order_make(check->work, all->stage, all->history, all->order, err));
    if (all->order->too_many)
        return check_not_applicable(
            check, PB_MSG("There are too many different stages to tell their order."), PB_STR_NONE,
            err);
    PB_TRY(stage_path_make(check->work, all->history, &all->path, err));
    check->finding->population = 0;
    for (size_t cursor = 0; stage_path_next(all->order, &cursor, &all->path);) {
        answer found = ask(all);
        check->finding->population += found.asked;
        if (found.fails)
            PB_TRY(tell(check, all->path.at, &found, err));
    }
    return PB_OK;
}

/* What a question needs to know; the path questions have no `ask`. */
static const struct history_question {
    const char *name;
    bool needs[HISTORY_KINDS];
    question ask;
    answer (*ask_path)(const asking *all);
    bool of_all; /* records without any change are asked too: they pass */
} questions[] = {
    {"stage_skipped", {[HISTORY_STAGE] = true}, NULL, ask_skipped, false},
    {"stage_back", {[HISTORY_STAGE] = true}, NULL, ask_back, false},
    {"close_pushed", {[HISTORY_CLOSING] = true}, ask_pushed, NULL, true},
    {"amount_before_close",
     {[HISTORY_STAGE] = true, [HISTORY_AMOUNT] = true},
     ask_amount_before,
     NULL,
     false},
    {"amount_after_close",
     {[HISTORY_STAGE] = true, [HISTORY_AMOUNT] = true},
     ask_amount_after,
     NULL,
     false},
    {"owner_changed", {[HISTORY_OWNER] = true}, ask_owner, NULL, true},
    {"reopened", {[HISTORY_STAGE] = true}, ask_reopened, NULL, false},
};

static pb_status cannot_tell(audit_check *check, const record_history *history, history_of missing,
                             pb_error *err)
{
    const model_field *field = history_field(check->control->entity, missing);
    bool any = false;
    for (size_t i = 0; i < HISTORY_KINDS; i++)
        any = any || history->of[i];
    if (history->unread) {
        PB_AUTO_BUF count = PB_BUF_INIT(32);
        pb_buf_i64(&count, (int64_t)history->unread);
        return check_not_applicable(check,
                                    PB_MSG("The history of changes could not be read: {value} of "
                                           "them have no moment, or values in no clear form."),
                                    pb_buf_str(&count), err);
    }
    if (any && field)
        return check_not_applicable(
            check, PB_MSG("The history of changes says nothing of “{value}”."), field->label, err);
    return check_not_applicable(
        check,
        PB_MSG("The source brings no history of changes, so this could not be checked. Most "
               "systems keep one: export it too (field history, stage history, audit tables)."),
        PB_STR_NONE, err);
}

pb_status measure_field_history(audit_check *check, pb_error *err)
{
    asking all = {.check = check};
    const struct history_question *asked = questions;
    while (!pb_str_is(check->control->measure_args.items[0], asked->name))
        asked++;
    all.stage = history_field(check->control->entity, HISTORY_STAGE);
    PB_TRY(history_load(check->work, check->state, &all.history, err));
    for (size_t i = 0; i < HISTORY_KINDS; i++)
        if (asked->needs[i] && !all.history->of[i])
            return cannot_tell(check, all.history, (history_of)i, err);
    if (asked->ask_path)
        return ask_paths(&all, asked->ask_path, err);
    return ask_steps(&all, asked->ask, asked->of_all, err);
}
