/* Putting back what a run did to one record, as far as nobody worked on it since. */
#include "merged.h"
#include "read.h"
#include "undo_parts.h"

static pb_status keep(undoing *u, const plan *p, pb_uuid id, const model_field *field,
                      const char *says, pb_error *err)
{
    const record_undo_kept kept = {p->entity, id, field, pb_str_c(says)};
    u->counts.kept++;
    return u->told != NULL ? u->told(u->context, &kept, err) : PB_OK;
}

/* Of a link the reference counts, its id follows from that: the undoing itself may have hidden the
 * record that it led to. */
static bool is_as_left(const plan *p, size_t at, const column_story *column)
{
    const layout_column *place = &p->lay->columns[at];
    bool follows = place->field->type == MODEL_LINK && place->part == LAYOUT_VALUE;
    return follows || !column->in_run || pb_value_eq(p->cells[at], column->after);
}

/* A field of several columns is put back whole, or stays whole. */
static pb_status put_field(undoing *u, plan *p, const layout_head *head, const story *told,
                           size_t from, bool *any, pb_error *err)
{
    size_t end = undo_columns_end(p, from);
    bool in_run = false, stays = false, back = true;
    for (size_t i = from; i < end; i++) {
        const column_story *column = &told->columns[i];
        in_run = in_run || column->in_run;
        back = back && (!column->in_run || pb_value_eq(p->cells[i], column->before));
        stays = stays || column->since || !is_as_left(p, i, column);
    }
    if (!in_run || back) /* an earlier part of the undoing did it, or somebody since */
        return PB_OK;
    if (stays)
        return keep(u, p, head->id, p->lay->columns[from].field,
                    PB_MSG("The value was changed since"), err);
    for (size_t i = from; i < end; i++)
        if (told->columns[i].in_run)
            p->cells[i] = told->columns[i].before;
    *any = true;
    return PB_OK;
}

/* Links that the run changed are read again at the end, also those that are what they were: an
 * undoing that goes on where it was cut off has not done so yet. */
static pb_status note_links(undoing *u, const plan *p, pb_uuid id, const story *told, pb_error *err)
{
    for (size_t i = 0; i < p->entity->field_count; i++) {
        const column_story *link = &told->columns[p->lay->first[i]];
        const struct relinked put = {&p->entity->fields[i], id};
        if (put.field->type == MODEL_LINK && (link[0].in_run || link[1].in_run) &&
            !PB_PUSH(u->seen_arena, u->relinked, u->relinked_count, u->relinked_capacity, put))
            return pb_fail_memory(err);
    }
    return PB_OK;
}

static pb_status put_back(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    bool any = false;
    for (size_t i = 0; i < p->lay->count; i = undo_columns_end(p, i))
        PB_TRY(put_field(u, p, head, told, i, &any, err));
    PB_TRY(note_links(u, p, head->id, told, err));
    if (!any)
        return PB_OK;
    u->writer->broken = true; /* until all of it is written */
    PB_TRY(change_write(u->writer, p, head, &any, err));
    u->writer->broken = false;
    u->counts.changed += any;
    return PB_OK;
}

/* What links to a record, and whether that is somebody's later work. */
static pb_status linked_since(undoing *u, const model_field *field, pb_uuid id, bool *ret_since,
                              int64_t **ret_rows, size_t *ret_count, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    PB_TRY(change_linking_rows(u->writer, field, id, u->story_arena, ret_rows, ret_count, err));
    if (*ret_count == 0)
        return PB_OK;
    pb_buf_printf(&sql, "SELECT event FROM t_%s WHERE \"%s_id\" = ?1 AND deleted = 0",
                  field->entity->name.ptr, field->name.ptr);
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    for (;;) {
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            return PB_OK;
        *ret_since = *ret_since || undo_is_since(u, (uint64_t)db_column_i64(stmt, 0));
    }
}

/* A field that links to the entity, and the rows that link to the record by it. */
typedef struct linking {
    const model_field *field;
    int64_t *rows;
    size_t count;
} linking;

/* Most records that go are linked to by none: asked once for all fields that may. */
static pb_status is_linked(const undoing *u, const model_entity *target, pb_uuid id,
                           bool *ret_linked, pb_error *err)
{
    const model_schema *schema = u->writer->schema;
    PB_AUTO_BUF sql = PB_BUF_INIT(64 << 10);
    db_stmt *stmt;
    const char *before = "SELECT 1 WHERE ";
    *ret_linked = false;
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            const model_field *field = &schema->entities[i].fields[k];
            if (field->target != target)
                continue;
            pb_buf_printf(&sql,
                          "%sEXISTS (SELECT 1 FROM t_%s WHERE \"%s_id\" = ?1 AND deleted = 0)",
                          before, field->entity->name.ptr, field->name.ptr);
            before = " OR ";
        }
    if (sql.failed)
        return pb_fail_memory(err);
    if (sql.len == 0)
        return PB_OK;
    PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_blob(stmt, 1, pb_uuid_str(&id));
    PB_TRY(db_step(stmt, ret_linked, err));
    db_reset(stmt);
    return PB_OK;
}

static pb_status find_linking(undoing *u, const model_entity *target, pb_uuid id, bool *ret_since,
                              linking **ret_links, size_t *ret_count, pb_error *err)
{
    const model_schema *schema = u->writer->schema;
    linking *links = NULL;
    size_t count = 0, capacity = 0;
    bool linked;
    PB_TRY(is_linked(u, target, id, &linked, err));
    for (size_t i = 0; linked && i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            linking link = {&schema->entities[i].fields[k], NULL, 0};
            if (link.field->target != target)
                continue;
            PB_TRY(linked_since(u, link.field, id, ret_since, &link.rows, &link.count, err));
            if (link.count > 0 && !PB_PUSH(u->story_arena, links, count, capacity, link))
                return pb_fail_memory(err);
        }
    *ret_links = links;
    *ret_count = count;
    return PB_OK;
}

/* What linked to a record that is gone refers by text again, as before it came. */
static pb_status refer_by_text(undoing *u, const linking *link, pb_error *err)
{
    for (size_t i = 0; i < link->count; i++) {
        record_data record;
        bool found;
        PB_TRY(read_by(u->writer->session, link->field->entity, "WHERE n = ?",
                       PB_VALUE_INT(link->rows[i]), u->story_arena, &record, &found, err));
        pb_str ref = found ? record.refs[link->field->index] : PB_STR_NONE;
        const record_input input = {link->field, ref.ptr ? ref : PB_STR(""), NULL};
        if (found)
            PB_TRY(record_change(u->writer, link->field->entity, record.id, 0, &input, 1, NULL,
                                 NULL, err));
    }
    return PB_OK;
}

/* The run made the record, or brought it back: it goes. */
static pb_status take_away(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    linking *links = NULL;
    size_t count = 0;
    bool since = false;
    if (told->since || told->between)
        return keep(u, p, head->id, NULL, PB_MSG("The record was worked on since"), err);
    PB_TRY(find_linking(u, p->entity, head->id, &since, &links, &count, err));
    if (since)
        return keep(u, p, head->id, NULL, PB_MSG("Records made since link to it"), err);
    if (!head->deleted) {         /* the run itself may have deleted what it made */
        u->writer->broken = true; /* until all of it is written */
        PB_TRY(change_hide_row(u->writer, p, head, err));
        u->writer->broken = false;
        u->counts.deleted++;
    }
    for (size_t i = 0; i < count; i++)
        PB_TRY(refer_by_text(u, &links[i], err));
    return PB_OK;
}

/* A record that was there before the run becomes what it was. A deleted one is shown for as long as
 * its values are put back. */
static pb_status undo_work(undoing *u, plan *p, layout_head *head, const story *told, pb_error *err)
{
    bool deleted = told->touched ? told->was_deleted : head->deleted;
    if (!told->touched && !told->changed)
        return PB_OK;
    if (head->deleted && told->since) {
        pb_uuid into;
        bool absorbed;
        PB_TRY(merged_into(u->writer->session, p->entity, head->id, &into, NULL, &absorbed, err));
        return keep(u, p, head->id, NULL,
                    absorbed ? PB_MSG("The record was merged into another since")
                             : PB_MSG("The record was deleted since"),
                    err);
    }
    if (head->deleted) {
        PB_TRY(change_show(u->writer, p->entity, head->id, err));
        u->counts.restored += !deleted;
        PB_TRY(change_load(u->writer, p, head->id, head, err));
    }
    if (told->changed)
        PB_TRY(put_back(u, p, head, told, err));
    if (!deleted)
        return PB_OK;
    PB_TRY(change_load(u->writer, p, head->id, head, err));
    return take_away(u, p, head, told, err);
}

pb_status undo_record(undoing *u, const model_entity *entity, pb_uuid id, bool created,
                      pb_error *err)
{
    plan *p;
    layout_head head;
    story told = {0};
    pb_arena_reset(u->story_arena);
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, entity, &p, err));
    PB_TRY(change_load(u->writer, p, id, &head, err));
    PB_TRY(undo_read_story(u, p, head.event, &told, err));
    if (told.created != created)
        return PB_OK;
    u->records++;
    return created ? take_away(u, p, &head, &told, err) : undo_work(u, p, &head, &told, err);
}
