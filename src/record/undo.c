/* Taking a run back: which of its records, in which order, and the run that this is itself. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "merge_internal.h"
#include "steps.h"
#include "undo_parts.h"

enum { TELL_EVERY = 256 };

static pb_status undo_event(undoing *u, uint64_t sequence, bool created, pb_error *err)
{
    ledger_event event;
    bool erased, fresh = true;
    if (!undo_is_in(&u->own, sequence))
        return PB_OK;
    pb_arena_reset(u->event_arena);
    PB_TRY(ledger_read(u->writer->session, sequence, u->event_arena, &event, &erased, err));
    const model_entity *entity =
        event.version > 0 ? model_entity_find(u->writer->schema, event.entity) : NULL;
    if (entity == NULL || steps_creates(&event) != created)
        return PB_OK;
    if (!created && pb_map_put(u->seen, pb_uuid_str(&event.record), &fresh) == NULL)
        return pb_fail_memory(err);
    return fresh ? undo_record(u, entity, event.record, created, err) : PB_OK;
}

/* A reference without a record is read again, as entry does: it is noted, and the record that may
 * come will be found. */
static pb_status refer_again(undoing *u, const struct relinked *link, pb_error *err)
{
    plan *p;
    layout_head head;
    db_stmt *stmt;
    bool found = false;
    PB_TRY(writer_begin_row(u->writer, err));
    PB_TRY(writer_plan(u->writer, link->field->entity, &p, err));
    PB_TRY(change_load(u->writer, p, link->id, &head, err));
    const pb_value *cells = &p->cells[p->lay->first[link->field->index]];
    PB_TRY(notes_remove(u->writer, p, head.n, link->field->name.ptr, "unresolved", err));
    if (cells[0].kind == PB_BLOB) {
        PB_AUTO_BUF sql = PB_BUF_INIT(4096);
        pb_buf_printf(&sql, "SELECT 1 FROM t_%s WHERE id = ?1 AND deleted = 0",
                      link->field->target->name.ptr);
        if (sql.failed)
            return pb_fail_memory(err);
        PB_TRY(db_prepare_text(u->writer->session, pb_buf_str(&sql), &stmt, err));
        db_bind_value(stmt, 1, cells[0]);
        PB_TRY(db_step(stmt, &found, err));
        db_reset(stmt);
    }
    if (found || head.deleted || cells[1].kind != PB_TEXT)
        return PB_OK;
    pb_str text = pb_arena_str(u->event_arena, cells[1].as.s);
    if (text.ptr == NULL)
        return pb_fail_memory(err);
    const record_input input = {link->field, text, NULL};
    return record_change(u->writer, link->field->entity, link->id, 0, &input, 1, NULL, NULL, err);
}

/* First what was there gets back what it was, so that it links no more to what then goes. */
static pb_status undo_events(undoing *u, pb_error *err)
{
    uint64_t count = u->run->event - u->run->first;
    for (int created = 0; created <= 1; created++)
        for (uint64_t done = 0; done < count; done++) {
            if (u->progress != NULL && done % TELL_EVERY == 0 &&
                u->progress(u->context, (uint64_t)created * count + done, 2 * count))
                return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                               NULL);
            PB_TRY(undo_event(u, u->run->event - 1 - done, created == 1, err));
        }
    for (size_t i = 0; i < u->relinked_count; i++) {
        pb_arena_reset(u->event_arena);
        PB_TRY(refer_again(u, &u->relinked[i], err));
    }
    return PB_OK;
}

/* The run is undone by run `number`; what it had undone itself holds again. */
static pb_status mark_runs(const undoing *u, int64_t number, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(run_mark_undone(u->writer->session, u->run, number, err));
    PB_TRY(db_prepare(u->writer->session, "UPDATE t_import_run SET undone = NULL WHERE undone = ?1",
                      &stmt, err));
    db_bind_i64(stmt, 1, u->run->number);
    return db_run(stmt, err);
}

static pb_status end(undoing *u, int64_t *ret_number, pb_error *err)
{
    char about[24];
    const record_undo_counts *counts = &u->counts;
    (void)snprintf(about, sizeof about, "%lld", (long long)u->run->number);
    PB_TRY(record_writer_finish(u->writer, err));
    PB_TRY(record_run_end(
        u->writer->session, u->writer->actor, u->writer->now_us, "undo", pb_str_c(about), u->first,
        counts->deleted + counts->restored + counts->changed, counts->kept, ret_number, err));
    return mark_runs(u, *ret_number, err);
}

pb_status record_undo(record_writer *writer, const record_run_info *run, record_undo_told told,
                      record_undo_progress progress, void *context, record_undo_counts *ret_counts,
                      int64_t *ret_number, pb_error *err)
{
    PB_AUTO_ARENA seen = pb_arena_new(0);
    PB_AUTO_ARENA events = pb_arena_new(0);
    PB_AUTO_ARENA stories = pb_arena_new(0);
    undoing u = {.writer = writer,
                 .run = run,
                 .told = told,
                 .progress = progress,
                 .context = context,
                 .seen_arena = seen,
                 .event_arena = events,
                 .story_arena = stories};
    int64_t number;
    if (run->undone) {
        pb_fail(err, PB_CONFLICT, PB_MSG("Run {number} was taken back already"), "number",
                PB_ARG_INT(run->number), NULL);
        pb_error_hint(err, PB_MSG("To bring it back, take back the run that undid it"), NULL);
        return PB_CONFLICT;
    }
    bool merges;
    PB_TRY(
        unmerge_undo(writer, run, told, progress, context, &merges, ret_counts, ret_number, err));
    if (merges)
        return PB_OK;
    u.seen = seen != NULL ? pb_map_new(seen) : NULL;
    if (u.seen == NULL || events == NULL || stories == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_next(writer->session, &u.first, err));
    PB_TRY(undo_add_run(&u, &u.own, run->number, (span){run->first, run->event}, err));
    PB_TRY(undo_load_undone(&u, err));
    PB_TRY(undo_events(&u, err));
    PB_TRY(end(&u, &number, err));
    *ret_counts = u.counts;
    *ret_number = number;
    return PB_OK;
}
