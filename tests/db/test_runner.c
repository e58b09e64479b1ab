/* The transaction runner: group commit, rolling back alone and together, snapshots, many threads.
 */
#include "db_support.h"

#include "internal.h"

#include <pthread.h>
#include <semaphore.h>

enum { THREADS = 8, EACH = 60 };

static pb_status write_and_fail(db_session *session, void *context, pb_error *err)
{
    PB_TRY(insert_account(session, *(const int64_t *)context, PB_STR("Lost"), err));
    return pb_fail(err, PB_INVALID, PB_MSG("No."), NULL);
}

static void rollback_body(room *r)
{
    int64_t n = 1;
    make(r);
    assert_status(PB_INVALID, db_write(r->workspace, write_and_fail, &n, &r->err));
    assert_string_equal("No.", r->err.primary.id);
    assert_int_equal(0, count_now(r, ACCOUNTS));
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_status(PB_EXISTS, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(1, count_now(r, ACCOUNTS));
    reopen(r);
    assert_int_equal(1, count_now(r, ACCOUNTS));
}
ON_EVERY_ENGINE(a_failing_work_writes_nothing, rollback_body)

static pb_status begin_inside(db_session *session, void *context, pb_error *err)
{
    int64_t n = 1;
    (void)context;
    return db_write(db_session_workspace(session), insert_work, &n, err);
}

static void nested_body(room *r)
{
    make(r);
    assert_status(PB_INTERNAL, db_write(r->workspace, begin_inside, NULL, &r->err));
    assert_int_equal(0, count_now(r, ACCOUNTS));
}
ON_EVERY_ENGINE(transactions_do_not_nest, nested_body)

/* ---- before the commit ---- */

typedef struct closing {
    int runs;
    bool fails;
} closing;

static pb_status close_batch(db_session *session, void *context, pb_error *err)
{
    closing *what = context;
    what->runs++;
    if (what->fails)
        return pb_fail(err, PB_IO, PB_MSG("No seal."), NULL);
    return insert_account(session, 1000 + what->runs, PB_STR("Seal"), err);
}

static pb_status insert_sealed(db_session *session, void *context, pb_error *err)
{
    int64_t n = 1;
    PB_TRY(db_before_commit(session, close_batch, context, err));
    PB_TRY(db_before_commit(session, close_batch, context, err));
    return insert_account(session, n, PB_STR("Sealed"), err);
}

static void before_commit_body(room *r)
{
    closing what = {0, true};
    make(r);
    assert_status(PB_IO, db_write(r->workspace, insert_sealed, &what, &r->err));
    assert_int_equal(1, what.runs);
    assert_int_equal(0, count_now(r, ACCOUNTS));
    what = (closing){0, false};
    assert_ok(r, db_write(r->workspace, insert_sealed, &what, &r->err));
    assert_int_equal(1, what.runs);
    assert_int_equal(2, count_now(r, ACCOUNTS));
    int64_t n = 2;
    assert_ok(
        r, db_write(r->workspace, insert_work, &n, &r->err)); /* registered for one commit only */
    assert_int_equal(1, what.runs);
}
ON_EVERY_ENGINE(work_before_commit_is_part_of_it, before_commit_body)

/* ---- things kept beside ---- */

static int undone, ended;

static void note_rolled_back(void *value)
{
    (void)value;
    undone++;
}

static void note_done(void *value)
{
    (void)value;
    ended++;
}

static void slot_body(room *r)
{
    int64_t n = 1;
    make(r);
    undone = ended = 0;
    void **slot = db_workspace_slot(r->workspace, "test", note_done, note_rolled_back);
    assert_null(*slot);
    *slot = &n;
    assert_ptr_equal(slot, db_workspace_slot(r->workspace, "test", note_done, note_rolled_back));
    assert_status(PB_INVALID, db_write(r->workspace, write_and_fail, &n, NULL));
    assert_int_equal(1, undone);
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(1, undone);
    r->workspace = db_workspace_close(r->workspace);
    assert_int_equal(1, ended);
}
ON_EVERY_ENGINE(what_is_kept_beside_hears_of_rollbacks, slot_body)

/* ---- snapshots ---- */

static void snapshot_body(room *r)
{
    db_session *session = NULL;
    make(r);
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    assert_false(db_session_writes(session));
    for (int64_t n = 1; n <= 5; n++)
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(0, count_in(r, session, ACCOUNTS));
    assert_int_equal(5, count_now(r, ACCOUNTS));
    assert_int_equal(0, count_in(r, session, ACCOUNTS));
    db_stmt *stmt = NULL;
    assert_ok(r, db_prepare(session, "DELETE FROM t_account", &stmt, &r->err));
    assert_status(PB_DENIED, db_run(stmt, &r->err));
    assert_status(PB_INTERNAL, db_before_commit(session, close_batch, NULL, &r->err));
    db_snapshot_close(session);
}

ON_EVERY_ENGINE(a_snapshot_stays_as_it_was, snapshot_body)

/* Two snapshots of one state, whatever is committed before, between and after. */
static void beside_body(room *r)
{
    db_session *session = NULL, *second = NULL;
    make(r);
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (int64_t n = 1; n <= 5; n++)
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_ok(r, db_snapshot_beside(session, &second, &r->err));
    assert_non_null(second);
    for (int64_t n = 6; n <= 8; n++)
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    int64_t seen = count_in(r, session, ACCOUNTS); /* an engine may begin the first anew */
    assert_true(seen == 0 || seen == 5);
    assert_int_equal(seen, count_in(r, second, ACCOUNTS));
    db_snapshot_close(second);
    db_snapshot_close(session);
}

/* shows: AUD-3 */
ON_EVERY_ENGINE(two_snapshots_see_one_state, beside_body)

/* ---- many threads ---- */

typedef struct worker {
    room *r;
    int number;
    int failed, surprises;
} worker;

static pb_status keep_or_fail(db_session *session, void *context, pb_error *err)
{
    int64_t n = *(const int64_t *)context;
    char token[32];
    snprintf(token, sizeof token, "t%lld ", (long long)n);
    PB_TRY(insert_account(session, n, PB_STR("Thread"), err));
    PB_TRY(db_search_add(session, PB_STR("account"), n, pb_str_c(token), err));
    return n % 7 == 0 ? pb_fail(err, PB_INVALID, PB_MSG("Sevens fail."), NULL) : PB_OK;
}

static void *work(void *context)
{
    worker *w = context;
    for (int i = 0; i < EACH; i++) {
        int64_t n = (int64_t)w->number * EACH + i + 1;
        pb_error err;
        pb_status status = db_write(w->r->workspace, keep_or_fail, &n, &err);
        w->failed += status == PB_INVALID;
        w->surprises += status != (n % 7 == 0 ? PB_INVALID : PB_OK);
        db_session *session = NULL;
        db_stmt *stmt = NULL;
        bool row = false;
        if (db_snapshot_open(w->r->workspace, &session, &err) != PB_OK ||
            db_prepare(session, "SELECT COUNT(*) FROM t_account WHERE n = ?1", &stmt, &err) !=
                PB_OK) {
            w->surprises++;
            return NULL;
        }
        db_bind_i64(stmt, 1, n);
        if (db_step(stmt, &row, &err) != PB_OK || db_column_i64(stmt, 0) != (n % 7 != 0))
            w->surprises++; /* what was acknowledged must be seen */
        db_snapshot_close(session);
    }
    return NULL;
}

static void threads_body(room *r)
{
    pthread_t threads[THREADS];
    worker workers[THREADS];
    make(r);
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (worker){r, i, 0, 0};
        assert_int_equal(0, pthread_create(&threads[i], NULL, work, &workers[i]));
    }
    int failed = 0;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(0, workers[i].surprises);
        failed += workers[i].failed;
    }
    assert_int_equal(THREADS * EACH / 7, failed);
    assert_int_equal(THREADS * EACH - failed, count_now(r, ACCOUNTS));
    assert_int_equal(THREADS * EACH - failed, count_now(r, "SELECT COUNT(*) FROM search_fresh"));
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
ON_EVERY_ENGINE(threads_share_commits, threads_body)

/* ---- one batch, its order known ---- */

enum { BATCH = 3, NUMBER = 100 }; /* numbers of the first batch's accounts */

typedef struct member {
    room *r;
    pthread_t thread;
    int64_t n;
    bool fails;
    int runs;
    pb_status status;
} member;

typedef struct blocker {
    sem_t begun, go;
} blocker;

static int summed_up;

static pb_status sum_up(db_session *session, void *context, pb_error *err)
{
    (void)context;
    summed_up++;
    return insert_account(session, 1000 + summed_up, PB_STR("Sum"), err);
}

static pb_status member_work(db_session *session, void *context, pb_error *err)
{
    member *m = context;
    m->runs++;
    PB_TRY(db_after_work(session, sum_up, NULL, err));
    PB_TRY(insert_account(session, m->n, PB_STR("Member"), err));
    return m->fails ? pb_fail(err, PB_INVALID, PB_MSG("No."), NULL) : PB_OK;
}

static void *member_thread(void *context)
{
    member *m = context;
    m->status = db_write(m->r->workspace, member_work, m, NULL);
    return NULL;
}

static pb_status block(db_session *session, void *context, pb_error *err)
{
    blocker *b = context;
    (void)session;
    (void)err;
    sem_post(&b->begun);
    sem_wait(&b->go);
    return PB_OK;
}

typedef struct block_thread_context {
    room *r;
    blocker b;
} block_thread_context;

static void *block_thread(void *context)
{
    block_thread_context *c = context;
    return db_write(c->r->workspace, block, &c->b, NULL) == PB_OK ? c : NULL;
}

static size_t queued(room *r)
{
    pthread_mutex_lock(&r->workspace->lock);
    size_t count = r->workspace->queued;
    pthread_mutex_unlock(&r->workspace->lock);
    return count;
}

/* While one holds the lead the members queue, in order; then they are one batch. */
static void run_members(room *r, int64_t first, int failing, member members[BATCH])
{
    block_thread_context c = {.r = r};
    pthread_t blocking;
    void *good = NULL;
    sem_init(&c.b.begun, 0, 0);
    sem_init(&c.b.go, 0, 0);
    assert_int_equal(0, pthread_create(&blocking, NULL, block_thread, &c));
    sem_wait(&c.b.begun);
    for (int i = 0; i < BATCH; i++) {
        members[i] = (member){.r = r, .n = first + i, .fails = i == failing};
        assert_int_equal(0, pthread_create(&members[i].thread, NULL, member_thread, &members[i]));
        while (queued(r) != (size_t)i + 1)
            usleep(1000);
    }
    sem_post(&c.b.go);
    pthread_join(blocking, &good);
    assert_non_null(good);
    for (int i = 0; i < BATCH; i++) {
        pthread_join(members[i].thread, NULL);
        assert_int_equal(i == failing ? PB_INVALID : PB_OK, members[i].status);
    }
    sem_destroy(&c.b.begun);
    sem_destroy(&c.b.go);
}

static void batch_body(room *r)
{
    member m[BATCH];
    int undone_before;
    static int kept;
    make(r);
    void **slot = db_workspace_slot(r->workspace, "test", NULL, note_rolled_back);
    *slot = &kept;
    undone = summed_up = 0;
    /* Together: each runs once, what sums up runs once for all. */
    run_members(r, NUMBER, -1, m);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(1, m[i].runs);
    assert_int_equal(1, summed_up);
    assert_int_equal(0, undone);
    assert_int_equal(BATCH + 1, count_now(r, ACCOUNTS));
    /* The second fails: all again, apart, each with its own sum; nothing of it stays. */
    run_members(r, NUMBER + 10, 1, m);
    assert_int_equal(2, m[0].runs);
    assert_int_equal(2, m[1].runs);
    assert_int_equal(1, m[2].runs);
    assert_int_equal(3, summed_up);
    assert_int_equal(2, undone); /* the whole batch, then the second alone */
    assert_int_equal(BATCH + 1 + 2 + 2, count_now(r, ACCOUNTS));
    /* For a while they stay apart, so that a failure costs the others nothing. */
    undone_before = undone;
    run_members(r, NUMBER + 20, 1, m);
    for (int i = 0; i < BATCH; i++)
        assert_int_equal(1, m[i].runs);
    assert_int_equal(undone_before + 1, undone);
    assert_int_equal(BATCH + 1 + 4 + 4, count_now(r, ACCOUNTS));
    reopen(r);
    assert_int_equal(BATCH + 1 + 4 + 4, count_now(r, ACCOUNTS));
}
/* shows: PER-2 */
ON_EVERY_ENGINE(a_failing_work_of_a_batch_harms_no_other, batch_body)

/* Who stays away is not waited for longer than half a commit, then not at all. */
static void gather_body(room *r)
{
    member m[BATCH];
    make(r);
    run_members(r, NUMBER, -1, m);
    assert_int_equal(BATCH, r->workspace->expected);
    assert_in_range(r->workspace->gather_us, 0, DB_GATHER_US);
    int64_t n = 1;
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_int_equal(1, r->workspace->expected);
}
/* shows: PER-2 */
ON_EVERY_ENGINE(one_writer_waits_for_nobody, gather_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_work_writes_nothing),
        cmocka_unit_test(transactions_do_not_nest),
        cmocka_unit_test(work_before_commit_is_part_of_it),
        cmocka_unit_test(what_is_kept_beside_hears_of_rollbacks),
        cmocka_unit_test(a_snapshot_stays_as_it_was),
        cmocka_unit_test(two_snapshots_see_one_state),
        cmocka_unit_test(threads_share_commits),
        cmocka_unit_test(a_failing_work_of_a_batch_harms_no_other),
        cmocka_unit_test(one_writer_waits_for_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
