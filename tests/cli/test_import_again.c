/* An import that was cut off, said again, finishes without doubling a row. */
#include "engine.h"
#include "program.h"

#include <time.h>

enum { ROWS = 1500, KILLS = 10 };

static const char *place(void)
{
    return on_postgres() ? engine_address() : "ws";
}

static void make_rows(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/rows.csv", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("Contact ID,Full Name,Email,City\n", file);
    for (int i = 0; i < ROWS; i++)
        fprintf(file, "c%d,Person %c%c Number %d,p%d@example.com,City %d\n", i, 'A' + i % 26,
                'a' + i / 26 % 26, i, i, i % 40);
    fclose(file);
}

static size_t lines_of(const char *folder, const char *name)
{
    size_t lines = 0;
    char *text = program_read(folder, name);
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    free(text);
    return lines;
}

static size_t contacts_in(const char *folder, const char *workspace)
{
    program_result r = PROGRAM(folder, "export", "-w", workspace, "--entity", "contact", "--out",
                               "export", "--quiet");
    if (r.exit != 0)
        fail_msg("export: %s", r.err);
    program_free(&r);
    return lines_of(folder, "export/contact.csv") - 1;
}

static pid_t start_import(const char *folder, const char *workspace)
{
    char program[4096];
    snprintf(program, sizeof program, "%s/probity", getenv("PROBITY_BUILD"));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (chdir(folder) != 0 || dup2(nowhere, 1) < 0 || dup2(nowhere, 2) < 0)
            _exit(99);
        setenv("XDG_CONFIG_HOME", folder, 1);
        execl(program, "probity", "import", "rows.csv", "-w", workspace, (char *)NULL);
        _exit(98);
    }
    return child;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Killed within the time that a whole one takes, more and more often near its end: behind the
 * commit and before it was told of it, too. */
static void kill_import(const char *folder, const char *workspace, int64_t whole_us, int i)
{
    int status;
    pid_t child = start_import(folder, workspace);
    usleep((useconds_t)(whole_us * (i + 1) / (KILLS - 1)));
    kill(child, SIGKILL);
    assert_int_equal(child, waitpid(child, &status, 0));
    size_t there = contacts_in(folder, workspace);
    assert_true(there == 0 || there == ROWS);
}

static void run_import(const char *folder, const char *workspace, const char *more, const char *has)
{
    program_result r = PROGRAM(folder, "import", "rows.csv", "-w", workspace, more);
    if (r.exit != 0)
        fail_msg("import: %s", r.err);
    assert_has(r.out, has);
    program_free(&r);
}

/* shows: INT-5 PER-3 */
static void test_an_import_that_was_cut_off_is_said_again(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *workspace = place();
    make_rows(folder);
    program_result r = PROGRAM(folder, "init", workspace, "--quiet");
    assert_int_equal(0, r.exit);
    program_free(&r);
    int64_t begin = now_us();
    r = PROGRAM(folder, "import", "rows.csv", "-w", workspace, "--dry-run", "--quiet");
    int64_t whole_us = now_us() - begin;
    assert_int_equal(0, r.exit);
    program_free(&r);
    for (int i = 0; i < KILLS; i++)
        kill_import(folder, workspace, whole_us, i);
    run_import(folder, workspace, NULL, "rows.csv");
    assert_int_equal(ROWS, contacts_in(folder, workspace));
    r = PROGRAM(folder, "ledger", "verify", "-w", workspace, "--quiet");
    assert_int_equal(0, r.exit);
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: INT-5 */
static void test_what_was_imported_is_passed_over_until_it_is_taken_back(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *workspace = place();
    make_rows(folder);
    program_result r = PROGRAM(folder, "init", workspace, "--quiet");
    assert_int_equal(0, r.exit);
    program_free(&r);
    run_import(folder, workspace, NULL, "1,500 of 1,500");
    run_import(folder, workspace, NULL, "passed over");
    run_import(folder, workspace, "--json", "\"passed_over\": true");
    assert_int_equal(ROWS, contacts_in(folder, workspace));
    r = PROGRAM(folder, "undo", "1", "-w", workspace);
    assert_int_equal(0, r.exit);
    program_free(&r);
    assert_int_equal(0, contacts_in(folder, workspace));
    run_import(folder, workspace, NULL, "1,500 of 1,500");
    assert_int_equal(ROWS, contacts_in(folder, workspace));
    run_import(folder, workspace, "--again", "1,500 of 1,500");
    assert_int_equal(2 * ROWS, contacts_in(folder, workspace));
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_import_that_was_cut_off_is_said_again),
        cmocka_unit_test(test_what_was_imported_is_passed_over_until_it_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
