/* Copies taken while the workspace is in use, and workspaces built from them. */
#include "copy_support.h"

#include <pthread.h>

enum { ROUNDS = 12 };

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
