/* A server that follows another by streaming replication, and encryption on the way to a server:
 * real servers of the test's own. */
#include "engine.h"
#include "program.h"

static live_server first, second, third;
static pb_arena *words; /* outlives both */
static int port;

static const char accounts[] = "Account ID;Account Name;Industry\na1;Acme;technology\n";
static const char more[] = "Account ID;Account Name;Industry\na2;Bluth;building\n";

/* A certificate authority of its own, one that is not trusted, and a certificate for localhost. */
static const char start_first[] =
    "exec 3<&0; cd \"$1\" && "
    "for ca in ca other; do openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout $ca.key "
    "-out $ca.crt -subj /CN=$ca >>log 2>&1 || exit 1; done; "
    "openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost "
    ">>log 2>&1 && printf 'subjectAltName=DNS:localhost\\n' >names && "
    "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 "
    "-extfile names -out server.crt >>log 2>&1 && chmod 600 server.key && chmod 644 ca.crt "
    "other.crt && \"$2/initdb\" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync "
    ">>log 2>&1 || exit 1; printf 'local all all trust\\nlocal replication all trust\\n"
    "hostssl all all 127.0.0.1/32 trust\\n' >data/pg_hba.conf; "
    "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses=127.0.0.1 -c port=%d -c ssl=on "
    "-c ssl_cert_file=\"$1/server.crt\" -c ssl_key_file=\"$1/server.key\" -c fsync=off "
    "-c shared_buffers=32MB -c autovacuum=off >>log 2>&1 & server=$!; "
    "(read -r line <&3; kill -INT $server) & wait $server";

static const char start_second[] =
    "exec 3<&0; cd \"$1\" && "
    "\"$2/psql\" -q -h %s -p %d -U postgres -c \"SELECT "
    "pg_create_physical_replication_slot('probity_standby')\" >>log 2>&1 && "
    "\"$2/pg_basebackup\" -h %s -p %d -U postgres -D data -R -S probity_standby -c fast "
    ">>log 2>&1 && chmod 700 data || exit 1; "
    "\"$2/postgres\" -D data -k \"$1\" -c listen_addresses= -c port=%d -c ssl=off -c "
    "hot_standby=on "
    "-c fsync=off >>log 2>&1 & server=$!; "
    "(read -r line <&3; kill -INT $server) & wait $server";

static bool takes_readers(const live_server *server)
{
    PB_AUTO_BUF log = PB_BUF_INIT(1 << 20);
    char *path = sys_path_join(server->arena, server->folder, "log");
    return sys_file_read(path, 1 << 20, &log, NULL) == PB_OK &&
           pb_str_find(pb_buf_str(&log), PB_STR("ready to accept read-only connections")) !=
               SIZE_MAX;
}

static char *tools_of(pb_arena *arena)
{
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    return tools;
}

static void begin_first(void)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    port = 20000 + (int)getpid() % 20000;
    server_start(&first, "postgres", tools_of(arena), pb_arena_printf(arena, start_first, port));
    server_wait(&first, engine_is_up);
}

/* One that follows `primary`. */
static void begin_following(live_server *server, const live_server *primary)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    server_start(
        server, "postgres", tools_of(arena),
        pb_arena_printf(arena, start_second, primary->folder, port, primary->folder, port, port));
    server_wait(server, takes_readers);
}

static const char *on_socket(const live_server *server)
{
    return pb_arena_printf(words, "postgres://postgres@/postgres?host=%s&port=%d&schema=w1",
                           server->folder, port);
}

static const char *on_net(const char *host, const char *options)
{
    return pb_arena_printf(words, "postgres://postgres@%s:%d/postgres?schema=w1&%s", host, port,
                           options);
}

/* shows: PER-2 SEC-1 */
static void test_the_way_to_a_server_is_encrypted_and_its_name_is_checked(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *trusted = pb_arena_printf(words, "sslrootcert=%s/ca.crt", first.folder);
    const char *other = pb_arena_printf(words, "sslrootcert=%s/other.crt", first.folder);
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", on_net("localhost", trusted));
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w",
                   on_net("localhost", trusted));
    /* plain is refused here, before anything is sent; and there */
    PROGRAM_EXPECT(folder, 2, "encrypted only", "runs", "-w",
                   on_net("localhost", "sslmode=disable"));
    PROGRAM_EXPECT(folder, 2, "encrypted only", "runs", "-w",
                   on_net("localhost", "sslmode=prefer"));
    /* somebody else's authority, another host's certificate */
    PROGRAM_EXPECT(folder, 2, "certificate verify failed", "runs", "-w",
                   on_net("localhost", other));
    PROGRAM_EXPECT(folder, 2, "does not match host name", "runs", "-w",
                   on_net("127.0.0.1", trusted));
    const char *by_ca = pb_arena_printf(words, "%s&sslmode=verify-ca", trusted);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w",
                   on_net("127.0.0.1", by_ca));
    /* no authority at all is no reason to trust */
    PROGRAM_EXPECT(folder, 2, "root certificate", "runs", "-w",
                   on_net("localhost", "sslrootcert=/nowhere/ca.crt"));
    program_remove_folder(folder);
}

static void wait_for_replay(const char *folder)
{
    const char *primary = on_socket(&first);
    for (int i = 0; i < 200; i++) {
        program_result r =
            PROGRAM(folder, "standby", on_socket(&second), "--status", "--from", primary, "--json");
        bool there = strstr(r.out, "\"behind_bytes\": 0,") != NULL;
        program_free(&r);
        if (there)
            return;
        usleep(50000);
    }
    fail_msg("the standby does not catch up");
}

static void say_to(const live_server *server, const char *sql)
{
    char socket[32];
    extern char **environ;
    snprintf(socket, sizeof socket, "%d", port);
    const char *const arguments[] = {
        "psql", "-q", "-h", server->folder, "-p", socket, "-U", "postgres", "-c", sql, NULL};
    pid_t child = 0;
    int state = 0;
    assert_int_equal(
        0, posix_spawnp(&child, "psql", NULL, NULL, (char *const *)(uintptr_t)arguments, environ));
    assert_int_equal(child, waitpid(child, &state, 0));
    assert_int_equal(0, state);
}

/* As many takeovers as the ledger tells of, and the number of the last. */
static void must_be_told(const live_server *server, int takeovers)
{
    say_to(server, pb_arena_printf(words,
                                   "DO $$ BEGIN ASSERT %d = (SELECT count(*) FROM w12.ledger_event"
                                   " WHERE position('workspace.promoted'::bytea in body) > 0)"
                                   " AND (SELECT convert_from(value, 'UTF8') LIKE '%d %%'"
                                   " FROM w12.setting WHERE name = 'epoch'); END $$",
                                   takeovers, takeovers));
}

/* The server takes over, and nobody tells the ledger: the program was killed then, or an
 * administrator did it. */
static void promote_without_telling(const char *folder)
{
    begin_following(&third, &second);
    const char *url = pb_arena_printf(words, "%s2", on_socket(&third));
    must_be_told(&third, 1);
    server_stop(&second);
    second.folder = NULL;
    say_to(&third, "SELECT pg_promote(true, 60)");
    program_write(folder, "accounts.csv", "Account ID;Account Name\na3;Cyber\n");
    PROGRAM_EXPECT(folder, 0, "imported", "import", "accounts.csv", "-w", url);
    must_be_told(&third, 2);
    PROGRAM_EXPECT(folder, 2, "follows nobody", "standby", url, "--promote");
    must_be_told(&third, 2);
    /* as if it had gone over once more, and --promote had been stopped behind that */
    say_to(&third, "UPDATE w12.setting SET value = convert_to(split_part(convert_from(value,"
                   " 'UTF8'), ' ', 1) || ' 00000001', 'UTF8') WHERE name = 'era'");
    PROGRAM_EXPECT(folder, 0, "This is takeover 3", "standby", url, "--promote");
    PROGRAM_EXPECT(folder, 2, "follows nobody", "standby", url, "--promote");
    must_be_told(&third, 3);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", url);
}

/* shows: PER-5 PER-2 */
static void test_a_server_follows_is_read_and_takes_over(void **state)
{
    (void)state;
    char *folder = program_folder();
    const char *primary = on_socket(&first);
    /* w12: a schema of its own */
    const char *url = pb_arena_printf(words, "%s2", primary);
    PROGRAM_EXPECT(folder, 0, "Made workspace", "init", url);
    program_write(folder, "accounts.csv", accounts);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "accounts.csv", "-w", url);
    begin_following(&second, &first);
    const char *follower = pb_arena_printf(words, "%s2", on_socket(&second));
    wait_for_replay(folder);
    PROGRAM_EXPECT(folder, 0, "follows", "standby", follower, "--status");
    PROGRAM_EXPECT(folder, 0, "\"streams\": true", "standby", follower, "--status", "--json");
    PROGRAM_EXPECT(folder, 1, "follows nobody", "standby", url, "--status");
    PROGRAM_EXPECT(folder, 2, "nothing to feed", "standby", follower);
    /* what is only read is read there */
    PROGRAM_EXPECT(folder, 0, "Acme", "find", "acme", "-w", url, "--replica", follower);
    say_to(&second, "SELECT pg_wal_replay_pause()");
    program_write(folder, "more.csv", more);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "more.csv", "-w", url);
    /* it is behind: what it lacks is read at the first */
    PROGRAM_EXPECT(folder, 0, "did not catch up", "find", "bluth", "-w", url, "--replica",
                   follower);
    PROGRAM_EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", url);
    say_to(&second, "SELECT pg_wal_replay_resume()");
    wait_for_replay(folder);
    PROGRAM_EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", url, "--replica", follower);
    /* one that is gone keeps nobody from reading */
    PROGRAM_EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", url, "--replica",
                   "postgres://postgres@/postgres?host=/nowhere&schema=w12");
    PROGRAM_EXPECT(folder, 2, "it follows another", "import", "accounts.csv", "-w", follower);
    PROGRAM_EXPECT(folder, 2, "follows nobody", "standby", url, "--promote");
    server_stop(&first);
    PROGRAM_EXPECT(folder, 1, "receives nothing", "standby", follower, "--status");
    PROGRAM_EXPECT(folder, 0, "This is takeover 1", "standby", follower, "--promote");
    say_to(&second,
           "DO $$ BEGIN ASSERT 1 = (SELECT count(*) FROM w12.setting WHERE name = 'epoch');"
           " END $$");
    PROGRAM_EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", follower);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "accounts.csv", "-w", follower);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", follower);
    promote_without_telling(folder);
    program_remove_folder(folder);
}

/* shows: PER-5 */
static void test_the_settings_of_both_servers_are_written(void **state)
{
    (void)state;
    char *folder = program_folder();
    PB_AUTO_BUF text = PB_BUF_INIT(65536);
    PB_AUTO_ARENA arena = pb_arena_new(0);
    PROGRAM_EXPECT(folder, 2, "Name the primary", "standby", "postgres:///crm", "--config",
                   "settings");
    PROGRAM_EXPECT(folder, 0, "Written", "standby", "postgres:///crm", "--config", "settings",
                   "--from", "postgres://rep@db1/crm?schema=customers&application_name=o'hara");
    char *path = pb_arena_printf(arena, "%s/settings/standby.conf", folder);
    assert_int_equal(sys_file_read(path, 65536, &text, NULL), PB_OK);
    assert_non_null(strstr(pb_buf_cstr(&text),
                           "primary_conninfo = "
                           "'postgres://rep@db1/crm?application_name=o''hara'\n"));
    assert_non_null(strstr(pb_buf_cstr(&text), "hot_standby = on\n"));
    assert_non_null(strstr(pb_buf_cstr(&text), "primary_slot_name = 'probity_standby'\n"));
    program_remove_folder(folder);
}

static int begin(void **state)
{
    (void)state;
    words = pb_arena_new(0);
    begin_first();
    return 0;
}

static int end(void **state)
{
    (void)state;
    if (second.folder != NULL)
        server_stop(&second);
    if (third.folder != NULL)
        server_stop(&third);
    words = pb_arena_free(words);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_settings_of_both_servers_are_written),
        cmocka_unit_test(test_the_way_to_a_server_is_encrypted_and_its_name_is_checked),
        cmocka_unit_test(test_a_server_follows_is_read_and_takes_over),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
