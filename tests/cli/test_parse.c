/* The parser, case by case: what was understood, or what is wrong and how to mend it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "context.h"

enum { WORDS = 8, VALUES = 4 };

typedef struct good_case {
    const char *words[WORDS];
    const char *path;               /* of the command understood; NULL: none named */
    const char *arguments[WORDS];   /* its arguments */
    const char *options[VALUES][2]; /* name, value (NULL for a flag), in order */
    bool help;
} good_case;

static size_t count_words(const char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

static pb_status parse(const char *const *words, pb_arena *arena, cli_call *call, bool *help,
                       pb_error *err)
{
    char *argv[WORDS];
    int argc = (int)count_words(words);
    for (int i = 0; i < argc; i++)
        argv[i] = pb_arena_cstr(arena, pb_str_c(words[i]));
    return cli_parse(&cli_table, arena, argc, argv, call, help, err);
}

/* shows: UX-1 */
static void test_what_is_understood(void **state)
{
    static const good_case cases[] = {
        {{"version"}, "version", {NULL}, {{NULL}}, false},
        {{"--version"}, "version", {NULL}, {{"version", NULL}}, false},
        {{"audit", "a"}, "audit", {"a"}, {{NULL}}, false},
        {{"audit", "a", "b", "c"}, "audit", {"a", "b", "c"}, {{NULL}}, false},
        {{"audit", "--map", "m", "a"}, "audit", {"a"}, {{"map", "m"}}, false},
        {{"audit", "--map=m", "a"}, "audit", {"a"}, {{"map", "m"}}, false},
        {{"audit", "--map=", "a"}, "audit", {"a"}, {{"map", ""}}, false},
        {{"audit", "--title=a=b", "a"}, "audit", {"a"}, {{"title", "a=b"}}, false},
        {{"audit", "--title", "--map", "a"}, "audit", {"a"}, {{"title", "--map"}}, false},
        {{"audit", "--", "--map", "-x"}, "audit", {"--map", "-x"}, {{NULL}}, false},
        {{"audit", "a", "--", "--"}, "audit", {"a", "--"}, {{NULL}}, false},
        {{"audit", "-"}, "audit", {"-"}, {{NULL}}, false},
        {{"audit", ""}, "audit", {""}, {{NULL}}, false},
        {{"audit", "a", "--fail-on", "none"}, "audit", {"a"}, {{"fail-on", "none"}}, false},
        {{"audit", "a", "--controls", "x", "--controls", "y"},
         "audit",
         {"a"},
         {{"controls", "x"}, {"controls", "y"}},
         false},
        {{"find", "a", "-w", "w"}, "find", {"a"}, {{"workspace", "w"}}, false},
        {{"find", "-w", "-", "a", "b"}, "find", {"a", "b"}, {{"workspace", "-"}}, false},
        {{"find", "a", "-w", "w", "--quiet", "--quiet"},
         "find",
         {"a"},
         {{"workspace", "w"}, {"quiet", NULL}, {"quiet", NULL}},
         false},
        {{"--json", "version"}, "version", {NULL}, {{"json", NULL}}, false},
        {{"ledger", "prove", "3", "-w", "w"}, "ledger prove", {"3"}, {{"workspace", "w"}}, false},
        {{"ledger", "--json", "head", "-w", "w"},
         "ledger head",
         {NULL},
         {{"json", NULL}, {"workspace", "w"}},
         false},
        {{"--help"}, NULL, {NULL}, {{"help", NULL}}, true},
        {{"-h"}, NULL, {NULL}, {{"help", NULL}}, true},
        {{"audit", "-h"}, "audit", {NULL}, {{"help", NULL}}, true},
        {{"ledger", "--help"}, "ledger", {NULL}, {{"help", NULL}}, true},
        {{"help"}, "help", {NULL}, {{NULL}}, false},
        {{"help", "ledger", "prove"}, "help", {"ledger", "prove"}, {{NULL}}, false},
        {{"completion", "zsh"}, "completion", {"zsh"}, {{NULL}}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const good_case *c = &cases[i];
        PB_AUTO_ARENA arena = pb_arena_new(0);
        cli_call call = {0};
        bool help = false;
        pb_error err;
        if (parse(c->words, arena, &call, &help, &err) != PB_OK)
            fail_msg("case %zu (%s) was refused", i, c->words[0]);
        assert_int_equal(help, c->help);
        if (c->path == NULL)
            assert_null(call.command);
        else
            assert_string_equal(call.command->path, c->path);
        assert_int_equal(call.argument_count, count_words(c->arguments));
        for (size_t a = 0; a < call.argument_count; a++)
            assert_string_equal(call.arguments[a], c->arguments[a]);
        size_t options = 0;
        while (options < VALUES && c->options[options][0] != NULL)
            options++;
        assert_int_equal(call.value_count, options);
        for (size_t o = 0; o < options; o++) {
            assert_string_equal(call.values[o].option->name, c->options[o][0]);
            if (c->options[o][1] == NULL)
                assert_null(call.values[o].value);
            else
                assert_string_equal(call.values[o].value, c->options[o][1]);
        }
    }
}

/* shows: UX-1 */
static void test_what_is_refused_and_why(void **state)
{
    static const struct {
        const char *words[WORDS];
        const char *says, *hint; /* "": there is none */
    } cases[] = {
        {{NULL}, "A command is missing", "“probity help” lists the commands."},
        {{"audti"}, "There is no command “audti”", "Did you mean “audit”?"},
        {{"zzzzzz"}, "There is no command “zzzzzz”", "“probity help” lists the commands."},
        {{""}, "There is no command “”", "“probity help” lists the commands."},
        {{"ledger"}, "A command is missing", "“probity help ledger” says more."},
        {{"ledger", "vrify"}, "There is no command “vrify”", "Did you mean “verify”?"},
        {{"audit"},
         "SOURCE is missing: CSV, XLSX, JSON or vCard file, ZIP or folder of them, URL of a "
         "database, or workspace",
         "“probity help audit” says more."},
        {{"audit", "--"},
         "SOURCE is missing: CSV, XLSX, JSON or vCard file, ZIP or folder of them, URL of a "
         "database, or workspace",
         "“probity help audit” says more."},
        {{"audit", "a", "--mpa", "x"}, "There is no option --mpa here", "Did you mean --map?"},
        {{"audit", "a", "--mpa=x"}, "There is no option --mpa=x here", "Did you mean --map?"},
        {{"audit", "a", "--zzzzzzzzz"},
         "There is no option --zzzzzzzzz here",
         "“probity help audit” lists the options."},
        {{"--zzzzzzzzz"},
         "There is no option --zzzzzzzzz here",
         "“probity help” lists the commands."},
        {{"audit", "a", "-q"},
         "There is no option -q here",
         "“probity help audit” lists the options."},
        {{"audit", "a", "-hw"},
         "There is no option -hw here",
         "“probity help audit” lists the options."},
        {{"audit", "a", "--map"}, "Option --map needs a value: FILE", ""},
        {{"find", "a", "-w"}, "Option --workspace needs a value: DIR", ""},
        {{"find", "a"}, "Option --workspace is missing: The workspace", ""},
        {{"audit", "a", "--json=yes"}, "Option --json takes no value", ""},
        {{"audit", "a", "--map", "x", "--map", "y"}, "Option --map is given twice", ""},
        {{"audit", "a", "--fail-on", "importent"},
         "“importent” is no value for fail-on",
         "Did you mean important? Possible: desirable, important, essential, none"},
        {{"audit", "a", "--fail-on", ""},
         "“” is no value for fail-on",
         "Possible: desirable, important, essential, none"},
        {{"audit", "a", "--lang", "de"}, "“de” is no value for lang", NULL},
        {{"completion", "fsh"}, "“fsh” is no value for SHELL", NULL},
        {{"completion"}, NULL, "“probity help completion” says more."},
        {{"version", "now"}, "“now” is one argument too many", ""},
        {{"show", "contact", "-w", "w"}, NULL, "“probity help show” says more."},
        {{"show", "contact", "a", "b", "-w", "w"}, "“b” is one argument too many", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_ARENA arena = pb_arena_new(0);
        PB_AUTO_BUF says = PB_BUF_INIT(4096), hint = PB_BUF_INIT(4096);
        cli_call call = {0};
        bool help = false;
        pb_error err = {0};
        if (parse(cases[i].words, arena, &call, &help, &err) != PB_USAGE)
            fail_msg("case %zu was not refused: %s", i, cases[i].says);
        assert_null(call.command); /* untouched */
        pb_error_render(&err, &err.primary, NULL, &says);
        pb_error_render(&err, &err.hint, NULL, &hint);
        assert_true(says.len > 0);
        if (cases[i].says != NULL)
            assert_string_equal(pb_buf_cstr(&says), cases[i].says);
        if (cases[i].hint != NULL)
            assert_string_equal(pb_buf_cstr(&hint), cases[i].hint);
    }
}

/* shows: UX-1 */
static void test_defaults_and_numbers(void **state)
{
    static const char *const words[] = {"find", "a", "-w", "w", NULL};
    static const char *const far[] = {"find", "a", "-w", "w", "--limit", "1001", NULL};
    (void)state;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    cli_context context = {.arena = arena};
    bool help = false;
    int64_t limit = 0;
    pb_error err;
    assert_int_equal(parse(words, arena, &context.call, &help, &err), PB_OK);
    assert_string_equal(cli_value(&context, "workspace"), "w");
    assert_null(cli_value(&context, "entity"));
    assert_false(cli_flag(&context, "json"));
    assert_int_equal(cli_number(&context, "limit", 1, 1000, &limit, &err), PB_OK);
    assert_true(limit >= 1);
    assert_int_equal(parse(far, arena, &context.call, &help, &err), PB_OK);
    int64_t before = limit;
    assert_int_equal(cli_number(&context, "limit", 1, 1000, &limit, &err), PB_USAGE);
    assert_int_equal(limit, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_understood),
        cmocka_unit_test(test_what_is_refused_and_why),
        cmocka_unit_test(test_defaults_and_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
