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

static const char people[] = "Contact ID,Full Name,First Name,Last Name,Email,Birth Date,Country\n"
                             "c1,Zhang Weimin,Weimin,,zhang@firm.cn,13/02/1971,China\n"
                             "c2,Maria del Carmen García López,,,maria@firm.es,03/04/1965,Spain\n"
                             "c3,سید محمد موسوی,,موسوی,m@firm.ir,22/11/1980,Iran\n"
                             "c4,Wang Wei,,,wei@firm.cn,5 March 1990,China\n"
                             "c5,Jan van der Berg,Jan,,jan@firm.nl,09.08.1977,Netherlans\n";

/* Parts of names where the name tells them, dates in another form than the column's, a country. */
/* shows: DQ-10 REC-5 */
static void test_names_dates_and_countries(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", people);
    MUST(folder, "c4, Birth date: 5 March 1990 → 1990-03-05", "fix", "contacts.csv", "--control",
         "DQ-STANDARD-FORM", "--dry-run");
    MUST(folder, "Values changed: ", "fix", "contacts.csv", "--control", "COM-NAME-PARTS",
         "--control", "DQ-STANDARD-FORM", "--control", "DQ-VALID-COUNTRY");
    char *text = program_read(folder, "fixed/contacts.csv");
    assert_has(text, "c1,Zhang Weimin,Weimin,Zhang,zhang@firm.cn,13/02/1971,China\r\n");
    assert_has(text, "c2,Maria del Carmen García López,Maria del Carmen,García López,");
    assert_has(text, "c3,سید محمد موسوی,سید محمد,موسوی,");
    assert_has(text, "c4,Wang Wei,,,wei@firm.cn,1990-03-05,China\r\n"); /* either may be either */
    assert_has(text, "c5,Jan van der Berg,Jan,van der Berg,jan@firm.nl,1977-08-09,Netherlands\r\n");
    free(text);
    MUST(folder, "key", "init", "w");
    MUST(folder, "4 of 5 rows imported", "import", "contacts.csv", "-w", "w"); /* no such country */
    MUST(folder, "To take it back: probity undo 2", "fix", "w", "--control", "COM-NAME-PARTS");
    MUST(folder, "Family name: García López\n", "show", "contact", "c2", "-w", "w");
    MUST(folder, "with values put back", "undo", "2", "-w", "w");
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
        cmocka_unit_test(test_names_dates_and_countries),
        cmocka_unit_test(test_wrong_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
