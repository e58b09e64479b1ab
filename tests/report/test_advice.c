/* report.json tells of trend, target, comparison, strengths and weaknesses, and plan what the page
 * tells; reports of the same form from before that are still read. */
#include "json_schema.h"
#include "report_support.h"

static const char contacts[] = "id,Name,Email,Phone\n"
                               "1,Ann Ash,ann@example.com,+49 30 1234567\n"
                               "2,Ben Birch,ben@example.com,+49 30 1234568\n"
                               "3,Cleo Cedar,cleo@@example.com,+49 30 1234569\n"
                               "4,Dan Dogwood,dan@example.com,+49 30 12\n";

static const cJSON *at(const cJSON *object, const char *key)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, key);
    if (found == NULL)
        fail_msg("there is no member %s", key);
    return found;
}

/* The item of a list whose member `key` is `value`. */
static const cJSON *item_of(const cJSON *list, const char *key, const char *value)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, key));
        if (text != NULL && strcmp(text, value) == 0)
            return item;
    }
    fail_msg("there is no %s %s", key, value);
    return NULL;
}

static void is_number(const cJSON *object, const char *key, double value)
{
    double found = cJSON_GetNumberValue(at(object, key));
    if (found < value - 1e-6 || found > value + 1e-6)
        fail_msg("%s is %g, not %g", key, found, value);
}

static void is_text(const cJSON *object, const char *key, const char *value)
{
    assert_string_equal(cJSON_GetStringValue(at(object, key)), value);
}

static void keeps_to_schema(const char *json)
{
    char path[4096], fault[1024];
    char *schema = program_slurp(support_project(path, sizeof path, "doc/schema/report-1.json"));
    const char *refused = schema_refuses(schema, json, fault, sizeof fault);
    free(schema);
    if (refused != NULL)
        fail_msg("%s", refused);
}

static cJSON *audited(const char *folder, const char *const *arguments)
{
    program_write(folder, "contacts.csv", contacts);
    program_result r = program_run(folder, arguments);
    assert_string_equal(r.err, "");
    program_free(&r);
    char *json = program_read(folder, "report/report.json");
    keeps_to_schema(json);
    cJSON *root = cJSON_Parse(json);
    free(json);
    assert_non_null(root);
    return root;
}

static const char *old_report(char *room, size_t size)
{
    return support_project(room, size, "tests/data/report-1/before-comparisons.json");
}

/* shows: AUD-9 AUD-10 */
static void test_a_report_from_before_is_still_of_the_form_and_is_compared_with(void **state)
{
    (void)state;
    char *folder = program_folder(), room[4096];
    const char *old = old_report(room, sizeof room);
    char *text = program_slurp(old);
    keeps_to_schema(text);
    free(text);
    cJSON *root = audited(folder, (const char *const[]){"audit", "contacts.csv", "--as-of",
                                                        "2025-06-30", "--title", "People",
                                                        "--since", old, "--against", old, NULL});
    const cJSON *trend = at(root, "trend");
    is_text(trend, "since", "2025-01-31");
    assert_int_equal(cJSON_GetArraySize(at(trend, "audits")), 1);
    assert_true(cJSON_IsFalse(at(trend, "title_differs")));
    assert_true(cJSON_IsFalse(at(trend, "same_files")));
    const cJSON *changes = at(trend, "changes");
    const cJSON *email = item_of(changes, "control", "DQ-VALID-EMAIL/contact.email");
    is_text(email, "change", "better");
    is_number(email, "failing_then", 2);
    is_number(email, "failing_now", 1);
    is_number(email, "mended_records", 1);
    const cJSON *phone = item_of(changes, "control", "DQ-VALID-PHONE/contact.phone");
    is_text(phone, "change", "new");
    assert_true(cJSON_IsNull(at(phone, "failing_then")));
    const cJSON *against = at(root, "against");
    is_text(at(against, "other"), "title", "People");
    const cJSON *pair = item_of(at(against, "controls"), "id", "DQ-VALID-EMAIL/contact.email");
    is_number(pair, "here", 0.25);
    is_number(pair, "there", 0.5);
    is_number(pair, "difference", -0.25);
    is_number(item_of(at(against, "fields"), "id", "contact.email"), "difference", 0);
    cJSON_Delete(root);
    program_remove_folder(folder);
}

/* shows: AUD-10 */
static void test_target_and_what_was_not_asked_for(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "target.yaml",
                  "target:\n  name: Our goal\n  marks: {overall: 100, sales: 50}\n"
                  "  failing: {DQ-VALID-EMAIL/contact.email: 25 %}\n"
                  "  filled: {contact.email: 100 %}\n");
    cJSON *root =
        audited(folder, (const char *const[]){"audit", "contacts.csv", "--as-of", "2025-06-30",
                                              "--target", "target.yaml", NULL});
    const cJSON *items = at(at(root, "target"), "items");
    is_text(item_of(items, "id", "overall"), "state", "missed");
    is_text(item_of(items, "id", "sales"), "state", "not_known");
    assert_true(cJSON_IsNull(at(item_of(items, "id", "sales"), "now")));
    const cJSON *email = item_of(items, "id", "DQ-VALID-EMAIL/contact.email");
    is_text(email, "kind", "failing");
    is_text(email, "state", "reached");
    is_number(email, "now", 0.25);
    is_text(item_of(items, "id", "contact.email"), "state", "reached");
    assert_null(cJSON_GetObjectItemCaseSensitive(root, "trend"));
    assert_null(cJSON_GetObjectItemCaseSensitive(root, "against"));
    cJSON_Delete(root);
    program_remove_folder(folder);
}

/* Every statement rests on controls, every failing control is a step. shows: AUD-8 AUD-10 */
static void test_swot_and_plan_follow_from_the_findings(void **state)
{
    (void)state;
    static const char *const quarters[] = {"strengths", "weaknesses", "opportunities", "threats"};
    char *folder = program_folder();
    cJSON *root = audited(folder, (const char *const[]){"audit", "contacts.csv", "--as-of",
                                                        "2025-06-30", "--hourly-rate", "30EUR",
                                                        "--hours-a-week", "4", NULL});
    const cJSON *findings = at(root, "findings"), *plan = at(root, "plan"), *item, *id;
    for (size_t q = 0; q < 4; q++)
        cJSON_ArrayForEach(item, at(at(root, "swot"), quarters[q]))
        {
            assert_true(cJSON_GetArraySize(at(item, "controls")) > 0);
            cJSON_ArrayForEach(id, at(item, "controls"))
                item_of(findings, "control", id->valuestring);
        }
    assert_true(cJSON_GetArraySize(at(at(root, "swot"), "weaknesses")) > 0);
    double hours = 0;
    int steps = 0;
    cJSON_ArrayForEach(item, at(plan, "steps")) hours += cJSON_GetNumberValue(at(item, "hours"));
    cJSON_ArrayForEach(item, findings) steps +=
        strcmp(at(item, "outcome")->valuestring, "fail") == 0;
    assert_int_equal(cJSON_GetArraySize(at(plan, "steps")), steps);
    double told = cJSON_GetNumberValue(at(plan, "hours"));
    assert_true(told > 0 && hours > told - 0.01 * steps && hours < told + 0.01 * steps);
    is_number(plan, "hours_a_week", 4);
    is_number(plan, "hourly_rate_minor_units", 3000);
    is_text(plan, "currency", "EUR");
    item = item_of(at(plan, "steps"), "control", "DQ-VALID-EMAIL/contact.email");
    is_text(item, "urgency", "at_once");
    is_text(item, "due", "2025-07-07");
    is_text(item, "quarter", "2025 Q3");
    cJSON_Delete(root);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_from_before_is_still_of_the_form_and_is_compared_with),
        cmocka_unit_test(test_target_and_what_was_not_asked_for),
        cmocka_unit_test(test_swot_and_plan_follow_from_the_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
