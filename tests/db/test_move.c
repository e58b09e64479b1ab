/* Moving a workspace: what must be the same, who may still write, and what a move that fails leaves
 * behind. */
#include "db_support.h"

#include "db/move.h"

enum { MANY = 45000 }; /* more than two transactions of a copy */

static char *other_url(room *r)
{
    return pb_arena_printf(r->arena, "%s/elsewhere", r->folder);
}

static pb_status insert_many(db_session *session, void *context, pb_error *err)
{
    int64_t count = *(const int64_t *)context;
    for (int64_t n = 1; n <= count; n++) {
        char name[40];
        snprintf(name, sizeof name, "%lld 王 سلام", (long long)(n * 7919 % 104729));
        PB_TRY(insert_account(session, n, n % 11 == 0 ? PB_STR_NONE : pb_str_c(name), err));
    }
    return PB_OK;
}

static void fill(room *r, int64_t count)
{
    make(r);
    assert_ok(r, db_write(r->workspace, insert_many, &count, &r->err));
}

static db_workspace *open_other(room *r)
{
    db_workspace *other = NULL;
    assert_ok(r, db_workspace_open(other_url(r), &r->tiny.schema, &r->options, &other, &r->err));
    return other;
}

static pb_status move_now(room *r, const db_move_options *options, db_moved *ret_moved)
{
    return db_move(r->workspace, other_url(r), options, r->arena, ret_moved, &r->err);
}

static void still_written(room *r, int64_t n)
{
    assert_ok(r, db_write(r->workspace, insert_work, &n, &r->err));
    assert_null(db_moved_to(r->workspace));
}

static void whole_body(room *r)
{
    const db_move_options options = {0};
    db_moved moved;
    uint8_t before[32], after[32];
    int64_t n = MANY + 1;
    fill(r, MANY);
    db_workspace_subkey(r->workspace, "move-key", before);
    assert_ok(r, move_now(r, &options, &moved));
    assert_true(moved.rows >= MANY);
    assert_string_equal(other_url(r), db_moved_to(r->workspace));
    assert_status(PB_CONFLICT, db_write(r->workspace, insert_work, &n, &r->err));
    assert_non_null(strstr(said(r), "elsewhere"));
    assert_int_equal(MANY, count_now(r, ACCOUNTS)); /* reading goes on */
    reopen(r);
    assert_status(PB_CONFLICT, db_write(r->workspace, insert_work, &n, &r->err));
    db_workspace *here = r->workspace;
    r->workspace = open_other(r); /* the same key opens it */
    db_workspace_subkey(r->workspace, "move-key", after);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(MANY, count_now(r, ACCOUNTS));
    assert_int_equal(MANY / 11, count_now(r, "SELECT COUNT(*) FROM t_account WHERE name IS NULL"));
    still_written(r, n);
    db_workspace_close(here);
}
/* shows: PER-2 INT-6 */
ON_EVERY_ENGINE(a_workspace_moves_whole_and_the_former_is_closed, whole_body)

static void others_body(room *r)
{
    const db_move_options options = {0};
    db_moved moved;
    db_workspace *second = NULL;
    int64_t n = 100;
    fill(r, 10);
    assert_ok(r, db_workspace_open(r->url, &r->tiny.schema, &r->options, &second, &r->err));
    assert_ok(r, move_now(r, &options, &moved));
    assert_status(PB_CONFLICT, db_write(second, insert_work, &n, &r->err));
    db_workspace_close(second);
    assert_ok(r, db_move_take_back(r->workspace, &r->err));
    still_written(r, n);
    reopen(r);
    still_written(r, n + 1);
    assert_int_equal(12, count_now(r, ACCOUNTS));
}
/* shows: INT-6 */
ON_EVERY_ENGINE(whoever_has_it_open_is_refused_until_it_is_taken_back, others_body)

static void taken_body(room *r)
{
    const db_move_options options = {0};
    db_moved moved;
    fill(r, 3);
    assert_ok(r, sys_dir_make(other_url(r), 0700, false, &r->err));
    assert_ok(r, sys_file_write_atomic(pb_arena_printf(r->arena, "%s/kept", other_url(r)),
                                       PB_STR("x"), 0600, &r->err));
    assert_status(PB_EXISTS, move_now(r, &options, &moved));
    assert_int_equal(SYS_FILE, sys_path_kind(pb_arena_printf(r->arena, "%s/kept", other_url(r))));
    still_written(r, 4);
}
/* shows: INT-6 */
ON_EVERY_ENGINE(what_lies_at_the_new_place_is_left_alone, taken_body)

static pb_status never_proved(db_session *session, void *context, pb_error *err)
{
    (void)session;
    ++*(int *)context;
    return pb_fail(err, PB_CORRUPT, "It is not the same.", NULL);
}

static bool stop_late(void *context, uint64_t done, uint64_t total)
{
    return ++*(int *)context >= 2 && done * 2 >= total;
}

static void fails_body(room *r)
{
    int calls = 0;
    db_moved moved;
    const db_move_options unproved = {.prove = never_proved, .context = &calls};
    const db_move_options stopped = {.progress = stop_late, .context = &calls};
    fill(r, MANY);
    assert_status(PB_CORRUPT, move_now(r, &unproved, &moved));
    assert_int_equal(1, calls);
    assert_int_equal(SYS_NONE, sys_path_kind(other_url(r)));
    still_written(r, MANY + 1);
    assert_status(PB_CANCELLED, move_now(r, &stopped, &moved));
    assert_int_equal(SYS_NONE, sys_path_kind(other_url(r)));
    still_written(r, MANY + 2);
}
/* shows: INT-6 */
ON_EVERY_ENGINE(a_move_that_fails_changes_nothing, fails_body)

static pb_status mark(db_session *session, void *context, pb_error *err)
{
    db_stmt *stmt = NULL;
    (void)context;
    PB_TRY(
        db_prepare(session, "INSERT INTO setting (name, value) VALUES ('moving', ?1)", &stmt, err));
    db_bind_blob(stmt, 1, PB_STR("somewhere"));
    return db_run(stmt, err);
}

static void unfinished_body(room *r)
{
    fill(r, 1);
    assert_ok(r, db_write(r->workspace, mark, NULL, &r->err));
    r->workspace = db_workspace_close(r->workspace);
    assert_status(PB_INVALID,
                  db_workspace_open(r->url, &r->tiny.schema, &r->options, &r->workspace, &r->err));
    assert_non_null(strstr(said(r), "did not finish"));
}
/* shows: INT-6 */
ON_EVERY_ENGINE(a_copy_that_was_not_finished_is_refused, unfinished_body)

static void undeclared_body(room *r)
{
    const db_move_options options = {0};
    db_moved moved;
    tiny_schema_grow(&r->tiny);
    fill(r, 2);
    tiny_schema_make(&r->tiny); /* the model forgets a field and an entity */
    reopen(r);
    assert_status(PB_CONFLICT, move_now(r, &options, &moved));
    assert_non_null(strstr(said(r), "t_visit"));
    assert_non_null(strstr(said(r), "t_contact.phone"));
    assert_int_equal(SYS_NONE, sys_path_kind(other_url(r)));
    still_written(r, 3);
}
/* shows: INT-6 */
ON_EVERY_ENGINE(what_the_model_forgot_is_not_lost, undeclared_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workspace_moves_whole_and_the_former_is_closed),
        cmocka_unit_test(whoever_has_it_open_is_refused_until_it_is_taken_back),
        cmocka_unit_test(what_lies_at_the_new_place_is_left_alone),
        cmocka_unit_test(a_move_that_fails_changes_nothing),
        cmocka_unit_test(a_copy_that_was_not_finished_is_refused),
        cmocka_unit_test(what_the_model_forgot_is_not_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
