/* idle_users and concentration: how the work is spread over the people of the source. Figures, and
 * no judgement of anybody's success. */
#include "../measure.h"

enum { TIMES_MEDIAN = 4, LEAST_RECORDS = 50, LEAST_PEOPLE = 5 };

/* Records by owner index, over all entities with owners. */
static pb_status count_owned(audit_work *work, uint64_t **ret, bool *ret_any, pb_error *err)
{
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        entity_state *state = &work->entities[i];
        const model_field *owner = model_field_role(state->entity, "owner");
        if (owner && state->rows && state->filled[owner->index])
            PB_TRY(list_load(work, state, err));
    }
    uint64_t *counts = pb_arena_array(work->scratch, work->owner_count + 1, sizeof *counts);
    if (!counts)
        return pb_fail_memory(err);
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        const entity_state *state = &work->entities[i];
        const model_field *owner = model_field_role(state->entity, "owner");
        if (!owner || !state->rows || !state->filled[owner->index])
            continue;
        for (size_t k = 0; k < state->count; k++)
            counts[state->owner[k]]++;
        *ret_any = true;
    }
    *ret = counts;
    return PB_OK;
}

static int compare_counts(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Median of those who own anything; `*ret_people` how many they are. */
static pb_status median_of(audit_work *work, const uint64_t *counts, uint64_t *ret_median,
                           size_t *ret_people, pb_error *err)
{
    uint64_t *sorted = pb_arena_array(work->scratch, work->owner_count + 1, sizeof *sorted);
    if (!sorted)
        return pb_fail_memory(err);
    size_t people = 0;
    for (size_t i = 1; i < work->owner_count; i++)
        if (counts[i])
            sorted[people++] = counts[i];
    qsort(sorted, people, sizeof *sorted, compare_counts);
    *ret_people = people;
    *ret_median = people ? sorted[people / 2] : 0;
    return PB_OK;
}

typedef bool (*person_test)(uint64_t owned, uint64_t median, size_t people);

static bool is_idle(uint64_t owned, uint64_t median, size_t people)
{
    (void)median;
    (void)people;
    return owned == 0;
}

static bool is_crowded(uint64_t owned, uint64_t median, size_t people)
{
    return people >= LEAST_PEOPLE && owned >= LEAST_RECORDS && owned > median * TIMES_MEDIAN;
}

static pb_status fail_person(audit_check *check, int64_t n, uint64_t owned, uint64_t median,
                             const char *problem, pb_error *err)
{
    PB_AUTO_BUF count = PB_BUF_INIT(32);
    PB_AUTO_BUF usual = PB_BUF_INIT(32);
    pb_buf_i64(&count, (int64_t)owned);
    pb_buf_i64(&usual, (int64_t)median);
    audit_failure failure = {.n = n, .problem = pb_str_c(problem)};
    failure.value = pb_buf_str(&count);
    failure.other = pb_buf_str(&usual);
    return check_fail(check, &failure, err);
}

static pb_status look_at_people(audit_check *check, person_test test, const char *problem, bool all,
                                pb_error *err)
{
    audit_work *work = check->work;
    const model_entity *users = check->control->entity;
    uint64_t *counts = NULL, median = 0;
    size_t people = 0;
    bool any = false;
    PB_TRY(count_owned(work, &counts, &any, err));
    if (!any)
        return check_not_applicable(check, PB_MSG("No record of the source says who owns it."),
                                    PB_STR_NONE, err);
    PB_TRY(median_of(work, counts, &median, &people, err));
    const model_field *active = model_field_role(users, "is_active");
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n, id");
    if (active && active->type == MODEL_BOOLEAN)
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(active->name));
    else
        active = NULL;
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(users->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    check->finding->population = 0;
    for (;;) {
        bool row;
        uint32_t owner;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        if (active && !db_column_is_null(stmt, 2) && db_column_i64(stmt, 2) == 0)
            continue;
        PB_TRY(list_owner(work, db_column_blob(stmt, 1), PB_STR_NONE, &owner, err));
        uint64_t owned = owner ? counts[owner] : 0;
        check->finding->population += all || owned;
        if (test(owned, median, people))
            PB_TRY(fail_person(check, db_column_i64(stmt, 0), owned, median, problem, err));
    }
}

pb_status measure_idle_users(audit_check *check, pb_error *err)
{
    return look_at_people(check, is_idle, PB_MSG("Owns no record at all."), true, err);
}

pb_status measure_concentration(audit_check *check, pb_error *err)
{
    return look_at_people(check, is_crowded,
                          PB_MSG("Owns {value} records; half of the others own {other} or fewer."),
                          false, err);
}
