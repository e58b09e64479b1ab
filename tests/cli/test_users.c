/* Users and teams as an administrator meets them at the command line. */
#include "engine.h"
#include "program.h"

static const char staff[] = "Staff ID,Full Name,Email\nS-1,Ann Lee,ann@example.com\n";

static const char *new_workspace(const char *folder)
{
    const char *workspace = on_postgres() ? engine_address() : "ws";
    program_result made = PROGRAM(folder, "init", workspace, "--quiet");
    assert_int_equal(0, made.exit);
    program_free(&made);
    return workspace;
}

/* shows: ACC-1 ACC-3 UX-1 */
static void test_from_the_first_day_to_the_last(void **state)
{
    char *folder = program_folder();
    const char *ws = new_workspace(folder);
    (void)state;
    PROGRAM_EXPECT(folder, 0, "There are no users", "users", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "[]", "users", "list", "-w", ws, "--json");
    program_write(folder, "staff.csv", staff);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "staff.csv", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "The user ben was added", "users", "add", "ben", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "within 3 days: ", "users", "enrol", "ben", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "\"code\": \"", "users", "enrol", "ben", "-w", ws, "--json");
    PROGRAM_EXPECT(folder, 0, "The team North was added", "teams", "add", "North", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "\"id\": \"", "users", "add", "ann", "-w", ws, "--shown", "Ann Lee",
                   "--staff", "S-1", "--team", "north", "--below", "BEN", "--language", "fa",
                   "--json");
    PROGRAM_EXPECT(folder, 2, "is, or was, another user's", "users", "add", "ＡＮＮ", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "ann  Ann Lee  (person)\n  teams: North\n  below ben\n", "users",
                   "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "North: ann", "teams", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 2, "“ben” is above “ann”", "users", "place", "ben", "ann", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "was given the role sales", "users", "give", "ann", "sales", "-w",
                   ws);
    PROGRAM_EXPECT(folder, 2, "holds this role already", "users", "give", "ann", "sales", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "roles: sales", "users", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "There are no users", "users", "list", "-w", ws, "--at",
                   "2001-01-01");
    PROGRAM_EXPECT(folder, 0, "no more", "users", "take", "ann", "sales", "-w", ws);
    PROGRAM_EXPECT(folder, 2, "does not hold this role", "users", "take", "ann", "sales", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "was changed", "users", "change", "ann", "-w", ws, "--name",
                   "ann.lee", "--why", "married");
    PROGRAM_EXPECT(folder, 0, "(married)", "users", "show", "ann.lee", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "holds nothing any more", "users", "end", "ann.lee", "-w", ws,
                   "--why", "left");
    PROGRAM_EXPECT(folder, 2, "is no user any more", "users", "end", "ann.lee", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "(left)", "users", "show", "ann.lee", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "\"active\": false", "users", "show", "ANN.LEE", "-w", ws, "--json");
    PROGRAM_EXPECT(folder, 0, "is a user again", "users", "return", "ann.lee", "-w", ws, "--until",
                   "2999-12-31");
    PROGRAM_EXPECT(folder, 0, "ends 3000-01-01T00:00:00Z", "users", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "is called South now", "teams", "rename", "North", "South", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "is in the team south", "users", "join", "ben", "south", "-w", ws);
    PROGRAM_EXPECT(folder, 2, "is in the team “South” already", "users", "join", "ben", "South",
                   "-w", ws);
    PROGRAM_EXPECT(folder, 0, "no more", "users", "leave", "ben", "South", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "was ended", "teams", "end", "South", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "There are no teams", "teams", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", ws);
    program_remove_folder(folder);
}

/* shows: AUD-11 */
static void test_an_external_auditor_is_let_in_for_a_time(void **state)
{
    char *folder = program_folder();
    const char *ws = new_workspace(folder);
    (void)state;
    PROGRAM_EXPECT(folder, 2, "must have an end", "users", "add", "firm", "-w", ws, "--kind",
                   "auditor", "--entity", "contact");
    PROGRAM_EXPECT(folder, 2, "There is no area of the audit “heaven”", "users", "add", "firm",
                   "-w", ws, "--kind", "auditor", "--until", "2999-12-31", "--area", "heaven");
    PROGRAM_EXPECT(folder, 0, "was added", "users", "add", "firm", "-w", ws, "--kind", "auditor",
                   "--until", "2999-12-31", "--entity", "contact", "--area", "duplicates");
    PROGRAM_EXPECT(folder, 0, "is let see: contact, duplicates", "users", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "was changed", "users", "change", "firm", "-w", ws, "--until",
                   "3000-12-31", "--entity", "account");
    PROGRAM_EXPECT(folder, 0, "is let see: account\n", "users", "list", "-w", ws);
    PROGRAM_EXPECT(folder, 2, "must have an end", "users", "change", "firm", "-w", ws, "--until",
                   "never");
    program_remove_folder(folder);
}

/* Whether the user is said to be that record, by a look at the user as JSON. */
static bool is_record(const char *folder, const char *ws, const char *name, const char *key,
                      const char *record)
{
    program_result r = PROGRAM(folder, "users", "show", name, "-w", ws, "--json");
    char wanted[200];
    snprintf(wanted, sizeof wanted, "\"%s\": \"%s\"", key, record);
    assert_int_equal(r.exit, 0);
    /* What is said now stands first, what was said before comes below. */
    const char *said = strstr(r.out, "\"said\""), *found = strstr(r.out, wanted);
    bool is = found != NULL && (said == NULL || found < said);
    program_free(&r);
    return is;
}

static void id_of(const char *folder, const char *ws, const char *name, const char *key,
                  char id[37])
{
    program_result r = PROGRAM(folder, "users", "show", name, "-w", ws, "--json");
    char wanted[100];
    snprintf(wanted, sizeof wanted, "\"%s\": \"", key);
    const char *at = strstr(r.out, wanted);
    if (at == NULL)
        fail_msg("%s", r.out);
    else
        snprintf(id, 37, "%.36s", at + strlen(wanted));
    program_free(&r);
}

/* shows: ACC-1 ACC-3 DQ-4 */
static void test_users_follow_the_record_that_they_are(void **state)
{
    static const char two[] = "Staff ID,Full Name,Email\nS-1,Ann Lee,ann@example.com\n"
                              "S-2,Ann Lee,ann.lee@example.com\nS-3,Ben Fox,ben@example.com\n";
    static const char contacts[] = "Contact ID,Full Name,Email\nC-1,Ida Berg,ida@example.org\n"
                                   "C-2,Ida Berg,berg@example.org\n";
    char first[37] = "", second[37] = "", ida[37] = "";
    char *folder = program_folder();
    const char *ws = new_workspace(folder);
    (void)state;
    program_write(folder, "staff.csv", two);
    program_write(folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "staff.csv", "contacts.csv", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "added", "users", "add", "ann", "-w", ws, "--staff", "S-2");
    PROGRAM_EXPECT(folder, 0, "added", "users", "add", "kim", "-w", ws, "--staff", "S-1");
    PROGRAM_EXPECT(folder, 0, "added", "users", "add", "ida", "-w", ws, "--kind", "portal",
                   "--contact", "C-2");
    id_of(folder, ws, "kim", "staff", first);
    id_of(folder, ws, "ann", "staff", second);
    id_of(folder, ws, "ida", "contact", ida);
    PROGRAM_EXPECT(folder, 0, "", "merge", ws, "S-1", "S-2", "--into", "S-1", "--entity", "staff");
    assert_true(is_record(folder, ws, "ann", "staff", first));
    PROGRAM_EXPECT(folder, 0, "(merge)", "users", "show", "ann", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "", "merge", ws, "C-1", "C-2", "--into", "C-1");
    assert_false(is_record(folder, ws, "ida", "contact", ida));
    /* Whoever came by the merge goes back with it, and nobody else. */
    PROGRAM_EXPECT(folder, 0, "Records brought back: 1", "unmerge", ws, "S-2", "--entity", "staff");
    assert_true(is_record(folder, ws, "ann", "staff", second));
    assert_true(is_record(folder, ws, "kim", "staff", first));
    PROGRAM_EXPECT(folder, 0, "Records brought back: 1", "unmerge", ws, "C-2");
    assert_true(is_record(folder, ws, "ida", "contact", ida));
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", ws);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_the_first_day_to_the_last),
        cmocka_unit_test(test_an_external_auditor_is_let_in_for_a_time),
        cmocka_unit_test(test_users_follow_the_record_that_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
