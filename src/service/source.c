/* Opening what is to be read: a workspace, or files through the one road into a scratch workspace.
 */
#include "internal.h"
#include "service/serving.h"
#include "service/taking.h"

#include "model/mask.h"

/* Progress of an import, told as progress of the operation. */
static bool reading(void *context, const char *file, uint64_t done, uint64_t total)
{
    const service_call *call = context;
    return call->progress != NULL &&
           call->progress(call->context, PB_MSG("Reading"), file, done, total);
}

static pb_status judge(void *context, const record_gate *gate, db_session *session,
                       record_writer *writer, pb_arena *arena, record_judged **ret_judged,
                       size_t *ret_count, pb_error *err)
{
    return service_judge(context, gate, session, writer, arena, ret_judged, ret_count, err);
}

pb_status service_import_options(const service_core *service, const service_call *call,
                                 const service_source *source, record_policy policy,
                                 exchange_options *ret_options, pb_error *err)
{
    const exchange_presets *presets = NULL;
    PB_TRY(service_presets(service, &presets, err));
    *ret_options = (exchange_options){.paths = source->paths,
                                      .path_count = source->path_count,
                                      .held = source->held,
                                      .map_path = source->map_path,
                                      .map = source->map,
                                      .presets = presets,
                                      .as = source->as,
                                      .encoding = source->encoding,
                                      .with_deleted = source->with_deleted,
                                      .password_file = source->password_file,
                                      .databases = service->databases,
                                      .database_count = service->database_count,
                                      .policy = policy,
                                      .actor = call->actor,
                                      .now_us = call->now_us,
                                      .progress = reading,
                                      .context = (void *)call};
    return PB_OK;
}

/* What is left of an import that ended half-way once it was taken back. Why it ended stays told. */
static void tell_taken(const service_undone *undone, pb_error *err)
{
    bool explained = err->detail.id != NULL;
    if (undone->counts.kept == 0) {
        if (!explained)
            pb_error_detail(err, PB_MSG("What it had written was taken back: nothing was kept."),
                            NULL);
        return;
    }
    (explained ? pb_error_hint : pb_error_detail)(
        err,
        PB_MSG("What it had written, run {run}, was taken back, but for {count} records or values "
               "that stay as they are. Of the first: {says}."),
        "run", PB_ARG_INT(undone->run.number), "count", PB_ARG_INT(undone->counts.kept), "says",
        undone->kept[0].says.ptr, NULL);
}

/* An import in slices ended half-way: what it wrote goes, whoever asked to stop and however little
 * time is left. Where that fails its run is there for a person to take back, which is told. */
static void take_back(const service_call *call, db_workspace *workspace, int64_t run,
                      pb_arena *arena, pb_error *err)
{
    service_undone undone = {.number = 0};
    service_call unhurried = *call;
    const db_limits *before = service_hold(NULL);
    unhurried.limits = NULL;
    unhurried.progress = NULL;
    pb_status status = service_undo_unfinished(&unhurried, workspace, run, arena, &undone, NULL);
    service_hold(before);
    if (status != PB_OK && status != PB_CONFLICT && err != NULL)
        pb_error_hint(err, PB_MSG("A part was written, as run {run}: take that back."), "run",
                      PB_ARG_INT(run), NULL);
    else if (status == PB_OK && err != NULL)
        tell_taken(&undone, err);
}

pb_status service_import_checked(const service_core *service, const service_call *call,
                                 db_workspace *workspace, const service_source *source,
                                 bool dry_run, bool all_rejects, const service_import_hooks *hooks,
                                 pb_arena *arena, exchange_plan *ret_plan, pb_error *err)
{
    enum { ALL_REJECTS = 1000000 };
    exchange_options options;
    PB_TRY(service_import_options(service, call, source, RECORD_STRICT, &options, err));
    options.dry_run = dry_run;
    options.pass_over = !source->again;
    if (all_rejects)
        options.most_rejects = ALL_REJECTS;
    options.duplicates = RECORD_DUPLICATES_DECLARED;
    options.judge = judge;
    if (hooks != NULL) {
        options.begun = hooks->begun;
        options.ended = hooks->ended;
        options.may = hooks->may;
        options.may_see = hooks->may_see;
        options.check = hooks->check;
    }
    if (source->bring != NULL) {
        options.mode = source->bring->mode;
        options.match = source->bring->match;
        options.match_count = source->bring->match_count;
        options.clear = source->bring->clear;
        options.sliced = source->bring->sliced;
        options.slice = source->bring->slice;
        options.each = source->bring->each;
        options.each_context = source->bring->context;
    }
    if (source->gate != NULL) {
        options.duplicates = source->gate->duplicates;
        options.duplicate_threshold = source->gate->threshold;
        options.each_row = source->gate->duplicates == RECORD_DUPLICATES_REFUSE;
    }
    for (size_t i = 0; source->gate == NULL && i < service->schema->entity_count; i++)
        options.each_row = options.each_row || service->schema->entities[i].duplicate_refuse <= 1;
    exchange_plan plan;
    PB_TRY(exchange_plan_make(service->schema, &options, arena, &plan, err));
    pb_status status = exchange_import(workspace, &options, arena, &plan, err);
    if (status != PB_OK && plan.unfinished)
        take_back(call, workspace, plan.run, arena, err);
    PB_TRY(status);
    *ret_plan = plan;
    return PB_OK;
}

pb_status service_import_look(const service_core *service, const service_call *call,
                              const service_source *source, pb_arena *arena,
                              exchange_plan *ret_plan, pb_error *err)
{
    exchange_options options;
    PB_TRY(service_import_options(service, call, source, RECORD_STRICT, &options, err));
    return exchange_plan_make(service->schema, &options, arena, ret_plan, err);
}

pb_status service_import(const service_core *service, const service_call *call,
                         db_workspace *workspace, const service_source *source, bool dry_run,
                         bool all_rejects, pb_arena *arena, exchange_plan *ret_plan, pb_error *err)
{
    return service_import_checked(service, call, workspace, source, dry_run, all_rejects, NULL,
                                  arena, ret_plan, err);
}

void service_cell_text(const model_field *field, record_shown shown, pb_value value, pb_value more,
                       pb_buf *out)
{
    pb_str beside = more.kind == PB_TEXT ? more.as.s : PB_STR_NONE;
    char text[37];
    pb_uuid id;
    if (shown == RECORD_SHOWN_NOT || value.kind == PB_NULL)
        return;
    if (shown == RECORD_SHOWN_MASKED) {
        if (value.kind == PB_TEXT)
            model_mask(field, value.as.s, out);
        return;
    }
    if (field->type != MODEL_LINK) {
        model_write(field, value, beside, out);
        return;
    }
    pb_buf_add(out, beside);
    if (beside.len > 0 || value.kind != PB_BLOB || value.as.s.len != sizeof id.b)
        return;
    memcpy(id.b, value.as.s.ptr, sizeof id.b);
    pb_uuid_text(id, text);
    pb_buf_addc(out, text);
}

pb_status service_write_rejected(const exchange_plan *plan, const char *dir, pb_arena *arena,
                                 exchange_rejected_file done, void *context, pb_error *err)
{
    return exchange_write_rejected(plan, dir, arena, done, context, err);
}

pb_status service_give_rejected(const exchange_plan *plan, const exchange_outlet *outlet,
                                pb_arena *arena, pb_error *err)
{
    return exchange_give_rejected(plan, outlet, arena, err);
}

static pb_status load_files(const service_core *service, const service_call *call,
                            const service_source *source, pb_arena *arena, service_opened *opened,
                            pb_error *err)
{
    db_options scratch = {.scratch = true};
    exchange_options options;
    PB_TRY(service_import_options(service, call, source, RECORD_KEEP, &options, err));
    options.last = true;
    PB_TRY(exchange_plan_make(service->schema, &options, arena, &opened->plan, err));
    PB_TRY(db_workspace_create(NULL, service->schema, &scratch, NULL, &opened->workspace, err));
    opened->scratch = true;
    return exchange_import(opened->workspace, &options, arena, &opened->plan, err);
}

bool service_source_is_workspace(const service_source *source)
{
    return source->held == NULL && source->path_count == 1 && db_workspace_exists(source->paths[0]);
}

pb_status service_refuse_mixture(const service_source *source, pb_error *err)
{
    if (source->replica != NULL && !service_source_is_workspace(source))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Only a workspace on a server has replicas: {workspace} is none."),
                       "workspace", source->path_count > 0 ? source->paths[0] : "", NULL);
    for (size_t i = 0; i < source->path_count && source->path_count > 1; i++)
        if (db_workspace_exists(source->paths[i]))
            return pb_fail(err, PB_USAGE,
                           PB_MSG("{path} is a workspace: it must be the only source"), "path",
                           source->paths[i], NULL);
    return PB_OK;
}

pb_status service_open_source(const service_core *service, const service_call *call,
                              const service_source *source, pb_arena *arena,
                              service_opened *ret_opened, pb_error *err)
{
    service_opened opened = {0};
    db_options options = {.older = DB_OLDER_REFUSE,
                          .key = source->key,
                          .password_file = source->password_file,
                          .replica = source->replica};
    PB_TRY(service_refuse_mixture(source, err));
    pb_status status =
        service_source_is_workspace(source)
            ? service_open_workspace(service, source->paths[0], &options, &opened.workspace, err)
            : load_files(service, call, source, arena, &opened, err);
    if (status == PB_OK)
        *ret_opened = opened;
    else
        service_close_source(&opened);
    return status;
}

void service_close_source(service_opened *opened)
{
    opened->workspace = db_workspace_close(opened->workspace);
}
