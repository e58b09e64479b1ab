/* Taking a run back in parts, a transaction each, so that others write in between.
 *
 *   snapshot: which events are the run's ─► part 1: the run counts as taken back ─► part 2 ─► … ─►
 * run.undone └─ import.slice                          └─ import.slice
 *
 * What others do between two parts is theirs: a record that they worked on stays as it is. Cut off,
 * it is gone on with: what was put back is as it was before the run, what was made is gone.
 */
#include <stdlib.h>

#include "base/cbor.h"
#include "base/map.h"
#include "merge_internal.h"
#include "undo_parts.h"

enum { PART_RECORDS = 100, PART_EVENTS = 2000 };

/* What a part begins with. */
typedef struct undo_mark {
    int stage;
    uint64_t at, records;
    size_t relinked, undone;
    record_undo_counts counts;
} undo_mark;

struct record_undoing {
    undoing u;
    record_run_info run;
    pb_arena *arena; /* of the run's texts, and of `seen` and the spans */
    bool rehearse, begun, resumed;
    int64_t number; /* of the undoing */
    undo_mark mark;
    uint64_t others; /* the newest event of runs that were taken back meanwhile */
    span last;       /* of the part at work */
};

static undo_mark mark_of(const undoing *u)
{
    return (undo_mark){u->stage, u->at, u->records, u->relinked_count, u->undone.count, u->counts};
}

static void go_back(undoing *u, const undo_mark *mark)
{
    u->stage = mark->stage;
    u->at = mark->at;
    u->records = mark->records;
    u->relinked_count = mark->relinked;
    u->undone.count = mark->undone;
    u->counts = mark->counts;
}

record_undoing *record_undoing_close(record_undoing *back)
{
    if (back != NULL) {
        pb_arena_free(back->u.event_arena);
        pb_arena_free(back->u.story_arena);
        pb_arena_free(back->arena);
    }
    free(back);
    return NULL;
}

/* --- looking --- */

/* The undoing of the run that was cut off, or is at work; 0: there is none. */
static pb_status find_begun(db_session *session, const record_run_info *run, int64_t *ret_number,
                            pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT u.run FROM t_import_run AS u JOIN t_import_run AS r"
                      " ON r.undone = u.run WHERE r.run = ?1 AND u.kind = 'undoing'",
                      &stmt, err));
    db_bind_i64(stmt, 1, run->number);
    PB_TRY(db_step(stmt, &row, err));
    *ret_number = row ? db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

static pb_status check_kind(const record_run_info *run, pb_error *err)
{
    if (!pb_str_is(run->kind, "undoing"))
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("Run {number} has not come to its end"), "number",
            PB_ARG_INT(run->number), NULL);
    pb_error_hint(err, PB_MSG("It takes run {run} back: take that back once more to go on."), "run",
                  PB_ARG(run->about), NULL);
    return PB_CONFLICT;
}

static pb_status look(record_undoing *back, db_session *session, int64_t number, pb_error *err)
{
    PB_TRY(record_run_find(session, number, back->arena, &back->run, err));
    PB_TRY(check_kind(&back->run, err));
    if (!back->run.undone)
        return PB_OK;
    PB_TRY(find_begun(session, &back->run, &back->number, err));
    back->begun = back->resumed = back->number > 0;
    return back->begun ? PB_OK : undo_refuse_twice(back->run.number, err);
}

/* The newest event of what others took back: then the spans are read anew. */
static pb_status newest_undone(const record_undoing *back, db_session *session, uint64_t *ret_event,
                               pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_TRY(db_prepare(session,
                      "SELECT COALESCE(MAX(event), 0) FROM t_import_run WHERE run <> ?1 AND"
                      " kind IN ('undo', 'undoing') AND first > ?2",
                      &stmt, err));
    db_bind_i64(stmt, 1, back->number);
    db_bind_i64(stmt, 2, (int64_t)back->run.first);
    PB_TRY(db_step(stmt, &row, err));
    *ret_event = row ? (uint64_t)db_column_i64(stmt, 0) : 0;
    db_reset(stmt);
    return PB_OK;
}

static pb_status read_spans(record_undoing *back, db_session *session, pb_error *err)
{
    undoing *u = &back->u;
    u->undone = (spans){.count = 0};
    PB_TRY(newest_undone(back, session, &back->others, err));
    return undo_load_undone(u, session, err);
}

pb_status record_undoing_open(db_session *snapshot, int64_t number, bool rehearse,
                              record_undo_told told, record_undo_progress progress, void *context,
                              record_undoing **ret_undoing, pb_error *err)
{
    record_undoing *back = calloc(1, sizeof *back);
    if (back == NULL)
        return pb_fail_memory(err);
    back->arena = pb_arena_new(0);
    back->rehearse = rehearse;
    back->u = (undoing){.run = &back->run,
                        .told = told,
                        .progress = progress,
                        .context = context,
                        .seen_arena = back->arena,
                        .event_arena = pb_arena_new(0),
                        .story_arena = pb_arena_new(0)};
    back->u.seen = back->arena != NULL ? pb_map_new(back->arena) : NULL;
    pb_status status =
        back->u.seen == NULL || back->u.event_arena == NULL || back->u.story_arena == NULL
            ? pb_fail_memory(err)
            : look(back, snapshot, number, err);
    if (status == PB_OK)
        status = undo_add_run(&back->u, snapshot, &back->u.own, back->run.number,
                              (span){back->run.first, back->run.event}, err);
    if (status == PB_OK)
        status = read_spans(back, snapshot, err);
    if (status != PB_OK) {
        record_undoing_close(back);
        return status;
    }
    back->mark = mark_of(&back->u);
    *ret_undoing = back;
    return PB_OK;
}

/* --- the run that this is --- */

static pb_status append_slice(record_undoing *back, record_writer *writer, uint64_t first,
                              uint64_t *ret_sequence, pb_error *err)
{
    PB_AUTO_BUF payload = PB_BUF_INIT(1024);
    pb_cbor_map(&payload, 3);
    pb_cbor_text(&payload, PB_STR("row"));
    pb_cbor_int(&payload, 0);
    pb_cbor_text(&payload, PB_STR("run"));
    pb_cbor_int(&payload, back->number);
    pb_cbor_text(&payload, PB_STR("first"));
    pb_cbor_uint(&payload, first);
    if (payload.failed)
        return pb_fail_memory(err);
    const ledger_event event = {.kind = "import.slice",
                                .at_us = writer->now_us,
                                .actor = writer->actor,
                                .payload = pb_buf_str(&payload)};
    return ledger_append(writer->session, &event, ret_sequence, err);
}

static pb_status insert_run(const record_undoing *back, const record_writer *writer,
                            uint64_t sequence, pb_error *err)
{
    char about[24];
    db_stmt *stmt;
    (void)snprintf(about, sizeof about, "%lld", (long long)back->run.number);
    PB_TRY(db_prepare(writer->session,
                      "INSERT INTO t_import_run (run, at_us, actor, profile, kind, imported, first,"
                      " event) VALUES (?1, ?2, ?3, ?4, 'undoing', 0, ?5, ?5)",
                      &stmt, err));
    db_bind_i64(stmt, 1, back->number);
    db_bind_i64(stmt, 2, writer->now_us);
    db_bind_text(stmt, 3, writer->actor.name);
    db_bind_text(stmt, 4, pb_str_c(about));
    db_bind_i64(stmt, 5, (int64_t)sequence);
    return db_run(stmt, err);
}

/* An import that was at work when it was looked at has written more since, and ends here. */
static pb_status look_again(record_undoing *back, record_writer *writer, pb_error *err)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    record_run_info now;
    if (arena == NULL)
        return pb_fail_memory(err);
    PB_TRY(record_run_find(writer->session, back->run.number, arena, &now, err));
    if (now.undone)
        return undo_refuse_twice(now.number, err);
    if (now.event == back->run.event)
        return PB_OK;
    const uint64_t from = back->run.event + 1;
    back->run.event = now.event;
    back->run.records = now.records;
    return undo_add_parts(&back->u, writer->session, &back->u.own, now.number,
                          (span){from, now.event}, err);
}

static pb_status begin(record_undoing *back, record_writer *writer, pb_error *err)
{
    uint64_t sequence, next;
    PB_TRY(look_again(back, writer, err));
    if (back->rehearse)
        return PB_OK;
    PB_TRY(run_next_number(writer->session, &back->number, err));
    PB_TRY(ledger_next(writer->session, &next, err));
    PB_TRY(append_slice(back, writer, next, &sequence, err));
    PB_TRY(insert_run(back, writer, sequence, err));
    return run_mark_undone(writer->session, &back->run, back->number, err);
}

static pb_status note_part(const record_undoing *back, record_writer *writer, const char *kind,
                           uint64_t sequence, pb_error *err)
{
    const record_undo_counts *now = &back->u.counts, *was = &back->mark.counts;
    const uint64_t records =
        now->deleted + now->restored + now->changed - was->deleted - was->restored - was->changed;
    db_stmt *stmt;
    PB_TRY(db_prepare(writer->session,
                      "UPDATE t_import_run SET event = ?1, kind = ?2, imported = imported + ?3"
                      " WHERE run = ?4",
                      &stmt, err));
    db_bind_i64(stmt, 1, (int64_t)sequence);
    db_bind_text(stmt, 2, pb_str_c(kind));
    db_bind_i64(stmt, 3, (int64_t)records);
    db_bind_i64(stmt, 4, back->number);
    return db_run(stmt, err);
}

static pb_status end_part(record_undoing *back, record_writer *writer, bool done, pb_error *err)
{
    uint64_t sequence;
    const record_undo_counts *counts = &back->u.counts;
    char about[24];
    PB_TRY(record_writer_finish(writer, err));
    if (back->rehearse)
        return PB_OK;
    PB_TRY(append_slice(back, writer, back->u.first, &sequence, err));
    back->last = (span){back->u.first, sequence};
    if (!done)
        return note_part(back, writer, "undoing", sequence, err);
    (void)snprintf(about, sizeof about, "%lld", (long long)back->run.number);
    PB_TRY(run_append_end(writer->session, writer->actor, writer->now_us, "undo", pb_str_c(about),
                          back->u.first, counts->deleted + counts->restored + counts->changed,
                          counts->kept, back->number, &sequence, err));
    PB_TRY(note_part(back, writer, "undo", sequence, err));
    return undo_hold_again(writer->session, back->run.number, err);
}

/* --- a part --- */

/* Merges stand on one another: they are taken apart at once. */
static pb_status take_merges(record_undoing *back, record_writer *writer, bool *ret_is,
                             pb_error *err)
{
    undoing *u = &back->u;
    *ret_is = false;
    return back->begun ? PB_OK
                       : unmerge_undo(writer, &back->run, u->told, u->progress, u->context, ret_is,
                                      &u->counts, &back->number, err);
}

pb_status record_undoing_part(record_undoing *back, record_writer *writer, bool *ret_done,
                              pb_error *err)
{
    undoing *u = &back->u;
    uint64_t others;
    bool merges;
    go_back(u, &back->mark);
    u->writer = writer;
    u->attempt++;
    PB_TRY(take_merges(back, writer, &merges, err));
    *ret_done = merges;
    if (merges)
        return PB_OK;
    if (!back->begun)
        PB_TRY(begin(back, writer, err));
    PB_TRY(newest_undone(back, writer->session, &others, err));
    if (others != back->others)
        PB_TRY(read_spans(back, writer->session, err));
    PB_TRY(ledger_next(writer->session, &u->first, err));
    PB_TRY(undo_go_on(u, (undo_share){PART_RECORDS, PART_EVENTS}, ret_done, err));
    return end_part(back, writer, *ret_done, err);
}

void record_undoing_kept(record_undoing *back)
{
    undoing *u = &back->u;
    u->kept_attempt = u->attempt;
    if (!back->rehearse) {
        back->begun = true;
        /* Without room for it the part would be taken for others' work, and stay: told. */
        (void)PB_PUSH(u->seen_arena, u->undone.items, u->undone.count, u->undone.capacity,
                      back->last);
    }
    back->mark = mark_of(u);
}

bool record_undoing_begun(const record_undoing *back)
{
    return back->begun;
}

const record_run_info *record_undoing_run(const record_undoing *back)
{
    return &back->run;
}

record_undo_counts record_undoing_counts(const record_undoing *back)
{
    return back->u.counts;
}

int64_t record_undoing_number(const record_undoing *back)
{
    return back->number;
}
