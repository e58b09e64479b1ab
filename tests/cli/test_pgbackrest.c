/* Any moment of a server: the configuration of pgbackrest as we write it, used by pgbackrest itself
 * on a server of the test's own, and its repository proved by a drill. */
#include "engine.h"
#include "program.h"

#include "base/time.h"
#include "sys/clock.h"

static live_server server;

static void start_server(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(&server, "postgres", tools,
                 "exec 3<&0; cd \"$1\" && mkdir repo pglog lock spool && "
                 "\"$2/initdb\" -D data -U postgres -A trust -E UTF8 "
                 "--locale=C.UTF-8 --no-sync >log 2>&1 || exit 1; "
                 "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c fsync=off "
                 "-c wal_level=replica -c archive_mode=on "
                 "-c shared_buffers=32MB -c autovacuum=off >>log 2>&1 & server=$!; "
                 "(read -r line <&3; kill -INT $server) & wait $server");
    server_wait(&server, engine_is_up);
}

static const char *printed(const char *format, const char *value)
{
    const char *text = pb_arena_printf(server.arena, "%s", format);
    const char *place = strstr(text, "{}");
    assert_non_null(place);
    return pb_arena_printf(server.arena, "%.*s%s%s", (int)(place - text), text, value, place + 2);
}

static void must(const char *folder, const char *const *arguments, int exit, const char *has)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != exit || (strstr(r.out, has) == NULL && strstr(r.err, has) == NULL))
        fail_msg("%s: exit %d\n%s%s", arguments[0], r.exit, r.out, r.err);
    program_free(&r);
}

#define MUST(folder, exit, has, ...)                                                               \
    must((folder), (const char *const[]){__VA_ARGS__, NULL}, (exit), (has))

static void shell(const char *command)
{
    extern char **environ;
    const char *const arguments[] = {"sh", "-c", command, NULL};
    pid_t child = 0;
    int state = 0;
    assert_int_equal(
        0, posix_spawnp(&child, "sh", NULL, NULL, (char *const *)(uintptr_t)arguments, environ));
    assert_int_equal(child, waitpid(child, &state, 0));
    if (state != 0)
        fail_msg("%s: %d", command, state);
}

/* pgbackrest as the user of the server. */
static void pgbackrest(const char *command)
{
    shell(pb_arena_printf(server.arena,
                          "%s pgbackrest --config=%s/conf/pgbackrest.conf --stanza=probity %s",
                          geteuid() == 0 ? "runuser -u postgres --" : "", server.folder, command));
}

static void psql(const char *sql)
{
    shell(pb_arena_printf(server.arena,
                          "psql -q -h %s -U postgres -d postgres -c \"%s\" >/dev/null",
                          server.folder, sql));
}

static void own_environment(void)
{
    setenv("PGBACKREST_LOG_PATH", printed("{}/pglog", server.folder), 1);
    setenv("PGBACKREST_LOCK_PATH", printed("{}/lock", server.folder), 1);
    setenv("PGBACKREST_SPOOL_PATH", printed("{}/spool", server.folder), 1);
    setenv("TMPDIR", server.folder, 1); /* where the server's user gets in, too */
}

/* What an administrator does with the files, as they say it themselves. */
static void install(void)
{
    if (geteuid() == 0)
        shell(printed("chown postgres {}/conf/pgbackrest.conf", server.folder));
    shell(pb_arena_printf(server.arena,
                          "echo \"include = '%s/conf/postgresql.conf'\" >> %s/data/postgresql.conf",
                          server.folder, server.folder));
    psql("SELECT pg_reload_conf()");
    pgbackrest("stanza-create");
    pgbackrest("check");
    pgbackrest("--type=full backup");
}

static void accounts(char *folder, const char *name, int first, int count)
{
    PB_AUTO_BUF text = PB_BUF_INIT(1 << 16);
    pb_buf_addc(&text, "Account ID;Account Name\n");
    for (int i = first; i < first + count; i++)
        pb_buf_printf(&text, "a%d;Account number %d\n", i, i);
    program_write(folder, name, pb_buf_cstr(&text));
}

static const char *now_text(void)
{
    PB_AUTO_BUF text = PB_BUF_INIT(64);
    pb_instant_format(&text, sys_now_us() / 1000000 * 1000000);
    return pb_arena_cstr(server.arena, pb_buf_str(&text));
}

/* The process id in the first line of the file that a server keeps while it runs; 0: there is none.
 */
static pid_t server_below(const char *above)
{
    glob_t found;
    pid_t pid = 0;
    if (glob(printed("{}/probity-*/data/postmaster.pid", above), 0, NULL, &found) == 0) {
        char *text = program_slurp(found.gl_pathv[0]);
        pid = (pid_t)strtol(text, NULL, 10);
        free(text);
    }
    globfree(&found);
    return pid;
}

/* The next one stops the server of a drill that was killed, and clears its folder away. */
static void kill_a_drill(const char *folder, const char *url, const char *file)
{
    enum { LOOKS = 3000 };
    const char *above = printed("{}/drills", server.folder);
    const char *before = getenv("TMPDIR");
    char *kept = before == NULL ? NULL : strdup(before);
    assert_int_equal(mkdir(above, 0755), 0);
    setenv("TMPDIR", above, 1);
    pid_t child = fork(), left = 0;
    assert_true(child >= 0);
    if (child == 0) {
        setpgid(0, 0);
        program_result r = PROGRAM(folder, "drill", url, "--pgbackrest", file);
        program_free(&r);
        _exit(0);
    }
    setpgid(child, child);
    for (int i = 0; i < LOOKS && left == 0; i++) {
        sys_sleep_us(20000);
        left = server_below(above);
    }
    assert_true(left > 0);
    assert_int_equal(kill(-child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(kill(left, 0), 0);
    MUST(folder, 0, "everything came back", "drill", url, "--pgbackrest", file);
    for (int i = 0; i < LOOKS && kill(left, 0) == 0; i++)
        sys_sleep_us(20000);
    assert_int_equal(kill(left, 0), -1);
    assert_int_equal(rmdir(above), 0); /* nothing is left in it */
    if (kept == NULL)
        unsetenv("TMPDIR");
    else
        setenv("TMPDIR", kept, 1);
    free(kept);
}

/* shows: PER-3 PER-4 */
static void test_any_moment_of_a_server(void **state)
{
    (void)state;
    char *folder = program_folder();
    start_server();
    own_environment();
    const char *url = printed("postgres://postgres@/postgres?host={}", server.folder);
    const char *conf = printed("{}/conf", server.folder);
    const char *file = printed("{}/conf/pgbackrest.conf", server.folder);
    MUST(folder, 0, "Made workspace", "init", url);
    MUST(folder, 2, "No place is declared", "backup", url, "--write-pgbackrest", conf);
    program_write(folder, "plan.yaml",
                  printed("places: [\"{}/repo\", \"sftp://a@vault.example.com/b\"]\n"
                          "lose_at_most: 24h\nkeep: {newest: 3}\n",
                          server.folder));
    MUST(folder, 0, "no backup yet", "backups", url, "--declare", "plan.yaml");
    MUST(folder, 0, "Left out, pgbackrest does not know such a place: sftp://", "backup", url,
         "--write-pgbackrest", conf);
    MUST(folder, 0, "Wrote", "backup", url, "--write-pgbackrest", conf); /* its own files, anew */
    accounts(folder, "first.csv", 0, 20);
    MUST(folder, 0, "To take it back", "import", "first.csv", "-w", url);
    install();
    sys_sleep_us(1100000);
    const char *moment = now_text();
    sys_sleep_us(1100000);
    accounts(folder, "second.csv", 100, 30);
    MUST(folder, 0, "To take it back", "import", "second.csv", "-w", url);
    pgbackrest("check"); /* all that was written is in the repository */
    MUST(folder, 0, "\"records\": 50", "drill", url, "--json", "--pgbackrest", file);
    MUST(folder, 0, "\"records\": 20", "drill", url, "--json", "--pgbackrest", file, "--time",
         moment);
    MUST(folder, 2, "goes with no", "drill", url, "--pgbackrest", file, "--fault", "all");
    MUST(folder, 0, "Indexes could not be checked", "ledger", "verify", "-w", url);
    shell(printed("psql -q -h {} -U postgres -c 'CREATE EXTENSION amcheck; GRANT EXECUTE ON"
                  " FUNCTION bt_index_check(regclass) TO PUBLIC'",
                  server.folder));
    MUST(folder, 0, "\"indexes_checked\": true", "ledger", "verify", "-w", url, "--json");
    kill_a_drill(folder, url, file);
    /* a repository that cannot be read is no pass */
    shell(printed("sed -i 's/^\\(repo1-cipher-pass=\\).*/\\10000/' {}/conf/pgbackrest.conf",
                  server.folder));
    MUST(folder, 1, "could not be run", "drill", url, "--pgbackrest", file);
    program_remove_folder(folder);
    server_stop(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_moment_of_a_server)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
