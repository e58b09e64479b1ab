/* fix: what controls propose, shown and put in. */
#include "command.h"

#include "base/csv.h"
#include "sys/clock.h"
#include "sys/file.h"

enum { SHOWN = 20 };

static void why_text(const cli_context *context, const service_fix *fix, pb_buf *out)
{
    const pb_arg args[] = {{"value", fix->why_value}, {"field", fix->field->label}};
    if (!pb_str_empty(fix->why_not))
        pb_format(out, pb_translate_str(context->catalog, fix->why_not), args, 2);
}

static void fix_text(const cli_context *context, const service_fix *fix, pb_buf *out)
{
    pb_buf_printf(out, "  %.*s, %s: %.*s → %.*s", PB_STR_FMT(fix->record),
                  cli_text(context, fix->field->label.ptr), PB_STR_FMT(fix->before),
                  PB_STR_FMT(fix->after));
    if (!pb_str_empty(fix->why_not)) {
        pb_buf_addc(out, " (");
        why_text(context, fix, out);
        pb_buf_byte(out, ')');
    }
    pb_buf_byte(out, '\n');
}

static void fixes_text(const cli_context *context, const service_fixes *fixes, pb_buf *out)
{
    const audit_control *last = NULL;
    size_t shown = 0, hidden = 0;
    for (size_t i = 0; i < fixes->count; i++) {
        const service_fix *fix = &fixes->items[i];
        if (fix->control != last) {
            pb_buf_printf(out, "%.*s\n", PB_STR_FMT(fix->control->id));
            last = fix->control;
            shown = 0;
        }
        if (shown++ < SHOWN)
            fix_text(context, fix, out);
        else
            hidden++;
    }
    if (hidden > 0) {
        cli_say(context, out, PB_MSG("… and {count} more; --diff FILE lists all of them"), "count",
                cli_count(context, hidden), NULL);
        pb_buf_byte(out, '\n');
    }
}

static void summary(const cli_context *context, const service_fixes *fixes, bool dry_run,
                    pb_buf *out)
{
    if (fixes->count == 0) {
        cli_say_n(
            context, out,
            PB_MSG_N("No rule knows a clean value here: {count} finding is left to people.",
                     "No rule knows a clean value here: {count} findings are left to people."),
            fixes->failing, "count", cli_count(context, fixes->failing), NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    fixes_text(context, fixes, out);
    if (dry_run)
        cli_say(context, out, PB_MSG("Values that would be changed: {count}. Nothing was changed."),
                "count", cli_count(context, fixes->files ? fixes->count : fixes->applied), NULL);
    else
        cli_say(context, out, PB_MSG("Values changed: {count} of {all} proposed."), "count",
                cli_count(context, fixes->applied), "all", cli_count(context, fixes->count), NULL);
    pb_buf_byte(out, '\n');
    if (fixes->more) {
        cli_say(context, out,
                PB_MSG("There are more than one run takes: run it again for the rest."), NULL);
        pb_buf_byte(out, '\n');
    }
    cli_say_undo(context, fixes->run, fixes->applied, out);
}

static void fixes_json(const cli_context *context, const service_fixes *fixes, bool dry_run,
                       pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_key(&json, "dry_run");
    pb_json_bool(&json, dry_run);
    pb_json_member_i64(&json, "run", fixes->run);
    pb_json_member_i64(&json, "failing", (int64_t)fixes->failing);
    pb_json_member_i64(&json, "applied", (int64_t)fixes->applied);
    pb_json_key(&json, "changes");
    pb_json_array(&json);
    for (size_t i = 0; i < fixes->count; i++) {
        const service_fix *fix = &fixes->items[i];
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        why_text(context, fix, &why);
        pb_json_object(&json);
        pb_json_member(&json, "control", fix->control->id);
        pb_json_member(&json, "entity", fix->entity->name);
        pb_json_member(&json, "record", fix->record);
        pb_json_member(&json, "source", fix->source);
        pb_json_member(&json, "field", fix->field->name);
        pb_json_member(&json, "before", fix->before);
        pb_json_member(&json, "after", fix->after);
        if (why.len > 0)
            pb_json_member(&json, "why_not", pb_buf_str(&why));
        pb_json_object_end(&json);
    }
    pb_json_array_end(&json);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static pb_status write_diff(const cli_context *context, const service_fixes *fixes,
                            const char *path, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 30);
    pb_buf_addc(&out, "control,entity,record,source,field,before,after,why_not\r\n");
    for (size_t i = 0; i < fixes->count; i++) {
        const service_fix *fix = &fixes->items[i];
        PB_AUTO_BUF why = PB_BUF_INIT(65536);
        why_text(context, fix, &why);
        pb_csv_put(&out, fix->control->id, true, true);
        pb_csv_put(&out, fix->entity->name, false, true);
        pb_csv_put(&out, fix->record, false, true);
        pb_csv_put(&out, fix->source, false, true);
        pb_csv_put(&out, fix->field->name, false, true);
        pb_csv_put(&out, fix->before, false, true);
        pb_csv_put(&out, fix->after, false, true);
        pb_csv_put(&out, pb_buf_str(&why), false, true);
        pb_buf_addc(&out, "\r\n");
    }
    if (out.failed)
        return pb_fail_memory(err);
    return sys_file_write_atomic(path, pb_buf_str(&out), 0600, err);
}

/* Which copies were written is said below the rest. */
typedef struct written_list {
    const cli_context *context;
    pb_buf *out;
} written_list;

static void written(void *opaque, const char *path, uint64_t rows)
{
    written_list *list = opaque;
    (void)rows;
    if (list->context->json || list->context->quiet)
        return;
    cli_say(list->context, list->out, PB_MSG("Written: {path}"), "path", path, NULL);
    pb_buf_byte(list->out, '\n');
}

pb_status cli_run_fix(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT((size_t)1 << 30);
    PB_AUTO_BUF files = PB_BUF_INIT(1 << 20);
    written_list list = {context, &files};
    service_fix_options options = {.as_of_days = sys_today(),
                                   .dry_run = cli_flag(context, "dry-run"),
                                   .dir = cli_value(context, "out"),
                                   .written = written,
                                   .context = &list};
    service_call call = cli_service_call(context, "fix");
    service_source source;
    service_fixes fixes;
    const char *diff = cli_value(context, "diff");
    PB_TRY(cli_values(context, "control", &options.controls, &options.control_count, err));
    PB_TRY(cli_source(context, &source, err));
    PB_TRY(
        service_correct(context->service, &call, &source, &options, context->arena, &fixes, err));
    cli_progress_end(context);
    if (diff != NULL)
        PB_TRY(write_diff(context, &fixes, diff, err));
    if (context->json)
        fixes_json(context, &fixes, options.dry_run, &out);
    else if (!context->quiet)
        summary(context, &fixes, options.dry_run, &out);
    pb_buf_add(&out, pb_buf_str(&files));
    *ret_exit = 0;
    return cli_finish(&out, err);
}
