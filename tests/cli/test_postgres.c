/* A workspace on a PostgreSQL server, used as a person does it: made by an administrator, worked in
 * by a login that owns nothing. */
#include "engine.h"
#include "program.h"

static const char accounts[] = "Account ID;Account Name;Industry;Phone\n"
                               "a1;Acme;technology;+44 20 7946 0958\n"
                               "a2;Bluth;technolgy;+44 20 7946 0959\n"
                               "a3;Conecom;technology;\n"
                               "a4;Dalt;technology;\n"
                               "a5;Erie;technology;\n"
                               "a6;Fast;medical;\n";

static void must(const char *folder, const char *const *arguments, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != 0)
        fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.err);
    assert_has(r.out, has);
    program_free(&r);
}

#define MUST(folder, has, ...) must((folder), (const char *const[]){__VA_ARGS__, NULL}, (has))

static void refused(const char *folder, const char *const *arguments, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != 2)
        fail_msg("%s: exit %d\n%s", arguments[0], r.exit, r.out);
    assert_has(r.err, has);
    assert_null(strstr(r.err, "s3cret"));
    assert_null(strstr(r.out, "s3cret"));
    program_free(&r);
}

#define REFUSED(folder, has, ...) refused((folder), (const char *const[]){__VA_ARGS__, NULL}, (has))

/* The same workspace, reached as another login. */
static const char *as_login(const char *address, const char *login)
{
    const char *rest = strchr(address + strlen("postgres://"), '@');
    return pb_arena_printf(engine_server.arena, "postgres://%s%s", login, rest);
}

/* shows: PER-2 PER-5 DQ-10 */
static void test_every_step_of_the_work(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *admin = engine_address();
    program_write(folder, "accounts.csv", accounts);
    MUST(folder, "Made workspace postgres://postgres@/postgres?host=", "init", admin);
    engine_say("postgres", "CREATE ROLE clerk LOGIN");
    engine_say("postgres", "GRANT w1_postgres_app TO clerk");
    const char *url = as_login(admin, "clerk");
    engine_say("postgres", "CREATE ROLE boss SUPERUSER LOGIN PASSWORD 's3cret'");
    program_result made = PROGRAM(folder, "init", as_login(engine_address(), "boss:s3cret"));
    assert_int_equal(made.exit, 0);
    assert_has(made.out, "Made workspace postgres://boss@/postgres");
    assert_null(strstr(made.out, "s3cret"));
    program_free(&made);
    MUST(folder, "To take it back: probity undo 1", "import", "accounts.csv", "-w", url);
    MUST(folder, "Bluth", "find", "blu", "-w", url);
    MUST(folder, "Audit of", "audit", url, "--out", "report", "--fail-on", "none");
    MUST(folder, "Values changed: 1", "fix", url, "--control", "DQ-MISSPELT");
    MUST(folder, "technology", "find", "blu", "-w", url);
    MUST(folder, "", "undo", "2", "-w", url);
    MUST(folder, "technolgy", "find", "blu", "-w", url);
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", url);
    MUST(folder, "The same on both sides", "move", url, "copy");
    MUST(folder, "The ledger is whole", "ledger", "verify", "-w", "copy");
    program_remove_folder(folder);
}

/* shows: SEC-1 PER-2 */
static void test_who_may_what(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *admin = engine_address();
    int number = engine_count;
    const char *stranger = as_login(admin, "stranger");
    MUST(folder, "Made workspace", "init", admin);
    engine_say("postgres", "CREATE ROLE stranger LOGIN");
    REFUSED(folder, "may not work in the workspace", "find", "x", "-w", stranger);
    REFUSED(folder, "may not make a workspace", "init",
            pb_arena_printf(engine_server.arena, "%s_other", stranger));
    REFUSED(folder, "has a schema", "init", admin);
    /* The role of the program owns nothing and cannot change what the ledger holds. */
    engine_say("postgres",
               pb_arena_printf(
                   engine_server.arena,
                   "DO $$ BEGIN SET ROLE w%d_postgres_app;"
                   " IF EXISTS (SELECT FROM pg_class WHERE relowner = 'w%d_postgres_app'::regrole)"
                   " THEN RAISE 'owns something'; END IF;"
                   " IF has_table_privilege('w%d.ledger_event', 'UPDATE, DELETE, TRUNCATE')"
                   " OR has_table_privilege('w%d.ledger_head', 'UPDATE, DELETE, TRUNCATE')"
                   " OR has_table_privilege('w%d.t_contact', 'DELETE, TRUNCATE')"
                   " THEN RAISE 'may too much'; END IF;"
                   " SET ROLE w%d_postgres_query;"
                   " IF has_table_privilege('w%d.t_contact', 'SELECT')"
                   " OR NOT has_table_privilege('w%d.contact', 'SELECT')"
                   " THEN RAISE 'sees too much or too little'; END IF; END $$",
                   number, number, number, number, number, number, number, number));
    program_remove_folder(folder);
}

/* Without the setting that this program makes, no row of a customer shows itself. */
/* shows: SEC-1 */
static void test_rows_are_behind_a_wall(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *admin = engine_address();
    int number = engine_count;
    program_write(folder, "accounts.csv", accounts);
    MUST(folder, "Made workspace", "init", admin);
    MUST(folder, "To take it back", "import", "accounts.csv", "-w", admin);
    engine_say("postgres",
               pb_arena_printf(engine_server.arena,
                               "DO $$ BEGIN SET ROLE w%d_postgres_app;"
                               " IF EXISTS (SELECT FROM w%d.t_account) OR EXISTS"
                               " (SELECT FROM w%d.account) THEN RAISE 'rows are seen'; END IF;"
                               " PERFORM set_config('probity.actor', 'test', false);"
                               " IF NOT EXISTS (SELECT FROM w%d.account) THEN"
                               " RAISE 'no rows are seen'; END IF; END $$",
                               number, number, number, number));
    program_remove_folder(folder);
}

/* shows: SEC-1 */
static void test_bad_addresses(void **state)
{
    (void)state;
    char *folder = program_folder();
    REFUSED(folder, "encrypted only", "find", "x", "-w",
            "postgres://me:s3cret@db.example.org/crm?sslmode=prefer");
    REFUSED(folder, "There is no sslmode", "find", "x", "-w",
            "postgres://me:s3cret@db.example.org/crm?sslmode=maybe");
    REFUSED(folder, "cannot be read", "find", "x", "-w", "postgres://me:s3cret@host:notaport:1/x%");
    REFUSED(folder, "cannot be the schema", "find", "x", "-w",
            "postgres://me:s3cret@localhost/crm?schema=A-b");
    REFUSED(folder, "does not answer", "find", "x", "-w", "postgres://me:s3cret@localhost:1/crm");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_step_of_the_work), cmocka_unit_test(test_who_may_what),
        cmocka_unit_test(test_rows_are_behind_a_wall), cmocka_unit_test(test_bad_addresses)};
    return cmocka_run_group_tests_name("cli/postgres", tests, NULL, NULL);
}
