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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_the_first_day_to_the_last),
        cmocka_unit_test(test_an_external_auditor_is_let_in_for_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
