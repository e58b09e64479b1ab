/* Fields and entities of a workspace's own, with what they hold, come through all that a workspace
 * goes through: a backup and its restoring, a move to another engine and back, an upgrade, a
 * standby that takes over. Afterwards they are read, found, changed, and the ledger verifies. */
#include "desk_support.h"

#include "backup/standby.h"
#include "db/log.h"
#include "service/move.h"
#include "service/standby.h"
#include "service/upgrade.h"

typedef struct held {
    pb_uuid contact, account, vehicle;
    int64_t version;
} held;

/* A field beside those of the program, an entity that links to one of them, a record of each. */
static held furnish(desk *d)
{
    pb_error err = {0};
    held h;
    service_written written;
    char account[37];
    must(make(d, "contact", "x_shoe",
              "{\"type\":\"choice\",\"label\":\"Boots\",\"values\":[\"small\",\"large\"],"
              "\"search\":true}",
              &err),
         &err);
    again(d);
    must(make(d, "x_vehicle", NULL,
              "{\"label\":\"Vehicle\",\"title\":[\"plate\"],\"search\":[\"plate\"],\"key\":["
              "\"plate\"],\"links\":{\"keeper\":{\"to\":\"account\"}},\"fields\":{\"plate\":{"
              "\"type\":\"identifier\",\"required\":true},\"chassis\":{\"type\":\"text\","
              "\"personal\":{\"class\":\"government_id\",\"purposes\":[\"service\"],\"basis\":["
              "\"contract\"]}}}}",
              &err),
         &err);
    again(d);
    h.version = db_model_version(d->workspace);
    const said ann[] = {{"full_name", "Ann Smith"}, {"x_shoe", "large"}};
    must(enter(d, "contact", NULL, ann, 2, &h.contact, &written, &err), &err);
    must(enter(d, "account", NULL, &(said){"name", "Mills"}, 1, &h.account, &written, &err), &err);
    pb_uuid_text(h.account, account);
    const said vehicle[] = {{"plate", "AB 123"}, {"keeper", account}, {"chassis", "W0L0XCR9"}};
    must(enter(d, "x_vehicle", NULL, vehicle, 3, &h.vehicle, &written, &err), &err);
    return h;
}

static size_t found(desk *d, const char *words)
{
    pb_error err = {0};
    service_record *records;
    size_t count = 0;
    must(service_search(&d->o->call, d->workspace,
                        model_entity_find(db_workspace_schema(d->workspace), PB_STR("x_vehicle")),
                        pb_str_c(words), 10, d->o->arena, &records, &count, &err),
         &err);
    return count;
}

static void is_read(desk *d, const held *h, const char *shoe)
{
    pb_error err = {0};
    service_record record;
    const model_entity *vehicle =
        model_entity_find(db_workspace_schema(d->workspace), PB_STR("x_vehicle"));
    assert_int_equal(db_model_version(d->workspace), h->version);
    assert_non_null(vehicle);
    assert_true(field_of(d, "contact", "x_shoe")->own);
    assert_true(pb_str_is(value_of(d, "contact", h->contact, "x_shoe"), shoe));
    assert_true(pb_str_is(value_of(d, "x_vehicle", h->vehicle, "chassis"), "W0L0XCR9"));
    must(service_read(&d->o->call, d->workspace, vehicle, h->vehicle, d->o->arena, &record, &err),
         &err);
    pb_value keeper = record.record.values[field_of(d, "x_vehicle", "keeper")->index];
    assert_true(pb_str_eq(keeper.as.s, pb_uuid_str(&h->account)));
    assert_int_equal(found(d, "123"), 1);
    assert_int_equal(found(d, "999"), 0);
}

/* And life goes on there: a value changes, the model does, and all of it verifies. */
static void goes_on(desk *d, held *h)
{
    pb_error err = {0};
    service_written written;
    must(enter(d, "contact", &h->contact, &(said){"x_shoe", "small"}, 1, NULL, &written, &err),
         &err);
    must(enter(d, "x_vehicle", NULL, &(said){"plate", "CD 999"}, 1, NULL, &written, &err), &err);
    assert_int_equal(found(d, "999"), 1);
    must(alter(d, "contact", "x_shoe", "{\"label\":\"Size of boots\"}", &err), &err);
    again(d);
    assert_true(pb_str_is(field_of(d, "contact", "x_shoe")->label, "Size of boots"));
    assert_true(pb_str_is(value_of(d, "contact", h->contact, "x_shoe"), "small"));
    assert_verifies(d);
}

static desk elsewhere(const desk *d, const char *path)
{
    desk other = {.o = d->o, .path = path};
    other.workspace = open_workspace(d->o, path);
    return other;
}

/* shows: REC-1 REC-5 PER-3 */
static void test_a_backup_brings_them_back(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    held h = furnish(&d);
    const char *backups = place(d.o, "backups");
    service_backup *made = NULL;
    size_t count = 0;
    backup_restored restored;
    must(service_backup_make(&d.o->call, d.workspace, &backups, 1, false, false, d.o->arena, &made,
                             &count, &err),
         &err);
    db_workspace_close(d.workspace);
    const backup_restore_options options = {.from = backups,
                                            .into = on_postgres() ? engine_address()
                                                                  : place(d.o, "again"),
                                            .until_us = INT64_MAX,
                                            .key = d.o->key,
                                            .unknown_erasures = true};
    must(service_restore(d.o->service, &d.o->call, &options, &restored, &err), &err);
    desk other = elsewhere(&d, options.into);
    is_read(&other, &h, "large");
    goes_on(&other, &h);
    db_workspace_close(other.workspace);
}

/* shows: REC-1 REC-5 INT-6 */
static void test_a_move_and_the_way_back_carry_them(void **state)
{
    desk d = open_desk(*state);
    pb_error err = {0};
    held h = furnish(&d);
    service_moved moved;
    const char *there = place(d.o, "there");
    must(service_move(d.o->service, &d.o->call, d.workspace, there, d.o->arena, &moved, &err),
         &err);
    db_workspace_close(d.workspace);
    desk file = elsewhere(&d, there);
    is_read(&file, &h, "large");
    const char *back = on_postgres() ? engine_address() : place(d.o, "back");
    must(service_move(d.o->service, &d.o->call, file.workspace, back, d.o->arena, &moved, &err),
         &err);
    db_workspace_close(file.workspace);
    desk home = elsewhere(&d, back);
    is_read(&home, &h, "large");
    goes_on(&home, &h);
    db_workspace_close(home.workspace);
}

/* The program with a model of its own: that of before, or today's. */
static service_core *program_of(office *o, const char *declarations)
{
    pb_error err = {0};
    service_core *service = NULL;
    const char *dir = pb_arena_printf(o->arena, "%s/tests/data/workspaces/1/%s",
                                      getenv("PROBITY_ROOT"), declarations);
    const service_extra extra = {.model_dirs = &dir, .model_dir_count = 1};
    must(service_open(o->assets, o->asset_count, &extra, &service, &err), &err);
    return service;
}

/* shows: REC-1 REC-5 INT-6 */
static void test_an_upgrade_leaves_them_as_they_are(void **state)
{
    office *o = *state;
    pb_error err = {0};
    service_upgraded done;
    service_core *today = o->service, *then = program_of(o, "then"), *now = program_of(o, "now");
    o->service = then;
    desk d = open_desk(o);
    held h = furnish(&d);
    db_workspace_close(d.workspace);
    o->service = now;
    const service_upgrade_how how = {.dry_run = false};
    const db_options options = {.key = o->key};
    must(service_upgrade(now, &o->call, d.path, &options, &how, o->arena, &done, &err), &err);
    assert_true(done.done);
    desk later = elsewhere(&d, d.path);
    is_read(&later, &h, "large");
    goes_on(&later, &h);
    db_workspace_close(later.workspace);
    o->service = today;
    service_close(then);
    service_close(now);
}

/* shows: REC-1 REC-5 PER-3 */
static void test_a_standby_has_them_and_takes_over(void **state)
{
    if (on_postgres())
        return; /* a server has standbys of its own */
    desk d = open_desk(*state);
    pb_error err = {0};
    const char *backups = place(d.o, "backups");
    service_backup *made = NULL;
    size_t count = 0;
    backup_fed fed;
    backup_promoted promoted;
    must(db_log_keep(d.workspace, true, &err), &err);
    must(service_backup_make(&d.o->call, d.workspace, &backups, 1, false, false, d.o->arena, &made,
                             &count, &err),
         &err);
    const backup_standby_options options = {.folder = place(d.o, "standby"),
                                            .from = backups,
                                            .key = d.o->key,
                                            .wait_us = 50000,
                                            .accept_loss = "a drill"};
    must(service_standby_feed(d.o->service, &d.o->call, &options, &fed, &err), &err);
    held h = furnish(&d); /* comes to it by the log */
    must(service_backup_make(&d.o->call, d.workspace, &backups, 1, false, true, d.o->arena, &made,
                             &count, &err),
         &err);
    must(service_standby_feed(d.o->service, &d.o->call, &options, &fed, &err), &err);
    desk standby = elsewhere(&d, options.folder);
    is_read(&standby, &h, "large");
    db_workspace_close(standby.workspace);
    db_workspace_close(d.workspace);
    must(service_standby_promote(d.o->service, &d.o->call, &options, &promoted, &err), &err);
    standby = elsewhere(&d, options.folder);
    is_read(&standby, &h, "large");
    goes_on(&standby, &h);
    db_workspace_close(standby.workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_backup_brings_them_back, office_open, office_close),
        cmocka_unit_test_setup_teardown(test_a_move_and_the_way_back_carry_them, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_an_upgrade_leaves_them_as_they_are, office_open,
                                        office_close),
        cmocka_unit_test_setup_teardown(test_a_standby_has_them_and_takes_over, office_open,
                                        office_close),
    };
    return cmocka_run_group_tests_name("service/model-survives", tests, NULL, NULL);
}
