/* An administrator's own model, controls and waivers, without a line of C. */
#include "program.h"

static const char vehicle[] =
    "entity: vehicle\nlabel: Vehicle\nplural: Vehicles\ntitle: [plate]\nsearch: [plate, model]\n"
    "key: [plate]\nimport: [cars]\nlinks:\n  account: {to: account, label: Owned by}\nfields:\n"
    "  plate: {type: text, required: true, quality: {grade: essential}, import: [license plate]}\n"
    "  model: {type: text}\n  bought_on: {type: date, import: [bought]}\n"
    "  service_email: {type: email}\n";

static const char extra[] =
    "extend: contact\nfields:\n"
    "  shoe_size: {type: integer, between: [20, 60], import: [shoe size]}\n";

static const char control[] =
    "id: MY-NAME\narea: completeness\ngrade: essential\nrequirement: [DQ-1]\n"
    "applies: {entity: contact}\ntitle: Nobody is called Zed\ncriterion: c\nwhy: w\n"
    "check: {%s, problem: Called Zed.}\npass: count <= 0\ncause: c\neffect: e\nremedy: r\n"
    "evidence: [record]\neffort: minutes_per_record 1\nfixtures:\n"
    "  pass: {contact: [{id: c1, full_name: Ann Lee, email: a@example.com}]}\n"
    "  fail: {contact: [{id: c1, full_name: Zed Lee, email: a@example.com}], expect: [c1]}\n"
    "  not_applicable: [{account: [{id: a, name: X}]}]\n";

static char *sub_folder(const char *folder, const char *name, char path[4096])
{
    snprintf(path, 4096, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

/* shows: AUD-13 REC-1 */
static void test_an_own_entity_is_read_searched_and_audited(void **state)
{
    (void)state;
    char *folder = program_folder(), path[4096];
    sub_folder(folder, "model", path);
    program_write(folder, "model/vehicle.yaml", vehicle);
    program_write(folder, "model/extra.yaml", extra);
    program_write(
        folder, "cars.csv",
        "Vehicle ID,License Plate,Model,Bought,Service Email,Account\n"
        "v1,B-AB 1,Golf,2024-01-02,a@example.com,Acme\n"
        "v2,,Polo,2024-13-02,not mail,Acme\nv3,B-AB 3,Fox,2024-01-02,b@example.com,Zeta\n");
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email,Shoe size\nc1,Anna Adler,anna@example.com,380\n");
    program_write(folder, "accounts.csv", "Account ID,Account Name\na1,Acme\n");
    program_result r = PROGRAM(folder, "audit", "cars.csv", "contacts.csv", "accounts.csv",
                               "--model", "model", "--as-of", "2025-06-30");
    assert_int_equal(r.exit, 1);
    program_free(&r);
    char *csv = program_read(folder, "report/findings.csv");
    assert_has(csv, "COM-REQUIRED/vehicle.plate,");
    assert_has(csv, "DQ-VALID-DATE/vehicle.bought_on,");
    assert_has(csv, "DQ-VALID-EMAIL/vehicle.service_email,essential,vehicle,v2,");
    assert_has(csv, "CON-ORPHAN/vehicle.account,important,vehicle,v3,account,Zeta,");
    assert_has(csv, "DQ-VALID-NUMBER/contact.shoe_size,important,contact,c1,shoe_size,380,");
    free(csv);
    r = PROGRAM(folder, "init", "w");
    program_free(&r); /* made with fewer fields than it is opened with */
    r = PROGRAM(folder, "import", "cars.csv", "-w", "w", "--model", "model");
    assert_int_equal(r.exit, 0);
    assert_has(r.out, "2 of 3 rows imported");
    program_free(&r);
    r = PROGRAM(folder, "find", "golf", "-w", "w", "--model", "model");
    assert_has(r.out, "Vehicle: B-AB 1");
    program_free(&r);
    r = PROGRAM(folder, "ledger", "verify", "-w", "w", "--model", "model");
    assert_int_equal(r.exit, 0);
    program_free(&r);
    program_write(folder, "model/extra.yaml", "extend: contact\nfields:\n  a: {type: txt}\n");
    r = PROGRAM(folder, "version", "--model", "model");
    assert_int_equal(r.exit, 2);
    assert_has(r.err, "model/extra.yaml:3:13");
    assert_has(r.err, "Did you mean “text”?");
    program_free(&r);
    program_remove_folder(folder);
}

static int audit_with(const char *folder, const char *check, char **ret_json)
{
    char text[4096];
    snprintf(text, sizeof text, control, check);
    program_write(folder, "own/x.yaml", text);
    program_result r = PROGRAM(folder, "audit", "contacts.csv", "--controls", "own", "--format",
                               "json", "--as-of", "2025-06-30");
    int exit = r.exit;
    if (exit == 2)
        fail_msg("%s", r.err);
    program_free(&r);
    *ret_json = program_read(folder, "report/report.json");
    return exit;
}

/* shows: AUD-13 */
static void test_an_own_control_and_what_it_may_not_do(void **state)
{
    (void)state;
    static const struct {
        const char *check;
        int exit;
        const char *has; /* in the report */
    } cases[] = {
        {"fails: \"e.full_name like 'Q%'\"", 0, "\"MY-NAME\""},
        {"fails: \"e.full_name like 'Zed%'\"", 1, "\"fail\""},
        {"sql: \"SELECT n FROM contact WHERE full_name LIKE 'Zed%'\"", 1, "\"fail\""},
        {"fails: e.no_such > 0", 1, "no such column: e.no_such"},
        {"sql: SELECT n FROM t_contact", 1, "may not use t_contact"},
        {"sql: SELECT value AS n FROM setting", 1, "may not use setting"},
        {"sql: DELETE FROM contact", 1, "could not be understood"},
        {"sql: SELECT n FROM contact; DROP TABLE t_contact", 1, "one statement"},
        {"sql: SELECT 99999 AS n", 1, "which is not in contact"},
    };
    char *folder = program_folder(), path[4096];
    sub_folder(folder, "own", path);
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email,Phone,Created Date\n"
                  "c1,Zed Adler,anna@example.com,+493012345678,2025-06-01\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *json = NULL;
        int exit = audit_with(folder, cases[i].check, &json);
        if (exit != cases[i].exit)
            fail_msg("%s: exit %d", cases[i].check, exit);
        assert_has(json, cases[i].has);
        free(json);
    }
    program_remove_folder(folder);
}

/* shows: AUD-9 */
static void test_waivers_hold_until_their_day(void **state)
{
    (void)state;
    static const struct {
        const char *control, *until;
        int exit;
    } cases[] = {{"DQ-VALID-EMAIL/contact.email", "2025-12-31", 0},
                 {"DQ-VALID-EMAIL/contact.email", "2025-06-30", 0},
                 {"DQ-VALID-EMAIL/contact.email", "2025-06-29", 1},
                 {"NO-SUCH", "2025-12-31", 2},
                 {"DQ-VALID-EMAIL/contact.email", "soon", 2}};
    char *folder = program_folder(), path[4096];
    sub_folder(folder, "own", path);
    program_write(folder, "contacts.csv", "Contact ID,Full Name,Email\nc1,Zed Adler,no address\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "waivers:\n  - {control: %s, until: %s, by: me, why: known}\n",
                 cases[i].control, cases[i].until);
        program_write(folder, "own/waivers.yaml", text);
        program_result r =
            PROGRAM(folder, "audit", "contacts.csv", "--controls", "own", "--as-of", "2025-06-30");
        if (r.exit != cases[i].exit)
            fail_msg("%s until %s: exit %d\n%s", cases[i].control, cases[i].until, r.exit, r.err);
        if (r.exit == 2)
            assert_has(r.err, "own/waivers.yaml:2:");
        program_free(&r);
    }
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_own_entity_is_read_searched_and_audited),
        cmocka_unit_test(test_an_own_control_and_what_it_may_not_do),
        cmocka_unit_test(test_waivers_hold_until_their_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
