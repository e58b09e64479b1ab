/* Backups, restores and drills as a person commands them, for either engine: files for systemd,
 * what is due, and a login that may make nothing. */
#include "engine.h"
#include "program.h"

static char *folder;
static const char *admin, *clerk; /* addresses of one workspace; NULL: none yet */

static void must(const char *const *arguments, int exit, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != exit || (strstr(r.out, has) == NULL && strstr(r.err, has) == NULL))
        fail_msg("%s: exit %d\n%s%s", arguments[0], r.exit, r.out, r.err);
    program_free(&r);
}

#define MUST(exit, has, ...) must((const char *const[]){__VA_ARGS__, NULL}, (exit), (has))

static const char *below(const char *name)
{
    return pb_arena_printf(engine_server.arena, "%s/%s", folder, name);
}

/* A workspace of a login that owns nothing, with some records. */
static void prepare(void)
{
    folder = program_folder();
    admin = engine_address();
    program_write(folder, "accounts.csv",
                  "Account ID;Account Name\na1;Acme\na2;Bluth\na3;Conecom\n");
    MUST(0, "Made workspace", "init", admin);
    engine_say("postgres", "DROP ROLE IF EXISTS clerk");
    engine_say("postgres", "CREATE ROLE clerk LOGIN");
    engine_say("postgres", pb_arena_printf(engine_server.arena, "GRANT w%d_postgres_app TO clerk",
                                           engine_count));
    clerk = pb_arena_printf(engine_server.arena, "postgres://clerk%s", strchr(admin, '@'));
    MUST(0, "To take it back", "import", "accounts.csv", "-w", clerk);
}

static void drop(void)
{
    engine_say("postgres", "DROP OWNED BY clerk");
    program_remove_folder(folder);
}

static char *slurp(const char *name)
{
    return program_slurp(below(name));
}

static void has(const char *name, const char *text)
{
    char *all = slurp(name);
    if (strstr(all, text) == NULL)
        fail_msg("%s: %s", name, all);
    free(all);
}

static int system_status(const char *command)
{
    extern char **environ;
    const char *const arguments[] = {"sh", "-c", command, NULL};
    pid_t child = 0;
    int state = 0;
    assert_int_equal(
        0, posix_spawnp(&child, "sh", NULL, NULL, (char *const *)(uintptr_t)arguments, environ));
    assert_int_equal(child, waitpid(child, &state, 0));
    return state;
}

/* systemd's own reader takes them, where there is one. */
static void systemd_takes(const char *names)
{
    int state = system_status(
        pb_arena_printf(engine_server.arena,
                        "cd '%s/units' && if command -v systemd-analyze >/dev/null; then"
                        " systemd-analyze verify %s >verify.out 2>&1 && ! grep -q . verify.out; fi",
                        folder, names));
    if (state != 0)
        fail_msg("systemd-analyze verify: %s", slurp("units/verify.out"));
}

/* shows: PER-3 PER-4 */
static void test_a_schedule_is_written_and_followed(void **state)
{
    (void)state;
    prepare();
    MUST(2, "Nothing is declared", "backup", clerk, "--write-timer", "units");
    program_write(folder, "plan.yaml",
                  pb_arena_printf(engine_server.arena,
                                  "places: [%s/place]\nevery: 2h\ndrill_every: 30d\n", folder));
    MUST(0, "next backup due: now; next drill due: now", "backups", clerk, "--declare",
         "plan.yaml");
    MUST(0, "probity-backup-postgres-w", "backup", clerk, "--write-timer", "units");
    const char *name = pb_arena_printf(engine_server.arena, "postgres-w%d", engine_count);
    const char *timer = pb_arena_printf(engine_server.arena, "units/probity-backup-%s.timer", name);
    const char *service =
        pb_arena_printf(engine_server.arena, "units/probity-drill-%s.service", name);
    has(timer, "OnCalendar=*:0/15\n");
    has(service, "\"drill\" \"--if-due\" \"--quiet\" \"--\" \"postgres://clerk@");
    systemd_takes("*.timer *.service");
    program_write(folder, timer, "somebody else's\n");
    MUST(2, "in the way", "backup", clerk, "--write-timer", "units");
    MUST(2, "password does not belong", "backup",
         pb_arena_printf(engine_server.arena, "postgres://clerk:secret%s", strchr(clerk, '@')),
         "--write-timer", "units");
    /* what the units call */
    MUST(0, "", "backup", "--if-due", "--quiet", "--", clerk);
    MUST(0, "No backup is due yet", "backup", "--if-due", clerk);
    MUST(0, "everything came back", "drill", "--if-due", clerk);
    MUST(0, "[]", "drill", "--if-due", "--json", clerk);
    MUST(0, "next backup due: 20", "backups", clerk);
    drop();
}

/* shows: PER-3 PER-4 SEC-1 */
static void test_a_login_that_owns_nothing_keeps_it_safe(void **state)
{
    (void)state;
    prepare();
    MUST(0, "pieces sent", "backup", clerk, "--to", "place");
    MUST(0, "everything came back", "drill", clerk, "--from", "place"); /* in a folder */
    MUST(0, "flipped-bit-database: noticed", "drill", clerk, "--fault", "flipped-bit-database");
    MUST(0, "everything came back", "drill", admin, "--from", "place"); /* on the server */
    MUST(0, "torn-page: noticed", "drill", admin, "--fault", "torn-page");
    MUST(2, "nobody knows of later erasures", "restore", "--from", "place", "--into", "again");
    MUST(0, "Counts, sums and sampled records are what they were", "restore", "--from", "place",
         "--ledger", clerk, "--into", "again");
    MUST(0, "The ledger is whole", "ledger", "verify", "-w", "again");
    const char *other = pb_arena_printf(engine_server.arena, "%sx", admin);
    MUST(2, "may not make a workspace", "restore", "--from", "place", "--ledger", clerk, "--into",
         pb_arena_printf(engine_server.arena, "%sx", clerk));
    MUST(0, "Counts, sums and sampled records are what they were", "restore", "--from", "place",
         "--ledger", clerk, "--into", other);
    MUST(0, "The ledger is whole", "ledger", "verify", "-w", other);
    MUST(2, "has a schema", "restore", "--from", "place", "--ledger", clerk, "--into", other);
    MUST(2, "kept by pgbackrest", "backup", clerk, "--to", "place", "--log");
    MUST(2, "may not see where the server keeps its data", "backup", clerk, "--write-pgbackrest",
         "conf");
    MUST(2, "lies in a folder", "backup", "again", "--write-pgbackrest", "conf");
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_schedule_is_written_and_followed),
        cmocka_unit_test(test_a_login_that_owns_nothing_keeps_it_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
