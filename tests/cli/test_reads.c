/* Showing records as a person does it: the log keeps it, and what cannot be kept is not shown. */
#include "program.h"

static void must(const char *folder, const char *const *arguments, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != 0)
        fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.err);
    assert_has(r.out, has);
    program_free(&r);
}

#define MUST(folder, has, ...) must((folder), (const char *const[]){__VA_ARGS__, NULL}, (has))

/* Events in the log of a workspace: the second line of its checkpoint. */
static long events(const char *folder, const char *workspace)
{
    program_result r = PROGRAM(folder, "ledger", "head", "-w", workspace);
    assert_int_equal(r.exit, 0);
    const char *line = strchr(r.out, '\n');
    assert_non_null(line);
    long count = strtol(line + 1, NULL, 10);
    program_free(&r);
    return count;
}

/* shows: PRI-3 PRI-7 INT-6 */
static void test_reads_are_logged_until_the_workspace_is_moved(void **state)
{
    (void)state;
    char *folder = program_folder();
    program_write(folder, "contacts.csv",
                  "Contact ID,Full Name,Email\nc1,Anna Adler,anna@example.com\n");
    MUST(folder, "key", "init", "w");
    MUST(folder, "1 of 1 row imported", "import", "contacts.csv", "-w", "w");
    long before = events(folder, "w");
    MUST(folder, "anna@example.com", "show", "contact", "c1", "-w", "w");
    MUST(folder, "\"history\": [", "show", "contact", "c1", "-w", "w", "--json");
    MUST(folder, "Anna Adler", "find", "adler", "-w", "w");
    assert_int_equal(events(folder, "w"), before + 3);
    MUST(folder, "Nothing found", "find", "nobody", "-w", "w");
    assert_int_equal(events(folder, "w"), before + 3);
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "w");
    MUST(folder, "The same on both sides", "move", "w", "there");
    before = events(folder, "w");
    MUST(folder, "anna@example.com", "show", "contact", "c1", "-w", "w");
    MUST(folder, "Anna Adler", "find", "adler", "-w", "w");
    assert_int_equal(events(folder, "w"), before);
    MUST(folder, "Anna Adler", "find", "adler", "-w", "there");
    assert_int_equal(events(folder, "there"), before + 1);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_are_logged_until_the_workspace_is_moved),
    };
    return cmocka_run_group_tests_name("cli/reads", tests, NULL, NULL);
}
