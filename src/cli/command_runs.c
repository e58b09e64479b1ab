/* runs, undo, keep. */
#include "command.h"

#include "base/bytes.h"
#include "base/time.h"

typedef struct run_list {
    cli_context *context;
    pb_buf *out;
    pb_json json;
    uint64_t count;
} run_list;

static const char *kind_text(const record_run_info *run)
{
    if (pb_str_is(run->kind, "import"))
        return PB_MSG("import of {about}");
    if (pb_str_is(run->kind, "unfinished"))
        return PB_MSG("import of {about}, which has not come to its end");
    if (pb_str_is(run->kind, "partial"))
        return PB_MSG("import of {about}, cut off, of which a part was kept");
    if (pb_str_is(run->kind, "fix"))
        return PB_MSG("correction by {about}");
    if (pb_str_is(run->kind, "merge"))
        return PB_MSG("merge, {about}");
    if (pb_str_is(run->kind, "undoing"))
        return PB_MSG("run {about} taken back in part");
    if (pb_str_is(run->kind, "convert"))
        return PB_MSG("conversion of {about}");
    if (pb_str_is(run->kind, "unmerge"))
        return PB_MSG("a merge of run {about} taken apart");
    return PB_MSG("run {about} taken back");
}

static void run_text(const cli_context *context, const record_run_info *run, pb_buf *out)
{
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    pb_instant_format(&at, run->at_us);
    pb_buf_printf(out, "%6s  %s  %.*s  ", PB_ARG_INT(run->number), pb_buf_cstr(&at),
                  PB_STR_FMT(run->actor));
    cli_say(context, out, kind_text(run), "about", PB_ARG(run->about), NULL);
    pb_buf_addc(out, ": ");
    cli_say(context, out, PB_MSG("records: {count}"), "count", cli_count(context, run->records),
            NULL);
    if (run->undone)
        pb_buf_printf(out, " (%s)", cli_text(context, PB_MSG("taken back")));
    pb_buf_byte(out, '\n');
}

static void run_json(const record_run_info *run, pb_json *json)
{
    PB_AUTO_BUF at = PB_BUF_INIT(64);
    pb_instant_format(&at, run->at_us);
    pb_json_member_i64(json, "run", run->number);
    pb_json_member(json, "at", pb_buf_str(&at));
    pb_json_member(json, "actor", run->actor);
    pb_json_member(json, "kind", run->kind);
    pb_json_member(json, "about", run->about);
    pb_json_member_i64(json, "records", (int64_t)run->records);
    pb_json_key(json, "undone");
    pb_json_bool(json, run->undone);
}

static pb_status put_run(void *opaque, const record_run_info *run, pb_error *err)
{
    run_list *list = opaque;
    (void)err;
    list->count++;
    if (list->context->json) {
        pb_json_object(&list->json);
        run_json(run, &list->json);
        pb_json_object_end(&list->json);
    } else {
        run_text(list->context, run, list->out);
    }
    return PB_OK;
}

pb_status cli_run_runs(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(256 << 20);
    run_list list = {.context = context, .out = &out};
    db_workspace *workspace = NULL;
    PB_TRY(cli_open_workspace(context, &workspace, err));
    pb_json_init(&list.json, &out, 2);
    if (context->json)
        pb_json_array(&list.json);
    pb_status status = service_runs(workspace, put_run, &list, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->json) {
        pb_json_array_end(&list.json);
        pb_buf_byte(&out, '\n');
    } else if (list.count == 0) {
        cli_say(context, &out,
                PB_MSG("Nothing was imported yet: probity import EXPORT --workspace DIR"), NULL);
        pb_buf_byte(&out, '\n');
    }
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void kept_text(const cli_context *context, const service_undone *undone, pb_buf *out)
{
    for (size_t i = 0; i < undone->kept_count; i++) {
        const record_undo_kept *kept = &undone->kept[i];
        char id[37];
        pb_uuid_text(kept->id, id);
        pb_buf_printf(out, "  %s %s%s%s: %s\n", cli_text(context, kept->entity->label.ptr), id,
                      kept->field ? ", " : "",
                      kept->field ? cli_text(context, kept->field->label.ptr) : "",
                      cli_text(context, kept->says.ptr));
    }
    if (undone->counts.kept > undone->kept_count) {
        cli_say(context, out, PB_MSG("  … and {count} more"), "count",
                cli_count(context, undone->counts.kept - undone->kept_count), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void undone_text(const cli_context *context, const service_undone *undone, bool dry_run,
                        pb_buf *out)
{
    const record_undo_counts *counts = &undone->counts;
    if (counts->unmerged + counts->merged > 0)
        cli_say(context, out,
                PB_MSG("Run {run}: merges taken apart {unmerged}, merged again {merged}; links "
                       "moved {links}; records brought back {restored}; left as they are {kept}"),
                "run", PB_ARG_INT(undone->run.number), "unmerged",
                cli_count(context, counts->unmerged), "merged", cli_count(context, counts->merged),
                "links", cli_count(context, counts->links), "restored",
                cli_count(context, counts->restored), "kept", cli_count(context, counts->kept),
                NULL);
    else
        cli_say(
            context, out,
            PB_MSG("Run {run}: records deleted {deleted}, brought back {restored}, with values put "
                   "back {changed}; left as they are {kept}"),
            "run", PB_ARG_INT(undone->run.number), "deleted", cli_count(context, counts->deleted),
            "restored", cli_count(context, counts->restored), "changed",
            cli_count(context, counts->changed), "kept", cli_count(context, counts->kept), NULL);
    pb_buf_byte(out, '\n');
    kept_text(context, undone, out);
    if (undone->suspected > 0) {
        cli_say_n(context, out,
                  PB_MSG_N("{count} record that came back is likely the same as another one: it "
                           "waits for review",
                           "{count} records that came back are likely the same as others: they "
                           "wait for review"),
                  undone->suspected, "count", cli_count(context, undone->suspected), NULL);
        pb_buf_byte(out, '\n');
    }
    if (dry_run)
        cli_say(context, out, PB_MSG("This was a rehearsal: nothing was changed."), NULL);
    else
        cli_say(context, out, PB_MSG("To bring it all again: probity undo {run}"), "run",
                PB_ARG_INT(undone->number), NULL);
    pb_buf_byte(out, '\n');
}

static void undone_json(const service_undone *undone, bool dry_run, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member_i64(&json, "run", undone->run.number);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "undone_by", dry_run ? 0 : undone->number);
    pb_json_member_i64(&json, "deleted", (int64_t)undone->counts.deleted);
    pb_json_member_i64(&json, "restored", (int64_t)undone->counts.restored);
    pb_json_member_i64(&json, "changed", (int64_t)undone->counts.changed);
    pb_json_member_i64(&json, "unmerged", (int64_t)undone->counts.unmerged);
    pb_json_member_i64(&json, "merged", (int64_t)undone->counts.merged);
    pb_json_member_i64(&json, "links", (int64_t)undone->counts.links);
    pb_json_member_i64(&json, "kept", (int64_t)undone->counts.kept);
    pb_json_member_i64(&json, "likely_duplicates", (int64_t)undone->suspected);
    pb_json_member_i64(&json, "compared", (int64_t)undone->judged);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static pb_status run_number(const cli_context *context, int64_t *ret_number, pb_error *err)
{
    const char *text = context->call.arguments[0];
    if (pb_str_to_i64(pb_str_c(text), ret_number) && *ret_number > 0)
        return PB_OK;
    pb_fail(err, PB_USAGE, PB_MSG("“{value}” is no number of a run"), "value", text, NULL);
    pb_error_hint(err, PB_MSG("`probity runs` lists all of them"), NULL);
    return PB_USAGE;
}

pb_status cli_run_undo(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16 << 20);
    db_workspace *workspace = NULL;
    service_undone undone;
    int64_t number;
    bool dry_run = cli_flag(context, "dry-run");
    service_call call = cli_service_call(context, "undo");
    PB_TRY(run_number(context, &number, err));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status =
        service_undo(&call, workspace, number, dry_run, context->arena, &undone, err);
    db_workspace_close(workspace);
    cli_progress_end(context);
    PB_TRY(status);
    if (context->json)
        undone_json(&undone, dry_run, &out);
    else if (!context->quiet)
        undone_text(context, &undone, dry_run, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

static void put_part(const cli_context *context, const record_run_info *run, pb_buf *out)
{
    if (context->json) {
        pb_json json;
        pb_json_init(&json, out, 2);
        pb_json_object(&json);
        run_json(run, &json);
        pb_json_object_end(&json);
        pb_buf_byte(out, '\n');
    } else if (!context->quiet) {
        run_text(context, run, out);
        cli_say(context, out,
                PB_MSG("To bring in the rest, import the same file with --mode upsert."), NULL);
        pb_buf_byte(out, '\n');
    }
}

pb_status cli_run_keep(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    db_workspace *workspace = NULL;
    record_run_info run;
    int64_t number;
    service_call call = cli_service_call(context, "keep");
    PB_TRY(run_number(context, &number, err));
    PB_TRY(cli_open_named_to_write(context, &workspace, err));
    pb_status status = service_keep_run(&call, workspace, number, context->arena, &run, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    put_part(context, &run, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}
