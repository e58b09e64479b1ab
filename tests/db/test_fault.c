/* Every call that SQLite makes to its files fails once, and from then on: nothing acknowledged is
 * lost, nothing is half there, and the words are clear.
 */
#include "copy_support.h"
#include "fault_vfs.h"

#include "sys/fault.h"

enum { BATCHES = 24, ROWS = 3, NTH_MAX = 4000 };

typedef struct trial {
    room *r;
    bool kept; /* with a kept log */
    bool made;
    bool acknowledged[BATCHES];
    int next;
    stored base;
    bool based;
    const char *what; /* for messages */
    int failures;
} trial;

/* What an injected failure may be called. Never damage, a wrong key, or a fault of the program. */
static void judge(trial *t, pb_status status, const char *doing)
{
    room *r = t->r;
    if (status == PB_OK)
        return;
    t->failures++;
    bool clear = status == PB_IO || status == PB_BUSY || status == PB_MEMORY;
    if (!clear || r->err.primary.id == NULL)
        fail_msg("%s: %s: status %d: %s", t->what, doing, (int)status, said(r));
}

typedef struct batch {
    int number;
    int rows; /* each of that many pages or so, when large */
    bool large;
} batch;

static pb_status batch_work(db_session *session, void *context, pb_error *err)
{
    const batch *b = context;
    static char name[6000];
    char token[32];
    memset(name, 'x', sizeof name);
    snprintf(token, sizeof token, "batch%d", b->number);
    for (int i = 0; i < b->rows; i++) {
        int64_t n = b->number * 1000 + i;
        PB_TRY(insert_account(session, n, pb_str_n(name, b->large ? sizeof name : 20), err));
        PB_TRY(db_search_add(session, PB_STR("account"), n, pb_str_c(token), err));
    }
    return PB_OK;
}

static void commit_batch(trial *t, bool large)
{
    room *r = t->r;
    int number = t->next++;
    assert_true(number < BATCHES);
    batch b = {number, large ? 60 : ROWS, large};
    if (r->workspace == NULL)
        return;
    pb_status status = db_write(r->workspace, batch_work, &b, &r->err);
    t->acknowledged[number] = status == PB_OK;
    judge(t, status, "commit");
}

static void close_now(trial *t)
{
    t->r->workspace = db_workspace_close(t->r->workspace);
}

static void open_now(trial *t)
{
    room *r = t->r;
    close_now(t);
    if (t->made)
        judge(t, db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err),
              "open");
}

static int rows_of(room *r, db_session *session, int number)
{
    char sql[120];
    db_stmt *stmt = NULL;
    bool row = false;
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM t_account WHERE n BETWEEN %d AND %d",
             number * 1000, number * 1000 + 999);
    assert_ok(r, db_prepare_text(session, pb_str_c(sql), &stmt, &r->err));
    assert_ok(r, db_step(stmt, &row, &r->err));
    int count = (int)db_column_i64(stmt, 0);
    db_reset(stmt);
    return count;
}

static void read_now(trial *t)
{
    room *r = t->r;
    db_session *session = NULL;
    db_stmt *stmt = NULL;
    bool row = false;
    if (r->workspace == NULL)
        return;
    pb_status status = db_snapshot_open(r->workspace, &session, &r->err);
    if (status == PB_OK)
        status = db_prepare(session, "SELECT SUM(LENGTH(name)) FROM t_account", &stmt, &r->err);
    if (status == PB_OK)
        status = db_step(stmt, &row, &r->err);
    judge(t, status, "read");
    db_snapshot_close(session);
}

static void copy_now(trial *t)
{
    room *r = t->r;
    db_copy *copy = NULL;
    if (!t->kept || r->workspace == NULL || t->based)
        return;
    pb_status status = db_copy_open(r->workspace, &copy, &r->err);
    judge(t, status, "copy");
    if (status != PB_OK)
        return;
    t->base.facts = *db_copy_about(copy);
    t->base.head = pb_arena_cstr(r->arena, t->base.facts.head);
    t->base.facts.head = pb_str_n(t->base.head, t->base.facts.head.len);
    t->base.bytes = PB_BUF_INIT((size_t)1 << 28);
    for (uint64_t run = 0; status == PB_OK && run < t->base.facts.run_count; run++)
        status = db_copy_read(copy, run, &t->base.bytes, &r->err);
    judge(t, status, "read of a copy");
    t->based = status == PB_OK && t->base.facts.position.sequence > 0;
    if (!t->based)
        pb_buf_free(&t->base.bytes);
    db_copy_close(copy);
}

static void seal_now(trial *t)
{
    room *r = t->r;
    bool kept = false;
    if (!t->kept || r->workspace == NULL || db_log_is_kept(r->workspace, &kept, NULL) != PB_OK ||
        !kept)
        return;
    judge(t, db_log_seal(r->workspace, &r->err), "seal");
}

/* ---- what is done under faults ---- */

static void play(trial *t)
{
    room *r = t->r;
    pb_status status =
        db_workspace_create(r->url, &r->tiny.schema, &r->options, NULL, &r->workspace, &r->err);
    t->made = status == PB_OK;
    judge(t, status, "create");
    if (!t->made)
        return;
    commit_batch(t, false);
    if (t->kept)
        judge(t, db_log_keep(r->workspace, true, &r->err), "keep");
    copy_now(t);
    for (int i = 0; i < 3; i++)
        commit_batch(t, false);
    seal_now(t);
    commit_batch(t, true);
    read_now(t);
    judge(t, db_check_pages(r->workspace, &r->err), "check");
    copy_now(t);
    for (int i = 0; i < 2; i++)
        commit_batch(t, i == 1);
    seal_now(t);
    open_now(t);
    commit_batch(t, false);
    read_now(t);
    copy_now(t);
    commit_batch(t, false);
    close_now(t);
    open_now(t);
    commit_batch(t, false);
    close_now(t);
}

/* ---- what must be true afterwards ---- */

static void check_batches(trial *t)
{
    room *r = t->r;
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(r->workspace, &session, &r->err));
    for (int i = 0; i < t->next; i++) {
        int64_t found[100];
        size_t hits = 0;
        char token[32];
        int rows = rows_of(r, session, i);
        snprintf(token, sizeof token, "batch%d", i);
        assert_ok(r, db_search_query(session, PB_STR("account"), pb_str_c(token), 100, found, &hits,
                                     &r->err));
        size_t prefixed = 0; /* batch1 finds batch12 too */
        for (size_t k = 0; k < hits; k++)
            prefixed += found[k] / 1000 == i;
        if (t->acknowledged[i] && rows == 0)
            fail_msg("%s: batch %d was acknowledged and is gone", t->what, i);
        if ((rows != 0 && rows != ROWS && rows != 60) || prefixed != (size_t)rows)
            fail_msg("%s: batch %d is half there: %d rows, %zu in the index", t->what, i, rows,
                     prefixed);
    }
    db_snapshot_close(session);
}

static void check_log(trial *t)
{
    room *r = t->r;
    db_restore *restore = NULL;
    db_workspace *workspace = NULL;
    db_log_piece *pieces = NULL;
    size_t count = 0;
    assert_ok(r, db_log_seal(r->workspace, &r->err));
    char *folder = place(r, "back");
    assert_ok(r, db_restore_open(folder, t->base.facts.head, t->base.facts.page_count,
                                 &t->base.facts.position, &r->options.key, &restore, &r->err));
    give_runs(r, restore, &t->base, UINT64_MAX);
    assert_ok(r, db_log_list(r->workspace, r->arena, &pieces, &count, &r->err));
    for (size_t i = 0; i < count; i++) {
        PB_AUTO_BUF bytes = PB_BUF_INIT(DB_LOG_PIECE_MAX);
        assert_ok(r, db_log_read(r->workspace, &pieces[i], &bytes, &r->err));
        assert_ok(r, db_restore_log(restore, pb_buf_str(&bytes), &r->err));
    }
    assert_ok(r, db_restore_finish(restore, &r->err));
    assert_ok(r, db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_true(digest_now(r, workspace) == digest_now(r, r->workspace));
    assert_ok(r, db_check_pages(workspace, &r->err));
    db_workspace_close(workspace);
}

static void check_after(trial *t)
{
    room *r = t->r;
    if (!t->made) { /* the place is free again */
        r->workspace = NULL;
        make(r);
        return;
    }
    pb_status status =
        db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err);
    if (status != PB_OK)
        fail_msg("%s: does not open any more: %s", t->what, said(r));
    check_batches(t);
    status = db_check_pages(r->workspace, &r->err);
    if (status != PB_OK)
        fail_msg("%s: damaged: %s", t->what, said(r));
    int64_t n = 999999;
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    if (t->based)
        check_log(t);
}

/* ---- all of them ---- */

typedef struct fault_kind {
    fault_call call;
    int code;
    bool torn;
} fault_kind;

static const fault_kind kinds[] = {
    {FAULT_OPEN, SQLITE_CANTOPEN, false},
    {FAULT_READ, SQLITE_IOERR_READ, false},
    {FAULT_WRITE, SQLITE_FULL, true},
    {FAULT_WRITE, SQLITE_IOERR_WRITE, false},
    {FAULT_SYNC, SQLITE_IOERR_FSYNC, false},
    {FAULT_TRUNCATE, SQLITE_IOERR_TRUNCATE, false},
    {FAULT_SIZE, SQLITE_IOERR_FSTAT, false},
    {FAULT_LOCK, SQLITE_IOERR_LOCK, false},
    {FAULT_UNLOCK, SQLITE_IOERR_UNLOCK, false},
    {FAULT_SHM_MAP, SQLITE_IOERR_SHMMAP, false},
    {FAULT_SHM_LOCK, SQLITE_IOERR_SHMLOCK, false},
    {FAULT_SHM_LOCK, SQLITE_BUSY, false},
    {FAULT_DELETE, SQLITE_IOERR_DELETE, false},
    {FAULT_ACCESS, SQLITE_IOERR_ACCESS, false},
};

static bool every_one; /* argument `long`: each call fails once, instead of a share of them */

static long after(long nth, long dense)
{
    return every_one ? nth + 1 : nth + (nth < dense ? 1 : 1 + nth / 4);
}

static bool run_one(const fault_kind *kind, long nth, bool sticky, bool kept)
{
    char what[120];
    snprintf(what, sizeof what, "%s %ld%s%s", fault_names[kind->call], nth,
             sticky ? " and all after it" : "", kept ? ", kept log" : "");
    trial t = {.r = room_open(&test_engines[0]), .kept = kept, .what = what};
    fault_arm(kind->call, nth, kind->code, kind->torn, sticky);
    play(&t);
    bool fired = fault_disarm();
    close_now(&t);
    check_after(&t);
    pb_buf_free(&t.base.bytes);
    room_close(t.r);
    return fired;
}

static void run_all(bool sticky, bool kept)
{
    long runs = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (sticky && kinds[i].code == SQLITE_BUSY)
            continue; /* waits for ten seconds each time: test_workspace has that case */
        long nth = 1;
        while (run_one(&kinds[i], nth, sticky, kept))
            nth = after(nth, 12);
        assert_true(nth > 1);
        assert_true(nth < NTH_MAX);
        runs += nth;
    }
    assert_true(runs > 200);
}

/* shows: PER-3 */
static void a_failing_file_call_loses_nothing(void **state)
{
    (void)state;
    run_all(false, false);
}

/* shows: PER-3 */
static void a_disk_that_stays_broken_loses_nothing(void **state)
{
    (void)state;
    run_all(true, false);
}

/* shows: PER-3 PER-4 */
static void a_kept_log_survives_failing_file_calls(void **state)
{
    (void)state;
    run_all(false, true);
    run_all(true, true);
}

static void copy_file(const char *from, const char *to)
{
    PB_AUTO_BUF bytes = PB_BUF_INIT(64 << 20);
    assert_int_equal(PB_OK, sys_file_read(from, 64 << 20, &bytes, NULL));
    assert_int_equal(PB_OK, sys_file_write(to, pb_buf_str(&bytes), 0600, NULL));
}

/* What a crash leaves: the log has not been moved. */
static void leave_behind(trial *t, const char *folder)
{
    static const char *const names[] = {"workspace.yaml", "records.db", "records.db-wal"};
    room *r = t->r;
    t->made = true;
    make(r);
    r->workspace = db_workspace_close(r->workspace);
    open_now(t);
    for (int i = 0; i < 4; i++)
        commit_batch(t, i == 2);
    assert_int_equal(0, mkdir(folder, 0700));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        copy_file(pb_arena_printf(r->arena, "%s/%s", r->url, names[i]),
                  pb_arena_printf(r->arena, "%s/%s", folder, names[i]));
    close_now(t);
}

/* A log that cannot be read for a moment is not one that ends there. */
static bool open_left_behind(const fault_kind *kind, long nth, bool sticky)
{
    char what[120];
    snprintf(what, sizeof what, "log left behind, %s %ld%s", fault_names[kind->call], nth,
             sticky ? " and all after it" : "");
    trial t = {.r = room_open(&test_engines[0]), .what = what};
    char *folder = place(t.r, "left");
    leave_behind(&t, folder);
    t.r->url = folder;
    fault_arm(kind->call, nth, kind->code, kind->torn, sticky);
    open_now(&t);
    commit_batch(&t, false);
    close_now(&t);
    bool fired = fault_disarm();
    check_after(&t);
    room_close(t.r);
    return fired;
}

/* shows: PER-3 */
static void a_log_left_behind_is_never_cut_by_a_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (int sticky = 0; sticky < 2 && kinds[i].code != SQLITE_BUSY; sticky++) {
            long nth = 1;
            while (open_left_behind(&kinds[i], nth, sticky == 1))
                nth = after(nth, 20);
        }
    }
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_file_call_loses_nothing),
        cmocka_unit_test(a_disk_that_stays_broken_loses_nothing),
        cmocka_unit_test(a_kept_log_survives_failing_file_calls),
        cmocka_unit_test(a_log_left_behind_is_never_cut_by_a_fault),
    };
    every_one = count > 1 && strcmp(arguments[1], "long") == 0;
    fault_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
