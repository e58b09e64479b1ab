/* Copies taken while the workspace is in use, and workspaces built from them. */
#include "db_support.h"

#include "db/copy.h"

#include <pthread.h>

enum { ROUNDS = 12 };

/* ---- what a state is: every row of accounts ---- */

static uint64_t digest_of(room *r, db_session *session)
{
    db_stmt *stmt = NULL;
    bool row = false;
    uint64_t digest = 1469598103934665603u;
    assert_ok(r, db_prepare(session, "SELECT n, name, version FROM t_account ORDER BY n", &stmt,
                            &r->err));
    for (;;) {
        assert_ok(r, db_step(stmt, &row, &r->err));
        if (!row)
            return digest;
        pb_str name = db_column_text(stmt, 1);
        digest = (digest ^ (uint64_t)db_column_i64(stmt, 0)) * 1099511628211u;
        digest = (digest ^ (uint64_t)db_column_i64(stmt, 2)) * 1099511628211u;
        for (size_t i = 0; i < name.len; i++)
            digest = (digest ^ (uint8_t)name.ptr[i]) * 1099511628211u;
    }
}

static uint64_t digest_now(room *r, db_workspace *workspace)
{
    db_session *session = NULL;
    assert_ok(r, db_snapshot_open(workspace, &session, &r->err));
    uint64_t digest = digest_of(r, session);
    db_snapshot_close(session);
    return digest;
}

/* ---- writing ---- */

typedef struct script {
    uint64_t seed;
    int64_t next;
} script;

static uint64_t roll(script *s)
{
    s->seed = s->seed * 6364136223846793005u + 1442695040888963407u;
    return s->seed >> 33;
}

static pb_status change_name(db_session *session, int64_t n, pb_str name, pb_error *err)
{
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "UPDATE t_account SET name = ?2, version = version + 1 WHERE n = ?1",
                      &stmt, err));
    db_bind_i64(stmt, 1, n);
    db_bind_text(stmt, 2, name);
    return db_run(stmt, err);
}

/* Some rows more, some changed, now and then many gone. */
static pb_status scribble(db_session *session, void *context, pb_error *err)
{
    script *s = context;
    script now = *s;
    char name[600];
    for (uint64_t i = roll(&now) % 40; i > 0; i--) {
        size_t len = 1 + roll(&now) % sizeof name;
        memset(name, 'a' + (int)(roll(&now) % 26), len);
        if (now.next == 1 || roll(&now) % 3 == 0)
            PB_TRY(insert_account(session, now.next++, pb_str_n(name, len), err));
        else
            PB_TRY(change_name(session, 1 + (int64_t)(roll(&now) % (uint64_t)now.next),
                               pb_str_n(name, len), err));
    }
    if (roll(&now) % 20 == 0) {
        db_stmt *stmt = NULL;
        PB_TRY(db_prepare(session, "DELETE FROM t_account WHERE n % 3 = 0", &stmt, err));
        PB_TRY(db_run(stmt, err));
    }
    *s = now;
    return PB_OK;
}

static void write_some(room *r, script *s, int commits)
{
    for (int i = 0; i < commits; i++)
        assert_ok(r, db_write(r->workspace, scribble, s, &r->err));
}

/* ---- copying ---- */

typedef struct stored {
    db_copy_facts facts;
    char *head;
    pb_buf bytes;
} stored;

static void read_runs(room *r, db_copy *copy, stored *to)
{
    const db_copy_facts *facts = db_copy_about(copy);
    to->facts = *facts;
    to->head = pb_arena_cstr(r->arena, facts->head);
    to->facts.head = pb_str_n(to->head, facts->head.len);
    to->bytes = PB_BUF_INIT((size_t)1 << 30);
    for (uint64_t run = 0; run < facts->run_count; run++)
        assert_ok(r, db_copy_read(copy, run, &to->bytes, &r->err));
    assert_int_equal(facts->page_count * DB_PAGE_SIZE, to->bytes.len);
}

static void give_runs(room *r, db_restore *restore, const stored *from, uint64_t leave_out)
{
    for (uint64_t i = 0; i < from->facts.run_count; i++) {
        uint64_t run = from->facts.run_count - 1 - i; /* any order will do */
        if (run != leave_out)
            assert_ok(r, db_restore_run(
                             restore, run,
                             pb_str_sub(pb_buf_str(&from->bytes), run * DB_RUN_SIZE, DB_RUN_SIZE),
                             &r->err));
    }
}

static db_workspace *built(room *r, const stored *from, const char *folder)
{
    db_restore *restore = NULL;
    db_workspace *workspace = NULL;
    assert_ok(r, db_restore_open(folder, from->facts.head, from->facts.page_count,
                                 &from->facts.position, NULL, &restore, &r->err));
    give_runs(r, restore, from, UINT64_MAX);
    assert_ok(r, db_restore_finish(restore, &r->err));
    assert_ok(r, db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_ok(r, db_check_pages(workspace, &r->err));
    return workspace;
}

static char *place(room *r, const char *name)
{
    return pb_arena_printf(r->arena, "%s/%s", r->folder, name);
}

/* The copy is what its session saw, whatever is written before, between and after its reading;
 * the log is empty, full, moved into the file or begun anew. */
static void copy_body(room *r)
{
    script s = {.seed = 4711, .next = 1};
    make(r);
    for (int round = 0; round < ROUNDS; round++) {
        db_copy *copy = NULL;
        stored have;
        write_some(r, &s, (int)(roll(&s) % 60));
        if (round % 4 == 1)
            reopen(r);
        if (round % 4 == 2)
            assert_ok(r, db_check_pages(r->workspace, &r->err)); /* moves the log into the file */
        assert_ok(r, db_copy_open(r->workspace, &copy, &r->err));
        uint64_t want = digest_now(r, r->workspace);
        write_some(r, &s, round % 3 == 0 ? 0 : 30);
        if (round % 2 == 0)
            assert_ok(r, db_check_pages(r->workspace, &r->err));
        read_runs(r, copy, &have);
        write_some(r, &s, 5);
        assert_true(want == digest_of(r, db_copy_session(copy)));
        db_copy_close(copy);
        char *folder = place(r, "built");
        db_workspace *workspace = built(r, &have, folder);
        assert_true(want == digest_now(r, workspace));
        db_workspace_close(workspace);
        assert_ok(r, sys_dir_remove_tree(folder, &r->err));
        pb_buf_free(&have.bytes);
    }
}
/* shows: PER-3 */
ON_EVERY_ENGINE(a_copy_is_the_state_it_was_taken_of, copy_body)

typedef struct busy {
    room *r;
    db_workspace *workspace;
    _Atomic bool stop;
    int64_t commits;
    script s;
} busy;

static void *keep_writing(void *context)
{
    busy *b = context;
    pb_error err;
    while (!b->stop) {
        if (db_write(b->workspace, scribble, &b->s, &err) != PB_OK)
            return NULL;
        b->commits++;
    }
    return b;
}

/* One thread never stops writing, and the log is moved into the file all the time. */
static void busy_body(room *r)
{
    make(r);
    busy b = {.r = r, .workspace = r->workspace, .s = {.seed = 99, .next = 1}};
    pthread_t thread;
    write_some(r, &b.s, 200);
    assert_int_equal(0, pthread_create(&thread, NULL, keep_writing, &b));
    for (int round = 0; round < ROUNDS; round++) {
        db_copy *copy = NULL;
        stored have;
        assert_ok(r, db_copy_open(r->workspace, &copy, &r->err));
        assert_ok(r, db_check_pages(r->workspace, &r->err));
        read_runs(r, copy, &have);
        uint64_t want = digest_of(r, db_copy_session(copy));
        db_copy_close(copy);
        char *folder = place(r, "built");
        db_workspace *workspace = built(r, &have, folder);
        assert_true(want == digest_now(r, workspace));
        db_workspace_close(workspace);
        assert_ok(r, sys_dir_remove_tree(folder, &r->err));
        pb_buf_free(&have.bytes);
    }
    b.stop = true;
    void *result = NULL;
    assert_int_equal(0, pthread_join(thread, &result));
    assert_non_null(result);
    assert_true(b.commits > ROUNDS);
}
/* shows: PER-3 */
ON_EVERY_ENGINE(a_copy_is_one_state_while_others_write, busy_body)

/* Runs without a changed page have the same bytes in the next copy. */
static void same_body(room *r)
{
    make(r);
    script s = {.seed = 5, .next = 1};
    write_some(r, &s, 400);
    reopen(r); /* all of the log lies in the file now */
    stored have[2];
    for (int i = 0; i < 2; i++) {
        db_copy *copy = NULL;
        assert_ok(r, db_copy_open(r->workspace, &copy, &r->err));
        read_runs(r, copy, &have[i]);
        db_copy_close(copy);
        int64_t n = s.next++;
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    }
    size_t differ = 0;
    size_t pages = have[0].facts.page_count;
    assert_true(pages > 20);
    for (size_t i = 0; i < pages; i++)
        differ += memcmp(have[0].bytes.ptr + i * DB_PAGE_SIZE, have[1].bytes.ptr + i * DB_PAGE_SIZE,
                         DB_PAGE_SIZE) != 0;
    assert_in_range(differ, 1, 8);
    pb_buf_free(&have[0].bytes);
    pb_buf_free(&have[1].bytes);
}
/* shows: PER-3 */
ON_EVERY_ENGINE(what_did_not_change_has_the_same_bytes, same_body)

/* ---- what is refused ---- */

static void refuse_body(room *r)
{
    make(r);
    script s = {.seed = 6, .next = 1};
    write_some(r, &s, 300);
    db_copy *copy = NULL;
    stored have;
    assert_ok(r, db_copy_open(r->workspace, &copy, &r->err));
    read_runs(r, copy, &have);
    assert_status(PB_INVALID, db_copy_read(copy, have.facts.run_count, &have.bytes, &r->err));
    db_copy_close(copy);
    char *folder = place(r, "built");
    db_restore *restore = NULL;
    db_workspace *workspace = NULL;
    /* Over a workspace, over any file. */
    assert_status(PB_EXISTS, db_restore_open(r->url, have.facts.head, have.facts.page_count,
                                             &have.facts.position, NULL, &restore, &r->err));
    /* With a head that is none. */
    assert_status(PB_CORRUPT, db_restore_open(folder, PB_STR("format: 1\n"), 7,
                                              &have.facts.position, NULL, &restore, &r->err));
    assert_int_equal(SYS_NONE, sys_path_kind(folder));
    assert_ok(r, db_restore_open(folder, have.facts.head, have.facts.page_count,
                                 &have.facts.position, NULL, &restore, &r->err));
    assert_status(PB_INVALID, db_restore_run(restore, 0, PB_STR("short"), &r->err));
    assert_status(PB_INVALID,
                  db_restore_run(restore, have.facts.run_count, PB_STR("behind"), &r->err));
    give_runs(r, restore, &have, have.facts.run_count / 2);
    /* Half built: nothing opens it, nothing is built over it. */
    assert_status(PB_NOT_FOUND,
                  db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_non_null(strstr(said(r), "not finished"));
    assert_false(db_workspace_exists(folder));
    assert_status(PB_INVALID, db_restore_finish(restore, &r->err));
    assert_non_null(strstr(said(r), "1 of"));
    assert_status(PB_EXISTS, db_restore_open(folder, have.facts.head, have.facts.page_count,
                                             &have.facts.position, NULL, &restore, &r->err));
    assert_status(PB_NOT_FOUND,
                  db_workspace_open(folder, &r->tiny.schema, &r->options, &workspace, &r->err));
    assert_ok(r, sys_dir_remove_tree(folder, &r->err));
    assert_ok(r, db_restore_open(folder, have.facts.head, have.facts.page_count,
                                 &have.facts.position, NULL, &restore, &r->err));
    db_restore_abort(restore);
    assert_int_equal(SYS_NONE, sys_path_kind(folder));
    pb_buf_free(&have.bytes);
}
/* shows: PER-3 */
ON_EVERY_ENGINE(nothing_is_built_over_anything_and_nothing_half, refuse_body)

static void scratch_is_not_copied(void **state)
{
    (void)state;
    room *r = room_open(&test_engines[0]);
    db_options scratch = {.scratch = true};
    db_copy *copy = NULL;
    assert_ok(r,
              db_workspace_create(NULL, &r->tiny.schema, &scratch, NULL, &r->workspace, &r->err));
    assert_status(PB_UNSUPPORTED, db_copy_open(r->workspace, &copy, &r->err));
    room_close(r);
}

/* shows: PER-3 */
static void positions_are_text_and_back(void **state)
{
    (void)state;
    db_position position = {.sequence = 12345678901u, .frame = 4294967295u};
    db_position again = {.sequence = 1};
    PB_AUTO_BUF text = PB_BUF_INIT(256);
    position.timeline.b[3] = 7;
    memcpy(position.generation, "\1\2\3\4\5\6\7\10", 8);
    db_position_text(&position, &text);
    assert_true(db_position_parse(pb_buf_str(&text), &again));
    assert_memory_equal(&position, &again, sizeof again);
    const char *bad[] = {"",
                         "a b c d",
                         "00000000-0000-0000-0000-000000000000 1 0102030405060708",
                         "00000000-0000-0000-0000-000000000000 1 0102030405060708 4294967296",
                         "00000000-0000-0000-0000-000000000000 -1 0102030405060708 1",
                         "00000000-0000-0000-0000-000000000000 1 0102030405060708 1 2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(db_position_parse(pb_str_c(bad[i]), &again));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_is_the_state_it_was_taken_of),
        cmocka_unit_test(a_copy_is_one_state_while_others_write),
        cmocka_unit_test(what_did_not_change_has_the_same_bytes),
        cmocka_unit_test(nothing_is_built_over_anything_and_nothing_half),
        cmocka_unit_test(scratch_is_not_copied),
        cmocka_unit_test(positions_are_text_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
