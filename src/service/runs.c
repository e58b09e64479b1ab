/* Runs: what imports and corrections did, taking one back, keeping one that was cut off. */
#include "internal.h"

#include "record/run.h"

typedef struct undo_work {
    const service_call *call;
    int64_t number;
    service_undone *undone;
    pb_arena *arena;
    bool dry_run;
    bool unfinished; /* only an import that did not come to its end */
} undo_work;

static bool undoing(void *context, uint64_t done, uint64_t total)
{
    const undo_work *work = context;
    return work->call->progress != NULL &&
           work->call->progress(work->call->context, PB_MSG("Taking back"), "", done, total);
}

/* Only the first are listed; all are counted. */
static pb_status keep(void *context, const record_undo_kept *kept, pb_error *err)
{
    undo_work *work = context;
    service_undone *undone = work->undone;
    if (undone->kept_count == SERVICE_KEPT_MOST)
        return PB_OK;
    if (undone->kept == NULL)
        undone->kept = pb_arena_array(work->arena, SERVICE_KEPT_MOST, sizeof *undone->kept);
    if (undone->kept == NULL)
        return pb_fail_memory(err);
    undone->kept[undone->kept_count++] = *kept;
    return PB_OK;
}

typedef struct undo_part {
    undo_work *work;
    record_undoing *undoing;
    service_undone before; /* what was told before the part */
    bool done;
} undo_part;

static pb_status judge(undo_part *part, const record_gate *gate, record_writer *writer,
                       db_session *session, pb_error *err)
{
    undo_work *work = part->work;
    record_judged *judged = NULL;
    size_t count = 0;
    PB_TRY(service_judge(work->call, gate, session, writer, work->arena, &judged, &count, err));
    for (size_t i = 0; i < count; i++) {
        work->undone->suspected += judged[i].suspected;
        work->undone->judged += judged[i].records;
    }
    return PB_OK;
}

/* A rehearsal is rolled back, part by part. */
static pb_status undo_some(db_session *session, void *context, pb_error *err)
{
    undo_part *part = context;
    undo_work *work = part->work;
    record_writer *writer = NULL;
    *work->undone = part->before;
    PB_TRY(record_writer_open(session, work->call->actor, work->call->now_us, RECORD_KEEP, &writer,
                              err));
    const record_gate gate = {
        .what = RECORD_DUPLICATES_WARN, .later = true, .by = PB_STR("undo"), .run = work->number};
    record_writer_gate(writer, &gate);
    pb_status status = record_undoing_part(part->undoing, writer, &part->done, err);
    if (status == PB_OK)
        status = judge(part, &gate, writer, session, err);
    record_writer_close(writer);
    return status == PB_OK && work->dry_run ? PB_CANCELLED : status;
}

/* What is left is told, and how to go on. */
static void tell_begun(const undo_work *work, const record_undoing *undoing, pb_error *err)
{
    if (err == NULL || work->dry_run || !record_undoing_begun(undoing))
        return;
    pb_fail(err, err->status, PB_MSG("Run {run} is taken back in part only"), "run",
            PB_ARG_INT(work->number), NULL);
    pb_error_hint(err, PB_MSG("Take it back once more: that goes on where it stopped."), NULL);
}

static pb_status undo_all(undo_work *work, db_workspace *workspace, record_undoing *undoing,
                          pb_error *err)
{
    undo_part part = {.work = work, .undoing = undoing};
    while (!part.done) {
        pb_error why = {0};
        part.before = *work->undone;
        part.done = false;
        pb_status status = db_write_within(workspace, work->call->limits, undo_some, &part, &why);
        bool rehearsed = work->dry_run && status == PB_CANCELLED && why.primary.id == NULL;
        if (status != PB_OK && !rehearsed) {
            tell_begun(work, undoing, &why);
            if (err != NULL)
                *err = why;
            return status;
        }
        record_undoing_kept(undoing);
    }
    return PB_OK;
}

static pb_status look(const undo_work *work, db_workspace *workspace, record_undoing **ret_undoing,
                      pb_error *err)
{
    db_session *session = NULL;
    PB_TRY(db_snapshot_open_within(workspace, work->call->limits, &session, err));
    pb_status status = record_undoing_open(session, work->number, work->dry_run, keep, undoing,
                                           (void *)(uintptr_t)work, ret_undoing, err);
    db_snapshot_close(session);
    return status;
}

static pb_status copy_run(const record_run_info *from, pb_arena *arena, record_run_info *to,
                          pb_error *err)
{
    *to = *from;
    to->actor = pb_arena_str(arena, from->actor);
    to->kind = pb_arena_str(arena, from->kind);
    to->about = pb_arena_str(arena, from->about);
    return to->actor.ptr && to->kind.ptr && to->about.ptr ? PB_OK : pb_fail_memory(err);
}

static pb_status undo_run(const undo_work *wanted, db_workspace *workspace,
                          service_undone *ret_undone, pb_error *err)
{
    service_undone undone = {0};
    undo_work work = *wanted;
    record_undoing *undoing = NULL;
    work.undone = &undone;
    PB_TRY(look(&work, workspace, &undoing, err));
    bool other = work.unfinished && !pb_str_is(record_undoing_run(undoing)->kind, "unfinished");
    pb_status status = other ? PB_CONFLICT /* whose caller keeps to himself */
                             : undo_all(&work, workspace, undoing, err);
    if (status == PB_OK) {
        undone.counts = record_undoing_counts(undoing);
        undone.number = record_undoing_number(undoing);
        status = copy_run(record_undoing_run(undoing), work.arena, &undone.run, err);
    }
    record_undoing_close(undoing);
    if (status == PB_OK)
        *ret_undone = undone;
    return status;
}

pb_status service_undo(const service_call *call, db_workspace *workspace, int64_t number,
                       bool dry_run, pb_arena *arena, service_undone *ret_undone, pb_error *err)
{
    const undo_work work = {.call = call, .number = number, .arena = arena, .dry_run = dry_run};
    return undo_run(&work, workspace, ret_undone, err);
}

pb_status service_undo_unfinished(const service_call *call, db_workspace *workspace, int64_t number,
                                  pb_arena *arena, service_undone *ret_undone, pb_error *err)
{
    const undo_work work = {.call = call, .number = number, .arena = arena, .unfinished = true};
    return undo_run(&work, workspace, ret_undone, err);
}

typedef struct keep_work {
    const service_call *call;
    int64_t number;
    pb_arena *arena;
    record_run_info run;
} keep_work;

static pb_status keep_run(db_session *session, void *context, pb_error *err)
{
    keep_work *work = context;
    const service_call *call = work->call;
    PB_TRY(record_run_keep(session, call->actor, call->now_us, work->number, err));
    return record_run_find(session, work->number, work->arena, &work->run, err);
}

pb_status service_keep_run(const service_call *call, db_workspace *workspace, int64_t number,
                           pb_arena *arena, record_run_info *ret_run, pb_error *err)
{
    keep_work work = {.call = call, .number = number, .arena = arena};
    PB_TRY(db_write_within(workspace, call->limits, keep_run, &work, err));
    *ret_run = work.run;
    return PB_OK;
}

pb_status service_runs(db_workspace *workspace, record_run_each each, void *context, pb_error *err)
{
    db_session *snapshot = NULL;
    PB_TRY(db_snapshot_open(workspace, &snapshot, err));
    pb_status status = record_run_list(snapshot, each, context, err);
    db_snapshot_close(snapshot);
    return status;
}
