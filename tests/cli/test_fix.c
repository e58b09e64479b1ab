/* Work from findings, as a person does it: see what a rule proposes, put it in, take it back. */
#include "program.h"

static void must(const char *folder, const char *const *arguments, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != 0)
        fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.err);
    assert_has(r.out, has);
    program_free(&r);
}

#define MUST(folder, has, ...) must((folder), (const char *const[]){__VA_ARGS__, NULL}, (has))

static const char accounts[] = "Account ID;Account Name;Industry;Phone\n"
                               "a1;Acme;technology;+44 20 7946 0958\n"
                               "a2;Bluth;technolgy;+44 20 7946 0959\n"
                               "a3;Conecom;technology;\n"
                               "a4;Dalt;technology;\n"
                               "a5;Erie;technology;\n"
                               "a6;Fast;medical;\n";

/* shows: DQ-10 */
static void test_copies_of_files(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "accounts.csv", accounts);
    MUST(folder, "a2, Industry: technolgy → technology", "fix", "accounts.csv", "--control",
         "DQ-MISSPELT", "--dry-run");
    char fixed[4096];
    snprintf(fixed, sizeof fixed, "%s/fixed", folder);
    assert_int_equal(access(fixed, F_OK), -1); /* a rehearsal writes nothing */
    MUST(folder, "Values changed: 1 of 1 proposed.", "fix", "accounts.csv", "--control",
         "DQ-MISSPELT", "--diff", "diff.csv");
    char *text = program_read(folder, "fixed/accounts.csv");
    assert_has(text, "a2,Bluth,technology,+44 20 7946 0959\r\n");
    assert_has(text, "a6,Fast,medical,\r\n");
    free(text);
    text = program_read(folder, "accounts.csv");
    assert_string_equal(text, accounts);
    free(text);
    text = program_read(folder, "diff.csv");
    assert_has(text, "DQ-MISSPELT/account.industry,account,a2,accounts.csv,industry,technolgy,"
                     "technology,\r\n");
    free(text);
    MUST(folder, "No rule knows a clean value here: 0 findings", "fix", "fixed", "--control",
         "DQ-MISSPELT");
    program_remove_folder(folder);
}

/* shows: DQ-10 INT-5 */
static void test_in_a_workspace_and_back(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "accounts.csv", accounts);
    MUST(folder, "key", "init", "w");
    MUST(folder, "To take it back: probity undo 1", "import", "accounts.csv", "-w", "w");
    MUST(folder, "Values that would be changed: 1", "fix", "w", "--control", "DQ-MISSPELT",
         "--dry-run");
    MUST(folder, "Industry: technolgy\n", "show", "account", "a2", "-w", "w");
    MUST(folder, "To take it back: probity undo 2", "fix", "w", "--control", "DQ-MISSPELT");
    MUST(folder, "Industry: technology\n", "show", "account", "a2", "-w", "w");
    MUST(folder, "correction by DQ-MISSPELT/account.industry: records: 1", "runs", "-w", "w");
    MUST(folder, "with values put back 1", "undo", "2", "-w", "w", "--dry-run");
    MUST(folder, "Industry: technology\n", "show", "account", "a2", "-w", "w");
    MUST(folder, "with values put back 1", "undo", "2", "-w", "w");
    MUST(folder, "Industry: technolgy\n", "show", "account", "a2", "-w", "w");
    MUST(folder, "records deleted 6", "undo", "1", "-w", "w");
    MUST(folder, "Nothing found", "find", "acme", "-w", "w");
    MUST(folder, "6 of 6 rows imported", "import", "accounts.csv", "-w", "w");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    program_remove_folder(folder);
}

/* shows: DQ-10 */
static void test_wrong_words(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "accounts.csv", accounts);
    program_result r = PROGRAM(folder, "fix", "accounts.csv", "--control", "DQ-NONSENSE");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "There is no control DQ-NONSENSE");
    program_free(&r);
    r = PROGRAM(folder, "fix", "accounts.csv", "--control", "DQ-MISSPELT", "--out", ".");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "is the source itself");
    program_free(&r);
    MUST(folder, "key", "init", "w");
    r = PROGRAM(folder, "undo", "first", "-w", "w");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "“first” is no number of a run");
    program_free(&r);
    r = PROGRAM(folder, "undo", "9", "-w", "w");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "There is no run 9");
    program_free(&r);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_of_files),
        cmocka_unit_test(test_in_a_workspace_and_back),
        cmocka_unit_test(test_wrong_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
