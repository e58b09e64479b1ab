/* Drills: what must be noticed is noticed, and what came of it is on file. */
#include "backup_support.h"

#include "backup/drill.h"

static backup_drilled drill(backup_world *w, backup_fault fault)
{
    pb_error err = {0};
    backup_drilled drilled;
    const backup_call call = world_call();
    const db_key_source key = world_key(w);
    const backup_check check = {0};
    must(backup_drill(w->open, &call, &key, w->place, fault, &check, &drilled, &err), &err);
    return drilled;
}

static int64_t number(backup_world *w, const char *sql)
{
    pb_error err = {0};
    db_session *session = NULL;
    must(db_snapshot_open(w->open, &session, &err), &err);
    int64_t value = one_number(session, sql);
    db_snapshot_close(session);
    return value;
}

/* shows: PER-4 */
static void a_good_backup_passes_and_is_on_file(void **state)
{
    (void)state;
    backup_world w;
    ledger_report report;
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    backup_drilled drilled = drill(&w, BACKUP_FAULT_NONE);
    assert_int_equal(drilled.error.status, PB_OK);
    assert_true(drilled.ran && drilled.good && drilled.in_time && drilled.young);
    assert_true(drilled.recover_us > 0);
    assert_int_equal(drilled.restored.report.records, FILLED_RECORDS);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM t_backup_drill WHERE good = 1"), 1);
    must_verify(w.open, &report);
    assert_int_equal(report.events, FILLED_EVENTS + 2); /* backup.made, backup.drilled */
    world_end(&w);
}

/* shows: PER-4 */
static void every_fault_is_noticed(void **state)
{
    (void)state;
    static const pb_status expected[BACKUP_FAULT_COUNT] = {
        [BACKUP_FAULT_LOST_DISK] = PB_IO,
        [BACKUP_FAULT_TORN_PAGE] = PB_CORRUPT,
        [BACKUP_FAULT_FLIPPED_BIT_DATABASE] = PB_CORRUPT,
        [BACKUP_FAULT_FLIPPED_BIT_BACKUP] = PB_CORRUPT,
        [BACKUP_FAULT_FLIPPED_BIT_MANIFEST] = PB_CORRUPT,
        [BACKUP_FAULT_MISSING_PIECE] = PB_CORRUPT,
        [BACKUP_FAULT_WRONG_KEY] = PB_WRONG_KEY,
        [BACKUP_FAULT_FULL_TARGET] = PB_LIMIT,
        [BACKUP_FAULT_OLD_COPY] = PB_CONFLICT};
    backup_world w;
    int one = 100;
    pb_error err = {0};
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    must(db_write(w.open, create_work, &one, &err), &err);
    world_backup(&w);
    for (int f = 1; f < BACKUP_FAULT_COUNT; f++) {
        backup_drilled drilled = drill(&w, (backup_fault)f);
        if (!drilled.good || !drilled.ran || drilled.error.status != expected[f])
            fail_msg("%s: good %d, ran %d, status %d", backup_fault_name((backup_fault)f),
                     drilled.good, drilled.ran, drilled.error.status);
    }
    /* nothing of it harmed the backup or the workspace */
    assert_true(drill(&w, BACKUP_FAULT_NONE).good);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM t_backup_drill WHERE good = 1"),
                     BACKUP_FAULT_COUNT);
    world_end(&w);
}

/* shows: PER-4 */
static void a_drill_that_cannot_run_is_no_pass(void **state)
{
    (void)state;
    backup_world w;
    world_begin(&w);
    fill(w.open);
    world_backup(&w);
    must(sys_dir_remove_tree(w.place, NULL), NULL);
    assert_false(drill(&w, BACKUP_FAULT_NONE).good);
    w.place = sys_path_join(w.arena, w.folder, "not/there");
    backup_drilled drilled = drill(&w, BACKUP_FAULT_MISSING_PIECE);
    assert_false(drilled.good);
    assert_false(drilled.ran);
    assert_int_equal(number(&w, "SELECT COUNT(*) FROM t_backup_drill WHERE good = 0"), 2);
    world_end(&w);
}

/* shows: PER-4 */
static void an_old_backup_fails_the_drill(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_plan plan;
    world_begin(&w);
    fill(w.open);
    const backup_call call = world_call();
    const char *text = "places: /nowhere\nlose_at_most: 1s\n";
    const model_source source = {.name = PB_STR("plan.yaml"), .text = pb_str_c(text)};
    must(backup_plan_parse(&source, w.arena, &plan, &err), &err);
    must(backup_plan_store(w.open, &call, &plan, source.text, &err), &err);
    world_backup(&w);
    sys_sleep_us(1100000);
    backup_drilled drilled = drill(&w, BACKUP_FAULT_NONE);
    assert_true(drilled.ran);
    assert_false(drilled.young);
    assert_false(drilled.good);
    assert_int_equal(drilled.error.status, PB_LIMIT);
    world_end(&w);
}

/* shows: PER-4 */
static void names_of_faults(void **state)
{
    (void)state;
    for (int f = 0; f < BACKUP_FAULT_COUNT; f++) {
        backup_fault found;
        assert_true(backup_fault_parse(backup_fault_name((backup_fault)f), &found));
        assert_int_equal(found, f);
    }
    backup_fault none;
    assert_false(backup_fault_parse("flood", &none));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_backup_passes_and_is_on_file),
        cmocka_unit_test(every_fault_is_noticed),
        cmocka_unit_test(a_drill_that_cannot_run_is_no_pass),
        cmocka_unit_test(an_old_backup_fails_the_drill),
        cmocka_unit_test(names_of_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
