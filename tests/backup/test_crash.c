/* Death and failing disks: at every call to the system of a backup, of clearing away, of a restore.
 * What is left is the former state or the new one, and the next run works. */
#include "backup_support.h"

#include "backup/plan.h"
#include "sys/fault.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLS_MAX = 2000 };

typedef struct play play;
struct play {
    backup_world world;
    /** What is done in the process that may die; the workspace is open there. */
    pb_status (*act)(play *p, pb_error *err);
    /** Looks at what is left, in the process that lives. */
    void (*judge)(play *p);
    unsigned rarely; /* judged after that many deaths in a row, whose harm would add up; 0: each */
    bool completed;  /* the act came to its end */
};

static void open_again(backup_world *w)
{
    pb_error err = {0};
    db_options options = {.key = world_key(w)};
    must(db_workspace_open(w->workspace, &test_schema.schema, &options, &w->open, &err), &err);
}

static void add(backup_world *w, int n)
{
    pb_error err = {0};
    must(db_write(w->open, create_work, &n, &err), &err);
}

/* Runs the act in a process of its own that dies at call `nth` of `kind`; false when it lived. */
static bool dies(play *p, sys_fault kind, unsigned nth)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        pb_error err = {0};
        db_options options = {.key = world_key(&p->world)};
        if (db_workspace_open(p->world.workspace, &test_schema.schema, &options, &p->world.open,
                              &err) != PB_OK)
            _exit(3);
        sys_fault_arm(kind, nth, SYS_FAULT_KILL);
        pb_status done = p->act(p, &err);
        sys_fault_disarm();
        _exit(done == PB_OK ? 0 : 4);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail_msg("%s, call %u: exit %d", sys_fault_name(kind), nth, WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

static unsigned die_everywhere(play *p)
{
    unsigned deaths = 0;
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++)
        for (unsigned nth = 1; nth < CALLS_MAX; nth++) {
            bool died = dies(p, (sys_fault)kind, nth);
            p->completed = !died;
            if (!died || p->rarely == 0 || nth % p->rarely == 0)
                p->judge(p);
            if (!died)
                break;
            deaths++;
        }
    return deaths;
}

/* The newest backup comes back whole; its number of contacts. */
static int64_t contacts_back(play *p)
{
    pb_error err = {0};
    backup_restored restored;
    backup_restore_options options = world_options(&p->world);
    options.into = sys_path_join(p->world.arena, p->world.folder, "look");
    must(world_restore(&p->world, &options, &restored, &err), &err);
    assert_true(restored.compared);
    int64_t count = world_count(&p->world, options.into, "t_contact");
    must(sys_dir_remove_tree(options.into, &err), &err);
    return count;
}

static void begin(play *p)
{
    world_begin(&p->world);
    add(&p->world, 1);
    world_backup(&p->world);
    add(&p->world, 2);
}

static void leave_open(backup_world *w)
{
    w->open = db_workspace_close(w->open);
}

/* ---- a backup ---- */

static pb_status act_backup(play *p, pb_error *err)
{
    backup_sent sent;
    const char *place = p->world.place;
    const backup_call call = world_call();
    return backup_make(p->world.open, &call, &place, 1, false, &sent, err);
}

static void judge_backup(play *p)
{
    int64_t count = contacts_back(p);
    assert_true(count == 2 || (count == 1 && !p->completed));
}

/* shows: PER-3 */
static void death_during_a_backup(void **state)
{
    (void)state;
    play p = {.act = act_backup, .judge = judge_backup, .rarely = 16};
    begin(&p);
    leave_open(&p.world);
    assert_true(die_everywhere(&p) > 30);
    /* the next run leaves nothing of the dead ones */
    pb_error err = {0};
    pb_str *names, *rooms;
    size_t count, room_count;
    open_again(&p.world);
    world_backup(&p.world);
    must(sys_dir_list(p.world.place, p.world.arena, &rooms, &room_count, &err), &err);
    for (size_t i = 0; i < room_count; i++) {
        char *fresh = pb_arena_printf(p.world.arena, "%s/%s/.new", p.world.place, rooms[i].ptr);
        if (pb_str_is(rooms[i], "workspaces") || sys_path_kind(fresh) != SYS_FOLDER)
            continue;
        must(sys_dir_list(fresh, p.world.arena, &names, &count, &err), &err);
        assert_int_equal(count, 0);
    }
    world_end(&p.world);
}

/* ---- clearing away ---- */

static pb_status act_prune(play *p, pb_error *err)
{
    backup_pruned pruned;
    const backup_plan plan = {.newest = 1};
    const backup_call call = world_call();
    return backup_prune(p->world.open, &call, &plan, p->world.place, &pruned, err);
}

static void judge_prune(play *p)
{
    assert_int_equal(contacts_back(p), 2);
    /* something to clear away for the next time */
    open_again(&p->world);
    world_backup(&p->world);
    leave_open(&p->world);
}

/* shows: PER-3 */
static void death_while_clearing_away(void **state)
{
    (void)state;
    play p = {.act = act_prune, .judge = judge_prune};
    begin(&p);
    world_backup(&p.world);
    leave_open(&p.world);
    assert_true(die_everywhere(&p) > 10);
    world_end(&p.world);
}

/* ---- a restore ---- */

static pb_status act_restore(play *p, pb_error *err)
{
    backup_restored restored;
    backup_restore_options options = world_options(&p->world);
    return world_restore(&p->world, &options, &restored, err);
}

static void judge_restore(play *p)
{
    backup_world *w = &p->world;
    if (sys_path_kind(w->into) == SYS_NONE) {
        assert_false(p->completed);
        return;
    }
    assert_int_equal(world_count(w, w->into, "t_contact"), 2);
    must(sys_dir_remove_tree(w->into, NULL), NULL);
}

/* shows: PER-3 */
static void death_during_a_restore(void **state)
{
    (void)state;
    play p = {.act = act_restore, .judge = judge_restore};
    begin(&p);
    world_backup(&p.world);
    leave_open(&p.world);
    assert_true(die_everywhere(&p) > 20);
    char *beside = pb_arena_printf(p.world.arena, "%s.restoring", p.world.into);
    assert_int_equal(sys_path_kind(beside), SYS_NONE); /* the run that lived took it away */
    world_end(&p.world);
}

/* ---- failing calls ---- */

/* shows: PER-3 */
static void calls_that_fail_during_a_backup(void **state)
{
    (void)state;
    static const int errors[] = {EIO, ENOSPC};
    play p = {.act = act_backup};
    begin(&p);
    for (size_t e = 0; e < 2; e++)
        for (int kind = 0; kind < SYS_FAULT_COUNT; kind++)
            for (unsigned nth = 1; nth < CALLS_MAX; nth++) {
                pb_error err = {0};
                sys_fault_arm((sys_fault)kind, nth, errors[e]);
                pb_status status = act_backup(&p, &err);
                bool fired = sys_fault_disarm();
                if (!fired && status != PB_OK) {
                    print_error("%s, call %u, without a fault:\n", sys_fault_name((sys_fault)kind),
                                nth);
                    must(status, &err);
                }
                if (fired && status != PB_OK)
                    assert_non_null(err.primary.id);
                if (!fired || nth % 16 == 0) {
                    int64_t count = contacts_back(&p);
                    assert_true(count == 2 || (count == 1 && status != PB_OK));
                }
                if (!fired)
                    break;
            }
    world_end(&p.world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_during_a_backup),
        cmocka_unit_test(death_while_clearing_away),
        cmocka_unit_test(death_during_a_restore),
        cmocka_unit_test(calls_that_fail_during_a_backup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
