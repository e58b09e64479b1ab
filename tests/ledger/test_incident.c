/* What happened to the place of a workspace is told in its log, before the next event and once,
 * whatever dies meanwhile: a commit that an interruption left cut off, a server that took over. */
#include "asked.h"
#include "ledger_support.h"

#include "sys/fault.h"

#include <signal.h>
#include <sys/wait.h>

enum { FRAME = 24 + 8192, CALLS_MAX = 500, FILE_MAX = 64 << 20 };

typedef struct home {
    pb_arena *arena;
    char *folder, *url, *key, *aside;
    db_workspace *open;
} home;

static void home_begin(home *h)
{
    pb_error err = {0};
    *h = (home){.arena = pb_arena_new(1 << 26)};
    must(sys_temp_dir(h->arena, &h->folder, &err), &err);
    h->key = sys_path_join(h->arena, h->folder, "key");
    h->url = on_postgres() ? pb_arena_cstr(h->arena, pb_str_c(engine_address()))
                           : sys_path_join(h->arena, h->folder, "w");
    h->aside = sys_path_join(h->arena, h->url, "records.db-torn");
    tiny_schema_make(&test_schema);
    const db_options options = {.key.key_file = h->key};
    must(db_workspace_create(h->url, &test_schema.schema, &options, NULL, &h->open, &err), &err);
    for (int n = 1; n <= 4; n++)
        must(db_write(h->open, create_work, &n, &err), &err);
}

static void home_end(home *h)
{
    db_workspace_close(h->open);
    sys_dir_remove_tree(h->folder, NULL);
    pb_arena_free(h->arena);
}

static db_workspace *open_at(const home *h, const char *url)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    const db_options options = {.key.key_file = h->key};
    must(db_workspace_open(url, &test_schema.schema, &options, &workspace, &err), &err);
    return workspace;
}

static void write_one(db_workspace *workspace, int n)
{
    pb_error err = {0};
    must(db_write(workspace, create_work, &n, &err), &err);
}

/* ---- a commit that was cut off ---- */

static void copy_file(const char *from, const char *to)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(FILE_MAX);
    must(sys_file_read(from, FILE_MAX, &bytes, NULL), NULL);
    must(sys_file_write(to, pb_buf_str(&bytes), 0600, NULL), NULL);
}

/* The workspace as a power cut leaves it that took a byte of the last commit: `to` is made anew. */
static void cut_off(const home *h, const char *from, const char *to)
{
    static const char *const names[] = {"workspace.yaml", "records.db", "records.db-wal"};
    must(sys_dir_remove_tree(to, NULL), NULL);
    must(sys_dir_make(to, 0700, true, NULL), NULL);
    for (size_t i = 0; i < 3; i++)
        copy_file(sys_path_join(h->arena, from, names[i]), sys_path_join(h->arena, to, names[i]));
    char *log = sys_path_join(h->arena, to, names[2]);
    PB_AUTO_BUF bytes = PB_BUF_INIT(FILE_MAX);
    must(sys_file_read(log, FILE_MAX, &bytes, NULL), NULL);
    uint64_t at = 32 + ((bytes.len - 32) / FRAME - 1) * FRAME + 100;
    char other = (char)(bytes.ptr[at] ^ 1);
    must(sys_file_patch(log, at, pb_str_n(&other, 1), NULL), NULL);
}

static const char *beside(const home *h, const char *name)
{
    return sys_path_join(h->arena, h->folder, name);
}

static bool lies_aside(const home *h, const char *url)
{
    return sys_path_kind(sys_path_join(h->arena, url, "records.db-torn")) == SYS_FILE;
}

/* shows: PER-2 PER-5 SEC-1 */
static void test_a_commit_cut_off_is_told_once_and_over_after_a_verification(void **state)
{
    (void)state;
    home h;
    pb_error err = {0};
    ledger_report report;
    if (on_postgres()) /* its log is the server's */
        return;
    home_begin(&h);
    const char *cut = beside(&h, "cut");
    cut_off(&h, h.url, cut);
    db_workspace *workspace = open_at(&h, cut);
    assert_true(lies_aside(&h, cut));
    assert_int_equal(verify_now(workspace, &report, &err), PB_CORRUPT); /* nobody knows of it yet */
    assert_true(lies_aside(&h, cut));
    write_one(workspace, 10);
    write_one(workspace, 11);
    assert_int_equal(asked_events(workspace, "workspace.interrupted"), 1);
    assert_true(lies_aside(&h, cut)); /* until all was seen to be in order */
    db_workspace_close(workspace);
    workspace = open_at(&h, cut);
    write_one(workspace, 12);
    must_verify(workspace, &report);
    assert_true(report.settled);
    assert_false(lies_aside(&h, cut));
    must_verify(workspace, &report);
    assert_false(report.settled);
    assert_int_equal(asked_events(workspace, "workspace.interrupted"), 1);
    db_workspace_close(workspace);
    home_end(&h);
}

/* shows: PER-2 PER-5 */
static void test_every_interruption_is_told_of_even_before_a_verification(void **state)
{
    (void)state;
    home h;
    pb_error err = {0};
    ledger_report report;
    if (on_postgres())
        return;
    home_begin(&h);
    const char *once = beside(&h, "once"), *twice = beside(&h, "twice");
    cut_off(&h, h.url, once);
    db_workspace *workspace = open_at(&h, once);
    for (int n = 10; n < 13; n++)
        write_one(workspace, n);
    cut_off(&h, once, twice);
    db_workspace_close(workspace);
    /* what a process left that died while it put another aside is no part of this one */
    PB_AUTO_BUF rest = PB_BUF_INIT(FILE_MAX);
    for (int i = 0; i < 1 << 20; i++)
        pb_buf_byte(&rest, 'x');
    must(sys_file_write(sys_path_join(h.arena, twice, "records.db-torn"), pb_buf_str(&rest), 0600,
                        &err),
         &err);
    PB_AUTO_BUF log = PB_BUF_INIT(FILE_MAX), aside = PB_BUF_INIT(FILE_MAX);
    must(sys_file_read(sys_path_join(h.arena, twice, "records.db-wal"), FILE_MAX, &log, &err),
         &err);
    workspace = open_at(&h, twice);
    must(sys_file_read(sys_path_join(h.arena, twice, "records.db-torn"), FILE_MAX, &aside, &err),
         &err);
    assert_true(pb_str_eq(pb_buf_str(&log), pb_buf_str(&aside)));
    must(ledger_settle(workspace, &err), &err); /* without anything else to write */
    must(ledger_settle(workspace, &err), &err);
    assert_int_equal(asked_events(workspace, "workspace.interrupted"), 2);
    must_verify(workspace, &report);
    assert_true(report.settled);
    db_workspace_close(workspace);
    home_end(&h);
}

/* A verification that finds something else leaves what may be evidence where it is. */
/* shows: PER-2 AUD-3 */
static void test_what_was_cut_off_stays_while_anything_is_wrong(void **state)
{
    (void)state;
    home h;
    pb_error err = {0};
    ledger_report report;
    if (on_postgres())
        return;
    home_begin(&h);
    const char *cut = beside(&h, "cut");
    cut_off(&h, h.url, cut);
    db_workspace *workspace = open_at(&h, cut);
    write_one(workspace, 10);
    run_sql(workspace, (raw_sql){.sql = "UPDATE t_contact SET version = 7 WHERE n = 2"});
    assert_int_equal(verify_now(workspace, &report, &err), PB_CORRUPT);
    assert_true(lies_aside(&h, cut));
    run_sql(workspace, (raw_sql){.sql = "UPDATE t_contact SET version = 1 WHERE n = 2"});
    must_verify(workspace, &report);
    assert_true(report.settled);
    db_workspace_close(workspace);
    home_end(&h);
}

/* Opens, writes and verifies: all that recovers. */
static int child_recovers(const home *h, const char *url)
{
    ledger_report report;
    pb_error err = {0};
    int n = 20;
    db_workspace *workspace = NULL;
    const db_options options = {.key.key_file = h->key};
    if (db_workspace_open(url, &test_schema.schema, &options, &workspace, &err) != PB_OK ||
        db_write(workspace, create_work, &n, &err) != PB_OK ||
        verify_now(workspace, &report, &err) != PB_OK)
        return 4;
    db_workspace_close(workspace);
    sys_fault_disarm();
    return 0;
}

/* shows: PER-2 PER-3 PER-5 */
static void test_death_at_any_step_of_recovery_tells_once_and_ends_it(void **state)
{
    (void)state;
    home h;
    ledger_report report;
    unsigned deaths = 0, left = 0;
    if (on_postgres())
        return;
    home_begin(&h);
    const char *cut = beside(&h, "cut");
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        for (unsigned nth = 1; nth < CALLS_MAX; nth++) {
            int status = 0;
            cut_off(&h, h.url, cut);
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                sys_fault_arm((sys_fault)kind, nth, SYS_FAULT_KILL);
                _exit(child_recovers(&h, cut));
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
            left += lies_aside(&h, cut);
            deaths += WIFSIGNALED(status);
            db_workspace *workspace = open_at(&h, cut);
            write_one(workspace, 21);
            must_verify(workspace, &report);
            assert_false(lies_aside(&h, cut));
            assert_int_equal(asked_events(workspace, "workspace.interrupted"), 1);
            db_workspace_close(workspace);
            if (!WIFSIGNALED(status))
                break;
        }
    }
    assert_true(deaths > 5);
    assert_true(left > 2);
    home_end(&h);
}

/* ---- a server that took over ---- */

/* As if the server had gone over to its timeline from an earlier one since it was last written. */
static void promote_server(const char *cluster)
{
    engine_say("postgres",
               pb_arena_printf(engine_server.arena,
                               "UPDATE w%d.setting SET value = convert_to(%s || ' 00000000',"
                               " 'UTF8') WHERE name = 'era'",
                               engine_count, cluster));
}

#define SAME_CLUSTER "split_part(convert_from(value, 'UTF8'), ' ', 1)"

static uint64_t takeover_of(db_workspace *workspace)
{
    pb_error err = {0};
    db_epoch epoch;
    db_session *session = NULL;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(db_epoch_read(session, &epoch, &err), &err);
    db_snapshot_close(session);
    return epoch.number;
}

static void must_be_told(const home *h, uint64_t takeovers)
{
    ledger_report report;
    db_workspace *workspace = open_at(h, h->url);
    must_verify(workspace, &report);
    assert_int_equal(asked_events(workspace, "workspace.promoted"), takeovers);
    assert_int_equal(takeover_of(workspace), takeovers);
    db_workspace_close(workspace);
}

static pb_status fails_at_last(db_session *session, void *context, pb_error *err)
{
    PB_TRY(create_work(session, context, err));
    return pb_fail(err, PB_INVALID, PB_MSG("The path of the workspace is too long."), NULL);
}

/* shows: PER-5 PER-2 */
static void test_a_takeover_nobody_told_of_is_told_before_the_next_event(void **state)
{
    (void)state;
    home h;
    pb_error err = {0};
    int n = 30;
    if (!on_postgres())
        return;
    home_begin(&h);
    h.open = db_workspace_close(h.open);
    must_be_told(&h, 0);
    promote_server(SAME_CLUSTER);
    must_be_told(&h, 0); /* reading changes nothing */
    h.open = open_at(&h, h.url);
    assert_int_equal(db_write(h.open, fails_at_last, &n, &err), PB_INVALID);
    assert_int_equal(asked_events(h.open, "workspace.promoted"), 0);
    write_one(h.open, 31);
    write_one(h.open, 32);
    h.open = db_workspace_close(h.open);
    must_be_told(&h, 1);
    /* rows that came to another cluster by other means took nothing over */
    promote_server("'12345'");
    h.open = open_at(&h, h.url);
    write_one(h.open, 33);
    h.open = db_workspace_close(h.open);
    must_be_told(&h, 1);
    home_end(&h);
}

typedef struct promotion {
    bool just_now, told;
    db_epoch epoch;
} promotion;

static pb_status promote_work(db_session *session, void *context, pb_error *err)
{
    promotion *p = context;
    const ledger_actor actor = {PB_STR("test"), PB_STR("to see"), PB_STR("unit")};
    return ledger_promoted(session, actor, 1, p->just_now, &p->epoch, &p->told, err);
}

/* shows: PER-5 PER-2 */
static void test_a_takeover_is_told_by_whoever_comes_first(void **state)
{
    (void)state;
    home h;
    pb_error err = {0};
    promotion p = {.just_now = false};
    if (!on_postgres())
        return;
    home_begin(&h);
    must(db_write(h.open, promote_work, &p, &err), &err);
    assert_false(p.told);
    promote_server(SAME_CLUSTER);
    p.just_now = true;
    must(db_write(h.open, promote_work, &p, &err), &err);
    assert_true(p.told);
    assert_int_equal(p.epoch.number, 1);
    must(db_write(h.open, promote_work, &p, &err), &err); /* told again by whoever was stopped */
    assert_false(p.told);
    assert_int_equal(p.epoch.number, 1);
    write_one(h.open, 40);
    h.open = db_workspace_close(h.open);
    must_be_told(&h, 1);
    promote_server(SAME_CLUSTER);
    h.open = open_at(&h, h.url);
    write_one(h.open, 41);
    must(db_write(h.open, promote_work, &p, &err), &err);
    assert_false(p.told);
    assert_int_equal(p.epoch.number, 2);
    h.open = db_workspace_close(h.open);
    must_be_told(&h, 2);
    home_end(&h);
}

typedef enum step { BEFORE, IN_WORK, BEHIND_WORK, BEFORE_COMMIT, BEHIND_COMMIT, STEPS } step;

static pb_status die(db_session *session, void *context, pb_error *err)
{
    (void)session;
    (void)context;
    (void)err;
    raise(SIGKILL);
    return PB_OK;
}

static pb_status deadly_work(db_session *session, void *context, pb_error *err)
{
    const step *at = context;
    int n = 50;
    promotion p = {.just_now = true};
    if (*at == IN_WORK)
        raise(SIGKILL);
    PB_TRY(promote_work(session, &p, err));
    PB_TRY(create_work(session, &n, err));
    if (*at == BEHIND_WORK)
        raise(SIGKILL);
    /* registered behind the ledger's own, which signs the head */
    return *at == BEFORE_COMMIT ? db_before_commit(session, die, NULL, err) : PB_OK;
}

/* shows: PER-5 PER-2 PER-3 */
static void test_death_at_any_step_behind_a_promotion_leaves_it_told_once(void **state)
{
    (void)state;
    if (!on_postgres())
        return;
    for (step at = BEFORE; at < STEPS; at++) {
        home h;
        int status = 0;
        home_begin(&h);
        h.open = db_workspace_close(h.open);
        promote_server(SAME_CLUSTER);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            if (at != BEFORE) {
                db_workspace *workspace = open_at(&h, h.url);
                db_write(workspace, deadly_work, &at, NULL);
            }
            raise(SIGKILL);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        must_be_told(&h, at == BEHIND_COMMIT ? 1 : 0);
        h.open = open_at(&h, h.url);
        write_one(h.open, 60);
        write_one(h.open, 61);
        h.open = db_workspace_close(h.open);
        must_be_told(&h, 1);
        home_end(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_commit_cut_off_is_told_once_and_over_after_a_verification),
        cmocka_unit_test(test_every_interruption_is_told_of_even_before_a_verification),
        cmocka_unit_test(test_what_was_cut_off_stays_while_anything_is_wrong),
        cmocka_unit_test(test_death_at_any_step_of_recovery_tells_once_and_ends_it),
        cmocka_unit_test(test_a_takeover_nobody_told_of_is_told_before_the_next_event),
        cmocka_unit_test(test_a_takeover_is_told_by_whoever_comes_first),
        cmocka_unit_test(test_death_at_any_step_behind_a_promotion_leaves_it_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
