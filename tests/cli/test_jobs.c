/* Jobs as people use them: added, listed, done by a worker that may be asked to end, or killed. The
 * work that takes long is a backup to a server that takes the connection and never answers. */
#include "engine.h"
#include "program.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

enum { WAIT_MS = 120000 }; /* a bound for machines that are busy: nothing waits so long */

static const char contacts[] = "Contact ID,Full Name,Email\nc1,Anna Adler,anna@example.com\n"
                               "c2,Anna Adler,anna@example.com\nc3,Ben Berg,ben@example.com\n";

static const char *new_workspace(const char *folder)
{
    const char *workspace = on_postgres() ? engine_address() : "ws";
    program_result made = PROGRAM(folder, "init", workspace, "--quiet");
    assert_int_equal(0, made.exit);
    program_free(&made);
    return workspace;
}

static bool jobs_say(const char *folder, const char *workspace, const char *words)
{
    program_result r = PROGRAM(folder, "jobs", workspace, "--json");
    bool there = strstr(r.out, words) != NULL;
    program_free(&r);
    return there;
}

/* shows: PER-3 PER-4 UX-1 */
static void test_work_that_is_due_is_done(void **state)
{
    char out[400], report[420];
    char *folder = program_folder();
    const char *ws = new_workspace(folder);
    (void)state;
    snprintf(out, sizeof out, "out=%s/reports", folder);
    PROGRAM_EXPECT(folder, 0, "There are no jobs yet", "jobs", ws);
    PROGRAM_EXPECT(folder, 0, "[]", "jobs", ws, "--json");
    program_write(folder, "contacts.csv", contacts);
    PROGRAM_EXPECT(folder, 0, "imported", "import", "contacts.csv", "-w", ws);
    PROGRAM_EXPECT(folder, 0, "Job 1 was added", "jobs", ws, "--add", "audit", "--with", out,
                   "--with", "format=json", "--every", "7d");
    PROGRAM_EXPECT(folder, 0, "\"job\": 2", "jobs", ws, "--add", "duplicates", "--with",
                   "threshold=0.6", "--json");
    PROGRAM_EXPECT(folder, 0, "Job 3 was added", "jobs", ws, "--add", "drill", "--at",
                   "2999-01-01T00:00:00Z");
    PROGRAM_EXPECT(folder, 0, "due 2999-01-01T00:00:00Z", "jobs", ws);
    /* one kind, then one job, then what is left */
    PROGRAM_EXPECT(folder, 0, "2 duplicates: done", "work", ws, "--once", "--kinds", "duplicates");
    PROGRAM_EXPECT(folder, 0, "1 audit: done", "work", ws, "--until-empty");
    snprintf(report, sizeof report, "%s/reports/report.json", folder);
    assert_int_equal(0, access(report, R_OK));
    PROGRAM_EXPECT(folder, 0, "every 1w", "jobs", ws, "--state", "waiting");
    PROGRAM_EXPECT(folder, 0, "\"state\": \"done\"", "jobs", ws, "--state", "done", "--json");
    PROGRAM_EXPECT(folder, 0, "No job is in this state: failed", "jobs", ws, "--state", "failed");
    PROGRAM_EXPECT(folder, 0, "Job 3 was cancelled", "jobs", ws, "--cancel", "3");
    PROGRAM_EXPECT(folder, 2, "Job 3 is over", "jobs", ws, "--cancel", "3");
    PROGRAM_EXPECT(folder, 0, "Job 2 is due now", "jobs", ws, "--again", "2");
    PROGRAM_EXPECT(folder, 0, "\"outcome\":\"done\"", "work", ws, "--once", "--json");
    /* what cannot be done is said, and is tried as often as it may be */
    PROGRAM_EXPECT(folder, 0, "Job 4 was added", "jobs", ws, "--add", "backup", "--with",
                   "to=/nowhere/at/all", "--tries", "1");
    PROGRAM_EXPECT(folder, 1, "/nowhere/at/all", "work", ws, "--until-empty");
    PROGRAM_EXPECT(folder, 1, "4  backup --to=/nowhere/at/all  failed", "jobs", ws);
    PROGRAM_EXPECT(folder, 0, "Job 4 was cancelled", "jobs", ws, "--cancel", "4");
    PROGRAM_EXPECT(folder, 0, "4  backup --to=/nowhere/at/all  cancelled", "jobs", ws);
    /* what nobody does is said, too */
    PROGRAM_EXPECT(folder, 0, "Job 5 was added", "jobs", ws, "--add", "drill", "--at",
                   "2001-01-01T00:00:00Z");
    PROGRAM_EXPECT(folder, 1, "overdue since 2001-01-01T00:00:00Z", "jobs", ws);
    PROGRAM_EXPECT(folder, 1, "\"overdue\": true", "jobs", ws, "--json");
    PROGRAM_EXPECT(folder, 0, "Job 5 was cancelled", "jobs", ws, "--cancel", "5");
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", ws);
    program_remove_folder(folder);
}

/* ---- workers that end before their work does ---- */

static int mute_listen(char *url, size_t size)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof at;
    assert_true(fd >= 0);
    assert_int_equal(0, bind(fd, (struct sockaddr *)&at, sizeof at));
    assert_int_equal(0, listen(fd, 8));
    assert_int_equal(0, getsockname(fd, (struct sockaddr *)&at, &length));
    snprintf(url, size, "to=s3://bucket/p?endpoint=http://127.0.0.1:%d", ntohs(at.sin_port));
    return fd;
}

static int mute_accept(int listening)
{
    struct pollfd ready = {.fd = listening, .events = POLLIN};
    assert_int_equal(1, poll(&ready, 1, WAIT_MS));
    int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* Whether who asked is gone. */
static bool hangs_up(int fd)
{
    char bytes[4096];
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (poll(&ready, 1, WAIT_MS) == 1)
        if (read(fd, bytes, sizeof bytes) <= 0)
            return true;
    return false;
}

static pid_t start_worker(const char *folder, const char *workspace)
{
    char program[4096];
    snprintf(program, sizeof program, "%s/probity", getenv("PROBITY_BUILD"));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0)
        return child;
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (chdir(folder) != 0 || dup2(nowhere, 1) < 0 || dup2(nowhere, 2) < 0)
        _exit(99);
    setenv("XDG_CONFIG_HOME", folder, 1);
    setenv("AWS_ACCESS_KEY_ID", "id", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    execl(program, "probity", "work", workspace, "--lease", "2", "--pause", "1", (char *)NULL);
    _exit(98);
}

/* shows: PER-3 PER-5 */
static void test_a_worker_that_ends_gives_its_job_back_and_one_that_dies_loses_it(void **state)
{
    char to[200];
    char *folder = program_folder();
    const char *ws = new_workspace(folder);
    int state_of_child = 0, listening = mute_listen(to, sizeof to);
    (void)state;
    PROGRAM_EXPECT(folder, 0, "Job 1 was added", "jobs", ws, "--add", "backup", "--with", to,
                   "--tries", "2");
    /* asked to end: it does, at once, and the job is as if it had not been taken */
    pid_t worker = start_worker(folder, ws);
    int asked = mute_accept(listening);
    assert_true(jobs_say(folder, ws, "\"state\": \"running\""));
    assert_int_equal(0, kill(worker, SIGTERM));
    assert_int_equal(worker, waitpid(worker, &state_of_child, 0));
    assert_int_equal(0, state_of_child);
    assert_true(hangs_up(asked));
    close(asked);
    assert_true(jobs_say(folder, ws, "\"state\": \"waiting\""));
    assert_true(jobs_say(folder, ws, "\"tries\": 0"));
    /* killed: what it began dies with it, and another tries again when the lease is over */
    worker = start_worker(folder, ws);
    asked = mute_accept(listening);
    assert_int_equal(0, kill(worker, SIGKILL));
    assert_int_equal(worker, waitpid(worker, &state_of_child, 0));
    assert_true(hangs_up(asked));
    close(asked);
    assert_true(jobs_say(folder, ws, "\"state\": \"running\""));
    worker = start_worker(folder, ws);
    asked = mute_accept(listening); /* the second try */
    assert_true(jobs_say(folder, ws, "\"tries\": 2"));
    PROGRAM_EXPECT(folder, 0, "was not heard of again", "jobs", ws, "--state", "running");
    /* cancelled: its worker drops it, and goes on */
    PROGRAM_EXPECT(folder, 0, "was cancelled", "jobs", ws, "--cancel", "1");
    assert_true(hangs_up(asked));
    close(asked);
    assert_int_equal(0, kill(worker, SIGTERM));
    assert_int_equal(worker, waitpid(worker, &state_of_child, 0));
    assert_int_equal(0, state_of_child);
    PROGRAM_EXPECT(folder, 0, "cancelled", "jobs", ws);
    PROGRAM_EXPECT(folder, 0, "The ledger is whole", "ledger", "verify", "-w", ws);
    close(listening);
    program_remove_folder(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_that_is_due_is_done),
        cmocka_unit_test(test_a_worker_that_ends_gives_its_job_back_and_one_that_dies_loses_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
