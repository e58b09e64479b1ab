/* upgrade, and the upgrades that writing commands make by themselves. */
#include "command.h"

#include "db/rows.h"
#include "service/upgrade.h"

/* After a rehearsal all that is known of a place is that it can be asked. */
static void place_json(const cli_context *context, const service_upgraded *done,
                       const service_backup *backup, pb_json *json)
{
    if (done->done) {
        cli_put_backup_json(context, backup, json);
        return;
    }
    pb_json_object(json);
    pb_json_member(json, "place", pb_str_c(backup->sent.place));
    pb_json_member(json, "status", pb_str_c(pb_status_name(backup->sent.status)));
    pb_json_object_end(json);
}

static void upgraded_json(const cli_context *context, const service_upgraded *done, const char *url,
                          pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(url));
    pb_json_key(&json, "needed");
    pb_json_bool(&json, done->needed);
    pb_json_key(&json, "done");
    pb_json_bool(&json, done->done);
    pb_json_member_i64(&json, "format_before", done->gap.have);
    pb_json_member_i64(&json, "format", done->gap.want);
    pb_json_key(&json, "added");
    pb_json_array(&json);
    for (size_t i = 0; i < done->gap.count; i++)
        pb_json_str(&json, done->gap.missing[i]);
    pb_json_array_end(&json);
    pb_json_member(&json, "kept", done->kept != NULL ? pb_str_c(done->kept) : PB_STR_NONE);
    pb_json_key(&json, "places");
    pb_json_array(&json);
    for (size_t i = 0; i < done->backup_count; i++)
        place_json(context, done, &done->backups[i], &json);
    pb_json_array_end(&json);
    pb_json_member_i64(&json, "places_left_out", (int64_t)done->left_out);
    pb_json_member_i64(&json, "rows", (int64_t)done->rows);
    pb_json_member_i64(&json, "events", (int64_t)done->report.events);
    pb_json_member_i64(&json, "records", (int64_t)done->report.records);
    pb_json_member_i64(&json, "microseconds", done->us);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static void missing_text(const cli_context *context, const service_upgraded *done, pb_buf *out)
{
    PB_AUTO_BUF list = PB_BUF_INIT(PB_MSG_ARG_MAX);
    if (done->gap.have != done->gap.want) {
        cli_say(context, out, PB_MSG("Format: {have} → {want}"), "have", PB_ARG_INT(done->gap.have),
                "want", PB_ARG_INT(done->gap.want), NULL);
        pb_buf_byte(out, '\n');
    }
    if (done->gap.count == 0)
        return;
    for (size_t i = 0; i < done->gap.count && list.len < PB_MSG_ARG_MAX / 2; i++)
        pb_buf_printf(&list, "%s%.*s", i > 0 ? ", " : "", PB_STR_FMT(done->gap.missing[i]));
    cli_say_n(context, out, PB_MSG_N("Added: {list}", "Added ({count}): {list}"), done->gap.count,
              "count", cli_count(context, done->gap.count), "list", pb_buf_cstr(&list), NULL);
    pb_buf_byte(out, '\n');
}

static void kept_text(const cli_context *context, const service_upgraded *done, const char *url,
                      pb_buf *out)
{
    cli_say(context, out,
            PB_MSG("The former state is kept in {kept}. Delete it when you no longer want it."),
            "kept", done->kept, NULL);
    pb_buf_byte(out, '\n');
    for (size_t i = 0; i < done->backup_count; i++)
        cli_put_backup(context, &done->backups[i], out);
    if (done->backup_count > 0) {
        cli_say(context, out,
                PB_MSG("It stays there until the next upgrade. The new state goes there with the "
                       "next backup: probity backup {workspace}"),
                "workspace", url, NULL);
        pb_buf_byte(out, '\n');
    }
    if (done->left_out == 0)
        return;
    cli_say(context, out,
            db_place_is_server(url)
                ? PB_MSG("The places of backups do not have it: pg_dump --schema={kept} writes it "
                         "into a file that can be put there.")
                : PB_MSG("The places of backups do not have it: cp -a {kept} takes it to another "
                         "disk."),
            "kept", done->kept, NULL);
    pb_buf_byte(out, '\n');
}

static void upgraded_text(const cli_context *context, const service_upgraded *done, const char *url,
                          pb_buf *out)
{
    if (!done->needed) {
        cli_say(context, out, PB_MSG("{workspace} is up to date."), "workspace", url, NULL);
        pb_buf_byte(out, '\n');
        return;
    }
    cli_say(context, out,
            done->done ? PB_MSG("{workspace} was brought up to date: {rows} rows in {tables} "
                                "tables are what they were, {seconds} s")
                       : PB_MSG("{workspace} can be brought up to date: in the rehearsal {rows} "
                                "rows in {tables} tables stayed what they were, {seconds} s"),
            "workspace", url, "rows", cli_count(context, done->rows), "tables",
            cli_count(context, done->tables), "seconds", cli_seconds(context, done->us), NULL);
    pb_buf_byte(out, '\n');
    missing_text(context, done, out);
    if (done->done)
        kept_text(context, done, url, out);
    for (size_t i = 0; !done->done && i < done->backup_count; i++) {
        cli_say(context, out, PB_MSG("{place} can be reached: the former state would go there."),
                "place", done->backups[i].sent.place, NULL);
        pb_buf_byte(out, '\n');
    }
}

/* Of several places some may have taken it: that is said, too, and why of each that did not. */
static void say_places(const cli_context *context, const service_upgraded *done)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4 << 20);
    if (context->quiet || context->json)
        return;
    for (size_t i = 0; i < done->backup_count; i++)
        if (done->backups[i].sent.name[0] != '\0' || done->backups[i].sent.error.status != PB_OK)
            cli_put_backup(context, &done->backups[i], &out);
    cli_tell(&out);
}

pb_status cli_run_upgrade(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4 << 20);
    service_call call = cli_service_call(context, "upgrade");
    const char *url = context->call.arguments[0];
    service_upgraded done = {0};
    db_options options = {.password_file = cli_value(context, "password-file")};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    const service_upgrade_how how = {.dry_run = cli_flag(context, "dry-run"),
                                     .without_places = cli_flag(context, "without-places")};
    pb_status status =
        service_upgrade(context->service, &call, url, &options, &how, context->arena, &done, err);
    cli_progress_end(context);
    if (status != PB_OK)
        say_places(context, &done);
    PB_TRY(status);
    const char *shown = db_workspace_shown(url, context->arena);
    if (context->json)
        upgraded_json(context, &done, shown, &out);
    else if (!context->quiet)
        upgraded_text(context, &done, shown, &out);
    *ret_exit = 0;
    return cli_finish(&out, err);
}

pb_status cli_open_to_write(cli_context *context, const char *url, const db_options *options,
                            db_workspace **ret_workspace, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(4 << 20);
    service_call call = cli_service_call(context, "upgrade");
    service_upgraded done = {0};
    pb_status status = service_open_to_write(context->service, &call, url, options, context->arena,
                                             &done, ret_workspace, err);
    if (status != PB_OK && done.needed) {
        cli_progress_end(context);
        say_places(context, &done);
    }
    PB_TRY(status);
    if (!done.needed)
        return PB_OK;
    cli_progress_end(context);
    if (!context->quiet) { /* beside what the command itself says */
        upgraded_text(context, &done, db_workspace_shown(url, context->arena), &out);
        cli_tell(&out);
    }
    return PB_OK;
}

pb_status cli_open_named_to_write(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    db_options options = {.password_file = cli_value(context, "password-file"),
                          .replica = cli_replica(context)};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    return cli_open_to_write(context, cli_value(context, "workspace"), &options, ret_workspace,
                             err);
}
