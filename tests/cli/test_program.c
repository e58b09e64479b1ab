/* The program as a person meets it. */
#include "program.h"

static const char contacts[] =
    "Contact ID,Full Name,Email,Phone,Account Name,Created Date\r\n"
    "c1,Anna Adler,anna.adler@example.com,+49 30 1234567,Acme GmbH,2024-01-05\r\n"
    "c2,王小明,xm.wang@example.cn,+86 10 6552 9988,北京大华科技有限公司,2024-02-06\r\n"
    "c3,حسین رضایی,h.rezaei@example.ir,+98 21 8888 1234,شرکت پارس,2024-03-07\r\n"
    "c4,Adler Anna,anna.adler@example.com,+49 30 1234567,Acme GmbH,2024-04-08\r\n";

static void demo_path(char path[4096])
{
    snprintf(path, 4096, "%s/demo", program_root());
}

/* shows: AUD-3 AUD-8 AUD-10 */
static void test_audit_of_the_demo_writes_three_reports(void **state)
{
    (void)state;
    char *folder = program_folder(), demo[4096];
    demo_path(demo);
    program_result r =
        PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--fail-on", "important");
    assert_string_equal(r.err, "");
    assert_int_equal(r.exit, 1); /* the demo has important findings, no essential one */
    assert_has(r.out, "Mark ");
    assert_has(r.out, "What to do first");
    assert_has(r.out, "report/report.html");
    program_free(&r);
    char *html = program_read(folder, "report/report.html");
    char *json = program_read(folder, "report/report.json");
    char *csv = program_read(folder, "report/findings.csv");
    assert_has(html, "<html lang=\"en\" dir=\"ltr\">");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "http://"));
    assert_null(strstr(html, "https://"));
    assert_has(json, "\"rules_sha256\"");
    assert_int_equal(
        strncmp(csv, "control,grade,entity,record,field,value,problem,suggestion,", 59), 0);
    assert_has(csv, "technolgy");
    free(html);
    free(json);
    free(csv);
    program_remove_folder(folder);
}

/* shows: AUD-8 */
static void test_the_same_input_and_day_give_the_same_bytes(void **state)
{
    (void)state;
    static const char *const files[] = {"report.html", "report.json", "findings.csv"};
    char *folder = program_folder(), demo[4096];
    demo_path(demo);
    for (int i = 0; i < 2; i++) {
        program_result r = PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--out",
                                   i == 0 ? "a" : "b", "--fail-on", "none", "--quiet");
        assert_int_equal(r.exit, 0);
        assert_string_equal(r.out, "");
        program_free(&r);
    }
    for (size_t i = 0; i < 3; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "a/%s", files[i]);
        snprintf(b, sizeof b, "b/%s", files[i]);
        char *first = program_read(folder, a), *second = program_read(folder, b);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_reports_in_three_languages(void **state)
{
    (void)state;
    static const char *const languages[][2] = {{"zh-CN", "<html lang=\"zh-CN\" dir=\"ltr\">"},
                                               {"fa", "<html lang=\"fa\" dir=\"rtl\">"}};
    char *folder = program_folder(), demo[4096];
    demo_path(demo);
    for (size_t i = 0; i < 2; i++) {
        program_result r = PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--lang",
                                   languages[i][0], "--format", "html", "--fail-on", "none");
        assert_int_equal(r.exit, 0);
        assert_null(strstr(r.out, "Mark "));
        program_free(&r);
        char *html = program_read(folder, "report/report.html");
        assert_has(html, languages[i][1]);
        assert_null(strstr(html, ">Findings<"));
        free(html);
    }
    program_remove_folder(folder);
}

/* shows: DQ-1 */
static void test_mistakes_are_told_with_their_mend(void **state)
{
    (void)state;
    static const struct {
        const char *arguments[6];
        const char *says;
    } cases[] = {
        {{"audti"}, "audit"},
        {{"audit"}, "SOURCE"},
        {{"audit", "nothing-here.csv"}, "nothing-here.csv"},
        {{"audit", ".", "--as-of", "yesterday"}, "YYYY-MM-DD"},
        {{"audit", ".", "--fail-on", "importan"}, "important"},
        {{"audit", ".", "--formt", "html"}, "--format"},
        {{"audit", ".", "--format", "docx"}, "html, json, csv"},
        {{"audit", ".", "--lang", "de"}, "zh-CN"},
        {{"audit", ".", "--map"}, "FILE"},
        {{"import", "x.csv"}, "--workspace"},
        {{"find", "x", "--workspace", "nowhere"}, "nowhere"},
        {{"ledger"}, "ledger"},
        {{"ledger", "prove", "x", "--workspace", "nowhere"}, "nowhere"},
        {{"controls", "show", "NO-SUCH"}, "controls list"},
        {{"duplicates", "x.csv", "--threshold", "2"}, "0.5"},
        {{"completion", "powershell"}, "fish"},
        {{"help", "nothing"}, "help"},
        {{"audit", "a", "--title", "x", "--title", "y"}, "twice"},
        {{"version", "now"}, "now"},
    };
    char *folder = program_folder();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program_result r = program_run(folder, cases[i].arguments);
        assert_int_equal(r.exit, 2);
        assert_string_equal(r.out, "");
        assert_has(r.err, cases[i].says);
        program_free(&r);
    }
    program_remove_folder(folder);
}

/* Days would end as in UTC, and nobody would know why. */
/* shows: REC-1 */
static void test_a_time_zone_that_is_not_known_is_told(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *before = getenv("TZ");
    char *kept = before == NULL ? NULL : strdup(before);
    assert_int_equal(setenv("TZ", "Europe/Nowhere", 1), 0);
    program_result r = PROGRAM(folder, "init", "ws");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "There is no time zone Europe/Nowhere.");
    assert_has(r.err, "tzdata");
    program_free(&r);
    r = PROGRAM(folder, "help");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    if (kept == NULL)
        unsetenv("TZ");
    else
        setenv("TZ", kept, 1);
    free(kept);
    program_remove_folder(folder);
}

/* shows: REC-7 DQ-4 ACC-5 INT-5 */
static void test_a_workspace_from_making_to_export(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    program_result r = PROGRAM(folder, "init", "w");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "key");
    program_free(&r);
    r = PROGRAM(folder, "import", "contacts.csv", "-w", "w", "--dry-run");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "nothing was kept");
    program_free(&r);
    r = PROGRAM(folder, "find", "adler", "-w", "w");
    assert_has(r.out, "Nothing found");
    program_free(&r);
    r = PROGRAM(folder, "import", "contacts.csv", "-w", "w");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "4 of 4");
    program_free(&r);
    static const char *const queries[][2] = {{"wangxiaoming", "王小明"},
                                             {"小明", "王小明"},
                                             {"حسين", "حسین رضایی"},
                                             {"adl", "Anna Adler"}};
    for (size_t i = 0; i < 4; i++) {
        r = PROGRAM(folder, "find", queries[i][0], "-w", "w");
        assert_int_equal(r.exit, 0);
        assert_has(r.out, queries[i][1]);
        program_free(&r);
    }
    r = PROGRAM(folder, "show", "contcat", "c1", "-w", "w"); /* it may have kinds of its own */
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "contact");
    program_free(&r);
    r = PROGRAM(folder, "show", "contact", "c1", "-w", "w");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "+49301234567");
    assert_has(r.out, "A record was created.");
    program_free(&r);
    r = PROGRAM(folder, "ledger", "verify", "-w", "w", "--json");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "\"valid\": true");
    program_free(&r);
    r = PROGRAM(folder, "ledger", "head", "-w", "w");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "\n— ");
    program_free(&r);
    r = PROGRAM(folder, "export", "-w", "w", "--out", "out");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    char *csv = program_read(folder, "out/contact.csv");
    assert_has(csv, "xm.wang@example.cn");
    free(csv);
    r = PROGRAM(folder, "audit", "w", "--fail-on", "none", "--as-of", "2025-06-30");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: DQ-4 */
static void test_duplicates_as_files(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    program_result r = PROGRAM(folder, "duplicates", "contacts.csv", "--entity", "contact",
                               "--pairs", "pairs.csv", "--clusters", "clusters.csv");
    assert_string_equal(r.err, "");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    char *pairs = program_read(folder, "pairs.csv");
    char *clusters = program_read(folder, "clusters.csv");
    assert_int_equal(strncmp(pairs, "left_id,right_id,score\r\nc1,c4,0.", 32), 0);
    assert_string_equal(clusters, "id,cluster\r\nc1,c1\r\nc2,c2\r\nc3,c3\r\nc4,c1\r\n");
    free(pairs);
    free(clusters);
    program_remove_folder(folder);
}

/* shows: AUD-13 */
static void test_controls_prove_themselves(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_result r = PROGRAM(folder, "controls", "test");
    assert_string_equal(r.err, "");
    assert_has(r.out, " 0 failed");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    r = PROGRAM(folder, "controls", "list");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "essential");
    assert_null(strstr(r.out, "DQ-VALID-EMAIL/")); /* once, however many fields it is asked of */
    assert_has(r.out, "DQ-VALID-EMAIL");
    assert_has(r.out, "--all");
    program_free(&r);
    r = PROGRAM(folder, "controls", "list", "--all");
    assert_has(r.out, "DQ-VALID-EMAIL/contact.email");
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: UX-1 */
static void test_help_and_completion(void **state)
{
    (void)state;
    char *folder = program_folder();
    static const char *const shells[][2] = {{"bash", "complete -o filenames"},
                                            {"zsh", "bashcompinit"},
                                            {"fish", "complete -c probity"}};
    for (size_t i = 0; i < 3; i++) {
        program_result r = PROGRAM(folder, "completion", shells[i][0]);
        assert_int_equal(r.exit, 0);
        assert_has(r.out, shells[i][1]);
        assert_has(r.out, "fail-on");
        program_free(&r);
    }
    /* what a person sees who presses TAB: the value of an option is no command */
    static const char *const tabs[][2] = {{"probity --lang fa audit --fa", "--fail-on"},
                                          {"probity find -w w ver --en", "--entity"},
                                          {"probity help led", "ledger"},
                                          {"probity ledger ver", "verify"},
                                          {"probity audit --fail-on imp", "important"}};
    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
        char script[1024];
        snprintf(script, sizeof script,
                 "source <('%s/probity' completion bash); COMP_WORDS=(%s); "
                 "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _probity; [ \"${COMPREPLY[*]}\" = %s ]",
                 getenv("PROBITY_BUILD"), tabs[i][0], tabs[i][1]);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            if (chdir(folder) != 0)
                _exit(97);
            execlp("bash", "bash", "-c", script, (char *)NULL);
            _exit(98);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
            fail_msg("completing “%s” does not give %s", tabs[i][0], tabs[i][1]);
    }
    program_result r = PROGRAM(folder, "audit", "--help");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "--as-of DATE");
    program_free(&r);
    r = PROGRAM(folder, "help", "ledger", "verify");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "probity ledger verify");
    program_free(&r);
    r = PROGRAM(folder, "version", "--json");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "\"controls\"");
    program_free(&r);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_audit_of_the_demo_writes_three_reports),
        cmocka_unit_test(test_the_same_input_and_day_give_the_same_bytes),
        cmocka_unit_test(test_reports_in_three_languages),
        cmocka_unit_test(test_mistakes_are_told_with_their_mend),
        cmocka_unit_test(test_a_workspace_from_making_to_export),
        cmocka_unit_test(test_duplicates_as_files),
        cmocka_unit_test(test_controls_prove_themselves),
        cmocka_unit_test(test_help_and_completion),
        cmocka_unit_test(test_a_time_zone_that_is_not_known_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
