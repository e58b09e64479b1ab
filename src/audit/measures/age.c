/* stale and old_export: how long ago records were worked on, and how old the source itself is. */
#include "../measure.h"

#include "base/time.h"

static const char *const touch_roles[] = {"last_activity_on", "modified_on", "created_on"};
enum { TOUCH_ROLES = 3 };

typedef struct touch {
    const model_field *fields[TOUCH_ROLES];
    size_t count;
} touch;

static void find_touch(const entity_state *state, touch *to)
{
    for (size_t i = 0; i < TOUCH_ROLES; i++) {
        const model_field *field = model_field_role(state->entity, touch_roles[i]);
        if (field && (field->type == MODEL_DATE || field->type == MODEL_INSTANT) &&
            state->filled[field->index])
            to->fields[to->count++] = field;
    }
}

/* The newest of a record's days; INT64_MIN without any. */
static int64_t touched_on(db_stmt *stmt, const touch *by, const model_field **ret_field)
{
    int64_t newest = INT64_MIN;
    for (size_t i = 0; i < by->count; i++) {
        if (db_column_is_null(stmt, (int)i + 1))
            continue;
        int64_t day = db_column_i64(stmt, (int)i + 1);
        if (by->fields[i]->type == MODEL_INSTANT)
            day = pb_instant_day(day);
        if (day <= newest)
            continue;
        newest = day;
        *ret_field = by->fields[i];
    }
    return newest;
}

pb_status measure_stale(audit_check *check, pb_error *err)
{
    touch by = {0};
    find_touch(check->state, &by);
    if (!by.count)
        return check_not_applicable(
            check, PB_MSG("The source does not say when {value} were last worked on."),
            check->control->entity->plural, err);
    int64_t limit = check->work->reference - check->control->entity->review_days;
    check->finding->relative = check->work->reference != check->work->today;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    for (size_t i = 0; i < by.count; i++)
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(by.fields[i]->name));
    pb_buf_printf(&sql, " from %.*s order by n", PB_STR_FMT(check->control->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(check->work, pb_buf_str(&sql), &stmt, err));
    check->finding->population = 0;
    PB_AUTO_BUF day_text = PB_BUF_INIT(32);
    for (;;) {
        bool row;
        const model_field *field = NULL;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        int64_t day = touched_on(stmt, &by, &field);
        if (day == INT64_MIN)
            continue;
        check->finding->population++;
        if (day >= limit)
            continue;
        pb_buf_clear(&day_text);
        pb_date_format(&day_text, day);
        audit_failure failure = {.n = db_column_i64(stmt, 0), .field = field->name};
        failure.value = pb_buf_str(&day_text);
        failure.problem = pb_str_c(PB_MSG("Last worked on {value}."));
        PB_TRY(check_fail(check, &failure, err));
    }
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
