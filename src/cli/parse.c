#include "context.h"

/* State of one parse: options are known only once their command is. */
typedef struct parser {
    const cli_program *program;
    const cli_command *command;
    const char **arguments;
    size_t argument_count;
    cli_value_item *values;
    size_t value_count;
    bool help, version, options_end;
    pb_error *err;
} parser;

static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t la = strlen(a), lb = strlen(b), row[LONGEST + 1];
    if (la > LONGEST || lb > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[lb];
}

const char *cli_nearest(const char *word, const char *(*name_at)(const void *, size_t),
                        const void *list)
{
    const char *best = NULL, *name;
    size_t least = 3;
    for (size_t i = 0; (name = name_at(list, i)) != NULL; i++) {
        size_t d = distance(word, name);
        if (d < least && d < pb_str_c(name).len) { /* as many errors as letters: another word */
            least = d;
            best = name;
        }
    }
    return best;
}

static const char *command_name(const void *list, size_t i)
{
    return ((const cli_command *)list)[i].name;
}

static const char *choice_name(const void *list, size_t i)
{
    return ((const char *const *)list)[i];
}

/* The options of a command, then those every command has. */
typedef struct option_lists {
    const cli_option *own, *globals;
} option_lists;

static const cli_option *option_at(const option_lists *lists, size_t i)
{
    size_t own = 0;
    while (lists->own != NULL && lists->own[own].name != NULL)
        own++;
    if (i < own)
        return &lists->own[i];
    const cli_option *shared = &lists->globals[i - own];
    return shared->name != NULL ? shared : NULL;
}

static const char *option_name(const void *list, size_t i)
{
    const cli_option *option = option_at(list, i);
    return option != NULL ? option->name : NULL;
}

static const cli_option *find_option(const parser *p, pb_str name, char letter)
{
    option_lists lists = {p->command != NULL ? p->command->options : NULL, p->program->globals};
    const cli_option *option;
    for (size_t i = 0; (option = option_at(&lists, i)) != NULL; i++)
        if (letter != 0 ? option->letter == letter : pb_str_is(name, option->name))
            return option;
    return NULL;
}

static pb_status unknown_option(const parser *p, const char *word)
{
    option_lists lists = {p->command != NULL ? p->command->options : NULL, p->program->globals};
    pb_fail(p->err, PB_USAGE, PB_MSG("There is no option {option} here"), "option", word, NULL);
    pb_str name = pb_str_sub(pb_str_c(word), 2, strlen(word));
    name = pb_str_sub(name, 0, pb_str_index(name, '='));
    const char *near = cli_nearest(PB_ARG(name), option_name, &lists);
    if (near != NULL)
        pb_error_hint(p->err, PB_MSG("Did you mean --{option}?"), "option", near, NULL);
    else if (p->command != NULL)
        pb_error_hint(p->err, PB_MSG("“probity help {command}” lists the options."), "command",
                      p->command->path, NULL);
    else
        pb_error_hint(p->err, PB_MSG("“probity help” lists the commands."), NULL);
    return PB_USAGE;
}

static pb_status check_choice(const parser *p, const char *const *choices, const char *name,
                              const char *value)
{
    char listed[PB_MSG_ARG_MAX] = "";
    size_t used = 0;
    for (size_t i = 0; choices != NULL && choices[i] != NULL; i++) {
        if (pb_str_is(pb_str_c(value), choices[i]))
            return PB_OK;
        int n =
            snprintf(listed + used, sizeof listed - used, "%s%s", i > 0 ? ", " : "", choices[i]);
        used += n > 0 && (size_t)n < sizeof listed - used ? (size_t)n : 0;
    }
    if (choices == NULL)
        return PB_OK;
    pb_fail(p->err, PB_USAGE, PB_MSG("“{value}” is no value for {name}"), "value", value, "name",
            name, NULL);
    const char *near = cli_nearest(value, choice_name, choices);
    if (near != NULL)
        pb_error_hint(p->err, PB_MSG("Did you mean {near}? Possible: {list}"), "near", near, "list",
                      listed, NULL);
    else
        pb_error_hint(p->err, PB_MSG("Possible: {list}"), "list", listed, NULL);
    return PB_USAGE;
}

static pb_status add_value(parser *p, const cli_option *option, const char *value)
{
    for (size_t i = 0; i < p->value_count && !option->many; i++)
        if (p->values[i].option == option && option->value != NULL)
            return pb_fail(p->err, PB_USAGE, PB_MSG("Option --{option} is given twice"), "option",
                           option->name, NULL);
    if (value != NULL)
        PB_TRY(check_choice(p, option->choices, option->name, value));
    p->values[p->value_count++] = (cli_value_item){option, value};
    if (pb_str_is(pb_str_c(option->name), "help"))
        p->help = true;
    if (pb_str_is(pb_str_c(option->name), "version"))
        p->version = true;
    return PB_OK;
}

/* `--name`, `--name=value`, `--name value`, `-x`, `-x value`. */
static pb_status take_option(parser *p, char **words, int *at, int count)
{
    const char *word = words[*at];
    pb_str text = pb_str_c(word), name = pb_str_sub(text, 2, text.len);
    bool is_long = word[1] == '-';
    size_t equals = is_long ? pb_str_index(name, '=') : name.len;
    const cli_option *option = find_option(p, pb_str_sub(name, 0, equals), is_long ? 0 : word[1]);
    if (option == NULL || (!is_long && text.len > 2))
        return unknown_option(p, word);
    if (option->value == NULL) {
        if (equals < name.len)
            return pb_fail(p->err, PB_USAGE, PB_MSG("Option --{option} takes no value"), "option",
                           option->name, NULL);
        return add_value(p, option, NULL);
    }
    if (equals < name.len)
        return add_value(p, option, name.ptr + equals + 1);
    if (*at + 1 >= count)
        return pb_fail(p->err, PB_USAGE, PB_MSG("Option --{option} needs a value: {value}"),
                       "option", option->name, "value", option->value, NULL);
    return add_value(p, option, words[++*at]);
}

static const cli_command *command_in(const cli_command *list, pb_str name)
{
    for (; list != NULL && list->name != NULL; list++)
        if (pb_str_is(name, list->name))
            return list;
    return NULL;
}

static pb_status take_word(parser *p, const char *word)
{
    const cli_command *list = p->command != NULL ? p->command->commands : p->program->commands;
    if (list == NULL) {
        p->arguments[p->argument_count++] = word;
        return PB_OK;
    }
    const cli_command *found = command_in(list, pb_str_c(word));
    if (found != NULL) {
        p->command = found;
        return PB_OK;
    }
    pb_fail(p->err, PB_USAGE, PB_MSG("There is no command “{command}”"), "command", word, NULL);
    const char *near = cli_nearest(word, command_name, list);
    if (near != NULL)
        pb_error_hint(p->err, PB_MSG("Did you mean “{command}”?"), "command", near, NULL);
    else
        pb_error_hint(p->err, PB_MSG("“probity help” lists the commands."), NULL);
    return PB_USAGE;
}

static pb_status check_arguments(const parser *p)
{
    size_t given = 0;
    const cli_argument *a = p->command->arguments;
    for (; a->name != NULL; a++) {
        if (given >= p->argument_count && !a->optional) {
            pb_fail(p->err, PB_USAGE, PB_MSG("{argument} is missing: {says}"), "argument", a->name,
                    "says", a->says, NULL);
            pb_error_hint(p->err, PB_MSG("“probity help {command}” says more."), "command",
                          p->command->path, NULL);
            return PB_USAGE;
        }
        for (size_t first = given; given < p->argument_count && (a->many || given == first);
             given++)
            PB_TRY(check_choice(p, a->choices, a->name, p->arguments[given]));
    }
    if (given < p->argument_count)
        return pb_fail(p->err, PB_USAGE, PB_MSG("“{argument}” is one argument too many"),
                       "argument", p->arguments[given], NULL);
    for (const cli_option *option = p->command->options; option->name != NULL; option++) {
        bool found = !option->required;
        for (size_t i = 0; i < p->value_count; i++)
            found = found || p->values[i].option == option;
        if (!found)
            return pb_fail(p->err, PB_USAGE, PB_MSG("Option --{option} is missing: {says}"),
                           "option", option->name, "says", option->says, NULL);
    }
    return PB_OK;
}

static pb_status check_whole(const parser *p)
{
    if (p->help)
        return PB_OK;
    if (p->command == NULL || p->command->commands != NULL) {
        pb_fail(p->err, PB_USAGE, PB_MSG("A command is missing"), NULL);
        if (p->command == NULL)
            pb_error_hint(p->err, PB_MSG("“probity help” lists the commands."), NULL);
        else
            pb_error_hint(p->err, PB_MSG("“probity help {command}” says more."), "command",
                          p->command->path, NULL);
        return PB_USAGE;
    }
    return check_arguments(p);
}

pb_status cli_parse(const cli_program *program, pb_arena *arena, int argc, char **argv,
                    cli_call *ret_call, bool *ret_help, pb_error *err)
{
    size_t room = (size_t)argc + 1;
    parser p = {.program = program, .err = err};
    p.arguments = pb_arena_array(arena, room, sizeof *p.arguments);
    p.values = pb_arena_array(arena, room, sizeof *p.values);
    if (p.arguments == NULL || p.values == NULL)
        return pb_fail_memory(err);
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (!p.options_end && pb_str_is(pb_str_c(word), "--"))
            p.options_end = true;
        else if (!p.options_end && word[0] == '-' && word[1] != 0)
            PB_TRY(take_option(&p, argv, &i, argc));
        else
            PB_TRY(take_word(&p, word));
    }
    if (p.version &&
        !p.help) { /* `--version` is the command of that name, whatever else is there */
        p.command = command_in(program->commands, PB_STR("version"));
        p.argument_count = 0;
    }
    PB_TRY(check_whole(&p));
    *ret_call = (cli_call){p.command, p.arguments, p.argument_count, p.values, p.value_count};
    *ret_help = p.help;
    return PB_OK;
}

const cli_command *cli_find_command(const cli_program *program, const char *const *words,
                                    size_t count)
{
    const cli_command *list = program->commands, *found = NULL;
    for (size_t i = 0; i < count; i++) {
        found = command_in(list, pb_str_c(words[i]));
        if (found == NULL)
            return NULL;
        list = found->commands;
    }
    return found;
}

const char *cli_value(const cli_context *context, const char *option)
{
    pb_str name = pb_str_c(option);
    for (size_t i = 0; i < context->call.value_count; i++)
        if (pb_str_is(name, context->call.values[i].option->name))
            return context->call.values[i].value;
    const cli_option *own = context->call.command != NULL ? context->call.command->options : NULL;
    for (; own != NULL && own->name != NULL; own++)
        if (pb_str_is(name, own->name))
            return own->fallback;
    return NULL;
}

bool cli_flag(const cli_context *context, const char *option)
{
    for (size_t i = 0; i < context->call.value_count; i++)
        if (pb_str_is(pb_str_c(option), context->call.values[i].option->name))
            return true;
    return false;
}

pb_status cli_values(cli_context *context, const char *option, const char *const **ret_values,
                     size_t *ret_count, pb_error *err)
{
    const char **values =
        pb_arena_array(context->arena, context->call.value_count + 1, sizeof *values);
    size_t count = 0;
    if (values == NULL)
        return pb_fail_memory(err);
    for (size_t i = 0; i < context->call.value_count; i++)
        if (pb_str_is(pb_str_c(option), context->call.values[i].option->name))
            values[count++] = context->call.values[i].value;
    *ret_values = values;
    *ret_count = count;
    return PB_OK;
}

pb_status cli_number(const cli_context *context, const char *option, int64_t min, int64_t max,
                     int64_t *ret_number, pb_error *err)
{
    const char *text = cli_value(context, option);
    int64_t number;
    if (text != NULL && pb_str_to_i64(pb_str_c(text), &number) && number >= min && number <= max) {
        *ret_number = number;
        return PB_OK;
    }
    return pb_fail(err, PB_USAGE,
                   PB_MSG("--{option} must be a whole number from {min} to {max}, not “{value}”"),
                   "option", option, "min", PB_ARG_INT(min), "max", PB_ARG_INT(max), "value",
                   text != NULL ? text : "", NULL);
}

/* The unit of an amount of bytes, by its letters behind the number: 0 where there is no such. */
static double unit_of(pb_str letters)
{
    static const char *const names[] = {"K", "M", "G", "T"};
    double thousands = 1, binary = 1;
    if (letters.len == 0 || pb_str_is(letters, "B"))
        return 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        thousands *= 1000;
        binary *= 1024;
        if (!pb_str_starts(letters, pb_str_c(names[i])))
            continue;
        pb_str rest = pb_str_sub(letters, 1, letters.len);
        if (rest.len == 0 || pb_str_is(rest, "B"))
            return thousands;
        return pb_str_is(rest, "iB") ? binary : 0;
    }
    return 0;
}

pb_status cli_memory(const cli_context *context, const char *option, uint64_t *ret_bytes,
                     pb_error *err)
{
    const char *text = cli_value(context, option);
    double number;
    *ret_bytes = 0;
    if (text == NULL)
        return PB_OK;
    pb_str all = pb_str_c(text);
    size_t digits = 0;
    while (digits < all.len &&
           ((all.ptr[digits] >= '0' && all.ptr[digits] <= '9') || all.ptr[digits] == '.'))
        digits++;
    double unit = unit_of(pb_str_sub(all, digits, all.len));
    if (pb_str_to_double(pb_str_sub(all, 0, digits), &number) && number * unit >= 16e6 &&
        number * unit < 1e18) {
        *ret_bytes = (uint64_t)(number * unit);
        return PB_OK;
    }
    return pb_fail(err, PB_USAGE,
                   PB_MSG("--{option} must be an amount of memory as 2GB or 500MB, at least 16MB, "
                          "not “{value}”"),
                   "option", option, "value", text, NULL);
}
