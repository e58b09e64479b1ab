/* The state before an upgrade goes to every place of backups, stays there, and can be gone back to;
 * a place that cannot take it leaves the workspace as it was. */
#include "asked.h"
#include "service_support.h"

#include "backup/former.h"
#include "db/keyring.h"
#include "service/upgrade.h"
#include "sys/clock.h"
#include "sys/fault.h"

#include <signal.h>
#include <sys/wait.h>

enum { PLACES = 2, CALLS_MAX = 4000, EACH = 13, CONTACTS = 3 };

typedef struct house {
    office *o;
    service_core *then, *now; /* the declarations the workspace was made with, and those of today */
    const char *url;
    char *places[PLACES];
    uint64_t events; /* of the ledger, before the upgrade */
    char id[37];
} house;

static char *fixture(office *o, const char *name)
{
    return pb_arena_printf(o->arena, "%s/tests/data/workspaces/1/%s", getenv("PROBITY_ROOT"), name);
}

static service_core *program_of(office *o, const char *const *dirs, size_t count)
{
    pb_error err = {0};
    service_core *service = NULL;
    const service_extra extra = {.model_dirs = dirs, .model_dir_count = count};
    must(service_open(o->assets, o->asset_count, &extra, &service, &err), &err);
    return service;
}

/* A field more than the fixture's models know. */
static char *own_model(office *o, const char *field)
{
    pb_error err = {0};
    char *dir = place(o, field);
    must(sys_dir_make(dir, 0700, true, &err), &err);
    put(o, pb_arena_printf(o->arena, "%s/more.yaml", field),
        pb_arena_printf(o->arena,
                        "extend: contact\nfields:\n  %s:\n    type: text\n    label: %s\n", field,
                        field));
    return dir;
}

static db_workspace *open_as(const house *h, service_core *service, const char *url, db_older older)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_options options = {.key = h->o->key, .older = older};
    must(db_workspace_open(url, service_schema(service), &options, &workspace, &err), &err);
    return workspace;
}

static void declare(const house *h, db_workspace *workspace, const char *first, const char *second)
{
    pb_error err = {0};
    char *plan =
        put(h->o, "plan.yaml",
            pb_arena_printf(h->o->arena, "places: [%s, %s]\nkeep: {newest: 1}\n", first, second));
    must(service_backup_declare(&h->o->call, workspace, plan, h->o->arena, &err), &err);
}

static void import_contacts(const house *h, db_workspace *workspace)
{
    pb_error err = {0};
    exchange_plan plan = {0};
    const char *contacts = fixture(h->o, "contacts.csv");
    const service_source source = {.paths = &contacts, .path_count = 1};
    must(service_import(h->then, &h->o->call, workspace, &source, false, false, h->o->arena, &plan,
                        &err),
         &err);
}

/* A workspace of an older model with three contacts and two places. */
static void move_in(house *h, office *o)
{
    pb_error err = {0};
    ledger_event event;
    PB_AUTO_BUF key_path = PB_BUF_INIT(65536);
    const char *both[] = {fixture(o, "then"), own_model(o, "nickname")};
    *h = (house){.o = o, .then = program_of(o, both, 1), .now = program_of(o, both, 2)};
    h->url = on_postgres() ? engine_address() : place(o, "w");
    o->call.now_us = sys_now_us();
    must(service_init(h->then, &o->call, h->url, &o->key, &key_path, &err), &err);
    db_workspace *workspace = open_as(h, h->then, h->url, DB_OLDER_REFUSE);
    import_contacts(h, workspace);
    for (int i = 0; i < PLACES; i++)
        h->places[i] = place(o, i == 0 ? "first" : "second");
    declare(h, workspace, h->places[0], h->places[1]);
    h->events = last_event(o, workspace, &event);
    PB_AUTO_BUF head = PB_BUF_INIT(8192);
    pb_uuid id;
    must(db_head_read(workspace, &head, &err), &err);
    must(db_head_id(pb_buf_str(&head), &id, &err), &err);
    pb_uuid_text(id, h->id);
    db_workspace_close(workspace);
}

static void move_out(house *h)
{
    service_close(h->then);
    service_close(h->now);
}

static pb_status upgrade(const house *h, service_core *service, service_upgrade_how how,
                         service_upgraded *done, pb_error *err)
{
    const db_options options = {.key = h->o->key};
    return service_upgrade(service, &h->o->call, h->url, &options, &how, h->o->arena, done, err);
}

/* The program that made it opens it, and nothing came into its ledger. */
static void must_be_untouched(const house *h, uint64_t events)
{
    ledger_event event;
    db_workspace *workspace = open_as(h, h->then, h->url, DB_OLDER_REFUSE);
    assert_int_equal(last_event(h->o, workspace, &event), events);
    db_workspace_close(workspace);
    workspace = open_as(h, h->now, h->url, DB_OLDER_KEEP);
    assert_true(db_is_older(workspace));
    db_workspace_close(workspace);
}

static size_t beside(const house *h)
{
    pb_error err = {0};
    pb_str *names;
    size_t count, found = 0;
    must(sys_dir_list(h->o->folder, h->o->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        found += pb_str_starts(names[i], PB_STR("w."));
    return found;
}

/* How many backups a place has, and the moment of the one from before the last upgrade. */
static size_t listed(const house *h, service_core *service, const char *at, int64_t *ret_former)
{
    pb_error err = {0};
    backup_item *items;
    size_t count;
    db_workspace *workspace = open_as(h, service, h->url, DB_OLDER_KEEP);
    must(backup_list(workspace, at, h->o->arena, &items, &count, &err), &err);
    db_workspace_close(workspace);
    *ret_former = INT64_MIN;
    for (size_t i = 0; i < count; i++)
        if (items[i].former)
            *ret_former = items[i].at_us;
    return count;
}

static const char *new_place(const house *h)
{
    static int made;
    return on_postgres() ? engine_address()
                         : place(h->o, pb_arena_printf(h->o->arena, "again%d", ++made));
}

/* What comes back is the former state: the program that made it goes on with it, and today's can
 * bring it up to date. */
static void must_come_back(const house *h, const char *from, int64_t until_us, uint64_t events)
{
    ledger_event event;
    ledger_report report;
    pb_error err = {0};
    service_core *const programs[] = {h->then, h->now};
    for (size_t i = 0; i < 2; i++) {
        backup_restored restored;
        const backup_restore_options options = {.from = from,
                                                .workspace = h->id, /* a first backup that died
                                                                       does not say whose it is */
                                                .into = new_place(h),
                                                .until_us = until_us,
                                                .key = h->o->key,
                                                .unknown_erasures = true};
        must(service_restore(programs[i], &h->o->call, &options, &restored, &err), &err);
        assert_int_equal(restored.report.records, CONTACTS);
        db_workspace *workspace = open_as(h, programs[i], options.into, DB_OLDER_REFUSE);
        assert_int_equal(last_event(h->o, workspace, &event), events + 1); /* workspace.restored */
        assert_int_equal(asked_number(workspace, "SELECT SUM(shoe_size) FROM t_contact"),
                         38 + 44 + 41);
        must(service_verify(programs[i], &h->o->call, workspace, &report, &err), &err);
        db_workspace_close(workspace);
    }
}

static void must_be_upgraded(const house *h, service_core *service)
{
    pb_error err = {0};
    ledger_event event;
    ledger_report report;
    db_workspace *workspace = open_as(h, service, h->url, DB_OLDER_REFUSE);
    must(service_verify(service, &h->o->call, workspace, &report, &err), &err);
    assert_int_equal(report.records, CONTACTS);
    last_event(h->o, workspace, &event);
    assert_string_equal(event.kind, "workspace.migrated");
    db_workspace_close(workspace);
}

static void back_up(const house *h, service_core *service)
{
    pb_error err = {0};
    service_backup *backups;
    size_t count;
    db_workspace *workspace = open_as(h, service, h->url, DB_OLDER_REFUSE);
    h->o->call.now_us = sys_now_us();
    must(service_backup_make(&h->o->call, workspace, NULL, 0, false, false, h->o->arena, &backups,
                             &count, &err),
         &err);
    db_workspace_close(workspace);
}

/* ---- what goes, and stays ---- */

/* shows: INT-6 PER-3 */
static void test_the_former_state_goes_to_every_place_and_stays(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    int64_t former[PLACES], now;
    move_in(&h, *state);
    must(upgrade(&h, h.now, (service_upgrade_how){.dry_run = true}, &done, &err), &err);
    assert_int_equal(done.backup_count, PLACES);
    assert_int_equal(listed(&h, h.now, h.places[0], &former[0]), 0);
    must_be_untouched(&h, h.events);
    must(upgrade(&h, h.now, (service_upgrade_how){0}, &done, &err), &err);
    assert_int_equal(done.left_out, 0);
    must_be_upgraded(&h, h.now);
    db_workspace *workspace = open_as(&h, h.now, h.url, DB_OLDER_REFUSE);
    assert_int_equal(asked_number(workspace, "SELECT COUNT(*) FROM t_backup_run"), PLACES);
    db_workspace_close(workspace);
    for (int i = 0; i < PLACES; i++) {
        assert_int_equal(done.backups[i].sent.status, PB_OK);
        assert_int_equal(done.backups[i].sent.events, h.events);
        assert_int_equal(listed(&h, h.now, h.places[i], &former[i]), 1);
        assert_int_equal(former[i], done.backups[i].sent.at_us);
    }
    must_come_back(&h, h.places[1], INT64_MAX, h.events);
    /* the plan keeps one: that, and the former state */
    for (int i = 0; i < 3; i++)
        back_up(&h, h.now);
    assert_int_equal(listed(&h, h.now, h.places[0], &now), 2);
    assert_int_equal(now, former[0]);
    must_come_back(&h, h.places[0], former[0], h.events);
    move_out(&h);
}

/* shows: INT-6 PER-3 */
static void test_the_next_upgrade_lets_the_last_former_state_go(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    int64_t first, second, now;
    move_in(&h, *state);
    const char *three[] = {fixture(h.o, "then"), own_model(h.o, "nickname"),
                           own_model(h.o, "shade")};
    service_core *later = program_of(h.o, three, 3);
    must(upgrade(&h, h.now, (service_upgrade_how){0}, &done, &err), &err);
    assert_int_equal(listed(&h, h.now, h.places[0], &first), 1);
    h.o->call.now_us += 2 * INT64_C(1000000); /* the tables kept on a server are named by it */
    must(upgrade(&h, later, (service_upgrade_how){0}, &done, &err), &err);
    assert_int_equal(listed(&h, later, h.places[0], &second), 2);
    assert_true(second > first);
    back_up(&h, later);
    assert_int_equal(listed(&h, later, h.places[0], &now), 2);
    assert_int_equal(now, second);
    service_close(later);
    move_out(&h);
}

/* What writes brings a workspace up to date by itself, and its state goes, too. */
/* shows: INT-6 PER-3 */
static void test_a_command_that_writes_sends_it_too_or_does_nothing(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    int64_t former;
    db_workspace *workspace = NULL;
    move_in(&h, *state);
    db_options options = {.key = h.o->key};
    put(h.o, "first", "no folder");
    assert_int_not_equal(service_open_to_write(h.now, &h.o->call, h.url, &options, h.o->arena,
                                               &done, &workspace, &err),
                         PB_OK);
    assert_non_null(err.hint.id);
    assert_true(done.needed && !done.done);
    must_be_untouched(&h, h.events);
    must(sys_file_remove(h.places[0], &err), &err);
    must(service_open_to_write(h.now, &h.o->call, h.url, &options, h.o->arena, &done, &workspace,
                               &err),
         &err);
    db_workspace_close(workspace);
    assert_int_equal(listed(&h, h.now, h.places[0], &former), 1);
    must_be_upgraded(&h, h.now);
    move_out(&h);
}

/* ---- places that do not take it ---- */

/* shows: INT-6 PER-3 */
static void test_a_place_that_is_not_there_stops_it_unless_it_was_said_to_go_without(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    int64_t former;
    PB_AUTO_BUF said = PB_BUF_INIT(4096);
    move_in(&h, *state);
    char *lost = place(h.o, "not/there");
    db_workspace *workspace = open_as(&h, h.then, h.url, DB_OLDER_REFUSE);
    declare(&h, workspace, h.places[0], lost);
    db_workspace_close(workspace);
    h.events++;
    for (int dry = 1; dry >= 0; dry--) {
        assert_int_not_equal(upgrade(&h, h.now, (service_upgrade_how){.dry_run = dry}, &done, &err),
                             PB_OK);
        pb_buf_clear(&said);
        pb_error_render(&err, &err.primary, NULL, &said);
        assert_true(pb_str_find(pb_buf_str(&said), pb_str_c(lost)) != SIZE_MAX);
        pb_error_render(&err, &err.hint, NULL, &said);
        assert_true(pb_str_find(pb_buf_str(&said), PB_STR("--without-places")) != SIZE_MAX);
        assert_non_null(err.detail.id);
        must_be_untouched(&h, h.events);
        assert_int_equal(beside(&h), 0);
        assert_int_equal(listed(&h, h.now, h.places[0], &former), 0);
    }
    must(upgrade(&h, h.now, (service_upgrade_how){.without_places = true}, &done, &err), &err);
    assert_int_equal(done.left_out, 2);
    assert_int_equal(done.backup_count, 0);
    must_be_upgraded(&h, h.now);
    assert_int_equal(listed(&h, h.now, h.places[0], &former), 0);
    move_out(&h);
}

/* shows: INT-6 PER-3 */
static void test_a_place_that_fails_while_it_is_sent_to_stops_it(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    int64_t former;
    move_in(&h, *state);
    char *room = pb_arena_printf(h.o->arena, "%s/%s", h.places[1], h.id);
    must(sys_dir_make(h.places[1], 0700, true, &err), &err);
    must(sys_dir_make(room, 0700, true, &err), &err);
    char *in_the_way = pb_arena_printf(h.o->arena, "%s/pieces", room);
    must(sys_file_write(in_the_way, PB_STR("no folder"), 0600, &err), &err);
    assert_int_not_equal(upgrade(&h, h.now, (service_upgrade_how){0}, &done, &err), PB_OK);
    assert_int_equal(done.backup_count, PLACES);
    assert_int_equal(done.backups[0].sent.status, PB_OK);
    assert_int_not_equal(done.backups[1].sent.status, PB_OK);
    must_be_untouched(&h, h.events);
    assert_int_equal(beside(&h), 0);
    must_come_back(&h, h.places[0], INT64_MAX, h.events); /* what was sent is whole all the same */
    must(sys_file_remove(in_the_way, &err), &err);
    must(upgrade(&h, h.now, (service_upgrade_how){0}, &done, &err), &err);
    must_be_upgraded(&h, h.now);
    assert_int_equal(listed(&h, h.now, h.places[1], &former), 1);
    assert_int_equal(former, done.backups[1].sent.at_us);
    move_out(&h);
}

/* On a server rows go, as the present declarations tell them: what these do not name is told. */
/* shows: INT-6 PER-2 PER-3 */
static void test_what_is_declared_no_more_is_not_left_out_in_silence(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    PB_AUTO_BUF said = PB_BUF_INIT(4096);
    if (!on_postgres())
        return;
    move_in(&h, *state);
    const char *retired[] = {fixture(h.o, "now")};
    service_core *without = program_of(h.o, retired, 1);
    assert_int_equal(upgrade(&h, without, (service_upgrade_how){0}, &done, &err), PB_CONFLICT);
    pb_error_render(&err, &err.detail, NULL, &said);
    assert_true(pb_str_find(pb_buf_str(&said), PB_STR("shoe_size")) != SIZE_MAX);
    must_be_untouched(&h, h.events);
    must(upgrade(&h, without, (service_upgrade_how){.without_places = true}, &done, &err), &err);
    service_close(without);
    move_out(&h);
}

/* ---- others at work ---- */

typedef struct meddler {
    house *h;
    const char *stage;
    bool done;
} meddler;

/* Somebody with the former program imports while the upgrade is at `stage`. */
static bool meddle(void *context, const char *stage, const char *what, uint64_t done,
                   uint64_t total)
{
    meddler *m = context;
    (void)what;
    (void)done;
    (void)total;
    if (m->done || strcmp(stage, m->stage) != 0)
        return false;
    m->done = true;
    db_workspace *workspace = open_as(m->h, m->h->then, m->h->url, DB_OLDER_REFUSE);
    declare(m->h, workspace, m->h->places[0], m->h->places[1]);
    db_workspace_close(workspace);
    return false;
}

/* shows: INT-6 PER-3 */
static void test_what_is_written_meanwhile_is_in_every_copy_or_nothing_is_done(void **state)
{
    house h;
    pb_error err = {0};
    service_upgraded done;
    static const char *const stages[] = {"Backing up", "Copying"};
    move_in(&h, *state);
    for (size_t i = 0; i < 2; i++) {
        meddler m = {.h = &h, .stage = stages[i]};
        h.o->call.progress = meddle;
        h.o->call.context = &m;
        pb_status status = upgrade(&h, h.now, (service_upgrade_how){.dry_run = false}, &done, &err);
        h.o->call.progress = NULL;
        if (!m.done) /* no copy is made on a server: the tables are kept inside the transaction */
            continue;
        assert_int_equal(status, PB_BUSY);
        must_be_untouched(&h, ++h.events);
        assert_int_equal(beside(&h), 0);
    }
    if (on_postgres()) /* the round that was not disturbed */
        must_be_upgraded(&h, h.now);
    else
        must(upgrade(&h, h.now, (service_upgrade_how){0}, &done, &err), &err);
    must_come_back(&h, h.places[0], INT64_MAX, h.events);
    move_out(&h);
}

/* ---- death ---- */

static void copy_files(office *o, const char *from, const char *to)
{
    static const char *const files[] = {"records.db", "workspace.yaml"};
    pb_error err = {0};
    must(sys_dir_remove_tree(to, &err), &err);
    must(sys_dir_make(to, 0700, true, &err), &err);
    for (size_t i = 0; i < 2; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(16 << 20);
        must(sys_file_read(pb_arena_printf(o->arena, "%s/%s", from, files[i]), 16 << 20, &bytes,
                           &err),
             &err);
        must(sys_file_write(pb_arena_printf(o->arena, "%s/%s", to, files[i]), pb_buf_str(&bytes),
                            0600, &err),
             &err);
    }
}

/* As it was, or up to date; what the place lists comes back in both cases, and the next run goes
 * on. */
static bool judge(const house *h)
{
    pb_error err = {0};
    service_upgraded done;
    int64_t former;
    db_workspace *workspace = open_as(h, h->now, h->url, DB_OLDER_KEEP);
    bool untouched = db_is_older(workspace);
    db_workspace_close(workspace);
    if (untouched)
        must_be_untouched(h, h->events);
    else
        must_be_upgraded(h, h->now);
    if (listed(h, h->now, h->places[0], &former) > 0)
        must_come_back(h, h->places[0], INT64_MAX, h->events);
    must(upgrade(h, h->now, (service_upgrade_how){0}, &done, &err), &err);
    must_be_upgraded(h, h->now);
    assert_true(listed(h, h->now, h->places[1], &former) > 0);
    assert_true(former != INT64_MIN);
    return untouched;
}

static void clear(const house *h)
{
    pb_error err = {0};
    pb_str *names;
    size_t count;
    for (int i = 0; i < PLACES; i++)
        must(sys_dir_remove_tree(h->places[i], &err), &err);
    must(sys_dir_list(h->o->folder, h->o->arena, &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        if (pb_str_starts(names[i], PB_STR("w.")) || pb_str_starts(names[i], PB_STR("again")))
            must(sys_dir_remove_tree(
                     pb_arena_printf(h->o->arena, "%s/%.*s", h->o->folder, PB_STR_FMT(names[i])),
                     &err),
                 &err);
}

static int child_upgrade(const house *h)
{
    pb_error err = {0};
    service_upgraded done;
    pb_status status = upgrade(h, h->now, (service_upgrade_how){0}, &done, &err);
    sys_fault_disarm();
    return status == PB_OK ? 0 : 4;
}

/* shows: INT-6 PER-3 */
static void test_death_at_any_step_of_sending_leaves_it_as_it_was_or_done(void **state)
{
    house h;
    unsigned deaths = 0, untouched = 0;
    if (on_postgres())
        return;
    move_in(&h, *state);
    char *saved = place(h.o, "saved");
    copy_files(h.o, h.url, saved);
    for (int kind = 0; kind < SYS_FAULT_COUNT; kind++) {
        for (unsigned nth = 1; nth < CALLS_MAX; nth += EACH) {
            int status = 0;
            copy_files(h.o, saved, h.url);
            clear(&h);
            pid_t child = fork();
            assert_true(child >= 0);
            if (child == 0) {
                sys_fault_arm((sys_fault)kind, nth, SYS_FAULT_KILL);
                _exit(child_upgrade(&h));
            }
            assert_int_equal(waitpid(child, &status, 0), child);
            if (!WIFSIGNALED(status)) {
                assert_int_equal(WEXITSTATUS(status), 0);
                break;
            }
            deaths++;
            untouched += judge(&h);
        }
    }
    print_message("%u deaths, %u of them before anything changed\n", deaths, untouched);
    assert_true(deaths > 10);
    assert_true(untouched > 5);
    move_out(&h);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, office_open, office_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_former_state_goes_to_every_place_and_stays),
        TEST(test_the_next_upgrade_lets_the_last_former_state_go),
        TEST(test_a_command_that_writes_sends_it_too_or_does_nothing),
        TEST(test_a_place_that_is_not_there_stops_it_unless_it_was_said_to_go_without),
        TEST(test_a_place_that_fails_while_it_is_sent_to_stops_it),
        TEST(test_what_is_declared_no_more_is_not_left_out_in_silence),
        TEST(test_what_is_written_meanwhile_is_in_every_copy_or_nothing_is_done),
        TEST(test_death_at_any_step_of_sending_leaves_it_as_it_was_or_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
