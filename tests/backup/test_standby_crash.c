/* A feeding process, or one that takes over, may die at any moment: the standby can be read, and
 * the next run goes on. */
#include "asked.h"
#include "standby_support.h"

#include "sys/fault.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLS_MAX = 2000, KILLS = 60, ROUNDS_MAX = 400 };

static int child_feed(const backup_world *w)
{
    pb_error err = {0};
    backup_fed fed;
    return feed(w, &fed, &err) == PB_OK ? 0 : 4;
}

static int child_promote(const backup_world *w)
{
    pb_error err = {0};
    backup_promoted done;
    return promote(w, NULL, &done, &err) == PB_OK ? 0 : 4;
}

/* Dies at call `nth` of `kind`; false when it lived. */
static bool dies(const backup_world *w, int (*act)(const backup_world *w), sys_fault kind,
                 unsigned nth)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sys_fault_arm(kind, nth, SYS_FAULT_KILL);
        int done = act(w);
        sys_fault_disarm();
        _exit(done);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail_msg("%s, call %u: exit %d", sys_fault_name(kind), nth, WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

/* shows: PER-5 */
static void death_while_following(void **state)
{
    (void)state;
    backup_world w;
    unsigned deaths = 0;
    int contacts = 1;
    primary_begin(&w);
    must_feed(&w);
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        bool died = true;
        for (unsigned nth = 1; died && nth < CALLS_MAX; nth++) {
            if (contacts < 200)
                add_contact(&w, ++contacts);
            must_ship(&w, true);
            died = dies(&w, child_feed, (sys_fault)kind, nth);
            deaths += died;
            int64_t seen = standby_contacts(&w);
            assert_true(seen == contacts || (died && seen < contacts && seen > 0));
            if (nth % 4 == 0)
                must_feed(&w);
        }
        must_feed(&w);
        assert_int_equal(standby_contacts(&w), contacts);
    }
    assert_true(deaths > 20);
    world_end(&w);
}

static bool built(const backup_world *w)
{
    db_standby standby;
    return db_standby_there(w->into) && db_standby_read(w->into, &standby, NULL) == PB_OK &&
           standby.step != DB_STANDBY_BUILDING;
}

/* shows: PER-5 */
static void death_while_building(void **state)
{
    (void)state;
    backup_world w;
    unsigned deaths = 0;
    primary_begin(&w);
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        bool died = true;
        for (unsigned nth = 1; died && nth < CALLS_MAX; nth++) {
            died = dies(&w, child_feed, (sys_fault)kind, nth);
            deaths += died;
            if (!built(&w)) {
                assert_true(died);
                continue;
            }
            assert_int_equal(standby_contacts(&w), 1);
            must(sys_dir_remove_tree(w.into, NULL), NULL);
        }
    }
    assert_true(deaths > 20);
    world_end(&w);
}

/* Contacts of a standby, or of one that whoever opens it finishes. */
static void contacts_at(const backup_world *w)
{
    ledger_report report;
    db_workspace *workspace = open_at(w, w->into);
    must_verify(workspace, &report);
    assert_int_equal(report.records, count_of(workspace, "t_contact"));
    db_workspace_close(workspace);
}

/* shows: PER-5 */
static void death_while_taking_over(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    ledger_report report;
    unsigned deaths = 0;
    uint64_t takeovers = 0, finished = 0;
    primary_begin(&w);
    char *former = w.workspace;
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        bool died = true;
        for (unsigned nth = 1; died && nth < CALLS_MAX; nth++) {
            backup_promoted done;
            w.into = pb_arena_printf(w.arena, "%s/standby-%d-%u", w.folder, kind, nth);
            must_feed(&w);
            died = dies(&w, child_promote, (sys_fault)kind, nth);
            deaths += died;
            if (db_standby_there(w.into)) {
                assert_true(died);
                contacts_at(&w); /* it can be read and verified at any moment of it */
            }
            if (db_standby_there(w.into)) /* not so far that whoever opens it finishes it */
                must(promote(&w, NULL, &done, &err), &err);
            else
                finished += died;
            assert_int_equal(ship(&w, true, &err), PB_CONFLICT);
            /* the chain goes on with the one that took over */
            w.open = db_workspace_close(w.open);
            sys_dir_remove_tree(w.workspace, NULL);
            w.workspace = w.into;
            w.open = open_at(&w, w.workspace);
            must_verify(w.open, &report);
            must_ship(&w, false);
            takeovers++;
            assert_int_equal(asked_events(w.open, "workspace.promoted"), takeovers);
        }
    }
    assert_true(deaths > 50);
    assert_true(finished > 0);
    assert_int_equal(count_of(w.open, "t_contact"), 1);
    (void)former;
    world_end(&w);
}

/* At moments of no particular meaning: SQLite's own calls are reached too. */
/* shows: PER-5 */
static void death_at_any_moment(void **state)
{
    (void)state;
    backup_world w;
    int contacts = 1, deaths = 0;
    primary_begin(&w);
    must_feed(&w);
    for (int round = 0; deaths < KILLS && round < ROUNDS_MAX; round++) {
        int status = 0;
        for (int i = 0; i < 3 && contacts < 250; i++)
            add_contact(&w, ++contacts);
        must_ship(&w, round % 16 != 15);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(child_feed(&w));
        sys_sleep_us(200 + (round * 7919) % 12000);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        deaths += WIFSIGNALED(status);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        int64_t seen = standby_contacts(&w);
        assert_true(seen > 0 && seen <= contacts);
        if (round % 5 == 4) {
            must_feed(&w);
            assert_int_equal(standby_contacts(&w), contacts);
        }
    }
    assert_true(deaths > KILLS / 4);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_while_following),
        cmocka_unit_test(death_while_building),
        cmocka_unit_test(death_while_taking_over),
        cmocka_unit_test(death_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
