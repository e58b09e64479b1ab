/* Corrections: the clean value where a rule knows it, shown, applied, and taken back as a run. */
#include "internal.h"

#include "db/aside.h"

enum { BRIEF = 500 }; /* corrections that are rehearsed where others write */

typedef struct fix_work {
    const service_core *service;
    const service_call *call;
    service_fixes *fixes;
    pb_arena *arena;
    bool dry_run;
    bool done; /* a rehearsal came to its end */
    size_t capacity;
} fix_work;

static pb_status stopped(pb_error *err)
{
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request; nothing was changed"), NULL);
}

/* --- which controls --- */

static bool is_asked(const audit_control *control, const char *const *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pb_str_is(control->base, ids[i]) || pb_str_is(control->id, ids[i]))
            return true;
    return false;
}

static pb_status find_each(const audit_catalogue *catalogue, const char *const *ids, size_t count,
                           pb_error *err)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t c = 0; c < catalogue->count && !found; c++)
            found = is_asked(&catalogue->controls[c], &ids[i], 1);
        if (found)
            continue;
        pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no control {id}"), "id", ids[i], NULL);
        pb_error_hint(err, PB_MSG("`probity controls list` lists all of them"), NULL);
        return PB_NOT_FOUND;
    }
    return PB_OK;
}

/* The catalogue with those controls only; none asked for: all. */
static pb_status choose(const audit_catalogue *all, const char *const *ids, size_t count,
                        pb_arena *arena, audit_catalogue *ret_some, pb_error *err)
{
    PB_TRY(find_each(all, ids, count, err));
    *ret_some = *all;
    ret_some->controls = pb_arena_array(arena, all->count + 1, sizeof *ret_some->controls);
    ret_some->count = 0;
    if (ret_some->controls == NULL)
        return pb_fail_memory(err);
    for (size_t c = 0; c < all->count; c++)
        if (count == 0 || is_asked(&all->controls[c], ids, count))
            ret_some->controls[ret_some->count++] = all->controls[c];
    return PB_OK;
}

/* --- what is proposed --- */

static pb_status place_of(db_session *snapshot, const model_entity *entity, int64_t n,
                          service_fix *fix, pb_error *err)
{
    db_stmt *stmt;
    bool row;
    PB_AUTO_BUF sql = PB_BUF_INIT(1024);
    pb_buf_printf(&sql, "SELECT id, run, row FROM \"%.*s\" WHERE n = ?1", PB_STR_FMT(entity->name));
    if (sql.failed)
        return pb_fail_memory(err);
    PB_TRY(db_prepare_text(snapshot, pb_buf_str(&sql), &stmt, err));
    db_bind_i64(stmt, 1, n);
    PB_TRY(db_step(stmt, &row, err));
    if (row) {
        pb_str id = db_column_blob(stmt, 0);
        if (id.ptr != NULL && id.len == sizeof fix->id)
            memcpy(&fix->id, id.ptr, sizeof fix->id);
        fix->run = db_column_i64(stmt, 1);
        fix->row = db_column_i64(stmt, 2);
    }
    db_reset(stmt);
    return PB_OK;
}

/* A later control never changes again what an earlier one changes. */
static bool is_proposed(const service_fixes *fixes, const service_fix *fix)
{
    for (size_t i = fixes->count; i > 0; i--) {
        const service_fix *other = &fixes->items[i - 1];
        if (other->control != fix->control && other->field == fix->field && other->n == fix->n)
            return true;
    }
    return false;
}

static pb_status propose(fix_work *work, db_session *snapshot, const audit_finding *finding,
                         const audit_failure *failure, bool several, pb_error *err)
{
    const audit_control *control = finding->control;
    service_fix fix = {.control = control,
                       .entity = control->entity,
                       .n = failure->n,
                       .record = failure->record,
                       .source = failure->source,
                       .before = failure->value,
                       .after = failure->suggestion};
    fix.field = control->entity != NULL && !pb_str_empty(failure->field)
                    ? model_field_find(control->entity, failure->field)
                    : control->field;
    if (control->entity == NULL || fix.field == NULL || failure->n == 0 ||
        (several && is_proposed(work->fixes, &fix)))
        return PB_OK;
    PB_TRY(place_of(snapshot, control->entity, failure->n, &fix, err));
    return PB_PUSH(work->arena, work->fixes->items, work->fixes->count, work->capacity, fix)
               ? PB_OK
               : pb_fail_memory(err);
}

/* A rule may know the clean values of two fields at once: given and family name. */
static pb_status propose_each(fix_work *work, db_session *snapshot, const audit_finding *finding,
                              const audit_failure *failure, bool several, pb_error *err)
{
    audit_failure second = *failure;
    if (pb_str_empty(failure->suggestion))
        return PB_OK;
    PB_TRY(propose(work, snapshot, finding, failure, several, err));
    if (pb_str_empty(failure->second))
        return PB_OK;
    second.field = failure->second;
    second.suggestion = failure->second_suggestion;
    second.value = PB_STR_NONE;
    return propose(work, snapshot, finding, &second, several, err);
}

static pb_status propose_all(fix_work *work, db_session *snapshot, const audit_result *result,
                             pb_error *err)
{
    size_t proposing = 0;
    for (size_t f = 0; f < result->finding_count; f++) {
        const audit_finding *finding = &result->findings[f];
        size_t before = work->fixes->count;
        work->fixes->failing += finding->failing;
        work->fixes->more = work->fixes->more || finding->failing > finding->failure_count;
        for (size_t i = 0; i < finding->failure_count; i++)
            PB_TRY(
                propose_each(work, snapshot, finding, &finding->failures[i], proposing > 0, err));
        proposing += work->fixes->count > before;
    }
    return PB_OK;
}

static bool checking(void *context, const audit_control *control, size_t done, size_t total)
{
    const service_call *call = context;
    return call->progress != NULL &&
           call->progress(call->context, PB_MSG("Checking"), control->id.ptr, done, total);
}

static pb_status find_fixes(fix_work *work, db_workspace *workspace,
                            const audit_catalogue *catalogue, int64_t as_of_days, pb_error *err)
{
    audit_options options = {
        .as_of_days = as_of_days, .progress = checking, .context = (void *)work->call};
    audit_result result;
    match_options matching;
    db_session *snapshot = NULL;
    PB_TRY(service_matching(work->call, 0, work->arena, &matching, err));
    options.matching = &matching;
    PB_TRY(db_snapshot_open_within(workspace, work->call->limits, &snapshot, err));
    pb_status status =
        audit_run(snapshot, work->service->schema, catalogue, &options, work->arena, &result, err);
    if (status == PB_OK)
        status = propose_all(work, snapshot, &result, err);
    db_snapshot_close(snapshot);
    return status;
}

/* --- in a workspace --- */

static pb_status apply_one(fix_work *work, record_writer *writer, service_fix *fix, pb_error *err)
{
    const record_input input = {fix->field, fix->after, NULL};
    const record_problem *problems = NULL;
    size_t count = 0;
    pb_status status =
        record_change(writer, fix->entity, fix->id, 0, &input, 1, &problems, &count, err);
    fix->applied = status == PB_OK;
    if (status == PB_INVALID || status == PB_NOT_FOUND || status == PB_CONFLICT) {
        fix->why_not =
            count > 0 ? problems[0].says : PB_STR(PB_MSG("The record refuses the change"));
        if (count > 0)
            fix->why_value = pb_arena_str(work->arena, problems[0].value);
        return PB_OK;
    }
    work->fixes->applied += fix->applied;
    return status;
}

static pb_status apply_all(fix_work *work, record_writer *writer, pb_error *err)
{
    service_fixes *fixes = work->fixes;
    const service_call *call = work->call;
    fixes->applied = 0;
    for (size_t i = 0; i < fixes->count; i++) {
        if (call->progress != NULL && i % 256 == 0 &&
            call->progress(call->context, PB_MSG("Correcting"), "", i, fixes->count))
            return stopped(err);
        PB_TRY(apply_one(work, writer, &fixes->items[i], err));
    }
    return record_writer_finish(writer, err);
}

static void put_controls(const service_fixes *fixes, pb_buf *out)
{
    const audit_control *last = NULL;
    for (size_t i = 0; i < fixes->count && out->len < 1000; i++) {
        const audit_control *control = fixes->items[i].control;
        if (control == last)
            continue;
        pb_buf_printf(out, "%s%.*s", out->len > 0 ? ", " : "", PB_STR_FMT(control->id));
        last = control;
    }
}

static pb_status apply(db_session *session, void *context, pb_error *err)
{
    fix_work *work = context;
    const service_call *call = work->call;
    PB_AUTO_BUF about = PB_BUF_INIT(4096);
    record_writer *writer = NULL;
    uint64_t first;
    PB_TRY(ledger_next(session, &first, err));
    PB_TRY(record_writer_open(session, call->actor, call->now_us, RECORD_STRICT, &writer, err));
    pb_status status = apply_all(work, writer, err);
    record_writer_close(writer);
    PB_TRY(status);
    work->done = true;
    if (work->dry_run)
        return PB_CANCELLED; /* rolls back */
    put_controls(work->fixes, &about);
    return record_run_end(session, call->actor, call->now_us, "fix", pb_buf_str(&about), first,
                          work->fixes->applied, work->fixes->count - work->fixes->applied,
                          &work->fixes->run, err);
}

static pb_status apply_workspace(fix_work *work, db_workspace *workspace, pb_error *err)
{
    if (work->fixes->count == 0)
        return PB_OK;
    const db_limits *limits = work->call->limits;
    pb_status status = work->dry_run ? db_rehearse(workspace, work->fixes->count <= BRIEF, limits,
                                                   apply, work, err)
                                     : db_write_within(workspace, limits, apply, work, err);
    return work->dry_run && work->done && status == PB_CANCELLED ? PB_OK : status;
}

/* --- in copies of files --- */

static pb_status write_files(fix_work *work, const exchange_plan *plan, const char *dir,
                             exchange_rejected_file done, void *context, pb_error *err)
{
    service_fixes *fixes = work->fixes;
    exchange_edit *edits = pb_arena_array(work->arena, fixes->count + 1, sizeof *edits);
    if (edits == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < fixes->count; i++) {
        const service_fix *fix = &fixes->items[i];
        /* An import numbers its files from its own number on, in the order of the plan. */
        edits[i] = (exchange_edit){.file = (size_t)(fix->run - plan->run),
                                   .row = fix->row,
                                   .field = fix->field,
                                   .before = pb_str_trim(fix->before),
                                   .after = fix->after};
    }
    if (fixes->count > 0)
        PB_TRY(
            exchange_write_fixed(plan, edits, fixes->count, dir, work->arena, done, context, err));
    for (size_t i = 0; i < fixes->count; i++) {
        fixes->items[i].applied = edits[i].done;
        fixes->applied += edits[i].done;
        if (!edits[i].done)
            fixes->items[i].why_not =
                PB_STR(PB_MSG("The value shares its cell with others; mend it by hand"));
    }
    return PB_OK;
}

pb_status service_correct(service_core *service, const service_call *call,
                          const service_source *source, const service_fix_options *options,
                          pb_arena *arena, service_fixes *ret_fixes, pb_error *err)
{
    service_fixes fixes = {0};
    fix_work work = {.service = service,
                     .call = call,
                     .fixes = &fixes,
                     .arena = arena,
                     .dry_run = options->dry_run};
    const audit_catalogue *all;
    audit_catalogue some;
    service_opened opened;
    PB_TRY(service_open_source(service, call, source, arena, &opened, err));
    pb_status status = service_controls(service, &all, err);
    if (status == PB_OK)
        status = choose(all, options->controls, options->control_count, arena, &some, err);
    if (status == PB_OK)
        status = find_fixes(&work, opened.workspace, &some, options->as_of_days, err);
    fixes.files = opened.scratch;
    if (status == PB_OK && !opened.scratch)
        status = apply_workspace(&work, opened.workspace, err);
    else if (status == PB_OK && !options->dry_run)
        status =
            write_files(&work, &opened.plan, options->dir, options->written, options->context, err);
    service_close_source(&opened);
    if (status == PB_OK)
        *ret_fixes = fixes;
    return status;
}
