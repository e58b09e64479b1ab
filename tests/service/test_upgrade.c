/* Workspaces of earlier versions, and of earlier models, are brought up to date or left as they
 * are: nothing in between. */
#include "asked.h"
#include "service_support.h"

#include "engine.h"
#include "service/upgrade.h"
#include "sys/clock.h"
#include "sys/fault.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { CALLS_MAX = 2000, KILLS = 40, SERVER_KILLS = 8, FIXTURE_MAX = 16 << 20, FEW_BYTES = 100000 };

static const char *const kept_files[] = {"records.db", "workspace.yaml"};

/* ---- the fixture ---- */

static char *fixture(office *o, const char *name)
{
    return pb_arena_printf(o->arena, "%s/tests/data/workspaces/1/%s", getenv("PROBITY_ROOT"), name);
}

static void copy_file(office *o, const char *name, const char *to)
{
    pb_error err = {0};
    PB_AUTO_BUF bytes = PB_BUF_INIT(FIXTURE_MAX);
    must(sys_file_read(fixture(o, name), FIXTURE_MAX, &bytes, &err), &err);
    must(sys_file_write(to, pb_buf_str(&bytes), 0600, &err), &err);
}

/* The workspace as an earlier version left it, under `w`. */
static char *put_fixture(office *o)
{
    pb_error err = {0};
    char *path = place(o, "w");
    must(sys_dir_remove_tree(path, &err), &err);
    must(sys_dir_make(path, 0700, true, &err), &err);
    for (size_t i = 0; i < 2; i++)
        copy_file(o, kept_files[i], pb_arena_printf(o->arena, "%s/%s", path, kept_files[i]));
    copy_file(o, "key", o->key.key_file);
    return path;
}

static bool is_untouched(office *o, const char *path)
{
    pb_error err = {0};
    for (size_t i = 0; i < 2; i++) {
        PB_AUTO_BUF was = PB_BUF_INIT(FIXTURE_MAX), is = PB_BUF_INIT(FIXTURE_MAX);
        must(sys_file_read(fixture(o, kept_files[i]), FIXTURE_MAX, &was, &err), &err);
        must(sys_file_read(pb_arena_printf(o->arena, "%s/%s", path, kept_files[i]), FIXTURE_MAX,
                           &is, &err),
             &err);
        if (!pb_str_eq(pb_buf_str(&was), pb_buf_str(&is)))
            return false;
    }
    return true;
}

/* The program with the declarations of `then` or `now`. */
static service_core *program_of(office *o, const char *declarations)
{
    pb_error err = {0};
    service_core *service = NULL;
    const char *dir = fixture(o, declarations);
    const service_extra extra = {.model_dirs = &dir, .model_dir_count = 1};
    must(service_open(o->assets, o->asset_count, &extra, &service, &err), &err);
    return service;
}

static db_options options_of(const office *o)
{
    return (db_options){.key = o->key};
}

static pb_status upgrade(office *o, service_core *service, const char *url,
                         const db_formats *formats, bool dry_run, service_upgraded *done,
                         pb_error *err)
{
    const service_upgrade_how how = {.dry_run = dry_run};
    db_options options = options_of(o);
    options.formats = formats;
    return service_upgrade(service, &o->call, url, &options, &how, o->arena, done, err);
}

static db_workspace *open_with(office *o, service_core *service, const char *url,
                               const db_formats *formats)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_options options = options_of(o);
    options.older = DB_OLDER_REFUSE;
    options.formats = formats;
    must(db_workspace_open(url, service_schema(service), &options, &workspace, &err), &err);
    return workspace;
}

/* Folders beside `w` that an upgrade made. */
static size_t beside(office *o)
{
    pb_error err = {0};
    pb_str *names;
    size_t count, found = 0;
    must(sys_dir_list(o->folder, o->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        found += pb_str_starts(names[i], PB_STR("w."));
    return found;
}

static void must_be_upgraded(office *o, service_core *service, const char *path)
{
    pb_error err = {0};
    ledger_report report;
    ledger_event event;
    db_workspace *workspace = open_with(o, service, path, NULL);
    must(service_verify(service, &o->call, workspace, &report, &err), &err);
    assert_int_equal(report.records, 3);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM t_contact"), 3);
    /* what is declared no more is still there */
    assert_int_equal(asked_number(workspace, "SELECT SUM(shoe_size) FROM t_contact"), 38 + 44 + 41);
    assert_int_equal(
        asked_number(workspace, "SELECT COUNT(*) FROM t_contact WHERE nickname IS NULL"), 3);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM gadget"), 0);
    last_event(o, workspace, &event);
    assert_string_equal(event.kind, "workspace.migrated");
    assert_true(pb_str_find(event.payload, PB_STR("t_contact.nickname")) != SIZE_MAX);
    db_workspace_close(workspace);
}

#define FORMER_LISTS                                                                               \
    "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE '%!_l!_%' ESCAPE '!'"                      \
    " AND sql NOT LIKE '%WHERE deleted = 0'"

/* Format 2: each list of the model has its index, of what is not deleted; none of format 1 is left.
 */
static void must_have_lists(office *o, service_core *service, const char *path)
{
    const model_entity *contact = model_entity_find(service_schema(service), PB_STR("contact"));
    db_workspace *workspace = open_with(o, service, path, NULL);
    assert_true(contact->lists.count > 4);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM sqlite_master WHERE tbl_name = "
                                             "'t_contact' AND sql LIKE '%WHERE deleted = 0'"),
                     contact->lists.count);
    assert_int_equal(asked_number(workspace, FORMER_LISTS), 0);
    db_workspace_close(workspace);
}

static pb_status run_words(db_session *session, const char *sql, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare_text(session, pb_str_c(sql), &stmt, err));
    return db_run(stmt, err);
}

static pb_status no_step(db_session *session, void *context, pb_error *err)
{
    (void)session;
    (void)context;
    (void)err;
    return PB_OK;
}

static pb_status of_format_2(db_session *session, void *context, pb_error *err)
{
    (void)context;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "UPDATE setting SET value = ?1 WHERE name = 'format'", &stmt, err));
    db_bind_blob(stmt, 1, PB_STR("2"));
    return db_run(stmt, err);
}

/* Programs of format 2 asked for the keys of the gate in one place only: they must not open a
 * workspace in which keys wait in the other. One of theirs is brought up to date as it is. */
static void from_format_2(office *o, service_core *now, const char *url)
{
    static const db_format_step former[] = {{1, no_step, NULL}};
    static const db_formats two = {2, former, 1};
    pb_error err = {0};
    service_upgraded done;
    db_workspace *workspace = open_with(o, now, url, NULL);
    must(db_write(workspace, of_format_2, NULL, &err), &err);
    db_workspace_close(workspace);
    db_workspace_close(open_with(o, now, url, &two)); /* the program that made it */
    db_options options = options_of(o);
    options.older = DB_OLDER_REFUSE;
    workspace = NULL;
    assert_int_equal(db_workspace_open(url, service_schema(now), &options, &workspace, &err),
                     PB_UNSUPPORTED);
    o->call.now_us += 1000000; /* what is kept is called by the moment */
    must(upgrade(o, now, url, NULL, false, &done, &err), &err);
    assert_int_equal(done.gap.have, 2);
    assert_int_equal(done.gap.want, 3);
    workspace = open_with(o, now, url, NULL);
    const model_entity *contact = model_entity_find(service_schema(now), PB_STR("contact"));
    db_session *session;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(record_likely_verify(session, contact, &err), &err);
    db_snapshot_close(session);
    db_workspace_close(workspace);
    workspace = NULL;
    options.formats = &two;
    assert_int_equal(db_workspace_open(url, service_schema(now), &options, &workspace, &err),
                     PB_UNSUPPORTED);
}

/* ---- what it does ---- */

/* shows: INT-6 */
static void test_a_workspace_of_format_1_is_brought_up_to_date(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    char *path = put_fixture(o);
    must(upgrade(o, now, path, NULL, true, &done, &err), &err);
    assert_true(done.needed && !done.done);
    assert_int_equal(done.report.records, 3);
    assert_true(done.rows > 20);
    assert_true(is_untouched(o, path));
    assert_int_equal(beside(o), 0);
    must(upgrade(o, now, path, NULL, false, &done, &err), &err);
    assert_true(done.done);
    assert_true(done.gap.count >= 2);
    assert_int_equal(done.gap.have, 1);
    assert_int_equal(done.gap.want, 3);
    must_be_upgraded(o, now, path);
    must_have_lists(o, now, path);
    /* the former state is whole, and as old as it was */
    assert_int_equal(beside(o), 1);
    assert_true(is_untouched(o, done.kept));
    db_workspace *kept = NULL;
    db_options as_it_is = options_of(o);
    as_it_is.older = DB_OLDER_KEEP;
    must(db_workspace_open(done.kept, service_schema(now), &as_it_is, &kept, &err), &err);
    assert_true(db_is_older(kept));
    assert_int_equal(asked_number(kept, "SELECT COUNT(*) FROM t_contact"), 3);
    db_workspace_close(kept);
    must(sys_dir_remove_tree(done.kept, &err), &err);
    must(upgrade(o, now, path, NULL, false, &done, &err), &err);
    assert_false(done.needed);
    assert_int_equal(beside(o), 0);
    from_format_2(o, now, path);
    service_close(now);
}

/* shows: INT-6 */
static void test_reading_does_not_change_it_and_writing_upgrades(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    db_workspace *workspace = NULL;
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    char *path = put_fixture(o);
    db_options options = options_of(o);
    options.older = DB_OLDER_REFUSE;
    assert_int_equal(db_workspace_open(path, service_schema(now), &options, &workspace, &err),
                     PB_UNSUPPORTED);
    assert_non_null(err.hint.id);
    assert_true(is_untouched(o, path));
    options.older = DB_OLDER_KEEP;
    must(db_workspace_open(path, service_schema(now), &options, &workspace, &err), &err);
    assert_true(db_is_older(workspace));
    assert_int_equal(db_write(workspace, NULL, NULL, &err), PB_UNSUPPORTED);
    db_workspace_close(workspace);
    assert_true(is_untouched(o, path));
    options.older = DB_OLDER_MIGRATE;
    must(service_open_to_write(now, &o->call, path, &options, o->arena, &done, &workspace, &err),
         &err);
    assert_true(done.done);
    db_workspace_close(workspace);
    must_be_upgraded(o, now, path);
    must(sys_dir_remove_tree(done.kept, &err), &err);
    service_close(now);
}

/* ---- steps between formats ---- */

static pb_status good_step(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return run_words(session, "INSERT INTO setting (name, value) VALUES ('of.four', NULL)", err);
}

static pb_status failing_step(db_session *session, void *context, pb_error *err)
{
    PB_TRY(good_step(session, context, err));
    return pb_fail(err, PB_INTERNAL, PB_MSG("A fault in the program itself"), NULL);
}

static pb_status losing_step(db_session *session, void *context, pb_error *err)
{
    (void)context;
    return run_words(session, "UPDATE t_contact SET shoe_size = NULL WHERE shoe_size > 40", err);
}

static const char *const changes_settings[] = {"setting", NULL};

/* shows: INT-6 */
static void test_steps_between_formats_are_taken_or_not(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    db_workspace *workspace = NULL;
    const db_format_step good[] = {
        {1, no_step, NULL}, {2, no_step, NULL}, {3, good_step, changes_settings}};
    const db_format_step bad[][3] = {
        {{1, no_step, NULL}, {2, no_step, NULL}, {3, failing_step, changes_settings}},
        {{1, losing_step, NULL}, {2, no_step, NULL}, {3, no_step, NULL}},
        {{1, no_step, NULL}, {2, no_step, NULL}, {3, losing_step, changes_settings}},
        {{2, good_step, changes_settings}, {2, no_step, NULL}, {3, no_step, NULL}}};
    static const pb_status says[] = {PB_INTERNAL, PB_CORRUPT, PB_CORRUPT, PB_UNSUPPORTED};
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    char *path = put_fixture(o);
    for (size_t i = 0; i < 4; i++) {
        const db_formats formats = {4, bad[i], 3};
        assert_int_equal(upgrade(o, now, path, &formats, false, &done, &err), says[i]);
        assert_non_null(err.hint.id);
        assert_true(is_untouched(o, path));
        assert_int_equal(beside(o), 0);
    }
    const db_formats four = {4, good, 3};
    must(upgrade(o, now, path, &four, false, &done, &err), &err);
    assert_int_equal(done.gap.have, 1);
    assert_int_equal(done.gap.want, 4);
    workspace = open_with(o, now, path, &four);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM setting WHERE name = 'of.four'"),
                     1);
    db_workspace_close(workspace);
    /* now it is newer than a program that knows three formats */
    db_options options = options_of(o);
    workspace = NULL;
    assert_int_equal(db_workspace_open(path, service_schema(now), &options, &workspace, &err),
                     PB_UNSUPPORTED);
    assert_int_equal(upgrade(o, now, path, NULL, false, &done, &err), PB_UNSUPPORTED);
    must(sys_dir_remove_tree(o->folder, &err), &err);
    must(sys_dir_make(o->folder, 0700, true, &err), &err);
    service_close(now);
}

/* ---- faults ---- */

static void clear_beside(office *o)
{
    pb_error err = {0};
    pb_str *names;
    size_t count;
    must(sys_dir_list(o->folder, o->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        if (pb_str_starts(names[i], PB_STR("w.")))
            must(sys_dir_remove_tree(
                     pb_arena_printf(o->arena, "%s/%.*s", o->folder, PB_STR_FMT(names[i])), &err),
                 &err);
}

static int child_upgrade(office *o, service_core *now, const char *path)
{
    pb_error err = {0};
    service_upgraded done;
    pb_status status = upgrade(o, now, path, NULL, false, &done, &err);
    sys_fault_disarm();
    return status == PB_OK ? 0 : 4;
}

/* As it was, or up to date; the next run goes on in both cases. */
static bool judge(office *o, service_core *now, const char *path)
{
    pb_error err = {0};
    service_upgraded done;
    bool untouched = is_untouched(o, path);
    if (!untouched)
        must_be_upgraded(o, now, path);
    must(upgrade(o, now, path, NULL, false, &done, &err), &err);
    must_be_upgraded(o, now, path);
    clear_beside(o);
    return untouched;
}

/* shows: INT-6 */
static void test_death_at_any_step_leaves_it_as_it_was_or_done(void **state)
{
    office *o = *state;
    unsigned deaths = 0, untouched = 0;
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        for (unsigned nth = 1; nth < CALLS_MAX; nth++) {
            int status = 0;
            char *path = put_fixture(o);
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                sys_fault_arm((sys_fault)kind, nth, SYS_FAULT_KILL);
                _exit(child_upgrade(o, now, path));
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            if (!WIFSIGNALED(status)) {
                assert_int_equal(WEXITSTATUS(status), 0);
                clear_beside(o);
                break;
            }
            deaths++;
            untouched += judge(o, now, path);
        }
    }
    assert_true(deaths > 15);
    assert_true(untouched > 10);
    service_close(now);
}

/* shows: INT-6 */
static void test_death_at_any_moment_leaves_it_as_it_was_or_done(void **state)
{
    office *o = *state;
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    for (int round = 0; round < KILLS; round++) {
        int status = 0;
        char *path = put_fixture(o);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(child_upgrade(o, now, path));
        sys_sleep_us(1000 + (round * 7919) % 150000);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        judge(o, now, path);
    }
    service_close(now);
}

/* shows: INT-6 */
static void test_a_full_disk_leaves_it_as_it_was(void **state)
{
    office *o = *state;
    int status = 0;
    if (on_postgres())
        return;
    service_core *now = program_of(o, "now");
    char *path = put_fixture(o);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit few = {FEW_BYTES, FEW_BYTES};
        signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &few) == 0 ? child_upgrade(o, now, path) : 9);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 4);
    assert_true(is_untouched(o, path));
    assert_int_equal(beside(o), 0);
    service_close(now);
}

/* ---- on a server ---- */

static uint64_t head_of(office *o, service_core *service, const char *url)
{
    ledger_event event;
    db_workspace *workspace = open_with(o, service, url, NULL);
    uint64_t size = last_event(o, workspace, &event);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM t_contact"), 3);
    assert_int_equal(asked_number(workspace, "SELECT SUM(shoe_size) FROM t_contact"), 38 + 44 + 41);
    db_workspace_close(workspace);
    return size;
}

/* A workspace of an older model with three contacts, on the server. */
static const char *put_on_server(office *o, service_core *then)
{
    pb_error err = {0};
    exchange_plan plan = {0};
    db_workspace *workspace = NULL;
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536);
    const char *url = engine_address();
    const char *contacts = fixture(o, "contacts.csv");
    const service_source source = {.paths = &contacts, .path_count = 1};
    sys_file_remove(o->key.key_file, NULL); /* of the one before */
    must(service_init(then, &o->call, url, &o->key, &key_path, &err), &err);
    workspace = open_with(o, then, url, NULL);
    must(service_import(then, &o->call, workspace, &source, false, false, o->arena, &plan, &err),
         &err);
    db_workspace_close(workspace);
    return url;
}

/* The tables are as they were, or those of today; the next run goes on in both cases. */
static bool judge_server(office *o, service_core *now, service_core *then, const char *url,
                         uint64_t size)
{
    pb_error err = {0};
    service_upgraded done;
    db_workspace *workspace = NULL;
    db_options options = options_of(o);
    options.older = DB_OLDER_REFUSE;
    bool untouched =
        db_workspace_open(url, service_schema(now), &options, &workspace, &err) == PB_UNSUPPORTED;
    db_workspace_close(workspace);
    if (untouched)
        assert_int_equal(head_of(o, then, url), size);
    else
        must_be_upgraded(o, now, url);
    must(upgrade(o, now, url, NULL, false, &done, &err), &err);
    must_be_upgraded(o, now, url);
    return untouched;
}

/* shows: INT-6 PER-2 PER-3 */
static void test_death_on_a_server_leaves_it_as_it_was_or_done(void **state)
{
    office *o = *state;
    int deaths = 0, untouched = 0;
    if (!on_postgres())
        return;
    service_core *now = program_of(o, "now"), *then = program_of(o, "then");
    for (int round = 0; round < SERVER_KILLS; round++) {
        int status = 0;
        const char *url = put_on_server(o, then);
        uint64_t size = head_of(o, then, url);
        int64_t begin = sys_monotonic_us();
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(child_upgrade(o, now, url));
        /* later from round to round, until it is done before */
        while (sys_monotonic_us() - begin < round * INT64_C(15000))
            sys_sleep_us(500);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        deaths += WIFSIGNALED(status);
        untouched += judge_server(o, now, then, url, size);
    }
    assert_true(deaths > 0 && untouched > 0);
    service_close(then);
    service_close(now);
}

/* What does not agree with its ledger is not carried into the next version. */
/* shows: INT-6 PER-2 AUD-3 */
static void test_an_altered_record_on_a_server_is_noticed_before_the_commit(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    if (!on_postgres())
        return;
    service_core *now = program_of(o, "now"), *then = program_of(o, "then");
    const char *url = put_on_server(o, then);
    engine_lift_rights();
    engine_say("postgres", pb_arena_printf(o->arena,
                                           "UPDATE w%d.t_contact SET version = version + 1"
                                           " WHERE shoe_size = 44",
                                           engine_count));
    assert_int_equal(upgrade(o, now, url, NULL, true, &done, &err), PB_CORRUPT);
    assert_int_equal(upgrade(o, now, url, NULL, false, &done, &err), PB_CORRUPT);
    assert_non_null(err.hint.id);
    assert_false(done.done);
    engine_say("postgres", pb_arena_printf(o->arena,
                                           "UPDATE w%d.t_contact SET version = version - 1"
                                           " WHERE shoe_size = 44",
                                           engine_count));
    must(upgrade(o, now, url, NULL, false, &done, &err), &err);
    must_be_upgraded(o, now, url);
    service_close(then);
    service_close(now);
}

/* shows: INT-6 PER-2 */
static void test_on_a_server_it_is_one_transaction(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    const db_format_step bad[] = {{3, failing_step, changes_settings}, {3, losing_step, NULL}};
    if (!on_postgres())
        return;
    service_core *now = program_of(o, "now"), *then = program_of(o, "then");
    const char *url = put_on_server(o, then);
    uint64_t size = head_of(o, then, url);
    for (size_t i = 0; i < 2; i++) {
        const db_formats formats = {4, &bad[i], 1};
        assert_int_not_equal(upgrade(o, now, url, &formats, false, &done, &err), PB_OK);
        assert_int_equal(head_of(o, then, url), size);
    }
    must(upgrade(o, now, url, NULL, true, &done, &err), &err);
    assert_true(done.needed && !done.done && done.rows > 20);
    assert_int_equal(done.report.records, 3); /* the ledger was verified, in the transaction */
    assert_int_equal(head_of(o, then, url), size);
    must(upgrade(o, now, url, NULL, false, &done, &err), &err);
    assert_true(done.done);
    must_be_upgraded(o, now, url);
    engine_say("postgres",
               pb_arena_printf(o->arena,
                               "DO $$ BEGIN ASSERT (SELECT SUM(shoe_size) FROM \"%s\".t_contact) ="
                               " 123; END $$",
                               done.kept));
    must(upgrade(o, now, url, NULL, false, &done, &err), &err);
    assert_false(done.needed);
    from_format_2(o, now, url);
    service_close(then);
    service_close(now);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_workspace_of_format_1_is_brought_up_to_date),
        TEST(test_reading_does_not_change_it_and_writing_upgrades),
        TEST(test_steps_between_formats_are_taken_or_not),
        TEST(test_death_at_any_step_leaves_it_as_it_was_or_done),
        TEST(test_death_at_any_moment_leaves_it_as_it_was_or_done),
        TEST(test_a_full_disk_leaves_it_as_it_was),
        TEST(test_on_a_server_it_is_one_transaction),
        TEST(test_an_altered_record_on_a_server_is_noticed_before_the_commit),
        TEST(test_death_on_a_server_leaves_it_as_it_was_or_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
