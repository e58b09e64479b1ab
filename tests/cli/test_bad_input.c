/* Bad input to every command: a clear error and exit 2, on standard error and, for programs, as
 * JSON. The table below names each command that is declared; one that is missing fails the test, so
 * a new command cannot be forgotten. What the parser alone can refuse is tried for every option and
 * argument there is. */
#include "program.h"

#include "context.h"

enum { WORDS = 12, LINE = 400 };

/* ---- what the parser refuses ---- */

static void refused_by_parser(const cli_command *command, const char *const *words)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *argv[WORDS], path[200];
    int argc = 0;
    bool help = false;
    cli_call call;
    pb_error err = {0};
    snprintf(path, sizeof path, "%s", command->path);
    char *rest = path;
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;)
        argv[argc++] = word;
    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(argc < WORDS);
        argv[argc++] = pb_arena_cstr(arena, pb_str_c(words[i]));
    }
    pb_status status = cli_parse(&cli_table, arena, argc, argv, &call, &help, &err);
    if (status == PB_OK || err.primary.id == NULL)
        fail_msg("%s %s %s: status %d", command->path, words[0] == NULL ? "" : words[0],
                 words[0] == NULL || words[1] == NULL ? "" : words[1], (int)status);
}

#define REFUSED(command, ...) refused_by_parser((command), (const char *const[]){__VA_ARGS__, NULL})

static void try_options(const cli_command *command, const cli_option *options)
{
    for (const cli_option *option = options; option != NULL && option->name != NULL; option++) {
        char name[80], given[120];
        snprintf(name, sizeof name, "--%s", option->name);
        snprintf(given, sizeof given, "--%s=nonsense", option->name);
        if (option->value != NULL)
            REFUSED(command, name); /* its value is missing */
        else
            REFUSED(command, given); /* it takes none */
        if (option->choices != NULL)
            REFUSED(command, name, "nonsense");
    }
}

static void try_arguments(const cli_command *command)
{
    const cli_argument *argument = command->arguments;
    const char *many[WORDS] = {NULL};
    size_t count = 0;
    bool endless = false, needed = false;
    for (; argument != NULL && argument->name != NULL; argument++) {
        many[count++] = argument->choices != NULL ? argument->choices[0] : "x";
        endless = endless || argument->many;
        needed = needed || !argument->optional;
        if (argument->choices != NULL)
            REFUSED(command, "nonsense");
    }
    for (const cli_option *option = command->options; option != NULL && option->name != NULL;
         option++)
        needed = needed || option->required;
    if (needed)
        refused_by_parser(command, (const char *const[]){NULL});
    many[count] = "too-many";
    if (!endless)
        refused_by_parser(command, many);
}

typedef void (*look)(const cli_command *command, void *context);

static void each_command(const cli_command *commands, look look_at, void *context)
{
    for (; commands->name != NULL; commands++) {
        if (commands->commands != NULL)
            each_command(commands->commands, look_at, context);
        else
            look_at(commands, context);
    }
}

static void try_command(const cli_command *command, void *context)
{
    (void)context;
    REFUSED(command, "--no-such-option");
    REFUSED(command, "--no-such-option=1");
    REFUSED(command, "-?");
    try_options(command, command->options);
    try_options(command, cli_table.globals);
    try_arguments(command);
}

/* shows: UX-1 */
static void test_what_no_command_takes(void **state)
{
    (void)state;
    each_command(cli_table.commands, try_command, NULL);
}

/* ---- what each command refuses ---- */

/* In the folder: `ws` a workspace, `torn` one whose head was altered, `good.csv`, `noise.csv`
 * (bytes of no encoding), `noise.yaml`, `older` one that
 * the model in `more` brings up to date, `empty` an empty folder, `file` a text, `key` a wrong key.
 * Several lines of one command are separated by `;`. */
typedef struct bad_row {
    const char *path;  /* of the command */
    const char *lines; /* what follows it; NULL: it reads nothing but its command line */
} bad_row;

static const bad_row bad_rows[] = {
    {"audit", "missing.csv; noise.csv; empty; torn; ws --key-file key; good.csv --map missing.yaml;"
              " good.csv --map noise.yaml; good.csv --as-of 2025-02-30; good.csv --format docx;"
              " good.csv --controls missing; good.csv --since file; good.csv --target noise.yaml;"
              " good.csv --hourly-rate much; good.csv --memory 2XB; good.csv --hours-a-week 0; "
              "good.csv --as nobody;"
              " good.csv --encoding klingon; good.csv --out file/below;"
              " postgres://nobody@localhost:1/x"},
    {"compare",
     "missing.json good.csv; good.csv missing.csv; file file; good.csv good.csv --as-of x;"
     " good.csv good.csv --format docx"},
    {"duplicates", "missing.csv; good.csv --entity unicorn; good.csv --threshold 2;"
                   " good.csv --threshold many; good.csv --memory much; good.csv --memory 3; "
                   "good.csv --pairs missing/pairs.csv"},
    {"init", "ws; file; file/below; empty --key-file empty; postgres://nobody@localhost:1/x"},
    {"move", "ws; missing other; ws ws; ws file; torn other; file other; ws --take-back"},
    {"import",
     "missing.csv -w ws; good.csv; good.csv -w missing; good.csv -w torn; noise.csv -w ws;"
     " good.csv -w ws --key-file key; good.csv -w ws --map noise.yaml;"
     " good.csv -w ws --rejects missing/rejects.csv; empty -w ws; good.csv -w ws --mode eat;"
     " good.csv -w ws --match email; good.csv -w ws --mode update --match unicorn;"
     " good.csv -w ws --diff missing/diff.csv; good.csv -w ws --mode update --blank both"},
    {"fix", "missing.csv; good.csv --control NOT-A-CONTROL; ws --key-file key; torn;"
            " good.csv --diff missing/diff.csv; good.csv --map noise.yaml"},
    {"merge", "missing c1 c2; ws nobody noone; torn c1 c2; ws; ws nobody noone --entity unicorn;"
              " ws --pairs missing.csv --entity contact; ws --clusters noise.csv --entity contact"},
    {"unmerge", "missing c1; ws nobody; torn c1; ws nobody --entity unicorn"},
    {"review", "missing; torn; ws --key-file key; ws --pair nobody noone; ws --entity unicorn;"
               " ws --limit none"},
    {"convert",
     "missing c1; ws nobody; torn c1; ws nobody --entity unicorn; ws c1 --entity contact;"
     " ws nobody --use account; ws nobody --use unicorn=1; ws nobody --use account=nobody;"
     " ws nobody --make unicorn; ws nobody --leave unicorn; ws nobody --key-file key"},
    {"unconvert",
     "missing c1; ws nobody; torn c1; ws nobody --entity unicorn; ws c1 --entity contact;"
     " ws nobody --key-file key"},
    {"runs", "-w missing; -w torn; -w ws --key-file key; -w file"},
    {"undo", "1 -w missing; 99 -w ws; zero -w ws; -5 -w ws; 99999999999999999999 -w ws"},
    {"keep", "1 -w missing; 99 -w ws; zero -w ws; -5 -w ws; 99999999999999999999 -w ws; 1 -w torn;"
             " 1 -w ws --key-file key"},
    {"show", "contact 1 -w missing; unicorn 1 -w ws; contact nobody -w ws; contact 1 -w torn"},
    {"find", "anna -w missing; anna -w ws --entity unicorn; anna -w ws --limit 0;"
             " anna -w ws --limit lots; anna -w torn"},
    {"export", "-w missing; -w ws --entity unicorn; -w ws --out file/below; -w torn"},
    {"backup", "missing --to empty; ws; ws --to file; ws --to missing/below/place;"
               " ws --to s3://; ws --to sftp://nowhere.invalid/x; ws --to empty --log;"
               " torn --to empty; ws --to empty --key-file key"},
    {"backups", "missing; torn; ws --declare missing.yaml; ws --declare noise.yaml"},
    {"restore", "--from empty --into new; --from missing --into new; --from empty --into ws;"
                " --from empty --into new --time yesterday; --from file --into new"},
    {"drill", "missing; torn; ws --key-file key"},
    {"standby", "new --from empty; new --from missing; ws --promote;"
                " new --from empty --every 0; new --from empty --follow --every often;"
                " ws --promote --accept-loss few"},
    {"upgrade", "missing; torn; file; ws --key-file key; missing --dry-run;"
                " missing --without-places; torn --without-places; older --model more;"
                " older --model more --dry-run; older --model missing --without-places"},
    {"roles", "-w missing; -w torn; nobody -w ws; sails -w ws; -w ws --at yesterday;"
              " -w ws --at 2999-01-01T00:00:00Z; -w ws --set missing.yaml; -w ws --set noise.yaml;"
              " -w ws --end nobody; -w ws --end manager; -w ws --set noise.yaml --end sales;"
              " -w ws --end sales --at 2020-01-01T00:00:00Z; sales -w ws --end sales;"
              " -w ws --why because; -w ws --end sales --key-file key"},
    {"who-can", "contact.email 1 -w missing; contact.email 1 -w torn; contact 1 -w ws;"
                " contact.colour 1 -w ws; contact.emial 1 -w ws; unicorn.horn 1 -w ws;"
                " contact.email nobody -w ws; contact.email 1 -w ws --at yesterday;"
                " contact.email 1 -w ws --at 2999-01-01T00:00:00Z"},
    {"jobs", "missing; torn; file; ws --key-file key; ws --add tea; ws --add audit;"
             " ws --add audit --with out=here; ws --add audit --with out=/x --with colour=red;"
             " ws --add audit --with out=/x --with format=docx; ws --add audit --with out;"
             " ws --add audit --with out=/x --with fail-on=none --with show-values=yes;"
             " ws --add drill --with fault=fire; ws --add duplicates --with threshold=2;"
             " ws --add duplicates --with entity=unicorn; ws --add backup --every often;"
             " ws --add backup --every 0h; ws --add backup --every 2000000h;"
             " ws --add backup --at yesterday; ws --add backup --tries 0; ws --cancel 99;"
             " ws --cancel first; ws --again -1; ws --again 99999999999999999999; ws --limit 0;"
             " ws --every 1d; ws --with to=/x; ws --cancel 1 --again 1; ws --state asleep;"
             " postgres://nobody@localhost:1/x --add backup"},
    {"work", "missing; torn; file; ws --key-file key; ws --kinds tea; ws --kinds backup,;"
             " ws --lease 1; ws --lease long; ws --pause 0; ws --look 0; ws --passphrase;"
             " ws --once --until-empty; postgres://nobody@localhost:1/x --once"},
    {"serve", "-w missing; -w torn; -w file; -w ws --key-file key; -w ws --listen nowhere;"
              " -w ws --listen http://0.0.0.0:0; -w ws --listen localhost:99999; -w ws --drain 0;"
              " -w ws --listen unix:; -w ws --workers 1; -w ws --certificate x;"
              " -w ws --listen localhost:0 --certificate missing --certificate-key missing;"
              " -w ws --listen localhost:0 --report missing; -w ws --metrics-token missing;"
              " -w ws --slow quick; -w ws --slow-statement 0; -w ws --slow-statement quick;"
              " -w ws --connections 9; -w ws --per-address 0; -w ws --depot file;"
              " -w ws --depot-size 15; -w ws --file-size 0; -w ws --job-memory 63;"
              " -w ws --read-memory 3;"
              " -w ws --head-seconds 0; -w ws --body-seconds 3601; -w ws --idle-seconds never;"
              " -w ws --work-seconds 0; -w ws --certificate-key x; -w ws --metrics-listen nowhere;"
              " -w ws --metrics-listen http://0.0.0.0:0; -w ws --breached nowhere;"
              " -w ws --breached file; -w ws --allow nowhere; -w ws --allow empty --allow file;"
              " -w ws --write-unit file; -w ws --key-file missing; -w ws --credential missing;"
              " -w postgres://nobody@localhost:1/x;"
              " -w postgres://nobody@localhost:1/x --password-file missing;"
              " -w ws --site a_b; -w ws --site CRM.example; -w ws --session-idle 0;"
              " -w ws --session-lasts x; -w ws --origin https://localhost/x;"
              " -w ws --site crm.example --origin https://evilcrm.example;"
              " -w ws --site crm.example --origin http://crm.example"},
    {"users list", "-w missing; -w ws --at yesterday"},
    {"users show", "nobody -w ws; ann -w torn"},
    {"users add", "ann -w missing; ann -w ws --kind auditor; ann -w ws --role unicorn;"
                  " ann -w ws --staff nobody; ann -w ws --until soon; ann -w ws --entity unicorn;"
                  " ann -w ws --area heaven; ann -w ws --from 2001-01-01"},
    {"users change", "nobody -w ws; nobody -w ws --until soon"},
    {"users end", "nobody -w ws"},
    {"users return", "nobody -w ws"},
    {"users enrol", "nobody -w ws"},
    {"users give", "nobody sales -w ws; nobody sales -w ws --until soon"},
    {"users take", "nobody sales -w ws"},
    {"users join", "nobody North -w ws"},
    {"users leave", "nobody North -w ws"},
    {"users place", "nobody -w ws"},
    {"teams list", "-w missing"},
    {"teams add", "North -w torn"},
    {"teams rename", "unicorns South -w ws"},
    {"teams end", "unicorns -w ws"},
    {"ledger verify", "-w missing; -w torn; -w ws --key-file key"},
    {"ledger head", "-w missing; -w torn; -w ws --key-file key"},
    {"ledger prove", "0 -w missing; 99999 -w ws; first -w ws; -1 -w ws"},
    {"ledger consistency", "1 2 -w missing; 1 99999 -w ws; 2 1 -w ws; one two -w ws"},
    {"controls list", "--controls missing; --controls file; --controls bad-rules; -w missing;"
                      " -w torn; -w ws --key-file key"},
    {"controls show", "NOT-A-CONTROL; DQ-MISSPELT --controls missing; DQ-MISSPELT -w missing;"
                      " NOT-A-CONTROL -w ws"},
    {"controls set", "COM-PHONE 2% --reason x -w missing; NOT-A-CONTROL 2% --reason x -w ws;"
                     " COM-PHONE 2% -w ws; COM-PHONE 200% --reason x -w ws;"
                     " COM-PHONE 2 --reason x -w ws; COM-PHONE few --reason x -w ws;"
                     " COM-PHONE % --reason x -w ws; COM-PHONE 2% --reason= -w ws;"
                     " COM-PHONE nan --reason x -w ws; COM-PHONE 2% --reason x -w torn"},
    {"controls reset", "COM-PHONE --reason x -w missing; NOT-A-CONTROL --reason x -w ws;"
                       " COM-PHONE -w ws; COM-PHONE --reason= -w ws;"
                       " COM-PHONE --reason x -w ws --key-file key"},
    {"controls test", "NOT-A-CONTROL; --controls missing; --controls bad-rules"},
    {"presets list", "--presets missing; --presets bad-rules"},
    {"presets show", "no-such-product; salesforce --presets missing"},
    {"schema", NULL},
    {"completion", NULL},
    {"help", "no-such-command; ledger no-such-command"},
    {"version", NULL},
};

enum { BAD_ROWS = sizeof bad_rows / sizeof *bad_rows };

static void is_in_table(const cli_command *command, void *context)
{
    bool *seen = context;
    size_t i = 0;
    while (i < BAD_ROWS && strcmp(bad_rows[i].path, command->path) != 0)
        i++;
    if (i == BAD_ROWS)
        fail_msg("the command %s has no row in the table of bad input", command->path);
    seen[i] = true;
}

/* shows: UX-1 */
static void test_the_table_names_every_command(void **state)
{
    bool seen[BAD_ROWS] = {false};
    (void)state;
    each_command(cli_table.commands, is_in_table, seen);
    for (size_t i = 0; i < BAD_ROWS; i++)
        if (!seen[i])
            fail_msg("there is no command %s any more", bad_rows[i].path);
}

/* An option of the server that is read wrong is noticed when it serves, which may be much later:
 * each that takes a value has a line. What has choices the parser refuses. shows: UX-1 */
static void test_each_option_of_serve_has_its_line(void **state)
{
    const cli_command *serve = cli_table.commands;
    const bad_row *row = bad_rows;
    char given[80];
    (void)state;
    while (strcmp(serve->name, "serve") != 0)
        serve++;
    while (strcmp(row->path, "serve") != 0)
        row++;
    for (const cli_option *option = serve->options; option->name != NULL; option++) {
        if (option->letter != 0)
            snprintf(given, sizeof given, "-%c ", option->letter);
        else
            snprintf(given, sizeof given, "--%s ", option->name);
        if (option->value != NULL && option->choices == NULL && strstr(row->lines, given) == NULL)
            fail_msg("no line of bad input to serve has --%s", option->name);
    }
}

/* A workspace that a model with a field more brings up to date, but its place is not there. */
static void furnish_older(const char *folder)
{
    char plan[4096];
    snprintf(plan, sizeof plan, "places: [%s/missing/below/place]\n", folder);
    program_write(folder, "plan.yaml", plan);
    program_write(folder, "more/more.yaml",
                  "extend: contact\nfields:\n  shade:\n    type: text\n    label: Shade\n");
    PROGRAM_EXPECT(folder, 0, "", "init", "older", "--quiet");
    PROGRAM_EXPECT(folder, 0, "", "backups", "older", "--declare", "plan.yaml", "--quiet");
}

static void furnish(const char *folder)
{
    char path[4096];
    static const char *const folders[] = {"empty", "bad-rules", "more"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        assert_int_equal(0, mkdir(path, 0700));
    }
    program_write(folder, "good.csv", "Contact ID,Full Name,Email\nc1,Anna Adler,a@example.com\n");
    program_write(folder, "noise.csv", "\x01\x02\x81\x8d\xff\xfe\x03\"\x7f\x9d\n\xff\x81\x00");
    program_write(folder, "noise.yaml", "{[: \t- x\n  - *y\n");
    program_write(folder, "bad-rules/rule.yaml", "{[: \t- x\n");
    program_write(folder, "file", "Some text that is nothing else.\n");
    program_write(folder, "key",
                  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n");
    snprintf(path, sizeof path, "%s/key", folder);
    assert_int_equal(0, chmod(path, 0600));
    program_result made = PROGRAM(folder, "init", "ws", "--quiet");
    assert_int_equal(0, made.exit);
    program_free(&made);
    made = PROGRAM(folder, "init", "torn", "--quiet");
    assert_int_equal(0, made.exit);
    program_free(&made);
    program_write(folder, "torn/workspace.yaml", "format: 1\n");
    furnish_older(folder);
}

static size_t split(char *line, const char **words)
{
    size_t count = 0;
    for (char *word; (word = strtok_r(line, " ", &line)) != NULL;) {
        assert_true(count + 1 < WORDS);
        words[count++] = word;
    }
    words[count] = NULL;
    return count;
}

/* One line: with `json` the error stands on standard output too. True when all is as it should be.
 */
static bool run_bad(const char *folder, const char *path, const char *line, bool json)
{
    char text[LINE];
    const char *words[WORDS];
    snprintf(text, sizeof text, "%s %s%s", path, line, json ? " --json" : "");
    split(text, words);
    program_result r = program_run(folder, words);
    bool told = strstr(r.err, "error") != NULL || strlen(r.err) > 10;
    bool clear = told && strstr(r.err, "ERROR: ") == NULL && strstr(r.err, "(null)") == NULL &&
                 strstr(r.err, "could not do what was asked") == NULL;
    bool in_json =
        !json || (strstr(r.out, "\"error\"") != NULL && strstr(r.out, "\"status\"") != NULL);
    bool good = r.exit == 2 && clear && in_json;
    if (!good)
        print_message("probity %s %s%s: exit %d%s\n%.500s\n%.500s\n", path, line,
                      json ? " --json" : "", r.exit, in_json ? "" : ", no error in the JSON", r.err,
                      r.out);
    program_free(&r);
    return good;
}

static size_t run_row(const char *folder, const bad_row *row)
{
    char lines[3000];
    bool json = false;
    size_t bad = 0;
    assert_true(strlen(row->lines) < sizeof lines);
    snprintf(lines, sizeof lines, "%s", row->lines);
    char *rest = lines;
    for (char *line; (line = strtok_r(rest, ";", &rest)) != NULL; json = !json)
        bad += !run_bad(folder, row->path, line + strspn(line, " "), json);
    return bad;
}

/* shows: UX-1 INT-5 */
static void test_bad_input_is_told_clearly(void **state)
{
    (void)state;
    char *folder = program_folder();
    size_t bad = 0;
    furnish(folder);
    for (size_t i = 0; i < BAD_ROWS; i++) {
        bad += !run_bad(folder, bad_rows[i].path, "--no-such-option", false);
        if (bad_rows[i].lines != NULL)
            bad += run_row(folder, &bad_rows[i]);
    }
    program_remove_folder(folder);
    assert_int_equal(0, bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_no_command_takes),
        cmocka_unit_test(test_the_table_names_every_command),
        cmocka_unit_test(test_each_option_of_serve_has_its_line),
        cmocka_unit_test(test_bad_input_is_told_clearly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
