/* What linked to a record that was merged away links to its survivor.
 *
 * No link ever points to a record that was merged away, hidden rows included: so what does is what
 * the merges of this run left behind, and one pass over each linking column finds all of it.
 */
#include <string.h>

#include "merge_internal.h"
#include "merged.h"

enum { TELL_EVERY = 256 };

typedef struct stale {
    int64_t n;
    pb_uuid to;
} stale;

static pb_status find_stale(record_writer *writer, const model_field *field, pb_arena *arena,
                            stale **ret_links, size_t *ret_count, pb_error *err)
{
    PB_AUTO_BUF sql = PB_BUF_INIT(4096);
    db_stmt *stmt;
    stale *links = NULL;
    size_t count = 0, capacity = 0;
    pb_buf_printf(&sql,
                  "SELECT n, \"%.*s_id\" FROM t_%.*s WHERE \"%.*s_id\" IN"
                  " (SELECT gone FROM record_merged WHERE entity = ?1) ORDER BY n",
                  PB_STR_FMT(field->name), PB_STR_FMT(field->entity->name),
                  PB_STR_FMT(field->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(writer->session, pb_buf_str(&sql), &stmt, err));
    db_bind_text(stmt, 1, field->target->name);
    for (;;) {
        bool row;
        PB_TRY(db_step(stmt, &row, err));
        if (!row)
            break;
        stale link = {.n = db_column_i64(stmt, 0)};
        pb_str id = db_column_blob(stmt, 1);
        if (id.len == sizeof link.to.b)
            memcpy(link.to.b, id.ptr, sizeof link.to.b);
        if (!PB_PUSH(arena, links, count, capacity, link)) {
            db_reset(stmt);
            return pb_fail_memory(err);
        }
    }
    *ret_links = links;
    *ret_count = count;
    return PB_OK;
}

static pb_status move_link(record_writer *writer, const model_field *field, const stale *link,
                           const record_merge_told *told, pb_error *err)
{
    plan *p;
    pb_uuid to;
    layout_head head = {0};
    PB_TRY(writer_begin_row(writer, err));
    PB_TRY(writer_plan(writer, field->entity, &p, err));
    PB_TRY(merged_follow(writer->session, field->target, link->to, &to, err));
    writer->broken = true; /* until all of it is written */
    PB_TRY(change_repoint(writer, p, link->n, field, to, &head, err));
    writer->broken = false;
    const record_merge_link moved = {field, head.id, link->to, to, head.deleted};
    return told != NULL && told->link != NULL ? told->link(told->context, &moved, err) : PB_OK;
}

pb_status merge_go_on(record_undo_progress progress, void *context, uint64_t done, uint64_t total,
                      pb_error *err)
{
    if (progress == NULL || done % TELL_EVERY != 0 || !progress(context, done, total))
        return PB_OK;
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"), NULL);
}

pb_status merge_move_links(record_writer *writer, const model_entity *entity, pb_arena *arena,
                           const record_merge_told *told, record_undo_progress progress,
                           void *context, uint64_t *count, pb_error *err)
{
    const model_schema *schema = writer->schema;
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t k = 0; k < schema->entities[i].field_count; k++) {
            const model_field *field = &schema->entities[i].fields[k];
            stale *links = NULL;
            size_t found = 0;
            if (field->target != entity)
                continue;
            pb_arena_reset(arena);
            PB_TRY(find_stale(writer, field, arena, &links, &found, err));
            for (size_t l = 0; l < found; l++) {
                PB_TRY(merge_go_on(progress, context, l, found, err));
                PB_TRY(move_link(writer, field, &links[l], told, err));
            }
            *count += found;
        }
    return PB_OK;
}
