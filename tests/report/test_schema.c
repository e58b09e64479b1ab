/* report.json keeps to the schema that is published for it. */
#include "json_schema.h"
#include "report_support.h"

static char *schema_text(void)
{
    char path[4096];
    return program_slurp(support_project(path, sizeof path, "doc/schema/report-1.json"));
}

static void check(const char *folder, const char *schema)
{
    char fault[1024];
    char *json = program_read(folder, "report/report.json");
    const char *refused = schema_refuses(schema, json, fault, sizeof fault);
    free(json);
    if (refused != NULL)
        fail_msg("%s", refused);
}

/* shows: AUD-10 */
static void test_reports_keep_to_their_schema_in_three_languages(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "zh-CN", "fa"};
    char *folder = program_folder(), *schema = schema_text(), demo[4096];
    support_project(demo, sizeof demo, "demo");
    for (size_t i = 0; i < 3; i++) {
        program_result r =
            PROGRAM(folder, "audit", demo, "--as-of", "2025-06-30", "--lang", languages[i]);
        program_free(&r);
        check(folder, schema);
    }
    free(schema);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_rejected_rows_unread_files_and_activities_keep_to_it_too(void **state)
{
    (void)state;
    char *folder = program_folder(), *schema = schema_text();
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Ann,a@b\n2,Bob,b@c.de,more,cells\n");
    program_write(folder, "activities.csv",
                  "id,Type,Subject,Date,Owner\n1,Call,Hello,2025-06-01,Ann\n"
                  "2,Meeting,Hi,2025-06-08,Ann\n3,Email,Re,2025-06-09,Bob\n");
    program_write(folder, "notes.txt", "nothing\n");
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "activities.csv", "notes.txt",
                               "--as-of", "2025-06-30");
    program_free(&r);
    check(folder, schema);
    free(schema);
    program_remove_folder(folder);
}

/* shows: AUD-9 AUD-10 */
static void test_limits_that_a_workspace_set_keep_to_it_too(void **state)
{
    (void)state;
    char *folder = program_folder(), *schema = schema_text();
    program_write(folder, "contacts.csv", "id,Name,Email\n1,Ann,a@b.de\n2,Bob,b@c.de\n");
    PROGRAM_EXPECT(folder, 0, "", "init", "ws");
    PROGRAM_EXPECT(folder, 0, "", "import", "contacts.csv", "-w", "ws");
    PROGRAM_EXPECT(folder, 0, "", "controls", "set", "COM-PHONE", "100%", "-w", "ws", "--reason",
                   "x");
    PROGRAM_EXPECT(folder, 0, "", "audit", "ws", "--fail-on", "none");
    char *json = program_read(folder, "report/report.json");
    assert_has(json, "\"set_on\"");
    free(json);
    check(folder, schema);
    free(schema);
    program_remove_folder(folder);
}

/* The check itself must be able to fail. shows: AUD-10 */
static void test_a_document_that_does_not_keep_to_it_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *schema, *document;
    } wrong[] = {
        {"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{}}", "{}"},
        {"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"a\":1.5}"},
        {"{\"properties\":{},\"additionalProperties\":false}", "{\"a\":1}"},
        {"{\"items\":{\"enum\":[\"x\",null]}}", "[\"x\",null,\"y\"]"},
        {"{\"const\":1}", "2"},
        {"{\"minimum\":0}", "-1"},
        {"{\"maximum\":1}", "2"},
        {"{\"pattern\":\"^[0-9]{4}$\"}", "\"12345\""},
        {"{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"number\"}}}", "\"n\""},
        {"{\"unheard\":1}", "1"},
        {"{}", "{"},
    };
    char fault[1024];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_non_null(schema_refuses(wrong[i].schema, wrong[i].document, fault, sizeof fault));
    assert_null(schema_refuses("{\"type\":[\"string\",\"null\"]}", "null", fault, sizeof fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_keep_to_their_schema_in_three_languages),
        cmocka_unit_test(test_rejected_rows_unread_files_and_activities_keep_to_it_too),
        cmocka_unit_test(test_limits_that_a_workspace_set_keep_to_it_too),
        cmocka_unit_test(test_a_document_that_does_not_keep_to_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
