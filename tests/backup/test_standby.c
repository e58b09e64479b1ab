/* A standby: following, being read, and taking over. */
#include "standby_support.h"

#include "backup/plan.h"

enum { MANY_BYTES = 20 << 20 };

/* shows: PER-5 */
static void a_standby_follows_and_is_read(void **state)
{
    (void)state;
    backup_world w;
    primary_begin(&w);
    backup_fed fed = must_feed(&w);
    assert_true(fed.built);
    assert_int_equal(standby_contacts(&w), 1);
    for (int n = 2; n <= 6; n++) {
        add_contact(&w, n);
        must_ship(&w, true);
        backup_standby_seen seen = must_look(&w);
        assert_true(seen.standby && seen.asked);
        assert_true(seen.waiting > 0);
        assert_true(seen.told_events > seen.events);
        fed = must_feed(&w);
        assert_false(fed.built);
        assert_true(fed.log_pieces > 0);
        assert_int_equal(standby_contacts(&w), n);
        seen = must_look(&w);
        assert_int_equal(seen.waiting, 0);
        assert_int_equal(seen.events, seen.told_events);
        assert_non_null(strstr(seen.state.primary, w.workspace));
    }
    fed = must_feed(&w); /* nothing new */
    assert_false(fed.built);
    assert_int_equal(fed.log_pieces, 0);
    world_end(&w);
}

/* shows: PER-5 */
static void a_standby_refuses_to_be_written(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    int n = 9;
    primary_begin(&w);
    must_feed(&w);
    db_workspace *standby = open_at(&w, w.into);
    assert_int_equal(db_write(standby, create_work, &n, &err), PB_CONFLICT);
    pb_error_render(&err, &err.primary, NULL, &text);
    assert_non_null(strstr(pb_buf_cstr(&text), "is a standby"));
    assert_non_null(strstr(pb_buf_cstr(&text), w.workspace)); /* the primary is named */
    assert_int_equal(db_log_seal(standby, &err), PB_CONFLICT);
    assert_int_equal(db_log_keep(standby, false, &err), PB_CONFLICT);
    db_workspace_close(standby);
    assert_int_equal(standby_contacts(&w), 1);
    char *log = sys_path_join(w.arena, w.into, "log");
    assert_int_equal(sys_path_kind(log), SYS_NONE); /* no log of its own was begun */
    world_end(&w);
}

/* shows: PER-5 */
static void a_reader_and_the_feeding_wait_for_each_other(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_fed fed;
    primary_begin(&w);
    must_feed(&w);
    add_contact(&w, 2);
    must_ship(&w, true);
    db_workspace *reader = open_at(&w, w.into);
    db_workspace *second = open_at(&w, w.into);
    assert_int_equal(feed(&w, &fed, &err), PB_BUSY);
    assert_int_equal(count_of(reader, "t_contact"), 1);
    db_workspace_close(reader);
    assert_int_equal(feed(&w, &fed, &err), PB_BUSY);
    db_workspace_close(second);
    must_feed(&w); /* what was fetched is not fetched again */
    assert_int_equal(standby_contacts(&w), 2);
    world_end(&w);
}

static pb_status write_much(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt;
    const pb_str *bytes = context;
    PB_TRY(
        db_prepare(session, "INSERT INTO setting (name, value) VALUES ('much', ?1)", &stmt, err));
    db_bind_blob(stmt, 1, *bytes);
    return db_run(stmt, err);
}

/* shows: PER-5 */
static void a_transaction_of_many_pieces_arrives_whole(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    primary_begin(&w);
    must_feed(&w);
    char *much = malloc(MANY_BYTES);
    assert_non_null(much);
    memset(much, 'x', MANY_BYTES);
    pb_str bytes = pb_str_n(much, MANY_BYTES);
    must(db_write(w.open, write_much, &bytes, &err), &err);
    free(much);
    add_contact(&w, 2);
    must_ship(&w, true);
    /* without its end the beginning waits beside */
    lose_newest_piece(&w);
    backup_fed fed = must_feed(&w);
    assert_true(fed.log_pieces > 0);
    assert_int_equal(standby_contacts(&w), 1);
    must_feed(&w);
    assert_int_equal(standby_contacts(&w), 1);
    must_ship(&w, true); /* the place lacks it: it is sent again */
    must_feed(&w);
    assert_int_equal(standby_contacts(&w), 2);
    world_end(&w);
}

/* shows: PER-5 */
static void what_was_cleared_away_is_built_anew(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_pruned pruned;
    const backup_plan plan = {.newest = 1};
    backup_call call = world_call();
    primary_begin(&w);
    must_feed(&w);
    for (int n = 2; n <= 4; n++) {
        add_contact(&w, n);
        must_ship(&w, true);
    }
    must_ship(&w, false);
    must(backup_prune(w.open, &call, &plan, w.place, &pruned, &err), &err);
    add_contact(&w, 5);
    must_ship(&w, true);
    backup_fed fed = must_feed(&w);
    assert_true(fed.built);
    assert_int_equal(standby_contacts(&w), 5);
    add_contact(&w, 6);
    must_ship(&w, true);
    fed = must_feed(&w);
    assert_false(fed.built);
    assert_int_equal(standby_contacts(&w), 6);
    world_end(&w);
}

/* shows: PER-5 */
static void without_a_kept_log_every_backup_is_followed(void **state)
{
    (void)state;
    backup_world w;
    world_begin(&w);
    add_contact(&w, 1);
    world_backup(&w);
    assert_true(must_feed(&w).built);
    assert_false(must_feed(&w).built);
    add_contact(&w, 2);
    world_backup(&w);
    assert_true(must_feed(&w).built);
    assert_int_equal(standby_contacts(&w), 2);
    world_end(&w);
}

/* ---- taking over ---- */

static pb_status note_one(backup_world *w, pb_error *err)
{
    db_workspace *standby = open_at(w, w->into);
    ledger_event event = {.kind = "record.read",
                          .at_us = INT64_C(1700000000000000),
                          .actor = {PB_STR("auditor"), PB_STR("to see"), PB_STR("unit")},
                          .payload = PB_STR("what was read")};
    pb_status status = backup_standby_note(standby, &event, err);
    db_workspace_close(standby);
    return status;
}

typedef struct found {
    uint64_t count;
    char name[64];
} found;

static pb_status see_event(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    found *f = context;
    (void)erased;
    (void)err;
    f->count++;
    snprintf(f->name, sizeof f->name, "%.*s", PB_STR_FMT(event->actor.name));
    return PB_OK;
}

static found events_of(const backup_world *w, const char *path, const char *kind)
{
    pb_error err = {0};
    found f = {0};
    db_session *session = NULL;
    db_workspace *workspace = open_at(w, path);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_each_of(session, kind, see_event, &f, &err), &err);
    db_snapshot_close(session);
    db_workspace_close(workspace);
    return f;
}

/* The former standby as the workspace in hand. */
static void go_on_with_standby(backup_world *w)
{
    db_workspace_close(w->open);
    w->open = open_at(w, w->into);
    assert_null(db_standby_of(w->open));
}

/* shows: PER-5 */
static void a_standby_takes_over_and_the_former_primary_is_refused(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    ledger_report report;
    primary_begin(&w);
    must_feed(&w);
    must(note_one(&w, &err), &err);
    add_contact(&w, 2);
    must_ship(&w, true);
    assert_int_equal(must_look(&w).notes, 1);
    must(promote(&w, NULL, &done, &err), &err); /* brings itself forward first */
    assert_false(done.lost);
    assert_true(done.fenced);
    assert_int_equal(done.epoch.number, 1);
    assert_int_equal(done.notes, 1);
    found note = events_of(&w, w.into, "record.read");
    assert_int_equal(note.count, 1);
    assert_string_equal(note.name, "auditor");
    assert_int_equal(events_of(&w, w.into, "workspace.promoted").count, 1);
    /* the former primary may still be written, but nothing of it reaches the place */
    add_contact(&w, 3);
    assert_int_equal(ship(&w, true, &err), PB_CONFLICT);
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    pb_error_render(&err, &err.primary, NULL, &text);
    assert_non_null(strstr(pb_buf_cstr(&text), w.into));
    assert_int_equal(ship(&w, false, &err), PB_CONFLICT);
    go_on_with_standby(&w);
    must_verify(w.open, &report);
    add_contact(&w, 4);
    must_ship(&w, false);
    add_contact(&w, 5);
    must_ship(&w, true);
    /* and has a standby of its own */
    w.into = sys_path_join(w.arena, w.folder, "third");
    must_feed(&w);
    assert_int_equal(standby_contacts(&w), 4);
    assert_int_equal(must_look(&w).epoch.number, 1);
    world_end(&w);
}

/* shows: PER-5 */
static void what_would_be_lost_must_be_named(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    primary_begin(&w);
    must_feed(&w);
    add_contact(&w, 2);
    must_ship(&w, true);
    must_feed(&w);
    add_contact(&w, 3);
    add_contact(&w, 4);
    must_ship(&w, true);
    lose_newest_piece(&w);
    assert_int_equal(promote(&w, NULL, &done, &err), PB_DENIED);
    must_say(&err, "The primary is ahead: 2 events would be lost, numbers 3 to 4.");
    assert_int_equal(promote(&w, "1", &done, &err), PB_DENIED);
    assert_int_equal(promote(&w, "unknown", &done, &err), PB_DENIED);
    assert_int_equal(standby_contacts(&w), 2); /* still a standby */
    must_feed(&w);
    must(promote(&w, "2", &done, &err), &err);
    assert_true(done.lost);
    assert_int_equal(done.lost_events, 2);
    go_on_with_standby(&w);
    assert_int_equal(count_of(w.open, "t_contact"), 2);
    world_end(&w);
}

/* shows: PER-5 */
static void a_newer_backup_makes_good_what_the_log_lacks(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    primary_begin(&w);
    must_feed(&w);
    add_contact(&w, 2);
    must_ship(&w, false); /* log and backup */
    lose_newest_piece(&w);
    must(promote(&w, NULL, &done, &err), &err);
    assert_true(done.fed.built);
    assert_false(done.lost);
    go_on_with_standby(&w);
    assert_int_equal(count_of(w.open, "t_contact"), 2);
    world_end(&w);
}

/* shows: PER-5 */
static void a_place_that_cannot_be_asked_says_nothing_is_lost_to_nobody(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    primary_begin(&w);
    must_feed(&w);
    char *away = sys_path_join(w.arena, w.folder, "away");
    must(sys_rename(w.place, away, false, &err), &err);
    assert_int_equal(promote(&w, NULL, &done, &err), PB_NOT_FOUND);
    assert_int_equal(promote(&w, "0", &done, &err), PB_NOT_FOUND);
    must(promote(&w, "unknown", &done, &err), &err);
    assert_true(done.unknown);
    assert_false(done.fenced);
    /* the place learns of it with the first thing that is sent there */
    must(sys_rename(away, w.place, false, &err), &err);
    db_workspace *former = w.open;
    w.open = open_at(&w, w.into);
    add_contact(&w, 7);
    must_ship(&w, false);
    db_workspace_close(w.open);
    w.open = former;
    assert_int_equal(ship(&w, true, &err), PB_CONFLICT);
    world_end(&w);
}

/* shows: PER-5 */
static void the_former_primary_can_be_taken_back(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    backup_call call = world_call();
    primary_begin(&w);
    must_feed(&w);
    must(promote(&w, NULL, &done, &err), &err);
    add_contact(&w, 2); /* on the former primary */
    w.open = db_workspace_close(w.open);
    backup_standby_options options = standby_options(&w);
    options.folder = w.workspace;
    must(backup_standby_promote(&test_schema.schema, &call, &options, &done, &err), &err);
    assert_int_equal(done.epoch.number, 2);
    w.open = open_at(&w, w.workspace);
    must_ship(&w, false);
    must_ship(&w, true);
    db_workspace *former = w.open;
    w.open = open_at(&w, w.into);
    assert_int_equal(ship(&w, false, &err), PB_CONFLICT);
    db_workspace_close(w.open);
    w.open = former;
    /* now its history is another: taking over from it again would lose what nobody can count */
    assert_int_equal(promote(&w, NULL, &done, &err), PB_DENIED);
    must(promote(&w, "unknown", &done, &err), &err);
    assert_int_equal(done.epoch.number, 3);
    world_end(&w);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(session, *(uint64_t *)context, (ledger_actor){.name = PB_STR("o")},
                                1, err);
}

/* shows: PER-5 PRI-5 */
static void what_was_erased_stays_erased_after_a_takeover(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_promoted done;
    world_begin(&w);
    add_contact(&w, 1);
    add_contact(&w, 2);
    world_backup(&w);
    must_feed(&w);
    uint64_t sequence = 0;
    must(db_write(w.open, erase_work, &sequence, &err), &err);
    /* the place learns what was erased, and no more: as when a backup ends half-way */
    world_backup(&w);
    pb_str *rooms, *names;
    size_t room_count, count;
    must(sys_dir_list(w.place, w.arena, &rooms, &room_count, &err), &err);
    char *backups = pb_arena_printf(w.arena, "%s/%.*s/backups", w.place, PB_STR_FMT(rooms[0]));
    char *primary = pb_arena_printf(w.arena, "%s/%.*s/primary", w.place, PB_STR_FMT(rooms[0]));
    must(sys_dir_list(backups, w.arena, &names, &count, &err), &err);
    char *newest = pb_arena_printf(w.arena, "%s/%.*s", backups, PB_STR_FMT(names[count - 1]));
    must(sys_file_remove(newest, &err), &err);
    must(sys_file_remove(primary, &err), &err);
    must(promote(&w, NULL, &done, &err), &err);
    assert_int_equal(done.erased, 1);
    go_on_with_standby(&w);
    ledger_report report;
    must_verify(w.open, &report);
    assert_int_equal(report.erased, 1);
    world_end(&w);
}

/* shows: PER-5 */
static void bad_input_is_refused(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_fed fed;
    backup_promoted done;
    backup_call call = world_call();
    primary_begin(&w);
    backup_standby_options options = standby_options(&w);
    options.from = NULL;
    assert_int_equal(backup_standby_feed(&test_schema.schema, &call, &options, &fed, &err),
                     PB_USAGE);
    options.from = sys_path_join(w.arena, w.folder, "nowhere");
    assert_int_equal(backup_standby_feed(&test_schema.schema, &call, &options, &fed, &err),
                     PB_NOT_FOUND);
    assert_int_equal(sys_path_kind(w.into), SYS_NONE); /* nothing is left behind */
    options = standby_options(&w);
    options.folder = w.workspace; /* a workspace is no standby to be */
    assert_int_equal(backup_standby_feed(&test_schema.schema, &call, &options, &fed, &err),
                     PB_EXISTS);
    options.from = NULL;
    assert_int_equal(backup_standby_promote(&test_schema.schema, &call, &options, &done, &err),
                     PB_USAGE);
    must_feed(&w);
    char *mark = sys_path_join(w.arena, w.into, "standby");
    must(sys_file_patch(mark, 0, PB_STR("format: 1\nformat: 1\n"), &err), &err);
    db_options open = {.key = world_key(&w)};
    db_workspace *workspace = NULL;
    assert_int_equal(db_workspace_open(w.into, &test_schema.schema, &open, &workspace, &err),
                     PB_CORRUPT);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_standby_follows_and_is_read),
        cmocka_unit_test(a_standby_refuses_to_be_written),
        cmocka_unit_test(a_reader_and_the_feeding_wait_for_each_other),
        cmocka_unit_test(a_transaction_of_many_pieces_arrives_whole),
        cmocka_unit_test(what_was_cleared_away_is_built_anew),
        cmocka_unit_test(without_a_kept_log_every_backup_is_followed),
        cmocka_unit_test(a_standby_takes_over_and_the_former_primary_is_refused),
        cmocka_unit_test(what_would_be_lost_must_be_named),
        cmocka_unit_test(a_newer_backup_makes_good_what_the_log_lacks),
        cmocka_unit_test(a_place_that_cannot_be_asked_says_nothing_is_lost_to_nobody),
        cmocka_unit_test(the_former_primary_can_be_taken_back),
        cmocka_unit_test(what_was_erased_stays_erased_after_a_takeover),
        cmocka_unit_test(bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
