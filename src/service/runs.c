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

/* What a rehearsal ends with, so that its transaction is rolled back. */
static pb_status rehearsed(void)
{
    return PB_CANCELLED;
}

static pb_status undo(db_session *session, void *context, pb_error *err)
{
    undo_work *work = context;
    record_writer *writer = NULL;
    *work->undone = (service_undone){.run = {0}};
    /* As it is now: an import that is still at work has written more since it was asked for. */
    PB_TRY(record_run_find(session, work->number, work->arena, &work->undone->run, err));
    if (work->unfinished && !pb_str_is(work->undone->run.kind, "unfinished"))
        return PB_CONFLICT; /* whose caller keeps to himself */
    PB_TRY(record_writer_open(session, work->call->actor, work->call->now_us, RECORD_KEEP, &writer,
                              err));
    const record_gate gate = {.what = RECORD_DUPLICATES_WARN,
                              .later = true,
                              .by = PB_STR("undo"),
                              .run = work->undone->run.number};
    record_writer_gate(writer, &gate);
    pb_status status = record_undo(writer, &work->undone->run, keep, undoing, work,
                                   &work->undone->counts, &work->undone->number, err);
    record_judged *judged = NULL;
    size_t count = 0;
    if (status == PB_OK)
        status =
            service_judge(work->call, &gate, session, writer, work->arena, &judged, &count, err);
    for (size_t i = 0; i < count; i++) {
        work->undone->suspected += judged[i].suspected;
        work->undone->judged += judged[i].records;
    }
    record_writer_close(writer);
    return status == PB_OK && work->dry_run ? rehearsed() : status;
}

static pb_status undo_run(const undo_work *wanted, db_workspace *workspace,
                          service_undone *ret_undone, pb_error *err)
{
    service_undone undone = {0};
    undo_work work = *wanted;
    work.undone = &undone;
    pb_status status = db_write_within(workspace, work.call->limits, undo, &work, err);
    bool rehearsal = work.dry_run && status == PB_CANCELLED && undone.number > 0;
    if (status != PB_OK && !rehearsal)
        return status;
    *ret_undone = undone;
    return PB_OK;
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
