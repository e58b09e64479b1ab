/* backup --write-timer, --write-pgbackrest: files that other programs read. */
#include "command.h"

#include "sys/environment.h"
#include "sys/file.h"

static void written_out(const cli_context *context, const char *folder,
                        const backup_written *written, pb_buf *out)
{
    for (size_t i = 0; i < written->file_count; i++) {
        cli_say(context, out, PB_MSG("Wrote {path}"), "path",
                sys_path_join(context->arena, folder, written->files[i]), NULL);
        pb_buf_byte(out, '\n');
    }
    for (size_t i = 0; i < written->left_out_count; i++) {
        cli_say(context, out, PB_MSG("Left out, pgbackrest does not know such a place: {place}"),
                "place", written->left_out[i], NULL);
        pb_buf_byte(out, '\n');
    }
}

/* What each call of a timer needs to get in, as it was said in this one. */
static pb_status timer_options(const cli_context *context, const char **options, pb_error *err)
{
    static const char *const names[] = {"key-file", "credential", "password-file"};
    const char *here = sys_path_real(context->arena, ".");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = cli_value(context, names[i]);
        if (value == NULL)
            continue;
        if (i != 1 && here != NULL)
            value = sys_path_join(context->arena, here, value);
        *options =
            value == NULL ? NULL : pb_arena_printf(context->arena, "--%s=%s", names[i], value);
        if (*options++ == NULL)
            return pb_fail_memory(err);
    }
    *options = NULL;
    return PB_OK;
}

static void add_plain(pb_buf *name, pb_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        pb_buf_byte(name, plain ? c : '-');
    }
}

/* The name of the folder, or those of database and schema. */
static char *unit_name(const cli_context *context, const char *workspace)
{
    PB_AUTO_BUF name = PB_BUF_INIT(4096);
    pb_str shown = pb_str_c(db_workspace_shown(workspace, context->arena));
    size_t mark = pb_str_index(shown, '?'), schema = pb_str_find(shown, PB_STR("schema="));
    const char *front = pb_arena_cstr(context->arena, pb_str_sub(shown, 0, mark));
    if (front == NULL)
        return NULL;
    add_plain(&name, sys_path_name(front));
    if (schema != SIZE_MAX) {
        pb_buf_byte(&name, '-');
        add_plain(&name, pb_str_sub(shown, schema + 7, shown.len));
    }
    return name.failed ? NULL : pb_arena_cstr(context->arena, pb_str_sub(pb_buf_str(&name), 0, 60));
}

static pb_status write_timer(const cli_context *context, db_workspace *workspace,
                             const char *folder, backup_written *ret_written, pb_error *err)
{
    const char *options[4];
    const char *named = context->call.arguments[0];
    const char *here = sys_path_real(context->arena, ".");
    backup_timer timer = {.program = sys_program_path(context->arena), .options = options};
    timer.workspace = strstr(named, "://") != NULL || here == NULL
                          ? named
                          : sys_path_join(context->arena, here, named);
    timer.name = unit_name(context, named);
    if (timer.name == NULL || timer.program == NULL || timer.workspace == NULL)
        return pb_fail_memory(err);
    PB_TRY(timer_options(context, options, err));
    return backup_timer_write(workspace, &timer, folder, context->arena, ret_written, err);
}

pb_status cli_write_units(cli_context *context, const char *timer, const char *pgbackrest,
                          pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    backup_written written = {0};
    db_workspace *workspace = NULL;
    PB_TRY(cli_open_argument(context, &workspace, err));
    pb_status status = PB_OK;
    if (timer != NULL)
        status = write_timer(context, workspace, timer, &written, err);
    if (status == PB_OK && timer != NULL)
        written_out(context, timer, &written, &out);
    if (status == PB_OK && pgbackrest != NULL)
        status = backup_pgbackrest_write(workspace, pgbackrest, context->arena, &written, err);
    if (status == PB_OK && pgbackrest != NULL)
        written_out(context, pgbackrest, &written, &out);
    db_workspace_close(workspace);
    PB_TRY(status);
    if (context->quiet)
        pb_buf_clear(&out);
    return cli_finish(&out, err);
}
