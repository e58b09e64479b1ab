/* Two sources or reports side by side, and the schemas that are published. */
#include "json_schema.h"
#include "program.h"

static const char worse[] = "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n2,Ben Birch,ben@@firm-b.de\n"
                            "3,Cleo Cedar,cleo@@firm-c.de\n4,Dan Dogwood,dan@firm-d.de\n";
static const char better[] = "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n2,Ben Birch,ben@firm-b.de\n"
                             "3,Cleo Cedar,cleo@firm-c.de\n4,Dan Dogwood,dan@firm-d.de\n";

static char *two_sources(void)
{
    char *folder = program_folder();
    program_write(folder, "old.csv", worse);
    program_write(folder, "new.csv", better);
    return folder;
}

static void audited(const char *folder, const char *source, const char *out, const char *day)
{
    program_result r = PROGRAM(folder, "audit", source, "--as-of", day, "--out", out, "--title",
                               "People", "--format", "json", "--fail-on", "none");
    assert_int_equal(r.exit, 0);
    program_free(&r);
}

static void keeps_to_schema(const char *folder, const char *json)
{
    char fault[1024];
    program_result schema = PROGRAM(folder, "schema", "comparison");
    const char *refused = schema_refuses(schema.out, json, fault, sizeof fault);
    if (refused != NULL)
        fail_msg("%s", refused);
    program_free(&schema);
}

/* shows: AUD-10 INT-4 */
static void test_two_sources_are_audited_and_set_side_by_side(void **state)
{
    (void)state;
    char *folder = two_sources();
    program_result r = PROGRAM(folder, "compare", "new.csv", "old.csv", "--as-of", "2025-06-30");
    assert_int_equal(r.exit, 0);
    assert_string_equal(r.err, "");
    assert_has(r.out, "Comparison of “new” with “old”");
    assert_has(r.out, "“new” has the better mark");
    assert_has(r.out, "e-mail addresses must be valid: 0% and 50% (−50 points)");
    assert_has(r.out, "Written: comparison/comparison.html");
    assert_null(strstr(r.out, "different rules"));
    program_free(&r);
    char *html = program_read(folder, "comparison/comparison.html");
    char *json = program_read(folder, "comparison/comparison.json");
    assert_has(html, "<td class=\"n\">0%</td><td class=\"n\">50%</td><td class=\"n\">−50 points");
    assert_null(strstr(html, "class=\"mark"));
    assert_has(json, "\"better\": \"here\"");
    assert_has(json, "\"rules_differ\": false");
    keeps_to_schema(folder, json);
    free(html);
    free(json);
    program_remove_folder(folder);
}

/* A report and a source give what two sources give. shows: AUD-10 */
static void test_reports_and_sources_may_be_mixed(void **state)
{
    (void)state;
    char *folder = two_sources();
    audited(folder, "old.csv", "old", "2025-06-30");
    audited(folder, "new.csv", "new", "2025-07-31");
    program_result live = PROGRAM(folder, "compare", "old.csv", "old/report.json", "--as-of",
                                  "2025-06-30", "--format", "none");
    assert_has(live.out, "Both have the same mark.");
    assert_has(live.out, "byte for byte");
    assert_null(strstr(live.out, "Written"));
    program_free(&live);
    program_result two = PROGRAM(folder, "compare", "old/report.json", "new/report.json", "--json",
                                 "--format", "none");
    assert_int_equal(two.exit, 0);
    assert_has(two.out, "\"better\": \"there\"");
    assert_has(two.out, "\"days_differ\": true");
    keeps_to_schema(folder, two.out);
    program_free(&two);
    two = PROGRAM(folder, "compare", "old/report.json", "new/report.json", "--format", "none");
    /* Both are of “People”: their days tell them apart. */
    assert_has(two.out, "“People (30 Jun 2025)” with “People (31 Jul 2025)”");
    program_free(&two);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_the_exit_code_says_what_was_asked_of_it(void **state)
{
    (void)state;
    char *folder = two_sources();
    static const struct {
        const char *here, *there, *option;
        int code;
    } calls[] = {{"old.csv", "new.csv", "--fail-if-worse", 1},
                 {"new.csv", "old.csv", "--fail-if-worse", 0},
                 {"old.csv", "new.csv", "--quiet", 0},
                 {"old.csv", "nothing.csv", "--fail-if-worse", 2},
                 {"old.csv", "empty.csv", "--fail-if-worse", 2}};
    program_write(folder, "empty.csv", "id,Name,Email\n");
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        program_result r = PROGRAM(folder, "compare", calls[i].here, calls[i].there, "--as-of",
                                   "2025-06-30", "--format", "none", "--quiet", calls[i].option);
        assert_int_equal(r.exit, calls[i].code);
        assert_string_equal(r.out, "");
        assert_int_equal(r.err[0] != 0, calls[i].code == 2);
        program_free(&r);
    }
    program_result help = PROGRAM(folder, "compare", "--help");
    assert_has(help.out, "Exit codes\n  0 ");
    assert_has(help.out, "With --fail-if-worse: the first is worse");
    program_free(&help);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_what_cannot_be_compared_is_named(void **state)
{
    (void)state;
    char *folder = two_sources();
    program_write(folder, "broken.json", "{\"format\": \"probity-audit-report\", \"mark\": [");
    program_result r = PROGRAM(folder, "compare", "old.csv", "broken.json");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "broken.json is no report to compare with");
    assert_has(r.err, "line 1");
    program_free(&r);
    r = PROGRAM(folder, "compare", "old.csv", "new.csv", "--format", "docx");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "“docx” is no format of a comparison");
    program_free(&r);
    r = PROGRAM(folder, "compare", "old.csv");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "SECOND");
    program_free(&r);
    program_remove_folder(folder);
}

/* shows: AUD-10 INT-1 */
static void test_the_program_carries_its_schemas(void **state)
{
    (void)state;
    static const char *const names[] = {"report", "comparison"};
    char *folder = program_folder();
    program_result listed = PROGRAM(folder, "schema");
    for (size_t i = 0; i < 2; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/doc/schema/%s-1.json", program_root(), names[i]);
        char *published = program_slurp(path);
        program_result r = PROGRAM(folder, "schema", names[i]);
        assert_int_equal(r.exit, 0);
        assert_string_equal(r.out, published);
        assert_has(listed.out, names[i]);
        program_free(&r);
        free(published);
    }
    program_free(&listed);
    listed = PROGRAM(folder, "schema", "invoice");
    assert_int_equal(listed.exit, 2);
    assert_has(listed.err, "report, comparison");
    program_free(&listed);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_sources_are_audited_and_set_side_by_side),
        cmocka_unit_test(test_reports_and_sources_may_be_mixed),
        cmocka_unit_test(test_the_exit_code_says_what_was_asked_of_it),
        cmocka_unit_test(test_what_cannot_be_compared_is_named),
        cmocka_unit_test(test_the_program_carries_its_schemas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
