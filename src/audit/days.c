/* When each record was made and when it was last touched: read once, for all that asks about ages.
 */
#include "base/time.h"
#include "run.h"

static const model_field *filled_role(const entity_state *state, const char *role)
{
    const model_field *field = model_field_role(state->entity, role);
    if (!field || (field->type != MODEL_DATE && field->type != MODEL_INSTANT))
        return NULL;
    return state->filled[field->index] ? field : NULL;
}

static pb_status make_room(audit_work *work, entity_state *state, pb_error *err)
{
    size_t rows = state->count + 1;
    state->created = pb_arena_array(work->scratch, rows, sizeof *state->created);
    state->changed = pb_arena_array(work->scratch, rows, sizeof *state->changed);
    state->touched = pb_arena_array(work->scratch, rows, sizeof *state->touched);
    state->active = pb_arena_array(work->scratch, rows, sizeof *state->active);
    state->hour = pb_arena_array(work->scratch, rows, 1);
    bool good = state->created && state->changed && state->touched && state->active && state->hour;
    if (good && state->fresh_count) {
        state->fresh = pb_arena_array(work->scratch, rows, sizeof *state->fresh);
        good = state->fresh != NULL;
    }
    if (!good)
        return pb_fail_memory(err);
    for (size_t i = 0; i < rows; i++)
        state->created[i] = state->changed[i] = state->touched[i] = state->active[i] = NO_DAY;
    memset(state->hour, NO_HOUR, rows);
    return PB_OK;
}

static pb_status find_fresh(audit_work *work, entity_state *state, pb_error *err)
{
    const model_entity *entity = state->entity;
    state->fresh_fields = pb_arena_array(work->scratch, 32, sizeof(model_field *));
    if (!state->fresh_fields)
        return pb_fail_memory(err);
    for (size_t i = 0; i < entity->field_count && state->fresh_count < 32; i++)
        if (entity->fields[i].fresh_days && state->filled[i])
            state->fresh_fields[state->fresh_count++] = &entity->fields[i];
    return PB_OK;
}

static void put_columns(pb_buf *sql, const entity_state *state, const model_field *const *days)
{
    pb_buf_addc(sql, "select n");
    for (size_t i = 0; i < 3; i++) {
        pb_buf_addc(sql, ", ");
        if (days[i])
            pb_buf_add(sql, days[i]->name);
        else
            pb_buf_addc(sql, "null");
    }
    pb_buf_addc(sql, ", 0");
    for (size_t i = 0; i < state->fresh_count; i++) {
        pb_buf_addc(sql, " + case when ");
        work_put_field(sql, state->fresh_fields[i], false);
        pb_buf_printf(sql, " is not null then %lld else 0 end", 1LL << i);
    }
    pb_buf_printf(sql, " from %.*s order by n", PB_STR_FMT(state->entity->name));
}

static int32_t day_of(db_stmt *stmt, int column, const model_field *field)
{
    if (!field || db_column_is_null(stmt, column))
        return NO_DAY;
    int64_t value = db_column_i64(stmt, column);
    if (field->type == MODEL_INSTANT)
        value = pb_instant_day(value);
    return value > NO_DAY && value < INT32_MAX ? (int32_t)value : NO_DAY;
}

/* Midnight stands for a day without a time. */
static uint8_t hour_of(db_stmt *stmt, int column, const model_field *field)
{
    const int64_t day = INT64_C(86400000000), hour = INT64_C(3600000000);
    if (!field || field->type != MODEL_INSTANT || db_column_is_null(stmt, column))
        return NO_HOUR;
    int64_t us = db_column_i64(stmt, column) % day;
    if (us < 0)
        us += day;
    return (uint8_t)(us == 0 ? NO_HOUR : us / hour);
}

static pb_status take_rows(entity_state *state, db_stmt *stmt, const model_field *const *days,
                           pb_error *err)
{
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        if (at == SIZE_MAX)
            continue;
        for (int i = 0; i < 3; i++) {
            int32_t day = day_of(stmt, i + 1, days[i]);
            if (day > state->touched[at])
                state->touched[at] = day;
        }
        state->active[at] = day_of(stmt, 1, days[0]);
        state->changed[at] = day_of(stmt, 2, days[1]);
        state->created[at] = day_of(stmt, 3, days[2]);
        state->hour[at] = hour_of(stmt, 3, days[2]);
        if (state->fresh)
            state->fresh[at] = (uint32_t)db_column_i64(stmt, 4);
    }
}

pb_status days_load(audit_work *work, entity_state *state, pb_error *err)
{
    if (state->dated)
        return PB_OK;
    PB_TRY(list_load(work, state, err));
    state->active_field = filled_role(state, "last_activity_on");
    state->changed_field = filled_role(state, "modified_on");
    state->created_field = filled_role(state, "created_on");
    const model_field *days[] = {state->active_field, state->changed_field, state->created_field};
    state->knows_touch = days[0] || days[1] || days[2];
    if (state->knows_touch)
        PB_TRY(find_fresh(work, state, err));
    PB_TRY(make_room(work, state, err));
    if (state->knows_touch) {
        PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
        db_stmt *stmt;
        put_columns(&sql, state, days);
        PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
        PB_TRY(take_rows(state, stmt, days, err));
    }
    state->dated = true;
    return PB_OK;
}
