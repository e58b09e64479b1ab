/* Whoever reads only the terminal learns why the mark is held down and what reading assumed. */
#include "program.h"

static char *said(const char *folder, const char *source)
{
    program_result r = PROGRAM(folder, "audit", source, "--as-of", "2025-06-30");
    assert_true(r.exit < 2);
    char *copy = strdup(r.out);
    assert_non_null(copy);
    program_free(&r);
    return copy;
}

/* shows: AUD-8 AUD-10 */
static void test_why_the_mark_is_held_is_said(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv",
                  "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n2,Ben Birch,ben@@firm-b.de\n");
    char *out = said(folder, "contacts.csv");
    assert_has(out, "Mark D: 64 of 100");
    assert_has(out, "but a failed essential control holds it at 64: Contacts: e-mail addresses "
                    "must be valid.");
    free(out);
    char *json = program_read(folder, "report/report.json"),
         *html = program_read(folder, "report/report.html");
    assert_has(json, "\"held_by\": \"essential\"");
    assert_has(json, "\"earned\": ");
    assert_has(html, "holds it at 64: Contacts: e-mail addresses must be valid.");
    free(json);
    free(html);
    program_write(folder, "contacts.csv",
                  "id,Name,Email\n1,Ann Ash,ann@firm-a.de\n"
                  "2,Ben Birch,ben@firm-b.de\n");
    out = said(folder, "contacts.csv");
    assert_null(strstr(out, "It would be"));
    free(out);
    json = program_read(folder, "report/report.json");
    assert_null(strstr(json, "held_by"));
    free(json);
    program_remove_folder(folder);
}

/* shows: DQ-1 AUD-10 */
static void test_what_was_assumed_in_reading_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *file, *text;
        const char *says; /* NULL: nothing was assumed */
    } cases[] = {
        {"deals.csv",
         "id,Name,Created,Amount\n1,A,03/04/2024,\"1.234\"\n2,B,05/06/2024,\"2.345\"\n",
         "deals.csv, “Created”: Dates such as 03/04/2024 can be read two ways"},
        {"deals.csv",
         "id,Name,Created,Amount\n1,A,03/04/2024,\"1.234\"\n2,B,05/06/2024,\"2.345\"\n",
         "deals.csv, “Amount”: Numbers such as 1.234 can be read two ways; the point"},
        {"contacts.csv", "id,Name\n1,M\xfcller\n2,Gr\xf6\xdf\x65\n",
         "contacts.csv: Windows-1252, judged from its bytes, "},
        {"deals.csv", "id,Name,Created,Amount\n1,A,2024-04-03,12.50\n2,B,2024-06-25,1.00\n", NULL},
    };
    char *folder = program_folder();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        program_write(folder, cases[i].file, cases[i].text);
        char *out = said(folder, cases[i].file);
        if (cases[i].says != NULL)
            assert_has(out, cases[i].says);
        assert_int_equal(strstr(out, "Assumed in reading") != NULL, cases[i].says != NULL);
        free(out);
    }
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_why_the_mark_is_held_is_said),
        cmocka_unit_test(test_what_was_assumed_in_reading_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
