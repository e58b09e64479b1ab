/* Audits beside earlier ones, other sources and a target; what to do first and what it costs. */
#include "report_support.h"

static const char before[] = "id,Name,Email,Phone\n"
                             "1,Ann Ash,ann@example.com,+49 30 1234567\n"
                             "2,Ben Birch,ben@@example.com,+49 30 1234568\n"
                             "3,Cleo Cedar,cleo@@example.com,+49 30 1234569\n"
                             "4,Dan Dogwood,dan@example.com,+49 30 1234560\n";
static const char mended[] = "id,Name,Email,Phone\n"
                             "1,Ann Ash,ann@example.com,+49 30 1234567\n"
                             "2,Ben Birch,ben@example.com,+49 30 1234568\n"
                             "3,Cleo Cedar,cleo@@example.com,+49 30 1234569\n"
                             "4,Dan Dogwood,dan@example.com,+49 30 1234560\n";
static const char all_mended[] = "id,Name,Email,Phone\n"
                                 "1,Ann Ash,ann@example.com,+49 30 1234567\n"
                                 "2,Ben Birch,ben@example.com,+49 30 1234568\n"
                                 "3,Cleo Cedar,cleo@example.com,+49 30 1234569\n"
                                 "4,Dan Dogwood,dan@example.com,+49 30 12\n";

static void audit_of(const char *folder, const char *name, const char *text, const char *out,
                     const char *day)
{
    program_write(folder, name, text);
    program_result r =
        PROGRAM(folder, "audit", name, "--as-of", day, "--out", out, "--title", "People");
    assert_has(r.out, "Mark ");
    program_free(&r);
}

static char *again(const char *folder, const char *text)
{
    program_write(folder, "contacts.csv", text);
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30", "--title",
                               "People", "--since", "r2/report.json", "--since", "r1/report.json");
    assert_string_equal(r.err, "");
    program_free(&r);
    char *html = program_read(folder, "report/report.html");
    char *trend = strstr(html, "<section id=\"trend\">");
    assert_non_null(trend);
    char *end = strstr(trend, "</section>");
    assert_non_null(end);
    *end = 0;
    char *copy = strdup(trend);
    free(html);
    assert_non_null(copy);
    return copy;
}

/* The row of a control in the table of what became of it. */
static void check_row(const char *trend, const char *control, const char *state,
                      const char *figures)
{
    char mark[256];
    snprintf(mark, sizeof mark, "\">%s</bdi>", control);
    const char *at = strstr(trend, mark);
    if (at == NULL)
        fail_msg("%s is not told", control);
    char row[1024];
    snprintf(row, sizeof row, "%.600s", at);
    char *end = strstr(row, "</tr>");
    assert_non_null(end);
    *end = 0;
    assert_has(row, state);
    assert_has(row, figures);
}

/* shows: AUD-9 AUD-10 */
static void test_the_next_run_proves_the_mend(void **state)
{
    (void)state;
    char *folder = program_folder();
    audit_of(folder, "contacts.csv", before, "r1", "2025-01-31");
    audit_of(folder, "contacts.csv", before, "r2", "2025-04-30");
    char *trend = again(folder, mended);
    check_row(trend, "DQ-VALID-EMAIL/contact.email", ">better<",
              "<td class=\"n\">2</td><td class=\"n\">1</td><td class=\"n\">1</td>");
    assert_has(trend, "Since 30 Apr 2025"); /* the newest, in whatever order they were given */
    assert_has(trend, "Marks of 3 audits: overall, and");
    free(trend);
    trend = again(folder, all_mended);
    check_row(trend, "DQ-VALID-EMAIL/contact.email", ">mended<",
              "<td class=\"n\">2</td><td class=\"n\">0</td><td class=\"n\">2</td>");
    check_row(trend, "DQ-VALID-PHONE/contact.phone", ">new<",
              "<td class=\"n\">0</td><td class=\"n\">1</td>");
    free(trend);
    trend = again(folder, before);
    check_row(trend, "DQ-VALID-EMAIL/contact.email", ">unchanged<",
              "<td class=\"n\">2</td><td class=\"n\">2</td><td class=\"n\">0</td>");
    assert_has(trend, "byte for byte");
    assert_null(strstr(trend, "The rules are not those"));
    free(trend);
    program_remove_folder(folder);
}

/* What was not asked again is never called mended. shows: AUD-9 */
static void test_what_is_not_examined_again_is_not_mended(void **state)
{
    (void)state;
    char *folder = program_folder();
    audit_of(folder, "contacts.csv", before, "r1", "2025-01-31");
    audit_of(folder, "contacts.csv", before, "r2", "2025-04-30");
    char *trend = again(folder, "id,Name,Phone\n1,Ann Ash,+49 30 1234567\n");
    check_row(trend, "DQ-VALID-EMAIL/contact.email", ">not examined now<",
              "<td class=\"n\">2</td><td class=\"n\">–</td><td class=\"n\">–</td>");
    free(trend);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_two_sources_side_by_side_and_a_target(void **state)
{
    (void)state;
    char *folder = program_folder();
    audit_of(folder, "contacts.csv", before, "peer", "2025-01-31");
    program_write(folder, "contacts.csv", mended);
    program_write(folder, "target.yaml",
                  "target:\n  name: Our goal\n  marks: {overall: 100}\n"
                  "  failing: {DQ-VALID-EMAIL/contact.email: 25 %}\n"
                  "  filled: {contact.email: 100 %}\n");
    program_result r =
        PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30", "--against",
                "peer/report.json", "--target", "target.yaml", "--hourly-rate", "30EUR");
    assert_string_equal(r.err, "");
    program_free(&r);
    char *html = program_read(folder, "report/report.html");
    assert_has(html, "<section id=\"against\">");
    assert_has(html, "<td class=\"n\">25%</td><td class=\"n\">50%</td><td class=\"n\">−25 points");
    assert_has(html, "<section id=\"target\">");
    assert_has(html, ">reached<");
    assert_has(html, ">missed<");
    assert_has(html, "<section id=\"swot\">");
    assert_has(html, "<section id=\"plan\">");
    assert_has(html, "EUR");
    free(html);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_what_cannot_be_compared_is_told_before_the_work(void **state)
{
    (void)state;
    static const struct {
        const char *option, *text, *says;
    } wrong[] = {
        {"--since", "{\"a\": 1", "line 1, column"},
        {"--since", "{\"format\": \"other\"}", "probity-audit-report"},
        {"--against", "{\"format\": \"probity-audit-report\", \"format_version\": 2}",
         "`format_version` is not 1"},
        {"--target", "target:\n  marks: {overal: 90}\n", "file:2:11"},
        {"--target", "target:\n  failing: {SAL-STUCK: 10}\n", "file:2:24"},
        {"--target", "target:\n  filled: {contact.nothing: 10 %}\n", "no field “contact.nothing”"},
        {"--target", "target:\n  mark: {overall: 10}\n", "marks"},
    };
    char *folder = program_folder();
    program_write(folder, "contacts.csv", before);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        program_write(folder, "file", wrong[i].text);
        program_result r = PROGRAM(folder, "audit", "contacts.csv", wrong[i].option, "file");
        assert_true(r.exit > 1);
        assert_has(r.err, wrong[i].says);
        assert_string_equal(r.out, "");
        program_free(&r);
    }
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--hourly-rate", "cheap");
    assert_has(r.err, "--hourly-rate cheap is no amount");
    program_free(&r);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_run_proves_the_mend),
        cmocka_unit_test(test_what_is_not_examined_again_is_not_mended),
        cmocka_unit_test(test_two_sources_side_by_side_and_a_target),
        cmocka_unit_test(test_what_cannot_be_compared_is_told_before_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
