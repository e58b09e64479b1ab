/* A count and its noun agree, in English and in every catalogue: “1 record was examined”. */
#include "program.h"

/* Runs a command of the system, both outputs into `folder`/said. */
static int run_tool(const char *folder, const char *const argv[])
{
    char said[4096];
    snprintf(said, sizeof said, "%s/said", folder);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int out = open(said, O_CREAT | O_TRUNC | O_WRONLY, 0600);
        if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(99);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(98);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void lacks(const char *whole, const char *part)
{
    if (strstr(whole, part) != NULL)
        fail_msg("“%s” stands in: %.2000s", part, whole);
}

/* shows: AUD-10 UX-1 */
static void test_one_record_is_spoken_of_as_one(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n");
    program_write(folder, "accounts.csv",
                  "id,Name,Website\n1,Acme,https://firm-a.de\n"
                  "2,Brass,not a page\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30");
    assert_has(r.out, "1 record was examined by ");
    lacks(r.out, "1 records");
    program_free(&r);
    char *html = program_read(folder, "report/report.html");
    static const char *const wrong[] = {">1 records",   " 1 records", "1 rows",   "1 findings",
                                        ">1 controls",  " 1 hours",   "1 values", "1 minutes",
                                        "1 characters", "1 faults"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        lacks(html, wrong[i]);
    assert_has(html, "<b>1</b>\n<span>record examined</span>");
    assert_has(html, "1 of 1 row taken, 0 not");
    free(html);
    r = PROGRAM(folder, "audit", "accounts.csv", "--as-of", "2025-06-30");
    assert_has(r.out, "2 records were examined by ");
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: INT-5 UX-1 */
static void test_imports_and_duplicates_count_one_as_one(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n");
    program_result r = PROGRAM(folder, "init", "w");
    program_free(&r);
    r = PROGRAM(folder, "import", "contacts.csv", "-w", "w");
    assert_has(r.out, "1 of 1 row imported, 0 rejected");
    assert_has(r.out, "counted again in the workspace: 1 record\n");
    program_free(&r);
    r = PROGRAM(folder, "export", "-w", "w", "--out", "x");
    assert_has(r.out, "(1 record)");
    program_free(&r);
    r = PROGRAM(folder, "duplicates", "contacts.csv");
    assert_has(r.out, "0 of 1 record in 0 groups of duplicates (0 pairs)");
    program_free(&r);
    program_remove_folder(folder);
}

/* Messages that count reach the catalogues with all forms of each language, keep the translation
 * they had before they counted, and every form is asked for. shows: AUD-10 */
static void test_catalogues_carry_every_form(void **state)
{
    (void)state;
    char *folder = program_folder(), tool[4096], path[4096], po[4096], mo[4096];
    static const char *const folders[] = {"src", "model", "controls", "locales"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    program_write(folder, "src/a.c",
                  "f(PB_MSG_N(\"{count} row was read\", \"{count} rows \"\n  \"were read\"), n);\n"
                  "g(PB_MSG(\"Done\"));\n");
    program_write(folder, "locales/fa.po",
                  "msgid \"\"\nmsgstr \"\"\n\"Plural-Forms: nplurals=2; plural=n > 1;\\n\"\n\n"
                  "msgid \"{count} rows were read\"\nmsgstr \"{count} R\"\n");
    program_write(folder, "zh.json",
                  "{\"{count} row was read\": [\"{count} Z\"], \"Done\": \"Z\"}");
    snprintf(tool, sizeof tool, "%s/tools/gather-messages", program_root());
    snprintf(path, sizeof path, "%s/zh.json", folder);
    const char *all[] = {"python3", "-B", tool, folder, NULL};
    const char *fill[] = {"python3", "-B", tool, "--fill", "zh-CN", path, folder, NULL};
    const char *check[] = {"python3", "-B", tool, "--check", folder, NULL};
    assert_int_equal(run_tool(folder, all), 0);
    assert_int_equal(run_tool(folder, fill), 0);
    char *fa = program_read(folder, "locales/fa.po"),
         *zh = program_read(folder, "locales/zh-CN.po");
    assert_has(fa, "msgid \"{count} row was read\"\nmsgid_plural \"{count} rows were read\"\n"
                   "msgstr[0] \"{count} R\"\nmsgstr[1] \"{count} R\"\n");
    assert_has(zh, "msgid_plural \"{count} rows were read\"\nmsgstr[0] \"{count} Z\"\n");
    lacks(zh, "msgstr[1]");
    free(fa);
    free(zh);
    assert_int_equal(run_tool(folder, check), 1); /* “Done” is not translated */
    char *said = program_read(folder, "said");
    assert_has(said, "fa: src/a.c: 'Done' is not translated");
    lacks(said, "row was read");
    free(said);
    snprintf(po, sizeof po, "%s/locales/fa.po", folder);
    snprintf(mo, sizeof mo, "%s/fa.mo", folder);
    const char *compile[] = {"msgfmt", "--check-format", "-o", mo, po, NULL};
    assert_int_equal(run_tool(folder, compile), 0);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_record_is_spoken_of_as_one),
        cmocka_unit_test(test_imports_and_duplicates_count_one_as_one),
        cmocka_unit_test(test_catalogues_carry_every_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
