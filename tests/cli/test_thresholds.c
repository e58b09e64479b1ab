/* What controls let fail in a workspace, said on the command line: heard by the next audit, shown
 * with its history, and taken back. Documents are read by a reader that is not ours. */
#include "program.h"

#include <cjson/cJSON.h>

static const char contacts[] = "Contact ID,Full Name,Email,Phone\n"
                               "c1,Anna Adler,anna@example.com,+493012345678\n"
                               "c2,Zed Berger,zed@example.com,\n"
                               "c3,Uma Conrad,uma@example.com,\n";

static cJSON *json_of(const program_result *r)
{
    cJSON *json = cJSON_Parse(r->out);
    if (json == NULL)
        fail_msg("no JSON:\n%s\n%s", r->out, r->err);
    return json;
}

static const char *word(const cJSON *object, const char *name)
{
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItem(object, name));
    return found != NULL ? found : "";
}

static double amount(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItem(object, name);
    if (!cJSON_IsNumber(item))
        fail_msg("There is no number “%s”", name);
    return cJSON_GetNumberValue(item);
}

/* Audits the workspace and gives what its report says of the control. */
static void audit_says(const char *folder, const char *control, const char *outcome, double allowed)
{
    program_result r = PROGRAM(folder, "audit", "ws", "--format", "json", "--fail-on", "none");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    char *text = program_read(folder, "report/report.json");
    cJSON *report = cJSON_Parse(text), *one;
    int found = 0;
    cJSON_ArrayForEach(one, cJSON_GetObjectItem(report, "findings"))
    {
        if (strcmp(word(one, "control"), control) != 0)
            continue;
        found++;
        assert_string_equal(word(one, "outcome"), outcome);
        assert_true(amount(cJSON_GetObjectItem(one, "allowed"), "share") == allowed);
    }
    if (found != 1)
        fail_msg("%s is not in:\n%.3000s", control, text);
    cJSON_Delete(report);
    free(text);
}

/* shows: AUD-9 */
static void test_the_next_audit_hears_what_was_set(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    PROGRAM_EXPECT(folder, 0, "imported", "import", "contacts.csv", "-w", "ws");
    audit_says(folder, "COM-PHONE", "fail", 0.25);
    PROGRAM_EXPECT(folder, 0, "At most 67.5% (set in this workspace; as shipped: 25%)", "controls",
                   "set", "COM-PHONE", "67.5%", "-w", "ws", "--reason", "reached by mail");
    audit_says(folder, "COM-PHONE", "pass", 0.675);
    PROGRAM_EXPECT(folder, 0, "At most 25%", "controls", "reset", "COM-PHONE", "-w", "ws",
                   "--reason", "numbers were asked for");
    audit_says(folder, "COM-PHONE", "fail", 0.25);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", "ws");
    program_remove_folder(folder);
}

static void history_is_told(const char *folder)
{
    program_result r = PROGRAM(folder, "controls", "show", "COM-PHONE", "-w", "ws", "--json");
    cJSON *json = json_of(&r);
    const cJSON *said = cJSON_GetObjectItem(json, "history");
    assert_int_equal(cJSON_GetArraySize(said), 2);
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "limit_set")));
    assert_true(amount(json, "limit") == 0.5 && amount(json, "limit_shipped") == 0.25);
    assert_string_equal(word(cJSON_GetArrayItem(said, 0), "reason"), "second thoughts");
    assert_string_equal(word(cJSON_GetArrayItem(said, 1), "reason"), "first");
    assert_true(amount(cJSON_GetArrayItem(said, 1), "limit") == 0.4);
    cJSON_Delete(json);
    program_free(&r);
}

/* shows: AUD-9 ACC-5 */
static void test_what_is_set_is_shown_with_who_and_why(void **state)
{
    (void)state;
    char *folder = program_folder();
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    PROGRAM_EXPECT(folder, 0, "40%", "controls", "set", "COM-PHONE", "0.4", "-w", "ws", "--reason",
                   "first");
    PROGRAM_EXPECT(folder, 0, "50%", "controls", "set", "COM-PHONE", "50 %", "-w", "ws", "--reason",
                   "second thoughts");
    history_is_told(folder);
    PROGRAM_EXPECT(folder, 0, "second thoughts", "controls", "show", "COM-PHONE", "-w", "ws");
    PROGRAM_EXPECT(folder, 0, "At most 50% (set in this workspace; as shipped: 25%)", "controls",
                   "list", "-w", "ws");
    /* One of many that are the same control. */
    PROGRAM_EXPECT(folder, 0, "", "controls", "set", "DQ-VALID-EMAIL/contact.email", "10%", "-w",
                   "ws", "--reason", "old lists");
    PROGRAM_EXPECT(folder, 0, "This workspace set what may fail for 1 of ", "controls", "list",
                   "-w", "ws");
    /* What ships is what it was, and another workspace knows nothing of it. */
    program_result r = PROGRAM(folder, "controls", "list");
    assert_int_equal(r.exit, 0);
    assert_null(strstr(r.out, "his workspace"));
    program_free(&r);
    program_remove_folder(folder);
}

static void refused(const char *folder, const char *control, const char *limit, const char *has)
{
    program_result r =
        PROGRAM(folder, "controls", "set", control, limit, "-w", "ws", "--reason", "x");
    if (r.exit != 2 || strstr(r.err, has) == NULL)
        fail_msg("%s %s: exit %d, no “%s” in:\n%s", control, limit, r.exit, has, r.err);
    program_free(&r);
}

/* shows: UX-1 */
static void test_a_limit_is_of_the_kind_that_the_control_counts_in(void **state)
{
    (void)state;
    char *folder = program_folder();
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", "ws");
    refused(folder, "COM-PHONE", "101%", "no share that may fail");
    refused(folder, "COM-PHONE", "many", "2.5%");
    refused(folder, "SAL-CLOSE-FUTURE", "2%", "a number of records such as 12");
    refused(folder, "SAL-CLOSE-FUTURE", "1.5", "no number of records that may fail");
    PROGRAM_EXPECT(folder, 0, "At most 12 (set in this workspace; as shipped: 0)", "controls",
                   "set", "SAL-CLOSE-FUTURE", "12", "-w", "ws", "--reason",
                   "dated ahead on purpose");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_next_audit_hears_what_was_set),
        cmocka_unit_test(test_what_is_set_is_shown_with_who_and_why),
        cmocka_unit_test(test_a_limit_is_of_the_kind_that_the_control_counts_in),
    };
    return cmocka_run_group_tests_name("cli/thresholds", tests, NULL, NULL);
}
