/* One workspace for many threads: readers are bounded and handed on, every snapshot is of the
 * newest commit, and what takes too long ends without harm to others. */
#include "db_support.h"

#include "db/share.h"
#include "sys/clock.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { SHORT_US = 50000, LONG_US = 60000000, THREADS = 12, EACH = 25 };

#define ENDLESS                                                                                    \
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT (x + 1) % 1000000 FROM c)"                  \
    " SELECT COUNT(*) FROM c"

static db_limits within(int64_t us)
{
    return (db_limits){.until_us = sys_monotonic_us() + us};
}

static db_figures figures(room *r)
{
    db_figures f;
    db_figures_read(r->workspace, &f);
    return f;
}

static void share(room *r, size_t readers, size_t queue)
{
    const db_share how = {.readers = readers, .queue = queue};
    db_share_as(r->workspace, &how);
}

/* ---- readers ---- */

typedef struct asker {
    room *r;
    pthread_t thread;
    pb_status status;
    int64_t seen;
} asker;

static int64_t look(db_session *session, const char *sql, pb_status *ret_status)
{
    db_stmt *stmt = NULL;
    bool row = false;
    int64_t number = -1;
    *ret_status = db_prepare(session, sql, &stmt, NULL);
    if (*ret_status == PB_OK)
        *ret_status = db_step(stmt, &row, NULL);
    if (*ret_status == PB_OK && row)
        number = db_column_i64(stmt, 0);
    return number;
}

static void *ask(void *context)
{
    asker *a = context;
    db_session *session = NULL;
    a->status = db_snapshot_open(a->r->workspace, &session, NULL);
    if (a->status == PB_OK)
        a->seen = look(session, ACCOUNTS, &a->status);
    db_snapshot_close(session);
    return NULL;
}

/* Who comes when all readers are at work waits for the next that is free, and sees what was
 * committed while he waited. */
static void bounded_body(room *r)
{
    db_session *first = NULL, *second = NULL, *third = NULL;
    asker waiting = {.r = r};
    int64_t n = 1;
    make(r);
    share(r, 2, 0);
    assert_ok(r, db_snapshot_open(r->workspace, &first, &r->err));
    assert_ok(r, db_snapshot_open(r->workspace, &second, &r->err));
    db_limits soon = within(SHORT_US);
    assert_status(PB_BUSY, db_snapshot_open_within(r->workspace, &soon, &third, &r->err));
    assert_null(third);
    assert_int_equal(0, pthread_create(&waiting.thread, NULL, ask, &waiting));
    while (figures(r).snapshot_waits < 2)
        sys_sleep_us(1000);
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(2, figures(r).readers);
    db_snapshot_close(first);
    pthread_join(waiting.thread, NULL);
    assert_int_equal(PB_OK, waiting.status);
    assert_int_equal(1, waiting.seen);
    assert_int_equal(0, count_in(r, second, ACCOUNTS));
    db_snapshot_close(second);
    assert_int_equal(2, figures(r).readers_idle);
    db_share_rest(r->workspace);
    assert_int_equal(0, figures(r).readers);
    assert_int_equal(1, count_now(r, ACCOUNTS));
}
/* shows: PER-1 */
ON_EVERY_ENGINE(who_finds_no_reader_waits_for_one, bounded_body)

/* A reader that is handed on sees what others committed, other processes' too. */
static void fresh_body(room *r)
{
    db_workspace *other = NULL;
    make(r);
    share(r, 1, 0);
    assert_int_equal(0, count_now(r, ACCOUNTS));
    assert_ok(r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &other, &r->err));
    for (int64_t n = 1; n <= 6; n++) {
        assert_ok(r, db_write(n % 2 == 0 ? other : r->workspace, insert_work, &n, &r->err));
        assert_int_equal(n, count_now(r, ACCOUNTS));
    }
    db_workspace_close(other);
    assert_int_equal(1, figures(r).readers);
}
/* shows: PER-1 ACC-4 */
ON_EVERY_ENGINE(every_snapshot_is_of_the_newest_commit, fresh_body)

static int ended;

static void note_end(void *value)
{
    ended += *(int *)value;
}

static void kept_body(room *r)
{
    static int one = 1;
    db_session *session = NULL;
    make(r);
    share(r, 1, 0);
    ended = 0;
    for (int i = 0; i < 2; i++) {
        assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
        void **slot = db_session_slot(session, "test", note_end);
        assert_ptr_equal(*slot, i == 0 ? NULL : &one);
        *slot = &one;
        db_snapshot_close(session);
    }
    assert_int_equal(0, ended);
    db_share_rest(r->workspace);
    assert_int_equal(1, ended);
}
ON_EVERY_ENGINE(what_a_reader_keeps_stays_with_it, kept_body)

/* ---- what takes too long ---- */

static pb_status count_for_ever(db_workspace *workspace, const db_limits *limits)
{
    db_session *session = NULL;
    pb_status status = db_snapshot_open_within(workspace, limits, &session, NULL);
    if (status == PB_OK)
        look(session, ENDLESS, &status);
    db_snapshot_close(session);
    return status;
}

static void *stop_soon(void *context)
{
    sys_sleep_us(SHORT_US);
    atomic_store((_Atomic bool *)context, true);
    return NULL;
}

static void stopped_body(room *r)
{
    _Atomic bool stop = false;
    pthread_t thread;
    int64_t n = 1;
    make(r);
    share(r, 1, 0);
    db_limits limits = within(SHORT_US);
    assert_status(PB_BUSY, count_for_ever(r->workspace, &limits));
    assert_status(PB_BUSY, count_for_ever(r->workspace, &limits)); /* over: not even begun */
    limits = (db_limits){.until_us = sys_monotonic_us() + LONG_US, .stop = &stop};
    assert_int_equal(0, pthread_create(&thread, NULL, stop_soon, &stop));
    assert_status(PB_CANCELLED, count_for_ever(r->workspace, &limits));
    pthread_join(thread, NULL);
    /* The reader is as good as before, and nobody else's limits hold for who has it next. */
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(1, count_now(r, ACCOUNTS));
    assert_int_equal(1, figures(r).readers);
}
/* shows: PER-1 */
ON_EVERY_ENGINE(a_query_that_takes_too_long_is_stopped, stopped_body)

/* Somebody who knows of no limits at all. */
static pb_status count_beside(db_workspace *workspace)
{
    db_session *session = NULL, *second = NULL;
    pb_status status = db_snapshot_open(workspace, &session, NULL);
    if (status == PB_OK)
        status = db_snapshot_beside(session, &second, NULL);
    if (status == PB_OK && second != NULL)
        look(second, ENDLESS, &status);
    db_snapshot_close(second);
    db_snapshot_close(session);
    return status;
}

static void *write_freely(void *context)
{
    room *r = context;
    int64_t n = 2;
    return db_write(r->workspace, insert_work, &n, NULL) == PB_OK ? context : NULL;
}

static void held_body(room *r)
{
    pthread_t thread;
    void *wrote = NULL;
    int64_t n = 1;
    make(r);
    share(r, 3, 0);
    db_limits limits = within(SHORT_US);
    assert_null(db_limits_hold(&limits));
    assert_status(PB_BUSY, count_for_ever(r->workspace, NULL));
    assert_status(PB_BUSY, db_write(r->workspace, insert_work, &n, &r->err));
    limits = within(SHORT_US);
    assert_status(PB_BUSY, count_beside(r->workspace));
    /* They are this thread's alone. */
    assert_int_equal(0, pthread_create(&thread, NULL, write_freely, r));
    pthread_join(thread, &wrote);
    assert_ptr_equal(r, wrote);
    assert_ptr_equal(&limits, db_limits_hold(NULL));
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(2, count_now(r, ACCOUNTS));
}
/* shows: PER-1 */
ON_EVERY_ENGINE(what_a_thread_works_by_holds_for_all_that_it_asks, held_body)

typedef struct blocker {
    room *r;
    pthread_t thread;
    sem_t begun, go;
} blocker;

static pb_status block(db_session *session, void *context, pb_error *err)
{
    blocker *b = context;
    (void)session;
    (void)err;
    sem_post(&b->begun);
    sem_wait(&b->go);
    return PB_OK;
}

static void *block_thread(void *context)
{
    blocker *b = context;
    db_write(b->r->workspace, block, b, NULL);
    return NULL;
}

static void hold_lead(room *r, blocker *b)
{
    b->r = r;
    sem_init(&b->begun, 0, 0);
    sem_init(&b->go, 0, 0);
    assert_int_equal(0, pthread_create(&b->thread, NULL, block_thread, b));
    sem_wait(&b->begun);
}

static void let_go(blocker *b)
{
    sem_post(&b->go);
    pthread_join(b->thread, NULL);
    sem_destroy(&b->begun);
    sem_destroy(&b->go);
}

static void late_body(room *r)
{
    blocker b;
    int64_t n = 1;
    make(r);
    share(r, 0, 1);
    hold_lead(r, &b);
    db_limits limits = within(SHORT_US);
    assert_status(PB_BUSY, db_write_within(r->workspace, &limits, insert_work, &n, &r->err));
    assert_int_equal(0, figures(r).queued);
    assert_int_equal(1, figures(r).late);
    let_go(&b);
    assert_int_equal(0, count_now(r, ACCOUNTS));
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(1, count_now(r, ACCOUNTS));
}
/* shows: PER-2 */
ON_EVERY_ENGINE(what_is_too_late_is_never_written, late_body)

typedef struct member {
    room *r;
    pthread_t thread;
    int64_t n;
    bool endless;
    pb_status status;
} member;

static pb_status insert_or_never_end(db_session *session, void *context, pb_error *err)
{
    const member *m = context;
    db_stmt *stmt = NULL;
    bool row;
    PB_TRY(insert_account(session, m->n, PB_STR("Member"), err));
    if (!m->endless)
        return PB_OK;
    PB_TRY(db_prepare(session, ENDLESS, &stmt, err));
    return db_step(stmt, &row, err);
}

static void *member_thread(void *context)
{
    member *m = context;
    const db_limits limits = within(m->endless ? 4 * SHORT_US : LONG_US);
    m->status = db_write_within(m->r->workspace, &limits, insert_or_never_end, m, NULL);
    return NULL;
}

/* The one in a batch that never ends is undone alone. */
static void endless_body(room *r)
{
    enum { MEMBERS = 4 };
    blocker b;
    member members[MEMBERS];
    make(r);
    uint64_t before = figures(r).written;
    share(r, 0, MEMBERS);
    hold_lead(r, &b);
    for (int i = 0; i < MEMBERS; i++) {
        members[i] = (member){.r = r, .n = i + 1, .endless = i == 1};
        assert_int_equal(0, pthread_create(&members[i].thread, NULL, member_thread, &members[i]));
        while (figures(r).queued != (size_t)i + 1)
            sys_sleep_us(1000);
    }
    int64_t n = 100;
    assert_status(PB_BUSY, db_write(r->workspace, insert_work, &n, &r->err)); /* no place left */
    assert_int_equal(1, figures(r).refused);
    let_go(&b);
    for (int i = 0; i < MEMBERS; i++) {
        pthread_join(members[i].thread, NULL);
        assert_int_equal(i == 1 ? PB_BUSY : PB_OK, members[i].status);
    }
    assert_int_equal(MEMBERS - 1, count_now(r, ACCOUNTS));
    assert_int_equal(before + MEMBERS, figures(r).written); /* the blocker's too */
    assert_int_equal(2, figures(r).failed);
    assert_int_equal(0, figures(r).queued);
    assert_int_equal(MEMBERS, figures(r).queued_most);
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: PER-1 PER-2 */
ON_EVERY_ENGINE(a_work_that_never_ends_harms_no_other, endless_body)

/* ---- everything at once ---- */

typedef struct mixer {
    room *r;
    pthread_t thread;
    int number, surprises;
} mixer;

static pb_status fail_some(db_session *session, void *context, pb_error *err)
{
    int64_t n = *(const int64_t *)context;
    PB_TRY(insert_account(session, n, PB_STR("Mixed"), err));
    return n % 11 == 0 ? pb_fail(err, PB_INVALID, PB_MSG("Elevens fail."), NULL) : PB_OK;
}

static void *mix(void *context)
{
    mixer *m = context;
    for (int i = 0; i < EACH; i++) {
        int64_t n = (int64_t)m->number * EACH + i + 1;
        const db_limits limits = within(LONG_US);
        db_session *session = NULL;
        db_stmt *stmt = NULL;
        bool row = false;
        pb_status status = db_write_within(m->r->workspace, &limits, fail_some, &n, NULL);
        m->surprises += status != (n % 11 == 0 ? PB_INVALID : PB_OK);
        status = db_snapshot_open_within(m->r->workspace, &limits, &session, NULL);
        if (status == PB_OK)
            status =
                db_prepare(session, "SELECT COUNT(*) FROM t_account WHERE n = ?1", &stmt, NULL);
        if (status == PB_OK) {
            db_bind_i64(stmt, 1, n);
            status = db_step(stmt, &row, NULL);
        }
        /* What was answered is seen by whoever asks next. */
        m->surprises += status != PB_OK || !row || db_column_i64(stmt, 0) != (n % 11 != 0);
        db_snapshot_close(session);
    }
    return NULL;
}

static void mixed_body(room *r)
{
    mixer mixers[THREADS];
    make(r);
    db_figures f, before = figures(r);
    share(r, 3, 0);
    for (int i = 0; i < THREADS; i++) {
        mixers[i] = (mixer){.r = r, .number = i};
        assert_int_equal(0, pthread_create(&mixers[i].thread, NULL, mix, &mixers[i]));
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(mixers[i].thread, NULL);
        assert_int_equal(0, mixers[i].surprises);
    }
    int64_t failed = THREADS * EACH / 11;
    f = figures(r);
    uint64_t batches = 0;
    for (size_t i = 0; i < DB_BATCH_STEPS; i++)
        batches += f.batches[i];
    assert_int_equal(THREADS * EACH - failed, count_now(r, ACCOUNTS));
    assert_int_equal(THREADS * EACH, f.works - before.works);
    assert_int_equal(failed, f.failed);
    assert_int_equal(THREADS * EACH - failed, f.written - before.written);
    assert_int_equal(batches, f.commits);
    assert_in_range(f.readers, 1, 3);
    assert_int_equal(f.readers, f.readers_idle);
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: PER-1 PER-2 ACC-4 */
ON_EVERY_ENGINE(threads_share_readers_and_commits, mixed_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_finds_no_reader_waits_for_one),
        cmocka_unit_test(every_snapshot_is_of_the_newest_commit),
        cmocka_unit_test(what_a_reader_keeps_stays_with_it),
        cmocka_unit_test(a_query_that_takes_too_long_is_stopped),
        cmocka_unit_test(what_a_thread_works_by_holds_for_all_that_it_asks),
        cmocka_unit_test(what_is_too_late_is_never_written),
        cmocka_unit_test(a_work_that_never_ends_harms_no_other),
        cmocka_unit_test(threads_share_readers_and_commits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
