/* other_customer and no_history: the customer as records that hang together tell it. */
#include "../measure.h"

static const uint32_t *role_links(const entity_state *state, const char *role)
{
    return targets_of(state, model_field_role(state->entity, role));
}

static bool leads_somewhere(uint32_t to)
{
    return to != LINK_NONE && to != LINK_NOWHERE;
}

/* One firm, or firms of one group: one above the other, or both below a third. */
static bool same_group(const uint32_t *parents, uint32_t a, uint32_t b)
{
    if (a == b)
        return true;
    uint32_t above_a = parents ? parents[a - 1] : LINK_NONE;
    uint32_t above_b = parents ? parents[b - 1] : LINK_NONE;
    return above_a == b || above_b == a || (leads_somewhere(above_a) && above_a == above_b);
}

static pb_status fail_customer(audit_check *check, const entity_state *accounts, size_t at,
                               uint32_t mine, uint32_t other, pb_error *err)
{
    audit_failure failure = {.n = check->state->n[at]};
    failure.field = model_field_role(check->control->entity, "account")->name;
    failure.value = accounts->record[other - 1];
    failure.other = accounts->record[mine - 1];
    failure.problem = check->control->problem;
    return check_fail(check, &failure, err);
}

/* The account of the record is not that of its contact, or of its opportunity. */
pb_status measure_other_customer(audit_check *check, pb_error *err)
{
    audit_work *work = check->work;
    const model_entity *entity = check->control->entity;
    const bool deal = pb_str_is(check->control->measure_args.items[0], "opportunity");
    const model_field *through = model_field_role(entity, deal ? "opportunity" : "contact");
    const model_field *account = model_field_role(entity, "account");
    check->finding->population = 0;
    if (!through || !account || through->type != MODEL_LINK || account->type != MODEL_LINK)
        return PB_OK;
    entity_state *state = check->state, *middle = &work->entities[through->target->index];
    entity_state *accounts = &work->entities[account->target->index];
    if (!middle->rows || !accounts->rows)
        return check_not_applicable(
            check, PB_MSG("There are no {value} in the source."),
            middle->rows ? account->target->plural : through->target->plural, err);
    PB_TRY(targets_load(work, state, err));
    PB_TRY(targets_load(work, middle, err));
    PB_TRY(targets_load(work, accounts, err));
    const uint32_t *mine = targets_of(state, account), *to = targets_of(state, through);
    const uint32_t *theirs = role_links(middle, "account");
    const uint32_t *parents = role_links(accounts, "parent");
    for (size_t at = 0; at < state->count && mine && to && theirs; at++) {
        if (!leads_somewhere(mine[at]) || !leads_somewhere(to[at]) ||
            !leads_somewhere(theirs[to[at] - 1]))
            continue;
        check->finding->population++;
        if (!same_group(parents, mine[at], theirs[to[at] - 1]))
            PB_TRY(fail_customer(check, accounts, at, mine[at], theirs[to[at] - 1], err));
    }
    return PB_OK;
}

/* Marks the accounts that the records of `state` lead to, by themselves or over another record. */
static void mark_accounts(const uint32_t *to, size_t count, const uint32_t *through, bool *marks)
{
    for (size_t at = 0; to && at < count; at++) {
        uint32_t account = to[at];
        if (through && leads_somewhere(account))
            account = through[account - 1];
        if (leads_somewhere(account))
            marks[account - 1] = true;
    }
}

static pb_status mark_bought(audit_work *work, entity_state *deals, bool *bought, pb_error *err)
{
    const model_field *stage = model_field_role(deals->entity, "stage");
    const uint32_t *to = role_links(deals, "account");
    if (!stage || !to)
        return PB_OK;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "select n, %.*s from %.*s order by n", PB_STR_FMT(stage->name),
                  PB_STR_FMT(deals->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        size_t at = list_position(deals, db_column_i64(stmt, 0));
        const model_choice *choice = model_choice_find(stage, db_column_text(stmt, 1));
        if (at != SIZE_MAX && choice && pb_str_is(choice->role, "won") && leads_somewhere(to[at]))
            bought[to[at] - 1] = true;
    }
}

static pb_status mark_history(audit_work *work, entity_state *activities, bool *seen, pb_error *err)
{
    static const char *const over[] = {"opportunity", "contact"};
    mark_accounts(role_links(activities, "account"), activities->count, NULL, seen);
    for (size_t i = 0; i < 2; i++) {
        const model_field *link = model_field_role(activities->entity, over[i]);
        const uint32_t *to = targets_of(activities, link);
        if (!to)
            continue;
        entity_state *middle = &work->entities[link->target->index];
        PB_TRY(targets_load(work, middle, err));
        const uint32_t *through = role_links(middle, "account");
        if (through)
            mark_accounts(to, activities->count, through, seen);
    }
    return PB_OK;
}

/* A customer who has bought, with whom no activity is on record. Where fewer than a quarter of the
 * customers have any, activities are kept elsewhere, and nobody is to be blamed singly. */
pb_status measure_no_history(audit_check *check, pb_error *err)
{
    audit_work *work = check->work;
    const model_entity *deal = model_entity_find(work->schema, PB_STR("opportunity"));
    const model_entity *activity = model_entity_find(work->schema, PB_STR("activity"));
    const size_t count = (size_t)check->state->rows;
    bool *bought = pb_arena_array(work->scratch, count * 2 + 2, sizeof *bought);
    uint64_t customers = 0, known = 0;
    check->finding->population = 0;
    if (!bought)
        return pb_fail_memory(err);
    bool *seen = bought + count + 1;
    if (!deal || !activity || !work->entities[deal->index].rows ||
        !work->entities[activity->index].rows)
        return PB_OK;
    PB_TRY(list_load(work, check->state, err));
    PB_TRY(targets_load(work, &work->entities[deal->index], err));
    PB_TRY(targets_load(work, &work->entities[activity->index], err));
    PB_TRY(mark_bought(work, &work->entities[deal->index], bought, err));
    PB_TRY(mark_history(work, &work->entities[activity->index], seen, err));
    for (size_t at = 0; at < count; at++) {
        customers += bought[at];
        known += bought[at] && seen[at];
    }
    if (known * 4 < customers || !known)
        return PB_OK;
    check->finding->population = customers;
    for (size_t at = 0; at < count; at++)
        if (bought[at] && !seen[at]) {
            audit_failure failure = {.n = check->state->n[at], .problem = check->control->problem};
            PB_TRY(check_fail(check, &failure, err));
        }
    return PB_OK;
}
