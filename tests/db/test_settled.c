/* Snapshots that go on: cheaper, and never older than what anybody was told is stored, but for what
 * was written to the log alone. */
#include "db_support.h"

#include "db/share.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 6, EACH = 60, TRIES = 200, LOG_BASE = 1000000 };

static void share(room *r, size_t readers)
{
    const db_share how = {.readers = readers};
    db_share_as(r->workspace, &how);
}

static int64_t count_settled(room *r, const char *sql)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open_settled(r->workspace, NULL, &session, &r->err));
    int64_t count = count_in(r, session, sql);
    db_snapshot_close(session);
    return count;
}

/* Whoever writes, this process or another: it is seen by the very next snapshot. */
static void newest_body(room *r)
{
    db_workspace *other = NULL;
    make(r);
    share(r, 1);
    assert_int_equal(0, count_settled(r, ACCOUNTS));
    assert_ok(r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &other, &r->err));
    for (int64_t n = 1; n <= 40; n++) {
        assert_ok(r, db_write(n % 3 == 0 ? other : r->workspace, insert_work, &n, &r->err));
        assert_int_equal(n, count_settled(r, ACCOUNTS));
        assert_int_equal(n, count_settled(r, ACCOUNTS));
        assert_int_equal(n, count_now(r, ACCOUNTS));
    }
    db_workspace_close(other);
    share(r, 0); /* closes readers that are open */
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: PER-1 PER-2 */
ON_EVERY_ENGINE(what_anybody_wrote_is_seen_by_the_next_snapshot, newest_body)

/* What is said to be of the log alone leaves a snapshot as it was, where the engine can tell; the
 * next that is not of the log shows both, and a common snapshot shows it at once. */
static void log_body(room *r)
{
    int64_t rows = 0;
    bool went_on = false;
    make(r);
    share(r, 1);
    for (int64_t n = 1; n <= TRIES && !went_on; n++) {
        int64_t before = count_settled(r, ACCOUNTS), log = LOG_BASE + n;
        assert_int_equal(rows, before);
        assert_ok(r, db_write_log(r->workspace, insert_work, &log, &r->err));
        went_on = count_settled(r, ACCOUNTS) == before;
        assert_int_equal(rows + 1, count_now(r, ACCOUNTS));
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
        rows += 2;
        assert_int_equal(rows, count_settled(r, ACCOUNTS));
    }
    /* A server is asked anew each time. */
    assert_int_equal(!on_postgres(), went_on);
}
/* shows: PER-1 */
ON_EVERY_ENGINE(what_is_of_the_log_alone_ends_no_snapshot, log_body)

/* Nobody holds the log of the file for long: when no one asks any more, the next look ends it. */
static void released_body(room *r)
{
    int64_t one = 1;
    db_figures f;
    make(r);
    share(r, 2);
    assert_int_equal(0, count_settled(r, ACCOUNTS));
    int64_t end_us = sys_monotonic_us() + 300000;
    while (sys_monotonic_us() < end_us)
        sys_sleep_us(10000);
    db_share_tick(r->workspace);
    db_figures_read(r->workspace, &f);
    assert_int_equal(1, f.readers);
    assert_int_equal(1, f.readers_idle);
    assert_ok(r, db_write_log(r->workspace, insert_work, &one, &r->err));
    assert_int_equal(1, count_settled(r, ACCOUNTS));
}
/* shows: PER-1 */
ON_EVERY_ENGINE(a_snapshot_that_nobody_uses_ends, released_body)

static uint64_t view_settled(room *r)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open_settled(r->workspace, NULL, &session, &r->err));
    uint64_t view = db_session_view(session);
    db_snapshot_close(session);
    return view;
}

static uint64_t view_common(room *r)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    uint64_t view = db_session_view(session);
    db_snapshot_close(session);
    return view;
}

/* What was read may be kept over commits of the log, also by a snapshot that is new, and over none
 * of anything else, whoever made it; where the engine cannot tell, nothing may be kept. */
static void view_body(room *r)
{
    db_workspace *other = NULL;
    int64_t n = 0, log = LOG_BASE;
    make(r);
    share(r, 1);
    assert_ok(r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &other, &r->err));
    uint64_t view = 0; /* the engine counts from its first look on */
    for (int i = 0; i < TRIES && view == 0; i++) {
        n++;
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
        view = view_settled(r);
    }
    assert_int_equal(on_postgres(), view == 0);
    for (int i = 0; i < 10 && !on_postgres(); i++) {
        log++;
        assert_ok(r, db_write_log(r->workspace, insert_work, &log, &r->err));
        assert_int_equal(view, view_settled(r));
        assert_int_equal(0, view_common(r)); /* it ends the one that went on */
        assert_int_equal(view, view_settled(r));
        n++;
        assert_ok(r, db_write(i % 2 == 0 ? other : r->workspace, insert_work, &n, &r->err));
        log++; /* behind it: what is of the log hides nothing that was before */
        assert_ok(r, db_write_log(r->workspace, insert_work, &log, &r->err));
        uint64_t next = view_settled(r);
        assert_int_not_equal(view, next);
        view = next;
    }
    db_workspace_close(other);
}
/* shows: PER-1 PER-2 */
ON_EVERY_ENGINE(what_was_read_is_kept_over_commits_of_the_log_alone, view_body)

typedef struct mixer {
    room *r;
    pthread_t thread;
    int64_t number;
    int surprises;
} mixer;

static bool is_there(mixer *m, int64_t n)
{
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    pb_status status = db_snapshot_open_settled(m->r->workspace, NULL, &session, NULL);
    if (status == PB_OK)
        status = db_prepare(session, "SELECT COUNT(*) FROM t_account WHERE n = ?1", &stmt, NULL);
    if (status == PB_OK) {
        db_bind_i64(stmt, 1, n);
        status = db_step(stmt, &row, NULL);
    }
    bool there = status == PB_OK && row && db_column_i64(stmt, 0) == 1;
    db_snapshot_close(session);
    return there;
}

static void *mix(void *context)
{
    mixer *m = context;
    for (int64_t i = 0; i < EACH; i++) {
        int64_t n = m->number * EACH + i + 1, log = LOG_BASE + n;
        m->surprises += db_write(m->r->workspace, insert_work, &n, NULL) != PB_OK;
        m->surprises += !is_there(m, n);
        m->surprises += db_write_log(m->r->workspace, insert_work, &log, NULL) != PB_OK;
        m->surprises += !is_there(m, n);
    }
    return NULL;
}

static void mixed_body(room *r)
{
    mixer mixers[THREADS];
    make(r);
    share(r, 3);
    for (int i = 0; i < THREADS; i++) {
        mixers[i] = (mixer){.r = r, .number = i};
        assert_int_equal(0, pthread_create(&mixers[i].thread, NULL, mix, &mixers[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(mixers[i].thread, NULL);
        assert_int_equal(0, mixers[i].surprises);
    }
    assert_int_equal(2 * THREADS * EACH, count_now(r, ACCOUNTS));
    share(r, 0);
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: PER-1 PER-2 */
ON_EVERY_ENGINE(who_was_told_that_it_is_stored_finds_it, mixed_body)

/* However many read without pause, the log of the file begins anew: snapshots that go on end in
 * time. */
static void short_body(room *r)
{
    make(r);
    share(r, 2);
    for (int64_t n = 1; n <= 1200; n++) {
        int64_t log = LOG_BASE + n;
        assert_ok(r, db_write_log(r->workspace, insert_work, &log, &r->err));
        assert_in_range(count_settled(r, "SELECT MAX(n) + 1 - MIN(n) FROM t_account"), 0, n);
    }
    if (on_postgres())
        return;
    struct stat log;
    char path[4096];
    snprintf(path, sizeof path, "%s/records.db-wal", r->url);
    assert_int_equal(0, stat(path, &log));
    assert_in_range(log.st_size, 1, 32 << 20);
}
/* shows: PER-1 PER-2 */
ON_EVERY_ENGINE(the_log_of_the_file_does_not_grow_for_it, short_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_anybody_wrote_is_seen_by_the_next_snapshot),
        cmocka_unit_test(what_is_of_the_log_alone_ends_no_snapshot),
        cmocka_unit_test(what_was_read_is_kept_over_commits_of_the_log_alone),
        cmocka_unit_test(a_snapshot_that_nobody_uses_ends),
        cmocka_unit_test(who_was_told_that_it_is_stored_finds_it),
        cmocka_unit_test(the_log_of_the_file_does_not_grow_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
