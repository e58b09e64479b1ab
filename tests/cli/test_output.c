/* What a program or a script meets: JSON always, silence when asked, failures of the output told.
 */
#include "program.h"

#include "base/shape.h"
#include "sys/file.h"

#include <stdbool.h>

static const char contacts[] = "Contact ID,Full Name,Email\n"
                               "c1,Anna Adler,anna@example.com\nc2,Anna Adler,anna2@example.com\n";

/* Runs the program with standard output at `output`; returns its exit code and error text. */
static int run_into(const char *folder, const char *output, const char *arguments, char *err,
                    size_t size)
{
    char command[8192], path[4096];
    snprintf(command, sizeof command,
             "cd '%s' && XDG_CONFIG_HOME=. LC_ALL=C.UTF-8 '%s/probity' %s 2>.err2 %s", folder,
             getenv("PROBITY_BUILD"), arguments, output);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execlp("bash", "bash", "-o", "pipefail", "-c", command, (char *)NULL);
        _exit(98);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    snprintf(path, sizeof path, "%s/.err2", folder);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    err[fread(err, 1, size - 1, file)] = 0;
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void test_a_full_disk_behind_standard_output_is_told(void **state)
{
    (void)state;
    char *folder = program_folder(), err[4096];
    static const char *const commands[] = {"help", "controls list --json", "completion bash",
                                           "version"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        assert_int_equal(run_into(folder, ">/dev/full", commands[i], err, sizeof err), 2);
        assert_has(err, "standard output");
        assert_int_equal(run_into(folder, "| true", commands[i], err, sizeof err), 0);
        assert_string_equal(err, ""); /* who stops reading made no mistake */
    }
    program_remove_folder(folder);
}

/* Braces and brackets balance outside of strings: enough to see that an object was not cut. */
static void assert_json(const char *text)
{
    int depth = 0;
    bool inside = false;
    size_t tops = 0;
    for (const char *c = text; *c != 0; c++) {
        if (inside && *c == '\\')
            c++;
        else if (*c == '"')
            inside = !inside;
        else if (!inside && (*c == '{' || *c == '['))
            tops += depth++ == 0;
        else if (!inside && (*c == '}' || *c == ']'))
            depth--;
    }
    if (depth != 0 || inside || tops != 1)
        fail_msg("no single JSON value:\n%s", text);
}

/* shows: UX-1 */
static void test_every_answer_and_every_error_is_json_when_asked(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[8];
        int exit;
        const char *has;
    } cases[] = {
        {{"init", "w"}, 0, "\"key_file\""},
        {{"init", "w"}, 2, "\"status\": \"EXISTS\""},
        {{"import", "contacts.csv", "-w", "w"}, 0, "\"imported\": 2"},
        {{"import", "gone.csv", "-w", "w"}, 2, "\"hint\""},
        {{"find", "anna", "-w", "w"}, 0, "\"source_id\": \"c1\""},
        {{"find", "nobody", "-w", "w"}, 0, "[]"},
        {{"show", "contact", "c1", "-w", "w"}, 0, "null,"},
        {{"show", "contact", "Anna Adler", "-w", "w"}, 2, "c1, c2"},
        {{"export", "-w", "w"}, 0, "\"records\": 2"},
        {{"duplicates", "contacts.csv"}, 0, "\"pairs\""},
        {{"ledger", "head", "-w", "w"}, 0, "\"note\""},
        {{"ledger", "prove", "0", "-w", "w"}, 0, "\"path\""},
        {{"ledger", "prove", "999", "-w", "w"}, 2, "\"error\""},
        {{"ledger", "consistency", "1", "2", "-w", "w"}, 0, "\"old_root\""},
        {{"ledger", "verify", "-w", "w"}, 0, "\"valid\": true"},
        {{"controls", "list"}, 0, "\"grade\""},
        {{"controls", "show", "COM-OWNER"}, 0, "\"criterion\""},
        {{"controls", "show", "NO-SUCH"}, 2, "\"NOT_FOUND\""},
        {{"audit", "contacts.csv"}, 0, "\"rules_sha256\""},
        {{"audit", "gone.csv"}, 2, "\"error\""},
        {{"audit"}, 2, "SOURCE"},
        {{"version"}, 0, "\"model\""},
        {{"--version"}, 0, "\"model\""},
    };
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *arguments[10] = {NULL};
        size_t count = 0;
        for (; cases[i].arguments[count] != NULL; count++)
            arguments[count] = cases[i].arguments[count];
        arguments[count] = "--json";
        program_result r = program_run(folder, arguments);
        if (r.exit != cases[i].exit)
            fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.err);
        assert_json(r.out);
        assert_has(r.out, cases[i].has);
        if (r.exit == 2)
            assert_has(r.err, "probity: "); /* people see it too */
        program_free(&r);
    }
    program_remove_folder(folder);
}

/* shows: AUD-3 */
static void test_an_audit_of_nothing_is_no_pass(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", "Contact ID,Full Name\nc1\nc2,A,B\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "not one record to audit in contacts.csv");
    assert_has(r.err, "All 2 rows of contacts.csv were rejected");
    program_free(&r);
    char *json = program_read(folder, "report/report.json");
    assert_has(json, "Expected 2 columns, found 1");
    free(json);
    r = PROGRAM(folder, "init", "w", "--quiet");
    assert_string_equal(r.out, "");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    r = PROGRAM(folder, "audit", "w");
    assert_int_equal(r.exit, 2);
    program_free(&r);
    /* some rows read, some not: the terminal says so */
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email\nc1\nc2,Anna Adler,a@example.com\n");
    r = PROGRAM(folder, "audit", "contacts.csv", "--fail-on", "none");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "1 of 2 rows imported, 1 rejected");
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_reports_are_all_written_or_none(void **state)
{
    (void)state;
    char *folder = program_folder(), path[4096];
    program_write(folder, "contacts.csv", contacts);
    snprintf(path, sizeof path, "%s/report", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/report/findings.csv", folder);
    program_write(folder, "report/report.html", "old");
    assert_int_equal(mkdir(path, 0700), 0); /* a folder stands where the last report belongs */
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--out", "contacts.csv");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "contacts.csv");
    program_free(&r);
    r = PROGRAM(folder, "audit", "contacts.csv", "--format", "csv");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "findings.csv");
    program_free(&r);
    assert_int_equal(rmdir(path), 0);
    r = PROGRAM(folder, "audit", "contacts.csv", "--format", "csv");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    char *html = program_read(folder, "report/report.html");
    assert_string_equal(html, "old"); /* not asked for, not touched */
    free(html);
    program_remove_folder(folder);
}

/* Copies a file of the build into `folder`; with `without`, these words in it are made others. */
static void copy_built(const char *build, const char *folder, const char *name, const char *without)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PB_AUTO_BUF bytes = PB_BUF_INIT((size_t)1 << 30);
    const char *from = pb_arena_printf(arena, "%s/%s", build, name);
    const char *to = pb_arena_printf(arena, "%s/%s", folder, name);
    assert_int_equal(sys_file_read(from, (size_t)1 << 30, &bytes, NULL), PB_OK);
    size_t at = without == NULL ? 0 : pb_str_find(pb_buf_str(&bytes), pb_str_c(without));
    assert_true(at != SIZE_MAX);
    if (without != NULL)
        bytes.ptr[at] = bytes.ptr[at] == '0' ? '1' : '0';
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    fclose(file);
    assert_int_equal(chmod(to, 0700), 0);
}

/* shows: AUD-10 */
static void test_a_part_of_another_version_is_refused(void **state)
{
    char *folder = program_folder(), build[4096];
    (void)state;
    snprintf(build, sizeof build, "%s", getenv("PROBITY_BUILD"));
    copy_built(build, folder, "probity", NULL);
    program_write(folder, "people.csv", "full_name,email\nAnn Example,ann@example.com\n");
    assert_int_equal(setenv("PROBITY_BUILD", folder, 1), 0);
    PROGRAM_EXPECT(folder, 2, "is not installed", "audit", "people.csv", "--out", "report",
                   "--format", "pdf");
    copy_built(build, folder, "probity-pdf.so", pb_shape());
    PROGRAM_EXPECT(folder, 2, "belongs to another version of this program", "audit", "people.csv",
                   "--out", "report", "--format", "pdf");
    copy_built(build, folder, "probity-pdf.so", NULL);
    PROGRAM_EXPECT(folder, 0, "report.pdf", "audit", "people.csv", "--out", "report", "--format",
                   "pdf", "--fail-on", "none");
    assert_int_equal(setenv("PROBITY_BUILD", build, 1), 0);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_full_disk_behind_standard_output_is_told),
        cmocka_unit_test(test_every_answer_and_every_error_is_json_when_asked),
        cmocka_unit_test(test_an_audit_of_nothing_is_no_pass),
        cmocka_unit_test(test_reports_are_all_written_or_none),
        cmocka_unit_test(test_a_part_of_another_version_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
