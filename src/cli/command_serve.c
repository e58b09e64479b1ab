/* serve: the workspace over HTTP. */
#include "command.h"

#include "base/time.h"
#include "http/http.h"
#include "serve_desk.h"
#include "serve_unit.h"
#include "service/turns.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/file.h"
#include "sys/memory.h"
#include "sys/process.h"
#include "sys/sandbox.h"

enum { REACH_MAX = 64, TOKEN_MIN = 16 };

/* A place for a certificate made here: beside the key, which lies outside of the workspace. */
static pb_status made_place(const cli_context *context, const db_key_source *key,
                            const db_workspace *workspace, const char **ret_path, pb_error *err)
{
    char id[37];
    const char *state = sys_getenv("STATE_DIRECTORY"); /* systemd's */
    char *home = sys_config_home(context->arena), *path;
    pb_uuid_text(db_workspace_id(workspace), id);
    if (key->key_file != NULL)
        path = pb_arena_printf(context->arena, "%s.tls.pem", key->key_file);
    else if (state != NULL)
        path = pb_arena_printf(context->arena, "%s/%s.tls.pem", state, id);
    else if (home != NULL)
        path = pb_arena_printf(context->arena, "%s/probity/keys/%s.tls.pem", home, id);
    else
        return pb_fail(err, PB_NOT_FOUND, PB_MSG("There is no place for the key file."), NULL);
    if (path == NULL)
        return pb_fail_memory(err);
    *ret_path = path;
    return PB_OK;
}

/* Files on their way lie with the workspace, where that is a folder. What jobs do with them is
 * bounded, too. */
static pb_status depot_place(const cli_context *context, http_options *options, pb_error *err)
{
    const char *given = cli_value(context, "depot"), *url = cli_value(context, "workspace");
    int64_t size, file, memory;
    PB_TRY(cli_number(context, "depot-size", 16, 1048576, &size, err));
    PB_TRY(cli_number(context, "file-size", 1, 1048576, &file, err));
    PB_TRY(cli_number(context, "job-memory", 64, 1048576, &memory, err));
    options->depot_most = (uint64_t)size << 20;
    options->job_memory = (uint64_t)memory << 20;
    options->limits.file_bytes = (uint64_t)(file < size ? file : size) << 20;
    if (given != NULL)
        options->depot = given;
    else if (strstr(url, "://") == NULL)
        options->depot = sys_path_join(context->arena, url, "depot");
    else
        options->depot = pb_arena_printf(context->arena, "%s.depot", options->made);
    return options->depot == NULL ? pb_fail_memory(err) : PB_OK;
}

static pb_status read_limit(const cli_context *context, const char *name, int64_t min, int64_t max,
                            uint32_t *ret_number, pb_error *err)
{
    int64_t number;
    PB_TRY(cli_number(context, name, min, max, &number, err));
    *ret_number = (uint32_t)number;
    return PB_OK;
}

static pb_status read_limits(const cli_context *context, http_limits *limits, pb_error *err)
{
    PB_TRY(read_limit(context, "connections", 10, 1000000, &limits->connections, err));
    PB_TRY(read_limit(context, "per-address", 1, 1000000, &limits->per_address, err));
    PB_TRY(read_limit(context, "workers", 2, 256, &limits->workers, err));
    PB_TRY(read_limit(context, "head-seconds", 1, 3600, &limits->head_seconds, err));
    PB_TRY(read_limit(context, "body-seconds", 1, 3600, &limits->body_seconds, err));
    PB_TRY(read_limit(context, "idle-seconds", 1, 3600, &limits->idle_seconds, err));
    PB_TRY(read_limit(context, "work-seconds", 1, 3600, &limits->work_seconds, err));
    PB_TRY(read_limit(context, "drain", 1, 3600, &limits->drain_seconds, err));
    PB_TRY(read_limit(context, "slow", 1, 600000, &limits->slow_ms, err));
    return read_limit(context, "slow-statement", 1, 600000, &limits->slow_statement_ms, err);
}

static pb_status read_token(cli_context *context, const char **ret_token, pb_error *err)
{
    const char *path = cli_value(context, "metrics-token");
    if (path == NULL)
        return PB_OK;
    PB_TRY(sys_password_read(path, context->arena, ret_token, err));
    if (strlen(*ret_token) >= TOKEN_MIN)
        return PB_OK;
    pb_fail(err, PB_INVALID,
            PB_MSG("The token in {path} is too short: at least {count} characters"), "path", path,
            "count", PB_ARG_INT(TOKEN_MIN), NULL);
    return PB_INVALID;
}

static pb_status read_request(cli_context *context, http_options *options, pb_error *err)
{
    static const char *const usual[] = {"localhost:8443"};
    options->version = context->version;
    options->certificate = cli_value(context, "certificate");
    options->certificate_key = cli_value(context, "certificate-key");
    options->report = cli_value(context, "report");
    options->metrics_listen = cli_value(context, "metrics-listen");
    options->proxy = cli_flag(context, "proxy");
    options->log_all = strcmp(cli_value(context, "log"), "all") == 0;
    if ((options->certificate == NULL) != (options->certificate_key == NULL))
        return pb_fail(err, PB_USAGE,
                       PB_MSG("--certificate and --certificate-key belong together."), NULL);
    PB_TRY(read_limits(context, &options->limits, err));
    PB_TRY(read_token(context, &options->metrics_token, err));
    PB_TRY(cli_values(context, "listen", &options->listen, &options->listen_count, err));
    if (options->listen_count == 0) {
        options->listen = usual;
        options->listen_count = 1;
    }
    return PB_OK;
}

typedef struct reach {
    const char *read[REACH_MAX], *write[REACH_MAX];
    size_t read_count, write_count;
} reach;

static void may_read(reach *r, const char *path)
{
    if (path != NULL && r->read_count < REACH_MAX)
        r->read[r->read_count++] = path;
}

static void may_write(reach *r, const char *path)
{
    if (path != NULL && r->write_count < REACH_MAX)
        r->write[r->write_count++] = path;
}

/* The folder that a file lies in. */
static const char *folder_of(const cli_context *context, const char *path)
{
    if (path == NULL)
        return NULL;
    size_t name = sys_path_name(path).len, length = strlen(path);
    return name == length ? "." : pb_arena_cstr(context->arena, pb_str_n(path, length - name));
}

static void collect_reach(cli_context *context, const http_options *options, reach *r)
{
    static const char *const always[] = {"/usr",  "/lib", "/lib64", "/etc",
                                         "/proc", "/sys", "/run",   "/opt"};
    const char *home = sys_config_home(context->arena), *temporary = sys_getenv("TMPDIR");
    const char *key = cli_value(context, "key-file");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        may_read(r, always[i]);
    may_read(r, folder_of(context, sys_program_path(context->arena)));
    may_read(r, folder_of(context, options->certificate));
    may_read(r, folder_of(context, options->certificate_key));
    may_read(r, options->report);
    may_read(r, cli_value(context, "password-file"));
    may_read(r, cli_value(context, "breached"));
    may_read(r, sys_getenv("CREDENTIALS_DIRECTORY"));
    may_write(r, cli_value(context, "workspace"));
    may_write(r, folder_of(context, key));
    may_write(r, cli_value(context, "depot"));
    may_write(r, sys_getenv("STATE_DIRECTORY"));
    may_write(r, home != NULL ? sys_path_join(context->arena, home, "probity") : NULL);
    may_write(r, temporary != NULL ? temporary : "/tmp");
    may_write(r, temporary != NULL ? NULL : "/var/tmp"); /* what jobs compare, see sys/spill.h */
    may_write(r, "/dev");
    for (size_t i = 0; i < options->listen_count; i++)
        if (strncmp(options->listen[i], "unix:", 5) == 0)
            may_write(r, folder_of(context, options->listen[i] + 5));
    if (options->metrics_listen != NULL && strncmp(options->metrics_listen, "unix:", 5) == 0)
        may_write(r, folder_of(context, options->metrics_listen + 5));
}

/* Folders where the workspace is backed up to: what cannot be read now says so when it is opened.
 */
static void may_write_backups(cli_context *context, const db_options *opening, reach *r)
{
    db_workspace *workspace = NULL;
    const char **places = NULL;
    size_t count = 0;
    db_options look = *opening;
    look.older = DB_OLDER_KEEP;
    if (db_workspace_open(cli_value(context, "workspace"), service_schema(context->service), &look,
                          &workspace, NULL) != PB_OK)
        return;
    if (service_backup_places(workspace, context->arena, &places, &count, NULL) == PB_OK)
        for (size_t i = 0; i < count; i++)
            if (strstr(places[i], "://") == NULL)
                may_write(r, places[i]);
    db_workspace_close(workspace);
}

/* What is built into the program was read when it came up: models, controls, words in all
 * languages. They lie one behind the other. */
static void leave_assets(const cli_context *context)
{
    uintptr_t first = UINTPTR_MAX, end = 0;
    for (size_t i = 0; i < context->asset_count; i++) {
        uintptr_t text = (uintptr_t)context->assets[i].bytes;
        first = text < first ? text : first;
        end = text + context->assets[i].size > end ? text + context->assets[i].size : end;
    }
    if (end > first)
        sys_memory_leave((const void *)first, end - first);
}

/* A system that cannot is said so, and served all the same. */
static pb_status give_up(cli_context *context, pb_status status, const pb_error *why, pb_error *err)
{
    if (status != PB_UNSUPPORTED || context->quiet) {
        if (status == PB_OK || status == PB_UNSUPPORTED)
            return PB_OK;
        *err = *why;
        return status;
    }
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    cli_put_error(context, why, &out);
    pb_buf_byte(&out, '\n');
    cli_tell(&out);
    return PB_OK;
}

/* Before any thread is there: files that are not needed, and calls that start programs. */
static pb_status confine(cli_context *context, const http_options *options,
                         const db_options *opening, pb_error *err)
{
    reach r = {.read_count = 0};
    pb_error why = {0};
    const char *const *allowed;
    size_t count;
    PB_TRY(sys_time_zone_read(err));
    if (cli_flag(context, "no-sandbox"))
        return PB_OK;
    PB_TRY(cli_values(context, "allow", &allowed, &count, err));
    collect_reach(context, options, &r);
    may_write_backups(context, opening, &r);
    for (size_t i = 0; i < count; i++)
        may_write(&r, allowed[i]);
    sys_sandbox sandbox = {r.read, r.read_count, r.write, r.write_count};
    /* What is made later must have a folder to be made in. */
    for (size_t i = 0; i < r.write_count; i++)
        if (pb_str_ends(pb_str_c(r.write[i]), PB_STR("/probity")))
            sys_dir_make(r.write[i], 0700, true, NULL);
    PB_TRY(give_up(context, sys_sandbox_enter(&sandbox, &why), &why, err));
    return give_up(context, sys_sandbox_calls(&why), &why, err);
}

static void tell_addresses(void *opaque, const char *const *urls, size_t count)
{
    const cli_context *context = opaque;
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 16);
    pb_json json;
    pb_json_init(&json, &out, 0);
    if (context->json) {
        pb_json_object(&json);
        pb_json_key(&json, "addresses");
        pb_json_array(&json);
        for (size_t i = 0; i < count; i++)
            pb_json_c(&json, urls[i]);
        pb_json_array_end(&json);
        pb_json_object_end(&json);
        pb_buf_byte(&out, '\n');
    }
    for (size_t i = 0; !context->json && !context->quiet && i < count; i++) {
        cli_say(context, &out, PB_MSG("Serving at {address}"), "address", urls[i], NULL);
        pb_buf_byte(&out, '\n');
    }
    cli_print(&out, NULL);
    leave_assets(context);
}

/* A folder that is written wrong would else be missed when somebody chooses a password, or when a
 * backup is made. */
static pb_status check_folder(const char *option, const char *path, pb_error *err)
{
    if (path == NULL || sys_path_kind(path) == SYS_FOLDER)
        return PB_OK;
    return pb_fail(err, PB_USAGE,
                   PB_MSG("--{option} must be a folder that is there, not “{value}”"), "option",
                   option, "value", path, NULL);
}

static pb_status check_folders(cli_context *context, pb_error *err)
{
    const char *const *allowed;
    size_t count;
    PB_TRY(check_folder("breached", cli_value(context, "breached"), err));
    PB_TRY(cli_values(context, "allow", &allowed, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(check_folder("allow", allowed[i], err));
    return PB_OK;
}

static pb_status serve(cli_context *context, http_options *options,
                       const service_desk_options *desk, pb_error *err)
{
    db_options opening = {.password_file = cli_value(context, "password-file")};
    const char *url = cli_value(context, "workspace");
    db_workspace *workspace = NULL;
    int64_t read_mib;
    PB_TRY(cli_number(context, "read-memory", 4, 1048576, &read_mib, err));
    PB_TRY(check_folders(context, err));
    PB_TRY(cli_key_source(context, false, &opening.key, err));
    PB_TRY(confine(context, options, &opening, err));
    PB_TRY(cli_open_to_write(context, url, &opening, &workspace, err));
    /* A passphrase is not kept: what was opened with one is drilled by who knows it. */
    options->key = opening.key.passphrase.ptr == NULL ? &opening.key : NULL;
    cli_forget_secret(context);
    const service_turns_options how = {.url = url,
                                       .password_file = opening.password_file,
                                       .desk = *desk,
                                       .serving.read_memory = (size_t)read_mib << 20};
    pb_status status = service_turns_open(context->service, workspace, &how, &options->turns, err);
    if (status != PB_OK) {
        db_workspace_close(workspace);
        return status;
    }
    options->service = context->service;
    options->workspace = workspace;
    options->ready = tell_addresses;
    options->context = context;
    status = made_place(context, &opening.key, workspace, &options->made, err);
    if (status == PB_OK)
        status = depot_place(context, options, err);
    if (status == PB_OK)
        status = http_serve(options, err);
    if (status == PB_CANCELLED) {
        /* Threads still use it: nothing can be closed, and nothing that was committed is lost. */
        cli_print_error(context, err);
        sys_exit_now(pb_status_exit(status));
    }
    options->turns = service_turns_close(options->turns);
    return status;
}

pb_status cli_run_serve(cli_context *context, int *ret_exit, pb_error *err)
{
    http_options options = {.workspace = NULL};
    service_desk_options desk;
    PB_TRY(read_request(context, &options, err));
    PB_TRY(serve_desk_read(context, options.listen, options.listen_count, &desk, err));
    *ret_exit = 0;
    if (cli_value(context, "write-unit") != NULL)
        return serve_unit_write(context, cli_value(context, "write-unit"), err);
    return serve(context, &options, &desk, err);
}
