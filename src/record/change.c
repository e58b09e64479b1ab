/* Changing, deleting and restoring records. */
#include <string.h>

#include "internal.h"
#include "merged.h"

static pb_status find_row(record_writer *writer, plan *p, const char *rest, pb_value key,
                          layout_head *ret_head, bool *ret_found, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(layout_select(writer->session, p->lay, rest, &stmt, err));
    db_bind_value(stmt, 1, key);
    PB_TRY(db_step(stmt, ret_found, err));
    if (!*ret_found)
        return PB_OK;
    pb_status status = layout_row(p->lay, stmt, writer->row, ret_head, p->before, err);
    db_reset(stmt);
    memcpy(p->cells, p->before, p->lay->count * sizeof *p->cells);
    return status;
}

pb_status change_load(record_writer *writer, plan *p, pb_uuid id, layout_head *ret_head,
                      pb_error *err)
{
    bool found;
    PB_TRY(find_row(writer, p, "WHERE id = ?", PB_VALUE_BLOB(pb_uuid_str(&id)), ret_head, &found,
                    err));
    if (found)
        return PB_OK;
    char text[37];
    pb_uuid_text(id, text);
    return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no record of {entity} with the id {id}."),
                   "entity", PB_ARG(p->entity->label), "id", text, NULL);
}

static pb_status prepare_update(record_writer *writer, plan *p, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(128 << 10);
    pb_buf_addc(&sql, "UPDATE t_");
    pb_buf_add(&sql, p->entity->name);
    pb_buf_addc(&sql, " SET version = ?, event = ?, changed_us = ?, deleted = ?");
    for (size_t i = 0; i < p->lay->count; i++) {
        pb_buf_addc(&sql, ", \"");
        pb_buf_add(&sql, p->lay->columns[i].name);
        pb_buf_addc(&sql, "\" = ?");
    }
    pb_buf_addc(&sql, " WHERE n = ?");
    if (sql.failed)
        return pb_fail_memory(err);
    return db_prepare_text(writer->session, pb_buf_str(&sql), &p->update, err);
}

static pb_status update_row(record_writer *writer, plan *p, const layout_head *head, pb_error *err)
{
    if (p->update == NULL)
        PB_TRY(prepare_update(writer, p, err));
    db_stmt *stmt = p->update;
    db_bind_i64(stmt, 1, head->version);
    db_bind_i64(stmt, 2, (int64_t)head->event);
    db_bind_i64(stmt, 3, head->changed_us);
    db_bind_i64(stmt, 4, head->deleted);
    for (size_t i = 0; i < p->lay->count; i++)
        db_bind_value(stmt, 5 + (int)i, p->cells[i]);
    db_bind_i64(stmt, 5 + (int)p->lay->count, head->n);
    return db_run(stmt, err);
}

/* Appends the event of the payload made and brings the row to its next version. */
static pb_status next_version(record_writer *writer, plan *p, const char *kind, layout_head *head,
                              pb_error *err)
{
    ledger_event event = {.kind = kind,
                          .at_us = writer->now_us,
                          .actor = writer->actor,
                          .entity = p->entity->name,
                          .record = head->id,
                          .version = head->version + 1,
                          .previous = head->event + 1,
                          .payload = pb_buf_str(&writer->payload)};
    PB_TRY(ledger_append(writer->session, &event, &head->event, err));
    head->version++;
    head->changed_us = writer->now_us;
    return update_row(writer, p, head, err);
}

pb_status change_refile(record_writer *writer, plan *p, const layout_head *head, pb_error *err)
{
    PB_TRY(search_remove(writer, p, head->n, err));
    PB_TRY(search_add(writer, p, head->n, p->cells, err));
    PB_TRY(keys_remove(writer, p, head->n, head->source_id, p->before, err));
    PB_TRY(keys_add(writer, p, head->n, head->source_id, p->cells, err));
    PB_TRY(gate_refile(writer, p, head->n, err));
    links_forget_refs(p);
    return links_keep_promises(writer, p, head->source_id, p->cells, head->id, err);
}

pb_status change_write(record_writer *writer, plan *p, layout_head *head, bool *ret_any,
                       pb_error *err)
{
    PB_TRY(payload_change(writer, p, NULL, 0, ret_any, err));
    if (!*ret_any)
        return PB_OK;
    PB_TRY(next_version(writer, p, "record.changed", head, err));
    if (head->deleted)
        return PB_OK; /* not found by anything until it is brought back */
    return change_refile(writer, p, head, err);
}

/* What was said about the old values of the given fields no longer holds. */
static pb_status renew_notes(record_writer *writer, plan *p, int64_t n, const record_input *inputs,
                             size_t count, pb_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (inputs[i].raw.ptr != NULL)
            PB_TRY(notes_remove(writer, p, n, inputs[i].field->name.ptr, NULL, err));
    return notes_write(writer, p, n, err);
}

/* What was merged away is neither changed, deleted nor restored by itself. */
static pb_status refuse_absorbed(record_writer *writer, const plan *p, const layout_head *head,
                                 pb_error *err)
{
    pb_uuid survivor;
    bool absorbed;
    PB_TRY(merged_into(writer->session, p->entity, head->id, &survivor, NULL, &absorbed, err));
    return absorbed ? merged_refuse(writer->session, p->entity, head->id, err) : PB_OK;
}

static pb_status refuse_deleted(record_writer *writer, const plan *p, const layout_head *head,
                                pb_error *err)
{
    char text[37];
    PB_TRY(refuse_absorbed(writer, p, head, err));
    pb_uuid_text(head->id, text);
    pb_fail(err, PB_NOT_FOUND, PB_MSG("The record {id} of {entity} was deleted."), "id", text,
            "entity", PB_ARG(p->entity->label), NULL);
    pb_error_hint(err, PB_MSG("Restore it first."), NULL);
    return PB_NOT_FOUND;
}

static pb_status check_version(const plan *p, const layout_head *head, int64_t expected,
                               pb_error *err)
{
    if (expected == 0 || expected == head->version)
        return PB_OK;
    char text[37];
    pb_uuid_text(head->id, text);
    pb_fail(err, PB_CONFLICT, PB_MSG("The record {id} of {entity} was not saved."), "id", text,
            "entity", PB_ARG(p->entity->label), NULL);
    pb_error_detail(err, PB_MSG("Somebody changed it: it is at version {version}, not {expected}."),
                    "version", PB_ARG_INT(head->version), "expected", PB_ARG_INT(expected), NULL);
    pb_error_hint(err, PB_MSG("Look at it again and repeat your change."), NULL);
    return PB_CONFLICT;
}

static pb_status change(record_writer *writer, const model_entity *entity, pb_uuid id,
                        int64_t expected_version, const record_input *inputs, size_t count,
                        const record_problem **ret_problems, size_t *ret_problem_count,
                        pb_error *err)
{
    plan *p;
    layout_head head;
    bool any;
    PB_TRY(writer_plan(writer, entity, &p, err));
    PB_TRY(change_load(writer, p, id, &head, err));
    if (head.deleted)
        return refuse_deleted(writer, p, &head, err);
    PB_TRY(check_version(p, &head, expected_version, err));
    PB_TRY(input_read(writer, p, inputs, count, err));
    PB_TRY(input_check(writer, p, err));
    PB_TRY(gate_check(writer, p, &head, head.source_id, err));
    PB_TRY(input_verdict(writer, p, ret_problems, ret_problem_count, err));
    for (size_t i = 0; i < count; i++)
        if (inputs[i].raw.ptr != NULL && inputs[i].field->type == MODEL_LINK)
            promise_forget(writer, head.n, inputs[i].field);
    writer->broken = true; /* until all of it is written */
    PB_TRY(links_resolve(writer, p, head.n, err));
    PB_TRY(change_write(writer, p, &head, &any, err));
    PB_TRY(gate_note(writer, p, head.id, head.source_id, err));
    PB_TRY(renew_notes(writer, p, head.n, inputs, count, err));
    writer->broken = false;
    return PB_OK;
}

pb_status record_change(record_writer *writer, const model_entity *entity, pb_uuid id,
                        int64_t expected_version, const record_input *inputs, size_t count,
                        const record_problem **ret_problems, size_t *ret_problem_count,
                        pb_error *err)
{
    PB_TRY(writer_begin_row(writer, err));
    if (ret_problem_count != NULL)
        *ret_problem_count = 0;
    return writer_end_row(writer, change(writer, entity, id, expected_version, inputs, count,
                                         ret_problems, ret_problem_count, err));
}

/* Sets or clears the id of a link; clearing clears the text too. */
static pb_status set_link(record_writer *writer, plan *p, int64_t n, const model_field *field,
                          const pb_uuid *id, layout_head *ret_head, pb_error *err)
{
    layout_head head;
    bool found, any;
    pb_arena_reset(writer->row);
    PB_TRY(find_row(writer, p, "WHERE n = ?", PB_VALUE_INT(n), &head, &found, err));
    if (!found)
        return PB_OK;
    pb_value *cell = &p->cells[p->lay->first[field->index]];
    cell[0] = id ? PB_VALUE_BLOB(pb_uuid_str(id)) : PB_VALUE_NULL;
    if (id == NULL) {
        cell[1] = PB_VALUE_NULL;
        PB_TRY(notes_remove(writer, p, n, field->name.ptr, "unresolved", err));
    }
    PB_TRY(change_write(writer, p, &head, &any, err));
    if (ret_head != NULL)
        *ret_head = head;
    return PB_OK;
}

pb_status change_repoint(record_writer *writer, plan *p, int64_t n, const model_field *field,
                         pb_uuid id, layout_head *ret_head, pb_error *err)
{
    return set_link(writer, p, n, field, &id, ret_head, err);
}

/* Rows that link to a record through a field. */
pb_status change_linking_rows(record_writer *writer, const model_field *field, pb_uuid id,
                              pb_arena *arena, int64_t **ret_rows, size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    int64_t *rows = NULL;
    size_t count = 0, capacity = 0;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    pb_buf_printf(&sql, "SELECT n FROM t_%s WHERE \"%s_id\" = ? AND deleted = 0 ORDER BY n",
                  field->entity->name.ptr, field->name.ptr);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        int64_t n = db_column_i64(stmt, 0);
        if (!PB_PUSH(arena, rows, count, capacity, n)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_rows = rows;
    *ret_count = count;
    return PB_OK;
}

static pb_status refuse_linked(const plan *p, const layout_head *head, const model_field *field,
                               size_t count, pb_error *err)
{
    char text[37];
    pb_uuid_text(head->id, text);
    pb_fail(err, PB_CONFLICT, PB_MSG("The record {id} of {entity} was not deleted."), "id", text,
            "entity", PB_ARG(p->entity->label), NULL);
    pb_error_detail(err,
                    count == 1 ? PB_MSG("A record of {other} links to it in {field}.")
                               : PB_MSG("{count} records of {other} link to it in {field}."),
                    "count", PB_ARG_INT(count), "other", PB_ARG(field->entity->plural), "field",
                    PB_ARG(field->label), NULL);
    pb_error_hint(err, PB_MSG("Delete those first, or let them point elsewhere."), NULL);
    return PB_CONFLICT;
}

typedef pb_status (*link_work)(record_writer *writer, const plan *p, const layout_head *head,
                               const model_field *field, pb_error *err);

static pb_status each_link_here(record_writer *writer, const plan *p, const layout_head *head,
                                const char *on_delete, link_work work, pb_error *err)
{
    for (size_t i = 0; i < writer->schema->entity_count; i++) {
        const model_entity *entity = &writer->schema->entities[i];
        for (size_t j = 0; j < entity->field_count; j++)
            if (entity->fields[j].target == p->entity &&
                pb_str_is(entity->fields[j].on_delete, on_delete))
                PB_TRY(work(writer, p, head, &entity->fields[j], err));
    }
    return PB_OK;
}

static pb_status refuse_if_linked(record_writer *writer, const plan *p, const layout_head *head,
                                  const model_field *field, pb_error *err)
{
    int64_t *rows;
    size_t count;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(change_linking_rows(writer, field, head->id, arena, &rows, &count, err));
    if (count > 0 && !(count == 1 && field->entity == p->entity && rows[0] == head->n))
        return refuse_linked(p, head, field, count, err);
    return PB_OK;
}

static pb_status clear_links(record_writer *writer, const plan *p, const layout_head *head,
                             const model_field *field, pb_error *err)
{
    int64_t *rows;
    size_t count;
    plan *linking;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    (void)p;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(change_linking_rows(writer, field, head->id, arena, &rows, &count, err));
    PB_TRY(writer_plan(writer, field->entity, &linking, err));
    for (size_t i = 0; i < count; i++) {
        promise_forget(writer, rows[i], field);
        PB_TRY(set_link(writer, linking, rows[i], field, NULL, NULL, err));
    }
    return PB_OK;
}

pb_status change_write_as(record_writer *writer, plan *p, layout_head *head, const char *kind,
                          const payload_extra *extras, size_t count, pb_error *err)
{
    bool any;
    PB_TRY(payload_change(writer, p, extras, count, &any, err));
    return next_version(writer, p, kind, head, err);
}

pb_status change_hide_row(record_writer *writer, plan *p, layout_head *head, pb_error *err)
{
    const payload_extra hides = payload_deleted(true);
    head->deleted = true;
    PB_TRY(change_write_as(writer, p, head, "record.deleted", &hides, 1, err));
    PB_TRY(search_remove(writer, p, head->n, err));
    links_forget_refs(p);
    PB_TRY(gate_unfile(writer, p, head->n, p->cells, err));
    return keys_remove(writer, p, head->n, head->source_id, p->cells, err);
}

static pb_status hide(record_writer *writer, const model_entity *entity, pb_uuid id, pb_error *err)
{
    plan *p;
    layout_head head;
    PB_TRY(writer_plan(writer, entity, &p, err));
    PB_TRY(change_load(writer, p, id, &head, err));
    if (head.deleted)
        return refuse_absorbed(writer, p, &head, err);
    PB_TRY(each_link_here(writer, p, &head, "refuse", refuse_if_linked, err));
    writer->broken = true;
    PB_TRY(each_link_here(writer, p, &head, "clear", clear_links, err));
    PB_TRY(change_load(writer, p, id, &head, err)); /* a link to itself was cleared */
    PB_TRY(change_hide_row(writer, p, &head, err));
    writer->broken = false;
    return PB_OK;
}

pb_status record_delete(record_writer *writer, const model_entity *entity, pb_uuid id,
                        pb_error *err)
{
    PB_TRY(writer_begin_row(writer, err));
    return writer_end_row(writer, hide(writer, entity, id, err));
}

pb_status change_show(record_writer *writer, const model_entity *entity, pb_uuid id, pb_error *err)
{
    plan *p;
    layout_head head;
    PB_TRY(writer_plan(writer, entity, &p, err));
    PB_TRY(change_load(writer, p, id, &head, err));
    if (!head.deleted)
        return PB_OK;
    PB_TRY(refuse_absorbed(writer, p, &head, err));
    PB_TRY(gate_check(writer, p, &head, head.source_id, err));
    PB_TRY(input_verdict(writer, p, NULL, NULL, err));
    const payload_extra shows = payload_deleted(false);
    writer->broken = true;
    head.deleted = false;
    PB_TRY(change_write_as(writer, p, &head, "record.restored", &shows, 1, err));
    PB_TRY(search_add(writer, p, head.n, p->cells, err));
    PB_TRY(keys_add(writer, p, head.n, head.source_id, p->cells, err));
    PB_TRY(gate_file(writer, p, head.n, p->cells, err));
    PB_TRY(gate_note(writer, p, head.id, head.source_id, err));
    links_forget_refs(p);
    PB_TRY(links_keep_promises(writer, p, head.source_id, p->cells, head.id, err));
    writer->broken = false;
    return PB_OK;
}

pb_status record_restore(record_writer *writer, const model_entity *entity, pb_uuid id,
                         pb_error *err)
{
    PB_TRY(writer_begin_row(writer, err));
    return writer_end_row(writer, change_show(writer, entity, id, err));
}
