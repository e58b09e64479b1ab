/* loops: records that are, over their own links, above themselves. */
#include "../measure.h"

/* Position of the record above, by position; SIZE_MAX: none. */
static pb_status load_above(audit_check *check, uint32_t **ret, pb_error *err)
{
    const model_field *link = check->control->field;
    entity_state *state = check->state;
    PB_TRY(list_load(check->work, state, err));
    uint32_t *above = pb_arena_array(check->work->scratch, state->count + 1, sizeof *above);
    if (!above)
        return pb_fail_memory(err);
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_printf(&sql,
                  "select e.n, p.n from %.*s e join %.*s p on p.id = e.%.*s_id where e.%.*s_id is "
                  "not null order by e.n",
                  PB_STR_FMT(link->entity->name), PB_STR_FMT(link->entity->name),
                  PB_STR_FMT(link->name), PB_STR_FMT(link->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    check->finding->population = 0;
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        size_t from = list_position(state, db_column_i64(stmt, 0));
        size_t to = list_position(state, db_column_i64(stmt, 1));
        check->finding->population++;
        if (from != SIZE_MAX && to != SIZE_MAX)
            above[from] = (uint32_t)to + 1;
    }
    *ret = above;
    return PB_OK;
}

/* Each record is walked once: `walk` says in which walk it was met first. */
static void mark_loop(const uint32_t *above, uint32_t *walk, uint8_t *in_loop, size_t start)
{
    uint32_t mine = (uint32_t)start + 1;
    size_t at = start;
    while (!walk[at]) {
        walk[at] = mine;
        if (!above[at])
            return;
        at = above[at] - 1;
    }
    if (walk[at] != mine)
        return;
    size_t first = at;
    do {
        in_loop[at] = 1;
        at = above[at] - 1;
    } while (at != first);
}

pb_status measure_loops(audit_check *check, pb_error *err)
{
    const model_field *link = check->control->field;
    const entity_state *state = check->state;
    uint32_t *above = NULL;
    if (link->target != link->entity)
        return check_not_applicable(check,
                                    PB_MSG("“{value}” does not lead to records of the same kind."),
                                    link->label, err);
    PB_TRY(load_above(check, &above, err));
    uint32_t *walk = pb_arena_array(check->work->scratch, state->count + 1, sizeof *walk);
    uint8_t *in_loop = pb_arena_array(check->work->scratch, state->count + 1, 1);
    if (!walk || !in_loop)
        return pb_fail_memory(err);
    for (size_t i = 0; i < state->count; i++)
        mark_loop(above, walk, in_loop, i);
    for (size_t i = 0; i < state->count; i++) {
        if (!in_loop[i])
            continue;
        audit_failure failure = {.n = state->n[i], .field = link->name};
        failure.value = state->record[above[i] - 1];
        failure.problem =
            pb_str_c(above[i] == i + 1 ? PB_MSG("The record stands above itself.")
                                       : PB_MSG("Above it stands {value}, and above that, sooner "
                                                "or later, the record itself."));
        PB_TRY(check_fail(check, &failure, err));
    }
    return PB_OK;
}
