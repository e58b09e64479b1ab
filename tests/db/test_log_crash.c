/* The kept log when processes are killed, begin while others write, or fail in their system calls.
 */
#include "history_support.h"

#include "sys/fault.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* ---- killed processes ---- */

/* What the processes of one round do until they are killed: one writes and tells what was
 * acknowledged, one seals and moves the log. */
static int be_killed(char **arguments)
{
    room *r = calloc(1, sizeof *r);
    db_workspace *workspace = NULL;
    int64_t n = strtoll(arguments[4], NULL, 10);
    r->arena = pb_arena_new(0);
    r->options.key.key_file = arguments[2];
    tiny_schema_make(&r->tiny);
    if (db_workspace_open(arguments[1], &r->tiny.schema, &r->options, &workspace, &r->err) != PB_OK)
        return 2;
    if (strcmp(arguments[3], "seal") == 0)
        for (;;)
            if (db_log_seal(workspace, &r->err) != PB_OK ||
                db_check_pages(workspace, &r->err) != PB_OK)
                return 3;
    for (;;) {
        n++;
        if (db_write(workspace, insert_work, &n, &r->err) != PB_OK)
            return 4;
        int64_t told[2] = {n, tick()};
        if (write(STDOUT_FILENO, told, sizeof told) != (ssize_t)sizeof told)
            return 5;
    }
}

static pid_t start_killed(room *r, const char *what, int64_t last, int *ret_end)
{
    int ends[2];
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)last);
    assert_int_equal(0, pipe(ends));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "killed", r->url, r->key, what, number, (char *)NULL);
        _exit(9);
    }
    close(ends[1]);
    *ret_end = ends[0];
    return child;
}

static void kill_and_wait(pid_t child)
{
    int status = 0;
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    if (!WIFSIGNALED(status))
        fail_msg("a process ended by itself: %d", WEXITSTATUS(status));
}

/* Runs both, kills both at some moment; the last acknowledged number and its moment. */
static void kill_round(room *r, useconds_t delay, bool writer_first, int64_t told[2])
{
    int writer_end;
    int sealer_end;
    int64_t next[2];
    pid_t writer = start_killed(r, "write", told[0], &writer_end);
    pid_t sealer = start_killed(r, "seal", 0, &sealer_end);
    assert_int_equal(sizeof next, read(writer_end, next, sizeof next)); /* at work */
    usleep(delay);
    kill_and_wait(writer_first ? writer : sealer);
    usleep(delay / 3);
    kill_and_wait(writer_first ? sealer : writer);
    do
        memcpy(told, next, sizeof next);
    while (read(writer_end, next, sizeof next) == (ssize_t)sizeof next);
    close(writer_end);
    close(sealer_end);
}

enum { KILLS = 40 };

/* The digest of accounts 1 to `last` as the writer makes them. */
static uint64_t digest_up_to(int64_t last)
{
    uint64_t digest = 1469598103934665603u;
    for (int64_t n = 1; n <= last; n++) {
        digest = (digest ^ (uint64_t)n) * 1099511628211u;
        digest = (digest ^ 1) * 1099511628211u;
        for (const char *c = "Acme"; *c != '\0'; c++)
            digest = (digest ^ (uint8_t)*c) * 1099511628211u;
    }
    return digest;
}

/* Archive and database together hold every acknowledged commit once. */
static void killed_body(room *r)
{
    history *h = history_open(r, 12);
    int64_t told[2] = {0, 0};
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    r->workspace = db_workspace_close(r->workspace);
    for (int round = 0; round < KILLS; round++) {
        kill_round(r, (useconds_t)(roll(&h->s) % 20000), round % 2 == 0, told);
        assert_ok(r,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
        int64_t last = count_now(r, "SELECT MAX(n) FROM t_account");
        assert_in_range(last, told[0], told[0] + 1);
        assert_int_equal(last, count_now(r, ACCOUNTS));
        int64_t acknowledged = told[0];
        told[0] = last;
        remember(h);
        h->states[h->count - 1].sure = digest_up_to(acknowledged);
        if (round % 5 == 4) {
            db_restore_facts facts;
            assert_true(h->states[h->count - 1].digest == gone_back(h, 0, INT64_MAX, &facts));
            assert_true(facts.commits >= (uint64_t)last);
            assert_true(digest_up_to(acknowledged) == gone_back(h, 0, told[1], &facts));
            assert_true(facts.exact);
            go_back_often(h, 3);
        }
        r->workspace = db_workspace_close(r->workspace);
    }
    history_close(h);
}
/* shows: PER-3 PER-4 */
ON_EVERY_ENGINE(killed_processes_lose_nothing_of_a_kept_log, killed_body)

/* Switched on while another process, which opened the workspace before, goes on writing. */
static void live_body(room *r)
{
    history *h = history_open(r, 13);
    db_restore_facts facts;
    int64_t told[2] = {0, 0};
    int end;
    make(r);
    pid_t writer = start_killed(r, "write", 0, &end);
    assert_int_equal(sizeof told, read(end, told, sizeof told));
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    take_base(h);
    int64_t taken_us = tick();
    for (int i = 0; i<200; i += told[1]> taken_us) { /* both move the log all the time */
        if (i % 10 == 0)
            assert_ok(r, db_check_pages(r->workspace, &r->err));
        assert_int_equal(sizeof told, read(end, told, sizeof told)); /* from before the copy too */
    }
    kill_and_wait(writer);
    close(end);
    assert_true(digest_up_to(told[0]) == gone_back(h, 0, told[1], &facts));
    assert_true(facts.exact && facts.commits > 100);
    assert_true(digest_now(r, r->workspace) == gone_back(h, 0, INT64_MAX, &facts));
    history_close(h);
}
/* shows: PER-4 */
ON_EVERY_ENGINE(keeping_begins_while_others_write, live_body)

/* Every system call of the sealing fails once: then the log is neither moved nor lost, and the next
 * sealing goes on where the last one ended. */
static void seal_fault_body(room *r)
{
    history *h = history_open(r, 14);
    db_restore_facts facts;
    make(r);
    assert_ok(r, db_log_keep(r->workspace, true, &r->err));
    remember(h);
    take_base(h);
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        bool fired = kind != SYS_FAULT_MKDIR;
        for (unsigned nth = 1; fired; nth++) {
            write_some(r, &h->s, 2);
            sys_fault_arm((sys_fault)kind, nth, nth % 2 == 0 ? EIO : ENOSPC);
            pb_status status = db_log_seal(r->workspace, &r->err);
            db_check_pages(r->workspace, NULL);
            fired = sys_fault_disarm();
            if (status != PB_OK && (status != PB_IO || r->err.primary.id == NULL))
                fail_msg("%s %u: status %d: %s", sys_fault_name((sys_fault)kind), nth, (int)status,
                         said(r));
        }
    }
    remember(h);
    assert_true(h->states[1].digest == gone_back(h, 0, INT64_MAX, &facts));
    assert_int_equal(0, facts.left);
    history_close(h);
}
/* shows: PER-3 PER-4 */
ON_EVERY_ENGINE(a_sealing_that_fails_loses_nothing, seal_fault_body)

int main(int count, char **arguments)
{
    if (count == 5 && strcmp(arguments[0], "killed") == 0)
        return be_killed(arguments);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_processes_lose_nothing_of_a_kept_log),
        cmocka_unit_test(keeping_begins_while_others_write),
        cmocka_unit_test(a_sealing_that_fails_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
