/* What the source holds, found once at the start: rows, filled fields, notes, columns, newest day.
 */
#include "run.h"

#include "base/time.h"

void work_put_field(pb_buf *out, const model_field *field, bool reference)
{
    pb_buf_add(out, field->name);
    if (field->type == MODEL_LINK)
        pb_buf_addc(out, reference ? "_ref" : "_id");
}

/* Days on which something happened; a birthday or a due date says nothing about the age of the
 * data. */
static bool dates_events(const model_field *field)
{
    static const char *const roles[] = {"created_on", "modified_on", "last_activity_on",
                                        "opened_on",  "closed_on",   "started_on",
                                        "ended_on",   "converted_on"};
    if (field->type != MODEL_DATE && field->type != MODEL_INSTANT)
        return false;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (pb_str_is(field->role, roles[i]))
            return true;
    return false;
}

static pb_status make_state(audit_work *work, entity_state *state, pb_error *err)
{
    size_t fields = state->entity->field_count + 1;
    uint64_t *counts = pb_arena_array(work->scratch, fields * 4, sizeof *counts);
    state->column = pb_arena_array(work->scratch, fields, sizeof *state->column);
    if (!counts || !state->column)
        return pb_fail_memory(err);
    state->filled = counts;
    state->bad = counts + fields;
    state->restyled = counts + fields * 2;
    state->unresolved = counts + fields * 3;
    return PB_OK;
}

static void put_newest(pb_buf *sql, const model_field *field)
{
    if (field->type == MODEL_DATE)
        pb_buf_printf(sql, ", max(case when %.*s <= :today then %.*s end)", PB_STR_FMT(field->name),
                      PB_STR_FMT(field->name));
    else
        pb_buf_printf(sql, ", max(case when %.*s < (:today + 1) * 86400000000 then %.*s end)",
                      PB_STR_FMT(field->name), PB_STR_FMT(field->name));
}

static pb_status count_entity(audit_work *work, entity_state *state, pb_error *err)
{
    const model_entity *entity = state->entity;
    PB_AUTO_BUF sql = PB_BUF_INIT(1 << 20);
    pb_buf_addc(&sql, "select count(*), max(n)");
    for (size_t i = 0; i < entity->field_count; i++) {
        const model_field *field = &entity->fields[i];
        if (field->type == MODEL_LINK)
            pb_buf_printf(&sql,
                          ", sum(case when %.*s_ref is not null or %.*s_id is not null then 1 else "
                          "0 end)",
                          PB_STR_FMT(field->name), PB_STR_FMT(field->name));
        else
            pb_buf_printf(&sql, ", count(%.*s)", PB_STR_FMT(field->name));
    }
    for (size_t i = 0; i < entity->field_count; i++)
        if (dates_events(&entity->fields[i]))
            put_newest(&sql, &entity->fields[i]);
    pb_buf_printf(&sql, " from %.*s", PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    db_stmt *stmt;
    bool row = false;
    PB_TRY(work_query(work, pb_buf_str(&sql), &stmt, err));
    PB_TRY(db_step(stmt, &row, err));
    if (!row)
        return PB_OK;
    state->rows = (uint64_t)db_column_i64(stmt, 0);
    state->max_n = db_column_is_null(stmt, 1) ? 0 : db_column_i64(stmt, 1);
    for (size_t i = 0; i < entity->field_count; i++)
        state->filled[i] = (uint64_t)db_column_i64(stmt, (int)i + 2);
    int column = (int)entity->field_count + 2;
    for (size_t i = 0; i < entity->field_count; i++) {
        if (!dates_events(&entity->fields[i]))
            continue;
        if (!db_column_is_null(stmt, column)) {
            int64_t day = db_column_i64(stmt, column);
            if (entity->fields[i].type == MODEL_INSTANT)
                day = pb_instant_day(day);
            if (day > work->newest)
                work->newest = day;
        }
        column++;
    }
    db_reset(stmt);
    return PB_OK;
}

static entity_state *state_named(audit_work *work, pb_str entity, pb_str field,
                                 const model_field **ret_field)
{
    const model_entity *found = model_entity_find(work->schema, entity);
    *ret_field = found ? model_field_find(found, field) : NULL;
    return found ? &work->entities[found->index] : NULL;
}

static pb_status count_notes(audit_work *work, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(
        db_prepare(work->session,
                   "select entity, field, kind, count(*) from value_note group by entity, field, "
                   "kind",
                   &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        const model_field *field;
        entity_state *state =
            state_named(work, db_column_text(stmt, 0), db_column_text(stmt, 1), &field);
        if (!state || !field)
            continue;
        pb_str kind = db_column_text(stmt, 2);
        uint64_t count = (uint64_t)db_column_i64(stmt, 3);
        if (pb_str_is(kind, "bad"))
            state->bad[field->index] = count;
        else if (pb_str_is(kind, "restyled"))
            state->restyled[field->index] = count;
        else if (pb_str_is(kind, "unresolved"))
            state->unresolved[field->index] = count;
    }
}

static pb_status list_columns(audit_work *work, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(work->session,
                      "select entity, field from source_column group by entity, field", &stmt,
                      err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        const model_field *field;
        entity_state *state =
            state_named(work, db_column_text(stmt, 0), db_column_text(stmt, 1), &field);
        if (!state)
            continue;
        state->has_columns = true;
        if (field)
            state->column[field->index] = true;
    }
}

enum { OLD_EXPORT_DAYS = 180 };

pb_status work_survey(audit_work *work, pb_error *err)
{
    work->newest = INT64_MIN;
    work->reference = work->today;
    for (size_t i = 0; i < work->schema->entity_count; i++) {
        entity_state *state = &work->entities[work->schema->entities[i].index];
        state->entity = &work->schema->entities[i];
        PB_TRY(make_state(work, state, err));
        PB_TRY(count_entity(work, state, err));
    }
    PB_TRY(count_notes(work, err));
    PB_TRY(list_columns(work, err));
    if (work->newest != INT64_MIN && work->today - work->newest > OLD_EXPORT_DAYS)
        work->reference = work->newest;
    return PB_OK;
}

bool work_has_field(const audit_work *work, const model_field *field)
{
    const entity_state *state = &work->entities[field->entity->index];
    size_t i = field->index;
    return !state->has_columns || state->column[i] || state->filled[i] || state->bad[i] ||
           state->unresolved[i];
}
