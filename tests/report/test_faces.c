/* Reports over a result made by hand: what is said, what is escaped, what stays the same. */
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char model_yaml[] = "entity: contact\n"
                                 "label: Contact\n"
                                 "plural: Contacts\n"
                                 "title: [name]\n"
                                 "key: [name]\n"
                                 "fields:\n"
                                 "  name: {type: text, role: name}\n"
                                 "  email: {type: email}\n";

/* Everything a report is made of. */
typedef struct fixture {
    pb_arena *arena;
    model_schema *schema;
    audit_area area;
    audit_catalogue catalogue;
    audit_control controls[4];
    audit_finding findings[4];
    audit_failure failures[3];
    audit_mark owners[1];
    audit_mark areas[1];
    report_source_column columns[2];
    report_source_reject rejects[1];
    report_source_file files[2];
    pb_arg why[1];
    audit_result result;
    report_reading reading;
    report_input report;
} fixture;

static pb_str text(const char *literal)
{
    return pb_str_c(literal);
}

static void make_controls(fixture *f)
{
    static const char *const ids[] = {"DQ-MAIL", "DQ-NAME", "DQ-NONE", "DQ-BROKEN"};
    const model_entity *contact = model_entity_find(f->schema, text("contact"));
    for (size_t i = 0; i < 4; i++) {
        f->controls[i] = (audit_control){.id = text(ids[i]),
                                         .base = text(ids[i]),
                                         .area = text("accuracy"),
                                         .title = text("{entities}: the title of it"),
                                         .grade = i == 0 ? MODEL_ESSENTIAL : MODEL_DESIRABLE,
                                         .entity = contact,
                                         .unit = contact->plural,
                                         .criterion = text("A criterion."),
                                         .why = text("A reason."),
                                         .cause = text("A cause."),
                                         .effect = text("{failing} of {population} are lost."),
                                         .remedy = text("Mend them."),
                                         .effort_unit = text("minutes_per_record"),
                                         .effort_minutes = 2};
    }
    f->controls[0].field = model_field_find(contact, text("email"));
}

static void make_findings(fixture *f)
{
    static const audit_outcome outcomes[] = {AUDIT_FAIL, AUDIT_PASS, AUDIT_NOT_APPLICABLE,
                                             AUDIT_COULD_NOT_RUN};
    for (size_t i = 0; i < 4; i++)
        f->findings[i] = (audit_finding){.control = &f->controls[i],
                                         .outcome = outcomes[i],
                                         .population = i < 2 ? 10 : 0,
                                         .failing = i == 0 ? 3 : 0,
                                         .score = i == 1};
    for (size_t i = 0; i < 3; i++)
        f->failures[i] = (audit_failure){.n = (int64_t)i + 1,
                                         .record = text(i == 0 ? "a<b>\"c'&" : "r,2"),
                                         .field = text("email"),
                                         .value = text(i == 0   ? "<script>x</script>"
                                                       : i == 1 ? "=cmd()"
                                                                : "-5"),
                                         .problem = text("“{value}” is no address of {field}"),
                                         .owner = text("Anna")};
    f->findings[0].failures = f->failures;
    f->findings[0].failure_count = 3;
    f->findings[2].reason = text("There are no {value} in the source.");
    f->findings[2].reason_value = text("Contacts");
    f->findings[3].reason = text("It broke: {value}");
    f->findings[3].reason_value = text("no such column");
}

static void make_reading(fixture *f)
{
    f->columns[0] = (report_source_column){.header = text("E <mail>"),
                                           .field = text("E-mail"),
                                           .how = text("by its header"),
                                           .filled = 9};
    f->columns[1] = (report_source_column){.header = text("Shoe size"),
                                           .how = text("fits no field: left out"),
                                           .holds = text("numbers of shoes")};
    f->rejects[0] =
        (report_source_reject){.line = 7,
                               .says = text("expected {expected} columns, found {found}"),
                               .expected = 2,
                               .found = 3};
    f->files[0] = (report_source_file){.name = text("people.csv"),
                                       .entity = text("Contact"),
                                       .encoding = text("UTF-8"),
                                       .delimiter = ',',
                                       .rows = 11,
                                       .imported = 10,
                                       .rejected = 1,
                                       .columns = f->columns,
                                       .column_count = 2,
                                       .rejects = f->rejects,
                                       .reject_count = 1};
    f->why[0] = (pb_arg){"name", text("notes.txt")};
    f->files[1] = (report_source_file){.name = text("notes.txt"),
                                       .why_not = text("{name} is no table"),
                                       .why_args = f->why,
                                       .why_arg_count = 1};
    f->reading = (report_reading){f->files, 2, 0};
}

static int setup(void **state)
{
    static fixture f;
    model_source source = {text("model.yaml"), text(model_yaml)};
    memset(&f, 0, sizeof f);
    f.arena = pb_arena_new(0);
    assert_int_equal(model_schema_load(&source, 1, &f.schema, NULL), PB_OK);
    make_controls(&f);
    make_findings(&f);
    make_reading(&f);
    f.area = (audit_area){text("accuracy"), text("Accuracy")};
    f.areas[0] = (audit_mark){
        .name = text("accuracy"), .score = 61.5, .letter = 'D', .controls = 3, .failed = 2};
    f.owners[0] =
        (audit_mark){.name = text("Anna"), .score = 70, .letter = 'C', .records = 10, .failing = 3};
    f.catalogue =
        (audit_catalogue){.controls = f.controls, .count = 4, .areas = &f.area, .area_count = 1};
    f.result = (audit_result){
        .as_of_days = 20269, /* 2025-06-30 */
        .reference_days = 20269,
        .newest_days = 20000,
        .findings = f.findings,
        .finding_count = 4,
        .overall = {.score = 61.5, .letter = 'D', .held = AUDIT_HELD_ESSENTIAL, .earned = 80},
        .areas = f.areas,
        .area_count = 1,
        .owners = f.owners,
        .owner_count = 1,
        .records = 10};
    f.report = (report_input){.result = &f.result,
                              .catalogue = &f.catalogue,
                              .schema = f.schema,
                              .reading = &f.reading,
                              .program_version = "1.2.3",
                              .title = text("Firm & Co")};
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    model_schema_free(f->schema);
    pb_arena_free(f->arena);
    return 0;
}

typedef pb_status (*writer)(const report_input *, pb_locale *, pb_buf *, pb_error *);

static const char *write_with(fixture *f, writer write, const char *language)
{
    pb_buf out = PB_BUF_INIT(1 << 20);
    pb_locale *locale = pb_locale_open(language, NULL);
    assert_non_null(locale);
    assert_int_equal(write(&f->report, locale, &out, NULL), PB_OK);
    pb_locale_free(locale);
    const char *copy = pb_arena_cstr(f->arena, pb_buf_str(&out));
    pb_buf_free(&out);
    assert_non_null(copy);
    return copy;
}

static void assert_has(const char *whole, const char *part)
{
    if (strstr(whole, part) == NULL)
        fail_msg("“%s” is missing", part);
}

/* shows: AUD-8 AUD-10 */
static void test_the_page_says_everything_a_finding_has(void **state)
{
    const char *html = write_with(*state, report_html, "en");
    static const char *const parts[] = {"Contacts: the title of it",
                                        "A criterion.",
                                        "3 of 10 contacts fail, that is 30%",
                                        "A cause.",
                                        "3 of 10 are lost.",
                                        "Mend them.",
                                        "about 6 min",
                                        "essential",
                                        "Anna",
                                        "It broke: no such column",
                                        "There are no contacts in the source.",
                                        "notes.txt is no table",
                                        "expected 2 columns, found 3",
                                        "It looks as if it held numbers of shoes.",
                                        "Accuracy",
                                        "61.5 of 100",
                                        "30 Jun 2025",
                                        "probity 1.2.3",
                                        "10 of 11 rows taken"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_has(html, parts[i]);
}

/* shows: SEC-4 */
static void test_nothing_of_the_source_becomes_markup(void **state)
{
    const char *html = write_with(*state, report_html, "en");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<mail>"));
    assert_has(html, "&lt;script&gt;x&lt;/script&gt;");
    assert_has(html, "a&lt;b&gt;&quot;c&#39;&amp;");
    assert_has(html, "Firm &amp; Co");
}

/* shows: AUD-10 */
static void test_values_keep_their_direction_in_persian(void **state)
{
    fixture *f = *state;
    pb_buf out = PB_BUF_INIT(1 << 20);
    /* An empty catalogue: Persian formats, English words. */
    static const unsigned char mo[28] = {0xde, 0x12, 0x04, 0x95, 0, 0, 0, 0, 0, 0, 0,  0, 28, 0,
                                         0,    0,    28,   0,    0, 0, 0, 0, 0, 0, 28, 0, 0,  0};
    pb_catalog *catalog = pb_catalog_open("fa", pb_str_n((const char *)mo, sizeof mo));
    assert_non_null(catalog);
    pb_locale *locale = pb_locale_open("fa", catalog);
    assert_int_equal(report_html(&f->report, locale, &out, NULL), PB_OK);
    const char *html = pb_buf_cstr(&out);
    assert_has(html, "<html lang=\"fa\" dir=\"rtl\">");
    assert_has(html, "“\xE2\x81\xA8=cmd()\xE2\x81\xA9” is no address");
    assert_has(html, "۳ of ۱۰ Contacts");
    assert_has(html, "۱۴۰۴");
    pb_buf_free(&out);
    pb_locale_free(locale);
    pb_catalog_free(catalog);
}

/* shows: AUD-3 AUD-10 */
static void test_a_line_per_failing_record(void **state)
{
    const char *csv = write_with(*state, report_csv, "en");
    assert_string_equal(
        csv,
        "control,grade,entity,record,field,value,problem,suggestion,other,owner,source,hint\r\n"
        "DQ-MAIL,essential,contact,\"a<b>\"\"c'&\",email,<script>x</script>,"
        "“<script>x</script>” is no address of Email,,,Anna,,Mend them.\r\n"
        "DQ-MAIL,essential,contact,\"r,2\",email,'=cmd(),“=cmd()” is no address of "
        "Email,,,Anna,,Mend them.\r\n"
        "DQ-MAIL,essential,contact,\"r,2\",email,-5,“-5” is no address of Email,,,Anna,,Mend "
        "them.\r\n");
}

/* shows: AUD-10 */
static void test_the_document_for_machines(void **state)
{
    const char *json = write_with(*state, report_json, "en");
    static const char *const parts[] = {"\"format\": \"probity-audit-report\"",
                                        "\"as_of\": \"2025-06-30\"",
                                        "\"outcome\": \"fail\"",
                                        "\"outcome\": \"could_not_run\"",
                                        "\"outcome\": \"not_applicable\"",
                                        "\"share\": 0.3",
                                        "\"letter\": \"D\"",
                                        "\"record\": \"a<b>\\\"c'&\"",
                                        "\"why_not\": \"notes.txt is no table\""};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_has(json, parts[i]);
}

/* shows: AUD-10 */
static void test_a_dozen_lines_for_a_manager(void **state)
{
    const char *summary = write_with(*state, report_summary, "en");
    size_t lines = 0;
    for (const char *at = summary; *at != 0; at++)
        lines += *at == '\n';
    assert_has(summary, "Audit of Firm & Co, 30 Jun 2025");
    assert_has(summary, "Mark D: 61.5 of 100");
    assert_has(summary, "1. [essential] Contacts: the title of it");
    assert_true(lines <= 16);
}

static void test_the_same_result_gives_the_same_bytes(void **state)
{
    static const writer writers[] = {report_html, report_json, report_csv, report_summary};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(write_with(*state, writers[i], "zh-CN"),
                            write_with(*state, writers[i], "zh-CN"));
}

/* A report that does not fit is an error, not half a report. shows: DQ-1 */
static void test_a_report_that_does_not_fit_is_refused(void **state)
{
    fixture *f = *state;
    static const writer writers[] = {report_html, report_json, report_csv};
    pb_locale *locale = pb_locale_open("en", NULL);
    for (size_t i = 0; i < 3; i++) {
        pb_buf out = PB_BUF_INIT(100);
        assert_int_equal(writers[i](&f->report, locale, &out, NULL), PB_MEMORY);
        pb_buf_free(&out);
    }
    pb_locale_free(locale);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_page_says_everything_a_finding_has),
        cmocka_unit_test(test_nothing_of_the_source_becomes_markup),
        cmocka_unit_test(test_values_keep_their_direction_in_persian),
        cmocka_unit_test(test_a_line_per_failing_record),
        cmocka_unit_test(test_the_document_for_machines),
        cmocka_unit_test(test_a_dozen_lines_for_a_manager),
        cmocka_unit_test(test_the_same_result_gives_the_same_bytes),
        cmocka_unit_test(test_a_report_that_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
