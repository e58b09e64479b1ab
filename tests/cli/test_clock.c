/* The program while the computer's clock goes back a day and forward a year, between commands and
 * in the midst of one: the ledger stays whole, ids stay unique, nothing is cleared away because of
 * a moment that never was, and what is due is done. The clock is set by libfaketime, for the
 * program alone; where that is not, the test says that it could not run.
 */
#include "faked_clock.h"
#include "own_space.h"
#include "program.h"

#include <glob.h>

enum { ROWS = 3000 };

static program_result run(const char *folder, const char *const *arguments)
{
    setenv("LD_PRELOAD", clock_path, 1);
    program_result r = program_run(folder, arguments);
    unsetenv("LD_PRELOAD");
    return r;
}

static void expect(const char *folder, const char *has, const char *const *arguments)
{
    program_result r = run(folder, arguments);
    if (r.exit != 0 || (strstr(r.out, has) == NULL && strstr(r.err, has) == NULL))
        fail_msg("%s: exit %d without “%s”\n%s%s", arguments[0], r.exit, has, r.out, r.err);
    program_free(&r);
}

#define EXPECT(folder, has, ...) expect((folder), (has), (const char *const[]){__VA_ARGS__, NULL})

static void make_rows(const char *folder)
{
    static char text[ROWS * 80];
    size_t len = (size_t)snprintf(text, sizeof text, "Contact ID,Full Name,Email\n");
    for (int i = 0; i < ROWS; i++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "c%d,Person Number %d,p%d@example.com\n", i, i, i);
    program_write(folder, "rows.csv", text);
    for (int i = 0; i < 4; i++) {
        char file[16], name = (char)('a' + i);
        snprintf(file, sizeof file, "%c.csv", name);
        snprintf(text, sizeof text, "Account ID;Account Name\n%c1;Account %c\n", name, name);
        program_write(folder, file, text);
    }
}

static size_t lines_in(const char *folder, const char *name)
{
    size_t lines = 0;
    char *text = program_read(folder, name);
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    free(text);
    return lines;
}

static size_t backups_in(const char *folder)
{
    char pattern[600];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/place/*/backups/*.manifest", folder);
    size_t count = glob(pattern, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return count;
}

/* Jumps as long as the import runs. */
static void import_while_it_jumps(const char *folder)
{
    static const char *const offsets[] = {"-1d", "+365d", "+0", "+365d", "-1d", "+0"};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        EXPECT(folder, "", "import", "rows.csv", "-w", "ws", "--quiet");
        _exit(0);
    }
    int state = 0;
    size_t jumps = 0;
    while (waitpid(child, &state, WNOHANG) == 0) {
        clock_set(folder, offsets[jumps++ % (sizeof offsets / sizeof *offsets)]);
        usleep(10000);
    }
    assert_int_equal(0, state);
    assert_true(jumps > 6);
    clock_set(folder, "+0");
}

static void prepare(const char *folder)
{
    char plan[700];
    snprintf(plan, sizeof plan,
             "places: [%s/place]\nevery: 24h\nkeep: {newest: 1, for: 90d}\nkeep_log: true\n",
             folder);
    program_write(folder, "plan.yaml", plan);
    make_rows(folder);
    clock_set(folder, "-3d");
    EXPECT(folder, "", "init", "ws", "--quiet");
    EXPECT(folder, "next backup due", "backups", "ws", "--declare", "plan.yaml");
    EXPECT(folder, "", "import", "a.csv", "-w", "ws", "--quiet");
}

/* shows: PER-2 PER-3 PER-5 REC-7 */
static void test_a_clock_that_jumps_takes_nothing_away(void **state)
{
    (void)state;
    if (!clock_library())
        own_space_skip("there is no libfaketime (Debian: faketime)");
    char *folder = program_folder();
    clock_set(folder, "+0");
    program_result version = run(folder, (const char *const[]){"--version", NULL});
    if (version.exit != 0) /* built with sanitizers, which come first */
        own_space_skip("the program does not start with libfaketime");
    program_free(&version);
    prepare(folder);
    static const char *const days[] = {"-2d", "-1d", "+0"};
    for (size_t i = 0; i < 3; i++) {
        clock_set(folder, days[i]);
        EXPECT(folder, "pieces sent", "backup", "ws", "--if-due");
    }
    assert_int_equal(3, backups_in(folder));
    import_while_it_jumps(folder);
    clock_set(folder, "+365d");
    EXPECT(folder, "", "import", "b.csv", "-w", "ws", "--quiet");
    EXPECT(folder, "pieces sent", "backup", "ws", "--if-due");
    EXPECT(folder, "everything came back", "drill", "ws", "--if-due");
    assert_int_equal(4, backups_in(folder));
    clock_set(folder, "-1d");
    EXPECT(folder, "", "import", "c.csv", "-w", "ws", "--quiet");
    clock_set(folder, "+0");
    /* nor is it a young one */
    EXPECT(folder, "dated in the future", "backups", "ws");
    EXPECT(folder, "next backup due: now; next drill due: now", "backups", "ws");
    EXPECT(folder, "", "import", "d.csv", "-w", "ws", "--quiet");
    /* what was made in a year that is not yet here is no reason to wait for it */
    EXPECT(folder, "pieces sent", "backup", "ws", "--if-due");
    EXPECT(folder, "everything came back", "drill", "ws", "--if-due");
    EXPECT(folder, "No backup is due yet", "backup", "ws", "--if-due");
    EXPECT(folder, "log:", "backup", "ws", "--log");
    assert_int_equal(5, backups_in(folder));
    EXPECT(folder, "The ledger is whole", "ledger", "verify", "-w", "ws");
    EXPECT(folder, "holds an earlier state", "restore", "--from", "place", "--into", "again",
           "--ledger", "ws");
    EXPECT(folder, "", "export", "-w", "again", "--out", "export", "--quiet");
    assert_int_equal(ROWS + 1, lines_in(folder, "export/contact.csv"));
    assert_int_equal(4 + 1, lines_in(folder, "export/account.csv"));
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_clock_that_jumps_takes_nothing_away),
    };
    return own_space_exit(cmocka_run_group_tests(tests, NULL, NULL));
}
