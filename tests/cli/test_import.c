/* Import as a person does it: what was rejected is mended and fed again; what went in comes out. */
#include "program.h"

static size_t lines(const char *text)
{
    size_t count = 0;
    for (; *text != 0; text++)
        count += *text == '\n';
    return count;
}

static void must(const char *folder, const char *const *arguments, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != 0)
        fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.err);
    assert_has(r.out, has);
    program_free(&r);
}

#define MUST(folder, has, ...) must((folder), (const char *const[]){__VA_ARGS__, NULL}, (has))

/* shows: DQ-1 */
static void test_rejected_rows_are_mended_and_fed_again(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv",
                  "Contact ID;Full Name;Email;Birthday\n"
                  "c1;Anna Adler;anna@example.com;1990-01-31\n"
                  "c2;\"Brown; Bob\";bob.example.com;1990-02-31\n"
                  "c3;Carl\n"
                  ";;;\n"
                  "c5;=Eve;eve.example.com;\n");
    MUST(folder, "key", "init", "w");
    MUST(folder, "Written: rows/contacts.csv (3 records)", "import", "contacts.csv", "-w", "w",
         "--rejects", "why.csv", "--rejected-rows", "rows");
    char *why = program_read(folder, "why.csv");
    assert_has(why, "contacts.csv,3,2,Email,bob.example.com,"); /* both faults of the row */
    assert_has(why, "contacts.csv,3,2,Birthday,1990-02-31,");
    assert_has(why, "contacts.csv,4,3,,,\"Expected 4 columns, found 2\"");
    assert_has(why, "contacts.csv,5,4,,,The row is empty");
    free(why);
    char *rows = program_read(folder, "rows/contacts.csv");
    assert_string_equal(rows, "Contact ID,Full Name,Email,Birthday\r\n"
                              "c2,Brown; Bob,bob.example.com,1990-02-31\r\n"
                              "c3,Carl\r\n"
                              "c5,'=Eve,eve.example.com,\r\n");
    free(rows);
    program_write(folder, "rows/contacts.csv",
                  "Contact ID,Full Name,Email,Birthday\r\n"
                  "c2,Brown; Bob,bob@example.com,1990-02-28\r\n"
                  "c3,Carl Cole,carl@example.com,\r\n"
                  "c5,'=Eve,eve@example.com,\r\n");
    program_result fed = PROGRAM(folder, "import", "rows", "-w", "w");
    assert_has(fed.out, "3 of 3 rows imported, 0 rejected");
    assert_has(fed.out, "To take it back: probity undo 2");
    program_free(&fed);
    MUST(folder, "Full name: =Eve", "show", "contact", "c5", "-w", "w");
    /* into the folder of the source: refused, the source stands */
    program_result r = PROGRAM(folder, "import", "contacts.csv", "-w", "w", "--again", "--dry-run",
                               "--rejected-rows", ".");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "is the source itself");
    program_free(&r);
    char *source = program_read(folder, "contacts.csv");
    assert_has(source, "\"Brown; Bob\"");
    free(source);
    program_remove_folder(folder);
}

/* shows: DQ-1 */
static void test_no_rejected_row_is_left_out_of_the_list(void **state)
{
    (void)state;
    enum { BAD = 2500 };
    char *folder = program_folder(), *text = malloc(BAD * 64);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, BAD * 64, "Contact ID,Full Name,Email\n");
    for (int i = 0; i < BAD; i++)
        used += (size_t)snprintf(text + used, 64, "c%d,Person %d,not-an-address\n", i, i);
    program_write(folder, "contacts.csv", text);
    free(text);
    MUST(folder, "key", "init", "w");
    MUST(folder, "0 of 2,500 rows imported, 2,500 rejected", "import", "contacts.csv", "-w", "w",
         "--rejects", "why.csv", "--rejected-rows", "rows");
    program_result r = PROGRAM(folder, "import", "contacts.csv", "-w", "w");
    assert_int_equal(r.exit, 0);
    assert_null(strstr(r.out, "undo")); /* nothing was written that could be taken back */
    program_free(&r);
    char *why = program_read(folder, "why.csv"), *rows = program_read(folder, "rows/contacts.csv");
    assert_int_equal(lines(why), BAD + 1);
    assert_int_equal(lines(rows), BAD + 1);
    free(why);
    free(rows);
    program_remove_folder(folder);
}

/* shows: INT-5 */
static void test_what_was_exported_imports_as_it_was(void **state)
{
    (void)state;
    static const char *const files[] = {"account", "contact", "opportunity"};
    char *folder = program_folder();
    program_write(folder, "accounts.csv",
                  "Account ID,Account Name,Revenue\na1,Acme,\"1,200.50\"\n"
                  "a2,\"Zeta \"\"Z\"\" Ltd\",\n");
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email,Account Name,Description\n"
                  "c1,Anna Adler,anna@example.com,Acme,\"two\nlines, =1+1\"\n"
                  "c2,王小明,xm@example.cn,\"Zeta \"\"Z\"\" Ltd\",=1+1\n"
                  "c3,می‌خواهم رضایی,r@example.ir,Unknown Co,-\n");
    program_write(
        folder, "opportunities.csv",
        "Opportunity ID,Opportunity Name,Account Name,Stage,Amount,Close Date,Owner\n"
        "o1,Deal,Acme,Won,99.90,2024-05-06,Ann Lee\no2,Other,a2,Lost,,2024-05-07,Ann Lee\n");
    MUST(folder, "key", "init", "w1");
    MUST(folder, "key", "init", "w2");
    MUST(folder, "3 of 3", "import", "accounts.csv", "contacts.csv", "opportunities.csv", "-w",
         "w1");
    MUST(folder, "contact.csv (3 records)", "export", "-w", "w1", "--out", "one");
    MUST(folder, "3 of 3", "import", "one", "-w", "w2");
    MUST(folder, "contact.csv (3 records)", "export", "-w", "w2", "--out", "two");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "one/%s.csv", files[i]);
        snprintf(b, sizeof b, "two/%s.csv", files[i]);
        char *first = program_read(folder, a), *second = program_read(folder, b);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w2");
    program_remove_folder(folder);
}

/* shows: INT-5 DQ-1 */
static void test_how_the_file_was_read_is_told(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email\nc1,\xC0\xED\xED\xE0,anna@example.com\n"
                  "c2,Bob Brown,bob@example.com\nGrand Totals (2 records)\n");
    MUST(folder, "key", "init", "w");
    program_result r = PROGRAM(folder, "import", "contacts.csv", "-w", "w", "--encoding", "cp1251");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "2 of 2");
    assert_has(r.out, "read as Windows-1251, as you said");
    assert_has(r.out, "Left out at the end");
    assert_has(r.out, "line 4");
    program_free(&r);
    MUST(folder, "Анна", "show", "contact", "c1", "-w", "w");
    r = PROGRAM(folder, "import", "contacts.csv", "-w", "w", "--encoding", "cp99");
    assert_int_not_equal(r.exit, 0);
    assert_has(r.err, "cp99");
    assert_has(r.err, "Windows-1256");
    program_free(&r);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rejected_rows_are_mended_and_fed_again),
        cmocka_unit_test(test_no_rejected_row_is_left_out_of_the_list),
        cmocka_unit_test(test_what_was_exported_imports_as_it_was),
        cmocka_unit_test(test_how_the_file_was_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
