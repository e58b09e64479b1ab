#include "context.h"

#include "base/utf8.h"

enum { HELP_COLUMN = 26, HELP_WIDTH = 100 };

/* Columns a character takes on a terminal: Chinese ones two, joiners and marks none. */
static size_t columns_of(uint32_t code)
{
    if (code == 0x200C || code == 0x200D || (code >= 0x064B && code <= 0x0652) ||
        (code >= 0x2066 && code <= 0x2069))
        return 0;
    return code >= 0x2E80 && code <= 0xFFE6 && (code < 0xFB50 || code > 0xFEFF) ? 2 : 1;
}

/* Punctuation that may not begin a line. */
static bool is_closing(uint32_t code)
{
    static const uint32_t marks[] = {0x3001, 0x3002, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF01,
                                     0xFF1F, 0xFF09, 0x201D, 0x300B, 0x2026};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i] == code)
            return true;
    return false;
}

/* Length of the piece at the beginning of `text` that must stay on one line: a word up to the next
 * blank, or one Chinese character with the marks that close it. */
static size_t piece(pb_str text, size_t *ret_columns)
{
    size_t at = 0, columns = 0;
    while (at < text.len && text.ptr[at] != ' ') {
        size_t before = at;
        uint32_t code = pb_utf8_next(text, &at);
        bool wide = columns_of(code) == 2;
        if (before > 0 && wide && !is_closing(code)) {
            at = before;
            break;
        }
        columns += columns_of(code);
        size_t next = at;
        if (wide && at < text.len && text.ptr[at] != ' ' && !is_closing(pb_utf8_next(text, &next)))
            break;
    }
    *ret_columns = columns;
    return at;
}

/* `text` wrapped, every line after the first indented by `indent`. */
static void wrapped(pb_buf *out, const char *text, size_t indent)
{
    size_t column = indent;
    pb_str rest = pb_str_c(text);
    while (rest.len > 0) {
        size_t columns, blank = rest.ptr[0] == ' ';
        rest = pb_str_sub(rest, blank, rest.len);
        size_t length = piece(rest, &columns);
        if (column > indent && column + blank + columns > HELP_WIDTH) {
            pb_buf_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (blank > 0 && column > indent) {
            pb_buf_byte(out, ' ');
            column++;
        }
        pb_buf_add(out, pb_str_sub(rest, 0, length));
        column += columns;
        rest = pb_str_sub(rest, length, rest.len);
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
    if (command->exits->says != NULL)
        pb_buf_printf(out, "\n%s\n", cli_text(context, PB_MSG("Exit codes")));
    for (const cli_exit *e = command->exits; e->says != NULL; e++) {
        char code[16];
        snprintf(code, sizeof code, "%d", e->code);
        entry(context, out, code, e->says, NULL);
    }
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
