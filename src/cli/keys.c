/* The workspace and its key, as the options name them. */
#include "command.h"

#include "base/time.h"
#include "base/utf8.h"
#include "service/standby.h"
#include "sys/terminal.h"

enum { PASSPHRASE_MIN = 8 };

/* A new passphrase is long enough and typed twice alike. */
static pb_status check_new(cli_context *context, pb_str passphrase, pb_buf *again, pb_error *err)
{
    if (pb_utf8_count(passphrase) < PASSPHRASE_MIN)
        return pb_fail(err, PB_INVALID,
                       PB_MSG("The passphrase is too short: at least {count} characters"), "count",
                       PB_ARG_INT(PASSPHRASE_MIN), NULL);
    PB_TRY(sys_read_passphrase(cli_text(context, PB_MSG("The same again: ")), again, err));
    return pb_str_eq(passphrase, pb_buf_str(again))
               ? PB_OK
               : pb_fail(err, PB_INVALID, PB_MSG("The two passphrases differ"), NULL);
}

static pb_status ask_passphrase(cli_context *context, bool again, pb_str *ret_passphrase,
                                pb_error *err)
{
    char *room = pb_arena_alloc(context->arena, SYS_PASSPHRASE_MAX);
    PB_AUTO_BUF first = PB_BUF_INIT(SYS_PASSPHRASE_MAX + 1);
    PB_AUTO_BUF second = PB_BUF_INIT(SYS_PASSPHRASE_MAX + 1);
    if (room == NULL)
        return pb_fail_memory(err);
    pb_status status = sys_read_passphrase(
        cli_text(context, PB_MSG("Passphrase of the workspace: ")), &first, err);
    if (status == PB_OK && again)
        status = check_new(context, pb_buf_str(&first), &second, err);
    if (status == PB_OK) {
        memcpy(room, first.ptr, first.len);
        context->secret = room;
        *ret_passphrase = pb_str_n(room, first.len);
    }
    sys_wipe(first.ptr, first.cap);
    sys_wipe(second.ptr, second.cap);
    return status;
}

void cli_forget_secret(cli_context *context)
{
    if (context->secret != NULL)
        sys_wipe(context->secret, SYS_PASSPHRASE_MAX);
    context->secret = NULL;
}

pb_status cli_key_source(cli_context *context, bool again, db_key_source *ret_key, pb_error *err)
{
    db_key_source key = {.key_file = cli_value(context, "key-file"),
                         .credential = cli_value(context, "credential")};
    bool passphrase = cli_flag(context, "passphrase");
    if ((key.key_file != NULL) + (key.credential != NULL) + passphrase > 1)
        return pb_fail(err, PB_USAGE,
                       PB_MSG("Only one of --key-file, --passphrase and --credential can be given"),
                       NULL);
    if (passphrase)
        PB_TRY(ask_passphrase(context, again, &key.passphrase, err));
    *ret_key = key;
    return PB_OK;
}

db_replica *cli_replica(cli_context *context)
{
    context->replica.url = cli_value(context, "replica");
    return context->replica.url != NULL ? &context->replica : NULL;
}

void cli_tell_replica(const cli_context *context)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 17), why = PB_BUF_INIT(1 << 16);
    if (context->quiet || context->replica.here == 0 || !context->replica.noted)
        return;
    cli_put_error(context, &context->replica.why, &why);
    cli_say(context, &out,
            PB_MSG("The replica was not read, but the workspace's own server: {why}"), "why",
            pb_buf_cstr(&why), NULL);
    pb_buf_byte(&out, '\n');
    cli_tell(&out);
}

pb_status cli_open_workspace(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    db_options options = {.password_file = cli_value(context, "password-file"),
                          .replica = cli_replica(context),
                          .older = DB_OLDER_REFUSE};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    PB_TRY(service_open_workspace(context->service, cli_value(context, "workspace"), &options,
                                  ret_workspace, err));
    cli_tell_standby(context, *ret_workspace);
    return PB_OK;
}

void cli_tell_standby(const cli_context *context, db_workspace *workspace)
{
    PB_AUTO_BUF out = PB_BUF_INIT(16384), when = PB_BUF_INIT(64);
    service_standby_state state;
    if (context->quiet || service_standby_now(workspace, &state, NULL) != PB_OK ||
        state.follows == NULL)
        return;
    if (state.events > 0)
        pb_instant_format(&when, state.event_us);
    cli_say(context, &out,
            PB_MSG("Standby of {primary}: {events} events, the last of {time}. What came later is "
                   "not here yet."),
            "primary", state.follows, "events", PB_ARG_INT(state.events), "time",
            state.events > 0 ? pb_buf_cstr(&when) : "-", NULL);
    pb_buf_byte(&out, '\n');
    cli_tell(&out);
}
