/* The workbook, read back by minizip and expat: no reader of ours. */
#include "workbook_support.h"

static void audit_demo(const char *folder, const char *language, const char *out)
{
    char demo[4096];
    support_project(demo, sizeof demo, "demo");
    program_result r = PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--lang", language,
                               "--format", "xlsx", "--out", out);
    if (r.exit > 1)
        fail_msg("%s", r.err);
    program_free(&r);
}

/* shows: AUD-10 */
static void test_a_sheet_for_each_finding_with_all_its_records(void **state)
{
    char *folder = program_folder();
    (void)state;
    audit_demo(folder, "en", "report");
    contents c = contents_of(folder, "report/findings.xlsx");
    static const char *const parts[] = {"[Summary]",      "[Findings]", "[SAL-STUCK]",
                                        "[COM-CUSTOMER]", "[Plan]",     "Open deals should move"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(c.text, parts[i]) == NULL)
            fail_msg("“%s” is not in the workbook", parts[i]);
    assert_null(strstr(c.text, "10 of 1,042 shown")); /* all of them are there */
    size_t stuck = 0;
    for (const char *at = c.text; (at = strstr(at, "more than three times as long")) != NULL; at++)
        stuck++;
    assert_true(stuck >= 1042);
    assert_true(c.charts > 3);
    assert_int_equal(c.formulas, 0);
    assert_int_equal(c.mirrored, 0);
    free(c.text);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_every_sheet_runs_from_right_to_left_in_persian(void **state)
{
    char *folder = program_folder();
    (void)state;
    audit_demo(folder, "fa", "report");
    contents c = contents_of(folder, "report/findings.xlsx");
    assert_int_equal(c.mirrored, c.sheets);
    assert_int_equal(c.formulas, 0);
    free(c.text);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_the_same_audit_gives_the_same_bytes(void **state)
{
    char *folder = program_folder(), a[4096], b[4096];
    (void)state;
    audit_demo(folder, "zh-CN", "one");
    sleep(2); /* a time of day in the file would differ */
    audit_demo(folder, "zh-CN", "two");
    snprintf(a, sizeof a, "%s/one/findings.xlsx", folder);
    snprintf(b, sizeof b, "%s/two/findings.xlsx", folder);
    char *first = program_slurp(a), *second = program_slurp(b);
    assert_memory_equal(first, second, PROGRAM_OUTPUT);
    assert_memory_equal(first, "PK", 2);
    free(first);
    free(second);
    program_remove_folder(folder);
}

/* shows: AUD-10 AUD-3 */
static void test_values_are_texts_and_masked_unless_asked_for(void **state)
{
    char *folder = program_folder();
    (void)state;
    program_write(folder, "contacts.csv",
                  "id,Name,Email\n=1+1,=HYPERLINK(\"http://x\"),ann.long@@b\n+2,@SUM(A1),"
                  "bob.wide@@c\n-3,-5+cmd|x,carl.tall@@d\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--format", "xlsx");
    program_free(&r);
    contents c = contents_of(folder, "report/findings.xlsx");
    assert_int_equal(c.formulas, 0);
    assert_has(c.text, "\n=1+1\n");
    assert_null(strstr(c.text, "ann.long@@b"));
    free(c.text);
    r = PROGRAM(folder, "audit", "contacts.csv", "--format", "xlsx", "--show-values");
    program_free(&r);
    c = contents_of(folder, "report/findings.xlsx");
    assert_int_equal(c.formulas, 0);
    assert_has(c.text, "ann.long@@b");
    free(c.text);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_an_audit_of_nothing_makes_a_workbook_too(void **state)
{
    char *folder = program_folder();
    (void)state;
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Bob,b@c.de,more,cells\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--format", "all");
    assert_int_equal(r.exit, 2);
    program_free(&r);
    contents c = contents_of(folder, "report/findings.xlsx");
    assert_has(c.text, "[Summary]");
    free(c.text);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sheet_for_each_finding_with_all_its_records),
        cmocka_unit_test(test_every_sheet_runs_from_right_to_left_in_persian),
        cmocka_unit_test(test_the_same_audit_gives_the_same_bytes),
        cmocka_unit_test(test_values_are_texts_and_masked_unless_asked_for),
        cmocka_unit_test(test_an_audit_of_nothing_makes_a_workbook_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
