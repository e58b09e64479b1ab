/* standby of a server: streaming replication. */
#include "command_standby.h"

#include "db/follow.h"
#include "service/standby.h"
#include "sys/file.h"

/* ---- settings ---- */

/* The address without our own option, which the server's own reader of addresses does not know. */
static void address_of(const char *url, pb_buf *out)
{
    pb_str options = pb_str_c(url), one;
    char between = '?';
    pb_str_split(&options, '?', &one);
    pb_buf_add(out, one);
    while (pb_str_split(&options, '&', &one)) {
        if (pb_str_starts(one, PB_STR("schema=")))
            continue;
        pb_buf_byte(out, between);
        pb_buf_add(out, one);
        between = '&';
    }
}

static void quoted(pb_str text, pb_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'')
            pb_buf_byte(out, '\'');
        pb_buf_byte(out, text.ptr[i]);
    }
}

static pb_status write_settings(cli_context *context, const char *dir, pb_error *err)
{
    PB_AUTO_BUF address = PB_BUF_INIT(16384), primary = PB_BUF_INIT(65536),
                standby = PB_BUF_INIT(65536);
    const char *from = cli_value(context, "from");
    char *first = sys_path_join(context->arena, dir, "primary.conf");
    char *second = sys_path_join(context->arena, dir, "standby.conf");
    if (from == NULL)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Name the primary: --from postgres://REPLICATOR@HOST/DATABASE"),
                       NULL);
    address_of(from, &address);
    pb_buf_addc(&primary,
                "# For the primary: include this in its postgresql.conf and restart it, then\n"
                "#   SELECT pg_create_physical_replication_slot('probity_standby');\n"
                "wal_level = replica\nmax_wal_senders = 10\nmax_replication_slots = 10\n"
                "# so much log is kept for a standby that is away; beyond it is built anew\n"
                "max_slot_wal_keep_size = 10GB\n");
    pb_buf_addc(&standby,
                "# For the standby: pg_basebackup -D DATA -R -S probity_standby -d ADDRESS, then\n"
                "# include this in its postgresql.conf (a file standby.signal lies in DATA).\n"
                "hot_standby = on\nprimary_slot_name = 'probity_standby'\nprimary_conninfo = '");
    quoted(pb_buf_str(&address), &standby);
    pb_buf_addc(&standby, "'\n");
    if (first == NULL || second == NULL || primary.failed || standby.failed)
        return pb_fail_memory(err);
    PB_TRY(sys_dir_make(dir, 0700, true, err));
    PB_TRY(sys_file_write_atomic(first, pb_buf_str(&primary), 0600, err));
    PB_TRY(sys_file_write_atomic(second, pb_buf_str(&standby), 0600, err));
    PB_AUTO_BUF out = PB_BUF_INIT(16384);
    if (!context->quiet && !context->json) {
        cli_say(context, &out, PB_MSG("Written: {first}, {second}. They say what to do with them."),
                "first", first, "second", second, NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

/* ---- status ---- */

static void follower_json(const db_follower *f, const char *url, pb_buf *out)
{
    pb_json json;
    pb_json_init(&json, out, 2);
    pb_json_object(&json);
    pb_json_member(&json, "workspace", pb_str_c(url));
    pb_json_member(&json, "role", f->follows ? PB_STR("standby") : PB_STR("primary"));
    pb_json_key(&json, "streams");
    pb_json_bool(&json, f->streams);
    pb_json_member(&json, "primary", pb_str_c(f->sender));
    pb_json_member(&json, "replayed", pb_str_c(f->replayed));
    pb_json_key(&json, "primary_asked");
    pb_json_bool(&json, f->asked);
    pb_json_member_i64(&json, "behind_bytes", f->bytes);
    pb_json_member_i64(&json, "behind_microseconds", f->us);
    pb_json_object_end(&json);
    pb_buf_byte(out, '\n');
}

static pb_status show(cli_context *context, const char *url, const db_options *options,
                      int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    db_follower f;
    const char *shown = db_workspace_shown(url, context->arena);
    PB_TRY(db_follower_look(url, cli_value(context, "from"), options, &f, err));
    *ret_exit = f.follows && f.streams ? 0 : 1;
    if (context->json) {
        follower_json(&f, shown, &out);
    } else if (!f.follows) {
        cli_say(context, &out, PB_MSG("The server of {workspace} follows nobody: it is written."),
                "workspace", shown, NULL);
        pb_buf_byte(&out, '\n');
    } else {
        cli_say(context, &out,
                f.streams ? PB_MSG("{workspace} follows {primary}: replayed to {place}, {bytes} "
                                   "bytes and {seconds} s behind")
                          : PB_MSG("{workspace} is a standby, but receives nothing: replayed to "
                                   "{place}, {bytes} bytes and {seconds} s behind"),
                "workspace", shown, "primary", f.sender, "place", f.replayed, "bytes",
                cli_count(context, (uint64_t)f.bytes), "seconds", cli_seconds(context, f.us), NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

/* ---- taking over ---- */

typedef struct promoted {
    ledger_report report;
    db_epoch epoch;
} promoted;

/* One that was stopped behind the server's own promotion is finished by saying it again, unless
 * somebody wrote meanwhile: the ledger was told of it then. */
static pb_status tell_and_verify(cli_context *context, db_workspace *workspace,
                                 const pb_error *follows_nobody, promoted *ret, pb_error *err)
{
    service_call call = cli_service_call(context, "standby");
    bool just_now = follows_nobody == NULL, told = false;
    if (just_now)
        PB_TRY(service_verify(context->service, &call, workspace, &ret->report, err));
    PB_TRY(service_server_promoted(&call, workspace, just_now, &ret->epoch, &told, err));
    if (just_now)
        return PB_OK;
    if (told)
        return service_verify(context->service, &call, workspace, &ret->report, err);
    *err = *follows_nobody;
    return follows_nobody->status;
}

static pb_status promote(cli_context *context, const char *url, db_options *options, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(65536);
    promoted done = {0};
    pb_error why = {0};
    db_workspace *workspace = NULL;
    PB_TRY(cli_key_source(context, false, &options->key, err));
    pb_status status = db_follower_promote(url, options, &why);
    if (status != PB_OK && status != PB_CONFLICT) {
        *err = why;
        return status;
    }
    const pb_error *follows_nobody = status == PB_CONFLICT ? &why : NULL;
    options->older = DB_OLDER_REFUSE;
    PB_TRY(service_open_workspace(context->service, url, options, &workspace, err));
    status = tell_and_verify(context, workspace, follows_nobody, &done, err);
    db_workspace_close(workspace);
    PB_TRY(status);
    cli_progress_end(context);
    if (!context->quiet && !context->json) {
        cli_say(context, &out,
                PB_MSG("The server of {workspace} is written from now on: {events} events and "
                       "{records} records verified. See that the former primary does not start "
                       "again."),
                "workspace", db_workspace_shown(url, context->arena), "events",
                cli_count(context, done.report.events), "records",
                cli_count(context, done.report.records), NULL);
        pb_buf_byte(&out, '\n');
        cli_say(
            context, &out,
            PB_MSG("This is takeover {number}, and in the ledger. The places of backups hear of "
                   "it with the next backup and then refuse the former primary."),
            "number", cli_count(context, done.epoch.number), NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}

pb_status cli_standby_server(cli_context *context, int *ret_exit, pb_error *err)
{
    const char *url = context->call.arguments[0];
    db_options options = {.password_file = cli_value(context, "password-file")};
    *ret_exit = 0;
    if (cli_value(context, "config") != NULL)
        return write_settings(context, cli_value(context, "config"), err);
    if (cli_flag(context, "promote"))
        return promote(context, url, &options, err);
    if (cli_flag(context, "status"))
        return show(context, url, &options, ret_exit, err);
    pb_fail(err, PB_USAGE, PB_MSG("A server follows by itself: there is nothing to feed."), NULL);
    pb_error_hint(err,
                  PB_MSG("Say --status, --promote, or --config DIR to have its settings written."),
                  NULL);
    return PB_USAGE;
}
