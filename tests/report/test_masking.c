/* Personal values in reports: shown as little as recognising a record takes, unless asked for. */
#include "mask.h"
#include "report_support.h"

static const char model_yaml[] =
    "entity: contact\n"
    "label: Contact\n"
    "plural: Contacts\n"
    "title: [name]\n"
    "key: [name]\n"
    "fields:\n"
    "  name: {type: person_name, personal: {class: identity, purposes: [service], basis: "
    "[contract]}}\n"
    "  email: {type: email, personal: {class: contact, purposes: [service], basis: [contract]}}\n"
    "  phone: {type: phone, personal: {class: contact, purposes: [service], basis: [contract]}}\n"
    "  born: {type: date, personal: {class: identity, purposes: [service], basis: [contract]}}\n"
    "  code: {type: identifier, personal: {class: identity, purposes: [service], basis: "
    "[contract]}}\n"
    "  street: {type: address, personal: {class: location, purposes: [service], basis: "
    "[contract]}}\n"
    "  segment: {type: text}\n"
    "  remark: {type: note}\n";

typedef struct mask_case {
    const char *field, *value, *shown;
} mask_case;

static const mask_case cases[] = {
    {"email", "anna.berg@example.com", "a***@example.com"},
    {"email", "\"odd name\"@example.com", "o***@example.com"},
    {"email", "anna at example", "a*** a*** e***"},
    {"email", "anna@home.example and Anna Berg", "a***@home.example***"},
    {"phone", "+989121234567", "+98912*****67"},
    {"phone", "+98 912 123 45 67", "+98 912 *** ** 67"},
    {"phone", "۰۹۱۲۱۲۳۴۵۶۷", "۰۹۱۲*****۶۷"},
    {"phone", "4711", "****"},
    {"name", "Anna Maria Berg", "A*** M*** B***"},
    {"name", "王小明", "王***"},
    {"name", "anna.berg@example.com", "a***@example.com"},
    {"born", "1971-03-29", "1971-**-**"},
    {"born", "29.03.1971", "**.**.****"},
    {"code", "110101199003070134", "***134"},
    {"code", "12", "***"},
    {"street", "Plum Lane 17", "P*** L*** ***"},
    {"segment", "Industry 4", "Industry 4"},
    {"segment", "ask anna.berg@example.com", "ask a***@example.com"},
    {"segment", "call 0912 123 4567 today", "call 0912 *** **67 today"},
    {"segment", "since 2024-05-06", "since 2024-05-06"},
    {"remark", "Anna Berg was ill", "(text of 17 characters)"},
    {NULL, "Anna Berg", "A*** B***"},
    {NULL, "281", "281"},
};

/* shows: AUD-8 */
static void test_each_type_shows_only_what_recognising_takes(void **state)
{
    (void)state;
    model_source source = {pb_str_c("model.yaml"), pb_str_c(model_yaml)};
    pb_arena *arena = pb_arena_new(0);
    pb_locale *locale = pb_locale_open("en", NULL);
    model_schema *schema;
    assert_int_equal(model_schema_load(&source, 1, &schema, NULL), PB_OK);
    report_input input = {.schema = schema};
    report_writer writer = {.report = &input, .locale = locale, .arena = arena};
    const model_entity *contact = model_entity_find(schema, pb_str_c("contact"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const model_field *field =
            cases[i].field != NULL ? model_field_find(contact, pb_str_c(cases[i].field)) : NULL;
        assert_true(cases[i].field == NULL || field != NULL);
        pb_str shown = mask_raw(&writer, field, pb_str_c(cases[i].value));
        assert_string_equal(pb_arena_cstr(arena, shown), cases[i].shown);
    }
    input.show_values = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(pb_str_is(mask_raw(&writer, NULL, pb_str_c(cases[i].value)), cases[i].value));
    model_schema_free(schema);
    pb_locale_free(locale);
    pb_arena_free(arena);
}

/* People whose every value is wrong in some way, so that reports have to speak of it. */
static const char people[] =
    "id,Name,Email,Phone,Birthday,Street,Notes\n"
    "c1,Zanthorius Quibblewick,zquibble77@@example.com,0912-555-01-7799881,1871-03-29,17 Plumbago "
    "Crescent,call zquibble77@example.com\n"
    "c2,ZANTHORIUS QUIBBLEWICK,zquibble77@example,+44 20 7946 0999 123456789,2071-03-29,17 "
    "Plumbago Crescent,password: Canaryword99\n"
    "c3,Zanthorius Quibblewick,zquibble77@example.com,4477991234,1971-13-29,17 Plumbago "
    "Crescent,card 4111 1111 1111 1111\n"
    "c4,Zanthorius Quibblewik,zquibble77@example.com,4477991234,1971-03-29,17 Plumbago Cresent,x\n"
    "c5,zquibble77@example.com,Zanthorius Quibblewick,Plumbago,Quibblewick,0912 555 77998,y\n"
    "c6,Zanthorius Quibblewick,zquibble77@example.com,extra,cells,Plumbago,z,Quibblewick\n";

static const char *const canaries[] = {
    "Zanthorius",   "Quibblewi", "zquibble",   "7799881",    "0999 123456789",
    "4477991234",   "Plumbago",  "1871-03-29", "2071-03-29", "1971-13-29",
    "Canaryword99", "4111 1111", "55577998",   "555 77998",
};

static void check_files(const char *folder, bool shown)
{
    static const char *const files[] = {"report.html", "report.json", "findings.csv"};
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        snprintf(path, sizeof path, "report/%s", files[i]);
        char *text = program_read(folder, path);
        if (shown)
            assert_has(text, "zquibble77@");
        for (size_t c = 0; c < sizeof canaries / sizeof *canaries && !shown; c++)
            support_lacks(text, canaries[c], files[i]);
        free(text);
    }
}

/* shows: AUD-8 AUD-10 */
static void test_no_personal_value_reaches_a_report_unasked(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv", people);
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30");
    assert_has(r.out, "Mark ");
    for (size_t c = 0; c < sizeof canaries / sizeof *canaries; c++) {
        support_lacks(r.out, canaries[c], "the summary");
        support_lacks(r.err, canaries[c], "the messages");
    }
    program_free(&r);
    check_files(folder, false);
    char *html = program_read(folder, "report/report.html");
    assert_has(html, "are masked");
    assert_has(html, "--show-values");
    free(html);
    r = PROGRAM(folder, "audit", "contacts.csv", "--as-of", "2025-06-30", "--show-values");
    program_free(&r);
    check_files(folder, true);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_type_shows_only_what_recognising_takes),
        cmocka_unit_test(test_no_personal_value_reaches_a_report_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
