/* A change of the model meets a failure at any of its steps: memory that runs out, a file call that
 * fails, the death of the process. Nothing is half done: the workspace opens with the model of
 * before or the new one, holds what it held, takes new values, and the ledger verifies.
 * Argument: `long` tries every allocation, and more deaths. */
#include "desk_support.h"

#include "../db/fault_vfs.h"
#include "allocation.h"

#include <sys/wait.h>
#include <unistd.h>

#include "sys/clock.h"
#include "sys/fault.h"

enum { EVERY = 16, SPREAD = 24, NTH_MOST = 60, SERVER_KILLS = 6, SERVER_KILLS_LONG = 100 };

static bool every;

typedef struct world {
    desk d;
    pb_uuid contact;
    int64_t version; /* of the model, as it was seen last */
    int next;        /* number of the next name */
    bool of_field;   /* a field is added to a table with records; else an entity is made */
    unsigned tried, failed, done;
} world;

static void begin(world *w, office *o)
{
    pb_error err = {0};
    service_written written;
    *w = (world){.d = open_desk(o)};
    must(enter(&w->d, "contact", NULL, &(said){"full_name", "Ann Smith"}, 1, &w->contact, &written,
               &err),
         &err);
    w->version = db_model_version(w->d.workspace);
}

static void name_of(const world *w, char name[32])
{
    (void)snprintf(name, 32, "x_%s%d", w->of_field ? "f" : "e", w->next);
}

/* The change in hand. */
static pb_status change(world *w, pb_error *err)
{
    char name[32], body[400];
    name_of(w, name);
    if (w->of_field) {
        (void)snprintf(body, sizeof body,
                       "{\"type\":\"choice\",\"label\":\"Boots %d\",\"values\":[\"small\","
                       "\"large\"]}",
                       w->next);
        return make(&w->d, "contact", name, body, err);
    }
    (void)snprintf(body, sizeof body,
                   "{\"label\":\"Vehicle %d\",\"title\":[\"plate\"],\"links\":{\"keeper\":{\"to\":"
                   "\"account\"}},\"fields\":{\"plate\":{\"type\":\"identifier\"}}}",
                   w->next);
    return make(&w->d, name, NULL, body, err);
}

static void use(world *w, const char *name)
{
    pb_error err = {0};
    service_written written;
    if (w->of_field)
        must(enter(&w->d, "contact", &w->contact, &(said){name, "large"}, 1, NULL, &written, &err),
             &err);
    else
        must(enter(&w->d, name, NULL, &(said){"plate", "AB 123"}, 1, NULL, &written, &err), &err);
}

/* All of the change is there, or nothing of it; `told` says that it was done. */
static void judge(world *w, bool told)
{
    char name[32];
    name_of(w, name);
    again(&w->d);
    const model_entity *entity =
        model_entity_find(db_workspace_schema(w->d.workspace), pb_str_c(name));
    bool there = w->of_field ? field_of(&w->d, "contact", name) != NULL : entity != NULL;
    assert_true(there || !told);
    assert_int_equal(db_model_version(w->d.workspace) > w->version, there);
    assert_true(entity == NULL || entity->field_count == 2);
    assert_true(pb_str_is(value_of(&w->d, "contact", w->contact, "full_name"), "Ann Smith"));
    if (there) {
        use(w, name);
        w->next++;
    }
    w->version = db_model_version(w->d.workspace);
    w->tried++;
    w->done += there;
    w->failed += !told;
}

/* In the end the change that met all of it is done at once. */
static void end(world *w)
{
    pb_error err = {0};
    must(change(w, &err), &err);
    judge(w, true);
    assert_verifies(&w->d);
    db_workspace_close(w->d.workspace);
    print_message("%u tries, %u failures, %u changes\n", w->tried, w->failed, w->done);
}

static void must_say(pb_status status, const pb_error *err)
{
    bool clear = status == PB_OK || status == PB_MEMORY || status == PB_IO || status == PB_BUSY;
    if (!clear || (status != PB_OK && err->primary.id == NULL))
        must(status == PB_OK ? PB_INTERNAL : status, err);
}

/* ---- memory ---- */

static void starve(world *w)
{
    uint64_t all = 0;
    bool fired = false;
    pb_error err = {0};
    allocation_arm(0);
    must(change(w, &err), &err);
    all = allocation_disarm(&fired);
    judge(w, true);
    uint64_t tries = every ? all : EVERY + SPREAD;
    for (uint64_t i = 0; i < tries; i++) {
        uint64_t n = every || i < EVERY ? i + 1 : EVERY + (all - EVERY) * (i - EVERY) / SPREAD;
        allocation_arm(n);
        pb_status status = change(w, &err);
        allocation_disarm(&fired);
        must_say(status, &err);
        judge(w, status == PB_OK);
    }
}

/* shows: REC-1 DQ-1 PER-3 */
static void test_memory_that_runs_out_leaves_nothing_half_done(void **state)
{
    world w;
    begin(&w, *state);
    for (int kind = 0; kind < 2; kind++) {
        w.of_field = kind == 0;
        starve(&w);
    }
    assert_true(w.failed > EVERY);
    end(&w);
}

/* ---- files ---- */

static const fault_call calls[] = {FAULT_WRITE, FAULT_SYNC, FAULT_TRUNCATE, FAULT_SHM_MAP,
                                   FAULT_LOCK};

/* The nth call of a kind fails, for every n there is, or for every third. */
static void fail_files(world *w, fault_call kind)
{
    for (long n = 1; n <= NTH_MOST; n++) {
        pb_error err = {0};
        fault_arm(kind, n, kind == FAULT_LOCK ? SQLITE_BUSY : SQLITE_IOERR, n % 2 == 0, false);
        pb_status status = change(w, &err);
        bool fired = fault_disarm();
        must_say(status, &err);
        judge(w, status == PB_OK);
        if (!fired)
            return;
    }
}

/* shows: REC-1 PER-3 */
static void test_a_file_call_that_fails_leaves_nothing_half_done(void **state)
{
    world w;
    if (on_postgres())
        return;
    begin(&w, *state);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        w.of_field = i % 2 == 0;
        fail_files(&w, calls[i]);
    }
    assert_true(w.failed > 0);
    end(&w);
}

/* ---- death ---- */

/* Whether the child died of it; in the other case there was no such call any more. `arm` NULL: it
 * is killed after `n` microseconds. */
static bool dies(world *w, void (*arm)(int kind, long n), int kind, long n)
{
    int status = 0;
    pb_error err = {0};
    fflush(NULL);
    db_workspace_close(w->d.workspace);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        w->d.workspace = open_workspace(w->d.o, w->d.path);
        if (arm != NULL)
            arm(kind, n);
        _exit(change(w, &err) == PB_OK ? 0 : 4);
    }
    if (arm == NULL) {
        sys_sleep_us(n);
        kill(child, SIGKILL); /* not waited for yet: it is still that one */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    bool died = WIFSIGNALED(status);
    assert_true(died || WEXITSTATUS(status) == 0);
    w->d.workspace = open_workspace(w->d.o, w->d.path);
    judge(w, !died);
    return died;
}

static void arm_file(int kind, long n)
{
    fault_arm((fault_call)kind, n, FAULT_DIES, false, false);
}

static void arm_call(int kind, long n)
{
    sys_fault_arm((sys_fault)kind, (unsigned)n, SYS_FAULT_KILL);
}

/* shows: REC-1 PER-3 */
static void test_death_at_any_call_leaves_the_model_of_before_or_the_new_one(void **state)
{
    world w;
    unsigned deaths = 0;
    if (on_postgres())
        return;
    begin(&w, *state);
    for (size_t i = 0; i < 3; i++) {
        w.of_field = i % 2 == 0;
        for (long n = 1; n <= NTH_MOST && dies(&w, arm_file, (int)calls[i], n); n++)
            deaths++;
    }
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        w.of_field = kind % 2 == 0;
        for (long n = 1; n <= NTH_MOST && dies(&w, arm_call, kind, n); n++)
            deaths++;
    }
    assert_true(deaths > 3);
    end(&w);
}

/* shows: REC-1 PER-3 */
static void test_a_server_undoes_what_a_dead_client_began(void **state)
{
    world w;
    if (!on_postgres())
        return;
    begin(&w, *state);
    for (long n = 0; n < (every ? SERVER_KILLS_LONG : SERVER_KILLS); n++) {
        w.of_field = n % 2 == 0;
        dies(&w, NULL, 0, 2000 + (n * 7919) % 60000);
    }
    end(&w);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_memory_that_runs_out_leaves_nothing_half_done,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(test_a_file_call_that_fails_leaves_nothing_half_done,
                                        office_open, office_close),
        cmocka_unit_test_setup_teardown(
            test_death_at_any_call_leaves_the_model_of_before_or_the_new_one, office_open,
            office_close),
        cmocka_unit_test_setup_teardown(test_a_server_undoes_what_a_dead_client_began, office_open,
                                        office_close),
    };
    every = argc > 1 && strcmp(argv[1], "long") == 0;
    fault_install();
    return cmocka_run_group_tests_name("service/model-fault", tests, NULL, NULL);
}
