#include "cli/cli.h"

#include "context.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/signal.h"
#include "sys/terminal.h"

/* zh-CN for zh_CN.UTF-8, fa for fa_IR, en for anything that is not translated. */
static const char *language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pb_str value = pb_str_c(sys_getenv(names[i]));
        if (pb_str_empty(value))
            continue;
        if (pb_str_starts(value, PB_STR("zh")))
            return "zh-CN";
        return pb_str_starts(value, PB_STR("fa")) ? "fa" : "en";
    }
    return "en";
}

/* The language must be known before the command line is: its own errors are translated too. */
static const char *language_of_arguments(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        pb_str word = pb_str_c(argv[i]);
        if (pb_str_is(word, "--lang") && i + 1 < argc)
            return argv[i + 1];
        if (pb_str_starts(word, PB_STR("--lang=")))
            return argv[i] + 7;
    }
    return NULL;
}

static pb_status open_language(cli_context *context, const service_asset *assets, size_t count,
                               const char *language, pb_catalog **ret_catalog, pb_error *err)
{
    PB_TRY(service_catalog(assets, count, language, ret_catalog, err));
    context->catalog = *ret_catalog;
    context->locale = pb_locale_open(language, *ret_catalog);
    if (context->locale == NULL)
        return pb_fail(err, PB_UNSUPPORTED, PB_MSG("Language {language} is not supported"),
                       "language", language, NULL);
    return PB_OK;
}

static pb_status open_service(cli_context *context, const service_asset *assets, size_t count,
                              pb_error *err)
{
    service_extra extra = {0};
    PB_TRY(cli_values(context, "model", &extra.model_dirs, &extra.model_dir_count, err));
    PB_TRY(cli_values(context, "controls", &extra.control_dirs, &extra.control_dir_count, err));
    PB_TRY(cli_values(context, "presets", &extra.preset_dirs, &extra.preset_dir_count, err));
    return service_open(assets, count, &extra, &context->service, err);
}

/* Completion and help need no model and must work when one is broken. */
static bool needs_service(const cli_command *command)
{
    return command->run != cli_run_help && command->run != cli_run_completion;
}

static pb_status run(cli_context *context, const service_asset *assets, size_t count, int argc,
                     char **argv, int *ret_exit, pb_error *err)
{
    bool help = false;
    PB_TRY(cli_parse(&cli_table, context->arena, argc - 1, argv + 1, &context->call, &help, err));
    context->quiet = cli_flag(context, "quiet");
    if (help) {
        PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
        cli_help(context, context->call.command, &out);
        *ret_exit = 0;
        return cli_print(&out, err);
    }
    if (needs_service(context->call.command)) {
        PB_TRY(sys_time_zone_check(err));
        PB_TRY(open_service(context, assets, count, err));
    }
    pb_status status = context->call.command->run(context, ret_exit, err);
    cli_progress_end(context);
    cli_tell_replica(context);
    return status;
}

int cli_main(const service_asset *assets, size_t asset_count, const char *version, int argc,
             char **argv)
{
    pb_error err = {0};
    pb_catalog *catalog = NULL;
    cli_context context = {
        .version = version, .assets = assets, .asset_count = asset_count, .arena = pb_arena_new(0)};
    const char *asked = language_of_arguments(argc, argv);
    for (int i = 1; i < argc; i++)
        context.json = context.json || pb_str_is(pb_str_c(argv[i]), "--json");
    int result = 0;
    sys_signals_install();
    pb_status status = context.arena != NULL ? PB_OK : pb_fail_memory(&err);
    if (status == PB_OK)
        status = open_language(&context, assets, asset_count,
                               asked != NULL ? asked : language_of_environment(), &catalog, &err);
    if (status == PB_OK)
        status = run(&context, assets, asset_count, argc, argv, &result, &err);
    if (status != PB_OK) {
        cli_print_error(&context, &err);
        result = pb_status_exit(status);
    }
    cli_forget_secret(&context);
    context.service = service_close(context.service);
    context.locale = pb_locale_free(context.locale);
    pb_catalog_free(catalog);
    pb_arena_free(context.arena);
    return result;
}
