/* Reading records: one, by what it is called, all. */
#include <string.h>

#include "internal.h"
#include "merged.h"
#include "read.h"
#include "read_kept.h"

static pb_status make_record(const model_entity *entity, pb_arena *arena, record_data *ret_record,
                             pb_error *err)
{
    record_data record = {.entity = entity};
    size_t fields = entity->field_count + 1;
    record.values = pb_arena_array(arena, fields, sizeof *record.values);
    record.refs = pb_arena_array(arena, fields, sizeof *record.refs);
    record.currencies = pb_arena_array(arena, fields, sizeof *record.currencies);
    if (record.values == NULL || record.refs == NULL || record.currencies == NULL)
        return pb_fail_memory(err);
    *ret_record = record;
    return PB_OK;
}

static pb_status read_make(db_session *session, const model_entity *entity, pb_arena *arena,
                           const layout **ret_layout, pb_value **ret_cells, record_data *ret_record,
                           pb_error *err)
{
    const layout *lay = layout_of(session, entity);
    *ret_cells = lay ? pb_arena_array(arena, lay->count + 1, sizeof **ret_cells) : NULL;
    if (*ret_cells == NULL)
        return pb_fail_memory(err);
    PB_TRY(make_record(entity, arena, ret_record, err));
    *ret_layout = lay;
    return PB_OK;
}

static pb_str text_of(pb_value value)
{
    return value.kind == PB_TEXT ? value.as.s : PB_STR_NONE;
}

static void read_fill(const layout *lay, const layout_head *head, const pb_value *cells,
                      record_data *record)
{
    record->id = head->id;
    record->n = head->n;
    record->version = head->version;
    record->source_id = head->source_id;
    record->run = head->run;
    record->row = head->row;
    record->created_us = head->created_us;
    record->changed_us = head->changed_us;
    record->deleted = head->deleted;
    record->event = head->event;
    for (size_t i = 0; i < lay->entity->field_count; i++) {
        const pb_value *cell = &cells[lay->first[i]];
        model_type type = lay->entity->fields[i].type;
        record->values[i] = cell[0];
        record->refs[i] = type == MODEL_LINK ? text_of(cell[1]) : PB_STR_NONE;
        record->currencies[i] = type == MODEL_MONEY ? text_of(cell[1]) : PB_STR_NONE;
    }
}

static pb_status read_row(db_session *session, const layout *lay, const char *rest, pb_value key,
                          pb_arena *arena, layout_head *ret_head, pb_value *cells, bool *ret_found,
                          pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(layout_select(session, lay, rest, &stmt, err));
    db_bind_value(stmt, 1, key);
    PB_TRY(db_step(stmt, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    pb_status status = layout_row(lay, stmt, arena, ret_head, cells, err);
    db_reset(stmt);
    return status;
}

pb_status read_by(db_session *session, const model_entity *entity, const char *rest, pb_value key,
                  pb_arena *arena, record_data *ret_record, bool *ret_found, pb_error *err)
{
    const layout *lay = NULL;
    pb_value *cells;
    record_data record;
    layout_head head;
    PB_TRY(read_make(session, entity, arena, &lay, &cells, &record, err));
    PB_TRY(read_row(session, lay, rest, key, arena, &head, cells, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    read_fill(lay, &head, cells, &record);
    *ret_record = record;
    return PB_OK;
}

pb_status read_record(const layout *lay, const layout_head *head, const pb_value *cells,
                      pb_arena *arena, record_data *ret_record, pb_error *err)
{
    record_data record;
    PB_TRY(make_record(lay->entity, arena, &record, err));
    read_fill(lay, head, cells, &record);
    *ret_record = record;
    return PB_OK;
}

static pb_status read_by_id(db_session *session, const model_entity *entity, pb_uuid id,
                            pb_arena *arena, record_data *ret_record, bool *ret_found,
                            pb_error *err)
{
    const layout *lay = NULL;
    pb_value *cells;
    record_data record;
    layout_head head;
    PB_TRY(read_make(session, entity, arena, &lay, &cells, &record, err));
    *ret_found = read_kept_find(session, entity, &id, arena, &head, cells);
    if (!*ret_found) {
        PB_TRY(read_row(session, lay, "WHERE id = ?", PB_VALUE_BLOB(pb_uuid_str(&id)), arena, &head,
                        cells, ret_found, err));
        if (!*ret_found)
            return PB_OK;
        read_kept_add(session, lay, &head, cells);
    }
    read_fill(lay, &head, cells, &record);
    *ret_record = record;
    return PB_OK;
}

pb_status record_read(db_session *session, const model_entity *entity, pb_uuid id, pb_arena *arena,
                      record_data *ret_record, pb_error *err)
{
    bool found;
    PB_TRY(read_by_id(session, entity, id, arena, ret_record, &found, err));
    if (found && ret_record->deleted) {
        PB_TRY(merged_follow(session, entity, id, &ret_record->merged_into, err));
        ret_record->merged = memcmp(ret_record->merged_into.b, id.b, sizeof id.b) != 0;
    }
    if (found)
        return PB_OK;
    char text[37];
    pb_uuid_text(id, text);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} with the id {id}."),
                   "entity", PB_ARG(entity->label), "id", text, NULL);
}

pb_status record_read_number(db_session *session, const model_entity *entity, int64_t n,
                             pb_arena *arena, record_data *ret_record, pb_error *err)
{
    bool found;
    PB_TRY(
        read_by(session, entity, "WHERE n = ?", PB_VALUE_INT(n), arena, ret_record, &found, err));
    if (found)
        return PB_OK;
    return pb_fail(err, PB_NOT_FOUND,
                   PB_MSG("There is no record of {entity} with the number {number}."), "entity",
                   PB_ARG(entity->label), "number", PB_ARG_INT(n), NULL);
}

static pb_status lookup(db_session *session, model_reader *reader, const model_entity *entity,
                        pb_arena *arena, pb_str text, int *ret_count, pb_uuid *ret_id,
                        pb_error *err)
{
    key_index index;
    const layout *lay = layout_of(session, entity);
    if (lay == NULL)
        return pb_fail_memory(err);
    PB_TRY(keys_index(lay, arena, &index, err));
    return keys_find(session, reader, &index, text, ret_count, ret_id, err);
}

pb_status record_lookup(db_session *session, const model_entity *entity, pb_str text,
                        pb_uuid *ret_id, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    model_reader *reader = model_reader_new(0);
    int count = 0;
    pb_uuid id;
    pb_status status =
        arena == NULL || reader == NULL
            ? pb_fail_memory(err)
            : lookup(session, reader, entity, arena, pb_str_trim(text), &count, &id, err);
    model_reader_free(reader);
    PB_TRY(status);
    if (count == 1) {
        *ret_id = id;
        return PB_OK;
    }
    if (count == 0) {
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} called {text}."),
                "entity", PB_ARG(entity->label), "text", PB_ARG(text), NULL);
        pb_error_hint(err, PB_MSG("Look for it by a part of its name with “find”."), NULL);
        return PB_NOT_FOUND;
    }
    pb_fail(err, PB_CONFLICT, PB_MSG("Several records of {entity} are called {text}."), "entity",
            PB_ARG(entity->label), "text", PB_ARG(text), NULL);
    pb_error_hint(err, PB_MSG("Name the one you mean by its id."), NULL);
    return PB_CONFLICT;
}

pb_status record_scan(db_session *session, const model_entity *entity, record_each each,
                      void *context, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    const layout *lay = NULL;
    pb_value *cells;
    record_data record;
    layout_head head;
    db_stmt *stmt;
    bool row;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(read_make(session, entity, arena, &lay, &cells, &record, err));
    PB_TRY(layout_select(session, lay, "WHERE deleted = 0 ORDER BY n", &stmt, err));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        pb_status status = layout_row(lay, stmt, NULL, &head, cells, err);
        if (status == PB_OK) {
            read_fill(lay, &head, cells, &record);
            status = each(context, &record, err);
        }
        if (status != PB_OK) {
            db_reset(stmt);
            return status;
        }
    }
}
