/* Carrying a plan out: every row of every file down the one road, in one transaction. */
#include "../live/live.h"
#include "../plan/plan.h"
#include "bring.h"
#include "import_internal.h"
#include "work.h"

#include "record/run.h"
#include "sys/clock.h"

enum { SMALL_IMPORT = 512 << 10 };

static pb_status import_rows(importing *im, pb_error *err)
{
    table_row row = {0};
    bool more = true;
    PB_TRY(table_next(im->reader, &row, &more, err)); /* the header: the plan has it */
    while (more) {
        pb_status status = table_next(im->reader, &row, &more, err);
        if (status == PB_INVALID)
            PB_TRY(import_fault(im, err));
        else if (status != PB_OK)
            return status;
        else if (more)
            PB_TRY(import_take(im, &row, err));
        PB_TRY(import_tell(im, false, err));
    }
    PB_TRY(import_tell(im, true, err));
    uint8_t hash[32] = {0};
    PB_TRY(table_read_fingerprint(im->reader, im->file->place, hash, err));
    if (im->file->place->live) {
        memcpy(im->file->hash, hash, sizeof hash); /* of the rows: what was read can be named */
        PB_TRY(record_run_file_hash(im->run, im->number, hash, err));
        return PB_OK;
    }
    if (memcmp(hash, im->file->hash, sizeof hash) == 0)
        return PB_OK;
    pb_fail(err, PB_CONFLICT, PB_MSG("{file} changed while it was being read"), "file",
            PB_ARG(im->file->name), NULL);
    pb_error_hint(err, PB_MSG("Wait until the export is finished, then try again"), NULL);
    return PB_CONFLICT;
}

const char *exchange_how_word(exchange_how how)
{
    switch (how) {
    case EXCHANGE_IGNORED:
        return "ignored";
    case EXCHANGE_BY_MAP:
        return "map";
    case EXCHANGE_BY_PRESET:
        return "preset";
    case EXCHANGE_CURRENCY:
        return "currency";
    case EXCHANGE_PART:
        return "part";
    case EXCHANGE_LEFT:
        return "left";
    case EXCHANGE_BY_NAME:
        return "name";
    case EXCHANGE_BY_VALUES:
        return "values";
    case EXCHANGE_UNMAPPED:
        break;
    }
    return "unmapped";
}

static const model_field *field_told(const exchange_column *column)
{
    return column->field != NULL ? column->field : preset_way_field(column, 0);
}

pb_status import_columns(importing *im, pb_error *err)
{
    const exchange_file *file = im->file;
    record_run_counts counts = {.rows = file->rows,
                                .imported = file->imported,
                                .rejected = file->rejected,
                                .changed = file->changed,
                                .same = file->same,
                                .noted = file->noted};
    PB_TRY(record_run_file_done(im->run, im->number, counts, err));
    for (size_t c = 0; c < file->column_count; c++) {
        const exchange_column *column = &file->columns[c];
        const char *how = column->is_source_id ? "id" : exchange_how_word(column->how);
        PB_TRY(record_run_column(im->run, im->number, column->header, field_told(column), how,
                                 column->filled, err));
        const model_field *way = NULL; /* a column of references of several kinds tells them all */
        for (size_t w = 1; (way = preset_way_field(column, w)) != NULL; w++)
            PB_TRY(record_run_column(im->run, im->number, column->header, way, how, column->filled,
                                     err));
    }
    return PB_OK;
}

void import_forget(exchange_file *file)
{
    file->deleted = file->aside = file->rows = file->imported = file->rejected = file->noted =
        file->led = file->changed = file->same = 0;
    if (file->field_changes != NULL)
        memset(file->field_changes, 0, file->entity->field_count * sizeof *file->field_changes);
    file->rejects = NULL;
    file->reject_count = 0;
    file->notes = NULL;
    file->note_count = 0;
    for (size_t c = 0; c < file->column_count; c++)
        file->columns[c].filled = 0;
}

/* What became clear once the whole file was read. */
static pb_status note_facts(importing *im, const table_facts *facts, pb_error *err)
{
    pb_status status = PB_OK;
    if (im->file->place->code != TEXT_ANY)
        status =
            plan_note_file(im->file, im->arena,
                           *facts->encoding != 0
                               ? PB_MSG("The bytes were read as {encoding}, as you said")
                               : PB_MSG("Its form says how its text is written: the encoding you "
                                        "named was not needed"),
                           "encoding", facts->encoding, NULL);
    if (facts->below > 0 && status == PB_OK)
        status = plan_note_file(im->file, im->arena,
                                PB_MSG("Left out at the end as totals or as the last words of a "
                                       "report, from line {line} on: {count}"),
                                "count", PB_ARG_INT(facts->below), "line",
                                PB_ARG_INT(facts->below_line), NULL);
    return status == PB_OK ? PB_OK : pb_fail_memory(err);
}

pb_status import_facts(importing *im, pb_error *err)
{
    exchange_file *file = im->file;
    table_facts facts = table_facts_of(im->reader);
    file->encoding = pb_str_c(facts.encoding); /* a beginning in ASCII leaves it open */
    file->sure = facts.sure;
    file->formulas = facts.formulas;
    file->merged = facts.merged;
    return note_facts(im, &facts, err);
}

/* What was written of it would come a second time. */
static pb_status fail_part(const exchange_file *file, bool kept, pb_error *err)
{
    pb_argbuf run = {0};
    (void)pb_arg_i64(&run, file->imported_before);
    pb_fail(err, PB_CONFLICT,
            PB_MSG("{file} could not be imported: run {run} brought a part of it in"), "file",
            PB_ARG(file->name), "run", run.text, NULL);
    pb_error_detail(err,
                    kept ? PB_MSG("Run {run} was cut off, and what it wrote was kept.")
                         : PB_MSG("Run {run} is still at work, or was cut off: what it wrote is "
                                  "there."),
                    "run", run.text, NULL);
    pb_error_hint(err,
                  kept ? PB_MSG("Take run {run} back, or let rows change the records that are "
                                "there (mode upsert): then the rest comes in.")
                       : PB_MSG("Run {run} was not finished: take it back, then import again."),
                  "run", run.text, NULL);
    return PB_CONFLICT;
}

/* Tables of this very run may have the same bytes: sheets of a workbook. */
pb_status import_look_back(importing *im, exchange_file *file, pb_error *err)
{
    record_seen seen;
    const exchange_options *options = im->options;
    if (file->entity == NULL || file->place->live)
        return PB_OK;
    PB_TRY(record_run_seen(im->session, file->entity, file->hash, record_run_number(im->run),
                           &file->imported_before, &seen, err));
    bool doubles = seen == RECORD_SEEN_PART && options->mode == RECORD_MODE_CREATE;
    if (options->pass_over && (doubles || seen == RECORD_SEEN_UNFINISHED))
        return fail_part(file, doubles, err);
    file->passed_over = options->pass_over && seen == RECORD_SEEN_WHOLE;
    return PB_OK;
}

pb_status import_begin_bringing(importing *im, pb_error *err)
{
    exchange_file *file = im->file;
    PB_TRY(bring_new(im->options, file, im->shape, &im->bring, err));
    if (im->bring == NULL)
        return PB_OK;
    if (file->field_changes == NULL)
        file->field_changes =
            pb_arena_array(im->arena, file->entity->field_count + 1, sizeof *file->field_changes);
    if (file->field_changes == NULL)
        return pb_fail_memory(err);
    return im->writer == NULL ? PB_OK
                              : bring_use(im->bring, im->writer, err); /* in slices: later */
}

static pb_status import_file(importing *im, exchange_file *file, pb_error *err)
{
    im->file = file;
    im->reject_capacity = 0;
    im->told_bytes = 0;
    uint64_t noted = record_writer_noted(im->writer);
    PB_TRY(import_look_back(im, file, err));
    if (file->passed_over)
        return PB_OK;
    PB_TRY(record_run_file(im->run, file->name, file->entity, file->hash, &im->number, err));
    record_writer_gate_run(im->writer, im->number);
    if (file->entity == NULL)
        return import_columns(im, err);
    if (file->place->base != NULL)
        PB_TRY(live_left_out(file->place->base, &file->deleted, &file->aside, err));
    pb_status status = table_open(file->place, &im->reader, err);
    if (status == PB_OK)
        status = row_shape_new(file, sys_day_of(im->options->now_us), &im->shape, err);
    if (status == PB_OK)
        status = import_begin_bringing(im, err);
    if (status == PB_OK && im->options->policy == RECORD_STRICT)
        status = proof_new(im->shape, sys_day_of(im->options->now_us), &im->proof, err);
    if (status == PB_OK)
        status = import_rows(im, err);
    if (status == PB_OK)
        status = import_facts(im, err);
    file->noted = record_writer_noted(im->writer) - noted;
    if (status == PB_OK)
        status = import_columns(im, err);
    if (status == PB_OK && im->proof != NULL)
        status = proof_check(im->proof, im->session, im->number, im->arena, file, err);
    im->proof = proof_free(im->proof);
    im->bring = bring_free(im->bring);
    im->reader = table_close(im->reader);
    im->shape = row_shape_free(im->shape);
    return status;
}

static pb_status import_all(importing *im, pb_error *err)
{
    for (size_t i = 0; i < im->plan->file_count; i++)
        PB_TRY(import_file(im, &im->plan->files[i], err));
    PB_TRY(record_writer_finish(im->writer, err));
    im->plan->unresolved = record_writer_unresolved(im->writer);
    PB_TRY(record_run_finish(im->run, im->plan->unresolved, err));
    im->plan->run = record_run_number(im->run);
    return PB_OK;
}

/* Asking the index for every row of a large import would take longer than the import: they are all
 * judged when they are there. Rows that may be refused are looked at as they come. */
record_gate import_gate(const importing *im)
{
    const exchange_options *options = im->options;
    uint64_t bytes = 0;
    bool live = false;
    for (size_t i = 0; i < im->plan->file_count; i++) {
        const exchange_file *file = &im->plan->files[i];
        bytes += file->entity != NULL ? file->bytes : 0;
        live = live || (file->entity != NULL && file->place->live);
    }
    bool large = live || bytes > SMALL_IMPORT;
    record_gate gate = {.what = options->duplicates,
                        .threshold = options->duplicate_threshold,
                        .may_see = options->may_see,
                        .may = options->may,
                        .context = options->context,
                        .by = PB_STR("import")};
    bool off = gate.what == RECORD_DUPLICATES_IGNORE;
    bool likely = false; /* rows are matched by the gate, which must know the rows before */
    for (size_t i = 0; options->mode != RECORD_MODE_CREATE && i < options->match_count; i++)
        likely = likely || strcmp(options->match[i], "likely") == 0;
    large = large && !likely;
    gate.later = large && !off && !options->each_row && options->judge != NULL;
    gate.bulk = large && off;
    return gate;
}

/* How the rows were judged, or now are. */
static pb_status judge(importing *im, const record_gate *gate, pb_error *err)
{
    const model_schema *schema = db_workspace_schema(db_session_workspace(im->session));
    exchange_plan *plan = im->plan;
    record_judged *judged;
    plan->suspected = record_writer_suspected(im->writer);
    plan->judged_count = 0;
    if (gate->later) {
        PB_TRY(im->options->judge(im->options->context, gate, im->session, im->writer, im->arena,
                                  &judged, &plan->judged_count, err));
        for (size_t i = 0; i < plan->judged_count; i++)
            plan->suspected += judged[i].suspected;
        plan->judged = judged;
        return PB_OK;
    }
    judged = pb_arena_array(im->arena, schema->entity_count + 1, sizeof *judged);
    if (judged == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < schema->entity_count; i++) {
        record_judged *one = &judged[plan->judged_count];
        PB_TRY(record_writer_judged(im->writer, &schema->entities[i], one, err));
        plan->judged_count += one->records > 0;
    }
    plan->judged = judged;
    return PB_OK;
}

bool import_anything_new(const exchange_plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (plan->files[i].entity != NULL && !plan->files[i].passed_over)
            return true;
    return false;
}

/* The work of the transaction; may be run again, so it begins with clean counts. */
static pb_status work(db_session *session, void *context, pb_error *err)
{
    importing *im = context;
    im->session = session;
    const exchange_options *options = im->options;
    for (size_t i = 0; i < im->plan->file_count; i++)
        import_forget(&im->plan->files[i]);
    if (options->each != NULL)
        PB_TRY(options->each(options->each_context, NULL, err));
    if (options->begun != NULL)
        PB_TRY(options->begun(options->context, session, err));
    pb_status status = record_run_begin(session, options->actor, options->now_us, &im->run, err);
    if (status == PB_OK)
        status = record_writer_open(session, options->actor, options->now_us, options->policy,
                                    &im->writer, err);
    if (status == PB_OK && options->last)
        record_writer_last(im->writer);
    if (status == PB_OK) {
        const record_gate gate = import_gate(im);
        record_writer_gate(im->writer, &gate);
        status = import_all(im, err);
        if (status == PB_OK)
            status = judge(im, &gate, err);
        if (status == PB_OK && options->check != NULL)
            status = options->check(options->context, session, im->plan, err);
    }
    im->writer = record_writer_close(im->writer);
    im->run = record_run_close(im->run);
    if (options->ended != NULL)
        options->ended(options->context);
    if (status == PB_OK && !import_anything_new(im->plan)) {
        im->rehearsed = true;
        im->plan->run = 0;
        return pb_fail(err, PB_CANCELLED, PB_MSG("All of it was imported before"), NULL);
    }
    if (status == PB_OK && options->dry_run) {
        im->rehearsed = true;
        return pb_fail(err, PB_CANCELLED, PB_MSG("This was a rehearsal: nothing was kept"), NULL);
    }
    return status;
}

pb_status import_any(const exchange_plan *plan, pb_error *err)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (plan->files[i].entity != NULL)
            return PB_OK;
    if (plan->file_count == 1)
        pb_fail(err, PB_INVALID, PB_MSG("{path} holds no table that can be read"), "path",
                PB_ARG(plan->files[0].path), NULL);
    else
        pb_fail(err, PB_INVALID, PB_MSG("None of the files holds a table that can be read"), NULL);
    for (size_t i = 0; i < plan->file_count && err != NULL; i++) {
        const exchange_file *file = &plan->files[i];
        const pb_arg *args = file->why_args;
        pb_argbuf values[6] = {0};
        const char *names[6] = {NULL};
        for (size_t a = 0; a < file->why_arg_count && a < 6; a++) {
            names[a] = args[a].name;
            pb_arg_str(&values[a], args[a].value);
        }
        pb_error_detail(err, file->why_not.ptr, names[0], values[0].text, names[1], values[1].text,
                        names[2], values[2].text, names[3], values[3].text, names[4],
                        values[4].text, names[5], values[5].text, NULL);
        break;
    }
    /* Of a single file that is no table at all, its reason says what to do. */
    if (plan->file_count != 1 || plan->files[0].column_count > 0)
        pb_error_hint(
            err,
            PB_MSG("Give tables with a line of column names, or name their entities in a map file"),
            NULL);
    return PB_INVALID;
}

pb_status exchange_import(db_workspace *workspace, const exchange_options *options, pb_arena *arena,
                          exchange_plan *plan, pb_error *err)
{
    PB_TRY(import_any(plan, err));
    PB_TRY(bring_check(options, plan, err));
    importing im = {.options = options, .plan = plan, .arena = arena};
    pb_status status = options->dry_run  ? import_rehearse(&im, workspace, work, err)
                       : options->sliced ? import_in_slices(&im, workspace, err)
                                         : db_write(workspace, work, &im, err);
    for (size_t i = 0; i < plan->file_count; i++)
        live_end(plan->files[i].place->base);
    return status == PB_CANCELLED && im.rehearsed ? PB_OK : status;
}
