/* From a record to those that it becomes: values as they are written, further values with them. */
#include "record/convert.h"

#include "base/bytes.h"
#include "base/time.h"
#include "internal.h"
#include "steps.h"
#include "sys/clock.h"

typedef struct converting {
    db_session *session;
    const record_data *record;
    int64_t now_us;
    pb_arena *arena;
    record_convert_input *items;
    size_t count, capacity;
} converting;

static pb_status add(converting *c, const model_field *to, const model_field *from, pb_str raw,
                     pb_error *err)
{
    const record_convert_input one = {{to, pb_arena_str(c->arena, raw), NULL}, from};
    return one.input.raw.ptr != NULL && PB_PUSH(c->arena, c->items, c->count, c->capacity, one)
               ? PB_OK
               : pb_fail_memory(err);
}

static pb_status add_id(converting *c, const model_field *to, const model_field *from, pb_uuid id,
                        pb_error *err)
{
    char text[37];
    pb_uuid_text(id, text);
    return add(c, to, from, pb_str_c(text), err);
}

/* A value that was kept although it is not valid is none in its column: texts stay as written. */
static bool has_value(const converting *c, const model_field *from)
{
    return c->record->values[from->index].kind != PB_NULL;
}

static pb_status add_more(converting *c, const model_field *to, const model_field *from,
                          pb_error *err)
{
    db_stmt *stmt;
    bool row = true;
    pb_status status = PB_OK;
    PB_TRY(db_prepare(c->session,
                      "SELECT value FROM t_value_note WHERE entity = ?1 AND field = ?2"
                      " AND kind = 'more' AND n = ?3 ORDER BY part",
                      &stmt, err));
    db_bind_text(stmt, 1, from->entity->name);
    db_bind_text(stmt, 2, from->name);
    db_bind_i64(stmt, 3, c->record->n);
    while (status == PB_OK && row) {
        status = db_step(stmt, &row, err);
        if (status == PB_OK && row)
            status = add(c, to, from, db_column_text(stmt, 0), err);
    }
    db_reset(stmt);
    return status;
}

static pb_status add_value(converting *c, const model_field *to, const model_field *from,
                           pb_error *err)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4 << 20);
    const pb_value value = c->record->values[from->index];
    if (from->type == MODEL_LINK) {
        pb_uuid id;
        if (value.as.s.len != sizeof id)
            return PB_OK;
        memcpy(&id, value.as.s.ptr, sizeof id);
        return add_id(c, to, from, id, err);
    }
    model_write(from, value, c->record->currencies[from->index], &text);
    if (text.failed)
        return pb_fail_memory(err);
    PB_TRY(add(c, to, from, pb_buf_str(&text), err));
    return from->many && to->many ? add_more(c, to, from, err) : PB_OK;
}

static pb_status add_set(converting *c, const model_convert_value *value, pb_error *err)
{
    PB_AUTO_BUF day = PB_BUF_INIT(64);
    if (!pb_str_is(value->text, "today"))
        return add(c, value->to, NULL, value->text, err);
    if (value->to->type == MODEL_INSTANT)
        pb_instant_format(&day, c->now_us);
    else
        pb_date_format(&day, sys_day_of(c->now_us));
    return day.failed ? pb_fail_memory(err) : add(c, value->to, NULL, pb_buf_str(&day), err);
}

static pb_status read_one(converting *c, const model_convert_value *value, pb_error *err)
{
    if (value->itself)
        return add_id(c, value->to, NULL, c->record->id, err);
    if (value->from_count == 0)
        return add_set(c, value, err);
    for (size_t i = 0; i < value->from_count; i++)
        if (has_value(c, value->from[i]))
            return add_value(c, value->to, value->from[i], err);
    return PB_OK;
}

pb_status record_convert_read(db_session *session, const record_data *record,
                              const model_convert_value *values, size_t count, int64_t now_us,
                              pb_arena *arena, record_convert_input **ret_inputs, size_t *ret_count,
                              pb_error *err)
{
    converting c = {.session = session, .record = record, .now_us = now_us, .arena = arena};
    for (size_t i = 0; i < count; i++)
        if (!values[i].to->retired)
            PB_TRY(read_one(&c, &values[i], err));
    *ret_inputs = c.items;
    *ret_count = c.count;
    return PB_OK;
}

pb_status record_linking(db_session *session, const model_field *link, pb_uuid id, pb_arena *arena,
                         pb_uuid **ret_ids, size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    db_stmt *stmt;
    bool row = true;
    pb_uuid *ids = NULL;
    size_t count = 0, capacity = 0;
    pb_status status = PB_OK;
    pb_buf_printf(&sql, "SELECT id FROM t_%s WHERE \"%s_id\" = ?1 AND deleted = 0 ORDER BY n",
                  link->entity->name.ptr, link->name.ptr);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    while (status == PB_OK && row) {
        pb_uuid one;
        status = db_step(stmt, &row, err);
        if (status != PB_OK || !row)
            break;
        memcpy(&one, db_column_blob(stmt, 0).ptr, sizeof one);
        status = PB_PUSH(arena, ids, count, capacity, one) ? PB_OK : pb_fail_memory(err);
    }
    db_reset(stmt);
    PB_TRY(status);
    *ret_ids = ids;
    *ret_count = count;
    return PB_OK;
}

pb_status record_conversion(db_session *session, pb_uuid id, pb_arena *arena,
                            record_run_info *ret_run, bool *ret_found, pb_error *err)
{
    char about[37];
    db_stmt *stmt;
    bool row;
    pb_uuid_text(id, about);
    PB_TRY(db_prepare(session,
                      "SELECT MAX(run) FROM t_import_run WHERE kind = 'convert' AND profile = ?1"
                      " AND undone IS NULL",
                      &stmt, err));
    db_bind_text(stmt, 1, pb_str_c(about));
    PB_TRY(db_step(stmt, &row, err));
    *ret_found = row && !db_column_is_null(stmt, 0);
    int64_t number = *ret_found ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return *ret_found ? record_run_find(session, number, arena, ret_run, err) : PB_OK;
}

pb_status record_run_made(db_session *session, const record_run_info *run, pb_arena *arena,
                          record_made **ret_made, size_t *ret_count, pb_error *err)
{
    PB_AUTO_ARENA room = pb_arena_new(0);
    const model_schema *schema = db_workspace_schema(db_session_workspace(session));
    record_made *made = NULL;
    size_t count = 0, capacity = 0;
    if (room == NULL)
        return pb_fail_memory(err);
    for (uint64_t at = run->first; at < run->event; at++) {
        ledger_event event;
        bool erased;
        pb_arena_reset(room);
        PB_TRY(ledger_read(session, at, room, &event, &erased, err));
        if (event.version == 0 || !steps_creates(&event))
            continue;
        const record_made one = {model_entity_find(schema, event.entity), event.record};
        if (one.entity != NULL && !PB_PUSH(arena, made, count, capacity, one))
            return pb_fail_memory(err);
    }
    *ret_made = made;
    *ret_count = count;
    return PB_OK;
}
