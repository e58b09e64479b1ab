/* Backups of rows: of workspaces that lie on a server. Both engines restore them. */
#include "backup_support.h"

#include "db/rows.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tests of this file need the server, whatever else runs on it. */
static void world_on_server(backup_world *w)
{
    setenv("PROBITY_TEST_ENGINE", "postgres", 1);
    world_begin(w);
}

static const char *fresh_address(backup_world *w)
{
    return pb_arena_cstr(w->arena, pb_str_c(engine_address()));
}

/* ---- many rows ---- */

enum { MANY = 6000 };

typedef struct batch {
    int first, count;
} batch;

static pb_status many_work(db_session *session, void *context, pb_error *err)
{
    const batch *b = context;
    for (int n = b->first; n < b->first + b->count; n++) {
        char payload[120];
        uint64_t sequence;
        snprintf(payload, sizeof payload, "contact %d, as made in a test of many of them", n);
        ledger_event event = contact_event("record.created", 1, 1, 0, pb_str_c(payload));
        for (size_t i = 0; i < 4; i++)
            event.record.b[12 + i] = (uint8_t)(n >> (8 * i));
        PB_TRY(write_contact(session, &event, n, &sequence, err));
    }
    return PB_OK;
}

static void many(backup_world *w, int first, int count)
{
    pb_error err = {0};
    batch b = {first, count};
    must(db_write(w->open, many_work, &b, &err), &err);
}

/* shows: PER-3 */
static void only_blocks_that_changed_go(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_on_server(&w);
    many(&w, 1, MANY);
    backup_sent first = world_backup(&w);
    assert_true(first.pages > 300);
    many(&w, 2 * MANY, 1); /* far behind all others */
    run_sql(w.open, (raw_sql){"UPDATE t_contact SET name = 'Mid' WHERE n = 3000", {{0}}, 0});
    backup_sent next = world_backup(&w);
    assert_true(next.pages_sent < 20);
    assert_true(next.pages >= first.pages);
    assert_true(next.bytes_sent * 4 < first.bytes_sent);
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    assert_int_equal(restored.pages, next.pages);
    assert_int_equal(world_count(&w, w.into, "t_contact"), MANY + 1);
    assert_int_equal(world_count(&w, w.into, "t_contact WHERE name = 'Mid'"), 1);
    world_end(&w);
}

/* shows: PER-3 */
static void rows_larger_than_a_block_come_back(void **state)
{
    (void)state;
    enum { LARGE = 900001 };
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    world_on_server(&w);
    fill(w.open);
    char *text = malloc(LARGE);
    assert_non_null(text);
    for (size_t i = 0; i < LARGE; i++)
        text[i] = (char)('a' + i * i % 23);
    const pb_value value = PB_VALUE_TEXT(pb_str_n(text, LARGE));
    run_sql(w.open, (raw_sql){"UPDATE t_contact SET name = ?1 WHERE n = 4", {value}, 1});
    world_backup(&w);
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    char where[100];
    snprintf(where, sizeof where, "t_contact WHERE LENGTH(name) = %d", LARGE);
    assert_int_equal(world_count(&w, w.into, where), 1);
    free(text);
    world_end(&w);
}

/* ---- from engine to engine ---- */

/* shows: PER-2 PER-3 */
static void every_way_between_the_engines(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    ledger_report report;
    world_on_server(&w);
    fill(w.open);
    world_backup(&w);
    backup_restore_options options = world_options(&w);
    const char *other = fresh_address(&w);
    options.into = other; /* server to server */
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, other, "t_contact"), FILLED_RECORDS);
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_EXISTS);
    options.into = w.into; /* server to folder */
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_true(restored.compared);
    db_workspace *folder = NULL;
    db_options open = {.key = world_key(&w)};
    must(db_workspace_open(w.into, &test_schema.schema, &open, &folder, &err), &err);
    must_verify(folder, &report);
    const char *place = sys_path_join(w.arena, w.folder, "pages");
    backup_sent sent;
    const backup_call call = world_call();
    must(backup_make(folder, &call, &place, 1, false, &sent, &err), &err); /* pages */
    db_workspace_close(folder);
    options.from = place;
    options.into = fresh_address(&w); /* folder to server */
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(world_count(&w, options.into, "t_contact"), FILLED_RECORDS);
    world_end(&w);
}

/* shows: PER-3 */
static void what_the_model_lost_is_no_silent_loss(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_sent sent;
    backup_restored restored;
    tiny_schema grown;
    const backup_call call = world_call();
    const char *place;
    world_on_server(&w);
    place = w.place;
    fill(w.open);
    w.open = db_workspace_close(w.open);
    tiny_schema_grow(&grown);
    db_options open = {.key = world_key(&w)};
    must(db_workspace_open(w.workspace, &grown.schema, &open, &w.open, &err), &err);
    must(backup_make(w.open, &call, &place, 1, false, &sent, &err), &err);
    w.open = db_workspace_close(w.open);
    /* the model as it was before: neither backs up what it does not know, nor restores it */
    must(db_workspace_open(w.workspace, &test_schema.schema, &open, &w.open, &err), &err);
    assert_int_equal(backup_make(w.open, &call, &place, 1, false, &sent, &err), PB_CONFLICT);
    backup_restore_options options = world_options(&w);
    assert_int_equal(world_restore(&w, &options, &restored, &err), PB_CONFLICT);
    assert_int_equal(sys_path_kind(w.into), SYS_NONE);
    world_end(&w);
}

/* ---- death ---- */

typedef struct killed {
    backup_world *w;
    const char *into; /* NULL: a backup */
} killed;

static void act(const killed *k)
{
    backup_world *w = k->w;
    const char *place = w->place;
    const backup_call call = world_call();
    backup_sent sent;
    backup_restored restored;
    db_options open = {.key = world_key(w)};
    backup_restore_options options = world_options(w);
    options.into = k->into;
    if (k->into != NULL)
        _exit(world_restore(w, &options, &restored, NULL) == PB_OK ? 0 : 4);
    if (db_workspace_open(w->workspace, &test_schema.schema, &open, &w->open, NULL) != PB_OK)
        _exit(3);
    _exit(backup_make(w->open, &call, &place, 1, false, &sent, NULL) == PB_OK ? 0 : 4);
}

/* False when it came to its end before. */
static bool dies_after(const killed *k, int64_t us)
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        act(k);
    sys_sleep_us(us);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        fail_msg("exit %d", WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

/* The server ends what a dead client began when it notices. */
static void restore_at_last(backup_world *w, const backup_restore_options *options)
{
    pb_error err = {0};
    backup_restored restored;
    pb_status status = PB_BUSY;
    for (int i = 0; i < 200 && status == PB_BUSY; i++) {
        status = world_restore(w, options, &restored, &err);
        if (status == PB_BUSY)
            sys_sleep_us(50000);
    }
    must(status, &err);
    assert_true(restored.compared);
}

/* shows: PER-3 */
static void death_during_a_restore_leaves_nothing_that_opens(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    int deaths = 0;
    world_on_server(&w);
    many(&w, 1, MANY);
    world_backup(&w);
    w.open = db_workspace_close(w.open);
    backup_restore_options options = world_options(&w);
    for (int64_t us = 5000;; us += 40000) {
        const killed k = {&w, fresh_address(&w)};
        db_workspace *opened = NULL;
        db_options open = {.key = world_key(&w)};
        if (!dies_after(&k, us))
            break;
        deaths++;
        pb_status status = db_workspace_open(k.into, &test_schema.schema, &open, &opened, &err);
        if (status == PB_OK) { /* it died behind its last commit: then nothing is missing */
            db_workspace_close(opened);
            assert_int_equal(world_count(&w, k.into, "t_contact"), MANY);
            break;
        }
        assert_int_equal(status, PB_NOT_FOUND);
        if (deaths % 4 != 2)
            continue;
        options.into = k.into; /* over what the dead one left */
        restore_at_last(&w, &options);
        assert_int_equal(world_count(&w, k.into, "t_contact"), MANY);
    }
    assert_true(deaths >= 4);
    world_end(&w);
}

/* shows: PER-3 */
static void death_during_a_backup_leaves_the_one_before(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    backup_restored restored;
    int deaths = 0;
    world_on_server(&w);
    many(&w, 1, MANY);
    world_backup(&w);
    many(&w, MANY + 1, MANY);
    w.open = db_workspace_close(w.open);
    const killed k = {&w, NULL};
    for (int64_t us = 3000; dies_after(&k, us); us += 15000) {
        backup_restore_options options = world_options(&w);
        options.into = pb_arena_printf(w.arena, "%s/look%d", w.folder, deaths);
        must(world_restore(&w, &options, &restored, &err), &err);
        assert_true(restored.report.records == MANY || restored.report.records == 2 * MANY);
        deaths++;
    }
    assert_true(deaths >= 4);
    db_options open = {.key = world_key(&w)};
    must(db_workspace_open(w.workspace, &test_schema.schema, &open, &w.open, &err), &err);
    world_backup(&w);
    backup_restore_options options = world_options(&w);
    must(world_restore(&w, &options, &restored, &err), &err);
    assert_int_equal(restored.report.records, 2 * MANY);
    world_end(&w);
}

/* shows: PER-3 */
static void two_restores_do_not_meet(void **state)
{
    (void)state;
    backup_world w;
    pb_error err = {0};
    db_workspace *first = NULL, *second = NULL;
    db_keyring *keyring = NULL;
    PB_AUTO_BUF head = PB_BUF_INIT(8192);
    world_on_server(&w);
    const db_key_source key = world_key(&w);
    must(db_head_read(w.open, &head, &err), &err);
    must(db_keyring_open(pb_buf_str(&head), &key, &keyring, &err), &err);
    const db_refill_place place = {.url = fresh_address(&w)};
    must(db_refill_open(&place, &test_schema.schema, keyring, &first, &err), &err);
    assert_int_equal(db_refill_open(&place, &test_schema.schema, keyring, &second, &err), PB_BUSY);
    must(db_refill_finish(first, &err), &err);
    db_workspace_close(first);
    assert_int_equal(db_refill_open(&place, &test_schema.schema, keyring, &second, &err),
                     PB_EXISTS);
    db_keyring_close(keyring);
    world_end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_blocks_that_changed_go),
        cmocka_unit_test(rows_larger_than_a_block_come_back),
        cmocka_unit_test(every_way_between_the_engines),
        cmocka_unit_test(what_the_model_lost_is_no_silent_loss),
        cmocka_unit_test(death_during_a_restore_leaves_nothing_that_opens),
        cmocka_unit_test(death_during_a_backup_leaves_the_one_before),
        cmocka_unit_test(two_restores_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
