#include "context.h"

enum { HELP_COLUMN = 26, HELP_WIDTH = 100 };

/* `text` wrapped at blanks, every line after the first indented by `indent`. */
static void wrapped(pb_buf *out, const char *text, size_t indent)
{
    size_t column = indent;
    pb_str rest = pb_str_c(text), word;
    bool first = true;
    while (pb_str_split(&rest, ' ', &word)) {
        if (!first && column + 1 + word.len > HELP_WIDTH) {
            pb_buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            pb_buf_byte(out, ' ');
            column++;
        }
        pb_buf_add(out, word);
        column += word.len;
        first = false;
    }
    pb_buf_byte(out, '\n');
}

static void entry(const cli_context *context, pb_buf *out, const char *head, const char *says,
                  const char *fallback)
{
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    pb_buf_addc(&text, cli_text(context, says));
    if (fallback != NULL) {
        pb_buf_byte(&text, ' ');
        cli_say(context, &text, PB_MSG("(default: {value})"), "value", fallback, NULL);
    }
    pb_buf_printf(out, "  %-*s", HELP_COLUMN - 2, head);
    if (strlen(head) + 3 > HELP_COLUMN)
        pb_buf_printf(out, "\n%*s", HELP_COLUMN, "");
    wrapped(out, pb_buf_cstr(&text), HELP_COLUMN);
}

static void options(const cli_context *context, pb_buf *out, const char *title,
                    const cli_option *list)
{
    if (list == NULL || list->name == NULL)
        return;
    pb_buf_printf(out, "\n%s\n", cli_text(context, title));
    for (; list->name != NULL; list++) {
        PB_AUTO_BUF head = PB_BUF_INIT(256);
        if (list->letter != 0)
            pb_buf_printf(&head, "-%c, ", list->letter);
        pb_buf_printf(&head, "--%s%s%s", list->name, list->value != NULL ? " " : "",
                      list->value != NULL ? list->value : "");
        entry(context, out, pb_buf_cstr(&head), list->says, list->fallback);
    }
}

static void usage_line(const cli_command *command, pb_buf *out)
{
    pb_buf_printf(out, "  probity %s", command->path);
    for (const cli_argument *a = command->arguments; a->name != NULL; a++)
        pb_buf_printf(out, a->optional ? " [%s%s]" : " %s%s", a->name, a->many ? "…" : "");
    for (const cli_option *o = command->options; o->name != NULL; o++)
        if (o->required)
            pb_buf_printf(out, " --%s %s", o->name, o->value);
    pb_buf_addc(out, command->options->name != NULL ? " [--…]\n" : "\n");
}

static void one_command(const cli_context *context, const cli_command *command, pb_buf *out)
{
    pb_buf_printf(out, "%s\n\n", cli_text(context, command->says));
    usage_line(command, out);
    if (command->text != NULL) {
        pb_buf_byte(out, '\n');
        wrapped(out, cli_text(context, command->text), 0);
    }
    if (command->arguments->name != NULL)
        pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Arguments")));
    for (const cli_argument *a = command->arguments; a->name != NULL; a++)
        entry(context, out, a->name, a->says, NULL);
    options(context, out, PB_MSG("Options"), command->options);
    options(context, out, PB_MSG("Options of every command"), cli_table.globals);
    if (command->examples->line != NULL)
        pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Examples")));
    for (const cli_example *e = command->examples; e->line != NULL; e++)
        pb_buf_printf(out, "  %s\n      %s\n", e->line, cli_text(context, e->says));
}

static void command_list(const cli_context *context, const cli_command *list, pb_buf *out)
{
    pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Commands")));
    for (; list->name != NULL; list++)
        entry(context, out, list->path, list->says, NULL);
}

void cli_help(const cli_context *context, const cli_command *command, pb_buf *out)
{
    if (command != NULL && command->commands == NULL) {
        one_command(context, command, out);
        return;
    }
    pb_buf_printf(out, "%s\n\n",
                  cli_text(context, command != NULL ? command->says : cli_table.says));
    pb_buf_printf(out, "  probity %s%s%s\n", command != NULL ? command->path : "",
                  command != NULL ? " " : "", cli_text(context, PB_MSG("COMMAND […]")));
    command_list(context, command != NULL ? command->commands : cli_table.commands, out);
    options(context, out, PB_MSG("Options of every command"), cli_table.globals);
    pb_buf_byte(out, '\n');
    cli_say(context, out, PB_MSG("“probity help COMMAND” says more about a command."), NULL);
    pb_buf_byte(out, '\n');
}

pb_status cli_run_help(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    const cli_call *call = &context->call;
    const cli_command *command =
        cli_find_command(&cli_table, call->arguments, call->argument_count);
    if (command == NULL && call->argument_count > 0) {
        pb_fail(err, PB_USAGE, PB_MSG("There is no command “{command}”"), "command",
                call->arguments[call->argument_count - 1], NULL);
        pb_error_hint(err, PB_MSG("“probity help” lists the commands."), NULL);
        return PB_USAGE;
    }
    cli_help(context, command, &out);
    *ret_exit = 0;
    return cli_print(&out, err);
}
