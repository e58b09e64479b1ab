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
    if (created)
        return undo_record(u, entity, event.record, true, err);
    uint64_t *place = pb_map_put(u->seen, pb_uuid_str(&event.record), &fresh);
    if (place == NULL)
        return pb_fail_memory(err);
    if (!fresh && (*place == u->attempt || *place <= u->kept_attempt))
        return PB_OK;
    *place = u->attempt;
    return undo_record(u, entity, event.record, false, err);
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

static uint64_t length_of(const undoing *u)
{
    return u->stage < 2 ? u->run->event - u->run->first : u->relinked_count;
}

static pb_status take_one(undoing *u, pb_error *err)
{
    if (u->stage < 2)
        return undo_event(u, u->run->event - 1 - u->at, u->stage == 1, err);
    pb_arena_reset(u->event_arena);
    return refer_again(u, &u->relinked[u->at], err);
}

static bool stops(const undoing *u)
{
    uint64_t count = u->run->event - u->run->first;
    return u->progress != NULL && u->stage < 2 && u->at % TELL_EVERY == 0 &&
           u->progress(u->context, (uint64_t)u->stage * count + u->at, 2 * count);
}

/* First what was there gets back what it was, so that it links no more to what then goes. */
pb_status undo_go_on(undoing *u, undo_share share, bool *ret_done, pb_error *err)
{
    uint64_t looked = 0, until = u->records + share.records;
    for (; u->stage <= 2; u->stage++, u->at = 0)
        for (; u->at < length_of(u); u->at++, looked++) {
            if (share.events > 0 && (looked >= share.events || u->records >= until)) {
                *ret_done = false;
                return PB_OK;
            }
            if (stops(u))
                return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"),
                               NULL);
            PB_TRY(take_one(u, err));
        }
    *ret_done = true;
    return PB_OK;
}

pb_status undo_hold_again(db_session *session, int64_t run, pb_error *err)
{
    db_stmt *stmt;
    PB_TRY(
        db_prepare(session, "UPDATE t_import_run SET undone = NULL WHERE undone = ?1", &stmt, err));
    db_bind_i64(stmt, 1, run);
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
    PB_TRY(run_mark_undone(u->writer->session, u->run, *ret_number, err));
    return undo_hold_again(u->writer->session, u->run->number, err);
}

pb_status undo_refuse_twice(int64_t run, pb_error *err)
{
    pb_fail(err, PB_CONFLICT, PB_MSG("Run {number} was taken back already"), "number",
            PB_ARG_INT(run), NULL);
    pb_error_hint(err, PB_MSG("To bring it back, take back the run that undid it"), NULL);
    return PB_CONFLICT;
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
    bool done;
    if (run->undone)
        return undo_refuse_twice(run->number, err);
    bool merges;
    PB_TRY(
        unmerge_undo(writer, run, told, progress, context, &merges, ret_counts, ret_number, err));
    if (merges)
        return PB_OK;
    u.seen = seen != NULL ? pb_map_new(seen) : NULL;
    if (u.seen == NULL || events == NULL || stories == NULL)
        return pb_fail_memory(err);
    PB_TRY(ledger_next(writer->session, &u.first, err));
    PB_TRY(undo_add_run(&u, writer->session, &u.own, run->number, (span){run->first, run->event},
                        err));
    PB_TRY(undo_load_undone(&u, writer->session, err));
    u.attempt = 1;
    PB_TRY(undo_go_on(&u, (undo_share){0, 0}, &done, err));
    PB_TRY(end(&u, &number, err));
    *ret_counts = u.counts;
    *ret_number = number;
    return PB_OK;
}
