/* The kinds of jobs, and the command line of each. */
#include "job_kinds.h"

enum { WORDS_MAX = 200 };

static const char *const words_of_audit[] = {"audit", NULL};
static const job_option options_of_audit[] = {
    {"out", JOB_PLACE, true},         {"format", JOB_FORMATS, false}, {"fail-on", JOB_WORD, false},
    {"title", JOB_WORD, false},       {"controls", JOB_PLACE, false}, {"since", JOB_PLACE, false},
    {"show-values", JOB_FLAG, false}, {NULL, JOB_FLAG, false}};

static const char *const words_of_audit_kept[] = {"audit", "--keep", NULL};
static const job_option options_of_audit_kept[] = {
    {"title", JOB_WORD, false}, {"controls", JOB_PLACE, false}, {NULL, JOB_FLAG, false}};

static const char *const words_of_backup_now[] = {"backup", NULL};
static const char *const words_of_backup[] = {"backup", "--if-due", NULL};
static const job_option options_of_backup[] = {{"to", JOB_PLACE, false}, {NULL, JOB_FLAG, false}};

static const char *const words_of_drill_now[] = {"drill", NULL};
static const char *const words_of_drill[] = {"drill", "--if-due", NULL};
static const job_option options_of_drill[] = {
    {"from", JOB_PLACE, false}, {"fault", JOB_WORD, false}, {NULL, JOB_FLAG, false}};

static const char *const words_of_duplicates[] = {"duplicates", "--queue", NULL};
static const job_option options_of_duplicates[] = {
    {"entity", JOB_ENTITY, false}, {"threshold", JOB_SHARE, false}, {NULL, JOB_FLAG, false}};

static const char *const words_of_verify[] = {"ledger", "verify", NULL};
static const job_option options_of_verify[] = {{NULL, JOB_FLAG, false}};

const job_kind job_kinds[] = {
    {"audit", words_of_audit, options_of_audit, false, true},
    {"audit-kept", words_of_audit_kept, options_of_audit_kept, false, true},
    {"backup", words_of_backup, options_of_backup, false, false},
    {"backup-now", words_of_backup_now, options_of_backup, false, false},
    {"drill", words_of_drill, options_of_drill, false, true},
    {"drill-now", words_of_drill_now, options_of_drill, false, true},
    {"duplicates", words_of_duplicates, options_of_duplicates, false, false},
    {"verify", words_of_verify, options_of_verify, true, false},
    {NULL, NULL, NULL, false, false},
};

const job_kind *job_kind_find(pb_str name)
{
    for (const job_kind *kind = job_kinds; kind->name != NULL; kind++)
        if (pb_str_is(name, kind->name))
            return kind;
    return NULL;
}

void job_kind_list(pb_buf *out)
{
    for (const job_kind *kind = job_kinds; kind->name != NULL; kind++)
        pb_buf_printf(out, "%s%s", kind > job_kinds ? ", " : "", kind->name);
}

/* ---- arguments ---- */

static const char *option_name(const void *list, size_t i)
{
    const job_option *options = list;
    return options[i].name;
}

static pb_status unknown(const job_kind *kind, pb_str name, pb_error *err)
{
    PB_AUTO_BUF all = PB_BUF_INIT(PB_MSG_ARG_MAX);
    PB_AUTO_BUF word = PB_BUF_INIT(PB_MSG_ARG_MAX);
    for (const job_option *option = kind->options; option->name != NULL; option++)
        pb_buf_printf(&all, "%s%s", option > kind->options ? ", " : "", option->name);
    pb_buf_add(&word, pb_str_sub(name, 0, 80));
    pb_fail(err, PB_USAGE, PB_MSG("A job of kind {kind} has no option “{option}”."), "kind",
            kind->name, "option", PB_ARG(name), NULL);
    const char *near = cli_nearest(pb_buf_cstr(&word), option_name, kind->options);
    if (near != NULL)
        pb_error_hint(err, PB_MSG("Did you mean {near}? Possible: {list}"), "near", near, "list",
                      pb_buf_cstr(&all), NULL);
    else
        pb_error_hint(err, PB_MSG("Possible: {list}"), "list", pb_buf_cstr(&all), NULL);
    return PB_USAGE;
}

static pb_status bad_value(const job_option *option, pb_str value, const char *hint, pb_error *err)
{
    pb_fail(err, PB_USAGE, PB_MSG("--with {option}: “{value}” cannot be its value."), "option",
            option->name, "value", PB_ARG(value), NULL);
    pb_error_hint(err, hint, NULL);
    return PB_USAGE;
}

static bool is_plain(pb_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] < ' ')
            return false;
    return true;
}

/* What the command itself looks up. */
static pb_status check_name(const cli_context *context, const job_option *option, pb_str value,
                            pb_error *err)
{
    const model_entity *entity;
    const char *text = pb_arena_cstr(context->arena, value);
    if (text == NULL)
        return pb_fail_memory(err);
    if (option->value == JOB_ENTITY)
        return cli_entity(context, text, &entity, err);
    return option->value == JOB_FORMATS ? cli_check_formats(text, err) : PB_OK;
}

static pb_status check_value(const cli_context *context, const job_option *option, pb_str value,
                             bool given, pb_error *err)
{
    double share;
    if (option->value == JOB_FLAG)
        return given ? bad_value(option, value,
                                 PB_MSG("It is a flag: give its name alone, without a value."), err)
                     : PB_OK;
    if (pb_str_empty(value))
        return bad_value(option, value, PB_MSG("Give it as NAME=VALUE."), err);
    if (!is_plain(value))
        return bad_value(option, value, PB_MSG("It must be one line of text."), err);
    if (option->value == JOB_PLACE && !pb_str_starts(value, PB_STR("/")) &&
        pb_str_find(value, PB_STR("://")) == SIZE_MAX)
        return bad_value(option, value,
                         PB_MSG("Write a whole path, from / on, or a URL: jobs are done from "
                                "anywhere."),
                         err);
    if (option->value == JOB_SHARE &&
        (!pb_str_to_double(value, &share) || share < 0.5 || share > 1))
        return bad_value(option, value, PB_MSG("Write a number from 0.5 to 1."), err);
    return check_name(context, option, value, err);
}

static pb_status add_one(const cli_context *context, const job_kind *kind, pb_str given, bool *seen,
                         pb_buf *out, pb_error *err)
{
    size_t equals = pb_str_index(given, '=');
    pb_str name = pb_str_trim(pb_str_sub(given, 0, equals));
    pb_str value = equals < given.len ? pb_str_sub(given, equals + 1, given.len) : PB_STR_NONE;
    for (size_t i = 0; kind->options[i].name != NULL; i++) {
        const job_option *option = &kind->options[i];
        if (!pb_str_is(name, option->name))
            continue;
        PB_TRY(check_value(context, option, value, equals < given.len, err));
        seen[i] = true;
        pb_buf_printf(out, "--%s", option->name);
        if (equals < given.len)
            pb_buf_printf(out, "=%.*s", PB_STR_FMT(value));
        pb_buf_byte(out, '\n');
        return PB_OK;
    }
    return unknown(kind, name, err);
}

pb_status job_kind_arguments(cli_context *context, const job_kind *kind, pb_buf *out, pb_error *err)
{
    const char *const *given, *const *words;
    size_t count, argc = 0;
    bool seen[32] = {false}, help = false;
    cli_call call;
    PB_TRY(cli_values(context, "with", &given, &count, err));
    for (size_t i = 0; i < count; i++)
        PB_TRY(add_one(context, kind, pb_str_c(given[i]), seen, out, err));
    for (size_t i = 0; kind->options[i].name != NULL; i++) {
        if (!kind->options[i].needed || seen[i])
            continue;
        pb_fail(err, PB_USAGE, PB_MSG("A job of kind {kind} needs --with {option}=VALUE."), "kind",
                kind->name, "option", kind->options[i].name, NULL);
        return PB_USAGE;
    }
    if (out->failed)
        return pb_fail_memory(err);
    /* What the command line itself would refuse is refused now, not when it is due. */
    PB_TRY(job_kind_line(context, kind, pb_buf_str(out), &words, err));
    while (words[argc] != NULL)
        argc++;
    return cli_parse(&cli_table, context->arena, (int)argc, (char **)(uintptr_t)words, &call, &help,
                     err);
}

/* ---- the command line ---- */

static bool has_option(const cli_option *list, const char *name)
{
    for (; list != NULL && list->name != NULL; list++)
        if (strcmp(list->name, name) == 0)
            return true;
    return false;
}

typedef struct line {
    pb_arena *arena;
    const char **words;
    size_t count;
} line;

static bool add_word(line *l, const char *word)
{
    if (word == NULL || l->count + 1 >= WORDS_MAX)
        return false;
    l->words[l->count++] = word;
    return true;
}

/* What a worker was given to get in with goes on to the command. */
static bool hand_on(cli_context *context, const cli_command *command, line *l)
{
    static const char *const names[] = {"key-file", "credential", "password-file", "replica",
                                        "lang"};
    const char *const *models;
    size_t count;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = cli_value(context, names[i]);
        if (value != NULL &&
            (has_option(command->options, names[i]) || has_option(cli_table.globals, names[i])) &&
            !add_word(l, pb_arena_printf(l->arena, "--%s=%s", names[i], value)))
            return false;
    }
    if (cli_values(context, "model", &models, &count, NULL) != PB_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_word(l, pb_arena_printf(l->arena, "--model=%s", models[i])))
            return false;
    return true;
}

/* Those of the command's name: options come behind them. */
static size_t name_words(const job_kind *kind)
{
    size_t count = 0;
    while (kind->words[count] != NULL && kind->words[count][0] != '-')
        count++;
    return count;
}

/* Behind everything else, so that no name of a workspace is taken for an option. */
static bool add_workspace(const job_kind *kind, const char *workspace, line *l)
{
    if (kind->by_option)
        return add_word(l, pb_arena_printf(l->arena, "--workspace=%s", workspace));
    return add_word(l, "--") && add_word(l, workspace);
}

pb_status job_kind_line(cli_context *context, const job_kind *kind, pb_str arguments,
                        const char *const **ret_words, pb_error *err)
{
    line l = {.arena = context->arena,
              .words = pb_arena_array(context->arena, WORDS_MAX, sizeof *l.words)};
    const cli_command *command = cli_find_command(&cli_table, kind->words, name_words(kind));
    pb_str one;
    if (l.words == NULL || command == NULL)
        return pb_fail_memory(err);
    bool good = true;
    for (size_t i = 0; kind->words[i] != NULL; i++)
        good = good && add_word(&l, kind->words[i]);
    while (good && pb_str_split(&arguments, '\n', &one))
        good = pb_str_empty(one) || add_word(&l, pb_arena_cstr(l.arena, one));
    good = good && hand_on(context, command, &l) &&
           add_workspace(kind, context->call.arguments[0], &l);
    if (!good)
        return pb_fail_memory(err);
    *ret_words = l.words;
    return PB_OK;
}
