/* Backups to a folder, and restores from it. */
#include "backup_support.h"

#include "backup/drill.h"
#include "backup/plan.h"
#include "db/log.h"
#include "db/rows.h"

#include <fcntl.h>
#include <unistd.h>

/* shows: PER-3 PER-4 */
static void what_was_backed_up_comes_back(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_begin(&w);
    fill(w.open);
    backup_sent sent = world_backup(&w);
    assert_int_equal(sent.pages_sent, sent.pages);
    if (on_postgres()) {
        assert_true(sent.pages >= 5 && sent.bytes_read > 1000); /* blocks of so many tables */
    } else {
        assert_true(sent.pages > 10 && sent.same_disk);
        assert_int_equal(sent.bytes_read, sent.pages * 8192);
    }
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    assert_true(restored.unknown_erasures);
    assert_int_equal(restored.pages, sent.pages);
    assert_int_equal(restored.report.events, FILLED_EVENTS);
    assert_int_equal(restored.report.records, FILLED_RECORDS);
    assert_int_equal(world_count(&w, w.into, "t_contact"), FILLED_RECORDS);
    /* the restored one knows that it was: one event more than what was backed up */
    assert_int_equal(world_count(&w, w.into, "ledger_event"), FILLED_EVENTS + 1);
    world_end(&w);
}

/* shows: PER-3 */
static void only_what_changed_goes_the_second_time(void **state)
{
    (void)state;
    backup_world w;
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    backup_sent same = world_backup(&w);
    assert_true(same.pages_sent < same.pages);
    add_contact(&w, 100);
    w.open = db_workspace_close(w.open);
    pb_error err = {0};
    db_options options = {.key = world_key(&w)};
    must(db_workspace_open(w.workspace, &test_schema.schema, &options, &w.open, &err), &err);
    world_backup(&w); /* pages that left the log are new once */
    backup_sent next = world_backup(&w);
    assert_true(next.pages_sent <= 12);
    assert_true(next.pieces_kept > 0);
    world_end(&w);
}

/* shows: PER-3 */
static void an_earlier_moment_can_be_asked_for(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_begin(&w);
    add_contact(&w, 1);
    backup_sent first = world_backup(&w);
    add_contact(&w, 2);
    add_contact(&w, 3);
    world_backup(&w);
    backup_restore_options options = world_options(&w);
    options.until_us = first.at_us;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_string_equal(restored.name, first.name);
    assert_int_equal(world_count(&w, w.into, "t_contact"), 1);
    options.until_us = first.at_us - 1;
    options.into = sys_path_join(w.arena, w.folder, "earlier");
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_NOT_FOUND);
    options.until_us = INT64_MAX;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, options.into, "t_contact"), 3);
    world_end(&w);
}

/* shows: PER-3 */
static void nothing_is_written_over(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_begin(&w);
    add_contact(&w, 1);
    world_backup(&w);
    backup_restore_options options = world_options(&w);
    options.into = w.workspace;
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_EXISTS);
    options.into = w.place;
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_EXISTS);
    /* what lies where a restore would build, and is not a restore's */
    options.into = w.into;
    char *beside = pb_arena_printf(w.arena, "%s.restoring", w.into);
    must(sys_dir_make(beside, 0700, false, &err), &err);
    must(sys_file_write(sys_path_join(w.arena, beside, "mine"), PB_STR("x"), 0600, &err), &err);
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_EXISTS);
    assert_int_equal(sys_path_kind(sys_path_join(w.arena, beside, "mine")), SYS_FILE);
    world_end(&w);
}

/* shows: PER-3 PER-4 */
static void a_place_that_is_not_there_is_not_made_by_who_reads_it(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    backup_drilled drilled;
    backup_call call = world_call();
    world_begin(&w);
    add_contact(&w, 1);
    const char *missing = sys_path_join(w.arena, w.folder, "missing");
    const char *places[] = {missing, pb_arena_printf(w.arena, "file://%s", missing)};
    for (size_t i = 0; i < 2; i++) {
        backup_restore_options options = world_options(&w);
        options.from = places[i];
        assert_int_equal(world_restore(&w, &options, &restored, &err), PB_NOT_FOUND);
        assert_string_equal(err.primary.id, "There is no place {place}.");
        assert_int_equal(sys_path_kind(missing), SYS_NONE);
        assert_int_equal(sys_path_kind(w.into), SYS_NONE);
        const db_key_source key = world_key(&w);
        const backup_check check = {0};
        must(
            backup_drill(w.open, &call, &key, places[i], BACKUP_FAULT_NONE, &check, &drilled, &err),
            &err);
        assert_false(drilled.ran || drilled.good);
        assert_int_equal(drilled.error.status, PB_NOT_FOUND);
        assert_int_equal(sys_path_kind(missing), SYS_NONE);
    }
    assert_int_equal(world_backup_to(&w, missing).status, PB_OK); /* who writes to it makes it */
    assert_int_equal(sys_path_kind(missing), SYS_FOLDER);
    world_end(&w);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(session, *(uint64_t *)context, (ledger_actor){.name = PB_STR("o")},
                                INT64_C(1700000003000000), err);
}

static bool erased_in(const backup_world *w, const char *path, uint64_t sequence)
{
    pb_error err = {0};
    db_workspace *workspace = NULL;
    db_session *session = NULL;
    ledger_event event;
    bool erased = false;
    db_options options = {.key = world_key(w)};
    must(db_workspace_open(path, &test_schema.schema, &options, &workspace, &err), &err);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_read(session, sequence, w->arena, &event, &erased, &err), &err);
    db_snapshot_close(session);
    db_workspace_close(workspace);
    return erased;
}

/* shows: PER-3 PRI-5 */
static void what_was_erased_since_stays_erased(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    uint64_t sequence = 3, later = 4;
    world_begin(&w);
    fill(w.open);
    backup_sent first = world_backup(&w);
    must(db_write(w.open, erase_work, &sequence, &err), &err);
    backup_sent second = world_backup(&w);
    assert_int_equal(second.erasures, 1);
    backup_restore_options options = world_options(&w);
    options.until_us = first.at_us;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(restored.erased, 1);
    assert_true(erased_in(&w, w.into, sequence));
    assert_false(erased_in(&w, w.into, later));

    /* erased since the last list: nobody knows, unless the workspace itself is asked */
    must(db_write(w.open, erase_work, &later, &err), &err);
    options.into = sys_path_join(w.arena, w.folder, "third");
    options.unknown_erasures = false;
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_DENIED);
    assert_int_equal(sys_path_kind(options.into), SYS_NONE);
    options.ledger = w.workspace;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_false(restored.unknown_erasures);
    assert_int_equal(restored.erased, 2);
    assert_true(erased_in(&w, options.into, later));
    world_end(&w);
}

/* shows: PER-3 */
static void two_backups_do_not_run_at_once(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    db_hold *lock = NULL;
    backup_sent sent;
    backup_call call = world_call();
    world_begin(&w);
    add_contact(&w, 1);
    const char *place = w.place;
    must(db_hold_take(w.open, "backup", &lock, &err), &err);
    assert_int_equal(backup_make(w.open, &call, &place, 1, false, &sent, &err), PB_BUSY);
    db_hold_release(lock);
    must(backup_make(w.open, &call, &place, 1, false, &sent, &err), &err);
    world_end(&w);
}

/* shows: PER-3 */
static void a_place_that_fails_does_not_harm_the_others(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    backup_sent sent[3];
    backup_call call = world_call();
    world_begin(&w);
    add_contact(&w, 1);
    char *deep = sys_path_join(w.arena, w.folder, "not/mounted");
    char *other = sys_path_join(w.arena, w.folder, "other");
    const char *places[] = {w.place, deep, other};
    assert_int_equal(backup_make(w.open, &call, places, 3, false, sent, &err), PB_NOT_FOUND);
    assert_int_equal(sent[0].status, PB_OK);
    assert_int_equal(sent[1].status, PB_NOT_FOUND);
    assert_int_equal(sent[2].status, PB_OK);
    assert_int_equal(sent[0].at_us, sent[2].at_us);
    backup_restore_options options = world_options(&w);
    options.from = other;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, w.into, "t_contact"), 1);
    world_end(&w);
}

/* shows: PER-3 */
static void another_key_opens_nothing(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_begin(&w);
    add_contact(&w, 1);
    world_backup(&w);
    char *key = sys_path_join(w.arena, w.folder, "other-key");
    must(sys_file_write(key,
                        PB_STR("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"),
                        0600, &err),
         &err);
    backup_restore_options options = world_options(&w);
    options.key.key_file = key;
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_WRONG_KEY);
    assert_int_equal(sys_path_kind(w.into), SYS_NONE);
    world_end(&w);
}

static void declare(backup_world *w, const char *text)
{
    pb_error err = {0};
    backup_plan plan;
    const backup_call call = world_call();
    const model_source source = {.name = PB_STR("plan.yaml"), .text = pb_str_c(text)};
    must(backup_plan_parse(&source, w->arena, &plan, &err), &err);
    must(backup_plan_store(w->open, &call, &plan, source.text, &err), &err);
}

static backup_sent ship_log(backup_world *w)
{
    pb_error err = {0};
    backup_sent sent;
    const char *place = w->place;
    const backup_call call = world_call();
    must(backup_make(w->open, &call, &place, 1, true, &sent, &err), &err);
    return sent;
}

/* shows: PER-3 */
static void any_moment_can_be_gone_back_to(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    int64_t moments[6];
    world_begin(&w);
    if (on_postgres()) { /* any moment of a server is pgbackrest's: tests/cli/test_pgbackrest.c */
        assert_int_equal(db_log_keep(w.open, true, &err), PB_UNSUPPORTED);
        world_end(&w);
        return;
    }
    declare(&w, pb_arena_printf(w.arena, "places: [%s]\nkeep_log: true\n", w.place));
    add_contact(&w, 1);
    world_backup(&w);
    for (int i = 2; i < 6; i++) {
        add_contact(&w, i);
        sys_sleep_us(20000);
        moments[i] = sys_now_us();
        sys_sleep_us(20000);
        if (i % 2 == 1)
            assert_int_equal(ship_log(&w).status, PB_OK);
    }
    backup_restore_options options = world_options(&w);
    for (int i = 2; i < 6; i++) {
        options.until_us = moments[i];
        options.into = pb_arena_printf(w.arena, "%s/moment%d", w.folder, i);
        must(world_restore(&w, &options, &restored, &err), &err);
        assert_int_equal(world_count(&w, options.into, "t_contact"), i);
        assert_true(restored.at_us <= moments[i]);
    }
    /* nothing but the log went since the backup, and all of it comes back */
    options.until_us = INT64_MAX;
    options.into = w.into;
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, w.into, "t_contact"), 5);
    assert_true(restored.commits >= 4);
    assert_true(restored.at_us > moments[4]);
    world_end(&w);
}

/* shows: PER-3 */
static void a_log_that_is_not_kept_is_told(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_sent sent;
    const backup_call call = world_call();
    world_begin(&w);
    const char *place = w.place;
    assert_int_equal(backup_make(w.open, &call, &place, 1, true, &sent, &err),
                     on_postgres() ? PB_UNSUPPORTED : PB_INVALID);
    world_end(&w);
}

static size_t objects_in(backup_world *w, const char *folder)
{
    pb_error err = {0};
    pb_str *names;
    size_t count = 0, total = 0;
    backup_target *target = NULL;
    backup_object *objects;
    must(sys_dir_list(w->place, w->arena, &names, &count, &err), &err);
    must(backup_target_open(w->place, &target, &err), &err);
    for (size_t i = 0; i < count; i++) {
        size_t found;
        char *path = pb_arena_printf(w->arena, "%s/%s", names[i].ptr, folder);
        must(backup_target_list(target, path, w->arena, &objects, &found, &err), &err);
        total += found;
    }
    backup_target_close(target);
    return total;
}

/* shows: PER-3 */
static void old_backups_go_and_kept_ones_stay_whole(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    backup_pruned pruned;
    backup_sent kept = {0};
    world_begin(&w);
    fill(w.open);
    declare(&w, pb_arena_printf(w.arena, "places: [%s]\n%s", w.place,
                                on_postgres() ? "" : "keep_log: true\n"));
    for (int i = 0; i < 5; i++) {
        add_contact(&w, 100 + i);
        backup_sent sent = world_backup(&w);
        if (i == 3)
            kept = sent;
    }
    size_t before = objects_in(&w, "pieces");
    assert_int_equal(objects_in(&w, "backups"), 5);
    const backup_plan plan = {.newest = 2};
    const backup_call call = world_call();
    must(backup_prune(w.open, &call, &plan, w.place, &pruned, &err), &err);
    assert_int_equal(pruned.backups, 3);
    assert_int_equal(objects_in(&w, "backups"), 2);
    assert_true(objects_in(&w, "pieces") < before);
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, w.into, "t_contact"), FILLED_RECORDS + 5);
    options.until_us = kept.at_us;
    options.into = sys_path_join(w.arena, w.folder, "kept");
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, options.into, "t_contact"), FILLED_RECORDS + 4);
    /* again: nothing is left to go */
    must(backup_prune(w.open, &call, &plan, w.place, &pruned, &err), &err);
    assert_int_equal(pruned.backups + pruned.pieces, 0);
    world_end(&w);
}

/* shows: PER-3 PRI-5 */
static void a_place_hears_of_an_erasure_at_once(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    backup_sent told;
    uint64_t sequence = 3;
    world_begin(&w);
    fill(w.open);
    backup_sent first = world_backup(&w);
    const char *place = w.place;
    backup_call call = world_call();
    must(db_write(w.open, erase_work, &sequence, &err), &err);
    must(backup_tell_erasures(w.open, &call, &place, 1, &told, &err), &err);
    assert_int_equal(told.erasures, 1);
    assert_int_equal(told.pieces_sent, 0);
    assert_int_equal(objects_in(&w, "backups"), 1);
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_string_equal(restored.name, first.name);
    assert_int_equal(restored.erased, 1);
    assert_true(restored.erasures_us >= call.now_us && restored.erasures_us > first.at_us);
    assert_true(erased_in(&w, w.into, sequence));
    /* said again, nothing is new, and the moment up to which it is known moves on */
    call = world_call();
    must(backup_tell_erasures(w.open, &call, &place, 1, &told, &err), &err);
    assert_int_equal(told.erasures, 0);
    options.into = sys_path_join(w.arena, w.folder, "later");
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.erasures_us >= call.now_us);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_backed_up_comes_back),
        cmocka_unit_test(only_what_changed_goes_the_second_time),
        cmocka_unit_test(an_earlier_moment_can_be_asked_for),
        cmocka_unit_test(nothing_is_written_over),
        cmocka_unit_test(a_place_that_is_not_there_is_not_made_by_who_reads_it),
        cmocka_unit_test(what_was_erased_since_stays_erased),
        cmocka_unit_test(a_place_hears_of_an_erasure_at_once),
        cmocka_unit_test(two_backups_do_not_run_at_once),
        cmocka_unit_test(a_place_that_fails_does_not_harm_the_others),
        cmocka_unit_test(another_key_opens_nothing),
        cmocka_unit_test(any_moment_can_be_gone_back_to),
        cmocka_unit_test(a_log_that_is_not_kept_is_told),
        cmocka_unit_test(old_backups_go_and_kept_ones_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
