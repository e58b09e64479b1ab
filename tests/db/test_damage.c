/* Crashes and altered files: nothing acknowledged is lost, no changed byte goes unnoticed. */
#include "db_support.h"

#include "sys/clock.h"

#include <signal.h>
#include <sys/wait.h>

enum { ROUNDS = 30, PAGE = 8192, LOG_HEADER = 32, FRAME = 24 + PAGE };

/* ---- kill -9 ---- */

/* Writes accounts one after the other and tells each acknowledged number through the pipe. */
static void write_until_killed(room *r, int pipe_end)
{
    db_workspace *workspace = NULL;
    if (db_workspace_open(r->url, &r->tiny.schema, &r->options, &workspace, &r->err) != PB_OK)
        _exit(3);
    int64_t n = 0;
    db_session *session = NULL;
    if (db_snapshot_open(workspace, &session, &r->err) != PB_OK ||
        db_last_n(session, &r->tiny.entities[0], &n, &r->err) != PB_OK)
        _exit(4);
    db_snapshot_close(session);
    for (;;) {
        n++;
        if (db_write(workspace, insert_work, &n, &r->err) != PB_OK)
            _exit(5);
        if (write(pipe_end, &n, sizeof n) != (ssize_t)sizeof n)
            _exit(6);
    }
}

static int64_t run_and_kill(room *r, useconds_t delay)
{
    int ends[2];
    int status = 0;
    assert_int_equal(0, pipe(ends));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        write_until_killed(r, ends[1]);
    }
    close(ends[1]);
    int64_t last = 0;
    assert_int_equal(sizeof last, read(ends[0], &last, sizeof last)); /* it is at work */
    usleep(delay);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    int64_t n;
    while (read(ends[0], &n, sizeof n) == (ssize_t)sizeof n)
        last = n;
    close(ends[0]);
    return last;
}

static void kill_body(room *r)
{
    make(r);
    r->workspace = db_workspace_close(r->workspace);
    for (int round = 0; round < ROUNDS; round++) {
        int64_t acknowledged = run_and_kill(r, (useconds_t)(round * 731 % 9000));
        reopen(r);
        int64_t last = count_now(r, "SELECT MAX(n) FROM t_account");
        assert_in_range(last, acknowledged, acknowledged + 1);
        assert_int_equal(last, count_now(r, ACCOUNTS));
        if (round % 10 == 9)
            assert_ok(r, db_check_pages(r->workspace, &r->err));
        r->workspace = db_workspace_close(r->workspace);
    }
}
ON_EVERY_ENGINE(a_killed_process_loses_nothing_acknowledged, kill_body)

/* ---- altered bytes ---- */

static char *file_of(room *r, const char *name)
{
    return pb_arena_printf(r->arena, "%s/%s", r->url, name);
}

static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(0, fseek(file, at, SEEK_SET));
    int byte = fgetc(file);
    assert_true(byte != EOF);
    assert_int_equal(0, fseek(file, at, SEEK_SET));
    fputc(byte ^ 1, file);
    assert_int_equal(0, fclose(file));
}

static long size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (long)info.st_size : -1;
}

static pb_status many_rows(db_session *session, void *context, pb_error *err)
{
    (void)context;
    for (int64_t n = 1; n <= 3000; n++)
        PB_TRY(
            insert_account(session, n, PB_STR("A name of some length, so that pages fill"), err));
    return PB_OK;
}

static pb_status fewer_rows(db_session *session, void *context, pb_error *err)
{
    (void)context;
    db_stmt *stmt = NULL;
    PB_TRY(db_prepare(session, "DELETE FROM t_account WHERE n > 500", &stmt, err));
    return db_run(stmt, err);
}

static void notice_flip(room *r, const char *path, long at)
{
    flip(path, at);
    pb_status status =
        db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err);
    if (status == PB_OK) {
        status = db_check_pages(r->workspace, &r->err);
        if (status == PB_CORRUPT && strstr(said(r), "records.db") == NULL)
            fail_msg("does not name the file: %s", said(r));
        r->workspace = db_workspace_close(r->workspace);
    }
    if (status != PB_CORRUPT && status != PB_WRONG_KEY)
        fail_msg("byte %ld of %s: status %d", at, path, (int)status);
    flip(path, at);
}

/* Every page, the unused ones too, at three places; every byte that the cipher leaves plain. */
static void pages_body(room *r)
{
    make(r);
    assert_ok(r, db_write(r->workspace, many_rows, NULL, &r->err));
    assert_ok(r, db_write(r->workspace, fewer_rows, NULL, &r->err));
    assert_ok(r, db_check_pages(r->workspace, &r->err));
    r->workspace = db_workspace_close(r->workspace);
    char *path = file_of(r, "records.db");
    long size = size_of(path);
    assert_true(size > 50 * PAGE);
    assert_int_equal(-1, size_of(file_of(r, "records.db-wal")));
    for (long page = 0; page < size / PAGE; page++) {
        notice_flip(r, path, page * PAGE + 30 + page % 100);
        notice_flip(r, path, page * PAGE + PAGE - 70 - page % 500);
        notice_flip(r, path, page * PAGE + PAGE - 1 - page % 64);
    }
    for (long at = 0; at < 24; at++)
        notice_flip(r, path, at);
    reopen(r);
    assert_ok(r, db_check_pages(r->workspace, &r->err));
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_flipped_bit_in_any_page_is_noticed, pages_body)

static void header_body(room *r)
{
    make(r);
    r->workspace = db_workspace_close(r->workspace);
    char *path = file_of(r, "workspace.yaml");
    long size = size_of(path);
    assert_true(size > 100);
    for (long at = 0; at < size; at++) {
        flip(path, at);
        pb_status status =
            db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err);
        if (status != PB_CORRUPT && status != PB_UNSUPPORTED && status != PB_WRONG_KEY)
            fail_msg("byte %ld: status %d", at, (int)status);
        flip(path, at);
    }
    reopen(r);
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_flipped_bit_in_the_head_is_noticed, header_body)

static void copy_file(const char *from, const char *to)
{
    pb_buf bytes = PB_BUF_INIT(64 << 20);
    assert_int_equal(PB_OK, sys_file_read(from, 64 << 20, &bytes, NULL));
    assert_int_equal(PB_OK, sys_file_write(to, pb_buf_str(&bytes), 0600, NULL));
    pb_buf_free(&bytes);
}

/* A log left behind by a crash: a changed byte in it is refused at opening, or told by the check.
 */
static void log_body(room *r)
{
    make(r);
    reopen(r);
    for (int64_t n = 1; n <= 4; n++)
        assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    char *copy = pb_arena_printf(r->arena, "%s/copy", r->folder);
    char *whole_url = r->url;
    assert_int_equal(0, mkdir(copy, 0700));
    const char *names[] = {"workspace.yaml", "records.db", "records.db-wal"};
    long size = size_of(file_of(r, names[2]));
    assert_true(size > 4 * FRAME);
    long frames = (size - LOG_HEADER) / FRAME;
    for (long i = -1; i < frames * 2; i++) {
        for (int f = 0; f < 3; f++)
            copy_file(pb_arena_printf(r->arena, "%s/%s", whole_url, names[f]),
                      pb_arena_printf(r->arena, "%s/%s", copy, names[f]));
        long at = i < 0 ? 20 : LOG_HEADER + i / 2 * FRAME + (i % 2 == 0 ? 100 : 8 + i % 16);
        flip(pb_arena_printf(r->arena, "%s/records.db-wal", copy), at);
        db_workspace *workspace = NULL;
        pb_status status =
            db_workspace_open(copy, &r->tiny.schema, &r->options, &workspace, &r->err);
        if (status == PB_OK)
            status = db_check_pages(workspace, &r->err);
        db_workspace_close(workspace);
        if (status != PB_CORRUPT)
            fail_msg("byte %ld of the log: status %d", at, (int)status);
        assert_ok(r, sys_dir_remove_tree(copy, &r->err));
        assert_int_equal(0, mkdir(copy, 0700));
    }
}
/* shows: SEC-1 */
ON_EVERY_ENGINE(a_flipped_bit_in_the_log_is_noticed, log_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_process_loses_nothing_acknowledged),
        cmocka_unit_test(a_flipped_bit_in_any_page_is_noticed),
        cmocka_unit_test(a_flipped_bit_in_the_head_is_noticed),
        cmocka_unit_test(a_flipped_bit_in_the_log_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
