/* Lists, reports and audits read from a server that follows; writes and the log of reads go to the
 * workspace's own. Both servers log every statement: where something was asked is read there. */
#include "engine.h"
#include "program.h"

static live_server first, second;
static pb_arena *words; /* outlives both */

enum { LOG_MAX = 64 << 20 };

static const char people[] = "Contact ID,Full Name,Email\nc1,Anna Adler,anna@example.com\n"
                             "c2,Anna Adler,anna@example.com\nc3,Ben Berg,ben@example.com\n";
static const char more[] = "Contact ID,Full Name,Email\nb1,Carl Bluth,carl@example.com\n";

#define SETTINGS                                                                                   \
    "-c listen_addresses= -c fsync=off -c shared_buffers=32MB -c autovacuum=off "                  \
    "-c log_statement=all >>log 2>&1 & server=$!; (read -r line <&3; kill -INT $server) & wait "   \
    "$server"

static const char start_first[] =
    "exec 3<&0; cd \"$1\" && \"$2/initdb\" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 "
    "--no-sync >>log 2>&1 || exit 1; \"$2/postgres\" -D data -k \"$1\" " SETTINGS;

static const char start_second[] =
    "exec 3<&0; cd \"$1\" && \"$2/pg_basebackup\" -h %s -U postgres -D data -R -c fast >>log 2>&1 "
    "&& chmod 700 data || exit 1; \"$2/postgres\" -D data -k \"$1\" -c hot_standby=on " SETTINGS;

static char *log_of(const live_server *server)
{
    pb_error err = {0};
    PB_AUTO_BUF log = PB_BUF_INIT(LOG_MAX);
    char *path = sys_path_join(server->arena, server->folder, "log");
    if (sys_file_read(path, LOG_MAX, &log, &err) != PB_OK)
        return NULL;
    char *text = malloc(log.len + 1);
    assert_non_null(text);
    memcpy(text, pb_buf_cstr(&log), log.len + 1);
    return text;
}

static bool takes_readers(const live_server *server)
{
    char *log = log_of(server);
    bool ready = log != NULL && strstr(log, "ready to accept read-only connections") != NULL;
    free(log);
    return ready;
}

static const char *at(const live_server *server, const char *schema)
{
    return pb_arena_printf(words, "postgres://postgres@/postgres?host=%s&schema=%s", server->folder,
                           schema);
}

static int start_servers(void **state)
{
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *tools = newest(arena, "/usr/lib/postgresql/*/bin");
    (void)state;
    words = pb_arena_new(0);
    if (tools == NULL)
        fail_msg("there is no PostgreSQL server below /usr/lib/postgresql");
    server_start(&first, "postgres", tools, start_first);
    server_wait(&first, engine_is_up);
    server_start(&second, "postgres", tools, pb_arena_printf(arena, start_second, first.folder));
    server_wait(&second, takes_readers);
    return 0;
}

static int stop_servers(void **state)
{
    (void)state;
    server_stop(&second);
    server_stop(&first);
    pb_arena_free(words);
    return 0;
}

static void say_to(const live_server *server, const char *sql)
{
    extern char **environ;
    const char *const arguments[] = {"psql", "-q", "-h", server->folder, "-U", "postgres",
                                     "-c",   sql,  NULL};
    pid_t child = 0;
    int state = 0;
    assert_int_equal(
        0, posix_spawnp(&child, "psql", NULL, NULL, (char *const *)(uintptr_t)arguments, environ));
    assert_int_equal(child, waitpid(child, &state, 0));
    assert_int_equal(0, state);
}

static program_result expect(const char *folder, int exit, const char *has,
                             const char *const *arguments)
{
    program_result r = program_run(folder, arguments);
    if (r.exit != exit || (strstr(r.out, has) == NULL && strstr(r.err, has) == NULL))
        fail_msg("%s %s: exit %d, not %d with “%s”\n%s%s", arguments[0], arguments[1], r.exit, exit,
                 has, r.out, r.err);
    return r;
}

#define EXPECT(folder, exit, has, ...)                                                             \
    do {                                                                                           \
        program_result got =                                                                       \
            expect((folder), (exit), (has), (const char *const[]){__VA_ARGS__, NULL});             \
        program_free(&got);                                                                        \
    } while (0)

/* Statements that name the table or view of contacts, and those that add to the ledger. */
typedef struct asked {
    size_t contacts, events;
} asked;

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

static asked asked_of(const live_server *server)
{
    char *log = log_of(server);
    assert_non_null(log);
    asked all = {count_of(log, "t_contact") + count_of(log, "FROM contact") +
                     count_of(log, "from contact") + count_of(log, "contact AS"),
                 count_of(log, "INSERT INTO ledger_event")};
    free(log);
    return all;
}

/* Runs a command with the replica: its questions are asked there, its event, if it leaves one, is
 * written here. */
static void reads_there(const char *folder, bool told, const char *const *arguments)
{
    asked here = asked_of(&first), there = asked_of(&second);
    program_result r = program_run(folder, arguments);
    asked here_now = asked_of(&first), there_now = asked_of(&second);
    if (r.exit == 2 || here_now.contacts != here.contacts || there_now.contacts == there.contacts ||
        there_now.events != there.events || (here_now.events > here.events) != told)
        fail_msg("%s: exit %d, asked here %zu, there %zu; events here %zu, there %zu\n%s%s",
                 arguments[0], r.exit, here_now.contacts - here.contacts,
                 there_now.contacts - there.contacts, here_now.events - here.events,
                 there_now.events - there.events, r.out, r.err);
    program_free(&r);
}

#define READS_THERE(folder, told, ...)                                                             \
    reads_there((folder), (told), (const char *const[]){__VA_ARGS__, NULL})

/* shows: PER-2 PER-5 */
static void test_lists_reports_and_audits_read_from_the_replica(void **state)
{
    char *folder = program_folder();
    const char *url = at(&first, "w1"), *replica = at(&second, "w1");
    (void)state;
    EXPECT(folder, 0, "Made workspace", "init", url);
    program_write(folder, "people.csv", people);
    /* what was just written is found there, by another process: it is waited for */
    for (int i = 0; i < 5; i++) {
        char name[40], text[200], word[40];
        snprintf(name, sizeof name, "new%d.csv", i);
        snprintf(word, sizeof word, "Novelty%c", 'A' + i);
        snprintf(text, sizeof text, "Contact ID,Full Name,Email\nn%d,%s Person,n%d@example.com\n",
                 i, word, i);
        program_write(folder, name, text);
        EXPECT(folder, 0, "imported", "import", name, "-w", url);
        EXPECT(folder, 0, word, "find", word, "-w", url, "--replica", replica);
    }
    EXPECT(folder, 0, "imported", "import", "people.csv", "-w", url);
    READS_THERE(folder, true, "find", "adler", "-w", url, "--replica", replica);
    READS_THERE(folder, true, "show", "contact", "c1", "-w", url, "--replica", replica);
    READS_THERE(folder, true, "audit", url, "--replica", replica, "--out", "report");
    READS_THERE(folder, true, "audit", url, "--replica", replica, "--out", "report2", "--format",
                "pdf");
    READS_THERE(folder, false, "duplicates", url, "--replica", replica);
    READS_THERE(folder, true, "export", "-w", url, "--replica", replica, "--out", "out");
    /* a job reads there too when its worker was told to */
    EXPECT(folder, 0, "was added", "jobs", url, "--add", "duplicates");
    asked there = asked_of(&second);
    EXPECT(folder, 0, "done", "work", url, "--until-empty", "--replica", replica);
    assert_true(asked_of(&second).contacts > there.contacts);
    EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", url, "--replica", replica);
    program_remove_folder(folder);
}

/* shows: PER-2 PER-5 UX-1 */
static void test_a_replica_that_lags_or_is_gone_is_told(void **state)
{
    char *folder = program_folder();
    const char *url = at(&first, "w2"), *replica = at(&second, "w2");
    (void)state;
    EXPECT(folder, 0, "Made workspace", "init", url);
    program_write(folder, "more.csv", more);
    EXPECT(folder, 0, "Made workspace", "init", at(&first, "w3"));
    say_to(&second, "SELECT pg_wal_replay_pause()");
    EXPECT(folder, 0, "imported", "import", "more.csv", "-w", url);
    /* it lags: what it lacks is found all the same, and why it was not asked is said */
    EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", url, "--replica", replica);
    EXPECT(folder, 0, "did not catch up within 5 s", "find", "bluth", "-w", url, "--replica",
           replica);
    program_result quiet =
        PROGRAM(folder, "find", "bluth", "-w", url, "--replica", replica, "--json");
    assert_has(quiet.out, "Bluth"); /* for programs: on standard error only */
    assert_null(strstr(quiet.out, "catch up"));
    assert_has(quiet.err, "did not catch up");
    program_free(&quiet);
    say_to(&second, "SELECT pg_wal_replay_resume()");
    program_result well = PROGRAM(folder, "find", "bluth", "-w", url, "--replica", replica);
    assert_has(well.out, "Bluth");
    assert_null(strstr(well.err, "replica"));
    program_free(&well);
    /* it cannot be reached, it follows nobody: told likewise */
    const char *gone = "postgres://postgres@/postgres?host=/nowhere";
    EXPECT(folder, 0, "The replica was not read", "find", "bluth", "-w", url, "--replica", gone);
    EXPECT(folder, 0, "Bluth", "find", "bluth", "-w", url, "--replica", gone);
    EXPECT(folder, 0, "follows nobody", "find", "bluth", "-w", url, "--replica", url);
    /* what is no replica of it is refused: its answers would be another's, or nobody's */
    say_to(&first, "CREATE DATABASE other");
    const char *other =
        pb_arena_printf(words, "postgres://postgres@/other?host=%s&schema=w2", first.folder);
    EXPECT(folder, 0, "Made workspace", "init", other);
    EXPECT(folder, 2, "has another workspace", "find", "bluth", "-w", url, "--replica", other);
    EXPECT(folder, 0, "Made workspace", "init", "plain");
    EXPECT(folder, 2, "Only a workspace on a server has replicas", "find", "bluth", "-w", "plain",
           "--replica", replica);
    EXPECT(folder, 2, "Only a workspace on a server has replicas", "audit", "more.csv", "--replica",
           replica);
    EXPECT(folder, 2, "postgres", "find", "bluth", "-w", url, "--replica", "nonsense");
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_reports_and_audits_read_from_the_replica),
        cmocka_unit_test(test_a_replica_that_lags_or_is_gone_is_told),
    };
    return cmocka_run_group_tests(tests, start_servers, stop_servers);
}
