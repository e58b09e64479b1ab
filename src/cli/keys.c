/* The workspace and its key, as the options name them. */
#include "context.h"

#include "sys/terminal.h"

enum { PASSPHRASE_MIN = 8 };

static pb_status ask_passphrase(cli_context *context, bool again, pb_str *ret_passphrase,
                                pb_error *err)
{
    PB_AUTO_BUF first = PB_BUF_INIT(SYS_PASSPHRASE_MAX), second = PB_BUF_INIT(SYS_PASSPHRASE_MAX);
    PB_TRY(sys_read_passphrase(cli_text(context, PB_MSG("Passphrase of the workspace: ")), &first,
                               err));
    if (again) {
        if (first.len < PASSPHRASE_MIN)
            return pb_fail(err, PB_INVALID,
                           PB_MSG("The passphrase is too short: at least {count} characters"),
                           "count", PB_ARG_INT(PASSPHRASE_MIN), NULL);
        PB_TRY(sys_read_passphrase(cli_text(context, PB_MSG("The same again: ")), &second, err));
        if (!pb_str_eq(pb_buf_str(&first), pb_buf_str(&second)))
            return pb_fail(err, PB_INVALID, PB_MSG("The two passphrases differ"), NULL);
    }
    *ret_passphrase = pb_arena_str(context->arena, pb_buf_str(&first));
    return ret_passphrase->ptr != NULL ? PB_OK : pb_fail_memory(err);
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

pb_status cli_open_workspace(cli_context *context, db_workspace **ret_workspace, pb_error *err)
{
    db_options options = {.scratch = false};
    PB_TRY(cli_key_source(context, false, &options.key, err));
    return db_workspace_open(cli_value(context, "workspace"), service_schema(context->service),
                             &options, ret_workspace, err);
}
