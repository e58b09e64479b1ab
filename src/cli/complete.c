/* Completion scripts for three shells, made from the declared command line. */
#include "context.h"

static void option_words(pb_buf *out, const cli_option *list)
{
    for (; list->name != NULL; list++)
        pb_buf_printf(out, " --%s", list->name);
}

static void bash_case(pb_buf *out, const cli_command *command)
{
    pb_buf_printf(out, "    \"%s\") words=\"", command->path);
    for (const cli_command *c = command->commands; c != NULL && c->name != NULL; c++)
        pb_buf_printf(out, " %s", c->name);
    for (const cli_argument *a = command->arguments; a->name != NULL; a++)
        for (size_t i = 0; a->choices != NULL && a->choices[i] != NULL; i++)
            pb_buf_printf(out, " %s", a->choices[i]);
    for (const cli_command *c = cli_table.commands; command->run == cli_run_help && c->name != NULL;
         c++)
        pb_buf_printf(out, " %s", c->name);
    option_words(out, command->options);
    option_words(out, cli_table.globals);
    pb_buf_addc(out, "\" ;;\n");
    for (const cli_command *c = command->commands; c != NULL && c->name != NULL; c++)
        bash_case(out, c);
}

static void bash_choices(pb_buf *out, const cli_option *list, pb_buf *seen)
{
    for (; list->name != NULL; list++) {
        PB_AUTO_BUF mark = PB_BUF_INIT(128);
        pb_buf_printf(&mark, " --%s ", list->name);
        if (list->choices == NULL || pb_str_find(pb_buf_str(seen), pb_buf_str(&mark)) != SIZE_MAX)
            continue;
        pb_buf_add(seen, pb_buf_str(&mark));
        pb_buf_printf(out, "    --%s) COMPREPLY=($(compgen -W \"", list->name);
        for (size_t i = 0; list->choices[i] != NULL; i++)
            pb_buf_printf(out, "%s%s", i > 0 ? " " : "", list->choices[i]);
        pb_buf_addc(out, "\" -- \"$word\")); return ;;\n");
    }
}

/* Options whose value is the next word: it is no command. */
static void bash_values(pb_buf *out)
{
    const cli_command *c = cli_table.commands;
    const cli_option *list = cli_table.globals;
    pb_buf_addc(out, "    -w");
    while (list != NULL) {
        for (; list->name != NULL; list++)
            if (list->value != NULL)
                pb_buf_printf(out, "|--%s", list->name);
        list = c->name != NULL ? c->options : NULL;
        c += c->name != NULL;
    }
    pb_buf_addc(out, ") ((i++)) ;;\n");
}

static void bash_script(pb_buf *out)
{
    PB_AUTO_BUF seen = PB_BUF_INIT(8192);
    pb_buf_addc(out, "_probity() {\n"
                     "  local word=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "  local path=\"\" words=\"\" i\n"
                     "  case \"$last\" in\n");
    bash_choices(out, cli_table.globals, &seen);
    for (const cli_command *c = cli_table.commands; c->name != NULL; c++)
        bash_choices(out, c->options, &seen);
    pb_buf_addc(out, "  esac\n"
                     "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                     "    case \"${COMP_WORDS[i]}\" in\n");
    bash_values(out);
    pb_buf_addc(out, "    -*) ;; *)\n"
                     "      case \"$path\" in \"\") path=${COMP_WORDS[i]} ;;\n"
                     "      ledger|controls) path=\"$path ${COMP_WORDS[i]}\" ;; esac ;;\n"
                     "    esac\n  done\n"
                     "  case \"$path\" in\n    \"\") words=\"");
    for (const cli_command *c = cli_table.commands; c->name != NULL; c++)
        pb_buf_printf(out, " %s", c->name);
    option_words(out, cli_table.globals);
    pb_buf_addc(out, "\" ;;\n");
    for (const cli_command *c = cli_table.commands; c->name != NULL; c++)
        bash_case(out, c);
    pb_buf_addc(out, "  esac\n"
                     "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                     "  [[ $word == -* ]] || COMPREPLY+=($(compgen -f -- \"$word\"))\n"
                     "}\ncomplete -o filenames -F _probity probity\n");
}

static void single_quoted(pb_buf *out, const char *text)
{
    for (; *text != 0; text++)
        if (*text == '\'')
            pb_buf_addc(out, "'\\''");
        else
            pb_buf_byte(out, *text);
}

static void fish_option(pb_buf *out, const cli_context *context, const char *condition,
                        const cli_option *option)
{
    pb_buf_printf(out, "complete -c probity %s -l %s", condition, option->name);
    if (option->letter != 0)
        pb_buf_printf(out, " -s %c", option->letter);
    if (option->value != NULL)
        pb_buf_addc(out, option->files ? " -r" : " -x");
    if (option->choices != NULL) {
        pb_buf_addc(out, " -a '");
        for (size_t i = 0; option->choices[i] != NULL; i++)
            pb_buf_printf(out, "%s%s", i > 0 ? " " : "", option->choices[i]);
        pb_buf_byte(out, '\'');
    }
    pb_buf_addc(out, " -d '");
    single_quoted(out, cli_text(context, option->says));
    pb_buf_addc(out, "'\n");
}

static void fish_command(pb_buf *out, const cli_context *context, const char *condition,
                         const cli_command *command)
{
    PB_AUTO_BUF own = PB_BUF_INIT(512);
    pb_buf_printf(out, "complete -c probity -n '%s' -a %s -d '", condition, command->name);
    single_quoted(out, cli_text(context, command->says));
    pb_buf_addc(out, "'\n");
    pb_buf_printf(&own, "-n '__fish_seen_subcommand_from %s'", command->name);
    for (const cli_option *o = command->options; o->name != NULL; o++)
        fish_option(out, context, pb_buf_cstr(&own), o);
    pb_buf_clear(&own);
    pb_buf_printf(&own, "__fish_seen_subcommand_from %s", command->name);
    for (const cli_command *c = command->commands; c != NULL && c->name != NULL; c++)
        fish_command(out, context, pb_buf_cstr(&own), c);
}

static void fish_script(pb_buf *out, const cli_context *context)
{
    for (const cli_option *o = cli_table.globals; o->name != NULL; o++)
        fish_option(out, context, "", o);
    for (const cli_command *c = cli_table.commands; c->name != NULL; c++)
        fish_command(out, context, "__fish_use_subcommand", c);
}

pb_status cli_run_completion(cli_context *context, int *ret_exit, pb_error *err)
{
    PB_AUTO_BUF out = PB_BUF_INIT(1 << 20);
    pb_str shell = pb_str_c(context->call.arguments[0]);
    if (pb_str_is(shell, "zsh"))
        pb_buf_addc(&out, "autoload -U +X bashcompinit && bashcompinit\n");
    if (pb_str_is(shell, "fish"))
        fish_script(&out, context);
    else
        bash_script(&out);
    *ret_exit = 0;
    return cli_print(&out, err);
}
