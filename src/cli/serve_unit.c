/* The server as a service of systemd: as a user of its own, who reaches what it needs and nothing
 * else. */
#include "serve_unit.h"

#include "sys/environment.h"
#include "sys/file.h"
#include "sys/unit.h"

enum { UNIT_MAX = 1 << 16 };

/* What the service may do: systemd.exec(5). Landlock, by which the program itself gives up files,
 * stays allowed; a program that is written to cannot be run, and one that is run cannot be
 * written. */
static const char sandbox[] =
    "NoNewPrivileges=yes\n"
    "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"
    "AmbientCapabilities=CAP_NET_BIND_SERVICE\n"
    "ProtectSystem=strict\n"
    "ProtectHome=read-only\n"
    "PrivateTmp=yes\n"
    "PrivateDevices=yes\n"
    "ProtectProc=invisible\n"
    "ProtectClock=yes\n"
    "ProtectHostname=yes\n"
    "ProtectKernelLogs=yes\n"
    "ProtectKernelModules=yes\n"
    "ProtectKernelTunables=yes\n"
    "ProtectControlGroups=yes\n"
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
    "RestrictNamespaces=yes\n"
    "RestrictRealtime=yes\n"
    "RestrictSUIDSGID=yes\n"
    "LockPersonality=yes\n"
    "MemoryDenyWriteExecute=yes\n"
    "RemoveIPC=yes\n"
    "SystemCallArchitectures=native\n"
    "SystemCallFilter=@system-service\n"
    "SystemCallFilter=landlock_create_ruleset landlock_add_rule landlock_restrict_self\n"
    "SystemCallFilter=~@privileged @mount @debug @module @keyring @obsolete @raw-io @reboot @swap "
    "@cpu-emulation bpf userfaultfd io_uring_setup execveat\n"
    "SystemCallErrorNumber=EPERM\n"
    "UMask=0077\n"
    "LimitNOFILE=65536\n";

static pb_status no_password(pb_error *err)
{
    pb_fail(err, PB_DENIED, PB_MSG("A password does not belong into a unit of systemd."), NULL);
    pb_error_hint(err,
                  PB_MSG("Put it into ~/.pgpass of the user that the service runs as, or name a "
                         "file by --password-file."),
                  NULL);
    return PB_DENIED;
}

/* A path as the service finds it, wherever it is started. */
static const char *absolute(const cli_context *context, const char *path)
{
    const char *here = sys_path_real(context->arena, ".");
    return here != NULL && strstr(path, "://") == NULL ? sys_path_join(context->arena, here, path)
                                                       : path;
}

/* The options of this call, but for the one that asks for the unit. */
static pb_status put_options(const cli_context *context, pb_buf *out, pb_error *err)
{
    for (size_t i = 0; i < context->call.value_count; i++) {
        const cli_value_item *item = &context->call.values[i];
        const char *name = item->option->name, *value = item->value;
        if (strcmp(name, "write-unit") == 0 || strcmp(name, "workspace") == 0 ||
            strcmp(name, "lang") == 0)
            continue;
        if (value != NULL && item->option->files)
            value = absolute(context, value);
        const char *word = value != NULL ? pb_arena_printf(context->arena, "--%s=%s", name, value)
                                         : pb_arena_printf(context->arena, "--%s", name);
        if (word == NULL)
            return pb_fail_memory(err);
        sys_unit_word(out, word);
    }
    return PB_OK;
}

static pb_status put_unit(const cli_context *context, const char *workspace, pb_buf *out,
                          pb_error *err)
{
    PB_AUTO_BUF command = PB_BUF_INIT(UNIT_MAX), writable = PB_BUF_INIT(UNIT_MAX);
    const char *program = sys_program_path(context->arena);
    int64_t drain;
    PB_TRY(cli_number(context, "drain", 1, 3600, &drain, err));
    if (program == NULL)
        return pb_fail_memory(err);
    sys_unit_word(&command, program);
    sys_unit_word(&command, "serve");
    sys_unit_word(&command, "--quiet");
    sys_unit_word(&command, pb_arena_printf(context->arena, "--workspace=%s", workspace));
    PB_TRY(put_options(context, &command, err));
    if (strstr(workspace, "://") == NULL)
        sys_unit_word(&writable, workspace);
    pb_buf_printf(out,
                  SYS_UNIT_FIRST_LINE
                  "; written anew by the same command.\n"
                  "[Unit]\nDescription=Serve a workspace of Probity\n"
                  "Wants=network-online.target\nAfter=network-online.target postgresql.service\n\n"
                  "[Service]\nType=exec\nUser=probity\nGroup=probity\nExecStart=%s\n"
                  "ExecReload=kill -HUP $MAINPID\nRestart=on-failure\nTimeoutStopSec=%lld\n"
                  "StateDirectory=probity\nStateDirectoryMode=0700\nRuntimeDirectory=probity\n",
                  pb_buf_cstr(&command) + 1, (long long)drain + 5);
    if (writable.len > 0)
        pb_buf_printf(out, "ReadWritePaths=%s\n", pb_buf_cstr(&writable) + 1);
    pb_buf_addc(out, sandbox);
    pb_buf_addc(out, "\n[Install]\nWantedBy=multi-user.target\n");
    return command.failed || writable.failed ? pb_fail_memory(err) : PB_OK;
}

pb_status serve_unit_write(cli_context *context, const char *folder, pb_error *err)
{
    PB_AUTO_BUF unit = PB_BUF_INIT(UNIT_MAX), out = PB_BUF_INIT(UNIT_MAX);
    const char *workspace = absolute(context, cli_value(context, "workspace"));
    const char *path = sys_path_join(context->arena, folder, "probity-serve.service");
    if (path == NULL)
        return pb_fail_memory(err);
    if (strcmp(db_workspace_shown(workspace, context->arena), workspace) != 0)
        return no_password(err);
    PB_TRY(put_unit(context, workspace, &unit, err));
    PB_TRY(sys_dir_make(folder, 0755, true, err));
    PB_TRY(sys_unit_put(path, 0644, &unit, err));
    if (!context->quiet) {
        cli_say(context, &out, PB_MSG("Wrote {path}"), "path", path, NULL);
        pb_buf_byte(&out, '\n');
    }
    return cli_finish(&out, err);
}
