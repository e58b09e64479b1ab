/* Figures per person: what each owns and when entries were made. Counted, not judged: whether few
 * or many are good depends on the work, which the records do not tell. */
#include "base/time.h"
#include "run.h"

typedef struct usage_room {
    audit_usage *of; /* by owner index */
    size_t count;
    bool amounts_mixed;
} usage_room;

static pb_status reserve(audit_work *work, usage_room *room, pb_error *err)
{
    if (room->count >= work->owner_count)
        return PB_OK;
    audit_usage *more = pb_arena_array(work->scratch, work->owner_count + 16, sizeof *more);
    if (!more)
        return pb_fail_memory(err);
    if (room->count)
        memcpy(more, room->of, room->count * sizeof *more);
    room->of = more;
    room->count = work->owner_count;
    return PB_OK;
}

static void take_day(audit_usage *usage, int64_t day)
{
    if (!usage->has_days || day < usage->first_day)
        usage->first_day = day;
    if (!usage->has_days || day > usage->last_day)
        usage->last_day = day;
    usage->has_days = true;
}

static void take_stage(audit_usage *usage, const model_field *stage, pb_str value)
{
    const model_choice *choice = value.len ? model_choice_find(stage, value) : NULL;
    usage->deals++;
    if (!value.len)
        return; /* nobody says how far it is */
    if (choice && pb_str_is(choice->role, "won"))
        usage->won++;
    else if (choice && pb_str_is(choice->role, "lost"))
        usage->lost++;
    else
        usage->open++;
}

/* The day an entry stands for: when it was made, else when it began, else when it was last worked
 * on. */
static const model_field *entry_day(const audit_work *work, const entity_state *state)
{
    static const char *const roles[] = {"created_on", "opened_on", "started_on", "last_activity_on",
                                        "modified_on"};
    (void)work;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const model_field *field = model_field_role(state->entity, roles[i]);
        if (field && state->filled[field->index] &&
            (field->type == MODEL_DATE || field->type == MODEL_INSTANT))
            return field;
    }
    return NULL;
}

typedef struct usage_columns {
    const model_field *stage, *day;
    bool deals, activities;
} usage_columns;

static pb_status take_records(audit_work *work, entity_state *state, usage_room *room,
                              const usage_columns *columns, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&sql, "select n");
    if (columns->stage)
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(columns->stage->name));
    if (columns->day)
        pb_buf_printf(&sql, ", %.*s", PB_STR_FMT(columns->day->name));
    pb_buf_printf(&sql, " from %.*s", PB_STR_FMT(state->entity->name));
    db_stmt *stmt;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        size_t at = list_position(state, db_column_i64(stmt, 0));
        if (at == SIZE_MAX || !state->owner[at])
            continue;
        audit_usage *usage = &room->of[state->owner[at]];
        usage->records++;
        usage->activities += columns->activities;
        if (columns->stage)
            take_stage(usage, columns->stage, db_column_text(stmt, 1));
        if (columns->stage && state->amount && state->amount[at]) {
            const model_choice *choice = model_choice_find(columns->stage, db_column_text(stmt, 1));
            if (choice && pb_str_is(choice->role, "won"))
                usage->won_amount += state->amount[at];
        }
        int column = columns->stage ? 2 : 1;
        if (columns->day && !db_column_is_null(stmt, column)) {
            int64_t day = db_column_i64(stmt, column);
            take_day(usage, columns->day->type == MODEL_INSTANT ? pb_instant_day(day) : day);
        }
    }
}

static bool has_won(const model_field *stage)
{
    for (size_t i = 0; stage && i < stage->choice_count; i++)
        if (pb_str_is(stage->choices[i].role, "won"))
            return true;
    return false;
}

static int compare_usage(const void *a, const void *b)
{
    const audit_usage *left = a, *right = b;
    return pb_str_cmp(left->owner, right->owner);
}

pb_status usage_all(audit_work *work, audit_result *result, pb_error *err)
{
    usage_room room = {0};
    pb_str currency = PB_STR_NONE;
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        entity_state *state = &work->entities[i];
        const model_field *owner = model_field_role(state->entity, "owner");
        if (!state->rows || !owner || owner->type != MODEL_LINK || !state->filled[owner->index])
            continue;
        PB_TRY(list_load(work, state, err));
        PB_TRY(reserve(work, &room, err));
        const model_field *stage = model_field_role(state->entity, "stage");
        usage_columns columns = {.stage = has_won(stage) ? stage : NULL};
        columns.day = entry_day(work, state);
        columns.activities = pb_str_is(state->entity->name, "activity");
        if (columns.stage && state->amount)
            currency = state->amount_currency;
        PB_TRY(take_records(work, state, &room, &columns, err));
    }
    result->usage = pb_arena_array(work->arena, room.count + 1, sizeof *result->usage);
    if (!result->usage)
        return pb_fail_memory(err);
    for (size_t i = 1; i < room.count; i++) {
        if (!room.of[i].records)
            continue;
        room.of[i].owner = work->owners[i];
        room.of[i].amount_currency = currency;
        result->usage[result->usage_count++] = room.of[i];
    }
    qsort(result->usage, result->usage_count, sizeof *result->usage, compare_usage);
    return PB_OK;
}
