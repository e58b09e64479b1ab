/* Appending: all or nothing, once signed a commit, the same after reopening, after rollback, and
 * with many writers at once. */
#include "ledger_support.h"

#include <pthread.h>

#include "merkle/note.h"

/* shows: ACC-4 ACC-5 */
static void test_events_read_back_as_written(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    fill(workspace);
    db_session *session;
    PB_AUTO_ARENA arena = pb_arena_new(0);
    must(db_snapshot_open(workspace, &session, &err), &err);
    ledger_event event;
    bool erased;
    must(ledger_read(session, 9, arena, &event, &erased, &err), &err);
    assert_string_equal(event.kind, "record.changed");
    assert_true(event.at_us == INT64_C(1700000000000000) + 2 * 1000 + 2);
    assert_true(pb_str_is(event.actor.name, "test") && pb_str_is(event.actor.purpose, "to see") &&
                pb_str_is(event.actor.via, "unit") && pb_str_is(event.entity, "contact"));
    assert_int_equal(event.record.b[7], 2);
    assert_int_equal(event.version, 2);
    assert_int_equal(event.previous, 2);
    assert_true(pb_str_is(event.payload, "what happened in event 9"));
    assert_false(erased);
    must(ledger_read(session, 15, arena, &event, &erased, &err), &err);
    assert_true(pb_str_empty(event.payload) && pb_str_empty(event.entity) && !erased);
    assert_int_equal(ledger_read(session, 20, arena, &event, &erased, &err), PB_NOT_FOUND);
    assert_int_equal(ledger_read(session, UINT64_MAX, arena, &event, &erased, &err), PB_NOT_FOUND);
    db_snapshot_close(session);
    ledger_report report;
    must_verify(workspace, &report);
    assert_int_equal(report.events, FILLED_EVENTS);
    assert_int_equal(report.heads, FILLED_COMMITS);
    assert_int_equal(report.payloads, FILLED_PAYLOADS);
    assert_int_equal(report.records, FILLED_RECORDS);
    assert_int_equal(report.erased, 0);
    db_workspace_close(workspace);
}

/* shows: ACC-5 */
static void test_the_head_is_a_signed_checkpoint(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    db_session *session;
    ledger_head head;
    PB_AUTO_BUF text = PB_BUF_INIT(4096);
    PB_AUTO_BUF key = PB_BUF_INIT(4096);
    must(db_snapshot_open(workspace, &session, &err), &err);
    assert_int_equal(ledger_head_read(session, &head, &err), PB_NOT_FOUND);
    assert_int_equal(ledger_head_note(session, &text, &err), PB_NOT_FOUND);
    db_snapshot_close(session);
    fill(workspace);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_head_read(session, &head, &err), &err);
    must(ledger_head_note(session, &text, &err), &err);
    must(ledger_key_text(session, &key, &err), &err);
    db_snapshot_close(session);
    merkle_verifier verifier;
    merkle_note note;
    merkle_checkpoint checkpoint;
    must(merkle_verifier_parse(pb_buf_str(&key), &verifier, &err), &err);
    assert_memory_equal(verifier.key, head.public_key, 32);
    must(merkle_note_open(pb_buf_str(&text), &verifier, 1, &note, &err), &err);
    must(merkle_checkpoint_parse(note.text, &checkpoint, &err), &err);
    assert_int_equal(checkpoint.size, FILLED_EVENTS);
    assert_int_equal(head.size, FILLED_EVENTS);
    assert_memory_equal(checkpoint.root.b, head.root, 32);
    assert_true(pb_str_is(checkpoint.origin, verifier.name));
    assert_true(head.at_us == INT64_C(1700000001000000) + 19);
    db_workspace_close(workspace);
}

typedef struct bad_case {
    ledger_event event;
    bool swallow;
} bad_case;

static pb_status append_work(db_session *session, void *context, pb_error *err)
{
    const bad_case *bad = context;
    uint64_t sequence;
    raw_sql row = {.sql = "INSERT INTO t_value_note (entity, field, kind, n, part, problem)"
                          " VALUES ('contact', 'name', 'bad', 1, 0, 'x')"};
    PB_TRY(raw_work(session, &row, err));
    pb_status status = ledger_append(session, &bad->event, &sequence, err);
    return bad->swallow ? PB_OK : status;
}

static void test_what_is_no_event_is_refused(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    const ledger_event good = contact_event("record.created", 1, 1, 0, PB_STR("p"));
    bad_case bad = {.event = good};
    bad.event.kind = "record.invented";
    assert_int_equal(db_write(workspace, append_work, &bad, &err), PB_INVALID);
    must_say(&err, "“record.invented” is not a declared kind of event");
    bad.event = good;
    bad.event.entity = PB_STR_NONE;
    assert_int_equal(db_write(workspace, append_work, &bad, &err), PB_INVALID);
    bad.event = good;
    bad.event.actor.name = PB_STR("\xff");
    assert_int_equal(db_write(workspace, append_work, &bad, &err), PB_INVALID);
    bad.event = good;
    bad.event.kind = "payload.erased";
    assert_int_equal(db_write(workspace, append_work, &bad, &err), PB_INVALID);
    static char long_name[70000];
    memset(long_name, 'x', sizeof long_name);
    bad.event = good;
    bad.event.actor.name = pb_str_n(long_name, sizeof long_name);
    assert_int_equal(db_write(workspace, append_work, &bad, &err), PB_INVALID);
    assert_int_equal(count_of(workspace, "ledger_event"), 0);
    assert_int_equal(count_of(workspace, "t_value_note"), 0);
    ledger_report report;
    must_verify(workspace, &report);
    db_workspace_close(workspace);
}

/* Each statement of an append fails in turn, because what it wants to write is taken; the caller's
 * own row must be gone with it, even when the caller hides the failure. */
/* shows: ACC-4 ACC-5 */
static void test_if_the_append_fails_nothing_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *block, *clear;
    } cases[] = {
        {"INSERT INTO ledger_event (seq, body) VALUES (20, x'00')",
         "DELETE FROM ledger_event WHERE seq = 20"},
        {"INSERT INTO ledger_payload (seq, body) SELECT 20, x'00'",
         "DELETE FROM ledger_payload WHERE seq = 20"},
        {"INSERT INTO ledger_head (size, at_us, root, signature) VALUES (21, 0, x'00', x'00')",
         "DELETE FROM ledger_head WHERE size = 21"},
        {"UPDATE setting SET value = x'00' || value WHERE name = 'ledger.key'", NULL},
    };
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    fill(workspace);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_sql(workspace, (raw_sql){.sql = cases[i].block});
        int64_t events = count_of(workspace, "ledger_event"),
                payloads = count_of(workspace, "ledger_payload"),
                heads = count_of(workspace, "ledger_head");
        for (int swallow = 0; swallow < 2; swallow++) {
            bad_case bad = {contact_event("record.created", 30, 1, 0, PB_STR("p")), swallow};
            if (db_write(workspace, append_work, &bad, &err) == PB_OK)
                fail_msg("case %zu was written", i);
            assert_int_equal(count_of(workspace, "t_value_note"), 0);
            assert_int_equal(count_of(workspace, "ledger_event"), events);
            assert_int_equal(count_of(workspace, "ledger_payload"), payloads);
            assert_int_equal(count_of(workspace, "ledger_head"), heads);
        }
        if (!cases[i].clear)
            break;
        run_sql(workspace, (raw_sql){.sql = cases[i].clear});
        ledger_report report;
        must_verify(workspace, &report);
        assert_int_equal(report.events, FILLED_EVENTS);
    }
    db_workspace_close(workspace);
}

/* Tiles are written when they fill: a failure there undoes everything as well. */
static pb_status many_work(db_session *session, void *context, pb_error *err)
{
    int count = *(int *)context;
    uint64_t sequence;
    for (int i = 0; i < count; i++) {
        ledger_event event = {.kind = "audit.run", .at_us = i, .actor = {.name = PB_STR("t")}};
        PB_TRY(ledger_append(session, &event, &sequence, err));
    }
    return PB_OK;
}

static void test_a_tile_that_cannot_be_written_undoes_all(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    fill(workspace);
    run_sql(workspace, (raw_sql){.sql = "DROP TABLE ledger_tile"});
    for (int count = 1; count <= 300; count += 299) {
        assert_int_not_equal(db_write(workspace, many_work, &count, &err), PB_OK);
        assert_int_equal(count_of(workspace, "ledger_event"), FILLED_EVENTS);
        assert_int_equal(count_of(workspace, "ledger_head"), FILLED_COMMITS);
    }
    db_workspace_close(workspace);
}

static pb_status fail_after_work(db_session *session, void *context, pb_error *err)
{
    PB_TRY(many_work(session, context, err));
    return pb_fail(err, PB_CANCELLED, "stopped", NULL);
}

/* shows: ACC-5 */
static void test_rollback_leaves_the_tree_as_it_was(void **state)
{
    (void)state;
    pb_error err = {0};
    ledger_report report;
    db_workspace *workspace = scratch_workspace();
    uint64_t total = 0;
    static const int counts[] = {1, 3, 250, 2, 255, 1, 256, 257, 700, 40};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int count = counts[i], lost = counts[(i * 3 + 1) % 10];
        assert_int_equal(db_write(workspace, fail_after_work, &lost, &err), PB_CANCELLED);
        must(db_write(workspace, many_work, &count, &err), &err);
        total += (uint64_t)count;
        must_verify(workspace, &report);
        assert_int_equal(report.events, total);
        assert_int_equal(report.heads, i + 1);
    }
    assert_int_equal(count_of(workspace, "ledger_tile"), (total + 255) / 256 + 1);
    db_workspace_close(workspace);
}

enum { THREADS = 6, ROUNDS = 40 };

typedef struct thread_work {
    db_workspace *workspace;
    int number;
    int done;
} thread_work;

static void *write_much(void *context)
{
    thread_work *work = context;
    pb_error err = {0};
    for (int i = 0; i < ROUNDS; i++) {
        int count = 1 + (work->number * 7 + i * 3) % 9;
        bool lost = (work->number + i) % 3 == 0;
        pb_status status =
            db_write(work->workspace, lost ? fail_after_work : many_work, &count, &err);
        if (status == PB_OK)
            work->done += count;
        else if (!lost || status != PB_CANCELLED)
            return work;
    }
    return NULL;
}

/* Writers share commits; some of them fail and take only their own events with them. */
/* shows: ACC-5 */
static void test_many_writers_share_heads(void **state)
{
    (void)state;
    db_workspace *workspace = scratch_workspace();
    pthread_t threads[THREADS];
    thread_work work[THREADS];
    uint64_t total = 0;
    for (int i = 0; i < THREADS; i++) {
        work[i] = (thread_work){workspace, i, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, write_much, &work[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
        total += (uint64_t)work[i].done;
    }
    ledger_report report;
    must_verify(workspace, &report);
    assert_int_equal(report.events, total);
    db_workspace_close(workspace);
}

/* shows: ACC-5 */
static void test_a_reopened_workspace_goes_on(void **state)
{
    (void)state;
    pb_error err = {0};
    PB_AUTO_ARENA arena = pb_arena_new(0);
    char *folder, *place, *key;
    must(sys_temp_dir(arena, &folder, &err), &err);
    place = sys_path_join(arena, folder, "w");
    key = sys_path_join(arena, folder, "key");
    db_options options = {.key.key_file = key};
    db_workspace *workspace;
    ledger_report report;
    tiny_schema_make(&test_schema);
    must(db_workspace_create(place, &test_schema.schema, &options, NULL, &workspace, &err), &err);
    fill(workspace);
    int total = FILLED_EVENTS;
    for (int count = 100; count < 400; count += 100) {
        db_workspace_close(workspace);
        must(db_workspace_open(place, &test_schema.schema, &options, &workspace, &err), &err);
        must(db_write(workspace, many_work, &count, &err), &err);
        total += count;
        must_verify(workspace, &report);
        assert_int_equal(report.events, total);
    }
    db_workspace_close(workspace);
    must(sys_dir_remove_tree(folder, &err), &err);
}

static pb_status erase_work(db_session *session, void *context, pb_error *err)
{
    return ledger_erase_payload(
        session, *(uint64_t *)context,
        (ledger_actor){PB_STR("officer"), PB_STR("asked by the subject"), PB_STR("unit")},
        INT64_C(1700000002000000), err);
}

/* shows: PRI-5 ACC-5 */
static void test_erasing_a_payload_leaves_the_chain_valid(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    PB_AUTO_ARENA arena = pb_arena_new(0);
    ledger_report report;
    fill(workspace);
    uint64_t sequences[] = {9, 0, 3};
    for (size_t i = 0; i < 3; i++) {
        must(db_write(workspace, erase_work, &sequences[i], &err), &err);
        must_verify(workspace, &report);
        assert_int_equal(report.erased, i + 1);
        assert_int_equal(report.payloads, FILLED_PAYLOADS - i - 1);
        assert_int_equal(report.events, FILLED_EVENTS + i + 1);
        assert_int_equal(db_write(workspace, erase_work, &sequences[i], &err), PB_NOT_FOUND);
    }
    uint64_t without[] = {15, 20, 4711, UINT64_MAX};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(db_write(workspace, erase_work, &without[i], &err), PB_NOT_FOUND);
    db_session *session;
    ledger_event event;
    bool erased;
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_read(session, 9, arena, &event, &erased, &err), &err);
    assert_true(erased && pb_str_empty(event.payload));
    must(ledger_read(session, 20, arena, &event, &erased, &err), &err);
    assert_string_equal(event.kind, "payload.erased");
    assert_int_equal(event.about, 9 + 1);
    assert_true(pb_str_is(event.actor.purpose, "asked by the subject"));
    db_snapshot_close(session);
    db_workspace_close(workspace);
}

typedef struct walked {
    uint64_t count, erased;
    int64_t at_us;
} walked;

static pb_status walk_changes(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    walked *w = context;
    (void)err;
    assert_string_equal(event->kind, "record.changed");
    assert_true(event->at_us >= w->at_us); /* in order */
    assert_true(erased ? pb_str_empty(event->payload)
                       : pb_str_starts(event->payload, PB_STR("what happened in event ")));
    w->at_us = event->at_us;
    w->count++;
    w->erased += erased;
    return PB_OK;
}

static pb_status stop_walking(void *context, const ledger_event *event, bool erased, pb_error *err)
{
    (void)event;
    (void)erased;
    ++*(int *)context;
    return pb_fail(err, PB_CANCELLED, PB_MSG("Stopped on request"), NULL);
}

/* shows: ACC-4 */
static void test_events_of_one_kind_are_walked(void **state)
{
    (void)state;
    pb_error err = {0};
    db_workspace *workspace = scratch_workspace();
    uint64_t erase = 9;
    walked w = {.at_us = INT64_MIN};
    int stopped = 0;
    db_session *session;
    fill(workspace);
    must(db_write(workspace, erase_work, &erase, &err), &err);
    must(db_snapshot_open(workspace, &session, &err), &err);
    must(ledger_each_of(session, "record.changed", walk_changes, &w, &err), &err);
    assert_int_equal(w.count, 6);
    assert_int_equal(w.erased, 1);
    must(ledger_each_of(session, "record.change", walk_changes, &w, &err), &err);
    must(ledger_each_of(session, "record.read", walk_changes, &w, &err), &err);
    assert_int_equal(w.count, 6);
    assert_int_equal(ledger_each_of(session, "audit.run", stop_walking, &stopped, &err),
                     PB_CANCELLED);
    assert_int_equal(stopped, 1);
    db_snapshot_close(session);
    db_workspace_close(workspace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_read_back_as_written),
        cmocka_unit_test(test_the_head_is_a_signed_checkpoint),
        cmocka_unit_test(test_what_is_no_event_is_refused),
        cmocka_unit_test(test_if_the_append_fails_nothing_is_written),
        cmocka_unit_test(test_a_tile_that_cannot_be_written_undoes_all),
        cmocka_unit_test(test_rollback_leaves_the_tree_as_it_was),
        cmocka_unit_test(test_many_writers_share_heads),
        cmocka_unit_test(test_a_reopened_workspace_goes_on),
        cmocka_unit_test(test_erasing_a_payload_leaves_the_chain_valid),
        cmocka_unit_test(test_events_of_one_kind_are_walked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
