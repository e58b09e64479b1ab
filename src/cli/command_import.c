/* import. */
#include "import_diff.h"

#include "base/csv.h"

static pb_status write_rejects(const cli_context *context, const exchange_plan *plan,
                               const char *path, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 30);
    pb_buf_addc(&out, "file,line,row,column,value,problem\r\n");
    for (size_t f = 0; f < plan->file_count; f++) {
        const exchange_file *file = &plan->files[f];
        for (size_t i = 0; i < file->reject_count; i++) {
            const exchange_reject *reject = &file->rejects[i];
            PB_AUTO_BUF says = PB_BUF_INIT(65536);
            cli_reject_text(context, reject, &says);
            pb_csv_put(&out, file->name, true, true);
            pb_buf_printf(&out, ",%lld,%lld", (long long)reject->line, (long long)reject->row);
            pb_csv_put(&out, reject->column, false, true);
            pb_csv_put(&out, reject->value, false, true);
            pb_csv_put(&out, pb_buf_str(&says), false, true);
            pb_buf_addc(&out, "\r\n");
        }
    }
    if (out.failed)
        return pb_fail_memory(err);
    return sys_file_write_atomic(path, pb_buf_str(&out), 0600, err);
}

/* Of columns only those a person should look at: left out, or read under an assumption. */
static void column_line(const cli_context *context, const exchange_column *column, pb_buf *out)
{
    PB_AUTO_BUF note = PB_BUF_INIT(65536);
    exchange_note(column, context->catalog, &note);
    if (column->how == EXCHANGE_LEFT || (column->how != EXCHANGE_UNMAPPED && note.len == 0))
        return;
    pb_buf_addc(out, "  ");
    if (column->how == EXCHANGE_UNMAPPED)
        cli_say(context, out, PB_MSG("column “{column}” fits no field and was left out. {note}"),
                "column", PB_ARG(column->header), "note", pb_buf_cstr(&note), NULL);
    else
        cli_say(context, out, PB_MSG("column “{column}”: {note}"), "column", PB_ARG(column->header),
                "note", pb_buf_cstr(&note), NULL);
    pb_buf_byte(out, '\n');
}

/* The proof that nothing was lost on the way. */
static void proof_lines(const cli_context *context, const exchange_file *file, pb_buf *out)
{
    if (!file->proved)
        return;
    pb_buf_addc(out, "  ");
    cli_say_n(context, out,
              PB_MSG_N("counted again in the workspace: {count} record",
                       "counted again in the workspace: {count} records"),
              file->imported, "count", cli_count(context, file->imported), NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < file->sum_count; i++) {
        const exchange_sum *sum = &file->sums[i];
        pb_buf_addc(out, "  ");
        cli_say_n(
            context, out,
            PB_MSG_N("sum of “{column}”: {sum} in the file and in the workspace ({count} value); "
                     "in rejected rows {rejected}",
                     "sum of “{column}”: {sum} in the file and in the workspace ({count} values); "
                     "in rejected rows {rejected}"),
            sum->values, "column", PB_ARG(sum->header), "sum", PB_ARG(sum->sum), "count",
            cli_count(context, sum->values), "rejected", PB_ARG(sum->rejected_sum), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void sums_json(const exchange_file *file, pb_json *json)
{
    pb_json_key(json, "proved");
    pb_json_bool(json, file->proved);
    pb_json_key(json, "sums");
    pb_json_array(json);
    for (size_t i = 0; i < file->sum_count; i++) {
        const exchange_sum *sum = &file->sums[i];
        pb_json_object(json);
        pb_json_member(json, "header", sum->header);
        pb_json_member_i64(json, "values", (int64_t)sum->values);
        pb_json_member(json, "sum", sum->sum);
        pb_json_member_i64(json, "rejected_values", (int64_t)sum->rejected_values);
        pb_json_member(json, "rejected_sum", sum->rejected_sum);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

/* What is left out because the product is known: rows it deleted, columns of its own. */
static void left_lines(const cli_context *context, const exchange_file *file, pb_buf *out)
{
    uint64_t left = 0;
    for (size_t c = 0; c < file->column_count; c++)
        left += file->columns[c].how == EXCHANGE_LEFT;
    if (file->deleted > 0) {
        pb_buf_addc(out, "  ");
        cli_say_n(context, out,
                  PB_MSG_N("{count} row is marked as deleted and was left out",
                           "{count} rows are marked as deleted and were left out"),
                  file->deleted, "count", cli_count(context, file->deleted), NULL);
        pb_buf_byte(out, '\n');
    }
    if (file->aside > 0) {
        pb_buf_addc(out, "  ");
        cli_say_n(
            context, out,
            PB_MSG_N("{count} row that is no record (the product's own users, notifications, "
                     "headings, unnamed addresses) was left out",
                     "{count} rows that are no records (the product's own users, notifications, "
                     "headings, unnamed addresses) were left out"),
            file->aside, "count", cli_count(context, file->aside), NULL);
        pb_buf_byte(out, '\n');
    }
    if (left > 0) {
        pb_buf_addc(out, "  ");
        cli_say_n(context, out,
                  PB_MSG_N("{count} column was left out, as is usual for the product",
                           "{count} columns were left out, as is usual for the product"),
                  left, "count", cli_count(context, left), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void product_line(const cli_context *context, const exchange_plan *plan, pb_buf *out)
{
    if (plan->preset == NULL)
        return;
    if (plan->preset_asked)
        cli_say(context, out, PB_MSG("Read as an export of {product}, as you said"), "product",
                PB_ARG(plan->preset->title), NULL);
    else if (plan->runner_up != NULL)
        cli_say(context, out, PB_MSG("Recognised as an export of {product}; {other} would be next"),
                "product", PB_ARG(plan->preset->title), "other", PB_ARG(plan->runner_up->title),
                NULL);
    else
        cli_say(context, out, PB_MSG("Recognised as an export of {product}"), "product",
                PB_ARG(plan->preset->title), NULL);
    pb_buf_byte(out, '\n');
}

static void file_line(const cli_context *context, const exchange_file *file, pb_buf *out)
{
    const char *name = PB_ARG(file->name);
    if (file->entity == NULL) {
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        exchange_why_not(file, context->catalog, &why);
        cli_say(context, out, PB_MSG("{file}: not read. {why}"), "file", name, "why",
                pb_buf_cstr(&why), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    if (file->passed_over) {
        cli_say(context, out,
                PB_MSG("{file}: passed over, the very same file was imported before, in run {run}; "
                       "--again imports it once more"),
                "file", name, "run", PB_ARG_INT(file->imported_before), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    cli_say_file(context, out, file->name, file->entity->label.ptr, file->imported, file->rows,
                 file->rejected);
    pb_buf_byte(out, '\n');
    if (file->imported_before > 0) {
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("the very same file was imported before, in run {run}"), "run",
                PB_ARG_INT(file->imported_before), NULL);
        pb_buf_byte(out, '\n');
    }
    proof_lines(context, file, out);
    left_lines(context, file, out);
    for (size_t i = 0; i < file->note_count; i++) {
        pb_buf_addc(out, "  ");
        pb_note_put(&file->notes[i], context->catalog, out);
        pb_buf_byte(out, '\n');
    }
    for (size_t c = 0; c < file->column_count; c++)
        column_line(context, &file->columns[c], out);
    for (size_t i = 0; i < file->reject_count && i < 5; i++) {
        PB_AUTO_BUF says = PB_BUF_INIT(65536);
        cli_reject_text(context, &file->rejects[i], &says);
        pb_buf_addc(out, "  ");
        cli_say(context, out, PB_MSG("line {line}: {problem}"), "line",
                PB_ARG_INT(file->rejects[i].line), "problem", pb_buf_cstr(&says), NULL);
        pb_buf_byte(out, '\n');
    }
}

/* The form for one row and for several. */
typedef struct judged_says {
    const char *one, *several;
} judged_says;

/* What rows were compared with, how, and from how sure on it is told. */
static void judged_line(const cli_context *context, const record_judged *judged, pb_buf *out)
{
    static const judged_says together = {
        PB_MSG_N("{entities}: {count} row compared with all {among} at once, by weights learned "
                 "from these; likely from {threshold} on",
                 "{entities}: {count} rows compared with all {among} at once, by weights learned "
                 "from these; likely from {threshold} on")};
    static const judged_says learned = {
        PB_MSG_N("{entities}: {count} row compared with {among}, by weights learned from {learned} "
                 "of them; likely from {threshold} on",
                 "{entities}: each of {count} rows compared with {among}, by weights learned from "
                 "{learned} of them; likely from {threshold} on")};
    static const judged_says supposed = {
        PB_MSG_N("{entities}: {count} row compared with {among}, by supposed weights; likely from "
                 "{threshold} on",
                 "{entities}: each of {count} rows compared with {among}, by supposed weights; "
                 "likely from {threshold} on")};
    char threshold[16];
    const judged_says *says = judged->together      ? &together
                              : judged->learned > 0 ? &learned
                                                    : &supposed;
    (void)snprintf(threshold, sizeof threshold, "%.2f", judged->threshold);
    cli_say_n(context, out, says->one, says->several, judged->records, "entities",
              cli_text(context, judged->entity->plural.ptr), "count",
              cli_count(context, judged->records), "among", cli_count(context, judged->among),
              "learned", cli_count(context, judged->learned), "threshold", threshold, NULL);
    pb_buf_byte(out, '\n');
}

/* Rows of records that were merged away. */
static void led_line(const cli_context *context, const exchange_plan *plan, pb_buf *out)
{
    uint64_t led = 0;
    for (size_t i = 0; i < plan->file_count; i++)
        led += plan->files[i].led;
    if (led == 0)
        return;
    cli_say_n(
        context, out,
        PB_MSG_N("{count} row is that of a record that was merged away: what is new in it went "
                 "to the record that survives.",
                 "{count} rows are those of records that were merged away: what is new in "
                 "them went to the records that survive."),
        led, "count", cli_count(context, led), NULL);
    pb_buf_byte(out, '\n');
}

/* Likely duplicates found on the way in. */
static void duplicates_lines(const cli_context *context, const exchange_plan *plan, bool dry_run,
                             pb_buf *out)
{
    const char *path = cli_value(context, "workspace");
    for (size_t i = 0; i < plan->judged_count; i++)
        judged_line(context, &plan->judged[i], out);
    if (plan->suspected == 0)
        return;
    cli_say_n(
        context, out,
        PB_MSG_N("{count} row is likely the same as a record that is there or an earlier row.",
                 "{count} rows are likely the same as a record that is there or an earlier "
                 "row."),
        plan->suspected, "count", cli_count(context, plan->suspected), NULL);
    if (!dry_run) {
        pb_buf_byte(out, ' ');
        cli_say(context, out, PB_MSG("To decide: probity review {path}"), "path", path, NULL);
    }
    pb_buf_byte(out, '\n');
}

static void plan_text(const cli_context *context, const exchange_plan *plan, bool dry_run,
                      pb_buf *out)
{
    product_line(context, plan, out);
    for (size_t i = 0; i < plan->file_count; i++)
        file_line(context, &plan->files[i], out);
    if (plan->unresolved > 0) {
        cli_say_n(
            context, out,
            PB_MSG_N(
                "{count} reference found no record; it is kept as text until the record comes.",
                "{count} references found no record; they are kept as text until it comes."),
            plan->unresolved, "count", cli_count(context, plan->unresolved), NULL);
        pb_buf_byte(out, '\n');
    }
    led_line(context, plan, out);
    duplicates_lines(context, plan, dry_run, out);
    if (dry_run) {
        cli_say(context, out, PB_MSG("This was a rehearsal: nothing was kept."), NULL);
        pb_buf_byte(out, '\n');
    } else {
        uint64_t written = 0;
        for (size_t i = 0; i < plan->file_count; i++)
            written += plan->files[i].imported + plan->files[i].led + plan->files[i].changed;
        if (plan->run > 0)
            cli_say_undo(context, plan->run, written, out);
    }
}

static void notes_json(const cli_context *context, const exchange_file *file, pb_json *json)
{
    pb_json_key(json, "notes");
    pb_json_array(json);
    for (size_t i = 0; i < file->note_count; i++) {
        PB_AUTO_BUF text = PB_BUF_INIT(65536);
        pb_note_put(&file->notes[i], context->catalog, &text);
        pb_json_str(json, pb_buf_str(&text));
    }
    pb_json_array_end(json);
}

static void judged_json(const exchange_plan *plan, pb_json *json)
{
    pb_json_key(json, "compared");
    pb_json_array(json);
    for (size_t i = 0; i < plan->judged_count; i++) {
        const record_judged *judged = &plan->judged[i];
        pb_json_object(json);
        pb_json_member(json, "entity", judged->entity->name);
        pb_json_member_i64(json, "rows", (int64_t)judged->records);
        pb_json_member_i64(json, "among", (int64_t)judged->among);
        pb_json_member(json, "how", judged->together ? PB_STR("together") : PB_STR("each"));
        pb_json_member_i64(json, "weights_learned_from", (int64_t)judged->learned);
        pb_json_key(json, "threshold");
        pb_json_double(json, judged->threshold);
        pb_json_member_i64(json, "likely_duplicates", (int64_t)judged->suspected);
        pb_json_member_i64(json, "pairs_queued", (int64_t)judged->pairs);
        pb_json_object_end(json);
    }
    pb_json_array_end(json);
}

static void plan_json(const cli_context *context, const exchange_plan *plan, bool dry_run,
                      pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", plan->run);
    pb_json_member_i64(&json, "unresolved", (int64_t)plan->unresolved);
    pb_json_member_i64(&json, "likely_duplicates", (int64_t)plan->suspected);
    pb_json_key(&json, "duplicates_looked_for");
    pb_json_bool(&json, plan->judged_count > 0);
    judged_json(plan, &json);
    pb_json_member(&json, "product", plan->preset != NULL ? plan->preset->product : PB_STR_NONE);
    pb_json_key(&json, "files");
    pb_json_array(&json);
    for (size_t i = 0; i < plan->file_count; i++) {
        const exchange_file *file = &plan->files[i];
        pb_json_object(&json);
        pb_json_member(&json, "name", file->name);
        pb_json_member(&json, "entity", file->entity != NULL ? file->entity->name : PB_STR_NONE);
        if (file->entity == NULL) {
            PB_AUTO_BUF why = PB_BUF_INIT(65536);
            exchange_why_not(file, context->catalog, &why);
            pb_json_member(&json, "why_not", pb_buf_str(&why));
        }
        pb_json_member_i64(&json, "imported_before", file->imported_before);
        pb_json_key(&json, "passed_over");
        pb_json_bool(&json, file->passed_over);
        pb_json_member_i64(&json, "rows", (int64_t)file->rows);
        pb_json_member_i64(&json, "imported", (int64_t)file->imported);
        pb_json_member_i64(&json, "changed", (int64_t)file->changed);
        pb_json_member_i64(&json, "same", (int64_t)file->same);
        pb_json_member_i64(&json, "rejected", (int64_t)file->rejected);
        pb_json_member_i64(&json, "merged_away", (int64_t)file->led);
        pb_json_member_i64(&json, "deleted", (int64_t)file->deleted);
        pb_json_member_i64(&json, "aside", (int64_t)file->aside);
        notes_json(context, file, &json);
        sums_json(file, &json);
        pb_json_key(&json, "columns");
        pb_json_array(&json);
        for (size_t c = 0; c < file->column_count; c++) {
            const exchange_column *column = &file->columns[c];
            pb_json_object(&json);
            pb_json_member(&json, "header", column->header);
            pb_json_member(&json, "field",
                           column->is_source_id    ? PB_STR("id")
                           : column->field != NULL ? column->field->name
                                                   : PB_STR_NONE);
            pb_json_member_i64(&json, "filled", (int64_t)column->filled);
            pb_json_object_end(&json);
        }
        pb_json_array_end(&json);
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

/* Where the rejected rows went is said below the rest. */
typedef struct rows_list {
    const cli_context *context;
    pb_buf *out;
} rows_list;

static void rows_written(void *opaque, const char *path, uint64_t rows)
{
    rows_list *list = opaque;
    if (list->context->json || list->context->quiet)
        return;
    cli_say_n(list->context, list->out,
              PB_MSG_N("Written: {path} ({count} record)", "Written: {path} ({count} records)"),
              rows, "path", path, "count", cli_count(list->context, rows), NULL);
    pb_buf_byte(list->out, '\n');
}

/* What is done with rows that are likely there already; nothing given: as the entities declare. */
static pb_status read_gate(const cli_context *context, service_gate *gate, bool *ret_given,
                           pb_error *err)
{
    const char *what = cli_value(context, "duplicates");
    const char *threshold = cli_value(context, "duplicate-threshold");
    *ret_given = what != NULL || threshold != NULL;
    gate->duplicates = what == NULL                  ? RECORD_DUPLICATES_WARN
                       : strcmp(what, "refuse") == 0 ? RECORD_DUPLICATES_REFUSE
                       : strcmp(what, "ignore") == 0 ? RECORD_DUPLICATES_IGNORE
                                                     : RECORD_DUPLICATES_WARN;
    if (threshold == NULL)
        return PB_OK;
    if (pb_str_to_double(pb_str_c(threshold), &gate->threshold) && gate->threshold >= 0.5 &&
        gate->threshold <= 1)
        return PB_OK;
    return pb_fail(err, PB_USAGE,
                   PB_MSG("--duplicate-threshold must be a number from 0.5 to 1, not “{value}”"),
                   "value", threshold, NULL);
}

/* An import with all that was said of it; what comes of it goes to `out`. */
static pb_status import_into(cli_context *context, service_source *source, cli_diff *diff,
                             pb_buf *out, pb_error *err)
{
    bool dry_run = cli_flag(context, "dry-run");
    const char *rejects = cli_value(context, "rejects");
    const char *rows = cli_value(context, "rejected-rows");
    service_call call = cli_service_call(context, "import");
    exchange_plan plan;
    db_workspace *workspace = NULL;
    db_options options = {.key = source->key};
    PB_TRY(cli_open_to_write(context, cli_value(context, "workspace"), &options, &workspace, err));
    pb_status status = service_import(context->service, &call, workspace, source, dry_run,
                                      rejects != NULL || rows != NULL, context->arena, &plan, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    cli_progress_end(context);
    if (rejects != NULL)
        PB_TRY(write_rejects(context, &plan, rejects, err));
    PB_TRY(cli_diff_keep(diff, err));
    if (context->json)
        plan_json(context, &plan, dry_run, out);
    else if (!context->quiet) {
        if (source->bring->each != NULL)
            cli_diff_text(diff, &plan, out);
        plan_text(context, &plan, dry_run, out);
    }
    rows_list list = {context, out};
    if (rows != NULL)
        PB_TRY(service_write_rejected(&plan, rows, context->arena, rows_written, &list, err));
    return PB_OK;
}

pb_status cli_run_import(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(64 << 20);
    service_source source;
    service_gate gate = {.threshold = 0};
    service_bringing bring;
    cli_diff diff;
    bool gated;
    PB_TRY(read_gate(context, &gate, &gated, err));
    PB_TRY(cli_read_bringing(context, &bring, err));
    PB_TRY(cli_source(context, &source, err));
    source.gate = gated ? &gate : NULL;
    source.again = cli_flag(context, "again");
    source.bring = &bring;
    cli_diff_begin(&diff, context, cli_value(context, "diff"));
    if (bring.mode != RECORD_MODE_CREATE || diff.path != NULL) {
        bring.each = cli_diff_each;
        bring.context = &diff;
    }
    pb_status status = import_into(context, &source, &diff, &out, err);
    cli_diff_end(&diff);
    PB_TRY(status);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
